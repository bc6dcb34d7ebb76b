"""What is somebody's is nobody else's: every route × every id × every stranger, generated from the application's routes."""

import re
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from jishi.kernel import Fault, Module
from jishi.kernel.ids import decode
from jishi.people.accounts import Who
from jishi.people.vault import Show
from jishi.trade.checkout import QuoteAsk, Wanted
from jishi.web import csrf
from tests.kit import STAFF, buyer

from .kit import CANARIES, FORM, House, opened, problem, routes
from .walk import API, WAYS, Marks, Way, marked, path_of, send, ways

STRANGERS = ("", "guest", "other", "clerk_road")
REFUSED = {401, 403, 404}


@pytest.fixture(scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with opened(tmp_path_factory.mktemp("house")) as made:
        yield made


@pytest.fixture(scope="module")
async def marks(house: House) -> Marks:
    return await marked(house)


@pytest.fixture(autouse=True)
async def nothing_else_changed(house: House, marks: Marks) -> AsyncIterator[None]:
    """Whatever a stranger tried: every table that is not about visits holds the very same rows. (A key that was refused
    is kept with its refusal: it is the stranger's own.)"""

    async def rows() -> dict[str, Any]:
        attempts = "SELECT * FROM trade_checkout_attempts WHERE outcome <> 2 ORDER BY order_id"
        return await house.dump() | {"trade_checkout_attempts": await house.ask(attempts)}

    before = await rows()
    yield
    await house.drain()
    after = await rows()
    assert {t for t in before if before[t] != after[t]} == set()


def leaks(got: Any) -> list[str]:
    """What of the owner can be read in the answer."""
    return [c for c in CANARIES if c in got.text or c in str(got.headers)]


def clean(got: Any) -> bool:
    return not leaks(got)


def own(app: Any) -> list[tuple[str, str, Any]]:
    """Every route once: a page in English stands for the same in Chinese."""
    return [(m, p, h) for m, p, h in routes(app) if not p.startswith("/zh-CN")]


async def test_every_route_is_in_the_walk(house: House) -> None:
    served = {(m, p) for m, p, _ in own(house.app)}
    assert served <= set(WAYS)
    chinese = {(m, p.replace("/zh-CN", "/en", 1)) for m, p, _ in routes(house.app) if p.startswith("/zh-CN")}
    assert chinese == {(m, p) for m, p in served if p == "/en" or p.startswith("/en/")}


async def test_every_id_in_an_address_is_walked(house: House) -> None:
    for method, path, _ in own(house.app):
        named = set(re.findall(r"\{(\w+):", path))
        assert named == set(WAYS[method, path].ids), path


@pytest.mark.parametrize("who", STRANGERS)
async def test_a_stranger_finds_nothing(house: House, marks: Marks, who: str) -> None:
    found = []
    for (method, template), way in ways(house).items():
        if not way.private:
            continue
        got = await send(house, method, template, who, marks)
        away = got.headers.get("location", "") if got.status_code == 303 else ""
        if away.startswith("/en/orders/") and template.endswith("/paid"):  # the same for an order that never was
            got = await house.page("GET", away.removeprefix("/en"), who)
            away = ""
        if not (got.status_code in REFUSED or away.startswith("/en/sign-in")) or not clean(got):
            found.append((method, template, got.status_code, away))
    assert found == []


@pytest.mark.parametrize("who", ["", "guest", "other"])
async def test_who_has_no_right_is_refused_before_anything_is_read(house: House, marks: Marks, who: str) -> None:
    """Routes of the desk, asked with ids that exist and with ids that do not: the same answer."""
    for (method, template), way in ways(house).items():
        if way.who != "clerk_tea":
            continue
        got = await send(house, method, template, who, marks)
        none = await send(house, method, template, who, Marks(work="ful_0000000000001", stock="stk_0000000000001"))
        for it in (got, none):
            sign_in = it.status_code == 303 and it.headers["location"].startswith("/en/sign-in")
            assert it.status_code in (401, 403) or sign_in, (method, template, it.status_code)
        assert got.status_code == none.status_code


async def test_what_is_not_yours_answers_like_what_is_not_there(house: House, marks: Marks) -> None:
    """Nobody learns from an answer which numbers exist."""
    never = Marks(
        order="ord_0000000000001", number="2026010100000001", unpaid="2026010100000002", quote="qt_0000000000001",
        work="ful_0000000000001", stock="stk_0000000000001", waybill="JX1",
        address="adr_0000000000001", spare="adr_0000000000001", session="ses_0000000000001",
    )  # fmt: skip
    for (method, template), way in ways(house).items():
        if not way.private:
            continue
        who = "clerk_road" if way.who == "clerk_tea" else "other"
        there, absent = [await send(house, method, template, who, m) for m in (marks, never)]
        assert there.status_code == absent.status_code, (method, template)
        if template.startswith(API):
            assert problem(there) == problem(absent), (method, template)


async def test_ids_inside_of_bodies_open_nothing(house: House, marks: Marks) -> None:
    """Somebody else's quote, session, listing and stock, sent by who may use the route with its own."""
    theirs: list[tuple[str, str, str, dict[str, Any]]] = [
        ("other", "POST", API + "/orders", {}),
        ("guest", "POST", API + "/orders", {}),
        ("other", "POST", "/en/checkout/delivery", {}),
        ("other", "POST", "/en/me/sessions/end", {}),
        ("other", "POST", "/en/me/addresses/save", {}),
        ("guest", "POST", "/en/me/addresses/save", {}),
        ("other", "POST", API + "/me/claims", {}),
        ("other", "POST", "/en/me/claims", {}),
        ("clerk_road", "POST", API + "/stock/receipts", {}),
        ("clerk_road", "POST", "/en/desk/stock/receive", {}),
    ]
    for who, method, template, _ in theirs:
        got = await send(house, method, template, who, marks)
        assert got.status_code in (404, 409, 422), (who, template, got.status_code)
        assert clean(got), template
        if template == API + "/orders":  # a refused attempt is kept under its key, and nothing of the quote
            assert problem(got) == (404, "checkout.no_quote", "")
    for who in ("other", "guest", ""):
        shown = await house.page("GET", f"/checkout?quote={marks.quote}", who)
        assert (shown.status_code, clean(shown)) == (303, True)
        placed = await send(house, "POST", "/en/checkout/place", who, marks)
        assert (placed.status_code, clean(placed)) == (303, True)


@pytest.mark.parametrize("card", ["recipient", "contact"])
async def test_anothers_card_is_no_address(house: House, card: str) -> None:
    """At the face, where ids of cards are spoken: not shown, and nothing is sent to it."""
    (own_id,) = [
        r[0] for r in await house.ask(f"SELECT id FROM people_vault_cards WHERE kind = '{card}' ORDER BY id LIMIT 1")
    ]
    other = await house.shop.accounts.who(STAFF, Who(house.tokens["other"]))
    me = buyer(other.person_id)
    with pytest.raises(Fault, match=r"vault\.no_card"):
        await house.shop.vault.show(me, Show([own_id], "order"))
    ask = QuoteAsk([Wanted(decode("lst", house.listing["TEA"]), 1)], own_id, own_id)
    with pytest.raises(Fault, match=r"vault\.no_card"):
        await house.shop.checkout.quote(me, ask)


async def test_a_link_opens_its_own_order_alone(house: House, marks: Marks) -> None:
    opened_by_link = await house.api("GET", f"/orders/{marks.number}?secret={marks.secret}")
    assert opened_by_link.status_code == 200
    assert (await house.api("GET", f"/orders/{marks.unpaid}?secret={marks.secret}")).status_code == 404
    shown = await house.page("GET", f"/orders/{marks.unpaid}?secret={marks.secret}")
    assert (shown.status_code, clean(shown)) == (404, True)
    for wrong in ("", "x", marks.secret[:-1], marks.secret.swapcase(), "%00", "é" * 20, "' OR 1=1 --"):
        got = await house.api("GET", f"/orders/{marks.number}", params={"secret": wrong})
        assert (got.status_code, clean(got)) == (404, True), wrong


async def test_the_link_shows_what_a_stranger_may_see_masked(house: House, marks: Marks) -> None:
    """A mail is forwarded: whoever holds the link reads of the address its mask alone."""
    page = await house.page("GET", f"/orders/{marks.number}?secret={marks.secret}")
    assert (page.status_code, leaks(page)) == (200, ["private.example"])  # c***@private.example


async def test_the_desk_sees_masks_until_it_asks(house: House, marks: Marks) -> None:
    for path in ("/desk", "/desk/orders", "/desk/work", f"/desk/work/{marks.work}", f"/orders/{marks.number}"):
        page = await house.page("GET", path, "clerk_tea")
        assert (page.status_code, clean(page)) == (200, True), path
    asked = await house.page("POST", f"/desk/work/{marks.work}/recipient", "clerk_tea", {})
    assert asked.status_code == 200
    assert "鹦鹉洲路" in asked.text
    reads = await house.one("SELECT COUNT(*) FROM people_vault_reads WHERE purpose = 'delivery' AND masked = 0")
    assert reads >= 1


# --- pretending ------------------------------------------------------------------------------------------------------------


IDENTITY = (
    "x-user-id", "x-user", "x-forwarded-user", "x-remote-user", "remote-user", "x-auth-user", "x-actor", "x-actor-id",
    "x-role", "x-merchant-id", "x-wcpay-platform-checkout-user", "x-original-user", "x-authenticated-user",
    "x-forwarded-email", "x-jishi-actor", "x-jishi-role", "x-session", "x-http-method-override", "x-original-url",
    "x-rewrite-url", "x-amzn-oidc-identity", "x-ms-client-principal-id", "ssl-client-s-dn", "via",
)  # fmt: skip


@pytest.mark.parametrize("header", IDENTITY)
async def test_a_header_names_nobody(house: House, marks: Marks, header: str) -> None:
    staff = await house.shop.accounts.who(STAFF, Who(house.tokens["staff"]))
    for value in (str(staff.person_id), "staff", "owner", house.tokens["staff"], "/en/desk", "1"):
        sent = {header: value}
        assert (await house.api("GET", "/me", headers=sent)).status_code == 401
        assert (await house.api("GET", f"/orders/{marks.number}", "other", headers=sent)).status_code == 404
        assert (await house.page("GET", "/desk", "other", headers=sent)).status_code == 403


async def test_a_session_is_in_one_cookie_and_one_header(house: House) -> None:
    token = house.tokens["owner"]
    for cookie in (f"session={token}", f"jishi_session2={token}", f"JISHI_SESSION={token}", f"token={token}"):
        got = await house.http.get("/en/me", headers={"cookie": cookie})
        assert got.status_code == 303, cookie
    for path in (f"/en/me?jishi_session={token}", f"/en/me?token={token}", f"/api/v1/me?access_token={token}"):
        assert (await house.http.get(path)).status_code in (303, 401)


async def test_a_token_with_one_letter_changed_is_nobodys(house: House) -> None:
    token = house.tokens["owner"]
    for i in range(len(token)):
        broken = token[:i] + ("A" if token[i] != "A" else "B") + token[i + 1 :]
        got = await house.api("GET", "/me", headers={"authorization": f"Bearer {broken}"})
        assert problem(got)[:2] == (401, "session.gone")
        page = await house.http.get("/en/me", headers={"cookie": f"jishi_session={broken}"})
        assert page.status_code == 303


# --- forms that somebody else made -------------------------------------------------------------------------------------


def forms(house: House) -> list[tuple[str, Way]]:
    return [(path, way) for (method, path), way in ways(house).items() if method == "POST" and path.startswith("/en")]


@pytest.mark.parametrize(
    "told",
    [
        {csrf.HEADER: ""},
        {csrf.HEADER: "00" * 32},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
async def test_every_form_of_somebody_elses_is_refused(house: House, marks: Marks, told: dict[str, str]) -> None:
    for path, way in forms(house):
        got = await send(house, "POST", path, way.who, marks, headers=told)
        assert got.status_code == 403, (path, got.status_code)


async def test_anothers_token_is_no_token(house: House, marks: Marks) -> None:
    secret = house.app.state.site.secret
    stolen = csrf.token(secret, house.tokens["other"], b"\x01" * 16)
    for path, way in forms(house):
        if way.who in ("other", "throwaway"):
            continue
        got = await send(house, "POST", path, way.who, marks, headers={csrf.HEADER: stolen})
        assert got.status_code == 403, path


async def test_every_unsafe_call_with_a_cookie_from_elsewhere_is_refused(house: House, marks: Marks) -> None:
    for (method, path), way in ways(house).items():
        if method == "GET" or not path.startswith(API) or not way.who:
            continue
        cookie = house.proof("owner" if way.who == "throwaway" else way.who)["cookie"]
        for told in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
            body = way.json(house, marks) if way.json else None
            got = await house.http.request(
                method,
                path_of(path, way, house, marks),
                json=body,
                headers={"cookie": cookie, "idempotency-key": "x"} | told,
            )
            assert problem(got)[:2] == (403, "web.forged"), path
        if body is not None:  # a form cannot send JSON, and what it can send is not read
            for kind in (FORM, "text/plain", "multipart/form-data; boundary=x", ""):
                headers = {"cookie": cookie, "idempotency-key": "x", "content-type": kind}
                got = await house.http.request(
                    method, path_of(path, way, house, marks), content=msgspec.json.encode(body), headers=headers
                )
                assert got.status_code == 415, (path, kind)


# --- fields that nobody asked for --------------------------------------------------------------------------------------


MAPS = {"services", "names", "summaries", "descriptions", "alts", "chosen", "facts", "components"}


def columns() -> list[str]:
    """The name of every column of every table, and some that attackers like."""
    found = {c.name for m in Module.all.values() for t in m.meta.tables.values() for c in t.columns}
    return sorted(found | {"is_admin", "is_staff", "price", "admin", "_csrf", "__proto__", "constructor", "user_id"})


def nested(body: Any) -> list[tuple[Any, ...]]:
    """Where in a body an object stands."""
    if isinstance(body, dict):
        return [(), *[(k, *rest) for k, v in body.items() for rest in nested(v)]]
    return [(0, *rest) for rest in nested(body[0])] if isinstance(body, list) and body else []


@pytest.mark.slow
async def test_no_column_of_any_table_can_be_sent(house: House, marks: Marks) -> None:
    """Slow: some three thousand requests. 422 with the field's name, whatever object of the body it stands in."""
    told = spoken(house)
    for (method, path), way in ways(house).items():
        if way.json is None:
            continue
        body, known = dict(way.json(house, marks)), told[method, path]
        for where in nested(body):
            if MAPS.intersection(where):  # their keys are data: merchants, languages, codes
                continue
            spot: Any = body
            for step in where:
                spot = spot[step]
            for name in sorted(set(columns()) - known):
                spot[name] = 1
                got = await send(house, method, path, way.who, marks, body=body)
                del spot[name]
                assert (got.status_code, problem(got)[1]) == (422, "input.invalid"), (path, where, name)
                assert got.json()["errors"][0]["code"] == "unknown", (path, where, name)


def spoken(house: House) -> dict[tuple[str, str], set[str]]:
    """Of every route of the API the names that its body may hold somewhere, as its schema tells them."""
    schema = house.app.openapi_schema.to_schema()
    parts = schema["components"]["schemas"]

    def names(of: Any, seen: set[str]) -> set[str]:
        if isinstance(of, list):
            return set().union(*[names(x, seen) for x in of])
        if not isinstance(of, dict):
            return set()
        found = set(of.get("properties", ()))
        if (ref := str(of.get("$ref", "")).rpartition("/")[2]) and ref not in seen:
            seen.add(ref)
            found |= names(parts[ref], seen)
        return found.union(*[names(x, seen) for x in of.values()])

    return {
        (method.upper(), path): names(told.get("requestBody", {}), set())
        for (path, told, method) in (
            (template, operations[m], m)
            for template in {p for _, p in ways(house)}
            for operations in [schema["paths"].get(re.sub(r":\w+}", "}", template), {})]
            for m in operations
        )
        if isinstance(told, dict)
    }


async def test_a_form_with_more_fields_than_it_has_means_no_more(house: House, marks: Marks) -> None:
    """Pages leave alone what no field is named for: no column of a table gets a value that way."""
    body = dict.fromkeys(columns(), "9") | {"email": "who.ever@people.example", "number": "1"}
    got = await house.page("POST", "/find-order", "", body)
    assert got.status_code == 303


async def test_the_walk_is_over_more_than_a_handful() -> None:
    assert len(WAYS) > 70
    assert sum(w.private for w in WAYS.values()) > 20
