"""Stripe's request bodies: `line_items[0][price_data][currency]=cny` as nested dicts and lists."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl

MAX_FIELDS, MAX_DEPTH = 200, 6
NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")


class BadForm(ValueError):
    """Not a form that can be read."""


def read(raw: str) -> dict[str, Any]:
    """A key that is a row of numbers makes a list, in the order of the numbers; every value is text."""
    try:
        pairs = parse_qsl(raw, keep_blank_values=True, strict_parsing=bool(raw), max_num_fields=MAX_FIELDS)
    except ValueError as e:
        raise BadForm(str(e)) from e
    root: dict[str, Any] = {}
    for name, value in pairs:
        match = NAME.fullmatch(name)
        if match is None:
            raise BadForm(name)
        path = [match[1], *re.findall(r"\[([^\[\]]*)\]", match[2])]
        if len(path) > MAX_DEPTH:
            raise BadForm(name)
        at = root
        for step in path[:-1]:
            at = at.setdefault(step, {})
            if not isinstance(at, dict):
                raise BadForm(name)
        at[path[-1] or str(len(at))] = value
    return {name: _lists(value) for name, value in root.items()}


def _lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {k: _lists(v) for k, v in value.items()}
    if inner and all(k.isdigit() for k in inner):
        return [inner[k] for k in sorted(inner, key=int)]
    return inner
