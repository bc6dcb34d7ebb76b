"""Lists, searches and suggestions as pages: with scripts and without, in both languages."""

import re
import time
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path
from urllib.parse import quote

import pytest

from jishi.goods.catalog import AttributeValue, PutAttribute, PutCategory, PutProduct, SkuDraft
from jishi.goods.inventory import Receive, StockKey
from jishi.goods.pricing import PriceDraft, SetPrices
from jishi.kernel import Engine, World
from tests.goods.search.hostile import STRINGS
from tests.kit import STAFF, Clock

from .town import Browser, Town, staff, town

SOLD_OUT = 29  # the newest cup


@pytest.fixture
async def place(engine: Engine, world: World, clock: Clock, tmp_path: Path) -> AsyncIterator[Town]:
    async with town(engine, world, clock, tmp_path) as made:
        await stocked(made)
        yield made


async def stocked(place: Town) -> None:
    """Thirty cups in two materials, below one category."""
    shop = place.shop
    await shop.catalog.put_category(STAFF, PutCategory("drink", {"zh-CN": "杯壶", "en": "Drinkware"}))
    await shop.catalog.put_category(STAFF, PutCategory("cups", {"zh-CN": "杯子", "en": "Cups"}, "drink"))
    values = [
        AttributeValue("steel", {"zh-CN": "不锈钢", "en": "Steel"}),
        AttributeValue("glass", {"zh-CN": "玻璃", "en": "Glass"}),
    ]
    await shop.catalog.put_attribute(
        STAFF, PutAttribute("material", {"zh-CN": "材质", "en": "Material"}, "choice", values=values)
    )
    merchant, house = place.merchant["tea"], place.warehouse["tea"]
    for n in range(30):
        made = await shop.catalog.put(
            STAFF,
            PutProduct(
                merchant, f"cup-{n}", {"zh-CN": f"保温杯 {n} 号", "en": f"Travel cup number {n}"}, category="cups",
                brand="Hearth" if n % 3 else "Pomelo", facts={"material": "steel" if n % 2 else "glass"},
                skus=[SkuDraft(f"CUP-{n}")],
            ),
        )  # fmt: skip
        sku = made.skus[0]
        await shop.pricing.set_prices(
            STAFF, SetPrices(merchant, [PriceDraft(sku.listing_id, "CN", "CNY", 1_000 * (n + 1))])
        )
        if n != SOLD_OUT:
            await shop.inventory.receive(
                STAFF, Receive(1_000 + n, StockKey(sku.components[0].stock_item_id, house, merchant), 3)
            )
    await place.drain()


def names(html: str) -> list[str]:
    return re.findall(r'<h3><a href="[^"]*/products/([^"?]+)"', unescape(html))


async def test_a_category_shows_its_goods_facets_and_a_sentence(place: Town) -> None:
    b = Browser(place)
    page = await b.go("/products?category=drink")
    assert page.status_code == 200
    assert len(names(page.text)) == 24
    assert "30 items" in b.text
    assert "Cups" in b.text
    assert 'name="f.material" value="steel"' in page.text
    assert '<link rel="canonical" href="http://localhost:8000/en/products?category=drink">' in page.text
    assert "noindex" not in page.text


async def test_sorts_filters_and_pages_are_links_and_forms(place: Town) -> None:
    b = Browser(place)
    page = await b.go("/products?category=cups&sort=price_up")
    first = names(page.text)
    assert first[:3] == ["cup-0", "cup-1", "cup-2"]
    assert '<meta name="robots" content="noindex,follow">' in page.text
    following = re.search(r'rel="next" href="([^"]+)"', page.text)
    assert following is not None
    page = await b.go("http://localhost:8000" + unescape(following[1]))
    rest = names(page.text)
    assert len(first) + len(rest) == 30
    assert not set(first) & set(rest)
    assert rest[-1] == f"cup-{SOLD_OUT}"  # sold out is last in every order
    page = await b.go("/products?category=cups&f.material=steel&brand=pomelo&stock=1&min=20&max=200")
    assert set(names(page.text)) == {
        f"cup-{n}" for n in range(30) if n % 2 and n % 3 == 0 and 20 <= 10 * (n + 1) <= 200
    }
    assert "Material: Steel" in b.text
    assert "Clear all" in b.text


async def test_htmx_is_answered_with_the_list_alone(place: Town) -> None:
    page = await Browser(place).http.get("/en/products?q=cup", headers={"hx-request": "true"})
    assert page.text.lstrip().startswith('<div id="found">')
    assert "<html" not in page.text


async def test_pinyin_finds_and_a_typing_error_is_told(place: Town) -> None:
    b = Browser(place, "zh-CN")
    page = await b.go("/products?q=baowenbei")
    assert len(names(page.text)) == 24
    b = Browser(place)
    await b.go("/products?q=traevl")
    assert "Showing results for “travel”" in b.text


async def test_nothing_found_has_a_way_out_and_popular_goods(place: Town) -> None:
    b = Browser(place)
    page = await b.go("/products?q=zzzzqqqq")
    assert "Nothing found for “zzzzqqqq”" in b.text
    assert len(names(page.text)) == 10
    assert "noindex" in page.text


async def test_suggestions_are_links_with_scripts_and_without(place: Town) -> None:
    b = Browser(place)
    page = await b.go("/suggest?q=cu")
    assert "Cups" in b.text
    part = await b.http.get("/en/suggest?q=cup", headers={"hx-request": "true"})
    assert part.text.startswith('<ul class="suggest">')
    assert "/en/products/cup-" in unescape(part.text)
    assert page.status_code == 200


async def test_a_change_is_seen_at_once_in_ready_bytes(place: Town) -> None:
    b = Browser(place)
    await b.go("/products?category=cups")
    product = await place.shop.catalog.put(
        STAFF,
        PutProduct(place.merchant["tea"], "cup-0", {"en": "A cup renamed"}, category="cups", skus=[SkuDraft("CUP-0")]),
    )
    await place.drain()
    page = await b.go("/products?category=cups&sort=price_up")
    assert "A cup renamed" in page.text
    page = await b.go("/products?category=cups")
    assert product.handle == "cup-0"
    assert page.status_code == 200


async def test_a_list_asks_as_many_questions_for_one_product_as_for_thirty(place: Town) -> None:
    """The index answers; the databases are asked for the names of merchants alone."""
    asked: list[str] = []
    place.shop.search.keeper.running = True  # as in a server: the keeper sweeps, not the question
    engine = place.shop.engines[0]
    before = engine.read

    async def counted(job):
        asked.append(job.unit.__name__)
        return await before(job)

    b = Browser(place)
    engine.read = counted
    for query in (
        "q=number+7",
        "q=cup",
        "category=cups",
        "category=cups&f.material=steel&merchant=tea",
        "q=nothing-at-all",
    ):
        asked.clear()
        await b.go(f"/products?{query}")
        assert asked.count("merchants") <= 2
        assert len(asked) <= 2, asked
    engine.read = before


async def test_the_desk_shows_what_was_asked_and_keeps_words(place: Town) -> None:
    await staff(place)
    guest = Browser(place)
    for words in ("beaker", "beaker", "cup", "call 13812348000", "lin@example.com"):
        await guest.go(f"/products?q={quote(words)}")
    b = Browser(place)
    await b.sign_in_as_staff()
    await b.go("/desk/search?unmet=1")
    assert "beaker" in b.text
    assert "13812348000" not in b.text
    assert "lin@example" not in b.text
    await b.go("/desk/search?word=beaker")
    await b.send("/desk/search/words", kind="two_way", terms="beaker\ntravel cup", **{"from": "", "until": ""})
    assert b.page.status_code == 200
    assert "beaker · travel cup" in b.text
    page = await guest.go("/products?q=beaker")
    assert len(names(page.text)) == 24
    await b.send("/desk/search/words", kind="two_way", terms="alone", **{"from": "", "until": ""})
    assert b.page.status_code == 422
    assert "two to forty words" in b.text
    await b.go("/desk/search")
    await b.send("/desk/search/words/drop")
    page = await guest.go("/products?q=beaker")
    assert "Nothing found" in page.text


async def test_programs_get_facets_and_suggestions(place: Town) -> None:
    http = Browser(place).http
    found = (await http.get("/api/v1/search?q=cup&f.material=steel&limit=5", headers={"accept-language": "en"})).json()
    assert found["total"] == 15
    assert len(found["items"]) == 5
    material = next(f for f in found["facets"] if f["code"] == "f.material")
    assert {v["value"]: v["count"] for v in material["values"]} == {"steel": 15, "glass": 15}
    more = (await http.get(f"/api/v1/search?q=cup&f.material=steel&limit=100&cursor={found['next']}")).json()
    assert len(more["items"]) == 10
    assert more["next"] is None
    suggested = (await http.get("/api/v1/suggestions?q=trav")).json()["items"]
    assert {s["kind"] for s in suggested} == {"product"}
    assert (await http.get("/api/v1/search?sort=cheap")).status_code == 422
    assert (await http.get("/api/v1/search?q=cup&cursor=nonsense")).json()["code"] == "cursor.wrong"


@pytest.mark.slow  # five hundred strings in every parameter
async def test_no_string_in_an_address_breaks_a_list(place: Town) -> None:
    """Never 5xx, never a word of what went wrong inside, always in bounded time."""
    http = Browser(place).http
    names_of = ("q", "category", "brand", "f.material", "merchant", "from", "price", "min", "max", "sort", "cursor")
    for n, text in enumerate(STRINGS):
        place.clock.pass_time(minutes=1)  # nobody is to wait for a rate
        value = quote(text[:2_000])
        some = {names_of[n % len(names_of)], names_of[(n + 3) % len(names_of)], "q"}
        query = "&".join(f"{name}={value}" for name in sorted(some))
        began = time.perf_counter()
        for path in (f"/en/products?{query}", f"/api/v1/search?{query}", f"/en/suggest?q={value}"):
            answer = await http.get(path)
            assert answer.status_code in (200, 400, 422), (path, answer.status_code)
            assert not re.search(r"Traceback|tantivy|sqlite|msgspec|ValueError", answer.text), path
        assert time.perf_counter() - began < 5
