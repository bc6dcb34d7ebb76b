"""A database that is created whole is the one that all revisions lead to, on both engines."""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import Index, MetaData

from jishi.kernel import Engine, Module, World
from jishi.kernel.columns import code, count, key
from jishi.kernel.maria import MariaEngine
from jishi.kernel.migrations import Outdated, create_or_check, heads, upgrade
from jishi.kernel.revisions import import_modules, write_revision
from jishi.kernel.sqlite import SqliteEngine
from tests import kit


async def fresh(kind: str, path: Path, world: World, modules: Sequence[Module]) -> Engine:
    """An engine on a database without any table."""
    engine: Engine
    if kind == "sqlite":
        engine = SqliteEngine(world, f"{path}.db", modules=modules, durable=False)
    else:
        import asyncmy

        name = f"{kit.MARIADB_DB}_{path.name}"
        server = await asyncmy.connect(autocommit=True, **kit.MARIADB)
        async with server.cursor() as cur:
            await cur.execute("SET sql_notes = 0")
            await cur.execute(f"DROP DATABASE IF EXISTS `{name}`")
            await cur.execute(f"CREATE DATABASE `{name}` COLLATE utf8mb4_bin")
        server.close()
        engine = MariaEngine(world, 2, modules=modules, db=name, **kit.MARIADB)
    await engine.open()
    return engine


def parts(sql: str) -> list[str]:
    """The members of a definition: what its outermost commas part."""
    text, depth = re.sub(r"\s+", " ", sql), 0
    cut = list[str]()
    for c in text:
        depth += {"(": 1, ")": -1}.get(c, 0)
        cut.append("\n" if (c == "," and depth == 1) or (c == "(" and depth == 1) else c)
    return [re.sub(r"[() ]+", " ", part).strip() for part in "".join(cut).split("\n")]


async def shape(engine: Engine) -> dict[str, list[str]]:
    """What defines each table, without the order of columns and constraints."""
    found = dict[str, list[str]]()
    for table in sorted(await engine.tables()):
        if engine.dialect == "sqlite":
            rows = await engine.ask(f"SELECT sql FROM sqlite_master WHERE tbl_name = '{table}' AND sql IS NOT NULL")
            texts = [part for row in rows for part in parts(row[0])]
        else:
            ((_, text),) = await engine.ask(f"SHOW CREATE TABLE `{table}`")
            texts = re.sub(r"CONSTRAINT `CONSTRAINT_\d+` ", "", text).splitlines()  # numbered in order of arrival
        found[table] = sorted(t.strip().rstrip(",") for t in texts)
    return found


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("maria", marks=pytest.mark.engines)])
async def test_the_created_database_is_the_upgraded_one(kind: str, tmp_path: Path, world: World) -> None:
    """Slow on MariaDB: it defines every table of the shop twice."""
    modules = import_modules()
    made, upgraded = [await fresh(kind, tmp_path / name, world, modules) for name in ("made", "upgraded")]
    try:
        assert await create_or_check(made) is True
        assert sorted(await upgrade(upgraded)) == sorted(f"{name}_{n:04d}" for name, n in heads(modules).items())
        left, right = await shape(made), await shape(upgraded)
        assert left.keys() == right.keys()
        assert {name: text for name, text in left.items() if right[name] != text} == {}
        assert set(await made.ask("SELECT version_num FROM alembic_version")) == set(
            await upgraded.ask("SELECT version_num FROM alembic_version")
        )
        for engine in (made, upgraded):
            assert await create_or_check(engine) is False
            assert await upgrade(engine) == []
    finally:
        await made.close()
        await upgraded.close()


def purses(*more: object) -> Module:
    """A module as its tables are at one moment of its life."""
    module = Module("tests.purse", listed=False)
    module.table("purses", key(), count("coins"), *more)
    return module


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("maria", marks=pytest.mark.engines)])
async def test_a_module_grows_by_revisions_and_keeps_its_rows(kind: str, tmp_path: Path, world: World) -> None:
    folder = tmp_path / "versions"
    folder.mkdir()
    first = purses()
    assert write_revision(first, "first", folder) == folder / "tests_purse_0001.py"
    assert write_revision(first, "again", folder) is None
    engine = await fresh(kind, tmp_path / "grows", world, [first])
    assert await create_or_check(engine, folder) is True
    await engine.script(["INSERT INTO tests_purse_purses (id, coins) VALUES (1, 5)"])

    second = purses(code("name", 8, null=True))
    table = second.meta.tables["tests_purse_purses"]
    Index("ix_tests_purse_purses_name", table.c.name)
    assert write_revision(second, "purses have names", folder) == folder / "tests_purse_0002.py"
    engine._modules = [second]
    with pytest.raises(Outdated, match="tests_purse"):
        await create_or_check(engine, folder)
    assert await upgrade(engine, folder) == ["tests_purse_0002"]
    assert await create_or_check(engine, folder) is False
    assert await engine.ask("SELECT id, coins, name FROM tests_purse_purses") == [(1, 5, None)]
    other = await fresh(kind, tmp_path / "whole", world, [second])
    assert await create_or_check(other, folder) is True
    assert await shape(other) == await shape(engine)

    (folder / "tests_purse_0002.py").unlink()  # the code of yesterday meets the database of today
    engine._modules = [first]
    assert await create_or_check(engine, folder) is False
    await engine.close()
    await other.close()


async def test_a_revision_that_fails_leaves_the_embedded_database_as_it_was(tmp_path: Path, world: World) -> None:
    folder = tmp_path / "versions"
    folder.mkdir()
    first = purses()
    path = write_revision(first, "first", folder)
    assert path
    path.write_text(path.read_text() + '    op.execute("INSERT INTO nothing VALUES (1)")\n')
    engine = await fresh("sqlite", tmp_path / "fails", world, [first])
    with pytest.raises(Exception, match="nothing"):
        await upgrade(engine, folder)
    assert await engine.tables() == set()
    await engine.close()


async def test_a_module_without_a_revision_does_not_start(tmp_path: Path, world: World) -> None:
    engine = await fresh("sqlite", tmp_path / "none", world, [purses()])
    with pytest.raises(RuntimeError, match=r"no revision of tests\.purse"):
        await create_or_check(engine)
    assert await engine.tables() == set()
    await engine.close()
    assert isinstance(purses().meta, MetaData)
