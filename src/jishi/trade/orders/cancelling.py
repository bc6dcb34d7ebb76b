"""Cancelling: asked for in one unit, stopped in the warehouse, carried out in another; and the orders nobody paid.

An order that still waits for its money dies in one unit: nothing of it can be in anybody's hands."""

from __future__ import annotations

from collections import Counter
from copy import copy

from msgspec import Struct

from jishi.kernel import FieldError, Invalid, Tx

from . import rules
from .book import Book, CancelRow, pack
from .commands import own
from .face import (
    Abandon,
    Cancel,
    CancelDue,
    Cancelled,
    NoOrder,
    OnlyWhole,
    Order,
    PaymentDue,
    Share,
    TooLate,
    Worth,
    WrongPieces,
)
from .queries import order_of
from .tables import ASK_CANCEL, CANCEL_BY_ID, CANCEL_BY_KEY, COUNT_CANCELS, END_CANCEL, PENDING

AGAIN_MS = 60_000  # a cancellation that was not carried out by then is taken up again
KEY_MAX, REASON_MAX, MOST = 64, 64, 200
Pieces = list[tuple[int, int, int]]  # (child, line, pieces)


class Asked(Struct, frozen=True):
    """What is to be carried out. `mine`: it is this command's own; another's must go first. state: asked, done."""

    order_id: int
    cancel_id: int
    state: str
    mine: bool
    lines: Pieces
    door: dict[int, int]  # child → cash that is no longer due at the door


def ask(tx: Tx, cmd: Cancel) -> Asked:
    """The pieces are found and written down once a key; an unpaid order is cancelled at once.

    Raises `TooLate` when something of it is packed, or was by the time the warehouse was asked."""
    if not 0 < len(cmd.key) <= KEY_MAX or len(cmd.reason) > REASON_MAX:
        raise Invalid([FieldError("key", "text.length", {"min": "1", "max": str(KEY_MAX)})])
    book = Book(tx, cmd.order_id)
    own(tx, book, cmd.secret)
    p = book.parent
    known = tx.row(CANCEL_BY_KEY, order=p.id, asked=f"key:{cmd.key}")
    if known is not None:
        row = CancelRow(*known)
        if row.state == "refused":
            raise TooLate(p.id, p.state)
        return _asked(book, row, mine=True)
    if pending := tx.row(PENDING, order=p.id):
        return _asked(book, CancelRow(*pending), mine=False)
    if p.state in ("cancelled", "refunded") and not cmd.child:
        return Asked(p.id, 0, "done", mine=True, lines=[], door={})  # again is the same
    if tx.row(COUNT_CANCELS, order=p.id)[0] >= MOST:
        raise TooLate(p.id, p.state)
    role = "staff" if tx.actor.role in ("staff", "system") else "buyer"
    if p.state == "to_pay":
        if cmd.child or cmd.line or cmd.quantity:
            raise OnlyWhole(p.id)
        id = _die(book, role, f"key:{cmd.key}", cmd.reason)
        return Asked(p.id, id, "done", mine=True, lines=[], door={})
    lines = _chosen(book, cmd)
    row = CancelRow(tx.new_id(), p.id, f"key:{cmd.key}", "asked", "confirmed", cmd.reason, role, pack(lines), tx.now)
    _keep(tx, row)
    tx.emit(CancelDue(p.id, row.id), due_at=tx.now + AGAIN_MS)
    return _asked(book, row, mine=True)


def _chosen(book: Book, cmd: Cancel) -> Pieces:
    """The pieces that the command means, all of them still in the house and not yet packed."""
    p = book.parent
    if (cmd.child and cmd.child not in book.children) or cmd.quantity < 0:
        raise NoOrder(p.id)
    if cmd.quantity and not cmd.line:
        raise Invalid([FieldError("line", "required")])  # who wants some pieces gone must not lose the whole order
    living = [c for c in book.children.values() if c.fulfilment != "cancelled" and cmd.child in (0, c.n)]
    lines = [x for x in book.lines.values() if x.child in {c.n for c in living}]
    if cmd.line:
        line = book.lines.get(cmd.line)
        if line is None or cmd.child not in (0, line.child):
            raise NoOrder(p.id)
        living = [book.children[line.child]]
        if cmd.quantity > line.left or not line.left:
            raise WrongPieces(cmd.line, line.left)
        lines = [line]
    stuck = next((c for c in living if c.fulfilment != "confirmed"), None)
    if stuck is not None or not living:
        raise TooLate(p.id, stuck.state if stuck else "cancelled")
    return [(x.child, x.n, (cmd.quantity if cmd.line else 0) or x.left) for x in lines if x.left]


def worth(tx: Tx, cmd: Cancel) -> Worth:
    """What `ask` would give back now; it refuses as `ask` does, and changes nothing."""
    book = Book(tx, cmd.order_id)
    own(tx, book, cmd.secret)
    p = book.parent
    if p.state == "to_pay":
        if cmd.child or cmd.line or cmd.quantity:
            raise OnlyWhole(p.id)
        return Worth(p.pieces, 0, 0, p.currency, paid=False)
    lines = _chosen(book, cmd)
    shares = _strike(book, lines, dry=True)
    paid = p.payment not in ("unpaid", "due_on_delivery")
    freight = sum(s.freight for s in shares)
    return Worth(sum(n for _, _, n in lines), sum(s.total for s in shares), freight, p.currency, paid)


def _asked(book: Book, row: CancelRow, *, mine: bool) -> Asked:
    door: dict[int, int] = {}
    if row.state == "asked" and book.parent.payment == "due_on_delivery":
        door = {s.child: s.total for s in _strike(book, row.lines, dry=True)}
    return Asked(row.order_id, row.id, row.state, mine, row.lines, door)


def asked(tx: Tx, due: CancelDue) -> Asked:
    """A cancellation as it stands, for whoever takes it up again."""
    book = Book(tx, due.order_id)
    return _asked(book, CancelRow(*tx.row(CANCEL_BY_ID, cancellation=due.cancel_id)), mine=True)


def _keep(tx: Tx, row: CancelRow) -> None:
    tx.run(ASK_CANCEL, **{f: getattr(row, f) for f in row.__struct_fields__})


def _strike(book: Book, pieces: Pieces, *, dry: bool = False) -> list[Share]:
    """The pieces leave their lines; answers what that is worth, by child. `dry` only reckons."""
    by_child: dict[int, Counter[int]] = {}
    for child, line, n in pieces:
        by_child.setdefault(child, Counter())[line] += n
    shares = []
    for child, lines in sorted(by_child.items()):
        own_lines = book.lines_of(child)
        rows = [copy(x) for x in own_lines] if dry else own_lines
        terms, country = book.child_terms(child), book.head.destination.country
        shares.append(rules.strike_child(terms, country, rows, lines, book.funded(terms)))
    return shares


def _wants(book: Book, pieces: Pieces) -> list[tuple[int, int]]:
    """The stock that these pieces would have come from: a line's wants are whole multiples of its quantity."""
    free: Counter[int] = Counter()
    for _, line, n in pieces:
        for w in book.terms(line).wants:
            free[w.stock_id] += w.quantity // book.lines[line].quantity * n
    return sorted(free.items())


def carry_out(tx: Tx, cancel_id: int, stopped: bool) -> str:
    """What the warehouse stopped is cancelled and owed back; answers the cancellation's state: done, refused.

    The pieces cannot ship any more, so this is right at whatever stage the rest of the child has come to meanwhile."""
    row = CancelRow(*tx.row(CANCEL_BY_ID, cancellation=cancel_id))
    book = Book(tx, row.order_id)
    row = CancelRow(*tx.row(CANCEL_BY_ID, cancellation=cancel_id))  # again, now that the order is locked
    if row.state != "asked":
        return row.state
    tx.run(END_CANCEL, cancellation=cancel_id, to="done" if stopped else "refused")
    if not stopped:
        return "refused"
    _end(book, row, _strike(book, row.lines), _wants(book, row.lines), row.role)
    return "done"


def _end(book: Book, row: CancelRow, shares: list[Share], wants: list[tuple[int, int]], why: str) -> None:
    p, worth = book.parent, sum(s.total for s in shares)
    for s in shares:
        c = book.children[s.child]
        c.refunded += s.total
        lines = book.lines_of(c.n)
        if all(x.cancelled == x.quantity for x in lines):
            book.move(c, "cancelled")
        elif not any(x.left for x in lines) and rules.further(c.fulfilment, "shipped"):
            book.move(c, "shipped")  # what remains of it had left before
    whole = all(c.fulfilment == "cancelled" for c in book.children.values())
    if whole:
        p.ended = why
    refund = 0 if p.payment in ("unpaid", "due_on_delivery") else worth
    pieces = sum(n for _, _, n in row.lines)
    child = shares[0].child if len(shares) == 1 else 0
    book.step("cancelled" if whole else "cancelled_part", child, pieces=pieces, minor=worth, currency=p.currency)
    limited = book.head.limited
    book.tx.emit(Cancelled(p.id, row.id, whole, p.currency, refund, shares, wants, row.lines, limited))
    book.save()


def _die(book: Book, why: str, key: str, reason: str) -> int:
    """An order that nobody paid: every piece is cancelled, nothing is owed. Answers the cancellation's id."""
    p, tx = book.parent, book.tx
    lines = [(x.child, x.n, x.quantity) for x in book.lines.values()]
    row = CancelRow(tx.new_id(), p.id, key, "done", "unpaid", reason, why, pack(lines), tx.now)
    _keep(tx, row)
    for x in book.lines.values():
        x.cancelled = x.quantity
    for c in book.children.values():
        book.move(c, "cancelled")
    p.ended = why
    book.step("expired" if why == "expired" else "cancelled", minor=0, currency=p.currency)
    tx.emit(Cancelled(p.id, row.id, True, p.currency, 0, [], _wants(book, lines), lines, book.head.limited))
    book.save()
    return row.id


def expire(tx: Tx, due: PaymentDue) -> None:
    """Pay-by has come. The event is the time: a clock that stepped back since must not keep the order alive."""
    book = Book(tx, due.order_id)
    if book.parent.state == "to_pay":
        _die(book, "expired", "pay_by", "")


def abandon(tx: Tx, cmd: Abandon) -> Order:
    """A confirmed order without stock, or without its discount, is cancelled, all that is left of it; what was paid is
    owed back. Again is the same; one that is packed stays."""
    book = Book(tx, cmd.order_id)
    p = book.parent
    living = [c for c in book.children.values() if c.fulfilment != "cancelled"]
    if living and all(c.fulfilment == "confirmed" for c in living):
        if pending := tx.row(PENDING, order=p.id):  # it has nothing left to cancel
            tx.run(END_CANCEL, cancellation=pending[0], to="refused")
        lines = [(x.child, x.n, x.left) for x in book.lines.values() if x.left]
        row = CancelRow(tx.new_id(), p.id, cmd.why, "done", cmd.why, "", "system", pack(lines), tx.now)
        _keep(tx, row)
        _end(book, row, _strike(book, lines), [], cmd.why)  # nothing was bound: nothing is free again
    return order_of(tx, cmd.order_id)


def kind_of(tx: Tx, cancel_id: int) -> str:
    return CancelRow(*tx.row(CANCEL_BY_ID, cancellation=cancel_id)).kind
