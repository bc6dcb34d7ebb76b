"""Seven bugs on purpose: each is found, by the invariant that it breaks, within a bounded number of seeds."""

from types import ModuleType

import pytest

from jishi.sim.history import Sim

from .bugs import (
    asks_the_clock_again,
    budget_checked_then_written,
    capture_a_message,
    check_then_write,
    last_answer_wins,
    no_inbox,
    raises_instead_of_refusing,
)

SEEDS = 120
PLANTED = [
    check_then_write,
    no_inbox,
    capture_a_message,
    asks_the_clock_again,
    raises_instead_of_refusing,
    last_answer_wins,
    budget_checked_then_written,
]


@pytest.mark.slow  # whole histories of a shop, a second each
@pytest.mark.timeout(300)
@pytest.mark.parametrize("bug", PLANTED, ids=lambda bug: bug.__name__.rpartition(".")[2])
def test_a_planted_bug_is_found(bug: ModuleType) -> None:
    for seed in range(SEEDS):
        found = [what for what in Sim(seed, bug.PARTS).run().found if what.startswith(bug.BREAKS)]
        if found:
            print(f"found at seed {seed}: {found[0]}")
            return
    raise AssertionError(f"{SEEDS} histories did not find it")
