"""Engines with the tables of payments and its ledger."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from jishi.kernel import Engine, World
from jishi.trade.ledger.tables import module as books
from jishi.trade.payments.tables import module
from tests.kit import engine_on


@pytest.fixture(params=["sqlite", pytest.param("maria", marks=pytest.mark.engines)])
async def engine(request: pytest.FixtureRequest, tmp_path: Path, world: World) -> AsyncIterator[Engine]:
    async with engine_on(request.param, tmp_path, world, [module, books]) as engine:
        yield engine
