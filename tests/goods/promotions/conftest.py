import pytest

from jishi.kernel import Engine

from .kit import Desk, open_desk


@pytest.fixture
async def desk(engine: Engine) -> Desk:
    return open_desk(engine)
