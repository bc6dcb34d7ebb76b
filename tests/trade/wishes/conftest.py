import pytest

from jishi.kernel import Engine
from tests.kit import Clock

from .kit import Stand, stand_on


@pytest.fixture
async def stand(engine: Engine, clock: Clock) -> Stand:
    return stand_on(engine, clock)
