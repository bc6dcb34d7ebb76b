"""Logs say what happened and to which request, and never to whom."""

import json
import logging

import pytest
from hypothesis import given, strategies as st

from jishi.kernel.log import Console, Json, masked, trace


def record(text: str, **extra: object) -> logging.LogRecord:
    made = logging.LogRecord("jishi.test", logging.INFO, __file__, 1, text, (), None)
    vars(made).update(extra)
    return made


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("mail to lin.wei+x@example.co.uk failed", "mail to [email] failed"),
        ("phone 13800138000", "phone [phone]"),
        ("phone 138-0013-8000 now", "phone [phone] now"),
        ("call +49 170 1234567", "call [phone]"),
        ("call +86 138 0013 8000", "call [phone]"),
        ("call (212) 555-0100", "call [phone]"),
        ("card 4242 4242 4242 4242 declined", "card [card] declined"),
        ("card 378282246310005", "card [card]"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer [secret]"),
        ("cookie jishi_session=AbC123; x", "cookie jishi_session=[secret]; x"),
        ('{"password": "hunter2"}', '{"password": "[secret]"}'),
        ("token=abc&next=/", "token=[secret]&next=/"),
    ],
)
def test_what_names_a_person_or_opens_a_door_is_blotted_out(text: str, shown: str) -> None:
    assert masked(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "ord_01582z4002001 placed",
        "GET /api/v1/products 200",
        "took 1795440000000 ms",
        "total 12900 CNY",
        "2026-11-24T13:02:00Z",
        "J0123456789",
        "id 4711223344556677",
        "127.0.0.1:8000",
        "version 2.0.11",
    ],
)
def test_what_an_operator_needs_stays(text: str) -> None:
    assert masked(text) == text


@given(st.text(max_size=200))
def test_masking_takes_any_text_and_masking_twice_changes_nothing(text: str) -> None:
    assert masked(masked(text)) == masked(text)


@given(st.from_regex(r"[a-z]{1,8}\.[a-z]{1,8}@[a-z]{1,8}\.(com|cn)", fullmatch=True), st.text("xyz ,;", max_size=9))
def test_no_address_survives(address: str, around: str) -> None:
    assert address not in masked(f"{around} {address} {around}")


def test_a_json_line_has_the_trace_and_masked_extras() -> None:
    token = trace.set("req_1")
    try:
        line = json.loads(Json().format(record("sent to a@b.cn", to="a@b.cn", n=3, deep={"k": "a@b.cn"})))
    finally:
        trace.reset(token)
    assert line["trace"] == "req_1"
    assert (line["say"], line["to"], line["n"]) == ("sent to [email]", "[email]", 3)
    assert "a@b.cn" not in json.dumps(line)


def test_a_traceback_is_masked_too() -> None:
    try:
        raise ValueError("a@b.cn")
    except ValueError as e:
        made = record("broken")
        made.exc_info = (type(e), e, e.__traceback__)
    for form in (Json(), Console()):
        assert "[email]" in form.format(made)
        assert "a@b.cn" not in form.format(made)
