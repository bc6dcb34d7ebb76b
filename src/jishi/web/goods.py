"""Goods as pages and the API show them: the catalogue's facts, the prices of this market and what is in stock, in one view."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from jishi.goods.catalog import Component, Product, ProductCard, ProductQuery, Sku
from jishi.goods.inventory import Availability, Level
from jishi.goods.pricing import Price, PriceQuery
from jishi.goods.shipping import RateDraft
from jishi.kernel.i18n import said
from jishi.kernel.ids import WrongId, decode

from .visit import Visit

BATCH = 256  # ids a question
LOW = 10  # pieces from which "only N left" is said
Prices = Mapping[int, Sequence[Price]]  # listing → its rows in force, lowest quantity first
Stock = Mapping[int, Sequence[Level]]  # stock item → its levels


class Offer(Struct, frozen=True):
    """One SKU that is on sale. `price` None: not in this market. `free`: whole pieces that all warehouses can give now;
    0 is sold out. `warehouse_id` can give most of them; 0 is none."""

    sku: Sku
    price: Price | None
    free: int
    warehouse_id: int

    @property
    def buyable(self) -> bool:
        return self.price is not None and self.free > 0


class GoodsView(Struct, frozen=True):
    """A product in the visit's market. `offers` are those on sale, in the merchant's order."""

    product: Product
    offers: list[Offer]

    @property
    def tags(self) -> list[str]:
        """What its ready bytes depend on."""
        skus = self.product.skus
        stock = sorted({c.stock_item_id for s in skus for c in s.components})
        return [*depends(self.product.id, [s.listing_id for s in skus]), *(f"stock:{id}" for id in stock)]


class Tile(Struct, frozen=True):
    """A card of a list: `parts.html`'s `card` draws it. `minor` is the lowest price, None = none in this market."""

    id: int
    name: str
    href: str
    picture: str
    minor: int | None
    currency: str
    was: int
    tags: list[tuple[str, str]] = []
    note: str = ""


class Choice(Struct, frozen=True):
    """One value of an option beside what is chosen already. state: on, sold_out, none (there is no such SKU)."""

    code: str
    name: str
    swatch: str
    chosen: bool
    state: str


class OptionChoice(Struct, frozen=True):
    code: str
    name: str
    values: list[Choice]


class Delivery(Struct, frozen=True):
    """What the product page says of delivery: for one piece to the market's own country."""

    freight_minor: int
    free_from_minor: int
    days_min: int
    days_max: int


def ref_of(ref: str) -> ProductQuery:
    """A product's handle, or its id as it is outside. A handle may look like an id only by being one."""
    if ref.startswith("prd_"):
        try:
            return ProductQuery(id=decode("prd", ref))
        except WrongId:
            pass
    return ProductQuery(handle=ref)


def depends(product_id: int, listing_ids: Iterable[int]) -> list[str]:
    """The tags of bytes that show a product with its prices."""
    return [f"product:{product_id}", *(f"listing:{id}" for id in listing_ids)]


async def prices_of(visit: Visit, listing_ids: Sequence[int]) -> dict[int, list[Price]]:
    """The prices in force; one question for every 256 listings."""
    found: dict[int, list[Price]] = {}
    for i in range(0, len(listing_ids), BATCH):
        for price in (await visit.shop.pricing.prices(visit.ctx, PriceQuery(list(listing_ids[i : i + BATCH])))).rows:
            found.setdefault(price.listing_id, []).append(price)
    return found


async def stock_of(visit: Visit, parts: Iterable[Component]) -> dict[int, list[Level]]:
    """The levels of everything that these consist of; one question for every 256 stock items."""
    asked, found = sorted({c.stock_item_id for c in parts}), dict[int, list[Level]]()
    for i in range(0, len(asked), BATCH):
        for level in (await visit.shop.inventory.availability(visit.ctx, Availability(asked[i : i + BATCH]))).rows:
            found.setdefault(level.stock_item_id, []).append(level)
    return found


def price_of(prices: Prices, listing_id: int, quantity: int = 1) -> Price | None:
    """What a piece costs of so many."""
    return next((p for p in reversed(prices.get(listing_id, ())) if p.quantity_from <= quantity), None)


def free_of(parts: Sequence[Component], levels: Stock) -> tuple[int, int]:
    """(whole pieces that all warehouses can give, the warehouse that can give most, 0 = none). A bundle is put together
    in one warehouse."""
    houses: dict[int, list[int]] = {}
    for part in parts:
        for level in levels.get(part.stock_item_id, ()):
            houses.setdefault(level.warehouse_id, []).append(level.available // part.quantity)
    whole = {house: min(each) for house, each in houses.items() if len(each) == len(parts)}
    best = max(whole, key=lambda house: (whole[house], -house), default=0)
    return sum(whole.values()), best if whole.get(best) else 0


async def goods_view(visit: Visit, query: ProductQuery) -> GoodsView:
    """The product with prices and stock: three questions. Raises `NoProduct`."""
    product = await visit.shop.catalog.product(visit.ctx, query)
    skus = [s for s in product.skus if s.on_sale]
    prices = await prices_of(visit, [s.listing_id for s in skus])
    levels = await stock_of(visit, [c for s in skus for c in s.components])
    offers = [Offer(s, price_of(prices, s.listing_id), *free_of(s.components, levels)) for s in skus]
    return GoodsView(product, offers)


def chosen_offer(view: GoodsView, wished: Mapping[str, str]) -> Offer | None:
    """The offer that fits most of the wishes (earlier options weigh more), then one that is in stock."""
    codes = [o.code for o in view.product.options]

    def fits(offer: Offer) -> tuple[list[bool], bool]:
        return [wished.get(c) in (None, offer.sku.chosen.get(c)) for c in codes], offer.free > 0

    return max(view.offers, key=fits, default=None)


def exact_sku(product: Product, wished: Mapping[str, str]) -> Sku | None:
    """The SKU on sale with exactly these values."""
    return next((s for s in product.skus if s.on_sale and s.chosen == dict(wished)), None)


def choices(view: GoodsView, here: Offer, locale: str) -> list[OptionChoice]:
    """Each option with its values, as they are beside what is chosen of the others."""
    by_values = {tuple(sorted(o.sku.chosen.items())): o for o in view.offers}

    def state(option: str, value: str) -> str:
        beside = by_values.get(tuple(sorted({**here.sku.chosen, option: value}.items())))
        if beside is not None:
            return "on" if beside.free else "sold_out"
        return "on" if any(o.sku.chosen.get(option) == value for o in view.offers) else "none"

    return [
        OptionChoice(
            o.code,
            said(o.names, locale),
            [
                Choice(
                    v.code,
                    said(v.names, locale),
                    v.swatch,
                    here.sku.chosen.get(o.code) == v.code,
                    state(o.code, v.code),
                )
                for v in o.values
            ],
        )
        for o in view.product.options
    ]


async def tiles(visit: Visit, cards: Sequence[ProductCard]) -> list[Tile]:
    """Cards with the lowest price of each; one question for every 256 listings."""
    prices = await prices_of(visit, [id for c in cards for id in c.listing_ids])
    found = []
    for c in cards:
        rows = [p for id in c.listing_ids if (p := price_of(prices, id))]
        low = min(rows, key=lambda p: (p.minor, p.id), default=None)
        found.append(
            Tile(
                id=c.id,
                name=said(c.names, visit.locale),
                href=f"/{visit.locale}/products/{c.handle}",
                picture=c.picture,
                minor=low.minor if low else None,
                currency=low.currency if low else visit.market.currency,
                was=low.list_minor if low else 0,
            )
        )
    return found


def delivery(rates: Sequence[RateDraft], currency: str, country: str, weight_g: int) -> Delivery | None:
    """The cheapest service of the country's general rows; None where the merchant does not deliver."""
    fitting = [r for r in rates if r.currency == currency and r.country in (country, "*") and not r.province]
    found = [
        Delivery(
            r.first_minor + r.more_minor * max(0, -(-(weight_g - r.first_g) // r.more_g)),
            r.free_from_minor,
            r.days_min,
            r.days_max,
        )
        for r in fitting
    ]
    return min(found, key=lambda d: (d.freight_minor, d.days_max), default=None)
