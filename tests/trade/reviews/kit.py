"""Reviews with the true document stores behind them; orders, goods and people as a test says they stand."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from msgspec import structs
from PIL import Image

from jishi.goods.catalog import NoProduct, Product, ProductQuery
from jishi.goods.catalog.pictures import encoded
from jishi.grants import grants
from jishi.kernel import Context, Database, Engine, Module, Relay, World
from jishi.kernel.documents import Documents, DocumentSource
from jishi.kernel.memory_documents import MemoryDocuments
from jishi.kernel.sqlite import SqliteEngine
from jishi.kernel.sqlite_documents import SqliteDocuments
from jishi.people.vault import Card, NoCard, Show, Shown
from jishi.trade.orders import Child, GrantLink, Line, Link, NoOrder, Order, OrderQuery
from jishi.trade.reviews import Rated, Review, ReviewsQuery, Summary, SummaryQuery, WriteReview
from jishi.trade.reviews.kinds import KINDS
from jishi.trade.reviews.service import ReviewsService
from tests.kit import Clock, buyer, clerk
from tests.trade.fakes import Letters

BUYER, STRANGER, GUEST = buyer(7), buyer(8), buyer(9, "guest")
CLERK, OTHER_CLERK = clerk(71), clerk(72)
TEA, LAMP = 5, 6
SECRET = "s" * 32
LONG = "叶子完整，茶汤清亮，回甘很好。包装也很仔细，送得很快。"


def product(id: int, merchant_id: int) -> Product:
    return Product(
        id, f"p{id}", merchant_id, {"en": f"Product {id}", "zh-CN": f"商品 {id}"}, {}, {}, "tea", "", [], [], [], [],
        "parcel", "standard", "CN", "published", 1, 0,
    )  # fmt: skip


def line(n: int, product_id: int, quantity: int = 1) -> Line:
    return Line(
        n, 500 + product_id, 50 + product_id, product_id, f"S{product_id}", f"p{product_id}",
        {"en": f"Product {product_id}"}, {"en": "Large", "zh-CN": "大"}, "pictures/x", quantity, 0, quantity, 100, 0, 100,
        0, 100, 0, 0,
    )  # fmt: skip


def child(n: int, merchant_id: int, lines: list[Line], fulfilment: str = "delivered") -> Child:
    return Child(
        n, f"J1-{n}", merchant_id, 1, fulfilment, "none", fulfilment, "standard", 0, 0, 0, lines, 0, "", 0, 100, 0, {}
    )


def order(id: int, buyer_id: int, children: list[Child]) -> Order:
    return Order(
        id, f"J{id:09d}", buyer_id, "delivered", "paid", "card", "CN", "zh-CN", "CNY", 100, 0, 0, 0, True, 100, 0, 0, 0,
        0, 900 + buyer_id, 800 + buyer_id, children, [], {}, 1, [],
    )  # fmt: skip


class Orders:
    def __init__(self) -> None:
        self.rows: dict[int, Order] = {}

    async def order(self, ctx: Context, query: OrderQuery, /) -> Order:
        found = next(
            (o for o in self.rows.values() if o.id == query.order_id or (query.number and o.number == query.number)),
            None,
        )
        if query.secret == SECRET and found is None:
            found = next(iter(self.rows.values()))
        if found is None:
            raise NoOrder(query.order_id)
        if ctx.actor.role in ("system", "staff") or query.secret == SECRET or found.buyer_id == ctx.actor.id:
            return found
        raise NoOrder(query.order_id)

    async def grant_link(self, ctx: Context, command: GrantLink, /) -> Link:
        return Link(SECRET, 0)


class Goods:
    def __init__(self) -> None:
        self.rows = {TEA: product(TEA, 71), LAMP: product(LAMP, 72)}

    async def product(self, ctx: Context, query: ProductQuery, /) -> Product:
        if query.id not in self.rows:
            raise NoProduct(query.id)
        return self.rows[query.id]


class Masks:
    """A vault that shows names of two persons."""

    def __init__(self) -> None:
        self.asked = 0

    async def show(self, ctx: Context, query: Show, /) -> Shown:
        assert query.masked
        assert ctx.via == "trade.reviews"
        self.asked += 1
        if query.ids[0] not in (907, 908, 909, 807, 808):
            raise NoCard(query.ids[0])
        fields = {"name": "林*", "email": "l***@example.com"}
        return Shown([Card(id, 7, "recipient", {f: fields[f] for f in query.fields}) for id in query.ids])


class Me:
    async def me(self, ctx: Context, query: Any, /) -> Any:
        class Account:
            contact_card = 800 + ctx.actor.id

        return Account()


class Files:
    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    async def put(self, name: str, data: bytes) -> None:
        self.kept[name] = data

    async def drop(self, name: str) -> None:
        self.kept.pop(name, None)


async def at_once(work: Any, *args: Any) -> Any:
    return work(*args)


@dataclass
class Stand:
    """The reviews, and what they stand on."""

    reviews: ReviewsService
    documents: Documents
    relay: Relay
    clock: Clock
    orders: Orders
    goods: Goods
    letters: Letters
    files: Files
    told: list[Rated] = field(default_factory=list)
    serial: int = 1000

    def bought(self, person: int = 7, product_id: int = TEA, fulfilment: str = "delivered", lines: int = 1) -> int:
        """An order of somebody, with as many lines of the product; its id."""
        self.serial += 1
        sold = [line(n, product_id) for n in range(1, lines + 1)]
        made = order(self.serial, person, [child(1, 71 if product_id == TEA else 72, sold, fulfilment)])
        self.orders.rows[made.id] = made
        return made.id

    async def write(self, stars: int = 5, text: str = "", ctx: Context = BUYER, **named: Any) -> Review:
        order_id = named.pop("order_id", 0) or self.bought(ctx.actor.id, named.pop("product_id", TEA))
        self.clock.pass_time(seconds=1)
        return await self.reviews.write(ctx, WriteReview(named.pop("line", 1), stars, text, order_id=order_id, **named))

    async def settled(self) -> None:
        await self.relay.drain()

    async def summary(self, product_id: int = TEA) -> Summary:
        await self.settled()
        return (await self.reviews.summary(GUEST, SummaryQuery([product_id]))).rows[0]

    async def ids(self, **named: Any) -> list[int]:
        return [r.id for r in (await self.reviews.reviews(GUEST, ReviewsQuery(TEA, **named))).rows]

    async def later(self, **named: float) -> None:
        self.clock.pass_time(**named)
        await self.settled()

    def set_goods(self, id: int, **changed: Any) -> None:
        self.goods.rows[id] = structs.replace(self.goods.rows[id], **changed)


@asynccontextmanager
async def stand_on(engine: Engine, driver: str, path: Path, world: World, clock: Clock) -> AsyncIterator[Stand]:
    store: SqliteEngine | None = None
    documents: Documents
    if driver == "sqlite":
        store = SqliteEngine(world, str(path / "documents.db"), modules=[])
        await store.open()
        documents = SqliteDocuments(store)
    else:
        documents = MemoryDocuments(world)
    await documents.declare(*KINDS)
    orders, goods, letters, files = Orders(), Goods(), Letters(), Files()
    parts: Any = (documents, orders, goods, Masks(), letters, Me(), files)
    reviews = ReviewsService(
        Database(engine, Module.all["trade.reviews"]), grants(), *parts, encode=encoded, pepper=b"p" * 32, run=at_once
    )
    relay = Relay(world, [reviews.db, *[DocumentSource(documents, k) for k in KINDS]], list(reviews.handlers()))
    stand = Stand(reviews, documents, relay, clock, orders, goods, letters, files)
    relay.listen(Rated, stand.told.append)
    yield stand
    if store:
        await store.close()


def photo(width: int = 640, height: int = 480, form: str = "JPEG") -> bytes:
    out = BytesIO()
    Image.new("RGB", (width, height), (180, 120, 60)).save(out, form)
    return out.getvalue()
