"""The desk: staff see all, a clerk its merchant's, everybody else the way to sign in."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from jishi.kernel import Engine, World
from jishi.kernel.ids import encode
from jishi.people.vault import ReadsOf
from tests.kit import STAFF, Clock

from .town import Browser, Town, staff, town

PAGES = ("/desk", "/desk/orders", "/desk/stock", "/desk/work")


@pytest.fixture
async def place(engine: Engine, world: World, clock: Clock, tmp_path: Path) -> AsyncIterator[Town]:
    async with town(engine, world, clock, tmp_path) as made:
        await staff(made)
        yield made


async def desk(place: Town) -> Browser:
    who = Browser(place)
    await who.sign_in_as_staff()
    return who


@pytest.mark.parametrize("path", [*PAGES, "/desk/work/ful_0000000000005", "/desk/stock/stk_0000000000005"])
async def test_nobody_else_gets_in(place: Town, path: str) -> None:
    guest = Browser(place)
    await guest.go(path)
    assert guest.path.startswith("/sign-in?next=%2Fdesk")


async def test_pieces_arrive_and_every_number_is_explained(place: Town) -> None:
    who = await desk(place)
    await who.go("/desk/stock")
    assert "TEA-1" in who.text
    await who.send("/desk/stock/receive", code="tea-1", quantity="5", warehouse=encode("wh", place.warehouse["tea"]))
    assert who.path.startswith("/desk/stock/stk_")
    assert "25 on hand − 0 reserved − 0 allocated − 0 safety" in who.text
    fields = who.form("/adjust") | {"delta": "-2", "reason": "damaged"}
    url = who.path.partition("?")[0]
    for _ in range(2):  # a double click
        await who.http.post(f"/en{url}/adjust", data=fields)
    await who.go(url)
    assert "23 on hand" in who.text
    rows = re.findall(r"<tr><td><time.*?</tr>", who.page.text, re.DOTALL)
    numbers = [re.findall(r'class="num"[^>]*>([^<]+)<', r) for r in rows]
    assert numbers == [["−2", "23"], ["+5", "25"], ["+20", "20"]]


async def test_wrong_input_stays_beside_its_field(place: Town) -> None:
    who = await desk(place)
    await who.go("/desk/stock")
    for typed, words in (
        ({"code": "NOPE", "quantity": "5"}, "There is no SKU of this code here."),
        ({"code": "TEA-1", "quantity": "0"}, "This number is out of range."),
        ({"code": "TEA-1", "quantity": "many"}, "This is not of the right form."),
    ):
        await who.go("/desk/stock")
        await who.send("/desk/stock/receive", warehouse=encode("wh", place.warehouse["tea"]), **typed)
        assert (who.page.status_code, words in who.text) == (422, True)
        assert f'value="{typed["code"]}"' in who.page.text
    await who.go("/desk/stock?code=tea")
    found = re.search(r"/desk/stock/(stk_\w+)", who.page.text)
    assert found is not None
    await who.go(f"/desk/stock/{found[1]}")
    await who.send("/adjust", delta="-21", reason="lost")
    assert (who.page.status_code, "At most 20 can be taken out" in who.text) == (409, True)
    assert "20 on hand" in who.text


async def test_a_parcel_is_packed_shipped_in_parts_and_its_address_shown_on_a_click(place: Town) -> None:
    guest, who = Browser(place), await desk(place)
    number = await guest.buy(("tea", 3))
    await guest.pay()
    await who.go("/desk")
    assert f"{number}-1" in who.text
    await who.go("/desk/work")
    assert "林*" in who.text
    found = re.search(r'href="/en(/desk/work/ful_\w+)"', who.page.text)
    assert found is not None
    url = found[1]
    await who.go(url)
    assert "张江路" not in who.text
    assert "Hand to the carrier" in who.text
    await who.send("/recipient")
    assert "张江路 88 弄 3 号" in who.text
    order = await place.shop.orders.order(STAFF, _number(number))
    reads = (await place.shop.vault.reads(STAFF, ReadsOf(order.buyer_id))).rows
    newest = reads[0]
    assert (newest.actor_role, newest.purpose, newest.masked) == ("staff", "delivery", False)
    await who.go(url)
    await who.send("/pack")
    assert who.path == f"{url}?packed=1"
    await who.send("/ship", **{"pieces.1": "9"})
    assert (who.page.status_code, "Only 3 pieces of line 1 are left" in who.text) == (422, True)
    assert 'value="9"' in who.page.text
    await who.send("/ship", **{"pieces.1": "x"})
    assert who.page.status_code == 422
    await who.send("/ship", **{"pieces.1": "2"})
    assert who.path == f"{url}?shipped=1"
    assert "2 in parcels" in who.text
    await who.send("/ship", **{"pieces.1": "1"})
    await who.go(url)
    assert "Shipped" in who.text
    assert len(place.box.parcels) == 2
    await place.drain()
    await who.go(f"/desk/orders?q={number.lower()}")
    assert who.path == f"/orders/{number}"
    assert "Your order is on its way" in who.text


async def test_a_clerk_sees_its_merchants_and_nothing_else(place: Town) -> None:
    guest, who = Browser(place), Browser(place)
    number = await guest.buy(("tea", 1), ("lamp", 1))
    await guest.pay()
    await staff(place, "clerk", place.merchant["lamp"], "lamp@jishi.example")
    await who.go("/sign-in")
    await who.send("/sign-in/password", email="lamp@jishi.example", password="seven quiet ferries")
    assert who.path == "/desk"
    assert "Lamp" in who.text
    assert [x for x in (f"{number}-1", f"{number}-2") if x in who.text] == [f"{number}-2"]
    await who.go("/desk/stock")
    assert ("LAMP-1" in who.text, "TEA-1" in who.text) == (True, False)
    await who.go("/desk/stock?code=TEA")
    assert "TEA-1" not in who.text.replace('"TEA"', "")
    works = (await place.shop.fulfilment.work(STAFF, _open())).rows
    tea = next(w for w in works if w.merchant_id == place.merchant["tea"])
    for path in (f"/desk/work/{encode('ful', tea.id)}",):
        assert (await who.go(path)).status_code == 404
    levels = (await place.shop.inventory.levels(STAFF, _levels())).rows
    foreign = next(x for x in levels if x.merchant_id == place.merchant["tea"])
    assert (await who.go(f"/desk/stock/{encode('stk', foreign.stock_id)}")).status_code == 404
    await who.go(f"/orders/{number}")
    assert ("Parcel 2" in who.text, "Parcel 1" in who.text) == (True, False)
    assert "138****8000" not in who.text


@pytest.mark.parametrize("path", PAGES)
async def test_both_languages_speak(place: Town, path: str) -> None:
    who = await desk(place)
    for locale in ("zh-CN", "en"):
        who.locale = locale
        assert (await who.go(path)).status_code == 200


def _number(number: str) -> object:
    from jishi.trade.orders import OrderQuery

    return OrderQuery(number=number)


def _open() -> object:
    from jishi.trade.fulfilment import WorkQuery

    return WorkQuery()


def _levels() -> object:
    from jishi.goods.inventory import LevelsQuery

    return LevelsQuery()
