"""The engines, with the probe's tables alone."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from jishi.kernel import Engine, World
from tests.kit import engine_on

from . import probe


@pytest.fixture(params=["sqlite", pytest.param("maria", marks=pytest.mark.engines)])
async def engine(request: pytest.FixtureRequest, tmp_path: Path, world: World) -> AsyncIterator[Engine]:
    async with engine_on(request.param, tmp_path, world, [probe.module, probe.other]) as engine:
        yield engine
