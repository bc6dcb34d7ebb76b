"""Money is whole minor units, and shares lose none."""

import pytest
from hypothesis import given, strategies as st

from jishi.kernel import Money, apportion, unit_share
from jishi.kernel.money import MixedCurrencies

TOTALS = st.integers(-(10**12), 10**12)
WEIGHTS = st.lists(st.integers(0, 10**9), min_size=1, max_size=30).filter(any)


def test_sums_of_one_currency_and_no_other() -> None:
    assert Money(1230, "CNY") + Money(70, "CNY") == Money(1300, "CNY")
    assert -(Money(5, "JPY") - Money(8, "JPY")) * 2 == Money(6, "JPY")
    with pytest.raises(MixedCurrencies):
        Money(1, "CNY") + Money(1, "USD")


@given(TOTALS, WEIGHTS)
def test_parts_sum_to_the_whole_and_each_is_within_one_of_its_due(total: int, weights: list[int]) -> None:
    parts, whole = apportion(total, weights), sum(weights)
    assert sum(parts) == total
    assert all(abs(p * whole - total * w) < whole for p, w in zip(parts, weights, strict=True))
    assert all(p == 0 for p, w in zip(parts, weights, strict=True) if w == 0)


@given(TOTALS, WEIGHTS)
def test_what_is_owed_back_is_shared_as_what_was_owed(total: int, weights: list[int]) -> None:
    assert apportion(-total, weights) == [-p for p in apportion(total, weights)]


def test_ties_go_to_the_earlier() -> None:
    assert apportion(100, [1, 1, 1]) == [34, 33, 33]
    assert apportion(2, [1, 1, 1]) == [1, 1, 0]


@given(TOTALS, st.integers(1, 50), st.data())
def test_units_returned_one_by_one_or_together_carry_the_same(total: int, units: int, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, units))
    assert unit_share(total, units, 0, cut) + unit_share(total, units, cut, units - cut) == total
    assert sum(unit_share(total, units, i) for i in range(units)) == total
