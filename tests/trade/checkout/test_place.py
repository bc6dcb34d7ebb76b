"""Placing: once a key, at the price that was seen, never more than there is; and what a refusal leaves behind."""

import asyncio

import msgspec
import pytest

from jishi.goods.inventory import Adjust, OutOfStock
from jishi.goods.pricing import PriceDraft, SetPrices
from jishi.kernel import Fault, Forbidden, Invalid, Unavailable
from jishi.trade.cart import CartQuery, PutLine
from jishi.trade.checkout import (
    KeyReused,
    MethodUnusable,
    NoQuote,
    Place,
    QuoteExpired,
    QuoteQuery,
    TooManyOpen,
    TotalChanged,
)
from jishi.trade.checkout.commands import Finish, good, keep_quote, refused, sweep
from jishi.trade.orders import OrdersQuery, PayByPassed
from jishi.trade.payments import Intend, Intent, IntentQuery
from tests.kit import STAFF, Clock, buyer, clerk
from tests.trade.kit import BUYER, GUEST, STRANGER, TEA_CO, Trade

NOUNS = ("trade.orders", "trade.payments", "goods.inventory")


async def test_a_guest_buys_from_two_merchants_in_one_go(trade: Trade):
    placed = await trade.buy(GUEST, TEA=2, LAMP=1)
    order = await trade.order(placed.order_id, GUEST)
    assert (placed.number, placed.total, placed.currency) == (order.number, order.total, "CNY")
    assert [(c.merchant_id, c.total) for c in order.children] == [(71, 2 * 2990 + 800), (72, 9000 + 1000)]
    assert (order.intent_id, order.can) == (placed.intent_id, ["pay", "cancel"])
    assert await trade.level("TEA@HZ") == (10, 2, 0)
    await trade.pay(placed.order_id, 9)
    await trade.ship(placed.order_id, 1)
    await trade.ship(placed.order_id, 2)
    await trade.travel(placed.order_id)
    assert (await trade.order(placed.order_id, GUEST)).state == "delivered"
    assert await trade.dead() == []


async def test_fifty_posts_with_one_key_are_one_order(trade: Trade):
    quote = await trade.quote(TEA=2)
    answers = await asyncio.gather(*[trade.place(quote, key="k") for _ in range(50)])
    assert len(set(answers)) == 1
    assert answers[0] == await trade.place(quote, key="k")
    await trade.relay.drain()
    assert len((await trade.orders.orders(BUYER, OrdersQuery())).rows) == 1
    assert await trade.level("TEA@HZ") == (10, 2, 0)
    counts = await trade.counts(*NOUNS, "trade.checkout")
    assert (counts["trade_checkout_attempts"], counts["trade_payments_intents"]) == (1, 1)


async def test_the_same_key_with_another_body_is_refused_and_keys_belong_to_their_buyer(trade: Trade):
    quote = await trade.quote(TEA=1)
    await trade.place(quote, key="k")
    before = await trade.counts(*NOUNS, "trade.checkout")
    with pytest.raises(KeyReused):
        await trade.place(quote, key="k", method="cod")
    with pytest.raises(KeyReused):
        await trade.place(quote, key="k", total=1)
    assert await trade.counts(*NOUNS, "trade.checkout") == before
    other = await trade.place(await trade.quote(STRANGER, TEA=1), STRANGER, key="k")
    assert (await trade.order(other.order_id)).buyer_id == 8


@pytest.mark.parametrize("minutes", [15, 60])
async def test_a_stale_quote_cannot_be_placed(trade: Trade, clock: Clock, minutes: int):
    quote = await trade.quote(TEA=1)
    before = await trade.counts(*NOUNS)
    clock.pass_time(minutes=minutes)
    with pytest.raises(QuoteExpired):
        await trade.checkout.quoted(BUYER, QuoteQuery(quote.id))
    for _ in range(2):
        with pytest.raises(QuoteExpired):
            await trade.place(quote, key="k")
    assert await trade.counts(*NOUNS) == before


async def test_another_total_than_the_one_seen_is_refused(trade: Trade):
    quote = await trade.quote(TEA=1)
    before = await trade.counts(*NOUNS)
    with pytest.raises(TotalChanged) as e:
        await trade.place(quote, key="k", total=quote.terms.total - 1)
    assert (e.value.seen, e.value.total, e.value.currency) == (3789, 3790, "CNY")
    assert await trade.counts(*NOUNS) == before


async def test_a_price_that_changes_after_the_quote_does_not_change_the_order(trade: Trade, clock: Clock):
    quote = await trade.quote(TEA=1)
    clock.pass_time(seconds=1)
    await trade.pricing.set_prices(STAFF, SetPrices(TEA_CO, [PriceDraft(trade.listing["TEA"], "CN", "CNY", 9999)]))
    clock.pass_time(seconds=1)
    assert (await trade.place(quote)).total == quote.terms.total == 3790
    assert (await trade.quote(TEA=1)).terms.total == 9999  # and travels free


async def test_strangers_find_no_quote(trade: Trade):
    quote = await trade.quote(TEA=1)
    before = await trade.counts(*NOUNS)
    for id in (quote.id, quote.id + 1, 0):
        with pytest.raises(NoQuote):
            await trade.checkout.quoted(STRANGER, QuoteQuery(id))
        with pytest.raises(NoQuote):
            await trade.checkout.place(STRANGER, Place(f"k{id}", id, quote.terms.total, "card"))
    with pytest.raises(Forbidden):
        await trade.place(quote, clerk(TEA_CO))
    for key in ("", "x" * 129):
        with pytest.raises(Invalid):
            await trade.checkout.place(BUYER, Place(key, quote.id, quote.terms.total, "card"))
    assert await trade.counts(*NOUNS) == before
    assert await trade.checkout.quoted(BUYER, QuoteQuery(quote.id)) == quote


@pytest.mark.parametrize(("method", "reason"), [("gold", "checkout.method.unknown"), ("", "checkout.method.unknown")])
async def test_a_way_to_pay_that_is_none_is_refused_with_its_reason(trade: Trade, method: str, reason: str):
    before = await trade.counts(*NOUNS)
    with pytest.raises(MethodUnusable) as e:
        await trade.place(await trade.quote(TEA=1), method=method)
    assert e.value.reason == reason
    assert await trade.counts(*NOUNS) == before


async def test_stock_that_went_between_quote_and_place_refuses_for_good(trade: Trade):
    quote = await trade.quote(LAMP=3)
    await trade.inventory.adjust(STAFF, Adjust(5, trade.stock["LAMP@HZ"], -8, "damaged"))
    with pytest.raises(OutOfStock) as e:
        await trade.place(quote, key="k")
    await trade.inventory.adjust(STAFF, Adjust(6, trade.stock["LAMP@HZ"], 8, "found"))
    with pytest.raises(OutOfStock) as again:
        await trade.place(quote, key="k")
    assert again.value.body == e.value.body
    assert await trade.level("LAMP@HZ") == (10, 0, 0)
    assert (await trade.orders.orders(BUYER, OrdersQuery())).rows == []
    assert (await trade.place(quote, key="another")).total == quote.terms.total


async def test_two_buyers_and_the_last_piece(trade: Trade):
    await trade.inventory.adjust(STAFF, Adjust(5, trade.stock["LAMP@HZ"], -9, "lost"))
    quotes = [(who, await trade.quote(who, LAMP=1)) for who in (BUYER, STRANGER)]
    answers = await asyncio.gather(*[trade.place(q, who) for who, q in quotes], return_exceptions=True)
    assert sorted(type(a).__name__ for a in answers) == ["OutOfStock", "Placed"]
    assert await trade.level("LAMP@HZ") == (1, 1, 0)


async def test_two_hundred_buyers_of_ten_pieces_make_ten_orders(trade: Trade):
    """The quotes are copies of one: what races is the placing."""
    first = await trade.quote(LAMP=1)
    people = [buyer(1000 + i) for i in range(200)]
    quotes = await asyncio.gather(*[trade.checkout.db.write(who, keep_quote, first) for who in people])
    answers = await asyncio.gather(
        *[trade.place(q, who, key="k") for who, q in zip(people, quotes, strict=True)], return_exceptions=True
    )
    assert sorted({type(a).__name__ for a in answers}) == ["OutOfStock", "Placed"]
    assert sum(type(a).__name__ == "Placed" for a in answers) == 10
    assert await trade.level("LAMP@HZ") == (10, 10, 0)


async def test_a_buyer_has_at_most_five_orders_that_wait_for_money(trade: Trade):
    quotes = [await trade.quote(TEA=1) for _ in range(8)]
    answers = await asyncio.gather(*[trade.place(q) for q in quotes], return_exceptions=True)
    assert sum(isinstance(a, TooManyOpen) for a in answers) == 3
    assert await trade.level("TEA@HZ") == (10, 5, 0)
    with pytest.raises(TooManyOpen):
        await trade.place(quotes[0], key="more")
    placed = next(a for a in answers if not isinstance(a, BaseException))
    await trade.cancel(placed.order_id)
    assert (await trade.place(quotes[0], key="now")).total == 3790
    with pytest.raises(TooManyOpen):
        await trade.place(quotes[0], key="more")  # that answer stands; another key may
    assert (await trade.place(await trade.quote(STRANGER, TEA=1), STRANGER)).total == 3790


async def test_who_pays_may_go_on_buying(trade: Trade):
    for _ in range(7):
        placed = await trade.buy(TEA=1)
        await trade.pay(placed.order_id)
    assert len((await trade.orders.orders(BUYER, OrdersQuery("to_ship"))).rows) == 7


class Flaky:
    """Payments that are away for the first `times` questions, before or after they did what was asked."""

    def __init__(self, true, times: int, *, after: bool) -> None:
        self.true, self.times, self.after = true, times, after

    async def intend(self, ctx, command: Intend) -> Intent:
        done = await self.true.intend(ctx, command) if self.after or not self.times else None
        if self.times:
            self.times -= 1
            raise Unavailable("payments")
        return done


@pytest.mark.parametrize("after", [False, True])
async def test_an_answer_that_got_lost_heals_under_the_same_key(trade: Trade, clock: Clock, after: bool):
    quote = await trade.quote(TEA=1)
    trade.checkout.payments = Flaky(trade.payments, 2, after=after)
    for _ in range(2):
        with pytest.raises(Unavailable):
            await trade.place(quote, key="k")
        clock.pass_time(minutes=8)  # the quote has expired by the third time: the attempt began before
    placed = await trade.place(quote, key="k")
    (row,) = (await trade.orders.orders(BUYER, OrdersQuery())).rows
    assert (row.id, row.number) == (placed.order_id, placed.number)
    assert await trade.level("TEA@HZ") == (10, 1, 0)
    assert (await trade.counts(*NOUNS))["trade_payments_intents"] == 1


async def test_an_attempt_that_nobody_took_up_runs_out_by_itself(trade: Trade, clock: Clock):
    quote = await trade.quote(TEA=1)
    trade.checkout.orders = Away()
    with pytest.raises(Unavailable):
        await trade.place(quote, key="k")
    assert await trade.level("TEA@HZ") == (10, 1, 0)
    clock.pass_time(minutes=36)
    await trade.relay.drain()
    assert await trade.level("TEA@HZ") == (10, 0, 0)
    trade.checkout.orders = trade.orders
    for _ in range(2):
        with pytest.raises(PayByPassed):
            await trade.place(quote, key="k")
    assert (await trade.orders.orders(BUYER, OrdersQuery())).rows == []


class Away:
    async def open(self, ctx, command):
        raise Unavailable("orders")


async def test_a_crash_before_the_intent_is_mended_by_the_orders_own_story(trade: Trade):
    quote = await trade.quote(TEA=1)
    trade.checkout.payments = Flaky(trade.payments, 9, after=False)
    with pytest.raises(Unavailable):
        await trade.place(quote, key="k", method="cod")
    await trade.relay.drain()
    (row,) = (await trade.orders.orders(BUYER, OrdersQuery())).rows
    intent = await trade.payments.intent(STAFF, IntentQuery(order_id=row.id))
    assert (intent.state, intent.due.minor) == ("at_door", 3790)
    trade.checkout.payments = trade.payments
    assert (await trade.place(quote, key="k", method="cod")).intent_id == intent.id
    assert await trade.dead() == []


async def test_the_first_answer_of_an_attempt_is_kept_for_good(trade: Trade):
    quote = await trade.quote(TEA=1)
    placed = await trade.place(quote, key="k")
    refusal = refused(TooManyOpen(5))
    for _ in range(2):
        answer = await trade.checkout._finish(BUYER, Finish(placed.order_id, refusal))
        assert answer == good(placed)
    assert await trade.place(quote, key="k") == placed


async def test_old_attempts_and_spent_quotes_are_cleared_away(trade: Trade, clock: Clock):
    quote = await trade.quote(TEA=1)
    await trade.place(quote, key="k")
    clock.pass_time(hours=2)
    await trade.checkout.db.write(BUYER, sweep)
    counts = await trade.counts("trade.checkout")
    assert (counts["trade_checkout_quotes"], counts["trade_checkout_attempts"]) == (0, 1)
    answer = await trade.place(quote, key="k")  # the answer is kept without its quote
    assert answer.total == 3790
    clock.pass_time(days=30)
    await trade.checkout.db.write(BUYER, sweep)
    assert (await trade.counts("trade.checkout"))["trade_checkout_attempts"] == 0


async def test_what_was_bought_has_left_the_cart(trade: Trade):
    await trade.cart.put(BUYER, PutLine(trade.listing["TEA"], 3))
    await trade.cart.put(BUYER, PutLine(trade.listing["POT"], 1))
    await trade.buy(TEA=2, POT=1)
    await trade.relay.drain()
    view = await trade.cart.cart(BUYER, CartQuery())
    assert [(x.listing_id, x.quantity) for x in view.lines] == [(trade.listing["TEA"], 1)]


def test_a_refusal_is_stored_as_it_was_raised():
    raw = refused(TotalChanged(1, 2, "CNY"))
    assert raw[:1] == b"-"
    assert msgspec.to_builtins(Fault.unpack(raw[1:]).body) == {"seen": 1, "total": 2, "currency": "CNY"}
