"""The cart, the checkout and the order with offers in them: one figure on every page, and each says how it came about."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from jishi.goods.pricing import PriceDraft, SetPrices
from jishi.goods.promotions import Amount, Percent, PromotionDraft, PutLimit, PutPromotion, Rule, Threshold, Tier
from jishi.goods.shipping import PutRates, RateDraft
from jishi.kernel.ids import decode
from tests.hostile.kit import ADDRESS, OWNER, OWNER_EMAIL, House, opened
from tests.kit import STAFF

TOTAL = re.compile(r'class="price xl"><small>[^<]*</small>([\d.,]+)')


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with opened(tmp_path) as made:
        yield made


async def offer(house: House, rule: Rule, stage: str = "cross_shop", **more: object) -> int:
    names = {"en": "Ten off!", "zh-CN": "减十元！"}
    draft = PromotionDraft(names, stage, rule, "CN", "CNY", **more)  # type: ignore[arg-type]
    return (await house.shop.promotions.put(STAFF, PutPromotion(house.key(), draft))).id


async def add(house: House, code: str, pieces: int = 1, who: str = "guest") -> None:
    form = {"product": code.lower(), "listing": house.listing[code], "quantity": str(pieces), "do": "cart"}
    assert (await house.page("POST", "/cart/add", who, form)).status_code == 303


async def to_quote(house: House, **more: str) -> str:
    """At the confirmation, as the address form of this market leads there."""
    form = OWNER | ADDRESS | {"email": OWNER_EMAIL, "buy": "", "region": ""} | more
    got = await house.page("POST", "/checkout/address", "guest", form)
    assert got.status_code == 303, got.text[:2000]
    page = await house.page("GET", got.headers["location"].removeprefix("/en"), "guest")
    assert page.status_code == 200
    return page.text


def hidden(text: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found, name
    return found[1]


async def test_the_cart_the_checkout_and_the_order_say_the_same_total_and_why(house: House) -> None:
    await offer(house, Threshold([Tier(10_000, 1_000)], every=True))
    await add(house, "TEA", 3)
    cart = await house.page("GET", "/cart", "guest")
    assert TOTAL.findall(cart.text) == ["252.00"]  # 264.00 − 20.00 + 8.00 for 750 g
    text = await to_quote(house)
    assert TOTAL.findall(text) == TOTAL.findall(cart.text)
    for page in (cart.text, text):
        assert page.count("Ten off!") >= 2
        assert "<progress" in page
    form = {n: hidden(text, n) for n in ("quote", "total", "key")} | {"method": "cod", "buy": ""}
    placed = await house.page("POST", "/checkout/place", "guest", form)
    order = await house.page("GET", placed.headers["location"].removeprefix("/en"), "guest")
    assert "Ten off!" in order.text
    assert "after offers" in order.text


async def test_a_line_waits_for_later_and_a_price_that_changed_is_told(house: House) -> None:
    await add(house, "TEA", 2)
    await add(house, "LAMP")
    draft = PriceDraft(decode("lst", house.listing["TEA"]), "CN", "CNY", 8_000)
    house.clock.pass_time(ms=1)
    await house.shop.pricing.set_prices(STAFF, SetPrices(decode("mer", house.merchant["tea"]), [draft]))
    house.clock.pass_time(ms=1)
    text = (await house.page("GET", "/cart", "guest")).text
    assert "cheaper: it was CN¥88.00 when you added it" in text
    got = await house.page("POST", "/cart/aside", "guest", {"listing": house.listing["LAMP"], "aside": "1"})
    assert got.status_code == 303
    text = (await house.page("GET", "/cart", "guest")).text
    assert "1 item kept for later" in text
    assert "2 items" in text
    await house.page("POST", "/cart/aside", "guest", {"listing": house.listing["LAMP"], "aside": "0"})
    assert "kept for later" not in (await house.page("GET", "/cart", "guest")).text


async def test_a_code_counts_from_the_moment_it_is_typed(house: House) -> None:
    await offer(house, Percent(1_000), "coupon", needs="code", code="AUTUMN")
    await add(house, "TEA")
    wrong = await house.page("POST", "/cart/coupon", "guest", {"code": "NOPE"})
    assert (wrong.status_code, 'aria-invalid="true"' in wrong.text) == (200, True)
    assert (await house.page("POST", "/cart/coupon", "guest", {"code": " autumn "})).status_code == 303
    assert "Ten off!" in (await house.page("GET", "/cart", "guest")).text
    assert "-CN¥8.80" in await to_quote(house)


async def test_too_much_for_one_person_stays_apart_and_the_rest_can_be_ordered(house: House) -> None:
    limit = PutLimit(decode("mer", house.merchant["road"]), decode("lst", house.listing["LAMP"]), 2)
    await house.shop.promotions.put_limit(STAFF, limit)
    await add(house, "LAMP", 3)
    await add(house, "TEA")
    text = (await house.page("GET", "/cart", "guest")).text
    assert "At most 2 a person; you can still buy 2" in text
    assert TOTAL.findall(text) == ["96.00"]
    text = await to_quote(house)
    assert "What was too much stayed in your cart" in text
    assert TOTAL.findall(text) == ["96.00"]


async def test_nothing_to_pay_is_ordered_with_one_click_and_a_note_goes_with_it(house: House) -> None:
    rates = [RateDraft("standard", "CNY", "CN")]
    await house.shop.shipping.put_rates(STAFF, PutRates(decode("mer", house.merchant["tea"]), rates))
    await offer(house, Percent(10_000))
    await add(house, "TEA", 2)
    text = await to_quote(house, gift="Happy <b>birthday</b>\nfrom us")
    assert "Order, nothing to pay" in text
    assert "A gift note goes with it" in text
    form = {n: hidden(text, n) for n in ("quote", "total", "key")} | {"method": "none", "buy": ""}
    placed = await house.page("POST", "/checkout/place", "guest", form)
    assert placed.status_code == 303
    await house.drain()
    page = (await house.page("GET", placed.headers["location"].removeprefix("/en"), "guest")).text
    assert "Happy &lt;b&gt;birthday&lt;" in page
    assert 'data-order="to_ship"' in page
    number = re.search(r"/orders/(J\w{10})", placed.headers["location"])
    assert number
    assert "birthday" not in (await house.page("GET", f"/orders/{number[1]}", "other")).text


async def test_buying_again_puts_in_what_there_is_and_names_the_rest(house: House) -> None:
    placed = await house.place("owner", LAST=1, TEA=2)
    page = await house.page("GET", f"/orders/{placed['number']}", "owner")
    key = re.search(r'/again".*?name="key" value="([0-9a-f]{32})"', page.text)
    assert key
    for _ in range(2):  # a double click
        got = await house.page("POST", f"/orders/{placed['number']}/again", "owner", {"key": key[1], "secret": ""})
        assert "Last (Sold out)" in got.text
    assert (await house.api("GET", "/cart", "owner")).json()["pieces"] == 2
    other = await house.page("POST", f"/orders/{placed['number']}/again", "other", {"key": "x", "secret": ""})
    assert other.status_code == 404


async def test_programs_are_told_the_same(house: House) -> None:
    await offer(house, Amount(1_000))
    await offer(house, Percent(5_000), "coupon", needs="code", code="HALF")
    body = house.wish(TEA=1) | {"codes": ["HALF", "WRONG"], "gift_note": "for you"}
    quote = (await house.api("POST", "/quotes", "owner", json=body)).json()
    assert [d["amount"]["minor"] for d in quote["discounts"]] == [-1_000, -3_900]
    assert [u["code"] for u in quote["unused"]] == ["WRONG"]
    assert quote["discount"]["minor"] == -4_900
    got = await house.api("POST", "/orders", "owner", key="k", json=house.placing(quote))
    assert got.status_code == 201
    order = await house.order(got.json()["number"], "owner")
    assert [d["amount"]["minor"] for d in order["discounts"]] == [-1_000, -3_900]
    assert order["total"] == quote["total"]
