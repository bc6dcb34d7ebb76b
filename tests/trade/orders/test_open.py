"""The hot unit: batches, known orders, what is refused and what that leaves behind."""

import asyncio
import time

import msgspec
import pytest

from jishi.kernel import Actor, Ask, Context, Forbidden
from jishi.trade.orders import Confirmed, OpenOrder, PayByPassed, PaymentDue, Placed
from jishi.trade.orders.opening import WrongSums, open_orders
from jishi.trade.orders.rules import DIGIT, number
from tests.kit import Clock
from tests.trade.kit import BUYER, CHECKOUT, Trade


def opening(trade: Trade, id: int, **more) -> OpenOrder:
    return OpenOrder(id, 7, more.pop("terms", None) or trade.two(), more.pop("method", "card"), trade.clock() + 1000)


async def test_an_opened_order_has_its_parts_its_timer_and_its_fact(trade: Trade):
    opened = await trade.orders.open(CHECKOUT, opening(trade, 500))
    order = await trade.order(500)
    assert (opened.id, opened.number, opened.total.minor) == (500, order.number, 16_801)
    assert (order.state, order.payment, order.version, order.can) == (
        "to_pay",
        "unpaid",
        1,
        ["cancel"],
    )  # nothing to pay with yet
    assert [(c.n, c.number, c.total, len(c.lines)) for c in order.children] == [
        (1, f"{order.number}-1", 7801, 2),
        (2, f"{order.number}-2", 9000, 1),
    ]
    assert [(s.what, s.actor_role) for s in order.timeline] == [("placed", "buyer")]
    (placed,) = await trade.told(Placed)
    assert placed.bought == [(trade.listing["TEA"], 3), (trade.listing["POT"], 2), (trade.listing["LAMP"], 1)]
    assert await trade.told(PaymentDue) == [PaymentDue(500)]
    assert await trade.told(Confirmed) == []


async def test_a_known_order_gets_its_first_answer_and_nothing_is_written_again(trade: Trade, clock: Clock):
    first = await trade.orders.open(CHECKOUT, opening(trade, 500))
    before = await trade.counts("trade.orders")
    clock.pass_time(days=1)
    late = msgspec.structs.replace(opening(trade, 500), pay_by=clock() - 1, method="cod")
    assert await trade.orders.open(CHECKOUT, late) == first
    assert await trade.counts("trade.orders") == before


async def test_after_pay_by_nothing_is_opened(trade: Trade, clock: Clock):
    before = await trade.counts("trade.orders")
    late = msgspec.structs.replace(opening(trade, 500), pay_by=clock())
    with pytest.raises(PayByPassed):
        await trade.orders.open(CHECKOUT, late)
    assert await trade.counts("trade.orders") == before


async def test_only_checkout_opens_orders(trade: Trade):
    with pytest.raises(Forbidden):
        await trade.orders.open(BUYER, opening(trade, 500))


async def test_wrong_sums_are_refused_alone(trade: Trade):
    terms = trade.two()
    wrong = msgspec.structs.replace(terms, total=terms.total - 1)
    answers = await asyncio.gather(
        *[trade.orders.open(CHECKOUT, opening(trade, 500 + i, terms=wrong if i == 3 else terms)) for i in range(8)],
        return_exceptions=True,
    )
    assert [type(a) for i, a in enumerate(answers) if i == 3] == [WrongSums]
    assert sorted(a.id for i, a in enumerate(answers) if i != 3) == [500, 501, 502, 504, 505, 506, 507]


async def test_a_taken_number_is_drawn_again(trade: Trade):
    taken = (await trade.orders.open(CHECKOUT, opening(trade, 500))).number
    bits = sum(DIGIT[c] << 5 * i for i, c in enumerate(taken[1:10]))
    assert number(bits) == taken

    def unit(tx):
        draws = iter([bits, bits, 12345, bits, 999])
        tx.random = type("Fixed", (), {"getrandbits": lambda self, n: next(draws)})()
        return open_orders(tx, [Ask(CHECKOUT, opening(trade, 501)), Ask(CHECKOUT, opening(trade, 502))])

    opened = await trade.orders.db.write(None, unit)
    assert [o.number for o in opened] == [number(12345), number(999)]


async def test_cash_on_delivery_and_nothing_to_pay_are_confirmed_at_once(trade: Trade):
    await trade.orders.open(CHECKOUT, opening(trade, 500, method="cod"))
    free = trade.terms([trade.child(1, 71, [trade.line(1, "TEA", 1, 0)])])
    await trade.orders.open(CHECKOUT, opening(trade, 501, terms=free))
    cod, gift = await trade.order(500), await trade.order(501)
    assert (cod.state, cod.payment, cod.can) == ("to_ship", "due_on_delivery", ["cancel"])
    assert (gift.state, gift.payment) == ("to_ship", "paid")
    assert await trade.told(PaymentDue) == []
    confirmed = await trade.told(Confirmed)
    assert [[(s.child, s.goods, s.freight, s.total) for s in e.shares] for e in confirmed] == [
        [(1, 7001, 800, 7801), (2, 9000, 0, 9000)],
        [(1, 0, 0, 0)],
    ]


async def test_256_orders_share_a_transaction_and_cost_little(trade: Trade):
    """The bound is ten times what a quiet machine needs: it finds a query that slipped into the loop."""
    ctx, terms = Context(Actor(7, "buyer"), via="trade.checkout"), trade.two()
    asks = [Ask(ctx, OpenOrder(1000 + i, 7, terms, "card", trade.clock() + 1000)) for i in range(256)]

    def unit(tx):
        start = time.thread_time()
        answers = open_orders(tx, asks)
        return answers, time.thread_time() - start

    answers, spent = await trade.orders.db.write(None, unit)
    assert len({a.number for a in answers}) == 256
    assert spent / 256 < 0.001, f"{spent / 256 * 1e6:.0f} µs an order"
