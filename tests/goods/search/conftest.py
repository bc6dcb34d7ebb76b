import pytest

from jishi.kernel import Engine, World

from .kit import Market, open_market


@pytest.fixture
async def market(engine: Engine, world: World) -> Market:
    return open_market(engine, world)
