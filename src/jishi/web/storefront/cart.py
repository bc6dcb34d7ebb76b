"""The cart: grouped by shop and warehouse as it would ship, with what cannot be bought now kept apart."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from jishi.goods.catalog import Listing, ListingsQuery, ProductQuery
from jishi.goods.inventory import WarehousesQuery
from jishi.kernel import Fault
from jishi.kernel.ids import decode
from jishi.kernel.place import Region
from jishi.people.merchants import MerchantsQuery
from jishi.trade.cart import AddLine, CartQuery, CartView, PutLine
from jishi.trade.checkout import Quote, QuoteAsk, Wanted
from jishi.web.goods import exact_sku, free_of, prices_of, stock_of
from jishi.web.problems import sentence
from jishi.web.routes import get_page, post_page
from jishi.web.visit import Page, Visit

WISH = "o."


class AddForm(Struct, frozen=True):
    product: str
    listing: str
    quantity: int = 1
    do: str = "cart"


class SetForm(Struct, frozen=True):
    listing: str
    quantity: int


class Gone(Struct, frozen=True):
    """A line that cannot be bought now. why: off, stock; `free` pieces are left."""

    listing: Listing | None
    listing_id: int
    quantity: int
    why: str
    free: int


@get_page("/cart", needs="trade:cart:see")
async def cart(visit: Visit) -> Page:
    return await show(visit)


@post_page("/cart/add", needs="trade:cart:change", person=True)
async def add(visit: Visit) -> Page:
    """From the product page. The options that were chosen decide, for without scripts the hidden listing may be old."""
    form = await visit.form()
    asked = form.into(AddForm)
    chosen = {k.removeprefix(WISH): form.value(k) for k in form.typed if k.startswith(WISH)}
    listing_id = decode("lst", asked.listing)
    if chosen:
        found = await visit.shop.catalog.product(visit.ctx, ProductQuery(handle=asked.product))
        if sku := exact_sku(found, chosen):
            listing_id = sku.listing_id
    if asked.do == "buy":
        return visit.go("/checkout", buy=f"{listing_id}x{max(1, asked.quantity)}")
    try:
        await visit.shop.cart.add(visit.ctx, AddLine(listing_id, asked.quantity, visit.ctx.key))
    except Fault as refused:
        return await show(visit, notice=sentence(refused, visit.site.words, visit.locale))
    return visit.go("/cart", added="1")


@post_page("/cart/set", needs="trade:cart:change", person=True)
async def put(visit: Visit) -> Page:
    """So many pieces of one line; 0 takes it out. htmx gets the block `cart` again."""
    asked = (await visit.form()).into(SetForm)
    try:
        await visit.shop.cart.put(visit.ctx, PutLine(decode("lst", asked.listing), asked.quantity))
    except Fault as refused:
        return await show(visit, notice=sentence(refused, visit.site.words, visit.locale))
    return await show(visit) if visit.wants_fragment() else visit.go("/cart")


async def show(visit: Visit, notice: str = "") -> Page:
    """The cart's page: five questions, however many lines."""
    shop, ctx = visit.shop, visit.ctx
    view = await shop.cart.cart(ctx, CartQuery()) if ctx.actor.id else CartView([], 0)
    if not view.lines:
        return await visit.page(
            "storefront/cart.html", fragment="cart", view=view, notice=notice, groups=[], gone=[], quote=None
        )
    wanted, gone, listings = await sort_out(visit, view)
    quote, fault = None, ""
    if wanted:
        try:
            estimate = Region(visit.market.serves[0])
            quote = await shop.checkout.quote(ctx, QuoteAsk(wanted, estimate=estimate))
        except Fault as refused:
            fault = sentence(refused, visit.site.words, visit.locale)
    return await visit.page(
        "storefront/cart.html",
        fragment="cart",
        view=view,
        notice=notice or fault,
        quote=quote,
        groups=await groups(visit, quote) if quote else [],
        gone=gone,
        plain=[(w, listings[w.listing_id]) for w in wanted] if quote is None else [],
        listings=listings,
        most=999,
    )


async def sort_out(visit: Visit, view: CartView) -> tuple[list[Wanted], list[Gone], dict[int, Listing]]:
    """What can be bought now, what cannot and why, and the listings by id."""
    shop, ctx = visit.shop, visit.ctx
    ids = [line.listing_id for line in view.lines]
    listings = {x.id: x for x in (await shop.catalog.listings(ctx, ListingsQuery(ids=ids))).rows}
    prices = await prices_of(visit, ids)
    levels = await stock_of(visit, [c for x in listings.values() for c in x.components])
    wanted, gone = [], []
    for line in view.lines:
        listing = listings.get(line.listing_id)
        free, _ = free_of(listing.components, levels) if listing else (0, 0)
        if listing is None or not listing.on_sale or line.listing_id not in prices:
            gone.append(Gone(listing, line.listing_id, line.quantity, "off", 0))
        elif free < line.quantity:
            gone.append(Gone(listing, line.listing_id, line.quantity, "stock", free))
        else:
            wanted.append(Wanted(line.listing_id, line.quantity))
    return wanted, gone, listings


async def groups(visit: Visit, quote: Quote) -> list[dict[str, Any]]:
    """The quote's children with the names of their shops and warehouses."""
    shop, ctx = visit.shop, visit.ctx
    children = quote.terms.children
    ids = sorted({c.merchant_id for c in children})
    merchants = {m.id: m for m in (await shop.merchants.merchants(ctx, MerchantsQuery(ids=ids))).rows}
    warehouses = {w.id: w for w in (await shop.inventory.warehouses(ctx, WarehousesQuery())).rows}
    firsts = {c.merchant_id: c.n for c in reversed(children)}
    return [
        {
            "child": c,
            "merchant": merchants.get(c.merchant_id),
            "warehouse": warehouses.get(c.warehouse_id),
            "options": quote.options.get(c.merchant_id, []),
            "first_of_merchant": firsts[c.merchant_id] == c.n,
        }
        for c in children
    ]


handlers: list[Any] = [cart, add, put]
