"""A whole order by programs: two calls of a guest, and the desk's own."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from jishi.kernel import Engine, World
from jishi.kernel.ids import encode
from tests.kit import Clock

from .kit import browser
from .town import STAFF_EMAIL, STAFF_WORD, Town, staff, town

RECIPIENT = {
    "name": "林晓雨", "phone": "13812348000", "country": "CN", "province": "上海市", "city": "上海市",
    "district": "浦东新区", "street": "张江路 88 弄 3 号",
}  # fmt: skip
API = "/api/v1"


@pytest.fixture
async def place(engine: Engine, world: World, clock: Clock, tmp_path: Path) -> AsyncIterator[Town]:
    async with town(engine, world, clock, tmp_path) as made:
        yield made


@pytest.fixture
async def http(place: Town) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(place.app, headers={"accept-language": "en"}) as client:
        yield client


async def quoted(http: httpx.AsyncClient, place: Town, n: int = 2, **more: Any) -> dict[str, Any]:
    lines = [{"listing": encode("lst", place.listing["tea"]), "quantity": n}]
    body = {"lines": lines, "recipient": RECIPIENT, "email": "lin@example.com"} | more
    answer = await http.post(f"{API}/quotes", json=body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def head(token: str, key: str = "") -> dict[str, str]:
    return {"authorization": f"Bearer {token}"} | ({"idempotency-key": key} if key else {})


async def test_a_guest_orders_in_two_calls(place: Town, http: httpx.AsyncClient) -> None:
    quote = await quoted(http, place)
    token = quote["session"]["token"]
    assert quote["total"] == {"minor": 2 * 12_900 + 1_000, "currency": "CNY"}
    assert quote["parcels"][0]["freight_reason"]["words"].startswith("CN¥10.00 for 800 g")
    body = {"quote": quote["id"], "total": quote["total"]["minor"], "method": "card"}
    placed = await http.post(f"{API}/orders", json=body, headers=head(token, "one"))
    assert placed.status_code == 201, placed.text
    again = await http.post(f"{API}/orders", json=body, headers=head(token, "one"))
    assert again.json() == placed.json()
    number = placed.json()["number"]
    paying = await http.post(f"{API}/orders/{number}/pay", headers=head(token))
    ref = paying.json()["url"].rsplit("/", 1)[-1]
    place.card.pay(ref)
    note = place.card.notice(place.card.outbox[-1])
    assert (await http.post("/hooks/stripe", content=note.raw, headers=note.headers)).status_code == 200
    await place.drain()
    order = (await http.get(f"{API}/orders/{number}", headers=head(token))).json()
    assert (order["state"], order["payment"], order["can"]) == ("to_ship", "paid", ["cancel"])
    assert [s["what"] for s in order["timeline"]] == ["placed", "paid", "confirmed"]
    listed = (await http.get(f"{API}/orders", headers=head(token))).json()
    assert [(i["number"], i["pieces"]) for i in listed["items"]] == [(number, 2)]
    line = {"child": 1, "line": 1, "quantity": 1}
    for _ in range(2):
        cut = await http.post(f"{API}/orders/{order['id']}/cancel", json=line, headers=head(token, "less"))
        assert cut.status_code == 200, cut.text
        await place.drain()
    assert cut.json()["children"][0]["lines"][0]["cancelled"] == 1
    assert [b.minor for b in place.card.backs.values()] == [12_900]
    shipments = await http.get(f"{API}/orders/{number}/shipments", headers=head(token))
    assert shipments.json() == {"items": []}


@pytest.mark.parametrize(
    ("change", "key", "status", "code"),
    [
        ({}, "", 400, "web.needs_key"),
        ({"total": 1}, "k", 409, "checkout.total_changed"),
        ({"method": "shells"}, "k", 409, "checkout.method"),
        ({"quote": "qt_0000000000005"}, "k", 404, "checkout.no_quote"),
        ({"quote": "ord_0000000000005"}, "k", 404, "id.wrong"),
        ({"more": 1}, "k", 422, "input.invalid"),
        ({"total": "many"}, "k", 422, "input.invalid"),
    ],
)
async def test_a_wrong_order_is_refused_and_leaves_nothing(
    place: Town, http: httpx.AsyncClient, change: dict[str, Any], key: str, status: int, code: str
) -> None:
    quote = await quoted(http, place)
    token = quote["session"]["token"]
    body = {"quote": quote["id"], "total": quote["total"]["minor"], "method": "card"} | change
    answer = await http.post(f"{API}/orders", json=body, headers=head(token, key))
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert (await http.get(f"{API}/orders", headers=head(token))).json()["items"] == []


async def test_every_wrong_field_of_a_quote_is_named(place: Town, http: httpx.AsyncClient) -> None:
    lines = [{"listing": encode("lst", place.listing["tea"])}]
    wrong = RECIPIENT | {"phone": "12"}
    answer = await http.post(f"{API}/quotes", json={"lines": lines, "recipient": wrong, "email": "nobody"})
    assert answer.status_code == 422
    assert {e["field"] for e in answer.json()["errors"]} == {"recipient.phone", "email"}
    assert (await http.post(f"{API}/quotes", json={"lines": []})).status_code == 422
    estimate = (await http.post(f"{API}/quotes", json={"lines": lines})).json()
    assert (estimate["id"], estimate["session"], estimate["total"]["minor"]) == (None, None, 13_900)


async def test_a_strangers_order_is_not_there(place: Town, http: httpx.AsyncClient) -> None:
    quote = await quoted(http, place)
    body = {"quote": quote["id"], "total": quote["total"]["minor"], "method": "cod"}
    own, other = quote["session"]["token"], (await http.post(f"{API}/sessions", json={})).json()["token"]
    placed = (await http.post(f"{API}/orders", json=body, headers=head(own, "k"))).json()
    await place.drain()
    for ref in (placed["id"], placed["number"]):
        for method, path, data in (
            ("GET", "", None),
            ("GET", "/shipments", None),
            ("POST", "/cancel", {}),
            ("POST", "/receipt", {}),
            ("POST", "/pay", None),
        ):
            answer = await http.request(method, f"{API}/orders/{ref}{path}", json=data, headers=head(other, "k"))
            assert (answer.status_code, answer.json()["code"]) == (404, "order.none"), (path, answer.text)
    for what in (quote["id"],):
        assert (await http.get(f"{API}/quotes/{what}", headers=head(other))).status_code == 404
    assert (await http.get(f"{API}/orders/{placed['number']}", headers=head(own))).json()["state"] == "to_ship"


async def test_staff_receives_packs_and_ships(place: Town, http: httpx.AsyncClient) -> None:
    await staff(place)
    opened = await http.post(f"{API}/sessions/password", json={"email": STAFF_EMAIL, "password": STAFF_WORD})
    token = opened.json()["token"]
    receipt = {
        "listing": encode("lst", place.listing["tea"]),
        "warehouse": encode("wh", place.warehouse["tea"]),
        "quantity": 7,
    }
    assert (await http.post(f"{API}/stock/receipts", json=receipt, headers=head(token))).status_code == 400
    for _ in range(2):
        level = await http.post(f"{API}/stock/receipts", json=receipt, headers=head(token, "box-1"))
        assert (level.status_code, level.json()["on_hand"]) == (201, 27), level.text
    quote = await quoted(http, place, 3)
    body = {"quote": quote["id"], "total": quote["total"]["minor"], "method": "cod"}
    await http.post(f"{API}/orders", json=body, headers=head(quote["session"]["token"], "k"))
    await place.drain()
    (work,) = (await http.get(f"{API}/work", headers=head(token))).json()["items"]
    assert (work["state"], work["lines"][0]["quantity"]) == ("open", 3)
    url = f"{API}/work/{work['id']}"
    early = await http.post(f"{url}/ship", json={}, headers=head(token, "s"))
    assert (early.status_code, early.json()["code"]) == (409, "fulfilment.state")
    assert (await http.post(f"{url}/pack", headers=head(token))).json()["state"] == "packed"
    many = await http.post(f"{url}/ship", json={"pieces": [{"line": 1, "quantity": 9}]}, headers=head(token, "m"))
    assert (many.status_code, many.json()["code"]) == (422, "fulfilment.too_many")
    waybills = set()
    for _ in range(2):
        shipped = await http.post(f"{url}/ship", json={}, headers=head(token, "s"))
        assert shipped.status_code == 201, shipped.text
        waybills.add(shipped.json()["waybill"])
    assert len(waybills) == 1
    guest = head(quote["session"]["token"])
    for path in ("/work", f"/work/{work['id']}"):
        assert (await http.get(API + path, headers=guest)).status_code == 403
    assert (await http.post(f"{url}/ship", json={}, headers=guest | {"idempotency-key": "x"})).status_code == 403
