"""Letters say the same in text and HTML, in both languages, and no value becomes markup."""

import html
import re

import pytest
from hypothesis import given, strategies as st

from jishi.kernel.i18n import t
from jishi.people.notices.letters import linked, spoken, write

FACTS = {
    "number": "J4K7X2M9QPT", "total": "12900", "minor": "450", "currency": "EUR", "secret": "abc", "code": "123456",
    "minutes": "10", "carrier": "Carrier", "waybill": "W1",
}  # fmt: skip
TEMPLATES = [
    "sign_in_code", "order_placed", "order_confirmed", "order_shipped", "order_delivered", "order_cancelled", "order_cut",
    "refund_done", "money_returned", "payment_returned",
]  # fmt: skip


@pytest.mark.parametrize("locale", ["en", "zh-CN"])
@pytest.mark.parametrize("template", TEMPLATES)
def test_every_letter_is_whole_in_both_languages(template: str, locale: str) -> None:
    subject, text, page = write(t, template, locale, spoken(FACTS, locale, "https://shop.example"))
    assert "{" not in subject + text
    assert subject
    assert text.endswith(("Jishi\n", "集市\n"))
    bare = html.unescape(re.sub(r"<[^>]+>", "", page.split("<body")[1].split(">", 1)[1]))
    assert "".join(bare.split()) == "".join(text.split())
    assert f'<html lang="{locale}">' in page


def test_a_cancelled_order_that_nobody_paid_promises_no_refund() -> None:
    paid = write(t, "order_cancelled", "en", spoken(FACTS, "en", ""))[1]
    unpaid = write(t, "order_cancelled", "en", spoken(FACTS | {"minor": "0"}, "en", ""))[1]
    assert "€4.50 goes back" in paid
    assert "goes back" not in unpaid
    assert "Nothing was charged" in unpaid


def test_what_is_told_already_stays() -> None:
    assert (
        spoken({"number": "J1", "link": "https://x.example/"}, "en", "https://shop.example")["link"]
        == "https://x.example/"
    )
    assert spoken({"total": "12"}, "en", "") == {"total": "12"}
    assert spoken({"total": "many", "currency": "CNY"}, "en", "") == {"total": "many", "currency": "CNY"}
    assert spoken({"number": "J 1/..?", "secret": "a&b"}, "en", "b")["link"] == "b/en/orders/J%201/..%3F?secret=a%26b"


@given(st.text())
def test_no_value_becomes_markup(value: str) -> None:
    subject, _, page = write(lambda key, locale, **p: p["x"], "any", "en", {"x": value})
    body = re.sub(r"<a href=\"[^\"<>]*\">|</a>|<br>|</?p>", "", page.split('margin:0 auto">')[1].split("</div>")[0])
    assert "<" not in body
    assert "\n" not in subject
    assert "\r" not in subject
    assert len(subject) <= 200


def test_links_end_where_the_sentence_goes_on() -> None:
    assert linked("看 https://a.example/x?y=1&z=2。 <b>") == (
        '看 <a href="https://a.example/x?y=1&amp;z=2">https://a.example/x?y=1&amp;z=2</a>。 &lt;b&gt;'
    )
    assert linked("javascript:alert(1)") == "javascript:alert(1)"
