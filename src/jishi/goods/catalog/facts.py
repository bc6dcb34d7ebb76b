"""What products are told by: attributes of their category, and brands."""

from collections.abc import Iterator, Mapping, Sequence

from jishi.kernel import FieldError, Invalid, Tx

from .face import AttributeList, AttributesQuery, BrandList, BrandsQuery, PutAttribute, PutBrand
from .rules import LINE, pack, too_long, unpack
from .shelf_sql import (
    ADD_ATTRIBUTE,
    ADD_BRAND,
    ATTRIBUTES,
    BRAND,
    BRANDS,
    BRANDS_OF,
    CATEGORY_PATH,
    CATEGORY_PATHS,
    CHANGE_ATTRIBUTE,
    CHANGE_BRAND,
    LOCK_ATTRIBUTES,
)
from .terms import Attribute, AttributeValue, Brand, Fact
from .texts import cleaned, line, slug
from .units import UNITS, number_in

KINDS = ("choice", "number", "flag")
MAX_ATTRIBUTES, MAX_VALUES, MAX_CATEGORIES, MAX_BRANDS, MAX_FACTS = 500, 500, 100, 1_000, 60


def put_attribute(tx: Tx, cmd: PutAttribute) -> Attribute:
    """Products may be told by it from now on; facts that are kept stay, pages show those that still make sense."""
    values = [AttributeValue(v.code, cleaned(v.names)) for v in cmd.values]
    a = Attribute(
        cmd.code, cleaned(cmd.names), cmd.kind, cmd.unit, values, sorted(set(cmd.categories)), cmd.facet, cmd.position
    )
    known = {x.code: x for x in (unpack(raw, Attribute) for (raw,) in tx.rows(LOCK_ATTRIBUTES))}
    errors = list(_wrong_attribute(a, known.get(a.code)))
    if missing := set(a.categories) - {code for code, _ in tx.rows(CATEGORY_PATHS)}:
        errors.append(FieldError(f"categories.{min(missing)[:64]}", "category.none"))
    if a.code not in known and len(known) >= MAX_ATTRIBUTES:
        errors.append(FieldError("code", "list.long", {"max": str(MAX_ATTRIBUTES)}))
    if errors:
        raise Invalid(errors)
    if a.code in known or not tx.once(ADD_ATTRIBUTE, code=a.code, body=pack(a), position=a.position):
        tx.run(CHANGE_ATTRIBUTE, called=a.code, new_body=pack(a), new_position=a.position)
    return a


def _wrong_attribute(a: Attribute, before: Attribute | None) -> Iterator[FieldError]:
    if not a.code or slug(a.code) != a.code or len(a.code) > 64:
        yield FieldError("code", "code.wrong")
    if not a.names:
        yield FieldError("names", "text.required")
    yield from too_long(a.names, "names", 100)
    if a.kind not in KINDS or (before and before.kind != a.kind):
        yield FieldError("kind", "choice.unknown")
    if a.unit and (a.kind != "number" or a.unit not in UNITS):
        yield FieldError("unit", "unit.unknown")
    codes = [v.code for v in a.values]
    if (a.kind == "choice") != bool(codes) or len(codes) > MAX_VALUES or len(set(codes)) != len(codes):
        yield FieldError("values", "list.long", {"max": str(MAX_VALUES)})
    for v in a.values:
        if not v.code or slug(v.code) != v.code or len(v.code) > 64:
            yield FieldError(f"values.{v.code[:64]}", "code.wrong")
        if not v.names:
            yield FieldError(f"values.{v.code[:64]}", "text.required")
        yield from too_long(v.names, f"values.{v.code[:64]}", 100)
    if len(a.categories) > MAX_CATEGORIES:
        yield FieldError("categories", "list.long", {"max": str(MAX_CATEGORIES)})
    if not 0 <= a.position <= 1_000_000:
        yield FieldError("position", "number.range", {"min": "0", "max": "1000000"})


def attributes(tx: Tx, query: AttributesQuery) -> AttributeList:
    """By position, then code: two queries."""
    found = [unpack(raw, Attribute) for (raw,) in tx.rows(ATTRIBUTES)]
    if query.category:
        found = list(fitting(found, tx.row(CATEGORY_PATH, called=query.category)))
    return AttributeList(found)


def fitting(among: Sequence[Attribute], path: Sequence[str] | None) -> Iterator[Attribute]:
    """Those that products of the category at this path can have."""
    above = set(path[0].split("/")) if path else set()
    return (a for a in among if not a.categories or above & set(a.categories))


def checked_facts(tx: Tx, told: Mapping[str, Fact], category: str) -> dict[str, Fact]:
    """The facts as they are kept; raises `Invalid` with every wrong one: unknown, not of this category, a value that is
    none of its own, a number of another kind of unit."""
    if not told:
        return {}
    if len(told) > MAX_FACTS:
        raise Invalid([FieldError("facts", "list.long", {"max": str(MAX_FACTS)})])
    every = [unpack(raw, Attribute) for (raw,) in tx.rows(ATTRIBUTES)]
    known = {a.code: a for a in every}
    here = {a.code for a in fitting(every, tx.row(CATEGORY_PATH, called=category) if category else None)}
    kept, errors = dict[str, Fact](), list[FieldError]()
    for code, value in told.items():
        field = f"facts.{line(code)[:64]}"
        if (a := known.get(code)) is None:
            errors.append(FieldError(field, "attribute.none"))
        elif code not in here:
            errors.append(FieldError(field, "attribute.category"))
        elif (right := _right(a, value)) is None:
            units = {"unit": a.unit} if a.kind == "number" and a.unit else {}
            errors.append(FieldError(field, "unit.wrong" if units else f"fact.{a.kind}", units))
        else:
            kept[code] = right
    if errors:
        raise Invalid(errors)
    return kept


def _right(a: Attribute, value: Fact) -> Fact | None:
    if a.kind == "flag":
        return value if isinstance(value, bool) else None
    if a.kind == "number":
        return number_in(value, a.unit)
    return value if isinstance(value, str) and value in {v.code for v in a.values} else None


def put_brand(tx: Tx, cmd: PutBrand) -> Brand:
    """The brand of this code is called so."""
    names = cleaned(cmd.names)
    errors = [FieldError("code", "code.wrong")] if not cmd.code or slug(cmd.code) != cmd.code else []
    if not names:
        errors.append(FieldError("names", "text.required"))
    if errors := [*errors, *too_long(names, "names", LINE)]:
        raise Invalid(errors)
    if not tx.once(ADD_BRAND, code=cmd.code, names=pack(names)):
        tx.run(CHANGE_BRAND, called=cmd.code, new_names=pack(names))
    return Brand(cmd.code, names)


def brands(tx: Tx, query: BrandsQuery) -> BrandList:
    """By code."""
    if len(query.codes) > 256:
        raise Invalid([FieldError("codes", "list.long", {"max": "256"})])
    codes = sorted(set(query.codes))
    rows = tx.rows(BRANDS_OF, ids=codes) if codes else tx.rows(BRANDS, limit=MAX_BRANDS)
    return BrandList([Brand(code, unpack(names, dict[str, str])) for code, names in rows])


def brand_of(tx: Tx, told: str) -> Brand | None:
    """The brand of this code, or of this name, which is made when it is not there; None for none."""
    if not told:
        return None
    code = slug(told)
    if row := tx.row(BRAND, called=code):
        return Brand(code, unpack(row[0], dict[str, str]))
    locale = "zh-CN" if any("\u4e00" <= c <= "\u9fff" for c in told) else "en"
    made = Brand(code, {locale: told})
    tx.once(ADD_BRAND, code=code, names=pack(made.names))  # or somebody else makes it at this moment
    return made
