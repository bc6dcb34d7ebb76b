"""What people of the journeys do, in either language and at either size."""

import re

from playwright.sync_api import Page, expect

from jishi.kernel.config import DEMO_STAFF

from .conftest import Visitor

ADDRESS = {
    "name": "林晓",
    "phone": "13800138000",
    "region": "上海市 浦东新区",
    "street": "张江路 88 弄 6 号 302 室",
    "email": "lin.xiao@example.com",
}
STEPS_TO_DOOR = 6  # picked up, two hubs, out for delivery, delivered, signed
LOOKS, LOOK_MS = 40, 250


def sign_in_as_staff(visitor: Visitor) -> None:
    page = visitor.go("/sign-in")
    page.locator("details summary").first.click()
    page.fill("#p-email", DEMO_STAFF[0])
    page.fill("#f-password", DEMO_STAFF[1])
    page.press("#f-password", "Enter")
    page.wait_for_url("**/desk")


def put_in_cart(visitor: Visitor, words: str, handle: str) -> None:
    page = visitor.go("/")
    page.fill("#q", words)
    page.press("#q", "Enter")
    page.locator(f".pcard a[href$='/products/{handle}']").click()
    page.click("button[name=do][value=cart]")
    page.wait_for_url("**/cart?*")


def buy_now(visitor: Visitor, handle: str) -> Page:
    """At the confirmation of one piece, its address filled in."""
    visitor.go(f"/products/{handle}").click("button[name=do][value=buy]")
    return fill_address(visitor)


def to_confirmation(visitor: Visitor) -> Page:
    visitor.page.click(".buy a[href$='/checkout']")
    return fill_address(visitor)


def fill_address(visitor: Visitor) -> Page:
    page = visitor.page
    for name, value in ADDRESS.items():
        page.fill(f"[name={name}]", value)
    page.click("button[form=address]")
    page.wait_for_url("**/checkout?*quote=*")
    return page


def place(page: Page, method: str) -> None:
    """The order stands; with a card the gateway's page is open."""
    page.check(f"[name=method][value={method}]")
    page.click("button[form=place]")
    page.wait_for_url("**/sandbox/stripe/**" if method == "card" else "**/orders/J*")


def pay(page: Page) -> str:
    """Pays on the gateway's page and comes back; answers the order's number."""
    page.locator("button[type=submit]").click()
    page.wait_for_url("**/orders/J*")
    return number_of(page)


def number_of(page: Page) -> str:
    found = re.search(r"/orders/(J[0-9A-Z]{10})", page.url)
    assert found, page.url
    return found[1]


def work_of(staff: Visitor, number: str, parcels: int) -> list[str]:
    """The addresses of the order's work on the desk, once they are all there."""
    page = staff.go("/desk/work")
    links = page.locator(f"a:has-text('{number}')")
    for _ in range(LOOKS):
        if links.count() == parcels:
            break
        page.wait_for_timeout(LOOK_MS)
        page.reload()
    assert links.count() == parcels
    return [a.get_attribute("href") or "" for a in links.all()]


def ship(staff: Visitor, paths: list[str]) -> None:
    """Packed, and each parcel has left."""
    page = staff.page
    for path in paths:
        page.goto(staff.address + path)
        page.click("form[action$='/pack'] button")
        page.click("button[form=ship]")
        expect(page.locator("form[action$='/push'] button")).to_be_visible()


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
    for _ in range(LOOKS):
        if page.locator(selector).count():
            return
        page.wait_for_timeout(LOOK_MS)
        page.reload()
    expect(page.locator(selector).first).to_be_visible()
