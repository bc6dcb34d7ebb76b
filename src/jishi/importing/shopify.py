"""Shopify's product CSV: rows of one Handle are one product; a row is a variant, a picture, or both.

Both its templates are read, the one of 2015 and the one of 2024, which has other names for the same columns."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from jishi.goods.catalog import is_gtin
from jishi.kernel.place import Text

from .reading import Group, settled, unique_codes
from .rows import Row, Table
from .terms import Draft, ImportPlan, OptionDraft, PictureDraft, Trouble, VariantDraft

OPTIONS, MAX_WEIGHT_G, MAX_POSITION = 5, 100_000_000, 10_000  # Shopify's has three; ours may go out with five
LATER = {
    "url handle": "handle",
    "description": "body (html)",
    "published on online store": "published",
    "sku": "variant sku",
    "barcode": "variant barcode",
    "weight value (grams)": "variant grams",
    "inventory tracker": "variant inventory tracker",
    "inventory quantity": "variant inventory qty",
    "price": "variant price",
    "compare-at price": "variant compare at price",
    "requires shipping": "variant requires shipping",
    "product image url": "image src",
    "variant image url": "variant image",
    "custom product type": "type",
    "standard product type": "product category",
}
NEEDED = ("handle", "title", "variant price")
DEFAULT = "Default Title"
MEASURE, MEASURE_UNIT = "Unit Price Total Measure", "Unit Price Total Measure Unit"
FACTS, PUBLISH_AT, MADE_BY = (
    "Jishi Facts",
    "Jishi Publish At",
    "Jishi Text Origin",
)  # columns of our own: others skip them
MAKERS = ("human", "machine", "imported")
STATUSES = {"": "published", "active": "published", "draft": "draft", "archived": "archived"}


def older_names(table: Table) -> None:
    """Columns under the names of the older template; a column that is there under both keeps its own."""
    have = set(table.names)
    table.columns |= {LATER[n]: table.columns[n] for n in table.names if n in LATER and LATER[n] not in have}
    table.names = [LATER[n] if n in LATER and LATER[n] not in have else n for n in table.names]


def fits(names: set[str]) -> bool:
    return {LATER.get(n, n) for n in names} >= {"handle", "title"}


def read(table: Table, plan: ImportPlan) -> Iterator[Draft | Trouble]:
    """Products in the order of the file, each after its troubles; one of a group that has any does not come."""
    seen = set[str]()
    for group in _groups(table, seen):
        draft = _draft(group, plan) if not group.refused else None
        yield from group.troubles
        if draft and not group.refused:
            yield draft


def _groups(table: Table, seen: set[str]) -> Iterator[Group]:
    """A handle that comes again further down is not read again: it would replace the first."""
    group: Group | None = None
    for row in table.rows():
        handle = row["handle"]
        if group and (handle == group.handle if handle else row.troubles):  # a broken line belongs to what it breaks
            group.add(row)
            continue
        if group:
            yield group
        group = Group(table, handle)
        group.add(row)
        if not handle and not row.troubles:
            group.wrong(row, "handle", "handle")
        elif handle.casefold() in seen and not row.troubles:
            group.wrong(row, "handle", "handle_again", handle=handle[:80])
        seen.add(handle.casefold())
    if group:
        yield group


def _draft(group: Group, plan: ImportPlan) -> Draft | None:
    first, locale = group.rows[0], plan.locale
    title, status = first["title"], STATUSES.get(first["status"].casefold())
    if not title:
        group.wrong(first, "title", "title")
    if status is None:
        group.wrong(first, "status", "status", value=first["status"][:40])
    if group.flag(first, "gift card", default=False):
        group.wrong(first, "gift card", "gift_card")
    if not group.flag(first, "published", default=True) and status == "published":
        status = "draft"
    publish_at = _moment(group, first)
    made_by = first[MADE_BY.casefold()].casefold() or "imported"
    if made_by not in MAKERS:
        group.wrong(first, MADE_BY.casefold(), "origin", value=made_by[:40])
    facts = group.pairs(first, FACTS.casefold())
    names = _option_names(group)
    rows = [r for r in group.rows if r is first or r["variant price"] or r["variant sku"] or r["option1 value"]]
    variants = settled(group, [_variant(group, r, names, plan) for r in rows], rows, locale, "variant sku")
    shipped = all(group.flag(r, "variant requires shipping", default=True) for r in rows)
    if group.refused:
        return None
    return Draft(
        first.line,
        group.handle,
        {locale: title},
        {locale: first["body (html)"]} if first["body (html)"] else {},
        variants,
        [OptionDraft(code, {locale: name}) for code, name in zip(unique_codes(names), names, strict=True)],
        first["vendor"],
        _categories(first, locale),
        [],
        _pictures(group, locale),
        "parcel" if shipped else "digital",
        status or "",
        facts,
        publish_at if status == "draft" else 0,
        made_by,
        "shopify",
    )


def _moment(group: Group, row: Row) -> int:
    """When a draft goes live, ms UTC; 0 = not by itself."""
    if not (text := row[PUBLISH_AT.casefold()]):
        return 0
    try:
        told = datetime.fromisoformat(text)
        ms = int(told.timestamp() * 1000) if told.tzinfo else -1
    except (ValueError, OverflowError):
        ms = -1
    if not 0 < ms < 1 << 53:
        group.wrong(row, PUBLISH_AT.casefold(), "moment", value=text[:40])
        return 0
    return ms


def _option_names(group: Group) -> list[str]:
    """Those of the first row, without a gap and without a double. "Title" with its one "Default Title" is none."""
    first = group.rows[0]
    values = [v for r in group.rows if (v := r["option1 value"])]
    if first["option1 name"] in ("", "Title") and values in ([], [DEFAULT]) and not first["option2 name"]:
        return []
    names = [first[f"option{n} name"] for n in range(1, OPTIONS + 1)]
    while names and not names[-1]:
        names.pop()
    for n, name in enumerate(names, 1):
        if not name or name in names[: n - 1]:
            group.wrong(first, f"option{n} name", "option_name", option=str(n))
    return names


def _variant(group: Group, row: Row, names: Sequence[str], plan: ImportPlan) -> VariantDraft:
    values = [row[f"option{n} value"] for n in range(1, OPTIONS + 1)]
    for n, value in enumerate(values, 1):
        if n <= len(names) and names[n - 1] and not value:
            group.wrong(row, f"option{n} value", "option_value", option=names[n - 1])
        elif n > len(names) and value and (names or value != DEFAULT):
            group.wrong(row, f"option{n} value", "option_extra", option=str(n), value=value[:80])
    gtin = row["variant barcode"].replace(" ", "").replace("-", "")
    if gtin and not is_gtin(gtin):
        group.wrong(row, "variant barcode", "barcode", refused=False, value=gtin[:40])
        gtin = ""
    minor = group.money(row, "variant price", plan.currency)
    list_minor = group.money(row, "variant compare at price", plan.currency, needed=False)
    weight = group.whole(row, "variant grams", MAX_WEIGHT_G)
    if weight < 0:
        group.wrong(row, "variant grams", "number", value=row["variant grams"][:40], max=str(MAX_WEIGHT_G))
    return VariantDraft(
        row.line,
        row["variant sku"],
        [{plan.locale: value} for value in values[: len(names)]],
        minor,
        list_minor if list_minor > minor else 0,  # one that is not higher compares nothing
        weight,
        gtin,
        group.quantity(row, "variant inventory qty"),
        [row["variant image"]] if row["variant image"] else [],
        group.measure(row, MEASURE.casefold(), MEASURE_UNIT.casefold()),
    )


def _categories(first: Row, locale: str) -> list[Text]:
    """`Product Category` is a way down, `A > B > C`; without it the shop's own `Type` is the category."""
    names = [part.strip() for part in first["product category"].split(">")] or []
    return [{locale: n} for n in names if n] or ([{locale: first["type"]}] if first["type"] else [])


def _pictures(group: Group, locale: str) -> list[PictureDraft]:
    """By position, those without one behind, each source once; then those that only a variant shows."""
    found = list[tuple[int, PictureDraft]]()
    for row in group.rows:
        if source := row["image src"]:
            position = group.whole(row, "image position", MAX_POSITION) or MAX_POSITION
            alts = {locale: row["image alt text"]} if row["image alt text"] else {}
            found.append((position, PictureDraft(row.line, source, alts, group.table.columns["image src"])))
    found.sort(key=lambda f: f[0])
    shots = {p.source: p for _, p in reversed(found)}
    ordered = list({p.source: shots[p.source] for _, p in found}.values())
    for row in group.rows:
        if (source := row["variant image"]) and source not in shots:
            shots[source] = PictureDraft(row.line, source, {}, group.table.columns["variant image"])
            ordered.append(shots[source])
    return ordered
