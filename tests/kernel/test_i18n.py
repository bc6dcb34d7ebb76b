"""Sentences, money and days in the reader's language."""

from pathlib import Path

import pytest

from jishi.kernel import i18n
from jishi.kernel.i18n import Catalogues, MissingKey
from jishi.kernel.wording import differing, missing, texts, unused

HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Plural-Forms: {plural}\\n"\n\n'
PLURAL = {"zh_CN": "nplurals=1; plural=0;", "en": "nplurals=2; plural=(n != 1);"}
ZH = 'msgid "a.name"\nmsgstr "你好，{who}"\n\nmsgid "a.n"\nmsgid_plural "a.n"\nmsgstr[0] "{n} 件"\n\n'
EN = 'msgid "a.name"\nmsgstr "Hello, {who}"\n\nmsgid "a.n"\nmsgid_plural "a.n"\nmsgstr[0] "one item"\nmsgstr[1] "{n} items"\n\n'


def folder(tmp_path: Path, **extra: str) -> Path:
    for name, body in (("zh_CN", ZH), ("en", EN)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.po").write_text(HEAD.format(plural=PLURAL[name]) + body + extra.get(name, ""), "utf-8")
    return tmp_path


def test_a_sentence_takes_its_parameters_and_its_plural_form(tmp_path: Path) -> None:
    words = Catalogues(folder(tmp_path))
    assert words.t("a.name", "zh-CN", who="林") == "你好，林"
    assert [words.t("a.n", "en", n=n) for n in (0, 1, 2, 1200)] == ["0 items", "one item", "2 items", "1,200 items"]
    assert [words.t("a.n", "zh-CN", n=n) for n in (0, 1, 2)] == ["0 件", "1 件", "2 件"]
    assert words.t("a.name", "en", who="{who}") == "Hello, {who}"


def test_a_missing_key_raises_for_us_and_is_shown_to_customers(tmp_path: Path) -> None:
    words = Catalogues(folder(tmp_path))
    for key, params in (("a.none", {}), ("a.name", {"x": 1})):
        with pytest.raises(MissingKey):
            words.t(key, "en", **params)
    words.strict = False
    assert words.t("a.none", "en") == "a.none"
    assert words.t("a.name", "en", x=1).startswith("a.name")


def test_a_key_is_said_once_and_not_with_nothing(tmp_path: Path) -> None:
    home = folder(tmp_path)
    again = home / "en" / "b.po"
    again.write_text(HEAD.format(plural=PLURAL["en"]) + 'msgid "a.name"\nmsgstr "again, {who}"\n', "utf-8")
    words = Catalogues(home)
    assert words.t("a.name", "en", who="Lin") == "Hello, Lin"
    assert differing(words) == ["en: a.name: in a.po and in b.po"]
    again.write_text(HEAD.format(plural=PLURAL["en"]) + 'msgid "a.b"\nmsgstr ""\n', "utf-8")
    with pytest.raises(ValueError, match=r"a\.b"):
        Catalogues(home)


def test_the_check_finds_what_one_language_lacks_and_what_speaks_of_other_things(tmp_path: Path) -> None:
    words = Catalogues(
        folder(
            tmp_path,
            en='msgid "a.only"\nmsgstr "x"\n\nmsgid "a.p"\nmsgstr "{one}"\n',
            zh_CN='msgid "a.p"\nmsgstr "{two}"\n',
        )
    )
    assert differing(words) == ["a.only: not in zh-CN", "a.p: parameters differ: ['one', 'two']"]
    sources = [
        ("x.html", '{{ t("a.name", who=1) }}{{ t("a.gone") }}{{ t("a." ~ word) }}'),
        ("y.py", 'class No(Fault, code="no.fault", status=404): ...\nFieldError("x", "odd.one")\nReason("a.why")'),
    ]
    assert missing(words, sources) == ["x.html: a.gone", "y.py: a.why", "y.py: faults.no.fault", "y.py: fields.odd.one"]
    assert unused(words, sources) == []
    assert unused(words, [("x.html", '{{ t("a.name") }}{{ t("a.n") }}')]) == ["a.only", "a.p"]


def test_our_own_catalogues_say_the_same_in_both_languages() -> None:
    assert differing(i18n.shipped()) == []


BASE = (
    "kernel/",
    "web/api/",
    "web/templates/errors/",
    "web/templates/base",
    "web/templates/desk",
    "web/templates/parts",
)


def test_the_kernel_and_the_base_of_the_web_speak_of_no_key_that_is_not_there() -> None:
    ours = [(p, t) for p, t in texts() if p.startswith(BASE)]
    assert len(ours) > 20
    assert missing(i18n.shipped(), ours) == []


@pytest.mark.parametrize(
    ("minor", "currency", "locale", "shown"),
    [
        (12_900, "CNY", "zh-CN", "¥129.00"),
        (12_900, "CNY", "en", "CN¥129.00"),
        (-5, "USD", "en", "-$0.05"),
        (123_456_789, "USD", "en", "$1,234,567.89"),
        (500, "JPY", "en", "¥500"),
        (1_234, "KWD", "en", "KWD1.234"),
        (1_990, "EUR", "zh-CN", "€19.90"),
    ],
)
def test_money_has_its_currency_and_its_own_number_of_decimals(
    minor: int, currency: str, locale: str, shown: str
) -> None:
    assert i18n.money(minor, currency, locale) == shown


def test_the_price_tag_keeps_the_sign_apart() -> None:
    assert i18n.money_parts(-129_900, "CNY", "zh-CN") == ("−¥", "1,299.00")
    assert i18n.money_parts(500, "JPY", "zh-CN") == ("JP¥", "500")


def test_a_day_is_the_markets_day() -> None:
    late = 1_795_535_999_000  # 2026-11-24T15:59:59Z: still the 24th in Shanghai, by one second
    assert i18n.date(late, "zh-CN", "Asia/Shanghai") == "11月24日"
    assert i18n.date(late + 1000, "zh-CN", "Asia/Shanghai") == "11月25日"
    assert i18n.date(late + 1000, "en", "America/New_York", "full") == "24 November 2026"
    assert i18n.moment(late, "en", "Asia/Shanghai") == "24 November, 23:59"
    assert i18n.moment(late, "zh-CN", "Asia/Shanghai", "long") == "2026年11月24日 23:59"
    assert i18n.iso(late) == "2026-11-24T15:59:59Z"


def test_numbers_as_people_say_them() -> None:
    assert (i18n.about(123_456, "zh-CN"), i18n.about(123_456, "en"), i18n.about(950, "en")) == ("12万", "123K", "950")
    assert (i18n.percent(1900, "en"), i18n.percent(725, "zh-CN")) == ("19%", "7.25%")


def test_a_text_in_another_language_is_better_than_none() -> None:
    assert i18n.said({"zh-CN": "茶", "en": "Tea"}, "en") == "Tea"
    assert i18n.said({"zh-CN": "茶"}, "en") == "茶"
    assert i18n.said({"fr": "thé"}, "en") == "thé"
    assert i18n.said({}, "en") == ""
