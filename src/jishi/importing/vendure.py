"""Vendure's importer CSV: a row with a name begins a product, rows without one are more variants of it.

As its importer reads it: cells are trimmed (its own sample is aligned with blanks), `|` parts lists, prices are decimal,
`size:shoe-size` names an option and its code, `name:en` and `name:zh_Hans` are columns in languages."""

from collections.abc import Iterator, Sequence

from jishi.kernel.place import Text

from .reading import Group, settled, unique_codes
from .rows import Row, Table
from .terms import Draft, ImportPlan, OptionDraft, PictureDraft, Trouble, VariantDraft

NEEDED = ("name", "sku", "price")
SPOKEN = ("name", "slug", "description", "facets", "optiongroups", "optionvalues")
CHINESE = ("zh", "zh_hans", "zh-hans", "zh_cn", "zh-cn")
CATEGORY, BRAND = "category", "brand"


def fits(names: set[str]) -> bool:
    bare = {n.partition(":")[0] for n in names}
    return bare >= set(NEEDED) and "handle" not in bare


class Languages:
    """The languages of the columns; the plan's own where the columns tell none."""

    def __init__(self, table: Table, plan: ImportPlan) -> None:
        suffixes = [n.partition(":")[2] for n in table.names if n.partition(":")[0] == "name" and ":" in n]
        self.by_locale = {locale_of(s): s for s in suffixes} or {plan.locale: ""}
        self.main = plan.locale if plan.locale in self.by_locale else next(iter(self.by_locale))

    def column(self, row: Row, name: str, locale: str) -> str:
        """`name:en` where there is one, else `name`."""
        spoken = f"{name}:{self.by_locale[locale]}"
        return spoken if spoken in row.cells else name

    def text(self, row: Row, name: str) -> Text:
        told = {locale: row[self.column(row, name, locale)] for locale in self.by_locale}
        return {locale: text for locale, text in told.items() if text}

    def lists(self, group: Group, row: Row, name: str) -> list[Text]:
        """The members of a `|` list in every language; a language that has another number of them is wrong."""
        told = {locale: listed(row[self.column(row, name, locale)]) for locale in self.by_locale}
        main = told[self.main]
        for locale, members in told.items():
            if len(members) != len(main):
                group.wrong(row, self.column(row, name, locale), "languages", locale=locale)
                return []
        return [{locale: told[locale][i] for locale in told} for i in range(len(main))]


def locale_of(suffix: str) -> str:
    if suffix in CHINESE:
        return "zh-CN"
    language, _, region = suffix.replace("_", "-").partition("-")
    return f"{language}-{region.upper() if len(region) == 2 else region.title()}" if region else language


def listed(text: str) -> list[str]:
    return [member for part in text.split("|") if (member := part.strip())]


def read(table: Table, plan: ImportPlan) -> Iterator[Draft | Trouble]:
    """Products in the order of the file, each after its troubles; one of a group that has any does not come."""
    spoken = Languages(table, plan)
    handles = set[str]()
    for group in _groups(table, spoken):
        draft = _draft(group, spoken, plan) if not group.refused else None
        if draft and draft.handle.casefold() in handles:
            first = group.rows[0]
            group.wrong(first, spoken.column(first, "slug", spoken.main), "handle_again", handle=draft.handle[:80])
        yield from group.troubles
        if draft and not group.refused:
            handles.add(draft.handle.casefold())
            yield draft


def _groups(table: Table, spoken: Languages) -> Iterator[Group]:
    group: Group | None = None
    for row in table.rows():
        name = row[spoken.column(row, "name", spoken.main)]
        lone = not name and any(
            row[spoken.column(row, n, spoken.main)] for n in ("slug", "description", "optiongroups")
        )
        if group and not name and not lone:
            group.add(row)
            continue
        if group:
            yield group
        group = Group(table, row[spoken.column(row, "slug", spoken.main)] or name)
        group.add(row)
        if not name and not row.troubles:
            group.wrong(row, spoken.column(row, "name", spoken.main), "title" if lone else "orphan")
    if group:
        yield group


def _draft(group: Group, spoken: Languages, plan: ImportPlan) -> Draft | None:
    first = group.rows[0]
    groups = spoken.lists(group, first, "optiongroups")
    told = [text[spoken.main].partition(":")[2].strip() for text in groups]
    options = [{locale: t.partition(":")[0].strip() for locale, t in text.items()} for text in groups]
    codes = [own or code for own, code in zip(told, unique_codes([o[spoken.main] for o in options]), strict=True)]
    if len(set(codes)) != len(codes):
        group.wrong(first, spoken.column(first, "optiongroups", spoken.main), "option_name", option=codes[-1])
    read_ = [_variant(group, row, len(options), spoken, plan) for row in group.rows]
    variants = settled(group, read_, group.rows, spoken.main, "sku")
    categories, brand, specs = _facets(group, first, spoken)
    names = spoken.text(first, "name")
    if group.refused:
        return None
    sources = dict.fromkeys([*listed(first["assets"]), *(s for v in variants for s in v.pictures)])
    return Draft(
        first.line,
        group.handle,
        names,
        spoken.text(first, "description"),
        variants,
        [OptionDraft(code, text) for code, text in zip(codes, options, strict=True)],
        brand,
        categories,
        specs,
        [PictureDraft(first.line, s, names, group.table.columns.get("assets", "")) for s in sources],
    )


def _variant(group: Group, row: Row, options: int, spoken: Languages, plan: ImportPlan) -> VariantDraft:
    values = spoken.lists(group, row, "optionvalues")
    if len(values) != options:
        column, found = spoken.column(row, "optionvalues", spoken.main), str(len(values))
        group.wrong(row, column, "option_count", found=found, expected=str(options))
    if not group.flag(row, "trackinventory", default=True):
        group.wrong(row, "trackinventory", "untracked", refused=False)
    return VariantDraft(
        row.line,
        row["sku"],
        values,
        group.money(row, "price", plan.currency),
        quantity=group.quantity(row, "stockonhand"),
        pictures=listed(row["variantassets"]),
    )


def _facets(group: Group, row: Row, spoken: Languages) -> tuple[list[Text], str, list[tuple[Text, Text]]]:
    """(the way down to the category, brand, what else is told of it); `brand:Apple` is a facet and its value."""
    categories, brand = list[Text](), ""
    others = dict[str, tuple[Text, list[Text]]]()
    for text in spoken.lists(group, row, "facets"):
        parts = {locale: [p.strip() for p in t.split(":", 1)] for locale, t in text.items()}
        if any(len(p) != 2 or not all(p) for p in parts.values()):
            group.wrong(row, spoken.column(row, "facets", spoken.main), "facet", value=text[spoken.main][:80])
            continue
        name = {locale: p[0] for locale, p in parts.items()}
        value = {locale: p[1] for locale, p in parts.items()}
        kind = _kind(name)
        if kind == CATEGORY:
            categories.append(value)
        elif kind == BRAND and not brand:
            brand = value[spoken.main]
        else:
            others.setdefault(kind, (name, []))[1].append(value)
    return categories, brand, [(name, _joined(values)) for name, values in others.values()]


def _kind(name: Text) -> str:
    """The facet in whichever language tells it."""
    said = [n.casefold() for n in name.values()]
    return next((kind for kind in (CATEGORY, BRAND) if kind in said), said[0])


def _joined(values: Sequence[Text]) -> Text:
    return {locale: ", ".join(v[locale] for v in values) for locale in values[0]}
