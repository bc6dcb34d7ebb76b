"""What the gateway remembers: objects as JSON in a SQLite file of its own, so that a restart goes on where it was."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec

DDL = """
CREATE TABLE IF NOT EXISTS things (
  id TEXT PRIMARY KEY, kind TEXT NOT NULL, n INTEGER NOT NULL, parent TEXT NOT NULL, body BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS things_kind ON things (kind, n);
CREATE INDEX IF NOT EXISTS things_parent ON things (parent, kind, n);
CREATE TABLE IF NOT EXISTS answers (
  key TEXT PRIMARY KEY, asked BLOB NOT NULL, status INTEGER NOT NULL, body BLOB NOT NULL, at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS deliveries (
  n INTEGER PRIMARY KEY, event TEXT NOT NULL, due_at INTEGER NOT NULL, tries INTEGER NOT NULL, state TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (state, due_at);
CREATE TABLE IF NOT EXISTS later (n INTEGER PRIMARY KEY, due_at INTEGER NOT NULL, what TEXT NOT NULL, of TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS secrets (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""
Thing = dict[str, Any]


class Store:
    """One thread's. `path` "" keeps it in memory."""

    def __init__(self, path: str = "") -> None:
        self.c = sqlite3.connect(path or ":memory:", isolation_level=None, check_same_thread=False)
        if path:
            self.c.execute("PRAGMA journal_mode=WAL")
        self.c.executescript(DDL)

    def close(self) -> None:
        self.c.close()

    @contextmanager
    def unit(self) -> Iterator[None]:
        """All of it or nothing."""
        self.c.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.c.execute("ROLLBACK")
            raise
        self.c.execute("COMMIT")

    def put(self, thing: Thing, parent: str = "") -> Thing:
        """New, or changed: a changed thing keeps its place and its parent."""
        body = msgspec.json.encode(thing)
        self.c.execute(
            "INSERT INTO things SELECT ?, ?, coalesce(max(n), 0) + 1, ?, ? FROM things WHERE true"
            " ON CONFLICT (id) DO UPDATE SET body = excluded.body",
            (thing["id"], thing["object"], parent, body),
        )
        return thing

    def get(self, kind: str, id: str) -> Thing | None:
        row = self.c.execute("SELECT body FROM things WHERE id = ? AND kind = ?", (id, kind)).fetchone()
        return msgspec.json.decode(row[0]) if row else None

    def newest(self, kind: str, limit: int, parent: str = "", after: str = "") -> list[Thing]:
        """≤ limit, newest first, beginning after the thing `after`."""
        rows = self.c.execute(
            "SELECT body FROM things WHERE kind = ? AND (? = '' OR parent = ?)"
            " AND n < coalesce((SELECT n FROM things WHERE id = ?), 9e18) ORDER BY n DESC LIMIT ?",
            (kind, parent, parent, after, limit),
        )
        return [msgspec.json.decode(row[0]) for row in rows]

    # --- answers under a key ------------------------------------------------------------------------------------------

    def answer(self, key: str) -> tuple[bytes, int, bytes] | None:
        """(hash of what was asked, status, body)."""
        row = self.c.execute("SELECT asked, status, body FROM answers WHERE key = ?", (key,)).fetchone()
        return (row[0], row[1], row[2]) if row else None

    def keep(self, key: str, asked: bytes, status: int, body: bytes, now: int, before: int) -> None:
        self.c.execute("DELETE FROM answers WHERE at < ?", (before,))
        self.c.execute("INSERT OR IGNORE INTO answers VALUES (?, ?, ?, ?, ?)", (key, asked, status, body, now))

    # --- deliveries and what happens later ----------------------------------------------------------------------------

    def deliver(self, event: str, due_at: int) -> None:
        self.c.execute("INSERT INTO deliveries (event, due_at, tries, state) VALUES (?, ?, 0, 'due')", (event, due_at))

    def due(self, now: int, limit: int = 100) -> list[tuple[int, str, int]]:
        """(delivery, event, tries), the longest due first."""
        return self.c.execute(
            "SELECT n, event, tries FROM deliveries WHERE state = 'due' AND due_at <= ? ORDER BY due_at, n LIMIT ?",
            (now, limit),
        ).fetchall()

    def delivered(self, n: int, state: str, due_at: int = 0) -> None:
        self.c.execute("UPDATE deliveries SET state = ?, due_at = ?, tries = tries + 1 WHERE n = ?", (state, due_at, n))

    def remind(self, due_at: int, what: str, of: str) -> None:
        self.c.execute("INSERT INTO later (due_at, what, of) VALUES (?, ?, ?)", (due_at, what, of))

    def reminders(self, now: int) -> list[tuple[str, str]]:
        """(what, of) of all that is due now; each is answered once."""
        rows = self.c.execute("SELECT n, what, of FROM later WHERE due_at <= ? ORDER BY due_at, n", (now,)).fetchall()
        self.c.executemany("DELETE FROM later WHERE n = ?", [(row[0],) for row in rows])
        return [(what, of) for _, what, of in rows]

    def secret(self, name: str, made: str) -> str:
        """The value kept under this name, `made` if there was none."""
        self.c.execute("INSERT OR IGNORE INTO secrets VALUES (?, ?)", (name, made))
        return str(self.c.execute("SELECT value FROM secrets WHERE name = ?", (name,)).fetchone()[0])

    def keep_secret(self, name: str, value: str) -> None:
        self.c.execute("INSERT OR REPLACE INTO secrets VALUES (?, ?)", (name, value))
