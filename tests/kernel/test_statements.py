"""Tables of few kinds of column, statements of one module, parameters that are all there."""

import asyncio
from collections.abc import Sequence

import pytest
from sqlalchemy import BigInteger, Integer, LargeBinary, String, Text, bindparam, delete, insert, select, update

from jishi.kernel import Ask, Database, Engine, Fault, Module, Service, Statement, Tx, batched
from jishi.kernel.columns import count, key
from jishi.kernel.revisions import import_modules
from jishi.kernel.sql import UNIT_ROWS
from jishi.kernel.statements import PADS
from tests.kit import buyer

from . import probe
from .probe import ALL, LOOK, OPEN, everything, notes, open_purse, purses

MODULES = import_modules()
RESERVED = {"lines", "rows", "key", "condition", "groups", "rank", "system", "window", "order", "group", "limit"}


@pytest.mark.parametrize("module", MODULES, ids=lambda m: m.name)
def test_columns_need_no_type_processor_and_names_need_no_quotes(module: Module) -> None:
    for table in module.meta.sorted_tables:
        assert table.name.startswith(module.name.replace(".", "_") + "_")
        assert len(table.name) <= 64
        assert list(table.primary_key), table.name
        for column in table.columns:
            assert type(column.type) in {BigInteger, Integer, String, Text, LargeBinary}, column
            assert column.name not in RESERVED, column
            assert column.default is None, column
            assert column.server_default is None, column
        for foreign in table.foreign_keys:
            assert foreign.column.table.info["module"] is module, foreign
        for index in table.indexes:
            assert len(str(index.name)) <= 64, index


def test_no_statement_crosses_a_module() -> None:
    over_both = [
        select(purses).join(notes, notes.c.id == purses.c.id),
        select(purses.c.id).where(purses.c.id.in_(select(notes.c.id))),
        select(purses.c.id).union(select(notes.c.id)),
        update(purses).values(coins=select(notes.c.coins).scalar_subquery()),
        insert(purses).from_select(["id", "coins"], select(notes.c.id, notes.c.coins)),
        delete(purses).where(select(notes.c.id).where(notes.c.id == purses.c.id).exists()),
        select(purses.alias("p"), notes.alias("n")),
    ]
    for core in over_both:
        with pytest.raises(TypeError, match="no join crosses"):
            Statement(core)


async def test_no_unit_touches_a_neighbour(engine: Engine) -> None:
    db = Database(engine, probe.module)

    def reach(tx: Tx, how: str) -> None:
        open_purse(tx, 1)
        match how:
            case "run":
                tx.run(probe.NOTE, id=1, coins=1)
            case "once":
                tx.once(probe.NOTE, id=1, coins=1)
            case "many":
                tx.many(probe.NOTE, [dict(id=1, coins=1)])
            case "rows":
                tx.rows(probe.NOTES)

    for how in ("run", "once", "many", "rows"):
        with pytest.raises(RuntimeError, match="a unit of probe touches tables of neighbour"):
            await db.write(None, reach, how)
    assert await db.read(None, everything) == []
    assert await Database(engine, probe.other).read(None, probe.noted) == []


async def test_a_parameter_that_is_missing_or_unknown_is_no_null(engine: Engine) -> None:
    db = Database(engine, probe.module)
    wrong: list[dict[str, object]] = [dict(id=1, coins=1), dict(id=1, coins=1, name="a", nmae="a")]
    for values in wrong:
        for one in (lambda tx, v=values: tx.run(OPEN, **v), lambda tx, v=values: tx.many(OPEN, [v])):
            with pytest.raises(TypeError, match=r"missing|unknown"):
                await db.write(None, one)
    assert await db.read(None, everything) == []


async def test_a_nullable_column_may_be_left_out(engine: Engine) -> None:
    module = Module("nullable", listed=False)
    table = module.table("things", key(), count("n", null=True))
    put = Statement(table.insert(), "id", "n")
    assert put.bind("sqlite", dict(id=1))[1] == (1, None)
    assert put.bind_many("mysql", [dict(id=1), dict(id=2, n=3)])[1] == [(1, None), (2, 3)]


async def test_lists_of_every_length_find_their_rows_with_few_texts(engine: Engine) -> None:
    db = Database(engine, probe.module)
    for chunk in range(3):
        await db.write(
            None, lambda tx, c=chunk: tx.many(OPEN, [dict(id=c * 100 + n, coins=n, name="a") for n in range(100)])
        )
    st = Statement(LOOK.core)
    for size in (0, 1, 2, 4, 5, 63, 64, 65, 255, 256):
        found = await db.read(None, lambda tx, n=size: tx.rows(st, ids=list(range(n))))
        assert [row[0] for row in found] == list(range(size))
    assert len(st.forms) == len(PADS)
    assert len(await db.read(None, lambda tx: tx.rows_in(LOOK, "ids", list(range(400))))) == 300
    with pytest.raises(ValueError, match="ids: 257 of at most 256"):
        await db.read(None, lambda tx: tx.rows(st, ids=list(range(257))))


async def test_not_in_an_empty_list_is_refused_and_constants_need_no_parameter(engine: Engine) -> None:
    db = Database(engine, probe.module)
    await db.write(None, lambda tx: tx.many(OPEN, [dict(id=n, coins=n, name="a") for n in range(4)]))
    others = Statement(select(purses.c.id).where(purses.c.id.not_in(bindparam("ids", expanding=True))))
    assert await db.read(None, lambda tx: [r[0] for r in tx.rows(others, ids=[1, 2])]) == [0, 3]
    with pytest.raises(ValueError, match="NOT IN"):
        await db.read(None, lambda tx: tx.rows(others, ids=[]))
    some = Statement(select(purses.c.id).where(purses.c.coins.in_([1, 3]), purses.c.id > bindparam("above")))
    assert await db.read(None, lambda tx: [r[0] for r in tx.rows(some, above=1)]) == [3]


async def test_a_unit_writes_at_most_five_hundred_rows_at_a_time(engine: Engine) -> None:
    db = Database(engine, probe.module)
    rows = [dict(id=n, coins=0, name="a") for n in range(UNIT_ROWS + 1)]
    with pytest.raises(ValueError, match="501 of at most 500"):
        await db.write(None, lambda tx: tx.many(OPEN, rows))
    await db.write(None, lambda tx: tx.many(OPEN, rows[:-1]))
    await db.write(None, lambda tx: tx.many(OPEN, []))
    assert len(await db.read(None, lambda tx: tx.rows(ALL))) == UNIT_ROWS


async def test_texts_keep_their_case_their_accents_and_their_signs(engine: Engine) -> None:
    """MariaDB's usual collation takes A for a and é for e; a unique code must not."""
    db = Database(engine, probe.module)
    names = ["a", "A", "é", "e", "100%", "%s", "中文", "🍵", " a"]
    await db.write(None, lambda tx: tx.many(OPEN, [dict(id=n, coins=0, name=t) for n, t in enumerate(names)]))
    by_name = Statement(select(purses.c.id, purses.c.name).where(purses.c.name == bindparam("called")))
    for n, name in enumerate(names):
        assert await db.read(None, lambda tx, t=name: [tuple(r) for r in tx.rows(by_name, called=t)]) == [(n, name)]


async def test_a_hot_row_is_batched_and_never_oversold(engine: Engine) -> None:
    """Many callers of one row: its guard holds, and they share far fewer commits than there are callers."""
    lock = Statement(select(purses.c.id, purses.c.coins).where(purses.c.id == bindparam("purse")).with_for_update())

    def take_some(tx: Tx, asks: Sequence[Ask]) -> list[int | Fault]:
        left, answers = tx.row(lock, purse=1)[1], list[int | Fault]()
        taken = 0
        for ask in asks:
            n = ask.command.coins
            if taken + n > left:
                answers.append(probe.Empty(1, n))
            else:
                taken += n
                answers.append(left - taken)
        if taken and tx.run(probe.TAKE, purse=1, n=taken) != 1:
            raise RuntimeError("moved")
        return answers

    class Hot(Service):
        take = batched(take_some, needs="take")

    db = Database(engine, probe.module)
    await db.write(None, open_purse, 1, 200)
    service, before = Hot(db, {"buyer": frozenset({"take"})}), engine.commits
    answers = await asyncio.gather(
        *[service.take(buyer(n), probe.Take(1, 1)) for n in range(500)], return_exceptions=True
    )
    assert sorted(a for a in answers if isinstance(a, int)) == list(range(200))
    assert sum(isinstance(a, probe.Empty) for a in answers) == 300
    assert await db.read(None, everything) == [(1, 0)]
    assert engine.commits - before <= 4
