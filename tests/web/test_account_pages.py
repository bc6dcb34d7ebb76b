"""Signing in and out, the account, and the demo's mailbox, as a browser without scripts sees them."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from jishi.kernel import Engine, World
from tests.kit import Clock

from .town import STAFF_EMAIL, STAFF_WORD, Browser, Town, staff, town

MAIL = "lin@example.com"


@pytest.fixture
async def place(engine: Engine, world: World, clock: Clock, tmp_path: Path) -> AsyncIterator[Town]:
    async with town(engine, world, clock, tmp_path) as made:
        yield made


async def code_of(place: Town, email: str = MAIL) -> str:
    mail = (await place.mails(email))[0]
    found = re.search(r"\d{6}", mail.subject)
    assert found is not None
    return found[0]


async def test_a_code_signs_in_and_the_guests_order_comes_along(place: Town) -> None:
    who = Browser(place)
    number = await who.buy(("tea", 1))
    await who.go("/sign-in?next=/orders")
    await who.send("/sign-in", email=MAIL)
    assert who.path.startswith("/sign-in/code?c=chl_")
    assert MAIL not in who.path  # an address is no part of an address
    assert MAIL in who.text
    right = await code_of(place)
    wrong = "111111" if right != "111111" else "222222"
    await who.send("/sign-in/code", code=wrong)
    assert (who.page.status_code, "Tries left: 4" in who.text) == (422, True)
    assert 'aria-invalid="true"' in who.page.text
    await who.send("/sign-in/code", code=right)
    assert who.path == "/orders"
    assert number in who.text
    await who.go("/me")
    assert "l***@example.com" in who.text
    await who.send("/sign-out")
    await who.go("/me")
    assert who.path == "/sign-in?next=%2Fme"


async def test_a_code_is_sent_again_without_typing_the_address(place: Town) -> None:
    who = Browser(place)
    await who.go("/sign-in")
    await who.send("/sign-in", email=MAIL)
    first = who.path
    await who.send("/sign-in")  # at once: too often, and said beside the form
    assert who.page.status_code == 429
    assert "Enter the code" in who.text
    place.clock.pass_time(minutes=2)
    await who.send("/sign-in")
    assert who.path != first
    assert len(await place.mails(MAIL)) == 2
    await who.send("/sign-in/code", code=await code_of(place))
    assert who.path == "/me"


@pytest.mark.parametrize(
    "onto", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/sign-in"]
)
async def test_signing_in_never_leads_out_of_the_shop(place: Town, onto: str) -> None:
    await staff(place)
    who = Browser(place)
    await who.go("/sign-in")
    await who.http.get("/en/sign-in", params={"next": onto})
    fields = who.form("/sign-in/password") | {"email": STAFF_EMAIL, "password": STAFF_WORD, "next": onto}
    answer = await who.http.post("/en/sign-in/password", data=fields)
    assert (answer.status_code, answer.headers["location"]) == (303, "/en/desk")


async def test_a_wrong_password_tells_nothing_and_keeps_the_address(place: Town) -> None:
    await staff(place)
    answers = []
    for email in (STAFF_EMAIL, "nobody@example.com"):
        who = Browser(place)
        await who.go("/sign-in")
        await who.send("/sign-in/password", email=email, password="wrong word here")
        assert who.page.status_code == 422
        assert email in who.page.text
        assert "wrong word here" not in who.page.text
        answers.append(who.text)
    assert answers[0] == answers[1]


async def test_a_password_is_set_and_ends_other_sessions(place: Town) -> None:
    one, two = Browser(place), Browser(place)
    for who in (one, two):
        await who.go("/sign-in")
        await who.send("/sign-in", email=MAIL)
        await who.send("/sign-in/code", code=await code_of(place))
        place.clock.pass_time(minutes=1)
    await two.go("/me")
    await two.send("/me/password", password="short")
    assert two.page.status_code == 422
    await two.send("/me/password", password="tea under the old bridge")
    assert two.path == "/me?saved=1"
    await one.go("/me")
    assert one.path.startswith("/sign-in")
    place.clock.pass_time(minutes=6)
    await two.go("/me")
    await two.send("/me/password", password="another bridge in the rain")
    assert two.page.status_code == 403
    assert "Sign in again" in two.text


async def test_one_device_signs_out_another(place: Town) -> None:
    one, two = Browser(place), Browser(place)
    for who in (one, two):
        await who.go("/sign-in")
        await who.send("/sign-in", email=MAIL)
        await who.send("/sign-in/code", code=await code_of(place))
        place.clock.pass_time(minutes=1)
    await one.go("/me/devices")
    here = re.findall(r'name="session" value="(ses_\w+)"', one.page.text)
    assert len(here) == 2
    other = next(s for s in here if "This device" not in one.page.text.split(s)[0].split("<li>")[-1])
    fields = one.form("/me/sessions/end") | {"session": other}
    await one.http.post("/en/me/sessions/end", data=fields)
    await two.go("/me")
    assert two.path.startswith("/sign-in")
    await one.go("/me")
    assert one.path == "/me"


async def test_the_demo_names_its_staff_and_shows_its_mail(place: Town) -> None:
    who = Browser(place)
    await who.go("/sign-in")
    assert "staff@jishi.example" in who.text
    await who.send("/sign-in", email=MAIL)
    await who.go("/mailbox")
    assert await code_of(place) in who.text
    found = re.search(r'href="/en(/mailbox/msg_\w+)"', who.page.text)
    assert found is not None
    await who.go(found[1])
    assert who.page.status_code == 200
    await who.go("/mailbox/msg_0000000000005")
    assert who.page.status_code == 404


async def test_a_mails_link_can_be_followed(place: Town) -> None:
    who = Browser(place)
    number = await who.buy(("tea", 1))
    await who.go("/mailbox")
    found = re.search(r'href="/en(/mailbox/msg_\w+)"', who.page.text)
    assert found is not None
    await who.go(found[1])
    link = re.search(rf'<a class="link" href="(http://localhost:8000/\S+/orders/{number}\?secret=\w+)"', who.page.text)
    assert link is not None


async def test_dev_has_a_mailbox_but_names_no_staff(engine: Engine, world: World, clock: Clock, tmp_path: Path) -> None:
    async with town(engine, world, clock, tmp_path, mode="dev") as place:
        who = Browser(place)
        await who.go("/sign-in")
        assert "staff@jishi.example" not in who.text
        assert (await who.go("/mailbox")).status_code == 200
