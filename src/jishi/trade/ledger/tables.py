"""Postings and their entries are only ever added; balances are kept sums; seals chain the postings."""

from typing import Any

from sqlalchemy import CheckConstraint, bindparam, delete, func, select, update

from jishi.kernel import Module, Statement
from jishi.kernel.columns import amount, at, blob, code, key, ref

module = Module("trade.ledger")

postings = module.table(
    "postings", key(), code("posting_key", 96, unique=True), code("kind"), code("currency", 3), at("posted_at")
)
entries = module.table(
    "entries",
    key(),
    ref("posting_id", index=True),
    code("kind"),
    code("account", 64, index=True),
    code("currency", 3),
    amount("minor"),
    ref("order_id", index=True),
    ref("merchant_id", index=True),
    at("posted_at"),
    CheckConstraint("minor <> 0"),
)
balances = module.table(
    "balances", code("account", 64, primary_key=True), code("currency", 3, primary_key=True), amount("minor")
)
unsealed = module.table("unsealed", key("posting_id"))
seals = module.table("seals", key("seq"), ref("posting_id", unique=True), blob("chain", 32), at("sealed_at"))
slots = module.table("slots", key("slot"))  # ten seconds in which something was posted: a seal's timer runs for them

ACCOUNT: Any = bindparam("of")
ORDER: Any = bindparam("order")
AFTER: Any = bindparam("since")
MOST: Any = bindparam("most")
MERCHANT: Any = bindparam("merchant")
e = entries.c

NEW_POSTING = Statement(postings.insert(), *postings.c.keys())
POSTING_BY_KEY = Statement(select(postings.c.id).where(postings.c.posting_key == bindparam("of")))
NEW_ENTRY = Statement(entries.insert(), *e.keys())
NEW_BALANCE = Statement(balances.insert(), "account", "currency", "minor")
ADD = Statement(
    update(balances)
    .where(balances.c.account == ACCOUNT, balances.c.currency == bindparam("cur"))
    .values(minor=balances.c.minor + bindparam("n"))
)
BALANCES = Statement(
    select(balances)
    .where(balances.c.account.in_(bindparam("accounts", expanding=True)))
    .order_by(balances.c.account, balances.c.currency)
)
BALANCES_FROM = Statement(
    select(balances)
    .where(balances.c.account >= bindparam("low"), balances.c.account < bindparam("high"))
    .order_by(balances.c.account, balances.c.currency)
    .limit(MOST)
)
ROW = (e.id, e.posting_id, e.kind, e.account, e.currency, e.minor, e.order_id, e.posted_at)
OF_ORDER = Statement(select(*ROW).where(e.order_id == ORDER, e.id > AFTER).order_by(e.id).limit(MOST))
OF_ACCOUNT = Statement(select(*ROW).where(e.account == ACCOUNT, e.id > AFTER).order_by(e.id).limit(MOST))
OF_BOTH = Statement(
    select(*ROW).where(e.order_id == ORDER, e.account == ACCOUNT, e.id > AFTER).order_by(e.id).limit(MOST)
)
ALL_SUMS = Statement(select(e.account, e.currency, func.sum(e.minor)).group_by(e.account, e.currency))

QUEUE = Statement(unsealed.insert(), "posting_id")
QUEUED = Statement(select(unsealed.c.posting_id).order_by(unsealed.c.posting_id).limit(500))
QUEUE_LENGTH = Statement(select(func.count()).select_from(unsealed))
UNQUEUE = Statement(delete(unsealed).where(unsealed.c.posting_id.in_(bindparam("ids", expanding=True))))
NEW_SLOT = Statement(slots.insert(), "slot")
OLD_SLOTS = Statement(delete(slots).where(slots.c.slot < bindparam("before")))
LAST_SEAL = Statement(select(seals.c.seq, seals.c.chain).order_by(seals.c.seq.desc()).limit(1))
NEW_SEAL = Statement(seals.insert(), *seals.c.keys())
SEALS = Statement(
    select(seals.c.seq, seals.c.posting_id, seals.c.chain).where(seals.c.seq > AFTER).order_by(seals.c.seq).limit(MOST)
)
POSTINGS = Statement(select(postings).where(postings.c.id.in_(bindparam("ids", expanding=True))))
ENTRIES_OF = Statement(
    select(e.posting_id, e.id, e.kind, e.account, e.currency, e.minor, e.order_id, e.merchant_id, e.posted_at)
    .where(e.posting_id.in_(bindparam("ids", expanding=True)))
    .order_by(e.id)
)
