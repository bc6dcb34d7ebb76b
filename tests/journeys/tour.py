"""What the tour of every page needs: orders in each state, something kept of each kind, and what staff have done."""

import re
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser

from .conftest import DESKTOP, Visitor
from .desk import Desk
from .steps import (
    buy_now,
    keep_address,
    newcomer,
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

ARCHIVED, MATRIX = "blank-scroll", "made-to-measure-blind"
SOLD_OUT = "/products/walking-shoes?o.colour=brick&o.size=44"


@dataclass
class Tour:
    """Somebody who bought, a guest, and somebody who sells, and what they have brought to each state."""

    buyer: Any = None  # what the browser keeps of each
    guest: Any = None
    staff: Any = None
    order: dict[str, str] = field(default_factory=dict)  # state → number
    work: dict[str, str] = field(default_factory=dict)  # state → path of a parcel's work
    quote: str = ""  # path of a confirmation
    mail: str = ""
    preview: str = ""
    address: str = ""
    promotion: str = ""


def make(browser: Browser, shop: str) -> tuple[Tour, list[Visitor]]:
    who, clerk, guest = (Visitor(browser, shop, "en", DESKTOP, js=True) for _ in range(3))
    made = Tour()
    sign_in_as_staff(clerk)
    sign_in(who, newcomer())
    _orders(made, who, clerk)
    _wishes(made, who)
    _desk(made, clerk, shop)
    put_in_cart(guest, "flask", "travel-flask")
    made.mail = (who.go("/mailbox").locator(".order-row a").first.get_attribute("href") or "").removeprefix("/en")
    people = [who, guest, clerk]
    made.buyer, made.guest, made.staff = (p.context.storage_state() for p in people)
    return made, people


def _orders(made: Tour, who: Visitor, clerk: Visitor) -> None:
    """One in each state; of the delivered one the second line is reviewed."""
    for state, handle in (
        ("unpaid", "oat-soap"),
        ("paid", "linen-pillow"),
        ("shipped", "cup-saucer"),
        ("delivered", ""),
    ):
        if handle:
            page = buy_now(who, handle)
        else:  # of two shops, in two parcels
            put_in_cart(who, "flask", "travel-flask")
            put_in_cart(who, "white peony", "white-peony")
            page = to_confirmation(who)
        place(page, "card")
        if state == "unpaid":
            page.locator("a.back").click()
            page.wait_for_url("**/orders/J*")
        made.order[state] = number_of(page) if state == "unpaid" else pay(page)
    who.go(f"/orders/{made.order['unpaid']}/cancel").locator("main form button.pri").click()
    made.order["cancelled"] = made.order["unpaid"]
    page = buy_now(who, "oat-soap")
    place(page, "card")
    page.locator("a.back").click()
    page.wait_for_url("**/orders/J*")
    made.order["unpaid"] = number_of(page)
    made.work["open"] = work_of(clerk, made.order["paid"], 1)[0]
    for state, parcels in (("shipped", 1), ("delivered", 2)):
        paths = work_of(clerk, made.order[state], parcels)
        ship(clerk, paths)
        made.work[state] = paths[0]
        if state == "delivered":
            to_the_door(clerk, paths)
    settled(who.go(f"/orders/{made.order['delivered']}"), "[data-order=delivered]")
    page = who.go(f"/orders/{made.order['delivered']}/review/2")
    page.locator(".rate label").nth(1).click()
    page.fill("#f-text", "Keeps its scent for five cups, and the tin closes well.")
    page.click("main form button.pri")
    page.wait_for_url("**/review/2?written=1")


def _wishes(made: Tour, who: Visitor) -> None:
    """A cart with something laid aside, a quote, an address, a coupon, a favourite, a shop, a watch and a question."""
    for words, handle in (("soap", "oat-soap"), ("flask", "travel-flask"), ("white peony", "white-peony")):
        put_in_cart(who, words, handle)
    who.page.locator("form[action$='/cart/aside']:has([value='1']) button").first.click()
    who.page.locator("form[action$='/cart/aside']:has([name=aside][value='0'])").wait_for()
    made.quote = re.sub(r"^.*/en/", "/", buy_now(who, "travel-flask").url)
    made.address = keep_address(who)
    claim = who.go("/coupons").locator("form[action$='/coupons/claim'] button").first
    if claim.count():
        claim.click()
        who.page.wait_for_url("**/coupons?claimed=1")
    for path, form in (("/products/travel-flask", "/favourites"), ("/products?merchant=pomelo", "/shops/follow")):
        who.go(path).locator(f"main form[action$='{form}'] button").first.click()
        who.page.locator(f"form[action$='{form}'] [aria-pressed=true]").first.wait_for()
    watch_sold_out(who, SOLD_OUT)
    page = who.go("/products/white-peony/questions")
    page.fill("#f-text", "Does it keep for two years when it is closed?")
    page.click("form[data-once] button.pri")
    page.wait_for_url("**/questions?*")


def _desk(made: Tour, clerk: Visitor, shop: str) -> None:
    """A product that is archived, one that is shown early, a promotion, a banned word, a question that is withheld."""
    with Desk(shop) as desk:
        made.preview = desk.preview("travel-flask")
        desk.status(ARCHIVED, "archived")
    page = clerk.go("/desk/promotions")
    made.promotion = (page.locator(".tbl a").first.get_attribute("href") or "").removeprefix("/en")
    page = clerk.go("/desk/search")
    if not page.get_by_text("zzbanned").count():
        page.select_option("#f-kind", "banned")
        page.fill("#f-terms", "zzbanned")
        page.click("form[action$='/desk/search/words'] button.pri")
        page.wait_for_url("**/desk/search?done=saved")
    page = clerk.go("/desk/reviews?tab=questions")
    form = page.locator("form[action$='/desk/reviews/moderation']:has([name=do][value=withhold])").first
    form.locator("xpath=..").locator("summary").click()
    form.locator("[name=note]").fill("Names somebody who is not of the shop.")
    form.locator("button").click()
    page.wait_for_load_state()


def example() -> Tour:
    """Names in place of what a walk would find, to tell which routes the tour visits."""
    states = ("unpaid", "paid", "shipped", "delivered", "cancelled")
    works = dict.fromkeys(("open", "shipped", "delivered"), "/en/desk/work/ful_1")
    return Tour(
        None, None, None, dict.fromkeys(states, "J0"), works, "/checkout?quote=qt_1", "/mailbox/msg_1",
        "/products/preview/x", "/me/addresses/adr_1", "/desk/promotions/prm_1",
    )  # fmt: skip
