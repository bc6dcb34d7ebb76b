"""A fault as the caller sees it: RFC 9457 for the API, the same sentence for pages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec
from litestar.exceptions import HTTPException, ValidationException

from jishi.kernel import Fault, FieldError, Invalid
from jishi.kernel.i18n import Catalogues
from jishi.kernel.ids import encode

from .faults import Broken, NoPage, TooLarge, Unreadable, WrongMedia, WrongMethod

# fields of a fault that are ids, and the kind they carry outside; an id of no kind here stays inside
KINDS = {
    "order_id": "ord", "child_id": "chd", "product_id": "prd", "listing_id": "lst", "sku_id": "sku", "card_id": "card",
    "merchant_id": "mer", "quote_id": "qt", "intent_id": "pay", "shipment_id": "shp", "session_id": "ses", "review_id": "rev",
}  # fmt: skip


class ProblemField(msgspec.Struct, frozen=True):
    """One wrong field. `field` is its path in what was sent."""

    field: str
    code: str
    detail: str


class Problem(msgspec.Struct, frozen=True):
    """RFC 9457. `code` is stable and what a program should look at; `detail` is a sentence in the caller's language."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    trace: str
    errors: list[ProblemField] = []
    data: dict[str, Any] = {}


def facts(fault: Fault) -> dict[str, Any]:
    """The fault's fields with ids as they are outside; ids of no known kind are left out."""
    found: dict[str, Any] = {}
    for name in fault.body.__struct_fields__:
        value = getattr(fault.body, name)
        if name in KINDS and isinstance(value, int):
            found[name] = encode(KINDS[name], value)
        elif name not in ("errors", "id") and not name.endswith("_id"):
            found[name] = msgspec.to_builtins(value)
    return found


def sentence(fault: Fault, words: Catalogues, locale: str) -> str:
    """What happened and what to do, in the reader's language; of its reason, where there is a sentence of its own."""
    told = f"{fault.message}.{getattr(fault.body, 'reason', '')}"
    return words.t(told if words.has(told) else fault.message, locale, **facts(fault))


def wrong_fields(fault: Fault, words: Catalogues, locale: str) -> list[ProblemField]:
    return [ProblemField(e.field, e.code, field_sentence(e, words, locale)) for e in getattr(fault.body, "errors", ())]


def field_sentence(error: FieldError, words: Catalogues, locale: str) -> str:
    """`fields.<code>`, else `faults.<code>`, if the error has the numbers that it speaks of; else that it is not right."""
    for key in (f"fields.{error.code}", f"faults.{error.code}"):
        if words.has(key) and not words.parameters(key) - error.params.keys():
            return words.t(key, locale, **error.params)
    return words.t("fields.invalid", locale)


def problem(fault: Fault, words: Catalogues, locale: str, base: str, path: str, trace: str) -> Problem:
    return Problem(
        type=f"{base}/problems/{fault.code}",
        title=words.t(f"web.status.{fault.status}", locale),
        status=fault.status,
        detail=sentence(fault, words, locale),
        instance=path,
        code=fault.code,
        trace=trace,
        errors=wrong_fields(fault, words, locale),
        data=facts(fault),
    )


def fault_of(e: Exception, trace: str, names: Mapping[str, str] = {}) -> Fault:  # read only
    """Whatever the framework or a mistake of ours raised, as a fault of the catalogue. `names`: parameter of the handler →
    what it is called outside."""
    if isinstance(e, Fault):
        return e
    if isinstance(e, ValidationException):
        return invalid(e, names)
    if isinstance(e, HTTPException):
        by_status: dict[int, Fault] = {
            400: Unreadable(), 404: NoPage(), 405: WrongMethod(), 413: TooLarge(), 415: WrongMedia("application/json"),
        }  # fmt: skip
        return by_status.get(e.status_code) or (Unreadable() if e.status_code < 500 else Broken(trace))
    return Broken(trace)


def names_of(handler: Any) -> dict[str, str]:
    """The handler's parameters that have another name in the address."""
    known = getattr(handler, "parsed_fn_signature", None)
    asked = {n: getattr(p.kwarg_definition, "name", None) for n, p in known.parameters.items()} if known else {}
    return {n: name for n, name in asked.items() if name}


def invalid(e: ValidationException, names: Mapping[str, str]) -> Fault:
    """A body or a parameter of the wrong shape: the field is named, the framework's words are not repeated."""
    told = e.extra if isinstance(e.extra, list) else []
    found = [(str(x.get("key", "")), str(x.get("message", ""))) for x in told if isinstance(x, dict)]
    errors = [wrong_shape(names.get(key, key), message) for key, message in found]
    return Invalid(errors) if errors else Unreadable()


def wrong_shape(key: str, message: str) -> FieldError:
    """Where and which; msgspec names a missing or an unknown field in its sentence alone."""
    named = re.search(r"field `([^`]*)`", message)
    where = [part for part in (key.removeprefix("data").strip("."), named[1] if named else "") if part]
    return FieldError(".".join(where), shape_code(message))


def shape_code(message: str) -> str:
    """Msgspec's sentence about a shape, as a code."""
    if "unknown field" in message:
        return "unknown"
    if "missing required" in message or "Missing required" in message:
        return "required"
    if "of length" in message:
        return "length"
    if "`int` >=" in message or "`int` <=" in message:
        return "range"
    return "type"
