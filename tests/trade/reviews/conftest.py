from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from jishi.kernel import Engine, World
from tests.kit import Clock

from .kit import Stand, stand_on


@pytest.fixture(params=["sqlite", "memory"])
async def stand(
    request: pytest.FixtureRequest, engine: Engine, tmp_path: Path, world: World, clock: Clock
) -> AsyncIterator[Stand]:
    """On each relational engine with each document store."""
    async with stand_on(engine, request.param, tmp_path, world, clock) as stand:
        yield stand
