"""Ids: 63 bits, rising with time. Outside they carry a kind: `ord_01h2x…` in Crockford's base 32.

Bits: milliseconds since 2026-01-01 (41), node (6), gene (4, the buyer's for orders), sequence (12)."""

from __future__ import annotations

from .faults import Fault

EPOCH_MS = 1_767_225_600_000  # 2026-01-01T00:00:00Z
CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"
VALUE = {c: i for i, c in enumerate(CROCKFORD)} | {"o": 0, "i": 1, "l": 1}  # as Crockford reads what people mistype
DIGITS = 13  # 13 × 5 bits hold 63


class WrongId(Fault, code="id.wrong", status=404):
    """Not an id of this kind. 404, because whoever asks must not learn which ids exist."""

    kind: str


def encode(kind: str, id: int) -> str:
    """`encode("ord", 5)` → `ord_0000000000005`."""
    return f"{kind}_" + "".join(CROCKFORD[id >> shift & 31] for shift in range(60, -1, -5))


def decode(kind: str, text: str) -> int:
    """The number again; another kind, length or character raises `WrongId`."""
    head, _, body = text.partition("_")
    if head != kind or len(body) != DIGITS:
        raise WrongId(kind)
    id = 0
    for c in body.lower():
        if (value := VALUE.get(c)) is None:
            raise WrongId(kind)
        id = id << 5 | value
    if id >> 63:
        raise WrongId(kind)
    return id


def gene_of(id: int) -> int:
    """The 4 bits by which orders and their buyer stay on one shard."""
    return id >> 12 & 15


def made_at(id: int) -> int:
    """Milliseconds UTC at which the id was drawn."""
    return (id >> 22) + EPOCH_MS
