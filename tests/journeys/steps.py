"""What people of the journeys do, in either language and at either size."""

import re
from uuid import uuid4

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


def newcomer() -> str:
    """An address that nobody signed in with before: a shop that runs already sends each only so many codes."""
    return f"guest.{uuid4().hex[:12]}@example.com"


def sign_in(visitor: Visitor, email: str) -> None:
    """By the code that came by mail; a new address is a new account."""
    page = visitor.go("/sign-in")
    page.fill("#f-email", email)
    page.click("form[action$='/sign-in'] button.pri")
    page.wait_for_url("**/sign-in/code?*")
    code = re.search(r"\b(\d{6})\b", newest_mail(visitor, email))
    assert code is not None
    page.fill("#f-code", code[1])
    page.press("#f-code", "Enter")
    page.wait_for_url("**/me")


def newest_mail(visitor: Visitor, email: str) -> str:
    """What the newest letter to the address says, in a window beside."""
    box = visitor.context.new_page()
    box.goto(f"{visitor.address}/{visitor.locale}/mailbox?to={email}")
    box.locator(".order-row a").first.click()
    text = box.locator("article").inner_text()
    box.close()
    return text


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
    """Typed by whoever has no book yet; else the one that is picked already is used."""
    page = visitor.page
    if not page.locator("#address [name=address]").count():
        for name, value in ADDRESS.items():
            if name != "email" or page.locator("#address [name=email]").count():  # an account has its own
                page.fill(f"#address [name={name}]", value)
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


PASTED = "林晓 13800138000 浙江省杭州市西湖区文三路 90 号 2 幢 1001 室"


def keep_address(visitor: Visitor) -> str:
    """One address is in the book, pasted whole; answers its page's path."""
    page = visitor.go("/me/addresses/new")
    page.fill("#paste", PASTED)
    page.click("button[name=do][value=parse]")
    expect(page.locator("#entry [name=name]")).to_have_value("林晓")
    page.click("button[name=do][value=save]")
    page.wait_for_url("**/me/addresses?*")
    path = page.locator("main a[href*='/me/addresses/adr_']").first.get_attribute("href") or ""
    return "/" + path.split("/", 2)[2]


def watch_sold_out(visitor: Visitor, path: str, email: str = "") -> None:
    """Told when it can be had again."""
    page = visitor.go(path)
    form = page.locator("form[action$='/wishes/watch']")
    assert form.locator("[name=kind]").get_attribute("value") == "back"
    if email:
        form.locator("[name=email]").fill(email)
    form.locator("button").click()
    page.wait_for_url("**/favourites?watching=1")


def settled(page: Page, selector: str) -> None:
    """Events flow beside the pages: look again until it is there, a bounded number of times."""
    for _ in range(LOOKS):
        if page.locator(selector).count():
            return
        page.wait_for_timeout(LOOK_MS)
        page.reload()
    expect(page.locator(selector).first).to_be_visible()
