"""Address forms: what a country asks for in the reader's words, what was pasted, and whom a checkout's form means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from babel import Locale
from msgspec import Struct

from jishi.kernel.countries import COUNTRIES
from jishi.kernel.ids import decode, encode
from jishi.people.accounts import ContactsQuery
from jishi.people.addresses import (
    STATES,
    Address,
    AddressForm,
    BookFull,
    BookQuery,
    CheckAddress,
    FormField,
    FormQuery,
    Parse,
    PutAddress,
)
from jishi.people.vault import NoCard, Show

from .cards import RECIPIENT, from_book
from .forms import Form
from .visit import Visit

ADDRESS = "adr"
PASTED, PHONE_TAIL = 1_000, 8  # characters, digits
COMPLETES = {
    "name": "name", "phone": "tel", "country": "country", "province": "address-level1", "city": "address-level2",
    "district": "address-level3", "postcode": "postal-code", "street": "street-address",
}  # fmt: skip
MOSTLY = {"name": 100, "phone": 30, "postcode": 16, "street": 200}  # characters; 80 for the rest
STEPS = ("province", "city", "district")


class Asking(Struct, frozen=True):
    """A field as the page draws it. `options` empty: it is typed. `step`: what it offers below hangs on it."""

    name: str
    label: str
    hint: str
    needed: bool
    options: list[tuple[str, str]]
    example: str
    step: bool
    more: dict[str, str | int]


async def asking(visit: Visit, form: Form, country: str) -> list[Asking]:
    """The form of a country with the choices that what is chosen so far leaves."""
    chosen = FormQuery(country, form.value("province"), form.value("city"))
    spec: AddressForm = await visit.shop.addresses.form(visit.ctx, chosen)
    return [drawn(visit, f, country) for f in spec.fields]


def drawn(visit: Visit, field: FormField, country: str) -> Asking:
    hint = visit.t(f"address.hint.{field.hint}") if field.hint else ""
    if field.example:
        hint = visit.t("address.hint.example", example=field.example)
    more: dict[str, str | int] = {"autocomplete": COMPLETES[field.name]}
    if not field.choices:
        more |= {"maxlength": MOSTLY.get(field.name, 80), "enterkeyhint": "next"}
    if field.name == "phone":
        more["inputmode"] = "tel"
    options = [(c, c if country == "CN" else state_words(country, c)) for c in field.choices]
    if options:
        options = [("", visit.t("address.choose")), *options]
    step = country == "CN" and field.name in ("province", "city") and bool(options)
    return Asking(
        field.name, visit.t(f"address.label.{field.label}"), hint, field.needed, options, field.example, step, more
    )


def state_words(country: str, code: str) -> str:
    """CA · California; an area of Hong Kong with its other name."""
    name = STATES[country][code]
    return f"{code} · {name}" if name != code else code


@cache
def country_names(locale: str) -> Mapping[str, str]:
    """Every country by its code, in the reader's language."""
    names = Locale.parse(locale, sep="-").territories
    return {code: names.get(code, code) for code in COUNTRIES}


def countries(visit: Visit) -> list[tuple[str, str]]:
    """Those that the market delivers to first, then the others by name."""
    names = country_names(visit.locale)
    others = sorted((n, c) for c, n in names.items() if c not in visit.market.serves)
    return [(c, names[c]) for c in visit.market.serves] + [(c, n) for n, c in others]


async def paste(visit: Visit, form: Form, country: str) -> bool:
    """The form with what was understood of `paste` in its fields; what was typed and not understood stays. False: nothing
    was."""
    parsed = await visit.shop.addresses.parse(visit.ctx, Parse(form.value("paste")[:PASTED], country))
    fields = {k: v for k, v in parsed.fields.items() if v}
    if set(fields) <= {"country"}:
        return False
    for name, value in fields.items():
        form.typed[name] = [value]
    if fields.get("province"):
        form.typed["region"] = [" ".join(dict.fromkeys(fields[f] for f in STEPS if fields.get(f)))]
        for name in STEPS:  # of what stood there before, nothing may remain
            form.typed.setdefault(name, [""])
            form.typed[name] = [fields.get(name, "")]
    return True


# --- whom a checkout's form means --------------------------------------------------------------------------------------


async def meant(visit: Visit, form: Form) -> tuple[dict[str, str], str]:
    """(the recipient's fields, the e-mail): an address of the book that was picked, or what was typed; an account's own
    e-mail where none was typed."""
    email = form.value("email") or await own_email(visit)
    if text := form.value("address"):
        return await from_book(visit, decode(ADDRESS, text)), email
    fields = {k: form.value(k) for k in RECIPIENT if form.value(k)}
    fields["country"] = form.value("country") or visit.market.serves[0]
    if region := form.value("region"):
        fields |= dict(zip(STEPS, split_region(region), strict=False))
    return fields, email


def split_region(text: str) -> list[str]:
    """上海市 浦东新区 → 上海市, 上海市, 浦东新区 (a municipality is its own province); 浙江省 杭州市 西湖区 → as it is."""
    parts = text.replace(",", " ").replace("，", " ").split()[:3]  # people type both commas
    return [parts[0], *parts] if len(parts) == 2 else parts


async def remember(visit: Visit, fields: Mapping[str, str]) -> None:
    """The address is in the book, once; a full book stays as it is."""
    known = await visit.shop.addresses.book(visit.ctx, BookQuery())
    kept = await judged(visit, fields)
    if any(alike(a.fields, kept) for a in known.rows) or len(known.rows) >= known.most:
        return
    try:
        await visit.shop.addresses.put(visit.ctx, PutAddress(visit.shop.world.new_id(), kept, new=True))
    except BookFull:  # in another tab
        return


def alike(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """The same address, its phone written with its country or without."""
    tails = {x.get("phone", "")[-PHONE_TAIL:] for x in (one, other)}
    return len(tails) == 1 and all(one.get(f, "") == other.get(f, "") for f in RECIPIENT if f != "phone")


async def judged(visit: Visit, fields: Mapping[str, str]) -> dict[str, str]:
    return (await visit.shop.addresses.judge(visit.ctx, CheckAddress(dict(fields), whole=True))).fields


async def own_email(visit: Visit, *, masked: bool = False) -> str:
    """The verified e-mail of the account, "" for guests and for accounts that have a phone alone."""
    return (await own_contacts(visit, masked=masked)).get("email", "")


async def own_contacts(visit: Visit, *, masked: bool = True) -> dict[str, str]:
    """Field (email, phone) → the account's verified contact."""
    if not visit.actor.id or visit.actor.role == "guest":
        return {}
    rows = (await visit.shop.accounts.contacts(visit.ctx, ContactsQuery())).rows
    if not rows:
        return {}
    try:
        shown = await visit.shop.vault.show(visit.ctx, Show([r.card_id for r in rows], "account", masked=masked))
    except NoCard:
        return {}
    return {field: value for card in shown.cards for field, value in card.fields.items()}


async def book_rows(visit: Visit) -> Sequence[Address]:
    """One's own addresses, the preferred one first; nobody has none."""
    if not visit.actor.id or not visit.actor.is_customer:
        return []
    return (await visit.shop.addresses.book(visit.ctx, BookQuery())).rows


async def checkout_facts(visit: Visit, form: Form) -> dict[str, Any]:
    """What the checkout's address step shows: the book as far as this market delivers, and the fields of the country."""
    country = form.value("country") or visit.market.serves[0]
    if country not in visit.market.serves:
        country = visit.market.serves[0]
    book = [a for a in await book_rows(visit) if a.fields.get("country") in visit.market.serves]
    picked = form.value("address") or (encode(ADDRESS, book[0].id) if book else "")
    return {
        "book": book, "picked": picked, "asking": await asking(visit, form, country), "country": country,
        "needs_email": not await own_email(visit, masked=True),
        "typing": bool(form.typed) and not form.value("address"),
    }  # fmt: skip
