"""Who, how often, with which right, and whether they meant it: before a route runs."""

import re

import pytest
from litestar import Response, get

from jishi.kernel.config import Config
from jishi.web import csrf
from jishi.web.rates import address_of, agent_of, network_of
from jishi.web.routes import Undeclared, api_post, get_page, get_plain, hook_post, post_page
from jishi.web.visit import Page, Visit
from tests.kit import Clock

from .kit import Shop, browser, web

FORM = {"content-type": "application/x-www-form-urlencoded"}


@get_page("/form", needs="public")
async def form(visit: Visit) -> Page:
    return Response(b"form", media_type="text/html")


@get_page("/desk", needs="desk:all", rate="staff")
async def desk(visit: Visit) -> Page:
    return Response(f"desk of {visit.ctx.actor.id}".encode(), media_type="text/html")


@post_page("/want", needs="public", person=True)
async def want(visit: Visit) -> Page:
    visit.shop.cart.writes += 1  # type: ignore[attr-defined]
    return visit.go("/cart")


@post_page("/rare", needs="public", rate="code")
async def rare(visit: Visit) -> Page:
    visit.shop.cart.writes += 1  # type: ignore[attr-defined]
    return visit.go("/")


@hook_post("/hooks/card")
async def hook(visit: Visit) -> dict[str, str]:
    return {"actor": str(visit.actor.id)}


@api_post("/want", needs="public", person=True)
async def api_want(visit: Visit) -> dict[str, str]:
    visit.shop.cart.writes += 1  # type: ignore[attr-defined]
    return {"actor": visit.ctx.actor.role}


MORE = [form, desk, want, rare, hook, api_want]


@pytest.fixture
def shop(clock: Clock) -> Shop:
    return Shop(clock)


def made(shop: Shop, **config: object) -> object:
    return web(shop, more=MORE, rooms=(), config=Config(**config))  # type: ignore[arg-type]


def seeded(app: object, seed: str = "a" * 32) -> dict[str, str]:
    """The cookie and the token of a visitor without a session."""
    secret = app.state.site.secret  # type: ignore[attr-defined]
    return {"cookie": f"{csrf.SEED}={seed}", "x-csrf": csrf.token(secret, seed, b"\x07" * 16)}


async def test_a_visitor_is_nobody_until_something_is_kept_and_then_a_guest(shop: Shop) -> None:
    app = made(shop)
    async with browser(app) as http:
        seen = await http.get("/zh-CN/form")
        assert (shop.accounts.opened, shop.accounts.asked) == (0, 0)
        assert "jishi_session" not in seen.headers.get("set-cookie", "")
        got = await http.post("/zh-CN/want", content="", headers=FORM | seeded(app))
    assert (got.status_code, got.headers["location"], shop.accounts.opened) == (303, "/zh-CN/cart", 1)
    cookie = got.headers["set-cookie"]
    assert re.fullmatch(r"jishi_session=guest-101-[\w-]+; Path=/; Max-Age=86400; HttpOnly; SameSite=Lax", cookie)


async def test_on_https_the_cookie_travels_on_https_alone(shop: Shop) -> None:
    app = made(shop, base_url="https://shop.example")
    async with browser(app) as http:
        got = await http.post("/en/want", content="", headers=FORM | seeded(app))
    assert got.headers["set-cookie"].endswith("; HttpOnly; SameSite=Lax; Secure")


async def test_a_session_is_asked_for_once_a_second_and_a_revoked_one_is_gone_after_it(
    shop: Shop, clock: Clock
) -> None:
    token = shop.accounts.add("staff", 8)
    async with browser(made(shop), cookies={"jishi_session": token}) as http:
        for _ in range(5):
            assert (await http.get("/en/desk")).status_code == 200
        assert shop.accounts.asked == 1
        del shop.accounts.visitors[token]
        clock.pass_time(seconds=1)
        got = await http.get("/en/desk")
    assert (got.status_code, got.headers["location"]) == (303, "/en/sign-in?next=%2Fdesk")
    assert "jishi_session=; Path=/; Max-Age=0" in got.headers["set-cookie"]


async def test_a_right_is_checked_before_the_route_runs(shop: Shop) -> None:
    buyer = shop.accounts.add("buyer", 7)
    app = made(shop)
    async with browser(app, cookies={"jishi_session": buyer}) as http:
        assert (await http.get("/en/desk")).status_code == 403
    async with browser(app) as http:
        got = await http.get("/en/desk?tab=all")
        assert (got.status_code, got.headers["location"]) == (303, "/en/sign-in?next=%2Fdesk%3Ftab%3Dall")


@pytest.mark.parametrize(
    "headers",
    [
        {"x-user-id": "8"},
        {"x-forwarded-user": "staff"},
        {"x-demo-buyer": "7"},
        {"authorization": "Bearer staff-8-token-of-32-characters-long"},  # pages know cookies alone
        {"authorization": "Basic c3RhZmY6c3RhZmY="},
    ],
)
async def test_a_header_makes_nobody_of_the_staff(shop: Shop, headers: dict[str, str]) -> None:
    shop.accounts.add("staff", 8)
    async with browser(made(shop)) as http:
        assert (await http.get("/en/desk", headers=headers)).status_code == 303


@pytest.mark.parametrize(
    "headers",
    [
        {},  # no token at all
        {"x-csrf": "00"},
        {"x-csrf": "zz" * 32},
        {"x-csrf": csrf.token(b"another secret", "a" * 32, b"\x01" * 16)},
        {"x-csrf": csrf.token(b"another secret", "", b"\x01" * 16), "cookie": "jishi_seed="},
        {"good": "", "sec-fetch-site": "cross-site"},
        {"good": "", "sec-fetch-site": "same-site"},
        {"good": "", "origin": "https://evil.example"},
        {"good": "", "origin": "null"},
        {"good": "", "origin": "http://localhost:8001"},
    ],
)
async def test_a_forged_form_changes_nothing(shop: Shop, headers: dict[str, str]) -> None:
    app = made(shop)
    told = dict(headers)
    if "good" in told:
        del told["good"]
        told |= seeded(app)
    async with browser(app) as http:
        got = await http.post("/en/want", content="a=1", headers=FORM | told)
    assert got.status_code == 403
    assert (shop.cart.writes, shop.accounts.opened) == (0, 0)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "none"},
        {"origin": "http://localhost:8000"},
        {"origin": "http://127.0.0.1:8000", "host": "127.0.0.1:8000"},
    ],
)
async def test_our_own_form_passes(shop: Shop, headers: dict[str, str]) -> None:
    app = made(shop)
    async with browser(app) as http:
        assert (await http.post("/en/want", content="a=1", headers=FORM | seeded(app) | headers)).status_code == 303
    assert shop.cart.writes == 1


async def test_another_name_of_the_host_is_ours_in_the_demo_alone(shop: Shop) -> None:
    secrets = {
        "master": "m" * 16 + "0123456789abcdef",
        "web": "w" * 16 + "0123456789abcdef",
        "rpc": "r" * 16 + "0123456789abcdef",
    }
    from jishi.kernel.config import Secrets

    app = made(shop, mode="production", base_url="https://shop.example", secrets=Secrets(**secrets))
    other = {"origin": "https://other.example", "host": "other.example"}
    async with browser(app) as http:
        assert (await http.post("/en/want", content="", headers=FORM | seeded(app) | other)).status_code == 403
    assert shop.cart.writes == 0


async def test_a_form_opened_before_the_session_began_still_counts_and_anothers_does_not(shop: Shop) -> None:
    app = made(shop)
    token = shop.accounts.add("guest", 5)
    secret = app.state.site.secret  # type: ignore[attr-defined]
    before = seeded(app)
    both = {"cookie": f"jishi_session={token}; {before['cookie']}", "x-csrf": before["x-csrf"]}
    own = {"cookie": f"jishi_session={token}", "x-csrf": csrf.token(secret, token, b"\x09" * 16)}
    others = {"cookie": f"jishi_session={token}", "x-csrf": csrf.token(secret, "someone-else", b"\x09" * 16)}
    async with browser(app) as http:
        codes = [(await http.post("/en/want", content="", headers=FORM | h)).status_code for h in (both, own, others)]
    assert codes == [303, 303, 403]


async def test_the_token_on_the_page_is_masked_anew_each_time_and_works(shop: Shop) -> None:
    app = made(shop)
    visit = Visit(app.state.site, {"type": "http", "method": "GET", "path": "/en", "headers": [], "client": None})  # type: ignore[attr-defined]
    tokens = {visit.csrf_token() for _ in range(5)}
    assert len(tokens) == 5
    assert all(visit.proves(t) for t in tokens)
    assert [c.split("=")[0] for c in visit.set_cookies] == ["jishi_seed"]


async def test_a_form_must_be_a_form_and_json_json(shop: Shop) -> None:
    app = made(shop)
    bearer = {"authorization": f"Bearer {shop.accounts.add('guest', 5)}"}
    async with browser(app) as http:
        assert (await http.post("/en/want", json={}, headers=seeded(app))).status_code == 415
        assert (await http.post("/api/v1/want", content="a=1", headers=FORM | bearer)).status_code == 415
        assert shop.cart.writes == 0
        assert (await http.post("/api/v1/want", json={}, headers=bearer)).status_code == 201
        assert (await http.post("/api/v1/want", headers=bearer)).status_code == 201


async def test_the_api_with_a_cookie_is_refused_from_elsewhere_and_a_dead_bearer_is_told(shop: Shop) -> None:
    token = shop.accounts.add("guest", 5)
    async with browser(made(shop)) as http:
        cookie = {"cookie": f"jishi_session={token}"}
        away = await http.post("/api/v1/want", json={}, headers=cookie | {"origin": "https://evil.example"})
        here = await http.post("/api/v1/want", json={}, headers=cookie | {"origin": "http://localhost:8000"})
        dead = await http.post("/api/v1/want", json={}, headers={"authorization": "Bearer " + "x" * 40})
        none = await http.post("/api/v1/want", json={})
    assert [r.status_code for r in (away, here, dead, none)] == [403, 201, 401, 401]
    assert (away.json()["code"], none.json()["code"]) == ("web.forged", "web.needs_session")
    assert dead.headers["www-authenticate"] == "Bearer"
    assert shop.cart.writes == 1


async def test_a_hook_needs_no_token_and_has_no_session(shop: Shop) -> None:
    token = shop.accounts.add("staff", 8)
    async with browser(made(shop)) as http:
        got = await http.post(
            "/hooks/card", json={}, headers={"cookie": f"jishi_session={token}", "origin": "https://pay.example"}
        )
    assert (got.status_code, got.json()) == (200, {"actor": "0"})


@pytest.mark.parametrize("key", ["x" * 201, "é", "a\tb"])
async def test_an_idempotency_key_has_a_form(shop: Shop, key: str) -> None:
    bearer = {"authorization": f"Bearer {shop.accounts.add('guest', 5)}", "idempotency-key": key.encode()}
    async with browser(made(shop)) as http:
        assert (await http.post("/api/v1/want", json={}, headers=bearer)).status_code == 400  # type: ignore[arg-type]
    assert shop.cart.writes == 0


async def test_too_often_is_429_with_the_time_to_wait_by_person_or_network(shop: Shop) -> None:
    app = made(shop, rates={"code": "2/hour"})
    guest = shop.accounts.add("guest", 5)
    secret = app.state.site.secret  # type: ignore[attr-defined]
    known = {"cookie": f"jishi_session={guest}", "x-csrf": csrf.token(secret, guest, b"\x01" * 16)}
    async with browser(app) as http:
        codes = [(await http.post("/en/rare", content="", headers=FORM | seeded(app))).status_code for _ in range(2)]
        last = await http.post("/en/rare", content="", headers=FORM | seeded(app))
        assert codes == [303, 303]
        assert last.status_code == 429
        assert 1 <= int(last.headers["retry-after"]) <= 3600
        assert "3,600" in last.text
        assert shop.cart.writes == 2
        assert (
            await http.post("/en/rare", content="", headers=FORM | known)
        ).status_code == 303  # a person of their own


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
        ("::ffff:203.0.113.9", "203.0.113.0/24"),
        ("fe80::1%eth0", "fe80::/48"),
        ("testclient", ""),
        ("", ""),
    ],
)
def test_an_address_is_cut_to_its_network(address: str, network: str) -> None:
    assert network_of(address) == network


def test_only_our_own_proxies_say_where_somebody_comes_from() -> None:
    assert address_of("10.0.0.1", "1.2.3.4", 0) == "10.0.0.1"
    assert address_of("10.0.0.1", "6.6.6.6, 1.2.3.4", 1) == "1.2.3.4"  # what the caller wrote stands before it
    assert address_of("10.0.0.1", "6.6.6.6, 1.2.3.4, 10.0.0.9", 2) == "1.2.3.4"
    assert address_of("10.0.0.1", "1.2.3.4", 2) == "10.0.0.1"


def test_a_browser_is_a_family() -> None:
    assert agent_of("Mozilla/5.0 (X11) Chrome/140.0 Safari/537.36 Edg/140.0") == "Edge"
    assert agent_of("Mozilla/5.0 (iPhone) Safari/604.1 MicroMessenger/8.0") == "WeChat"
    assert agent_of("curl/8") == "other"


@get("/bare", sync_to_thread=False)
def bare() -> str:
    return "open to all"


@get_page("/typo", needs="desk:al")
async def typo(visit: Visit) -> Page:
    return visit.go("/")


@get_plain("/unknown-rate", rate="often")
async def unknown_rate() -> str:
    return ""


@pytest.mark.parametrize(("route", "said"), [(bare, "/bare"), (typo, "/zh-CN/typo"), (unknown_rate, "/unknown-rate")])
def test_a_route_that_does_not_say_who_may_use_it_fails_at_start(shop: Shop, route: object, said: str) -> None:
    with pytest.raises(Undeclared, match=said):
        web(shop, more=[route], rooms=())
