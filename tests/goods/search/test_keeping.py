"""The index follows the shop: by events, in every process, through restarts and rebuilds."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from jishi.goods.catalog import PutCategory, PutProduct, SetStatus, SkuDraft
from jishi.goods.inventory import Adjust, LevelsQuery
from jishi.goods.pricing import PriceDraft, SetPrices
from jishi.goods.search import Rebuild, handlers as own
from jishi.goods.search.handlers import is_news
from jishi.kernel import Context, Engine, World
from jishi.trade.orders import Confirmed, Placed
from jishi.trade.reviews import Rated
from tests.kit import STAFF, Clock

from .kit import ACME, GUEST, Market, open_market

ROUNDS = 100


async def tell(market: Market, event: Any, unit: Any) -> None:
    await market.search.db.write(None, lambda tx: unit(tx, event))


async def test_what_is_published_is_found_and_what_is_archived_is_not(market: Market) -> None:
    id = await market.product("cup", "保温杯", "Travel cup")
    assert await market.handles("cup") == ["cup"]
    await market.catalog.set_status(STAFF, SetStatus(id, "archived"))
    assert await market.handles("cup") == []
    await market.catalog.set_status(STAFF, SetStatus(id, "published"))
    assert await market.handles("保温杯") == ["cup"]


async def test_a_price_and_the_last_piece_are_seen_by_their_events(market: Market) -> None:
    await market.product("cup", en="Cup", minor=1_000)
    await market.product("mug", en="Mug for a cup", minor=900)
    product = await market.catalog.product(STAFF, _by("cup"))
    first = (await market.find("cup", sort="price_up")).rows
    assert [(h.handle, h.minor) for h in first] == [("mug", 900), ("cup", 1_000)]
    drafts = [PriceDraft(product.skus[0].listing_id, "CN", "CNY", 500)]
    await market.pricing.set_prices(STAFF, SetPrices(ACME, drafts))
    assert (await market.find("cup", sort="price_up")).rows[0].minor == 500
    levels = (await market.inventory.levels(STAFF, LevelsQuery())).rows
    mine = next(x for x in levels if x.stock_item_id == product.skus[0].components[0].stock_item_id)
    await market.inventory.adjust(STAFF, Adjust(99, mine.stock_id, -mine.on_hand, "lost"))
    found = (await market.find("cup", sort="price_up")).rows
    assert [(h.handle, h.in_stock) for h in found] == [
        ("mug", True),
        ("cup", False),
    ]  # sold out comes last, cheap or not
    assert await market.handles("cup", in_stock=True) == ["mug"]


def _by(handle: str) -> Any:
    from jishi.goods.catalog import ProductQuery

    return ProductQuery(handle=handle, skus=10)


async def test_paid_orders_count_whatever_comes_first_and_unpaid_ones_do_not(market: Market) -> None:
    await market.product("cup", en="Cup")
    await market.product("pot", en="Pot")
    cup, pot = [(await market.catalog.product(STAFF, _by(h))).skus[0].listing_id for h in ("cup", "pot")]
    await tell(market, own.Placed(1, [(cup, 2), (pot, 1)]), own.order_placed)
    await tell(market, own.Placed(2, [(pot, 9)]), own.order_placed)  # never paid
    await tell(market, own.Confirmed(1), own.order_confirmed)
    await tell(market, own.Confirmed(3), own.order_confirmed)  # told before it was placed
    await tell(market, own.Placed(3, [(cup, 1)]), own.order_placed)
    rows = (await market.find(sort="sales")).rows
    assert [(h.handle, h.sold) for h in rows] == [("cup", 3), ("pot", 1)]


async def test_the_latest_word_on_stars_counts(market: Market) -> None:
    id = await market.product("cup", en="Cup")
    await tell(market, own.Rated(id, 2, 10, 200), own.product_rated)
    await tell(market, own.Rated(id, 1, 1, 100), own.product_rated)  # an older one, late
    (hit,) = (await market.find("cup")).rows
    assert (hit.rated, hit.stars) == (2, 500)


def test_our_shapes_of_others_events_are_theirs() -> None:
    """Contract: the same topic, and each field that is read is there with its type."""
    for ours, theirs in ((own.Placed, Placed), (own.Confirmed, Confirmed), (own.Rated, Rated)):
        assert ours.topic() == theirs.topic()
        fields = {f: theirs.__annotations__[f] for f in ours.__annotations__}
        assert {k: str(v) for k, v in fields.items()} == {k: str(v) for k, v in ours.__annotations__.items()}


def test_a_best_seller_is_told_ever_more_seldom() -> None:
    told = sum(is_news(n, 1) for n in range(10_000))
    assert all(is_news(n, 1) for n in range(20))
    assert told < 250


async def test_a_second_process_hears_of_what_the_first_delivered(engine: Engine, world: World) -> None:
    first, second = open_market(engine, world), open_market(engine, world)
    await first.product("cup", en="Cup")
    assert await first.handles("cup") == ["cup"]
    found = await second.search.find(GUEST, _ask("cup"))  # its relay never ran
    assert [h.handle for h in found.rows] == ["cup"]
    await first.product("mug", en="Another cup")
    await first.relay.drain()
    assert len((await second.search.find(GUEST, _ask("cup"))).rows) == 2


def _ask(words: str) -> Any:
    from jishi.goods.search import FindQuery

    return FindQuery(words)


async def test_the_folder_serves_after_a_restart_and_catches_up(engine: Engine, world: World, tmp_path: Path) -> None:
    first = open_market(engine, world, tmp_path / "index")
    await first.product("cup", en="Cup")
    assert await first.handles("cup") == ["cup"]
    first.search.keeper.shelf.close()
    await first.product("mug", en="Cup with a handle")
    await first.relay.drain()
    again = open_market(engine, world, tmp_path / "index")
    built: list[int] = []
    again.search.keeper.build = lambda: built.append(1)  # type: ignore[method-assign,assignment]
    assert len((await again.search.find(GUEST, _ask("cup"))).rows) == 2
    assert built == []  # caught up, not built
    again.search.keeper.shelf.close()


async def test_a_rebuild_that_dies_leaves_the_old_one_and_the_next_start_builds(
    engine: Engine, world: World, tmp_path: Path
) -> None:
    market = open_market(engine, world, tmp_path / "index")
    for n in range(5):
        await market.product(f"cup-{n}", en=f"Cup {n}")
    assert len(await market.handles("cup")) == 5
    await market.search.rebuild(STAFF, Rebuild())
    keeper, whole = market.search.keeper, market.search.keeper.gatherer.entries

    async def dies(*args: Any) -> Any:
        raise ConnectionError("killed")

    keeper.gatherer.entries = dies  # type: ignore[method-assign]
    with pytest.raises(ConnectionError):
        await market.search.find(GUEST, _ask("cup"))
    assert keeper.volume is keeper.shelf.serving
    assert keeper.volume is not None
    assert keeper.volume.size == 5  # the old one serves
    assert len([d for d in (tmp_path / "index").iterdir() if d.is_dir()]) == 2
    keeper.shelf.close()
    again = open_market(engine, world, tmp_path / "index")
    assert len((await again.search.find(GUEST, _ask("cup"))).rows) == 5
    assert len([d for d in (tmp_path / "index").iterdir() if d.is_dir()]) == 1  # the half one is gone
    keeper.gatherer.entries = whole  # type: ignore[method-assign]
    again.search.keeper.shelf.close()


async def test_it_serves_while_it_is_built_and_misses_no_change(engine: Engine, world: World, tmp_path: Path) -> None:
    market = open_market(engine, world, tmp_path / "index")
    for n in range(3):
        await market.product(f"cup-{n}", en=f"Cup {n}")
    assert len(await market.handles("cup")) == 3
    keeper, page, seen = market.search.keeper, market.search.keeper.gatherer.page, list[int]()

    async def slowly(cursor: str) -> Any:
        ids = await page(cursor)
        await market.product("late", en="Cup that came meanwhile")
        await market.relay.drain()
        seen.append(len((await _plain(market, "cup")).rows))  # answered in the middle of it
        return ids

    keeper.gatherer.page = slowly  # type: ignore[method-assign]
    before = keeper.volume
    await keeper.build()
    assert seen == [3]
    assert keeper.volume is not before
    assert len((await market.search.find(GUEST, _ask("cup"))).rows) == 4
    keeper.shelf.close()


async def _plain(market: Market, words: str) -> Any:
    """An answer of the volume that serves, without catching up."""
    k = market.search.keeper
    assert k.volume is not None
    return market.search.finder.find(GUEST, _ask(words), k.volume, k.names, k.rules)


async def test_a_running_keeper_makes_a_change_visible_in_a_second(
    engine: Engine, world: World, tmp_path: Path
) -> None:
    market = open_market(engine, world, tmp_path / "index")
    engine.on_commit = market.relay.wake
    tasks = [asyncio.create_task(market.relay.run()), asyncio.create_task(market.search.keep())]
    try:
        await market.product("cup", en="Cup")
        async with asyncio.timeout(20):
            while not (market.search.keeper.volume and await _found(market, "cup")):  # noqa: ASYNC110  # polled as buyers do
                await asyncio.sleep(0.02)
        loop = asyncio.get_running_loop()
        await market.product("mug", en="Mug")
        began = loop.time()
        async with asyncio.timeout(5):
            while not await _found(market, "mug"):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        assert loop.time() - began < 3  # a second on a machine of its own
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _found(market: Market, words: str) -> bool:
    return bool((await market.search.find(GUEST, _ask(words))).rows)


async def test_names_of_categories_find_their_goods_also_when_they_change(market: Market) -> None:
    await market.catalog.put_category(STAFF, PutCategory("c", {"en": "Drinkware"}))
    await market.product("cup", en="Cup", category="c")
    assert await market.handles("drinkware") == ["cup"]
    await market.catalog.put_category(STAFF, PutCategory("c", {"en": "Vessels"}))
    await market.product("pot", en="Pot", category="c")
    assert sorted(await market.handles("vessels")) == ["cup", "pot"]


async def test_what_is_too_old_is_forgotten(market: Market, clock: Clock) -> None:
    from jishi.goods.search.commands import clean

    await market.product("cup", en="Cup")
    await market.find("cup")
    await market.search.write_down()
    clock.pass_time(days=91)
    await market.search.db.write(None, clean)
    tables = market.search.db.module.meta.tables
    rows = await market.search.db.read(None, _count, tables)
    assert rows == {"goods_search_changes": 0, "goods_search_asked": 0, "goods_search_orders": 0}


def _count(tx: Any, tables: Any) -> dict[str, int]:
    from sqlalchemy import func, select

    from jishi.kernel import Statement

    names = ("goods_search_changes", "goods_search_asked", "goods_search_orders")
    return {n: tx.row(Statement(select(func.count()).select_from(tables[n])))[0] for n in names}


async def test_markets_have_prices_of_their_own(market: Market) -> None:
    await market.product("cup", en="Cup", markets={"CN": ("CNY", 900), "DE": ("EUR", 120)})
    german = Context(GUEST.actor, market="DE", currency="EUR")
    assert (await market.find("cup", german)).rows[0].minor == 120
    assert (await market.find("cup")).rows[0].minor == 900
    assert (await market.find("cup", Context(GUEST.actor, market="US", currency="USD"))).rows[0].minor is None


async def test_codes_and_gtins_come_before_words(market: Market) -> None:
    sku = SkuDraft("CUP-480", gtin="4006381333931")
    await market.product("plain", en="Plain vessel", skus=[sku])
    await market.product("loud", en="CUP-480 CUP-480", skus=[SkuDraft("X-1")])
    assert (await market.handles("cup-480"))[0] == "plain"
    assert (await market.handles("CUP480"))[0] == "plain"
    assert await market.handles("4006381333931") == ["plain"]


async def test_put_unchanged_writes_no_change(market: Market) -> None:
    await market.product("cup", en="Cup")
    await market.find("cup")
    turn = market.search.keeper.turn
    await market.catalog.put(STAFF, PutProduct(ACME, "cup", {"en": "Cup"}, skus=[SkuDraft("CUP")]))
    await market.find("cup")
    assert market.search.keeper.turn == turn
