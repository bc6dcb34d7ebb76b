"""Entries gathered from the faces of goods, in batches: what is published, what it costs in each market, what there is."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from jishi.goods.catalog import (
    Attribute,
    AttributesQuery,
    BrandsQuery,
    Catalog,
    Categories,
    Component,
    DisplayQuery,
    Fact,
    ListingsQuery,
    NoProduct,
    PageQuery,
    Product,
    ProductQuery,
)
from jishi.goods.inventory import Availability, Inventory, Level, WarehousesQuery
from jishi.goods.pricing import Price, PriceQuery, Pricing
from jishi.kernel import SYSTEM, Context, Database
from jishi.kernel.market import Market
from jishi.kernel.place import Text

from .entries import Entry, Offered
from .facets import Names
from .queries import Judged, judged

BATCH = 256  # ids a question
SKUS = 500  # of a product that are priced and counted; a larger matrix is known by its first
AT_ONCE = 8  # products that are read side by side
PAGE = 100
HERE = SYSTEM.acting("goods.search")


class Gatherer:
    """Reads as the house does, with the search's own rights."""

    def __init__(
        self, db: Database, catalog: Catalog, pricing: Pricing, inventory: Inventory, markets: Mapping[str, Market]
    ) -> None:
        self.db, self.catalog, self.pricing, self.inventory, self.markets = db, catalog, pricing, inventory, markets
        self.room = asyncio.Semaphore(AT_ONCE)

    async def names(self) -> tuple[Names, str]:
        """What codes are called now, and a print of it: texts in the index are made of them."""
        tree = (await self.catalog.categories(HERE, Categories())).rows
        shown = (await self.catalog.display(HERE, DisplayQuery())).rows
        brands = (await self.catalog.brands(HERE, BrandsQuery())).rows
        attributes = (await self.catalog.attributes(HERE, AttributesQuery())).rows
        under: dict[str, list[str]] = {c.code: [c.code] for c in tree}
        above = {c.code: c.parent for c in tree}
        for c in tree:
            parent = c.parent
            while parent:
                under[parent].append(c.code)
                parent = above[parent]
        below = dict(under)
        children: dict[str, list[str]] = {}
        for d in shown:
            children.setdefault(d.parent, []).append(d.code)
        own = {d.code: d.categories for d in shown}

        def reach(code: str) -> list[str]:
            mine = [x for c in own.get(code, ()) for x in under.get(c, [c])]
            return list(dict.fromkeys([*mine, *(x for child in children.get(code, ()) for x in reach(child))]))

        below |= {d.code: reach(d.code) for d in shown}
        names = Names(
            {d.code: d.names for d in shown} or {c.code: c.names for c in tree},
            {d.code: d.parent for d in shown} or above,
            below,
            {b.code: b.names for b in brands},
            {a.code: a for a in attributes},
        )
        told = msgspec.msgpack.encode((tree, shown, attributes))
        return names, hashlib.blake2b(told, digest_size=8).hexdigest()

    async def products_of(self, refs: Mapping[str, Iterable[int]]) -> set[int]:
        """The products that changes speak of, be it by listing or by stock item."""
        found = set(refs.get("product", ()))
        for kind in ("listing", "stock"):
            ids = sorted(set(refs.get(kind, ())))
            for i in range(0, len(ids), BATCH):
                some = ids[i : i + BATCH]
                query = ListingsQuery(ids=some) if kind == "listing" else ListingsQuery(stock_item_ids=some)
                found |= {x.product_id for x in (await self.catalog.listings(HERE, query)).rows}
        return found

    async def page(self, cursor: str) -> tuple[list[int], str]:
        """Ids of what is published, and the next cursor."""
        page = await self.catalog.page(HERE, PageQuery(cursor=cursor, limit=PAGE))
        return [c.id for c in page.cards], page.next

    async def entries(self, ids: Sequence[int], names: Names) -> tuple[list[Entry], list[int]]:
        """The products as the index knows them, and those that are not to be found."""
        read = await asyncio.gather(*[self._product(id) for id in ids])
        here = [p for p in read if p is not None]
        offers = {p.id: [s for s in p.skus if s.on_sale] for p in here}
        listings = [s.listing_id for p in here for s in offers[p.id]]
        prices = {code: await self._prices(market, listings) for code, market in self.markets.items()}
        levels = await self._levels([c for p in here for s in offers[p.id] for c in s.components])
        places = await self._places()
        facts: Judged = await self.db.read(HERE, judged, listings, [p.id for p in here])
        made = [_entry(p, names, prices, levels, places, facts) for p in here]
        known = {p.id for p in here}
        return made, [id for id in ids if id not in known]

    async def _product(self, id: int) -> Product | None:
        async with self.room:
            try:
                p = await self.catalog.product(HERE, ProductQuery(id=id, skus=SKUS))
            except NoProduct:
                return None
        return p if p.status == "published" and not p.recalled else None

    async def _prices(self, market: Market, listings: Sequence[int]) -> dict[int, Price]:
        """What one piece costs."""
        ctx, found = _in(market), dict[int, Price]()
        for i in range(0, len(listings), BATCH):
            for p in (await self.pricing.prices(ctx, PriceQuery(list(listings[i : i + BATCH])))).rows:
                if p.quantity_from <= 1:
                    found[p.listing_id] = p
        return found

    async def _levels(self, parts: Iterable[Component]) -> dict[int, list[Level]]:
        asked, found = sorted({c.stock_item_id for c in parts}), dict[int, list[Level]]()
        for i in range(0, len(asked), BATCH):
            for level in (await self.inventory.availability(HERE, Availability(asked[i : i + BATCH]))).rows:
                found.setdefault(level.stock_item_id, []).append(level)
        return found

    async def _places(self) -> dict[int, list[str]]:
        """Warehouse → the places that goods ship from: its country, and country/province."""
        rows = (await self.inventory.warehouses(HERE, WarehousesQuery())).rows
        return {
            w.id: [w.region.country] + [f"{w.region.country}/{w.region.province}"] * bool(w.region.province)
            for w in rows
        }


def _in(market: Market) -> Context:
    return msgspec.structs.replace(HERE, market=market.code, currency=market.currency)


def _entry(
    p: Product,
    names: Names,
    prices: Mapping[str, Mapping[int, Price]],
    levels: Mapping[int, Sequence[Level]],
    places: Mapping[int, Sequence[str]],
    facts: Judged,
) -> Entry:
    offers = [s for s in p.skus if s.on_sale]
    lowest: dict[str, Offered] = {}
    for market, known in prices.items():
        mine = [known[s.listing_id] for s in offers if s.listing_id in known]
        if mine:
            best = min(mine, key=lambda x: (x.minor, x.id))
            lowest[market] = Offered(best.minor, best.was_minor)
    ships = dict[str, None]()
    for s in offers:
        for house in _houses(s.components, levels):
            ships.update(dict.fromkeys(places.get(house, ())))
    rated, stars = facts.stars.get(p.id, (0, 0))
    return Entry(
        p.id, p.handle, p.merchant_id, p.names, p.category, _above(p.category, names), p.brand, p.brand_names,
        p.summaries, p.descriptions, _said(p, names), {code: value_of(v) for code, v in p.facts.items()},
        [code for s in offers for code in (s.code, s.gtin) if code], lowest, bool(ships), list(ships),
        sum(facts.sold.get(s.listing_id, 0) for s in p.skus), rated, stars,
        p.pictures[0].path if p.pictures else "", [s.listing_id for s in offers],
    )  # fmt: skip


def _houses(parts: Sequence[Component], levels: Mapping[int, Sequence[Level]]) -> set[int]:
    """Warehouses that can give at least one whole piece."""
    able: set[int] | None = None
    for part in parts:
        here = {x.warehouse_id for x in levels.get(part.stock_item_id, ()) if x.available >= part.quantity}
        able = here if able is None else able & here
    return able or set()


def _above(category: str, names: Names) -> list[Text]:
    """What the category and those that show it are called."""
    return [said for code, said in names.categories.items() if category in names.below.get(code, ())]


def _said(p: Product, names: Names) -> list[Text]:
    """Options, facts and specifications in words."""
    said = [t for o in p.options for v in o.values for t in (v.names,)]
    said += [t for pair in p.specs for t in pair]
    for code, value in p.facts.items():
        if (a := names.attributes.get(code)) is not None:
            said.append(_fact(a, value))
    return [t for t in said if t]


def _fact(a: Attribute, value: Fact) -> Text:
    """A choice by its name, a number with its unit, a flag that is true by the attribute's name."""
    if a.kind == "choice":
        return next((v.names for v in a.values if v.code == value), {})
    if a.kind == "number":
        return {locale: f"{name} {value_of(value)} {a.unit}" for locale, name in a.names.items()}
    return a.names if value is True else {}


def value_of(value: Fact) -> str:
    """As facets and addresses tell it: a choice's code, 480, 1.5, 1 or 0."""
    if isinstance(value, bool):
        return str(int(value))
    return f"{value:g}" if isinstance(value, float) else str(value)
