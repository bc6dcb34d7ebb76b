"""A cart is a row to lock, its lines, and the keys of what was done to it."""

from typing import Any

from sqlalchemy import CheckConstraint, bindparam, delete, select, update

from jishi.kernel import Module, Statement
from jishi.kernel.columns import amount, at, code, count, key

module = Module("trade.cart")
carts = module.table("carts", key("person_id"), at("touched_at", index=True))
wishes = module.table(
    "wishes",
    key("person_id"),
    key("listing_id"),
    count("quantity"),
    at("added_at"),
    count("aside"),  # 1: kept for later
    amount("seen_minor"),
    code("currency", 3),
    CheckConstraint("quantity > 0"),
)
keys = module.table("keys", key("person_id"), code("done", 72, primary_key=True), at("at"))

PERSON: Any = bindparam("person")
LISTING: Any = bindparam("listing")
PEOPLE: Any = bindparam("people", expanding=True)

NEW = Statement(carts.insert(), "person_id", "touched_at")
LOCK = Statement(select(carts.c.person_id).where(carts.c.person_id == PERSON).with_for_update())
TOUCH = Statement(update(carts).where(carts.c.person_id == PERSON).values(touched_at=bindparam("now")))
OF = (
    select(*[c for c in wishes.c if c.name != "person_id"])
    .where(wishes.c.person_id == PERSON)
    .order_by(wishes.c.added_at.desc(), wishes.c.listing_id.desc())
)
LINES = Statement(OF)
PUT = Statement(wishes.insert(), *[c.name for c in wishes.c])
KEPT = ("quantity", "aside", "seen_minor", "currency")
SET = Statement(
    update(wishes)
    .where(wishes.c.person_id == PERSON, wishes.c.listing_id == LISTING)
    .values({c: bindparam(f"to_{c}") for c in KEPT})
)
OUT = Statement(delete(wishes).where(wishes.c.person_id == PERSON, wishes.c.listing_id == LISTING))
REMEMBER = Statement(keys.insert(), "person_id", "done", "at")
EMPTY = Statement(delete(wishes).where(wishes.c.person_id.in_(PEOPLE)))
FORGET = Statement(delete(keys).where(keys.c.person_id.in_(PEOPLE)))
GONE = Statement(delete(carts).where(carts.c.person_id.in_(PEOPLE)))
OLD = Statement(
    select(carts.c.person_id)
    .where(carts.c.touched_at < bindparam("before"))
    .order_by(carts.c.touched_at)
    .limit(16)
    .with_for_update()
)
