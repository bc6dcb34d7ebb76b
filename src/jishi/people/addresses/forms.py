"""What an address form asks for in a country, in which order, under which names, and what it may say. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import NamedTuple

from jishi.kernel import FieldError
from jishi.people.vault import wrong_fields

from .face import AddressForm, FormField
from .regions import Place, Regions
from .states import STATES, state

FIELDS = ("name", "phone", "country", "province", "city", "district", "postcode", "street")
NEEDED = ("name", "phone", "street")


class Asked(NamedTuple):
    """A field of a form: `label` is the last part of its catalogue key."""

    name: str
    label: str
    needed: bool = True
    hint: str = ""


NAME, PHONE, STREET = (
    Asked("name", "name"),
    Asked("phone", "phone", hint="phone"),
    Asked("street", "street", hint="street"),
)
CITY, POSTCODE = Asked("city", "city"), Asked("postcode", "postcode")
PLAIN = (NAME, PHONE, STREET, POSTCODE, CITY)  # as most of Europe writes it
FORMS: Mapping[str, tuple[Asked, ...]] = {
    "CN": (
        NAME, Asked("phone", "mobile", hint="mobile"), Asked("province", "province"), Asked("city", "city"),
        Asked("district", "county"), Asked("street", "street", hint="street_cn"), Asked("postcode", "postcode", needed=False),
    ),
    "US": (NAME, PHONE, STREET, CITY, Asked("province", "state"), Asked("postcode", "zip")),
    "CA": (NAME, PHONE, STREET, CITY, Asked("province", "province"), POSTCODE),
    "GB": (NAME, PHONE, STREET, Asked("city", "town"), POSTCODE),
    "AU": (NAME, PHONE, STREET, Asked("city", "suburb"), Asked("province", "state"), POSTCODE),
    "JP": (NAME, PHONE, POSTCODE, Asked("province", "prefecture"), CITY, STREET),
    "HK": (NAME, PHONE, STREET, Asked("district", "district"), Asked("province", "area", needed=False)),
    "SG": (NAME, PHONE, STREET, POSTCODE),
} | dict.fromkeys(("DE", "FR", "AT", "NL", "BE", "LU", "ES", "PT", "PL", "CZ", "DK", "SE", "FI", "CH", "NO"), PLAIN) | {
    "IT": (*PLAIN, Asked("province", "province", needed=False)),
    "IE": (NAME, PHONE, STREET, CITY, Asked("province", "county_ie", needed=False), Asked("postcode", "eircode", needed=False)),
}  # fmt: skip
OTHERS = (
    NAME,
    PHONE,
    STREET,
    CITY,
    Asked("province", "region", needed=False),
    Asked("postcode", "postcode", needed=False),
)
EXAMPLES = {
    "CN": "200120", "US": "94043", "CA": "K1A 0B1", "GB": "SW1A 1AA", "DE": "10115", "FR": "75001", "JP": "100-0001",
    "AU": "2000", "SG": "018956", "NL": "1012 AB", "AT": "1010", "BE": "1000", "IT": "00184", "ES": "28001", "PL": "00-001",
    "PT": "1100-148", "SE": "111 29", "IE": "D02 AF30", "DK": "1050", "FI": "00100", "CZ": "110 00", "LU": "1009",
}  # fmt: skip
# A box at a post office, in the languages of the markets. None of the carriers here can leave a parcel in one.
PO_BOX = re.compile(
    r"\b(?:p\.?\s*o\.?\s*[- ]?\s*box|post\s+office\s+box|gpo\s+box|locked\s+bag|postfach|postbus|bo[iî]te\s+postale|b\.?p\.?\s*\d"
    r"|casella\s+postale|apartado\s+(?:de\s+correos|postal))|邮政信箱|郵政信箱|私書箱",
    re.IGNORECASE,
)


def form_of(country: str, regions: Regions, province: str = "", city: str = "") -> AddressForm:
    """The form of a country; of the mainland with the cities and counties of what is chosen already."""
    asked = FORMS.get(country, OTHERS)
    fields = [
        FormField(a.name, a.label, needed(a, country, regions, province, city), a.hint,
                  choices(a.name, country, regions, province, city), EXAMPLES.get(country, "") if a.name == "postcode" else "")
        for a in asked
    ]  # fmt: skip
    return AddressForm(country, fields)


def needed(asked: Asked, country: str, regions: Regions, province: str, city: str) -> bool:
    if country == "CN" and asked.name == "district":
        return bool(regions.tree) and (not city or regions.divided(Place(province, city)))
    if country not in FORMS and asked.name == "postcode":
        return any(e.field == "postcode" for e in wrong_fields({"country": country}))
    return asked.needed


def choices(name: str, country: str, regions: Regions, province: str, city: str) -> list[str]:
    """What may be chosen; empty = it is typed."""
    if country == "CN":
        return {
            "province": regions.provinces(),
            "city": regions.cities(province),
            "district": regions.counties(province, city),
        }.get(name, [])
    return list(STATES[country]) if name == "province" and country in STATES else []


def checked(typed: Mapping[str, str], market: str, regions: Regions) -> tuple[dict[str, str], list[FieldError]]:
    """(the address in whole names, every wrong field). What is not asked for in its country stays if it was typed."""
    fields = {f: v for f in FIELDS if (v := " ".join(str(typed.get(f, "")).split()))}
    country = fields["country"] = fields.get("country", "").upper()
    errors = list[FieldError]()
    if country == "CN":
        errors += in_place(fields, regions)
    elif country in STATES and (given := fields.get("province", "")):
        fields["province"] = state(country, given) or given
        if not state(country, given):
            errors.append(FieldError("province", "address.state"))
    if PO_BOX.search(unicodedata.normalize("NFKC", fields.get("street", ""))):
        errors.append(FieldError("street", "address.po_box"))
    errors += wrong_fields(fields, market)
    return fields, list({e.field: e for e in reversed(errors)}.values())[::-1]


def in_place(fields: dict[str, str], regions: Regions) -> list[FieldError]:
    """The fields in whole names, in place; what does not belong together is named."""
    place = Place(*(fields.get(f, "") for f in ("province", "city", "district")))
    if not place.province and not place.city:
        return []  # missing is the vault's to say
    whole, wrong = regions.complete(place)
    fields |= {f: v for f, v in zip(("province", "city", "district"), whole, strict=True) if v}
    return [FieldError(wrong, f"address.not_in.{wrong}")] if wrong else []


def missing(fields: Mapping[str, str], regions: Regions) -> list[FieldError]:
    """What the form of the address's country asks for and did not get."""
    form = form_of(fields["country"], regions, fields.get("province", ""), fields.get("city", ""))
    return [FieldError(f.name, "text.required") for f in form.fields if f.needed and not fields.get(f.name)]


def written(fields: Mapping[str, str]) -> str:
    """The address as one writes it there: what the paste box reads again."""
    of = fields.get
    place = [of("province", ""), of("city", "") if of("city") != of("province") else "", of("district", "")]
    if of("country") in ("CN", "TW", "JP"):
        lines = [f"{of('name', '')} {of('phone', '')}", "".join(place) + of("street", ""), of("postcode", "")]
    else:
        town = (
            f"{of('city', '')}, {of('province', '')} {of('postcode', '')}"
            if of("country") in ("US", "CA", "AU")
            else f"{of('city', '')}\n{of('postcode', '')}"
            if of("country") in ("GB", "SG", "IE")
            else f"{of('postcode', '')} {of('city', '')}"
        )
        lines = [of("name", ""), of("street", ""), of("district", ""), town, of("country", ""), of("phone", "")]
    return "\n".join(line.strip() for line in lines if line.strip(" ,"))
