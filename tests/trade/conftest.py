import pytest

from jishi.kernel import Engine
from tests.kit import Clock

from .kit import Trade, open_trade


@pytest.fixture
async def trade(engine: Engine, clock: Clock) -> Trade:
    return await open_trade(engine, clock)
