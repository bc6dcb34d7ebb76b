"""Ready bytes: made once, dropped by events, aged out, with holes for what is personal."""

import asyncio

import pytest

from jishi.goods.catalog import ProductChanged
from jishi.goods.inventory import StockChanged
from jishi.goods.pricing import PricesChanged
from jishi.web.ready import TTL_MS, Ready, Shelf
from tests.kit import Clock

from .kit import Shop, browser, web


@pytest.fixture
def shop(clock: Clock) -> Shop:
    return Shop(clock)


async def test_many_readers_are_one_question_to_the_catalogue(shop: Shop) -> None:
    async with browser(web(shop, rooms=())) as http:
        answers = await asyncio.gather(*[http.get("/api/v1/products/tea") for _ in range(20)])
    assert {r.content for r in answers} == {answers[0].content}
    assert shop.catalog.asked == 1


@pytest.mark.parametrize(
    "event",
    [ProductChanged(5, "tea", 2), PricesChanged([511]), StockChanged([9])],
    ids=["product", "price", "stock"],
)
async def test_a_change_is_seen_at_once(shop: Shop, event: object) -> None:
    async with browser(web(shop, rooms=())) as http:
        first = (await http.get("/api/v1/products/tea")).json()["offers"][0]
        shop.pricing.minor[511], shop.inventory.rows = 9_900, []
        assert (await http.get("/api/v1/products/tea")).json()["offers"][0] == first
        shop.relay.say(event)
        second = (await http.get("/api/v1/products/tea")).json()["offers"][0]
    assert (first["price"]["minor"], first["stock"]) == (12_900, "low")
    assert (second["price"]["minor"], second["stock"]) == (9_900, "out")


async def test_what_changed_elsewhere_leaves_it_alone(shop: Shop) -> None:
    async with browser(web(shop, rooms=())) as http:
        await http.get("/api/v1/products/tea")
        for event in (ProductChanged(6, "cup", 1), PricesChanged([999]), StockChanged([8])):
            shop.relay.say(event)
        await http.get("/api/v1/products/tea")
        assert shop.catalog.asked == 1
        await http.get("/api/v1/products?q=tea")
        shop.relay.say(ProductChanged(6, "cup", 2))  # a list may show it
        await http.get("/api/v1/products?q=tea")
    assert shop.catalog.asked == 3


async def test_without_events_an_answer_ages(shop: Shop, clock: Clock) -> None:
    async with browser(web(shop, rooms=())) as http:
        await http.get("/api/v1/products/tea")
        clock.pass_time(ms=TTL_MS)
        await http.get("/api/v1/products/tea")
    assert shop.catalog.asked == 2


async def test_who_has_it_is_told_so_until_it_changes(shop: Shop) -> None:
    async with browser(web(shop, rooms=())) as http:
        tag = (await http.get("/api/v1/products/tea")).headers["etag"]
        same = await http.get("/api/v1/products/tea", headers={"if-none-match": tag})
        assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)
        shop.pricing.minor[511] = 1
        shop.relay.say(PricesChanged([511]))
        assert (await http.get("/api/v1/products/tea", headers={"if-none-match": tag})).status_code == 200


async def test_languages_and_markets_do_not_mix(shop: Shop) -> None:
    async with browser(web(shop, rooms=())) as http:
        names = [
            (await http.get("/api/v1/products/tea", headers={"accept-language": code})).json()["name"]
            for code in ("zh", "en", "zh")
        ]
    assert names == ["白茶", "White tea & more", "白茶"]


async def test_a_fault_is_not_kept(shop: Shop) -> None:
    async with browser(web(shop, rooms=())) as http:
        assert (await http.get("/api/v1/products/new")).status_code == 404
        import msgspec

        shop.catalog.products[6] = msgspec.structs.replace(shop.catalog.products[5], id=6, handle="new")
        assert (await http.get("/api/v1/products/new")).status_code == 200


async def test_what_changed_while_it_was_made_is_answered_and_not_kept(clock: Clock) -> None:
    shelf, gate, made = Shelf(clock), asyncio.Event(), 0

    async def make() -> Ready:
        nonlocal made
        made += 1
        await gate.wait()
        return Ready([b"%d" % made], frozenset({"product:5"}))

    ask = asyncio.create_task(shelf.fetch("k", make))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    shelf.drop(["product:5"])
    gate.set()
    assert (await ask).pieces == [b"1"]
    assert shelf.look("k") is None
    assert (await shelf.fetch("k", make)).pieces == [b"2"]
    assert shelf.look("k") is not None


async def test_the_shelf_has_an_end(clock: Clock) -> None:
    shelf = Shelf(clock, most=3)
    for i in range(100):

        async def make(i: int = i) -> Ready:
            return Ready([b"x"], frozenset({f"product:{i}"}))

        await shelf.fetch(str(i), make)
        shelf.drop([f"listing:{i}"])
    assert len(shelf.cache.entries) == 3
    assert len(shelf.by_tag) <= 8 * 3 + 1
    assert len(shelf.dropped) <= 4 * 3 + 1
