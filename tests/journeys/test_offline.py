"""The installed shop without a network: a page that says so, in the visitor's language, and nothing stale."""

import pytest
from playwright.sync_api import Browser, expect

from .conftest import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
ACTIVE = "() => navigator.serviceWorker.ready.then(r => r.active.state)"
KEPT = """() => caches.keys().then(names => Promise.all(names.map(n => caches.open(n).then(c => c.keys()))))
    .then(all => all.flat().map(r => new URL(r.url).pathname))"""


@pytest.mark.parametrize(("locale", "words"), [("zh-CN", "现在没有网络"), ("en", "No network just now")])
def test_without_a_network_there_is_a_page_that_says_so(browser: Browser, shop: str, locale: str, words: str) -> None:
    context = browser.new_context(locale=locale, viewport=PHONE)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{shop}/{locale}")
    page.wait_for_function(ACTIVE)
    page.goto(f"{shop}/{locale}/products/travel-flask")
    kept = page.evaluate(KEPT)
    assert f"/{locale}/offline" in kept
    assert not [path for path in kept if "/products" in path or "/cart" in path or path.startswith("/media")]
    context.set_offline(True)
    page.goto(f"{shop}/{locale}/cart")
    expect(page.get_by_role("heading", level=1)).to_have_text(words)
    context.set_offline(False)
    page.locator("main a.btn").click()
    page.wait_for_url(f"**/{locale}")
    context.close()
