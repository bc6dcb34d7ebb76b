"""The web before the real services: what the small faces of the other tests promise is what the true ones do."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from jishi.app import Outside, build
from jishi.goods.catalog import ProductQuery, PutProduct, SkuDraft
from jishi.goods.inventory import Adjust, LevelsQuery, PutWarehouse, Receive, StockKey
from jishi.goods.pricing import PriceDraft, SetPrices
from jishi.kernel import Engine, World
from jishi.kernel.blobs import FolderBlobs
from jishi.kernel.ids import encode
from jishi.kernel.place import Region
from jishi.people.merchants import PutMerchant
from tests.kit import STAFF

from .kit import browser, web


@pytest.fixture
async def shop(engine: Engine, world: World, tmp_path: Path) -> AsyncIterator[Any]:
    made = build(world, engine, Outside(blobs=FolderBlobs(tmp_path / "blobs")))
    yield made
    await made.stop()


async def tea(shop: Any) -> int:
    """White tea of one merchant, 129.00, ten in a warehouse; answers its listing."""
    merchant = await shop.merchants.put(STAFF, PutMerchant("shan", {"zh-CN": "山", "en": "Shan"}, "CN", "CNY"))
    draft = PutProduct(
        merchant.id, "white-tea", {"zh-CN": "白茶", "en": "White tea"}, skus=[SkuDraft("WT-1", weight_g=100)]
    )
    product = await shop.catalog.put(STAFF, draft)
    sku = product.skus[0]
    await shop.pricing.set_prices(STAFF, SetPrices(merchant.id, [PriceDraft(sku.listing_id, "CN", "CNY", 12_900)]))
    house = await shop.inventory.put_warehouse(
        STAFF, PutWarehouse("hz", {"zh-CN": "杭州", "en": "Hangzhou"}, Region("CN", "浙江", "杭州"))
    )
    key = StockKey(sku.components[0].stock_item_id, house.id, merchant.id)
    await shop.inventory.receive(STAFF, Receive(1, key, 10))
    return int(sku.listing_id)


async def test_a_guest_finds_tea_and_keeps_it(shop: Any) -> None:
    listing = await tea(shop)
    async with browser(web(shop, rooms=())) as http:
        assert (await http.get("/readyz")).status_code == 200
        found = (await http.get("/api/v1/products?q=tea")).json()
        assert [(i["handle"], i["name"], i["price"]) for i in found["items"]] == [
            ("white-tea", "白茶", {"minor": 12_900, "currency": "CNY"})
        ]
        offer = (await http.get("/api/v1/products/white-tea")).json()["offers"][0]
        assert (offer["listing"], offer["available"]) == (encode("lst", listing), 10)
        opened = await http.post("/api/v1/sessions", json={})
        head = {"authorization": f"Bearer {opened.json()['token']}", "idempotency-key": "one"}
        for _ in range(2):  # the same key adds once
            cart = await http.post(
                "/api/v1/cart/lines", json={"listing": offer["listing"], "quantity": 2}, headers=head
            )
            assert cart.json()["goods"] == {"minor": 25_800, "currency": "CNY"}
        assert (await http.get("/api/v1/cart")).json()["pieces"] == 0  # somebody else's is empty
        assert (await http.delete("/api/v1/sessions/current", headers=head)).status_code == 204
        assert (await http.get("/api/v1/cart", headers=head)).status_code == 401


async def test_a_change_shows_on_page_list_and_api_as_soon_as_its_event_is_delivered(shop: Any) -> None:
    """Without the event ready bytes would stay as they are for seconds; the clock of this test stands still."""
    listing = await tea(shop)
    merchant = (await shop.catalog.product(STAFF, ProductQuery(handle="white-tea"))).merchant_id
    async with browser(web(shop)) as http:

        async def seen() -> tuple[str, int, str, list[bool]]:
            """The API's name, price and stock; whether page and list say the same, and the page that it is sold out."""
            api = (await http.get("/api/v1/products/white-tea")).json()
            offer, name = api["offers"][0], api["name"]
            page, goods = [(await http.get(f"/zh-CN/products{p}")).text for p in ("/white-tea", "")]
            price = f"</small>{offer['price']['minor'] // 100}"
            said = [name in text and price in text for text in (page, goods)]
            return name, offer["price"]["minor"], offer["stock"], [*said, "disabled" in page]

        await shop.relay.drain()
        assert await seen() == ("白茶", 12_900, "low", [True, True, False])
        await shop.pricing.set_prices(STAFF, SetPrices(merchant, [PriceDraft(listing, "CN", "CNY", 8_800)]))
        assert (await seen())[1] == 12_900
        await shop.relay.drain()
        assert await seen() == ("白茶", 8_800, "low", [True, True, False])
        names = {"zh-CN": "老白茶", "en": "Aged white tea"}
        await shop.catalog.put(STAFF, PutProduct(merchant, "white-tea", names, skus=[SkuDraft("WT-1", weight_g=100)]))
        await shop.relay.drain()
        assert await seen() == ("老白茶", 8_800, "low", [True, True, False])
        stock = (await shop.inventory.levels(STAFF, LevelsQuery())).rows[0]
        await shop.inventory.adjust(STAFF, Adjust(2, stock.stock_id, -10, "lost"))
        await shop.relay.drain()
        assert await seen() == ("老白茶", 8_800, "out", [True, True, True])
