"""The front page: ready bytes for everybody with what sells, and in its place, for who allows it, a feed of one's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from jishi.goods.catalog import DisplayCategory, DisplayQuery, ListingsQuery, PageQuery, Product
from jishi.kernel.i18n import said
from jishi.people.merchants import MerchantsQuery
from jishi.people.privacy import PERSONAL
from jishi.trade.cart import CartQuery
from jishi.web.consent import allows
from jishi.web.ready import CATALOG
from jishi.web.recommend import FEED, Shown, feed, popular, similar, together
from jishi.web.routes import get_page
from jishi.web.visit import HOLES, Page, Visit, query_of

from .sections import PARTS

SHOPS, PER_SHOP, NEWEST_READ = 6, 3, 60
TOPS, LEAVES = 10, 12  # categories of the menu, and of each one's second level
WITH_IT, LIKE_IT = 6, 6
PLACES = ("home", "cart", "empty_search")
CONTEXT = 20  # lines of a cart that the feed beside it looks at
HEADING = {"cart": "recommend.with_cart"}
Made = tuple[Mapping[str, Any], Iterable[str]]


@get_page("/", needs="goods:product:see")
async def home(visit: Visit) -> Page:
    async def make() -> Made:
        shop, ctx = visit.shop, visit.ctx
        tree = (await shop.catalog.display(ctx, DisplayQuery(ctx.storefront))).rows
        merchants = (await shop.merchants.merchants(ctx, MerchantsQuery(limit=SHOPS))).rows
        newest = (await shop.catalog.page(ctx, PageQuery(limit=NEWEST_READ))).cards
        windows = [
            {
                "handle": m.handle,
                "name": said(m.names, ctx.locale),
                "pictures": [c.picture for c in newest if c.merchant_id == m.id and c.picture][:PER_SHOP],
            }
            for m in merchants
        ]
        sells = await popular(visit, FEED)
        return {
            "categories": [(top, below(tree, top)) for top in tree if not top.parent][:TOPS],
            "shown": sells,
            "section": "feed",
            "fetch": "home",
            "heading": visit.t("recommend.popular"),
            "shops": [w for w in windows if w["pictures"]],
        }, [CATALOG, *sells.about]

    return await visit.ready("storefront/home.html", make)


def below(tree: Sequence[DisplayCategory], top: DisplayCategory) -> list[DisplayCategory]:
    """The second level of the menu: what stands right under a top category."""
    return [c for c in tree if c.parent == top.code][:LEAVES]


@get_page("/feed", needs="insight:recommend:see", rate="read")
async def own_feed(visit: Visit) -> Page:
    """The visitor's own feed: to htmx the section alone, which takes the place of the one for everybody."""
    asked = query_of(visit).get("place", "home")
    place = asked if asked in PLACES else "home"
    return await draw_feed(visit, await feed(visit, place, await in_cart(visit) if place == "cart" else ()))


async def in_cart(visit: Visit) -> list[int]:
    """The products of the visitor's cart, newest first."""
    if not visit.actor.id or not visit.actor.is_customer:
        return []
    lines = (await visit.shop.cart.cart(visit.ctx, CartQuery())).lines[:CONTEXT]
    if not lines:
        return []
    query = ListingsQuery(ids=[x.listing_id for x in lines])
    return sorted({x.product_id for x in (await visit.shop.catalog.listings(visit.ctx, query)).rows})


async def draw_feed(visit: Visit, shown: Shown) -> Page:
    heading = visit.t(HEADING.get(shown.place) or ("recommend.guess" if shown.personal else "recommend.popular"))
    return await visit.page("storefront/feed.html", fragment="feed", shown=shown, heading=heading, section="feed")


async def own_feed_hole(visit: Visit, place: str) -> bytes:
    """Where one's own feed is allowed, what fetches it: by itself with scripts, by a link without."""
    if not await allows(visit, PERSONAL):
        return b""
    pages = visit.site.pages
    return pages.render("storefront/parts/fetch.html", visit.facts(), {"place": place}).encode()


async def beside(visit: Visit, product: Product) -> Made:
    """The foot of a product's page; goods learnt from visits take the place of those of the same category."""
    bought = await together(visit, [product.id], WITH_IT)
    like = await similar(visit, product.id, LIKE_IT + WITH_IT)
    told = {row.id for row in bought.rows}
    rows = [row for row in like.rows if row.id not in told][:LIKE_IT]
    values: dict[str, Any] = {"like_it": rows, "with_it": bought.rows}
    return values | ({"similar": []} if rows else {}), [*like.about, *bought.about]


HOLES["own_feed"] = own_feed_hole
PARTS.append(beside)
handlers = [home, own_feed]
