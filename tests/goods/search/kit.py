"""A shop with goods, prices, stock and a search; and the demo's catalogue as an index of its own, without a shop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from jishi.goods.catalog import Attribute, AttributeValue, PutProduct, SkuDraft
from jishi.goods.catalog.service import CatalogService
from jishi.goods.inventory import PutWarehouse, Receive, StockKey
from jishi.goods.inventory.service import InventoryService
from jishi.goods.pricing import PriceDraft, SetPrices
from jishi.goods.pricing.service import PricingService
from jishi.goods.search import FindQuery, Found, SuggestQuery
from jishi.goods.search.entries import Entry, Offered
from jishi.goods.search.facets import Names
from jishi.goods.search.finding import Finder
from jishi.goods.search.gathering import value_of
from jishi.goods.search.rulebook import Rulebook
from jishi.goods.search.service import SearchService
from jishi.goods.search.shelf import Mark, Shelf, Volume
from jishi.grants import grants
from jishi.kernel import Context, Database, Engine, Module, Relay, World
from jishi.kernel.place import Region
from tests.kit import STAFF, buyer

GUEST = buyer(role="guest")
ACME = 5


class NoFiles:
    async def put(self, name: str, data: bytes) -> None: ...


@dataclass
class Market:
    """A shop small enough to know by heart."""

    catalog: CatalogService
    pricing: PricingService
    inventory: InventoryService
    search: SearchService
    relay: Relay
    world: World
    serial: int = 0

    async def product(
        self, handle: str, zh: str = "", en: str = "", *, minor: int = 1_000, stock: int = 5, merchant: int = ACME,
        house: str = "HZ", country: str = "CN", markets: dict[str, tuple[str, int]] | None = None, **more: Any,
    ) -> int:  # fmt: skip
        """It is published, priced and in stock; answers its id."""
        names = ({"zh-CN": zh} if zh else {}) | ({"en": en} if en else {})
        skus = more.pop("skus", [SkuDraft(handle.upper())])
        made = await self.catalog.put(STAFF, PutProduct(merchant, handle, names, skus=skus, **more))
        prices = markets if markets is not None else {"CN": ("CNY", minor)}
        drafts = [PriceDraft(s.listing_id, m, cur, n) for s in made.skus for m, (cur, n) in prices.items()]
        if drafts:
            await self.pricing.set_prices(STAFF, SetPrices(merchant, drafts))
        place = await self.inventory.put_warehouse(
            STAFF, PutWarehouse(house, {"en": house}, Region(country, "浙江省" if country == "CN" else ""))
        )
        if stock:
            for s in made.skus:
                self.serial += 1
                key = StockKey(s.components[0].stock_item_id, place.id, merchant)
                await self.inventory.receive(STAFF, Receive(self.serial, key, stock))
        return made.id

    async def find(self, words: str = "", ctx: Context = GUEST, **query: Any) -> Found:
        await self.relay.drain()
        return await self.search.find(ctx, FindQuery(words, **query))

    async def handles(self, words: str = "", **query: Any) -> list[str]:
        return [h.handle for h in (await self.find(words, **query)).rows]

    async def suggested(self, words: str, ctx: Context = GUEST) -> list[tuple[str, str]]:
        await self.relay.drain()
        rows = (await self.search.suggest(ctx, SuggestQuery(words))).rows
        return [(r.kind, r.code or r.text) for r in rows]


def open_market(engine: Engine, world: World, folder: Any = None) -> Market:
    def db(name: str) -> Database:
        return Database(engine, Module.all[name])

    table = grants()
    catalog = CatalogService(db("goods.catalog"), table, blobs=NoFiles())
    pricing = PricingService(db("goods.pricing"), table, catalog)
    inventory = InventoryService(db("goods.inventory"), table)
    search = SearchService(
        db("goods.search"), table, world=world, catalog=catalog, pricing=pricing, inventory=inventory, folder=folder
    )
    services = [catalog, pricing, inventory, search]
    relay = Relay(world, [s.db for s in services], [h for s in services for h in s.handlers()])
    return Market(catalog, pricing, inventory, search, relay, world)


# --- an index without a shop -------------------------------------------------------------------------------------------


def volume_of(entries: Sequence[Entry], markets: Sequence[str] = ("CN",)) -> Volume:
    shelf = Shelf(None, markets)
    volume = shelf.aside(0, 0, "")
    for half in (entries[::2], entries[1::2]):  # counts and sorts are across files
        volume.put(half, new=True)
        volume.commit(Mark(shelf.form, 0, 0))
    return volume


@dataclass
class Demo:
    volume: Volume
    names: Names
    rules: Rulebook
    finder: Finder

    def found(self, words: str, **query: Any) -> Found:
        return self.finder.find(GUEST, FindQuery(words, **query), self.volume, self.names, self.rules)

    def handles(self, words: str, **query: Any) -> list[str]:
        return [h.handle for h in self.found(words, **query).rows]


@cache
def demo() -> Demo:
    """The demo's goods, with equal sales: the words alone decide."""
    names, entries = demo_names(), []
    from jishi.sandbox.demo.shelves import SHELVES

    for n, p in enumerate(SHELVES):
        above = [names.categories[p.category]]
        parent = names.parents[p.category]
        while parent:
            above.append(names.categories[parent])
            parent = names.parents[parent]
        said = [v.names for o in p.options for v in o.values] + [t for pair in p.specs for t in pair]
        said += [_said(names.attributes[code], value) for code, value in p.facts.items()]
        entries.append(
            Entry(
                1_000 + n,
                p.handle,
                len(p.merchant),
                p.names,
                p.category,
                above,
                p.brand,
                names.brands.get(p.brand, {}),
                p.summaries,
                {locale: " ".join(t[locale] for t in p.story) for locale in p.names},
                [s for s in said if s],
                {code: value_of(v) for code, v in p.facts.items()},
                [p.handle.upper()],
                {"CN": Offered(p.price)},
                True,
                ["CN"],
            )
        )
    return Demo(volume_of(entries), names, Rulebook(), Finder())


def _said(a: Attribute, value: Any) -> dict[str, str]:
    if a.kind == "choice":
        return next((v.names for v in a.values if v.code == value), {})
    return {k: f"{n} {value} {a.unit}" for k, n in a.names.items()} if a.kind == "number" else a.names if value else {}


def demo_names() -> Names:
    from jishi.sandbox.demo import tree

    below: dict[str, list[str]] = {c.code: [c.code] for c in tree.CATEGORIES}
    for c in tree.CATEGORIES:
        if c.parent:
            below[c.parent].append(c.code)
    return Names(
        {c.code: c.names for c in tree.CATEGORIES},
        {c.code: c.parent for c in tree.CATEGORIES},
        below,
        dict(tree.BRANDS),
        {
            a.code: Attribute(
                a.code, a.names, a.kind, a.unit, [AttributeValue(c, n) for c, n in a.values], facet=a.facet
            )
            for a in tree.ATTRIBUTES
        },
    )
