"""Histories from seeds: no invariant is broken, every rare branch is reached, and each replays bit for bit."""

import os
import subprocess
import sys

import pytest

from jishi.sim.history import Sim
from jishi.sim.run import ASKED_OF, batch, main
from jishi.sim.sometimes import ALL, Sometimes

PARTS = 4
reached: dict[int, Sometimes] = {}


@pytest.mark.slow  # a quarter of a hundred histories, half a second each on a free machine
@pytest.mark.timeout(300)
@pytest.mark.parametrize("part", range(PARTS))
def test_histories_keep_every_invariant(part: int) -> None:
    each = ASKED_OF // PARTS
    bad, reached[part] = batch(part * each, each)
    assert {sim.seed: sim.found for sim in bad} == {}


@pytest.mark.slow  # its histories are told by the tests before it; alone it tells them itself
@pytest.mark.timeout(600)
def test_a_hundred_histories_reach_every_rare_branch() -> None:
    told = Sometimes()
    for part in range(PARTS):
        if part not in reached:
            reached[part] = batch(part * ASKED_OF // PARTS, ASKED_OF // PARTS)[1]
        told.update(reached[part])
    assert told.never() == []
    assert set(ALL) <= set(told)


@pytest.mark.parametrize("seed", [1, 4])
def test_a_seed_replays_bit_for_bit_under_any_hash_seed(seed: int) -> None:
    ask = f"from jishi.sim.history import Sim; print(Sim({seed}).run().trace.hash.hexdigest())"
    told = [
        subprocess.run(
            [sys.executable, "-c", ask],
            env=os.environ | {"PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for hash_seed in ("0", "7")
    ]
    here = Sim(seed).run().trace.hash.hexdigest()
    assert told == [here, here]


def test_another_seed_is_another_history() -> None:
    assert Sim(1).run().trace.hash.hexdigest() != Sim(2).run().trace.hash.hexdigest()


def test_one_seed_is_told_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--seed", "3"]) == 0
    words = capsys.readouterr().out
    assert " commit " in words
    assert words.strip().rpartition("\n")[2] == Sim(3).run().trace.hash.hexdigest()


def test_a_few_seeds_are_summed_up(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--seeds", "2", "--steps", "500"]) == 0
    assert capsys.readouterr().out.rpartition("\n2 histories in ")[2].endswith(", 0 with a violation\n")


def test_a_batch_that_never_reaches_a_branch_is_told_so() -> None:
    told = Sometimes({name: 1 for name in ALL if name != "a dead letter"})
    assert told.never() == ["a dead letter"]
