"""A whole shop in this process: the true application over ASGI, a provider and a carrier in memory, people with sessions."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from random import Random
from typing import Any

import httpx
import msgspec
from litestar import Litestar

from jishi.app import Outside, Shop, build
from jishi.goods.catalog import ListingsQuery, PutCategory, PutProduct, SkuDraft
from jishi.goods.inventory import PutWarehouse, Receive, StockKey
from jishi.goods.pricing import PriceDraft, SetPrices
from jishi.goods.shipping import PutRates, RateDraft
from jishi.kernel import EPOCH_MS, SYSTEM, Engine, Module, World
from jishi.kernel.config import Config
from jishi.kernel.ids import decode, encode
from jishi.kernel.place import Region
from jishi.people.accounts import MakeStaff, OpenGuest, SignIn
from jishi.people.merchants import PutMerchant
from jishi.people.notices import Message
from jishi.sandbox import pages
from jishi.sandbox.carrier import Box, MemoryCarrier
from jishi.sandbox.memory import MemoryCard, Note, Notice
from jishi.trade.payments.providers.cod import Cod
from jishi.web import csrf
from jishi.web.app import create
from jishi.web.rates import RATES
from tests.kit import STAFF, Clock, engine_on

FORM = "application/x-www-form-urlencoded"
SHELF = {  # code → merchant, warehouse, price in fen, grams, pieces
    "TEA": ("tea", "HZ", 8_800, 250, 500),
    "POT": ("tea", "HZ", 25_900, 900, 300),
    "LAMP": ("road", "SZ", 15_001, 400, 300),
    "LAST": ("road", "SZ", 4_999, 350, 1),
}
PASSWORD = "correct-horse-9-battery"
# What nobody but its owner (and who ships) may ever read: no other text of the shop holds these.
OWNER = {
    "name": "欧阳金丝雀",
    "phone": "13987650123",
    "street": "鹦鹉洲路 4711 号 9 栋 1203",
}
OWNER_EMAIL = "canary.owner@private.example"
CANARIES = ("欧阳金丝雀", "13987650123", "87650123", "鹦鹉洲路", "canary.owner", "private.example")
ADDRESS = {"country": "CN", "province": "湖北省", "city": "武汉市", "district": "汉阳区", "postcode": "430050"}
# Rows that a mere visit may write: sessions and what guards them, and the log of who read what.
VISITS = {
    "people_accounts_persons", "people_accounts_sessions", "people_accounts_throttles", "people_vault_reads",
    "people_vault_reads_of", "kernel_leases",
}  # fmt: skip


class Quick:
    """The slow hash, quick: how slow it is, is tested with the accounts."""

    dummy = "quick:nobody"

    async def hash(self, password: str) -> str:
        return "quick:" + sha256(password.encode()).hexdigest()

    async def verify(self, stored: str, password: str) -> bool:
        return stored == await self.hash(password)

    def stale(self, stored: str) -> bool:
        return False


class Post:
    """A courier that keeps what it was handed."""

    channel = "email"

    def __init__(self) -> None:
        self.sent: list[Message] = []

    async def send(self, message: Message) -> None:
        self.sent.append(message)


class Blobs:
    """Pictures in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {"p/one-400.webp": b"RIFF"}

    async def put(self, name: str, data: bytes) -> None:
        self.kept[name] = data

    async def get(self, name: str) -> bytes:
        from jishi.kernel.blobs import NoBlob, checked

        if checked(name) not in self.kept:
            raise NoBlob(name)
        return self.kept[name]


@dataclass
class House:
    """`who` names a session: owner, other, guest, clerk_tea, clerk_road, staff; "" is nobody."""

    shop: Shop
    app: Litestar
    engine: Engine
    clock: Clock
    card: MemoryCard
    carrier: MemoryCarrier
    post: Post
    http: httpx.AsyncClient
    tokens: dict[str, str] = field(default_factory=dict)
    listing: dict[str, str] = field(default_factory=dict)
    merchant: dict[str, str] = field(default_factory=dict)
    warehouse: dict[str, str] = field(default_factory=dict)
    stock: dict[str, str] = field(default_factory=dict)
    serial: int = 0

    def key(self) -> str:
        self.serial += 1
        return f"key-{self.serial}"

    # --- asking --------------------------------------------------------------------------------------------------------

    def token(self, who: str) -> str:
        return self.tokens[who] if who else ""

    def proof(self, who: str) -> dict[str, str]:
        """The headers of a form of this visitor's own: cookie and token."""
        secret, mine = self.app.state.site.secret, self.token(who) or "5eed" * 8
        cookie = f"jishi_session={mine}" if who else f"{csrf.SEED}={mine}"
        return {"cookie": cookie, csrf.HEADER: csrf.token(secret, mine, b"\x07" * csrf.SIZE)}

    async def api(self, method: str, path: str, who: str = "", *, key: str = "", **named: Any) -> httpx.Response:
        """A program asks `/api/v1` + path."""
        headers = dict(named.pop("headers", {}))
        if who:
            headers.setdefault("authorization", f"Bearer {self.token(who)}")
        if key:
            headers["idempotency-key"] = key
        return await self.http.request(method, "/api/v1" + path, headers=headers, **named)

    async def page(
        self, method: str, path: str, who: str = "", form: Mapping[str, Any] | None = None, **named: Any
    ) -> httpx.Response:
        """A browser asks for a page in English, with the form's proof where it posts."""
        headers = self.proof(who) | dict(named.pop("headers", {}))
        if method == "GET":
            headers.pop(csrf.HEADER, None)
            return await self.http.request(method, "/en" + path, headers=headers, **named)
        headers.setdefault("content-type", FORM)
        if "content" not in named:
            return await self.http.request(method, "/en" + path, headers=headers, data=form or {}, **named)
        return await self.http.request(method, "/en" + path, headers=headers, **named)

    async def sign_in(self, who: str) -> None:
        email = OWNER_EMAIL if who == "owner" else f"{who.replace('_', '.')}@people.example"
        self.tokens[who] = (await self.shop.accounts.sign_in(SYSTEM, SignIn(email, PASSWORD))).token

    # --- buying --------------------------------------------------------------------------------------------------------

    def wish(self, **wanted: int) -> dict[str, Any]:
        """A quote's body with the owner's address."""
        lines = [{"listing": self.listing[code], "quantity": n} for code, n in wanted.items()]
        return {"lines": lines, "recipient": OWNER | ADDRESS, "email": OWNER_EMAIL}

    async def quote(self, who: str = "owner", **wanted: int) -> dict[str, Any]:
        got = await self.api("POST", "/quotes", who, json=self.wish(**wanted or {"TEA": 1}))
        assert got.status_code == 201, got.text
        return got.json()

    def placing(self, quote: Mapping[str, Any], method: str = "card") -> dict[str, Any]:
        return {"quote": quote["id"], "total": quote["total"]["minor"], "method": method}

    async def place(self, who: str = "owner", method: str = "card", **wanted: int) -> dict[str, Any]:
        body = self.placing(await self.quote(who, **wanted), method)
        got = await self.api("POST", "/orders", who, key=self.key(), json=body)
        assert got.status_code == 201, got.text
        await self.drain()
        return got.json()

    async def start(self, number: str, who: str = "owner") -> str:
        """A payment page is open; answers its name at the provider."""
        got = await self.api("POST", f"/orders/{number}/pay", who)
        assert got.status_code == 200, got.text
        return str(got.json()["url"]).rsplit("/", 1)[-1]

    async def tell(self, notice: Note | Notice) -> httpx.Response:
        """The provider's notification; a note is signed at this moment."""
        if isinstance(notice, Note):
            notice = self.card.notice(notice)
        return await self.http.post("/hooks/stripe", content=notice.raw, headers=notice.headers)

    async def hear(self) -> None:
        """Every notification that waits is told, and what follows from it is done."""
        while self.card.outbox:
            assert (await self.tell(self.card.outbox.popleft())).status_code == 200
        await self.drain()

    async def pay(self, number: str, who: str = "owner") -> None:
        assert self.card.pay(await self.start(number, who)) == "captured"
        await self.hear()

    async def bought(self, who: str = "owner", **wanted: int) -> dict[str, Any]:
        """A paid and confirmed order."""
        placed = await self.place(who, **wanted)
        await self.pay(placed["number"], who)
        return placed

    async def work(self, number: str, child: int = 1) -> dict[str, Any]:
        for state in ("open", "packed"):
            rows = (await self.api("GET", f"/work?state={state}&limit=100", "staff")).json()["items"]
            if found := [w for w in rows if w["number"] == f"{number}-{child}"]:
                return dict(found[0])
        raise AssertionError(number)

    async def ship(self, number: str, child: int = 1) -> dict[str, Any]:
        work = await self.work(number, child)
        await self.api("POST", f"/work/{work['id']}/pack", "staff")
        got = await self.api("POST", f"/work/{work['id']}/ship", "staff", key=self.key(), json={})
        assert got.status_code == 201, got.text
        await self.drain()
        return dict(got.json())

    async def travel(self, waybill: str) -> None:
        """The parcel is at its end, and the carrier has told."""
        while self.carrier.box.push(waybill):
            self.clock.pass_time(minutes=1)
        for note in self.carrier.box.due_notes():
            letter = self.carrier.letter(note)
            got = await self.http.post(f"/hooks/{letter.carrier}", content=letter.raw, headers=letter.headers)
            assert got.status_code == 200
        await self.drain()

    async def drain(self) -> None:
        await self.shop.relay.drain()

    async def order(self, ref: str, who: str = "staff") -> dict[str, Any]:
        got = await self.api("GET", f"/orders/{ref}", who)
        if got.status_code == 401 and who == "staff":  # half an hour has passed: staff sign in again
            await self.sign_in("staff")
            got = await self.api("GET", f"/orders/{ref}", who)
        assert got.status_code == 200, got.text
        return dict(got.json())

    # --- looking -------------------------------------------------------------------------------------------------------

    def tables(self, without: Iterable[str] = VISITS) -> list[str]:
        left_out = set(without)
        return [t for m in self.engine.modules for t in m.meta.tables if t not in left_out]

    async def counts(self, without: Iterable[str] = VISITS) -> dict[str, int]:
        """Rows of every table but those that a visit writes."""
        asked = [f"SELECT '{t}' AS t, COUNT(*) AS n FROM {t}" for t in self.tables(without)]
        return dict(await self.ask(" UNION ALL ".join(asked)))

    async def dump(self, tables: Iterable[str] = ()) -> dict[str, list[Any]]:
        """Every row of these tables (all but those that a visit writes), in their order of columns."""
        return {t: sorted(map(repr, await self.engine.ask(f"SELECT * FROM {t}"))) for t in tables or self.tables()}

    async def ask(self, sql: str) -> list[Any]:
        return [tuple(row) for row in await self.engine.ask(sql)]

    async def one(self, sql: str) -> Any:
        return (await self.ask(sql))[0][0]


@asynccontextmanager
async def housed(engine: Engine, clock: Clock, **named: Any) -> AsyncIterator[House]:
    """The shop on this engine, filled through its faces, with its people."""
    world, post = engine.world, Post()
    card = MemoryCard(world, code="stripe")
    carrier = MemoryCarrier(Box(clock, Random(4)))
    outside = Outside(
        named.pop("blobs", None) or Blobs(), [post], named.pop("providers", None) or [card, Cod()], [carrier],
        hasher=Quick(),
    )  # fmt: skip
    shop = build(world, engine, outside)
    config = named.pop("config", None) or Config(rates=dict.fromkeys(RATES, ""))
    app = create(shop, config, more=pages.handlers, **named)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False, client=("203.0.113.9", 4711))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000", timeout=60) as http:
        http.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))  # who asks is said in each request
        house = House(shop, app, engine, clock, card, carrier, post, http)
        await fill(house)
        await people(house)
        await house.drain()
        yield house
        await shop.stop()


async def fill(house: House) -> None:
    """Two merchants in two warehouses, four goods."""
    shop = house.shop
    for code, province, city in (("HZ", "浙江省", "杭州市"), ("SZ", "广东省", "深圳市")):
        made = await shop.inventory.put_warehouse(
            STAFF, PutWarehouse(code, {"en": code, "zh-CN": code}, Region("CN", province, city))
        )
        house.warehouse[code] = encode("wh", made.id)
    await shop.catalog.put_category(STAFF, PutCategory("all", {"en": "All", "zh-CN": "全部"}))
    for handle in ("tea", "road"):
        names = {"en": f"{handle} house", "zh-CN": f"{handle} 屋"}
        merchant = await shop.merchants.put(STAFF, PutMerchant(handle, names, "CN", "CNY"))
        house.merchant[handle] = encode("mer", merchant.id)
        rates = [
            RateDraft("standard", "CNY", "CN", first_minor=800, more_minor=300),
            RateDraft("express", "CNY", "CN", first_minor=2_000, more_minor=900, days_max=1),
        ]
        await shop.shipping.put_rates(STAFF, PutRates(merchant.id, rates))
    for serial, (code, (handle, place, price, weight, pieces)) in enumerate(SHELF.items()):
        merchant_id = decode("mer", house.merchant[handle])
        names = {"en": code.title(), "zh-CN": f"{code} 货"}
        draft = PutProduct(merchant_id, code.lower(), names, skus=[SkuDraft(code, weight_g=weight)], category="all")
        product = await shop.catalog.put(STAFF, draft)
        (row,) = (await shop.catalog.listings(STAFF, ListingsQuery(product_ids=[product.id]))).rows
        house.listing[code] = encode("lst", row.id)
        await shop.pricing.set_prices(STAFF, SetPrices(merchant_id, [PriceDraft(row.id, "CN", "CNY", price)]))
        stock = StockKey(row.components[0].stock_item_id, decode("wh", house.warehouse[place]), merchant_id)
        level = await shop.inventory.receive(STAFF, Receive(serial + 1, stock, pieces))
        house.stock[code] = encode("stk", level.stock_id)


async def people(house: House) -> None:
    """Two buyers, two guests, a clerk of each merchant, staff: each signed in as they would be."""
    shop = house.shop
    for who in ("guest", "stranger"):
        house.tokens[who] = (await shop.accounts.open_guest(SYSTEM, OpenGuest())).token
    house_of = {"clerk_tea": "tea", "clerk_road": "road"}
    for who, role in (("staff", "staff"), ("clerk_tea", "clerk"), ("clerk_road", "clerk"), ("owner", "buyer"), ("other", "buyer")):  # fmt: skip
        email = OWNER_EMAIL if who == "owner" else f"{who.replace('_', '.')}@people.example"
        at = decode("mer", house.merchant[house_of[who]]) if who in house_of else 0
        await shop.accounts.make_staff(SYSTEM, MakeStaff(email, role, at, PASSWORD))
        await house.sign_in(who)


@asynccontextmanager
async def opened(path: Path, kind: str = "sqlite", **named: Any) -> AsyncIterator[House]:
    """A house on an engine of its own."""
    clock = Clock(EPOCH_MS + 10**10)
    world = World(now=clock, chance=Random(1))
    async with engine_on(kind, path, world) as engine, housed(engine, clock, **named) as house:
        yield house


def problem(got: httpx.Response) -> tuple[int, str, str]:
    """(status, code, first wrong field) of an answer."""
    if not got.headers.get("content-type", "").startswith("application/problem+json"):
        return got.status_code, "", ""
    body = msgspec.json.decode(got.content)
    return got.status_code, body["code"], body["errors"][0]["field"] if body["errors"] else ""


def routes(app: Litestar) -> list[tuple[str, str, Any]]:
    """(method, path template, handler) of everything that is served; the framework's own OPTIONS aside."""
    found = []
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()):
            methods: set[str] = set(handler.http_methods)
            if methods != {"OPTIONS"}:
                found += [(m, route.path, handler) for m in sorted(methods - {"OPTIONS", "HEAD"})]
    return found


__all__ = ["CANARIES", "FORM", "House", "Module", "housed", "opened", "problem", "routes"]
