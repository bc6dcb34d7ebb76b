"""The face of checkout. `place` is the whole story of an order's beginning; it reads from top to bottom."""

from __future__ import annotations

import msgspec

from jishi.goods.catalog import Catalog
from jishi.goods.inventory import Inventory, NoStock, OutOfStock, Reserve
from jishi.goods.pricing import Pricing
from jishi.goods.promotions import HoldUses, Promotions, UsesSpent
from jishi.goods.shipping import Shipping
from jishi.kernel import Context, Database, Fault, FieldError, Grants, Invalid, Money, Service, batched, reads
from jishi.kernel.holds import HoldRef
from jishi.people.merchants import Merchants
from jishi.people.vault import Vault
from jishi.trade.orders import OpenOrder, Orders, OrdersQuery, PayByPassed
from jishi.trade.payments import Intend, Leg, Payments
from jishi.trade.tax import Tax

from . import commands, quoting, rules
from .commands import Attempt, Finish, good, refused
from .face import GRACE_MS, Checkout, Place, Placed, Quote, QuoteAsk, TooManyOpen

# refusals that are answers; others may heal under the same key
FINAL = (OutOfStock, NoStock, UsesSpent, PayByPassed, TooManyOpen)
MOST_OPEN, KEY_MAX = 5, 128


class CheckoutService(Service, Checkout):
    def __init__(
        self,
        db: Database,
        grants: Grants,
        catalog: Catalog,
        pricing: Pricing,
        inventory: Inventory,
        shipping: Shipping,
        tax: Tax,
        vault: Vault,
        merchants: Merchants,
        orders: Orders,
        payments: Payments,
        promotions: Promotions,
    ) -> None:
        super().__init__(db, grants)
        self.promotions, self.tree = promotions, quoting.Tree()
        self.catalog, self.pricing, self.inventory, self.shipping = catalog, pricing, inventory, shipping
        self.tax, self.vault, self.merchants, self.orders, self.payments = tax, vault, merchants, orders, payments

    quoted = reads(commands.quoted, needs="trade:checkout:quote")
    _begin = batched(commands.begin, needs="trade:checkout:place")
    _finish = batched(commands.finish, needs="trade:checkout:place")

    async def quote(self, ctx: Context, command: QuoteAsk, /) -> Quote:
        """What these lines would cost there, to the minor unit, by when they would come and from where; kept for 15
        minutes when it is for a real address."""
        self.check(ctx, "trade:checkout:quote")
        now = self.db.engine.world.now()
        quote = await quoting.reckon(self, ctx, ctx.acting(self.name), command, now)
        if not command.recipient_card:
            return quote
        kept: Quote = await self.db.write(ctx, commands.keep_quote, quote)
        return kept

    async def place(self, ctx: Context, command: Place, /) -> Placed:
        """The order stands, its stock is held and its payment intended, once a key; the same key gives the same answer.

        Each step is keyed by the attempt's order id, so whoever asks again goes on where the last one stopped. Nothing
        is undone: what was held or opened by an attempt that nobody takes up runs out by itself at pay-by."""
        if not 0 < len(command.key) <= KEY_MAX:
            raise Invalid([FieldError("key", "text.length", {"min": "1", "max": str(KEY_MAX)})])
        attempt: Attempt = await self._begin(ctx, command)  # the key's order id and pay-by; the quote is judged here
        answer = attempt.answer
        if answer is None:
            me, id, pay_by = ctx.acting(self.name), attempt.order_id, attempt.pay_by
            quote = commands.quote_of(attempt.quote)
            terms, until = quote.terms, pay_by + GRACE_MS
            due, buyer = Money(terms.total, terms.currency), ctx.actor.id
            try:
                await self._few_open(me, attempt)
                await self.inventory.reserve(me, Reserve(id, rules.wants(terms), until))
                if quote.holds:
                    await self._hold(me, HoldUses(id, quote.holds, quote.persons, until))
                order = await self.orders.open(me, OpenOrder(id, buyer, terms, command.method, pay_by))
                legs = [Leg(c.n, c.merchant_id, c.total) for c in terms.children]
                intent = await self.payments.intend(
                    me, Intend(id, 1, due, command.method, pay_by, legs, order.number, buyer)
                )
                answer = good(Placed(id, order.number, intent.id, due.minor, due.currency, command.method, pay_by))
            except FINAL as refusal:
                answer = refused(refusal)
            answer = await self._finish(ctx, Finish(id, answer))  # the first answer wins
        if answer[:1] == b"-":
            raise Fault.unpack(answer[1:])
        return msgspec.msgpack.decode(answer[1:], type=Placed)

    async def _hold(self, me: Context, uses: HoldUses) -> None:
        """The quote's promotions are held beside its stock. A refusal is the same for every repetition of the order's id,
        so no other try can open it: its stock is free again at once."""
        try:
            await self.promotions.hold(me, uses)
        except UsesSpent:
            await self.inventory.release(me, HoldRef(uses.order_id))
            raise

    async def _few_open(self, me: Context, attempt: Attempt) -> None:
        """At most five orders of a buyer wait for their money. The attempts answer for almost everybody; only who has
        many is counted in orders, together with earlier attempts that are still under way."""
        if attempt.crowd < MOST_OPEN:
            return
        page = await self.orders.orders(me, OrdersQuery("to_pay", limit=MOST_OPEN + 1))
        if len({r.id for r in page.rows if r.id != attempt.order_id}.union(attempt.waiting)) >= MOST_OPEN:
            raise TooManyOpen(MOST_OPEN)
