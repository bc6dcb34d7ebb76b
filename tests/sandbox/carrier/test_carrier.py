"""The carrier in a box, and its contract: the true client over the wire and the one in memory behave alike."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from random import Random

import httpx
import msgspec
import pytest

from jishi.sandbox.carrier import Box, Faults, MemoryCarrier
from jishi.sandbox.carrier.app import Postman, carrier_app, load, save
from jishi.trade.fulfilment import BadNote, Booking, Carrier, CarrierDown, Track
from jishi.trade.fulfilment.carriers import UnknownCarrier, carriers
from jishi.trade.fulfilment.express import HEADER, JishiExpress
from tests.kit import Clock

KEY, SECRET = "key", "secret"
LIN = {"name": "林晓雨", "country": "CN", "street": "张江路 88 号"}
HOUR = 3_600_000


def booking(number: str = "J1-1-P1", country: str = "CN") -> Booking:
    return Booking(number, "standard", 500, 1, 0, "CNY", LIN | {"country": country})


@pytest.fixture
def box(clock: Clock) -> Box:
    return Box(clock, Random(1))


@pytest.fixture
async def web(box: Box) -> AsyncIterator[httpx.AsyncClient]:
    app = carrier_app(box, key=KEY, secret=SECRET, notify_url="http://shop.test/hook")
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app),  # type: ignore[arg-type]
        base_url="http://carrier.test",
    ) as client:
        yield client


@pytest.fixture(params=["memory", "wire"])
def carrier(request: pytest.FixtureRequest, box: Box, web: httpx.AsyncClient) -> Carrier:
    if request.param == "memory":
        return MemoryCarrier(box, SECRET.encode())
    return JishiExpress("http://carrier.test", KEY, SECRET, web)


async def test_a_number_has_one_waybill_however_often_it_is_booked(carrier: Carrier, box: Box) -> None:
    first = await carrier.book(booking())
    assert await carrier.book(booking()) == first
    assert await carrier.book(booking("J1-1-P2")) != first
    assert len(box.parcels) == 2


async def test_a_parcel_moves_with_the_clock(carrier: Carrier, clock: Clock) -> None:
    begun = clock()
    waybill = await carrier.book(booking(country="DE"))
    assert await carrier.tracks(waybill) == []
    clock.pass_time(hours=2)
    assert await carrier.tracks(waybill) == [Track(begun + 2 * HOUR, "picked_up", "CNSHA")]
    clock.pass_time(hours=40)
    assert [(t.state, t.place) for t in await carrier.tracks(waybill)] == [
        ("picked_up", "CNSHA"),
        ("in_transit", "CNSHA"),
        ("in_transit", "DEFRA"),
        ("out_for_delivery", "DEFRA"),
        ("delivered", ""),
        ("signed", ""),
    ]


async def test_an_unknown_waybill_has_no_answer(carrier: Carrier) -> None:
    with pytest.raises(CarrierDown):
        await carrier.tracks("JX000000000000")


async def test_a_wrong_key_and_a_wrong_body_get_nothing(web: httpx.AsyncClient, box: Box) -> None:
    with pytest.raises(CarrierDown):
        await JishiExpress("http://carrier.test", "other", SECRET, web).book(booking())
    good = {"authorization": f"Bearer {KEY}"}
    assert (await web.post("/v1/parcels", content=b"{}", headers=good)).status_code == 422
    assert (await web.post("/v1/parcels", content=b"x" * 70_000, headers=good)).status_code == 413
    assert (await web.get("/v1/parcels/JX1/tracks")).status_code == 401
    assert box.parcels == {}


async def test_a_carrier_that_breaks_off_or_talks_nonsense_is_down() -> None:
    def breaks(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no", request=request)

    answers: list[Callable[[httpx.Request], httpx.Response]] = [
        breaks,
        lambda r: httpx.Response(200, content=b"<html>"),
        lambda r: httpx.Response(500),
    ]
    for answer in answers:
        async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
            with pytest.raises(CarrierDown):
                await JishiExpress("http://carrier.test", KEY, SECRET, http).book(booking())


async def test_pushed_on_by_hand_the_rest_comes_earlier_by_as_much(
    web: httpx.AsyncClient, box: Box, clock: Clock
) -> None:
    waybill = box.book(booking())
    page = await web.get("/")
    assert waybill in page.text
    assert "张江路" not in page.text
    answer = await web.post(f"/parcels/{waybill}/step")
    assert msgspec.json.decode(answer.content, type=Track) == Track(clock(), "picked_up", "CNHGH")
    clock.pass_time(hours=6)
    assert [t.state for t in box.tracks(waybill) or []] == ["picked_up", "in_transit"]
    answer = await web.post(f"/parcels/{waybill}/step", headers={"accept": "text/html"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert (await web.post("/parcels/JX1/step")).status_code == 404
    for _ in range(3):
        await web.post(f"/parcels/{waybill}/step")
    assert (await web.post(f"/parcels/{waybill}/step")).json() is None  # the way has ended
    assert [t.state for t in box.tracks(waybill) or []][-1] == "signed"


async def test_notes_are_signed_and_sent_again_until_they_are_taken(box: Box, clock: Clock) -> None:
    got: list[tuple[bytes, str]] = []
    answers = iter([503, 200, 200, 200, 200, 200, 200])

    def shop(request: httpx.Request) -> httpx.Response:
        got.append((request.content, request.headers[HEADER]))
        return httpx.Response(next(answers))

    waybill = box.book(booking())
    box.push(waybill)
    async with httpx.AsyncClient(transport=httpx.MockTransport(shop)) as http:
        postman = Postman(box, "http://shop.test/hook", SECRET, http)
        await postman.round()
        await postman.round()  # its next try is not due yet
        assert len(got) == 1
        clock.pass_time(seconds=2)
        await postman.round()
        clock.pass_time(seconds=60)
        await postman.round()
    assert len(got) == 2
    client = JishiExpress("", KEY, SECRET, http)
    raw, signature = got[-1]
    assert client.verify(raw, {HEADER: signature}, clock()) == ("jxn_1", waybill)
    with pytest.raises(BadNote):
        client.verify(raw, {HEADER: signature}, clock() + 300_000)


async def test_a_box_survives_a_restart_without_the_addresses(box: Box, clock: Clock, tmp_path: Path) -> None:
    waybill = box.book(booking())
    clock.pass_time(hours=9)
    told = box.tracks(waybill)
    save(box, tmp_path / "box")
    again = Box(clock, Random(2))
    load(again, tmp_path / "absent")
    assert again.parcels == {}
    load(again, tmp_path / "box")
    assert again.tracks(waybill) == told
    assert [n.id for n in again.due_notes()] == [n.id for n in box.due_notes()] == ["jxn_1", "jxn_2"]
    assert "张江路".encode() not in (tmp_path / "box").read_bytes()


def test_faults_strike_as_planned(clock: Clock) -> None:
    lost = Box(clock, Random(1), Faults(lose_note=1.0))
    twice = Box(clock, Random(1), Faults(repeat_note=1.0))
    late = Box(clock, Random(1), Faults(late_note=1.0))
    for box in (lost, twice, late):
        box.push(box.book(booking()))
    assert [len(b.due_notes()) for b in (lost, twice, late)] == [0, 1, 0]
    clock.pass_time(hours=1)
    assert [len(b.due_notes()) for b in (lost, twice, late)] == [0, 1, 0]
    clock.pass_time(hours=11)
    assert [n.id for n in late.due_notes()][-1] == "jxn_1"  # overtaken by the pick-up's followers


async def test_a_line_that_is_down_gives_no_answer_but_may_have_booked(clock: Clock) -> None:
    carrier = MemoryCarrier(Box(clock, Random(1), Faults(down=1.0)))
    with pytest.raises(CarrierDown):
        await carrier.book(booking())


def test_carriers_are_found_by_name() -> None:
    settings = {"jishi_express": {"url": "http://c", "key": "k", "secret": "s"}}
    assert [type(c).__name__ for c in carriers(settings)] == ["JishiExpress"]
    with pytest.raises(UnknownCarrier, match="pigeon"):
        carriers(settings | {"pigeon": {}})


def test_a_fast_box_makes_an_hour_a_second(clock: Clock) -> None:
    box = Box(clock, Random(1), pace=3600)
    waybill = box.book(booking())
    clock.pass_time(seconds=35)
    assert [t.state for t in box.tracks(waybill) or []][-1] == "signed"
