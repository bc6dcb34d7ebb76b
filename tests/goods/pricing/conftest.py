import pytest

from jishi.kernel import Engine

from .kit import Book, open_book


@pytest.fixture
async def book(engine: Engine) -> Book:
    return open_book(engine)
