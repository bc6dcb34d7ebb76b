"""Prices as dated rows, [valid_from, valid_to). Of one key the rows never overlap, and only their ends ever move."""

from typing import Any

from sqlalchemy import CheckConstraint, Index, PrimaryKeyConstraint, bindparam, func, select, update

from jishi.kernel import Module, Statement
from jishi.kernel.columns import amount, at, code, count, key, ref

module = Module("goods.pricing")
offers = module.table(
    "offers", key("listing_id"), ref("merchant_id")
)  # whose the listing's prices are; locked to write
prices = module.table(
    "prices",
    key(),
    ref("listing_id"),
    code("market", 8),
    code("currency", 3),
    code("grade", 16),  # `condition` is MariaDB's own word
    code("layer", 8),
    count("quantity_from"),
    amount("minor"),
    count("tax_included"),
    amount("list_minor"),
    at("valid_from"),
    at("valid_to"),
    CheckConstraint("minor >= 0 AND list_minor >= 0 AND quantity_from >= 1 AND valid_from <= valid_to"),
)
deals = (
    module.table(  # what was paid: for a listing, in a market and storefront, within an hour or since its price began
        "deals",
        ref("listing_id"),
        code("market", 8),
        code("storefront", 32),
        code("currency", 3),
        at("since"),
        amount("low_minor"),
        amount("last_minor"),
        PrimaryKeyConstraint("listing_id", "market", "storefront", "currency", "since"),
        CheckConstraint("0 <= low_minor AND low_minor <= last_minor"),
    )
)
Index("ix_goods_pricing_deals_since", deals.c.since)
Index("ix_pricing_listing", prices.c.listing_id, prices.c.market, prices.c.currency, prices.c.valid_to)

P = prices.c
AT: Any = bindparam("at")
IDS: Any = bindparam("ids", expanding=True)
VIEW = (P.id, P.listing_id, P.currency, P.minor, P.tax_included, P.quantity_from, P.list_minor, P.valid_to,
        P.valid_from, P.market, P.layer)  # fmt: skip
OWNERS = Statement(
    select(offers.c.listing_id, offers.c.merchant_id)
    .where(offers.c.listing_id.in_(IDS))
    .order_by(offers.c.listing_id)
    .with_for_update()
)
OWNERS_SEEN = Statement(select(offers.c.listing_id).where(offers.c.listing_id.in_(IDS)))
OWNER = Statement(select(offers.c.merchant_id).where(offers.c.listing_id == bindparam("listing")))
CLAIM = Statement(offers.insert(), "listing_id", "merchant_id")
AHEAD = Statement(
    select(prices).where(P.listing_id.in_(IDS), P.valid_to > AT).order_by(P.listing_id, P.valid_from, P.id)
)
ADD = Statement(prices.insert(), *[c.name for c in prices.c])
END = Statement(
    update(prices).where(P.id == bindparam("price"), P.valid_to == bindparam("was")).values(valid_to=bindparam("ends"))
)
IN_FORCE = Statement(
    select(*VIEW)
    .where(
        P.listing_id.in_(IDS),
        P.market == bindparam("in_market"),
        P.currency == bindparam("in_currency"),
        P.grade == "new",
        P.valid_from <= AT,
        P.valid_to > AT,
    )
    .order_by(P.listing_id, P.quantity_from)
)
SINCE = Statement(  # what was offered of one piece from a moment on: for the strike-through
    select(*VIEW)
    .where(
        P.listing_id.in_(IDS),
        P.market == bindparam("in_market"),
        P.currency == bindparam("in_currency"),
        P.grade == "new",
        P.quantity_from == 1,
        P.valid_to > AT,
        P.valid_from < bindparam("before"),
        P.valid_from < P.valid_to,
    )
    .order_by(P.listing_id, P.valid_from, P.id)
)
BY_ID = Statement(select(*VIEW).where(P.id.in_(IDS)).order_by(P.listing_id, P.quantity_from, P.valid_from))
HISTORY = Statement(
    select(*VIEW)
    .where(P.listing_id == bindparam("listing"), P.valid_to > P.valid_from)
    .order_by(P.valid_from.desc(), P.id.desc())
    .limit(bindparam("limit"))
)

# --- what was paid -------------------------------------------------------------------------------------------------------
D = deals.c
DEAL = Statement(deals.insert(), *[c.name for c in D])
_SAME = (
    D.listing_id == bindparam("listing"),
    D.market == bindparam("in_market"),
    D.storefront == bindparam("in_storefront"),
    D.currency == bindparam("in_currency"),
    D.since == bindparam("in_since"),
)
DEAL_MORE = Statement(update(deals).where(*_SAME).values(low_minor=bindparam("low"), last_minor=bindparam("last")))
BEGAN = Statement(
    select(P.listing_id, func.max(P.valid_from))
    .where(
        P.listing_id.in_(IDS),
        P.market == bindparam("in_market"),
        P.currency == bindparam("in_currency"),
        P.valid_from > bindparam("after"),
        P.valid_from <= AT,
        P.valid_from < P.valid_to,
    )
    .group_by(P.listing_id)
)
DEAL_OF = Statement(select(D.low_minor).where(*_SAME).with_for_update())
DEALS = Statement(
    select(D.listing_id, D.since, D.low_minor, D.last_minor)
    .where(
        D.listing_id.in_(IDS),
        D.market == bindparam("in_market"),
        D.storefront == bindparam("in_storefront"),
        D.currency == bindparam("in_currency"),
        D.since < bindparam("before"),
    )
    .order_by(D.listing_id, D.since)
)
SOLD = Statement(
    select(D.market, D.storefront, D.currency, D.since, D.low_minor, D.last_minor)
    .where(D.listing_id == bindparam("listing"))
    .order_by(D.since.desc(), D.market, D.storefront, D.currency)
    .limit(bindparam("limit"))
)
OLD_DEALS = Statement(select(D.since).where(D.since < bindparam("before")).order_by(D.since).limit(64))
FORGET_DEALS = Statement(deals.delete().where(D.since.in_(bindparam("moments", expanding=True))))
