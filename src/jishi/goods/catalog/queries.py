"""Units that read. A customer sees what is published; a clerk also what is its merchant's."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from jishi.kernel import FieldError, Invalid, Tx
from jishi.kernel.paging import cut, limited, read_cursor
from jishi.kernel.place import Text

from .face import Categories, CategoryList, ListingList, ListingsQuery, PageQuery, ProductPage, ProductQuery
from .faults import NoProduct
from .rules import STATUSES, Body, fits, unpack
from .tables import (
    BUNDLED,
    CATEGORIES,
    CATEGORY_PATH,
    COMPONENTS_OF,
    LISTINGS,
    LISTINGS_CODED,
    LISTINGS_FROM,
    LISTINGS_OF,
    ON_SALE,
    PAGES,
    PICTURES,
    PRODUCT_BY_HANDLE,
    PRODUCT_BY_ID,
    SKUS,
    WORD_PADS,
)
from .terms import Category, Component, Listing, Picture, Product, ProductCard, Sku
from .texts import begins_with, patterns

MAX_ASKED, MAX_OFFERS, MAX_CODED = 256, 5_000, 100  # listings or products a query; offers an answer may hold; by code
NEWEST = (1 << 63) - 1


def product(tx: Tx, query: ProductQuery) -> Product:
    """The whole product in four queries; one that is not published is `NoProduct` to all but its own people."""
    row = tx.row(PRODUCT_BY_ID, product=query.id) if query.id else tx.row(PRODUCT_BY_HANDLE, called=query.handle)
    if row is None or not (row[10] == "published" or _is_desk(tx, row[2])):
        raise NoProduct(query.id, query.handle)
    return assembled(tx, row)


def _is_desk(tx: Tx, merchant_id: int) -> bool:
    """Staff and the house see everything, a clerk what is its merchant's."""
    actor = tx.actor
    return actor.role in ("staff", "system") or (actor.role == "clerk" and actor.merchant_id == merchant_id)


def assembled(tx: Tx, row: Any) -> Product:
    (id, handle, merchant_id, names, raw, category, brand, kind, tax_class, origin, status, version, at, own) = row
    body = unpack(raw, Body)
    made_of = defaultdict[int, list[Component]](list)
    for sku_id, stock_item_id, quantity in tx.rows(COMPONENTS_OF, product=id):
        made_of[sku_id].append(Component(stock_item_id, quantity))
    return Product(
        id, handle, merchant_id, unpack(names, Text), body.summaries, body.descriptions, category, brand,
        body.options, _skus(tx.rows(SKUS, product=id), made_of, body), body.specs,
        [picture(r) for r in tx.rows(PICTURES, product=id)], kind, tax_class, origin, status, version, at, own,
    )  # fmt: skip


def _skus(rows: Sequence[Any], made_of: dict[int, list[Component]], body: Body) -> list[Sku]:
    """Those named, in their order; then those no longer named whose place in the matrix nobody else took."""
    found, taken = list[Sku](), set[tuple[tuple[str, str], ...]]()
    for id, listing_id, code, raw, weight_g, gtin, on_sale, picture_id, position in sorted(
        rows, key=lambda r: r[8] < 0
    ):
        chosen = unpack(raw, dict[str, str])
        place = tuple(sorted(chosen.items()))
        if position < 0 and (place in taken or not fits(body.options, chosen)):
            continue
        taken.add(place)
        found.append(Sku(id, listing_id, code, chosen, weight_g, gtin, made_of.get(id, []), bool(on_sale), picture_id))
    return found


def picture(row: Any) -> Picture:
    id, path, width, height, sizes, alts, credit = row
    return Picture(id, path, width, height, [int(s) for s in sizes.split(",")], unpack(alts, Text), credit)


def listings(tx: Tx, query: ListingsQuery) -> ListingList:
    """One query by listing ids, one by products, one by stock items, one by code, one for what all of them are made of."""
    ids, of, made = sorted(set(query.ids)), sorted(set(query.product_ids)), sorted(set(query.stock_item_ids))
    if max(len(ids), len(of), len(made)) > MAX_ASKED:
        raise Invalid([FieldError("ids", "list.long", {"max": str(MAX_ASKED)})])
    rows = tx.rows(LISTINGS, ids=ids) if ids else []
    if of:
        rows = [*rows, *tx.rows(LISTINGS_OF, ids=of, limit=MAX_OFFERS + 1)]
        if len(rows) > MAX_OFFERS:
            raise Invalid([FieldError("product_ids", "list.long", {"max": str(MAX_OFFERS)})])
    if made:
        rows = [*rows, *tx.rows(LISTINGS_FROM, ids=made, limit=MAX_OFFERS)]
    if query.code and not tx.actor.is_customer:  # it reads all codes
        begins = begins_with(query.code)
        rows = [*rows, *tx.rows(LISTINGS_CODED, begins=begins, capitals=begins.upper(), limit=MAX_CODED)]
    seen = {r[0]: r for r in rows if r[15] != "draft" or _is_desk(tx, r[5])}
    made_of = defaultdict[int, list[Component]](list)
    for sku_id, stock_item_id, quantity in tx.rows_in(BUNDLED, "ids", sorted({r[1] for r in seen.values()})):
        made_of[sku_id].append(Component(stock_item_id, quantity))
    return ListingList([_listing(r, made_of[r[1]]) for _, r in sorted(seen.items())])


def _listing(row: Any, made_of: list[Component]) -> Listing:
    (id, sku_id, product_id, handle, code, merchant_id, names, options, own_picture, cover, weight_g, kind, tax_class,
     category, on_sale, status) = row  # fmt: skip
    return Listing(
        id, sku_id, product_id, handle, code, merchant_id, unpack(names, Text), unpack(options, Text),
        own_picture or cover, weight_g, made_of, kind, tax_class, category, bool(on_sale) and status == "published",
    )  # fmt: skip


def page(tx: Tx, query: PageQuery) -> ProductPage:
    """At most three queries: the category's place, the tiles, what of them is on sale."""
    if query.sort not in ("newest", "name"):
        raise Invalid([FieldError("sort", "choice.unknown")])
    if query.status not in (*STATUSES, "any"):
        raise Invalid([FieldError("status", "choice.unknown")])
    status = query.status if _is_desk(tx, query.merchant_id) else "published"
    values: dict[str, Any] = {"limit": limited(query.limit) + 1}
    if status != "any":
        values["status"] = status
    if query.merchant_id:
        values["merchant"] = query.merchant_id
    if query.category:
        found = tx.row(CATEGORY_PATH, called=query.category)
        if found is None:
            return ProductPage([], "")
        values["under"] = found[0] + "%"  # codes have no character that LIKE knows
    words = patterns(query.words)
    pad = next(p for p in WORD_PADS if p >= len(words))
    values |= {f"word{n}": words[min(n, len(words) - 1)] for n in range(pad)}
    if query.sort == "name":
        begin = read_cursor(query.cursor, str) if query.cursor else None
        values |= {"at": begin.value if begin else "", "after": begin.id if begin else -1}
    else:
        values["after"] = read_cursor(query.cursor, int).id if query.cursor else NEWEST
    filters = bool(query.category), bool(query.merchant_id), status == "any", pad, query.sort
    found_rows = tx.rows(PAGES[filters], **values)
    rows, following = cut(found_rows, limited(query.limit), lambda r: (r[7] if query.sort == "name" else 0, r[0]))
    offered = defaultdict[int, list[int]](list)
    for product_id, listing_id in tx.rows_in(ON_SALE, "ids", [r[0] for r in rows]):
        offered[product_id].append(listing_id)
    return ProductPage([_card(r, offered[r[0]]) for r in rows], following)


def _card(row: Any, offered: list[int]) -> ProductCard:
    id, handle, merchant_id, names, category, cover, alts, _ = row
    return ProductCard(id, handle, merchant_id, unpack(names, Text), category, cover, unpack(alts, Text), offered)


def categories(tx: Tx, query: Categories) -> CategoryList:
    """All of them by position, then code: there are at most `MAX_CATEGORIES`."""
    return CategoryList([category(r) for r in tx.rows(CATEGORIES)])


def category(row: Any) -> Category:
    code, path, names, icon, position = row
    return Category(code, unpack(names, Text), parent_in(path), icon, position)


def parent_in(path: str) -> str:
    """`goods/tea/green/` → `tea`."""
    return path.rstrip("/").rpartition("/")[0].rpartition("/")[2]
