"""Around every request: an id, the headers, the packing; health; the front door; files."""

import json
import logging

import brotli
import pytest

from jishi.kernel.config import Config, Secrets
from jishi.web.edge import CSP
from jishi.web.routes import get_page, get_plain
from jishi.web.visit import Page, Visit
from tests.kit import Clock

from .kit import Shop, browser, web


@pytest.fixture
def shop(clock: Clock) -> Shop:
    return Shop(clock)


@get_plain("/boom")
async def boom() -> str:
    raise LookupError("secret of lin@example.com")


@get_page("/boom", needs="public")
async def boom_page(visit: Visit) -> Page:
    raise LookupError("secret of lin@example.com")


HTTPS = Config(base_url="https://shop.example", secrets=Secrets())


@pytest.mark.parametrize(
    "path", ["/healthz", "/zh-CN/nothing", "/en/nothing", "/nothing", "/api/v1/products", "/static/x.css"]
)
async def test_every_answer_has_its_id_and_the_headers_that_keep_browsers_in(shop: Shop, path: str) -> None:
    async with browser(web(shop, rooms=())) as http:
        got = await http.get(path)
    assert got.headers["content-security-policy"] == CSP
    assert "unsafe" not in CSP
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["referrer-policy"] == "strict-origin-when-cross-origin"
    assert got.headers["cross-origin-opener-policy"] == "same-origin"
    assert "camera=()" in got.headers["permissions-policy"]
    assert got.headers["x-request-id"].startswith("req_")
    assert "strict-transport-security" not in got.headers  # http: would lock the browser out


async def test_https_is_remembered_for_two_years(shop: Shop) -> None:
    async with browser(web(shop, config=HTTPS, rooms=())) as http:
        got = await http.get("/healthz")
    assert got.headers["strict-transport-security"] == "max-age=63072000; includeSubDomains"


async def test_request_ids_differ_and_are_never_the_callers(shop: Shop) -> None:
    async with browser(web(shop, rooms=())) as http:
        ids = {(await http.get("/healthz", headers={"x-request-id": "mine"})).headers["x-request-id"] for _ in range(3)}
    assert len(ids) == 3
    assert "mine" not in ids


@pytest.mark.parametrize("path", ["/boom", "/zh-CN/boom", "/en/boom"])
async def test_our_mistake_is_an_id_and_not_a_word_more(
    shop: Shop, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    async with browser(web(shop, more=[boom, boom_page], rooms=())) as http:
        got = await http.get(path)
    assert got.status_code == 500
    assert got.headers["x-request-id"] in got.text
    assert "LookupError" not in got.text
    assert "lin@" not in got.text
    assert "Traceback" not in got.text


async def test_the_log_has_the_route_and_never_the_path_that_may_hold_a_secret(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "jishi.web")
    async with browser(web(shop, rooms=())) as http:
        await http.get("/api/v1/products/secret-of-lin?token=abc")
    said = "\n".join(r.getMessage() + str(vars(r).get("status")) for r in caplog.records if r.name == "jishi.web")
    assert "GET /api/v1/products/{ref" in said
    assert "404" in said
    assert "secret-of-lin" not in said
    assert "abc" not in said


async def test_head_is_get_without_its_body(shop: Shop) -> None:
    async with browser(web(shop, rooms=())) as http:
        got = await http.head("/healthz")
        assert (got.status_code, got.content) == (200, b"")
        assert (await http.head("/zh-CN/nothing")).status_code == 404


@pytest.mark.parametrize(
    ("accept", "coding"), [("br, gzip", "br"), ("gzip", "gzip"), ("br;q=0, gzip", "gzip"), ("identity", None)]
)
async def test_long_answers_are_packed_as_the_browser_takes_them(shop: Shop, accept: str, coding: str | None) -> None:
    async with browser(web(shop, rooms=())) as http:
        got = await http.get("/en/nothing", headers={"accept-encoding": accept})
        assert got.headers.get("content-encoding") == coding
        assert "This stall has moved" in got.text
        assert (await http.get("/healthz", headers={"accept-encoding": accept})).headers.get("content-encoding") is None


@pytest.mark.parametrize(
    ("headers", "to"),
    [
        ({}, "/zh-CN"),
        ({"accept-language": "en-GB,en;q=0.9,zh;q=0.1"}, "/en"),
        ({"accept-language": "fr,de;q=0.9"}, "/zh-CN"),
        ({"accept-language": "zh-TW"}, "/zh-CN"),
        ({"accept-language": "en;q=abc"}, "/zh-CN"),
        ({"accept-language": "zh", "cookie": "jishi_locale=en"}, "/en"),
        ({"cookie": "jishi_locale=xx", "accept-language": "en"}, "/en"),
    ],
)
async def test_the_front_door_leads_to_the_visitors_language(shop: Shop, headers: dict[str, str], to: str) -> None:
    async with browser(web(shop, rooms=())) as http:
        got = await http.get("/", headers=headers)
    assert (got.status_code, got.headers["location"]) == (303, to)


async def test_ready_names_what_is_missing(shop: Shop) -> None:
    async def lacks() -> list[str]:
        return ["migrations of trade.orders"]

    async def broken() -> list[str]:
        raise ConnectionError("10.0.0.5 refused root:secret")

    async with browser(web(shop, rooms=())) as http:
        assert (await http.get("/readyz")).json() == {"status": "ready"}
    async with browser(web(shop, rooms=(), ready=lacks)) as http:
        got = await http.get("/readyz")
        assert (got.status_code, got.json()) == (503, {"status": "waiting", "missing": ["migrations of trade.orders"]})
    async with browser(web(shop, rooms=(), ready=broken)) as http:
        got = await http.get("/readyz")
        assert (got.status_code, got.json()["missing"]) == (503, ["ConnectionError"])
        assert (await http.get("/healthz")).status_code == 200  # alive all the same


async def test_browser_files_are_immutable_and_small(shop: Shop) -> None:
    app = web(shop, rooms=())
    assets = app.state.site.assets
    async with browser(app) as http:
        for name, most in {"shop.css": 12_000, "admin.css": 12_000, "app.js": 6_000}.items():
            got = await http.get(assets.url(name), headers={"accept-encoding": "br"})
            assert got.status_code == 200
            assert got.headers["cache-control"] == "public, max-age=31536000, immutable"
            assert int(got.headers["content-length"]) <= most, name
            assert len(brotli.compress(got.content)) <= most
        assert (await http.get(assets.url("shop.css").replace("shop.", "shop.0"))).status_code == 404
        assert (await http.get("/static/../app.py")).status_code == 404


async def test_pictures_are_served_from_their_folder_and_nothing_else_is(shop: Shop) -> None:
    shop.blobs.kept = {"products/5/71-400.webp": b"RIFF", "keys.txt": b"secret"}
    async with browser(web(shop, rooms=())) as http:
        got = await http.get("/media/products/5/71-400.webp")
        assert (got.status_code, got.content, got.headers["content-type"]) == (200, b"RIFF", "image/webp")
        assert got.headers["content-security-policy"] == "default-src 'none'; sandbox"
        for path in (
            "keys.txt",
            "none.webp",
            "%2e%2e/%2e%2e/etc/passwd",
            "..%2f..%2fetc/x.webp",
            "a%00.webp",
            ".x.webp",
        ):
            assert (await http.get(f"/media/{path}")).status_code == 404, path


async def test_no_template_has_inline_script_or_style() -> None:
    import re

    from jishi.web.pages import FOLDER

    for path in FOLDER.rglob("*.html"):
        assert not re.search(r"\sstyle=|<style|\son[a-z]+=\"|hx-on|javascript:", path.read_text("utf-8")), path.name


async def test_json_on_a_page_cannot_close_its_script() -> None:
    from jishi.web.pages import Functions

    text = str(Functions.json(None, {"a": "</script><!--&'"}))  # type: ignore[arg-type]
    assert not set("<>&'") & set(text)
    assert json.loads(text) == {"a": "</script><!--&'"}
