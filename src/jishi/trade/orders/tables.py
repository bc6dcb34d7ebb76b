"""The tables of orders: columns for what is asked for and guarded, one packed blob a row for what is frozen."""

from typing import Any

from sqlalchemy import CheckConstraint, ColumnElement, Index, UniqueConstraint, bindparam, func, select, update

from jishi.kernel import Module, Statement
from jishi.kernel.columns import amount, at, blob, code, count, key, part, ref

module = Module("trade.orders")
parents = module.table(
    "parents",
    key(),
    code("number", 11, unique=True),
    ref("buyer_id"),
    code("method", 16),
    code("market", 8),
    code("currency", 3),
    code("payment", 16),
    code("state", 16),
    code("ended", 16),
    amount("total"),
    amount("paid"),
    amount("refunded"),
    ref("intent_id"),
    at("placed_at"),
    at("pay_by"),
    at("changed_at"),
    count("version"),
    count("pieces"),
    blob("head"),
    CheckConstraint("total >= 0 AND refunded >= 0 AND refunded <= paid"),
)
Index("ix_trade_orders_parents_buyer", parents.c.buyer_id, parents.c.id)
Index("ix_trade_orders_parents_state", parents.c.state, parents.c.id)
children = module.table(
    "children",
    key("order_id"),
    part("n"),
    ref("merchant_id"),
    code("fulfilment", 16),
    code("after_sale", 8),
    code("state", 16),
    amount("total"),
    amount("refunded"),
    at("ship_by"),
    count("pieces"),
    at("paid_at", null=True),
    at("shipped_at", null=True),
    at("first_scan_at", null=True),
    at("delivered_at", null=True),
    at("signed_at", null=True),
    at("received_at", null=True),
    at("after_sale_until", null=True),
    blob("preview"),
    blob("terms"),
    CheckConstraint("refunded >= 0 AND refunded <= total"),
)
Index("ix_trade_orders_children_merchant", children.c.merchant_id, children.c.order_id)
Index("ix_trade_orders_children_state", children.c.merchant_id, children.c.state, children.c.order_id)
sold = module.table(
    "sold",
    key("order_id"),
    part("n"),
    count("child"),
    count("quantity"),
    amount("gross"),
    amount("tax"),
    count("cancelled"),
    count("shipped"),
    amount("refunded"),
    blob("terms"),
    CheckConstraint("cancelled >= 0 AND shipped >= 0 AND cancelled + shipped <= quantity"),
    CheckConstraint("refunded >= 0 AND refunded <= gross"),
)
timeline = module.table(
    "timeline", key("order_id"), part("n"), at("at"), count("child"), code("what"), code("role", 16), blob("params")
)
cancellations = module.table(
    "cancellations",
    key(),
    ref("order_id"),
    code("asked_key", 72),
    code("state", 8),  # asked, done, refused
    code("kind", 16),  # unpaid, confirmed, no_stock
    code("reason", 64),
    code("role", 16),
    blob("pieces"),  # [(child, line, pieces)]
    at("at"),
    UniqueConstraint("order_id", "asked_key"),
)
parcels = module.table(
    "parcels",
    key("shipment_id"),
    ref("order_id", index=True),
    count("child"),
    count("left_house"),
    count("arrived"),
    code("trouble", 16),
)
links = module.table("links", code("digest", 64, primary_key=True), ref("order_id", index=True), at("expires_at"))

ORDER: Any = bindparam("order")
IDS: Any = bindparam("ids", expanding=True)


def insert(table: Any, *but: str) -> Statement:
    return Statement(table.insert(), *[c.name for c in table.c if c.name not in but])


# --- opening -----------------------------------------------------------------------------------------------------------

CLOCKS = ("paid_at", "shipped_at", "first_scan_at", "delivered_at", "signed_at", "received_at", "after_sale_until")
PARENT, LINE, STEP = insert(parents), insert(sold), insert(timeline)
CHILD = insert(children, *CLOCKS)
OPENED = (parents.c.id, parents.c.number, parents.c.total, parents.c.currency, parents.c.pay_by, parents.c.method)
KNOWN = Statement(select(*OPENED).where(parents.c.id.in_(IDS)))
NUMBERS = Statement(select(parents.c.number).where(parents.c.number.in_(bindparam("numbers", expanding=True))))

# --- one order ---------------------------------------------------------------------------------------------------------

BY_ID = Statement(select(parents).where(parents.c.id == ORDER))
BY_NUMBER = Statement(select(parents).where(parents.c.number == bindparam("called")))
LOCK = Statement(select(parents).where(parents.c.id == ORDER).with_for_update())
CHILDREN = Statement(select(children).where(children.c.order_id == ORDER).order_by(children.c.n))
LINES = Statement(select(sold).where(sold.c.order_id == ORDER).order_by(sold.c.n))
STEPS = Statement(select(timeline).where(timeline.c.order_id == ORDER).order_by(timeline.c.n).limit(500))
SAVE = Statement(
    update(parents)
    .where(parents.c.id == ORDER, parents.c.version == bindparam("was"))
    .values(
        {
            "payment": bindparam("to_payment"),
            "state": bindparam("to_state"),
            "ended": bindparam("to_ended"),
            "paid": bindparam("to_paid"),
            "refunded": bindparam("to_refunded"),
            "intent_id": bindparam("to_intent_id"),
            "changed_at": bindparam("to_changed_at"),
            "version": bindparam("to_version"),
        }
    )
)
TAKE = Statement(
    update(parents)
    .where(parents.c.id == ORDER, parents.c.buyer_id == bindparam("owner"))
    .values(buyer_id=bindparam("to_owner"), head=bindparam("to_head"))
)
CHILD_KEEPS = ("fulfilment", "after_sale", "state", "refunded", *CLOCKS)
SAVE_CHILD = Statement(
    update(children)
    .where(children.c.order_id == ORDER, children.c.n == bindparam("child"))
    .values({c: bindparam(f"to_{c}") for c in CHILD_KEEPS})
)
SAVE_LINE = Statement(
    update(sold)
    .where(sold.c.order_id == ORDER, sold.c.n == bindparam("line"))
    .values({c: bindparam(f"to_{c}") for c in ("cancelled", "shipped", "refunded")})
)

# --- lists -------------------------------------------------------------------------------------------------------------

AFTER: Any = bindparam("after")
LIMIT: Any = bindparam("limit")
Filter = tuple[bool, bool]  # of one buyer, of one state


def _page(*where: ColumnElement[bool]) -> Statement:
    return Statement(select(parents).where(parents.c.id < AFTER, *where).order_by(parents.c.id.desc()).limit(LIMIT))


OF_BUYER, OF_STATE = parents.c.buyer_id == bindparam("buyer"), parents.c.state == bindparam("shown")
PAGES: dict[Filter, Statement] = {
    (True, True): _page(OF_BUYER, OF_STATE),
    (True, False): _page(OF_BUYER),
    (False, True): _page(OF_STATE),
    (False, False): _page(),
}


def _cut(*where: ColumnElement[bool]) -> Statement:
    c = children.c
    mine = (c.merchant_id == bindparam("merchant"), c.order_id < AFTER, *where)
    return Statement(select(c.order_id).where(*mine).group_by(c.order_id).order_by(c.order_id.desc()).limit(LIMIT))


CUTS = {True: _cut(children.c.state == bindparam("shown")), False: _cut()}
PARENTS_IN = Statement(select(parents).where(parents.c.id.in_(IDS)).order_by(parents.c.id.desc()))
CHILDREN_IN = Statement(
    select(
        children.c.order_id,
        children.c.merchant_id,
        children.c.state,
        children.c.total,
        children.c.pieces,
        children.c.preview,
    )
    .where(children.c.order_id.in_(IDS))
    .order_by(children.c.order_id, children.c.n)
)

LINES_IN = Statement(select(sold.c.order_id, sold.c.terms).where(sold.c.order_id.in_(IDS)))

# --- cancelling, parcels, links ----------------------------------------------------------------------------------------

ASK_CANCEL = insert(cancellations)
CANCEL_BY_KEY = Statement(
    select(cancellations).where(cancellations.c.order_id == ORDER, cancellations.c.asked_key == bindparam("asked"))
)
CANCEL_BY_ID = Statement(select(cancellations).where(cancellations.c.id == bindparam("cancellation")))
PENDING = Statement(select(cancellations).where(cancellations.c.order_id == ORDER, cancellations.c.state == "asked"))
COUNT_CANCELS = Statement(select(func.count()).where(cancellations.c.order_id == ORDER))
END_CANCEL = Statement(
    update(cancellations)
    .where(cancellations.c.id == bindparam("cancellation"), cancellations.c.state == "asked")
    .values(state=bindparam("to"))
)
PARCEL = insert(parcels)
PARCELS = Statement(select(parcels).where(parcels.c.order_id == ORDER).order_by(parcels.c.shipment_id))
SAVE_PARCEL = Statement(
    update(parcels)
    .where(parcels.c.shipment_id == bindparam("shipment"))
    .values(left_house=bindparam("to_left_house"), arrived=bindparam("to_arrived"), trouble=bindparam("to_trouble"))
)

LINK = insert(links)
BY_LINK = Statement(
    select(parents)
    .join(links, links.c.order_id == parents.c.id)
    .where(links.c.digest == bindparam("hash"), links.c.expires_at > bindparam("now"))
)
LINKS_OF = Statement(select(links.c.digest).where(links.c.order_id == ORDER).order_by(links.c.expires_at))
UNLINK = Statement(links.delete().where(links.c.digest.in_(bindparam("hashes", expanding=True))))
