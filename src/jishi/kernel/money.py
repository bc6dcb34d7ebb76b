"""Money in minor units, and the two ways to share it without losing a unit."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec


class MixedCurrencies(TypeError):
    """A programmer's mistake: two currencies met in one sum."""


class Money(msgspec.Struct, frozen=True):
    """`minor` units of an ISO 4217 currency: 12.30 CNY = 1230, 500 JPY = 500, 1.234 KWD = 1234."""

    minor: int
    currency: str

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __mul__(self, times: int) -> Money:
        return Money(self.minor * times, self.currency)

    def _same(self, other: Money) -> int:
        if self.currency != other.currency:
            raise MixedCurrencies(f"{self.currency} and {other.currency}")
        return other.minor


def apportion(total: int, weights: Sequence[int]) -> list[int]:
    """Parts of `total` (minor units, may be negative) by weights ≥ 0, not all 0; they sum to it exactly.

    Largest remainder; ties go to the earlier part."""
    whole, amount = sum(weights), abs(total)
    parts = [amount * w // whole for w in weights]
    by_rest = sorted(range(len(weights)), key=lambda i: (-(amount * weights[i] % whole), i))
    for i in by_rest[: amount - sum(parts)]:
        parts[i] += 1
    return [p if total >= 0 else -p for p in parts]


def unit_share(total: int, units: int, first: int, count: int = 1) -> int:
    """What units `first` … `first + count - 1` (from 0) of `units` carry of `total`: ⌊T·b/n⌋ − ⌊T·a/n⌋.

    Adjacent ranges sum to the total exactly, whatever the order in which they are asked for (`domain.md` §1.7)."""
    return total * (first + count) // units - total * first // units
