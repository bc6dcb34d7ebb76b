"""Which providers there are: the built-in ones, and those that others publish as entry points `jishi.payments`.

An entry point names a `Kind`; its settings Struct draws its form in the back office and reads its configuration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.metadata import entry_points
from typing import Any

import msgspec

from jishi.trade.payments.provider import Provider

GROUP = "jishi.payments"


class Kind(msgspec.Struct, frozen=True):
    code: str
    settings: type[msgspec.Struct]
    build: Callable[[Any], Provider]


def kinds() -> dict[str, Kind]:
    """Code → kind. A published one may take a built-in one's place."""
    from . import cod, stripe

    found = {kind.code: kind for kind in (stripe.KIND, cod.KIND)}
    for point in entry_points(group=GROUP):
        kind = point.load()
        found[kind.code] = kind
    return found


def build(config: Mapping[str, Mapping[str, Any]]) -> list[Provider]:
    """The providers named in `config` (code → settings), in its order: the first of a method takes new attempts.

    Raises ValueError for an unknown code or wrong settings; no secret is in its text."""
    known, made = kinds(), []
    for code, values in config.items():
        if code not in known:
            raise ValueError(f"no payment provider {code!r}; there are {', '.join(sorted(known))}")
        try:
            settings = msgspec.convert(dict(values), known[code].settings, strict=False)
        except msgspec.ValidationError as e:
            raise ValueError(f"payment provider {code!r}: {e}") from None
        made.append(known[code].build(settings))
    return made
