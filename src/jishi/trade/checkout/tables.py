"""Quotes, each one packed row, and the attempts to place them: one row a key of a buyer's."""

from typing import Any

from sqlalchemy import Index, bindparam, delete, select, update

from jishi.kernel import Module, Statement
from jishi.kernel.columns import amount, at, blob, code, count, key, ref

module = Module("trade.checkout")
quotes = module.table(
    "quotes",
    key(),
    ref("buyer_id"),
    at("expires_at"),
    amount("total"),
    code("currency", 3),
    code("methods", 64),  # those that can be used, with commas
    blob("body"),
)
attempts = module.table(
    "attempts",
    key("order_id"),
    code("digest", 64, unique=True),  # of buyer and key
    ref("buyer_id"),
    ref("quote_id"),
    at("pay_by"),
    count("outcome"),  # 0 under way, 1 placed, 2 refused
    code("body", 64),  # hash of the command
    blob("answer", null=True),
)
Index("ix_trade_checkout_attempts_buyer", attempts.c.buyer_id, attempts.c.pay_by)

IDS: Any = bindparam("ids", expanding=True)
BEFORE: Any = bindparam("before")

KEEP = Statement(quotes.insert(), *[c.name for c in quotes.c])
QUOTES = Statement(select(quotes).where(quotes.c.id.in_(IDS)))
BEGIN = Statement(attempts.insert(), *[c.name for c in attempts.c])
KNOWN = Statement(select(attempts).where(attempts.c.digest.in_(bindparam("digests", expanding=True))))
OTHERS = Statement(
    select(attempts.c.buyer_id, attempts.c.order_id, attempts.c.outcome).where(
        attempts.c.buyer_id.in_(bindparam("buyers", expanding=True)),
        attempts.c.pay_by > bindparam("now"),
        attempts.c.outcome < 2,
    )
)
FINISH = Statement(
    update(attempts)
    .where(attempts.c.order_id == bindparam("order"), attempts.c.answer.is_(None))
    .values(answer=bindparam("bytes"), outcome=bindparam("came_to"))
)
ANSWERS = Statement(select(attempts.c.order_id, attempts.c.answer).where(attempts.c.order_id.in_(IDS)))

# ids are drawn in the order of time: the oldest rows are the first of the primary key
OLD_QUOTES = Statement(select(quotes.c.id).where(quotes.c.id < BEFORE).order_by(quotes.c.id).limit(64))
OLD_ATTEMPTS = Statement(
    select(attempts.c.order_id).where(attempts.c.order_id < BEFORE).order_by(attempts.c.order_id).limit(64)
)
DROP_QUOTES = Statement(delete(quotes).where(quotes.c.id.in_(IDS)))
DROP_ATTEMPTS = Statement(delete(attempts).where(attempts.c.order_id.in_(IDS)))
