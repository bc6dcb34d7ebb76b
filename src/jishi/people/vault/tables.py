"""The vault's own tables: what is known of a card without its key, the blind index, and who read what."""

from typing import Any

from sqlalchemy import bindparam, delete, select, update

from jishi.kernel import Module, Statement
from jishi.kernel.columns import at, blob, code, count, key, ref

module = Module("people.vault")

cards = module.table(
    "cards",
    key(),
    ref("person_id"),
    ref("key_id", index=True),
    code("kind", 16),
    code("purpose", 16),
    blob("sealed"),  # nonce (12 bytes) and ciphertext; empty once erased
    code("country", 2),
    code("province", 100),
    code("city", 100),
    code("district", 100),
    code("postcode", 16),
    code("address_print"),
    code("phone_print"),
    code("email_print"),
    code("marks", 160),  # its rows of the blind index, so that erasing needs no index by card
    at("kept_at"),
    at("erased_at"),  # 0: readable
)
# One row a key that sealed anything. `keep` and `erase` lock it, so no card is kept under a key that is being destroyed.
holders = module.table("holders", key("key_id"), ref("person_id"), code("purpose", 16), at("erased_at"))
# HMACs of normalised values, each index under a key of its own: a mark alone says which index it belongs to.
marks = module.table("marks", code("mark", primary_key=True), key("card_id"), ref("person_id"))
marks.dialect_options["sqlite"]["with_rowid"] = False  # one tree instead of two: every card writes up to four
reads = module.table(
    "reads",
    key(),
    at("at"),
    ref("actor_id"),
    code("actor_role", 16),
    code("via"),
    code("purpose", 64),
    count("masked"),
    blob("fields"),  # msgpack list
    blob("cards"),  # msgpack list
)
reads_of = module.table("reads_of", key("person_id"), key("read_id"))

KEY: Any = bindparam("with_key")
PERSON: Any = bindparam("person")
IDS: Any = bindparam("ids", expanding=True)

PUT_CARD = Statement(cards.insert(), *[c.name for c in cards.c])
PUT_MARK = Statement(marks.insert(), "mark", "card_id", "person_id")
HOLD = Statement(holders.insert(), "key_id", "person_id", "purpose", "erased_at")
LOCK_HOLDER = Statement(select(holders.c.erased_at).where(holders.c.key_id == KEY).with_for_update())
END_HOLDER = Statement(
    update(holders).where(holders.c.key_id == KEY, holders.c.erased_at == 0).values(erased_at=bindparam("moment"))
)

_seen = (cards.c.id, cards.c.person_id, cards.c.kind)
_facts = (
    *_seen,
    cards.c.country,
    cards.c.province,
    cards.c.city,
    cards.c.district,
    cards.c.postcode,
    cards.c.address_print,
    cards.c.phone_print,
    cards.c.email_print,
)
FACTS = Statement(select(*_facts).where(cards.c.id.in_(IDS)))
SEALED = Statement(select(*_seen, cards.c.purpose, cards.c.key_id, cards.c.sealed).where(cards.c.id.in_(IDS)))
BY_MARK = Statement(
    select(marks.c.card_id, marks.c.person_id)
    .where(marks.c.mark == bindparam("of"))
    .order_by(marks.c.card_id.desc())
    .limit(bindparam("most"))
)

READABLE = Statement(
    select(cards.c.id, cards.c.marks)
    .where(cards.c.key_id == KEY, cards.c.erased_at == 0)
    .order_by(cards.c.id)
    .limit(bindparam("most"))
)
BLANK = Statement(
    update(cards)
    .where(cards.c.id.in_(IDS))
    .values(
        sealed=b"", city="", district="", postcode="",
        address_print="", phone_print="", email_print="", marks="", erased_at=bindparam("moment"),
    )
)  # fmt: skip
TO_DROP = Statement(
    select(cards.c.id, cards.c.person_id, cards.c.marks).where(cards.c.id.in_(IDS), cards.c.erased_at == 0)
)
TO_MOVE = Statement(
    select(*_seen, cards.c.purpose, cards.c.key_id, cards.c.sealed, cards.c.marks)
    .where(cards.c.id.in_(IDS), cards.c.person_id == PERSON, cards.c.erased_at == 0)
    .order_by(cards.c.id)
)
MOVE = Statement(
    update(cards)
    .where(cards.c.id == bindparam("card"), cards.c.key_id == KEY, cards.c.erased_at == 0)
    .values(person_id=bindparam("to_person"), key_id=bindparam("to_key"), sealed=bindparam("sealed_anew"))
)
MOVE_MARKS = Statement(
    update(marks)
    .where(marks.c.mark.in_(bindparam("of", expanding=True)), marks.c.card_id == bindparam("card"))
    .values(person_id=bindparam("to_person"))
)
UNMARK = Statement(delete(marks).where(marks.c.mark.in_(bindparam("of", expanding=True)), marks.c.card_id.in_(IDS)))

PUT_READ = Statement(reads.insert(), *[c.name for c in reads.c])
PUT_READ_OF = Statement(reads_of.insert(), "person_id", "read_id")
READS_OF = Statement(
    select(
        reads.c.at, reads.c.actor_id, reads.c.actor_role, reads.c.via, reads.c.purpose, reads.c.fields, reads.c.cards,
        reads.c.masked,
    )
    .join(reads_of, reads_of.c.read_id == reads.c.id)
    .where(reads_of.c.person_id == PERSON)
    .order_by(reads_of.c.read_id.desc())
    .limit(bindparam("most"))
)  # fmt: skip
