"""A house of people: vault with its own key file, notices that land in a list, accounts with a cheap hash."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from jishi.kernel import Engine, World

from .kit import People, people_on


@pytest.fixture
async def people(engine: Engine, tmp_path: Path, world: World) -> AsyncIterator[People]:
    async with people_on(engine, tmp_path, world) as people:
        yield people
