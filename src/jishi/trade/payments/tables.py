"""Intents, their legs, attempts, notices, captures with their allocations, refunds; and every statement over them."""

from typing import Any, NamedTuple

from sqlalchemy import CheckConstraint, UniqueConstraint, bindparam, case, select, update

from jishi.kernel import Module, Statement
from jishi.kernel.columns import amount, at, blob, code, count, key, part, ref, text

module = Module("trade.payments")

intents = module.table(
    "intents",
    key(),
    ref("order_id"),
    count("order_version"),
    code("order_number"),
    ref("buyer_id"),
    code("method"),
    code("state"),
    amount("due"),
    code("currency", 3),
    amount("captured"),
    amount("refunding"),  # asked for and not refused; it is this that may never exceed what was captured
    amount("refunded"),  # really gone back
    amount("door"),  # cancelled before it was collected
    at("pay_by"),
    at("created_at"),
    UniqueConstraint("order_id", "order_version"),
    CheckConstraint("captured >= 0 AND door >= 0 AND captured + door <= due"),
    CheckConstraint("refunded >= 0 AND refunded <= refunding AND refunding <= captured"),
)
legs = module.table("legs", key("intent_id"), part("child"), ref("merchant_id"), amount("minor"))
attempts = module.table(
    "attempts",
    key(),
    code("number", unique=True),
    ref("intent_id", index=True),
    code("provider"),
    code("state"),  # new, open, authorised | captured, failed, expired
    count("live", null=True),  # 1, or null when it is final: one live attempt an intent
    code("ref", 255, index=True),
    text("url"),
    text("success_url"),
    text("cancel_url"),
    code("locale"),
    at("expires_at"),
    count("asked"),
    code("reason", 64),
    at("created_at"),
    UniqueConstraint("intent_id", "live"),
)
notices = module.table(
    "notices",
    key(),
    code("provider"),
    code("notice_id", 255),
    code("number", 64),
    code("ref", 255),
    code("kind", 64),
    blob("digest", 32),  # SHA-256 of the body. Not the body: it names the payer, and that belongs in the vault alone
    at("received_at"),
    UniqueConstraint("provider", "notice_id"),
)
captures = module.table(
    "captures",
    key(),
    ref("intent_id", index=True),
    ref("attempt_id"),
    code("provider"),
    code("payment", 255),
    amount("minor"),
    code("currency", 3),
    count("effective"),  # 0 = surplus, which goes back
    code("reason"),
    at("captured_at"),
    UniqueConstraint("provider", "payment"),
    CheckConstraint("effective IN (0, 1) AND minor >= 0"),
)
allocations = module.table("allocations", key("capture_id"), part("child"), amount("minor"))
refunds = module.table(
    "refunds",
    key(),
    code("number", unique=True),
    ref("intent_id"),
    ref("order_id", index=True),
    code("kind"),  # order, all, surplus
    ref("ask_key"),
    code("provider"),
    code("payment", 255),
    amount("minor"),
    code("currency", 3),
    code("state"),  # due, sent | done, refused, at_door
    code("ref", 255),
    code("reason", 64),
    code("fault", 64),
    blob("shares"),
    count("asked"),
    at("created_at"),
    UniqueConstraint("intent_id", "kind", "ask_key"),
    CheckConstraint("minor > 0"),
)


class IntentRow(NamedTuple):
    id: int
    order_id: int
    order_version: int
    order_number: str
    buyer_id: int
    method: str
    state: str
    due: int
    currency: str
    captured: int
    refunding: int
    refunded: int
    door: int
    pay_by: int
    created_at: int


class AttemptRow(NamedTuple):
    id: int
    number: str
    intent_id: int
    provider: str
    state: str
    live: int | None
    ref: str
    url: str
    success_url: str
    cancel_url: str
    locale: str
    expires_at: int
    asked: int
    reason: str
    created_at: int


class RefundRow(NamedTuple):
    id: int
    number: str
    intent_id: int
    order_id: int
    kind: str
    ask_key: int
    provider: str
    payment: str
    minor: int
    currency: str
    state: str
    ref: str
    reason: str
    fault: str
    shares: bytes
    asked: int
    created_at: int


INTENT: Any = bindparam("intent")
ORDER: Any = bindparam("order")
ATTEMPT: Any = bindparam("attempt")
REFUND: Any = bindparam("refund")
N: Any = bindparam("n")
TO: Any = bindparam("to")
WHY: Any = bindparam("why")

i, a, c, r = intents.c, attempts.c, captures.c, refunds.c

NEW_INTENT = Statement(intents.insert(), *i.keys())
NEW_LEG = Statement(legs.insert(), *legs.c.keys())
INTENTS_OF = Statement(
    select(intents).where(i.order_id.in_(bindparam("orders", expanding=True))).order_by(i.order_version)
)
BY_ID = Statement(select(intents).where(i.id == INTENT))
LOCK = Statement(select(intents).where(i.id == INTENT).with_for_update())
LOCK_ORDER = Statement(select(intents).where(i.order_id == ORDER).order_by(i.order_version).with_for_update())
LEGS = Statement(
    select(legs.c.child, legs.c.merchant_id, legs.c.minor).where(legs.c.intent_id == INTENT).order_by(legs.c.child)
)
TURN = Statement(update(intents).where(i.id == INTENT, i.state == bindparam("was")).values(state=TO))
FILL = Statement(  # never more than is due, whoever else captures at this moment
    update(intents)
    .where(i.id == INTENT, i.captured + i.door + N <= i.due)
    .ordered_values(  # MariaDB assigns from left to right: the state is decided by the old sum
        (i.state, case((i.captured + i.door + N == i.due, "captured"), else_=i.state)), (i.captured, i.captured + N)
    )
)
SHRINK = Statement(
    update(intents)
    .where(i.id == INTENT, i.state == "at_door", i.captured + i.door + N <= i.due)
    .ordered_values(
        (i.state, case((i.captured + i.door + N < i.due, i.state), (i.captured > 0, "captured"), else_="voided")),
        (i.door, i.door + N),
    )
)
TAKE_BACK = Statement(  # Σ refunds ≤ Σ effective captures, in the write itself
    update(intents).where(i.id == INTENT, i.refunding + N <= i.captured).values(refunding=i.refunding + N)
)
GIVEN_BACK = Statement(update(intents).where(i.id == INTENT).values(refunded=i.refunded + N))
NOT_BACK = Statement(update(intents).where(i.id == INTENT).values(refunding=i.refunding - N))

NEW_ATTEMPT = Statement(attempts.insert(), *a.keys())
ATTEMPT_BY_ID = Statement(select(attempts).where(a.id == ATTEMPT))
ATTEMPT_BY_NUMBER = Statement(select(attempts).where(a.number == bindparam("of")))
ATTEMPT_BY_REF = Statement(select(attempts).where(a.ref == bindparam("of"), a.provider == bindparam("by")))
LIVE = Statement(select(attempts).where(a.intent_id == INTENT, a.live == 1))
UNCAPTURED = Statement(
    select(attempts).where(a.intent_id == INTENT, a.state != "captured").order_by(a.id.desc()).limit(5)
)
OPENED = Statement(
    update(attempts)
    .where(a.id == ATTEMPT, a.state == "new")
    .values(state="open", ref=bindparam("known_as"), url=bindparam("page"), expires_at=bindparam("until"))
)
NAMED = Statement(update(attempts).where(a.id == ATTEMPT, a.ref == "").values(ref=bindparam("known_as")))
AUTHORISED = Statement(update(attempts).where(a.id == ATTEMPT, a.state.in_(("new", "open"))).values(state="authorised"))
ENDED = Statement(
    update(attempts)
    .where(a.id == ATTEMPT, a.state != "captured", a.state != TO)
    .values(state=TO, live=None, reason=WHY)
)
ASKED = Statement(update(attempts).where(a.id == ATTEMPT, a.asked == bindparam("was")).values(asked=a.asked + 1))

NEW_NOTICE = Statement(notices.insert(), *notices.c.keys())
NOTICE = Statement(
    select(notices.c.number, notices.c.ref).where(
        notices.c.provider == bindparam("by"), notices.c.notice_id == bindparam("of")
    )
)

NEW_CAPTURE = Statement(captures.insert(), *c.keys())
CAPTURES = Statement(select(captures).where(c.intent_id == INTENT).order_by(c.id))
EFFECTIVE = Statement(select(c.id, c.provider, c.payment).where(c.intent_id == INTENT, c.effective == 1).order_by(c.id))
NEW_ALLOCATION = Statement(allocations.insert(), *allocations.c.keys())
ALLOCATED = Statement(
    select(allocations.c.child, allocations.c.minor).where(
        allocations.c.capture_id.in_(bindparam("ids", expanding=True))
    )
)

NEW_REFUND = Statement(refunds.insert(), *r.keys())
REFUND_BY_ID = Statement(select(refunds).where(r.id == REFUND))
REFUND_BY_KEY = Statement(
    select(refunds).where(r.intent_id == INTENT, r.kind == bindparam("sort"), r.ask_key == bindparam("of"))
)
REFUND_BY_NUMBER = Statement(select(refunds).where(r.number == bindparam("of")))
REFUNDS_OF = Statement(select(refunds).where(r.order_id == ORDER).order_by(r.id))
REFUND_TURN = Statement(
    update(refunds)
    .where(r.id == REFUND, r.state.in_(("due", "sent")))
    .values(state=TO, ref=bindparam("known_as"), fault=WHY)
)
REFUND_ASKED = Statement(update(refunds).where(r.id == REFUND, r.asked == bindparam("was")).values(asked=r.asked + 1))
