"""The embedded document store: JSON texts in SQLite, generated columns and their indexes."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from .documents import (
    BODY_MAX,
    EVENTS_MAX,
    FULL,
    IDS_MAX,
    Carrier,
    Document,
    Documents,
    Find,
    Kind,
    Known,
    Pending,
    Scalar,
    pending,
    soonest,
)
from .faults import Unavailable
from .mailboxes import DEAD, WAITING
from .schema import SCRIPT
from .sql import Event, Job
from .sqlite import SqliteEngine

S = TypeVar("S", bound=msgspec.Struct)
T = TypeVar("T")
EVENTS = msgspec.msgpack.Decoder(list[Pending])
DUE_COLUMNS = {WAITING: "waiting_at", DEAD: "dead_at"}

# Names of tables and columns come from `Kind`, which lets only words pass; values are always parameters.


def table(kind: Kind[Any]) -> str:
    return f"documents_{kind.name.replace('.', '_')}"


def column(field: str) -> str:
    return "id" if field == "id" else f"f_{field.replace('.', '__')}"


def index_ddl(kind: Kind[Any]) -> list[str]:
    """Each index ends with the id, so that it gives the order too; a unique one is exact."""
    made = []
    for index in kind.indexes:
        columns = [column(field) for field in index.fields]
        name = f"ix_{table(kind)}_{'_'.join(columns)}"
        unique, members = ("UNIQUE ", columns) if index.unique else ("", [*columns, "id"])
        made.append(f"CREATE {unique}INDEX IF NOT EXISTS {name} ON {table(kind)} ({', '.join(members)})")
    text = "CREATE INDEX IF NOT EXISTS ix_{0}_{1} ON {0} ({1}) WHERE {1} IS NOT NULL"
    made += [text.format(table(kind), due) for due in DUE_COLUMNS.values()]
    return made


def packed(body: msgspec.Struct) -> str:
    """The JSON of a document."""
    raw = msgspec.json.encode(body)
    if len(raw) > BODY_MAX:
        raise ValueError(f"{len(raw)} of at most {BODY_MAX} bytes")
    return raw.decode()


def carried(events: Sequence[Pending]) -> tuple[bytes, int | None, int | None]:
    """The columns that hold the events."""
    if len(events) > EVENTS_MAX:
        raise Unavailable(FULL)
    return msgspec.msgpack.encode(events), soonest(events, WAITING), soonest(events, DEAD)


class SqliteDocuments(Documents):
    """All collections in one file of their own, with the engine's one writer and its group commits."""

    def __init__(self, engine: SqliteEngine) -> None:
        super().__init__(engine.world)
        self.engine = engine

    async def declare(self, *kinds: Kind[Any]) -> None:
        def make(c: sqlite3.Connection) -> None:
            for kind in kinds:
                c.execute(
                    f"CREATE TABLE IF NOT EXISTS {table(kind)} (id TEXT PRIMARY KEY, version INTEGER NOT NULL, "
                    "stamp INTEGER NOT NULL, gone INTEGER NOT NULL, body TEXT NOT NULL, events BLOB NOT NULL, "
                    "waiting_at INTEGER, dead_at INTEGER)"
                )
                known = {row[1] for row in c.execute(f"PRAGMA table_xinfo({table(kind)})")}
                for field in kind.fields:
                    if column(field) not in known:  # a virtual one costs no rewriting
                        c.execute(
                            f"ALTER TABLE {table(kind)} ADD COLUMN {column(field)} "
                            f"AS (json_extract(body, '$.{field}')) VIRTUAL"
                        )
                for text in index_ddl(kind):
                    c.execute(text)

        await self._write(make)

    async def insert(self, kind: Kind[S], id: str, body: S, *events: Event) -> bool:
        text, new = packed(body), pending(self.world, events)

        def put(c: sqlite3.Connection) -> bool:
            sql = f"INSERT INTO {table(kind)} (id, version, stamp, gone, body, events, waiting_at, dead_at) VALUES (?, 1, 1, 0, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING"
            return c.execute(sql, (id, text, *carried(new))).rowcount == 1

        return self._told(kind, new, await self._write(put))

    async def get(self, kind: Kind[S], ids: Sequence[str]) -> dict[str, Document[S]]:
        if len(ids) > IDS_MAX:
            raise ValueError(f"{len(ids)} of at most {IDS_MAX} ids")
        slots = ", ".join("?" * len(ids))
        sql = f"SELECT id, version, body FROM {table(kind)} WHERE id IN ({slots}) AND gone = 0"
        rows = await self._read(lambda c: c.execute(sql, list(ids)).fetchall())
        return {d.id: d for d in self._documents(kind, rows)}

    async def find(self, kind: Kind[S], find: Find) -> list[Document[S]]:
        kind.check(find)
        where, values = self._where(find.equals)
        by, way, sign = column(find.sort), "DESC" if find.descending else "ASC", "<" if find.descending else ">"
        if find.after is not None:
            where += f" AND ({by} {sign} ? OR ({by} = ? AND id {sign} ?))"
            values += [find.after[0], *find.after]
        sql = f"SELECT id, version, body FROM {table(kind)} WHERE {where} ORDER BY {by} {way}, id {way} LIMIT ?"
        rows = await self._read(lambda c: c.execute(sql, [*values, find.limit]).fetchall(), heavy=True)
        return self._documents(kind, rows)

    async def count(self, kind: Kind[S], equals: Mapping[str, Scalar]) -> int:
        kind.check_equals(equals)
        where, values = self._where(equals)
        sql = f"SELECT COUNT(*) FROM {table(kind)} WHERE {where}"
        return int((await self._read(lambda c: c.execute(sql, values).fetchone(), heavy=True))[0])

    async def replace(self, kind: Kind[S], id: str, version: int, body: S, *events: Event) -> bool:
        text = packed(body)
        return await self._change(kind, id, version, text, pending(self.world, events), gone=False)

    async def remove(self, kind: Kind[S], id: str, version: int, *events: Event) -> bool:
        return await self._change(kind, id, version, "{}", pending(self.world, events), gone=True)

    async def _change(
        self, kind: Kind[Any], id: str, version: int, text: str, new: list[Pending], *, gone: bool
    ) -> bool:
        def change(c: sqlite3.Connection) -> bool:
            known = f"SELECT events FROM {table(kind)} WHERE id = ? AND version = ? AND gone = 0"
            row = c.execute(known, (id, version)).fetchone()
            if row is None:
                return False
            events = EVENTS.decode(row[0]) + new
            if gone and not events:
                c.execute(f"DELETE FROM {table(kind)} WHERE id = ?", (id,))
                return True
            sql = f"UPDATE {table(kind)} SET version = version + 1, stamp = stamp + 1, gone = ?, body = ?, events = ?, waiting_at = ?, dead_at = ? WHERE id = ?"
            c.execute(sql, (int(gone), text, *carried(events), id))
            return True

        return self._told(kind, new, await self._write(change))

    async def carrier(self, kind: Kind[Any], id: str) -> Carrier | None:
        sql = f"SELECT id, stamp, events, gone FROM {table(kind)} WHERE id = ?"
        row = await self._read(lambda c: c.execute(sql, (id,)).fetchone())
        return Carrier(row[0], row[1], EVENTS.decode(row[2]), bool(row[3])) if row else None

    async def carriers(self, kind: Kind[Any], state: int, limit: int) -> list[Carrier]:
        due = DUE_COLUMNS[state]
        sql = f"SELECT id, stamp, events, gone FROM {table(kind)} WHERE {due} IS NOT NULL ORDER BY {due} LIMIT ?"
        rows = await self._read(lambda c: c.execute(sql, (limit,)).fetchall())
        return [Carrier(id, stamp, EVENTS.decode(events), bool(gone)) for id, stamp, events, gone in rows]

    async def carry(self, kind: Kind[Any], carrier: Carrier, events: Sequence[Pending]) -> bool:
        def change(c: sqlite3.Connection) -> bool:
            if carrier.gone and not events:
                sql = f"DELETE FROM {table(kind)} WHERE id = ? AND stamp = ?"
                return c.execute(sql, (carrier.id, carrier.stamp)).rowcount == 1
            sql = f"UPDATE {table(kind)} SET stamp = stamp + 1, events = ?, waiting_at = ?, dead_at = ? WHERE id = ? AND stamp = ?"
            return c.execute(sql, (*carried(events), carrier.id, carrier.stamp)).rowcount == 1

        return await self._write(change)

    def _told(self, kind: Kind[Any], new: Sequence[Pending], done: bool) -> bool:
        if done and new:
            self.on_commit(kind, 0)
        return done

    @staticmethod
    def _where(equals: Mapping[str, Scalar]) -> tuple[str, list[Any]]:
        return " AND ".join(["gone = 0", *[f"{column(field)} = ?" for field in equals]]), list(equals.values())

    @staticmethod
    def _documents(kind: Kind[S], rows: Sequence[Any]) -> list[Document[S]]:
        return [Document(id, version, msgspec.json.decode(body, type=kind.shape)) for id, version, body in rows]

    async def _write(self, change: Callable[[sqlite3.Connection], T]) -> T:
        def unit(tx: Any) -> T:
            try:
                return change(tx.c)
            except sqlite3.IntegrityError as e:
                raise Known(str(e)) from e

        done: T = await self.engine.write(Job(SCRIPT, None, unit, ()))
        return done

    async def _read(self, look: Callable[[sqlite3.Connection], T], *, heavy: bool = False) -> T:
        found: T = await self.engine.read(Job(SCRIPT, None, lambda tx: look(tx.c), (), heavy=heavy))
        return found
