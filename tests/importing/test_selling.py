"""The real catalogue is imported, shown, and bought from."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from jishi.goods.catalog import Categories, PageQuery, ProductQuery
from jishi.goods.inventory import Availability
from jishi.goods.pricing import HistoryQuery
from jishi.kernel import Engine, World
from jishi.kernel.config import DEMO_STAFF
from jishi.kernel.i18n import t
from jishi.people.merchants import MerchantsQuery
from jishi.sandbox.demo.fixtures import NoFixtures, fill_fixtures
from tests.kit import STAFF, Clock
from tests.web.kit import browser
from tests.web.town import Town, town

API = "/api/v1"
HOME = {
    "name": "Lin Xiaoyu", "phone": "13812348000", "country": "CN", "province": "上海市", "city": "上海市",
    "district": "浦东新区", "street": "张江路 88 弄 3 号",
}  # fmt: skip


@pytest.fixture
async def place(engine: Engine, world: World, clock: Clock, tmp_path: Path, vendure_small: Path) -> AsyncIterator[Town]:
    async with town(engine, world, clock, tmp_path) as made:
        steps = list[tuple[int, int]]()
        assert await fill_fixtures(made.shop, lambda done, of: steps.append((done, of)), vendure_small) == 54
        assert steps == sorted(steps)
        assert steps[-1][0] == steps[-1][1]
        await made.drain()
        yield made


async def listing(http: httpx.AsyncClient, handle: str, sku: str = "") -> str:
    offers = (await http.get(f"{API}/products/{handle}")).json()["offers"]
    return str(next(o["listing"] for o in offers if o["code"] == (sku or o["code"])))


async def test_a_guest_buys_from_two_departments(place: Town) -> None:
    async with browser(place.app, headers={"accept-language": "en"}) as http:
        lines = [
            {"listing": await listing(http, "laptop", "L2201516"), "quantity": 1},
            {"listing": await listing(http, "bonsai-tree"), "quantity": 2},
        ]
        answer = await http.post(f"{API}/quotes", json={"lines": lines, "recipient": HOME, "email": "lin@example.com"})
        assert answer.status_code == 201, answer.text
        quote = answer.json()
        freight = 1_000  # the bonsai's; the laptop is worth more than its shop's limit
        assert len(quote["parcels"]) == 2
        assert quote["total"] == {"minor": 229_900 + 2 * 1_999 + freight, "currency": "CNY"}
        head = {"authorization": f"Bearer {quote['session']['token']}", "idempotency-key": "once"}
        body = {"quote": quote["id"], "total": quote["total"]["minor"], "method": "card"}
        number = (await http.post(f"{API}/orders", json=body, headers=head)).json()["number"]
        paying = (await http.post(f"{API}/orders/{number}/pay", headers=head)).json()["url"]
        place.card.pay(paying.rsplit("/", 1)[-1])
        note = place.card.notice(place.card.outbox[-1])
        assert (await http.post("/hooks/stripe", content=note.raw, headers=note.headers)).status_code == 200
        await place.drain()
        order = (await http.get(f"{API}/orders/{number}", headers=head)).json()
    assert (order["state"], order["payment"], len(order["children"])) == ("to_ship", "paid", 2)
    product = await place.shop.catalog.product(STAFF, ProductQuery(handle="laptop", skus=500))
    sold = next(s for s in product.skus if s.code == "L2201516")
    (level,) = (await place.shop.inventory.availability(STAFF, Availability([sold.components[0].stock_item_id]))).rows
    assert (level.on_hand, level.reserved, level.allocated) == (100, 0, 1)


async def test_the_shop_is_whole_and_a_second_fill_changes_nothing(place: Town, vendure_small: Path) -> None:
    async def seen() -> list[object]:
        found: list[object] = []
        merchants = (await place.shop.merchants.merchants(STAFF, MerchantsQuery())).rows
        for m in merchants:
            cards = (await place.shop.catalog.page(STAFF, PageQuery(merchant_id=m.id, sort="name", limit=100))).cards
            ids = [x for c in cards for x in c.listing_ids]
            histories = [(await place.shop.pricing.history(STAFF, HistoryQuery(x))).rows for x in ids]
            prices = [[(r.market, r.currency, r.minor, r.tax_included) for r in rows] for rows in histories]
            found.append((m.handle, m.names, [(c.handle, c.category, c.picture != "") for c in cards], prices))
        return [*found, (await place.shop.catalog.categories(STAFF, Categories())).rows]

    first = await seen()
    sizes = {str(row[0]): len(row[2]) for row in first[:-1]}  # type: ignore[index]
    assert sizes == {"tea": 1, "lamp": 1, "northlight": 20, "fernhouse": 20, "openfield": 14}
    laptop = (await place.shop.catalog.product(STAFF, ProductQuery(handle="laptop", skus=500))).skus[0]
    history = (await place.shop.pricing.history(STAFF, HistoryQuery(laptop.listing_id))).rows
    assert sorted((r.market, r.currency, r.minor, r.tax_included) for r in history) == [
        ("CN", "CNY", 129_900, True),
        ("DE", "EUR", 129_900, True),
        ("US", "USD", 129_900, False),
    ]
    assert len(first[-1]) == 9  # type: ignore[arg-type]
    await fill_fixtures(place.shop, file=vendure_small)
    assert await seen() == first


async def test_a_chinese_page_shows_the_english_name_and_the_photographer(place: Town) -> None:
    async with browser(place.app) as http:
        page = (await http.get("/zh-CN/products/laptop")).text
        token = await http.post(
            f"{API}/sessions/password", json=dict(zip(("email", "password"), DEMO_STAFF, strict=True))
        )
    assert "<h1>Laptop</h1>" in page
    assert "电脑" in page
    assert "Photo: Derick David &#x2f; Unsplash" in page
    assert token.json()["role"] == "staff"


async def test_without_the_file_it_is_said_how_to_get_it(place: Town, tmp_path: Path) -> None:
    with pytest.raises(NoFixtures) as e:
        await fill_fixtures(place.shop, file=tmp_path / "none.csv")
    assert "`make fixtures`" in t(e.value.message, "en", file=e.value.file)
