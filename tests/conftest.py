"""A clock that tests move, and the two engines. Every module's tests run on both."""

from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

import pytest

from jishi.kernel import EPOCH_MS, Engine, World

from .kit import Clock, engine_on


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def clock() -> Clock:
    return Clock(EPOCH_MS + 10**10)


@pytest.fixture
def world(clock: Clock) -> World:
    return World(now=clock, chance=Random(1))


@pytest.fixture(params=["sqlite", pytest.param("maria", marks=pytest.mark.engines)])
async def engine(request: pytest.FixtureRequest, tmp_path: Path, world: World) -> AsyncIterator[Engine]:
    async with engine_on(request.param, tmp_path, world) as engine:
        yield engine
