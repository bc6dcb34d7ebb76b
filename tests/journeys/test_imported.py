"""The whole journey on a catalogue that nobody here wrote: found, bought from two departments, paid, shipped, signed for."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from .conftest import DESKTOP, PHONE, Visitor, serving
from .steps import pay, place, put_in_cart, settled, ship, sign_in_as_staff, to_confirmation, to_the_door, work_of

pytestmark = pytest.mark.browser
FIXTURES = Path(__file__).parents[2] / "tools/fixtures.py"


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if os.environ.get("JISHI_OFFLINE") == "1":
        pytest.skip("JISHI_OFFLINE=1: the real catalogue is not fetched")
    subprocess.run([sys.executable, str(FIXTURES)], check=True, timeout=200, stdout=subprocess.DEVNULL)
    with serving(tmp_path_factory.mktemp("imported"), "--catalog", "fixtures") as address:
        yield address


@pytest.fixture
def visitors(browser: Browser, imported: str) -> Iterator[list[Visitor]]:
    """A guest and a clerk in English at a desk, and a reader of Chinese with a phone."""
    manners = [("en", DESKTOP), ("en", DESKTOP), ("zh-CN", PHONE)]
    people = [Visitor(browser, imported, locale, size, js=True) for locale, size in manners]
    yield people
    for it in people:
        it.context.close()


def test_two_imported_products_are_bought_paid_shipped_and_signed_for(visitors: list[Visitor]) -> None:
    guest, staff, reader = visitors
    sign_in_as_staff(staff)
    page = guest.go("/products/laptop")
    assert page.locator("[data-credit]").inner_text() == "Photo: Derick David / Unsplash"
    guest.shot("imported-product")
    put_in_cart(guest, "mouse", "cordless-mouse")
    put_in_cart(guest, "bonsai", "bonsai-tree")
    assert page.locator(".grp").count() == 2
    to_confirmation(guest)
    place(page, "card")
    number = pay(page)
    page.goto(f"{guest.address}/en/orders/{number}")
    settled(page, "[data-order=to_ship]")
    paths = work_of(staff, number, 2)
    ship(staff, paths)
    to_the_door(staff, paths)
    page.reload()
    settled(page, "[data-order=delivered]")
    assert page.locator("[data-child=delivered]").count() == 2
    guest.shot("imported-delivered")

    chinese = reader.go("/products/laptop")  # its names are English alone, the shop's words are not
    assert chinese.locator("h1").inner_text() == "Laptop"
    assert "电脑" in chinese.locator("main").inner_text()
    reader.shot("imported-product")
    for it in visitors:
        assert not it.complaints
