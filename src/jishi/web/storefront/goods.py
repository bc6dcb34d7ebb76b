"""Home and lists: the same for everybody in a market and language, so they come from ready bytes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from litestar import Request

from jishi.goods.catalog import Categories, PageQuery
from jishi.kernel.i18n import said
from jishi.people.merchants import MerchantsQuery
from jishi.web.goods import tiles
from jishi.web.ready import CATALOG
from jishi.web.routes import get_page
from jishi.web.visit import Page, Visit

FEED, SHOPS, PER_SHOP, PAGE = 10, 6, 3, 24
NEWEST_READ = 60  # of which the feed and the shops' windows are made
Made = tuple[Mapping[str, Any], Iterable[str]]


@get_page("/", needs="goods:product:see")
async def home(visit: Visit) -> Page:
    async def make() -> Made:
        shop, ctx = visit.shop, visit.ctx
        categories = (await shop.catalog.categories(ctx, Categories())).rows
        newest = (await shop.catalog.page(ctx, PageQuery(limit=NEWEST_READ))).cards
        merchants = (await shop.merchants.merchants(ctx, MerchantsQuery(limit=SHOPS))).rows
        windows = [
            {
                "handle": m.handle,
                "name": said(m.names, ctx.locale),
                "pictures": [c.picture for c in newest if c.merchant_id == m.id and c.picture][:PER_SHOP],
            }
            for m in merchants
        ]
        feed = await tiles(visit, spread(newest, FEED))
        return {
            "categories": [c for c in categories if not c.parent],
            "feed": feed,
            "shops": [w for w in windows if w["pictures"]],
        }, [CATALOG]

    return await visit.ready("storefront/home.html", make)


def spread(cards: list[Any], n: int) -> list[Any]:
    """The first `n` in turn by merchant, so that one that listed a lot does not fill the window."""
    lanes: dict[int, list[Any]] = {}
    for card in cards:
        lanes.setdefault(card.merchant_id, []).append(card)
    turns = [lane[i] for i in range(n) for lane in lanes.values() if i < len(lane)]
    return turns[:n]


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


handlers: list[Any] = [home, goods]
