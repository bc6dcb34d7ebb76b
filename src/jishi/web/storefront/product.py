"""The page of one product: the same for everybody in a market and language, so it comes from ready bytes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from litestar import Request, Response

from jishi.goods.catalog import DisplayCategory, PageQuery, Product, ProductGone, ProductQuery
from jishi.goods.inventory import WarehousesQuery
from jishi.goods.shipping import RatesOf
from jishi.kernel.i18n import major, said
from jishi.people.merchants import MerchantsQuery
from jishi.web import preview as previews
from jishi.web.goods import LOW, choosing, delivery, depends, tiles
from jishi.web.routes import get_page
from jishi.web.visit import Page, Visit

from .describing import contents, display_way, facts_of, pictures_for, price_of_a_unit, size_tables
from .sections import sections
from .structured import base_of, structured

BESIDE = 6  # other goods of the category
WISH = "o."  # prefix of an option in the address: ?o.colour=sea
DAY_MS = 86_400_000
Made = tuple[Mapping[str, Any], Iterable[str]]
TEMPLATE = "storefront/product.html"


class Moved(Exception):
    """The product has another handle now."""

    def __init__(self, handle: str) -> None:
        super().__init__(handle)
        self.handle = handle


@get_page("/products/{handle:str}", needs="goods:product:see")
async def product(visit: Visit, request: Request[Any, Any, Any], handle: str) -> Page:
    """A product with one of its SKUs chosen: `?o.<option>=<value>`. htmx asks for the block `choice` alone.

    Its people see it as it will be at a moment: `?at=2026-11-24T09:00`, in the market's zone."""
    wished = wishes(request)
    if (at := request.query_params.get("at", "")) and visit.actor.role in ("staff", "clerk"):
        return await as_of(visit, handle, wished, previews.moment(at, visit.market.zone))

    async def make() -> Made:
        found = await visit.shop.catalog.product(visit.ctx, ProductQuery(handle=handle))
        if found.handle != handle:
            raise Moved(found.handle)
        return await facts_for_page(visit, found, wished)

    try:
        return await visit.ready(TEMPLATE, make, fragment="choice")
    except Moved as moved:
        tail = f"?{visit.query}" if visit.query else ""
        there = visit.url(f"/products/{moved.handle}") + tail
        return Response(b"", status_code=301, headers={"location": there, "cache-control": "max-age=3600"})
    except ProductGone as gone:
        return await no_longer(visit, gone)


@get_page("/products/preview/{token:str}", needs="goods:product:see")
async def preview(visit: Visit, request: Request[Any, Any, Any], token: str) -> Page:
    """Whatever state it is in, the product as its page would be: for whoever has the signed link, until it ends."""
    seen = previews.opened(visit.site.secret, token, visit.shop.world.now())
    found = await visit.shop.catalog.product(previews.as_house(visit.ctx), ProductQuery(seen.product_id))
    return await shown_early(visit, found, wishes(request), until=seen.until)


async def as_of(visit: Visit, handle: str, wished: Mapping[str, str], at: int) -> Page:
    """For staff and its own clerks: with the prices and in the state of that moment."""
    found = await visit.shop.catalog.product(visit.ctx, ProductQuery(handle=handle))
    return await shown_early(visit, found, wished, at=at)


async def shown_early(visit: Visit, found: Product, wished: Mapping[str, str], *, at: int = 0, until: int = 0) -> Page:
    """Never kept, never found by search engines, and nothing can be bought."""
    due = found.status == "scheduled" and found.publish_at <= (at or visit.shop.world.now())
    values, _ = await facts_for_page(visit, found, wished, at=at)
    told = {"state": "published" if due else found.status, "publish_at": found.publish_at, "at": at, "until": until}
    asked = visit.request.query_params.get("at", "") if at else ""
    early: dict[str, Any] = {"preview": told, "structured": [], "asked_at": asked}
    page = await visit.page(TEMPLATE, fragment="choice", **{**values, **early})
    page.headers |= {"x-robots-tag": "noindex", "cache-control": "private, no-store"}
    return page


async def no_longer(visit: Visit, gone: ProductGone) -> Page:
    """410: it was here and will not come again; what is like it is."""
    others = await visit.shop.catalog.page(visit.ctx, PageQuery(category=gone.category, limit=BESIDE))
    names = gone.names
    return await visit.page(
        "storefront/gone.html",
        status=410,
        names=names,
        category=gone.category,
        similar=await tiles(visit, others.cards),
    )


def wishes(request: Request[Any, Any, Any]) -> dict[str, str]:
    return {k.removeprefix(WISH): v for k, v in request.query_params.items() if k.startswith(WISH)}


async def facts_for_page(visit: Visit, found: Product, wished: Mapping[str, str], at: int = 0) -> Made:
    """Everything that the template shows. `at`: the moment whose prices are asked for, 0 = now."""
    shop = visit.shop
    ctx = visit.ctx if found.status == "published" and not at else previews.as_house(visit.ctx)
    whole = await choosing(visit, found, wished, at, ctx)
    here = whole.here
    merchant = next(iter((await shop.merchants.merchants(ctx, MerchantsQuery(ids=[found.merchant_id]))).rows), None)
    rates = (await shop.shipping.rates(ctx, RatesOf(found.merchant_id))).rows
    warehouses = (await shop.inventory.warehouses(ctx, WarehousesQuery())).rows
    way = delivery(rates, ctx.currency, visit.market.serves[0], here.sku.weight_g if here else 0)
    others = (await shop.catalog.page(ctx, PageQuery(category=found.category, limit=BESIDE + 1))).cards
    beside = [c for c in others if c.id != found.id][:BESIDE]
    more, tags = await sections(visit, found)
    trail = await display_way(visit, found.category)
    values = {
        "product": found,
        "offer": here,
        "options": whole.options,
        "merchant": merchant,
        "warehouse": next((w for w in warehouses if here and w.id == here.warehouse_id), None),
        "delivery": way,
        "arrives": _days(visit.shop.world.now(), way) if way else None,
        "way": _way(visit, found, trail),
        "asked_at": "",
        "site": base_of(visit),
        "plain_price": str(major(here.price.minor, here.price.currency)) if here and here.price else "",
        "similar": await tiles(visit, beside),
        "pictures": pictures_for(found, here.sku if here else None),
        "unit_price": price_of_a_unit(visit, here),
        "contents": await contents(visit, here),
        "facts": await facts_of(visit, found),
        "sizes": size_tables(found.size_guide),
        "low": LOW,
        "preview": None,
        "machine": found.origins.get(visit.locale) == "machine",
        "structured": structured(visit, whole, trail, merchant, more["rating"]),
    }
    return values | more, [*whole.tags, *tags, *(tag for c in beside for tag in depends(c.id, c.listing_ids))]


def _way(visit: Visit, found: Product, trail: Sequence[DisplayCategory]) -> list[tuple[str, str]]:
    """Breadcrumbs: (words, path), the last is here."""
    steps = [(said(c.names, visit.locale), f"/products?category={c.code}") for c in trail]
    home, name = (visit.t("web.nav.home"), "/"), (said(found.names, visit.locale), "")
    return [home, *(steps or [(visit.t("web.nav.all_goods"), "/products")]), name]


def _days(now: int, way: Any) -> tuple[int, int]:
    """First and last day of arrival (ms UTC) for an order of today."""
    return now + way.days_min * DAY_MS, now + way.days_max * DAY_MS


handlers: list[Any] = [product, preview]
