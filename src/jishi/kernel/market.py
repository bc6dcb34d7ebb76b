"""Markets: the law, the currency and the days that a sale lives by. A market is neither a language nor a currency."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec


class Market(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`zone` decides days of legal or commercial meaning. An order counts as received `receipt_days` days after
    `receipt_from` (dispatch, delivery). `locales`: the first is the market's own. `serves`: ISO 3166-1 alpha-2."""

    code: str
    currency: str
    tax_included: bool
    zone: str
    locales: list[str]
    receipt_days: int
    receipt_from: str
    serves: list[str]

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @property
    def receipt_ms(self) -> int:
        return self.receipt_days * 86_400_000


def read_markets(text: str) -> Mapping[str, Market]:
    """Code → market, from TOML; a table that is wrong raises `msgspec.ValidationError` or `ValueError`."""
    found = {code: msgspec.convert({"code": code, **row}, Market) for code, row in tomllib.loads(text).items()}
    for m in found.values():
        _ = m.tz
        if not m.locales or not m.serves or m.receipt_from not in ("dispatch", "delivery"):
            raise ValueError(f"market {m.code}")
    return found


@cache
def markets(path: str = "") -> Mapping[str, Market]:
    """The markets of this shop: the file the configuration names, else those that ship with Jishi."""
    return read_markets(
        Path(path).read_text("utf-8") if path else files(__package__).joinpath("markets.toml").read_text("utf-8")
    )


def market_of(country: str, among: Mapping[str, Market]) -> Market | None:
    """The market that delivers to a country; the first that does."""
    return next((m for m in among.values() if country in m.serves), None)
