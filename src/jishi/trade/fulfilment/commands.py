"""Units of fulfilment: making work, stopping it, packing it, and the steps of a parcel out of the house."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Struct

from jishi.goods.inventory import Want
from jishi.kernel import FieldError, Invalid, Tx

from .face import (
    BookingDue,
    Create,
    Pack,
    Packed,
    PollDue,
    Shipment,
    Shipped,
    ShipWork,
    Stop,
    Stopped,
    TooMany,
    Work,
    WrongState,
)
from .queries import LineRow, ParcelRow, WorkRow, found, lines_of, shipments_view, work_view
from .rules import Left, at_the_door, to_stop
from .tables import (
    BOOK,
    DROP,
    EARLY,
    HEAD,
    LABEL,
    LEAVE,
    LESS,
    LOCK_HEAD,
    LOCK_PARCEL,
    LOCK_WORK,
    LOCK_WORKS,
    PARCEL,
    PARCEL_BY_KEY,
    PIECES,
    PUT_LINE,
    PUT_PARCEL,
    PUT_PIECES,
    PUT_WORK,
    STOP,
    STOP_PIECE,
    STOPPED,
    TELL,
    TRIED,
    TURN,
    WAYBILL,
    WORK,
)

STUCK_MS = 60_000  # a booking that is not through by then is taken up again
STUCK_MOST_MS = 3_600_000
BOOKING_TRIES = 100  # about four days; then staff must press the button again
KEY_MAX = 64
ALL = 0  # as a child: the whole order


class StateMoved(RuntimeError):
    """A guard met other rows than were locked: nothing of the unit happened."""


class Plan(Struct, frozen=True):
    """All that the story of a parcel needs. state `booking`: it is still to be told to the carrier and to the stock."""

    shipment_id: int
    order_id: int
    state: str
    carrier: str
    waybill: str
    number: str
    service: str
    recipient_card: int
    currency: str
    collect_minor: int
    weight_g: int
    pieces: int
    wants: list[Want]


def _head(tx: Tx, order_id: int) -> None:
    tx.once(HEAD, order_id=order_id)
    tx.row(LOCK_HEAD, order=order_id)


def create(tx: Tx, cmd: Create) -> None:
    """One fulfilment order a child stands, without the pieces that were stopped before; known ones stay as they are."""
    _head(tx, cmd.order_id)
    early = {
        (child, line): (int(pieces), int(less)) for child, line, pieces, less in tx.rows(EARLY, order=cmd.order_id)
    }
    whole = (ALL, 0) in early
    rows: list[dict[str, Any]] = []
    for child in sorted(cmd.children, key=lambda c: c.child):
        id = tx.new_id()
        off = {
            x.line: x.quantity if whole else min(x.quantity, early.get((child.child, x.line), (0, 0))[0])
            for x in child.lines
        }
        due = (
            0
            if whole
            else cmd.collect_minor.get(child.child, 0) - sum(m for (c, _), (_, m) in early.items() if c == child.child)
        )
        made = tx.once(
            PUT_WORK,
            id=id,
            order_id=cmd.order_id,
            child=child.child,
            buyer_id=cmd.buyer_id,
            number=child.number,
            merchant_id=child.merchant_id,
            warehouse_id=child.warehouse_id,
            service=child.service,
            state="cancelled" if all(off[x.line] == x.quantity for x in child.lines) else "open",
            ship_by=child.ship_by,
            created_at=tx.now,
            recipient_card=cmd.recipient_card,
            currency=cmd.currency,
            collect_minor=max(0, due),
            told_minor=0,
            parcels=0,
        )
        rows += [
            dict(
                fulfilment_id=id,
                line=x.line,
                sku_code=x.sku_code,
                names=msgspec.msgpack.encode(x.names),
                options=msgspec.msgpack.encode(x.options),
                picture=x.picture,
                weight_g=x.weight_g,
                wants=msgspec.msgpack.encode(x.wants),
                value_minor=x.value_minor,
                quantity=x.quantity,
                cancelled=off[x.line],
                booked=0,
                shipped=0,
            )
            for x in child.lines
            if made
        ]
    if rows:
        tx.many(PUT_LINE, rows)


def stop(tx: Tx, cmd: Stop) -> Stopped:
    """The pieces will not be packed, all of them or none; the same key gets the first answer.

    A stop that comes before its work is kept for it. Packing locks the same rows: exactly one of the two wins."""
    _head(tx, cmd.order_id)
    if known := tx.row(STOPPED, asked=cmd.key):
        return Stopped(bool(known[0]))
    works = {w.child: w for w in (WorkRow(*r) for r in tx.rows(LOCK_WORKS, order=cmd.order_id))}
    of = {w.id: child for child, w in works.items()}
    lines = [Left(x.fulfilment_id, of[x.fulfilment_id], x.line, x.left) for x in lines_of(tx, list(of))]
    off = to_stop({child: w.state for child, w in works.items()}, lines, cmd.lines)
    tx.run(STOP, stop_key=cmd.key, order_id=cmd.order_id, stopped=int(off is not None))
    if off is None:
        return Stopped(stopped=False)
    waiting = [x for x in cmd.lines if x[0] not in works] if cmd.lines else [(ALL, 0, 0)]
    _wait_for_work(tx, cmd, waiting)
    left = Counter({x.fulfilment_id: 0 for x in lines})
    for x in lines:
        left[x.fulfilment_id] += x.left
    for fulfilment_id, line, pieces in off:
        if tx.run(DROP, of=fulfilment_id, at_line=line, n=pieces) != 1:
            raise StateMoved(line)
        left[fulfilment_id] -= pieces
    for child, w in sorted(works.items()):
        if w.state == "open":
            less = cmd.collect_less.get(child, 0) if cmd.lines else w.collect_minor
            if tx.run(LESS, of=w.id, less=min(less, w.collect_minor)) != 1:
                raise StateMoved(w.id)
            if not left[w.id]:
                tx.run(TURN, of=w.id, was="open", to="cancelled")
    return Stopped(stopped=True)


def _wait_for_work(tx: Tx, cmd: Stop, waiting: list[tuple[int, int, int]]) -> None:
    """Rows for `create`: (child, line) → pieces; what is no longer due at a child's door stands with its first line."""
    pieces: Counter[tuple[int, int]] = Counter()
    for child, line, n in waiting:
        pieces[child, line] += n
    first = {child: min(line for c, line in pieces if c == child) for child, _ in pieces}
    rows = [
        dict(
            stop_key=cmd.key,
            child=child,
            line=line,
            pieces=n,
            collect_less=cmd.collect_less.get(child, 0) if first[child] == line else 0,
        )
        for (child, line), n in sorted(pieces.items())
    ]
    if rows:
        tx.many(STOP_PIECE, rows)


def pack(tx: Tx, cmd: Pack) -> Work:
    """The work is packed: from here nothing of it can be stopped. Packed work stays packed."""
    work = found(tx, cmd.fulfilment_id)
    if tx.run(TURN, of=work.id, was="open", to="packed"):
        tx.emit(Packed(work.order_id, work.child))
    work = found(tx, cmd.fulfilment_id)
    if work.state != "packed":
        raise WrongState(work.id, work.state)
    return work_view(tx, [work])[0]


def begin_parcel(tx: Tx, cmd: ShipWork) -> Plan:
    """The parcel has its number and its pieces; the same key gets the same parcel. From here the timer watches it."""
    if not 0 < len(cmd.key) <= KEY_MAX:
        raise Invalid([FieldError("key", "text.length", {"min": "1", "max": str(KEY_MAX)})])
    found(tx, cmd.fulfilment_id)
    work = WorkRow(*tx.row(LOCK_WORK, of=cmd.fulfilment_id))
    if known := tx.row(PARCEL_BY_KEY, of=work.id, asked=cmd.key):
        return plan_of(tx, ParcelRow(*known))
    if work.state != "packed":
        raise WrongState(work.id, work.state)
    lines = {x.line: x for x in lines_of(tx, [work.id])}
    pieces = _pieces(cmd, list(lines.values()))
    if not pieces:
        raise WrongState(work.id, "shipped")  # all of it is in parcels already, told to the carrier or about to be
    for line, n in pieces.items():
        if tx.run(BOOK, of=work.id, at_line=line, n=n) != 1:
            raise StateMoved(line)
    cash = at_the_door(
        work.collect_minor - work.told_minor,
        [(n, lines[line].quantity, lines[line].value_minor) for line, n in pieces.items()],
        [(x.left, x.quantity, x.value_minor) for x in lines.values()],
    )
    tx.run(TELL, of=work.id, more=cash)
    id, n = tx.new_id(), work.parcels + 1
    tx.run(
        PUT_PARCEL,
        id=id,
        fulfilment_id=work.id,
        order_id=work.order_id,
        child=work.child,
        n=n,
        asked_key=cmd.key,
        number=f"{work.number}-P{n}",
        carrier=cmd.carrier,
        waybill=None,
        state="booking",
        rung=0,
        collect_minor=cash,
        weight_g=sum(lines[line].weight_g * k for line, k in pieces.items()),
        created_at=tx.now,
        shipped_at=0,
        tries=0,
        polls=0,
    )
    tx.many(PUT_PIECES, [dict(parcel_id=id, line=line, quantity=k) for line, k in sorted(pieces.items())])
    tx.emit(BookingDue(id, 0), due_at=tx.now + STUCK_MS)
    return plan_of(tx, ParcelRow(*tx.row(PARCEL, of=id)))


def _pieces(cmd: ShipWork, lines: Sequence[LineRow]) -> dict[int, int]:
    """Line → pieces of the parcel: those asked for, or all that are left."""
    left = {x.line: x.left for x in lines}
    if not cmd.pieces:
        return {line: n for line, n in left.items() if n}
    asked: Counter[int] = Counter()
    for p in cmd.pieces:
        if p.quantity <= 0:
            raise Invalid([FieldError("pieces", "number.range", {"min": "1", "max": "999"})])
        asked[p.line] += p.quantity
    for line, n in asked.items():
        if n > left.get(line, 0):
            raise TooMany(line, left.get(line, 0))
    return dict(asked)


def plan_of(tx: Tx, parcel: ParcelRow) -> Plan:
    """What is left to do for a parcel that is on its way to the carrier."""
    work = WorkRow(*tx.row(WORK, of=parcel.fulfilment_id))
    lines = {x.line: x for x in lines_of(tx, [work.id])}
    pieces = {line: n for _, line, n in tx.rows(PIECES, ids=[parcel.id])}
    wants: Counter[int] = Counter()
    for line, n in pieces.items():
        for want in lines[line].wants:
            wants[want.stock_id] += want.quantity // lines[line].quantity * n
    return Plan(
        parcel.id,
        parcel.order_id,
        parcel.state,
        parcel.carrier,
        parcel.waybill or "",
        parcel.number,
        work.service,
        work.recipient_card,
        work.currency,
        parcel.collect_minor,
        parcel.weight_g,
        sum(pieces.values()),
        [Want(stock_id, n) for stock_id, n in sorted(wants.items())],
    )


def keep_waybill(tx: Tx, shipment_id: int, waybill: str) -> str:
    """The parcel's waybill; the first one stays."""
    tx.run(WAYBILL, of=shipment_id, bill=waybill)
    return str(ParcelRow(*tx.row(PARCEL, of=shipment_id)).waybill)


def finish_parcel(tx: Tx, shipment_id: int, poll_ms: int) -> Shipment:
    """The parcel has left the house: said once, with its lines counted, and the carrier will be asked about it."""
    parcel = ParcelRow(*tx.row(PARCEL, of=shipment_id))
    work = WorkRow(*tx.row(LOCK_WORK, of=parcel.fulfilment_id))
    if tx.run(LABEL, of=shipment_id, when=tx.now):
        pieces = [(line, n) for _, line, n in tx.rows(PIECES, ids=[shipment_id])]
        for line, n in pieces:
            tx.run(LEAVE, of=work.id, at_line=line, n=n)
        whole = all(x.shipped + x.cancelled == x.quantity for x in lines_of(tx, [work.id]))
        if whole:
            tx.run(TURN, of=work.id, was="packed", to="shipped")
        tx.emit(
            Shipped(
                parcel.order_id, parcel.child, parcel.id, parcel.carrier, str(parcel.waybill), pieces, whole, tx.now
            )
        )
        tx.emit(PollDue(parcel.id, 0), due_at=tx.now + poll_ms)
    return shipments_view(tx, [ParcelRow(*tx.row(LOCK_PARCEL, of=shipment_id))])[0]


def take_up(tx: Tx, due: BookingDue) -> Plan | None:
    """The plan of a parcel that is stuck, with the next look armed; None when it is through, or told once already."""
    if not tx.run(TRIED, of=due.shipment_id, so_far=due.tries):
        return None
    if due.tries + 1 < BOOKING_TRIES:
        wait = min(STUCK_MS << min(due.tries + 1, 10), STUCK_MOST_MS)
        tx.emit(BookingDue(due.shipment_id, due.tries + 1), due_at=tx.now + wait)
    return plan_of(tx, ParcelRow(*tx.row(PARCEL, of=due.shipment_id)))
