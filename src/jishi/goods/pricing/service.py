"""The face, bound to its units."""

from collections.abc import Sequence
from typing import cast

from jishi.goods.catalog import Catalog, ListingsQuery
from jishi.kernel import Context, Database, Grants, Handler, Service, reads, writes

from . import commands, handlers, queries
from .face import PriceList, PriceQuery, Pricing, SetPrices, WrongPrice
from .rules import MAX_ROWS


class PricingService(Service, Pricing):
    def __init__(self, db: Database, grants: Grants, catalog: Catalog) -> None:
        super().__init__(db, grants)
        self.catalog = catalog

    _set = writes(commands.set_prices, needs="goods:price:set")
    history = reads(queries.history, needs="goods:price:history")
    sold = reads(queries.sold, needs="goods:price:history")

    def handlers(self) -> Sequence[Handler]:
        return [Handler(self.db, handlers.Confirmed, unit=handlers.sold)]

    async def set_prices(self, ctx: Context, command: SetPrices, /) -> PriceList:
        """Whose a listing is, the catalogue says: it is asked about those that were never priced before."""
        self.check(ctx, "goods:price:set")
        ids = sorted({d.listing_id for d in command.rows})
        if len(command.rows) > MAX_ROWS:
            raise WrongPrice(0, "too_many")
        new: list[int] = await self.db.read(ctx, queries.unpriced, ids)
        if new:
            asked = ListingsQuery(ids=new)
            known = {x.id: x.merchant_id for x in (await self.catalog.listings(ctx.acting(self.name), asked)).rows}
            if foreign := [id for id in new if known.get(id) != command.merchant_id]:
                raise WrongPrice(foreign[0], "owner")
        return await self._set(ctx, command)

    async def prices(self, ctx: Context, query: PriceQuery, /) -> PriceList:
        """What is in force in the context's market and currency, and what may be struck through there."""
        self.check(ctx, "goods:price:see")
        ask = queries.InForce(query, ctx.market, ctx.currency, ctx.storefront)
        return cast(PriceList, await self.db.read(ctx, queries.prices, ask))
