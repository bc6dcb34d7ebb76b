"""Wishes on a true database; goods, prices, stock and letters as a test says they stand."""

from dataclasses import dataclass, field
from typing import Any

from jishi.goods.catalog import Component, Listing, ListingList, ListingsQuery
from jishi.goods.inventory import Availability, Level, Levels, StockChanged
from jishi.goods.pricing import Price, PriceList, PriceQuery, PricesChanged
from jishi.grants import grants
from jishi.kernel import SYSTEM, Context, Database, Engine, Event, Module, Relay
from jishi.kernel.place import Region
from jishi.people.vault import CardFacts, KeepCard
from jishi.trade.wishes import Watch, Watching
from jishi.trade.wishes.service import WishesService
from tests.kit import Clock, buyer
from tests.trade.fakes import Letters

BUYER, STRANGER, GUEST = buyer(7), buyer(8), buyer(9, "guest")
TEA, LAMP = 511, 611  # listings


class Goods:
    """TEA is of stock item 9, LAMP of two of item 8; who asks must be the house."""

    def __init__(self) -> None:
        self.free, self.minor, self.on_sale = {9: 0, 8: 0}, {TEA: 1000, LAMP: 5000}, {TEA: True, LAMP: True}

    async def listings(self, ctx: Context, query: ListingsQuery, /) -> ListingList:
        rows = [
            Listing(
                id, id, id // 100, f"p{id}", f"S{id}", 71, {"en": f"Goods {id}", "zh-CN": f"商品 {id}"}, {}, "", 1,
                [Component(item, n)], "parcel", "standard", "tea", self.on_sale[id],
            )
            for id, item, n in ((TEA, 9, 1), (LAMP, 8, 2))
            if id in query.ids or item in query.stock_item_ids
        ]  # fmt: skip
        return ListingList(rows)

    async def availability(self, ctx: Context, query: Availability, /) -> Levels:
        assert ctx.via == "trade.wishes"
        return Levels([Level(i, i, 1, 71, "new", self.free[i], 0, 0, 0, 0, self.free[i]) for i in query.stock_item_ids])

    async def prices(self, ctx: Context, query: PriceQuery, /) -> PriceList:
        assert ctx.via == "trade.wishes"
        rows = [
            Price(id, id, ctx.currency, self.minor[id], True, 1, 0, 0) for id in query.listing_ids if self.minor[id]
        ]
        return PriceList(rows)


class Vault:
    def __init__(self) -> None:
        self.kept: list[KeepCard] = []

    async def keep(self, ctx: Context, command: KeepCard, /) -> CardFacts:
        assert command.person_id == ctx.actor.id
        self.kept.append(command)
        return CardFacts(command.card_id, command.person_id, command.kind, Region("CN"), "", "", "")


class Accounts:
    async def me(self, ctx: Context, query: Any, /) -> Any:
        class Account:
            contact_card = 800 + ctx.actor.id

        return Account()


@dataclass
class Stand:
    wishes: WishesService
    relay: Relay
    clock: Clock
    goods: Goods
    letters: Letters
    vault: Vault
    serial: int = field(default=0)

    async def watch(self, ctx: Context = BUYER, listing: int = TEA, kind: str = "back", email: str = "") -> Watching:
        self.clock.pass_time(ms=1)
        return await self.wishes.watch(ctx, Watch(listing, kind, email))

    async def say(self, event: Event) -> None:
        """The event arrives, and all that follows from it now is done."""
        (handler,) = [h for h in self.wishes.handlers() if h.shape is type(event) and h.story]
        assert handler.story
        await handler.story(SYSTEM, event)
        await self.relay.drain()

    async def stocked(self, pieces: int, item: int = 9) -> None:
        self.goods.free[item] = pieces
        await self.say(StockChanged([item]))

    async def priced(self, minor: int, listing: int = TEA) -> None:
        self.goods.minor[listing] = minor
        await self.say(PricesChanged([listing]))

    async def later(self, **named: float) -> None:
        self.clock.pass_time(**named)
        await self.relay.drain()

    @property
    def told(self) -> list[int]:
        """Cards that were written to, in order."""
        return [send.card_id for _, send in self.letters.sent.values()]


def stand_on(engine: Engine, clock: Clock) -> Stand:
    goods, letters, vault = Goods(), Letters(), Vault()
    parts: Any = (goods, goods, goods, vault, Accounts(), letters)
    wishes = WishesService(Database(engine, Module.all["trade.wishes"]), grants(), *parts, pepper=b"p" * 32)
    relay = Relay(engine.world, [wishes.db], list(wishes.handlers()))
    return Stand(wishes, relay, clock, goods, letters, vault)
