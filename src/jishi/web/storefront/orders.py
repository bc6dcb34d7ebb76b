"""One's orders: the list, one order with its parcels and its money, and everything that can be done about it, in place.

A guest reads through the mail's link: its secret travels in the address and in forms, and opens this one order alone."""

from __future__ import annotations

import asyncio
from typing import Any

from babel.lists import format_list
from msgspec import Struct, structs

from jishi.goods.inventory import WarehousesQuery
from jishi.kernel import Actor, Context, Fault
from jishi.kernel.i18n import said
from jishi.people.vault import NoCard, Show
from jishi.trade.cart import CartLine
from jishi.trade.fulfilment import ShipmentsOf
from jishi.trade.orders import (
    AskLink,
    Cancel,
    Child,
    ClaimableQuery,
    Line,
    NoOrder,
    Order,
    OrderQuery,
    OrdersQuery,
    Receive,
    Worth,
)
from jishi.trade.payments import Look, NoIntent, Refund, RefundsQuery, Start
from jishi.web.forms import Form
from jishi.web.parcels import KINDS, Speech, parcels, told
from jishi.web.problems import sentence
from jishi.web.routes import PUBLIC, get_page, post_page
from jishi.web.sums import discounts
from jishi.web.visit import Page, Visit, query_of

from .cart import Gone, more, show as cart_page, sort_out

TABS = ("", "to_pay", "to_ship", "shipped", "delivered", "completed", "cancelled")
REASONS = ("changed_mind", "by_mistake", "too_late", "other")
PAGE = 10
LINK, LINK_S = "jishi_link", 7_200  # a guest's secret while the browser is away at the provider's page
SETTLES, SETTLE_S = 20, 0.1  # how often the order is looked at again before the browser is sent back to it
ADDRESS = ("name", "phone", "province", "city", "district", "email")
DONE = ("placed", "paid", "cancelled", "received")


class Seen(Struct, frozen=True):
    """An order, the secret that opened it ("" = the session did), and the context that its other facts are asked with."""

    order: Order
    secret: str
    ctx: Context


class CancelForm(Struct, frozen=True):
    child: int = 0
    line: int = 0
    quantity: int = 0
    key: str = ""
    reason: str = ""
    secret: str = ""


def speech(visit: Visit, currency: str = "") -> Speech:
    market = visit.market
    return Speech(visit.site.words, visit.locale, market.zone, currency or market.currency)


async def find(visit: Visit, number: str, secret: str = "") -> Seen:
    """The order, if the session or a secret opens it: the one given, else the one kept while the browser was away.

    Whoever holds the link is as good as the buyer for this order: its parcels, payment and masked address are asked in
    the buyer's name, as a guest."""
    kept = visit.cookies.get(LINK, "")
    try:
        order = await visit.shop.orders.order(visit.ctx, OrderQuery(number=number, secret=secret))
    except NoOrder:
        if not kept or secret:
            raise
        secret = kept
        order = await visit.shop.orders.order(visit.ctx, OrderQuery(number=number, secret=secret))
    return Seen(order, secret, as_customer(visit, order.placed_by))


def as_customer(visit: Visit, person_id: int) -> Context:
    """A customer's context as this person's; the house asks as itself. Payments and parcels of a claimed order are under
    the guest who placed it, its address is under the buyer."""
    if not visit.actor.is_customer or person_id in (0, visit.actor.id):
        return visit.ctx
    return structs.replace(visit.ctx, actor=Actor(person_id, "guest"))


# --- the list ------------------------------------------------------------------------------------------------------------


@get_page("/orders", needs="trade:order:see")
async def orders(visit: Visit) -> Page:
    """One's own, newest first; `state` and the words of `q` narrow, `cursor` goes on. Nobody has none."""
    params = query_of(visit)
    state = params.get("state", "") if params.get("state", "") in TABS else ""
    words, claims = params.get("q", "").strip()[:100], 0
    rows, following = [], ""
    if visit.actor.id and visit.actor.is_customer:
        page = await visit.shop.orders.orders(visit.ctx, OrdersQuery(state, params.get("cursor", ""), PAGE, words))
        rows, following = page.rows, page.next
    if visit.actor.role == "buyer" and not params.get("cursor"):
        claims = len((await visit.shop.orders.claimable(visit.ctx, ClaimableQuery())).rows)
    return await visit.page(
        "storefront/orders/list.html", rows=rows, next=following, state=state, tabs=TABS, kinds=KINDS,
        first=not params.get("cursor"), words=words, claims=claims, signed_in=visit.actor.role == "buyer",
    )  # fmt: skip


# --- one order -----------------------------------------------------------------------------------------------------------


@get_page("/orders/{number:str}", needs="trade:order:see")
async def order(visit: Visit, number: str) -> Page:
    """The order's page; whoever may not see it is told how to get a fresh link, whether it exists or not."""
    try:
        seen = await find(visit, number, query_of(visit).get("secret", ""))
    except NoOrder as refused:
        form = Form({"number": [number]})
        return await ask_page(visit, form.refused(refused, visit.site.words, visit.locale), status=404)
    return await show(visit, seen)


async def show(visit: Visit, seen: Seen, refused: Fault | None = None) -> Page:
    """The page, with what was refused above it. Five questions, however many parcels."""
    order, ctx, shop = seen.order, seen.ctx, visit.shop
    s, params = speech(visit, order.currency), query_of(visit)
    shipments = (await shop.fulfilment.shipments(ctx, ShipmentsOf(order.id))).rows
    ids = sorted({c.warehouse_id for c in order.children})
    found = (await shop.inventory.warehouses(ctx, WarehousesQuery(ids))).rows if ids else []
    names = {w.id: said(w.names, visit.locale) for w in found}
    refunds, address, gift = await refunds_of(visit, seen), await address_of(visit, seen), await gift_of(visit, seen)
    failed = next((x for x in reversed(order.timeline) if x.what in ("payment_failed", "placed")), None)
    return await visit.page(
        "storefront/orders/order.html", status=refused.status if refused else 200,
        order=order, secret=seen.secret, kind=KINDS.get(order.state, ""), refunds=refunds, address=address,
        parcels=parcels(s, order, shipments, names, shop.world.now()),
        log=[told(s, x) for x in reversed(order.timeline) if x.child == 0],
        back=next((x for x in DONE if params.get(x)), ""), unpaid=bool(params.get("unpaid")),
        failed=told(s, failed).note if failed and failed.what == "payment_failed" else "",
        refused=sentence(refused, visit.site.words, visit.locale) if refused else "",
        away=params.get("fault") == "payment.provider_down", late=any(x.what == "paid_late" for x in order.timeline),
        lifted=sum(c.refunded for c in order.children) if order.method == "cod" else 0,
        whole=whole(order), owner=bool(order.buyer_id), gift=gift,
        cuts=discounts(x for c in order.children for x in c.lines),
        again=f"{visit.shop.world.random.getrandbits(128):032x}",
    )  # fmt: skip


def whole(order: Order) -> str:
    """Whether all that is left can be cancelled at once: able, or why not (packed, gone); "" = nothing is left to cancel."""
    living = {c.fulfilment for c in order.children if c.fulfilment not in ("cancelled", "completed")}
    if not living or living <= {"shipped", "delivered"}:
        return ""
    if living <= {"placed"} or living <= {"confirmed"}:
        return "able" if "cancel" in order.can else ""
    return "packed" if "packed" in living else "gone"


async def refunds_of(visit: Visit, seen: Seen) -> list[Refund]:
    """What goes back, or has. A clerk has no part in it, and an order that nobody could pay has none."""
    if not seen.order.buyer_id or seen.order.payment in ("unpaid", "due_on_delivery"):
        return []
    try:
        return (await visit.shop.payments.refunds(seen.ctx, RefundsQuery(seen.order.id))).rows
    except NoIntent:
        return []


async def address_of(visit: Visit, seen: Seen) -> dict[str, str]:
    """The masked address and e-mail; nothing of a person who was erased."""
    ids = [x for x in (seen.order.recipient_card, seen.order.contact_card) if x]
    if not ids or not seen.order.buyer_id:
        return dict.fromkeys(ADDRESS, "")
    try:
        buyer = as_customer(visit, seen.order.buyer_id)
        cards = (await visit.shop.vault.show(buyer, Show(ids, "order", masked=True))).cards
    except NoCard:
        return dict.fromkeys(ADDRESS, "")
    found = {k: v for card in cards for k, v in card.fields.items()}
    return {name: found.get(name, "") for name in ADDRESS}


async def gift_of(visit: Visit, seen: Seen) -> str:
    """The note that goes with it, "" without one and of a person who was erased."""
    if not seen.order.gift_card or not seen.order.buyer_id:
        return ""
    try:
        buyer = as_customer(visit, seen.order.buyer_id)
        (card,) = (await visit.shop.vault.show(buyer, Show([seen.order.gift_card], "order"))).cards
    except NoCard:
        return ""
    return card.fields.get("text", "")


# --- paying --------------------------------------------------------------------------------------------------------------


@post_page("/orders/{number:str}/pay", needs="trade:payment:start", rate="place")
async def pay(visit: Visit, number: str) -> Page:
    """To the provider's page, which leads back to `…/paid`; a provider that is away leaves everything as it was."""
    form = await visit.form()
    seen = await find(visit, number, form.value("secret"))
    back = f"{visit.site.config.base_url.rstrip('/')}/{visit.locale}/orders/{seen.order.number}"
    if "pay" not in seen.order.can:
        return visit.go(f"/orders/{seen.order.number}", secret=seen.secret)
    try:
        start = Start(seen.order.intent_id, f"{back}/paid", f"{back}?unpaid=1")
        started = await visit.shop.payments.start(seen.ctx, start)
    except Fault as refused:
        return await show(visit, seen, refused)
    if seen.secret:
        visit.set_cookie(LINK, seen.secret, LINK_S)  # the provider is not to learn it
    return visit.go(started.url) if started.url else visit.go(f"/orders/{number}/paid")


@get_page("/orders/{number:str}/paid", needs="trade:payment:look", rate="place")
async def paid(visit: Visit, number: str) -> Page:
    """The browser is back from the provider: it is asked once, and the order shown as it is after that."""
    try:
        seen = await find(visit, number, query_of(visit).get("secret", ""))
        if seen.order.state == "to_pay" and seen.order.intent_id:
            await settled(visit, seen)
    except NoOrder:
        return visit.go(f"/orders/{number}")
    return visit.go(f"/orders/{seen.order.number}", paid="1", secret=seen.secret)


async def settled(visit: Visit, seen: Seen) -> None:
    """The provider was asked; if the money is there, the order has heard of it, or two seconds have passed."""
    intent = await visit.shop.payments.look(seen.ctx, Look(seen.order.intent_id))
    for _ in range(SETTLES if intent.state == "captured" else 0):
        query = OrderQuery(seen.order.id, secret=seen.secret)
        if (await visit.shop.orders.order(visit.ctx, query)).state != "to_pay":
            return
        await asyncio.sleep(SETTLE_S)


# --- cancelling, receipt ---------------------------------------------------------------------------------------------------


@get_page("/orders/{number:str}/cancel", needs="trade:order:cancel")
async def ask_cancel(visit: Visit, number: str) -> Page:
    """What would be cancelled and what would go back: the whole order, a parcel, or pieces of a line."""
    form = Form({k: [v] for k, v in query_of(visit).items()})
    asked = form.into(CancelForm)
    seen = await find(visit, number, asked.secret)
    return await confirm(visit, seen, asked)


@post_page("/orders/{number:str}/cancel", needs="trade:order:cancel")
async def cancel(visit: Visit, number: str) -> Page:
    """It is cancelled, once a key; too late shows why on the order's page."""
    asked = (await visit.form()).into(CancelForm)
    seen = await find(visit, number, asked.secret)
    reason = asked.reason if asked.reason in REASONS else ""
    try:
        await visit.shop.orders.cancel(visit.ctx, command(seen, asked, reason))
    except Fault as refused:
        return await show(visit, await find(visit, number, asked.secret), refused)
    return visit.go(f"/orders/{seen.order.number}", cancelled="1", secret=seen.secret)


def command(seen: Seen, asked: CancelForm, reason: str = "") -> Cancel:
    key = asked.key or "ask"
    return Cancel(seen.order.id, key[:64], asked.child, asked.line, asked.quantity, reason, seen.secret)


async def confirm(visit: Visit, seen: Seen, asked: CancelForm) -> Page:
    """The question before it is done; what cannot be cancelled shows why on the order's page."""
    try:
        worth: Worth = await visit.shop.orders.worth(visit.ctx, command(seen, asked))
    except Fault as refused:
        return await show(visit, seen, refused)
    child = next((c for c in seen.order.children if c.n == asked.child), None)
    return await visit.page(
        "storefront/orders/cancel.html", order=seen.order, secret=seen.secret, asked=asked, worth=worth, child=child,
        line=line_of(seen.order, child, asked), reasons=REASONS,
        key=f"{visit.shop.world.random.getrandbits(128):032x}",
    )  # fmt: skip


def line_of(order: Order, child: Child | None, asked: CancelForm) -> Line | None:
    lines = [x for c in order.children for x in c.lines if child is None or c.n == child.n]
    return next((x for x in lines if asked.line and x.n == asked.line), None)


@post_page("/orders/{number:str}/receipt", needs="trade:order:receive")
async def receipt(visit: Visit, number: str) -> Page:
    """The buyer has this parcel."""
    form = (await visit.form()).into(CancelForm)
    seen = await find(visit, number, form.secret)
    try:
        await visit.shop.orders.receive(visit.ctx, Receive(seen.order.id, form.child, seen.secret))
    except Fault as refused:
        return await show(visit, seen, refused)
    return visit.go(f"/orders/{seen.order.number}", received="1", secret=seen.secret)


# --- once more ---------------------------------------------------------------------------------------------------------------


@post_page("/orders/{number:str}/again", needs="trade:cart:change", person=True)
async def again(visit: Visit, number: str) -> Page:
    """What of the order can be bought today is in the cart, once a key, at today's prices; the rest is named, with why."""
    form = (await visit.form()).into(CancelForm)
    order = (await find(visit, number, form.secret)).order
    pieces: dict[int, Line] = {}
    for x in [x for c in order.children for x in c.lines]:
        known = pieces.get(x.listing_id)
        pieces[x.listing_id] = structs.replace(x, quantity=x.quantity + (known.quantity if known else 0))
    found = await sort_out(visit, [CartLine(id, x.quantity, 0) for id, x in pieces.items()])
    for w in found.wanted:
        add = await more(visit, w.listing_id, w.quantity, f"again:{form.key[:32]}:{w.listing_id}")
        await visit.shop.cart.add(visit.ctx, add)
    if not found.gone:
        return await cart_page(visit, visit.t("order.again.all"))
    named = [
        visit.t("order.again.item", name=said(pieces[g.listing_id].names, visit.locale), why=why_not(visit, g))
        for g in found.gone
    ]
    key = "order.again.some" if found.wanted else "order.again.none"
    return await cart_page(visit, visit.t(key, names=format_list(named, locale=visit.locale.replace("-", "_"))))


def why_not(visit: Visit, gone: Gone) -> str:
    """In a few words, as the cart says it."""
    if gone.why == "stock" and gone.free:
        return visit.t("store.few", n=gone.free)
    return visit.t({"off": "store.cart.why.off", "kind": "store.cart.why.kind"}.get(gone.why, "store.cart.why.none"))


# --- a lost link -----------------------------------------------------------------------------------------------------------


@get_page("/find-order", needs=PUBLIC)
async def find_order(visit: Visit) -> Page:
    params = query_of(visit)
    return await ask_page(visit, Form({"number": [params.get("number", "")]}), sent=bool(params.get("sent")))


async def ask_page(visit: Visit, form: Form, *, sent: bool = False, status: int = 200) -> Page:
    signed_in = visit.actor.role != "guest"
    return await visit.page("storefront/orders/find.html", form=form, sent=sent, status=status, signed_in=signed_in)


class FindForm(Struct, frozen=True):
    number: str
    email: str


@post_page("/find-order", needs="trade:order:find", rate="code")
async def send_link(visit: Visit) -> Page:
    """The same answer in any case: if the number and the e-mail fit, a mail with a fresh link is on its way."""
    form = await visit.form()
    try:
        asked = form.into(FindForm)
        await visit.shop.orders.ask_link(visit.ctx, AskLink(asked.number[:40], asked.email[:254]))
    except Fault as refused:
        return await ask_page(visit, form.refused(refused, visit.site.words, visit.locale), status=refused.status)
    return visit.go("/find-order", sent="1")


handlers: list[Any] = [orders, order, pay, paid, ask_cancel, cancel, receipt, again, find_order, send_link]
