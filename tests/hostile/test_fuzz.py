"""Nonsense in every place of every route: whatever it is, it is not the shop that breaks. A fixed list, so a failure repeats.

Slow ones send thousands of requests each."""

from collections.abc import AsyncIterator
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote

import pytest

from .kit import House, opened
from .walk import API, Marks, marked, path_of, send, throwaway, ways

NASTY: list[Any] = [
    "", " ", "0", "-1", "1" * 19, "9" * 30, "9" * 5_000, "1e9", "NaN", "Infinity", "0x10", "null", "undefined", "true",
    "None", "[]", "{}", "ord_0000000000001", "ord_zzzzzzzzzzzzz", "lst_", "_", "x" * 300, "x" * 20_000, "١٢٣", "²", "1x1", "²x²",
    "\x00", "a\x00b", "\r\nset-cookie: a=b", "\x1b[31m", "\u202eabc", "\ufffe", "é" * 100, "汉" * 300, "👩‍👩‍👧‍👦" * 40, "ｆｕｌｌ", "\u0130", "ß",
    "'", '"', "\\", "%", "%25", "%_", "'; DROP TABLE trade_orders_parents; --", "1 OR 1=1", "' UNION SELECT * FROM people_keys_keys --",
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{7*7}}", "{% raw %}", "${7*7}", "#{7*7}", "javascript:alert(1)",
    "//evil.example", "//[", "http://[", "/x://evil.example", "/\\evil.example", "https://evil.example", "../../etc/passwd", "file:///etc/passwd", "|id", "`id`", "$(id)",
    "\x02deadbeefcart\x03", "AAAA", "kgEC", "k8D/", "g6FhAQ", "(((((", "a" + "(a" * 200, "*", "NOT", "AND OR", "?" * 50, ":", "@",
]  # fmt: skip
RAW_PATHS = [
    "%",
    "%zz",
    "%ff",
    "%00",
    "%0d%0aset-cookie:%20a=b",
    "%2f",
    "%2e%2e",
    "%e6%b1",
    "a%20b",
    "%22%3E",
    "%5c",
    "+",
]
JSON_VALUES: list[Any] = [
    None, True, False, 0, -1, 1, 2**31, 2**53, 2**63 - 1, 2**63, 2**64, -(2**63) - 1, 10**40, 1.5, -0.0, 1e308, [], {}, [[]], [{}],
    {"a": 1}, [None], "1", "\u0000",
]  # fmt: skip
HEADERS: dict[str, list[str]] = {
    "accept-language": ["", "*", ";;;", "zh;q=x", "x" * 5_000, ",".join(["zh;q=0.1"] * 500), "\xff\xfe", "en;q=1e999", "zh;q=nan"],
    "accept-encoding": ["", "*", "br;q=0", "zstd", "x" * 5_000, "gzip;q=abc"],
    "cookie": ["", ";", "=", "jishi_session", "jishi_session=", "jishi_session=\xff", "jishi_session=" + "x" * 5_000, "a=b; " * 500, "jishi_market=XX",
               "jishi_locale=../..", 'jishi_session="', "jishi_seed=\xff; jishi_link=\xff", "jishi_email=%ff%00%0d%0a", "jishi_link=' OR 1=1"],
    "authorization": ["", "Bearer", "Bearer ", "Bearer \xff" * 3, "Basic Og==", "bearer x", "Bearer " + "x" * 5_000, "Digest a=b"],
    "idempotency-key": ["", "x" * 129, "x" * 200, "x" * 5_000, "\xff", "'; --", "a,b"],
    "if-none-match": ["*", "W/", '"' * 500, "\xff"],
    "hx-request": ["true", "\xff"],
    "x-forwarded-for": ["", "1.2.3.4, 5.6.7.8", "x" * 5_000, "::1%eth0", ",,,,"],
    "host": ["", "evil.example", "localhost:99999", "\xff", "a b"],
    "origin": ["http://[", "null", "\xff", "http://localhost:8000:80"],
    "content-length": ["0", "999999999"],
    "range": ["bytes=0-", "bytes=-1", "x"],
    "user-agent": ["", "x" * 5_000, "\xff<script>"],
    "content-type": ["", "application/json; charset=utf-16", "application/json;charset=\xff", "multipart/form-data; boundary=" + "x" * 300, "a/b" * 500],
    "x-csrf": ["", "zz", "\xff", "00" * 5_000],
    "traceparent": ["00-x", "\xff"],
}  # fmt: skip


@pytest.fixture(scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with opened(tmp_path_factory.mktemp("house")) as made:
        yield made


@pytest.fixture(scope="module")
async def marks(house: House) -> Marks:
    return await marked(house)


def told(got: Any) -> str:
    """Why an answer is none that a shop may give, "" if it is."""
    if got.status_code >= 500 and got.status_code != 503:
        return str(got.status_code)
    if "Traceback" in got.text or 'File "' in got.text or "sqlite3." in got.text:
        return "a trace"
    away = got.headers.get("location", "/")
    if away.startswith(("//", "/\\")) or not away.startswith(("/", "http://localhost:8000/", "https://pay.example/")):
        return "leads away: " + got.headers["location"]
    if got.headers.get("content-type", "").startswith("text/html"):
        if "<script>alert" in got.text or "<img src=x" in got.text:
            return "a script of theirs"
        if ">49<" in got.text and "7*7" not in got.text:
            return "a template of theirs"
    if any(name == "set-cookie" and value.startswith("a=b") for name, value in got.headers.multi_items()):
        return "a header of theirs"
    return ""


async def test_nonsense_in_the_path(house: House, marks: Marks) -> None:
    wrong = []
    for (method, template), way in ways(house).items():
        for name in way.ids:
            for text in [quote(t, safe="", errors="surrogatepass") for t in NASTY if t] + RAW_PATHS:
                path = path_of(template, way, house, marks, **{name: text[:6_000]})
                got = await send(house, method, template, way.who, marks, path)
                if why := told(got):
                    wrong.append((method, template, text[:60], why))
    assert not wrong, "\n".join(map(str, wrong))


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_nonsense_in_the_query(house: House, marks: Marks) -> None:
    wrong = []
    for (method, template), way in ways(house).items():
        for name in way.query:
            for text in NASTY:
                got = await send(house, method, template, way.who, marks, params={name: text})
                if why := told(got):
                    wrong.append((method, template, name, text[:60], why))
    assert not wrong, "\n".join(map(str, wrong))


async def test_a_query_that_is_none(house: House, marks: Marks) -> None:
    wrong = []
    for (method, template), way in ways(house).items():
        if method != "GET":
            continue
        for query in (
            "?",
            "?&&&",
            "?=",
            "?a=b=c",
            "?%ff=%fe",
            "?" + "a=1&" * 2_000,
            "?a[]=1&a[b]=2",
            "?state=a&state=b",
            "?%00=1",
            "?q=%",
            "?cursor=%E6",
        ):
            path = path_of(template, way, house, marks) + query
            got = await send(house, method, template, way.who, marks, path)
            if why := told(got):
                wrong.append((template, query[:40], why))
    assert not wrong, "\n".join(map(str, wrong))


def spots(body: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place of a body where a value stands."""
    found = [at] if at else []
    inside: list[Any] = (
        list(body.items()) if isinstance(body, dict) else list(enumerate(body)) if isinstance(body, list) else []
    )
    return found + [x for k, v in inside for x in spots(v, (*at, k))]


def with_at(body: Any, at: tuple[Any, ...], value: Any) -> Any:
    if not at:
        return value
    copy = dict(body) if isinstance(body, dict) else list(body)
    copy[at[0]] = with_at(body[at[0]], at[1:], value)
    return copy


async def test_nonsense_in_bodies(house: House, marks: Marks) -> None:
    wrong = []
    for (method, template), way in ways(house).items():
        if way.json is None:
            continue
        body = dict(way.json(house, marks))
        if template.endswith("/cancel"):
            body = {"child": 0, "line": 0, "quantity": 0, "reason": ""}
        for at in spots(body):
            for value in [*JSON_VALUES, *NASTY]:
                try:
                    got = await send(house, method, template, way.who, marks, body=with_at(body, at, value))
                except (UnicodeEncodeError, ValueError):  # the client cannot even write it
                    continue
                if why := told(got):
                    wrong.append((template, at, str(value)[:60], why))
    assert not wrong, "\n".join(map(str, wrong))


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_nonsense_in_forms(house: House, marks: Marks) -> None:
    wrong = []
    for (method, template), way in ways(house).items():
        if way.form is None or template.endswith("/sign-out"):
            continue
        form = dict(way.form(house, marks))
        for i, name in enumerate(form):
            for text in NASTY[i % 2 :: 2]:  # each field half of it; every form all of it
                got = await send(house, method, template, way.who, marks, body=form | {name: text})
                if why := told(got):
                    wrong.append((template, name, text[:60], why))
    assert not wrong, "\n".join(map(str, wrong))


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_nonsense_in_headers(house: House, marks: Marks) -> None:
    wrong = []
    for (method, template), way in list(ways(house).items())[::3]:  # headers are read before the route matters
        if way.who == "throwaway":
            await throwaway(house)
        for name, values in HEADERS.items():
            for value in values:
                path = path_of(template, way, house, marks)
                sent = house.proof("owner" if way.who in ("", "throwaway") else way.who)
                sent = {k.encode(): v.encode("latin-1") for k, v in sent.items()} | {
                    name.encode(): value.encode("latin-1")
                }
                if name == "content-length" and method == "GET":
                    continue
                got = await house.http.request(method, path, headers=sent, content=b"{}" if method != "GET" else None)  # type: ignore[arg-type]
                if why := told(got):
                    wrong.append((method, template, name, value[:40], why))
    assert not wrong, "\n".join(map(str, wrong))


async def test_random_bytes(house: House, marks: Marks) -> None:
    """Five hundred requests of a seeded monkey."""
    r, wrong = Random(20_260_101), []
    rows = list(ways(house).items())
    for _ in range(500):
        (method, template), way = r.choice(rows)
        raw = r.randbytes(r.choice((0, 1, 8, 64, 700)))
        media = r.choice(
            ("application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain")
        )
        path = path_of(template, way, house, marks) + r.choice(("", "?" + quote(r.randbytes(20))))
        headers = {"content-type": media} | (house.proof("owner") if r.random() < 0.7 else {})
        got = await house.http.request(method, path, content=raw if method != "GET" else None, headers=headers)
        if why := told(got):
            wrong.append((method, path, raw, media, why))
    assert not wrong, "\n".join(map(str, wrong))


async def test_unknown_addresses(house: House) -> None:
    for path in ("/nothing", "/en/nothing", "/api/v1/nothing", "/api/v2", "/rpc", "/rpc/people.vault/show", "/admin", "/.env", "/.git/config",
                 "/wp-login.php", "/actuator", "/sandbox/stripe/_admin/faults", "/debug", "/metrics", "/en//", "//", "/en/..", "/%", "/%ff", "/en/%00", "/zh-CN/desk/../..", "/de", "/EN"):  # fmt: skip
        for method in ("GET", "POST", "DELETE", "PROPFIND", "TRACE", "X"):
            got = await house.http.request(method, path)
            assert got.status_code in (303, 404, 405) or path in ("/en//", "/en/.."), (method, path, got.status_code)
            assert not told(got)
            if path.startswith(API + "/"):
                assert got.headers["content-type"] == "application/problem+json"


async def test_it_lives(house: House, marks: Marks, tmp_path: Path) -> None:
    """After all that: the shop sells, and no table is gone."""
    assert (await house.http.get("/readyz")).status_code == 200
    await house.drain()
    placed = await house.bought("other", LAMP=1)
    assert (await house.order(placed["number"]))["state"] == "to_ship"
    assert await house.ask("PRAGMA integrity_check") == [("ok",)]
    assert await house.shop.relay.dead() == []
