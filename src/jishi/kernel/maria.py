"""MariaDB through asyncmy: the synchronous unit runs in a greenlet and awaits underneath."""

from __future__ import annotations

import asyncio
import sys
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

import asyncmy
from asyncmy.constants import CLIENT
from asyncmy.errors import IntegrityError, MySQLError
from greenlet import getcurrent, greenlet
from sqlalchemy.schema import CreateIndex, CreateTable

from .faults import Unavailable
from .sql import DIALECTS, Engine, Job, Module, Statement, Tx
from .world import World

AGAIN = {1213, 1205}  # deadlock, lock wait: the whole unit is run again
GONE = {2006, 2013, 2014, 2055}


def engine_error(e: Exception) -> int:
    return int(e.args[0]) if isinstance(e, MySQLError) and e.args else 0


def wait(awaitable: Awaitable[Any]) -> Any:
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
            if e.args[0] == 1062:
                return False
            raise

    def rows(self, st: Statement, **values: Any) -> list[Any]:
        self.run(st, **values)
        return list(wait(self.cur.fetchall()))

    def many(self, st: Statement, values: list[dict[str, Any]]) -> None:
        self.own(st)
        sql, slots = st.form("mysql")
        wait(self.cur.executemany(sql, [[v.get(n, d) for n, d in slots] for v in values]))

    def _raw(self, sql: str) -> None:
        wait(self.cur.execute(sql))

    def is_dead(self, e: Exception) -> bool:
        return engine_error(e) in AGAIN | GONE


class MariaEngine(Engine):
    dialect = "mysql"

    def __init__(self, world: World, size: int = 8, **where: Any) -> None:
        super().__init__(world)
        self.where, self.size = where, size
        self.free, self.waiting, self.running = deque[Any](), deque[asyncio.Future[Any]](), set[asyncio.Task[Any]]()
        self.units = self.commits = 0

    async def open(self) -> None:
        self.free.extend([await self._connect() for _ in range(self.size)])

    async def create_all(self) -> None:
        c = self.free[0]
        async with c.cursor() as cur:
            for m in Module.all.values():
                for t in m.meta.sorted_tables:
                    await cur.execute(f"DROP TABLE IF EXISTS `{t.name}`")
                    await cur.execute(str(CreateTable(t).compile(dialect=DIALECTS["mysql"])))
                    for i in t.indexes:
                        await cur.execute(str(CreateIndex(i).compile(dialect=DIALECTS["mysql"])))
        await c.commit()

    async def close(self) -> None:
        await asyncio.gather(*self.running, return_exceptions=True)
        for c in self.free:
            await c.ensure_closed()

    async def _connect(self) -> Any:
        c = await asyncmy.connect(autocommit=False, charset="utf8mb4", client_flag=CLIENT.FOUND_ROWS, **self.where)
        async with c.cursor() as cur:
            await cur.execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")
        await c.commit()
        return c

    async def _take(self) -> Any:
        """A connection in order of arrival: a newcomer does not overtake those who wait."""
        if self.free and not self.waiting:
            return self.free.popleft()
        turn = asyncio.get_running_loop().create_future()
        self.waiting.append(turn)
        return await turn

    def _give(self, c: Any) -> None:
        while self.waiting:
            turn = self.waiting.popleft()
            if not turn.done():
                return turn.set_result(c)
        self.free.append(c)

    async def write(self, job: Job) -> Any:
        """The unit runs in a task of its own to its end, as on SQLite: a caller that leaves cannot cut the protocol in two."""
        task = asyncio.create_task(self._run(job))
        self.running.add(task)
        task.add_done_callback(self._ended)
        return await asyncio.shield(task)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self.running.discard(task)
        task.cancelled() or task.exception()  # looked at, even if the caller left

    read = write

    async def _run(self, job: Job) -> Any:
        c, clean = (
            await self._take(),
            False,
        )  # clean only after a commit or a rollback that worked; any other way out closes it
        try:
            for attempt in range(8):
                tx, committing, clean = MariaTx(self.world, job.module, job.ctx), False, False
                try:
                    async with c.cursor() as tx.cur:
                        result = await in_greenlet(self._unit, tx, job)
                    committing = True
                    await c.commit()
                    clean = True
                except Exception as e:
                    number = engine_error(e)
                    if (
                        committing or number in GONE
                    ):  # after COMMIT was sent nobody knows: the caller asks again with its key
                        raise Unavailable(repr(e)) from e
                    await c.rollback()
                    clean = True
                    if number not in AGAIN or attempt == 7:
                        raise
                    await asyncio.sleep(self.world.random.random() * 0.005 * 2**attempt)
                    continue
                self.units, self.commits = self.units + 1, self.commits + 1
                if tx.outgoing:
                    self.on_commit(job.module)
                return result
        finally:
            if not clean:
                c.close()
                c = await self._connect()
            self._give(c)

    @staticmethod
    def _unit(tx: MariaTx, job: Job) -> Any:
        result = job.unit(tx, *job.args)
        tx.flush()
        return result
