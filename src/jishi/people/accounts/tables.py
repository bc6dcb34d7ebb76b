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
# `email_print` is older than phones: it is the fingerprint of either, and those of one are never those of the other
addresses = module.table("addresses", code("email_print", primary_key=True), ref("person_id", index=True))
contacts = module.table(
    "contacts",
    key("person_id"),
    code("channel", 8, primary_key=True),  # email, sms
    ref("card_id"),
    code("contact_print"),
    at("verified_at"),
)
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
# What a code is for, where it is not signing in by e-mail: by phone, or (person_id) a contact of an account there is.
aims = module.table("aims", key("challenge_id"), code("channel", 8), ref("person_id"))
# Browsers by a hash of what they are known by, so that a strange one is noticed.
devices = module.table(
    "devices", key("person_id"), code("device", 64, primary_key=True), code("agent", 32), at("first_at"), at("seen_at")
)
# Guests whose browser signed in to an account there was: what they ordered there may be claimed.
browsers = module.table("browsers", key("person_id"), key("guest_id"), at("at"))
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

END_ADDRESS = Statement(
    delete(addresses).where(addresses.c.email_print == bindparam("of"), addresses.c.person_id == PERSON)
)
PRINTS = Statement(
    select(addresses.c.email_print).where(addresses.c.person_id == PERSON).order_by(addresses.c.email_print)
)
GUESTS = Statement(select(persons.c.id).where(persons.c.id.in_(IDS), persons.c.role == "guest"))

PUT_CONTACT = Statement(contacts.insert(), *[c.name for c in contacts.c])
CONTACTS = Statement(
    select(contacts.c.channel, contacts.c.card_id, contacts.c.contact_print, contacts.c.verified_at)
    .where(contacts.c.person_id == PERSON)
    .order_by(contacts.c.channel)
)
SET_CONTACT = Statement(
    update(contacts)
    .where(contacts.c.person_id == PERSON, contacts.c.channel == bindparam("by"))
    .values(card_id=bindparam("card"), contact_print=bindparam("to_print"), verified_at=bindparam("moment"))
)
END_CONTACTS = Statement(delete(contacts).where(contacts.c.person_id == PERSON))

PUT_AIM = Statement(aims.insert(), "challenge_id", "channel", "person_id")
AN_AIM = Statement(select(aims.c.channel, aims.c.person_id).where(aims.c.challenge_id == bindparam("challenge")))
END_AIM = Statement(delete(aims).where(aims.c.challenge_id == bindparam("challenge")))

PUT_DEVICE = Statement(devices.insert(), *[c.name for c in devices.c])
SEE_DEVICE = Statement(
    update(devices)
    .where(devices.c.person_id == PERSON, devices.c.device == bindparam("known"))
    .values(seen_at=bindparam("moment"))
)
DEVICES = Statement(
    select(devices.c.device)
    .where(devices.c.person_id == PERSON)
    .order_by(devices.c.seen_at.desc(), devices.c.device)
    .limit(bindparam("most"))
)
END_DEVICE = Statement(delete(devices).where(devices.c.person_id == PERSON, devices.c.device == bindparam("known")))
END_DEVICES = Statement(delete(devices).where(devices.c.person_id == PERSON))

PUT_BROWSER = Statement(browsers.insert(), "person_id", "guest_id", "at")
BROWSERS = Statement(
    select(browsers.c.guest_id)
    .where(browsers.c.person_id == PERSON, browsers.c.at > NOW)
    .order_by(browsers.c.at.desc(), browsers.c.guest_id)
    .limit(bindparam("most"))
)
END_BROWSERS = Statement(delete(browsers).where(browsers.c.person_id == PERSON, browsers.c.at <= NOW))

SET_SESSION_CARD = Statement(
    update(sessions).where(sessions.c.person_id == PERSON).values(contact_card=bindparam("card"))
)
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
