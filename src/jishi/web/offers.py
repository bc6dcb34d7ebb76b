"""Goods as a shopper sees them: the catalogue's facts joined with prices and stock, one batch each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from jishi.goods.catalog import Product, ProductCard, Sku
from jishi.goods.inventory import Availability, Level
from jishi.goods.pricing import Price, PriceQuery
from jishi.goods.shipping import RateDraft
from jishi.kernel import Context
from jishi.kernel.i18n import said

from .faces import Shop

BATCH = 256  # listings or stock items a question
FEW = 5  # pieces from which on the page names the number


class Tile(Struct, frozen=True):
    """A product card of a list, as `parts.html` draws it. `minor` None = not for sale in this market."""

    name: str
    href: str
    picture: str
    minor: int | None
    currency: str
    was: int
    from_: bool  # other choices cost more
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


class Offer(Struct, frozen=True):
    """The chosen SKU of a product with its price and stock."""

    sku: Sku
    price: Price | None
    free: int
    warehouse_id: int  # the one with the most; 0 when there is none
    options: list[OptionChoice]


async def prices_of(shop: Shop, ctx: Context, listing_ids: Sequence[int]) -> dict[int, list[Price]]:
    """Listing → its rows in force, lowest quantity first."""
    found: dict[int, list[Price]] = {}
    for i in range(0, len(listing_ids), BATCH):
        for row in (await shop.pricing.prices(ctx, PriceQuery(list(listing_ids[i : i + BATCH])))).rows:
            found.setdefault(row.listing_id, []).append(row)
    return found


async def levels_of(shop: Shop, ctx: Context, stock_item_ids: Sequence[int]) -> dict[int, list[Level]]:
    """Stock item → its levels."""
    found: dict[int, list[Level]] = {}
    for i in range(0, len(stock_item_ids), BATCH):
        for row in (await shop.inventory.availability(ctx, Availability(list(stock_item_ids[i : i + BATCH])))).rows:
            found.setdefault(row.stock_item_id, []).append(row)
    return found


async def tiles(shop: Shop, ctx: Context, cards: Sequence[ProductCard]) -> list[Tile]:
    """Cards with the lowest price of each: two questions, however many cards."""
    prices = await prices_of(shop, ctx, [id for card in cards for id in card.listing_ids])
    made = []
    for card in cards:
        rows = [prices[id][0] for id in card.listing_ids if id in prices]
        low = min(rows, key=lambda p: p.minor) if rows else None
        made.append(
            Tile(
                said(card.names, ctx.locale),
                f"/{ctx.locale}/products/{card.handle}",
                card.picture,
                low.minor if low else None,
                ctx.currency,
                low.list_minor if low else 0,
                bool(low) and any(p.minor > low.minor for p in rows if low),
            )
        )
    return made


def free_of(sku: Sku, levels: Mapping[int, Sequence[Level]]) -> tuple[int, int]:
    """(whole SKUs that all warehouses can give, the warehouse that can give most of them)."""
    by_warehouse: dict[int, int] = {}
    for component in sku.components:
        for level in levels.get(component.stock_item_id, ()):
            n = level.available // component.quantity
            by_warehouse[level.warehouse_id] = min(by_warehouse.get(level.warehouse_id, n), n)
    if not by_warehouse:
        return 0, 0
    best = max(by_warehouse, key=lambda w: (by_warehouse[w], -w))
    return sum(by_warehouse.values()), best if by_warehouse[best] else 0


def stock_items(product: Product) -> list[int]:
    return sorted({c.stock_item_id for sku in product.skus if sku.on_sale for c in sku.components})


def chosen_sku(product: Product, wished: Mapping[str, str], free: Mapping[int, int]) -> Sku | None:
    """The SKU on sale that fits most of the wishes (earlier options weigh more), then one that is in stock."""
    on_sale = [sku for sku in product.skus if sku.on_sale]
    codes = [o.code for o in product.options]

    def fits(sku: Sku) -> tuple[list[bool], bool]:
        return [wished.get(c) in (None, sku.chosen.get(c)) for c in codes], free.get(sku.id, 0) > 0

    return max(on_sale, key=fits, default=None)


def exact_sku(product: Product, wished: Mapping[str, str]) -> Sku | None:
    """The SKU on sale with exactly these values."""
    return next((s for s in product.skus if s.on_sale and s.chosen == dict(wished)), None)


def offer(
    product: Product,
    wished: Mapping[str, str],
    prices: Mapping[int, Sequence[Price]],
    levels: Mapping[int, Sequence[Level]],
    locale: str,
) -> Offer | None:
    """What the page shows for these wishes; None when nothing of the product is on sale."""
    stock = {sku.id: free_of(sku, levels) for sku in product.skus if sku.on_sale}
    free = {id: n for id, (n, _) in stock.items()}
    sku = chosen_sku(product, wished, free)
    if sku is None:
        return None
    by_values = {tuple(sorted(s.chosen.items())): s for s in product.skus if s.on_sale}

    def state(option: str, value: str) -> str:
        beside = by_values.get(tuple(sorted({**sku.chosen, option: value}.items())))
        if beside is not None:
            return "on" if free[beside.id] else "sold_out"
        return "on" if any(s.chosen.get(option) == value for s in by_values.values()) else "none"

    options = [
        OptionChoice(
            o.code,
            said(o.names, locale),
            [
                Choice(v.code, said(v.names, locale), v.swatch, sku.chosen.get(o.code) == v.code, state(o.code, v.code))
                for v in o.values
            ],
        )
        for o in product.options
    ]
    n, warehouse = stock[sku.id]
    rows = prices.get(sku.listing_id, ())
    return Offer(sku, rows[0] if rows else None, n, warehouse, options)


class Delivery(Struct, frozen=True):
    """What the product page says of delivery: for one piece to the market's own country."""

    freight_minor: int
    free_from_minor: int
    days_min: int
    days_max: int


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
