"""The cart for programs: wishes by listing, with today's prices."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, Struct

from jishi.goods.catalog import ListingsQuery
from jishi.kernel.i18n import said
from jishi.kernel.ids import decode, encode
from jishi.trade.cart import AddLine, CartLine, CartQuery, CartView, PutLine, SetAside
from jishi.web.goods import price_of, prices_of
from jishi.web.routes import PUBLIC, api_get, api_post, api_put
from jishi.web.visit import Visit

from .shapes import Amount, Id, Quantity, amount


class LineAdd(Struct, frozen=True, forbid_unknown_fields=True):
    """With an `Idempotency-Key` the same request adds once."""

    listing: Id
    quantity: Annotated[int, Meta(ge=1, le=999)] = 1


class LinePut(Struct, frozen=True, forbid_unknown_fields=True):
    """This many are in the cart; 0 takes the line out."""

    quantity: Quantity


class CartLineOut(Struct, frozen=True):
    """`price` is a piece's, null where it is not for sale in this market any more; `was` what it cost when it was put in,
    null where that is not known."""

    listing: str
    product: str
    handle: str
    name: str
    options: str
    quantity: int
    price: Amount | None
    on_sale: bool
    was: Amount | None = None


class CartOut(Struct, frozen=True):
    """`goods` is the sum of the lines that can be bought, before offers, freight and whatever tax the market adds. `aside`
    are kept for later."""

    lines: list[CartLineOut]
    pieces: int
    goods: Amount
    aside: list[CartLineOut] = []


class AsidePut(Struct, frozen=True, forbid_unknown_fields=True):
    """Kept for later, or in the cart again."""

    aside: bool


async def cart_out(visit: Visit, view: CartView) -> CartOut:
    ids = [line.listing_id for line in (*view.lines, *view.aside)]
    found = (await visit.shop.catalog.listings(visit.ctx, ListingsQuery(ids=ids))).rows if ids else []
    listings, prices = {x.id: x for x in found}, await prices_of(visit, ids)

    def out(line: CartLine) -> CartLineOut:
        listing = listings.get(line.listing_id)
        price = price_of(prices, line.listing_id, line.quantity)
        return CartLineOut(
            listing=encode("lst", line.listing_id),
            product=encode("prd", listing.product_id) if listing else "",
            handle=listing.handle if listing else "",
            name=said(listing.names, visit.locale) if listing else "",
            options=said(listing.options, visit.locale) if listing else "",
            quantity=line.quantity,
            price=amount(price.minor, price.currency) if price else None,
            on_sale=bool(listing and listing.on_sale and price),
            was=Amount(line.seen_minor, line.currency) if line.seen_minor else None,
        )

    lines = [out(line) for line in view.lines]
    goods = sum(x.price.minor * x.quantity for x in lines if x.price and x.on_sale)
    return CartOut(lines, view.pieces, Amount(goods, visit.market.currency), [out(line) for line in view.aside])


@api_get("/cart", needs=PUBLIC, tags=["cart"])
async def cart(visit: Visit) -> CartOut:
    """The caller's cart, newest line first; without a session it is empty."""
    view = await visit.shop.cart.cart(visit.ctx, CartQuery()) if visit.actor.id else CartView([], 0)
    return await cart_out(visit, view)


@api_post("/cart/lines", needs=PUBLIC, person=True, status_code=200, tags=["cart"])
async def add_line(visit: Visit, data: LineAdd) -> CartOut:
    """That many more of the listing are in the cart."""
    listing_id = decode("lst", data.listing)
    price = price_of(await prices_of(visit, [listing_id]), listing_id, data.quantity)
    seen = (price.minor, price.currency) if price else (0, "")
    command = AddLine(listing_id, data.quantity, visit.ctx.key, *seen)
    return await cart_out(visit, await visit.shop.cart.add(visit.ctx, command))


@api_put("/cart/lines/{listing:str}", needs=PUBLIC, person=True, tags=["cart"])
async def put_line(visit: Visit, listing: str, data: LinePut) -> CartOut:
    """Exactly that many of the listing are in the cart."""
    command = PutLine(decode("lst", listing), data.quantity)
    return await cart_out(visit, await visit.shop.cart.put(visit.ctx, command))


@api_put("/cart/lines/{listing:str}/aside", needs=PUBLIC, person=True, tags=["cart"])
async def put_aside(visit: Visit, listing: str, data: AsidePut) -> CartOut:
    """The line is kept for later and counts for nothing, or is in the cart again."""
    command = SetAside(decode("lst", listing), data.aside)
    return await cart_out(visit, await visit.shop.cart.set_aside(visit.ctx, command))


handlers: list[Any] = [cart, add_line, put_line, put_aside]
