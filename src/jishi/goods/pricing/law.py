"""Which price may be struck through: the market's law as dated data (`law.toml`)."""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from functools import cache
from importlib.resources import files

from msgspec import Struct, convert

from jishi.kernel.market import markets

RULES = ("offered", "sold", "stated")


class Law(Struct, frozen=True, forbid_unknown_fields=True):
    """`days` before the reduction count. In force from that day on in the market's zone."""

    market: str
    rule: str
    days: int
    valid_from: date
    source: str

    @property
    def span_ms(self) -> int:
        return self.days * 86_400_000


@cache
def laws() -> list[Law]:
    rows = tomllib.loads(files(__package__).joinpath("law.toml").read_text("utf-8"))["law"]
    found = [convert(r, Law) for r in rows]
    if wrong := [x for x in found if x.rule not in RULES or not x.source or x.market not in markets()]:
        raise ValueError(f"law {wrong}")
    return sorted(found, key=lambda x: x.valid_from)


def law_of(market: str, at: int) -> Law | None:
    """The rule in force there at a moment (ms UTC), None where nothing may be struck through."""
    place = markets().get(market)
    if place is None:
        return None
    today = datetime.fromtimestamp(at / 1000, place.tz).date()
    return next((x for x in reversed(laws()) if x.market == market and x.valid_from <= today), None)
