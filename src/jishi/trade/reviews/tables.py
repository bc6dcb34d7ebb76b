"""What is kept in rows: the lines that reached somebody, and who wants no mails that ask."""

from typing import Any

from sqlalchemy import Index, bindparam, delete, select, update

from jishi.kernel import Module, Statement
from jishi.kernel.columns import at, blob, code, count, key, part, ref

module = Module("trade.reviews")
lines = module.table(
    "lines",
    key("order_id"),
    part("line"),
    count("child"),
    ref("person_id"),
    ref("product_id"),
    ref("merchant_id"),
    code("number", 16),
    blob("goods"),
    at("arrived_at"),
    count("reviewed"),
    Index("ix_trade_reviews_lines_waiting", "person_id", "reviewed", "arrived_at"),
    Index("ix_trade_reviews_lines_bought", "person_id", "product_id"),
)
answered = module.table("answered", key("person_id"), key("question_id"))
quiet = module.table("quiet", key("person_id"), at("since"))

PERSON: Any = bindparam("person")
ORDER: Any = bindparam("order")

ARRIVED = Statement(
    lines.insert(),
    "order_id", "line", "child", "person_id", "product_id", "merchant_id", "number", "goods", "arrived_at", "reviewed",
)  # fmt: skip
WAITING = Statement(
    select(lines.c.order_id, lines.c.line, lines.c.product_id, lines.c.number, lines.c.goods)
    .where(lines.c.person_id == PERSON, lines.c.reviewed == 0)
    .order_by(lines.c.arrived_at.desc(), lines.c.order_id.desc(), lines.c.line)
    .limit(50)
)
OPEN = Statement(
    select(lines.c.line)
    .where(lines.c.order_id == ORDER, lines.c.child == bindparam("of"), lines.c.reviewed == 0)
    .order_by(lines.c.line)
)
REVIEWED = Statement(update(lines).where(lines.c.order_id == ORDER, lines.c.line == bindparam("n")).values(reviewed=1))
BOUGHT = Statement(
    select(lines.c.order_id).where(lines.c.person_id == PERSON, lines.c.product_id == bindparam("product")).limit(1)
)
IS_QUIET = Statement(select(quiet.c.since).where(quiet.c.person_id == PERSON))
BE_QUIET = Statement(quiet.insert(), "person_id", "since")
NOT_QUIET = Statement(delete(quiet).where(quiet.c.person_id == PERSON))
ANSWERED = Statement(answered.insert(), "person_id", "question_id")
ANSWERED_BY = Statement(select(answered.c.question_id).where(answered.c.person_id == PERSON).limit(100))
FORGET_ANSWERED = Statement(
    delete(answered).where(answered.c.person_id == PERSON, answered.c.question_id == bindparam("question"))
)
FORGET = Statement(delete(lines).where(lines.c.person_id == PERSON))
