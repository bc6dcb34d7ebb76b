"""Hearts, notices, what was looked at and comparing, through the whole application."""

from collections.abc import AsyncIterator
from html import unescape

import pytest

from jishi.goods.inventory import Adjust
from jishi.kernel import Engine
from jishi.kernel.ids import decode
from tests.hostile.kit import House, housed
from tests.kit import STAFF, Clock


@pytest.fixture
async def house(engine: Engine, clock: Clock) -> AsyncIterator[House]:
    async with housed(engine, clock) as house:
        yield house


async def product(house: House, handle: str) -> str:
    return str((await house.api("GET", f"/products/{handle}")).json()["id"])


async def test_a_heart_is_put_and_taken_and_is_nobody_else_s(house: House) -> None:
    tea = await product(house, "tea")
    page = await house.page("GET", "/products/tea", "owner")
    assert "Add to favourites" in page.text
    form = {"product": tea, "on": "1", "as": "heart"}
    got = await house.page("POST", "/favourites", "owner", form, headers={"hx-request": "true"})
    assert (got.status_code, 'aria-pressed="true"' in got.text) == (200, True)
    assert "In your favourites" in (await house.page("GET", "/products/tea", "owner")).text
    assert "Add to favourites" in (await house.page("GET", "/products/tea", "other")).text  # from the same ready bytes
    assert "/en/products/tea" in unescape((await house.page("GET", "/favourites", "owner")).text)
    assert "No favourites yet" in (await house.page("GET", "/favourites", "other")).text
    assert (await house.page("POST", "/favourites", "owner", {**form, "on": "0"})).status_code == 303
    assert "No favourites yet" in (await house.page("GET", "/favourites", "owner")).text
    nobody = await house.page("POST", "/favourites", "", form)
    assert "jishi_session=" in nobody.headers["set-cookie"]  # a guest from now on


async def test_what_was_looked_at_stays_in_the_browser_and_cannot_be_forged(house: House) -> None:
    got = await house.page("GET", "/products/tea")
    (cookie,) = [c for c in got.headers.get_list("set-cookie") if c.startswith("jishi_looked=")]
    value = cookie.partition(";")[0]
    seen = unescape((await house.page("GET", "/seen", headers={"cookie": value})).text)
    assert "/en/products/tea" in seen
    both = await house.page("GET", "/products/pot", headers={"cookie": value})
    (cookie,) = [c for c in both.headers.get_list("set-cookie") if c.startswith("jishi_looked=")]
    seen = unescape((await house.page("GET", "/seen", headers={"cookie": cookie.partition(";")[0]})).text)
    assert seen.index("/en/products/pot") < seen.index("/en/products/tea")
    for bad in ("jishi_looked=1-2.00", value + "0", "jishi_looked=.", "jishi_looked=" + "z" * 700):
        assert "Nothing viewed yet" in (await house.page("GET", "/seen", headers={"cookie": bad})).text
    assert not [row for rows in (await house.dump()).values() for row in rows if value.partition("=")[2] in row]


async def test_a_guest_is_told_by_mail_when_it_is_back(house: House) -> None:
    stock = decode("stk", house.stock["LAST"])
    form = {"listing": house.listing["LAST"], "kind": "back", "product": "last", "email": "waits@people.example"}
    early = await house.page("POST", "/wishes/watch", "guest", form)
    assert early.status_code == 409
    await house.shop.inventory.adjust(STAFF, Adjust(1, stock, -1, "damaged"))
    await house.drain()
    page = await house.page("GET", "/products/last", "guest")
    assert "Tell me when it is back" in page.text
    assert 'name="email"' in page.text
    missing = await house.page("POST", "/wishes/watch", "guest", {**form, "email": ""})
    assert missing.status_code == 422
    assert (await house.page("POST", "/wishes/watch", "guest", form)).status_code == 303
    await house.shop.inventory.adjust(STAFF, Adjust(2, stock, 1, "found"))
    await house.drain()
    letters = [m for m in house.post.sent if m.to == "waits@people.example"]
    assert len(letters) == 1
    assert "/products/last" in letters[0].body
    token = letters[0].body.partition("stop?t=")[2].split()[0]
    assert (await house.page("GET", f"/wishes/stop?t={token}")).status_code == 200
    assert (await house.page("POST", "/wishes/stop", "", {"t": token})).status_code == 303


async def test_products_side_by_side_by_their_address(house: House) -> None:
    page = await house.page("GET", "/compare?p=tea,pot,tea,nothing")
    assert page.status_code == 200
    assert page.text.count('scope="col"') == 2
    for bad in ("", ",,,", "x" * 900, "a,b,c,d,e,f", "<script>"):
        assert (await house.page("GET", "/compare", params={"p": bad, "only": "1"})).status_code == 200
