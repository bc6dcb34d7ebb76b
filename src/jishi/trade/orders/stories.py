"""What follows from what happened, over other faces. Every step is keyed or looks first, so each story may be told
again from its beginning, and in any order with the others."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Protocol

from msgspec import structs

from jishi.goods.inventory import Deallocate, Inventory, NoReservation, Want
from jishi.goods.promotions import Promotions
from jishi.kernel import SYSTEM, Context, Database, Money, Tx, i18n
from jishi.kernel.holds import HoldRef
from jishi.people.notices import Notices, NotSent, Send
from jishi.people.vault import FactsQuery, Find, NoCard, Vault
from jishi.trade.fulfilment import Create, FulfilChild, FulfilLine, Fulfilment, Shipped, Stop, Tracked
from jishi.trade.payments import (
    Captured,
    Collect,
    Intend,
    IntentQuery,
    Leg,
    NoIntent,
    Payments,
    RefundAsk,
    ReturnAll,
    Void,
)

from . import cancelling, commands, queries
from .book import Book
from .cancelling import Asked
from .face import (
    Abandon,
    AskLink,
    CancelDue,
    Cancelled,
    Confirm,
    Confirmed,
    GrantLink,
    LinkAsked,
    NoOrder,
    Order,
    OrderQuery,
    Placed,
)


class Parts(Protocol):
    """What the stories stand on."""

    db: Database
    inventory: Inventory
    payments: Payments
    fulfilment: Fulfilment
    notices: Notices
    vault: Vault
    promotions: Promotions


Told = Callable[[Parts, Context, Any], Awaitable[None]]
ME = SYSTEM.acting("trade.orders")


def carrier_name(code: str, locale: str) -> str:
    """What people call it; one that the catalogues do not know keeps its code."""
    words, key = i18n.shipped(), f"fulfilment.carrier.{code}"
    return words.t(key, locale) if words.has(key) else code


async def placed(at: Parts, ctx: Context, event: Placed) -> None:
    """There is an intent to pay (a crash may have come before it), and the buyer has a link to the order."""
    order: Order = await at.db.read(ctx, queries.order_of, event.order_id)
    try:
        await at.payments.intent(ctx, IntentQuery(order_id=order.id))
    except NoIntent:
        await at.payments.intend(ctx, intend_of(order))
    if order.contact_card:
        link = await at.db.write(ctx, commands.grant_link, GrantLink(order.id))
        await _tell(at, ctx, order, "order_placed", f"order_placed:{order.id}", secret=link.secret)


def intend_of(order: Order) -> Intend:
    """The one intent of an order's first version; the same that checkout asks for."""
    return Intend(
        order.id,
        1,
        Money(order.total, order.currency),
        order.method,
        order.pay_by,
        [Leg(c.n, c.merchant_id, c.total) for c in order.children],
        order.number,
        order.placed_by,
    )


async def paid(at: Parts, ctx: Context, event: Captured) -> None:
    """Money confirms the order that waits for it. Money that comes after pay-by revives its order if stock can be
    bound and its discounts are still to be had; any other that the order cannot use goes back, and the buyer is told."""
    cmd = Confirm(event.order_id, event.amount)
    settled: commands.Settled = await at.db.write(ctx, commands.settle, cmd, event.intent_id)
    if settled.verdict == "expired":
        limited: bool = await at.db.read(ctx, queries.holds_uses, event.order_id)
        if not await _unbound(at, ctx, event.order_id, limited=limited):
            settled = await at.db.write(ctx, commands.revive, cmd, event.intent_id)
        elif limited:
            await at.promotions.give_back(ctx, HoldRef(event.order_id))
    if settled.verdict == "accepted":
        return
    await at.db.write(ctx, commands.note_late, cmd)
    await at.payments.return_all(ctx, ReturnAll(event.intent_id, "late"))
    order: Order = await at.db.read(ctx, queries.order_of, event.order_id)
    await _tell(at, ctx, order, "payment_returned", f"payment_returned:{event.intent_id}", minor=event.amount.minor)


async def _unbound(at: Parts, ctx: Context, order_id: int, *, limited: bool) -> str:
    """Why the order's promotions and its stock are not bound to it now, "" = they are; a hold that ran out takes what is
    free. Promotions first: whoever is refused those keeps no stock from others."""
    ref = HoldRef(order_id)
    if limited and (await at.promotions.confirm(ctx, ref)).state != "confirmed":
        return "no_offer"
    try:
        return "" if (await at.inventory.allocate(ctx, ref)).state == "allocated" else "no_stock"
    except NoReservation:
        return "no_stock"


async def fulfil(at: Parts, ctx: Context, event: Confirmed) -> None:
    """A confirmed order has its stock and work in the warehouse, or is given up and its money goes back."""
    if await at.db.read(ctx, plan_of, event.order_id) is None:
        return
    if why := await _unbound(at, ctx, event.order_id, limited=event.limited):
        await at.db.write(ctx, cancelling.abandon, Abandon(event.order_id, why))
        return
    plan: Create | None = await at.db.read(ctx, plan_of, event.order_id)
    if plan is None:
        return
    await at.fulfilment.create(ctx, plan)
    order: Order = await at.db.read(ctx, queries.order_of, event.order_id)
    await _tell(at, ctx, order, "order_confirmed", f"order_confirmed:{order.id}")


def plan_of(tx: Tx, order_id: int) -> Create | None:
    """The order's work as it was sold (what was cancelled since is stopped by the cancellation's own key), None when
    nothing of it is to be made."""
    book = Book(tx, order_id, lock=False)
    p, head = book.parent, book.head
    if all(c.fulfilment in ("placed", "cancelled") for c in book.children.values()):
        return None
    children = []
    for n, c in sorted(book.children.items()):
        t = book.child_terms(n)
        lines = []
        for x in book.lines_of(n):
            s = book.terms(x.n)
            lines.append(
                FulfilLine(x.n, s.quantity, s.sku_code, s.names, s.options, s.picture, s.weight_g, s.wants, x.gross)
            )
        number, service = f"{p.number}-{n}", t.freight.service
        children.append(FulfilChild(n, number, c.merchant_id, t.warehouse_id, service, c.ship_by, lines))
    cash = {n: c.total for n, c in book.children.items()} if p.payment == "due_on_delivery" else {}
    return Create(p.id, head.recipient_card, p.currency, children, cash, head.placed_by or p.buyer_id)


async def carry_out(at: Parts, asked: Asked) -> str:
    """The warehouse lets go of the pieces, or refuses; the order follows. Answers done or refused."""
    if asked.state != "asked":
        return asked.state
    stop = Stop(asked.order_id, asked.cancel_id, asked.lines, asked.door)
    stopped = await at.fulfilment.stop(ME, stop)
    return str(await at.db.write(ME, cancelling.carry_out, asked.cancel_id, stopped.stopped))


async def cancel_due(at: Parts, ctx: Context, due: CancelDue) -> None:
    """A cancellation whose caller died between its steps is carried out."""
    await carry_out(at, await at.db.write(ctx, cancelling.asked, due))


async def cancelled(at: Parts, ctx: Context, event: Cancelled) -> None:
    """Stock is free again, and money goes back or is no longer due; coupons are the buyer's again when nothing is left of
    the order. Keyed by the cancellation."""
    kind: str = await at.db.read(ctx, cancelling.kind_of, event.cancel_id)
    order: Order = await at.db.read(ctx, queries.order_of, event.order_id)
    if kind == "unpaid":
        if order.state not in ("cancelled", "refunded"):
            return  # late money revived it: its stock is bound, its intent is captured
        with suppress(NoReservation):
            await at.inventory.release(ctx, HoldRef(event.order_id))
        if event.limited:
            await at.promotions.release(ctx, HoldRef(event.order_id))
        await at.payments.void(ctx, Void(event.order_id))
    else:
        if event.limited and event.whole:
            await at.promotions.give_back(ctx, HoldRef(event.order_id))
        if kind == "no_offer":
            with suppress(NoReservation):
                await at.inventory.release(ctx, HoldRef(event.order_id))
        if event.wants:
            wants = [Want(s, n) for s, n in event.wants]
            await at.inventory.deallocate(ctx, Deallocate(event.cancel_id, event.order_id, wants))
        back = {s.child: s.total for s in event.shares if s.total}
        if back:
            ask = RefundAsk(event.order_id, event.cancel_id, sum(back.values()), kind, back)
            await at.payments.refund(ctx, ask)
    key = f"order_cancelled:{event.cancel_id}"
    await _tell(at, ctx, order, "order_cancelled" if event.whole else "order_cut", key, minor=event.refund)


async def sent(at: Parts, ctx: Context, event: Shipped) -> None:
    """The buyer is told of each parcel."""
    order: Order = await at.db.read(ctx, queries.order_of, event.order_id)
    key = f"order_shipped:{event.shipment_id}"
    await _tell(
        at, ctx, order, "order_shipped", key, carrier=carrier_name(event.carrier, order.locale), waybill=event.waybill
    )


async def paid_at_door(at: Parts, ctx: Context, event: Tracked) -> None:
    """A parcel was signed for: its cash is collected."""
    if event.state == "signed" and event.collect_minor:
        collect = Collect(event.order_id, event.shipment_id, event.collect_minor, event.child)
        await at.payments.collect(ctx, collect)


async def whose_link(at: Parts, ctx: Context, asked: AskLink) -> int:
    """The order, if the e-mail is its contact's; else 0. The address is compared by its fingerprint alone."""
    mine = structs.replace(ctx, actor=ME.actor, via=ME.via)
    print = (await at.vault.find(mine, Find("email", asked.email, limit=0))).print
    try:
        order: Order = await at.db.read(mine, queries.order, OrderQuery(number=asked.number))
        (contact,) = (await at.vault.facts(mine, FactsQuery([order.contact_card]))).cards
    except (NoOrder, NoCard):
        return 0
    return order.id if print and contact.email_print == print else 0


async def link_asked(at: Parts, ctx: Context, event: LinkAsked) -> None:
    """A mail with a fresh link, once a window."""
    order: Order = await at.db.read(ctx, queries.order_of, event.order_id)
    link = await at.db.write(ctx, commands.grant_link, GrantLink(order.id))
    await _tell(at, ctx, order, "order_link", f"order_link:{order.id}:{event.window}", secret=link.secret)


async def _tell(
    at: Parts, ctx: Context, order: Order, template: str, key: str, secret: str = "", **params: str | int
) -> None:
    """A notice to the order's contact, in the language that it was bought in."""
    if not order.contact_card:
        return
    facts = {"number": order.number, "total": order.total, "currency": order.currency, "order_id": order.id}
    told = {k: str(v) for k, v in (facts | params).items()}
    send = Send(key, order.contact_card, template, told, {"secret": secret} if secret else {})
    notice = await at.notices.send(structs.replace(ctx, locale=order.locale, purpose="order"), send)
    if notice.state == "sending":  # by another teller of this story; if that one has died, only we come again
        raise NotSent(send.channel)
