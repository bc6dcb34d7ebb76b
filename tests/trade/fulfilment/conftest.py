import pytest

from jishi.kernel import Engine
from tests.kit import Clock

from .kit import House, house as made


@pytest.fixture
async def house(engine: Engine, clock: Clock) -> House:
    return await made(engine, clock)
