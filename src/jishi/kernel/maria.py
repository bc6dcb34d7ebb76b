"""MariaDB through asyncmy: the synchronous unit runs in a greenlet and awaits underneath."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import asyncmy
from asyncmy.constants import CLIENT
from asyncmy.errors import IntegrityError, MySQLError
from greenlet import getcurrent, greenlet
from sqlalchemy import URL

from .faults import Unavailable
from .pool import Pool
from .sql import UNIT_ROWS, Engine, Job, Module, Statement, Tx
from .world import World

AGAIN = frozenset({1213, 1205, 1020})  # deadlock, lock wait, record changed since read: the whole unit is run again
GONE = frozenset({2006, 2013, 2014, 2055})
DUPLICATE = 1062
TRIES = 8
BACKOFF_S = 0.005  # times 2 for each try, times chance: neighbours do not meet again
CONNECT_S = 5

SESSION = (
    "SET SESSION sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION', "
    "autocommit = 0, innodb_lock_wait_timeout = 10"
)
# A write sees what others committed, so that a guarded UPDATE meets the newest row. A read is one snapshot, which
# REPEATABLE READ takes at its first SELECT without a round trip of its own, and which cannot write.
FOR_WRITES = "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED"
FOR_READS = "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"

log = logging.getLogger(__name__)


def number_of(e: BaseException) -> int:
    """The server's or driver's error number, 0 for anything else."""
    return int(e.args[0]) if isinstance(e, MySQLError) and e.args and isinstance(e.args[0], int) else 0


def is_gone(e: BaseException) -> bool:
    """The connection is of no more use."""
    return number_of(e) in GONE or isinstance(e, OSError | EOFError)


def wait(awaitable: Awaitable[Any]) -> Any:
    """Inside a unit's greenlet: hand the awaitable out, come back with its result."""
    return getcurrent().parent.switch(awaitable)


async def in_greenlet(f: Callable[..., Any], *args: Any) -> Any:
    """Run the synchronous `f`; each `wait` inside hands its awaitable out to this coroutine."""
    g = greenlet(f)
    out = g.switch(*args)
    while not g.dead:
        try:
            value = await out
        except BaseException:
            out = g.throw(*sys.exc_info())
        else:
            out = g.switch(value)
    return out


class MariaTx(Tx):
    cur: Any

    def run(self, st: Statement, **values: Any) -> int:
        self.own(st)
        wait(self.cur.execute(*st.bind("mysql", values)))
        return int(self.cur.rowcount)

    def once(self, st: Statement, **values: Any) -> bool:
        try:  # not INSERT IGNORE: it swallows other errors; not ON DUPLICATE KEY: FOUND_ROWS answers 1 for a known row
            return self.run(st, **values) == 1
        except IntegrityError as e:
            if number_of(e) == DUPLICATE:
                return False
            raise

    def rows(self, st: Statement, **values: Any) -> list[Any]:
        self.run(st, **values)
        return list(wait(self.cur.fetchall()))

    def many(self, st: Statement, values: list[dict[str, Any]]) -> None:
        self.own(st)
        if len(values) > UNIT_ROWS:
            raise ValueError(f"{len(values)} of at most {UNIT_ROWS} rows")
        if values:
            wait(self.cur.executemany(*st.bind_many("mysql", values)))

    def _raw(self, sql: str) -> None:
        wait(self.cur.execute(sql))

    def is_dead(self, e: Exception) -> bool:
        return number_of(e) in AGAIN or is_gone(e)


class MariaEngine(Engine):
    """One database on a server. `size` connections write, half as many read; a connection is used again only after a
    commit or rollback that worked. Once COMMIT was sent, a broken line is Unavailable (ask again with the same key)."""

    dialect = "mysql"
    tx = MariaTx

    def __init__(self, world: World, size: int = 8, *, modules: Sequence[Module] | None = None, **where: Any) -> None:
        super().__init__(world, modules)
        self.where = where  # host, port, user, password, db
        self.writers = Pool(size, lambda: self._connect(FOR_WRITES))
        self.readers = Pool(max(1, size // 2), lambda: self._connect(FOR_READS))
        self.running, self.closed = set[asyncio.Task[Any]](), True

    async def open(self) -> None:
        self.closed = False
        await self.ask("SELECT 1")  # a wrong address or password is told at once

    async def close(self) -> None:
        self.closed = True
        while self.running:
            await asyncio.gather(*self.running, return_exceptions=True)
        await self.writers.close()
        await self.readers.close()

    async def _connect(self, settings: str) -> Any:
        c = await asyncmy.connect(
            charset="utf8mb4",
            client_flag=CLIENT.FOUND_ROWS,
            connect_timeout=CONNECT_S,
            init_command=SESSION,
            autocommit=None,  # as SESSION says
            **self.where,
        )
        async with c.cursor() as cur:
            await cur.execute(settings)
        return c

    async def write(self, job: Job) -> Any:
        return await self._start(job, self.writers, self._write)

    async def read(self, job: Job) -> Any:
        return await self._start(job, self.readers, self._read)

    def _start(self, job: Job, pool: Pool, run: Callable[[Job], Any]) -> asyncio.Future[Any]:
        """The unit runs in a task of its own to its end: a caller that leaves cannot cut the protocol in two."""
        if self.closed:
            raise Unavailable("closed")
        answer = self.queue(job, pool.waiting)
        task = asyncio.get_running_loop().create_task(run(job))  # kept: the loop holds tasks weakly
        self.running.add(task)
        task.add_done_callback(self.running.discard)
        return answer

    async def _write(self, job: Job) -> None:
        c, clean = None, False
        try:
            c = await self.writers.take(background=job.background)
            for attempt in range(TRIES):
                tx, sent, clean = self.tx(self.world, job.module, job.ctx), False, False
                try:
                    async with c.cursor() as tx.cur:
                        result = await in_greenlet(job.perform, tx)
                    sent = True
                    await c.commit()
                    clean = True
                except Exception as e:
                    if sent or is_gone(e):  # after COMMIT was sent nobody knows
                        raise Unavailable(repr(e)) from e
                    await c.rollback()
                    clean = True
                    if number_of(e) not in AGAIN or attempt == TRIES - 1:
                        raise
                    await asyncio.sleep(self.world.random.random() * BACKOFF_S * 2**attempt)
                    continue
                self.units, self.commits = self.units + 1, self.commits + 1
                for module, at in tx.dues():
                    self.on_commit(module, at)
                job.tell(result, None)
                return
        except BaseException as e:
            job.tell(None, Unavailable(repr(e)) if is_gone(e) else e)
        finally:
            self._back(self.writers, c, job, clean=clean)

    async def _read(self, job: Job) -> None:
        """The caller has its answer before the snapshot is given up."""
        c, clean = None, False
        try:
            c = await self.readers.take(background=job.background)
            tx = self.tx(self.world, job.module, job.ctx)
            async with c.cursor() as tx.cur:
                job.tell(await in_greenlet(job.unit, tx, *job.args), None)
        except BaseException as e:
            job.tell(None, Unavailable(repr(e)) if is_gone(e) else e)
        try:
            if c is not None:
                await c.rollback()
                clean = True
        except (MySQLError, OSError, EOFError) as e:
            log.warning("a reading connection is given up", extra={"why": repr(e)})
        finally:
            self._back(self.readers, c, job, clean=clean)

    @staticmethod
    def _back(pool: Pool, c: Any, job: Job, *, clean: bool) -> None:
        if c is None:  # `take` failed, and has given its place back
            return
        if not clean:
            c.close()
        pool.give(c if clean else None, background=job.background)

    async def script(self, statements: Sequence[str]) -> None:
        """Each statement is its own transaction here: MariaDB commits before and after every definition."""
        c = await self.writers.take(background=False)
        clean = False
        try:
            async with c.cursor() as cur:
                for text in statements:
                    await cur.execute(text)
            await c.commit()
            clean = True
        finally:
            if not clean:
                c.close()
            self.writers.give(c if clean else None, background=False)

    async def tables(self) -> set[str]:
        return {name for (name,) in await self.ask("SHOW TABLES")}

    async def ask(self, sql: str) -> list[Any]:
        c = await self.readers.take(background=False)
        clean = False
        try:
            async with c.cursor() as cur:
                await cur.execute(sql)
                rows = list(await cur.fetchall())
            await c.rollback()
            clean = True
            return rows
        finally:
            if not clean:
                c.close()
            self.readers.give(c if clean else None, background=False)

    @property
    def url(self) -> URL:
        w = self.where
        return URL.create(
            "mysql+asyncmy", w["user"], w.get("password", ""), w.get("host"), w.get("port"), w.get("db"),
            query={"charset": "utf8mb4"},
        )  # fmt: skip
