"""Our goods as Shopify's product CSV: what `import_file` reads back as the same goods."""

import csv
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import TextIO

from msgspec import Struct
from msgspec.structs import replace

from jishi.goods.catalog import Categories, Category, Fact, PageQuery, Picture, Product, ProductQuery, Sku, SkusQuery
from jishi.goods.inventory import Availability
from jishi.goods.pricing import PriceQuery
from jishi.kernel import Context
from jishi.kernel.i18n import iso, major, said
from jishi.kernel.place import Text

from .rows import guarded
from .shopify import DEFAULT, FACTS, MADE_BY, MEASURE, MEASURE_UNIT, OPTIONS, PUBLISH_AT
from .story import Doors, parts
from .terms import Draft, OptionDraft, PictureDraft, VariantDraft

PAGE, ASKED = 100, 256
NAMED = [f"Option{n} {part}" for n in range(1, OPTIONS + 1) for part in ("Name", "Value")]
COLUMNS = ("Handle", "Title", "Body (HTML)", "Vendor", "Product Category", "Type", "Tags", "Published", *NAMED,
           "Variant SKU", "Variant Grams", "Variant Inventory Qty", "Variant Price", "Variant Compare At Price",
           "Variant Requires Shipping", "Variant Barcode", "Image Src", "Image Position", "Image Alt Text",
           "Variant Image", "Status", MEASURE, MEASURE_UNIT, FACTS, PUBLISH_AT, MADE_BY)  # fmt: skip
STATUSES = {"published": "active", "draft": "draft", "scheduled": "draft", "archived": "archived"}


class ExportPlan(Struct, frozen=True):
    """Whose goods, in which language, with the prices of which market. `warehouse_id` 0: of every warehouse together.
    `own_handles`: the merchant's own, by which an import finds the goods again; else those of the URLs."""

    merchant_id: int
    market: str = "CN"
    currency: str = "CNY"
    locale: str = "en"
    warehouse_id: int = 0
    own_handles: bool = True


Shown = Callable[[Picture], Awaitable[str]]  # keeps the picture where it wants, and answers how the file names it


async def in_place(picture: Picture) -> str:
    return f"{picture.path}-{max(picture.sizes)}.webp"


def header(out: TextIO) -> None:
    csv.writer(out).writerow(COLUMNS)


async def export_products(ctx: Context, doors: Doors, plan: ExportPlan, out: TextIO, shown: Shown = in_place) -> int:
    """Every product of the merchant with SKUs is in the file, by name; answers how many. Of texts one language goes out,
    of SKUs those that are named now and have a price. `out` is open with newline="" and has its `header`."""
    ctx = replace(ctx, market=plan.market, currency=plan.currency)
    categories = {c.code: c for c in (await doors.catalog.categories(ctx, Categories())).rows}
    write, cursor, count = csv.DictWriter(out, COLUMNS, restval=""), "", 0
    while True:
        query = PageQuery(merchant_id=plan.merchant_id, sort="name", cursor=cursor, limit=PAGE, status="any")
        page = await doors.catalog.page(ctx, query)
        for card in page.cards:
            product = await doors.catalog.product(ctx, ProductQuery(card.id))
            draft = await drafted(ctx, doors, plan, product, categories, shown)
            if draft.variants:
                count += 1
                write.writerows({n: guarded(cell) for n, cell in row.items()} for row in rows_of(draft, plan))
        if not (cursor := page.next):
            return count


async def drafted(
    ctx: Context, doors: Doors, plan: ExportPlan, p: Product, categories: Mapping[str, Category], shown: Shown
) -> Draft:
    """The product as a file would have told it. A SKU without a price in this market does not go out."""
    prices, pieces = dict[int, tuple[int, int]](), dict[int, int]()
    skus = await every_sku(ctx, doors, p.id)
    for ids in parts([s.listing_id for s in skus], ASKED):
        found = (await doors.pricing.prices(ctx, PriceQuery(ids))).rows
        prices |= {r.listing_id: (r.minor, r.list_minor) for r in found if r.quantity_from == 1}
    for ids in parts(sorted({c.stock_item_id for s in skus for c in s.components}), ASKED):
        for level in (await doors.inventory.availability(ctx, Availability(ids))).rows:
            if level.merchant_id == plan.merchant_id and plan.warehouse_id in (0, level.warehouse_id):
                pieces[level.stock_item_id] = pieces.get(level.stock_item_id, 0) + level.on_hand
    names = {shot.id: await shown(shot) for shot in p.pictures}
    values = {(o.code, v.code): said(v.names, plan.locale) for o in p.options for v in o.values}
    variants = [
        VariantDraft(
            0,
            s.code,
            [{plan.locale: values[o.code, s.chosen[o.code]]} for o in p.options],
            *prices[s.listing_id],
            s.weight_g,
            s.gtin,
            min((pieces.get(c.stock_item_id, 0) // c.quantity for c in s.components), default=0),
            [name] if (name := names.get(s.picture_id)) else [],
            s.measure,
        )
        for s in skus
        if s.listing_id in prices
    ]
    return Draft(
        0,
        p.own_handle if plan.own_handles else p.handle,
        {plan.locale: said(p.names, plan.locale)},
        {plan.locale: text} if (text := said(p.descriptions, plan.locale)) else {},
        variants,
        [OptionDraft(o.code, {plan.locale: said(o.names, plan.locale)}) for o in p.options],
        said(p.brand_names, plan.locale),
        list(_way(p.category, categories, plan.locale)),
        [],
        [PictureDraft(0, names[s.id], _alts(s, plan.locale)) for s in p.pictures if names[s.id]],
        p.kind,
        p.status,
        {code: _plain(value) for code, value in p.facts.items()},
        p.publish_at,
        p.origins.get(plan.locale, "human"),
    )


def _plain(value: Fact) -> str:
    return ("no", "yes")[value] if isinstance(value, bool) else str(value)


async def every_sku(ctx: Context, doors: Doors, product_id: int) -> list[Sku]:
    """Those on sale, in the merchant's order."""
    found, cursor = list[Sku](), ""
    while True:
        page = await doors.catalog.skus(ctx, SkusQuery(product_id, cursor))
        found += page.rows
        if not (cursor := page.next):
            return found


def _way(code: str, categories: Mapping[str, Category], locale: str) -> Sequence[Text]:
    """From the root down; at most as deep as the tree."""
    way = list[Text]()
    while code in categories and len(way) <= len(categories):
        way.append({locale: said(categories[code].names, locale)})
        code = categories[code].parent
    return way[::-1]


def _alts(picture: Picture, locale: str) -> Text:
    return {locale: picture.alts[locale]} if picture.alts.get(locale) else {}


def rows_of(d: Draft, plan: ExportPlan) -> Iterator[dict[str, str]]:
    """The product's rows: variants and pictures side by side, as many as the longer list has."""
    whole = {
        "Title": said(d.names, plan.locale),
        "Body (HTML)": said(d.descriptions, plan.locale),
        "Vendor": d.brand,
        "Product Category": " > ".join(said(c, plan.locale) for c in d.categories),
        "Type": said(d.categories[-1], plan.locale) if d.categories else "",
        "Published": "TRUE" if d.status == "published" else "FALSE",
        "Status": STATUSES[d.status],
        FACTS: "; ".join(f"{code}: {value}" for code, value in d.facts.items()),
        PUBLISH_AT: iso(d.publish_at) if d.publish_at else "",
        MADE_BY: d.made_by,
    } | {f"Option{n} Name": said(o.names, plan.locale) for n, o in enumerate(d.options, 1)}
    if not d.options:
        whole |= {"Option1 Name": "Title"}
    for i in range(max(len(d.variants), len(d.pictures))):
        row = {"Handle": d.handle} | (whole if i == 0 else {})
        if i < len(d.variants):
            row |= _variant_cells(d.variants[i], d.kind, plan)
        if i < len(d.pictures):
            shot = d.pictures[i]
            alt = said(shot.alts, plan.locale)
            row |= {"Image Src": shot.source, "Image Position": str(i + 1), "Image Alt Text": alt}
        yield row


def _variant_cells(v: VariantDraft, kind: str, plan: ExportPlan) -> dict[str, str]:
    values = {f"Option{n} Value": said(value, plan.locale) for n, value in enumerate(v.values, 1)}
    return (values or {"Option1 Value": DEFAULT}) | {
        "Variant SKU": v.code,
        "Variant Grams": str(v.weight_g),
        "Variant Inventory Qty": str(v.quantity),
        "Variant Price": str(major(v.minor, plan.currency)),
        "Variant Compare At Price": str(major(v.list_minor, plan.currency)) if v.list_minor else "",
        "Variant Requires Shipping": "TRUE" if kind == "parcel" else "FALSE",
        "Variant Barcode": v.gtin,
        "Variant Image": v.pictures[0] if v.pictures else "",
        MEASURE: str(v.measure.amount) if v.measure else "",
        MEASURE_UNIT: v.measure.unit if v.measure else "",
    }
