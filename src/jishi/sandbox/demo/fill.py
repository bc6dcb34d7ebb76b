"""Fills a shop through its own faces, as a merchant would: safe to repeat, and to go on with after a crash."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from html import escape
from itertools import count, product as combinations

from msgspec.structs import replace

from jishi.goods.catalog import (
    AddPicture,
    Listing,
    ListingsQuery,
    Option,
    OptionValue,
    Product,
    PutCategory,
    PutProduct,
    SkuDraft,
)
from jishi.goods.inventory import PutWarehouse, Receive, StockKey
from jishi.goods.pricing import PriceDraft, PriceQuery, SetPrices
from jishi.goods.shipping import PutRates, RateDraft
from jishi.kernel import SYSTEM, Actor, Context
from jishi.kernel.config import DEMO_STAFF
from jishi.kernel.place import Text
from jishi.people.accounts import MakeStaff
from jishi.people.merchants import PutMerchant
from jishi.web.faces import Shop

from .goods import DemoProduct, DemoValue
from .houses import MERCHANTS, WAREHOUSES, DemoMerchant
from .pictures import at_home, png, studio
from .shelves import SHELVES
from .tree import CATEGORIES

STAFF = Context(Actor(1, "staff"))
FAR_AWAY = {"US": ("USD", 14, 2900, 1500), "DE": ("EUR", 13, 2500, 1200)}  # currency, CNY → its minor / 100, freight
AT_ONCE = 2  # products being photographed, and threads that draw


def stable(text: str) -> int:
    """A 62-bit key from a name: the same receipt at every run."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest()) >> 2


async def fill(shop: Shop, told: Callable[[int, int], None] = lambda done, of: None) -> int:
    """The whole demo shop; answers the number of products. `told(done, all)` moves a progress bar."""
    email, password = DEMO_STAFF
    await shop.accounts.make_staff(SYSTEM, MakeStaff(email, "staff", password=password))
    warehouses = {
        w.code: (await shop.inventory.put_warehouse(STAFF, PutWarehouse(w.code, w.names, w.region))).id
        for w in WAREHOUSES
    }
    merchants = {}
    for m in MERCHANTS:
        made = await shop.merchants.put(STAFF, PutMerchant(m.handle, m.names, "CN", "CNY", m.tax_id))
        merchants[m.handle] = (made.id, warehouses[m.warehouses[0]])
        await shop.shipping.put_rates(STAFF, PutRates(made.id, list(rates(m))))
    for position, c in enumerate(CATEGORIES):
        await shop.catalog.put_category(STAFF, PutCategory(c.code, c.names, c.parent, c.icon, position))
    products = [(item, await _put(shop, item, *merchants[item.merchant])) for item in SHELVES]
    await _photograph_all(shop, products, told)
    return len(SHELVES)


def rates(m: DemoMerchant) -> Iterator[RateDraft]:
    yield RateDraft("standard", "CNY", "CN", first_minor=m.first, more_minor=m.more, free_from_minor=m.free_from)
    yield RateDraft("express", "CNY", "CN", first_minor=m.first + 1000, more_minor=m.more * 2, days_min=1, days_max=1)
    for far in ("西藏自治区", "新疆维吾尔自治区"):  # remote-area rows
        yield RateDraft("standard", "CNY", "CN", far, first_minor=2000, more_minor=1800, days_min=4, days_max=7)
    for country, (currency, _, first, more) in FAR_AWAY.items():
        yield RateDraft("standard", currency, country, first_minor=first, more_minor=more, days_min=6, days_max=12)


async def _put(shop: Shop, item: DemoProduct, merchant_id: int, warehouse_id: int) -> Product:
    variants = list(combinations(*[o.values for o in item.options]))
    made = await shop.catalog.put(
        STAFF,
        PutProduct(
            merchant_id,
            item.handle,
            item.names,
            item.summaries,
            {locale: "".join(f"<p>{escape(p[locale])}</p>" for p in item.story) for locale in item.names},
            item.category,
            options=[
                Option(
                    o.code,
                    o.names,
                    [OptionValue(v.code, v.names, v.colours[0] if v.colours else "") for v in o.values],
                )
                for o in item.options
            ],
            skus=[
                SkuDraft(
                    _code(item, chosen),
                    {o.code: v.code for o, v in zip(item.options, chosen, strict=True)},
                    item.weight_g,
                )
                for chosen in variants
            ],
            specs=list(item.specs),
            tax_class=item.tax_class,
            origin="CN",
        ),
    )
    listings = (await shop.catalog.listings(STAFF, ListingsQuery(product_ids=[made.id]))).rows
    by_code = {x.sku_code: x for x in listings}
    await _price(shop, item, merchant_id, [(by_code[_code(item, v)], sum(x.extra for x in v)) for v in variants])
    for n, chosen in enumerate(variants):
        listing = by_code[_code(item, chosen)]
        pieces = max(0, item.stock // len(variants) - (7 * n) % 5)
        if item.handle == "walking-shoes" and n == len(variants) - 1:
            pieces = 0  # one sold-out choice, to be seen as such
        stock = StockKey(listing.components[0].stock_item_id, warehouse_id, merchant_id)
        if pieces:
            await shop.inventory.receive(STAFF, Receive(stable(f"demo:{listing.sku_code}"), stock, pieces))
    return made


def _code(item: DemoProduct, chosen: tuple[DemoValue, ...]) -> str:
    return "-".join([item.handle, *[v.code for v in chosen]]).upper()


async def _price(shop: Shop, item: DemoProduct, merchant_id: int, listings: list[tuple[Listing, int]]) -> None:
    query = PriceQuery([x.id for x, _ in listings])
    known = {p.listing_id for p in (await shop.pricing.prices(STAFF, query)).rows}
    rows = []
    for listing, extra in listings:
        if listing.id in known:
            continue
        minor = item.price + extra
        was = item.was + extra if item.was else 0
        rows.append(PriceDraft(listing.id, "CN", "CNY", minor, list_minor=was))
        for market, (currency, percent, _, _) in FAR_AWAY.items():
            abroad = minor * percent // 100 // 10 * 10 + 90
            rows.append(PriceDraft(listing.id, market, currency, abroad, tax_included=market != "US"))
    if rows:
        await shop.pricing.set_prices(STAFF, SetPrices(merchant_id, rows))


async def _photograph_all(
    shop: Shop, products: Sequence[tuple[DemoProduct, Product]], told: Callable[[int, int], None]
) -> None:
    """Every product has its pictures; those of one are drawn while those of another are encoded."""
    room, done = asyncio.Semaphore(AT_ONCE), count(1)

    async def one(item: DemoProduct, product: Product) -> None:
        async with room:
            if len(product.pictures) < 2:
                await _photograph(shop, item, product.id, pool)
            told(next(done), len(products))

    with ThreadPoolExecutor(AT_ONCE) as pool:
        async with asyncio.TaskGroup() as studio_work:
            for item, product in products:
                studio_work.create_task(one(item, product))


async def _photograph(shop: Shop, item: DemoProduct, product_id: int, pool: ThreadPoolExecutor) -> None:
    """One studio picture a colour, and one at home."""
    beside = next(p.look for p in SHELVES if p.handle == item.beside)
    seed = stable(item.handle)
    colours = next((o.values for o in item.options if o.code == "colour"), ())
    shots: list[tuple[str, str, list[str], Text]] = []
    for value in colours or (None,):
        look, names, codes = item.look, item.names, list[str]()
        if value and value.colours:
            look = replace(item.look, colour=value.colours[0], darker=value.colours[1])
            names = {locale: f"{text} · {value.names[locale]}" for locale, text in item.names.items()}
            codes = [_code(item, v) for v in combinations(*[o.values for o in item.options]) if value in v]
        shots.append((f"studio-{value.code if value else 'one'}", studio(look, seed), codes, names))
    home = at_home(item.look, beside, seed)
    shots.insert(1, ("home", home, [], item.names))
    loop = asyncio.get_running_loop()
    images = await asyncio.gather(*[loop.run_in_executor(pool, png, svg) for _, svg, _, _ in shots])
    for (key, _, codes, alts), image in zip(shots, images, strict=True):
        await shop.catalog.add_picture(STAFF, AddPicture(product_id, key, image, alts, sku_codes=codes))
