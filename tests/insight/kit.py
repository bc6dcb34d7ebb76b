"""A whole shop, and what lies in its store of behaviour: everything is looked at as bytes."""

from typing import Any, Self

import msgspec
from sqlalchemy import select

from jishi.goods.catalog import ListingsQuery, PutCategory, PutProduct, SkuDraft
from jishi.goods.inventory import Receive, StockKey
from jishi.goods.pricing import PriceDraft, SetPrices
from jishi.insight.behaviour import Seen, Trail
from jishi.insight.behaviour.keyring import keys
from jishi.insight.recommend.commands import count
from jishi.kernel import SYSTEM, Context, Engine, Money, Statement
from jishi.people.privacy import PURPOSES, Choose
from jishi.trade.orders import Placed
from tests.kit import STAFF, buyer
from tests.web.town import Town

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
YES, NO = dict.fromkeys(PURPOSES, True), dict.fromkeys(PURPOSES, False)
KEYS = Statement(select(keys.c.period, keys.c.secret).order_by(keys.c.period))


async def allow(place: Town, ctx: Context, **given: bool) -> None:
    await place.shop.privacy.choose(ctx, Choose(given or YES, "page"))


async def look_at(place: Town, ctx: Context, *products: int, kind: str = "view") -> None:
    for p in products:
        await place.shop.behaviour.note(ctx, Seen(kind, p))
    await place.shop.behaviour.flush()


def raw(place: Town) -> dict[str, bytes]:
    """Id → body, of every trail."""
    return {k: v.body for k, v in place.shop.documents.store.get("insight.trails", {}).items() if not v.gone}


def trails(place: Town) -> list[Trail]:
    return [msgspec.json.decode(body, type=Trail) for _, body in sorted(raw(place).items())]


def steps(place: Town) -> list[tuple[str, int]]:
    return [(s.kind, s.product_id) for t in trails(place) for s in t.steps]


async def secrets(place: Town) -> dict[int, bytes]:
    rows: list[Any] = await place.shop.behaviour.keys.read(SYSTEM, lambda tx: tx.rows(KEYS))
    return {period: bytes(secret) for period, secret in rows}


async def shelf(place: Town, n: int, *, pieces: int = 20) -> list[int]:
    """That many more products in the lamp's shop, each in stock at 10.00 and more; answers their ids."""
    made = []
    merchant, house = place.merchant["lamp"], place.warehouse["lamp"]
    await place.shop.catalog.put_category(STAFF, PutCategory("things", {"zh-CN": "好物", "en": "Things"}))
    for i in range(n):
        names = {"zh-CN": f"好物 {i}", "en": f"Thing {i}"}
        draft = PutProduct(merchant, f"thing-{i}", names, skus=[SkuDraft(f"THING-{i}")], category="things")
        sku = (product := await place.shop.catalog.put(STAFF, draft)).skus[0]
        await place.shop.pricing.set_prices(
            STAFF, SetPrices(merchant, [PriceDraft(sku.listing_id, "CN", "CNY", 1_000 + i)])
        )
        if pieces:
            key = StockKey(sku.components[0].stock_item_id, house, merchant)
            await place.shop.inventory.receive(STAFF, Receive(1_000 + i, key, pieces))
        place.listing[f"thing-{i}"] = sku.listing_id
        made.append(product.id)
    return made


async def crowd(place: Town, goods: list[int], n: int = 40) -> list[Context]:
    """Two tastes: one half of the crowd looks at and buys of the first half of the goods, the other of the second."""
    half = len(goods) // 2
    rows = (await place.shop.catalog.listings(STAFF, ListingsQuery(product_ids=goods))).rows
    listing = {x.product_id: x.id for x in rows}
    people = [buyer(60_000_000_000 + i) for i in range(n)]
    for i, ctx in enumerate(people):
        mine = goods[:half] if i % 2 else goods[half:]
        took = [mine[(i + k) % half] for k in range(4)]
        await allow(place, ctx)
        for p in took:
            await place.shop.behaviour.note(ctx, Seen("view", p))
        await place.shop.behaviour.flush()
        event = Placed(i + 1, ctx.actor.id, Money(1, "CNY"), "card", [(listing[p], 1) for p in took[2:]])
        await place.shop.behaviour.bought(SYSTEM, event)
        await place.shop.recommend.db.write(SYSTEM, count, event)
    return people


class Count:
    """How many questions and writes reach the engine and the document store."""

    def __init__(self, place: Town, engine: Engine) -> None:
        self.place, self.engine, self.n = place, engine, 0

    def __enter__(self) -> Self:
        self.read, self.find = self.engine.read, self.place.shop.documents.find

        async def read(job: Any) -> Any:
            self.n += 1
            return await self.read(job)

        async def find(*args: Any) -> Any:
            self.n += 1
            return await self.find(*args)

        self.engine.read, self.place.shop.documents.find = read, find  # type: ignore[method-assign]
        return self

    def __exit__(self, *_: object) -> None:
        self.engine.read, self.place.shop.documents.find = self.read, self.find  # type: ignore[method-assign]
