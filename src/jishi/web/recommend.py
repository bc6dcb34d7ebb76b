"""Rows of recommendations for pages: tiles with their reasons, each linking back to where it was shown.

Product page and cart ask `similar`, `together` and `feed`; `storefront/parts/feed.html` draws what `feed` answers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

from jishi.goods.catalog import Listing, ListingsQuery
from jishi.insight.recommend import BesideQuery, Feed, FeedQuery, Row
from jishi.kernel import Unavailable
from jishi.kernel.i18n import said
from jishi.people.privacy import PERSONAL

from .consent import allows
from .goods import Prices, depends, price_of, prices_of
from .visit import Visit

ROW, FEED = 6, 10
NAME_MAX = 24  # characters of the product that a reason speaks of
SHORT = re.compile("[,，（(]")  # what a name goes on with is left out of a reason
BESIDE = {"similar": "recommend.why.liked_too", "together": "recommend.why.one_order"}


class Suggestion(Struct, frozen=True):
    """A tile as `parts.html` draws it, with `why` it is there."""

    id: int
    listing_id: int
    name: str
    href: str
    picture: str
    minor: int | None
    currency: str
    was: int
    why: str
    tags: list[tuple[str, str]] = []
    note: str = ""


class Shown(Struct, frozen=True):
    """`personal`: own history chose some of them. `may`: the visitor allows it, so there is something to turn off.
    `about`: tags of ready bytes that show them."""

    rows: list[Suggestion]
    place: str
    personal: bool = False
    may: bool = False
    about: list[str] = []


async def similar(visit: Visit, product_id: int, limit: int = ROW) -> Shown:
    """Goods beside a product, the same for everybody."""
    return await _beside(visit, "similar", BesideQuery([product_id], limit))


async def together(visit: Visit, product_ids: Sequence[int], limit: int = 3) -> Shown:
    """What is often bought in one order with these; may be empty. The same for everybody."""
    return await _beside(visit, "together", BesideQuery(list(product_ids), limit))


async def popular(visit: Visit, limit: int = FEED) -> Shown:
    """What sells now, the same for everybody."""
    return await _beside(visit, "home", BesideQuery([], limit))


async def _beside(visit: Visit, place: str, query: BesideQuery) -> Shown:
    service = visit.shop.recommend
    ask = {"similar": service.similar, "together": service.together}.get(place, service.popular)
    try:
        return await shown(visit, await ask(visit.ctx, query), place)
    except Unavailable:  # the page is worth more than what it recommends
        return Shown([], place)


async def feed(visit: Visit, place: str, product_ids: Sequence[int] = (), limit: int = FEED) -> Shown:
    """For this visitor, by own history where that is allowed. Never for ready bytes."""
    may = await allows(visit, PERSONAL)
    try:
        found = await visit.shop.recommend.feed(visit.ctx, FeedQuery(place, list(product_ids), limit, personal=may))
    except Unavailable:
        return Shown([], place, may=may)
    return await shown(visit, found, place, may=may)


async def shown(visit: Visit, found: Feed, place: str, *, may: bool = False) -> Shown:
    """The rows as tiles: one question for their offers and the goods their reasons speak of, one for prices."""
    if not found.rows:
        return Shown([], place, may=may)
    about = sorted({int(r.reason.inputs["product_id"]) for r in found.rows if "product_id" in r.reason.inputs})
    query = ListingsQuery(ids=[r.listing_id for r in found.rows], product_ids=about)
    listings = (await visit.shop.catalog.listings(visit.ctx, query)).rows
    offers, names = {x.id: x for x in listings}, {x.product_id: said(x.names, visit.locale) for x in listings}
    prices = await prices_of(visit, [r.listing_id for r in found.rows])
    rows = [_tile(visit, r, offers[r.listing_id], prices, names, place) for r in found.rows if r.listing_id in offers]
    tags = [tag for r in rows for tag in depends(r.id, [r.listing_id])]
    return Shown(rows, place, found.personal, may, tags)


def _tile(visit: Visit, row: Row, offer: Listing, prices: Prices, names: dict[int, str], place: str) -> Suggestion:
    price = price_of(prices, row.listing_id)
    because = SHORT.split(names.get(int(row.reason.inputs.get("product_id", 0)), ""))[0]
    key = row.reason.key if because or "product_id" not in row.reason.inputs else "recommend.why.popular"
    if place in BESIDE and because:  # beside the product itself its name needs no saying
        key = BESIDE[place]
    return Suggestion(
        id=row.product_id,
        listing_id=row.listing_id,
        name=said(offer.names, visit.locale),
        href=f"/{visit.locale}/products/{offer.handle}?via={'search' if place == 'empty_search' else place}",
        picture=offer.picture,
        minor=price.minor if price else None,
        currency=price.currency if price else visit.market.currency,
        was=price.was_minor if price else 0,
        why=visit.t(key, name=because if len(because) <= NAME_MAX else because[: NAME_MAX - 1] + "…"),
    )
