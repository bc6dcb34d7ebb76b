"""Normal forms and masks hold for whatever people type."""

import string

import pytest
from hypothesis import given, strategies as st

from jishi.kernel import Invalid
from jishi.people.vault import KeepCard
from jishi.people.vault.masks import mask, mask_email, mask_name, mask_phone
from jishi.people.vault.rules import clean_card, clean_text, e164, normal_address, normal_email, normal_name
from tests.people.kit import ADA, LIN

ATOMS = st.text(string.ascii_letters + string.digits + "+_-", min_size=1, max_size=12)
EMAILS = st.builds(
    lambda a, b, d, t: f"{a}.{b}@{d}.{t}",
    ATOMS,
    ATOMS,
    st.text(string.ascii_letters, min_size=1, max_size=9),
    st.sampled_from(["com", "cn", "co.uk"]),
)


@given(EMAILS)
def test_an_address_has_one_form_however_it_is_typed(email: str) -> None:
    normal = normal_email(email)
    assert normal == email.lower()
    assert normal_email(f"  {email.upper()}\u200b ") == normal_email(normal) == normal


@pytest.mark.parametrize(
    "text",
    ["", "lin", "lin@", "@x.com", "a b@x.com", "a..b@x.com", ".a@x.com", "a@x", "a@-x.com", "a@x.com\nBcc: b@x.com".replace("\n", ","),
     "a@x.c", "<a@x.com>", '"a"@x.com', "a@x.com,b@x.com", "a" * 65 + "@x.com", "a@" + "x" * 64 + ".com", "a@" + "x." * 130 + "com", "a@x..com", "a@127.0.0.1"],
)  # fmt: skip
def test_what_is_no_address_has_no_form(text: str) -> None:
    assert normal_email(text) == ""


def test_a_chinese_domain_is_written_to_in_ascii() -> None:
    assert normal_email("林@例子.中国") == "林@xn--fsqu00a.xn--fiqs8s"
    clean = clean_card(KeepCard(1, 7, "contact", "order", {"email": "Lin@例子.中国"}), "CN")
    assert clean.fields == {"email": "Lin@xn--fsqu00a.xn--fiqs8s"}


def test_line_breaks_in_an_address_do_not_reach_a_header() -> None:
    with pytest.raises(Invalid):
        clean_card(KeepCard(1, 7, "contact", "order", {"email": "a@x.com\r\nBcc: b@x.com"}), "CN")


@given(
    st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
    st.sampled_from(["", "+86", "86", "0086", "+86 "]),
    st.sampled_from(["", " ", "-", ". "]),
)
def test_a_chinese_mobile_number_has_one_form(national: str, prefix: str, gap: str) -> None:
    typed = prefix + gap.join((national[:3], national[3:7], national[7:]))
    assert e164(typed, "CN") == f"+86{national}"
    assert e164(f"+86{national}", "US") == f"+86{national}"


@pytest.mark.parametrize(
    ("typed", "country", "form"),
    [("650 253 0000", "US", "+16502530000"), ("(010) 6552 9988", "CN", "+861065529988"), ("020 7031 3000", "GB", "+442070313000"),
     ("＋８６　１３８１２３４８０００", "US", "+8613812348000"), ("2123 4567", "HK", "+85221234567"), ("110", "CN", ""), ("12812348000", "CN", ""),
     ("138123480001", "CN", ""), ("650 253 0000", "CN", ""), ("1-800-FLOWERS-NOW-AND-MUCH-LONGER-THAN-A-NUMBER", "US", ""), ("+1 650 253 0000 ext. 5", "US", ""),
     ("x", "", ""), ("650 253 0000", "", ""), ("650 253 0000", "ZZ", "")],
)  # fmt: skip
def test_numbers_of_other_places(typed: str, country: str, form: str) -> None:
    assert e164(typed, country) == form


@given(st.text())
def test_clean_text_shows_what_it_is_and_stays_so(raw: str) -> None:
    clean = clean_text(raw, lines=True)
    assert clean_text(clean, lines=True) == clean
    assert not any(c != "\n" and (ord(c) < 32 or c in "\u202e\u200b\ufeff\x7f") for c in clean)
    assert "\n" not in clean_text(raw)
    clean.encode()


@given(st.text(min_size=1, max_size=60))
def test_a_mask_gives_no_more_than_first_letters_away(raw: str) -> None:
    name = clean_text(raw)
    shown = mask_name(name)
    assert shown.replace("*", "").replace(" ", "") in {
        "".join(w[0] for w in name.split()[:3] if len(w) > 1 and w[0] != "*"), name[:1] if len(name) > 1 else ""
    }  # fmt: skip
    assert not name or "*" in shown
    assert mask("street", name) == mask("text", name) == ("***" if name else "")


@given(EMAILS)
def test_a_masked_address_keeps_its_domain_alone(email: str) -> None:
    shown = mask_email(email)
    local, _, domain = email.rpartition("@")
    assert shown == f"{local[0]}***@{domain}"


@given(st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True))
def test_a_masked_number_hides_what_dials_it(phone: str) -> None:
    shown = mask_phone(phone)
    assert shown == "****" or (shown.endswith(phone[-4:]) and len(shown.replace("*", "")) <= 7)
    assert phone[1:] not in shown.replace("*", "")


@pytest.mark.parametrize(
    ("name", "shown"),
    [("林晓雨", "林*"), ("欧阳修", "欧*"), ("林", "*"), ("Ada Lovelace", "A*** L***"), ("Cher", "C***"), ("J R R Tolkien", "* * *"),
     ("さくら", "さ*"), ("김민수", "김*"), ("Émile Zola", "É*** Z***"), ("𠮷野家", "𠮷*")],
)  # fmt: skip
def test_masks_of_names(name: str, shown: str) -> None:
    assert mask_name(name) == shown


def test_one_place_has_one_fingerprint_however_it_is_written() -> None:
    assert normal_address(LIN) == normal_address(LIN | {"street": "文三路90号,3幢502室", "name": "周南"})
    assert normal_address(LIN) != normal_address(LIN | {"street": "文三路 90 号 3 幢 503 室"})
    assert normal_address({"country": "CN"}) == ""
    assert normal_name(" ADA \u3000 lovelace") == normal_name("Ada Lovelace") == "ada lovelace"


@pytest.mark.parametrize(
    ("change", "errors"),
    [({"country": "XX"}, [("recipient.country", "country.unknown")]),
     ({"country": "us", "postcode": "9404"}, [("recipient.postcode", "postcode.invalid")]),
     ({"country": "US", "postcode": ""}, [("recipient.postcode", "text.required")]),
     ({"country": "US", "province": "\u200b"}, [("recipient.province", "text.required")]),
     ({"country": "GB", "postcode": "SW1A 1AA"}, []), ({"country": "gb", "postcode": "sw1a1aa"}, []), ({"country": "NL", "postcode": "1012 AB"}, []),
     ({"country": "SG", "city": "", "postcode": "018956"}, []), ({"country": "HK", "city": "", "postcode": ""}, []),
     ({"country": "KE", "postcode": "00100"}, []), ({"country": "DE", "postcode": "1011５"}, [("recipient.postcode", "postcode.invalid")]),
     ({"street": "x" * 201}, [("recipient.street", "text.length")]), ({"name": "x" * 9000}, [("recipient.name", "text.length")]),
     ({"phone": ""}, [("recipient.phone", "text.required")])],
)  # fmt: skip
def test_an_address_is_judged_by_its_country(change: dict[str, str], errors: list[tuple[str, str]]) -> None:
    card = KeepCard(1, 7, "recipient", "order", ADA | change)
    try:
        found = []
        clean_card(card, "CN")
    except Invalid as e:
        found = [(x.field, x.code) for x in e.body.errors]
    assert found == errors


@pytest.mark.parametrize(
    ("card", "errors"),
    [(KeepCard(0, 7, "recipient", "order", {}), ["id.invalid"]), (KeepCard(1, -7, "note", "order", {}), ["id.invalid"]),
     (KeepCard(1, 7, "passport", "fun", {"number": "1"}), ["choice.unknown", "choice.unknown"]), (KeepCard(1, 7, "contact", "order", {}), ["text.required"]),
     (KeepCard(1, 7, "contact", "order", {"email": " "}), ["text.required"]), (KeepCard(1, 7, "note", "order", {"text": "\n"}), ["text.required"]),
     (KeepCard(1, 7, "contact", "order", {"email": "x", "phone": "y"}), ["email.invalid", "phone.invalid"])],
)  # fmt: skip
def test_other_cards_are_judged_too(card: KeepCard, errors: list[str]) -> None:
    with pytest.raises(Invalid) as refused:
        clean_card(card, "CN")
    assert [e.code for e in refused.value.body.errors] == errors
