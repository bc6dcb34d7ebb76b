"""What holds now, one row a person and purpose, and the record of how it came to hold."""

from typing import Any

from sqlalchemy import Index, bindparam, delete, or_, select, update

from jishi.kernel import Module, Statement
from jishi.kernel.columns import at, code, count, key, ref

module = Module("people.privacy")
choices = module.table(
    "choices",
    key("person_id"),
    code("purpose", 16, primary_key=True),
    count("given"),
    code("text", 16),
    at("at", index=True),
    code("how", 16),
)
record = module.table(
    "record",
    key(),
    ref("person_id"),
    code("purpose", 16),
    count("given"),
    code("text", 16),
    at("at", index=True),
    code("how", 16),
    Index("people_privacy_record_of", "person_id", "id"),
)

PERSON: Any = bindparam("person")
PEOPLE: Any = bindparam("people", expanding=True)
CHOICE = (choices.c.purpose, choices.c.given, choices.c.text, choices.c.at, choices.c.how)

OF = Statement(select(*CHOICE).where(choices.c.person_id == PERSON).order_by(choices.c.purpose))
LOCK = Statement(select(*CHOICE).where(choices.c.person_id == PERSON).order_by(choices.c.purpose).with_for_update())
GIVEN = Statement(
    select(choices.c.person_id, choices.c.purpose)
    .where(choices.c.person_id.in_(PEOPLE), choices.c.given == 1, choices.c.at > bindparam("since"))
    .order_by(choices.c.person_id, choices.c.purpose)
)
PUT = Statement(choices.insert(), "person_id", "purpose", "given", "text", "at", "how")
SET = Statement(  # one that holds already is not matched: of two equal choices at once, one is on record
    update(choices)
    .where(
        choices.c.person_id == PERSON,
        choices.c.purpose == bindparam("of"),
        or_(
            choices.c.given != bindparam("yes"),
            choices.c.text != bindparam("wording"),
            choices.c.at <= bindparam("since"),
        ),
    )
    .values(given=bindparam("yes"), text=bindparam("wording"), at=bindparam("now"), how=bindparam("way"))
)
GONE = Statement(delete(choices).where(choices.c.person_id == PERSON))
WRITE = Statement(record.insert(), "id", "person_id", "purpose", "given", "text", "at", "how")
RECORD = Statement(
    select(record.c.purpose, record.c.given, record.c.text, record.c.at, record.c.how)
    .where(record.c.person_id == PERSON)
    .order_by(record.c.id.desc())
    .limit(bindparam("limit"))
)
OLD = Statement(select(record.c.id).where(record.c.at < bindparam("before")).order_by(record.c.at).limit(16))
FORGET = Statement(delete(record).where(record.c.id.in_(bindparam("ids", expanding=True))))
STALE = Statement(
    select(choices.c.person_id).where(choices.c.at < bindparam("before")).order_by(choices.c.at).limit(16)
)
GONE_STALE = Statement(
    delete(choices).where(choices.c.person_id.in_(PEOPLE), choices.c.at < bindparam("before")),
)
