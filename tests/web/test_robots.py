"""What robots and browsers ask for beside the pages: sitemaps, the manifest, the worker and its page."""

import gzip
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from jishi.goods.catalog import PutCategory, PutProduct, SkuDraft
from jishi.kernel import Engine, World
from jishi.web import sitemaps
from tests.kit import STAFF, Clock

from .kit import browser
from .town import Town, town

SITE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
LINK = "{http://www.w3.org/1999/xhtml}link"
LOCALES = {"zh-CN", "en"}


@pytest.fixture
async def place(engine: Engine, world: World, clock: Clock, tmp_path: Path) -> AsyncIterator[Town]:
    async with town(engine, world, clock, tmp_path) as place:
        yield place


async def addresses(place: Town, path: str) -> list[str]:
    answer = await browser(place.app).get(path)
    assert answer.status_code == 200
    return [str(e.text) for e in ET.fromstring(answer.text).iter(f"{SITE}loc")]


async def test_every_product_is_told_in_every_language_with_its_others(place: Town) -> None:
    (pages, goods) = await addresses(place, "/sitemap.xml")
    path = goods.removeprefix("http://localhost:8000")
    told = await addresses(place, path)
    assert {re.sub(r"^http://localhost:8000/(zh-CN|en)", "", a) for a in told} >= {"/products/tea", "/products/lamp"}
    assert len(told) == len(set(told)) == 2 * len({a.rpartition("/")[2] for a in told})
    answer = await browser(place.app).get(path)
    for url in ET.fromstring(answer.text).iter(f"{SITE}url"):
        assert {e.get("hreflang") for e in url.iter(LINK)} == LOCALES | {"x-default"}
    assert any(a.endswith("/en") for a in await addresses(place, pages.removeprefix("http://localhost:8000")))


async def test_what_is_no_page_yet_is_not_told_and_a_new_one_is_within_the_hour(place: Town, clock: Clock) -> None:
    shop = place.shop
    await shop.catalog.put_category(STAFF, PutCategory("cups", {"zh-CN": "杯", "en": "Cups"}))
    await addresses(place, "/sitemap.xml")
    merchant = (await shop.catalog.page(STAFF, sitemaps.PageQuery())).cards[0].merchant_id
    for handle, status in (("cup", "published"), ("secret", "draft")):
        names = {"zh-CN": handle, "en": handle}
        await shop.catalog.put(STAFF, PutProduct(merchant, handle, names, skus=[SkuDraft(handle)], status=status))
    clock.pass_time(hours=1)
    told = await addresses(place, "/sitemaps/goods-1.xml")
    assert any(a.endswith("/products/cup") for a in told)
    assert not any("secret" in a for a in told)
    assert any(a.endswith("category=cups") for a in await addresses(place, "/sitemaps/pages.xml"))


async def test_many_goods_fill_several_files(place: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemaps, "PER_FILE", 1)
    assert len(await addresses(place, "/sitemap.xml")) >= 3


async def test_a_sitemap_comes_packed_to_whoever_takes_it(place: Town) -> None:
    packed = await browser(place.app).get("/sitemap.xml", headers={"accept-encoding": "gzip"})
    plain = await browser(place.app).get("/sitemap.xml", headers={"accept-encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.text == plain.text
    assert gzip.compress(plain.content)[:2] == b"\x1f\x8b"
    assert (await browser(place.app).get("/sitemaps/none.xml")).status_code == 404


async def test_robots_are_told_where_the_sitemap_is_and_what_is_private(place: Town) -> None:
    text = (await browser(place.app).get("/robots.txt")).text
    assert "Sitemap: http://localhost:8000/sitemap.xml" in text
    for locale in LOCALES:
        for path in ("/cart", "/checkout", "/me", "/orders", "/desk"):
            assert f"Disallow: /{locale}{path}\n" in text


@pytest.mark.parametrize("locale", sorted(LOCALES))
async def test_the_shop_can_be_installed_in_either_language(place: Town, locale: str) -> None:
    page = (await browser(place.app).get(f"/{locale}")).text
    there = re.search(r'rel="manifest" href="([^"]+)"', page)
    assert there
    told = json.loads((await browser(place.app).get(there[1])).content)
    assert told["lang"] == locale
    assert told["start_url"] == f"/{locale}"
    assert {"192x192", "512x512"} <= {icon["sizes"] for icon in told["icons"]}
    for icon in told["icons"]:
        assert (await browser(place.app).get(icon["src"])).headers["content-type"] == "image/png"


async def test_the_worker_keeps_files_that_exist_and_nothing_of_anybody(place: Town) -> None:
    answer = await browser(place.app).get("/sw.js")
    assert answer.headers["cache-control"] == "no-cache"
    found = re.search(r"FILES = (\[.*?\])", answer.text)
    assert found
    for path in json.loads(found[1]):
        kept = await browser(place.app).get(path)
        assert kept.status_code == 200
        assert "csrf" not in kept.text
    assert "/media/" not in answer.text
