"""Lists of goods: the same for everybody in a market and language, so they come from ready bytes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from litestar import Request

from jishi.goods.catalog import Categories, PageQuery
from jishi.people.merchants import MerchantsQuery
from jishi.web.goods import tiles
from jishi.web.ready import CATALOG
from jishi.web.routes import get_page
from jishi.web.visit import Page, Visit

PAGE = 24
Made = tuple[Mapping[str, Any], Iterable[str]]


@get_page("/products", needs="goods:product:see")
async def goods(visit: Visit, request: Request[Any, Any, Any]) -> Page:
    """A category, a shop's goods, a search: `category`, `merchant` (its handle), `q`, `sort`, `cursor`."""
    ask = {k: request.query_params.get(k, "") for k in ("category", "merchant", "q", "sort", "cursor")}

    async def make() -> Made:
        shop, ctx = visit.shop, visit.ctx
        categories = (await shop.catalog.categories(ctx, Categories())).rows
        handles = [ask["merchant"]] if ask["merchant"] else []
        merchants = (await shop.merchants.merchants(ctx, MerchantsQuery(handles=handles))).rows
        seller = merchants[0] if handles and merchants else None
        query = PageQuery(
            category=ask["category"],
            words=ask["q"][:100],
            merchant_id=seller.id if seller else -1 if handles else 0,
            sort=ask["sort"] if ask["sort"] in ("newest", "name") else "newest",
            cursor=ask["cursor"],
            limit=PAGE,
        )
        page = await shop.catalog.page(ctx, query)
        here = next((c for c in categories if c.code == ask["category"]), None)
        kept = {k: v for k, v in ask.items() if v and k != "cursor"}
        return {
            "cards": await tiles(visit, page.cards),
            "next": page.next,
            "first": not ask["cursor"],
            "ask": ask,
            "kept": kept,
            "here": here,
            "seller": seller,
            "categories": [c for c in categories if not c.parent],
            "merchants": merchants if not handles else (await shop.merchants.merchants(ctx, MerchantsQuery())).rows,
            "without": {k: {x: y for x, y in kept.items() if x != k} for k in kept},
        }, [CATALOG]

    return await visit.ready("storefront/list.html", make)


handlers: list[Any] = [goods]
