"""The cart: grouped by shop and warehouse as it would ship, with what cannot be bought now kept apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct

from jishi.goods.catalog import Listing, ListingsQuery, ProductQuery
from jishi.goods.inventory import WarehousesQuery
from jishi.kernel import Fault
from jishi.kernel.ids import decode
from jishi.kernel.place import Region
from jishi.people.merchants import MerchantsQuery
from jishi.trade.cart import AddLine, CartLine, CartQuery, CartView, PutLine, SetAside
from jishi.trade.checkout import OverLimit, Quote, QuoteAsk, Wanted
from jishi.web.consent import note
from jishi.web.goods import Prices, exact_sku, free_of, price_of, prices_of, stock_of
from jishi.web.problems import sentence
from jishi.web.routes import get_page, post_page
from jishi.web.sums import bars, discounts
from jishi.web.visit import Page, Visit

WISH = "o."
PARCEL = "parcel"  # the kind of goods that can be ordered


class AddForm(Struct, frozen=True):
    product: str
    listing: str
    quantity: int = 1
    do: str = "cart"


class SetForm(Struct, frozen=True):
    listing: str
    quantity: int


class AsideForm(Struct, frozen=True):
    listing: str
    aside: int = 1


class Gone(Struct, frozen=True):
    """A line that cannot be bought now. why: off, stock, kind (no parcel brings it), limit (a person may buy `most`);
    `free` pieces may still be bought."""

    listing: Listing | None
    listing_id: int
    quantity: int
    why: str
    free: int
    most: int = 0


class Sorted(Struct, frozen=True):
    """What of some lines can be bought now, and what cannot and why; their listings, and what their pieces cost."""

    wanted: list[Wanted]
    gone: list[Gone]
    listings: dict[int, Listing]
    prices: Prices


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
        if sku := await exact_sku(visit, found.id, chosen):
            listing_id = sku.listing_id
    if asked.do == "buy":
        return visit.go("/checkout", buy=f"{listing_id}x{max(1, asked.quantity)}")
    try:
        await visit.shop.cart.add(visit.ctx, await more(visit, listing_id, asked.quantity, visit.ctx.key))
    except Fault as refused:
        return await show(visit, notice=sentence(refused, visit.site.words, visit.locale))
    await note(visit, "cart", listing_id=listing_id)
    return visit.go("/cart", added="1")


async def more(visit: Visit, listing_id: int, quantity: int, key: str) -> AddLine:
    """That many more, at what a piece costs now: the cart tells when that changes."""
    price = price_of(await prices_of(visit, [listing_id]), listing_id, max(1, quantity))
    return AddLine(listing_id, quantity, key, price.minor if price else 0, price.currency if price else "")


@post_page("/cart/set", needs="trade:cart:change", person=True)
async def put(visit: Visit) -> Page:
    """So many pieces of one line; 0 takes it out. htmx gets the block `cart` again."""
    asked = (await visit.form()).into(SetForm)
    try:
        await visit.shop.cart.put(visit.ctx, PutLine(decode("lst", asked.listing), asked.quantity))
    except Fault as refused:
        return await show(visit, notice=sentence(refused, visit.site.words, visit.locale))
    return await show(visit) if visit.wants_fragment() else visit.go("/cart")


@post_page("/cart/aside", needs="trade:cart:change", person=True)
async def aside(visit: Visit) -> Page:
    """A line is kept for later, or is in the cart again. htmx gets the block `cart` again."""
    asked = (await visit.form()).into(AsideForm)
    await visit.shop.cart.set_aside(visit.ctx, SetAside(decode("lst", asked.listing), bool(asked.aside)))
    return await show(visit) if visit.wants_fragment() else visit.go("/cart")


async def show(visit: Visit, notice: str = "", coupon: str = "") -> Page:
    """The cart's page: six questions, however many lines."""
    shop, ctx = visit.shop, visit.ctx
    view = await shop.cart.cart(ctx, CartQuery()) if ctx.actor.id else CartView([], 0)
    found = await sort_out(visit, [*view.lines, *view.aside])
    now, later = {x.listing_id for x in view.lines}, {x.listing_id for x in view.aside}
    wanted = [w for w in found.wanted if w.listing_id in now]
    gone = [g for g in found.gone if g.listing_id in now]
    quote, fault = None, ""
    try:
        estimate = Region(visit.market.serves[0])
        quote, over = await within_limits(visit, wanted, lambda lines: QuoteAsk(lines, estimate=estimate))
        gone += [beyond(o, wanted, found.listings) for o in over]
    except Fault as refused:
        fault = sentence(refused, visit.site.words, visit.locale)
    terms = quote.terms if quote else None
    return await visit.page(
        "storefront/cart.html",
        fragment="cart",
        view=view,
        notice=notice or fault,
        quote=quote,
        groups=await groups(visit, quote) if quote else [],
        cuts=discounts(x for c in terms.children for x in c.lines) if terms else [],
        bars=bars(quote) if quote else [],
        gone=gone,
        plain=[(w, found.listings[w.listing_id]) for w in wanted] if quote is None else [],
        later=[(x, found.listings.get(x.listing_id)) for x in view.aside],
        able={w.listing_id for w in found.wanted if w.listing_id in later},
        was={x.listing_id: changed(x, found.prices) for x in view.lines},
        coupon=coupon,
        most=999,
    )


def changed(line: CartLine, prices: Prices) -> int:
    """What a piece cost when it was put in, if it costs something else now; 0 = the same, or not known."""
    price = price_of(prices, line.listing_id, line.quantity)
    if price is None or not line.seen_minor or line.currency != price.currency:
        return 0
    return line.seen_minor if line.seen_minor != price.minor else 0


async def within_limits(
    visit: Visit, lines: Sequence[Wanted], ask: Callable[[list[Wanted]], QuoteAsk]
) -> tuple[Quote | None, list[OverLimit]]:
    """The quote of what a person may buy of these lines, and what was too much; None where nothing is left."""
    left, over = list(lines), list[OverLimit]()
    while left:
        try:
            return await visit.shop.checkout.quote(visit.ctx, ask(left)), over
        except OverLimit as refused:
            if not any(w.listing_id == refused.listing_id for w in left):
                raise
            over.append(refused)
            left = [w for w in left if w.listing_id != refused.listing_id]
    return None, over


def beyond(over: OverLimit, wanted: Sequence[Wanted], listings: dict[int, Listing]) -> Gone:
    pieces = next(w.quantity for w in wanted if w.listing_id == over.listing_id)
    return Gone(listings.get(over.listing_id), over.listing_id, pieces, "limit", over.left, over.most)


async def sort_out(visit: Visit, lines: Sequence[CartLine]) -> Sorted:
    """What of these lines can be bought now, and what cannot and why."""
    shop, ctx = visit.shop, visit.ctx
    ids = [line.listing_id for line in lines]
    if not ids:
        return Sorted([], [], {}, {})
    listings = {x.id: x for x in (await shop.catalog.listings(ctx, ListingsQuery(ids=ids))).rows}
    prices = await prices_of(visit, ids)
    levels = await stock_of(visit, [c for x in listings.values() for c in x.components])
    wanted, gone = [], []
    for line in lines:
        listing = listings.get(line.listing_id)
        free, _ = free_of(listing.components, levels) if listing else (0, 0)
        if listing is None or not listing.on_sale or line.listing_id not in prices:
            gone.append(Gone(listing, line.listing_id, line.quantity, "off", 0))
        elif listing.kind != PARCEL:
            gone.append(Gone(listing, line.listing_id, line.quantity, "kind", 0))
        elif free < line.quantity:
            gone.append(Gone(listing, line.listing_id, line.quantity, "stock", free))
        else:
            wanted.append(Wanted(line.listing_id, line.quantity))
    return Sorted(wanted, gone, listings, prices)


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
            "bars": bars(quote, c.merchant_id) if firsts[c.merchant_id] == c.n else [],
        }
        for c in children
    ]


handlers: list[Any] = [cart, add, put, aside]
