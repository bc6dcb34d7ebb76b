"""What a card may hold: cleaned, checked by country, and brought to one form for the indexes. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from jishi.kernel import FieldError, Invalid
from jishi.kernel.countries import COUNTRIES
from jishi.kernel.place import Region

from .face import KeepCard
from .places import NO_CITY, POSTCODE_NEEDED, POSTCODES, PROVINCE_NEEDED
from .seals import Seals

KINDS = {
    "contact": ("email", "phone"),
    "recipient": ("name", "phone", "country", "province", "city", "district", "postcode", "street"),
    "note": ("text",),
}
PURPOSES = ("account", "order", "marketing")
LONGEST = {  # characters
    "email": 254, "phone": 40, "name": 100, "country": 2, "province": 80, "city": 80, "district": 80, "postcode": 16,
    "street": 200, "text": 2000,
}  # fmt: skip
LOCAL_PART_MAX, RAW_MAX = 64, 8000

# Controls, what turns the reading direction, what is not seen, and halves of characters.
UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)
LOCAL_PART = re.compile(r"[^\s@<>()\[\],;:\\\".]+(\.[^\s@<>()\[\],;:\\\".]+)*")
DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+([a-z]{2,63}|xn--[a-z0-9-]{1,59})")
SPACING = re.compile(r"[\s().\-–/]+")
CN_MOBILE = re.compile(r"(?:\+?86|0086)?(1[3-9][0-9]{9})")  # wider than the library's table: new ranges open each year
NOT_WORD = re.compile(r"[\W_]+")


class Clean(NamedTuple):
    """A card's fields as they are kept, and what is derived from them."""

    fields: dict[str, str]
    region: Region
    email: str  # normalised, "" where there is none
    phone: str  # E.164
    name: str
    address: str


class Derived(NamedTuple):
    """What the vault's tables may hold of a card: keyed hashes (hex)."""

    marks: list[str]
    address_print: str
    phone_print: str
    email_print: str


def wrong_fields(recipient: Mapping[str, str], market: str = "") -> list[FieldError]:
    """What `keep` would say of a recipient's fields, under their bare names; nothing is kept."""
    try:
        clean_card(KeepCard(1, 1, "recipient", "order", dict(recipient)), market)
    except Invalid as refused:
        return [FieldError(e.field.rpartition(".")[2], e.code, e.params) for e in refused.errors]
    return []


def clean_card(cmd: KeepCard, market: str) -> Clean:
    """The card as it is kept; every wrong field is named at once by `Invalid`."""
    if wrong := list(shape_errors(cmd)):
        raise Invalid(wrong)
    fields = {f: v for f, raw in cmd.fields.items() if (v := clean_text(raw, lines=f == "text"))}
    if "country" in fields:
        fields["country"] = fields["country"].upper()
    errors = list(content_errors(cmd.kind, fields))
    country = fields.get("country", "")
    email, phone = normal_email(fields.get("email", "")), e164(fields.get("phone", ""), country or market)
    if fields.get("email") and not email:
        errors.append(FieldError(f"{cmd.kind}.email", "email.invalid"))
    if fields.get("phone") and not phone:
        errors.append(FieldError(f"{cmd.kind}.phone", "phone.invalid"))
    if errors:
        raise Invalid(errors)
    if email:
        local, _, _ = fields["email"].rpartition("@")
        fields["email"] = f"{local}@{email.rpartition('@')[2]}"  # a domain that is ASCII can be written to
    if phone:
        fields["phone"] = phone
    if "postcode" in fields:
        fields["postcode"] = fields["postcode"].upper()
    region = Region(country, *[fields.get(f, "") for f in ("province", "city", "district", "postcode")])
    return Clean(fields, region, email, phone, normal_name(fields.get("name", "")), normal_address(fields))


def shape_errors(cmd: KeepCard) -> Iterator[FieldError]:
    if cmd.kind not in KINDS:
        yield FieldError("kind", "choice.unknown")
    if cmd.purpose not in PURPOSES:
        yield FieldError("purpose", "choice.unknown")
    if not 0 < cmd.card_id < 1 << 63:
        yield FieldError("card_id", "id.invalid")
    if not 0 < cmd.person_id < 1 << 63:
        yield FieldError("person_id", "id.invalid")
    for field, raw in list(cmd.fields.items())[:20]:
        if field not in KINDS.get(cmd.kind, (field,)):
            yield FieldError(f"{cmd.kind}.{field[:32]}", "unknown")
        elif len(raw) > RAW_MAX:  # before anything is normalised
            yield FieldError(f"{cmd.kind}.{field}", "text.length", {"min": "0", "max": str(LONGEST.get(field, 0))})


def content_errors(kind: str, fields: dict[str, str]) -> Iterator[FieldError]:
    """What is missing, too long, or not of its country; e-mail and phone are judged where they are normalised."""
    country = fields.get("country", "")
    for field in needed(kind, country):
        if field not in fields:
            yield FieldError(f"{kind}.{field}", "text.required")
    if kind == "contact" and not fields:
        yield FieldError("contact.email", "text.required")
    for field, value in fields.items():
        if len(value) > LONGEST[field]:
            yield FieldError(f"{kind}.{field}", "text.length", {"min": "0", "max": str(LONGEST[field])})
    if country and country not in COUNTRIES:
        yield FieldError(f"{kind}.country", "country.unknown")
    shape = POSTCODES.get(country, POSTCODES[""])
    if (postcode := fields.get("postcode", "")) and not shape.fullmatch(postcode.upper()):
        yield FieldError(f"{kind}.postcode", "postcode.invalid", {"country": country})


def needed(kind: str, country: str) -> Iterator[str]:
    if kind == "note":
        yield "text"
    if kind == "recipient":
        yield from ("name", "phone", "country", "street")
        if country in PROVINCE_NEEDED:
            yield "province"
        if country not in NO_CITY:
            yield "city"
        if country in POSTCODE_NEEDED:
            yield "postcode"


def clean_text(raw: str, *, lines: bool = False) -> str:
    """One form of each character (NFC), nothing unseen, single spaces; line breaks only where `lines` are meant."""
    text = unicodedata.normalize("NFC", UNSEEN.sub("", raw))
    if not lines:
        return " ".join(text.split())
    return "\n".join(" ".join(line.split()) for line in text.splitlines()).strip()


def normal_email(text: str) -> str:
    """The form by which addresses are equal: whole in lower case, the domain in ASCII; "" if it is no address."""
    local, at, domain = unicodedata.normalize("NFKC", clean_text(text[:RAW_MAX])).casefold().rpartition("@")
    if not at or len(local.encode()) > LOCAL_PART_MAX or not LOCAL_PART.fullmatch(local):
        return ""
    try:
        ascii_domain = domain if domain.isascii() else domain.encode("idna").decode()
    except UnicodeError:
        return ""
    whole = f"{local}@{ascii_domain}"
    return whole if DOMAIN.fullmatch(ascii_domain) and len(whole) <= LONGEST["email"] else ""


def e164(text: str, country: str) -> str:
    """`138 1234 8000` in CN → `+8613812348000`; "" if no such number can exist. National forms are read in `country`."""
    digits = SPACING.sub("", unicodedata.normalize("NFKC", text[:RAW_MAX]))
    if not digits or len(digits) > LONGEST["phone"]:
        return ""
    if (country == "CN" or digits.startswith("+86")) and (mobile := CN_MOBILE.fullmatch(digits)):
        return f"+86{mobile[1]}"  # the common case costs 2 µs, the library's way 60
    import phonenumbers

    try:
        number = phonenumbers.parse(digits, country or None)
    except phonenumbers.NumberParseException:
        return ""
    if number.extension or not phonenumbers.is_valid_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def normal_name(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", clean_text(text)).casefold().split())


def normal_address(fields: dict[str, str]) -> str:
    """Letters and digits of the whole address: writing, spacing and punctuation make no other address. "" without a street."""
    if not fields.get("street"):
        return ""
    parts = [fields.get(f, "") for f in ("country", "postcode", "province", "city", "district", "street")]
    return "|".join(NOT_WORD.sub("", unicodedata.normalize("NFKC", p).casefold()) for p in parts)


def normal_value(index: str, value: str, market: str) -> str:
    """A sought value in its index's form; "" if it is none."""
    match index:
        case "email":
            return normal_email(value)
        case "phone":
            return e164(value, market)
        case "phone_tail":
            return value if len(value) == 4 and value.isascii() and value.isdigit() else ""
        case "name":
            return normal_name(value[:RAW_MAX])
        case _:
            raise Invalid([FieldError("index", "choice.unknown")])


def derive(clean: Clean, seals: Seals) -> Derived:
    sought = [("email", clean.email), ("phone", clean.phone), ("phone_tail", clean.phone[-4:]), ("name", clean.name)]
    return Derived(
        [seals.mark(index, value) for index, value in sought if value],
        seals.print("address", clean.address),
        seals.print("phone", clean.phone),
        seals.print("email", clean.email),
    )
