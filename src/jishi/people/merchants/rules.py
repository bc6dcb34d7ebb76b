"""What a merchant may be told as. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from babel.numbers import list_currencies

from jishi.kernel import FieldError
from jishi.kernel.countries import COUNTRIES

from .face import PutMerchant

PARTIES = ("seller", "merchant_of_record", "tax_liable", "invoice_issuer", "payee")
STATUSES = ("active", "paused", "closed")
PLATFORM = "platform"
HANDLE = re.compile(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?")
LOCALE = re.compile(r"[a-z]{2,3}(-[A-Z][A-Za-z]{1,3})?")
PARTY = re.compile(r"merchant:([1-9][0-9]{0,18})")
NAME_MAX, TAX_ID_MAX, LOCALES_MAX = 100, 64, 20


def errors(cmd: PutMerchant) -> Iterator[FieldError]:
    if not HANDLE.fullmatch(cmd.handle) or cmd.handle == PLATFORM:
        yield FieldError("handle", "handle.wrong")
    if not cmd.names:
        yield FieldError("names", "text.required")
    if len(cmd.names) > LOCALES_MAX:
        yield FieldError("names", "list.long", {"max": str(LOCALES_MAX)})
    for locale, name in list(cmd.names.items())[:LOCALES_MAX]:
        if not LOCALE.fullmatch(locale):
            yield FieldError("names", "locale.wrong")
        elif not 0 < len(name.strip()) <= NAME_MAX:
            yield FieldError(f"names.{locale}", "text.length", {"min": "1", "max": str(NAME_MAX)})
    if cmd.country not in COUNTRIES:
        yield FieldError("country", "country.unknown")
    if not re.fullmatch("[A-Z]{3}", cmd.currency) or cmd.currency not in list_currencies():
        yield FieldError("currency", "currency.unknown")
    if len(cmd.tax_id) > TAX_ID_MAX:
        yield FieldError("tax_id", "text.length", {"min": "0", "max": str(TAX_ID_MAX)})
    if cmd.status not in STATUSES:
        yield FieldError("status", "choice.unknown")
    for role, party in list(cmd.parties.items())[:LOCALES_MAX]:
        if role not in PARTIES:
            yield FieldError("parties", "choice.unknown")
        elif party != PLATFORM and not PARTY.fullmatch(party):
            yield FieldError(f"parties.{role}", "party.unknown")


def named(parties: dict[str, str]) -> list[int]:
    """The merchants that the parties name."""
    return sorted({int(found[1]) for party in parties.values() if (found := PARTY.fullmatch(party))})


def parties_of(id: int, told: dict[str, str]) -> dict[str, str]:
    """Every party: the merchant itself unless told otherwise."""
    return dict.fromkeys(PARTIES, f"merchant:{id}") | told
