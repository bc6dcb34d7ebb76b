"""What is not shown stays hidden, and what one visitor does leaves no trace on another's page."""

import re
from collections.abc import AsyncIterator

import pytest

from jishi.goods.catalog import ListingsQuery, PutProduct, SkuDraft
from jishi.goods.pricing import PriceDraft, SetPrices
from jishi.kernel.ids import decode, encode
from tests.kit import STAFF

from .kit import CANARIES, House, opened, problem
from .test_fuzz import NASTY
from .walk import ways

SECRET = "Unannounced Lantern 7781"


@pytest.fixture(scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with opened(tmp_path_factory.mktemp("house")) as made:
        yield made


@pytest.fixture(scope="module", params=["draft", "archived"])
async def hidden(request: pytest.FixtureRequest, house: House) -> tuple[str, str, str]:
    """(handle, product, listing) of goods with a price that are not published."""
    merchant = decode("mer", house.merchant["tea"])
    names = {"en": SECRET, "zh-CN": SECRET}
    draft = PutProduct(
        merchant,
        f"hush-{request.param}",
        names,
        skus=[SkuDraft(f"HUSH-{request.param}")],
        category="all",
        status=request.param,
    )
    made = await house.shop.catalog.put(STAFF, draft)
    (row,) = (await house.shop.catalog.listings(STAFF, ListingsQuery(product_ids=[made.id]))).rows
    await house.shop.pricing.set_prices(STAFF, SetPrices(merchant, [PriceDraft(row.id, "CN", "CNY", 100)]))
    await house.drain()
    return made.handle, encode("prd", made.id), encode("lst", row.id)


async def test_no_filter_shows_what_is_not_published(house: House, hidden: tuple[str, str, str]) -> None:
    handle, product, _ = hidden
    asks = [
        "",
        "?category=all",
        "?sort=name",
        "?merchant=tea",
        f"?q={handle}",
        "?q=Lantern",
        "?q=Unannounced",
        "?q=HUSH",
        "?status=draft",
        "?status=any",
    ]
    for who in ("", "guest", "other", "clerk_road"):
        for ask in asks:
            for got in (
                await house.page("GET", f"/products{ask}", who),
                await house.api("GET", f"/products{ask}", who),
            ):
                assert SECRET not in got.text, (who, ask)
        for ref in (handle, product):
            assert problem(await house.api("GET", f"/products/{ref}", who))[:2] == (404, "product.none")
        assert (await house.page("GET", f"/products/{handle}", who)).status_code == 404
        assert SECRET not in (await house.page("GET", "/", who)).text
    for text in NASTY:
        got = await house.api("GET", "/products", params={"q": text[:100]})
        assert SECRET not in got.text


async def test_what_is_not_published_is_not_sold(house: House, hidden: tuple[str, str, str]) -> None:
    body = house.wish(TEA=1) | {"lines": [{"listing": hidden[2], "quantity": 1}]}
    got = await house.api("POST", "/quotes", "owner", json=body)
    assert got.status_code in (404, 409)
    assert SECRET not in got.text


def bare(text: str) -> str:
    """Without what is new each time: the token of forms and the request's own id."""
    return re.sub(r'name="_csrf" value="[0-9a-f]+"|req_\w+', "", text)


async def test_what_one_visitor_does_is_on_no_other_page(house: House) -> None:
    """Ready bytes are shared: the owner fills the cart and looks at every page, and a stranger's are as before."""
    pages = [
        p for (m, p), way in ways(house).items() if m == "GET" and p.startswith("/en") and "{" not in p and not way.who
    ]
    pages += ["/en/products/tea", "/en/products?q=tea", "/en/cart", "/en/orders", "/en/checkout"]
    before = {p: bare((await house.page("GET", p[3:])).text) for p in pages}
    await house.api("POST", "/cart/lines", "owner", json={"listing": house.listing["TEA"], "quantity": 7})
    for p in pages:
        mine = await house.page("GET", p[3:], "owner")
        assert mine.status_code in (200, 303, 404)
    after = {p: await house.page("GET", p[3:]) for p in pages}
    for p, got in after.items():
        assert bare(got.text) == before[p], p
        assert not [c for c in CANARIES if c in got.text], p
        assert house.tokens["owner"] not in got.text + str(got.headers)


async def test_tokens_of_two_visitors_differ_on_shared_bytes(house: House) -> None:
    found = set()
    for who in ("owner", "other", "", ""):
        page = await house.page("GET", "/products/tea", who)
        found |= set(re.findall(r'name="_csrf" value="([0-9a-f]+)"', page.text))
    assert len(found) >= 4
