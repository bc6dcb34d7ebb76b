"""Reserve, release, expire, allocate: every verb in every state, and twice."""

import msgspec
import pytest

from jishi.goods.inventory import NoReservation, OutOfStock, Reserve, SetSafety, StockChanged, Want
from jishi.kernel import Forbidden, Invalid
from jishi.kernel.holds import Held, HoldRef
from tests.kit import STAFF, buyer

from .kit import CHECKOUT, ORDERS


async def test_a_hold_takes_from_what_is_free_and_is_held_once(stock):
    s = (await stock.receive(10)).stock_id
    until = stock.world.now() + 60_000
    assert await stock.reserve(100, (s, 3)) == Held(100, "open", until)
    assert await stock.reserve(100, (s, 3), until=until + 5) == Held(100, "open", until)
    assert await stock.buckets() == (10, 3, 0)
    assert (await stock.level()).available == 7
    assert await stock.moved(s) == [("receipt", "on_hand", 10), ("reserve", "reserved", 3)]


async def test_an_order_is_held_whole_or_not_at_all_and_its_refusal_lasts(stock):
    a, b = (await stock.receive(5, item=1)).stock_id, (await stock.receive(1, item=2)).stock_id
    with pytest.raises(OutOfStock) as e:
        await stock.reserve(100, (a, 2), (b, 2))
    assert (e.value.stock_id, e.value.wanted) == (b, 2)
    assert await stock.buckets(1) == (5, 0, 0)
    await stock.receive(9, item=2)
    before = await stock.counts()
    with pytest.raises(OutOfStock) as again:  # the goods are there by now; the answer is the first one
        await stock.reserve(100, (a, 2), (b, 2))
    assert again.value.body == e.value.body
    assert (await stock.allocate(100)).state == "refused"
    assert (await stock.release(100)).state == "refused"
    assert await stock.counts() == before
    assert [await stock.buckets(1), await stock.buckets(2)] == [(5, 0, 0), (10, 0, 0)]
    assert (await stock.reserve(101, (a, 2), (b, 2))).state == "open"


async def test_safety_stock_and_unknown_rows_are_refused(stock):
    s = (await stock.receive(5)).stock_id
    await stock.service.set_safety(STAFF, SetSafety(s, 3))
    with pytest.raises(OutOfStock):
        await stock.reserve(100, (s, 3))
    with pytest.raises(OutOfStock):
        await stock.reserve(101, (404, 1))
    assert (await stock.reserve(102, (s, 2))).state == "open"
    assert await stock.buckets() == (5, 2, 0)


@pytest.mark.parametrize(
    "wants", [[], [Want(1, 0)], [Want(1, -1)], [Want(1, 1), Want(1, 1)], [Want(i, 1) for i in range(101)]]
)
async def test_a_wrong_ask_leaves_nothing(stock, wants):
    before = await stock.counts()
    with pytest.raises(Invalid):
        await stock.service.reserve(CHECKOUT, Reserve(100, wants, 1))
    assert await stock.counts() == before


async def test_a_hold_gives_its_pieces_back_when_its_time_is_up(stock, clock):
    s = (await stock.receive(10)).stock_id
    await stock.reserve(100, (s, 3))
    clock.pass_time(seconds=59)
    await stock.relay.drain()
    assert await stock.buckets() == (10, 3, 0)
    clock.pass_time(seconds=1)
    await stock.relay.drain()
    assert await stock.buckets() == (10, 0, 0)
    assert (await stock.reserve(100, (s, 3))).state == "released"
    assert (await stock.release(100)).state == "released"
    assert await stock.moved(s) == [
        ("receipt", "on_hand", 10),
        ("reserve", "reserved", 3),
        ("release", "reserved", -3),
    ]


async def test_a_clock_that_stepped_back_keeps_no_stock(stock, clock):
    from jishi.goods.inventory import ReservationDue
    from jishi.goods.inventory.holds import expire

    s = (await stock.receive(10)).stock_id
    held = await stock.reserve(100, (s, 3))
    clock.pass_time(hours=-2)
    await stock.db.write(None, expire, ReservationDue(100, held.until))
    assert await stock.buckets() == (10, 0, 0)


async def test_a_paid_hold_is_bound_and_its_timer_does_nothing(stock, clock):
    s = (await stock.receive(10)).stock_id
    await stock.reserve(100, (s, 3))
    held = await stock.allocate(100)
    assert held.state == "allocated"
    assert [await stock.allocate(100), await stock.release(100), await stock.reserve(100, (s, 3))] == [held] * 3
    clock.pass_time(days=1)
    await stock.relay.drain()
    assert await stock.buckets() == (10, 0, 3)
    assert await stock.moved(s) == [
        ("receipt", "on_hand", 10),
        ("reserve", "reserved", 3),
        ("allocate", "reserved", -3),
        ("allocate", "allocated", 3),
    ]


async def test_a_hold_that_ran_out_takes_what_is_free(stock):
    a, b = (await stock.receive(5, item=1)).stock_id, (await stock.receive(5, item=2)).stock_id
    await stock.reserve(100, (a, 2), (b, 2))
    await stock.release(100)
    assert (await stock.allocate(100)).state == "allocated"
    assert [await stock.buckets(1), await stock.buckets(2)] == [(5, 0, 2), (5, 0, 2)]
    assert (await stock.moved(b))[-1] == ("allocate", "allocated", 2)


async def test_a_hold_that_ran_out_and_finds_nothing_is_refused_for_good(stock):
    a, b = (await stock.receive(5, item=1)).stock_id, (await stock.receive(2, item=2)).stock_id
    await stock.reserve(100, (a, 2), (b, 2))
    await stock.release(100)
    await stock.reserve(101, (b, 1))
    refused = await stock.allocate(100)
    assert refused.state == "refused"
    assert [await stock.buckets(1), await stock.buckets(2)] == [(5, 0, 0), (2, 1, 0)]
    await stock.release(101)
    assert [await stock.allocate(100), await stock.release(100), await stock.reserve(100, (a, 2))] == [refused] * 3
    assert [await stock.buckets(1), await stock.buckets(2)] == [(5, 0, 0), (2, 0, 0)]


async def test_nothing_is_released_or_bound_for_an_unknown_order(stock):
    before = await stock.counts()
    for verb in (stock.release, stock.allocate):
        with pytest.raises(NoReservation):
            await verb(404)
    with pytest.raises(Forbidden):
        await stock.service.allocate(buyer(), HoldRef(404))
    with pytest.raises(Forbidden):
        await stock.service.allocate(CHECKOUT, HoldRef(404))
    assert await stock.counts() == before


async def test_one_batch_answers_each_on_its_own(stock):
    """Five that queued together: one new, its twin, one refused, one wrong, one more new."""
    import asyncio

    s = (await stock.receive(5)).stock_id
    commits = stock.db.engine.commits
    told = await asyncio.gather(
        stock.reserve(100, (s, 3)),
        stock.reserve(100, (s, 3)),
        stock.reserve(101, (s, 3)),
        stock.reserve(102, (s, 0)),
        stock.reserve(103, (s, 2)),
        return_exceptions=True,
    )
    assert [getattr(t, "state", type(t)) for t in told] == ["open", "open", OutOfStock, Invalid, "open"]
    assert stock.db.engine.commits == commits + 1
    assert await stock.buckets() == (5, 5, 0)
    commits = stock.db.engine.commits
    bound = await asyncio.gather(*[stock.allocate(o) for o in (103, 100, 101, 100, 404)], return_exceptions=True)
    assert [getattr(t, "state", type(t)) for t in bound] == [
        "allocated",
        "allocated",
        "refused",
        "allocated",
        NoReservation,
    ]
    assert stock.db.engine.commits == commits + 1
    assert await stock.buckets() == (5, 0, 5)


async def test_watchers_hear_when_the_last_piece_goes_and_when_one_comes_back(stock):
    a, b = (await stock.receive(3, item=1)).stock_id, (await stock.receive(3, item=2)).stock_id
    heard = len(await stock.events("goods.inventory.stock_changed"))
    await stock.reserve(100, (a, 2), (b, 1))
    assert len(await stock.events("goods.inventory.stock_changed")) == heard
    await stock.reserve(101, (a, 1), (b, 2))
    await stock.release(101)
    bodies = (await stock.events("goods.inventory.stock_changed"))[heard:]
    assert [msgspec.msgpack.decode(x, type=StockChanged).stock_item_ids for x in bodies] == [[1, 2], [1, 2]]


async def test_orders_may_hold_and_release_but_a_buyer_may_not(stock):
    s = (await stock.receive(3)).stock_id
    before = await stock.counts()
    with pytest.raises(Forbidden):
        await stock.service.reserve(buyer(), Reserve(100, [Want(s, 1)], 1))
    assert await stock.counts() == before
    await stock.service.reserve(ORDERS, Reserve(100, [Want(s, 1)], stock.world.now() + 1))
    assert await stock.buckets() == (3, 1, 0)
