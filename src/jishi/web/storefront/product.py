"""The page of one product: the same for everybody in a market and language, so it comes from ready bytes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from litestar import Request

from jishi.goods.catalog import Categories, PageQuery, Product, ProductQuery
from jishi.goods.inventory import WarehousesQuery
from jishi.goods.shipping import RatesOf
from jishi.kernel.i18n import LOCALES, major, said
from jishi.people.merchants import MerchantsQuery
from jishi.web.goods import LOW, GoodsView, choices, chosen_offer, delivery, depends, goods_view, tiles
from jishi.web.routes import get_page
from jishi.web.visit import Page, Visit

from .sections import sections

BESIDE, VARIANTS = 6, 100  # other goods of the category, SKUs that search engines are told
WISH = "o."  # prefix of an option in the address: ?o.colour=sea
DAY_MS = 86_400_000
Made = tuple[Mapping[str, Any], Iterable[str]]


@get_page("/products/{handle:str}", needs="goods:product:see")
async def product(visit: Visit, request: Request[Any, Any, Any], handle: str) -> Page:
    """A product with one of its SKUs chosen: `?o.<option>=<value>`. htmx asks for the block `choice` alone."""
    wished = {k.removeprefix(WISH): v for k, v in request.query_params.items() if k.startswith(WISH)}

    async def make() -> Made:
        shop, ctx = visit.shop, visit.ctx
        view = await goods_view(visit, ProductQuery(handle=handle))
        found, chosen = view.product, chosen_offer(view, wished)
        merchant = next(iter((await shop.merchants.merchants(ctx, MerchantsQuery(ids=[found.merchant_id]))).rows), None)
        rates = (await shop.shipping.rates(ctx, RatesOf(found.merchant_id))).rows
        country = visit.market.serves[0]
        weight = chosen.sku.weight_g if chosen else 0
        warehouses = (await shop.inventory.warehouses(ctx, WarehousesQuery())).rows
        category = await _category(visit, found)
        others = (await shop.catalog.page(ctx, PageQuery(category=found.category, limit=BESIDE + 1))).cards
        beside = [c for c in others if c.id != found.id][:BESIDE]
        way = delivery(rates, ctx.currency, country, weight)
        values = {
            "product": found,
            "offer": chosen,
            "options": choices(view, chosen, ctx.locale) if chosen else [],
            "merchant": merchant,
            "warehouse": next((w for w in warehouses if chosen and w.id == chosen.warehouse_id), None),
            "delivery": way,
            "arrives": _days(visit, way) if way else None,
            "category": category,
            "similar": await tiles(visit, beside),
            "pictures": _ordered(found, chosen.sku.picture_id if chosen else 0),
            "low": LOW,
            "structured": _structured(visit, view),
        }
        more, tags = await sections(visit, found)
        return values | more, [*view.tags, *tags, *(tag for c in beside for tag in depends(c.id, c.listing_ids))]

    return await visit.ready("storefront/product.html", make, fragment="choice")


async def _category(visit: Visit, found: Product) -> Any:
    rows = (await visit.shop.catalog.categories(visit.ctx, Categories())).rows
    return next((c for c in rows if c.code == found.category), None)


def _days(visit: Visit, way: Any) -> tuple[int, int]:
    """First and last day of arrival (ms UTC) for an order of today."""
    now = visit.shop.world.now()
    return now + way.days_min * DAY_MS, now + way.days_max * DAY_MS


def _ordered(found: Product, first: int) -> list[Any]:
    """The pictures, the chosen SKU's in front."""
    return sorted(found.pictures, key=lambda p: p.id != first)


def _structured(visit: Visit, view: GoodsView) -> dict[str, Any]:
    """schema.org ProductGroup, for search engines."""
    base, locale, found = visit.site.config.base_url.rstrip("/"), visit.locale, view.product
    address = f"{base}/{locale}/products/{found.handle}"
    images = [f"{base}/media/{p.path}-{max(p.sizes)}.webp" for p in found.pictures[:6]]
    variants = []
    for offer in view.offers[:VARIANTS]:
        if (row := offer.price) is None:
            continue
        here = "InStock" if offer.free else "OutOfStock"
        variants.append(
            {
                "@type": "Product", "sku": offer.sku.code, "name": said(found.names, locale), "image": images[:1],
                "offers": {
                    "@type": "Offer", "price": str(major(row.minor, row.currency)), "priceCurrency": row.currency,
                    "availability": f"https://schema.org/{here}",
                    "itemCondition": "https://schema.org/NewCondition", "url": address,
                },
            }
        )  # fmt: skip
    return {
        "@context": "https://schema.org", "@type": "ProductGroup", "name": said(found.names, locale),
        "description": said(found.summaries, locale), "productGroupID": str(found.id), "image": images,
        "inLanguage": list(LOCALES), "hasVariant": variants,
    }  # fmt: skip


handlers: list[Any] = [product]
