"""What the warehouse and the carrier tell moves a child, in whatever order the news comes: how far a child is follows
from its pieces and its parcels, not from which event was last."""

from __future__ import annotations

from jishi.kernel import Tx
from jishi.trade.fulfilment import Packed, Shipped, Tracked

from . import rules
from .book import Book, ChildRow, ParcelRow
from .face import ReceiptDue
from .tables import PARCEL, PARCELS, SAVE_PARCEL


def packed(tx: Tx, event: Packed) -> None:
    book = Book(tx, event.order_id)
    c = book.children[event.child]
    if rules.further(c.fulfilment, "packed"):
        book.move(c, "packed")
        book.step("packed", c.n)
        book.save()


def shipped(tx: Tx, event: Shipped) -> None:
    """The pieces have left; with the child's last one it is shipped. The same parcel counts once."""
    book, at = Book(tx, event.order_id), min(event.at, tx.now)
    c = book.children[event.child]
    parcel = _parcel(tx, event.order_id, event.child, event.shipment_id)
    if parcel.left_house:
        return
    parcel.left_house = 1
    _keep(tx, parcel)
    for line, pieces in event.pieces:
        book.lines[line].shipped += pieces
    c.shipped_at = c.shipped_at or at
    pieces = sum(n for _, n in event.pieces)
    told = dict(carrier=event.carrier, waybill=event.waybill)
    book.step("shipped", c.n, shipment=event.shipment_id, pieces=pieces, **told)
    _go_on(book, c, at)
    book.save()


def tracked(tx: Tx, event: Tracked) -> None:
    """A new state of a parcel: clocks, the timeline, and the child once its last parcel is there."""
    book, at = Book(tx, event.order_id), min(event.at, tx.now)
    c = book.children[event.child]
    parcel = _parcel(tx, event.order_id, event.child, event.shipment_id)
    if event.state in rules.SCANS and c.first_scan_at is None:
        c.first_scan_at = at
    if event.state in ("delivered", "signed"):
        parcel.arrived, parcel.trouble = 1, ""
    elif event.state in rules.TROUBLE:
        parcel.trouble = event.state
    _keep(tx, parcel)
    if event.state == "signed":
        c.signed_at = max(c.signed_at or 0, at)
        c.after_sale_until = c.signed_at + rules.after_sale_days(book.parent.market) * rules.DAY_MS
    if event.state != "label":
        what = "scanned" if event.state == "picked_up" else event.state
        book.step(what, c.n, shipment=event.shipment_id, place=event.place, at=at)
    _go_on(book, c, at)
    book.save()


def _go_on(book: Book, c: ChildRow, at: int) -> None:
    """The child is where its pieces and parcels say. The clock of automatic receipt starts once, at the market's point
    (China counts from dispatch)."""
    rows = [ParcelRow(*r) for r in book.tx.rows(PARCELS, order=book.parent.id)]
    left = sum(x.left for x in book.lines_of(c.n))
    to = rules.progress(left, [bool(r.arrived) for r in rows if r.child == c.n and (r.left_house or r.arrived)])
    if not to or not rules.further(c.fulfilment, to):
        return
    fresh = rules.STAGES.index(c.fulfilment) < rules.STAGES.index("shipped")
    book.move(c, to)
    if to == "delivered":
        c.delivered_at = at
    market = book.market
    from_dispatch = market is not None and market.receipt_from == "dispatch"
    if fresh if from_dispatch else to == "delivered":
        wait = market.receipt_ms if market is not None else RECEIPT_MS
        begin = (c.shipped_at or at) if from_dispatch else at
        book.tx.emit(ReceiptDue(book.parent.id, c.n), due_at=begin + wait)


RECEIPT_MS = 14 * rules.DAY_MS  # of a market that is configured no more


def _parcel(tx: Tx, order_id: int, child: int, shipment_id: int) -> ParcelRow:
    """The parcel's row: the carrier's news may be the first that is heard of it."""
    row = ParcelRow(shipment_id, order_id, child, 0, 0, "")
    tx.once(PARCEL, **{f: getattr(row, f) for f in row.__struct_fields__})
    rows = {r[0]: ParcelRow(*r) for r in tx.rows(PARCELS, order=order_id)}
    return rows[shipment_id]


def _keep(tx: Tx, parcel: ParcelRow) -> None:
    tx.run(
        SAVE_PARCEL,
        shipment=parcel.shipment_id,
        to_left_house=parcel.left_house,
        to_arrived=parcel.arrived,
        to_trouble=parcel.trouble,
    )
