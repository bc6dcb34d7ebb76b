"""An order from its placing to the door, as its buyer, a stranger and the holder of the mail's link see it."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from jishi.kernel import Engine, World
from jishi.trade.fulfilment import Pack, ShipWork, WorkQuery
from tests.kit import STAFF, Clock

from .town import ADDRESS, Browser, Town, town


@pytest.fixture
async def place(engine: Engine, world: World, clock: Clock, tmp_path: Path) -> AsyncIterator[Town]:
    async with town(engine, world, clock, tmp_path) as made:
        yield made


async def link_of(place: Town, number: str) -> str:
    """The link of the order's newest mail that has a secret in it."""
    for mail in await place.mails(ADDRESS["email"]):
        if found := re.search(rf"http://\S+/orders/{number}\?secret=\w+", mail.body):
            return found[0]
    raise AssertionError("no link was sent")


async def test_a_guest_pays_and_sees_what_comes_when(place: Town) -> None:
    guest = Browser(place)
    number = await guest.buy(("tea", 2), ("lamp", 1))
    await guest.go(f"/orders/{number}?unpaid=1")
    assert "The payment did not go through" in guest.text
    assert "Parcel 1" in guest.text
    assert "Parcel 2" in guest.text
    await guest.send(f"/orders/{number}/pay")
    await guest.pay()
    assert guest.path == f"/orders/{number}?paid=1"
    await guest.go(guest.path)
    assert "Paid: CN¥" in guest.text
    assert "We are getting your order ready" in guest.text
    assert "张江路" not in guest.text  # the street stays hidden
    assert "138****8000" in guest.text
    await guest.go("/orders?state=to_ship")
    assert number in guest.text
    await guest.go("/orders?state=to_pay")
    assert number not in guest.text


async def test_a_declined_card_leads_back_to_the_order_with_the_reason(place: Town) -> None:
    guest = Browser(place)
    number = await guest.buy(("tea", 1))
    await guest.pay("declined")
    assert guest.path == f"/orders/{number}?unpaid=1"
    assert "The payment did not go through" in guest.text
    await guest.go(f"/orders/{number}/paid")
    await place.drain()
    await guest.go(f"/orders/{number}")
    await guest.send(f"/orders/{number}/pay")  # the same attempt's page again
    assert guest.page.headers["location"].startswith("https://pay.example/")


async def test_a_stranger_sees_nothing_and_learns_nothing(place: Town) -> None:
    guest, stranger = Browser(place), Browser(place)
    number = await guest.buy(("tea", 1))
    await stranger.go("/products/tea")
    first = await stranger.go(f"/orders/{number}")
    known = stranger.text.replace(number, "J")
    absent = await stranger.go("/orders/J0000000000")
    assert (first.status_code, absent.status_code) == (404, 404)
    assert known.replace(" ", "") == stranger.text.replace("J0000000000", "J").replace(" ", "")
    await stranger.go(f"/orders/{number}?secret={'0' * 32}")
    assert stranger.page.status_code == 404
    await stranger.go("/orders")
    assert number not in stranger.text


async def test_the_mails_link_opens_the_order_and_its_actions_without_a_session(place: Town) -> None:
    guest, other = Browser(place), Browser(place)
    number = await guest.buy(("tea", 2))
    link = await link_of(place, number)
    await other.go(link)
    assert other.page.status_code == 200
    assert "138****8000" in other.text
    await other.send(f"/orders/{number}/pay")
    ref = other.page.headers["location"].rsplit("/", 1)[-1]
    attempt = place.card.pages[ref].attempt
    secret = link.partition("secret=")[2]
    assert secret not in attempt.success_url + attempt.cancel_url  # the provider never learns it
    await other.pay()
    assert "secret=" in other.path
    await other.go(link)
    assert "We are getting your order ready" in other.text
    await other.go(f"/orders/{number}/cancel?secret={secret}")
    assert "goes back to you" in other.text
    await other.send(f"/orders/{number}/cancel", reason="by_mistake")
    await place.drain()
    await other.go(link)
    assert "You cancelled this order" in other.text
    assert [b.minor for b in place.card.backs.values()] == [2 * 12_900 + 1_000]


async def test_pieces_of_a_line_are_cancelled_after_the_page_said_what_comes_back(place: Town) -> None:
    guest = Browser(place)
    number = await guest.buy(("tea", 3), ("lamp", 1))
    await guest.pay()
    await guest.go(f"/orders/{number}")
    await guest.go(f"/orders/{number}/cancel?child=1&line=1&quantity=2")
    assert "CN¥258.00 goes back to you" in guest.text
    await guest.send(f"/orders/{number}/cancel", reason="changed_mind")
    await place.drain()
    assert guest.path == f"/orders/{number}?cancelled=1"
    await guest.go(f"/orders/{number}")
    assert "2 cancelled" in guest.text
    assert [b.minor for b in place.card.backs.values()] == [25_800]
    too_many = await guest.go(f"/orders/{number}/cancel?child=1&line=1&quantity=9")
    assert too_many.status_code == 422
    assert len(place.card.backs) == 1


async def test_cancelling_twice_with_one_form_gives_back_once(place: Town) -> None:
    guest = Browser(place)
    number = await guest.buy(("tea", 1))
    await guest.pay()
    await guest.go(f"/orders/{number}/cancel")
    form = guest.form(f"/orders/{number}/cancel")
    for _ in range(2):
        answer = await guest.http.post(f"/en/orders/{number}/cancel", data=form)
        assert answer.status_code == 303
        await place.drain()
    assert [b.minor for b in place.card.backs.values()] == [13_900]


async def test_packed_parcels_cannot_be_cancelled_and_the_page_says_so(place: Town) -> None:
    guest = Browser(place)
    number = await guest.buy(("tea", 1))
    await guest.pay()
    await guest.go(f"/orders/{number}/cancel")
    form = guest.form(f"/orders/{number}/cancel")
    work = (await place.shop.fulfilment.work(STAFF, WorkQuery())).rows[0]
    await place.shop.fulfilment.pack(STAFF, Pack(work.id))
    refused = await guest.http.post(f"/en/orders/{number}/cancel", data=form)
    assert refused.status_code == 409
    await place.drain()
    await guest.go(f"/orders/{number}")
    assert "It is packed already" in guest.text
    assert not place.card.backs


async def test_a_parcel_is_followed_to_the_door_and_received(place: Town) -> None:
    guest = Browser(place)
    number = await guest.buy(("tea", 1))
    await guest.pay()
    work = (await place.shop.fulfilment.work(STAFF, WorkQuery())).rows[0]
    await place.shop.fulfilment.pack(STAFF, Pack(work.id))
    shipment = await place.shop.fulfilment.ship(STAFF, ShipWork(work.id, "one"))
    await place.drain()
    await guest.go(f"/orders/{number}")
    assert shipment.waybill in guest.text
    for _ in range(5):
        place.box.push(shipment.waybill)
        for note in place.box.due_notes():
            letter = place.carrier.letter(note)
            taken = await guest.http.post("/hooks/jishi_express", content=letter.raw, headers=letter.headers)
            assert taken.status_code == 200
        await place.drain()
    await guest.go(f"/orders/{number}")
    assert "Your order has arrived" in guest.text
    assert "On time" in guest.text
    assert "Hangzhou hub" in guest.text
    await guest.send(f"/orders/{number}/receipt")
    assert "Thank you for telling us" in guest.text
    assert "Order completed" in guest.text


async def test_cash_on_delivery_names_what_is_due_at_the_door(place: Town) -> None:
    guest = Browser(place, "zh-CN")
    number = await guest.buy(("tea", 2), method="cod")
    await guest.go(f"/orders/{number}?placed=1")
    assert "下单成功" in guest.text
    assert "货到应付" in guest.text
    await guest.go(f"/orders/{number}/cancel?child=1&line=1&quantity=1")
    assert "送货上门时少付 ¥129.00" in guest.text
    await guest.send(f"/orders/{number}/cancel")
    await place.drain()
    await guest.go(f"/orders/{number}")
    assert "已取消 1 件" in guest.text
    assert "139.00" in guest.text


async def test_a_lost_link_is_sent_to_the_orders_own_address_and_nowhere_else(place: Town) -> None:
    guest, other = Browser(place), Browser(place)
    number = await guest.buy(("tea", 1))
    before = len(await place.mails())
    answers = []
    for asked, email in ((number, "somebody@example.com"), ("J0000000000", ADDRESS["email"]), (number, "nonsense")):
        await other.go("/find-order")
        await other.send("/find-order", number=asked, email=email)
        await place.drain()
        answers.append((other.path, other.text))
    assert len(await place.mails()) == before
    await other.go("/find-order")
    await other.send("/find-order", number=number.lower(), email="Lin@Example.com")
    await place.drain()
    answers.append((other.path, other.text))
    assert len(set(answers)) == 1  # nobody can tell
    mail = (await place.mails(ADDRESS["email"]))[0]
    assert mail.subject == f"The link to your order {number}"
    await other.go(await link_of(place, number))
    assert other.page.status_code == 200
    for _ in range(2):  # one mail every ten minutes, however often it is asked for
        await other.go("/find-order")
        await other.send("/find-order", number=number, email=ADDRESS["email"])
        await place.drain()
    assert len(await place.mails()) == before + 1


async def test_notices_of_payment_are_taken_once_and_forged_ones_refused(place: Town) -> None:
    guest = Browser(place)
    number = await guest.buy(("tea", 1))
    ref = guest.page.headers["location"].rsplit("/", 1)[-1]
    place.card.pay(ref)
    notice = place.card.notice(place.card.outbox[-1])
    forged = await guest.http.post("/hooks/stripe", content=notice.raw, headers=notice.headers | {"signature": "00"})
    assert forged.status_code == 400
    await place.drain()
    await guest.go(f"/orders/{number}")
    assert "Waiting for your payment" in guest.text
    for _ in range(2):
        taken = await guest.http.post("/hooks/stripe", content=notice.raw, headers=notice.headers)
        assert taken.status_code == 200
    await place.drain()
    await guest.go(f"/orders/{number}")
    assert "We are getting your order ready" in guest.text
    assert (await guest.http.post("/hooks/nobody", content=b"{}")).status_code == 400
