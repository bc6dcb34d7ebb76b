"""Units about money, receipt and links. Each locks its order's row first, so what it reads is what it changes."""

from __future__ import annotations

from msgspec import Struct

from jishi.kernel import Tx
from jishi.trade.payments import AttemptFailed, Collected, Refunded, RefundRefused

from . import rules
from .book import Book
from .face import (
    Completed,
    Confirm,
    Confirmed,
    GrantLink,
    Link,
    LinkAsked,
    NoOrder,
    NotYet,
    Order,
    OrderQuery,
    ReceiptDue,
    Receive,
    Share,
)
from .queries import digest, opens, order, order_of
from .tables import BY_ID, LINK, LINKS_OF, PARCELS, UNLINK

LINK_WINDOW_MS = 600_000
LINK_MS, LINKS = 180 * 86_400_000, 20  # a guest's link lives half a year; an order has at most 20


class Settled(Struct, frozen=True):
    """What money that came in means. verdict: accepted (now or before), expired (it may be revived), dead."""

    order_id: int
    verdict: str


def own(tx: Tx, book: Book, secret: str = "") -> None:
    """The actor may change this order: its buyer, who holds its link, or the house. Anybody else finds nothing."""
    actor = tx.actor
    if actor.role in ("staff", "system") or (actor.is_customer and actor.id and book.parent.buyer_id == actor.id):
        return
    if not opens(tx, secret, book.parent.id):
        raise NoOrder(book.parent.id)


def settle(tx: Tx, cmd: Confirm, intent_id: int = 0) -> Settled:
    """An order that waits for just this sum is confirmed and says so; any other stays as it is."""
    book = Book(tx, cmd.order_id)
    p = book.parent
    if book.accepted or not p.total:
        return Settled(p.id, "accepted")
    due = (cmd.paid.minor, cmd.paid.currency) == (p.total, p.currency) and p.payment == "unpaid"
    if due and p.state == "to_pay":
        _confirm(book, intent_id)
        return Settled(p.id, "accepted")
    return Settled(p.id, "expired" if due and p.ended == "expired" else "dead")


def revive(tx: Tx, cmd: Confirm, intent_id: int = 0) -> Settled:
    """An order that pay-by ended stands again, confirmed: its money came late and its stock is bound already."""
    book = Book(tx, cmd.order_id)
    p = book.parent
    if book.accepted:
        return Settled(p.id, "accepted")
    if p.ended != "expired" or p.payment != "unpaid" or (cmd.paid.minor, cmd.paid.currency) != (p.total, p.currency):
        return Settled(p.id, "dead")
    p.ended = ""
    for x in book.lines.values():
        x.cancelled = 0
    book.step("revived")
    _confirm(book, intent_id)
    return Settled(p.id, "accepted")


def _confirm(book: Book, intent_id: int) -> None:
    p = book.parent
    p.intent_id = intent_id
    for c in book.children.values():
        book.move(c, "confirmed")
        c.paid_at = book.tx.now
    book.pay("paid")
    p.paid = p.total
    book.step("paid", minor=p.total, currency=p.currency)
    book.step("confirmed")
    shares = [_share(book, n) for n in sorted(book.children)]
    lines = [book.terms(n) for n in sorted(book.lines)]
    sold = [(x.listing_id, x.quantity, x.gross) for x in lines]
    where = p.market, book.head.storefront
    book.tx.emit(Confirmed(p.id, p.method, p.currency, shares, book.head.limited, *where, sold))
    book.save()


def _share(book: Book, child: int) -> Share:
    t = book.child_terms(child)
    tax = sum(x.tax for x in book.lines_of(child)) + t.freight.tax
    return rules.share(t, book.head.destination.country, t.total - t.freight.gross, t.freight.gross, tax, t.funded)


def confirm(tx: Tx, cmd: Confirm) -> Order:
    settle(tx, cmd)
    return order_of(tx, cmd.order_id)


def note_late(tx: Tx, cmd: Confirm) -> bool:
    """The buyer sees that money came for a dead order (it goes back); True the first time."""
    book = Book(tx, cmd.order_id)
    p = book.parent
    if p.payment != "unpaid" or p.state not in ("cancelled", "refunded") or p.currency != cmd.paid.currency:
        return False
    book.pay("paid")
    p.paid = cmd.paid.minor
    book.step("paid_late", minor=cmd.paid.minor, currency=cmd.paid.currency)
    book.save()
    return True


# --- what payments tell ------------------------------------------------------------------------------------------------


def refunded(tx: Tx, event: Refunded) -> None:
    """Money has gone back: the payment axis follows. Surplus never was the order's and only shows in the timeline."""
    book = Book(tx, event.order_id)
    p, back = book.parent, event.amount
    if event.surplus or p.payment not in ("paid", "part_refunded") or p.refunded + back.minor > p.paid:
        book.step("surplus_refunded", minor=back.minor, currency=back.currency)
    else:
        p.refunded += back.minor
        to = "refunded" if p.refunded == p.paid else "part_refunded"
        if p.payment != to:
            book.pay(to)
        book.step("refunded", minor=back.minor, currency=back.currency)
    book.save()


def refund_refused(tx: Tx, event: RefundRefused) -> None:
    book = Book(tx, event.order_id)
    book.step("refund_refused", minor=event.amount.minor, currency=event.amount.currency)
    book.save()


def collected(tx: Tx, event: Collected) -> None:
    """Cash of one parcel is there; with the last one the order is paid."""
    book = Book(tx, event.order_id)
    p = book.parent
    p.paid += event.amount.minor
    if event.amount.minor:
        book.step("collected", minor=event.amount.minor, currency=event.amount.currency)
    alive = any(c.fulfilment != "cancelled" for c in book.children.values())
    if event.whole and alive and p.payment == "due_on_delivery":
        book.pay("paid")
        for c in book.children.values():
            c.paid_at = tx.now
        book.step("paid", minor=p.paid, currency=p.currency)
    book.save()


def payment_failed(tx: Tx, event: AttemptFailed) -> None:
    book = Book(tx, event.order_id)
    if book.parent.state == "to_pay":
        book.step("payment_failed", reason=event.reason[:64])
        book.save()


# --- receipt -----------------------------------------------------------------------------------------------------------


def receive(tx: Tx, cmd: Receive) -> Order:
    """The buyer has the goods: the child is completed, once."""
    book = Book(tx, cmd.order_id)
    own(tx, book, cmd.secret)
    if cmd.child and cmd.child not in book.children:
        raise NoOrder(cmd.order_id)
    asked = [book.children[cmd.child]] if cmd.child else list(book.children.values())
    ready = ("delivered", "shipped") if cmd.child else ("delivered",)
    due = [c for c in asked if c.fulfilment in ready]
    if not due and not any(c.fulfilment == "completed" for c in asked):
        raise NotYet(cmd.order_id, book.parent.state)
    for c in due:
        complete(book, c.n)
    book.save()
    by_link = cmd.secret if opens(tx, cmd.secret, cmd.order_id) else ""
    return order(tx, OrderQuery(cmd.order_id, secret=by_link))


def complete(book: Book, child: int) -> None:
    c = book.children[child]
    book.move(c, "completed")
    c.received_at = book.tx.now
    if c.after_sale_until is None:
        c.after_sale_until = book.tx.now + rules.after_sale_days(book.parent.market) * rules.DAY_MS
    book.step("completed", child)
    book.tx.emit(Completed(book.parent.id, child, c.merchant_id))


def receipt_due(tx: Tx, due: ReceiptDue) -> None:
    """The event is the time. A parcel that was refused or lost, and an open case, keep the child as it is."""
    book = Book(tx, due.order_id)
    c = book.children[due.child]
    trouble = any(r[2] == due.child and r[5] for r in tx.rows(PARCELS, order=due.order_id))
    if c.fulfilment in ("shipped", "delivered") and c.after_sale != "open" and not trouble:
        complete(book, due.child)
        book.save()


# --- links -------------------------------------------------------------------------------------------------------------


def grant_link(tx: Tx, cmd: GrantLink) -> Link:
    """A new secret opens the order for half a year; beyond 20 the oldest stop working."""
    if tx.row(BY_ID, order=cmd.order_id) is None:
        raise NoOrder(cmd.order_id)
    old = [r[0] for r in tx.rows(LINKS_OF, order=cmd.order_id)]
    if len(old) >= LINKS:
        tx.run(UNLINK, hashes=old[: len(old) - LINKS + 1])
    link = Link(f"{tx.random.getrandbits(128):032x}", tx.now + LINK_MS)
    tx.run(LINK, digest=digest(link.secret), order_id=cmd.order_id, expires_at=link.expires_at)
    return link


def ask_link(tx: Tx, order_id: int) -> None:
    """The order's contact is to be sent a link; 0 is nobody's order."""
    if order_id:
        tx.emit(LinkAsked(order_id, tx.now // LINK_WINDOW_MS))
