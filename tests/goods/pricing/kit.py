"""A price book with a service and a relay, and words to read it by."""

from dataclasses import dataclass
from typing import ClassVar, cast

from msgspec import msgpack
from msgspec.structs import replace
from sqlalchemy import bindparam, func, select

from jishi.goods.catalog import Catalog, Listing, ListingList, ListingsQuery
from jishi.goods.pricing import HistoryQuery, Price, PriceDraft, PriceQuery, PricesChanged, SetPrices
from jishi.goods.pricing.service import PricingService
from jishi.goods.pricing.tables import module
from jishi.grants import grants
from jishi.kernel import Context, Database, Engine, Statement
from tests.kit import STAFF, buyer

ACME, OTHER = 5, 6
CUP = PriceDraft(100, "CN", "CNY", 12_900)
CHINA = buyer(role="guest")
GERMANY = replace(CHINA, market="DE", currency="EUR")


class Shelf:
    """A catalogue in which every listing is ACME's, but what `others` says."""

    others: ClassVar[dict[int, int]] = {900: OTHER}

    async def listings(self, ctx: Context, query: ListingsQuery) -> ListingList:
        assert ctx.via == "goods.pricing"
        return ListingList([listing(id, self.others.get(id, ACME)) for id in query.ids if id < 1_000])


def listing(id: int, merchant_id: int) -> Listing:
    return Listing(id, 1, 1, "h", "c", merchant_id, {}, {}, "", 0, [], "parcel", "standard", "tea", on_sale=True)


@dataclass
class Book:
    db: Database
    service: PricingService

    async def set(self, *rows: PriceDraft, merchant: int = ACME, ctx: Context = STAFF) -> list[Price]:
        return (await self.service.set_prices(ctx, SetPrices(merchant, list(rows)))).rows

    async def prices(self, *ids: int, ctx: Context = CHINA, at: int = 0) -> list[Price]:
        """Without their reasons: the rows as they were set."""
        rows = (await self.service.prices(ctx, PriceQuery(list(ids) or [100], at))).rows
        return [replace(p, reason=None, was_minor=0, was_reason=None) for p in rows]

    async def price(self, ctx: Context = CHINA, at: int = 0, id: int = 100) -> Price:
        """What one piece costs, with why and what is struck through."""
        return (await self.service.prices(ctx, PriceQuery([id], at))).rows[0]

    async def minor(self, at: int = 0, id: int = 100) -> list[int]:
        """What one piece costs: at most one figure."""
        return [p.minor for p in await self.prices(id, at=at) if p.quantity_from == 1]

    async def history(self, id: int = 100, ctx: Context = STAFF, limit: int = 100) -> list[Price]:
        return (await self.service.history(ctx, HistoryQuery(id, limit))).rows

    async def spans(self, id: int = 100) -> list[tuple[int, int, int]]:
        """(minor, from, to), oldest first."""
        return [(p.minor, p.valid_from, p.valid_to) for p in reversed(await self.history(id))]

    async def counts(self) -> dict[str, int]:
        return await self.db.read(None, lambda tx: {t: tx.row(c)[0] for t, c in COUNTS.items()})

    async def changes(self) -> list[tuple[int, list[int]]]:
        """(due, listings) of every PricesChanged that waits, by time."""
        rows = await self.db.read(None, lambda tx: tx.rows(BODIES, called=PricesChanged.topic()))
        return [(due, msgpack.decode(raw, type=PricesChanged).listing_ids) for raw, due in rows]


def open_book(engine: Engine) -> Book:
    db = Database(engine, module)
    return Book(db, PricingService(db, grants(), cast(Catalog, Shelf())))


_tables = [t for t in module.meta.sorted_tables if not t.name.endswith("inbox")]
COUNTS = {t.name: Statement(select(func.count()).select_from(t)) for t in _tables}
_o = module.meta.tables["goods_pricing_outbox"].c
BODIES = Statement(select(_o.body, _o.due_at).where(_o.topic == bindparam("called")).order_by(_o.due_at, _o.id))
