"""Facts of orders without a person: how many orders had a listing, a day; which two were in one order. And the models."""

from typing import Any

from sqlalchemy import Index, bindparam, delete, func, select, update

from jishi.kernel import Module, Statement
from jishi.kernel.columns import at, code, count, key, part, text

module = Module("insight.recommend")
sold = module.table("sold", key("listing_id"), part("day"), count("orders"), Index("insight_recommend_sold_day", "day"))
pairs = module.table("pairs", key("a"), key("b"), count("orders"))
days = module.table("days", key("day"))
models = module.table(
    "models",
    key("version"),
    code("blob", 64),
    at("made_at"),
    text("facts"),  # a `Model` as JSON
)

DAY: Any = bindparam("of_day")
HEAT: Any = func.sum(sold.c.orders * (sold.c.day - bindparam("since")))

PUT_SOLD = Statement(sold.insert(), "listing_id", "day", "orders")
ADD_SOLD = Statement(
    update(sold).where(sold.c.listing_id == bindparam("listing"), sold.c.day == DAY).values(orders=sold.c.orders + 1)
)
PUT_PAIR = Statement(pairs.insert(), "a", "b", "orders")
ADD_PAIR = Statement(
    update(pairs)
    .where(pairs.c.a == bindparam("one"), pairs.c.b == bindparam("other"))
    .values(orders=pairs.c.orders + 1)
)
NEW_DAY = Statement(days.insert(), "day")
DAYS_GONE = Statement(delete(days).where(days.c.day <= bindparam("last")))
OLD_SOLD = Statement(delete(sold).where(sold.c.day < bindparam("before")))
HOT = Statement(
    select(sold.c.listing_id, HEAT.label("heat"))
    .where(sold.c.day > bindparam("since"))
    .group_by(sold.c.listing_id)
    .order_by(HEAT.desc(), sold.c.listing_id)
    .limit(bindparam("limit"))
)
SOLD = Statement(
    select(sold.c.listing_id, func.sum(sold.c.orders).label("orders"))
    .where(sold.c.listing_id > bindparam("after"))
    .group_by(sold.c.listing_id)
    .order_by(sold.c.listing_id)
    .limit(bindparam("limit"))
)
PAIRS = Statement(
    select(pairs.c.a, pairs.c.b, pairs.c.orders)
    .where(
        (pairs.c.a > bindparam("after_a")) | ((pairs.c.a == bindparam("after_a")) & (pairs.c.b > bindparam("after_b")))
    )
    .order_by(pairs.c.a, pairs.c.b)
    .limit(bindparam("limit"))
)
MODELS = Statement(
    select(models.c.version, models.c.blob, models.c.facts).order_by(models.c.version.desc()).limit(bindparam("limit"))
)
PUT_MODEL = Statement(models.insert(), "version", "blob", "made_at", "facts")
OLD_MODELS = Statement(delete(models).where(models.c.version <= bindparam("last")))
