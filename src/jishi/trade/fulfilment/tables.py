"""Fulfilment orders, their lines, parcels and what carriers told about them."""

from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, bindparam, func, select, update

from jishi.kernel import Module, Statement
from jishi.kernel.columns import amount, at, blob, code, count, key, part, ref
from jishi.kernel.paging import oldest_first

module = Module("trade.fulfilment")

# Creating and stopping lock the order's head first: a stop that comes before the work must not be overlooked by it.
heads = module.table("heads", key("order_id"))
works = module.table(
    "works",
    key(),
    ref("order_id"),
    count("child"),
    ref("buyer_id"),
    code("number"),
    ref("merchant_id"),
    ref("warehouse_id"),
    code("service"),
    code("state", 16),
    at("ship_by"),
    at("created_at"),
    ref("recipient_card"),
    code("currency", 3),
    amount("collect_minor"),  # due at the door for all that may still ship or has shipped
    amount("told_minor"),  # of it, told to carriers
    count("parcels"),
    UniqueConstraint("order_id", "child"),
    CheckConstraint("told_minor <= collect_minor AND told_minor >= 0"),
)
Index("ix_trade_fulfilment_works_urgent", works.c.state, works.c.ship_by, works.c.id)
Index("ix_trade_fulfilment_works_clerk", works.c.merchant_id, works.c.state, works.c.ship_by, works.c.id)
work_lines = module.table(
    "work_lines",
    key("fulfilment_id"),
    part("line"),
    code("sku_code", 64),
    blob("names"),
    blob("options"),
    code("picture", 255),
    count("weight_g"),
    blob("wants"),
    amount("value_minor"),
    count("quantity"),
    count("cancelled"),
    count("booked"),  # in a parcel, whatever its state
    count("shipped"),  # in a parcel that left the house
    CheckConstraint("cancelled >= 0 AND shipped >= 0 AND shipped <= booked AND cancelled + booked <= quantity"),
)
parcels = module.table(
    "parcels",
    key(),
    ref("fulfilment_id"),
    ref("order_id", index=True),
    count("child"),
    count("n"),
    code("asked_key", 64),
    code("number", 40, unique=True),
    code("carrier"),
    code("waybill", 64, null=True),
    code("state", 16),
    count("rung"),
    amount("collect_minor"),
    count("weight_g"),
    at("created_at"),
    at("shipped_at"),
    count("tries"),
    count("polls"),
    UniqueConstraint("fulfilment_id", "asked_key"),
    UniqueConstraint("carrier", "waybill"),
)
parcel_pieces = module.table("parcel_pieces", key("parcel_id"), part("line"), count("quantity"))
tracks = module.table(
    "tracks",
    key("parcel_id"),
    key("at"),
    code("state", 16, primary_key=True),
    code("place", 100, primary_key=True),
    code("note", 200),
)
notes = module.table(
    "notes",
    code("carrier", 32, primary_key=True),
    code("note_id", 100, primary_key=True),
    code("waybill", 64),
    at("at"),
)
stops = module.table("stops", key("stop_key"), ref("order_id", index=True), count("stopped"))
stop_pieces = module.table(
    "stop_pieces", key("stop_key"), part("child"), part("line"), count("pieces"), amount("collect_less")
)

ID: Any = bindparam("of")
ORDER: Any = bindparam("order")
N: Any = bindparam("n")
IDS: Any = bindparam("ids", expanding=True)

HEAD = Statement(heads.insert(), "order_id")
LOCK_HEAD = Statement(select(heads.c.order_id).where(heads.c.order_id == ORDER).with_for_update())

PUT_WORK = Statement(works.insert(), *works.c.keys())
WORK = Statement(select(works).where(works.c.id == ID))
CARDS = Statement(
    select(works.c.id, works.c.merchant_id, works.c.recipient_card).where(
        works.c.id.in_(bindparam("ids", expanding=True))
    )
)
LOCK_WORK = Statement(select(works).where(works.c.id == ID).with_for_update())
LOCK_WORKS = Statement(select(works).where(works.c.order_id == ORDER).order_by(works.c.id).with_for_update())
WORKS_OF = Statement(select(works.c.id, works.c.buyer_id, works.c.merchant_id).where(works.c.order_id == ORDER))
TURN = Statement(update(works).where(works.c.id == ID, works.c.state == bindparam("was")).values(state=bindparam("to")))
LESS = Statement(
    update(works)
    .where(works.c.id == ID, works.c.state == "open")
    .values(collect_minor=works.c.collect_minor - bindparam("less"))
)
TELL = Statement(
    update(works)
    .where(works.c.id == ID)
    .values(told_minor=works.c.told_minor + bindparam("more"), parcels=works.c.parcels + 1)
)


def urgent(*, warehouse: bool, merchant: bool) -> Statement:
    """The work list, most urgent first."""
    q = select(works).where(works.c.state == bindparam("now_in"))
    if warehouse:
        q = q.where(works.c.warehouse_id == bindparam("warehouse"))
    if merchant:
        q = q.where(works.c.merchant_id == bindparam("merchant"))
    return Statement(oldest_first(q, by=works.c.ship_by, id=works.c.id))


URGENT = {(w, m): urgent(warehouse=w, merchant=m) for w in (False, True) for m in (False, True)}

PUT_LINE = Statement(work_lines.insert(), *work_lines.c.keys())
LINES = Statement(
    select(work_lines)
    .where(work_lines.c.fulfilment_id.in_(IDS))
    .order_by(work_lines.c.fulfilment_id, work_lines.c.line)
)
LINE_AT = (work_lines.c.fulfilment_id == ID, work_lines.c.line == bindparam("at_line"))
LEFT = work_lines.c.quantity - work_lines.c.cancelled - work_lines.c.booked
DROP = Statement(update(work_lines).where(*LINE_AT, LEFT >= N).values(cancelled=work_lines.c.cancelled + N))
BOOK = Statement(update(work_lines).where(*LINE_AT, LEFT >= N).values(booked=work_lines.c.booked + N))
LEAVE = Statement(update(work_lines).where(*LINE_AT).values(shipped=work_lines.c.shipped + N))

PUT_PARCEL = Statement(parcels.insert(), *parcels.c.keys())
PARCEL = Statement(select(parcels).where(parcels.c.id == ID))
LOCK_PARCEL = Statement(select(parcels).where(parcels.c.id == ID).with_for_update())
PARCEL_BY_KEY = Statement(
    select(parcels).where(parcels.c.fulfilment_id == ID, parcels.c.asked_key == bindparam("asked"))
)
PARCEL_BY_WAYBILL = Statement(
    select(parcels).where(parcels.c.carrier == bindparam("who"), parcels.c.waybill == bindparam("bill"))
)
PARCELS_OF = Statement(select(parcels).where(parcels.c.order_id == ORDER).order_by(parcels.c.child, parcels.c.n))
SIBLINGS = Statement(select(parcels.c.id, parcels.c.rung, parcels.c.state).where(parcels.c.fulfilment_id == ID))
WAYBILL = Statement(
    update(parcels)
    .where(parcels.c.id == ID, parcels.c.state == "booking", parcels.c.waybill.is_(None))
    .values(waybill=bindparam("bill"))
)
LABEL = Statement(
    update(parcels)
    .where(parcels.c.id == ID, parcels.c.state == "booking")
    .values(state="label", shipped_at=bindparam("when"))
)
CLIMB = Statement(update(parcels).where(parcels.c.id == ID).values(state=bindparam("to"), rung=bindparam("higher")))
# Each repeat of a timer is counted in the row: told twice, a timer must not become two timers.
TRIED = Statement(
    update(parcels)
    .where(parcels.c.id == ID, parcels.c.state == "booking", parcels.c.tries == bindparam("so_far"))
    .values(tries=parcels.c.tries + 1)
)
POLLED = Statement(
    update(parcels).where(parcels.c.id == ID, parcels.c.polls == bindparam("so_far")).values(polls=parcels.c.polls + 1)
)

PUT_PIECES = Statement(parcel_pieces.insert(), *parcel_pieces.c.keys())
PIECES = Statement(
    select(parcel_pieces)
    .where(parcel_pieces.c.parcel_id.in_(IDS))
    .order_by(parcel_pieces.c.parcel_id, parcel_pieces.c.line)
)
ADD_TRACK = Statement(tracks.insert(), *tracks.c.keys())
TRACKS = Statement(
    select(tracks).where(tracks.c.parcel_id.in_(IDS)).order_by(tracks.c.parcel_id, tracks.c.at.desc(), tracks.c.state)
)
ADD_NOTE = Statement(notes.insert(), *notes.c.keys())
NOTE = Statement(
    select(notes.c.waybill).where(notes.c.carrier == bindparam("who"), notes.c.note_id == bindparam("told"))
)

STOP = Statement(stops.insert(), *stops.c.keys())
STOPPED = Statement(select(stops.c.stopped).where(stops.c.stop_key == bindparam("asked")))
STOP_PIECE = Statement(stop_pieces.insert(), *stop_pieces.c.keys())
EARLY = Statement(
    select(
        stop_pieces.c.child, stop_pieces.c.line, func.sum(stop_pieces.c.pieces), func.sum(stop_pieces.c.collect_less)
    )
    .select_from(stop_pieces.join(stops, stops.c.stop_key == stop_pieces.c.stop_key))
    .where(stops.c.order_id == ORDER, stops.c.stopped == 1)
    .group_by(stop_pieces.c.child, stop_pieces.c.line)
)
