"""Every page there is: who sees it, where it is, and what is done there before it is looked at."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

from .steps import newcomer
from .tour import ARCHIVED, MATRIX, SOLD_OUT, Tour

Act = Callable[[Page], None]


@dataclass(frozen=True)
class Stop:
    """A page. `page`: its route, where what is done there leads to another than the path's."""

    name: str
    path: str
    who: str = ""
    act: Act | None = None
    status: int = 200
    page: str = ""


def fill(form: str, **typed: str) -> Act:
    """The form with what is typed, past the browser's own checks."""

    def act(page: Page) -> None:
        page.evaluate("f => { for (let e = document.querySelector(f); e; e = e.parentElement) e.open = true }", form)
        for name, value in typed.items():
            page.locator(f"{form} [name={name}]:not([type=hidden])").first.fill(value)
        with page.expect_navigation():
            page.evaluate("f => { const e = document.querySelector(f); e.noValidate = true; e.requestSubmit() }", form)

    return act


def click(selector: str, url: str) -> Act:
    def act(page: Page) -> None:
        page.locator(selector).first.click()
        page.wait_for_url(url)

    return act


def choose(selector: str, seen: str) -> Act:
    """A choice that is answered in the page."""

    def act(page: Page) -> None:
        page.locator(selector).first.check()
        page.locator(seen).first.wait_for()

    return act


def suggested(page: Page) -> None:
    page.locator("#q").press_sequentially("te")
    page.locator("#sug a").first.wait_for()


def opened(page: Page) -> None:
    """The second level of the menu, or the facets of a phone."""
    if page.locator("[data-open=flt]").is_visible():
        page.locator("[data-open=flt]").click()
    elif page.locator(".cats").count():
        page.locator(".cats li > a").first.focus()


def stops(tour: Tour) -> list[Stop]:
    return [*shop_stops(tour), *order_stops(tour), *own_stops(tour), *desk_stops(tour)]


def shop_stops(tour: Tour) -> list[Stop]:
    bought = "/products/white-peony"
    return [
        Stop("home", ""),
        Stop("home-menu", "", act=opened),
        Stop("home-asked", "", "asked"),
        Stop("list", "/products"),
        Stop("list-category", "/products?category=tea"),
        Stop("list-facets", "/products?category=tea&sort=price_up&stock=1&f.material=steel", act=opened),
        Stop("list-shop", "/products?merchant=pomelo", "buyer"),
        Stop("search", "/products?q=tea&sort=sales"),
        Stop("search-corrected", "/products?q=thermoss"),
        Stop("list-empty", "/products?q=zzzz"),
        Stop("list-banned", "/products?q=zzbanned"),
        Stop("suggest", "/suggest?q=te"),
        Stop("suggest-typed", "", act=suggested),
        Stop("product", "/products/travel-flask"),
        Stop("product-options", "/products/walking-shoes"),
        Stop("product-sold-out", SOLD_OUT),
        Stop("product-matrix", f"/products/{MATRIX}"),
        Stop("product-matrix-chosen", f"/products/{MATRIX}", act=choose("#o-width-w90 ~ span, #o-width-w90", "#choice form")),
        Stop("product-archived", f"/products/{ARCHIVED}", status=410),
        Stop("product-preview", tour.preview),
        Stop("reviews", f"{bought}/reviews"),
        Stop("reviews-none", f"/products/{MATRIX}/reviews"),
        Stop("questions", f"{bought}/questions", "buyer"),
        Stop("questions-errors", f"{bought}/questions", "buyer", fill("form[data-once]", text="?")),
        Stop("feed", "/feed"),
        Stop("coupons", "/coupons"),
        Stop("compare", "/compare?p=travel-flask,walking-shoes"),
        Stop("compare-none", "/compare"),
        Stop("place", "/place"),
        Stop("offline", "/offline"),
        Stop("find-order", "/find-order"),
        Stop("find-order-sent", "/find-order?sent=1"),
        Stop("mailbox", "/mailbox"),
        Stop("mail", tour.mail),
        Stop("lost", "/nowhere", status=404),
    ]  # fmt: skip


def order_stops(tour: Tour) -> list[Stop]:
    o = tour.order
    review = f"/orders/{o['delivered']}/review"
    return [
        Stop("cart", "/cart", "buyer"),
        Stop("cart-code", "/cart", "buyer", fill("form[action$='/cart/coupon']", code="NONE")),
        Stop("cart-empty", "/cart"),
        Stop("checkout", "/checkout", "guest"),
        Stop("checkout-errors", "/checkout", "guest", fill("#address", name="x", phone="12", email="no")),
        Stop("checkout-book", "/checkout", "buyer"),
        Stop("checkout-confirm", tour.quote, "buyer"),
        Stop("gateway", f"/orders/{o['unpaid']}", "buyer", click("form[action$='/pay'] button", "**/sandbox/stripe/**")),
        *(Stop(f"order-{state}", f"/orders/{number}", "buyer") for state, number in o.items()),
        Stop("order-cancel", f"/orders/{o['paid']}/cancel", "buyer"),
        Stop("orders", "/orders", "buyer"),
        Stop("orders-search", "/orders?q=flask", "buyer"),
        Stop("orders-none", "/orders?q=zzzz", "buyer"),
        Stop("orders-empty", "/orders"),
        Stop("review-write", f"{review}/1", "buyer"),
        Stop("review-errors", f"{review}/1", "buyer", fill("form[enctype]", text="So, so.")),
        Stop("review-written", f"{review}/2", "buyer"),
        Stop("reviews-quiet", "/reviews/quiet?t=x"),
    ]  # fmt: skip


def own_stops(tour: Tour) -> list[Stop]:
    typed = fill("form[action$='/me/contact']:has([value=phone])", value="13912345678")
    return [
        Stop("sign-in", "/sign-in"),
        Stop("sign-in-phone", "/sign-in?by=phone"),
        Stop("sign-in-errors", "/sign-in", "", fill("form[action$='/sign-in']", email="no")),
        Stop("code", "/sign-in", "", fill("form[action$='/sign-in']", email=newcomer()), page="/sign-in/code"),
        Stop("me", "/me", "buyer"),
        Stop("me-errors", "/me", "buyer", fill("form[action$='/password']", password="x")),
        Stop("me-contact", "/me", "buyer", typed, page="/me/contact"),
        Stop("devices", "/me/devices", "buyer"),
        Stop("claims", "/me/claims", "buyer"),
        Stop("claims-errors", "/me/claims", "buyer", fill("form:has(#f-secret)", number="J0000000000", secret="no")),
        Stop("addresses", "/me/addresses", "buyer"),
        Stop("addresses-empty", "/me/addresses"),
        Stop("address-new", "/me/addresses/new", "buyer"),
        Stop("address-edit", tour.address, "buyer"),
        Stop("address-errors", "/me/addresses/new", "buyer", fill("#entry", name="x", phone="12")),
        Stop("my-coupons", "/me/coupons", "buyer"),
        Stop("my-coupons-code", "/me/coupons", "buyer", fill("form[action$='/coupons/code']", code="NONE")),
        Stop("my-reviews", "/me/reviews", "buyer"),
        Stop("favourites", "/favourites", "buyer"),
        Stop("favourites-empty", "/favourites"),
        Stop("watch", SOLD_OUT, "", fill("form[action$='/wishes/watch']", email="no")),
        Stop("watch-stop", "/wishes/stop?t=x"),
        Stop("seen", "/seen", "buyer"),
        Stop("seen-empty", "/seen", "fresh"),
        Stop("privacy", "/privacy"),
        Stop("privacy-own", "/privacy", "buyer"),
    ]  # fmt: skip


def desk_stops(tour: Tour) -> list[Stop]:
    bad = fill("form[action$='/receive']", code="no", quantity="0")
    return [
        Stop("desk", "/desk", "staff"),
        Stop("desk-orders", "/desk/orders", "staff"),
        Stop("desk-stock", "/desk/stock", "staff"),
        Stop("desk-level", "/desk/stock", "staff", click(".tbl a.rid", "**/desk/stock/stk_*"), page="/desk/stock/{stock_id}"),
        Stop("desk-receive-errors", "/desk/stock", "staff", bad),
        Stop("desk-works", "/desk/work?state=shipped", "staff"),
        *(Stop(f"desk-work-{state}", "/" + path.split("/", 2)[2], "staff") for state, path in tour.work.items()),
        Stop("desk-promotions", "/desk/promotions", "staff"),
        Stop("desk-promotion", tour.promotion, "staff"),
        Stop("desk-promotion-new", "/desk/promotions/new", "staff"),
        Stop("desk-promotion-errors", "/desk/promotions/new", "staff", fill("form.split", name_zh="x", name_en="x")),
        Stop("desk-reviews", "/desk/reviews", "staff"),
        Stop("desk-reviews-all", "/desk/reviews?tab=all", "staff"),
        Stop("desk-questions", "/desk/reviews?tab=questions", "staff"),
        Stop("desk-review-log", "/desk/reviews/log", "staff"),
        Stop("desk-search", "/desk/search", "staff"),
        Stop("desk-search-unmet", "/desk/search?unmet=1", "staff"),
        Stop("desk-recommend", "/desk/recommend", "staff"),
    ]  # fmt: skip
