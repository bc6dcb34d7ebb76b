"""A parcel's way out of the house, in steps that may be cut anywhere."""

import asyncio
from typing import Any

import pytest

from jishi.goods.inventory import Ship
from jishi.kernel import Context, Invalid
from jishi.people.vault import ReadsOf
from jishi.trade.fulfilment import (
    Booking,
    CarrierDown,
    Pack,
    Shipped,
    ShipPieces,
    ShipWork,
    TooMany,
    WorkOf,
    WrongState,
)
from tests.kit import STAFF

from .kit import CARD, LIN, ORDER, PERSON, House


async def test_a_parcel_is_told_to_the_carrier_and_the_stock_and_said_once(house: House) -> None:
    work = await house.packed()
    shipment = await house.fulfilment.ship(STAFF, ShipWork(work.id, "k1"))
    assert (shipment.state, shipment.n, shipment.carrier, shipment.child) == ("label", 1, "jishi_express", 1)
    assert shipment.pieces == [ShipPieces(1, 4), ShipPieces(2, 2)]
    assert await house.levels() == [(6, 0, 0), (8, 0, 0), (10, 0, 1)]
    parcel = house.carrier.box.parcels[shipment.waybill]
    assert parcel.booking == Booking("JX-1-P1", "standard", 1800, 6, 0, "CNY", parcel.booking.recipient)
    assert parcel.booking.recipient["street"] == LIN["street"]
    assert await house.events(Shipped) == [
        Shipped(
            ORDER, 1, shipment.id, "jishi_express", shipment.waybill, [(1, 4), (2, 2)], whole=True, at=house.clock()
        )
    ]
    assert (await house.fulfilment.work_of(STAFF, WorkOf(work.id))).state == "shipped"
    assert await house.fulfilment.ship(STAFF, ShipWork(work.id, "k1")) == shipment  # the same key is the same parcel
    assert len(await house.events(Shipped)) == 1
    assert len(house.carrier.box.parcels) == 1
    with pytest.raises(WrongState):
        await house.fulfilment.ship(STAFF, ShipWork(work.id, "k2"))
    assert len(await house.all("parcels")) == 1


async def test_the_address_is_read_for_delivery_and_kept_nowhere(house: House) -> None:
    await house.shipped()
    (read,) = (await house.vault.reads(STAFF, ReadsOf(PERSON))).rows
    assert (read.purpose, read.via, read.cards, read.actor_id) == ("delivery", "trade.fulfilment", [CARD], 1)
    for table in ("works", "parcels", "tracks", "outbox", "notes"):
        assert LIN["street"] not in str(await house.all(table))
        assert LIN["name"].encode() not in b"".join(x for r in await house.all(table) for x in r if type(x) is bytes)


async def test_only_packed_work_ships_and_only_what_is_left(house: House) -> None:
    work = next(w for w in await house.create() if w.child == 1)
    with pytest.raises(WrongState):
        await house.fulfilment.ship(STAFF, ShipWork(work.id, "k"))
    await house.fulfilment.pack(STAFF, Pack(work.id))
    for wrong, fault in (
        (ShipWork(work.id, "k", [ShipPieces(1, 5)]), TooMany),
        (ShipWork(work.id, "k", [ShipPieces(1, 3), ShipPieces(1, 2)]), TooMany),
        (ShipWork(work.id, "k", [ShipPieces(9, 1)]), TooMany),
        (ShipWork(work.id, "k", [ShipPieces(1, 0)]), Invalid),
        (ShipWork(work.id, "", []), Invalid),
        (ShipWork(work.id, "x" * 65, []), Invalid),
        (ShipWork(work.id, "k", [], "nobody"), Invalid),
    ):
        with pytest.raises(fault):
            await house.fulfilment.ship(STAFF, wrong)
    assert await house.all("parcels") == []
    assert house.carrier.box.parcels == {}
    assert await house.levels() == [(10, 0, 4), (10, 0, 2), (10, 0, 1)]


async def test_two_parcels_of_one_child_share_its_cash_by_value(house: House) -> None:
    work = await house.packed({1: 10001})
    first = await house.fulfilment.ship(STAFF, ShipWork(work.id, "a", [ShipPieces(1, 1), ShipPieces(2, 1)]))
    assert await house.levels() == [(9, 0, 3), (9, 0, 1), (10, 0, 1)]
    assert (await house.fulfilment.work_of(STAFF, WorkOf(work.id))).state == "packed"
    second = await house.fulfilment.ship(STAFF, ShipWork(work.id, "b"))
    assert (first.collect_minor, second.collect_minor) == (4000, 6001)
    assert [(s.n, s.whole) for s in zip_events(await house.events(Shipped))] == [(1, False), (2, True)]
    assert await house.levels() == [(6, 0, 0), (8, 0, 0), (10, 0, 1)]


def zip_events(events: list[Shipped]) -> list[Any]:
    from types import SimpleNamespace

    return [SimpleNamespace(n=i, whole=e.whole) for i, e in enumerate(events, 1)]


async def test_ten_clicks_at_once_make_one_parcel(house: House) -> None:
    work = await house.packed()
    shipments = await asyncio.gather(*[house.fulfilment.ship(STAFF, ShipWork(work.id, "k")) for _ in range(10)])
    assert {s.id for s in shipments} == {shipments[0].id}
    assert len(await house.events(Shipped)) == 1
    assert await house.levels() == [(6, 0, 0), (8, 0, 0), (10, 0, 1)]


async def test_ten_clerks_at_once_ship_no_piece_twice(house: House) -> None:
    work = await house.packed()
    asks = [house.fulfilment.ship(STAFF, ShipWork(work.id, f"k{i}", [ShipPieces(1, 1)])) for i in range(10)]
    answers = await asyncio.gather(*asks, return_exceptions=True)
    assert sorted(type(a).__name__ for a in answers) == ["Shipment"] * 4 + ["TooMany"] * 6
    assert await house.levels() == [(6, 0, 0), (10, 0, 2), (10, 0, 1)]


class Cut(RuntimeError):
    """The process is gone."""


@pytest.mark.parametrize("step", ["show", "book", "booked", "stock", "stocked"])
async def test_a_parcel_cut_off_at_any_step_is_finished_by_the_timer(
    house: House, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = await house.packed()
    where: dict[str, Any] = {"show": house.vault, "book": house.carrier, "booked": house.carrier}
    owner: Any = where.get(step, house.inventory)
    verb = {"show": "show", "book": "book", "booked": "book"}.get(step, "ship")
    true = getattr(owner, verb)

    async def dies(*args: Any) -> Any:
        if step in ("booked", "stocked"):
            await true(*args)
        raise Cut

    monkeypatch.setattr(owner, verb, dies)  # the edge of the process, not a rule of ours
    with pytest.raises(Cut):
        await house.fulfilment.ship(STAFF, ShipWork(work.id, "k"))
    assert [s.state for s in await house.shipments()] == ["booking"]
    assert await house.events(Shipped) == []
    monkeypatch.undo()
    await house.relay.drain()
    assert [s.state for s in await house.shipments()] == ["booking"]  # its time has not come
    house.clock.pass_time(seconds=61)
    await house.relay.drain()
    (shipment,) = await house.shipments()
    assert shipment.state == "label"
    assert list(house.carrier.box.parcels) == [shipment.waybill]
    assert len(await house.events(Shipped)) == 1
    assert await house.levels() == [(6, 0, 0), (8, 0, 0), (10, 0, 1)]
    house.clock.pass_time(hours=1)
    await house.relay.drain()
    assert len(await house.events(Shipped)) == 1
    assert await house.fulfilment.ship(STAFF, ShipWork(work.id, "k")) == (await house.shipments())[0]


async def test_a_carrier_that_is_down_is_asked_again_at_growing_distances(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = await house.packed()
    asked = []

    async def down(booking: Booking) -> str:
        asked.append(house.clock())
        raise CarrierDown("jishi_express")

    monkeypatch.setattr(house.carrier, "book", down)
    with pytest.raises(CarrierDown):
        await house.fulfilment.ship(STAFF, ShipWork(work.id, "k"))
    begun = house.clock()
    for _ in range(20):
        house.clock.pass_time(minutes=1)
        await house.relay.drain()
    assert [(at - begun) // 60_000 for at in asked] == [0, 1, 3, 7, 15]
    monkeypatch.undo()
    house.clock.pass_time(minutes=12)
    await house.relay.drain()
    assert [s.state for s in await house.shipments()] == ["label"]
    dead = [r for r in await house.all("outbox") if r[4] == 2]
    assert dead == []


async def test_an_order_without_stock_is_not_said_to_be_shipped(house: House) -> None:
    work = await house.packed()
    ctx: Context = STAFF.acting("trade.fulfilment")
    from jishi.goods.inventory import NotAllocated, Want

    await house.inventory.ship(ctx, Ship(77, ORDER, [Want(house.stock[0], 4)]))  # somebody else's parcel took it
    with pytest.raises(NotAllocated):
        await house.fulfilment.ship(STAFF, ShipWork(work.id, "k"))
    assert [s.state for s in await house.shipments()] == ["booking"]
    assert await house.events(Shipped) == []
