"""Addresses, contacts, devices, claims and place, as a browser without scripts sees them, in both languages."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from jishi.kernel import Engine, World
from tests.kit import Clock

from .town import ADDRESS, Browser, Town, town

MAIL, PHONE = "lin@example.com", "13812348000"
HERE = {
    "name": "林晓雨", "phone": PHONE, "country": "CN", "province": "上海市", "city": "上海市", "district": "浦东新区",
    "street": "张江路 88 号",
}  # fmt: skip


@pytest.fixture
async def place(engine: Engine, world: World, clock: Clock, tmp_path: Path) -> AsyncIterator[Town]:
    async with town(engine, world, clock, tmp_path) as made:
        yield made


async def sign_in(who: Browser, mail: str = MAIL, by: str = "email") -> None:
    await who.go("/sign-in?by=phone" if by == "phone" else "/sign-in")
    await who.send("/sign-in", **{by: mail})
    sent = (await who.town.mails())[0]
    code = re.search(r"\d{6}", sent.subject)
    assert code
    await who.send("/sign-in/code", code=code[0])
    who.town.clock.pass_time(minutes=2)


async def add(who: Browser, **changed: str) -> None:
    await who.go("/me/addresses/new")
    await who.send("/me/addresses/save", **(HERE | {"label": "home", "do": "save"} | changed))


async def test_a_known_buyer_checks_out_without_typing(place: Town) -> None:
    who = Browser(place)
    await sign_in(who)
    await add(who)
    assert who.path == "/me/addresses?saved=1"
    assert "张江路 88 号" in who.text
    await who.go(f"/checkout?buy={place.listing['tea']}x1")
    saved = re.findall(r'name="address" value="(adr_\w+)" required checked', who.page.text)
    assert len(saved) == 1
    await who.send("/checkout/address", address=saved[0])
    assert who.path.startswith("/checkout?quote=")
    assert "浦东新区" in who.text
    assert "l***@example.com" in who.text


async def test_the_address_of_a_checkout_is_remembered_once(place: Town) -> None:
    who = Browser(place)
    for _ in range(2):
        await who.go(f"/checkout?buy={place.listing['tea']}x1")
        fields = {k: v for k, v in who.form("/checkout/address").items() if k != "address"}
        await who.http.post("/en/checkout/address", data=fields | ADDRESS | {"save": "1"})
    await who.go("/me/addresses")
    assert who.page.text.count("adr_") >= 1
    assert len(set(re.findall(r"/me/addresses/(adr_\w+)/delete", who.page.text))) == 1
    assert "browser" in who.text


async def test_a_paste_fills_the_form_and_keeps_what_was_typed(place: Town) -> None:
    who = Browser(place, "zh-CN")
    await who.go("/me/addresses/new")
    await who.send(
        "/me/addresses/save", do="parse", paste="林晓雨 13812348000 浦东新区张江路88号 201203", name="", street="旧的"
    )
    form = who.form("/me/addresses/save")
    assert [form[n] for n in ("name", "phone", "street", "postcode")] == ["林晓雨", PHONE, "张江路88号", "201203"]
    assert '<option value="浦东新区" selected>' in who.page.text
    await who.send("/me/addresses/save", do="parse", paste="，。", name="王芳")
    assert "没有识别出内容" in who.text
    assert who.form("/me/addresses/save")["name"] == "王芳"


async def test_a_province_leads_to_its_cities_without_scripts(place: Town) -> None:
    who = Browser(place)
    await who.go("/me/addresses/new")
    await who.send("/me/addresses/save", do="region", country="CN", province="浙江省", name="Lin")
    assert '<option value="杭州市">' in who.page.text
    assert who.form("/me/addresses/save")["name"] == "Lin"
    assert "浙江" not in str(who.page.url)
    await who.send("/me/addresses/save", do="region", country="CN", province="上海市", city="杭州市")
    assert '<option value="上海市" selected>' in who.page.text
    assert '<option value="浦东新区">' in who.page.text
    await who.send("/me/addresses/save", do="country", country="US")
    assert "ZIP code" in who.text
    assert "CA · California" in who.text


@pytest.mark.parametrize(
    ("locale", "said"), [("en", "This city is not in the province"), ("zh-CN", "这个城市不在所选的省份内")]
)
async def test_wrong_fields_are_said_beside_them_and_nothing_typed_is_lost(place: Town, locale: str, said: str) -> None:
    who = Browser(place, locale)
    await add(who, city="杭州市", phone="12", name='<b>"林"</b>')
    assert who.page.status_code == 422
    assert said in who.text
    form = who.form("/me/addresses/save")
    assert (form["name"], form["phone"], form["street"]) == ('<b>"林"</b>', "12", "张江路 88 号")
    assert 'id="f-phone-e"' in who.page.text
    await who.go("/me/addresses")
    assert "adr_" not in who.page.text


async def test_an_address_is_edited_preferred_and_deleted_and_a_stranger_finds_none(place: Town) -> None:
    who, stranger = Browser(place), Browser(place)
    await sign_in(who)
    await add(who)
    await add(who, street="世纪大道 1 号", label="work")
    ids = re.findall(r'/me/addresses/(adr_\w+)"', who.page.text)
    await who.send(f"/me/addresses/{ids[1]}/prefer")
    assert "The default address is changed" in who.text
    await who.go(f"/me/addresses/{ids[0]}")
    await who.send("/me/addresses/save", **(HERE | {"street": "世纪大道 2 号", "label": "other"}))
    assert "世纪大道 2 号" in who.text
    await stranger.go("/me/addresses/new")
    await stranger.send("/me/addresses/save", **(HERE | {"id": ids[0]}))
    assert stranger.page.status_code == 404
    assert (await stranger.go(f"/me/addresses/{ids[0]}")).status_code == 404
    await who.go("/me/addresses")
    await who.send(f"/me/addresses/{ids[0]}/delete")
    assert "世纪大道" not in who.text


async def test_a_phone_signs_in_and_an_email_is_added_to_it(place: Town) -> None:
    who = Browser(place)
    await sign_in(who, PHONE, "phone")
    assert who.path == "/me"
    assert "138****8000" in who.text
    await sign_in_again(who)
    await who.go("/me")
    await who.send("/me/contact", kind="email", value=MAIL)
    assert who.path.startswith("/me/contact?c=chl_")
    code = re.search(r"\d{6}", (await place.mails())[0].subject)
    assert code
    await who.send("/me/contact/code", code="000000")
    assert who.page.status_code == 422
    await who.send("/me/contact/code", code=code[0])
    assert who.path == "/me?email=1"
    assert "l***@example.com" in who.text
    await place.drain()
    assert [m for m in await place.mails() if m.channel == "sms" and "e-mail" in m.subject] != []


async def sign_in_again(who: Browser) -> None:
    """Fresh enough for what needs it."""
    await who.go("/sign-in?again=1&by=phone")
    await who.send("/sign-in", phone=PHONE)
    code = re.search(r"\d{6}", (await who.town.mails())[0].subject)
    assert code
    await who.send("/sign-in/code", code=code[0])


async def test_a_stale_session_changes_no_contact(place: Town) -> None:
    who = Browser(place)
    await sign_in(who)
    place.clock.pass_time(minutes=10)
    await who.go("/me")
    await who.send("/me/contact", kind="phone", value=PHONE)
    assert who.page.status_code == 403
    assert "Sign in again" in who.text


async def test_all_other_devices_end_with_one_button(place: Town) -> None:
    one, two = Browser(place), Browser(place)
    for who in (one, two):
        await sign_in(who)
    await place.drain()
    assert [m.subject for m in await place.mails(MAIL)].count("A new device signed in to your account") == 1
    await one.go("/me/devices")
    await one.send("/me/sessions/others")
    assert "All other devices are signed out" in one.text
    await two.go("/me")
    assert two.path.startswith("/sign-in")


async def test_what_one_wants_to_hear_of_is_ticked_and_unticked(place: Town) -> None:
    who = Browser(place)
    await sign_in(who)
    await who.go("/me")
    await who.send("/me/notices", topic="offers")
    assert re.search(r'value="offers" checked', who.page.text)
    fields = {k: v for k, v in who.form("/me/notices").items() if k != "topic"}
    await who.http.post("/en/me/notices", data=fields)
    await who.go("/me")
    assert not re.search(r'value="offers" checked', who.page.text)


async def test_a_guests_order_is_offered_after_signing_in_and_taken(place: Town) -> None:
    who, other = Browser(place), Browser(place)
    await sign_in(other)  # the account there is
    await who.go(f"/checkout?buy={place.listing['tea']}x1")
    await who.send("/checkout/address", **ADDRESS)
    await who.send("/checkout/place", method="cod")
    number = who.path.split("/")[2].split("?")[0]
    await place.drain()
    await sign_in(who)
    assert who.path == "/me/claims"
    assert number in who.text
    await who.send("/me/claims", **{k: v for k, v in who.form("/me/claims").items() if k == "order"})
    assert f"Order {number} is in your account" in who.text
    await place.drain()
    await who.go(f"/orders/{number}")
    assert who.page.status_code == 200
    assert "浦东新区" in who.text
    await other.go(f"/orders?q={number}")
    assert number in other.text
    await other.go("/orders?q=nothing")
    assert "No order found for" in other.text


async def test_a_claim_by_number_needs_the_link(place: Town) -> None:
    guest, who = Browser(place), Browser(place)
    await guest.go(f"/checkout?buy={place.listing['tea']}x1")
    await guest.send("/checkout/address", **ADDRESS)
    await guest.send("/checkout/place", method="cod")
    number = guest.path.split("/")[2].split("?")[0]
    await place.drain()
    link = re.search(r"https?://\S+secret=\S+", next(m for m in await place.mails(MAIL) if "secret=" in m.body).body)
    assert link
    await sign_in(who)
    await who.go("/me/claims")
    await who.send("/me/claims", number=number, secret="not-the-secret")
    assert who.page.status_code == 404
    assert number in who.page.text  # what was typed is still there
    await who.send("/me/claims", number=number, secret=link[0])
    assert f"Order {number} is in your account" in who.text


async def test_the_place_is_chosen_by_guests_too(place: Town) -> None:
    who = Browser(place)
    await who.go("/place?next=/products")
    await who.send("/place", market="DE", locale="en")
    assert who.path == "/products"
    assert who.http.cookies["jishi_market"] == "DE"
    await who.go("/place")
    assert re.search(r'value="DE" checked', who.page.text)
    await who.send("/place", market="XX", locale="en")
    assert who.page.status_code == 422
    await who.send("/place", market="CN", locale="en", next="https://evil.example/")
    assert who.path in ("", "/")
