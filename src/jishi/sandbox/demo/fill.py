"""Fills a shop through its own faces, as a merchant would: safe to repeat, and to go on with after a crash."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from html import escape
from itertools import product as combinations
from typing import Any

from jishi.goods.catalog import (
    AttributeValue,
    Listing,
    ListingsQuery,
    Measure,
    Option,
    OptionValue,
    Product,
    PutAttribute,
    PutBrand,
    PutCategory,
    PutProduct,
    SkuDraft,
)
from jishi.goods.inventory import PutWarehouse, Receive, StockKey
from jishi.goods.pricing import PriceDraft, PriceQuery, SetPrices
from jishi.goods.shipping import PutRates, RateDraft
from jishi.kernel import SYSTEM, Actor, Context
from jishi.kernel.config import DEMO_STAFF
from jishi.people.accounts import MakeStaff
from jishi.people.merchants import PutMerchant
from jishi.web.faces import Shop

from .goods import DemoProduct, DemoValue
from .houses import LAST_GONE, MERCHANTS, SOLD_OUT, WAREHOUSES, DemoMerchant
from .shelves import SHELVES
from .tree import ATTRIBUTES, BRANDS, CATEGORIES

STAFF = Context(Actor(1, "staff"), budget_ms=60_000)
HOME = {"CN": ("CNY", 100, 0, 0)}
FAR_AWAY = {"US": ("USD", 14, 2900, 1500), "DE": ("EUR", 13, 2500, 1200)}  # currency, CNY → its minor / 100, freight
UNITS = {"pcs": "pc"}  # of a measure, as the catalogue calls it
COUNTED = frozenset({"reading", "toys", "audio", "computing", "gadgets", "feeding", "nursery", "skin", "bath", "snacks",
                     "pantry", "coffee", "stationery", "dogs", "cats", "camping", "cycling", "fitness"})  # have GTINs  # fmt: skip
DAY_MS = 86_400_000
Told = Callable[[int, int], None]


def stable(text: str) -> int:
    """A 62-bit key from a name: the same receipt at every run."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest()) >> 2


def gtin(code: str) -> str:
    """A GTIN-13 for use inside a shop (prefix 2), with its check digit; the same for the same SKU."""
    digits = f"2{stable('gtin:' + code) % 10**11:011d}"
    total = sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(digits))
    return f"{digits}{-total % 10}"


class House:
    """Who is in the shop: merchants and warehouses by their codes."""

    def __init__(self) -> None:
        self.merchants: dict[str, int] = {}
        self.warehouses: dict[str, int] = {}

    def of(self, handle: str) -> tuple[int, list[int]]:
        """The merchant's id, and those of its warehouses."""
        merchant = next(m for m in MERCHANTS if m.handle == handle)
        return self.merchants[handle], [self.warehouses[code] for code in merchant.warehouses]


async def settle(shop: Shop) -> House:
    """Staff, merchants, warehouses, freight, categories, attributes and brands are there."""
    email, password = DEMO_STAFF
    await shop.accounts.make_staff(SYSTEM, MakeStaff(email, "staff", password=password))
    house = House()
    for w in WAREHOUSES:
        house.warehouses[w.code] = (await shop.inventory.put_warehouse(STAFF, PutWarehouse(w.code, w.names, w.region))).id  # fmt: skip
    for m in MERCHANTS:
        made = await shop.merchants.put(STAFF, PutMerchant(m.handle, m.names, m.country, "CNY", m.tax_id))
        house.merchants[m.handle] = made.id
        await shop.shipping.put_rates(STAFF, PutRates(made.id, list(rates(m))))
    for position, c in enumerate(CATEGORIES):
        await shop.catalog.put_category(STAFF, PutCategory(c.code, c.names, c.parent, c.icon, position))
    for position, a in enumerate(ATTRIBUTES):
        values = [AttributeValue(code, names) for code, names in a.values]
        attribute = PutAttribute(a.code, a.names, a.kind, a.unit, values, list(a.categories), a.facet, position)
        await shop.catalog.put_attribute(STAFF, attribute)
    for code, names in BRANDS.items():
        await shop.catalog.put_brand(STAFF, PutBrand(code, names))
    return house


async def fill(shop: Shop, told: Told = lambda done, of: None, today: int = 0) -> House:
    """The shop with all its goods, not yet with their pictures. `told(done, all)` moves a progress bar. `today` (ms UTC)
    is told in the past: what is reduced has been so for some days by then."""
    house = await settle(shop)
    for done, item in enumerate(SHELVES, 1):
        sale_at = today - (5 + stable(item.handle) % 20) * DAY_MS if today else 0
        await put(shop, item, *house.of(item.merchant), sale_at)
        told(done, len(SHELVES))
    return house


def rates(m: DemoMerchant) -> Iterator[RateDraft]:
    yield RateDraft("standard", "CNY", "CN", first_minor=m.first, more_minor=m.more, free_from_minor=m.free_from)
    yield RateDraft("express", "CNY", "CN", first_minor=m.first + 1000, more_minor=m.more * 2, days_min=1, days_max=1)
    for far in ("西藏自治区", "新疆维吾尔自治区"):  # remote-area rows
        yield RateDraft("standard", "CNY", "CN", far, first_minor=2000, more_minor=1800, days_min=4, days_max=7)
    for country, (currency, _, first, more) in FAR_AWAY.items():
        yield RateDraft("standard", currency, country, first_minor=first, more_minor=more, days_min=6, days_max=12)


async def put(shop: Shop, item: DemoProduct, merchant_id: int, warehouses: Sequence[int], sale_at: int = 0) -> Product:
    """The product with its choices, prices and stock."""
    variants = list(combinations(*[o.values for o in item.options]))
    made = await shop.catalog.put(STAFF, draft(item, merchant_id, variants))
    listings = (await shop.catalog.listings(STAFF, ListingsQuery(product_ids=[made.id]))).rows
    by_code = {x.sku_code: x for x in listings}
    chosen = [(by_code[sku_code(item, v)], sum(x.extra for x in v)) for v in variants]
    await _price(shop, item, merchant_id, chosen, sale_at)
    for n, (listing, _) in enumerate(chosen):
        pieces = max(1, item.stock // len(variants) - (7 * n) % 5)
        if item.handle in SOLD_OUT or (item.handle in LAST_GONE and n == len(variants) - 1):
            pieces = 0
        await stock(shop, listing, warehouses, merchant_id, pieces, "demo")
    return made


def draft(item: DemoProduct, merchant_id: int, variants: Sequence[tuple[DemoValue, ...]]) -> PutProduct:
    measure = Measure(item.measure[0], UNITS.get(item.measure[1], item.measure[1])) if item.measure else None
    return PutProduct(
        merchant_id,
        item.handle,
        item.names,
        item.summaries,
        {locale: "".join(f"<p>{escape(p[locale])}</p>" for p in item.story) for locale in item.names},
        item.category,
        item.brand,
        options=[
            Option(o.code, o.names, [OptionValue(v.code, v.names, v.colours[0] if v.colours else "") for v in o.values])
            for o in item.options
        ],
        skus=[
            SkuDraft(
                code := sku_code(item, chosen),
                {o.code: v.code for o, v in zip(item.options, chosen, strict=True)},
                item.weight_g,
                gtin(code) if item.category in COUNTED else "",
                measure=measure,
            )
            for chosen in variants
        ],
        specs=list(item.specs),
        tax_class=item.tax_class,
        origin="DE" if item.merchant == "nordwind" else "CN",
        facts=dict[str, Any](item.facts),
    )


def sku_code(item: DemoProduct, chosen: tuple[DemoValue, ...]) -> str:
    return "-".join([item.handle, *[v.code for v in chosen]]).upper()


async def stock(
    shop: Shop, listing: Listing, warehouses: Sequence[int], merchant_id: int, pieces: int, why: str
) -> None:
    """So many pieces are received, a third of them in the merchant's second house, if it has one; once a `why`."""
    item = listing.components[0].stock_item_id
    second = pieces // 3 if len(warehouses) > 1 else 0
    for n, (warehouse, part) in enumerate(zip(warehouses, (pieces - second, second), strict=False)):
        if part:
            key = StockKey(item, warehouse, merchant_id)
            await shop.inventory.receive(STAFF, Receive(stable(f"{why}:{listing.sku_code}:{n}"), key, part))


async def _price(
    shop: Shop, item: DemoProduct, merchant_id: int, listings: list[tuple[Listing, int]], sale_at: int
) -> None:
    query = PriceQuery([x.id for x, _ in listings])
    known = {p.listing_id for p in (await shop.pricing.prices(STAFF, query)).rows}
    rows = [
        row
        for listing, extra in listings
        if listing.id not in known
        for row in prices(listing.id, item.price + extra, item.was + extra if item.was else 0, sale_at)
    ]
    for start in range(0, len(rows), 255):
        await shop.pricing.set_prices(STAFF, SetPrices(merchant_id, rows[start : start + 255]))


def prices(listing_id: int, minor: int, was: int = 0, sale_at: int = 0) -> Iterator[PriceDraft]:
    """The price in every market. One that `was` higher costs that much from now on and the lower price from `sale_at`
    (ms UTC) on, so that what may be struck through is what was asked and paid before."""
    for market, (currency, percent, _, _) in (HOME | FAR_AWAY).items():
        here, before = _abroad(minor, percent), _abroad(was, percent) if was else 0
        if before and sale_at:
            yield PriceDraft(listing_id, market, currency, before, tax_included=market != "US")
        yield PriceDraft(
            listing_id, market, currency, here, tax_included=market != "US", list_minor=before,
            valid_from=sale_at if before else 0,
        )  # fmt: skip


def _abroad(minor: int, percent: int) -> int:
    return minor if percent == 100 else minor * percent // 100 // 10 * 10 + 90
