"""The face of orders: plain verbs in a line each, cancelling as a story, and what is done when others have news."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from msgspec import structs

from jishi.goods.inventory import Inventory
from jishi.goods.promotions import Promotions
from jishi.kernel import Context, Database, Grants, Handler, Service, Unavailable, batched, reads, writes
from jishi.people.accounts import Accounts
from jishi.people.notices import Notices
from jishi.people.vault import Vault
from jishi.trade.fulfilment import Fulfilment, Packed, Shipped, Tracked
from jishi.trade.payments import (
    AttemptFailed,
    Captured,
    Collected,
    IntentQuery,
    NoIntent,
    Payments,
    Refunded,
    RefundRefused,
)

from . import cancelling, claiming, commands, moving, opening, queries, stories
from .claims import Claim, Claimable, ClaimableQuery, Claimed
from .face import (
    AskLink,
    Cancel,
    CancelDue,
    Cancelled,
    Confirmed,
    LinkAsked,
    Order,
    OrderQuery,
    Orders,
    PaymentDue,
    Placed,
    ReceiptDue,
    TooLate,
)

AHEAD = 4  # cancellations of others that are carried out before one's own


class OrdersService(Service, Orders):
    def __init__(
        self,
        db: Database,
        grants: Grants,
        inventory: Inventory,
        payments: Payments,
        fulfilment: Fulfilment,
        notices: Notices,
        vault: Vault,
        promotions: Promotions,
        *,
        accounts: Accounts,
    ) -> None:
        super().__init__(db, grants)
        self.vault, self.promotions, self.accounts = vault, promotions, accounts
        self.inventory, self.payments, self.fulfilment, self.notices = inventory, payments, fulfilment, notices

    open = batched(opening.open_orders, needs="trade:order:open")
    orders = reads(queries.orders, needs="trade:order:see")
    confirm = writes(commands.confirm, needs="trade:order:confirm")
    abandon = writes(cancelling.abandon, needs="trade:order:confirm")
    receive = writes(commands.receive, needs="trade:order:receive")
    grant_link = writes(commands.grant_link, needs="trade:order:link")
    worth = writes(cancelling.worth, needs="trade:order:cancel")  # it locks what it reckons with

    async def order(self, ctx: Context, query: OrderQuery, /) -> Order:
        """The order; one that waits for its money also says what to pay (`intent_id`, asked of payments if it is not
        known here yet). Without an intent it cannot be paid now."""
        self.check(ctx, "trade:order:see")
        found: Order = await self.db.read(ctx, queries.order, query)
        if "pay" not in found.can or found.intent_id:
            return found
        try:
            intent = await self.payments.intent(stories.ME, IntentQuery(order_id=found.id))
        except (NoIntent, Unavailable):
            return structs.replace(found, can=[c for c in found.can if c != "pay"])
        return structs.replace(found, intent_id=intent.id)

    async def cancel(self, ctx: Context, command: Cancel, /) -> Order:
        """What was asked for will not ship, and its money goes back. Packed work refuses: `TooLate`.

        Whoever dies between the steps is finished by the timer that the first of them set."""
        self.check(ctx, "trade:order:cancel")
        asked: cancelling.Asked = await self.db.write(ctx, cancelling.ask, command)
        for _ in range(AHEAD):
            state = await stories.carry_out(self, asked)
            if asked.mine:
                break
            asked = await self.db.write(ctx, cancelling.ask, command)
        else:
            raise Unavailable(f"order {command.order_id} is being cancelled")
        view: Order = await self.db.read(stories.ME, queries.order_of, command.order_id)
        if state == "refused":
            raise TooLate(command.order_id, view.state)
        mine: Order = await self.db.read(ctx, queries.order, OrderQuery(command.order_id, secret=command.secret))
        return mine

    async def claim(self, ctx: Context, command: Claim, /) -> Order:
        self.check(ctx, "trade:order:claim")
        return await claiming.claim(self, ctx, command)

    async def claimable(self, ctx: Context, query: ClaimableQuery, /) -> Claimable:
        self.check(ctx, "trade:order:claim")
        return await claiming.claimable(self, ctx, query)

    async def ask_link(self, ctx: Context, command: AskLink, /) -> None:
        """A mail with a fresh link is on its way, if the e-mail is the order's; nobody can tell from here."""
        self.check(ctx, "trade:order:find")
        order_id = await stories.whose_link(self, ctx, command)
        await self.db.write(ctx, commands.ask_link, order_id)

    def _story(self, told: Callable[[Any, Context, Any], Awaitable[None]]) -> Any:
        async def story(ctx: Context, event: Any) -> None:
            await told(self, ctx, event)

        story.__name__ = told.__name__  # the inbox knows handlers by name
        return story

    def handlers(self) -> Sequence[Handler]:
        return [
            Handler(self.db, Placed, story=self._story(stories.placed)),
            Handler(self.db, LinkAsked, story=self._story(stories.link_asked)),
            Handler(self.db, PaymentDue, unit=cancelling.expire),
            Handler(self.db, Captured, story=self._story(stories.paid)),
            Handler(self.db, Confirmed, story=self._story(stories.fulfil)),
            Handler(self.db, CancelDue, story=self._story(stories.cancel_due)),
            Handler(self.db, Cancelled, story=self._story(stories.cancelled)),
            Handler(self.db, Claimed, story=self._story(claiming.hand_over)),
            Handler(self.db, Packed, unit=moving.packed),
            Handler(self.db, Shipped, unit=moving.shipped),
            Handler(self.db, Shipped, story=self._story(stories.sent)),
            Handler(self.db, Tracked, unit=moving.tracked),
            Handler(self.db, Tracked, story=self._story(stories.paid_at_door)),
            Handler(self.db, ReceiptDue, unit=commands.receipt_due),
            Handler(self.db, Refunded, unit=commands.refunded),
            Handler(self.db, RefundRefused, unit=commands.refund_refused),
            Handler(self.db, Collected, unit=commands.collected),
            Handler(self.db, AttemptFailed, unit=commands.payment_failed),
        ]
