"""The face, bound to its units."""

from typing import cast

from jishi.kernel import Context, Service, reads, writes

from . import commands
from .face import PriceList, PriceQuery, Pricing


class PricingService(Service, Pricing):
    set_prices = writes(commands.set_prices, needs="goods:price:set")
    history = reads(commands.history, needs="goods:price:history")

    async def prices(self, ctx: Context, query: PriceQuery, /) -> PriceList:
        """What is in force in the context's market and currency."""
        self.check(ctx, "goods:price:see")
        ask = commands.InForce(query, ctx.market, ctx.currency)
        return cast(PriceList, await self.db.read(ctx, commands.prices, ask))
