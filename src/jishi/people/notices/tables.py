"""What was sent to which card. Neither address nor sentence: secrets are with the provider alone."""

from typing import Any

from sqlalchemy import Index, bindparam, delete, select, update

from jishi.kernel import Module, Statement
from jishi.kernel.columns import at, blob, code, count, key, ref

module = Module("people.notices")

notices = module.table(
    "notices",
    key(),
    code("called", 96, unique=True),  # the caller's key
    ref("card_id"),
    ref("person_id"),  # 0 until the card was read
    code("template", 64),
    code("channel", 16),
    code("locale", 16),
    blob("params"),  # msgpack
    code("state", 16),
    code("fault", 64),  # the kind of the last failure, never its text: it may hold the address
    count("tries"),
    at("made_at"),
    at("claimed_until"),  # one sender at a time
)
# What a person wants to hear of beyond orders and account; a row is an opt-in.
wishes = module.table("wishes", key("person_id"), code("topic", 16, primary_key=True), at("at"))
Index("ix_people_notices_notices_card", notices.c.card_id, notices.c.id)

NOTICE: Any = bindparam("notice")
SHOWN = (notices.c.id, notices.c.called, notices.c.template, notices.c.channel, notices.c.state, notices.c.made_at)

PUT = Statement(notices.insert(), *[c.name for c in notices.c])
BY_KEY = Statement(
    select(*SHOWN, notices.c.card_id, notices.c.claimed_until)
    .where(notices.c.called == bindparam("of"))
    .with_for_update()
)
CLAIM = Statement(
    update(notices)
    .where(notices.c.id == NOTICE)
    .values(state="sending", tries=notices.c.tries + 1, claimed_until=bindparam("until"))
)
SETTLE = Statement(
    update(notices)
    .where(notices.c.id == NOTICE)
    .values(state=bindparam("to"), fault=bindparam("why"), person_id=bindparam("person"), claimed_until=0)
)
WISHES = Statement(select(wishes.c.topic).where(wishes.c.person_id == bindparam("person")).order_by(wishes.c.topic))
PUT_WISH = Statement(wishes.insert(), "person_id", "topic", "at")
END_WISHES = Statement(
    delete(wishes).where(
        wishes.c.person_id == bindparam("person"), wishes.c.topic.in_(bindparam("topics", expanding=True))
    )
)
FORGET = Statement(delete(notices).where(notices.c.id == NOTICE))
OF_CARD = Statement(
    select(*SHOWN).where(notices.c.card_id == bindparam("card")).order_by(notices.c.id.desc()).limit(bindparam("most"))
)
OF_OWN_CARD = Statement(
    select(*SHOWN)
    .where(notices.c.card_id == bindparam("card"), notices.c.person_id == bindparam("person"))
    .order_by(notices.c.id.desc())
    .limit(bindparam("most"))
)
