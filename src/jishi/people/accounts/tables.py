"""Persons, their sessions and codes. No address: accounts are found by the vault's keyed fingerprint of it."""

from typing import Any

from sqlalchemy import bindparam, delete, select, update

from jishi.kernel import Module, Statement
from jishi.kernel.columns import at, code, count, key, ref

module = Module("people.accounts")

persons = module.table(
    "persons",
    key(),
    code("role", 16),  # guest, buyer, clerk, staff, closed
    ref("merchant_id"),
    ref("contact_card"),  # 0: none
    code("password", 160),  # argon2id, "": signs in by code alone
    at("created_at"),
)
addresses = module.table("addresses", code("email_print", primary_key=True), ref("person_id", index=True))
sessions = module.table(
    "sessions",
    code("token_hash", 64, primary_key=True),
    ref("id", unique=True),
    ref("person_id", index=True),
    code("role", 16),  # a copy, so that `who` is one read: a role that changes ends the sessions
    ref("merchant_id"),
    ref("contact_card"),
    at("opened_at"),
    at("signed_in_at"),
    at("seen_at"),
    at("ends_at", index=True),
    code("agent", 32),
)
sessions.dialect_options["sqlite"]["with_rowid"] = False
challenges = module.table(
    "challenges",
    key(),
    code("email_print"),
    ref("person_id"),  # who the account will be if nobody has one of this address
    ref("card_id"),
    code("code_hash", 64),
    at("expires_at"),
    count("tries"),
    at("used_at"),
)
throttles = module.table(
    "throttles",
    code("called", 96, primary_key=True),
    at("since", index=True),
    count("hits"),
    at("locked_until"),
)

PERSON: Any = bindparam("person")
TOKEN: Any = bindparam("token")
NOW: Any = bindparam("now")
IDS: Any = bindparam("ids", expanding=True)

PUT_PERSON = Statement(persons.insert(), *[c.name for c in persons.c])
A_PERSON = Statement(select(persons).where(persons.c.id == PERSON))
LOCK_PERSON = Statement(select(persons).where(persons.c.id == PERSON).with_for_update())
TURN = Statement(
    update(persons)
    .where(persons.c.id == PERSON, persons.c.role == bindparam("was"))
    .values(role=bindparam("to"), merchant_id=bindparam("scope"), contact_card=bindparam("card"))
)
SET_PASSWORD = Statement(
    update(persons)
    .where(persons.c.id == PERSON, persons.c.password == bindparam("was"))
    .values(password=bindparam("hashed"))
)

PUT_ADDRESS = Statement(addresses.insert(), "email_print", "person_id")
OWNER = Statement(select(addresses.c.person_id).where(addresses.c.email_print == bindparam("of")))
END_ADDRESSES = Statement(delete(addresses).where(addresses.c.person_id == PERSON))

PUT_SESSION = Statement(sessions.insert(), *[c.name for c in sessions.c])
A_SESSION = Statement(select(sessions).where(sessions.c.token_hash == TOKEN))
SESSIONS = Statement(
    select(sessions).where(sessions.c.person_id == PERSON).order_by(sessions.c.seen_at.desc(), sessions.c.id.desc())
)
SEEN = Statement(
    update(sessions).where(sessions.c.token_hash == TOKEN, sessions.c.seen_at < NOW).values(seen_at=bindparam("moment"))
)
END_SESSION = Statement(delete(sessions).where(sessions.c.token_hash == TOKEN))
END_OWN = Statement(delete(sessions).where(sessions.c.id == bindparam("session"), sessions.c.person_id == PERSON))
END_OTHERS = Statement(delete(sessions).where(sessions.c.person_id == PERSON, sessions.c.id != bindparam("but")))
END_THESE = Statement(delete(sessions).where(sessions.c.id.in_(IDS)))
OVER = Statement(select(sessions.c.id).where(sessions.c.ends_at <= NOW).order_by(sessions.c.ends_at).limit(20))

PUT_CHALLENGE = Statement(challenges.insert(), *[c.name for c in challenges.c])
A_CHALLENGE = Statement(select(challenges).where(challenges.c.id == bindparam("challenge")).with_for_update())
TRY = Statement(
    update(challenges).where(challenges.c.id == bindparam("challenge")).values(tries=challenges.c.tries + 1)
)
USE = Statement(
    update(challenges)
    .where(challenges.c.id == bindparam("challenge"), challenges.c.used_at == 0)
    .values(used_at=bindparam("moment"))
)
FORGET = Statement(delete(challenges).where(challenges.c.id == bindparam("challenge")))

PUT_THROTTLE = Statement(throttles.insert(), "called", "since", "hits", "locked_until")
A_THROTTLE = Statement(
    select(throttles.c.since, throttles.c.hits, throttles.c.locked_until)
    .where(throttles.c.called == bindparam("of"))
    .with_for_update()
)
SET_THROTTLE = Statement(
    update(throttles)
    .where(throttles.c.called == bindparam("of"))
    .values(since=bindparam("start"), hits=bindparam("times"), locked_until=bindparam("locked"))
)
END_THROTTLES = Statement(delete(throttles).where(throttles.c.called.in_(bindparam("names", expanding=True))))
STALE = Statement(select(throttles.c.called).where(throttles.c.since < NOW).order_by(throttles.c.since).limit(20))
