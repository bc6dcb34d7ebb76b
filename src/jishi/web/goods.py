"""Goods as pages and the API show them: the catalogue's facts, the prices of this market and what is in stock, in one view."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from jishi.goods.catalog import Component, MatrixQuery, NearestQuery, Product, ProductCard, ProductQuery, Sku, Step
from jishi.goods.inventory import Availability, Level
from jishi.goods.pricing import Price, PriceQuery
from jishi.goods.shipping import RateDraft
from jishi.kernel import Context
from jishi.kernel.i18n import said
from jishi.kernel.ids import WrongId, decode

from .visit import Visit

BATCH = 256  # ids a question
OFFERS = 100  # of a product that come along with it; programs ask for more page by page
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


class Choice(Struct, frozen=True):
    """One value of an option that can be chosen. state: on, sold_out, other (then later options change with it)."""

    code: str
    name: str
    swatch: str
    chosen: bool
    state: str


class OptionChoice(Struct, frozen=True):
    code: str
    name: str
    values: list[Choice]


class GoodsView(Struct, frozen=True):
    """A product in the visit's market with the first of its offers that are on sale, in the merchant's order."""

    product: Product
    offers: list[Offer]

    @property
    def tags(self) -> list[str]:
        """What its ready bytes depend on."""
        return shown_tags(self.product.id, [o.sku for o in self.offers])


class Choosing(Struct, frozen=True):
    """A product with one SKU chosen, and what can be chosen beside it. Of all other SKUs nothing was asked.

    `here` None: nothing of it is on sale. `beside`: the offers that a single other choice leads to."""

    product: Product
    here: Offer | None
    options: list[OptionChoice]
    beside: list[Offer]
    tags: list[str]


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


async def prices_of(visit: Visit, listing_ids: Sequence[int], at: int = 0) -> dict[int, list[Price]]:
    """The prices in force, now or then; one question for every 256 listings."""
    found: dict[int, list[Price]] = {}
    for i in range(0, len(listing_ids), BATCH):
        for price in (
            await visit.shop.pricing.prices(visit.ctx, PriceQuery(list(listing_ids[i : i + BATCH]), at))
        ).rows:
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


def shown_tags(product_id: int, skus: Iterable[Sku]) -> list[str]:
    """The tags of bytes that show these SKUs of a product with prices and stock."""
    shown = list(skus)
    stock = sorted({c.stock_item_id for s in shown for c in s.components})
    return [*depends(product_id, sorted({s.listing_id for s in shown})), *(f"stock:{id}" for id in stock)]


async def goods_view(visit: Visit, query: ProductQuery) -> GoodsView:
    """The product with its first offers, their prices and stock: three questions. Raises `NoProduct`."""
    product = await visit.shop.catalog.product(visit.ctx, replace(query, skus=OFFERS))
    return GoodsView(product, await offers_of(visit, [s for s in product.skus if s.on_sale]))


async def offers_of(visit: Visit, skus: Sequence[Sku], at: int = 0) -> list[Offer]:
    """These SKUs with what they cost and how many there are: two questions for every 256. `at`: prices of that moment."""
    prices = await prices_of(visit, [s.listing_id for s in skus], at)
    levels = await stock_of(visit, [c for s in skus for c in s.components])
    return [Offer(s, price_of(prices, s.listing_id), *free_of(s.components, levels)) for s in skus]


async def choosing(
    visit: Visit, product: Product, wished: Mapping[str, str], at: int = 0, ctx: Context | None = None
) -> Choosing:
    """The SKU that fits most of the wishes (earlier options weigh more), of those one that is in stock, and its neighbours.

    Five questions, whether the product has one SKU or ten thousand: prices and stock are asked for what is shown alone. `ctx`: with whose eyes, where not the visit's."""
    catalog, ctx = visit.shop.catalog, ctx or visit.ctx
    near = (await catalog.nearest(ctx, NearestQuery(product.id, dict(wished)))).rows
    if not near:
        return Choosing(product, None, [], [], [f"product:{product.id}"])
    levels = await stock_of(visit, [c for s in near for c in s.components])
    sku = next((s for s in near if free_of(s.components, levels)[0]), near[0])
    steps = (await catalog.matrix(ctx, MatrixQuery(product.id, sku.chosen))).steps
    shown = {s.id: s for s in (sku, *(step.sku for step in steps))}
    offers = {o.sku.id: o for o in await offers_of(visit, list(shown.values()), at)}
    beside = [o for id, o in offers.items() if id != sku.id]
    tags = shown_tags(product.id, [*near, *shown.values()])
    return Choosing(product, offers[sku.id], choices(product, sku, steps, offers, visit.locale), beside, tags)


def choices(
    product: Product, here: Sku, steps: Sequence[Step], offers: Mapping[int, Offer], locale: str
) -> list[OptionChoice]:
    """Each option with the values that can be chosen; one that leads nowhere is left out."""
    found = {(s.option, s.value): s for s in steps}

    def state(step: Step) -> str:
        return "other" if not step.exact else "on" if offers[step.sku.id].free else "sold_out"

    return [
        OptionChoice(
            o.code,
            said(o.names, locale),
            [
                Choice(v.code, said(v.names, locale), v.swatch, here.chosen.get(o.code) == v.code, state(step))
                for v in o.values
                if (step := found.get((o.code, v.code)))
            ],
        )
        for o in product.options
    ]


async def exact_sku(visit: Visit, product_id: int, wished: Mapping[str, str]) -> Sku | None:
    """The SKU on sale with exactly these values."""
    near = (await visit.shop.catalog.nearest(visit.ctx, NearestQuery(product_id, dict(wished), limit=1))).rows
    return near[0] if near and near[0].chosen == dict(wished) else None


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
                was=low.was_minor if low else 0,
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
