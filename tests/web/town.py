"""A whole shop with two merchants in two warehouses, a card gateway, a carrier and a mailbox in memory, and browsers that
fill in its forms."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from random import Random
from typing import Any

import httpx

from jishi.app import Outside, build
from jishi.goods.catalog import PutProduct, SkuDraft
from jishi.goods.inventory import PutWarehouse, Receive, StockKey
from jishi.goods.pricing import PriceDraft, SetPrices
from jishi.goods.shipping import PutRates, RateDraft
from jishi.kernel import SYSTEM, Database, Engine, Module, World
from jishi.kernel.blobs import FolderBlobs
from jishi.kernel.config import Config
from jishi.kernel.ids import encode
from jishi.kernel.place import Region
from jishi.people.accounts import MakeStaff
from jishi.people.merchants import PutMerchant
from jishi.sandbox import pages
from jishi.sandbox.carrier import Box, MemoryCarrier
from jishi.sandbox.mailbox import MailboxCourier, MailboxService, MailList, MailQuery
from jishi.sandbox.memory import MemoryCard
from jishi.trade.payments.providers.cod import Cod
from jishi.web.app import create
from tests.kit import STAFF, Clock

from .kit import browser

ADDRESS = {
    "name": "林晓雨", "phone": "13812348000", "region": "上海市 浦东新区", "street": "张江路 88 弄 3 号",
    "email": "lin@example.com",
}  # fmt: skip
FREE = {"code": "", "sign_in": "", "session": ""}  # no test is to wait
STAFF_EMAIL, STAFF_WORD = "desk@jishi.example", "seven quiet ferries"


@dataclass
class Town:
    shop: Any
    clock: Clock
    card: MemoryCard
    box: Box
    carrier: MemoryCarrier
    app: Any
    listing: dict[str, int] = field(default_factory=dict)
    warehouse: dict[str, int] = field(default_factory=dict)
    merchant: dict[str, int] = field(default_factory=dict)

    async def drain(self) -> None:
        await self.shop.relay.drain()

    async def mails(self, to: str = "") -> list[Any]:
        """Newest first, with their text."""
        rows = (await self.shop.mailbox.mails(SYSTEM, MailList(to))).rows
        return [await self.shop.mailbox.mail(SYSTEM, MailQuery(r.id)) for r in rows]


@asynccontextmanager
async def town(engine: Engine, world: World, clock: Clock, path: Path, **config: Any) -> AsyncIterator[Town]:
    card = MemoryCard(world, code="stripe")
    box = Box(world.now, Random(1))
    carrier = MemoryCarrier(box)
    mailbox = Database(engine, Module.all["sandbox.mailbox"])
    outside = Outside(
        FolderBlobs(path / "blobs"), [MailboxCourier(mailbox), MailboxCourier(mailbox, "sms")], [card, Cod()], [carrier]
    )
    shop = build(world, engine, outside)
    shop.mailbox = MailboxService(mailbox, shop.grants)
    made = Town(shop, clock, card, box, carrier, create(shop, Config(rates=FREE, **config), more=pages.handlers))
    for n, (handle, place, city, minor) in enumerate((("tea", "hz", "杭州", 12_900), ("lamp", "nd", "宁德", 30_000))):
        names = {"zh-CN": f"{handle}店", "en": handle.title()}
        merchant = (await shop.merchants.put(STAFF, PutMerchant(handle, names, "CN", "CNY"))).id
        rate = RateDraft("standard", "CNY", "CN", first_minor=1_000, more_minor=500)
        await shop.shipping.put_rates(STAFF, PutRates(merchant, [rate]))
        product = await shop.catalog.put(
            STAFF, PutProduct(merchant, handle, names, skus=[SkuDraft(handle.upper() + "-1", weight_g=400)])
        )
        sku = product.skus[0]
        await shop.pricing.set_prices(STAFF, SetPrices(merchant, [PriceDraft(sku.listing_id, "CN", "CNY", minor)]))
        house = await shop.inventory.put_warehouse(
            STAFF, PutWarehouse(place, {"zh-CN": f"{city}仓", "en": place.upper()}, Region("CN", city, city))
        )
        key = StockKey(sku.components[0].stock_item_id, house.id, merchant)
        await shop.inventory.receive(STAFF, Receive(n + 1, key, 20))
        made.listing[handle], made.warehouse[handle], made.merchant[handle] = sku.listing_id, house.id, merchant
    await made.drain()
    try:
        yield made
    finally:
        await shop.stop()


class Browser:
    """Follows redirects of the shop, reads forms and posts them with what was in them."""

    def __init__(self, place: Town, locale: str = "en") -> None:
        self.town, self.locale = place, locale
        self.http = browser(place.app)
        self.page: httpx.Response

    @property
    def text(self) -> str:
        return unescape(re.sub(r"<[^>]+>", " ", self.page.text))

    @property
    def path(self) -> str:
        return str(self.page.url).removeprefix(f"http://localhost:8000/{self.locale}")

    async def go(self, path: str) -> httpx.Response:
        url = path if path.startswith("http") else f"/{self.locale}{path}"
        self.page = await self.http.get(url)
        return await self._follow()

    async def _follow(self) -> httpx.Response:
        for _ in range(5):
            if self.page.status_code != 303 or self.page.headers["location"].startswith("https://pay.example"):
                break
            self.page = await self.http.get(self.page.headers["location"])
        return self.page

    def form(self, action: str) -> dict[str, str]:
        """The fields of the first form that goes to an address that ends so."""
        for form in re.findall(r"<form [^>]*>.*?</form>", self.page.text, re.DOTALL):
            if re.search(rf'action="[^"]*{re.escape(action)}"', form[: form.index(">")]):
                fields = re.findall(r"<input [^>]*>", form)
                pairs = [(re.search(r'name="([^"]*)"', f), re.search(r'value="([^"]*)"', f)) for f in fields]
                return {n[1]: unescape(v[1]) if v else "" for n, v in pairs if n}
        raise AssertionError(f"no form for {action} on {self.path}: {self.text[:2000]}")

    async def send(self, action: str, **typed: str) -> httpx.Response:
        """The form as it is on the page, with what was typed."""
        url = re.search(rf'action="([^"]*{re.escape(action)})"', self.page.text)
        fields = self.form(action) | typed
        assert url is not None
        self.page = await self.http.post(unescape(url[1]), data=fields)
        return await self._follow()

    # --- what people do ------------------------------------------------------------------------------------------------

    async def buy(self, *wishes: tuple[str, int], method: str = "card") -> str:
        """A cart, an address, a placed order: answers its number. A card's browser is at the gateway then."""
        for handle, n in wishes:
            await self.go(f"/products/{handle}")
            await self.send("/cart/add", listing=encode("lst", self.town.listing[handle]), quantity=str(n), do="cart")
        await self.go("/checkout")
        await self.send("/checkout/address", **ADDRESS)
        assert self.page.status_code == 200, self.text
        await self.send("/checkout/place", method=method)
        await self.town.drain()
        rows = (await self.town.shop.orders.orders(STAFF, _newest())).rows
        return str(rows[0].number)

    async def pay(self, card: str = "ok") -> None:
        """Pays on the gateway's page and comes back."""
        ref = self.page.headers["location"].rsplit("/", 1)[-1]
        self.town.card.pay(ref, card)
        attempt = self.town.card.pages[ref].attempt
        back = attempt.success_url if card == "ok" else attempt.cancel_url
        coming = asyncio.create_task(self.go(back))
        while not coming.done():  # the relay is at work while the browser waits
            await self.town.drain()
            await asyncio.sleep(0)
        await coming
        await self.town.drain()

    async def sign_in_as_staff(self) -> None:
        await self.go("/sign-in")
        await self.send("/sign-in/password", email=STAFF_EMAIL, password=STAFF_WORD)
        assert self.path == "/desk", self.text


def _newest() -> Any:
    from jishi.trade.orders import OrdersQuery

    return OrdersQuery(limit=1)


async def staff(place: Town, role: str = "staff", merchant_id: int = 0, email: str = STAFF_EMAIL) -> None:
    await place.shop.accounts.make_staff(SYSTEM, MakeStaff(email, role, merchant_id, STAFF_WORD))
