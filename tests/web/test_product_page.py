"""The product page before the real catalogue: what it says of each kind of product, what search engines read, who may see
what early, and what it costs however many SKUs there are."""

import json
import re
from base64 import b64encode
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import product as combinations
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from msgspec.structs import replace

from jishi.app import Outside, build
from jishi.goods.catalog import (
    AddPicture,
    AddVideo,
    AttributeValue,
    Measure,
    Option,
    OptionValue,
    Product,
    ProductQuery,
    PutAttribute,
    PutCategory,
    PutDisplayCategory,
    PutProduct,
    PutSkus,
    Rename,
    SetRecall,
    SetStatus,
    SizeGuide,
    SizeRow,
    SkuDraft,
)
from jishi.goods.inventory import PutWarehouse, Receive, StockKey
from jishi.goods.pricing import PriceDraft, SetPrices
from jishi.kernel import SYSTEM, Engine, World
from jishi.kernel.blobs import FolderBlobs
from jishi.kernel.place import Region
from jishi.people.accounts import MakeStaff, SignIn
from jishi.people.merchants import PutMerchant
from jishi.web.preview import link_token
from tests.goods.catalog.hostile import mp4
from tests.goods.catalog.kit import GUEST, photo
from tests.kit import STAFF, Clock

from .kit import browser, web

COLOUR = Option(
    "colour",
    {"zh-CN": "颜色", "en": "Colour"},
    [OptionValue("green", {"zh-CN": "柚绿", "en": "Green"}), OptionValue("blue", {"zh-CN": "海蓝", "en": "Blue"}),
     OptionValue("red", {"zh-CN": "柿红", "en": "Red"})],
)  # fmt: skip
SIZE = Option(
    "size", {"zh-CN": "容量", "en": "Size"}, [OptionValue("s", {"en": "350 ml"}), OptionValue("l", {"en": "480 ml"})]
)
CUP = PutProduct(
    0,
    "cup",
    {"zh-CN": "随行杯", "en": "Travel cup"},
    {"zh-CN": "保温六小时", "en": "Warm for six hours"},
    {"zh-CN": "<p>钢。</p>", "en": "<p>Steel.</p>"},
    "cups",
    "Hearth",
    [COLOUR, SIZE],
    [
        SkuDraft("G-S", {"colour": "green", "size": "s"}, 300, "4006381333931", measure=Measure(250, "g")),
        SkuDraft("G-L", {"colour": "green", "size": "l"}, 400),
        SkuDraft("B-L", {"colour": "blue", "size": "l"}, 400),
    ],
    facts={"volume": 480, "material": "steel"},
)


@pytest.fixture
async def shop(engine: Engine, world: World, tmp_path: Path) -> AsyncIterator[Any]:
    made = build(world, engine, Outside(blobs=FolderBlobs(tmp_path / "blobs")))
    made.merchant = (
        await made.merchants.put(STAFF, PutMerchant("hearth", {"zh-CN": "炉边", "en": "Hearth"}, "CN", "CNY"))
    ).id
    names = {"zh-CN": "杭州", "en": "Hangzhou"}
    made.house = (await made.inventory.put_warehouse(STAFF, PutWarehouse("hz", names, Region("CN", "浙江", "杭州")))).id
    for code, parent in (("kitchen", ""), ("cups", "kitchen")):
        await made.catalog.put_category(STAFF, PutCategory(code, {"zh-CN": code, "en": code.title()}, parent))
    await made.catalog.put_attribute(STAFF, PutAttribute("volume", {"zh-CN": "容量值", "en": "Volume"}, "number", "ml"))
    steel = AttributeValue("steel", {"zh-CN": "不锈钢", "en": "Steel"})
    await made.catalog.put_attribute(
        STAFF, PutAttribute("material", {"zh-CN": "材质", "en": "Material"}, "choice", values=[steel])
    )
    yield made
    await made.stop()


async def put(shop: Any, cmd: PutProduct = CUP, pieces: int = 10, minor: int = 12_900) -> Product:
    """On the shelf with prices and stock."""
    made = await shop.catalog.put(STAFF, replace(cmd, merchant_id=shop.merchant))
    await stock(shop, made, pieces, minor)
    return made


async def stock(shop: Any, made: Product, pieces: int, minor: int = 12_900) -> None:
    rows = [PriceDraft(s.listing_id, "CN", "CNY", minor) for s in made.skus]
    for start in range(0, len(rows), 256):
        await shop.pricing.set_prices(STAFF, SetPrices(shop.merchant, rows[start : start + 256]))
    for s in made.skus if pieces else ():
        for c in s.components:
            await shop.inventory.receive(
                STAFF, Receive(s.id, StockKey(c.stock_item_id, shop.house, shop.merchant), pieces)
            )


async def read(shop: Any, path: str, status: int = 200, **head: str) -> str:
    async with browser(web(shop, rooms=("storefront",))) as http:
        answer = await http.get(path, headers=head)
    assert answer.status_code == status, (path, re.findall(r"<p[^>]*>(.*?)</p>", answer.text)[:4])
    return str(answer.text)


def values(page: str, option: str) -> dict[str, str]:
    """What can be chosen of an option → how its label looks ("" as usual)."""
    found = re.findall(rf'name="o\.{option}" value="([^"]*)"[^>]*><span class="([^"]*)"', page)
    return dict(found)


def structured(page: str) -> list[Any]:
    return [json.loads(told) for told in re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)]


async def test_only_what_can_be_had_is_offered_and_what_is_sold_out_is_seen(shop: Any) -> None:
    made = await put(shop)
    gone = await shop.catalog.put_skus(STAFF, PutSkus(made.id, [SkuDraft("R-L", {"colour": "red", "size": "l"})]))
    await stock(shop, gone, 0)
    page = await read(shop, "/en/products/cup")
    assert (values(page, "colour"), values(page, "size")) == (
        {"green": "", "blue": "moves", "red": "moves"},
        {"s": "", "l": ""},
    )
    page = await read(shop, "/en/products/cup?o.colour=blue&o.size=s")  # there is none: the colour weighs more
    assert (values(page, "colour"), values(page, "size")) == ({"green": "", "blue": "", "red": "out"}, {"l": ""})
    page = await read(shop, "/en/products/cup?o.colour=red")
    assert "disabled>Sold out" in page
    assert 'value="red" checked' in page


async def test_what_the_page_says_of_a_product(shop: Any) -> None:
    made = await put(shop)
    guide = SizeGuide(
        [{"en": "Height", "zh-CN": "高"}], [SizeRow({"en": "S"}, [(152, 157)]), SizeRow({"en": "L"}, [(254, 254)])]
    )
    await put(shop, replace(CUP, size_guide=guide, origins={"en": "machine"}))
    await shop.catalog.add_picture(
        STAFF, AddPicture(made.id, "g", photo(), {"en": "Green cup"}, chosen={"colour": "green"})
    )
    await shop.catalog.add_picture(
        STAFF, AddPicture(made.id, "b", photo(300, 300), {"en": "Blue cup"}, chosen={"colour": "blue"})
    )
    await shop.catalog.add_video(STAFF, AddVideo(made.id, "v", mp4(), photo(400, 400), {"en": "How it pours"}))
    page = await read(shop, "/en/products/cup?o.colour=green&o.size=s")
    assert "51.60 &#x2f; 100 g" in page
    for told in (
        "<dt>Volume</dt><dd>480 ml</dd>",
        "<dt>Material</dt><dd>Steel</dd>",
        "translated by a machine",
        "15.2–15.7",
        "10",
    ):
        assert told in page
    assert page.index('alt="Green cup"') < page.index('alt="Blue cup"')
    blue = await read(shop, "/en/products/cup?o.colour=blue")
    assert blue.index('alt="Blue cup"') < blue.index('alt="Green cup"')
    assert 'preload="none"' in page
    film = re.search(r'<source src="(/media/videos/[^"]+\.mp4)" type="video/mp4">', page)
    assert film
    async with browser(web(shop, rooms=("storefront",))) as http:
        whole, part = await http.get(film[1]), await http.get(film[1], headers={"range": "bytes=4-7"})
        beyond = await http.get(film[1], headers={"range": "bytes=999999-"})
    assert (whole.status_code, whole.headers["accept-ranges"], whole.headers["content-type"]) == (
        200,
        "bytes",
        "video/mp4",
    )
    assert (part.status_code, part.content, part.headers["content-range"]) == (
        206,
        b"ftyp",
        f"bytes 4-7/{len(whole.content)}",
    )
    assert beyond.status_code == 416
    chinese = await read(shop, "/zh-CN/products/cup")
    assert "机器翻译" not in chinese
    assert "不锈钢" in chinese


async def test_bundles_tell_what_is_inside_and_what_is_not_shipped_says_so(shop: Any) -> None:
    await put(shop)
    await put(shop, replace(CUP, handle="lid", names={"en": "Lid"}, options=[], skus=[SkuDraft("LID")], facts={}))
    both = [SkuDraft("SET", components={"G-L": 2, "LID": 1})]
    await put(shop, replace(CUP, handle="set", names={"en": "Set"}, options=[], skus=both, facts={}), pieces=0)
    page = await read(shop, "/en/products/set")
    inside = page[page.index('id="inside"') :].partition("</section>")[0]
    assert 'href="/en/products/cup">Travel cup</a> · Green · 480 ml <b>× 2</b>' in inside
    assert 'href="/en/products/lid">Lid</a> <b>× 1</b>' in inside
    for kind, told in (
        ("digital", "Delivered by e-mail"),
        ("pick_up", "Pick it up at Hangzhou"),
        ("service", "A service"),
    ):
        made = await put(shop, replace(CUP, handle=kind, kind=kind, options=[], skus=[SkuDraft(kind)], facts={}))
        assert told in await read(shop, f"/en/products/{made.handle}")


async def test_search_engines_read_the_group_its_variants_and_the_way_there(shop: Any) -> None:
    await put(shop)
    page = await read(shop, "/en/products/cup?o.colour=green&o.size=s")
    group, crumbs = structured(page)
    assert (group["@type"], group["brand"]["name"], group["variesBy"]) == ("ProductGroup", "Hearth", ["Colour", "Size"])
    first = group["hasVariant"][0]
    assert (first["sku"], first["gtin13"], first["name"]) == ("G-S", "4006381333931", "Travel cup Green 350 ml")
    assert first["offers"]["url"].endswith("/en/products/cup?o.colour=green&o.size=s")
    assert (first["offers"]["price"], first["offers"]["priceCurrency"]) == ("129.00", "CNY")
    assert first["offers"]["availability"] == "https://schema.org/InStock"
    assert [x["name"] for x in crumbs["itemListElement"]] == ["Home", "Kitchen", "Cups", "Travel cup"]
    canonical = re.search(r'<link rel="canonical" href="([^"]+)"', page)
    assert canonical
    assert canonical[1].endswith("/en/products/cup")
    assert page.count('rel="alternate" hreflang=') == 3
    for told in ('og:type" content="product"', 'og:title" content="Travel cup"', 'price:amount" content="129.00"'):
        assert told in page
    await put(shop, replace(CUP, handle="lid", options=[], skus=[SkuDraft("LID")], facts={}))
    one, _ = structured(await read(shop, "/en/products/lid"))
    assert (one["@type"], one["sku"], one["offers"]["itemCondition"]) == (
        "Product",
        "LID",
        "https://schema.org/NewCondition",
    )


async def test_the_way_there_is_the_storefronts_own(shop: Any) -> None:
    await put(shop)
    put_display = shop.catalog.put_display
    await put_display(STAFF, PutDisplayCategory("main", "warm", {"en": "Warm things"}))
    await put_display(STAFF, PutDisplayCategory("main", "mugs", {"en": "Mugs & cups"}, "warm", categories=["cups"]))
    _, crumbs = structured(await read(shop, "/en/products/cup"))
    assert [x["name"] for x in crumbs["itemListElement"]] == ["Home", "Warm things", "Mugs & cups", "Travel cup"]


async def test_old_addresses_are_301_and_what_is_archived_410(shop: Any) -> None:
    made = await put(shop)
    await put(shop, replace(CUP, handle="other", names={"en": "Other cup"}, options=[], skus=[SkuDraft("O")], facts={}))
    await shop.catalog.rename(STAFF, Rename(made.id, "better-cup"))
    async with browser(web(shop, rooms=("storefront",))) as http:
        moved = await http.get("/en/products/cup?o.colour=blue")
        assert (moved.status_code, moved.headers["location"]) == (301, "/en/products/better-cup?o.colour=blue")
        assert (await http.get("/en/products/better-cup")).status_code == 200
        await shop.catalog.set_status(STAFF, SetStatus(made.id, "archived"))
        await shop.relay.drain()
        gone = await http.get("/en/products/better-cup")
        assert gone.status_code == 410
        assert "Other cup" in gone.text
        assert 'content="noindex"' in gone.text
        assert (await http.get("/api/v1/products/better-cup")).status_code == 410
        await shop.catalog.set_status(STAFF, SetStatus(made.id, "draft"))
        assert (await http.get("/en/products/better-cup")).status_code == 404


async def test_a_recalled_product_says_so_and_sells_nothing(shop: Any) -> None:
    made = await put(shop)
    await shop.catalog.recall(STAFF, SetRecall(made.id, True, {"en": "The lid may crack."}))
    page = await read(shop, "/en/products/cup")
    assert "The lid may crack." in page
    assert 'value="buy"' not in page
    assert structured(page)[0]["hasVariant"][0]["offers"]["availability"] == "https://schema.org/Discontinued"


async def test_a_link_shows_a_draft_to_whoever_has_it_until_it_ends(shop: Any, clock: Clock) -> None:
    made = await put(shop, replace(CUP, status="draft"))
    app = web(shop, rooms=("storefront",))
    token = link_token(app.state.site.secret, made.id, clock.ms + 60_000)
    path = f"/en/products/preview/{token}"
    async with browser(app) as http:
        assert (await http.get("/en/products/cup")).status_code == 404
        seen = await http.get(path + "?o.colour=blue")
        assert seen.status_code == 200
        assert (seen.headers["x-robots-tag"], seen.headers["cache-control"]) == ("noindex", "private, no-store")
        for told in (
            "Preview: buyers do not see this page",
            "is a draft",
            'content="noindex"',
            'value="blue" checked',
            "Not for sale in a preview",
        ):
            assert told in seen.text
        assert f'hx-get="{path}"' in seen.text  # other choices stay within the preview
        assert structured(seen.text) == []
        for wrong in (token[:-2] + "AA", "x", token + "A", "é", link_token(b"other", made.id, clock.ms + 60_000)):
            assert (await http.get(f"/en/products/preview/{wrong}")).status_code == 404
        clock.pass_time(seconds=61)
        assert (await http.get(path)).status_code == 404


async def test_staff_sees_the_page_as_it_will_be(shop: Any, clock: Clock) -> None:
    at = clock.ms + 3 * 86_400_000
    made = await put(shop, replace(CUP, status="scheduled", publish_at=at))
    draft = PriceDraft(made.skus[0].listing_id, "CN", "CNY", 9_900, valid_from=at)
    await shop.pricing.set_prices(STAFF, SetPrices(shop.merchant, [draft]))
    told = (datetime.fromtimestamp(at / 1000, UTC) + timedelta(hours=8, minutes=1)).strftime(
        "%Y-%m-%dT%H:%M"
    )  # Shanghai's
    app = web(shop, rooms=("storefront",))
    async with browser(app) as http:
        assert (await http.get(f"/en/products/cup?at={told}")).status_code == 404  # a guest's is the plain page
    token = await staff_token(shop)
    async with browser(app) as http:
        http.cookies.set("jishi_session", token)
        page = await http.get(f"/en/products/cup?at={told}")
        assert page.status_code == 200
        for words in ("As it will be on", "is for sale then", "<small>CN¥</small>99"):
            assert words in page.text
        early = await http.get("/en/products/cup?at=2020-01-01T00:00")
        assert "goes live on" in early.text
        assert "<small>CN¥</small>99" not in early.text
        assert (await http.get("/en/products/cup?at=tomorrow")).status_code == 422


async def staff_token(shop: Any) -> str:
    await shop.accounts.make_staff(SYSTEM, MakeStaff("s@shop.example", "staff", password="correct horse 9"))
    return str((await shop.accounts.sign_in(GUEST, SignIn("s@shop.example", "correct horse 9"))).token)


@pytest.mark.slow  # 10,000 SKUs with prices and stock
async def test_ten_thousand_skus_cost_what_one_does(shop: Any, engine: Engine) -> None:
    def options(*sizes: int) -> list[Option]:
        return [
            Option(
                "abcde"[i], {"en": "abcde"[i]}, [OptionValue(f"{'abcde'[i]}{n}", {"en": str(n)}) for n in range(size)]
            )
            for i, size in enumerate(sizes)
        ]

    async def large(handle: str, *sizes: int) -> str:
        opts = options(*sizes)
        skus = [
            SkuDraft(f"{handle}-{'-'.join(c)}", dict(zip("abcde", c, strict=False)))
            for c in combinations(*[[v.code for v in o.values] for o in opts])
        ]
        made = await put(shop, replace(CUP, handle=handle, options=opts, skus=skus[:500], more=True, facts={}))
        for start in range(500, len(skus), 500):
            await stock(shop, await shop.catalog.put_skus(STAFF, PutSkus(made.id, skus[start : start + 500])), 0)
        return handle

    asked = 0
    plain = type(engine).read

    async def counted(self: Any, job: Any) -> Any:
        nonlocal asked
        asked += 1
        return await plain(self, job)

    type(engine).read = counted  # type: ignore[method-assign]
    try:
        costs, took = [], []
        handles = (await large("one", 1), await large("fifty", 10, 5), await large("many", 10, 10, 10, 5, 2))
        await read(shop, "/en/products/one")  # what is asked once an hour is asked now
        for handle in handles:
            asked, began = 0, process_time()
            await read(shop, f"/en/products/{handle}")
            costs.append(asked)
            took.append(round(1000 * (process_time() - began)))
    finally:
        type(engine).read = plain  # type: ignore[method-assign]
    assert len(set(costs)) == 1, costs
    assert took[-1] < 200 * 3, took  # ms of CPU, the application's start included
    found = (await shop.catalog.product(STAFF, ProductQuery(handle="many"))).sku_count
    assert found == 10_000
    async with browser(web(shop, rooms=())) as http:
        some = (await http.get("/api/v1/products/many")).json()
        assert (len(some["offers"]), some["offer_count"]) == (100, 10_000)
        page = (await http.get("/api/v1/products/many/offers?limit=100")).json()
        assert (page["items"][0]["listing"], len(page["items"])) == (some["offers"][0]["listing"], 100)
        again = (await http.get(f"/api/v1/products/many/offers?cursor={page['next']}")).json()
        assert again["items"][0]["code"] not in {o["code"] for o in page["items"]}


async def test_a_clerk_sends_pictures_and_hears_why_one_cannot_be_taken(shop: Any) -> None:
    made = await put(shop)
    head = {"authorization": f"Bearer {await staff_token(shop)}", "accept-language": "zh-CN"}
    path = "/api/v1/products/cup/pictures"
    async with browser(web(shop, rooms=())) as http:
        body = {
            "key": "a",
            "image": b64encode(photo()).decode(),
            "alts": {"zh-CN": "杯"},
            "chosen": {"colour": "green"},
        }
        sent = await http.post(path, json=body, headers=head)
        assert (sent.status_code, sent.json()["widths"]) == (201, [200, 400])
        assert (await http.post(path, json=body, headers=head)).json() == sent.json()
        bad = await http.post(path, json={"key": "b", "image": b64encode(b"<svg/>").decode()}, headers=head)
        assert (bad.status_code, bad.json()["code"]) == (422, "picture.bad")
        assert bad.json()["detail"] == "无法识别这张图片。支持 JPEG、PNG、WebP、GIF 和 AVIF。"
        assert (await http.post(path, json=body)).status_code in (401, 403)
    found = await shop.catalog.product(STAFF, ProductQuery(made.id))
    assert [(p.chosen, p.alts) for p in found.pictures] == [({"colour": "green"}, {"zh-CN": "杯"})]
