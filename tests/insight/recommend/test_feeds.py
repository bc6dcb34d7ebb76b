"""A feed shows only what can be bought now, says why, stays full, and knows nobody who has not allowed it."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from jishi.goods.catalog import PutProduct, SetRecall, SetStatus, SkuDraft
from jishi.goods.inventory import SetSafety
from jishi.goods.pricing import PriceQuery
from jishi.insight.recommend import (
    BesideQuery,
    FeedQuery,
    ModelsQuery,
    NothingToLearn,
    Train,
    UnknownPlace,
)
from jishi.insight.recommend.commands import DAY_MS
from jishi.insight.recommend.service import RecommendService
from jishi.insight.recommend.tables import pairs, sold
from jishi.kernel import SYSTEM, Context, Engine, Forbidden, Invalid, Statement
from tests.insight.kit import NO, Count, allow, crowd, look_at, shelf
from tests.kit import STAFF, Clock, buyer, clerk
from tests.web.town import Town

ME, NOBODY = buyer(7), buyer(0, "guest")


async def feed(place: Town, ctx: Context = ME, where: str = "home", **named: Any) -> list[tuple[int, str]]:
    found = await place.shop.recommend.feed(ctx, FeedQuery(where, **named))
    assert len({r.product_id for r in found.rows}) == len(found.rows)
    return [(r.product_id, r.reason.key.rpartition(".")[2]) for r in found.rows]


@pytest.fixture
async def goods(place: Town) -> list[int]:
    return await shelf(place, 24)


@pytest.fixture
async def taught(place: Town, goods: list[int]) -> list[int]:
    await crowd(place, goods)
    await place.shop.recommend.train(STAFF, Train())
    return goods


async def test_a_young_shop_shows_what_is_new(place: Town, goods: list[int]) -> None:
    rows = await feed(place)
    assert len(rows) == 10
    assert {why for _, why in rows} == {"new"}
    with pytest.raises(NothingToLearn) as e:
        await place.shop.recommend.train(STAFF, Train())
    assert e.value.visitors == 0
    assert (await place.shop.recommend.models(STAFF, ModelsQuery())).rows == []


async def test_newcomers_see_what_sells_the_latest_first(place: Town, goods: list[int], clock: Clock) -> None:
    await crowd(place, goods[:8], 12)
    clock.pass_time(days=20)
    people = await crowd(place, goods[8:16], 6)
    assert len(people) == 6
    rows = await feed(place, NOBODY)
    assert {why for _, why in rows} == {"popular"}
    assert {p for p, _ in rows[:3]} <= set(goods[8:16]) | set(goods[:8])
    old = [p for p, why in rows if p in goods[:8]]
    assert rows.index((old[0], "popular")) > 0


async def test_own_history_leads_to_its_own_kind_and_says_so(place: Town, taught: list[int]) -> None:
    await allow(place, ME)
    await look_at(place, ME, taught[0], taught[1])
    found = await place.shop.recommend.feed(ME, FeedQuery("home", limit=6))
    assert found.personal
    assert {r.product_id for r in found.rows} <= set(taught[2:12])
    assert {r.reason.key for r in found.rows} == {"recommend.why.viewed"}
    assert {r.reason.inputs["product_id"] for r in found.rows} <= set(taught[:2])


async def test_nobodys_feed_and_a_refusals_are_what_everybody_sees(place: Town, taught: list[int]) -> None:
    plain = await feed(place, NOBODY)
    await look_at(place, ME, taught[0], taught[1])
    assert await feed(place) == plain
    await allow(place, ME)
    await look_at(place, ME, taught[0], taught[1])
    assert await feed(place) != plain
    assert await feed(place, personal=False) == plain
    await allow(place, ME, **NO)
    assert await feed(place) == plain  # at once, before the withdrawal has been told to anybody


@pytest.mark.parametrize("how", ["archived", "draft", "recalled", "sold_out", "off_sale", "no_price"])
async def test_what_cannot_be_bought_is_never_shown_and_the_row_stays_full(
    place: Town, taught: list[int], how: str
) -> None:
    await allow(place, ME)
    await look_at(place, ME, taught[0])
    before = [p for p, _ in await feed(place, limit=8)]
    for p in before[:4]:
        await spoil(place, taught, p, how)
    ctx = ME
    for ask in (
        feed(place, ctx, limit=8),
        feed(place, ctx, "cart", product_ids=[taught[1]], limit=8),
        feed(place, NOBODY, limit=8),
    ):
        rows = await ask
        assert len(rows) == 8
        assert not {p for p, _ in rows} & set(before[:4])
    for verb in (place.shop.recommend.similar, place.shop.recommend.together, place.shop.recommend.popular):
        rows = (await verb(ctx, BesideQuery([taught[0]], 8))).rows
        assert not {r.product_id for r in rows} & {taught[0], *before[:4]}


async def spoil(place: Town, goods: list[int], product_id: int, how: str) -> None:
    shop, n = place.shop, goods.index(product_id)
    if how in ("archived", "draft"):
        await shop.catalog.set_status(STAFF, SetStatus(product_id, how))
    elif how == "recalled":
        await shop.catalog.recall(STAFF, SetRecall(product_id, recalled=True, notices={"en": "x", "zh-CN": "x"}))
    elif how == "sold_out":
        level = next(x for x in (await levels(place, product_id)))
        await shop.inventory.set_safety(STAFF, SetSafety(level.stock_id, 20))
    elif how == "off_sale":
        names = {"zh-CN": "别的", "en": "Other"}
        draft = PutProduct(place.merchant["lamp"], f"thing-{n}", names, skus=[SkuDraft(f"OTHER-{n}")])
        await shop.catalog.put(STAFF, draft)  # the SKU with price and stock is no longer named
    else:
        place.shop.recommend.counter.pricing = Priceless(place.shop.recommend.counter.pricing, place, n)


class Priceless:
    """The market has no price for this listing."""

    def __init__(self, inner: Any, place: Town, n: int) -> None:
        self.inner, self.listing = inner, place.listing[f"thing-{n}"]

    async def prices(self, ctx: Context, query: PriceQuery, /) -> Any:
        return await self.inner.prices(ctx, PriceQuery([x for x in query.listing_ids if x != self.listing]))


async def levels(place: Town, product_id: int) -> list[Any]:
    from jishi.goods.catalog import ListingsQuery
    from jishi.goods.inventory import Availability

    listing = (await place.shop.catalog.listings(STAFF, ListingsQuery(product_ids=[product_id]))).rows[0]
    items = [c.stock_item_id for c in listing.components]
    return list((await place.shop.inventory.availability(STAFF, Availability(items))).rows)


async def test_another_market_without_prices_shows_nothing(place: Town, taught: list[int]) -> None:
    import msgspec

    abroad = msgspec.structs.replace(ME, market="DE", currency="EUR")
    assert await feed(place, abroad) == []


async def test_what_was_just_bought_and_what_lies_in_the_cart_is_not_shown(place: Town, taught: list[int]) -> None:
    await allow(place, ME)
    await look_at(place, ME, taught[0], taught[1])
    first = (await feed(place))[0][0]
    await look_at(place, ME, first, kind="buy")
    cart = [taught[2], taught[3]]
    for where in ("home", "cart", "empty_search"):
        assert not {first, *cart} & {p for p, _ in await feed(place, ME, where, product_ids=cart, limit=24)}


async def test_a_cart_is_told_what_is_bought_with_it(place: Town, taught: list[int]) -> None:
    rows = await feed(place, NOBODY, "cart", product_ids=[taught[0]], limit=4)
    assert rows[0][1] == "together"
    assert rows[0][0] in taught[1:12]
    together = (await place.shop.recommend.together(NOBODY, BesideQuery([taught[0]], 3))).rows
    assert together
    assert {r.reason.inputs["product_id"] for r in together} == {taught[0]}


async def test_similar_goods_are_of_the_same_taste_and_then_of_the_same_category(
    place: Town, taught: list[int]
) -> None:
    rows = (await place.shop.recommend.similar(NOBODY, BesideQuery([taught[0]], 24))).rows
    likes = [r.product_id for r in rows if r.reason.key == "recommend.why.like"]
    assert likes
    assert set(likes) <= set(taught[1:12])
    assert {r.reason.key for r in rows} <= {f"recommend.why.{x}" for x in ("like", "kin", "popular", "new")}


async def test_wrong_questions_are_refused(place: Town) -> None:
    with pytest.raises(UnknownPlace):
        await feed(place, where="attic")
    for wrong in (FeedQuery("home", limit=0), FeedQuery("home", limit=49), FeedQuery("home", list(range(1, 52)))):
        with pytest.raises(Invalid):
            await place.shop.recommend.feed(ME, wrong)
    for ctx in (ME, clerk(3)):
        with pytest.raises(Forbidden):
            await place.shop.recommend.train(ctx, Train())
        with pytest.raises(Forbidden):
            await place.shop.recommend.models(ctx, ModelsQuery())


async def test_a_feed_asks_a_bounded_number_of_questions(place: Town, taught: list[int], engine: Engine) -> None:
    await allow(place, ME)
    await look_at(place, ME, taught[0])
    with Count(place, engine) as count:
        assert {why for _, why in await feed(place, limit=4)} == {"viewed"}
    assert count.n == 5  # consent, trails, listings, stock, prices
    with Count(place, engine) as count:
        assert len(await feed(place, limit=24)) == 24  # with what sells and what is new
    assert count.n <= 13
    with Count(place, engine) as count:
        await place.shop.recommend.similar(ME, BesideQuery([taught[0]], 6))
    assert count.n <= 3


async def test_orders_are_counted_without_their_buyers(place: Town, goods: list[int]) -> None:
    await crowd(place, goods[:8], 4)
    counted = await place.shop.recommend.db.read(
        SYSTEM, lambda tx: tx.rows(Statement(select(sold))) + tx.rows(Statement(select(pairs)))
    )
    assert {c.name for table in (sold, pairs) for c in table.c} == {"listing_id", "day", "orders", "a", "b"}
    assert sum(row[2] for row in counted) == 4 * 2 + 4


# --- the model ------------------------------------------------------------------------------------------------------


def files(path: Path) -> list[str]:
    return sorted(p.name for p in (path / "blobs" / "recommend").glob("*"))


@pytest.mark.parametrize("dies", ["before the file", "before the row"])
async def test_dying_in_the_middle_leaves_the_model_before(
    place: Town, taught: list[int], tmp_path: Path, dies: str
) -> None:
    shop = place.shop.recommend
    before, kept = await feed(place), files(tmp_path)
    put, write = shop.blobs.put, shop.db.write

    async def fails(*args: Any, **named: Any) -> Any:
        raise asyncio.CancelledError

    setattr(*((shop.blobs, "put") if dies == "before the file" else (shop.db, "write")), fails)
    with pytest.raises(asyncio.CancelledError):
        await shop.train(STAFF, Train())
    shop.blobs.put, shop.db.write = put, write
    fresh = again(place)
    assert [m.version for m in (await fresh.models(STAFF, ModelsQuery())).rows] == [1]
    assert await feed(place) == before
    assert (await fresh.similar(NOBODY, BesideQuery([taught[0]], 3))).model == 1
    place.clock.pass_time(days=1)
    assert (await shop.train(STAFF, Train())).version == 2
    left = files(tmp_path)
    assert len(left) == 2  # the new one and the one before; the orphan is gone
    assert set(kept) < set(left)


def again(place: Town) -> RecommendService:
    """Another process on the same databases."""
    it = place.shop.recommend
    return RecommendService(
        it.db, it.grants, world=it.world, blobs=it.blobs, behaviour=it.behaviour, catalog=it.catalog,
        pricing=it.counter.pricing, inventory=it.counter.inventory,
    )  # fmt: skip


async def test_another_process_uses_the_new_model_within_five_seconds(
    place: Town, taught: list[int], clock: Clock
) -> None:
    other = again(place)
    ask = BesideQuery([taught[0]], 3)
    assert (await other.similar(NOBODY, ask)).model == 1
    await place.shop.recommend.train(STAFF, Train())
    assert (await other.similar(NOBODY, ask)).model == 1
    clock.pass_time(seconds=5)
    assert (await other.similar(NOBODY, ask)).model == 2


async def test_a_model_whose_file_is_gone_is_as_none(place: Town, taught: list[int], tmp_path: Path) -> None:
    for name in files(tmp_path):
        (tmp_path / "blobs" / "recommend" / name).unlink()
    found = await again(place).feed(NOBODY, FeedQuery("home"))
    assert (found.model, len(found.rows)) == (0, 10)


async def test_each_night_learns_what_the_day_brought(place: Town, goods: list[int], clock: Clock) -> None:
    await crowd(place, goods)
    clock.ms = (clock() // DAY_MS + 1) * DAY_MS + 19 * 3_600_000 - 1
    await place.drain()
    assert (await place.shop.recommend.models(STAFF, ModelsQuery())).rows == []
    clock.pass_time(ms=1)
    await place.drain()
    (model,) = (await place.shop.recommend.models(STAFF, ModelsQuery())).rows
    assert (model.version, model.visitors, model.items) == (1, 40, 24)
    assert model.quality is not None
    assert model.quality.visitors == 40
    assert model.quality.hit > model.quality.popular_hit


async def test_a_night_with_nothing_to_learn_passes_quietly(place: Town, goods: list[int], clock: Clock) -> None:
    await crowd(place, goods[:8], 2)
    clock.pass_time(days=3)
    await place.drain()
    assert (await place.shop.recommend.models(STAFF, ModelsQuery())).rows == []
    assert await place.shop.relay.dead(10) == []


# --- fairness -------------------------------------------------------------------------------------------------------


async def test_two_personas_see_the_same_price_for_the_same_product(place: Town, taught: list[int]) -> None:
    """No price knows what somebody looked at, bought or allowed (PIPL art. 24)."""
    keen, thrifty = buyer(71), buyer(72)
    await allow(place, keen)
    await allow(place, thrifty)
    await look_at(place, keen, *taught, kind="buy")
    await look_at(place, thrifty, taught[0])
    ids = [place.listing[f"thing-{i}"] for i in range(24)]
    seen = [(await place.shop.pricing.prices(ctx, PriceQuery(ids))).rows for ctx in (keen, thrifty, NOBODY)]
    assert seen[0] == seen[1] == seen[2]
    assert len(seen[0]) == 24
