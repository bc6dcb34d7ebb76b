"""Merchants and their parties."""

from typing import Any

from sqlalchemy import bindparam, select, update

from jishi.kernel import Module, Statement
from jishi.kernel.columns import at, blob, code, key

module = Module("people.merchants")

merchants = module.table(
    "merchants",
    key(),
    code("handle", 40, unique=True),
    blob("names"),  # msgpack: locale → text
    code("country", 2),
    code("currency", 3),
    code("tax_id", 64),
    blob("parties"),  # msgpack: only those that are not the merchant itself
    code("status", 16),
    at("made_at"),
    at("changed_at"),
)

SHOWN: Any = (
    merchants.c.id,
    merchants.c.handle,
    merchants.c.names,
    merchants.c.country,
    merchants.c.currency,
    merchants.c.tax_id,
    merchants.c.parties,
    merchants.c.status,
)
PUT = Statement(merchants.insert(), *[c.name for c in merchants.c])
CHANGE = Statement(
    update(merchants)
    .where(merchants.c.handle == bindparam("of"))
    .values(
        names=bindparam("called"), country=bindparam("land"), currency=bindparam("money"), tax_id=bindparam("tax"),
        parties=bindparam("roles"), status=bindparam("to"), changed_at=bindparam("moment"),
    )
)  # fmt: skip
BY_IDS = Statement(select(*SHOWN).where(merchants.c.id.in_(bindparam("ids", expanding=True))))
BY_HANDLES = Statement(select(*SHOWN).where(merchants.c.handle.in_(bindparam("handles", expanding=True))))
LISTED = Statement(
    select(*SHOWN).where(merchants.c.id > bindparam("after")).order_by(merchants.c.id).limit(bindparam("most"))
)
LISTED_ACTIVE = Statement(
    select(*SHOWN)
    .where(merchants.c.id > bindparam("after"), merchants.c.status == "active")
    .order_by(merchants.c.id)
    .limit(bindparam("most"))
)
