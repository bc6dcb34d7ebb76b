"""The hosted page: both languages, no script, nothing to type, and back to the shop."""

import re

import httpx
import pytest
from litestar import Litestar, asgi
from litestar.types import Receive, Scope, Send

from jishi.kernel import World
from jishi.sandbox.stripe import Gateway, GatewaySettings
from jishi.sandbox.stripe.cards import CARDS

from .kit import SESSION, Caller

HAN = re.compile(r"[\u4e00-\u9fff]")


async def page(stripe: Caller, session: dict[str, str], **query: str) -> httpx.Response:
    return await stripe.http.get(f"/pay/{session['id']}", params=query)


async def test_the_page_says_what_is_paid_and_that_no_real_card_belongs_here(stripe: Caller):
    session = await stripe.session()
    english, chinese = await page(stripe, session, lang="en"), await page(stripe, session, lang="zh-CN")
    assert "Order J0000000001" in english.text
    assert "CN¥129.00" in english.text
    assert "¥129.00" in chinese.text
    assert "Never type a real card number" in english.text
    assert "请勿在此处或任何测试商店输入真实的银行卡号" in chinese.text
    assert len(HAN.findall(english.text)) == 2  # the link to the other language
    assert '<html lang="zh-CN">' in chinese.text
    for html in (english.text, chinese.text):
        assert html.count("<h1") == 1
        assert {*re.findall(r'<input type="(\w+)"', html)} == {"radio"}
        assert "<script" not in html
        assert "style=" not in html
        assert re.findall(r'value="(\d{4})"', html) == list(CARDS)


async def test_the_language_is_chosen_told_by_the_shop_or_by_the_browser(stripe: Caller):
    zh, en = await stripe.session(locale="zh"), await stripe.session(locale="en")
    assert 'lang="zh-CN"' in (await page(stripe, zh)).text
    assert '<html lang="en">' in (await page(stripe, en)).text
    free = await stripe.session()
    told = await stripe.http.get(f"/pay/{free['id']}", headers={"accept-language": "zh-TW,zh;q=0.9"})
    assert '<html lang="zh-CN">' in told.text
    assert '<html lang="en">' in (await page(stripe, zh, lang="en")).text
    assert (await stripe.http.get(f"/pay/{free['id']}", params={"lang": "x" * 9})).status_code == 400


async def test_the_policy_lets_nothing_in_but_its_own_style_and_the_way_back(stripe: Caller):
    answer = await page(stripe, await stripe.session())
    policy = answer.headers["content-security-policy"]
    assert policy == (
        "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
        "form-action 'self' https://shop.example"
    )
    assert answer.headers["cache-control"] == "no-store"
    css = await stripe.http.get("/assets/pay.css")
    assert (css.status_code, css.headers["content-type"]) == (200, "text/css; charset=utf-8")


async def test_a_good_card_goes_back_to_the_shop_once(stripe: Caller):
    session = await stripe.session()
    for _ in range(2):
        answer = await stripe.pay(session)
        back = f"https://shop.example/paid?s={session['id']}"
        assert (answer.status_code, answer.headers["location"]) == (303, back)
    assert (await page(stripe, session)).headers["location"] == back
    assert stripe.told().count("checkout.session.completed") == 1


@pytest.mark.parametrize(("card", "text"), [("0002", "declined"), ("9995", "not enough money")])
async def test_a_declined_card_shows_why_and_another_may_be_chosen(stripe: Caller, card: str, text: str):
    session = await stripe.session()
    answer = await stripe.pay(session, card, lang="en")
    shown = await stripe.http.get(answer.headers["location"])
    assert (answer.status_code, shown.status_code) == (303, 200)
    assert 'role="alert"' in shown.text
    assert text in shown.text
    intent = (await stripe.get("payment_intents"))["data"][0]
    assert (intent["status"], intent["amount_received"]) == ("requires_payment_method", 0)
    assert (await stripe.pay(session)).headers["location"].startswith("https://shop.example/paid")
    assert len((await stripe.get("payment_intents"))["data"]) == 1


@pytest.mark.parametrize("approve", [True, False])
async def test_the_bank_asks_whether_it_is_you(stripe: Caller, approve: bool):
    session = await stripe.session()
    answer = await stripe.pay(session, "3155", lang="en")
    assert answer.headers["location"].endswith(f"/pay/{session['id']}/challenge?lang=en")
    asked = await stripe.http.get(answer.headers["location"])
    assert "CN¥129.00" in asked.text
    choice = {"answer": "yes" if approve else "no"}
    after = await stripe.http.post(answer.headers["location"], data=choice)
    [intent] = (await stripe.get("payment_intents"))["data"]
    if approve:
        assert after.headers["location"].startswith("https://shop.example/paid")
        assert intent["amount_received"] == 12_900
        again = await stripe.http.post(answer.headers["location"], data=choice)
        assert again.headers["location"] == after.headers["location"]
    else:
        assert "You did not confirm" in (await stripe.http.get(after.headers["location"])).text
        assert (intent["status"], intent["amount_received"]) == ("requires_payment_method", 0)


async def test_a_payment_that_fails_later(stripe: Caller):
    session = await stripe.session()
    assert (await stripe.pay(session, "0341")).headers["location"].startswith("https://shop.example/paid")
    looked = await stripe.get(f"checkout/sessions/{session['id']}", **{"expand[]": "payment_intent"})
    assert (looked["status"], looked["payment_status"]) == ("complete", "unpaid")
    assert looked["payment_intent"]["status"] == "processing"
    stripe.clock.pass_time(seconds=11)
    assert stripe.told()[-1] == "checkout.session.async_payment_failed"
    [intent] = (await stripe.get("payment_intents"))["data"]
    assert intent["last_payment_error"]["code"] == "card_declined"


async def test_what_is_no_page_no_card_or_over_says_so(stripe: Caller):
    none = await stripe.http.get("/pay/cs_test_none", params={"lang": "en"})
    assert (none.status_code, "no such payment page" in none.text) == (404, True)
    assert (await stripe.http.post("/pay/cs_test_none", data={"card": "4242"})).status_code == 404
    assert (await stripe.http.get("/pay/cs_test_none/challenge")).status_code == 404
    session = await stripe.session()
    for wrong in ("", "4242424242424242", "<b>"):
        answer = await stripe.pay(session, wrong, lang="en")
        assert (answer.status_code, "Choose one of the test cards" in answer.text) == (422, True)
    assert (await stripe.get("payment_intents"))["data"] == []
    stripe.clock.pass_time(hours=24)
    over = await page(stripe, session, lang="en")
    assert (over.status_code, "has expired" in over.text) == (410, True)


async def test_names_from_the_shop_are_text_on_the_page(stripe: Caller):
    name = {"line_items[0][price_data][product_data][name]": "<script>alert(1)</script>"}
    html = (await page(stripe, await stripe.session(**name))).text
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


async def test_it_can_be_mounted_beside_the_shop(world: World):
    gateway = Gateway(world, GatewaySettings("http://shop.test/sandbox/stripe"))

    @asgi("/sandbox/stripe", is_mount=True, copy_scope=True)
    async def mounted(scope: Scope, receive: Receive, send: Send) -> None:
        await gateway.app(scope, receive, send)

    shop = Litestar([mounted], openapi_config=None, logging_config=None)
    key = {"authorization": f"Bearer {gateway.secret_key}"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(shop), base_url="http://shop.test") as http:
        made = (await http.post("/sandbox/stripe/v1/checkout/sessions", data=SESSION, headers=key)).json()
        assert made["url"] == f"http://shop.test/sandbox/stripe/pay/{made['id']}"
        html = (await http.get(made["url"])).text
        css = re.search(r'href="([^"]+\.css)"', html)
        assert css
        assert (await http.get(httpx.URL(made["url"]).join(css[1]))).status_code == 200
        paid = await http.post(made["url"], data={"card": "4242"})
        assert paid.headers["location"].startswith("https://shop.example/paid")
    gateway.store.close()
