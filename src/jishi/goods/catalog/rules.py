"""What a product must be, and what is kept of it. Pure."""

from collections.abc import Iterator, Mapping
from itertools import count
from typing import TypeVar

import msgspec
from msgspec import Struct

from jishi.kernel import FieldError, Invalid
from jishi.kernel.i18n import said
from jishi.kernel.place import Text

from .face import MAX_SKUS, PutProduct
from .faults import WrongMatrix
from .terms import Fact, Option, SizeGuide, SizeRow, SkuDraft
from .texts import LOCALE, cleaned, folded, html, indexed, is_gtin, line, slug
from .units import MEASURED

MAX_LOCALES, MAX_NAME, MAX_SUMMARY, MAX_HTML = 12, 200, 1_000, 50_000  # characters, the last in each language
MAX_OPTIONS, MAX_VALUES, MAX_SPECS, MAX_COMPONENTS, MAX_PIECES = 5, 200, 100, 50, 1_000
MAX_WEIGHT_G, MAX_CODE, MAX_AMOUNT = 100_000_000, 64, 10**9
MAX_COLUMNS, MAX_ROWS, MAX_MM = 12, 60, 100_000  # of a size guide
KINDS = ("parcel", "pick_up", "digital", "service", "stored_value")
STATUSES = ("draft", "scheduled", "published", "archived")
HIDDEN = ("draft", "scheduled")  # from all but its own people
ORIGINS = ("human", "machine", "imported")
LINE = 80  # characters of a brand's name
RULES = 2  # part of the digest: raise it when cleaning changes, and what is put again is written again

T = TypeVar("T")


class Body(Struct, array_like=True, frozen=True):
    """What only the product's own page reads, packed."""

    summaries: Text
    descriptions: Text
    options: list[Option]
    specs: list[tuple[Text, Text]]
    facts: dict[str, Fact] = {}
    size_guide: SizeGuide | None = None
    origins: dict[str, str] = {}


def pack(value: object) -> bytes:
    return msgspec.msgpack.encode(value, order="deterministic")


def unpack(raw: bytes, kind: type[T]) -> T:
    return msgspec.msgpack.decode(raw, type=kind)


def handles(wanted: str) -> Iterator[str]:
    """The handle itself, then with 2, 3 … behind it."""
    yield wanted
    yield from (f"{wanted}-{n}" for n in count(2))


def checked(cmd: PutProduct) -> PutProduct:
    """The command as it is kept; raises `Invalid` with every wrong field, or `WrongMatrix`."""
    kept = msgspec.structs.replace(
        cmd,
        handle=slug(cmd.handle),
        names=cleaned(cmd.names),
        summaries=cleaned(cmd.summaries),
        descriptions={locale: text for locale, raw in cmd.descriptions.items() if (text := html(raw[: 2 * MAX_HTML]))},
        brand=line(cmd.brand),
        options=[_option(o) for o in cmd.options],
        skus=_cleaned_skus(cmd.skus),
        specs=[(cleaned(name), cleaned(value)) for name, value in cmd.specs],
        size_guide=_guide(cmd.size_guide),
    )
    if errors := [*_wrong_product(cmd, kept), *(e for s in kept.skus for e in _wrong_sku(s))]:
        raise Invalid(errors)
    check_matrix(kept.options, kept.skus)
    return kept


def checked_skus(options: list[Option], told: list[SkuDraft]) -> list[SkuDraft]:
    """SKUs of a product with these options as they are kept; raises `Invalid` or `WrongMatrix`."""
    kept = _cleaned_skus(told)
    if len(kept) > MAX_SKUS:
        raise Invalid([FieldError("skus", "list.long", {"max": str(MAX_SKUS)})])
    if errors := [e for s in kept for e in _wrong_sku(s)]:
        raise Invalid(errors)
    check_matrix(options, kept)
    return kept


def _cleaned_skus(told: list[SkuDraft]) -> list[SkuDraft]:
    return [msgspec.structs.replace(s, code=line(s.code), gtin=s.gtin.strip()) for s in told]


def _guide(told: SizeGuide | None) -> SizeGuide | None:
    if told is None or not (told.rows and told.columns):
        return None
    rows = [SizeRow(cleaned(r.label), r.spans) for r in told.rows]
    return SizeGuide([cleaned(c) for c in told.columns], rows, cleaned(told.notes))


def _option(option: Option) -> Option:
    values = [msgspec.structs.replace(v, code=line(v.code), names=cleaned(v.names)) for v in option.values]
    return Option(line(option.code), cleaned(option.names), values)


def too_long(texts: Mapping[str, str], field: str, most: int) -> Iterator[FieldError]:
    if len(texts) > MAX_LOCALES:
        yield FieldError(field, "list.long", {"max": str(MAX_LOCALES)})
    for locale, text in texts.items():
        if not LOCALE.fullmatch(locale):
            yield FieldError(field, "locale.wrong")
        if len(text) > most:
            yield FieldError(f"{field}.{locale}", "text.length", {"min": "0", "max": str(most)})


def _wrong_product(told: PutProduct, p: PutProduct) -> Iterator[FieldError]:
    if not told.handle.strip():
        yield FieldError("handle", "text.required")
    if not p.names:
        yield FieldError("names", "text.required")
    yield from too_long(p.names, "names", MAX_NAME)
    yield from too_long(p.summaries, "summaries", MAX_SUMMARY)
    yield from too_long({k: v for k, v in told.descriptions.items() if k}, "descriptions", MAX_HTML)
    if len(p.brand) > LINE:
        yield FieldError("brand", "text.length", {"min": "0", "max": str(LINE)})
    if (p.status == "scheduled") != (p.publish_at > 0) or p.publish_at >= 1 << 53:
        yield FieldError("publish_at", "moment.wrong")
    for locale, maker in p.origins.items():
        if maker not in ORIGINS or not LOCALE.fullmatch(locale):
            yield FieldError("origins", "choice.unknown")
    if p.size_guide:
        yield from _wrong_guide(p.size_guide)
    for field, choice, among in (("kind", p.kind, KINDS), ("status", p.status, STATUSES)):
        if choice not in among:
            yield FieldError(field, "choice.unknown")
    if not 0 < len(p.tax_class) <= 32 or not p.tax_class.isascii():
        yield FieldError("tax_class", "choice.unknown")
    if p.origin and not (len(p.origin) == 2 and p.origin.isascii() and p.origin.isupper()):
        yield FieldError("origin", "country.unknown")
    sizes = (("skus", p.skus, MAX_SKUS), ("options", p.options, MAX_OPTIONS), ("specs", p.specs, MAX_SPECS))
    for field, listed, most in sizes:
        if len(listed) > most:
            yield FieldError(field, "list.long", {"max": str(most)})
    for i, (name, value) in enumerate(p.specs):
        if not name or not value:
            yield FieldError(f"specs.{i}", "text.required")
        yield from too_long(name, f"specs.{i}", MAX_NAME)
        yield from too_long(value, f"specs.{i}", MAX_SUMMARY)
    for option in p.options:
        yield from _wrong_option(option)


def _wrong_guide(guide: SizeGuide) -> Iterator[FieldError]:
    if len(guide.columns) > MAX_COLUMNS or len(guide.rows) > MAX_ROWS:
        yield FieldError("size_guide", "list.long", {"max": str(MAX_ROWS)})
    for text in (*guide.columns, *(r.label for r in guide.rows)):
        if not text:
            yield FieldError("size_guide", "text.required")
        yield from too_long(text, "size_guide", 100)
    yield from too_long(guide.notes, "size_guide.notes", MAX_SUMMARY)
    for i, row in enumerate(guide.rows):
        if len(row.spans) != len(guide.columns):
            yield FieldError(f"size_guide.rows.{i}", "cells.count", {"expected": str(len(guide.columns))})
        if any(not 0 <= a <= b <= MAX_MM for a, b in row.spans):
            yield FieldError(f"size_guide.rows.{i}", "number.range", {"min": "0", "max": str(MAX_MM)})


def _wrong_option(option: Option) -> Iterator[FieldError]:
    field = f"options.{option.code}"
    if len(option.values) > MAX_VALUES:
        yield FieldError(field, "list.long", {"max": str(MAX_VALUES)})
    for code, names in ((option.code, option.names), *((v.code, v.names) for v in option.values)):
        if not 0 < len(code) <= MAX_CODE or not names:
            yield FieldError(field, "text.required")
        yield from too_long(names, field, MAX_NAME)
    for value in option.values:
        if value.swatch and not _is_colour(value.swatch):
            yield FieldError(f"{field}.{value.code}", "colour.wrong")


def _is_colour(text: str) -> bool:
    return len(text) == 7 and text[0] == "#" and all(c in "0123456789abcdefABCDEF" for c in text[1:])


def _wrong_sku(s: SkuDraft) -> Iterator[FieldError]:
    field = f"skus.{s.code}"
    if not 0 < len(s.code) <= MAX_CODE:
        yield FieldError("skus", "text.length", {"min": "1", "max": str(MAX_CODE)})
    if not 0 <= s.weight_g <= MAX_WEIGHT_G:
        yield FieldError(f"{field}.weight_g", "number.range", {"min": "0", "max": str(MAX_WEIGHT_G)})
    if s.gtin and not is_gtin(s.gtin):
        yield FieldError(f"{field}.gtin", "gtin.wrong")
    if s.measure and (s.measure.unit not in MEASURED or not 0 < s.measure.amount <= MAX_AMOUNT):
        yield FieldError(f"{field}.measure", "unit.unknown")
    if len(s.components) > MAX_COMPONENTS:
        yield FieldError(f"{field}.components", "list.long", {"max": str(MAX_COMPONENTS)})
    if any(not 0 < n <= MAX_PIECES for n in s.components.values()):
        yield FieldError(f"{field}.components", "number.range", {"min": "1", "max": str(MAX_PIECES)})


def check_matrix(options: list[Option], skus: list[SkuDraft]) -> None:
    """Every SKU has one value of every option, and no two SKUs the same values or the same code (`WrongMatrix`)."""
    allowed: dict[str, set[str]] = {}
    for option in options:
        values = {v.code for v in option.values}
        if option.code in allowed or len(values) != len(option.values):
            raise WrongMatrix("", option.code)
        allowed[option.code] = values
    codes, combinations = set[str](), set[tuple[str, ...]]()
    for sku in skus:
        for code, values in allowed.items():
            if sku.chosen.get(code) not in values:
                raise WrongMatrix(sku.code, code)
        if unknown := sku.chosen.keys() - allowed.keys():
            raise WrongMatrix(sku.code, min(unknown))
        combination = tuple(sku.chosen[code] for code in allowed)
        if folded(sku.code) in codes or combination in combinations:
            raise WrongMatrix(sku.code)
        codes.add(folded(sku.code))
        combinations.add(combination)


def fits(options: list[Option], chosen: Mapping[str, str]) -> bool:
    """Do the product's options, as they are now, still offer this?"""
    allowed = {o.code: {v.code for v in o.values} for o in options}
    return chosen.keys() == allowed.keys() and all(value in allowed[code] for code, value in chosen.items())


def option_texts(options: list[Option], chosen: Mapping[str, str]) -> Text:
    """What was chosen, such as 墨绿 · 480 ml, in every language that one of the values has."""
    values = [next(v for v in o.values if v.code == chosen[o.code]).names for o in options]
    return {locale: " · ".join(said(v, locale) for v in values) for locale in sorted({k for v in values for k in v})}


def words_of(p: PutProduct, brand: Text) -> str:
    return indexed([*p.names.values(), *brand.values(), *p.summaries.values()])
