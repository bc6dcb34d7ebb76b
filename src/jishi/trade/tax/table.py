"""The dated rates that ship with Jishi: data with sources, checked when read."""

import tomllib
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from jishi.kernel.place import Region


class Rate(Struct, frozen=True, forbid_unknown_fields=True):
    """In force on the days [valid_from, valid_to) of the place."""

    classes: list[str]
    rate_bp: int
    valid_from: date
    source: str
    valid_to: date = date.max


class Place(Struct, frozen=True, forbid_unknown_fields=True):
    """A tax area: a country, or a state where states tax. `names`: how its people write it beside the code."""

    code: str
    kind: str  # VAT, SALES
    zone: str
    rates: list[Rate]
    names: list[str] = []
    outside: list[str] = []

    def rate(self, tax_class: str, at: int) -> Rate | None:
        """The row in force at a moment (ms UTC), by the place's own calendar."""
        day = day_of(self.zone, at // 60_000)
        return next((r for r in self.rates if tax_class in r.classes and r.valid_from <= day < r.valid_to), None)

    def rate_id(self, rate: Rate) -> str:
        """`CN-VAT-13@2019-04-01`, `US-CA-SALES-7.25@2017-01-01`."""
        whole, rest = divmod(rate.rate_bp, 100)
        percent = f"{whole}.{rest:02}".rstrip("0").rstrip(".")
        return f"{self.code}-{self.kind}-{percent}@{rate.valid_from.isoformat()}"


@lru_cache(1_024)
def day_of(zone: str, minute: int) -> date:
    """The zone's day of a minute since 1970: no zone's midnight falls within one."""
    return datetime.fromtimestamp(minute * 60, UTC).astimezone(ZoneInfo(zone)).date()


def read(text: str) -> Mapping[str, Place]:
    """Code → place. A wrong table, or two rows of a class on one day, raises `ValueError`."""
    places = {}
    for code, row in tomllib.loads(text).items():
        place = places[code] = msgspec.convert({"code": code, **row}, Place)
        ZoneInfo(place.zone)
        spans = sorted((c, r.valid_from, r.valid_to) for r in place.rates for c in r.classes)
        if any(a[0] == b[0] and b[1] < a[2] for a, b in pairwise(spans)):
            raise ValueError(f"{code}: two rates of a class on one day")
        if not all(0 <= r.rate_bp < 10_000 and r.source and r.valid_from < r.valid_to for r in place.rates):
            raise ValueError(f"{code}: a rate, source or span is wrong")
    return places


@cache
def shipped() -> Mapping[str, Place]:
    return read(files(__package__).joinpath("rates.toml").read_text("utf-8"))


def place_of(to: Region, places: Mapping[str, Place]) -> Place | None:
    """The tax area of a destination: the country's, or its state's by code or name. None: nothing is known."""
    place = places.get(to.country)
    if place is None:
        state = to.province.strip()
        place = places.get(f"{to.country}-{state.upper()}") or next(
            (
                p
                for p in places.values()
                if p.code.startswith(f"{to.country}-") and state.casefold() in [n.casefold() for n in p.names]
            ),
            None,
        )
    if place and to.postcode.strip().startswith(tuple(place.outside)):
        return None
    return place
