"""Pages: languages, fragments, forms that keep what was typed, holes for what is personal."""

import re
import shutil
from pathlib import Path
from typing import Annotated, Any

import pytest
from msgspec import Meta, Struct

from jishi.kernel import Fault, FieldError, Invalid
from jishi.people.accounts import TooOften
from jishi.web.forms import Form
from jishi.web.pages import FOLDER
from jishi.web.routes import get_page, post_page
from jishi.web.visit import Page, Visit
from tests.kit import Clock

from .kit import Shop, browser, web

LIST = """{% extends layout %}{% from "parts.html" import price %}
{% block title %}T{% endblock %}
{% block main %}<h1>{{ name }}</h1>{% block cards %}<ul id="cards"><li>{{ name }} {{ price(minor, "CNY", 15900) }} {{ here }}</li></ul>{% endblock %}
{{ th("faults.web.media_type", wanted=link("/x?a=1&b", "<go>")) }}{% endblock %}"""
FORM = """{% extends layout %}{% from "parts.html" import field, summary, quantity %}
{% block main %}{{ summary(form) }}<form method="post">{{ csrf() }}{{ field(form, "email", "E-mail", type="email", required=true, hint="Hint", more={"autocomplete": "email"}) }}
{{ field(form, "age", "Age") }}{{ field(form, "pass", "P", type="password") }}{{ quantity("n", 2, 5) }}<button>Go</button></form>{% endblock %}"""


class Wish(Struct, frozen=True):
    email: Annotated[str, Meta(min_length=3, max_length=20)]
    age: Annotated[int, Meta(ge=18)] = 18
    news: bool = False
    tags: list[str] = []


@get_page("/list", needs="public")
async def listing(visit: Visit) -> Page:
    return await visit.page("list.html", fragment="cards", name="<Tea> & co", minor=12_900)


@get_page("/wish", needs="public")
async def blank(visit: Visit) -> Page:
    return await visit.page("form.html", form=Form())


@post_page("/wish", needs="public")
async def wish(visit: Visit) -> Page:
    form = await visit.form()
    try:
        asked = form.into(Wish)
        if asked.email.startswith("taken"):
            raise Invalid([FieldError("email", "odd.code")])
    except Fault as fault:
        page = await visit.page(
            "form.html", status=fault.status, form=form.refused(fault, visit.site.words, visit.locale)
        )
        page.headers["x-kind"] = fault.code
        return page
    visit.shop.cart.writes += 1  # type: ignore[attr-defined]
    return visit.go("/list", of=asked.email)


@get_page("/often", needs="public")
async def often(visit: Visit) -> Page:
    raise TooOften(30)


@pytest.fixture
def shop(clock: Clock) -> Shop:
    return Shop(clock)


@pytest.fixture
def app(shop: Shop, tmp_path: Path) -> Any:
    made = web(shop, more=[listing, blank, wish, often], rooms=())
    home = tmp_path / "templates"
    shutil.copytree(FOLDER, home)
    (home / "list.html").write_text(LIST, "utf-8")
    (home / "form.html").write_text(FORM, "utf-8")
    made.state.site.pages.folder = home
    made.state.site.pages.icons = frozenset()  # as before the build of foreign files
    return made


async def test_a_page_is_whole_and_escaped_and_links_to_itself_in_the_other_language(app: Any) -> None:
    async with browser(app) as http:
        got = await http.get("/en/list?sort=name&q=%22")
    assert got.status_code == 200
    assert got.headers["content-type"] == "text/html; charset=utf-8"
    html = got.text
    assert '<html lang="en">' in html
    assert "<h1>&lt;Tea&gt; &amp; co</h1>" in html
    assert 'href="/zh-CN/list?sort=name&amp;q=%22" lang="zh-CN"' in html
    assert '<link rel="canonical" href="http://localhost:8000/en/list">' in html
    assert [m[1] for m in re.finditer(r'hreflang="([^"]+)" href="http', html)] == ["zh-CN", "en", "x-default"]
    assert '<small>CN¥</small>129.00</span><s class="was"><span class="sr">Was </span>CN¥159.00</s>' in html
    assert '<a class="link" href="/en/x?a=1&amp;b">&lt;go&gt;</a>' in html
    assert "\x02" not in html


async def test_htmx_gets_the_one_block_and_everybody_else_the_page(app: Any) -> None:
    async with browser(app) as http:
        part = await http.get("/zh-CN/list", headers={"hx-request": "true"})
        boosted = await http.get("/zh-CN/list", headers={"hx-request": "true", "hx-boosted": "true"})
        back = await http.get("/zh-CN/list", headers={"hx-request": "true", "hx-history-restore-request": "true"})
        whole = await http.get("/zh-CN/list")
    assert part.text.strip().startswith('<ul id="cards">')
    assert "<html" not in part.text
    assert part.text.strip() in whole.text
    assert boosted.text == back.text == whole.text
    assert "HX-Request" in part.headers["vary"]


async def test_a_form_that_is_wrong_comes_back_with_what_was_typed_and_each_field_says_why(
    shop: Shop, app: Any
) -> None:
    async with browser(app) as http:
        page = await http.get("/en/wish")
        token = re.search(r'name="_csrf" value="([0-9a-f]{64})"', page.text)
        assert token
        http.cookies.update(page.cookies)
        typed = {"_csrf": token[1], "email": '<"a>', "age": "young", "pass": "hunter2"}
        got = await http.post("/en/wish", data=typed)
        assert got.status_code == 422
        assert got.headers["x-kind"] == "input.invalid"
        html = got.text
        assert "Some fields need to be corrected." in html
        assert 'value="&lt;&quot;a&gt;"' in html
        assert '<p class="err" id="f-age-e">This is not of the right form.</p>' in html
        assert 'aria-invalid="true" aria-describedby="f-age-e "' in html
        assert 'aria-describedby="f-email-h"' in html
        assert '<a class="link" href="#f-age">' in html
        assert "hunter2" not in html
        assert shop.cart.writes == 0
        odd = await http.post("/en/wish", data={"_csrf": token[1], "email": "taken@x"})
        assert '<p class="err" id="f-email-e">This is not right.</p>' in odd.text
        good = await http.post("/en/wish", data={"_csrf": token[1], "email": "lin@x.cn", "age": ""})
    assert (good.status_code, good.headers["location"]) == (303, "/en/list?of=lin%40x.cn")
    assert shop.cart.writes == 1


async def test_a_fault_is_the_same_sentence_on_the_page_with_its_status(app: Any) -> None:
    async with browser(app) as http:
        got = await http.get("/zh-CN/often")
        lost = await http.get("/en/nothing/here?x=1")
        wrong = await http.post("/en/list", data={})
    assert (got.status_code, got.headers["retry-after"]) == (429, "30")
    assert "太频繁了" in got.text
    assert lost.status_code == 404
    assert 'href="/zh-CN/nothing/here?x=1"' in lost.text
    assert '<meta name="robots" content="noindex">' in lost.text
    assert wrong.status_code == 405


async def test_the_cart_and_the_name_are_the_visitors_own(shop: Shop, app: Any) -> None:
    token = shop.accounts.add("buyer", 7)
    shop.cart.lines[7] = {511: 2, 512: 120}
    async with browser(app) as http:
        other = (await http.get("/en/list")).text
        mine = (await http.get("/en/list", headers={"cookie": f"jishi_session={token}"})).text
    assert '<span class="badge">' not in other
    assert ">Sign in</a>" in other
    assert '<span aria-hidden="true">99+</span><span class="sr">122 items in the cart</span>' in mine
    assert ">Account</a>" in mine


async def test_what_a_merchant_wrote_is_never_taken_for_a_hole(app: Any) -> None:
    pages = app.state.site.pages
    assert pages.pieces("a\x02csrf\x03b") == [b"a\x02csrf\x03b"]
    assert pages.pieces(f"a{pages.mark}csrf\x03b") == [b"a", b"csrf", b"b"]
    assert len(pages.mark) > 20


async def test_a_language_that_is_not_the_browsers_is_remembered(app: Any) -> None:
    async with browser(app) as http:
        assert "set-cookie" not in (await http.get("/zh-CN/list")).headers
        assert (
            (await http.get("/en/list"))
            .headers["set-cookie"]
            .startswith("jishi_locale=en; Path=/; Max-Age=31536000; HttpOnly")
        )
        back = await http.get("/zh-CN/list", headers={"cookie": "jishi_locale=en"})
    assert back.headers["set-cookie"].startswith("jishi_locale=zh-CN;")


@pytest.mark.parametrize(
    ("path", "to"),
    [
        ("/checkout?a=1", "/checkout?a=1"),
        ("/en/cart", "/cart"),
        ("//evil.example", "/"),
        ("https://evil.example", "/"),
        ("/\\evil.example", "/"),
        ("javascript:x", "/"),
        ("", "/"),
    ],
)
async def test_the_way_back_never_leaves_the_shop(app: Any, path: str, to: str) -> None:
    visit = Visit(app.state.site, {"type": "http", "method": "GET", "path": "/en", "headers": [], "client": None})
    assert visit.safe_next(path) == to


def test_a_form_becomes_a_struct_and_names_every_wrong_field() -> None:
    form = Form.of(
        [
            ("email", " lin@x.cn "),
            ("age", "20"),
            ("news", "on"),
            ("tags", "a"),
            ("tags", "b"),
            ("do", "save"),
            ("_csrf", "x"),
        ]
    )
    assert form.into(Wish) == Wish("lin@x.cn", 20, news=True, tags=["a", "b"])
    assert Form.of([("email", "lin@x.cn")]).into(Wish) == Wish("lin@x.cn")
    with pytest.raises(Invalid) as e:
        Form.of([("email", ""), ("age", "7")]).into(Wish)
    assert [(x.field, x.code) for x in e.value.errors] == [("email", "required"), ("age", "range")]
    with pytest.raises(Invalid):
        Form.of([(str(i), "x") for i in range(1_001)])


def test_nested_fields_have_dots() -> None:
    class Order(Struct, frozen=True):
        buyer: Wish
        note: str = ""

    assert Form.of([("buyer.email", "a@b"), ("note", "x\r\ny\x00")]).into(Order) == Order(Wish("a@b"), "x\ny")
    with pytest.raises(Invalid) as e:
        Form.of([]).into(Order)
    assert [(x.field, x.code) for x in e.value.errors] == [("buyer.email", "required")]
