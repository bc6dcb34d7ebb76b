"""What the index cannot be built from anew: what changed and when, what was sold and how it was judged, what staff say of
words, and what was asked."""

from typing import Any

from sqlalchemy import CheckConstraint, bindparam, delete, func, select, update

from jishi.kernel import Module, Statement
from jishi.kernel.columns import at, blob, code, count, key

WORDS = 100  # characters of a question, of a rule's term

module = Module("goods.search")
changes = module.table(  # every process reads along and brings its own index up to date
    "changes",
    key("turn"),
    code("kind", 16),  # product, listing, stock, rules, rebuild
    blob("refs", 16_384),
)
sales = module.table(
    "sales", key("listing_id"), count("pieces"), CheckConstraint("pieces >= 0", name="ck_goods_search_sales")
)
orders = module.table(  # placed and not yet confirmed, or told of the other way round
    "orders", key("order_id"), blob("bought", 16_384, null=True), at("at", index=True)
)
ratings = module.table("ratings", key("product_id"), count("rated"), count("stars"), at("at"))
rules = module.table("rules", key(), code("kind", 16), blob("terms", 16_384), at("valid_from"), at("valid_to"))
asked = module.table(
    "asked",
    key("day"),  # number of the day since 1970
    code("words_key", 40, primary_key=True),  # a hash: words compare the same on every engine
    code("words", WORDS * 2),
    count("times"),
    count("none_times"),
    count("results"),
)

AFTER: Any = bindparam("after")
LIMIT: Any = bindparam("limit")
IDS: Any = bindparam("ids", expanding=True)
C, S, O, R, A = changes.c, sales.c, orders.c, ratings.c, asked.c  # noqa: E741

NOTE = Statement(changes.insert(), "turn", "kind", "refs")
CHANGED = Statement(select(C.turn, C.kind, C.refs).where(C.turn > AFTER).order_by(C.turn).limit(LIMIT))
OLDEST = Statement(select(func.min(C.turn)))
OLD_CHANGES = Statement(select(C.turn).where(C.turn < bindparam("before")).order_by(C.turn).limit(LIMIT))
FORGET_CHANGES = Statement(delete(changes).where(C.turn.in_(IDS)))

SOLD = Statement(select(S.listing_id, S.pieces).where(S.listing_id.in_(IDS)))
SELL = Statement(update(sales).where(S.listing_id == bindparam("listing")).values(pieces=S.pieces + bindparam("more")))
FIRST_SALE = Statement(sales.insert(), "listing_id", "pieces")
BOUGHT = Statement(select(O.bought).where(O.order_id == bindparam("order")).with_for_update())
REMEMBER = Statement(orders.insert(), "order_id", "bought", "at")
FORGET_ORDER = Statement(delete(orders).where(O.order_id == bindparam("order")))
OLD_ORDERS = Statement(select(O.order_id).where(O.at < bindparam("before")).order_by(O.at).limit(LIMIT))
FORGET_ORDERS = Statement(delete(orders).where(O.order_id.in_(IDS)))

RATINGS = Statement(select(R.product_id, R.rated, R.stars).where(R.product_id.in_(IDS)))
RATE = Statement(
    update(ratings)
    .where(R.product_id == bindparam("product"), R.at <= bindparam("told"))
    .values(rated=bindparam("new_rated"), stars=bindparam("new_stars"), at=bindparam("told"))
)
RATED = Statement(select(R.at).where(R.product_id == bindparam("product")))
FIRST_RATING = Statement(ratings.insert(), "product_id", "rated", "stars", "at")

RULES = Statement(
    select(rules.c.id, rules.c.kind, rules.c.terms, rules.c.valid_from, rules.c.valid_to)
    .order_by(rules.c.id.desc())
    .limit(LIMIT)
)
COUNT_RULES = Statement(select(func.count()).select_from(rules))
ADD_RULE = Statement(rules.insert(), "id", "kind", "terms", "valid_from", "valid_to")
CHANGE_RULE = Statement(
    update(rules)
    .where(rules.c.id == bindparam("rule"))
    .values(
        kind=bindparam("new_kind"), terms=bindparam("new_terms"), valid_from=bindparam("begins"),
        valid_to=bindparam("ends"),
    )
)  # fmt: skip
DROP_RULES = Statement(delete(rules).where(rules.c.id.in_(IDS)))

ASK_AGAIN = Statement(
    update(asked)
    .where(A.day == bindparam("on"), A.words_key == bindparam("called"))
    .values(
        times=A.times + bindparam("more"), none_times=A.none_times + bindparam("more_none"),
        results=bindparam("new_results"),
    )
)  # fmt: skip
ASK_FIRST = Statement(asked.insert(), "day", "words_key", "words", "times", "none_times", "results")
SUMS = (A.words, func.sum(A.times).label("times"), func.max(A.results), func.sum(A.none_times).label("none_times"))
TOP = Statement(
    select(*SUMS)
    .where(A.day >= bindparam("since"))
    .group_by(A.words_key, A.words)
    .order_by(func.sum(A.times).desc(), A.words)
    .limit(LIMIT)
)
TOP_NONE = Statement(
    select(*SUMS)
    .where(A.day >= bindparam("since"), A.none_times > 0)
    .group_by(A.words_key, A.words)
    .order_by(func.sum(A.none_times).desc(), A.words)
    .limit(LIMIT)
)
BY_DAY = Statement(
    select(A.day, func.sum(A.times), func.sum(A.none_times))
    .where(A.day >= bindparam("since"))
    .group_by(A.day)
    .order_by(A.day)
)
FORGET_ASKED = Statement(delete(asked).where(A.day < bindparam("since")))
