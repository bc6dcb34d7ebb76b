import pytest

from jishi.kernel import Engine

from .kit import Shelf, open_shelf


@pytest.fixture
async def shelf(engine: Engine) -> Shelf:
    return open_shelf(engine)
