"""Checkout on one page: address, delivery, payment. Nothing typed is ever lost, and every answer is a plain page."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

from babel import Locale
from msgspec import Struct

from jishi.goods.promotions import Claim, UsesSpent
from jishi.kernel import Fault, FieldError, Invalid
from jishi.kernel.ids import decode, encode
from jishi.kernel.place import Region
from jishi.people.vault import Show
from jishi.trade.cart import CartQuery
from jishi.trade.checkout import (
    KeyReused,
    NoQuote,
    Place,
    Quote,
    QuoteAsk,
    QuoteExpired,
    QuoteQuery,
    TotalChanged,
    Wanted,
)
from jishi.trade.payments import Start
from jishi.web.addressing import checkout_facts, meant, remember
from jishi.web.cards import RECIPIENT, keep_cards, keep_gift
from jishi.web.forms import Form
from jishi.web.problems import sentence
from jishi.web.routes import get_page, post_page
from jishi.web.sums import bars, discounts
from jishi.web.visit import Page, Visit

from .cart import groups, show, sort_out, within_limits

MOST_BUY_NOW = 999
BUY = re.compile(r"[0-9]{1,19}x[0-9]{1,3}")  # not isdigit: that takes ² too


class CouponForm(Struct, frozen=True):
    code: str
    back: str = "cart"
    quote: str = ""
    buy: str = ""


class PlaceForm(Struct, frozen=True):
    quote: str
    total: int
    method: str
    key: str
    buy: str = ""


@get_page("/checkout", needs="trade:checkout:quote")
async def checkout(visit: Visit) -> Page:
    """`quote`: one that has an address; `buy=<listing>x<pieces>`: that alone instead of the cart; `left`: some of the cart
    was too much for one person."""
    params = visit.request.query_params
    if text := params.get("quote"):
        try:
            quote = await visit.shop.checkout.quoted(visit.ctx, QuoteQuery(decode("qt", text)))
        except (NoQuote, QuoteExpired):
            return visit.go("/checkout", buy=params.get("buy", ""))
        said = visit.t("store.cart.left") if params.get("left") else ""
        return await confirm(visit, quote, params.get("buy", ""), said)
    return await ask_address(visit, Form(), params.get("buy", ""))


@post_page("/checkout/address", needs="trade:checkout:quote", person=True)
async def address(visit: Visit) -> Page:
    """The address goes to the vault, the goods get a quote; wrong fields come back with what was typed."""
    form = await visit.form()
    buy = form.value("buy")
    try:
        lines = await wanted(visit, buy)
        if not lines:
            return visit.go("/cart")
        recipient, contact = await keep(visit, form)
        gift = await keep_gift(visit, form.value("gift"), "gift")
        quote, over = await within_limits(visit, lines, lambda left: QuoteAsk(left, recipient, contact, gift_card=gift))
        if quote is None:
            raise over[0]
    except Fault as refused:
        return await ask_address(visit, form.refused(refused, visit.site.words, visit.locale), buy, refused.status)
    return visit.go("/checkout", quote=encode("qt", quote.id), buy=buy, left="1" if over else "")


@post_page("/checkout/delivery", needs="trade:checkout:quote", person=True)
async def delivery(visit: Visit) -> Page:
    """Another service for a shop's parcels: a new quote for the same goods and cards."""
    form = await visit.form()
    old = await visit.shop.checkout.quoted(visit.ctx, QuoteQuery(decode("qt", form.value("quote"))))
    services = {
        decode("mer", k.removeprefix("service.")): form.value(k) for k in form.typed if k.startswith("service.")
    }
    quote = await again(visit, old, services)
    return visit.go("/checkout", quote=encode("qt", quote.id), buy=form.value("buy"))


@post_page("/cart/coupon", needs="goods:coupon:claim", rate="code", person=True)
async def coupon(visit: Visit) -> Page:
    """A typed code becomes the visitor's own coupon, and counts from then on wherever it is best. One that is none is
    told beside the box."""
    asked = (await visit.form()).into(CouponForm)
    at_checkout = asked.back == "checkout" and asked.quote
    old = await visit.shop.checkout.quoted(visit.ctx, QuoteQuery(decode("qt", asked.quote))) if at_checkout else None
    try:
        await visit.shop.promotions.claim(visit.ctx, Claim(code=asked.code.strip()[:64]))
    except Fault as refused:
        said = sentence(refused, visit.site.words, visit.locale)
        if old is None:
            return await show(visit, coupon=said)
        return await confirm(visit, old, asked.buy, status=refused.status, coupon=said)
    if old is None:
        return visit.go("/cart")
    quote = await again(visit, old)
    return visit.go("/checkout", quote=encode("qt", quote.id), buy=asked.buy)


@post_page("/checkout/place", needs="trade:checkout:place", rate="place", person=True)
async def place(visit: Visit) -> Page:
    """The order stands, and the browser goes to the provider's page or to the order. A quote that is stale is made
    anew and shown; nothing is placed at a price that was not seen."""
    form = await visit.form()
    asked = form.into(PlaceForm)
    shop, ctx = visit.shop, visit.ctx
    quote_id = decode("qt", asked.quote)
    try:
        placed = await shop.checkout.place(ctx, Place(asked.key, quote_id, asked.total, asked.method))
    except (QuoteExpired, TotalChanged, KeyReused, UsesSpent) as refused:
        return await _afresh(visit, quote_id, asked.buy, refused)
    except Fault as refused:
        if refused.status == 404:
            return visit.go("/checkout", buy=asked.buy)
        quote = await shop.checkout.quoted(ctx, QuoteQuery(quote_id))
        said = sentence(refused, visit.site.words, visit.locale)
        return await confirm(visit, quote, asked.buy, said, refused.status)
    return await pay(visit, placed.number, placed.intent_id, placed.method)


async def _afresh(visit: Visit, quote_id: int, buy: str, refused: Fault) -> Page:
    """The same goods to the same address at today's figures, and why."""
    said = sentence(refused, visit.site.words, visit.locale)
    try:
        old = await visit.shop.checkout.quoted(visit.ctx, QuoteQuery(quote_id))
        quote = await again(visit, old)
    except Fault:
        form = Form()
        form.said = said
        return await ask_address(visit, form, buy, refused.status)
    return await confirm(visit, quote, buy, said, refused.status)


async def again(visit: Visit, old: Quote, services: dict[int, str] | None = None) -> Quote:
    """The same goods, cards, note and codes at today's figures, by these services or those of the old quote."""
    terms = old.terms
    if services is None:
        services = {m: o.service for m, options in old.options.items() for o in options if o.chosen}
    pieces: dict[int, int] = {}
    for line in [x for c in terms.children for x in c.lines]:
        pieces[line.listing_id] = pieces.get(line.listing_id, 0) + line.quantity
    lines = [Wanted(listing, n) for listing, n in pieces.items()]
    ask = QuoteAsk(
        lines, terms.recipient_card, terms.contact_card, None, services, codes=old.codes, gift_card=terms.gift_card
    )
    return await visit.shop.checkout.quote(visit.ctx, ask)


async def pay(visit: Visit, number: str, intent_id: int, method: str) -> Page:
    """To the provider's page; an order that is paid at the door or of nothing to pay, or a provider that is away, leads
    to the order."""
    if method in ("cod", "none"):
        return visit.go(f"/orders/{number}", placed="1")
    base = visit.site.config.base_url.rstrip("/")
    back = f"{base}/{visit.locale}/orders/{number}"
    try:
        started = await visit.shop.payments.start(visit.ctx, Start(intent_id, f"{back}/paid", f"{back}?unpaid=1"))
    except Fault as refused:
        return visit.go(f"/orders/{number}", fault=refused.code)
    return visit.go(started.url or f"/orders/{number}")


async def wanted(visit: Visit, buy: str) -> list[Wanted]:
    """The one thing of "buy now", or what of the cart can be bought."""
    if buy:
        listing, _, pieces = buy.partition("x")
        if not BUY.fullmatch(buy) or not 0 < int(pieces) <= MOST_BUY_NOW or int(listing) >> 63:
            raise Invalid([FieldError("buy", "invalid")])
        return [Wanted(int(listing), int(pieces))]
    if not visit.actor.id:
        return []
    view = await visit.shop.cart.cart(visit.ctx, CartQuery())
    return (await sort_out(visit, view.lines)).wanted


async def keep(visit: Visit, form: Form) -> tuple[int, int]:
    """(recipient's card, contact's card) of what the form says; what is wrong is named as the form names it. The address
    is remembered if the form asks for it."""
    fields, email = await meant(visit, form)
    cards = await keep_cards(
        visit, fields, email, partial(_field, region="region" in form.typed), whole=bool(form.value("save"))
    )
    if form.value("save"):
        await remember(visit, fields)
    return cards


def _field(kind: str, name: str, *, region: bool) -> str:
    """What the form calls a card's field; the mainland's has one for province, city and district."""
    return "region" if region and name in ("province", "city", "district") else name


def place_facts(visit: Visit) -> dict[str, Any]:
    """What the address form asks for in this market."""
    names = Locale.parse(visit.locale, sep="-").territories
    return {
        "countries": visit.market.serves,
        "country_names": [(code, names.get(code, code)) for code in visit.market.serves],
        "mainland": visit.market.code == "CN",
        "signed_in": visit.actor.role == "buyer",
    }


async def ask_address(visit: Visit, form: Form, buy: str, status: int = 200, **more: Any) -> Page:
    """The address to pick or to fill in, beside an estimate of the total. `more`: what became of a paste."""
    quote, lines = None, list[Wanted]()
    try:
        lines = await wanted(visit, buy)
        estimate = Region(visit.market.serves[0])
        quote, over = await within_limits(visit, lines, lambda left: QuoteAsk(left, estimate=estimate))
        if over and not form.said:
            form.said = visit.t("store.cart.left")
    except Fault as refused:
        if not form.said:
            form.refused(refused, visit.site.words, visit.locale)
    if not lines and not form.said:
        return visit.go("/cart")
    return await visit.page(
        "storefront/checkout.html", status=status, form=form, buy=buy, quote=None, estimate=quote,
        groups=await groups(visit, quote) if quote else [], **figures(quote), **place_facts(visit),
        **await checkout_facts(visit, form), **more,
    )  # fmt: skip


def figures(quote: Quote | None) -> dict[str, Any]:
    """What came off, and what a little more would save."""
    lines = [x for c in quote.terms.children for x in c.lines] if quote else []
    return {"cuts": discounts(lines), "bars": bars(quote) if quote else []}


async def confirm(visit: Visit, quote: Quote, buy: str, said: str = "", status: int = 200, *, coupon: str = "") -> Page:
    """Address kept, delivery and payment to choose, the total as it will be."""
    terms = quote.terms
    ask = Show([terms.recipient_card, terms.contact_card], purpose="order", masked=True)
    cards = (await visit.shop.vault.show(visit.ctx, ask)).cards
    blank = dict.fromkeys((*RECIPIENT, "email"), "")
    form = Form()
    form.said = said
    parcels = await groups(visit, quote)
    return await visit.page(
        "storefront/checkout.html", status=status, form=form, buy=buy, quote=quote, estimate=None, groups=parcels,
        any_choice=any(len(g["options"]) > 1 for g in parcels), recipient=blank | cards[0].fields,
        contact=blank | (cards[1].fields if len(cards) > 1 else {}),
        key=f"{visit.shop.world.random.getrandbits(128):032x}", coupon=coupon, **figures(quote), **place_facts(visit),
    )  # fmt: skip


handlers: list[Any] = [checkout, address, delivery, coupon, place]
