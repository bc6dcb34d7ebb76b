"""What may be shown at this moment: published, in stock and with a price in this market. Asked in batches, at every read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from jishi.goods.catalog import Catalog, Component, ListingsQuery
from jishi.goods.inventory import Availability, Inventory
from jishi.goods.pricing import PriceQuery, Pricing
from jishi.kernel import Context

from .face import Row
from .rules import Candidate

ROUND, ROUNDS, BATCH = 64, 3, 256  # candidates of each further look, such looks, ids a question
OFFERS_MAX = 16  # of one product that are looked at: a matrix of thousands has its share of the time


class Offer(NamedTuple):
    product_id: int
    listing_id: int
    minor: int


class Counter:
    def __init__(self, catalog: Catalog, pricing: Pricing, inventory: Inventory) -> None:
        self.catalog, self.pricing, self.inventory = catalog, pricing, inventory

    async def fill(
        self, ctx: Context, wished: Sequence[Candidate], without: set[int], limit: int
    ) -> list[tuple[Row, bool]]:
        """The first `limit` candidates that can be bought, each product once, and whether each is personal. Looks at twice
        as many as it needs, then at 64 more at a time, so that the row is full although some cannot be bought; three
        questions a look."""
        rows: list[tuple[Row, bool]] = []
        shown = set(without)
        ends = [2 * limit, *(2 * limit + ROUND * n for n in range(1, ROUNDS + 1))]
        for begin, end in zip([0, *ends], ends, strict=False):
            if begin >= len(wished):
                break
            some = [c for c in wished[begin:end] if not c.product_id or c.product_id not in shown]
            offers = await self._offers(ctx, some)
            by_listing = {o.listing_id: o for each in offers.values() for o in each}
            for c in some:
                mine = (
                    offers.get(c.product_id, []) if c.product_id else [o for o in [by_listing.get(c.listing_id)] if o]
                )
                best = min(mine, key=lambda o: (o.minor, o.listing_id), default=None)
                if best and best.product_id not in shown:
                    shown.add(best.product_id)
                    rows.append((Row(best.product_id, best.listing_id, c.reason), c.personal))
                    if len(rows) == limit:
                        return rows
        return rows

    async def _offers(self, ctx: Context, some: Sequence[Candidate]) -> dict[int, list[Offer]]:
        """Product → its offers that can be bought now."""
        products = sorted({c.product_id for c in some if c.product_id})
        alone = sorted({c.listing_id for c in some if not c.product_id})
        if not products and not alone:
            return {}
        found = (await self.catalog.listings(ctx, ListingsQuery(ids=alone, product_ids=products, most=OFFERS_MAX))).rows
        of: dict[int, int] = {}
        listings = []
        for x in found:
            if x.on_sale and (n := of.get(x.product_id, 0)) < OFFERS_MAX:
                of[x.product_id] = n + 1
                listings.append(x)
        free = await self._free(ctx, sorted({c.stock_item_id for x in listings for c in x.components}))
        here = [x for x in listings if enough(x.components, free)]
        prices = await self._prices(ctx, [x.id for x in here])
        offers: dict[int, list[Offer]] = {}
        for x in here:
            if x.id in prices:
                offers.setdefault(x.product_id, []).append(Offer(x.product_id, x.id, prices[x.id]))
        return offers

    async def _free(self, ctx: Context, items: Sequence[int]) -> dict[tuple[int, int], int]:
        """(stock item, warehouse) → pieces."""
        free: dict[tuple[int, int], int] = {}
        for i in range(0, len(items), BATCH):
            for level in (await self.inventory.availability(ctx, Availability(list(items[i : i + BATCH])))).rows:
                place = level.stock_item_id, level.warehouse_id
                free[place] = free.get(place, 0) + level.available
        return free

    async def _prices(self, ctx: Context, listings: Sequence[int]) -> dict[int, int]:
        """Listing → what one piece costs."""
        found: dict[int, int] = {}
        for i in range(0, len(listings), BATCH):
            for price in (await self.pricing.prices(ctx, PriceQuery(list(listings[i : i + BATCH])))).rows:
                if price.quantity_from <= 1:
                    found[price.listing_id] = price.minor
        return found


def enough(parts: Sequence[Component], free: dict[tuple[int, int], int]) -> bool:
    """One warehouse can give a whole piece."""
    houses = {house for item, house in free if any(item == c.stock_item_id for c in parts)}
    return any(all(free.get((c.stock_item_id, house), 0) >= c.quantity for c in parts) for house in houses)
