"""Ids rise, keep their kind, and are refused when they are another's."""

from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from jishi.kernel import EPOCH_MS, World, WrongId
from jishi.kernel.ids import decode, encode, gene_of, made_at
from tests.kit import Clock

IDS = st.integers(0, (1 << 63) - 1)


@given(IDS)
def test_an_id_comes_back_as_it_was_in_any_case(id: int) -> None:
    text = encode("ord", id)
    assert len(text) == 17
    assert decode("ord", text) == id == decode("ord", "ord_" + text[4:].upper())


@given(IDS, IDS)
def test_texts_sort_as_their_numbers(a: int, b: int) -> None:
    assert (encode("x", a) < encode("x", b)) == (a < b)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ord",
        "ord_",
        "prd_0000000000005",
        "ord_000000000005",
        "ord_00000000000055",
        "ord_000000000000u",
        "ord_8000000000000",
        "ord_zzzzzzzzzzzzz",
        "ord_０000000000005",
    ],
)
def test_another_kind_length_or_letter_is_refused(text: str) -> None:
    with pytest.raises(WrongId):
        decode("ord", text)


@given(st.text(max_size=30))
def test_no_text_breaks_it(text: str) -> None:
    with suppress(WrongId):
        assert 0 <= decode("ord", "ord_" + text) < 1 << 63


def test_ids_rise_when_the_clock_stands_or_steps_back_and_tell_when_and_for_whom() -> None:
    clock = Clock(EPOCH_MS + 5_000)
    world = World(node=3, now=clock)
    drawn = [world.new_id(gene=9) for _ in range(5_000)]
    clock.ms -= 4_000
    drawn += [world.new_id() for _ in range(10)]
    assert all(a >> 22 < b >> 22 or (a >> 22 == b >> 22 and a & 4095 < b & 4095) for a, b in pairwise(drawn))
    assert len(set(drawn)) == 5_010
    assert (made_at(drawn[0]), gene_of(drawn[0]), drawn[0] >> 16 & 63) == (EPOCH_MS + 5_000, 9, 3)
