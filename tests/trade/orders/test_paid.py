"""From placed to completed, and money at every moment it may come."""

from jishi.trade.orders import Completed, Confirmed, Receive
from tests.kit import STAFF, Clock

from ..kit import BUYER, Trade


async def test_an_order_is_paid_sent_signed_and_completed_by_itself(trade: Trade, clock: Clock):
    id = await trade.open(trade.two())
    assert (await trade.order(id, BUYER)).state == "to_pay"
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
