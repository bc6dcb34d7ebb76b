"""A production made by one test is not lenient in the next."""

from collections.abc import Iterator

import pytest

from jishi.kernel import i18n


@pytest.fixture(autouse=True)
def strict_words() -> Iterator[None]:
    yield
    i18n.shipped().strict = True
