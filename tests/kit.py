"""What tests of every noun use: engines, a clock, actors."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from jishi.kernel import Actor, Context, Engine, World


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
async def engine_on(kind: str, path: Path, world: World) -> AsyncIterator[Engine]:
    """An open engine with every imported module's tables, empty."""
    engine: Engine
    if kind == "sqlite":
        from jishi.kernel.sqlite import SqliteEngine

        engine = SqliteEngine(world, str(path / "shop.db"))
        await engine.open()
    else:
        from jishi.kernel.maria import MariaEngine

        port = int(os.environ.get("JISHI_TEST_MARIADB_PORT", "3306"))
        engine = MariaEngine(
            world,
            4,
            host="127.0.0.1",
            port=port,
            user="root",
            password="",
            db=os.environ.get("JISHI_TEST_MARIADB_DB", "test"),
        )
        await engine.open()
        await engine.create_all()
    try:
        yield engine
    finally:
        await engine.close()
