"""Every page, in both languages, at three widths, light and dark: axe finds nothing, nothing overflows, the console is
silent, targets are large enough and the bytes are few."""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from jishi.kernel.i18n import LOCALES

from .conftest import DESKTOP, PHONE, SHOTS, Visitor, complains
from .steps import (
    ADDRESS,
    buy_now,
    fill_address,
    number_of,
    pay,
    place,
    put_in_cart,
    settled,
    ship,
    sign_in_as_staff,
    to_the_door,
    work_of,
)

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]
AXE = Path(__file__).parents[2] / ".fixtures/axe-core-4.14.1/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = ["color-contrast", "link-in-text-block"]  # what the dark theme can change
RUN = """only => axe.run(document, {runOnly: only}).then(r => r.violations.map(v => v.id + ': ' + v.nodes.slice(0, 3)
    .map(n => n.target.join(' ') + ' ' + (n.any[0]?.message || '')).join(' | ')))"""
SMALL = """() => [...document.querySelectorAll('a,button,input,select,summary')].filter(e => {
    const s = getComputedStyle(e), r = (e.closest('label') || e).getBoundingClientRect()
    return r.width > 1 && !e.classList.contains('sr') && s.display !== 'inline' && (r.height < 24 || r.width < 24)
}).map(e => e.className + ':' + e.textContent.trim().slice(0, 20))"""
WIDTH = "document.documentElement.scrollWidth"  # never innerWidth: a phone's viewport grows with what overflows
NARROWEST = 320
SHOP_BYTES, DESK_BYTES = 60 << 10, 80 << 10  # brotli, without pictures


@dataclass
class Tour:
    """Somebody who bought and somebody who sells, signed in, and the orders that they have brought to each state."""

    buyer: Any  # what the browser keeps of each
    staff: Any
    order: dict[str, str] = field(default_factory=dict)  # state → number
    work: dict[str, str] = field(default_factory=dict)  # state → path of a parcel's work
    quote: str = ""  # path of a confirmation
    mail: str = ""


@pytest.fixture(scope="module")
def tour(browser: Browser, shop: str) -> Iterator[Tour]:
    who, clerk = (Visitor(browser, shop, "en", DESKTOP, js=True) for _ in range(2))
    sign_in_as_staff(clerk)
    sign_in(who)
    made = Tour({}, {})
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
            page = who.page
            page.click(".buy a[href$='/checkout']")
            fill_address(who)
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
    made.quote = re.sub(r"^.*/en/", "/", buy_now(who, "travel-flask").url)
    put_in_cart(who, "flask", "travel-flask")
    put_in_cart(who, "white peony", "white-peony")
    made.mail = (who.go("/mailbox").locator(".order-row a").first.get_attribute("href") or "").removeprefix("/en")
    made.buyer, made.staff = who.context.storage_state(), clerk.context.storage_state()
    yield made
    assert not who.complaints
    assert not clerk.complaints
    who.context.close()
    clerk.context.close()


def sign_in(who: Visitor) -> None:
    """By the code that came by mail."""
    page = who.go("/sign-in")
    page.fill("#f-email", ADDRESS["email"])
    page.click("form[action$='/sign-in'] button.pri")
    page.wait_for_url("**/sign-in/code?*")
    box = who.context.new_page()
    box.goto(f"{who.address}/en/mailbox")
    box.locator(".order-row a").first.click()
    code = re.search(r"\b(\d{6})\b", box.inner_text("article"))
    assert code is not None
    box.close()
    page.fill("#f-code", code[1])
    page.press("#f-code", "Enter")
    page.wait_for_url("**/me")


Act = Callable[[Page], None]


def submit_bad(form: str, **typed: str) -> Act:
    """The form with what is wrong in it, past the browser's own checks."""

    def act(page: Page) -> None:
        for name, value in typed.items():
            page.fill(f"{form} [name={name}]", value)
        with page.expect_navigation():
            page.evaluate("f => { const e = document.querySelector(f); e.noValidate = true; e.requestSubmit() }", form)

    return act


def click(selector: str, url: str) -> Act:
    def act(page: Page) -> None:
        page.locator(selector).first.click()
        page.wait_for_url(url)

    return act


@dataclass(frozen=True)
class Stop:
    """A page: who sees it, where it is, and what is done there before it is looked at."""

    name: str
    path: str
    who: str = ""
    act: Act | None = None
    status: int = 200


def stops(tour: Tour) -> list[Stop]:
    o, w = tour.order, tour.work
    return [
        Stop("home", ""),
        Stop("list", "/products"),
        Stop("search", "/products?q=tea&sort=name"),
        Stop("list-empty", "/products?q=zzzz"),
        Stop("product", "/products/travel-flask"),
        Stop("product-options", "/products/walking-shoes"),
        Stop("product-sold-out", "/products/walking-shoes?o.colour=brick&o.size=44"),
        Stop("cart", "/cart", "buyer"),
        Stop("cart-empty", "/cart"),
        Stop("checkout", "/checkout", "buyer"),
        Stop("checkout-errors", "/checkout", "buyer", submit_bad("#address", name="x", phone="12", email="no")),
        Stop("checkout-confirm", tour.quote, "buyer"),
        Stop("gateway", f"/orders/{o['unpaid']}", "buyer", click("form[action$='/pay'] button", "**/sandbox/stripe/**")),
        *(Stop(f"order-{state}", f"/orders/{number}", "buyer") for state, number in o.items()),
        Stop("order-cancel", f"/orders/{o['paid']}/cancel", "buyer"),
        Stop("orders", "/orders", "buyer"),
        Stop("orders-empty", "/orders"),
        Stop("sign-in", "/sign-in"),
        Stop("sign-in-errors", "/sign-in", "", submit_bad("form[action$='/sign-in']", email="no")),
        Stop("code", "/sign-in", "", submit_bad("form[action$='/sign-in']", email="mei@example.com")),
        Stop("me", "/me", "buyer"),
        Stop("me-errors", "/me", "buyer", submit_bad("form[action$='/password']", password="x")),
        Stop("find-order", "/find-order"),
        Stop("find-order-sent", "/find-order?sent=1"),
        Stop("mailbox", "/mailbox"),
        Stop("mail", tour.mail),
        Stop("lost", "/nowhere", status=404),
        Stop("desk", "/desk", "staff"),
        Stop("desk-orders", "/desk/orders", "staff"),
        Stop("desk-stock", "/desk/stock", "staff"),
        Stop("desk-level", "/desk/stock", "staff", click(".tbl a.rid", "**/desk/stock/stk_*")),
        Stop("desk-works", "/desk/work?state=shipped", "staff"),
        *(Stop(f"desk-work-{state}", "/" + path.split("/", 2)[2], "staff") for state, path in w.items()),
        Stop("desk-receive-errors", "/desk/stock", "staff", submit_bad("form[action$='/receive']", code="no", quantity="0")),
    ]  # fmt: skip


class Looker:
    """A window that counts what a page costs and hears what the console says."""

    def __init__(self, context: BrowserContext) -> None:
        self.context, self.page = context, context.new_page()
        self.said, self.sizes = list[str](), dict[str, tuple[str, int]]()
        self.page.on("console", lambda m: self.said.append(m.text) if complains(m) else None)
        self.page.on("pageerror", lambda e: self.said.append(str(e)))
        self.page.on("requestfinished", self._count)
        session = context.new_cdp_session(self.page)
        session.send("Network.enable")
        session.send("Network.setCacheDisabled", {"cacheDisabled": True})

    def _count(self, request: Any) -> None:
        self.sizes[request.url] = (request.resource_type, request.sizes()["responseBodySize"])

    def look(self, stop: Stop, address: str, locale: str, width: int) -> list[str]:
        """What is wrong with the page."""
        page, wrong = self.page, list[str]()
        answer = page.goto(f"{address}/{locale}{stop.path}")
        assert answer is not None
        if answer.status != stop.status:
            wrong.append(f"status {answer.status}")
        if stop.act:
            self.said.clear()
            self.sizes.clear()
            stop.act(page)
            page.wait_for_load_state("load")
        refused = (
            "Failed to load resource: the server responded with a status of"  # a page that says what is wrong is one
        )
        wrong += [
            f"console: {s}" for s in self.said if not (s.startswith(refused) and (stop.act or stop.status >= 400))
        ]
        wrong += self._shape(locale, stop)
        if stop.name != "gateway":  # that one is the provider's
            few = DESK_BYTES if stop.who == "staff" else SHOP_BYTES
            if (bytes_ := sum(n for kind, n in self.sizes.values() if kind != "image")) > few:
                wrong.append(f"{bytes_} bytes without pictures")
        for theme in ("light", "dark") if AXE.is_file() else ():
            page.evaluate("t => { document.documentElement.dataset.theme = t }", theme)
            if theme == "light":
                page.evaluate(AXE.read_text("utf-8"))
            only = RULES if theme == "light" else {"type": "rule", "values": COLOURS}
            wrong += [f"axe {theme}: {v}" for v in page.evaluate(RUN, only)]
        wrong += [f"overflows by {over} at {width}"] if (over := page.evaluate(WIDTH) - width) > 0 else []
        if "JISHI_ARTEFACTS" in os.environ:
            self._shot(stop, locale, width)
        if width == PHONE["width"]:
            page.set_viewport_size({"width": NARROWEST, "height": 700})
            over = page.evaluate(WIDTH) - NARROWEST
            wrong += [f"overflows by {over} at {NARROWEST}"] if over > 0 else []
            page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
        return wrong

    def _shape(self, locale: str, stop: Stop) -> list[str]:
        page, wrong = self.page, list[str]()
        if small := page.evaluate(SMALL):
            wrong.append(f"small targets: {small[:5]}")
        if (n := page.locator("h1").count()) != 1:
            wrong.append(f"{n} h1")
        if (n := page.locator("main").count()) != 1:
            wrong.append(f"{n} main")
        if (lang := page.get_attribute("html", "lang")) != locale and stop.name != "gateway":
            wrong.append(f"lang {lang}")
        if nameless := page.evaluate(
            "() => [...document.querySelectorAll('input:not([type=hidden]),select,textarea')]"
            ".filter(e => !e.labels.length && !e.ariaLabel && !e.ariaHidden).map(e => e.name)"
        ):
            wrong.append(f"without a label: {nameless}")
        return wrong

    def _shot(self, stop: Stop, locale: str, width: int) -> None:
        SHOTS.mkdir(parents=True, exist_ok=True)
        size = "m" if width == PHONE["width"] else "d"
        self.page.evaluate("() => [...document.images].forEach(i => { i.loading = 'eager' })")
        self.page.wait_for_load_state("networkidle")
        for theme in ("dark", "light"):
            self.page.evaluate("t => { document.documentElement.dataset.theme = t }", theme)
            mark = "-dark" if theme == "dark" else ""
            self.page.screenshot(path=SHOTS / f"{stop.name}{mark}.{locale}-{size}.png", full_page=True)


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("locale", LOCALES)
def test_every_page_is_sound(browser: Browser, shop: str, tour: Tour, locale: str, size: dict[str, int]) -> None:
    kept = {"": None, "buyer": tour.buyer, "staff": tour.staff}
    windows = {
        who: Looker(
            browser.new_context(
                storage_state=state, locale=locale, viewport=size, is_mobile=size is PHONE,  # type: ignore[arg-type]
                has_touch=size is PHONE, reduced_motion="reduce", service_workers="block",
            )
        )
        for who, state in kept.items()
    }  # fmt: skip
    wrong = list[str]()
    for stop in stops(tour):
        it = windows[stop.who]
        it.said.clear()
        it.sizes.clear()
        wrong += [f"{stop.name}: {what}" for what in it.look(stop, shop, locale, size["width"])]
    for it in windows.values():
        it.context.close()
    assert not wrong, "\n".join(["", *wrong])


def test_axe_has_looked() -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not here; `make journeys` fetches it")
