"""A posted form: typed values kept, every wrong field named at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

import msgspec
from litestar.datastructures import UploadFile

from jishi.kernel import Fault, FieldError, Invalid
from jishi.kernel.i18n import Catalogues

from .csrf import FIELD
from .problems import ProblemField, sentence, shape_code, wrong_fields

S = TypeVar("S", bound=msgspec.Struct)
MOST_FIELDS, LONGEST_VALUE = 1_000, 100_000
DIGITS = re.compile(r"[+-]?[0-9]{1,19}")


class Form:
    """What was typed, and after `refused` what is wrong with it. Templates ask `form.value("email")` and `form.error("email")`."""

    def __init__(
        self, values: Mapping[str, list[str]] | None = None, files: Mapping[str, list[UploadFile]] | None = None
    ) -> None:
        self.typed = dict(values or {})
        self.files = dict(files or {})
        self.errors: list[ProblemField] = []
        self.said = ""  # the sentence above the form

    @classmethod
    def of(cls, pairs: list[tuple[str, Any]]) -> Form:
        if len(pairs) > MOST_FIELDS:
            raise Invalid([FieldError("", "too_many")])
        values, files = dict[str, list[str]](), dict[str, list[UploadFile]]()
        for name, value in pairs:
            if isinstance(value, UploadFile):
                files.setdefault(name, []).append(value)
            elif name != FIELD:
                text = str(value).replace("\x00", "").replace("\r\n", "\n").strip()[:LONGEST_VALUE]
                values.setdefault(name, []).append(text)
        return cls(values, files)

    def value(self, name: str, default: Any = "") -> Any:
        return self.typed[name][0] if self.typed.get(name) else default

    def values(self, name: str) -> list[str]:
        return self.typed.get(name, [])

    def chosen(self, name: str, value: str) -> bool:
        return str(value) in self.typed.get(name, ())

    def error(self, name: str) -> str:
        return next((e.detail for e in self.errors if e.field == name), "")

    def refused(self, fault: Fault, words: Catalogues, locale: str) -> Form:
        """The same form with what is wrong: the sentence above, and beside each field its own."""
        self.said, self.errors = sentence(fault, words, locale), wrong_fields(fault, words, locale)
        return self

    def into(self, kind: type[S], prefix: str = "") -> S:
        """The form as a Struct: numbers from their digits, a checkbox is true when it came, lists from repeated names.

        Raises `Invalid` with every wrong field. An empty field is an absent one where it has a default; what no field
        is named for is left alone (buttons carry names too)."""
        hints = get_type_hints(kind, include_extras=True)
        found, errors = dict[str, Any](), list[FieldError]()
        for spec in msgspec.structs.fields(kind):
            name, hint = prefix + spec.encode_name, hints[spec.name]
            if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
                try:
                    found[spec.name] = self.into(hint, name + ".")
                except Invalid as e:
                    errors += e.errors
                continue
            is_list, given = get_origin(_bare(hint)) is list, self.typed.get(name, [])
            raw: Any = given if is_list else given[0] if given else None
            if raw in (None, "") and not is_list:
                if spec.required and _bare(hint) is not bool:
                    errors.append(FieldError(name, "required"))
                    continue
                if _bare(hint) is bool:
                    found[spec.name] = False
                continue
            if _bare(hint) is bool:
                raw = raw not in ("0", "false", "off")
            if _bare(hint) is int and (code := wrong_number(raw)):
                errors.append(FieldError(name, code))
                continue
            try:
                found[spec.name] = msgspec.convert(raw, hint, strict=False)
            except msgspec.ValidationError as e:
                errors.append(FieldError(name, shape_code(str(e))))
        if errors:
            raise Invalid(errors)
        return kind(**found)


def wrong_number(text: str) -> str:
    """Nothing for digits that fit 63 bits: a lenient reader would take 1e3, and any number of digits."""
    if not DIGITS.fullmatch(text):
        return "type" if len(text) < 20 or not text.lstrip("+-").isdecimal() else "range"
    return "" if -(1 << 63) <= int(text) < 1 << 63 else "range"


def _bare(hint: Any) -> Any:
    """Without Annotated."""
    return get_args(hint)[0] if hasattr(hint, "__metadata__") else hint
