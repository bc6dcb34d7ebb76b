"""What tests of every noun use: engines, a clock, actors."""

import atexit
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from jishi.kernel import Actor, Context, Engine, Module, Statement, World
from jishi.kernel.maria import MariaEngine, MariaTx
from jishi.kernel.schema import table_ddl
from jishi.kernel.sqlite import SqliteEngine, connect, create_all

MARIADB = dict(host="127.0.0.1", port=int(os.environ.get("JISHI_TEST_MARIADB_PORT", "3306")), user="root", password="")
MARIADB_DB = os.environ.get("JISHI_TEST_MARIADB_DB", "test")


class Clock:
    """Milliseconds UTC that pass when a test says so."""

    def __init__(self, ms: int) -> None:
        self.ms = ms

    def __call__(self) -> int:
        return self.ms

    def pass_time(
        self, *, ms: int = 0, seconds: float = 0, minutes: float = 0, hours: float = 0, days: float = 0
    ) -> None:
        self.ms += ms + int(1000 * (seconds + 60 * (minutes + 60 * (hours + 24 * days))))


STAFF = Context(Actor(1, "staff"))


def buyer(id: int = 7, role: str = "buyer") -> Context:
    return Context(Actor(id, role))


def clerk(merchant_id: int, id: int = 3) -> Context:
    return Context(Actor(id, "clerk", merchant_id))


def module(name: str) -> Context:
    """A story of `name` acting for nobody in particular."""
    return Context(Actor(0, "system"), via=name)


@asynccontextmanager
async def engine_on(
    kind: str, path: Path, world: World, modules: Sequence[Module] | None = None
) -> AsyncIterator[Engine]:
    """An open engine with the tables of these modules (every imported one), empty."""
    wanted = list(Module.all.values()) if modules is None else list(modules)
    engine: Engine
    if kind == "sqlite":
        file = path / "shop.db"
        if not file.exists():
            shutil.copyfile(template(tuple(wanted)), file)
        engine = SqliteEngine(world, str(file), modules=modules, durable=False)
        await engine.open()
    else:
        await prepare(wanted)
        engine = TestMaria(world, 4, modules=modules, db=MARIADB_DB, **MARIADB)
        await engine.open()
    try:
        yield engine
    finally:
        await engine.close()


@cache
def template(modules: tuple[Module, ...]) -> str:
    """An empty database of these modules, to be copied: a test's engine starts in milliseconds."""
    folder = tempfile.mkdtemp(prefix="jishi-test-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = folder + "/template.db"
    c = connect(path, durable=False)
    create_all(c, modules)
    c.close()  # the last one: the log is folded into the file
    return path


# MariaDB: tables are made once, and kept between runs while their definition is the same; each test finds them empty.

touched: set[str] = set()  # tables that were written since they were cleaned last
known: set[str] = set()  # tables that this process has made sure of


class RecordingTx(MariaTx):
    def own(self, st: Statement) -> None:
        super().own(st)
        if (table := st.target) is not None:
            touched.add(table.name)


class TestMaria(MariaEngine):
    __test__ = False
    tx = RecordingTx


async def prepare(modules: Sequence[Module]) -> None:
    """Every table of the modules is there as defined now, and empty."""
    import asyncmy

    server = await asyncmy.connect(autocommit=True, charset="utf8mb4", **MARIADB)
    try:
        async with server.cursor() as cur:
            await cur.execute("SET foreign_key_checks = 0, sql_notes = 0")
            if not known:
                await cur.execute(f"CREATE DATABASE IF NOT EXISTS `{MARIADB_DB}` COLLATE utf8mb4_bin")
            await cur.execute(f"USE `{MARIADB_DB}`")
            tables = {t.name: t for m in modules for t in m.meta.sorted_tables}
            if missing := {name: t for name, t in tables.items() if name not in known}:
                await define(cur, missing)
                known.update(missing)
            for name in sorted(touched):
                await cur.execute(f"DELETE FROM `{name}`")
            touched.clear()
    finally:
        server.close()


async def define(cur: Any, tables: dict[str, Any]) -> None:
    await cur.execute("CREATE TABLE IF NOT EXISTS kit_tables (name VARCHAR(128) PRIMARY KEY, hash CHAR(64) NOT NULL)")
    await cur.execute("SELECT name, hash FROM kit_tables")
    kept = dict(await cur.fetchall())
    for name, table in tables.items():
        texts = table_ddl(table, "mysql")
        hash = sha256("".join(texts).encode()).hexdigest()
        if kept.get(name) == hash:
            await cur.execute(f"DELETE FROM `{name}`")
            continue
        await cur.execute("DELETE FROM kit_tables WHERE name = %s", [name])
        for text in (f"DROP TABLE IF EXISTS `{name}`", *texts):
            await cur.execute(text)
        await cur.execute("INSERT INTO kit_tables VALUES (%s, %s)", [name, hash])
