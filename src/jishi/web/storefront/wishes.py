"""Favourites, shops that are followed, what was looked at, comparing, and being told: small forms that work without scripts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from jishi.goods.catalog import ListingsQuery, NoProduct, Product, ProductQuery
from jishi.kernel import Fault
from jishi.kernel.i18n import said
from jishi.kernel.ids import decode
from jishi.people.merchants import MerchantsQuery
from jishi.trade.wishes import (
    FavouritesQuery,
    FollowedQuery,
    PutFavourite,
    PutFollow,
    Unwatch,
    Watch,
    WatchesQuery,
)
from jishi.web.consent import note
from jishi.web.routes import PUBLIC, get_page, post_page
from jishi.web.storefront.describing import facts_of
from jishi.web.storefront.sections import PARTS
from jishi.web.visit import HTML, Page, Visit, query_of
from jishi.web.wishes import COMPARED, drawn, forget_looks, looked, tiles_of

OWN, WATCH = "trade:wish:own", "trade:wish:watch"
PAGE, SUGGESTED = 24, 6
Made = tuple[Mapping[str, Any], Iterable[str]]


async def of_product(visit: Visit, product: Product) -> Made:
    """The part of the product page beside its buttons: all that is personal there are holes."""
    return {"wishes": True}, []


PARTS.append(of_product)


# --- favourites and shops ------------------------------------------------------------------------------------------------


@get_page("/favourites", needs=OWN)
async def favourites(visit: Visit) -> Page:
    """One's favourites, newest first, with what is watched and followed."""
    shop, ctx, params = visit.shop, visit.ctx, query_of(visit)
    page = await shop.wishes.favourites(ctx, FavouritesQuery(params.get("cursor", ""), PAGE))
    watches = (await shop.wishes.watches(ctx, WatchesQuery())).rows
    ids = [w.listing_id for w in watches]
    found = {x.id: x for x in (await shop.catalog.listings(ctx, ListingsQuery(ids=ids))).rows} if ids else {}
    shops = (await shop.wishes.followed(ctx, FollowedQuery())).merchant_ids[:100]
    merchants = (await shop.merchants.merchants(ctx, MerchantsQuery(ids=shops))).rows if shops else []
    waiting = [
        {
            "id": w.id, "kind": w.kind, "minor": w.minor, "currency": w.currency, "at": w.at,
            "name": said(found[w.listing_id].names, visit.locale) if w.listing_id in found else "",
            "href": visit.url(f"/products/{found[w.listing_id].handle}") if w.listing_id in found else "",
        }
        for w in watches
    ]  # fmt: skip
    return await visit.page(
        "storefront/wishes/favourites.html", cards=await tiles_of(visit, [r.product_id for r in page.rows]),
        next=page.next, first=not params.get("cursor"), count=page.count, watches=waiting, shops=merchants,
        done=next((x for x in ("watching", "stopped", "kept") if params.get(x)), ""),
    )  # fmt: skip


@post_page("/favourites", needs=OWN, person=True)
async def favour(visit: Visit) -> Page:
    """The product is a favourite, or no more; htmx gets the button back."""
    form = await visit.form()
    product_id, on = decode("prd", form.value("product")), form.value("on", "1") != "0"
    await visit.shop.wishes.put_favourite(visit.ctx, PutFavourite(product_id, on))
    if on:
        await note(visit, "favourite", product_id)
    block = "small" if form.value("as") == "small" else "heart"
    if visit.wants_fragment():
        return Page(drawn(visit, block, product_id=product_id, on=on), media_type=HTML)
    return visit.go("/favourites", kept="1" if on else "")


@post_page("/shops/follow", needs=OWN, person=True)
async def follow(visit: Visit) -> Page:
    form = await visit.form()
    merchant_id, on = decode("mer", form.value("merchant")), form.value("on", "1") != "0"
    await visit.shop.wishes.put_follow(visit.ctx, PutFollow(merchant_id, on))
    if visit.wants_fragment():
        return Page(drawn(visit, "follow", merchant_id=merchant_id, on=on), media_type=HTML)
    return visit.go("/favourites")


# --- being told ----------------------------------------------------------------------------------------------------------


@post_page("/wishes/watch", needs=WATCH, person=True)
async def watch(visit: Visit) -> Page:
    """One mail when it is back, or costs less. A form that lacks the address comes back with its field."""
    form = await visit.form()
    command = Watch(decode("lst", form.value("listing")), form.value("kind"), form.value("email"))
    try:
        await visit.shop.wishes.watch(visit.ctx, command)
    except Fault as fault:
        form.refused(fault, visit.site.words, visit.locale)
        return await visit.page("storefront/wishes/watch.html", form=form, status=fault.status)
    return visit.go("/favourites", watching="1")


@post_page("/wishes/unwatch", needs=WATCH)
async def unwatch(visit: Visit) -> Page:
    form = await visit.form()
    await visit.shop.wishes.unwatch(visit.ctx, Unwatch(decode("wat", form.value("watch"))))
    return visit.go("/favourites", stopped="1")


@get_page("/wishes/stop", needs=PUBLIC)
async def stop(visit: Visit) -> Page:
    """Where the mail's link leads: one button, for programs open links too."""
    params = query_of(visit)
    return await visit.page(
        "storefront/wishes/stop.html", token=params.get("t", "")[:100], done=bool(params.get("done"))
    )


@post_page("/wishes/stop", needs=WATCH)
async def stopped(visit: Visit) -> Page:
    await visit.shop.wishes.unwatch(visit.ctx, Unwatch(token=(await visit.form()).value("t")[:100] or "-"))
    return visit.go("/wishes/stop", done="1")


# --- what was looked at --------------------------------------------------------------------------------------------------


@get_page("/seen", needs="goods:product:see")
async def seen(visit: Visit) -> Page:
    """What this browser looked at; htmx asks for the block `rail`."""
    return await visit.page("storefront/wishes/seen.html", fragment="rail", cards=await tiles_of(visit, looked(visit)))


@post_page("/seen", needs="goods:product:see")
async def clear_seen(visit: Visit) -> Page:
    forget_looks(visit)
    return visit.go("/seen")


# --- comparing -----------------------------------------------------------------------------------------------------------


class Row(Struct, frozen=True):
    """What is compared; a value a product, "" where it has none."""

    name: str
    values: list[str]
    differs: bool


@get_page("/compare", needs="goods:product:see")
async def compare(visit: Visit) -> Page:
    """Two to four products side by side: `p` are their handles. The address is all there is, so that it can be shared."""
    params = query_of(visit)
    asked = list(dict.fromkeys(h for h in params.get("p", "")[:400].split(",") if h))[:COMPARED]
    products = [p for h in asked if (p := await product_of(visit, h))]
    only = bool(params.get("only")) and len(products) > 1
    tiles = {t.id: t for t in await tiles_of(visit, [p.id for p in products])}
    handles = [p.handle for p in products]
    columns = [
        {
            "handle": p.handle, "name": said(p.names, visit.locale),
            "picture": p.pictures[0].path if p.pictures else "",
            "minor": tiles[p.id].minor if p.id in tiles else None, "currency": visit.market.currency,
            "was": tiles[p.id].was if p.id in tiles else 0, "without": ",".join(h for h in handles if h != p.handle),
        }
        for p in products
    ]  # fmt: skip
    rows = [r for r in await rows_of(visit, products) if r.differs or not only]
    return await visit.page(
        "storefront/wishes/compare.html", columns=columns, rows=rows, only=only, asked=",".join(handles),
        more=await more_of(visit, handles, {p.id for p in products}),
    )  # fmt: skip


async def product_of(visit: Visit, handle: str) -> Product | None:
    try:
        return await visit.shop.catalog.product(visit.ctx, ProductQuery(handle=handle))
    except NoProduct:
        return None


async def rows_of(visit: Visit, products: list[Product]) -> list[Row]:
    """Brand, then attributes, then specifications, each in the order in which it first comes."""
    told: list[dict[str, str]] = []
    for p in products:
        own = {visit.t("wishes.compare.brand"): said(p.brand_names, visit.locale)} if p.brand else {}
        own |= dict(await facts_of(visit, p))
        own |= {said(k, visit.locale): said(v, visit.locale) for k, v in p.specs}
        told.append(own)
    names = list(dict.fromkeys(name for own in told for name in own))
    values = [[own.get(name, "") for own in told] for name in names]
    return [Row(name, vs, len(set(vs)) > 1) for name, vs in zip(names, values, strict=True)]


async def more_of(visit: Visit, handles: list[str], there: set[int]) -> list[dict[str, str]]:
    """What was looked at and can be put beside, while there is room."""
    if len(handles) >= COMPARED:
        return []
    cards = await tiles_of(visit, [i for i in looked(visit) if i not in there][:SUGGESTED])
    return [{"name": c.name, "with": ",".join([*handles, c.href.rpartition("/")[2]])} for c in cards]


handlers: list[Any] = [
    favourites, favour, follow, watch, unwatch, stop, stopped, seen, clear_seen, compare,
]  # fmt: skip
