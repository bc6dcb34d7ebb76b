import pytest

from jishi.kernel import Engine, World

from .kit import Stock, open_stock


@pytest.fixture
async def stock(engine: Engine, world: World) -> Stock:
    return await open_stock(engine, world)
