"""Looking around: found, narrowed, compared, kept, bought with a coupon, reviewed; and what a shop does with consent."""

import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from .conftest import DESKTOP, PHONE, Visitor
from .steps import (
    LOOK_MS,
    LOOKS,
    keep_address,
    newcomer,
    newest_mail,
    number_of,
    pay,
    place,
    put_in_cart,
    settled,
    ship,
    sign_in,
    sign_in_as_staff,
    to_confirmation,
    to_the_door,
    watch_sold_out,
    work_of,
)

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
PERSON = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"
SELLS_OUT = {  # goods of one house, without choices: who waits for a piece is told once in half an hour, so each runs out of its own
    "zh-phone": "celadon-gaiwan", "en-desktop": "clay-teapot", "zh-phone-nojs": "brass-tea-scoop", "en-desktop-nojs": "linden-honey",
}  # fmt: skip
WITH_SCRIPTS = pytest.mark.parametrize("visitor", ["zh-phone", "en-desktop"], indirect=True)


@pytest.fixture
def staff(browser: Browser, shop: str, visitor: Visitor) -> Iterator[Visitor]:
    size = PHONE if visitor.locale == "zh-CN" else DESKTOP
    it = Visitor(browser, shop, visitor.locale, size, js=visitor.js)
    sign_in_as_staff(it)
    yield it
    it.context.close()


@pytest.fixture
def person(browser: Browser, shop: str, request: pytest.FixtureRequest) -> Iterator[Visitor]:
    """Somebody whose browser does not say that nobody sits before it."""
    locale, size, *rest = request.param.split("-")
    size_of = PHONE if size == "phone" else DESKTOP
    it = Visitor(browser, shop, {"zh": "zh-CN", "en": "en"}[locale], size_of, js=not rest, agent=PERSON)
    yield it
    it.context.close()


def test_found_by_pinyin_compared_bought_with_a_coupon_and_reviewed(visitor: Visitor, staff: Visitor) -> None:
    sign_in(visitor, newcomer())
    page = visitor.go("/")
    page.fill("#q", "baowenbei")
    page.press("#q", "Enter")
    expect(page.locator(".pcard a[href$='/products/travel-flask']")).to_be_visible()
    _narrow(visitor)
    _compare_two(visitor)
    _claim(visitor)
    for _ in range(2):
        put_in_cart(visitor, "flask" if visitor.locale == "en" else "保温杯", "travel-flask")
    put_in_cart(visitor, "white peony" if visitor.locale == "en" else "白牡丹", "white-peony")
    to_confirmation(visitor)
    expect(page.locator(".coupons span.ok").first).to_be_visible()
    whole = page.locator(".sum .big dd").inner_text()
    visitor.shot("browsing-checkout")
    place(page, "card")
    number = pay(page)
    page.goto(f"{visitor.address}/{visitor.locale}/orders/{number}")
    settled(page, "[data-order=to_ship]")
    assert page.locator(".sum .big dd").inner_text() == whole
    explained = page.locator(".sum details:has-text('20')").first
    explained.locator("summary").click()
    expect(explained.locator("p").first).to_be_visible()
    visitor.shot("browsing-order")

    paths = work_of(staff, number, 2)
    ship(staff, paths)
    to_the_door(staff, paths)
    page.reload()
    settled(page, "[data-order=delivered]")
    _review(visitor, number)
    assert not visitor.complaints
    assert not staff.complaints


def _narrow(visitor: Visitor) -> None:
    """A category's list with one of its facets chosen; the choice stands above it and in the address."""
    page = visitor.go("/products?category=tea")
    before = _found(page)
    if visitor.locale == "zh-CN":  # a phone has its facets in a sheet, or without scripts at the foot of the address
        page.locator("[data-open=flt]").click()
    facets = page.locator("#flt" if visitor.locale == "zh-CN" and visitor.js else "#filters")
    facets.locator("[name='f.material'][value=steel]").check()
    shows = facets.locator("form > button")
    if visitor.locale == "zh-CN" or not visitor.js:
        shows.click()
    page.wait_for_url("**f.material=steel*")
    expect(page.locator("#found .chip[aria-label]")).to_have_count(1)
    assert 0 < _found(page) < before
    visitor.shot("browsing-list")


def _found(page: Page) -> int:
    said = re.search(r"\d+", page.locator("#found [role=status]").first.inner_text())
    assert said is not None
    return int(said[0])


def _compare_two(visitor: Visitor) -> None:
    visitor.go("/products/travel-flask")
    page = visitor.go("/products/straw-tumbler")
    page.locator(".keep a[href*='/compare']").click()
    page.locator("a.chip[href*='travel-flask']").click()
    expect(page.locator(".cmp thead th")).to_have_count(2)
    assert page.locator(".cmp .differs").count()
    visitor.shot("browsing-compare")


def _claim(visitor: Visitor) -> None:
    """The house's 20 off 200."""
    page = visitor.go("/coupons")
    mine = page.locator(".coupon", has_text="20").filter(has_text="200").first
    mine.locator("form button").click()
    page.wait_for_url("**/coupons?claimed=1")


def _review(visitor: Visitor, number: str) -> None:
    page = visitor.page
    page.locator(f"a[href*='/orders/{number}/review/']").first.click()
    product = page.locator("main .row a.link").first.get_attribute("href") or ""
    words = f"杯盖不漏，泡茶一下午还是热的。{number}"
    page.locator(".rate label").first.click()
    page.fill("#f-text", words)
    page.click("form[enctype] button.pri")
    page.wait_for_url("**written=1")
    page.goto(visitor.address + product + "/reviews?sort=newest")
    settled(page, f".rev:has-text('{number}')")
    visitor.shot("browsing-reviews")


def test_a_guests_favourite_is_there_after_signing_in(visitor: Visitor) -> None:
    page = visitor.go("/products/linen-pillow")
    page.locator("form[action$='/favourites'] button").first.click()
    if visitor.js:
        page.locator("form[action$='/favourites'] [aria-pressed=true]").first.wait_for()
    else:
        page.wait_for_url("**/favourites?kept=1")
    sign_in(visitor, newcomer())
    expect(visitor.go("/favourites").locator(".pcard a[href$='/linen-pillow']")).to_be_visible()
    assert not visitor.complaints


def test_a_mail_comes_when_what_was_sold_out_is_back(
    visitor: Visitor, staff: Visitor, request: pytest.FixtureRequest
) -> None:
    handle = SELLS_OUT[request.node.callspec.params["visitor"]]
    page = staff.go(f"/desk/stock?code={handle.upper()}")
    levels = [a.get_attribute("href") or "" for a in page.locator(".tbl a.rid[href*=stk_]").all()]
    assert levels
    for level in levels:
        page.goto(staff.address + level)
        if there := int(re.sub(r"\D", "", page.locator(".kpi b").first.inner_text())):
            adjust(page, -there)
    for _ in range(LOOKS):
        if visitor.go(f"/products/{handle}").locator("[name=kind][value=back]").count():
            break
        visitor.page.wait_for_timeout(LOOK_MS)
    email = newcomer()
    watch_sold_out(visitor, f"/products/{handle}", email)
    page.locator("aside a[href*='/desk/stock?listing=']").click()
    page.fill("#f-quantity", "40")
    with page.expect_navigation():
        page.click("form[action$='/receive'] button.pri")
    settled(visitor.go(f"/mailbox?to={quote(email)}"), ".order-row")
    assert f"/products/{handle}" in newest_mail(visitor, email)
    assert not visitor.complaints
    assert not staff.complaints


def adjust(page: Page, delta: int) -> None:
    page.fill("#f-delta", str(delta))
    page.select_option("#f-reason", index=1)
    with page.expect_navigation():
        page.click("form[action$='/adjust'] button.pri")


@WITH_SCRIPTS
def test_a_suggestion_is_taken_with_the_keyboard(visitor: Visitor) -> None:
    page = visitor.go("/")
    page.locator("#q").press_sequentially("保温" if visitor.locale == "zh-CN" else "flas")
    page.locator("#sug a").first.wait_for()
    visitor.shot("browsing-suggest")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#sug a").first).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#sug a")).to_have_count(0)
    page.locator("#q").press_sequentially("杯" if visitor.locale == "zh-CN" else "k")
    page.locator("#sug a").first.wait_for()
    page.keyboard.press("ArrowDown")
    to = page.locator("#sug a").first.get_attribute("href") or ""
    page.keyboard.press("Enter")
    page.wait_for_url(visitor.address + to)
    assert not visitor.complaints


@pytest.mark.parametrize("person", ["zh-phone", "en-desktop", "zh-phone-nojs", "en-desktop-nojs"], indirect=True)
def test_no_feed_of_ones_own_without_consent(person: Visitor) -> None:
    page = person.go("/")
    person.shot("browsing-consent")
    page.click(".consent [value=none]")
    expect(page.locator(".consent")).to_have_count(0)
    for path in ("/products/travel-flask", "/products/cup-saucer"):
        person.go(path)
    page = person.go("/feed")
    assert not page.locator("form[action$='/feed/off']").count()
    _allow(person)
    for path in ("/products/clay-teapot", "/products/celadon-gaiwan", "/products/clay-teapot"):
        person.go(path)
    page = person.go("/feed")
    for _ in range(LOOKS):
        if page.locator("form[action$='/feed/off']").count() and page.locator(".pcard .why").count():
            break
        page.wait_for_timeout(LOOK_MS)
        page.reload()
    assert page.locator(".pcard .why").count()
    person.shot("browsing-feed")
    if person.js:
        with page.expect_response("**/feed/off") as answer:
            page.click("form[action$='/feed/off'] button")
        expect(page.locator("form[action$='/feed/off']")).to_have_count(0)
        assert "/feed/off" not in answer.value.text()
    else:
        page.click("form[action$='/feed/off'] button")
    assert not person.go("/feed").locator("form[action$='/feed/off']").count()
    assert not person.complaints


def _allow(person: Visitor) -> None:
    page = person.go("/privacy")
    page.click("main [name=choice][value=all]")
    page.wait_for_url("**/privacy?saved=*")


def test_a_pasted_address_is_used_without_typing(visitor: Visitor) -> None:
    sign_in(visitor, newcomer())
    keep_address(visitor)
    page = visitor.go("/products/oat-soap")
    page.click("button[name=do][value=buy]")
    page.wait_for_url("**/checkout?*")
    visitor.shot("browsing-book")
    page.click("button[form=address]")
    page.wait_for_url("**/checkout?quote=*")
    place(page, "cod")
    assert number_of(page)
    assert not visitor.complaints


def test_another_country_has_another_currency(visitor: Visitor) -> None:
    page = visitor.go("/products/travel-flask")
    assert "¥" in page.locator(".pricebox .price").first.inner_text()
    page.locator("footer a[href*='/place']").click()
    page.check("[name=market][value=US]")
    page.click("main form button.pri")
    page.wait_for_load_state()
    page = visitor.go("/products/travel-flask")
    assert "$" in page.locator(".pricebox").first.inner_text() or page.locator(".strip.due").count()
    assert "USD" in page.locator("footer").inner_text()
    assert not visitor.complaints
