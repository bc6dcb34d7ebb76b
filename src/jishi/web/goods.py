"""Goods as pages and the API show them: the product's facts, its prices in this market and what is in stock, in one view."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from jishi.goods.catalog import Listing, Picture, Product, ProductCard, ProductQuery
from jishi.goods.inventory import Availability, Level
from jishi.goods.pricing import Price, PriceQuery
from jishi.kernel.i18n import said
from jishi.kernel.ids import WrongId, decode

from .ready import CATALOG
from .visit import Visit

BATCH = 256  # ids a question
LOW = 10  # pieces from which "only N left" is said


class Offer(Struct, frozen=True):
    """One SKU of a product. `minor` None: not for sale in this market. `list_minor` 0: no list price.

    `free`: whole pieces that all warehouses can give now; 0 is sold out."""

    sku_id: int
    listing_id: int
    code: str
    chosen: dict[str, str]
    options: str
    minor: int | None
    list_minor: int
    tax_included: bool
    free: int
    picture: str

    @property
    def buyable(self) -> bool:
        return self.minor is not None and self.free > 0


class GoodsView(Struct, frozen=True):
    """A product in the visit's market. `offers` are those on sale, in the merchant's order."""

    product: Product
    currency: str
    offers: list[Offer]

    @property
    def first(self) -> Offer | None:
        """What the page shows before anything was chosen: the first that can be bought, else the first."""
        return next((o for o in self.offers if o.buyable), self.offers[0] if self.offers else None)

    @property
    def tags(self) -> list[str]:
        """What its ready bytes depend on."""
        p = self.product
        stock = {c.stock_item_id for s in p.skus for c in s.components}
        return [
            f"product:{p.id}",
            *(f"listing:{s.listing_id}" for s in p.skus),
            *(f"stock:{id}" for id in sorted(stock)),
        ]


class Tile(Struct, frozen=True):
    """A card of a list: `parts.html`'s `card` draws it. `minor` is the lowest price, `several` that there are others."""

    id: int
    name: str
    href: str
    picture: str
    minor: int | None
    currency: str
    was: int
    several: bool
    tags: list[tuple[str, str]] = []
    note: str = ""


def ref_of(ref: str) -> ProductQuery:
    """A product's handle, or its id as it is outside. A handle may look like an id only by being one."""
    if ref.startswith("prd_"):
        try:
            return ProductQuery(id=decode("prd", ref))
        except WrongId:
            pass
    return ProductQuery(handle=ref)


async def prices_of(visit: Visit, listing_ids: Sequence[int]) -> dict[int, list[Price]]:
    """The prices in force, lowest quantity first, by listing; one question for every 256 listings."""
    found: dict[int, list[Price]] = {}
    for i in range(0, len(listing_ids), BATCH):
        answer = await visit.shop.pricing.prices(visit.ctx, PriceQuery(list(listing_ids[i : i + BATCH])))
        for price in answer.rows:
            found.setdefault(price.listing_id, []).append(price)
    return found


async def stock_of(visit: Visit, stock_item_ids: Iterable[int]) -> dict[int, list[Level]]:
    """Levels by stock item; one question for every 256 items."""
    asked, found = sorted(set(stock_item_ids)), dict[int, list[Level]]()
    for i in range(0, len(asked), BATCH):
        for level in (await visit.shop.inventory.availability(visit.ctx, Availability(asked[i : i + BATCH]))).rows:
            found.setdefault(level.stock_item_id, []).append(level)
    return found


def free_of(parts: Sequence[tuple[int, int]], levels: dict[int, list[Level]]) -> int:
    """How many whole pieces all warehouses can give. `parts`: (stock item, pieces of it in one). A bundle is put together
    in one warehouse."""
    by_house: dict[int, list[int]] = {}
    for item, pieces in parts:
        for level in levels.get(item, ()):
            by_house.setdefault(level.warehouse_id, []).append(level.available // pieces)
    return sum(min(each) for each in by_house.values() if len(each) == len(parts))


def free_of_listing(listing: Listing, levels: dict[int, list[Level]]) -> int:
    return free_of([(c.stock_item_id, c.quantity) for c in listing.components], levels)


async def goods_view(visit: Visit, query: ProductQuery) -> GoodsView:
    """The product with prices and stock: three questions. Raises `NoProduct`."""
    product = await visit.shop.catalog.product(visit.ctx, query)
    skus = [s for s in product.skus if s.on_sale]
    prices = await prices_of(visit, [s.listing_id for s in skus])
    levels = await stock_of(visit, [c.stock_item_id for s in skus for c in s.components])
    pictures = {p.id: p.path for p in product.pictures}
    words = {(o.code, v.code): said(v.names, visit.locale) for o in product.options for v in o.values}
    offers = []
    for s in skus:
        price = next((p for p in prices.get(s.listing_id, ()) if p.quantity_from <= 1), None)
        offers.append(
            Offer(
                sku_id=s.id,
                listing_id=s.listing_id,
                code=s.code,
                chosen=s.chosen,
                options=" · ".join(words.get((o.code, s.chosen.get(o.code, "")), "") for o in product.options),
                minor=price.minor if price else None,
                list_minor=price.list_minor if price else 0,
                tax_included=price.tax_included if price else visit.market.tax_included,
                free=free_of([(c.stock_item_id, c.quantity) for c in s.components], levels),
                picture=pictures.get(s.picture_id, ""),
            )
        )
    return GoodsView(product, visit.market.currency, offers)


async def tiles(visit: Visit, cards: Sequence[ProductCard]) -> tuple[list[Tile], list[str]]:
    """Cards with their lowest prices, and the tags that their ready bytes depend on; one question a 256 listings."""
    prices = await prices_of(visit, [id for c in cards for id in c.listing_ids])
    found = []
    for c in cards:
        rows = [p for id in c.listing_ids for p in prices.get(id, ()) if p.quantity_from <= 1]
        low = min(rows, key=lambda p: (p.minor, p.id), default=None)
        found.append(
            Tile(
                id=c.id,
                name=said(c.names, visit.locale),
                href=visit.url(f"/products/{c.handle}"),
                picture=c.picture,
                minor=low.minor if low else None,
                currency=low.currency if low else visit.market.currency,
                was=low.list_minor if low else 0,
                several=len({p.minor for p in rows}) > 1,
            )
        )
    return found, [CATALOG]


def main_picture(product: Product, offer: Offer | None) -> Picture | None:
    """The picture of what is shown, else the product's first."""
    chosen = next((p for p in product.pictures if offer and offer.picture and p.path == offer.picture), None)
    return chosen or (product.pictures[0] if product.pictures else None)
