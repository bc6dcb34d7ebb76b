"""Fulfilment orders: made once, listed by urgency, packed, stopped."""

import pytest

from jishi.kernel import Fault, Forbidden, Invalid
from jishi.kernel.paging import WrongCursor
from jishi.trade.fulfilment import (
    Create,
    FulfilChild,
    FulfilLine,
    NoWork,
    Pack,
    Packed,
    ShipmentsOf,
    ShipWork,
    Stop,
    Stopped,
    WorkOf,
    WorkQuery,
    WrongState,
)
from tests.kit import STAFF, buyer, clerk

from .kit import MERCHANT_A, MERCHANT_B, ORDER, ORDERS, PERSON, House


async def test_work_is_made_once_a_child_and_the_most_urgent_comes_first(house: House) -> None:
    first = await house.create()
    again = await house.create()
    assert again == first
    assert [(w.child, w.number, w.merchant_id, w.state) for w in first] == [
        (2, "JX-2", MERCHANT_B, "open"),
        (1, "JX-1", MERCHANT_A, "open"),
    ]
    assert [(x.line, x.quantity, x.cancelled, x.shipped) for x in first[1].lines] == [(1, 4, 0, 0), (2, 2, 0, 0)]
    assert first[1].lines[0].names == {"en": "Tea", "zh-CN": "茶"}
    assert len(await house.all("works")) == 2
    assert len(await house.all("work_lines")) == 3


async def test_the_list_goes_page_by_page_without_a_gap(house: House) -> None:
    line = FulfilLine(1, 1, "X", {}, {}, "", 1, [])
    for order in range(5):  # three of them are due at the same moment
        child = FulfilChild(1, f"J{order}-1", MERCHANT_A, 1, "standard", 1000 + (order if order < 2 else 0), [line])
        await house.fulfilment.create(ORDERS, Create(order + 1, 1, "CNY", [child]))
    seen, cursor = [], ""
    for _ in range(3):
        page = await house.fulfilment.work(STAFF, WorkQuery(limit=2, cursor=cursor))
        seen += [w.number for w in page.rows]
        cursor = page.next
    assert seen == ["J0-1", "J2-1", "J3-1", "J4-1", "J1-1"]
    assert cursor == ""


async def test_a_clerk_sees_and_packs_the_work_of_its_own_merchant_only(house: House) -> None:
    of_b, of_a = await house.create()
    page = await house.fulfilment.work(clerk(MERCHANT_A), WorkQuery())
    assert [w.id for w in page.rows] == [of_a.id]
    assert (await house.fulfilment.work(clerk(MERCHANT_A), WorkQuery(warehouse_id=2))).rows == []
    for ask in (
        house.fulfilment.work_of(clerk(MERCHANT_A), WorkOf(of_b.id)),
        house.fulfilment.pack(clerk(MERCHANT_A), Pack(of_b.id)),
        house.fulfilment.ship(clerk(MERCHANT_A), ShipWork(of_b.id, "k")),
        house.fulfilment.work_of(STAFF, WorkOf(1)),
    ):
        with pytest.raises(NoWork):
            await ask
    assert await house.events(Packed) == []
    assert await house.all("parcels") == []


async def test_customers_have_no_desk(house: House) -> None:
    await house.create()
    with pytest.raises(Forbidden):
        await house.fulfilment.work(buyer(PERSON), WorkQuery())


async def test_wrong_filters_are_told(house: House) -> None:
    for query, fault in ((WorkQuery("lost"), Invalid), (WorkQuery(cursor="zz"), WrongCursor)):
        wrong: type[Fault] = fault
        with pytest.raises(wrong):
            await house.fulfilment.work(STAFF, query)


async def test_packing_is_said_once_and_ends_the_buyers_say(house: House) -> None:
    work = await house.packed()
    assert work.state == "packed"
    assert (await house.fulfilment.pack(STAFF, Pack(work.id))).state == "packed"
    assert await house.events(Packed) == [Packed(ORDER, 1)]
    assert await house.fulfilment.stop(ORDERS, Stop(ORDER, 1, [])) == Stopped(stopped=False)
    assert await house.fulfilment.stop(ORDERS, Stop(ORDER, 2, [(1, 1, 1)])) == Stopped(stopped=False)
    assert await house.fulfilment.stop(ORDERS, Stop(ORDER, 3, [(2, 3, 1), (1, 1, 1)])) == Stopped(stopped=False)
    assert [(x.cancelled, x.shipped) for x in (await house.fulfilment.work_of(STAFF, WorkOf(work.id))).lines] == [
        (0, 0),
        (0, 0),
    ]
    assert {w.state for w in await house.work("open")} == {"open"}  # the lamp of the third stop is still to pick


async def test_stopped_pieces_do_not_ship_and_the_same_stop_counts_once(house: House) -> None:
    await house.create()
    for _ in range(2):
        assert await house.fulfilment.stop(ORDERS, Stop(ORDER, 9, [(1, 1, 3)])) == Stopped(stopped=True)
    work = next(w for w in await house.work("open") if w.child == 1)
    assert [(x.quantity, x.cancelled) for x in work.lines] == [(4, 3), (2, 0)]
    assert await house.fulfilment.stop(ORDERS, Stop(ORDER, 10, [(1, 1, 2)])) == Stopped(stopped=False)  # one is left
    await house.fulfilment.pack(STAFF, Pack(work.id))
    shipped = await house.fulfilment.ship(STAFF, ShipWork(work.id, "k"))
    assert [(p.line, p.quantity) for p in shipped.pieces] == [(1, 1), (2, 2)]
    assert await house.levels() == [(9, 0, 3), (8, 0, 0), (10, 0, 1)]  # the three are the cancellation's to free


async def test_a_child_without_pieces_is_cancelled_work(house: House) -> None:
    await house.create()
    assert await house.fulfilment.stop(ORDERS, Stop(ORDER, 1, [(2, 3, 1)])) == Stopped(stopped=True)
    (gone,) = await house.work("cancelled")
    assert gone.child == 2
    with pytest.raises(WrongState):
        await house.fulfilment.pack(STAFF, Pack(gone.id))
    assert await house.fulfilment.stop(ORDERS, Stop(ORDER, 2, [])) == Stopped(stopped=True)
    assert {w.child for w in await house.work("cancelled")} == {1, 2}


async def test_a_stop_that_comes_before_the_work_is_kept_for_it(house: House) -> None:
    assert await house.fulfilment.stop(ORDERS, Stop(ORDER, 1, [(1, 1, 1), (2, 3, 1)], {1: 1000, 2: 9000})) == Stopped(
        stopped=True
    )
    await house.create({1: 10000, 2: 9000})
    (open_,) = await house.work("open")
    assert [(x.quantity, x.cancelled) for x in open_.lines] == [(4, 1), (2, 0)]
    assert [w.child for w in await house.work("cancelled")] == [2]
    assert sorted(r[13] for r in await house.all("works")) == [0, 9000]


async def test_a_whole_order_stopped_before_its_work_has_nothing_to_pick(house: House) -> None:
    await house.fulfilment.stop(ORDERS, Stop(ORDER, 1, []))
    await house.create({1: 10000})
    assert await house.work("open") == []
    assert [w.child for w in await house.work("cancelled")] == [2, 1]


async def test_a_customer_sees_the_parcels_of_its_own_order_and_a_clerk_its_own(house: House) -> None:
    shipped = await house.shipped()
    for who, sees in (
        (buyer(PERSON), [shipped.id]),
        (buyer(8), []),
        (buyer(0), []),
        (clerk(MERCHANT_A), [shipped.id]),
        (clerk(MERCHANT_B), []),
        (ORDERS, [shipped.id]),
    ):
        assert [s.id for s in (await house.fulfilment.shipments(who, ShipmentsOf(ORDER))).rows] == sees
