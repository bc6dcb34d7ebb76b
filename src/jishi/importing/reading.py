"""What both formats read alike: figures, codes, options, doubles."""

import hashlib
import re
from collections.abc import Sequence
from fractions import Fraction

from msgspec.structs import replace

from jishi.goods.catalog import MEASURED, Measure, slug
from jishi.kernel.i18n import digits_of
from jishi.kernel.place import Text

from .rows import Row, Table
from .terms import Trouble, VariantDraft

MAX_MINOR, MAX_PIECES, MAX_CODE, MAX_VARIANTS = 10**12, 1_000_000, 64, 10_000
FINER = {"kg": ("g", 1_000), "g": ("mg", 1_000), "l": ("ml", 1_000), "cl": ("ml", 10), "m": ("mm", 1_000), "cm": ("mm", 10),
         "m2": ("cm2", 10_000)}  # fmt: skip
NUMBER = re.compile(r"([0-9]{1,13})(?:\.([0-9]{0,9}))?")
WHOLE = re.compile(r"(-?[0-9]{1,9})(?:\.0*)?")
YES, NO = ("true", "yes", "1"), ("false", "no", "0")


class Group:
    """The rows of one product while they are read, and all that is wrong with them."""

    def __init__(self, table: Table, handle: str) -> None:
        self.table, self.handle, self.called = table, handle, handle[:120]
        self.rows, self.troubles = list[Row](), list[Trouble]()

    def add(self, row: Row) -> None:
        self.rows.append(row)
        self.troubles += [replace(t, product=self.called) for t in row.troubles]

    def wrong(self, row: Row, name: str, key: str, *, refused: bool = True, **params: str) -> None:
        column = self.table.columns.get(name, "")
        self.troubles.append(Trouble(row.line, column, f"importing.{key}", params, self.called, refused))

    @property
    def refused(self) -> bool:
        return any(t.refused for t in self.troubles)

    def money(self, row: Row, name: str, currency: str, *, needed: bool = True) -> int:
        """Minor units: 12.9 → 1290 CNY. More decimals than the currency has are wrong, unless they are zeros."""
        text = row[name]
        if not text and not needed:
            return 0
        found, digits = NUMBER.fullmatch(text), digits_of(currency)
        decimals = (found[2] or "").rstrip("0") if found else ""
        minor = int(found[1]) * 10**digits + int(decimals.ljust(digits, "0") or "0") if found else -1
        if not 0 <= minor <= MAX_MINOR or len(decimals) > digits:
            self.wrong(row, name, "price" if text else "price_missing", value=text[:40], currency=currency)
            return 0
        return minor

    def whole(self, row: Row, name: str, most: int) -> int:
        """0 without one; negative ones are told by the caller."""
        text = row[name]
        found = WHOLE.fullmatch(text)
        if text and (not found or abs(int(found[1])) > most):
            self.wrong(row, name, "number", value=text[:40], max=str(most))
            return 0
        return int(found[1]) if found else 0

    def quantity(self, row: Row, name: str) -> int:
        pieces = self.whole(row, name, MAX_PIECES)
        if pieces < 0:
            self.wrong(row, name, "oversold", refused=False, value=str(pieces))
        return max(0, pieces)

    def measure(self, row: Row, name: str, unit_name: str) -> Measure | None:
        """What a piece holds: 250 g, 0.75 l (which is 750 ml); what makes no sense is left out, which is said."""
        text, unit = row[name], row[unit_name].casefold().replace("²", "2").replace("³", "3")
        if not text:
            return None
        found = NUMBER.fullmatch(text)
        amount = Fraction(text) if found else Fraction(0)
        while amount.denominator != 1 and unit in FINER:
            unit, factor = FINER[unit]
            amount *= factor
        if amount.denominator != 1 or not 0 < amount <= 10**9 or unit not in MEASURED:
            self.wrong(row, name, "measure", refused=False, value=f"{text} {row[unit_name]}"[:40])
            return None
        return Measure(int(amount), unit)

    def pairs(self, row: Row, name: str) -> dict[str, str]:
        """`volume: 480 ml; material: steel`."""
        found = dict[str, str]()
        for part in filter(None, (p.strip() for p in row[name].split(";"))):
            code, colon, value = (p.strip() for p in part.partition(":"))
            if not (code and colon and value):
                self.wrong(row, name, "facet", value=part[:80])
            found[code] = value
        return found

    def flag(self, row: Row, name: str, default: bool) -> bool:
        text = row[name].casefold()
        if text and text not in YES + NO:
            self.wrong(row, name, "flag", value=row[name][:40])
            return default
        return text in YES if text else default


def unique_codes(names: Sequence[str]) -> list[str]:
    """A code for each of these different names; those that would be written alike are numbered."""
    codes = list[str]()
    for name in names:
        code, n = slug(name)[:50], 2
        while code in codes:
            code, n = f"{slug(name)[:50]}-{n}", n + 1
        codes.append(code)
    return codes


def settled(
    group: Group, variants: Sequence[VariantDraft], rows: Sequence[Row], main: str, column: str
) -> list[VariantDraft]:
    """The variants with codes of their own: without one it comes from handle and values; of doubles in one product all
    but the first get their values behind it, which is said. Two of the same values are wrong."""
    made, codes, places = list[VariantDraft](), set[str](), set[tuple[str, ...]]()
    if len(variants) > MAX_VARIANTS:
        group.wrong(rows[MAX_VARIANTS], column, "too_many_variants", max=str(MAX_VARIANTS))
        return made
    for v, row in zip(variants, rows, strict=True):
        values = tuple(text_in(value, main) for value in v.values)
        if values in places:
            group.wrong(row, column, "variant_twice", values=" / ".join(values) or group.handle)
            continue
        places.add(values)
        code = v.code or group.handle
        if not v.code or code.casefold() in codes:
            code = short("-".join((code, *(slug(value) for value in values))))
            if v.code:
                group.wrong(row, column, "sku_twice", refused=False, sku=v.code, code=code)
        if len(code) > MAX_CODE or code.casefold() in codes:
            group.wrong(row, column, "sku", sku=code[:80], max=str(MAX_CODE))
            continue
        codes.add(code.casefold())
        made.append(replace(v, code=code))
    return made


def short(code: str) -> str:
    """At most 64 characters; a longer one keeps its beginning and gets a hash."""
    return code if len(code) <= MAX_CODE else f"{code[:50]}-{hashlib.blake2b(code.encode(), digest_size=5).hexdigest()}"


def text_in(text: Text, main: str) -> str:
    return text.get(main) or next(iter(text.values()), "")
