"""A small shop of tiny faces, and the web before it. The services' own tests prove the services."""

from collections.abc import Callable
from random import Random
from typing import Any

import httpx

from jishi.goods.catalog import (
    AttributeList,
    AttributesQuery,
    Categories,
    Category,
    CategoryList,
    Component,
    DisplayCategory,
    DisplayList,
    DisplayQuery,
    Listing,
    ListingList,
    ListingsQuery,
    Matrix,
    MatrixQuery,
    NearestQuery,
    NoProduct,
    Option,
    OptionValue,
    PageQuery,
    Picture,
    Product,
    ProductCard,
    ProductPage,
    ProductQuery,
    Sku,
    SkuList,
    Step,
)
from jishi.goods.inventory import Availability, Level, Levels
from jishi.goods.pricing import Price, PriceList, PriceQuery
from jishi.grants import grants
from jishi.insight.behaviour import Seen
from jishi.insight.recommend import BesideQuery, Feed, FeedQuery, Row
from jishi.kernel import Context, World
from jishi.kernel.config import Config
from jishi.kernel.ids import encode
from jishi.kernel.place import Reason
from jishi.people.accounts import (
    Account,
    AskCode,
    CodeAsked,
    EnterCode,
    Me,
    Opened,
    OpenGuest,
    SessionGone,
    SignIn,
    SignOut,
    Visitor,
    Who,
    WrongCode,
    WrongPassword,
)
from jishi.people.privacy import Choices, Choose, MyChoices
from jishi.trade.cart import AddLine, CartLine, CartQuery, CartView, PutLine
from jishi.trade.reviews import Summary, SummaryList, SummaryQuery
from jishi.trade.wishes import Among, Marked
from jishi.web.app import create
from tests.kit import Clock

DAY_MS = 86_400_000
GRANTS = grants([("staff", ["desk:all"])])

TEA = Product(
    id=5,
    handle="tea",
    merchant_id=3,
    names={"zh-CN": "白茶", "en": "White tea & more"},
    summaries={"zh-CN": "春茶", "en": "Spring"},
    descriptions={"zh-CN": "<p>好茶</p>", "en": "<p>Good tea</p>"},
    category="tea",
    brand="Shan",
    options=[
        Option(
            "size",
            {"zh-CN": "规格", "en": "Size"},
            [OptionValue("s", {"zh-CN": "小", "en": "Small"}), OptionValue("l", {"zh-CN": "大", "en": "Large"})],
        )
    ],
    skus=[
        Sku(51, 511, "TEA-S", {"size": "s"}, 100, "", [Component(9, 1)], True, 71),
        Sku(52, 512, "TEA-L", {"size": "l"}, 300, "", [Component(9, 3)], True),
        Sku(53, 513, "TEA-OLD", {}, 300, "", [Component(9, 3)], False),
    ],
    specs=[({"zh-CN": "产地", "en": "Origin"}, {"zh-CN": "福鼎", "en": "Fuding"})],
    pictures=[Picture(71, "products/5/71", 800, 800, [200, 400, 800], {"zh-CN": "茶", "en": "Tea"})],
    kind="parcel",
    tax_class="standard",
    origin="CN",
    status="published",
    version=1,
    updated_at=1_767_225_600_000,
)


class Accounts:
    def __init__(self, now: Callable[[], int]) -> None:
        self.now, self.visitors, self.asked, self.opened = now, dict[str, Visitor](), 0, 0

    def add(self, role: str, person: int, merchant: int = 0) -> str:
        token = f"{role}-{person}-token-of-32-characters-long"
        self.visitors[token] = Visitor(person, person + 1000, role, merchant, 0, 0)
        return token

    async def open_guest(self, ctx: Context, command: OpenGuest, /) -> Opened:
        self.opened += 1
        token = self.add("guest", 100 + self.opened)
        return Opened(token, self.now() + DAY_MS, self.visitors[token])

    async def who(self, ctx: Context, query: Who, /) -> Visitor:
        self.asked += 1
        if query.token not in self.visitors:
            raise SessionGone
        return self.visitors[query.token]

    async def ask_code(self, ctx: Context, command: AskCode, /) -> CodeAsked:
        return CodeAsked(77, self.now() + 600_000, self.now() + 60_000)

    async def enter_code(self, ctx: Context, command: EnterCode, /) -> Opened:
        if command.code != "123456":
            raise WrongCode(4)
        self.visitors.pop(command.session_token, None)
        token = self.add("buyer", 7)
        return Opened(token, self.now() + DAY_MS, self.visitors[token])

    async def sign_in(self, ctx: Context, command: SignIn, /) -> Opened:
        if command.password != "correct horse":
            raise WrongPassword
        token = self.add("buyer", 7)
        return Opened(token, self.now() + DAY_MS, self.visitors[token])

    async def sign_out(self, ctx: Context, command: SignOut, /) -> None:
        del self.visitors[command.token]

    async def me(self, ctx: Context, query: Me, /) -> Account:
        return Account(ctx.actor.id, ctx.actor.role, 0, 0, True, self.now())


class Catalog:
    def __init__(self) -> None:
        self.products, self.asked = {5: TEA}, 0

    async def product(self, ctx: Context, query: ProductQuery, /) -> Product:
        self.asked += 1
        found = [p for p in self.products.values() if p.id == query.id or p.handle == query.handle]
        if not found:
            raise NoProduct(query.id, query.handle)
        return found[0]

    async def nearest(self, ctx: Context, query: NearestQuery, /) -> SkuList:
        on_sale = [s for s in self.products[query.product_id].skus if s.on_sale]
        fitting = [s for s in on_sale if query.wished.items() <= s.chosen.items()]
        return SkuList((fitting or on_sale)[: query.limit])

    async def matrix(self, ctx: Context, query: MatrixQuery, /) -> Matrix:
        on_sale = [s for s in self.products[query.product_id].skus if s.on_sale]
        return Matrix([Step(o, v, s, exact=True) for s in on_sale for o, v in s.chosen.items()])

    async def display(self, ctx: Context, query: DisplayQuery, /) -> DisplayList:
        return DisplayList([DisplayCategory("tea", {"zh-CN": "茶", "en": "Tea"}, "", "leaf", 1, ["tea"])])

    async def attributes(self, ctx: Context, query: AttributesQuery, /) -> AttributeList:
        return AttributeList([])

    async def page(self, ctx: Context, query: PageQuery, /) -> ProductPage:
        self.asked += 1
        rows = [p for p in self.products.values() if query.words.lower() in p.names["en"].lower()]
        cards = [ProductCard(p.id, p.handle, p.merchant_id, p.names, p.category, p.pictures[0].path, {}, [s.listing_id for s in p.skus if s.on_sale]) for p in rows]  # fmt: skip
        return ProductPage(cards[: query.limit], "")

    async def listings(self, ctx: Context, query: ListingsQuery, /) -> ListingList:
        rows = [
            Listing(s.listing_id, s.id, p.id, p.handle, s.code, p.merchant_id, p.names, {}, "", s.weight_g, s.components, p.kind, p.tax_class, p.category, s.on_sale)
            for p in self.products.values()
            for s in p.skus
            if s.listing_id in query.ids
        ]  # fmt: skip
        return ListingList(rows)

    async def categories(self, ctx: Context, query: Categories, /) -> CategoryList:
        return CategoryList([Category("tea", {"zh-CN": "茶", "en": "Tea"}, "", "leaf", 1)])


class Pricing:
    def __init__(self) -> None:
        self.minor = {511: 12_900, 512: 29_900}

    async def prices(self, ctx: Context, query: PriceQuery, /) -> PriceList:
        assert len(query.listing_ids) <= 256
        rows = [
            Price(id, id, ctx.currency, self.minor[id], True, 1, 0, 0, was_minor=15_900 if id == 511 else 0)
            for id in sorted(query.listing_ids)
            if id in self.minor
        ]
        return PriceList(rows if ctx.market == "CN" else [])


class Inventory:
    def __init__(self) -> None:
        self.rows = [Level(1, 9, 1, 3, "new", 7, 0, 0, 0, 0, 0), Level(2, 9, 2, 3, "new", 4, 1, 0, 0, 0, 0)]

    async def availability(self, ctx: Context, query: Availability, /) -> Levels:
        return Levels([r for r in self.rows if r.stock_item_id in query.stock_item_ids])


class Cart:
    def __init__(self) -> None:
        self.lines: dict[int, dict[int, int]] = {}
        self.writes = 0

    async def cart(self, ctx: Context, query: CartQuery, /) -> CartView:
        mine = self.lines.get(ctx.actor.id, {})
        return CartView([CartLine(k, n, 0) for k, n in mine.items()], sum(mine.values()))

    async def add(self, ctx: Context, command: AddLine, /) -> CartView:
        self.writes += 1
        mine = self.lines.setdefault(ctx.actor.id, {})
        mine[command.listing_id] = mine.get(command.listing_id, 0) + command.quantity
        return await self.cart(ctx, CartQuery())

    async def put(self, ctx: Context, command: PutLine, /) -> CartView:
        self.writes += 1
        mine = self.lines.setdefault(ctx.actor.id, {})
        mine[command.listing_id] = command.quantity
        if not command.quantity:
            del mine[command.listing_id]
        return await self.cart(ctx, CartQuery())


class Privacy:
    """Nobody has allowed anything."""

    async def choices(self, ctx: Context, query: MyChoices, /) -> Choices:
        return Choices([], asked=False)

    async def choose(self, ctx: Context, command: Choose, /) -> Choices:
        return Choices([], asked=True)


class Behaviour:
    def __init__(self) -> None:
        self.noted: list[Seen] = []

    async def note(self, ctx: Context, seen: Seen, /) -> None:
        self.noted.append(seen)


class Recommend:
    """What sells is the tea; nothing was learnt."""

    async def popular(self, ctx: Context, query: BesideQuery, /) -> Feed:
        return Feed([Row(5, 511, Reason("recommend.why.popular"))])

    async def feed(self, ctx: Context, query: FeedQuery, /) -> Feed:
        return Feed([Row(5, 511, Reason("recommend.why.popular"))])

    async def similar(self, ctx: Context, query: BesideQuery, /) -> Feed:
        return Feed([])

    async def together(self, ctx: Context, query: BesideQuery, /) -> Feed:
        return Feed([])


class Reviews:
    """Nobody has said anything."""

    async def summary(self, ctx: Context, query: SummaryQuery, /) -> SummaryList:
        return SummaryList([Summary(id, 0, 0, [0] * 5, 0, {}, []) for id in query.product_ids])


class Wishes:
    """Nobody wishes for anything."""

    async def among(self, ctx: Context, query: Among, /) -> Marked:
        return Marked([], [])


class Blobs:
    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    async def get(self, name: str) -> bytes:
        from jishi.kernel.blobs import NoBlob, checked

        if checked(name) not in self.kept:
            raise NoBlob(name)
        return self.kept[name]


class Ears:
    """A relay that tells."""

    def __init__(self) -> None:
        self.tells: dict[str, list[Any]] = {}

    def listen(self, shape: Any, tell: Any, /) -> None:
        self.tells.setdefault(shape.topic(), []).append(tell)

    def say(self, event: Any) -> None:
        for tell in self.tells.get(event.topic(), ()):
            tell(event)


class Shop:
    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.world = World(now=clock, chance=Random(1))
        self.grants = GRANTS
        self.accounts, self.catalog, self.pricing = Accounts(clock), Catalog(), Pricing()
        self.inventory, self.cart, self.blobs, self.relay = Inventory(), Cart(), Blobs(), Ears()
        self.privacy, self.behaviour, self.recommend = Privacy(), Behaviour(), Recommend()
        self.reviews, self.wishes = Reviews(), Wishes()


def web(shop: Any, *, more: Any = (), config: Config | None = None, **named: Any) -> Any:
    return create(shop, config or Config(), more=more, **named)


def browser(app: Any, **named: Any) -> httpx.AsyncClient:
    """Asks as a browser would on the shop's own origin."""
    headers = {"accept-language": "zh-CN,zh;q=0.9,en;q=0.5", **named.pop("headers", {})}
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://localhost:8000", headers=headers, **named)


PRD, LST = encode("prd", 5), encode("lst", 511)
