"""The whole demo in one go: goods, pictures and a year of orders before the doors open, and what is left afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import closing

from jishi.kernel.config import Config
from jishi.kernel.world import wall_ms
from jishi.web.faces import Shop

from .bulk import fill_bulk
from .fill import DAY_MS, fill
from .goods import DemoProduct
from .history import Diary, History
from .matrix import put_matrix
from .offers import put_offers
from .past import SEED, Clock, Opening, past
from .photographs import covers, the_rest
from .plan import DAYS, year
from .shelves import SHELVES
from .visits import learn

ORDERS = 2_000
BEFORE_DAYS = 30  # the goods are there before the year begins
Told = Callable[[str, int, int], None]  # (what, done, all)


def silent(what: str, done: int, of: int) -> None:
    """Nobody is told."""


async def make(config: Config, opened: Opening, told: Told = silent, orders: int = ORDERS, products: int = 0) -> None:
    """The shop with all but the later pictures. What was done before a crash is not done again. With `products` so many
    generated ones, for measurements, in place of the shelves' and their pictures."""
    config.folder.mkdir(parents=True, exist_ok=True)
    with closing(Diary(config.folder / "year.jsonl", wall_ms() - DAYS * DAY_MS)) as diary:
        await _make(config, opened, told, orders, products, diary)


async def _make(config: Config, opened: Opening, told: Told, orders: int, products: int, diary: Diary) -> None:
    clock = Clock(diary.began - BEFORE_DAYS * DAY_MS, diary.later_ms)
    async with past(config, clock, opened) as then:
        shop = then.shop
        goods: Sequence[DemoProduct] = SHELVES

        def at_goods(done: int, of: int) -> None:
            told("goods", done, of)

        if products:
            house, goods = await fill_bulk(shop, products, at_goods)
        else:
            house = await fill(shop, at_goods, diary.began + DAYS * DAY_MS)
            await put_matrix(shop, house)
        await then.relay.drain()
        history = History(then, house, year(goods, orders, SEED), diary)
        await history.prepare()
        async with asyncio.TaskGroup() as work:  # the pictures are drawn by other processes
            if not products:
                work.create_task(covers(shop, lambda done, of: told("pictures", done, of)))
            if orders:
                work.create_task(history.run(lambda done, of: told("orders", done, of)))
        clock.to(wall_ms())
        await then.relay.drain()
        await put_offers(shop, house)
        await then.relay.drain()
        await learn(shop)


async def afterwards(shop: Shop) -> None:
    """Beside the pages that are served: every product has all its pictures."""
    await the_rest(shop)
