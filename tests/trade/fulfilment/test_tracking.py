"""A parcel on its way: notes are hints, the carrier's answer counts, each state is said once."""

import pytest

from jishi.kernel import Context, Engine
from jishi.kernel.context import Actor
from jishi.sandbox.carrier import Faults
from jishi.trade.fulfilment import (
    BadNote,
    CarrierNote,
    NoteStored,
    NoteTaken,
    PollDue,
    Shipment,
    ShipPieces,
    ShipWork,
    Tracked,
)
from jishi.trade.fulfilment.express import HEADER, sign
from tests.kit import STAFF, Clock

from .kit import ORDER, House, house as made

CARRIER = Context(Actor(0, "carrier"))
ROAD = ["picked_up", "in_transit", "out_for_delivery", "delivered", "signed"]


async def deliver(house: House, hours: float = 0) -> int:
    """Time passes and the carrier's notes come in; how many there were."""
    house.clock.pass_time(hours=hours)
    notes = house.carrier.box.due_notes()
    for note in notes:
        await house.fulfilment.note(CARRIER, house.carrier.letter(note))
    await house.relay.drain()
    return len(notes)


async def told(house: House) -> list[tuple[str, str, bool]]:
    return [(e.state, e.place, e.last) for e in await house.events(Tracked)]


async def test_a_parcel_is_followed_to_the_signature(house: House) -> None:
    shipment = await house.shipped()
    for hours in (1, 2, 6, 12, 10, 4, 1):
        await deliver(house, hours)
    assert await told(house) == [
        ("picked_up", "CNHGH", True),
        ("in_transit", "CNHGH", True),
        ("out_for_delivery", "CNSHA", True),
        ("delivered", "", True),
        ("signed", "", True),
    ]
    (now,) = await house.shipments()
    assert now.state == "signed"
    assert [(t.state, t.place) for t in now.tracks] == [
        ("signed", ""),
        ("delivered", ""),
        ("out_for_delivery", "CNSHA"),
        ("in_transit", "CNSHA"),
        ("in_transit", "CNHGH"),
        ("picked_up", "CNHGH"),
    ]
    assert {(e.order_id, e.child, e.shipment_id) for e in await house.events(Tracked)} == {(ORDER, 1, shipment.id)}
    assert [w.state for w in await house.work("delivered")] == ["delivered"]


async def test_notes_that_never_come_are_made_up_for_by_asking(engine: Engine, clock: Clock) -> None:
    house = await made(engine, clock, Faults(lose_note=1.0))
    await house.shipped()
    for _ in range(8):
        assert await deliver(house, 6) == 0
    assert [state for state, _, _ in await told(house)] == ROAD
    polls = len(await house.events(PollDue))
    for _ in range(4):
        await deliver(house, 48)
    assert len(await house.events(PollDue)) == polls  # a signed parcel is asked about no more


async def test_a_timer_told_twice_does_not_become_two_timers(house: House) -> None:
    await house.shipped()
    (poll,) = await house.events(PollDue)
    house.clock.pass_time(hours=6)
    for _ in range(3):
        await house.fulfilment.poll_due(STAFF.acting("trade.fulfilment"), poll)
    assert await house.events(PollDue) == [poll, PollDue(poll.shipment_id, 1)]


async def test_repeated_and_overtaken_notes_say_nothing_twice(engine: Engine, clock: Clock) -> None:
    house = await made(engine, clock, Faults(repeat_note=1.0, late_note=0.5))
    await house.shipped()
    for _ in range(30):
        await deliver(house, 2)
    assert [state for state, _, _ in await told(house)] == ROAD
    assert len(await house.all("notes")) == 6
    assert len(await house.events(NoteStored)) == 6


async def test_a_note_is_verified_over_its_bytes_and_kept_once(house: House) -> None:
    shipment = await house.shipped()
    raw = b'{"id":"n1","waybill":"' + shipment.waybill.encode() + b'"}'
    good = {HEADER: sign(b"memory", raw, house.clock())}
    assert await house.fulfilment.note(CARRIER, CarrierNote("jishi_express", raw, good)) == NoteTaken("n1", first=True)
    assert await house.fulfilment.note(CARRIER, CarrierNote("jishi_express", raw, good)) == NoteTaken("n1", first=False)
    old = {HEADER: sign(b"memory", raw, house.clock() - 300_001)}
    wrong = [
        (raw, {}, "missing"),
        (raw, {HEADER: "t=x,v1=y"}, "unreadable"),
        (raw, {HEADER: "hello"}, "unreadable"),
        (raw + b" ", good, "mismatch"),
        (raw, {HEADER: sign(b"other", raw, house.clock())}, "mismatch"),
        (raw, old, "old"),
        (b"{}", {HEADER: sign(b"memory", b"{}", house.clock())}, "unreadable"),
        (b"x" * 70_000, good, "too long"),
    ]
    for body, headers, reason in wrong:
        with pytest.raises(BadNote) as fault:
            await house.fulfilment.note(CARRIER, CarrierNote("jishi_express", body, headers))
        assert fault.value.reason == reason
    with pytest.raises(BadNote):
        await house.fulfilment.note(CARRIER, CarrierNote("nobody", raw, good))
    assert len(await house.all("notes")) == 1
    assert len(await house.events(NoteStored)) == 1


async def test_a_note_of_a_parcel_that_is_not_ours_changes_nothing(house: House) -> None:
    await house.shipped()
    raw = b'{"id":"n1","waybill":"JX000000000000"}'
    await house.fulfilment.note(
        CARRIER, CarrierNote("jishi_express", raw, {HEADER: sign(b"memory", raw, house.clock())})
    )
    await house.relay.drain()
    assert await told(house) == []
    assert [r[4] for r in await house.all("outbox") if r[1] == NoteStored.topic()] == [1]


async def two(house: House) -> tuple[Shipment, Shipment]:
    work = await house.packed()
    first = await house.fulfilment.ship(STAFF, ShipWork(work.id, "a", [ShipPieces(1, 4)]))
    return first, await house.fulfilment.ship(STAFF, ShipWork(work.id, "b"))


async def test_the_last_parcel_makes_the_child_delivered(house: House) -> None:
    first, second = await two(house)
    box = house.carrier.box
    for _ in range(5):
        box.push(first.waybill)
    await deliver(house)
    assert {(e.state, e.last) for e in await house.events(Tracked)} == {(s, False) for s in ROAD[:4]}
    assert [w.child for w in await house.work("shipped")] == [1]
    for _ in range(6):
        box.push(second.waybill)
    await deliver(house)
    of_second = [(e.state, e.last) for e in await house.events(Tracked) if e.shipment_id == second.id]
    assert of_second == [(s, s != "signed") for s in ROAD]
    box.push(first.waybill)
    await deliver(house)
    assert (await house.events(Tracked))[-1].last is True
    assert [w.child for w in await house.work("delivered")] == [1]


async def test_a_delivered_parcel_is_not_the_last_while_pieces_wait(house: House) -> None:
    work = await house.packed()
    first = await house.fulfilment.ship(STAFF, ShipWork(work.id, "a", [ShipPieces(1, 4)]))
    for _ in range(6):
        house.carrier.box.push(first.waybill)
    await deliver(house)
    assert {e.last for e in await house.events(Tracked)} == {False}
    assert [w.child for w in await house.work("packed")] == [1]


async def test_a_refused_parcel_comes_back_and_is_not_delivered(engine: Engine, clock: Clock) -> None:
    house = await made(engine, clock, Faults(refuse=1.0))
    await house.shipped()
    for _ in range(10):
        await deliver(house, 6)
    assert [(s, last) for s, _, last in await told(house)][-1] == ("refused", True)
    assert "delivered" not in [s for s, _, _ in await told(house)]
    assert [w.child for w in await house.work("shipped")] == [1]


async def test_a_lost_parcel_is_said_to_be_lost(engine: Engine, clock: Clock) -> None:
    house = await made(engine, clock, Faults(lose_parcel=1.0))
    await house.shipped()
    for _ in range(14):
        await deliver(house, 6)
    assert [s for s, _, _ in await told(house)] == ["picked_up", "in_transit", "lost"]
