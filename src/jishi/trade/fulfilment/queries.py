"""Reads of fulfilment, scoped to who asks: a clerk to its merchant, a customer to its own orders."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from jishi.goods.inventory import Want
from jishi.kernel import FieldError, Invalid, Tx
from jishi.kernel.paging import Cursor, cut, limited, read_cursor

from .face import (
    NoWork,
    RecipientsOf,
    Shipment,
    ShipmentList,
    ShipmentsOf,
    ShipPieces,
    Track,
    Work,
    WorkLine,
    WorkOf,
    WorkPage,
    WorkQuery,
)
from .tables import CARDS, LINES, PARCEL_BY_WAYBILL, PARCELS_OF, PIECES, TRACKS, URGENT, WORK, WORKS_OF

CARDS_MAX = 100
STATES = ("open", "packed", "shipped", "delivered", "cancelled")
WANTS = msgspec.msgpack.Decoder(list[Want])
TEXT = msgspec.msgpack.Decoder(dict[str, str])


class WorkRow(NamedTuple):
    """A row of `works`, in its columns' order."""

    id: int
    order_id: int
    child: int
    buyer_id: int
    number: str
    merchant_id: int
    warehouse_id: int
    service: str
    state: str
    ship_by: int
    created_at: int
    recipient_card: int
    currency: str
    collect_minor: int
    told_minor: int
    parcels: int


class LineRow(NamedTuple):
    """A row of `work_lines`, its blobs unpacked."""

    fulfilment_id: int
    line: int
    sku_code: str
    names: dict[str, str]
    options: dict[str, str]
    picture: str
    weight_g: int
    wants: list[Want]
    value_minor: int
    quantity: int
    cancelled: int
    booked: int
    shipped: int

    @property
    def left(self) -> int:
        """Pieces that are neither cancelled nor in a parcel."""
        return self.quantity - self.cancelled - self.booked


class ParcelRow(NamedTuple):
    """A row of `parcels`, in its columns' order."""

    id: int
    fulfilment_id: int
    order_id: int
    child: int
    n: int
    asked_key: str
    number: str
    carrier: str
    waybill: str | None
    state: str
    rung: int
    collect_minor: int
    weight_g: int
    created_at: int
    shipped_at: int
    tries: int
    polls: int


def lines_of(tx: Tx, fulfilment_ids: Sequence[int]) -> list[LineRow]:
    """All lines of these fulfilment orders, by order and line; one query for 256 of them."""
    return [
        LineRow._make((*r[:3], TEXT.decode(r[3]), TEXT.decode(r[4]), *r[5:7], WANTS.decode(r[7]), *r[8:]))
        for r in tx.rows_in(LINES, "ids", fulfilment_ids)
    ]


def found(tx: Tx, fulfilment_id: int) -> WorkRow:
    """The row, if it is there and in the actor's scope."""
    row = tx.row(WORK, of=fulfilment_id)
    work = WorkRow(*row) if row else None
    if work is None or (tx.actor.role == "clerk" and work.merchant_id != tx.actor.merchant_id) or tx.actor.is_customer:
        raise NoWork(fulfilment_id)
    return work


def work_view(tx: Tx, works: Sequence[WorkRow]) -> list[Work]:
    lines: dict[int, list[WorkLine]] = defaultdict(list)
    for x in lines_of(tx, [w.id for w in works]):
        lines[x.fulfilment_id].append(
            WorkLine(x.line, x.sku_code, x.names, x.options, x.picture, x.quantity, x.cancelled, x.shipped)
        )
    return [
        Work(
            w.id,
            w.order_id,
            w.child,
            w.number,
            w.merchant_id,
            w.warehouse_id,
            w.service,
            w.state,
            w.ship_by,
            w.created_at,
            w.recipient_card,
            lines[w.id],
        )
        for w in works
    ]


def work_of(tx: Tx, query: WorkOf) -> Work:
    return work_view(tx, [found(tx, query.fulfilment_id)])[0]


def cards_of(tx: Tx, query: RecipientsOf) -> dict[int, int]:
    """Work → its recipient's card; what is not there or not the actor's is `NoWork`."""
    if len(query.fulfilment_ids) > CARDS_MAX:
        raise Invalid([FieldError("fulfilment_ids", "too_many", {"max": str(CARDS_MAX)})])
    rows = tx.rows_in(CARDS, "ids", query.fulfilment_ids)
    seen = {id: card for id, merchant, card in rows if tx.actor.role != "clerk" or merchant == tx.actor.merchant_id}
    for id in query.fulfilment_ids:
        if id not in seen or tx.actor.is_customer:
            raise NoWork(id)
    return seen


def work(tx: Tx, query: WorkQuery) -> WorkPage:
    """Most urgent first, keyed by the last row: (ship_by, id). Two queries a page."""
    if query.state not in STATES:
        raise Invalid([FieldError("state", "choice.unknown")])
    cursor = read_cursor(query.cursor, int) if query.cursor else Cursor(-1, 0)
    limit, narrow = limited(query.limit), dict[str, int]()
    if query.warehouse_id:
        narrow["warehouse"] = query.warehouse_id
    if tx.actor.role == "clerk":
        narrow["merchant"] = tx.actor.merchant_id
    statement = URGENT["warehouse" in narrow, "merchant" in narrow]
    rows = tx.rows(statement, now_in=query.state, at=cursor.value, after=cursor.id, limit=limit + 1, **narrow)
    works, more = cut([WorkRow(*r) for r in rows], limit, lambda w: (w.ship_by, w.id))
    return WorkPage(work_view(tx, works), more)


def shipments(tx: Tx, query: ShipmentsOf) -> ShipmentList:
    """The order's parcels that the actor may see, by child and number; four queries in all."""
    actor = tx.actor
    mine = {
        id
        for id, buyer, merchant in tx.rows(WORKS_OF, order=query.order_id)
        if not (actor.is_customer and buyer != actor.id)
        and not (actor.role == "clerk" and merchant != actor.merchant_id)
    }
    rows = [p for p in (ParcelRow(*r) for r in tx.rows(PARCELS_OF, order=query.order_id)) if p.fulfilment_id in mine]
    return ShipmentList(shipments_view(tx, rows))


def shipments_view(tx: Tx, rows: Sequence[ParcelRow]) -> list[Shipment]:
    ids = [p.id for p in rows]
    pieces: dict[int, list[ShipPieces]] = defaultdict(list)
    for parcel, line, quantity in tx.rows_in(PIECES, "ids", ids):
        pieces[parcel].append(ShipPieces(line, quantity))
    tracks: dict[int, list[Track]] = defaultdict(list)
    for parcel, *track in tx.rows_in(TRACKS, "ids", ids):
        tracks[parcel].append(Track(*track))
    return [
        Shipment(
            p.id,
            p.order_id,
            p.child,
            p.n,
            p.carrier,
            p.waybill or "",
            p.state,
            p.shipped_at,
            pieces[p.id],
            tracks[p.id],
            p.fulfilment_id,
            p.collect_minor,
        )
        for p in rows
    ]


def by_waybill(tx: Tx, carrier: str, waybill: str) -> ParcelRow | None:
    row = tx.row(PARCEL_BY_WAYBILL, who=carrier, bill=waybill)
    return ParcelRow(*row) if row else None
