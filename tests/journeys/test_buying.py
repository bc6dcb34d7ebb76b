"""The first journey: a guest finds two products, buys from two shops, pays by card, and follows both parcels to the
signature, while the warehouse packs and ships them."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from jishi.kernel.config import DEMO_STAFF

from .conftest import DESKTOP, PHONE, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
ADDRESS = {
    "name": "林晓",
    "phone": "13800138000",
    "region": "上海市 浦东新区",
    "street": "张江路 88 弄 6 号 302 室",
    "email": "lin.xiao@example.com",
}
STEPS_TO_DOOR = 6  # picked up, two hubs, out for delivery, delivered, signed


@pytest.fixture
def staff(browser: Browser, shop: str, visitor: Visitor) -> Iterator[Visitor]:
    """A clerk at work in the same language and manner."""
    size = PHONE if visitor.locale == "zh-CN" else DESKTOP
    it = Visitor(browser, shop, visitor.locale, size, js=visitor.js)
    page = it.go("/sign-in")
    page.locator("details summary").first.click()
    page.fill("#p-email", DEMO_STAFF[0])
    page.fill("#f-password", DEMO_STAFF[1])
    page.press("#f-password", "Enter")
    page.wait_for_load_state()
    yield it
    it.context.close()


def put_in_cart(visitor: Visitor, words: str, handle: str) -> None:
    page = visitor.go("/")
    page.fill("#q", words)
    page.press("#q", "Enter")
    page.locator(f".pcard a[href$='/products/{handle}']").click()
    page.click("button[name=do][value=cart]")
    page.wait_for_url("**/cart?*")


def to_confirmation(visitor: Visitor) -> Page:
    page = visitor.page
    page.click(".buy a[href$='/checkout']")
    for name, value in ADDRESS.items():
        page.fill(f"[name={name}]", value)
    page.click("button[form=address]")
    page.wait_for_url("**/checkout?*quote=*")
    return page


def number_of(page: Page) -> str:
    found = re.search(r"/orders/(J[0-9A-Z]{10})", page.url)
    assert found, page.url
    return found[1]


def ship_all(staff: Visitor, number: str) -> list[str]:
    """Both parcels leave; answers the addresses of their work."""
    page = staff.go("/desk/work")
    paths = [a.get_attribute("href") or "" for a in page.locator(f"a:has-text('{number}')").all()]
    assert len(paths) == 2
    for path in paths:
        page.goto(staff.address + path)
        page.click("form[action$='/pack'] button")
        page.click("button[form=ship]")
        expect(page.locator("form[action$='/push'] button")).to_be_visible()
    return paths


def to_the_door(staff: Visitor, paths: list[str]) -> None:
    """The carrier drives on, stop by stop, until somebody signs."""
    for path in paths:
        page = staff.page
        page.goto(staff.address + path)
        for _ in range(STEPS_TO_DOOR):
            button = page.locator("form[action$='/push'] button")
            if not button.count():
                break
            button.click()
            page.wait_for_load_state()
        expect(page.locator("form[action$='/push'] button")).to_have_count(0)


def settled(page: Page, selector: str) -> None:
    """Events flow beside the pages: look again until it is there, a bounded number of times."""
    for _ in range(40):
        if page.locator(selector).count():
            return
        page.wait_for_timeout(250)
        page.reload()
    expect(page.locator(selector).first).to_be_visible()


def test_a_guest_buys_from_two_shops_pays_by_card_and_follows_both_parcels(visitor: Visitor, staff: Visitor) -> None:
    zh = visitor.locale == "zh-CN"
    put_in_cart(visitor, "保温杯" if zh else "flask", "travel-flask")
    put_in_cart(visitor, "白牡丹" if zh else "white peony", "white-peony")
    page = visitor.page
    assert page.locator(".grp").count() == 2  # merchant × warehouse
    visitor.shot("cart")
    page = to_confirmation(visitor)
    visitor.shot("checkout")
    page.check("[name=method][value=card]")
    page.click("button[form=place]")
    page.wait_for_url("**/sandbox/stripe/**")
    visitor.shot("gateway")
    page.locator("button[type=submit]").click()
    page.wait_for_url("**/orders/J*")
    number = number_of(page)
    page.goto(f"{visitor.address}/{visitor.locale}/orders/{number}")
    settled(page, "[data-order=to_ship]")
    assert page.locator("[data-child]").count() == 2
    visitor.shot("order-paid")

    paths = ship_all(staff, number)
    page.reload()
    settled(page, "[data-order=shipped]")
    visitor.shot("order-shipped")
    staff.shot("desk-work")

    to_the_door(staff, paths)
    page.reload()
    settled(page, "[data-order=delivered]")
    assert page.locator("[data-child=delivered]").count() == 2
    visitor.shot("order-delivered")
    assert not visitor.complaints
    assert not staff.complaints


def test_cash_on_delivery_is_collected_at_the_door(visitor: Visitor, staff: Visitor) -> None:
    visitor.go("/products/cup-saucer")
    visitor.page.click("button[name=do][value=buy]")
    page = visitor.page
    for name, value in ADDRESS.items():
        page.fill(f"[name={name}]", value)
    page.click("button[form=address]")
    page.check("[name=method][value=cod]")
    page.click("button[form=place]")
    page.wait_for_url("**/orders/J*")
    number = number_of(page)
    settled(page, "[data-order=to_ship]")
    page = staff.go("/desk/work")
    for _ in range(20):
        if page.locator(f"a:has-text('{number}')").count():
            break
        page.wait_for_timeout(250)
        page.reload()
    path = page.locator(f"a:has-text('{number}')").first.get_attribute("href") or ""
    page.goto(staff.address + path)
    page.click("form[action$='/pack'] button")
    page.click("button[form=ship]")
    to_the_door(staff, [path])
    visitor.page.reload()
    settled(visitor.page, "[data-payment=paid]")
    assert not visitor.complaints


def test_a_declined_card_can_be_tried_again_and_an_unpaid_order_can_be_cancelled(visitor: Visitor) -> None:
    visitor.go("/products/oat-soap")
    page = visitor.page
    page.click("button[name=do][value=buy]")
    for name, value in ADDRESS.items():
        page.fill(f"[name={name}]", value)
    page.click("button[form=address]")
    page.check("[name=method][value=card]")
    page.click("button[form=place]")
    page.wait_for_url("**/sandbox/stripe/**")
    page.check("[name=card][value='0002']")
    page.locator("button[type=submit]").click()
    expect(page.locator("[role=alert]")).to_be_visible()
    page.locator("a.back").click()
    page.wait_for_url("**/orders/J*")
    number = number_of(page)
    page.goto(f"{visitor.address}/{visitor.locale}/orders/{number}")
    assert page.locator("[data-order=to_pay]").count()
    page.locator(f"a[href*='/orders/{number}/cancel']").first.click()
    page.locator("main form button.pri, main form button.danger").first.click()
    page.goto(f"{visitor.address}/{visitor.locale}/orders/{number}")
    settled(page, "[data-order=cancelled]")
    assert not visitor.complaints
