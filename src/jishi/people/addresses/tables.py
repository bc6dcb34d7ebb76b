"""Which cards are in whose book. One row a person is locked by whoever changes the book, so that its limit holds."""

from typing import Any

from sqlalchemy import bindparam, delete, select, update

from jishi.kernel import Module, Statement
from jishi.kernel.columns import at, code, key, ref

module = Module("people.addresses")

books = module.table("books", key("person_id"), ref("preferred_id"))  # 0: no address is
entries = module.table(
    "entries",
    key(),
    ref("person_id", index=True),
    ref("card_id"),
    code("label", 16),
    at("made_at"),
)

PERSON: Any = bindparam("person")
ENTRY: Any = bindparam("entry")

PUT_BOOK = Statement(books.insert(), "person_id", "preferred_id")
LOCK_BOOK = Statement(select(books.c.preferred_id).where(books.c.person_id == PERSON).with_for_update())
A_BOOK = Statement(select(books.c.preferred_id).where(books.c.person_id == PERSON))
PREFER = Statement(update(books).where(books.c.person_id == PERSON).values(preferred_id=bindparam("to_entry")))
END_BOOK = Statement(delete(books).where(books.c.person_id == PERSON))

PUT = Statement(entries.insert(), *[c.name for c in entries.c])
OF = Statement(select(entries).where(entries.c.person_id == PERSON).order_by(entries.c.id.desc()))
ONE = Statement(select(entries).where(entries.c.id == ENTRY))
SET = Statement(
    update(entries)
    .where(entries.c.id == ENTRY, entries.c.person_id == PERSON)
    .values(card_id=bindparam("to_card"), label=bindparam("to_label"))
)
MOVE = Statement(
    update(entries).where(entries.c.id == ENTRY, entries.c.person_id == PERSON).values(person_id=bindparam("to_person"))
)
DROP = Statement(delete(entries).where(entries.c.id == ENTRY, entries.c.person_id == PERSON))
DROP_ALL = Statement(delete(entries).where(entries.c.person_id == PERSON))
