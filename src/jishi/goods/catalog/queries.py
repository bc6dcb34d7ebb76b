"""Units that read. A customer sees what is published; a clerk also what is its merchant's."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from jishi.kernel import FieldError, Invalid, Tx
from jishi.kernel.paging import cut, limited, read_cursor
from jishi.kernel.place import Text

from .face import (
    MAX_CARD_LISTINGS,
    MAX_SKUS,
    ListingList,
    ListingsQuery,
    PageQuery,
    ProductPage,
    ProductQuery,
)
from .faults import NoProduct, ProductGone
from .product_sql import (
    BUNDLED,
    FIRST_SKUS,
    LISTINGS,
    LISTINGS_CODED,
    LISTINGS_FROM,
    LISTINGS_OF,
    ON_SALE,
    PLACE_PADS,
    PRODUCT_BY_HANDLE,
    PRODUCT_BY_ID,
    PRODUCT_MOVED,
    UNNAMED_SKUS,
    WORD_PADS,
    page_of,
)
from .rules import HIDDEN, STATUSES, Body, fits, unpack
from .shelf_sql import BRAND, PICTURES, VIDEOS
from .shelves import paths_under
from .terms import Component, Listing, Measure, Option, Picture, Product, ProductCard, Sku, Video
from .texts import begins_with, html, patterns

MAX_ASKED, MAX_OFFERS, MAX_CODED = 256, 5_000, 100  # listings or products a query; offers an answer may hold; by code
NEWEST = (1 << 63) - 1


def product(tx: Tx, query: ProductQuery) -> Product:
    """The product in four queries, whatever the number of its SKUs; two more when some of those are wished.

    One that is not published is `NoProduct` to all but its own people; one that was and is archived, `ProductGone`."""
    row = tx.row(PRODUCT_BY_ID, product=query.id) if query.id else tx.row(PRODUCT_BY_HANDLE, called=query.handle)
    if row is None and not query.id:
        row = tx.row(PRODUCT_MOVED, called=query.handle)
    if row is None:
        raise NoProduct(query.id, query.handle)
    if row[10] != "published" and not is_desk(tx, row[2]):
        if row[10] == "archived" and row[18]:
            raise ProductGone(row[0], row[1], unpack(row[3], Text), row[5])
        raise NoProduct(query.id, query.handle)
    return assembled(tx, row, max(0, min(query.skus, MAX_SKUS)))


def is_desk(tx: Tx, merchant_id: int) -> bool:
    """Staff and the house see everything, a clerk what is its merchant's."""
    actor = tx.actor
    return actor.role in ("staff", "system") or (actor.role == "clerk" and actor.merchant_id == merchant_id)


def assembled(tx: Tx, row: Any, most_skus: int) -> Product:
    (id, handle, merchant_id, names, raw, category, brand, kind, tax_class, origin, status, version, at, own,
     publish_at, recalled, notices, sku_count, _) = row  # fmt: skip
    body = unpack(raw, Body)
    named = tx.row(BRAND, called=brand) if brand else None
    shown = tx.rows(FIRST_SKUS, product=id, limit=most_skus) if most_skus else []
    if most_skus > len(shown):
        shown = [*shown, *unnamed(tx, id, shown, body.options, most_skus - len(shown))]
    return Product(
        id, handle, merchant_id, unpack(names, Text), body.summaries,
        {locale: html(text) for locale, text in body.descriptions.items()},
        category, brand, body.options, skus_of(tx, shown), body.specs,
        [picture(r) for r in tx.rows(PICTURES, product=id)], kind, tax_class, origin, status, version, at, own,
        unpack(named[0], Text) if named else ({"en": brand} if brand else {}), body.facts,
        [video(r) for r in tx.rows(VIDEOS, product=id)], body.size_guide, publish_at, bool(recalled),
        unpack(notices, Text), body.origins, sku_count,
    )  # fmt: skip


def unnamed(tx: Tx, product_id: int, named: Sequence[Any], options: list[Option], most: int) -> list[Any]:
    """Rows of SKUs that are no longer named whose place in the matrix nobody else took."""
    found, taken = list[Any](), {r[3] for r in named}
    for row in tx.rows(UNNAMED_SKUS, product=product_id, limit=MAX_SKUS):
        if row[3] not in taken and fits(options, unpack(row[3], dict[str, str])):
            taken.add(row[3])
            found.append(row)
    return found[:most]


def skus_of(tx: Tx, rows: Sequence[Any]) -> list[Sku]:
    """The rows as SKUs, in their order; one query for every 256."""
    made_of = defaultdict[int, list[Component]](list)
    for sku_id, stock_item_id, quantity in tx.rows_in(BUNDLED, "ids", [r[0] for r in rows]) if rows else ():
        made_of[sku_id].append(Component(stock_item_id, quantity))
    return [
        Sku(
            id, listing_id, code, unpack(chosen, dict[str, str]), weight_g, gtin, made_of.get(id, []), bool(on_sale),
            picture_id, Measure(amount, unit) if amount else None,
        )
        for id, listing_id, code, chosen, weight_g, gtin, on_sale, picture_id, _, amount, unit in rows
    ]  # fmt: skip


def picture(row: Any) -> Picture:
    id, path, width, height, sizes, alts, credit, chosen = row
    shown_for = unpack(chosen, dict[str, str])
    return Picture(id, path, width, height, [int(s) for s in sizes.split(",")], unpack(alts, Text), credit, shown_for)


def video(row: Any) -> Video:
    id, path, kind, size_bytes, poster, sizes, width, height, alts = row
    listed = [int(s) for s in sizes.split(",")]
    return Video(id, path, kind, size_bytes, poster, listed, width, height, unpack(alts, Text))


def listings(tx: Tx, query: ListingsQuery) -> ListingList:
    """One query by listing ids, one by products, one by stock items, one by code, one for what all of them are made of."""
    ids, of, made = sorted(set(query.ids)), sorted(set(query.product_ids)), sorted(set(query.stock_item_ids))
    if max(len(ids), len(of), len(made)) > MAX_ASKED:
        raise Invalid([FieldError("ids", "list.long", {"max": str(MAX_ASKED)})])
    rows = tx.rows(LISTINGS, ids=ids) if ids else []
    if of:
        rows = [*rows, *tx.rows(LISTINGS_OF, ids=of, most=max(1, min(query.most, MAX_SKUS)), limit=MAX_OFFERS + 1)]
        if len(rows) > MAX_OFFERS:
            raise Invalid([FieldError("product_ids", "list.long", {"max": str(MAX_OFFERS)})])
    if made:
        rows = [*rows, *tx.rows(LISTINGS_FROM, ids=made, limit=MAX_OFFERS)]
    if query.code and not tx.actor.is_customer:  # it reads all codes
        begins = begins_with(query.code)
        rows = [*rows, *tx.rows(LISTINGS_CODED, begins=begins, capitals=begins.upper(), limit=MAX_CODED)]
    seen = {r[0]: r for r in rows if r[15] not in HIDDEN or is_desk(tx, r[5])}
    made_of = defaultdict[int, list[Component]](list)
    for sku_id, stock_item_id, quantity in tx.rows_in(BUNDLED, "ids", sorted({r[1] for r in seen.values()})):
        made_of[sku_id].append(Component(stock_item_id, quantity))
    return ListingList([_listing(r, made_of[r[1]]) for _, r in sorted(seen.items())])


def _listing(row: Any, made_of: list[Component]) -> Listing:
    (id, sku_id, product_id, handle, code, merchant_id, names, options, own_picture, cover, weight_g, kind, tax_class,
     category, on_sale, status, recalled) = row  # fmt: skip
    return Listing(
        id, sku_id, product_id, handle, code, merchant_id, unpack(names, Text), unpack(options, Text),
        own_picture or cover, weight_g, made_of, kind, tax_class, category,
        bool(on_sale) and status == "published" and not recalled,
    )  # fmt: skip


def page(tx: Tx, query: PageQuery) -> ProductPage:
    """At most four queries: the category's place (two for a display category), the tiles, what of them is on sale."""
    if query.sort not in ("newest", "name"):
        raise Invalid([FieldError("sort", "choice.unknown")])
    if query.status not in (*STATUSES, "any"):
        raise Invalid([FieldError("status", "choice.unknown")])
    status = query.status if is_desk(tx, query.merchant_id) else "published"
    values: dict[str, Any] = {"limit": limited(query.limit) + 1}
    if status != "any":
        values["status"] = status
    if query.merchant_id:
        values["merchant"] = query.merchant_id
    places = 0
    if query.category:
        under = paths_under(tx, query.storefront, query.category)
        if not under:
            return ProductPage([], "")
        places = next(p for p in PLACE_PADS if p >= len(under))
        values |= {f"under{n}": under[min(n, len(under) - 1)] + "%" for n in range(places)}  # LIKE knows none of a code
    words = patterns(query.words)
    pad = next(p for p in WORD_PADS if p >= len(words))
    values |= {f"word{n}": words[min(n, len(words) - 1)] for n in range(pad)}
    if query.sort == "name":
        begin = read_cursor(query.cursor, str) if query.cursor else None
        values |= {"at": begin.value if begin else "", "after": begin.id if begin else -1}
    else:
        values["after"] = read_cursor(query.cursor, int).id if query.cursor else NEWEST
    asked = page_of(places, bool(query.merchant_id), status == "any", pad, query.sort)
    found_rows = tx.rows(asked, **values)
    rows, following = cut(found_rows, limited(query.limit), lambda r: (r[7] if query.sort == "name" else 0, r[0]))
    offered = defaultdict[int, list[int]](list)
    for product_id, listing_id in tx.rows_in(ON_SALE, "ids", [r[0] for r in rows], most=MAX_CARD_LISTINGS):
        offered[product_id].append(listing_id)
    return ProductPage([_card(r, offered[r[0]]) for r in rows], following)


def _card(row: Any, offered: list[int]) -> ProductCard:
    id, handle, merchant_id, names, category, cover, alts, _ = row
    return ProductCard(id, handle, merchant_id, unpack(names, Text), category, cover, unpack(alts, Text), offered)
