"""The first journey: a guest finds two products, buys from two shops, pays by card, and follows both parcels to the
signature, while the warehouse packs and ships them."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from .conftest import DESKTOP, PHONE, Visitor
from .steps import (
    buy_now,
    number_of,
    pay,
    place,
    put_in_cart,
    settled,
    ship,
    sign_in_as_staff,
    to_confirmation,
    to_the_door,
    work_of,
)

pytestmark = pytest.mark.browser


@pytest.fixture
def staff(browser: Browser, shop: str, visitor: Visitor) -> Iterator[Visitor]:
    """A clerk at work in the same language and manner."""
    size = PHONE if visitor.locale == "zh-CN" else DESKTOP
    it = Visitor(browser, shop, visitor.locale, size, js=visitor.js)
    sign_in_as_staff(it)
    yield it
    it.context.close()


def test_a_guest_buys_from_two_shops_pays_by_card_and_follows_both_parcels(visitor: Visitor, staff: Visitor) -> None:
    zh = visitor.locale == "zh-CN"
    put_in_cart(visitor, "保温杯" if zh else "flask", "travel-flask")
    put_in_cart(visitor, "白牡丹" if zh else "white peony", "white-peony")
    page = visitor.page
    assert page.locator(".grp").count() == 2  # merchant × warehouse
    visitor.shot("cart")
    to_confirmation(visitor)
    visitor.shot("checkout")
    place(page, "card")
    visitor.shot("gateway")
    number = pay(page)
    page.goto(f"{visitor.address}/{visitor.locale}/orders/{number}")
    settled(page, "[data-order=to_ship]")
    assert page.locator("[data-child]").count() == 2
    visitor.shot("order-paid")

    paths = work_of(staff, number, 2)
    ship(staff, paths)
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
    page = buy_now(visitor, "cup-saucer")
    place(page, "cod")
    number = number_of(page)
    settled(page, "[data-order=to_ship]")
    paths = work_of(staff, number, 1)
    ship(staff, paths)
    to_the_door(staff, paths)
    page.reload()
    settled(page, "[data-payment=paid]")
    assert not visitor.complaints


def test_a_declined_card_can_be_tried_again_and_an_unpaid_order_can_be_cancelled(visitor: Visitor) -> None:
    page = buy_now(visitor, "oat-soap")
    place(page, "card")
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
