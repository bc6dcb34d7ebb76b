"""What the product page says of a product beside its name and price."""

from __future__ import annotations

from jishi.goods.catalog import (
    Attribute,
    AttributesQuery,
    DisplayCategory,
    DisplayQuery,
    Fact,
    ListingsQuery,
    Picture,
    Product,
    SizeGuide,
    Sku,
    UnitPrice,
    symbol,
    unit_price,
)
from jishi.kernel.i18n import said
from jishi.kernel.place import Text
from jishi.web.goods import Offer
from jishi.web.visit import Visit

HUNDREDS = ("CN",)  # markets whose buyers compare by 100 g; Directive 98/6 knows the kilogram and the litre
MM_TO_INCH = 254  # tenths of a millimetre
DEEPEST = 8


async def facts_of(visit: Visit, found: Product) -> list[tuple[str, str]]:
    """(what, value) of its attributes in the reader's language; a fact that its attribute no longer allows is left out."""
    if not found.facts:
        return []
    known = (await visit.shop.catalog.attributes(visit.ctx, AttributesQuery(found.category))).rows
    told = [(a, words) for a in known if (words := fact_words(visit, a, found.facts.get(a.code)))]
    return [(said(a.names, visit.locale), words) for a, words in told]


def fact_words(visit: Visit, attribute: Attribute, value: Fact | None) -> str:
    """What a reader sees: 480 ml, 是, Steel; nothing where the value is none of the attribute's."""
    if isinstance(value, bool):
        return visit.t("catalog.yes" if value else "catalog.no") if attribute.kind == "flag" else ""
    if attribute.kind == "choice":
        return next((said(v.names, visit.locale) for v in attribute.values if v.code == value), "")
    if attribute.kind != "number" or not isinstance(value, int | float):
        return ""
    number = f"{value:,}" if isinstance(value, int) else f"{value:,.3f}".rstrip("0")
    return f"{number} {unit_words(visit, attribute.unit)}".strip()


def unit_words(visit: Visit, unit: str) -> str:
    """Most units are the same everywhere; a piece, a day, a month and a year are words."""
    return visit.t(f"catalog.unit.{unit}") if unit in ("pc", "d", "mo", "y") else symbol(unit)


def price_of_a_unit(visit: Visit, here: Offer | None) -> tuple[UnitPrice, str] | None:
    """What 100 g or a litre of it costs, and the unit in words; None where the law asks for none."""
    if here is None or here.price is None:
        return None
    found = unit_price(here.price.minor, here.sku.measure, hundred=visit.market.code in HUNDREDS)
    return (
        (found, f"{found.per} {unit_words(visit, found.unit)}" if found.per > 1 else unit_words(visit, found.unit))
        if found
        else None
    )


async def contents(visit: Visit, here: Offer | None) -> list[tuple[Text, Text, int, str]]:
    """(name, options, pieces, handle) of what a bundle is made of; nothing for a SKU that is itself."""
    parts = here.sku.components if here else []
    if here is None or (len(parts) == 1 and parts[0].quantity == 1):
        return []
    rows = (
        await visit.shop.catalog.listings(visit.ctx, ListingsQuery(stock_item_ids=[c.stock_item_id for c in parts]))
    ).rows
    plain = {x.components[0].stock_item_id: x for x in rows if len(x.components) == 1 and x.components[0].quantity == 1}
    return [
        (x.names, x.options, c.quantity, x.handle if x.on_sale else "")
        for c in parts
        if (x := plain.get(c.stock_item_id))
    ]


def pictures_for(found: Product, sku: Sku | None) -> list[Picture]:
    """The chosen SKU's in front: its own, then those that show values like its own; those of other values behind all."""

    def rank(p: Picture) -> int:
        if sku is None:
            return 1
        if p.id == sku.picture_id:
            return 0
        if not p.chosen:
            return 2
        return 1 if p.chosen.items() <= sku.chosen.items() else 3

    return sorted(found.pictures, key=rank)


async def display_way(visit: Visit, category: str) -> list[DisplayCategory]:
    """From the root of the storefront's own tree down to where the product is found; empty where it is nowhere."""
    rows = (await visit.shop.catalog.display(visit.ctx, DisplayQuery(visit.ctx.storefront))).rows
    by_code = {c.code: c for c in rows}
    here = next((c for c in rows if category in c.categories), None)
    way = list[DisplayCategory]()
    while here and len(way) < DEEPEST:
        way.insert(0, here)
        here = by_code.get(here.parent)
    return way


def size_tables(guide: SizeGuide | None) -> list[tuple[str, list[tuple[Text, list[str]]]]]:
    """The guide in centimetres and in inches."""
    if guide is None:
        return []
    return [
        (unit, [(row.label, [span(a, b, unit) for a, b in row.spans]) for row in guide.rows]) for unit in ("cm", "in")
    ]


def span(first: int, last: int, unit: str) -> str:
    """86–90, 24.5 or nothing, from millimetres."""
    if not last:
        return ""
    told = [
        f"{mm / 10:.1f}".removesuffix(".0") if unit == "cm" else f"{mm * 10 / MM_TO_INCH:.1f}".removesuffix(".0")
        for mm in (first, last)
    ]
    return told[0] if told[0] == told[1] else "–".join(told)
