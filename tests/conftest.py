"""A clock that tests move, and the two engines. Every module's tests run on both."""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

import pytest
from hypothesis import settings

from jishi.kernel import EPOCH_MS, Engine, World

from .kit import Clock, engine_on

settings.register_profile("jishi", deadline=None)  # a busy machine is no fault; pytest's timeout bounds every test
settings.load_profile("jishi")


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


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """In CI a skipped test is a failed one: nothing may pass by not being run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("JISHI_NO_SKIPS") and reporter is not None and reporter.stats.get("skipped"):
        reporter.write_line("skipped tests are failures here (JISHI_NO_SKIPS)", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
