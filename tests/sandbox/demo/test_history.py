"""The demo's shop is filled through its own commands: the same at every run, safe to repeat and to go on with."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pytest

from jishi.goods.catalog import Product, ProductQuery
from jishi.goods.pricing import PriceQuery
from jishi.kernel.config import Config, load
from jishi.kernel.world import wall_ms
from jishi.process import opened_then
from jishi.sandbox.demo.fill import DAY_MS, STAFF, House, fill
from jishi.sandbox.demo.history import Diary, History
from jishi.sandbox.demo.offers import put_offers
from jishi.sandbox.demo.past import Clock, Past, past
from jishi.sandbox.demo.photographs import product_ids
from jishi.sandbox.demo.plan import Year, year
from jishi.sandbox.demo.shelves import BY_HANDLE, SHELVES
from jishi.trade.ledger import Verify
from jishi.trade.orders import OrdersQuery
from jishi.trade.reviews import ReviewsQuery

TODAY = 1_795_000_000_000  # ms UTC: the year before it is long over
ORDERS = 24
pytestmark = pytest.mark.slow  # a year of orders takes seconds


def config_of(folder: Path) -> Config:
    return load(env={"JISHI_MODE": "demo", "JISHI_DATA": str(folder), "JISHI_LEVEL": "error"})


def made(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    return folder


@asynccontextmanager
async def shop_of_then(folder: Path) -> AsyncIterator[tuple[Past, House, Diary]]:
    config = config_of(folder)
    with closing(Diary(made(folder) / "year.jsonl", min(TODAY, wall_ms()) - 365 * DAY_MS)) as diary:
        async with past(config, Clock(diary.began - 30 * DAY_MS, diary.later_ms), opened_then) as then:
            house = await fill(then.shop)
            await then.relay.drain()
            yield then, house, diary


def short(orders: int) -> Year:
    """The year's first orders, all within few slots."""
    return year(SHELVES, orders, 7)


async def ordered(then: Past) -> list[tuple[int, str, int, str]]:
    rows = (await then.shop.orders.orders(STAFF, OrdersQuery(limit=50))).rows
    return sorted((r.placed_at - r.placed_at % DAY_MS, r.currency, r.total, r.state) for r in rows)


async def test_the_year_is_the_same_at_every_run_and_its_books_are_in_order(tmp_path: Path) -> None:
    told = list[Any]()
    for n in range(2):
        async with shop_of_then(tmp_path / str(n)) as (then, house, diary):
            history = History(then, house, short(ORDERS), diary)
            await history.prepare()
            await history.run(lambda done, of: None)
            told.append(await ordered(then))
            assert await then.relay.dead() == []
            verdict = await then.shop.ledger.verify(STAFF, Verify())
            assert verdict.broken == 0
            states = Counter(state for *_, state in told[-1])
            assert states["completed"] > ORDERS // 2
    assert told[0] == told[1]
    assert len(told[0]) >= ORDERS - 2


async def test_a_year_that_was_cut_goes_on_where_it_was(tmp_path: Path) -> None:
    async with shop_of_then(tmp_path / "whole") as (then, house, diary):
        history = History(then, house, short(ORDERS), diary)
        await history.prepare()
        await history.run(lambda done, of: None)
        whole = await ordered(then)
        spoken = await said(then)

    with pytest.raises(PowerCut):
        await half_a_year(tmp_path / "cut")
    async with shop_of_then(tmp_path / "cut") as (then, house, diary):
        assert 0 < diary.slots < history.year.slots
        history = History(then, house, short(ORDERS), diary)
        await history.prepare()
        await history.run(lambda done, of: None)
        assert [row[:3] for row in await ordered(then)] == [row[:3] for row in whole]
        assert await said(then) == spoken


class PowerCut(Exception):
    """In the middle of the year."""


async def half_a_year(folder: Path) -> None:
    def told(done: int, of: int) -> None:
        if done == of // 2:
            raise PowerCut

    async with shop_of_then(folder) as (then, house, diary):
        history = History(then, house, short(ORDERS), diary)
        await history.prepare()
        await history.run(told)


async def said(then: Past) -> dict[str, list[tuple[int, str]]]:
    """Stars and words by product."""
    ids = await product_ids(then.shop)
    found = dict[str, list[tuple[int, str]]]()
    for handle, id in ids.items():
        rows = (await then.shop.reviews.reviews(STAFF, ReviewsQuery(id, limit=50))).rows
        if rows:
            found[handle] = sorted((r.stars, r.text) for r in rows)
    return found


async def test_what_is_filled_twice_is_there_once(tmp_path: Path) -> None:
    async with shop_of_then(tmp_path) as (then, house, _):
        ids = await product_ids(then.shop)
        assert ids.keys() == BY_HANDLE.keys()
        flask: Product = await then.shop.catalog.product(STAFF, ProductQuery(handle="travel-flask", skus=50))
        before = await standing(then, flask)
        again = await fill(then.shop)
        assert again.merchants == house.merchants
        assert await product_ids(then.shop) == ids
        assert await standing(then, await then.shop.catalog.product(STAFF, ProductQuery(handle="travel-flask", skus=50))) == before  # fmt: skip
        made = await put_offers(then.shop, house)
        assert await put_offers(then.shop, house) == made


async def standing(then: Past, product: Product) -> Any:
    skus = [(s.code, s.gtin, s.measure) for s in product.skus]
    prices = (await then.shop.pricing.prices(STAFF, PriceQuery([s.listing_id for s in product.skus]))).rows
    return product.facts, product.brand, skus, [(p.listing_id, p.minor) for p in prices]
