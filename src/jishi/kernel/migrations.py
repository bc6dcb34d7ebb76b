"""A new database is created whole and stamped, an older one is upgraded by Alembic: one branch a module.

A revision is called after its module and its number, `goods_inventory_0002`; so a start knows the heads by the names of
the files alone and compares them in one query, without Alembic."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from .schema import ddl
from .sql import Engine, Module

VERSIONS = Path(__file__).parent.parent / "migrations" / "versions"
TABLE = "alembic_version"
VERSION_TABLE = f"CREATE TABLE IF NOT EXISTS {TABLE} (version_num VARCHAR(64) NOT NULL PRIMARY KEY)"
LOCK_S = 60  # another process may be migrating


class Outdated(RuntimeError):
    """The database is older than the code."""

    def __init__(self, behind: Iterable[str]) -> None:
        super().__init__(f"behind in {', '.join(sorted(behind))}: run `jishi migrate`")


def stem(module: Module) -> str:
    """What its revisions and tables begin with."""
    return module.name.replace(".", "_")


def numbers(revisions: Iterable[str]) -> dict[str, int]:
    """The highest number of each stem."""
    found: dict[str, int] = {}
    for revision in revisions:
        name, _, number = revision.rpartition("_")
        found[name] = max(found.get(name, 0), int(number))
    return found


def heads(modules: Sequence[Module], folder: Path = VERSIONS) -> dict[str, int]:
    """The newest revision's number of each module, by its stem. RuntimeError: a module has none."""
    there = numbers(path.stem for path in folder.glob("*_[0-9][0-9][0-9][0-9].py"))
    if missing := [m.name for m in modules if stem(m) not in there]:
        raise RuntimeError(f"no revision of {', '.join(missing)}: python -m jishi.kernel.revisions")
    return {stem(m): there[stem(m)] for m in modules}


async def create_or_check(engine: Engine, folder: Path = VERSIONS) -> bool:
    """The engine's modules have their tables. True: they were made now. Outdated: some are older than the code.

    A database that is newer is no fault: old code survives each step of expand, migrate, contract."""
    wanted = heads(engine.modules, folder)
    if TABLE in await engine.tables():
        if late := await behind(engine, wanted):
            raise Outdated(late)
        return False
    stamps = ", ".join(f"('{name}_{number:04d}')" for name, number in sorted(wanted.items()))
    # stamped last: MariaDB cannot take definitions back, and what was half made is then made whole by the next start
    stamp = f"INSERT INTO {TABLE} (version_num) VALUES {stamps}"
    await engine.script([*ddl(engine.modules, engine.dialect), VERSION_TABLE, stamp])
    return True


async def behind(engine: Engine, wanted: Mapping[str, int] | None = None) -> list[str]:
    """The modules of a stamped database that are older than the code (`wanted`: its heads)."""
    wanted = heads(engine.modules) if wanted is None else wanted
    found = numbers(row[0] for row in await engine.ask(f"SELECT version_num FROM {TABLE}"))
    return [name for name, number in wanted.items() if found.get(name, 0) < number]


async def upgrade(engine: Engine, folder: Path = VERSIONS) -> list[str]:
    """The engine's modules are at their heads. Answers the revisions that were run."""
    if engine.dialect == "sqlite":
        return await asyncio.to_thread(_upgrade_sqlite, engine, folder)
    from sqlalchemy.ext.asyncio import create_async_engine

    alchemy = create_async_engine(engine.url)
    try:
        async with alchemy.connect() as c:
            return await c.run_sync(_upgrade_maria, engine.modules, folder)
    finally:
        await alchemy.dispose()


def _upgrade_sqlite(engine: Engine, folder: Path) -> list[str]:
    """In one transaction: a revision that fails leaves the database as it was."""
    from sqlalchemy import create_engine, event

    alchemy = create_engine(engine.url)
    event.listen(alchemy, "connect", lambda raw, _: setattr(raw, "isolation_level", None))
    event.listen(alchemy, "begin", lambda c: c.exec_driver_sql("BEGIN IMMEDIATE"))
    try:
        with alchemy.begin() as c:
            return run(c, engine.modules, folder)
    finally:
        alchemy.dispose()


def _upgrade_maria(c: Any, modules: Sequence[Module], folder: Path) -> list[str]:
    if not c.exec_driver_sql(f"SELECT GET_LOCK('jishi.migrations', {LOCK_S})").scalar():
        raise TimeoutError("another process is migrating")
    try:
        done = run(c, modules, folder)
        c.commit()
        return done
    finally:
        c.exec_driver_sql("SELECT RELEASE_LOCK('jishi.migrations')")


def run(c: Any, modules: Sequence[Module], folder: Path) -> list[str]:
    """All revisions of these modules that have not been run, on an open SQLAlchemy connection."""
    from alembic.operations import Operations
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    script = ScriptDirectory(str(folder.parent), version_locations=[str(folder)])
    targets: Any = tuple(f"{name}_{number:04d}" for name, number in sorted(heads(modules, folder).items()))
    done: list[str] = []

    def steps(revision: Any, context: Any) -> Any:
        newer = script._upgrade_revs(targets, revision)  # as alembic's own `upgrade` command does
        done.extend(step.revision.revision for step in newer)
        return newer

    c.exec_driver_sql(VERSION_TABLE)
    context = MigrationContext.configure(c, opts={"fn": steps})
    with context.begin_transaction(), Operations.context(context):
        context.run_migrations()
    return done
