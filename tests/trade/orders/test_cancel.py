"""Cancelling: whole, a child, a line, pieces; before and after money; once a key; and never what is packed."""

import asyncio

import pytest

from jishi.kernel import SYSTEM, Forbidden, Invalid, Money
from jishi.trade.orders import CancelDue, Cancelled, Confirm, NoOrder, OnlyWhole, TooLate, WrongPieces
from jishi.trade.orders.cancelling import ask
from jishi.trade.orders.face import Cancel
from tests.kit import STAFF, Clock, clerk
from tests.trade.kit import BUYER, STRANGER, TEA_CO, Trade


async def stock(trade: Trade) -> list[tuple[int, int, int]]:
    return [await trade.level(p) for p in ("TEA@HZ", "POT@HZ", "LAMP@HZ")]


FREE = [(10, 0, 0)] * 3
CONFIRMS = SYSTEM.acting("trade.orders")


async def test_an_unpaid_order_dies_whole_and_gives_its_stock_back(trade: Trade):
    id = await trade.open(trade.two())
    order = await trade.cancel(id, key="k")
    assert (order.state, order.payment, order.ended, order.can) == ("cancelled", "unpaid", "buyer", [])
    assert await trade.cancel(id, key="k") == order
    assert await trade.cancel(id, key="other") == order
    await trade.relay.drain()
    assert await stock(trade) == FREE
    (event,) = await trade.told(Cancelled)
    assert (event.whole, event.refund, event.shares) == (True, 0, [])
    assert await trade.balances() == {}
    assert await trade.refunds(id) == []


async def test_an_unpaid_order_cannot_be_cut(trade: Trade):
    id = await trade.open(trade.two())
    before = await trade.counts("trade.orders")
    with pytest.raises(OnlyWhole):
        await trade.cancel(id, child=1)
    with pytest.raises(OnlyWhole):
        await trade.cancel(id, line=1, quantity=1)
    assert await trade.counts("trade.orders") == before


async def test_a_paid_order_that_is_cancelled_gives_everything_back(trade: Trade):
    id = await trade.open(trade.two())
    await trade.pay(id)
    order = await trade.cancel(id)
    assert (order.state, order.payment) == ("cancelled", "paid")
    await trade.relay.drain()
    order = await trade.order(id)
    assert (order.state, order.payment, order.refunded, order.total) == ("refunded", "refunded", 16_801, 16_801)
    assert await trade.refunds(id) == [(16_801, "done")]
    assert await stock(trade) == FREE
    assert await trade.balances() == {}
    assert await trade.dead() == []


async def test_pieces_lines_and_children_in_turn_give_back_the_total(trade: Trade):
    id = await trade.open(trade.two())
    await trade.pay(id)
    seen = []
    for what in (dict(line=1, quantity=1), dict(line=1, quantity=1), dict(child=1, line=2), dict(child=2), {}):
        await trade.cancel(id, **what)
        await trade.relay.drain()
        order = await trade.order(id)
        seen.append((order.state, order.payment, order.refunded))
    assert seen == [
        ("to_ship", "part_refunded", 334),  # the last ordinal of 10.00 over three
        ("to_ship", "part_refunded", 667),
        ("to_ship", "part_refunded", 6668),
        ("to_ship", "part_refunded", 15_668),
        ("refunded", "refunded", 16_801),  # the last tea, and the freight with it
    ]
    assert [c.refunded for c in order.children] == [7801, 9000]
    assert await stock(trade) == FREE
    assert await trade.balances() == {}
    shares = [(s.goods, s.freight) for e in await trade.told(Cancelled) for s in e.shares]
    assert shares == [(334, 0), (333, 0), (6001, 0), (9000, 0), (333, 800)]


async def test_what_is_left_ships_and_the_freight_stays(trade: Trade):
    id = await trade.open(trade.two())
    await trade.pay(id)
    await trade.cancel(id, line=2, quantity=1)
    await trade.cancel(id, child=2)
    await trade.relay.drain()
    await trade.ship(id, 1)
    await trade.relay.drain()
    order = await trade.order(id)
    assert (order.state, [c.fulfilment for c in order.children]) == ("shipped", ["shipped", "cancelled"])
    assert [(x.quantity, x.cancelled, x.shipped) for x in order.children[0].lines] == [(3, 0, 3), (2, 1, 1)]
    assert order.refunded == 3001 + 9000
    assert await stock(trade) == [(7, 0, 0), (9, 0, 0), (10, 0, 0)]


async def test_packed_work_refuses_and_nothing_changes(trade: Trade):
    id = await trade.open(trade.two())
    await trade.pay(id)
    await trade.pack(id, 1)  # its event has not been told yet: the warehouse itself refuses
    with pytest.raises(TooLate):
        await trade.cancel(id, key="k", child=1)
    with pytest.raises(TooLate):
        await trade.cancel(id, key="k", child=1)
    await trade.relay.drain()
    before = await trade.counts("trade.orders")
    for what in (dict(child=1), dict(line=1, quantity=1), {}):
        with pytest.raises(TooLate):
            await trade.cancel(id, **what)
    assert await trade.counts("trade.orders") == before
    assert await trade.told(Cancelled) == []
    assert (await trade.cancel(id, child=2)).state == "to_ship"  # the other child may still go
    await trade.relay.drain()
    assert await trade.refunds(id) == [(9000, "done")]


async def test_more_pieces_than_are_left_are_refused(trade: Trade):
    id = await trade.open(trade.two())
    await trade.pay(id)
    await trade.cancel(id, line=1, quantity=2)
    before = await trade.counts("trade.orders")
    with pytest.raises(WrongPieces) as e:
        await trade.cancel(id, line=1, quantity=2)
    assert e.value.left == 1
    for what in (dict(child=3), dict(line=9), dict(child=2, line=1), dict(line=1, quantity=-1)):
        with pytest.raises(NoOrder):
            await trade.cancel(id, **what)
    with pytest.raises(Invalid):
        await trade.cancel(id, key="x" * 65)
    assert await trade.counts("trade.orders") == before


async def test_strangers_find_nothing_and_change_nothing(trade: Trade):
    id = await trade.open(trade.two())
    before = await trade.counts("trade.orders", "trade.fulfilment", "goods.inventory")
    with pytest.raises(NoOrder):
        await trade.cancel(id, STRANGER)
    with pytest.raises(Forbidden):
        await trade.cancel(id, clerk(TEA_CO))
    assert await trade.counts("trade.orders", "trade.fulfilment", "goods.inventory") == before
    assert (await trade.cancel(id, STAFF)).ended == "staff"


async def test_a_caller_that_dies_between_the_steps_is_finished_by_the_timer(trade: Trade, clock: Clock):
    id = await trade.open(trade.two())
    await trade.pay(id)
    await trade.orders.db.write(BUYER, ask, Cancel(id, "k", child=2))
    await trade.relay.drain()
    assert await trade.told(Cancelled) == []
    clock.pass_time(minutes=1)
    await trade.relay.drain()
    assert len(await trade.told(CancelDue)) == len(await trade.told(Cancelled)) == 1
    assert await trade.refunds(id) == [(9000, "done")]
    before = await trade.counts("trade.orders")
    assert (await trade.cancel(id, key="k", child=2)).children[1].state == "cancelled"
    assert await trade.counts("trade.orders") == before


async def test_pieces_cancelled_before_the_warehouse_heard_of_them_are_never_packed(trade: Trade):
    id = await trade.open(trade.two())
    await trade.capture(await trade.start(id))
    await trade.orders.confirm(CONFIRMS, Confirm(id, Money(16_801, "CNY")))  # nobody has told the warehouse
    await trade.cancel(id, line=1, quantity=2)
    await trade.relay.drain()
    work = await trade.work(id, 1)
    assert [(x.line, x.quantity, x.cancelled) for x in work.lines] == [(1, 3, 2), (2, 2, 0)]
    assert await trade.level("TEA@HZ") == (10, 0, 1)
    assert await trade.dead() == []


async def test_cash_on_delivery_shrinks_at_the_door(trade: Trade):
    id = await trade.open(trade.two(), method="cod")
    await trade.relay.drain()
    await trade.cancel(id, line=2, quantity=1)
    await trade.cancel(id, child=2)
    await trade.relay.drain()
    order = await trade.order(id)
    assert (order.state, order.payment, order.refunded) == ("to_ship", "due_on_delivery", 0)
    assert sorted(await trade.refunds(id)) == [(3001, "at_door"), (9000, "at_door")]
    await trade.ship(id, 1)
    await trade.travel(id)
    order = await trade.order(id)
    assert (order.state, order.payment) == ("delivered", "paid")
    assert await trade.balances() == {"cash:door": 4800, "payable:71": -4800}
    assert await trade.dead() == []


async def test_a_whole_order_at_the_door_costs_nothing_when_it_is_cancelled(trade: Trade):
    id = await trade.open(trade.two(), method="cod")
    await trade.relay.drain()
    await trade.cancel(id)
    await trade.relay.drain()
    order = await trade.order(id)
    assert (order.state, order.payment) == ("cancelled", "due_on_delivery")
    assert await stock(trade) == FREE
    assert await trade.balances() == {}
    assert await trade.dead() == []


async def test_two_whole_cancels_at_once_are_one(trade: Trade):
    id = await trade.open(trade.two())
    await trade.pay(id)
    both = await asyncio.gather(trade.cancel(id, key="a"), trade.cancel(id, key="b"), trade.cancel(id, key="a"))
    assert [o.state for o in both] == ["cancelled"] * 3
    await trade.relay.drain()
    assert len(await trade.told(Cancelled)) == 1
    assert await trade.refunds(id) == [(16_801, "done")]
    assert await stock(trade) == FREE


async def test_cancels_of_pieces_at_once_never_take_more_than_there_are(trade: Trade):
    id = await trade.open(trade.two())
    await trade.pay(id)
    answers = await asyncio.gather(
        *[trade.cancel(id, line=1, quantity=1, key=f"k{i}") for i in range(4)], return_exceptions=True
    )
    assert sorted(type(a).__name__ for a in answers).count("WrongPieces") == 1
    await trade.relay.drain()
    assert sum(minor for minor, _ in await trade.refunds(id)) == 1000
    assert (await trade.order(id)).children[0].lines[0].cancelled == 3
