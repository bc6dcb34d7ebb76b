"""SQLite: one writer thread with group commit, point reads on the loop, lists on a few reader threads."""

from __future__ import annotations

import asyncio
import logging
import queue
import sqlite3
import threading
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import URL

from .faults import Unavailable
from .schema import SCRIPT, ddl
from .sql import UNIT_ROWS, Engine, Job, Module, Statement, Tx
from .world import World

GROUP_MAX = 64  # units that share a commit
BESIDE_MAX = 2  # background units in a group while people wait
READERS = 2  # threads for lists and reports
HEAVY_MAX = 256  # lists and reports that wait for one
BUSY_MS = 5_000  # another process may hold the file's lock that long

log = logging.getLogger(__name__)

Done = tuple[Job, Any, BaseException | None, list[tuple[Module, int]]]  # … and whose events are due when


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
        if len(values) > UNIT_ROWS:
            raise ValueError(f"{len(values)} of at most {UNIT_ROWS} rows")
        self.c.executemany(*st.bind_many("sqlite", values))

    def _raw(self, sql: str) -> None:
        self.c.execute(sql)

    def is_dead(self, e: Exception) -> bool:
        return not self.c.in_transaction


def connect(path: str, *, durable: bool = True, secure_delete: bool = False, writes: bool = True) -> sqlite3.Connection:
    """A connection that the engine alone begins and ends transactions on."""
    c = sqlite3.connect(path, isolation_level=None, cached_statements=512, check_same_thread=False)
    pragmas = [
        f"busy_timeout={BUSY_MS}",
        "journal_mode=WAL",
        f"synchronous={'FULL' if durable else 'OFF'}",
        f"secure_delete={'ON' if secure_delete else 'OFF'}",
        "foreign_keys=ON",
        "cache_size=-16000",
        "temp_store=MEMORY",
        f"query_only={'OFF' if writes else 'ON'}",
    ]
    for pragma in pragmas:
        c.execute(f"PRAGMA {pragma}")
    return c


def create_all(c: sqlite3.Connection, modules: Sequence[Module] | None = None) -> None:
    """The modules' tables are there, in one transaction."""
    c.execute("BEGIN IMMEDIATE")
    for text in ddl(Module.all.values() if modules is None else modules, "sqlite"):
        c.execute(text)
    c.execute("COMMIT")


def commit_group(c: sqlite3.Connection, world: World, jobs: Sequence[Job]) -> list[Done]:
    """All jobs in one durable commit, a savepoint each: a failing one rolls back alone, a failing commit fails all.

    Answers (job, result, error, whose events are due when). Raises only when the connection is of no more use."""
    done: list[Done] = []
    try:
        c.execute("BEGIN IMMEDIATE")
        for job in jobs:
            tx = SqliteTx(world, job.module, job.ctx)
            tx.c = c
            c.execute("SAVEPOINT unit_")
            result, error = None, None
            try:
                result = job.perform(tx)
            except BaseException as e:  # whatever it is, the writer lives on and the caller is told
                if not c.in_transaction:  # disk full and its like end the whole transaction, not only the savepoint
                    raise
                error = e
                c.execute("ROLLBACK TO unit_")
            c.execute("RELEASE unit_")
            done.append((job, result, error, [] if error else tx.dues()))
        c.execute("COMMIT")
    except BaseException as e:
        log.warning("a group was not committed", extra={"units": len(jobs), "why": repr(e)})
        if c.in_transaction:
            c.execute("ROLLBACK")
        return [(job, None, Unavailable(repr(e)), []) for job in jobs]  # an exception each: tracebacks are not shared
    return done


def look(c: sqlite3.Connection, world: World, job: Job) -> Any:
    """A read's answer, from one snapshot: the writer commits between its statements."""
    tx = SqliteTx(world, job.module, job.ctx)
    tx.c = c
    c.execute("BEGIN")
    try:
        return job.unit(tx, *job.args)
    finally:
        if c.in_transaction:
            c.execute("ROLLBACK")


class SqliteEngine(Engine):
    """One file. `durable=False` leaves the last commits to the operating system: for logs and tests alone.

    Limits: 64 units a group, 10,000 that wait, 2 lists at a time and 256 that wait."""

    dialect = "sqlite"

    def __init__(
        self,
        world: World,
        path: str,
        cap: int = GROUP_MAX,
        *,
        modules: Sequence[Module] | None = None,
        durable: bool = True,
        secure_delete: bool = False,
    ) -> None:
        super().__init__(world, modules)
        self.path, self.cap, self.durable, self.secure_delete = path, cap, durable, secure_delete
        self.people, self.house = deque[Job](), deque[Job]()  # who waits for a commit; people go first
        self.work, self.closed = threading.Event(), True
        self.idle = queue.SimpleQueue[sqlite3.Connection]()
        self.heavy = 0

    async def open(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.writer, self.reader = self._connect(), self._connect(writes=False)
        self.thread = threading.Thread(target=self._work, name="jishi-writer", daemon=True)
        self.pool = ThreadPoolExecutor(READERS, "jishi-reader")
        self.closed = False
        self.thread.start()

    async def close(self) -> None:
        if self.closed:
            return
        self.closed = True
        self.work.set()
        await asyncio.to_thread(self.thread.join)
        await asyncio.to_thread(self.pool.shutdown)
        await asyncio.sleep(0)  # the last answers, which the threads sent to the loop
        while not self.idle.empty():
            self.idle.get().close()
        self.reader.close()
        self.writer.close()

    def _connect(self, *, writes: bool = True) -> sqlite3.Connection:
        return connect(self.path, durable=self.durable, secure_delete=self.secure_delete, writes=writes)

    async def write(self, job: Job) -> Any:
        if self.closed:
            raise Unavailable("closed")
        line = self.house if job.background else self.people
        answer = self.queue(job, len(line))
        line.append(job)
        if not self.work.is_set():  # set: the writer has not looked yet, and will see this job too
            self.work.set()
        return await answer

    async def read(self, job: Job) -> Any:
        if self.closed:
            raise Unavailable("closed")
        if not job.heavy:
            return look(self.reader, self.world, job)
        if self.heavy >= HEAVY_MAX:
            raise Unavailable("busy")
        self.heavy += 1
        try:
            return await self.loop.run_in_executor(self.pool, self._look, job)
        finally:
            self.heavy -= 1

    def _look(self, job: Job) -> Any:
        try:
            c = self.idle.get_nowait()
        except queue.Empty:
            c = self._connect(writes=False)
        try:
            return look(c, self.world, job)
        finally:
            self.idle.put(c)

    async def script(self, statements: Sequence[str]) -> None:
        def carry_out(tx: Any) -> None:
            for text in statements:
                tx.c.execute(text)

        await self.write(Job(SCRIPT, None, carry_out, ()))

    async def tables(self) -> set[str]:
        return {name for (name,) in await self.ask("SELECT name FROM sqlite_master WHERE type = 'table'")}

    async def ask(self, sql: str) -> list[Any]:
        return self.reader.execute(sql).fetchall()

    @property
    def url(self) -> URL:
        return URL.create("sqlite", database=self.path)

    def _work(self) -> None:
        """The writer's life: groups until closed and nobody waits."""
        while True:
            self.work.wait()
            self.work.clear()
            while group := self._group():
                try:
                    done = commit_group(self.writer, self.world, group)
                except BaseException as e:  # not even a rollback worked: used again only by mistake
                    log.exception("the writer's connection is given up")
                    done = [(job, None, Unavailable(repr(e)), []) for job in group]
                    self.writer.close()
                    self.writer = self._connect()
                self.units, self.commits = self.units + len(group), self.commits + 1
                self.loop.call_soon_threadsafe(self.answer, done)
            if self.closed and not self.people and not self.house:
                return

    def _group(self) -> list[Job]:
        """The next commit's units: people first, then the house; it is held back, never starved."""
        group = [self.people.popleft() for _ in range(min(len(self.people), self.cap))]
        room = min(BESIDE_MAX, len(self.house)) if group else min(len(self.house), self.cap)
        return group + [self.house.popleft() for _ in range(room)]

    def answer(self, done: Sequence[Done]) -> None:
        """Each caller is told, and who listens for events knows when the first is due."""
        due: dict[str, tuple[Module, int]] = {}
        for job, result, error, dues in done:
            job.tell(result, error)
            for module, at in dues:
                _, before = due.get(module.name, (module, at))
                due[module.name] = module, min(before, at)
        for module, at in due.values():
            self.on_commit(module, at)
