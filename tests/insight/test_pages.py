"""Consent and feeds as a visitor meets them: asked once, obeyed in the same answer, the same bytes for everybody else."""

import re
from html import unescape
from typing import Any

import httpx
import pytest

from jishi.insight.recommend import Train
from jishi.kernel import Engine
from jishi.people.privacy import TEXT
from tests.insight.kit import FIREFOX, Count, crowd, raw, shelf, steps
from tests.kit import STAFF
from tests.web.town import Browser, Town, staff

BANNER, FETCH = 'class="consent"', 'class="link own-feed"'


class Visitor(Browser):
    """A person's browser; `signal` is what it says of itself."""

    def __init__(self, place: Town, locale: str = "en", agent: str = FIREFOX, **signal: str) -> None:
        super().__init__(place, locale)
        self.http.headers.update({"user-agent": agent, **signal})

    async def answer(self, choice: str) -> httpx.Response:
        """One of the banner's buttons."""
        assert BANNER in self.page.text
        return await self.send("/privacy", choice=choice)

    def feed(self) -> list[tuple[str, str]]:
        """(product, why) of the feed on the page."""
        section = unescape(self.page.text).partition('id="feed"')[2].partition("</section>")[0]
        return [
            (handle, why)
            for handle, why in re.findall(
                r'/products/([\w-]+)\?via=home".*?<p class="why">.*?(?:</svg>)?([^<]+)</p>', section, re.DOTALL
            )
        ]


@pytest.fixture
async def goods(place: Town) -> list[int]:
    return await shelf(place, 24)


@pytest.fixture
async def taught(place: Town, goods: list[int]) -> list[int]:
    await crowd(place, goods)
    await place.shop.recommend.train(STAFF, Train())
    return goods


async def flush(place: Town) -> None:
    await place.shop.behaviour.flush()
    await place.drain()


# --- the question -----------------------------------------------------------------------------------------------------


async def test_the_banner_asks_with_two_equal_buttons_and_no_wall(place: Town) -> None:
    guest = Visitor(place)
    await guest.go("/")
    banner = guest.page.text.partition(BANNER)[2].partition("</section>")[0]
    buttons = re.findall(r'<button class="([^"]+)" name="choice" value="(\w+)">([^<]+)', banner)
    assert [(b[0], b[1]) for b in buttons] == [("btn", "none"), ("btn", "all")]
    assert 'role="dialog"' not in banner
    assert "checked" not in banner
    assert guest.page.status_code == 200
    assert "Thing" in guest.text or "Tea" in guest.text  # the page is there
    await guest.go("/products/tea")
    assert BANNER in guest.page.text


async def test_who_refuses_is_given_no_name_and_is_not_asked_again(place: Town) -> None:
    guest = Visitor(place)
    await guest.go("/products/tea")
    await guest.answer("none")
    assert guest.path == "/products/tea"
    assert BANNER not in guest.page.text
    assert "jishi_session" not in guest.http.cookies
    assert guest.http.cookies["jishi_privacy"] == TEXT
    await guest.go("/")
    assert BANNER not in guest.page.text
    assert FETCH not in guest.page.text
    await flush(place)
    assert raw(place) == {}


async def test_who_allows_is_remembered_by_a_pseudonym_from_the_next_page_on(place: Town, goods: list[int]) -> None:
    guest = Visitor(place)
    await guest.go("/products/thing-1")
    await guest.answer("all")
    assert BANNER not in guest.page.text  # back on the page, which is now noted
    await guest.go("/products/thing-2?via=home")
    await flush(place)
    assert steps(place) == [("view", goods[1]), ("click", goods[2])]
    ((id, body),) = raw(place).items()
    person = (await place.shop.accounts.who(STAFF, _who(guest))).person_id
    assert str(person).encode() not in id.encode() + body
    assert b"127.0.0.1" not in body


def _who(guest: Visitor) -> Any:
    from jishi.people.accounts import Who

    return Who(guest.http.cookies["jishi_session"])


@pytest.mark.parametrize(
    ("agent", "signal"),
    [
        ("", {}),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", {}),
        ("curl/8.5.0", {}),
        (FIREFOX, {"sec-gpc": "1"}),
    ],
)
async def test_bots_are_not_asked_and_a_browser_that_signals_no_is_obeyed(
    place: Town, goods: list[int], agent: str, signal: dict[str, str]
) -> None:
    visitor = Visitor(place)
    await visitor.go("/")
    await visitor.answer("all")
    visitor.http.headers.update({"user-agent": agent, **signal})
    await visitor.go("/products/thing-1")
    assert BANNER not in visitor.page.text
    await flush(place)
    assert raw(place) == {}
    stranger = Visitor(place, agent=agent, **signal)
    await stranger.go("/products/thing-1")
    assert BANNER not in stranger.page.text


async def test_the_signal_takes_back_the_consent_of_the_account_and_says_so(place: Town, taught: list[int]) -> None:
    visitor = Visitor(place)
    await visitor.go("/")
    await visitor.answer("all")
    await visitor.go("/products/thing-1")
    await flush(place)
    before = len(raw(place))
    visitor.http.headers["sec-gpc"] = "1"
    await visitor.go("/")
    assert FETCH not in visitor.page.text
    await flush(place)
    assert len(raw(place)) == before - 1  # this visitor's trail is gone
    await visitor.go("/privacy")
    assert "Global Privacy Control" in visitor.text
    assert "signalled by your browser" in visitor.text
    await visitor.send("/privacy", choice="all")
    assert "checked" not in visitor.page.text
    del visitor.http.headers["sec-gpc"]
    await visitor.go("/")
    assert FETCH not in visitor.page.text  # no stays no until somebody says yes again


async def test_each_purpose_has_its_switch_and_the_page_tells_what_is_kept(place: Town) -> None:
    for locale, words in (("en", "erased after 90 days"), ("zh-CN", "90 天后删除")):
        visitor = Visitor(place, locale)
        await visitor.go("/privacy")
        assert words in visitor.text
        await visitor.send("/privacy", choice="save", analytics="on")
        boxes = re.findall(r'name="(analytics|personal)"( checked)?', visitor.page.text)
        assert boxes == [("analytics", " checked"), ("personal", "")]
        assert BANNER not in visitor.page.text
        await visitor.go("/")
        assert BANNER not in visitor.page.text
        assert FETCH not in visitor.page.text


async def test_erasing_is_one_button(place: Town, goods: list[int]) -> None:
    visitor = Visitor(place)
    await visitor.go("/products/thing-1")
    await visitor.answer("all")
    await flush(place)
    assert steps(place) == [("view", goods[1])]
    await visitor.go("/privacy")
    await visitor.send("/privacy/forget")
    assert "is erased" in visitor.text
    assert raw(place) == {}


async def test_wrong_choices_are_refused_and_change_nothing(place: Town) -> None:
    visitor = Visitor(place)
    await visitor.go("/")
    for action, fields in (("/privacy", {"choice": "some"}), ("/feed/off", {"place": "attic"})):
        data = {k: v for k, v in visitor.form("/privacy").items() if k not in ("next", "how")} | fields
        answer = await visitor.http.post(f"/en{action}", data=data)
        assert answer.status_code == 422, action
    assert "jishi_session" not in visitor.http.cookies
    answer = await visitor.http.post(
        "/en/privacy", data={**visitor.form("/privacy"), "choice": "none", "next": "https://evil.example/"}
    )
    assert answer.headers["location"] == "/en/privacy"


# --- the feed ---------------------------------------------------------------------------------------------------------


async def test_the_home_page_is_the_same_bytes_for_everybody_and_a_feed_never_enters_them(
    place: Town, taught: list[int], engine: Engine
) -> None:
    stranger, keen = Visitor(place), Visitor(place)
    await stranger.go("/")
    await stranger.answer("none")
    plain = stranger.feed()
    assert len(plain) == 10
    assert {why for _, why in plain} == {"Popular now"}
    await keen.go("/")
    await keen.answer("all")
    await keen.go("/products/thing-0")
    await flush(place)
    await keen.go("/")
    assert FETCH in keen.page.text
    assert keen.feed() == plain
    own = await keen.http.get("/en/feed", headers={"hx-request": "true"})
    assert "You looked at Thing 0" in own.text
    assert "Turn off" in own.text
    assert own.text.lstrip().startswith("<section")
    await stranger.go("/")
    assert stranger.feed() == plain
    ready = [entry for _, entry in place.app.state.site.shelf.cache.entries.values()]
    assert ready
    kept = b"".join(piece for entry in ready for piece in entry.pieces)
    assert b"Popular now" in kept
    for own_words in (b"You looked at", b"/feed/off", b"own-feed", b'/privacy" hx-boost'):
        assert own_words not in kept
    whole = await keen.http.get("/en/feed")  # the link, without scripts
    assert "<h1" in whole.text
    assert "You looked at Thing 0" in whole.text
    assert 'content="noindex"' in whole.text


async def test_off_is_off_in_this_very_answer(place: Town, taught: list[int]) -> None:
    for scripts in (True, False):
        visitor = Visitor(place)
        await visitor.go("/")
        await visitor.answer("all")
        await visitor.go("/products/thing-0")
        await flush(place)
        await visitor.go("/feed")
        assert "You looked at Thing 0" in visitor.text
        fields = visitor.form("/feed/off")
        if scripts:
            answer = await visitor.http.post("/en/feed/off", data=fields, headers={"hx-request": "true"})
            assert answer.text.lstrip().startswith("<section")
            assert "Popular now" in answer.text
            assert "You looked at" not in answer.text
            assert "/feed/off" not in answer.text
        else:
            await visitor.send("/feed/off")
            assert visitor.path in ("", "/")
            assert FETCH not in visitor.page.text
        await visitor.go("/feed")
        assert "You looked at" not in visitor.text
        await visitor.go("/privacy")
        boxes = re.findall(r'name="(analytics|personal)"( checked)?', visitor.page.text)
        assert boxes == [("analytics", " checked"), ("personal", "")]


async def test_a_product_tells_what_goes_with_it_to_everybody_alike(place: Town, taught: list[int]) -> None:
    visitor = Visitor(place)
    await visitor.go("/products/thing-0")
    assert "Often in one order" in visitor.text
    assert "You may also like" in visitor.text
    handles = re.findall(r"/products/(thing-\d+)\?via=(?:similar|together)", unescape(visitor.page.text))
    assert len(handles) == len(set(handles)) > 6
    assert "thing-0" not in handles
    chinese = Visitor(place, "zh-CN")
    await chinese.go("/products/thing-0")
    assert "常在同一单" in chinese.text


async def test_cart_favourite_and_search_are_steps_too(place: Town, goods: list[int]) -> None:
    visitor = Visitor(place)
    await visitor.go("/products/thing-1")
    await visitor.answer("all")
    await visitor.send("/cart/add", do="cart")
    await visitor.go("/products?q=thing")
    await visitor.go("/products/thing-1")
    await visitor.send("/favourites")
    await flush(place)
    kinds = [kind for kind, _ in steps(place)]
    assert {"view", "cart", "search", "favourite"} == set(kinds)
    assert {p for kind, p in steps(place) if kind in ("cart", "favourite")} == {goods[1]}
    assert b"thing" not in b"".join(raw(place).values())  # not what was typed


async def test_a_cart_and_a_search_without_results_lead_on(place: Town, taught: list[int]) -> None:
    visitor = Visitor(place)
    await visitor.go("/products/thing-0")
    await visitor.send("/cart/add", do="cart")
    assert "place=cart" in visitor.page.text
    shown = await visitor.http.get("/en/feed?place=cart", headers={"hx-request": "true"})
    assert "Goes with your cart" in shown.text
    assert "Often bought with Thing 0" in shown.text
    assert "/products/thing-0?" not in unescape(shown.text)
    await visitor.go("/products?q=nothing-of-that-kind")
    assert "place=empty_search" in visitor.page.text
    shown = await visitor.http.get("/en/feed?place=empty_search", headers={"hx-request": "true"})
    assert "Popular now" in shown.text
    assert (await visitor.http.get("/en/feed?place=attic")).status_code == 200


async def test_the_pages_ask_a_bounded_number_of_questions(place: Town, taught: list[int], engine: Engine) -> None:
    visitor = Visitor(place)
    await visitor.go("/")
    await visitor.answer("all")
    await visitor.go("/products/thing-0")
    await flush(place)
    place.clock.pass_time(minutes=5)  # nothing is ready any more, nor known of the session
    for path, most in (("/", 14), ("/products/thing-3", 34), ("/feed", 24)):
        with Count(place, engine) as count:
            await visitor.go(path)
        assert count.n <= most, (path, count.n)
        with Count(place, engine) as count:
            await visitor.go(path)
        assert count.n <= (3 if path != "/feed" else 24), (path, count.n)


# --- the desk ---------------------------------------------------------------------------------------------------------


async def test_staff_see_what_the_model_is_worth_and_learn_anew(place: Town, goods: list[int]) -> None:
    await staff(place)
    desk = Browser(place)
    await desk.sign_in_as_staff()
    await desk.go("/desk/recommend")
    assert "No model yet" in desk.text
    await desk.send("/desk/recommend/train")
    assert "No model yet" in desk.text
    await crowd(place, goods)
    await desk.send("/desk/recommend/train")
    assert "A new model is in use" in desk.text
    assert "Better than popularity" in desk.text
    assert "%" in desk.text
    assert (await Browser(place).go("/desk/recommend")).url.path == "/en/sign-in"
