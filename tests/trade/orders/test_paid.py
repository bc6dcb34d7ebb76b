"""From placed to completed, and money at every moment it may come."""

import asyncio

import pytest

from jishi.goods.inventory import Adjust
from jishi.kernel import SYSTEM, Money
from jishi.sandbox.carrier import Faults
from jishi.trade.fulfilment import Tracked
from jishi.trade.orders import Abandon, Completed, Confirm, Confirmed, NoOrder, NotYet, PaymentDue, Receive
from jishi.trade.orders.cancelling import expire
from jishi.trade.orders.moving import tracked
from jishi.trade.payments import Captured
from tests.kit import STAFF, Clock
from tests.trade.kit import BUYER, STRANGER, Trade

ME = SYSTEM.acting("trade.orders")
LATE = 31  # minutes: pay-by is over, the hold's grace of five is not
GONE = 40


async def test_an_order_is_paid_sent_signed_and_completed_by_itself(trade: Trade, clock: Clock):
    id = await trade.open(trade.two())
    assert (await trade.order(id, BUYER)).can == ["pay", "cancel"]
    await trade.pay(id)
    order = await trade.order(id, BUYER)
    assert (order.state, order.payment, order.total, order.can) == ("to_ship", "paid", 16_801, ["cancel"])
    assert await trade.level("TEA@HZ") == (10, 0, 3)
    await trade.ship(id, 1)
    await trade.relay.drain()
    assert (await trade.order(id)).state == "part_shipped"
    await trade.ship(id, 2)
    await trade.relay.drain()
    assert (await trade.order(id)).state == "shipped"
    await trade.travel(id)
    order = await trade.order(id, BUYER)
    assert (order.state, order.can) == ("delivered", ["confirm_receipt"])
    assert set(order.children[0].clocks) >= {"placed", "paid", "shipped", "first_scan", "delivered", "signed"}
    clock.pass_time(days=10)  # China: from dispatch
    await trade.relay.drain()
    assert (await trade.order(id)).state == "completed"
    assert [(e.child, e.merchant_id) for e in await trade.told(Completed)] == [(1, 71), (2, 72)]
    assert await trade.level("TEA@HZ") == (7, 0, 0)
    assert await trade.balances() == {"clearing:till": 16_801, "payable:71": -7801, "payable:72": -9000}
    assert trade.letters.templates == ["order_placed", "order_confirmed", "order_shipped", "order_shipped"]
    assert await trade.dead() == []


async def test_nobody_pays_and_the_order_ends_at_pay_by(trade: Trade, clock: Clock):
    id = await trade.open(trade.two())
    await trade.relay.drain()
    clock.pass_time(minutes=29)
    await trade.relay.drain()
    assert (await trade.order(id)).state == "to_pay"
    clock.pass_time(minutes=1)
    await trade.relay.drain()
    order = await trade.order(id)
    assert (order.state, order.ended) == ("cancelled", "expired")
    assert await trade.level("TEA@HZ") == (10, 0, 0)
    assert await trade.steps(id) == ["placed", "expired"]
    assert await trade.balances() == {}


async def test_the_timer_is_the_time_whatever_the_clock_says_by_then(trade: Trade, clock: Clock):
    id = await trade.open(trade.two())
    clock.pass_time(minutes=-60)
    await trade.orders.db.write(SYSTEM, expire, PaymentDue(id))
    order = await trade.order(id)
    assert (order.state, order.ended) == ("cancelled", "expired")
    assert order.timeline[-1].at == order.timeline[0].at  # the timeline does not go back with the clock


@pytest.mark.parametrize("minutes", [LATE, GONE])
async def test_late_money_revives_an_order_whose_stock_is_still_to_be_had(trade: Trade, clock: Clock, minutes: int):
    id = await trade.open(trade.two())
    intent = await trade.start(id)
    clock.pass_time(minutes=minutes)
    await trade.relay.drain()
    assert (await trade.order(id)).state == "cancelled"
    await trade.capture(intent)
    await trade.relay.drain()
    order = await trade.order(id)
    assert (order.state, order.payment, order.ended, order.refunded) == ("to_ship", "paid", "", 0)
    assert [x.cancelled for c in order.children for x in c.lines] == [0, 0, 0]
    assert await trade.steps(id) == ["placed", "expired", "revived", "paid", "confirmed"]
    assert await trade.level("TEA@HZ") == (10, 0, 3)
    assert (await trade.work(id, 1)).state == "open"
    assert await trade.refunds(id) == []
    assert await trade.balances() == {"clearing:till": 16_801, "payable:71": -7801, "payable:72": -9000}


async def test_late_money_for_stock_that_is_gone_goes_back_and_the_buyer_is_told(trade: Trade, clock: Clock):
    id = await trade.open(trade.two())
    intent = await trade.start(id)
    clock.pass_time(minutes=GONE)
    await trade.relay.drain()
    await trade.inventory.adjust(STAFF, Adjust(9, trade.stock["LAMP@HZ"], -10, "lost"))
    await trade.capture(intent)
    await trade.relay.drain()
    order = await trade.order(id)
    assert (order.state, order.payment, order.ended, order.refunded) == ("refunded", "refunded", "expired", 16_801)
    assert await trade.steps(id) == ["placed", "expired", "paid_late", "refunded"]
    assert await trade.refunds(id) == [(16_801, "done")]
    assert await trade.level("TEA@HZ") == (10, 0, 0)
    assert await trade.balances() == {}
    assert trade.letters.templates[-1] == "payment_returned"


async def test_what_the_buyer_cancelled_is_never_revived(trade: Trade):
    id = await trade.open(trade.two())
    intent = await trade.start(id)
    await trade.cancel(id)
    await trade.capture(intent)
    await trade.relay.drain()
    order = await trade.order(id)
    assert (order.state, order.ended, order.refunded) == ("refunded", "buyer", 16_801)
    assert await trade.level("TEA@HZ") == (10, 0, 0)
    assert await trade.balances() == {}


async def test_a_second_telling_of_the_same_money_changes_nothing(trade: Trade, clock: Clock):
    id = await trade.open(trade.two())
    intent = await trade.start(id)
    await trade.capture(intent)
    await trade.relay.drain()
    event = Captured(intent, id, "till", Money(16_801, "CNY"), [])
    story = next(h.story for h in trade.orders.handlers() if h.name == "paid")
    before = await trade.counts("trade.orders", "trade.payments", "goods.inventory")
    await story(ME, event)
    assert await trade.counts("trade.orders", "trade.payments", "goods.inventory") == before
    await trade.cancel(id)
    await trade.relay.drain()
    before = await trade.counts("trade.orders", "trade.payments", "goods.inventory")
    await story(ME, event)
    assert await trade.counts("trade.orders", "trade.payments", "goods.inventory") == before
    assert await trade.refunds(id) == [(16_801, "done")]


async def test_another_sum_confirms_nothing(trade: Trade):
    id = await trade.open(trade.two())
    before = await trade.counts("trade.orders")
    for paid in (Money(16_800, "CNY"), Money(16_801, "USD")):
        assert (await trade.orders.confirm(ME, Confirm(id, paid))).state == "to_pay"
    assert await trade.counts("trade.orders") == before


async def test_a_confirmed_order_without_stock_is_given_up_and_paid_back(trade: Trade, clock: Clock):
    id = await trade.open(trade.two())
    intent = await trade.start(id)
    await trade.capture(intent)
    await trade.orders.confirm(ME, Confirm(id, Money(16_801, "CNY")))
    clock.pass_time(minutes=GONE)
    await trade.inventory.db.write(None, _expire, id)
    await trade.inventory.adjust(STAFF, Adjust(9, trade.stock["LAMP@HZ"], -10, "lost"))
    await trade.relay.drain()
    order = await trade.order(id)
    assert (order.state, order.ended, order.refunded) == ("refunded", "no_stock", 16_801)
    assert await trade.refunds(id) == [(16_801, "done")]
    assert await trade.level("TEA@HZ") == (10, 0, 0)
    assert await trade.balances() == {}
    assert await trade.dead() == []
    before = await trade.counts("trade.orders")
    assert (await trade.orders.abandon(ME, Abandon(id))).state == "refunded"
    assert await trade.counts("trade.orders") == before


def _expire(tx, order_id: int) -> None:
    from jishi.goods.inventory import ReservationDue
    from jishi.goods.inventory.holds import expire

    expire(tx, ReservationDue(order_id, 0))


async def test_cash_on_delivery_is_collected_parcel_by_parcel(trade: Trade, clock: Clock):
    id = await trade.open(trade.two(), method="cod")
    await trade.relay.drain()
    await trade.ship(id, 1, l1=3)
    await trade.relay.drain()
    order = await trade.order(id)
    assert (order.state, order.children[0].state, order.children[0].fulfilment) == (
        "part_shipped",
        "part_shipped",
        "packed",
    )
    await trade.ship(id, 1)
    await trade.travel(id)
    order = await trade.order(id)
    assert (order.state, order.payment, order.children[0].state) == ("part_shipped", "due_on_delivery", "delivered")
    await trade.ship(id, 2)
    await trade.travel(id)
    order = await trade.order(id)
    assert (order.state, order.payment) == ("delivered", "paid")
    assert await trade.balances() == {"cash:door": 16_801, "payable:71": -7801, "payable:72": -9000}
    assert [s.params["minor"] for s in order.timeline if s.what == "paid"] == [16_801]
    assert await trade.dead() == []


# --- receipt -----------------------------------------------------------------------------------------------------------


async def test_the_buyer_confirms_what_arrived_and_strangers_cannot(trade: Trade, clock: Clock):
    id = await trade.open(trade.two())
    await trade.pay(id)
    with pytest.raises(NotYet):
        await trade.orders.receive(BUYER, Receive(id))
    await trade.ship(id, 1)
    await trade.travel(id)
    before = await trade.counts("trade.orders")
    with pytest.raises(NoOrder):
        await trade.orders.receive(STRANGER, Receive(id, 1))
    with pytest.raises(NotYet):
        await trade.orders.receive(BUYER, Receive(id, 2))
    assert await trade.counts("trade.orders") == before
    order = await trade.orders.receive(BUYER, Receive(id))
    assert [c.state for c in order.children] == ["completed", "to_ship"]
    assert await trade.orders.receive(BUYER, Receive(id, 1)) == order  # again is the same
    clock.pass_time(days=11)
    await trade.relay.drain()
    assert len(await trade.told(Completed)) == 1


async def test_a_parcel_that_is_lost_is_not_received_by_itself(trade: Trade, clock: Clock):
    trade.box.faults = Faults(lose_parcel=1.0)
    id = await trade.open(trade.two())
    await trade.pay(id)
    await trade.ship(id, 1)
    await trade.travel(id)
    clock.pass_time(days=11)
    await trade.relay.drain()
    assert (await trade.order(id)).children[0].state == "shipped"
    assert (await trade.steps(id))[-1] == "lost"
    shipment = next(s.params["shipment"] for s in (await trade.order(id)).timeline if s.what == "shipped")
    await trade.orders.db.write(SYSTEM, tracked, Tracked(id, 1, int(shipment), "signed", "", clock(), last=True))
    assert (await trade.order(id)).children[0].state == "delivered"


# --- races -------------------------------------------------------------------------------------------------------------


async def test_cancel_and_pay_at_once_end_paid_back_or_standing(trade: Trade):
    for _ in range(4):
        id = await trade.open(trade.terms([trade.child(1, 71, [trade.line(1, "TEA", 1, 1000)])]))
        intent = await trade.start(id)
        await trade.capture(intent)
        await asyncio.gather(trade.cancel(id), trade.relay.drain())
        await trade.relay.drain()
        order = await trade.order(id)
        assert (order.state, order.refunded) == ("refunded", 1000)
    assert await trade.level("TEA@HZ") == (10, 0, 0)
    assert await trade.balances() == {}
    assert await trade.dead() == []


@pytest.mark.parametrize("first", ["expire", "pay"])
async def test_expiry_and_money_end_in_the_same_rows_in_both_orders(trade: Trade, clock: Clock, first: str):
    id = await trade.open(trade.two())
    intent = await trade.start(id)
    clock.pass_time(minutes=30)
    if first == "pay":
        await trade.orders.confirm(ME, Confirm(id, Money(16_801, "CNY")))
    else:
        await trade.relay.drain()
    await trade.capture(intent)
    await trade.relay.drain()
    clock.pass_time(minutes=30)
    await trade.relay.drain()
    order = await trade.order(id)
    assert (order.state, order.payment, order.refunded, order.ended) == ("to_ship", "paid", 0, "")
    assert await trade.level("TEA@HZ") == (10, 0, 3)
    assert len(await trade.told(Confirmed)) == 1
    assert await trade.refunds(id) == []
    assert await trade.balances() == {"clearing:till": 16_801, "payable:71": -7801, "payable:72": -9000}
    assert await trade.dead() == []
