"""The API: sessions, goods, cart; faults as problem details; the schema of it all."""

import re
from html import unescape

import msgspec
import pytest

from jishi.kernel.config import Config
from jishi.kernel.ids import encode
from jishi.web.problems import Problem
from tests.kit import Clock

from .kit import LST, PRD, Shop, browser, web


@pytest.fixture
def shop(clock: Clock) -> Shop:
    return Shop(clock)


def bearer(shop: Shop, role: str = "guest", person: int = 5) -> dict[str, str]:
    return {"authorization": f"Bearer {shop.accounts.add(role, person)}"}


async def test_a_guest_puts_goods_into_a_cart_in_two_calls(shop: Shop) -> None:
    async with browser(web(shop, rooms=())) as http:
        opened = await http.post("/api/v1/sessions", json={})
        assert opened.status_code == 201
        assert opened.json() == {
            "token": "guest-101-token-of-32-characters-long",
            "expires_at": "2026-04-27T17:46:40Z",
            "role": "guest",
        }
        assert "set-cookie" not in opened.headers
        head = {"authorization": f"Bearer {opened.json()['token']}", "accept-language": "en"}
        got = await http.post("/api/v1/cart/lines", json={"listing": LST, "quantity": 2}, headers=head)
        line = {
            "listing": LST, "product": PRD, "handle": "tea", "name": "White tea & more", "options": "", "quantity": 2,
            "price": {"minor": 12900, "currency": "CNY"}, "on_sale": True, "was": None,
        }  # fmt: skip
        assert (got.status_code, got.json()) == (
            200,
            {"lines": [line], "pieces": 2, "goods": {"minor": 25800, "currency": "CNY"}, "aside": []},
        )
        none = await http.put(f"/api/v1/cart/lines/{LST}", json={"quantity": 0}, headers=head)
        assert none.json() == {"lines": [], "pieces": 0, "goods": {"minor": 0, "currency": "CNY"}, "aside": []}
        assert (await http.get("/api/v1/cart")).json()["pieces"] == 0


async def test_sign_in_by_code_by_password_and_out(shop: Shop) -> None:
    async with browser(web(shop, rooms=()), headers={"accept-language": "en"}) as http:
        sent = await http.post("/api/v1/sessions/code", json={"email": "lin@x.cn"})
        assert (sent.status_code, sent.json()["challenge"]) == (202, encode("chl", 77))
        entry = {"challenge": sent.json()["challenge"], "code": "000000"}
        wrong = await http.post("/api/v1/sessions/code/entry", json=entry)
        assert (wrong.status_code, wrong.json()["code"], wrong.json()["data"]) == (422, "code.wrong", {"left": 4})
        right = await http.post("/api/v1/sessions/code/entry", json=entry | {"code": "123456"})
        assert (right.status_code, right.json()["role"]) == (201, "buyer")
        bad = await http.post("/api/v1/sessions/password", json={"email": "lin@x.cn", "password": "x"})
        assert (bad.status_code, bad.json()["code"]) == (422, "password.wrong")
        head = {"authorization": f"Bearer {right.json()['token']}"}
        assert (await http.get("/api/v1/me", headers=head)).json()["role"] == "buyer"
        assert (await http.delete("/api/v1/sessions/current", headers=head)).status_code == 204
        gone = await http.get("/api/v1/me", headers=head)
        assert (gone.status_code, gone.json()["code"]) == (401, "session.gone")  # at once, not after the second


async def test_a_product_by_id_or_handle_in_the_readers_language_with_prices_and_stock(shop: Shop) -> None:
    async with browser(web(shop, rooms=())) as http:
        by_id, by_handle = await http.get(f"/api/v1/products/{PRD}"), await http.get("/api/v1/products/tea")
        english = (await http.get("/api/v1/products/tea", headers={"accept-language": "en"})).json()
    assert by_id.json() == by_handle.json()
    assert by_id.json()["name"] == "白茶"
    assert english["name"] == "White tea & more"
    assert english["specs"] == [["Origin", "Fuding"]]
    small, large = english["offers"]
    assert small == {
        "listing": LST, "sku": encode("sku", 51), "code": "TEA-S", "chosen": {"size": "s"}, "options": "Small",
        "price": {"minor": 12900, "currency": "CNY"}, "list_price": {"minor": 15900, "currency": "CNY"},
        "tax_included": True, "stock": "low", "available": 10, "gtin": "", "measure": None,
    }  # fmt: skip
    # three pieces of the same stock item in one: 7 // 3 in the first house and 3 // 3 in the second
    assert (large["available"], large["stock"], large["list_price"]) == (3, "low", None)


async def test_another_market_has_its_own_prices_or_none(shop: Shop) -> None:
    async with browser(web(shop, rooms=()), cookies={"jishi_market": "US"}) as http:
        offer = (await http.get("/api/v1/products/tea")).json()["offers"][0]
        assert (offer["price"], offer["tax_included"]) == (None, False)
    async with browser(web(shop, rooms=()), cookies={"jishi_market": "XX"}) as http:
        assert (await http.get("/api/v1/products/tea")).json()["offers"][0]["price"]["currency"] == "CNY"


WRONG = [
    ("GET", "/api/v1/products?limit=0", None, 422, "limit", "range"),
    ("GET", "/api/v1/products?limit=101", None, 422, "limit", "range"),
    ("GET", "/api/v1/products?limit=many", None, 422, "limit", "type"),
    ("GET", "/api/v1/products?sort=price;drop", None, 422, "sort", "type"),
    ("GET", f"/api/v1/products?q={'x' * 101}", None, 422, "q", "length"),
    ("POST", "/api/v1/cart/lines", {"listing": LST, "quantity": 0}, 422, "quantity", "range"),
    ("POST", "/api/v1/cart/lines", {"listing": LST, "quantity": 10**30}, 422, "quantity", "range"),
    ("POST", "/api/v1/cart/lines", {"listing": LST, "quantity": [1]}, 422, "quantity", "type"),
    ("POST", "/api/v1/cart/lines", {"listing": 5}, 422, "listing", "type"),
    ("POST", "/api/v1/cart/lines", {"listing": "x"}, 422, "listing", "length"),
    ("POST", "/api/v1/cart/lines", {}, 422, "listing", "required"),
    ("POST", "/api/v1/cart/lines", {"listing": LST, "price": 1}, 422, "price", "unknown"),
    ("POST", "/api/v1/cart/lines", {"listing": LST, "person_id": 7}, 422, "person_id", "unknown"),
    ("POST", "/api/v1/sessions/code/entry", {"challenge": encode("chl", 1), "code": "12345a"}, 422, "code", "type"),
]


@pytest.mark.parametrize(("method", "path", "body", "status", "field", "code"), WRONG)
async def test_a_wrong_field_is_named_and_nothing_is_done(
    shop: Shop, method: str, path: str, body: object, status: int, field: str, code: str
) -> None:
    async with browser(web(shop, rooms=())) as http:
        got = await http.request(method, path, json=body, headers=bearer(shop))
    problem = msgspec.json.decode(got.content, type=Problem)
    assert (got.status_code, got.headers["content-type"]) == (status, "application/problem+json")
    assert [(e.field, e.code) for e in problem.errors] == [(field, code)]
    assert problem.status == status
    assert (shop.cart.writes, shop.catalog.asked) == (0, 0)


async def test_what_cannot_be_read_found_or_done_has_its_own_problem(shop: Shop) -> None:
    head, json = bearer(shop), {"content-type": "application/json"}
    async with browser(web(shop, rooms=())) as http:
        got = {
            "web.unreadable": await http.post("/api/v1/cart/lines", content=b'{"listing', headers=head | json),
            "web.too_large": await http.post("/api/v1/cart/lines", content=b" " * ((1 << 20) + 1), headers=head | json),
            "web.media_type": await http.post("/api/v1/cart/lines", content=b"{}", headers=head),
            "web.method": await http.delete("/api/v1/cart", headers=head),
            "web.no_page": await http.get("/api/v1/nothing"),
            "product.none": await http.get("/api/v1/products/nothing"),
            "id.wrong": await http.put(f"/api/v1/cart/lines/{PRD}", json={"quantity": 1}, headers=head),
            "web.needs_session": await http.get("/api/v1/me"),
        }
    assert {k: (r.json()["code"], r.status_code) for k, r in got.items()} == {
        k: (k, s) for k, s in zip(got, (400, 413, 415, 405, 404, 404, 404, 401), strict=True)
    }
    for answer in got.values():
        problem = msgspec.json.decode(answer.content, type=Problem)
        assert problem.detail
        assert problem.title
        assert problem.trace == answer.headers["x-request-id"]
    assert shop.cart.writes == 0


async def test_the_same_problem_in_both_languages(shop: Shop) -> None:
    async with browser(web(shop, rooms=())) as http:
        zh = (await http.get("/api/v1/nothing", headers={"accept-language": "zh"})).json()
        en = (await http.get("/api/v1/nothing", headers={"accept-language": "en"})).json()
    assert (zh["title"], en["title"]) == ("没有找到", "Not found")
    assert zh["code"] == en["code"]
    assert en["type"] == "http://localhost:8000/problems/web.no_page"


async def test_the_schema_is_3_1_and_has_every_route_and_no_page(shop: Shop) -> None:
    app = web(shop, rooms=())
    async with browser(app) as http:
        schema = (await http.get("/api/v1/openapi.json")).json()
    assert schema["openapi"].startswith("3.1")
    routed = {(m.lower(), r.path) for r in app.routes if r.path.startswith("/api/v1/") and "openapi" not in r.path for m in r.methods - {"OPTIONS"}}  # fmt: skip
    told = {(m, p) for p, item in schema["paths"].items() for m in item}
    assert {(m, re.sub(r":(str|int)}", "}", p)) for m, p in routed} == told
    for item in schema["paths"].values():
        for operation in item.values():
            assert operation["description"]
            assert "application/problem+json" in operation["responses"]["429"]["content"]
    assert schema["components"]["schemas"]["LineAdd"]["required"] == ["listing"]


async def test_the_page_of_the_api_lists_it_and_is_closed_in_production(shop: Shop) -> None:
    async with browser(web(shop, rooms=())) as http:
        page = await http.get("/api", headers={"accept-language": "en"})
    assert page.status_code == 200
    assert "/api/v1/cart/lines" in unescape(page.text)
    async with browser(web(shop, rooms=(), config=Config(mode="production"))) as http:
        assert (await http.get("/api")).status_code == 404
