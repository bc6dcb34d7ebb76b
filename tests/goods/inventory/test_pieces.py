"""What follows once pieces are promised: ship, free, come back; keyed, and never more than the order has there."""

import pytest

from jishi.goods.inventory import NoReservation, NotAllocated, Restock, Want
from jishi.kernel import Forbidden, Invalid

from .kit import CHECKOUT, ORDERS


async def test_shipped_pieces_leave_on_hand_and_allocated_together_once_a_key(stock):
    s = (await stock.receive(10)).stock_id
    await stock.reserve(100, (s, 5))
    await stock.allocate(100)
    await stock.ship(100, (s, 2), key=900)
    await stock.ship(100, (s, 2), key=900)
    assert await stock.buckets() == (8, 0, 3)
    await stock.ship(100, (s, 1), (s, 2), key=901)  # two lines of one stock row
    assert await stock.buckets() == (5, 0, 0)
    assert [(m.kind, m.bucket, m.delta, m.ref_id) for m in (await stock.movements(s))[4:]] == [
        ("ship", "on_hand", -2, 900),
        ("ship", "allocated", -2, 900),
        ("ship", "on_hand", -3, 901),
        ("ship", "allocated", -3, 901),
    ]


async def test_no_more_ships_than_is_allocated_to_that_order_there(stock):
    a, b = (await stock.receive(10, item=1)).stock_id, (await stock.receive(10, item=2)).stock_id
    await stock.reserve(100, (a, 3))
    await stock.reserve(101, (a, 3), (b, 3))
    await stock.allocate(101)
    before = await stock.counts()
    for order_id, wants in (
        (100, [(a, 1)]),  # held, not bound
        (101, [(a, 4)]),
        (101, [(a, 2), (a, 2)]),
        (101, [(b, 1), (a, 4)]),
        (101, [(404, 1)]),
    ):
        with pytest.raises(NotAllocated) as e:
            await stock.ship(order_id, *wants, key=900)
        assert e.value.order_id == order_id
    with pytest.raises(NoReservation):
        await stock.ship(404, (a, 1), key=900)
    for wants in ([], [(a, 0)], [(a, -1)]):
        with pytest.raises(Invalid):
            await stock.ship(101, *wants, key=900)
    assert await stock.counts() == before
    assert [await stock.buckets(1), await stock.buckets(2)] == [(10, 3, 3), (10, 0, 3)]
    await stock.ship(101, (a, 3), key=900)  # a refused key may be used
    assert await stock.buckets(1) == (7, 3, 0)


async def test_cancelled_pieces_of_a_bound_order_are_free_again(stock):
    s = (await stock.receive(10)).stock_id
    await stock.reserve(100, (s, 5))
    await stock.allocate(100)
    await stock.deallocate(100, (s, 2), key=900)
    await stock.deallocate(100, (s, 2), key=900)
    assert await stock.buckets() == (10, 0, 3)
    await stock.ship(100, (s, 2))
    before = await stock.counts()
    with pytest.raises(NotAllocated):
        await stock.deallocate(100, (s, 2))
    assert await stock.counts() == before
    await stock.deallocate(100, (s, 1))
    assert await stock.buckets() == (8, 0, 0)
    assert (await stock.allocate(100)).state == "allocated"  # again: nothing more is taken
    assert await stock.buckets() == (8, 0, 0)


async def test_pieces_cancelled_before_the_order_is_bound_shrink_its_hold(stock):
    a, b = (await stock.receive(10, item=1)).stock_id, (await stock.receive(10, item=2)).stock_id
    await stock.reserve(100, (a, 5), (b, 1))
    await stock.deallocate(100, (a, 2), (b, 1))
    assert [await stock.buckets(1), await stock.buckets(2)] == [(10, 3, 0), (10, 0, 0)]
    with pytest.raises(NotAllocated):
        await stock.deallocate(100, (a, 4))
    with pytest.raises(NotAllocated):
        await stock.deallocate(100, (b, 1))
    assert (await stock.allocate(100)).state == "allocated"
    assert [await stock.buckets(1), await stock.buckets(2)] == [(10, 0, 3), (10, 0, 0)]
    await stock.deallocate(100, (a, 3))
    assert await stock.buckets(1) == (10, 0, 0)


async def test_pieces_cancelled_after_the_hold_ran_out_are_not_taken_again(stock):
    s = (await stock.receive(10)).stock_id
    await stock.reserve(100, (s, 5))
    await stock.release(100)
    await stock.deallocate(100, (s, 2), key=900)
    await stock.deallocate(100, (s, 2), key=900)
    assert await stock.buckets() == (10, 0, 0)
    assert (await stock.allocate(100)).state == "allocated"
    assert await stock.buckets() == (10, 0, 3)
    assert await stock.moved(s) == [
        ("receipt", "on_hand", 10),
        ("reserve", "reserved", 5),
        ("release", "reserved", -5),
        ("allocate", "allocated", 3),
    ]


async def test_what_comes_back_waits_for_inspection_or_is_for_sale(stock):
    s = (await stock.receive(10)).stock_id
    await stock.reserve(100, (s, 4))
    await stock.allocate(100)
    await stock.ship(100, (s, 3))
    await stock.restock(100, (s, 1), key=900)
    await stock.restock(100, (s, 1), key=900)
    await stock.restock(100, (s, 1), key=901, bucket="on_hand")
    level = await stock.level()
    assert (level.on_hand, level.allocated, level.quarantine, level.available) == (8, 1, 1, 7)
    before = await stock.counts()
    with pytest.raises(NotAllocated):
        await stock.restock(100, (s, 2))
    with pytest.raises(Invalid):
        await stock.restock(100, (s, 1), bucket="reserved")
    with pytest.raises(Forbidden):
        await stock.service.restock(CHECKOUT, Restock(1, 100, [Want(s, 1)]))
    with pytest.raises(Invalid):
        await stock.service.restock(ORDERS, Restock(0, 100, [Want(s, 1)]))
    assert (await stock.counts(), await stock.level()) == (before, level)
