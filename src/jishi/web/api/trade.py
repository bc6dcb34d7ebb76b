"""Quotes, orders and payments for programs. A guest orders in two calls: a quote with goods and address, and its placing."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any

from litestar.params import PathParameter, QueryParameter
from msgspec import structs

from jishi.kernel import Actor, Context, Fault
from jishi.kernel.i18n import iso
from jishi.kernel.ids import decode, encode
from jishi.kernel.place import Region
from jishi.people.accounts import OpenGuest
from jishi.trade.checkout import Place, QuoteAsk, QuoteQuery, Wanted
from jishi.trade.fulfilment import ShipmentsOf
from jishi.trade.orders import Cancel, Order, OrderQuery, OrdersQuery, Receive
from jishi.trade.payments import Start
from jishi.web.addressing import own_email
from jishi.web.cards import from_book, keep_cards, keep_gift
from jishi.web.parcels import Speech
from jishi.web.routes import PUBLIC, api_get, api_post
from jishi.web.visit import Visit

from .sessions import SessionOut, session_out
from .shapes import Amount
from .trade_out import ReasonMaker, order_out, quote_out, shipment_out, tile
from .trade_shapes import (
    CancelIn,
    OrderIn,
    OrderList,
    OrderOut,
    PayOut,
    PlacedOut,
    QuoteIn,
    QuoteOut,
    ReceiptIn,
    ShipmentItems,
)

MOST = 50
Ref = Annotated[str, PathParameter(max_length=40, description="`ord_…`, or the order's number")]
Secret = Annotated[
    str, QueryParameter(max_length=64, description="of the link in the mail: opens this order without a session")
]
State = Annotated[str, QueryParameter(name="state", max_length=16, pattern="^[a-z_]*$")]
CursorText = Annotated[str, QueryParameter(max_length=400)]
Limit = Annotated[int, QueryParameter(ge=1, le=MOST)]


class NeedsKey(Fault, code="web.needs_key", status=400):
    """What must not happen twice says so by its `Idempotency-Key`."""


def keyed(visit: Visit) -> str:
    if not visit.ctx.key:
        raise NeedsKey
    return visit.ctx.key


def hashed(visit: Visit, size: int = 24) -> str:
    """The caller's key as ours: of any length, and apart from everybody else's."""
    text = f"{visit.actor.id}\0{keyed(visit)}"
    return hashlib.blake2b(text.encode(), digest_size=size).hexdigest()


def speech(visit: Visit, currency: str) -> Speech:
    return Speech(visit.site.words, visit.locale, visit.market.zone, currency)


# --- quotes --------------------------------------------------------------------------------------------------------------


@api_post("/quotes", needs=PUBLIC, rate="place", tags=["orders"])
async def quote(visit: Visit, data: QuoteIn) -> QuoteOut:
    """What these lines cost at this address, to the minor unit, by when they come and why; kept for 15 minutes."""
    session = None
    if data.recipient and not visit.actor.id:
        session = session_out(visit, await visit.shop.accounts.open_guest(visit.ctx, OpenGuest()))
    lines = [Wanted(decode("lst", x.listing), x.quantity) for x in data.lines]
    services = {decode("mer", k): v for k, v in data.services.items()}
    if data.recipient is None and data.address is None:
        estimate = Region(data.country or visit.market.serves[0])
        ask = QuoteAsk(lines, estimate=estimate, services=services, codes=data.codes)
    else:
        recipient, contact = await kept(visit, data)
        gift = await keep_gift(visit, data.gift_note)
        ask = QuoteAsk(lines, recipient, contact, services=services, codes=data.codes, gift_card=gift)
    return out(visit, await visit.shop.checkout.quote(visit.ctx, ask), session)


def out(visit: Visit, found: Any, session: SessionOut | None = None) -> QuoteOut:
    s = speech(visit, found.terms.currency)
    return quote_out(s, found, ReasonMaker(s), session)


async def kept(visit: Visit, data: QuoteIn) -> tuple[int, int]:
    """(recipient's card, contact's card); all wrong fields are named at once, as they were sent."""
    if data.recipient is not None:
        fields = {k: v for k, v in structs.asdict(data.recipient).items() if v}
    else:
        fields = await from_book(visit, decode("adr", data.address or ""))
    return await keep_cards(visit, fields, data.email or await own_email(visit), where)


def where(kind: str, field: str) -> str:
    return "email" if kind == "contact" else f"recipient.{field}"


@api_get("/quotes/{id:str}", needs="trade:checkout:quote", tags=["orders"])
async def quoted(visit: Visit, id: Ref) -> QuoteOut:
    """The caller's own quote, until it expires."""
    return out(visit, await visit.shop.checkout.quoted(visit.ctx, QuoteQuery(decode("qt", id))))


# --- orders --------------------------------------------------------------------------------------------------------------


@api_post("/orders", needs="trade:checkout:place", rate="place", person=True, tags=["orders"])
async def place(visit: Visit, data: OrderIn) -> PlacedOut:
    """The order stands, once an `Idempotency-Key` (required); the same key and body give the same answer."""
    command = Place(keyed(visit), decode("qt", data.quote), data.total, data.method)
    placed = await visit.shop.checkout.place(visit.ctx, command)
    pay = None if placed.method in ("cod", "none") else f"/api/v1/orders/{placed.number}/pay"
    total = Amount(placed.total, placed.currency)
    return PlacedOut(encode("ord", placed.order_id), placed.number, total, placed.method, iso(placed.pay_by), pay)


@api_get("/orders", needs="trade:order:see", tags=["orders"])
async def orders(visit: Visit, of: State = "", cursor: CursorText = "", limit: Limit = 20) -> OrderList:
    """One's own, newest first; a clerk's and staff's: all in scope."""
    if not visit.actor.id:
        return OrderList([], None)
    page = await visit.shop.orders.orders(visit.ctx, OrdersQuery(of, cursor, limit))
    return OrderList([tile(row, visit.locale) for row in page.rows], page.next or None)


async def found(visit: Visit, ref: str, secret: str = "") -> tuple[Order, Context]:
    """The order by id or number, and the context for its other facts: whoever holds its link asks as its buyer."""
    query = OrderQuery(decode("ord", ref), secret=secret) if "_" in ref else OrderQuery(number=ref, secret=secret)
    order = await visit.shop.orders.order(visit.ctx, query)
    ctx = visit.ctx
    if visit.actor.is_customer and order.placed_by not in (0, visit.actor.id):
        ctx = structs.replace(ctx, actor=Actor(order.placed_by, "guest"))
    return order, ctx


def shown(visit: Visit, order: Order) -> OrderOut:
    return order_out(speech(visit, order.currency), order)


@api_get("/orders/{ref:str}", needs="trade:order:see", tags=["orders"])
async def order(visit: Visit, ref: Ref, secret: Secret = "") -> OrderOut:
    """One order with its parcels, money and timeline."""
    return shown(visit, (await found(visit, ref, secret))[0])


@api_post("/orders/{ref:str}/cancel", needs="trade:order:cancel", status_code=200, tags=["orders"])
async def cancel(visit: Visit, ref: Ref, data: CancelIn, secret: Secret = "") -> OrderOut:
    """The whole order, a child or pieces of a line, once an `Idempotency-Key` (required); paid money goes back."""
    key = hashed(visit)
    it, _ = await found(visit, ref, secret)
    command = Cancel(it.id, key, data.child, data.line, data.quantity, data.reason, secret)
    return shown(visit, await visit.shop.orders.cancel(visit.ctx, command))


@api_post("/orders/{ref:str}/receipt", needs="trade:order:receive", status_code=200, tags=["orders"])
async def receipt(visit: Visit, ref: Ref, data: ReceiptIn, secret: Secret = "") -> OrderOut:
    """The buyer has the goods. Again is the same."""
    it, _ = await found(visit, ref, secret)
    return shown(visit, await visit.shop.orders.receive(visit.ctx, Receive(it.id, data.child, secret)))


@api_post("/orders/{ref:str}/pay", needs="trade:payment:start", rate="place", status_code=200, tags=["orders"])
async def pay(visit: Visit, ref: Ref, secret: Secret = "") -> PayOut:
    """Where to send the browser to pay; it comes back to the order's page. A live attempt is answered again."""
    it, ctx = await found(visit, ref, secret)
    if not it.intent_id or "pay" not in it.can:
        return PayOut(None, it.payment)
    back = f"{visit.site.config.base_url.rstrip('/')}/{visit.locale}/orders/{it.number}"
    started = await visit.shop.payments.start(ctx, Start(it.intent_id, f"{back}/paid", f"{back}?unpaid=1"))
    return PayOut(started.url or None, started.state)


@api_get("/orders/{ref:str}/shipments", needs="trade:shipment:see", tags=["orders"])
async def shipments(visit: Visit, ref: Ref, secret: Secret = "") -> ShipmentItems:
    """The order's parcels with what their carriers told."""
    it, ctx = await found(visit, ref, secret)
    rows = (await visit.shop.fulfilment.shipments(ctx, ShipmentsOf(it.id))).rows
    s = speech(visit, it.currency)
    return ShipmentItems([shipment_out(s, x) for x in rows])


handlers: list[Any] = [quote, quoted, place, orders, order, cancel, receipt, pay, shipments]
