"""Wishes as pages show them: hearts in holes, what was looked at last in a signed cookie, and what is compared in the address.

What somebody looked at stays in their own browser: up to 20 product ids, signed, so that nobody can put others in; it is
never written into a log or a database, and `/seen` shows it and clears it."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from typing import Any

from jishi.goods.catalog import ListingsQuery, ProductCard
from jishi.trade.wishes import Among, Marked

from . import csrf
from .goods import Tile, tiles
from .visit import HOLES, YEAR_S, Visit

LOOKED, MOST_LOOKED = "jishi_looked", 20  # cookie; products
TAG_BYTES = 12
COMPARED = 4
WISHER = "trade:wish:own"


# --- what was looked at --------------------------------------------------------------------------------------------------


def looked(visit: Visit) -> list[int]:
    """Ids of products, the newest first; none of a cookie that is not ours."""
    text = visit.cookies.get(LOOKED, "")
    body, _, tag = text.rpartition(".")
    if not body or len(text) > 600 or not hmac.compare_digest(signed(visit, body).encode(), tag.encode()):
        return []
    return [int(part, 36) for part in body.split("-")][:MOST_LOOKED]


def look_at(visit: Visit, product_id: int) -> None:
    """The product is the newest of what was looked at."""
    ids = [product_id, *[x for x in looked(visit) if x != product_id]][:MOST_LOOKED]
    body = "-".join(base36(x) for x in ids)
    visit.set_cookie(LOOKED, f"{body}.{signed(visit, body)}", YEAR_S // 4)


def forget_looks(visit: Visit) -> None:
    visit.set_cookie(LOOKED, "", 0)


def signed(visit: Visit, body: str) -> str:
    return hmac.new(visit.site.secret, b"looked:" + body.encode(), hashlib.sha256).digest()[:TAG_BYTES].hex()


def base36(n: int) -> str:
    digits = ""
    while n:
        n, rest = divmod(n, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[rest] + digits
    return digits or "0"


async def look_hole(visit: Visit, of: str) -> bytes:
    """Nothing to see: the browser remembers that this product was looked at."""
    look_at(visit, int(of))
    return b""


# --- hearts --------------------------------------------------------------------------------------------------------------


async def marked(visit: Visit) -> Marked:
    """The visitor's favourites and shops: asked once a page, and not at all of somebody who is nobody yet."""
    known: Marked | None = visit.scope.get("jishi_marked")
    if known is None:
        known = Marked([], [])
        if visit.actor.id and WISHER in visit.shop.grants.get(visit.actor.role, frozenset()):
            known = await visit.shop.wishes.among(visit.ctx, Among())
        visit.scope["jishi_marked"] = known
    return known


async def heart_hole(visit: Visit, of: str) -> bytes:
    """`heart:5` on a product's page: the button as this visitor has it."""
    return drawn(visit, "heart", product_id=int(of), on=int(of) in (await marked(visit)).product_ids)


async def card_hole(visit: Visit, of: str) -> bytes:
    """`card:5` on a card, for whoever is somebody already: lists make nobody a person and set no cookie."""
    if not visit.actor.is_customer or not visit.actor.id:
        return b""
    return drawn(visit, "small", product_id=int(of), on=int(of) in (await marked(visit)).product_ids)


async def shop_hole(visit: Visit, of: str) -> bytes:
    """`follow:71`: whether the visitor follows the shop."""
    return drawn(visit, "follow", merchant_id=int(of), on=int(of) in (await marked(visit)).merchant_ids)


async def watcher_hole(visit: Visit, of: str) -> bytes:
    """Where the mail goes: an account has its address, anybody else types one."""
    return b"" if visit.actor.role == "buyer" else drawn(visit, "email")


def drawn(visit: Visit, block: str, **values: Any) -> bytes:
    """A form alone, with this visitor's token."""
    values |= {"field": csrf.FIELD, "token": visit.csrf_token()}
    return visit.site.pages.render("storefront/wishes/buttons.html", visit.facts(), values, block).encode()


HOLES |= {"looked": look_hole, "heart": heart_hole, "card": card_hole, "follow": shop_hole, "watcher": watcher_hole}


# --- goods by id ---------------------------------------------------------------------------------------------------------


async def tiles_of(visit: Visit, ids: Sequence[int]) -> list[Tile]:
    """Cards of these products in this order; what cannot be bought any more is left out."""
    if not ids:
        return []
    listings = (await visit.shop.catalog.listings(visit.ctx, ListingsQuery(product_ids=list(ids)))).rows
    found: dict[int, list[Any]] = {}
    for listing in listings:
        if listing.on_sale:
            found.setdefault(listing.product_id, []).append(listing)
    cards = [
        ProductCard(
            id, rows[0].handle, rows[0].merchant_id, rows[0].names, rows[0].category,
            next((x.picture for x in rows if x.picture), ""), {}, [x.id for x in rows],
        )
        for id in ids
        if (rows := found.get(id))
    ]  # fmt: skip
    return await tiles(visit, cards)
