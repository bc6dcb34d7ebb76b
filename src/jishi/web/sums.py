"""The figures of a quote or an order as a buyer reads them: what came off and why, what a little more would save."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from jishi.goods.promotions import Near
from jishi.kernel.place import Reason, Text
from jishi.trade.checkout import Quote
from jishi.trade.orders import Line, LineTerms


class Part(Struct, frozen=True):
    """What of a discount came off one line."""

    names: Text
    minor: int


class Discount(Struct, frozen=True):
    """A promotion's sum over the lines, and how it is shared among them."""

    rule: str
    names: Text
    stage: str
    reason: Reason
    minor: int
    parts: list[Part]


class Bar(Struct, frozen=True):
    """So far, so much is needed: a sentence with a bar. In minor units, or in pieces."""

    near: Near
    have: int
    need: int


def discounts(lines: Iterable[LineTerms | Line]) -> list[Discount]:
    """By promotion, in the order in which they came off."""
    found: dict[str, Discount] = {}
    for x in lines:
        for a in x.adjustments:
            known = found.get(a.rule) or Discount(a.rule, a.names, a.stage, a.reason, 0, [])
            parts = [*known.parts, Part(x.names, a.minor)]
            found[a.rule] = Discount(a.rule, known.names, known.stage, known.reason, known.minor + a.minor, parts)
    return list(found.values())


def bars(quote: Quote, merchant_id: int = 0) -> list[Bar]:
    """What a little more of this shop's goods (0: of any) would save, the nearest first; at most two."""
    lines = [x for c in quote.terms.children if merchant_id in (0, c.merchant_id) for x in c.lines]
    worth, pieces = sum(x.unit_minor * x.quantity for x in lines), sum(x.quantity for x in lines)
    mine: Sequence[Near] = [n for n in quote.near if n.merchant_id == merchant_id]
    made = [
        Bar(n, pieces, pieces + n.missing_pieces) if n.missing_pieces else Bar(n, worth, worth + n.missing_minor)
        for n in mine
    ]
    return sorted(made, key=lambda b: -b.have / max(1, b.need))[:2]
