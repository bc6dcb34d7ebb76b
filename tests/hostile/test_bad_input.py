"""What is wrong is told, by field and code, and nothing comes of it: the table of `bad_input.py`, walked."""

import copy
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import pytest

from .bad_input import BROKEN, FORMS, TABLE, XSS, Case
from .kit import FORM, House, opened, problem, routes
from .walk import API, WAYS, Marks, marked, path_of, send, ways

FORMS_AT = sorted({c.route.partition(" ")[2] for c in FORMS})


@pytest.fixture(scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with opened(tmp_path_factory.mktemp("house")) as made:
        yield made


@pytest.fixture(scope="module")
async def marks(house: House) -> Marks:
    return await marked(house)


# A refusal is the answer to its key, and is kept as such; a stale quote is made anew; a card that was typed beside a wrong one is kept and never used.
ANSWERS = {
    "trade_checkout_attempts",
    "trade_checkout_quotes",
    "people_vault_cards",
    "people_vault_marks",
    "people_vault_holders",
    "people_keys_keys",
}


async def rows(house: House) -> dict[str, Any]:
    """Every row but those of visits and of refusals."""
    return {t: v for t, v in (await house.dump()).items() if t not in ANSWERS}


@pytest.fixture(autouse=True)
async def nothing_came_of_it(request: pytest.FixtureRequest, house: House, marks: Marks) -> AsyncIterator[None]:
    if request.node.name.startswith("test_more_than"):  # it buys first, and looks by itself
        yield
        return
    before = await rows(house)
    yield
    await house.drain()
    after = await rows(house)
    assert {t for t in before if before[t] != after[t]} == set()


def changed(body: Any, put: Any) -> Any:
    """The body with other things at these dotted places; `...` takes them out."""
    made = copy.deepcopy(dict(body))
    for path, value in put.items():
        spot: Any = made
        *way, last = path.split(".") if path.count(".") and path.split(".")[0] in made else [path]
        for step in way:
            spot = spot[int(step)] if isinstance(spot, list) else spot[step]
        if value is ...:
            del spot[last]
        else:
            spot[last] = value
    return made


async def ask(house: House, marks: Marks, case: Case) -> Any:
    method, _, template = case.route.partition(" ")
    way = WAYS[method, template]
    who = {"nobody": ""}.get(case.who, case.who or way.who)
    path = path_of(template, way, house, marks, **{k: quote(v, safe="") for k, v in case.ids.items()})
    make = way.json or way.form
    body = changed(make(house, marks), case.put) if make else None
    params = dict(case.params) or None
    return await send(house, method, template, who, marks, path, body=body, params=params, headers=dict(case.headers))


@pytest.mark.parametrize("route", sorted({c.route for c in TABLE}))
async def test_the_table(house: House, marks: Marks, route: str) -> None:
    wrong, before = [], await house.counts()
    for case in [c for c in TABLE if c.route == route]:
        got = await ask(house, marks, case)
        if problem(got) != (case.status, case.code, case.field):
            wrong.append(
                (str(case.put or case.params or case.ids)[:80], problem(got), (case.status, case.code, case.field))
            )
        now = await house.counts()
        if grown := {t for t in now if now[t] != before[t]} - ANSWERS:
            wrong.append((str(case.put)[:80], "grew", grown))
        before = now
    assert not wrong, "\n".join(map(str, wrong))


@pytest.mark.parametrize("path", FORMS_AT)
async def test_forms_come_back_with_what_is_wrong(house: House, marks: Marks, path: str) -> None:
    wrong = []
    if ("POST", path) not in ways(house):
        pytest.skip("a page of the demo")
    for case in [c for c in FORMS if c.route == f"POST {path}"]:
        got = await ask(house, marks, case)
        if got.status_code != case.status or XSS in got.text or "Traceback" in got.text:
            wrong.append((str(case.put)[:80], got.status_code, case.status))
    assert not wrong, "\n".join(map(str, wrong))


async def test_more_than_was_packed_does_not_ship(house: House, marks: Marks) -> None:
    placed = await house.bought(TEA=2)
    work = await house.work(placed["number"])
    await house.api("POST", f"/work/{work['id']}/pack", "clerk_tea")
    before = await house.dump()
    for line, pieces in ((1, 3), (1, 999), (9, 1)):
        body = {"pieces": [{"line": line, "quantity": pieces}]}
        got = await house.api("POST", f"/work/{work['id']}/ship", "clerk_tea", key=house.key(), json=body)
        assert problem(got)[:2] == (422, "fulfilment.too_many")
        page = await house.page(
            "POST", f"/desk/work/{work['id']}/ship", "clerk_tea", {"key": "k", f"pieces.{line}": pieces}
        )
        assert page.status_code == 422
    assert await house.dump() == before
    await house.drain()


def bodies(house: House) -> list[tuple[str, str]]:
    return [(m, p) for (m, p), way in ways(house).items() if way.json]


@pytest.mark.parametrize(("name", "raw", "media", "status", "code"), BROKEN, ids=[b[0] for b in BROKEN])
async def test_what_is_no_body(
    house: House, marks: Marks, name: str, raw: bytes, media: str, status: int, code: str
) -> None:
    wrong = []
    for method, path in bodies(house):
        if name == "too large" and path.endswith("/pictures"):
            continue  # they come with it: 20 MB are read
        way = WAYS[method, path]
        got = await send(house, method, path, way.who, marks, content=raw, headers={"content-type": media})
        told = {(status, code)} if status > 400 else {(400, "web.unreadable"), (422, "input.invalid")}
        if problem(got)[:2] not in told:  # what is wrong first is told: the field that nobody knows, or the bytes
            wrong.append((path, problem(got)))
    assert not wrong, "\n".join(map(str, wrong))


FORM_BODIES: list[tuple[str, bytes, str, set[int]]] = [
    ("json", b"{}", "application/json", {415}),
    ("no type", b"a=1", "", {415}),
    ("no boundary", b"--x\r\n", "multipart/form-data", {400, 422}),
    ("half a part", b'--x\r\nContent-Disposition: form-data; name="email"\r\n\r\nabc', "multipart/form-data; boundary=x", {400, 404, 422, 303}),
    ("a file for a text", b'--x\r\nContent-Disposition: form-data; name="email"; filename="a.php"\r\n\r\n<?php\r\n--x--\r\n', "multipart/form-data; boundary=x", {404, 409, 422, 303}),
    ("percent nonsense", b"email=%ff%fe%zz&quantity=%&listing=%00", FORM, {404, 409, 422, 303}),
    ("too many", b"&".join(b"f%d=1" % i for i in range(2_000)), FORM, {400, 422}),
    ("too large", b"email=" + b"x" * (2 << 20), FORM, {413}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "raw", "media", "expected"), FORM_BODIES, ids=[b[0] for b in FORM_BODIES])
async def test_what_is_no_form(
    house: House, marks: Marks, name: str, raw: bytes, media: str, expected: set[int]
) -> None:
    wrong = []
    for (method, path), way in ways(house).items():
        if way.form is None or path in ("/en/sign-out", "/en/desk/work/{work_id:str}/recipient"):
            continue
        if path.endswith(("/pack", "/pay", "/cancel", "/push")) and 415 not in expected:
            continue  # these need no field: an empty form is a right one, and a large one is not even read
        if (
            path.endswith(
                (
                    "/helpful",
                    "/seen",
                    "/quiet",
                    "/stop",
                    "/again",
                    "/prefer",
                    "/delete",
                    "/others",
                    "/parse",
                    "/rebuild",
                    "/forget",
                    "/train",
                    "/end",
                )
            )
            and 415 not in expected
        ):
            continue  # one click: without a field it means yes
        if path.endswith("/review/{line:int}") and expected == {413}:
            continue  # pictures come with it: 20 MB are read
        got = await send(house, method, path, way.who, marks, content=raw, headers={"content-type": media})
        if got.status_code not in expected:
            wrong.append((path, got.status_code))
    assert not wrong, "\n".join(map(str, wrong))


async def test_another_method_is_refused_everywhere(house: House, marks: Marks) -> None:
    known: dict[str, set[str]] = {}
    for method, path, _ in routes(house.app):
        known.setdefault(path, set()).add(method)
    for path, methods in known.items():
        template = path.replace("/zh-CN", "/en", 1)
        way = next(w for (m, p), w in WAYS.items() if p == template)
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - methods:
            got = await house.http.request(method, path_of(path, way, house, marks), headers={"content-type": FORM})
            assert got.status_code == 405, (method, path)
            if path.startswith("/api/v1/"):
                assert problem(got)[1] == "web.method"


PATHS = [
    "../../etc/passwd", "..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/etc/passwd", "....//....//etc/passwd", "/etc/passwd",
    "..\\..\\windows\\win.ini", "%5c..%5c", "p/../../../shop.db", "p/one-400.webp/..", "%00", "p/one-400.webp%00.png",
    "p/%2e%2e/%2e%2e/keys.db", "~/.ssh/id_rsa", "p/one-400.webp::$DATA", "C:/x.png", "%c0%ae%c0%ae/", "x" * 5_000,
    "p/one-400.svg", "p/one-400.html", "p/one-400.WEBP", "con.png", "p//one-400.png", ".", "..", "%ff%fe.png", "*.png",
    "....webp", "../p/one-400.webp", "é.png", "%0d%0aset-cookie:a=b.png", "file:///etc/x.png",
]  # fmt: skip


@pytest.mark.parametrize("root", ["/media/", "/static/"])
async def test_no_path_leads_out(house: House, root: str) -> None:
    for path in PATHS:
        got = await house.http.get(root + path)
        assert got.status_code in (303, 404), (root, path, got.status_code)
        assert "root:" not in got.text
        assert "set-cookie" not in got.headers or "a=b" not in got.headers["set-cookie"]
    assert (await house.http.get("/healthz")).status_code == 200
    assert (await house.http.get("/media/p/one-400.webp")).status_code == 200


async def test_the_table_has_every_route_that_takes_something(house: House) -> None:
    """A new route of the API, or a form with fields, gets its row of wrong input."""
    told = {c.route for c in [*TABLE, *FORMS]}
    needed = set[str]()
    for (method, path), way in ways(house).items():
        takes = way.json or (path.startswith(API) and (way.query or way.private)) or (way.form and method == "POST")
        if takes:
            needed.add(f"{method} {path}")
    bare = {  # they take a token, a click, or what the table of another method tells
        "POST /en/me/sessions/others", "POST /en/me/addresses/{address:str}/prefer", "POST /en/checkout/parse",
        "POST /en/me/addresses/{address:str}/delete",
        "POST /en/desk/search/words/drop", "POST /en/desk/search/rebuild", "POST /en/desk/recommend/train",
        "POST /en/desk/promotions/{promotion_id:str}/end", "POST /en/privacy/forget",
        "POST /en/sign-out", f"POST {API}/orders/{{ref:str}}/pay", f"GET {API}/orders/{{ref:str}}/shipments",
        "POST /en/reviews/{review_id:str}/helpful", "POST /en/questions/{question_id:str}/answers/{n:int}/helpful",
        "POST /en/reviews/quiet", "POST /en/seen", "POST /en/wishes/stop", "POST /en/orders/{number:str}/pay", "POST /en/orders/{number:str}/again", "POST /en/desk/work/{work_id:str}/pack", "POST /en/desk/work/{work_id:str}/recipient",
    }  # fmt: skip
    assert needed - told == bare
