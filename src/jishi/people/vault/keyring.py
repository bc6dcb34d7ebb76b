"""The keys of people, in a database of their own: one a person and purpose class, wrapped by the master key.

With the row its cards are gone, wherever copies of them lie. That database overwrites what it deletes."""

from __future__ import annotations

from typing import NamedTuple

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import UniqueConstraint, bindparam, delete, select

from jishi.kernel import SYSTEM, Database, Module, Statement, Tx
from jishi.kernel.columns import at, blob, code, key, ref

from .seals import KEY_BYTES, NONCE_BYTES, Seals

module = Module("people.keys")
keys = module.table(
    "keys",
    key(),
    ref("person_id"),
    code("purpose", 16),
    blob("wrapped"),
    at("made_at"),
    UniqueConstraint("person_id", "purpose"),
)

PUT = Statement(keys.insert(), "id", "person_id", "purpose", "wrapped", "made_at")
OF = Statement(
    select(keys.c.id, keys.c.person_id, keys.c.purpose, keys.c.wrapped).where(
        keys.c.person_id == bindparam("person"), keys.c.purpose == bindparam("for_purpose")
    )
)
SOME = Statement(
    select(keys.c.id, keys.c.person_id, keys.c.purpose, keys.c.wrapped).where(
        keys.c.id.in_(bindparam("ids", expanding=True))
    )
)
DESTROY = Statement(delete(keys).where(keys.c.id == bindparam("gone")))

CACHED, CACHED_MS = 4096, 10 * 60_000  # keys in memory, and how long after another process destroyed one


class Key(NamedTuple):
    id: int
    cipher: AESGCM
    read_at: int


class Row(NamedTuple):
    id: int
    person_id: int
    purpose: str
    wrapped: bytes


def find(tx: Tx, person_id: int, purpose: str) -> Row | None:
    row = tx.row(OF, person=person_id, for_purpose=purpose)
    return Row(*row) if row else None


def some(tx: Tx, ids: list[int]) -> list[Row]:
    return [Row(*r) for r in tx.rows_in(SOME, "ids", ids)]


def make(tx: Tx, person_id: int, purpose: str, seals: Seals) -> Row:
    """The person's key of this class; of two that make it at once the later gets the earlier's."""
    id, secret, nonce = tx.new_id(), tx.random.randbytes(KEY_BYTES), tx.random.randbytes(NONCE_BYTES)
    row = Row(id, person_id, purpose, seals.wrap(secret, nonce, label(id, person_id, purpose)))
    if tx.once(PUT, **row._asdict(), made_at=tx.now):
        return row
    known = find(tx, person_id, purpose)
    assert known is not None  # the unique key was there
    return known


def destroy(tx: Tx, key_id: int) -> int:
    return tx.run(DESTROY, gone=key_id)


def label(id: int, person_id: int, purpose: str) -> bytes:
    """What a wrapped key is bound to: a row put in another's place does not open."""
    return f"key|{id}|{person_id}|{purpose}".encode()


class Ring:
    """Keys as ciphers, a bounded number of them in memory."""

    def __init__(self, db: Database, seals: Seals) -> None:
        self.db, self.seals = db, seals
        self.keys: dict[int, Key] = {}  # oldest first
        self.owners: dict[tuple[int, str], int] = {}

    async def of(self, person_id: int, purpose: str) -> Key:
        """The person's key, made if there is none: no query when it is in memory."""
        if (id := self.owners.get((person_id, purpose))) and (key := self._fresh(id)):
            return key
        row = await self.db.read(SYSTEM, find, person_id, purpose)
        return self._remember(row or await self.db.write(SYSTEM, make, person_id, purpose, self.seals))

    async def some(self, ids: set[int]) -> dict[int, Key]:
        """The keys that still exist: one query for those not in memory."""
        have = {id: key for id in ids if (key := self._fresh(id))}
        if missing := sorted(ids - have.keys()):
            have |= {row.id: self._remember(row) for row in await self.db.read(SYSTEM, some, missing)}
        return have

    async def known(self, person_id: int, purpose: str) -> int:
        """The id of the person's key in the store, 0 if there is none."""
        row = await self.db.read(SYSTEM, find, person_id, purpose)
        return row.id if row else 0

    async def destroy(self, key_id: int) -> None:
        await self.db.write(SYSTEM, destroy, key_id)
        self.keys.pop(key_id, None)
        for owner in [o for o, id in self.owners.items() if id == key_id]:
            del self.owners[owner]

    def _fresh(self, id: int) -> Key | None:
        key = self.keys.get(id)
        return key if key and key.read_at + CACHED_MS > self.db.engine.world.now() else None

    def _remember(self, row: Row) -> Key:
        secret = self.seals.unwrap(row.wrapped, label(row.id, row.person_id, row.purpose))
        while len(self.keys) >= CACHED:
            del self.keys[next(iter(self.keys))]
        while len(self.owners) >= CACHED:
            del self.owners[next(iter(self.owners))]
        key = self.keys[row.id] = Key(row.id, AESGCM(secret), self.db.engine.world.now())
        self.owners[row.person_id, row.purpose] = row.id
        return key
