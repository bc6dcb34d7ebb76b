"""SQLite: one writer thread with group commit, point reads on the loop."""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Sequence
from typing import Any

from sqlalchemy.schema import CreateIndex, CreateTable

from .faults import Unavailable
from .sql import DIALECTS, Engine, Job, Module, Statement, Tx
from .world import World


class SqliteTx(Tx):
    c: sqlite3.Connection

    def run(self, st: Statement, **values: Any) -> int:
        self.own(st)
        return self.c.execute(*st.bind("sqlite", values)).rowcount

    def once(self, st: Statement, **values: Any) -> bool:
        self.own(st)
        sql, args = st.bind("sqlite", values)  # not OR IGNORE: that swallows NOT NULL and CHECK too
        return self.c.execute(sql + " ON CONFLICT DO NOTHING", args).rowcount == 1

    def rows(self, st: Statement, **values: Any) -> list[Any]:
        self.own(st)
        return self.c.execute(*st.bind("sqlite", values)).fetchall()

    def many(self, st: Statement, values: list[dict[str, Any]]) -> None:
        self.own(st)
        sql, slots = st.form("sqlite")
        self.c.executemany(sql, [[v.get(n, d) for n, d in slots] for v in values])

    def _raw(self, sql: str) -> None:
        self.c.execute(sql)

    def is_dead(self, e: Exception) -> bool:
        return not self.c.in_transaction


def connect(path: str) -> sqlite3.Connection:
    c = sqlite3.connect(path, isolation_level=None, cached_statements=512, check_same_thread=False)
    for p in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000"):
        c.execute(f"PRAGMA {p}")
    return c


def create_all(c: sqlite3.Connection) -> None:
    for m in Module.all.values():
        for t in m.meta.sorted_tables:
            ddls: list[Any] = [
                CreateTable(t, if_not_exists=True),
                *(CreateIndex(i, if_not_exists=True) for i in t.indexes),
            ]
            for ddl in ddls:
                c.execute(str(ddl.compile(dialect=DIALECTS["sqlite"])))


def commit_group(
    c: sqlite3.Connection, world: World, jobs: Sequence[Job]
) -> list[tuple[Job, Any, BaseException | None, bool]]:
    """All jobs in one durable commit, a savepoint each: a failing one rolls back alone, a failing commit fails all.

    Answers (job, result, error, emitted)."""
    done: list[tuple[Job, Any, BaseException | None, bool]] = []
    try:
        c.execute("BEGIN IMMEDIATE")
        for job in jobs:
            tx = SqliteTx(world, job.module, job.ctx)
            tx.c = c
            c.execute("SAVEPOINT unit_")
            try:
                result, error = job.unit(tx, *job.args), None
                tx.flush()
            except BaseException as e:  # whatever it is, the writer lives on and the caller is told
                if not c.in_transaction:  # disk full and its like end the whole transaction, not only the savepoint
                    raise
                result, error = None, e
                c.execute("ROLLBACK TO unit_")
            c.execute("RELEASE unit_")
            done.append((job, result, error, error is None and bool(tx.outgoing)))
        c.execute("COMMIT")
    except BaseException as e:
        if c.in_transaction:
            c.execute("ROLLBACK")
        return [
            (job, None, Unavailable(repr(e)), False) for job in jobs
        ]  # an exception each: tracebacks are not shared
    return done


class SqliteEngine(Engine):
    dialect = "sqlite"

    def __init__(self, world: World, path: str, cap: int = 64) -> None:
        super().__init__(world)
        self.cap, self.queue = cap, queue.SimpleQueue[Job | None]()
        self.units = self.commits = 0
        self.writer, self.reader = connect(path), connect(path)
        create_all(self.writer)

    async def open(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.thread = threading.Thread(target=self._work, daemon=True)
        self.thread.start()

    async def close(self) -> None:
        self.queue.put(None)
        await asyncio.to_thread(self.thread.join)

    async def write(self, job: Job) -> Any:
        job.future = asyncio.get_running_loop().create_future()
        self.queue.put(job)
        return await job.future

    async def read(self, job: Job) -> Any:
        tx = SqliteTx(self.world, job.module, job.ctx)
        tx.c = self.reader
        tx.c.execute("BEGIN")  # one snapshot for all its statements: the writer commits between them
        try:
            return job.unit(tx, *job.args)
        finally:
            tx.c.execute("COMMIT")

    def _work(self) -> None:
        while (job := self.queue.get()) is not None:
            jobs = [job]
            while len(jobs) < self.cap and not self.queue.empty():
                if (more := self.queue.get()) is None:
                    self.queue.put(None)
                    break
                jobs.append(more)
            done = commit_group(self.writer, self.world, jobs)
            self.units, self.commits = self.units + len(jobs), self.commits + 1
            self.loop.call_soon_threadsafe(self.answer, done)

    def answer(self, done: list[tuple[Job, Any, BaseException | None, bool]]) -> None:
        for job, result, error, _ in done:
            if not job.future.done():  # a caller that left is not told; what it asked for has happened
                job.future.set_exception(error) if error else job.future.set_result(result)
        for module in {id(j.module): j.module for j, _, _, emitted in done if emitted}.values():
            self.on_commit(module)
