"""A gateway for each test."""

from collections.abc import AsyncIterator

import pytest

from jishi.kernel import World
from tests.kit import Clock

from .kit import Caller


@pytest.fixture
async def stripe(world: World, clock: Clock) -> AsyncIterator[Caller]:
    caller = Caller(world, clock)
    async with caller.http:
        yield caller
    caller.gateway.store.close()
