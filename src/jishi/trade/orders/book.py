"""One order, locked, in memory: units change it here and it writes back what they changed, once."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import Struct, structs

from jishi.kernel import Tx
from jishi.kernel.market import Market, markets
from jishi.kernel.place import Region

from . import rules
from .face import NoOrder
from .rules import Sold
from .tables import BY_ID, CHILD_KEEPS, CHILDREN, LINES, LOCK, SAVE, SAVE_CHILD, SAVE_LINE, STEP
from .terms import ChildTerms, LineTerms


class OrderMoved(RuntimeError):
    """A guard met another version than was locked: nothing of the unit happened."""


class Head(Struct, frozen=True, array_like=True):
    """What of the parent's terms is only ever shown."""

    storefront: str
    channel: str
    locale: str
    tax_included: bool
    destination: Region
    recipient_card: int
    contact_card: int
    goods: int
    discount: int
    freight: int
    tax: int
    policies: dict[str, str]
    limited: bool = False
    gift_card: int = 0
    placed_by: int = 0  # the guest of whom the buyer has claimed it; 0: the buyer placed it

    def claimed(self, placed_by: int) -> Head:
        return structs.replace(self, placed_by=placed_by)


class Preview(Struct, frozen=True, array_like=True):
    """A child in a list: its first pictures and names."""

    pictures: list[str]
    names: list[dict[str, str]]


class ParentRow(Struct):
    """The columns of `parents`, in their order."""

    id: int
    number: str
    buyer_id: int
    method: str
    market: str
    currency: str
    payment: str
    state: str
    ended: str
    total: int
    paid: int
    refunded: int
    intent_id: int
    placed_at: int
    pay_by: int
    changed_at: int
    version: int
    pieces: int
    head: bytes


class ChildRow(Struct):
    """The columns of `children`, in their order."""

    order_id: int
    n: int
    merchant_id: int
    fulfilment: str
    after_sale: str
    state: str
    total: int
    refunded: int
    ship_by: int
    pieces: int
    paid_at: int | None
    shipped_at: int | None
    first_scan_at: int | None
    delivered_at: int | None
    signed_at: int | None
    received_at: int | None
    after_sale_until: int | None
    preview: bytes
    terms: bytes


class CancelRow(Struct):
    """The columns of `cancellations`, in their order."""

    id: int
    order_id: int
    asked_key: str
    state: str
    kind: str
    reason: str
    role: str
    pieces: bytes
    at: int

    @property
    def lines(self) -> list[tuple[int, int, int]]:
        return LINES_CODEC.decode(self.pieces)


class ParcelRow(Struct):
    """The columns of `parcels`, in their order."""

    shipment_id: int
    order_id: int
    child: int
    left_house: int
    arrived: int
    trouble: str


HEAD_CODEC = msgspec.msgpack.Decoder(Head)
PREVIEW_CODEC = msgspec.msgpack.Decoder(Preview)
CHILD_CODEC = msgspec.msgpack.Decoder(ChildTerms)
LINE_CODEC = msgspec.msgpack.Decoder(LineTerms)
LINES_CODEC = msgspec.msgpack.Decoder(list[tuple[int, int, int]])
pack = msgspec.msgpack.Encoder().encode


def sold_of(row: Any) -> Sold:
    return Sold(*row[1:9])


class Book:
    """`lines` are (pieces and money, packed terms) by number. Every change leaves a row in the timeline, and the
    version counts them: a later row is never earlier than the one before, whatever the clock did."""

    def __init__(self, tx: Tx, order_id: int, *, lock: bool = True) -> None:
        """Without a lock it is only to be read: a reading unit may not lock."""
        row = tx.row(LOCK if lock else BY_ID, order=order_id)
        if row is None:
            raise NoOrder(order_id)
        self.tx, self.parent = tx, ParentRow(*row)
        self.children = {r[1]: ChildRow(*r) for r in tx.rows(CHILDREN, order=order_id)}
        rows = tx.rows(LINES, order=order_id)
        self.lines: dict[int, Sold] = {r[1]: sold_of(r) for r in rows}
        self._terms: dict[int, bytes] = {r[1]: r[9] for r in rows}
        self._was = self._keep()
        self._version = self.parent.version
        self._steps: list[dict[str, Any]] = []

    def _keep(self) -> tuple[Any, dict[int, Any], dict[int, Any]]:
        return (
            structs.astuple(self.parent),
            {n: structs.astuple(c) for n, c in self.children.items()},
            {n: structs.astuple(x) for n, x in self.lines.items()},
        )

    @property
    def head(self) -> Head:
        return HEAD_CODEC.decode(self.parent.head)

    @property
    def market(self) -> Market | None:
        return markets().get(self.parent.market)

    @property
    def accepted(self) -> bool:
        """The order's money came in time, or to an order that could be revived: it is not to be returned."""
        return any(c.paid_at is not None for c in self.children.values())

    def terms(self, line: int) -> LineTerms:
        return LINE_CODEC.decode(self._terms[line])

    def child_terms(self, child: int) -> ChildTerms:
        return CHILD_CODEC.decode(self.children[child].terms)

    def funded(self, child: ChildTerms) -> dict[int, int]:
        """What the house pays of the child's lines, by line; none of it where it pays nothing at all."""
        return {x.n: self.terms(x.n).funded for x in self.lines_of(child.n)} if child.funded else {}

    def lines_of(self, child: int) -> list[Sold]:
        return [x for x in self.lines.values() if x.child == child]

    def move(self, child: ChildRow, to: str) -> None:
        child.fulfilment = rules.turn(rules.FULFILMENT, child.fulfilment, to)

    def pay(self, to: str) -> None:
        self.parent.payment = rules.turn(rules.PAYMENT, self.parent.payment, to)

    def step(self, what: str, child: int = 0, **params: str | int) -> None:
        """A row of the timeline; `order.step.<what>` is its sentence."""
        p = self.parent
        p.version, p.changed_at = p.version + 1, max(p.changed_at, self.tx.now)
        role = self.tx.actor.role
        self._steps.append(
            dict(order_id=p.id, n=p.version, at=p.changed_at, child=child, what=what, role=role, params=pack(params))
        )

    def save(self) -> None:
        """What was changed is written; nothing when nothing was."""
        p = self.parent
        for c in self.children.values():
            c.state = rules.child_state(c.fulfilment, sum(x.shipped for x in self.lines_of(c.n)))
        p.state = rules.order_state(p.payment, [c.state for c in self.children.values()])
        _, was_children, was_lines = self._was
        if self._keep() == self._was:
            return
        if p.version == self._version:
            p.version += 1
        to = {f"to_{c}": getattr(p, c) for c in PARENT_KEEPS}
        if self.tx.run(SAVE, order=p.id, was=self._version, **to) != 1:
            raise OrderMoved(p.id)
        if changed := [c for n, c in self.children.items() if structs.astuple(c) != was_children[n]]:
            self.tx.many(SAVE_CHILD, [_saved(p.id, "child", c.n, c, CHILD_KEEPS) for c in changed])
        if moved := [x for n, x in self.lines.items() if structs.astuple(x) != was_lines[n]]:
            self.tx.many(SAVE_LINE, [_saved(p.id, "line", x.n, x, LINE_KEEPS) for x in moved])
        if self._steps:
            self.tx.many(STEP, self._steps)


PARENT_KEEPS = ("payment", "state", "ended", "paid", "refunded", "intent_id", "changed_at", "version")
LINE_KEEPS = ("cancelled", "shipped", "refunded")


def _saved(order_id: int, name: str, n: int, row: Struct, keeps: tuple[str, ...]) -> dict[str, Any]:
    return {"order": order_id, name: n, **{f"to_{c}": getattr(row, c) for c in keeps}}
