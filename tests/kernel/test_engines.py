"""The laws of a unit, each on the engine that could break it."""

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from jishi.kernel import Database, Engine, Fault, Statement, Tx, Unavailable, World
from jishi.kernel.sql import Job
from jishi.kernel.sqlite import SqliteEngine, commit_group, connect, create_all
from tests.kit import engine_on

from . import probe
from .probe import ADD, ALL, OPEN, Take, Taken, everything, open_purse


async def test_units_commit_and_a_failing_one_leaves_neither_row_nor_event(engine: Engine) -> None:
    db, woken = Database(engine, probe.module), list[tuple[str, int]]()
    engine.on_commit = lambda module, due_at: woken.append((module.name, due_at))

    def fail(tx: Tx) -> None:
        open_purse(tx, 2)
        tx.emit(Taken(2, 2))
        raise ValueError("no")

    await db.write(None, open_purse, 1, 5)
    with pytest.raises(ValueError, match="no"):
        await db.write(None, fail)
    assert await db.read(None, everything) == [(1, 5)]
    assert await db.read(None, lambda tx: tx.rows(tx.module.outbox.due, now=1 << 60)) == []
    assert woken == []
    await db.write(None, probe.take, Take(1, 2))
    assert woken == [("probe", 0)]


async def test_run_answers_matched_rows_even_if_nothing_changes(engine: Engine) -> None:
    db = Database(engine, probe.module)
    await db.write(None, open_purse, 1, 5)
    same = Statement(update(probe.purses).values(coins=5))
    assert await db.write(None, lambda tx: tx.run(same)) == 1


async def test_once_knows_its_row_and_swallows_neither_check_nor_null(engine: Engine) -> None:
    db = Database(engine, probe.module)

    def put(tx: Tx, coins: Any, name: Any = "a") -> bool:
        return tx.once(OPEN, id=1, coins=coins, name=name)

    for coins, name in ((-1, "a"), (1, None), (1, "much too long") if engine.dialect == "mysql" else (None, "a")):
        with pytest.raises(Exception, match=r"(?i)constraint|null|too long"):
            await db.write(None, put, coins, name)
    assert await db.read(None, everything) == []
    assert await db.write(None, put, 3) is True
    assert await db.write(None, put, 4) is False
    assert await db.read(None, everything) == [(1, 3)]


async def test_savepoints_nest_and_take_their_events_back(engine: Engine) -> None:
    db = Database(engine, probe.module)

    def known_twice(tx: Tx) -> None:
        with tx.savepoint():
            open_purse(tx, 5)
            open_purse(tx, 1)

    def nested(tx: Tx) -> None:
        open_purse(tx, 1)
        with tx.savepoint():
            open_purse(tx, 2)
            tx.emit(Taken(2, 0))
            try:
                with tx.savepoint():
                    open_purse(tx, 3)
                    tx.emit(Taken(3, 0))
                    raise KeyError
            except KeyError:
                pass
            open_purse(tx, 4)
        with pytest.raises(Exception, match=r"(?i)unique|duplicate") as twice:
            known_twice(tx)
        assert not tx.is_dead(twice.value)

    await db.write(None, nested)
    assert await db.read(None, everything) == [(1, 0), (2, 0), (4, 0)]
    assert len(await db.read(None, lambda tx: tx.rows(tx.module.outbox.due, now=0))) == 1


async def test_a_reading_unit_cannot_write(engine: Engine) -> None:
    db = Database(engine, probe.module)
    for heavy in (False, True):
        with pytest.raises(Exception, match=r"(?i)read.?only"):
            await db.read(None, open_purse, 1, heavy=heavy)
    assert await db.read(None, everything, heavy=True) == []


async def test_a_reading_unit_sees_one_moment(engine: Engine) -> None:
    """A unit commits between the two statements of a list, which must not see it."""
    db, loop = Database(engine, probe.module), asyncio.get_running_loop()
    await db.write(None, open_purse, 1)
    seen = list[int]()

    def twice(tx: Tx) -> None:
        seen.append(len(tx.rows(ALL)))
        if engine.dialect == "sqlite":  # on a reader thread, so the loop is free
            asyncio.run_coroutine_threadsafe(db.write(None, open_purse, 2), loop).result(10)
        else:
            from jishi.kernel.maria import wait

            wait(db.write(None, open_purse, 2))
        seen.append(len(tx.rows(ALL)))

    await db.read(None, twice, heavy=True)
    assert seen == [1, 1]
    assert await db.read(None, everything) == [(1, 0), (2, 0)]


async def test_two_hundred_takers_of_ten_coins_take_ten(engine: Engine) -> None:
    db = Database(engine, probe.module)
    await db.write(None, open_purse, 1, 10)
    answers = await asyncio.gather(
        *[db.write(None, probe.take, Take(1, 1)) for _ in range(200)], return_exceptions=True
    )
    assert sorted(a.coins for a in answers if not isinstance(a, BaseException)) == list(range(10))
    assert {type(a) for a in answers if isinstance(a, BaseException)} == {probe.Empty}
    assert await db.read(None, everything) == [(1, 0)]


async def test_a_caller_that_leaves_does_not_cut_its_unit_and_the_connection_serves_on(engine: Engine) -> None:
    db, begun = Database(engine, probe.module), list[int]()
    await db.write(None, open_purse, 1)

    def add(tx: Tx) -> None:
        begun.append(tx.run(ADD, purse=1, n=1))

    for n in range(40):
        task = asyncio.create_task(db.write(None, add))
        await asyncio.sleep(0.0003 * (n % 7))
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await engine.close()  # whatever was asked for has happened
    await engine.open()
    assert len(begun) >= 34  # the first of each seven leaves before its unit was asked for, or not
    assert await db.read(None, everything) == [(1, len(begun))]
    await asyncio.gather(*[db.write(None, add) for _ in range(20)])


async def test_the_error_path_never_poisons_a_connection(engine: Engine) -> None:
    """Units that fail in many ways; then as many that need every connection at once, and no lock is left behind."""
    db = Database(engine, probe.module)
    await db.write(None, open_purse, 1)

    def fail(tx: Tx, n: int) -> None:
        tx.run(ADD, purse=1, n=1)
        if n % 4 == 0:
            raise probe.Empty(1, n)
        if n % 4 == 1:
            tx.run(ADD, purse=1, n=-1_000_000)  # CHECK
        if n % 4 == 2:
            tx.run(ADD, purse=1, coins=n)  # no such parameter
        raise StopIteration

    failed = await asyncio.gather(*[db.write(None, fail, n) for n in range(24)], return_exceptions=True)
    assert all(isinstance(e, Exception) for e in failed)
    assert {type(e) for e in failed[::4]} == {probe.Empty}
    assert len({id(e) for e in failed}) == 24
    await asyncio.gather(*[db.write(None, lambda tx: tx.run(ADD, purse=1, n=1)) for _ in range(12)])
    assert await db.read(None, everything) == [(1, 12)]


async def test_what_was_asked_for_is_done_before_the_engine_closes_and_nothing_after(
    engine: Engine, tmp_path: Path, world: World
) -> None:
    db = Database(engine, probe.module)
    asked = [asyncio.create_task(db.write(None, open_purse, n)) for n in range(50)]
    await asyncio.sleep(0)
    await engine.close()
    assert await asyncio.gather(*asked) == list(range(50))
    with pytest.raises(Unavailable):
        await db.write(None, open_purse, 50)
    await engine.open()
    assert len(await db.read(None, everything)) == 50


async def test_people_go_before_the_house_and_the_house_is_not_starved(tmp_path: Path, world: World) -> None:
    async with engine_on("sqlite", tmp_path, world, [probe.module]) as engine:
        assert isinstance(engine, SqliteEngine)
        db, order = Database(engine, probe.module), list[str]()
        hold = asyncio.Event()

        def first(tx: Tx) -> None:
            asyncio.run_coroutine_threadsafe(hold.wait(), engine.loop).result(10)

        tasks = [asyncio.create_task(db.write(None, first))]
        await asyncio.sleep(0.01)  # the writer is in it
        tasks += [
            asyncio.create_task(db.write(None, lambda tx, n=n: order.append(n), background=n == "house"))
            for n in ["house"] * 6 + ["people"] * 100
        ]
        await asyncio.sleep(0)
        hold.set()
        await asyncio.gather(*tasks)
        assert order[:66] == ["people"] * 64 + ["house"] * 2
        assert order[66:104] == ["people"] * 36 + ["house"] * 2
        assert len(order) == 106


class FailingCommit:
    """A connection whose disk is full when it comes to the commit."""

    def __init__(self, c: sqlite3.Connection, also: str = "") -> None:
        self.c, self.also = c, also

    def __getattr__(self, name: str) -> Any:
        return getattr(self.c, name)

    def execute(self, sql: str, *args: Any) -> Any:
        if sql in {"COMMIT", self.also}:
            raise sqlite3.OperationalError("database or disk is full")
        return self.c.execute(sql, *args)


def test_a_failing_unit_rolls_back_alone_and_a_failing_commit_fails_all(tmp_path: Path, world: World) -> None:
    c = connect(str(tmp_path / "shop.db"))
    create_all(c, [probe.module])

    def add(tx: Tx, id: int) -> int:
        open_purse(tx, id)
        if id == 2:
            raise ValueError
        return id

    jobs = [Job(probe.module, None, add, (i,)) for i in (1, 2, 3)]
    failed = commit_group(FailingCommit(c), world, jobs)  # type: ignore[arg-type]
    assert [type(e) for _, _, e, _ in failed] == [Unavailable] * 3
    assert len({id(e) for _, _, e, _ in failed}) == 3
    assert c.execute("SELECT * FROM probe_purses").fetchall() == []
    assert [type(e) for _, _, e, _ in commit_group(c, world, jobs)] == [type(None), ValueError, type(None)]
    assert c.execute("SELECT id FROM probe_purses").fetchall() == [(1,), (3,)]
    c.close()


async def test_a_writer_that_cannot_even_roll_back_gets_a_new_connection(tmp_path: Path, world: World) -> None:
    async with engine_on("sqlite", tmp_path, world, [probe.module]) as engine:
        assert isinstance(engine, SqliteEngine)
        db, real = Database(engine, probe.module), engine.writer
        engine.writer = FailingCommit(real, also="ROLLBACK")  # type: ignore[assignment]
        with pytest.raises(Unavailable):
            await db.write(None, open_purse, 1)
        await db.write(None, open_purse, 2)
        assert await db.read(None, everything) == [(2, 0)]


async def test_modules_may_live_in_files_of_their_own(tmp_path: Path, world: World) -> None:
    (tmp_path / "keys").mkdir()
    async with (
        engine_on("sqlite", tmp_path, world, [probe.module]) as shop,
        engine_on("sqlite", tmp_path / "keys", world, [probe.other]) as keys,
    ):
        await Database(shop, probe.module).write(None, open_purse, 1)
        await Database(keys, probe.other).write(None, lambda tx: tx.run(probe.NOTE, id=1, coins=1))
        assert "neighbour_notes" not in await shop.tables()
        assert "probe_purses" not in await keys.tables()


@pytest.mark.engines
async def test_deadlocks_and_lost_lines_on_mariadb(tmp_path: Path, world: World) -> None:
    async with engine_on("maria", tmp_path, world, [probe.module]) as engine:
        db = Database(engine, probe.module)
        await db.write(None, lambda tx: [open_purse(tx, n) for n in range(4)])

        def crosswise(tx: Tx, order: list[int]) -> None:
            for n in order:
                tx.run(ADD, purse=n, n=1)

        orders = [[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2], [2, 0, 3, 1]] * 5
        await asyncio.gather(*[db.write(None, crosswise, order) for order in orders])
        assert await db.read(None, everything) == [(n, 20) for n in range(4)]

        def cut(tx: Any) -> None:  # the server ends the line in the middle of the unit
            tx.run(ADD, purse=0, n=1)
            tx._raw("KILL CONNECTION_ID()")

        with pytest.raises((Unavailable, Fault)):
            await db.write(None, cut)
        assert await db.write(None, lambda tx: tx.run(ADD, purse=1, n=1)) == 1
        assert await db.read(None, everything) == [(0, 20), (1, 21), (2, 20), (3, 20)]
