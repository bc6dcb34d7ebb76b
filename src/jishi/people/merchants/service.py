"""Merchants as others ask for them."""

from __future__ import annotations

from jishi.kernel import Context, Service, writes

from . import commands
from .face import MerchantList, Merchants, MerchantsQuery


class MerchantsService(Service, Merchants):
    put = writes(commands.put, needs="people:merchant:put")

    async def merchants(self, ctx: Context, query: MerchantsQuery, /) -> MerchantList:
        self.check(ctx, "people:merchant:see")
        found: MerchantList = await self.db.read(ctx, commands.merchants, query, ctx.via)
        return found
