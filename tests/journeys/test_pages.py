"""Every page, in both languages, at three widths, light and dark: axe finds nothing, nothing overflows, the console is
silent, targets are large enough and the bytes are few."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext

from jishi.kernel.i18n import LOCALES
from tests.hostile.walk import WAYS

from .conftest import DESKTOP, PHONE, SHOTS, complains
from .desk import Desk
from .stops import Stop, stops
from .tour import ARCHIVED, Tour, example, make

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


@pytest.fixture(scope="module")
def tour(browser: Browser, shop: str) -> Iterator[Tour]:
    made, people = make(browser, shop)
    yield made
    with Desk(shop) as desk:
        desk.status(ARCHIVED, "published")
    for it in people:
        it.context.close()
    assert not [said for it in people for said in it.complaints]


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


PERSON = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"
ELSEWHERE = {  # what no visitor looks at: files, and an address that only leads on
    "/manifest.webmanifest", "/orders/{number:str}/paid", "/desk/promotions/{promotion_id:str}/codes.csv",
}  # fmt: skip


def test_every_page_is_in_the_tour() -> None:
    pages = {p.removeprefix("/en") for m, p in WAYS if m == "GET" and (p == "/en" or p.startswith("/en/"))}
    visited = {route_of(stop.page or stop.path.partition("?")[0], pages) for stop in stops(example())}
    assert pages - visited == ELSEWHERE


def route_of(path: str, routes: set[str]) -> str:
    """The route that answers a path: its own name before a placeholder's."""
    fits = [r for r in routes if re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", r), path)]
    return min(fits, key=lambda r: r.count("{"), default="")


@pytest.mark.browser
@pytest.mark.timeout(900)
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("locale", LOCALES)
def test_every_page_is_sound(browser: Browser, shop: str, tour: Tour, locale: str, size: dict[str, int]) -> None:
    kept = {"": None, "fresh": None, "asked": None, "guest": tour.guest, "buyer": tour.buyer, "staff": tour.staff}
    windows = {
        who: Looker(
            browser.new_context(
                storage_state=state, locale=locale, viewport=size, is_mobile=size is PHONE,  # type: ignore[arg-type]
                has_touch=size is PHONE, reduced_motion="reduce", service_workers="block",
                user_agent=PERSON if who == "asked" else None,
            )
        )
        for who, state in kept.items()
    }  # fmt: skip
    wrong, only = list[str](), os.environ.get("JISHI_PAGES", "")  # a pattern of names, for whoever works on some
    for stop in stops(tour):
        if not re.search(only, stop.name):
            continue
        it = windows[stop.who]
        it.said.clear()
        it.sizes.clear()
        wrong += [f"{stop.name}: {what}" for what in it.look(stop, shop, locale, size["width"])]
    for it in windows.values():
        it.context.close()
    assert not wrong, "\n".join(["", *wrong])


@pytest.mark.browser
def test_axe_has_looked() -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not here; `make journeys` fetches it")
