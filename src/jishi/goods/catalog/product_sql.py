"""Statements over products, their SKUs and offers, and the list of products."""

from functools import cache
from typing import Any

from sqlalchemy import bindparam, case, delete, func, or_, select, update

from jishi.kernel import Statement

from .tables import categories, components, listings, matrices, products, redirects, skus, stock_items
from .texts import MAX_WORDS

IDS: Any = bindparam("ids", expanding=True)
PRODUCT: Any = bindparam("product")
MERCHANT: Any = bindparam("merchant")
KEYS: Any = bindparam("keys", expanding=True)
P, S, L, C, M = products.c, skus.c, listings.c, categories.c, matrices.c

SHOWN = case((P.was_shown == 1, 1), else_=bindparam("shows"))

# --- products
HEAD = (P.id, P.handle, P.merchant_id, P.names, P.body, P.category, P.brand, P.kind, P.tax_class, P.origin, P.status,
        P.version, P.updated_at, P.own_handle, P.publish_at, P.recalled, P.recall_notices, P.sku_count,
        P.was_shown)  # fmt: skip
PRODUCT_BY_ID = Statement(select(*HEAD).where(P.id == PRODUCT))
PRODUCT_BY_HANDLE = Statement(select(*HEAD).where(P.handle == bindparam("called")))
PRODUCT_MOVED = Statement(
    select(*HEAD)
    .join_from(redirects, products, P.id == redirects.c.product_id)
    .where(redirects.c.handle == bindparam("called"))
)
LOCK_OWN = Statement(
    select(P.id, P.handle, P.version, P.digest, P.body)
    .where(P.merchant_id == MERCHANT, P.own_handle == bindparam("called"))
    .with_for_update()
)
LOCK_PRODUCT = Statement(
    select(P.id, P.handle, P.merchant_id, P.version, P.cover).where(P.id == PRODUCT).with_for_update()
)
LOCK_HEAD = Statement(select(*HEAD).where(P.id == PRODUCT).with_for_update())
SEE_PRODUCT = Statement(select(P.id, P.handle, P.merchant_id).where(P.id == PRODUCT))
ADD_PRODUCT = Statement(products.insert(), *[c.name for c in products.c])
CHANGED = (
    "category",
    "brand",
    "kind",
    "tax_class",
    "origin",
    "status",
    "publish_at",
    "sort_name",
    "names",
    "body",
    "words",
    "digest",
)


def _changes(**values: Any) -> Statement:
    """The product has these values, and is another version of itself."""
    told = update(products).where(P.id == PRODUCT)
    return Statement(told.values(version=P.version + 1, updated_at=bindparam("now"), **values))


CHANGE_PRODUCT = _changes(was_shown=SHOWN, **{c: bindparam(f"new_{c}") for c in CHANGED})
TOUCH_PRODUCT = _changes(
    cover=case((P.cover == "", bindparam("path")), else_=P.cover), cover_alts=bindparam("cover_texts")
)
COVER_ALTS = Statement(select(P.cover_alts).where(P.id == PRODUCT))
COVER = _changes(cover=bindparam("new_cover"), cover_alts=bindparam("cover_texts"))
# what changes a product beside `put` clears its digest: the next `put` is a change, even of the same words
STATE = _changes(status=bindparam("new_status"), publish_at=bindparam("new_publish_at"), was_shown=SHOWN, digest="")
RECALL = _changes(recalled=bindparam("new_recalled"), recall_notices=bindparam("notices"))
RENAME = _changes(handle=bindparam("new_handle"))
COUNT_OFFERED = Statement(update(products).where(P.id == PRODUCT).values(sku_count=bindparam("n")))
TOUCH = _changes(digest="")
ADD_REDIRECT = Statement(redirects.insert(), "handle", "product_id")
DROP_REDIRECT = Statement(delete(redirects).where(redirects.c.handle == bindparam("called")))

# --- SKUs, their offers and what is counted of them
SKU = (S.id, L.id, S.code, S.chosen, S.weight_g, S.gtin, L.on_sale, S.picture_id, S.position, S.measure_amount,
       S.measure_unit)  # fmt: skip
OFFERED_SKUS = select(*SKU).join_from(skus, listings, L.sku_id == S.id).where(L.grade == "new")
FIRST_SKUS = Statement(
    OFFERED_SKUS.where(S.product_id == PRODUCT, S.position >= 0).order_by(S.position, S.id).limit(bindparam("limit"))
)
UNNAMED_SKUS = Statement(
    OFFERED_SKUS.where(S.product_id == PRODUCT, S.position < 0).order_by(S.position, S.id).limit(bindparam("limit"))
)
SKUS_BY_ID = Statement(OFFERED_SKUS.where(S.id.in_(IDS)))
BEHIND = or_(S.position > bindparam("at"), (S.position == bindparam("at")) & (S.id > bindparam("after")))
NEXT_SKUS = Statement(
    OFFERED_SKUS.where(S.product_id == PRODUCT, BEHIND, S.position >= 0)
    .order_by(S.position, S.id)
    .limit(bindparam("limit"))
)
NEXT_ON_SALE = Statement(
    OFFERED_SKUS.where(S.product_id == PRODUCT, BEHIND, S.position >= 0, L.on_sale == 1)
    .order_by(S.position, S.id)
    .limit(bindparam("limit"))
)
GRID = Statement(select(M.grid).where(M.product_id == PRODUCT))
ADD_GRID = Statement(matrices.insert(), "product_id", "grid")
CHANGE_GRID = Statement(update(matrices).where(M.product_id == PRODUCT).values(grid=bindparam("new_grid")))
NAMED = Statement(
    select(S.id, S.code, S.chosen, L.on_sale)
    .join_from(skus, listings, L.sku_id == S.id)
    .where(S.product_id == PRODUCT, S.position >= 0, L.grade == "new")
    .order_by(S.position, S.id)
)
RETEXT_SKUS = Statement(update(skus).where(S.id == bindparam("sku")).values(options=bindparam("new_options")))
SKUS_OF = Statement(select(S.id, S.code_key, S.position).where(S.product_id == PRODUCT))
COUNT_SKUS = Statement(select(func.count(), func.max(S.position)).where(S.product_id == PRODUCT))
SKU_OWNERS = Statement(
    select(S.code, S.code_key, S.id, S.product_id, S.position).where(S.merchant_id == MERCHANT, S.code_key.in_(KEYS))
)
ADD_SKU = Statement(skus.insert(), *[c.name for c in skus.c])
SKU_CHANGES = ("code", "chosen", "options", "weight_g", "gtin", "measure_amount", "measure_unit", "position")
CHANGE_SKU = Statement(
    update(skus).where(S.id == bindparam("sku")).values({c: bindparam(f"new_{c}") for c in SKU_CHANGES})
)
UNNAME_SKUS = Statement(update(skus).where(S.id.in_(IDS)).values(position=-1))
SHOW_SKUS = Statement(
    update(skus)
    .where(S.product_id == PRODUCT, S.code_key.in_(KEYS))
    .values(picture_id=bindparam("shown_id"), picture=bindparam("path"))
)
SHOW_BY_ID = Statement(
    update(skus).where(S.id.in_(IDS)).values(picture_id=bindparam("shown_id"), picture=bindparam("path"))
)
UNSHOW = Statement(
    update(skus).where(S.product_id == PRODUCT, S.picture_id == bindparam("shown_id")).values(picture_id=0, picture="")
)
ADD_LISTING = Statement(listings.insert(), *[c.name for c in listings.c])
OFFER = Statement(
    update(listings).where(L.sku_id == bindparam("sku"), L.grade == "new").values(on_sale=bindparam("offered"))
)
TAKE_OFF_SALE = Statement(update(listings).where(L.sku_id.in_(IDS)).values(on_sale=0))
STOCK_ITEMS = Statement(select(stock_items.c.sku_id, stock_items.c.id).where(stock_items.c.sku_id.in_(IDS)))
ADD_STOCK_ITEM = Statement(stock_items.insert(), "id", "sku_id", "merchant_id")
BUNDLED = Statement(
    select(components.c.sku_id, components.c.stock_item_id, components.c.quantity)
    .where(components.c.sku_id.in_(IDS))
    .order_by(components.c.sku_id, components.c.stock_item_id)
)
DROP_COMPONENTS = Statement(delete(components).where(components.c.sku_id.in_(IDS)))
ADD_COMPONENT = Statement(components.insert(), "sku_id", "stock_item_id", "quantity")
OFFERS = (L.id, S.id, P.id, P.handle, S.code, L.merchant_id, P.names, S.options, S.picture, P.cover, S.weight_g, P.kind,
          P.tax_class, P.category, L.on_sale, P.status, P.recalled)  # fmt: skip
OFFERED = select(*OFFERS).join_from(listings, skus, S.id == L.sku_id).join(products, P.id == S.product_id)
LISTINGS = Statement(OFFERED.where(L.id.in_(IDS)).order_by(L.id))
LISTINGS_OF = Statement(
    OFFERED.where(S.product_id.in_(IDS), S.position < bindparam("most")).order_by(L.id).limit(bindparam("limit"))
)
LISTINGS_FROM = Statement(
    OFFERED.join(components, components.c.sku_id == S.id)
    .where(components.c.stock_item_id.in_(IDS))
    .order_by(L.id)
    .limit(bindparam("limit"))
)
LISTINGS_CODED = Statement(
    OFFERED.where(or_(S.code.like(bindparam("begins"), escape="!"), S.code.like(bindparam("capitals"), escape="!")))
    .order_by(S.code, L.id)
    .limit(bindparam("limit"))
)
ON_SALE = Statement(
    select(S.product_id, L.id)
    .join_from(skus, listings, L.sku_id == S.id)
    .where(S.product_id.in_(IDS), S.position < bindparam("most"), L.on_sale == 1)
    .order_by(S.product_id, S.position, L.id)
)

# --- the list: one statement for each (filters present, sort)
WORD_PADS, PLACE_PADS = (0, 1, 3, MAX_WORDS), (0, 1, 8, 64, 256)  # words; operating categories that are shown
CARD = (P.id, P.handle, P.merchant_id, P.names, P.category, P.cover, P.cover_alts, P.sort_name)


@cache
def page_of(places: int, merchant: bool, any_status: bool, words: int, sort: str) -> Statement:
    """The list with these filters, built when it is first asked for."""
    query = select(*CARD)
    if not any_status:
        query = query.where(P.status == bindparam("status"), P.recalled == 0)
    if places:
        under = [C.path.like(bindparam(f"under{n}"), escape="!") for n in range(places)]
        query = query.where(P.category.in_(select(C.code).where(or_(*under))))
    if merchant:
        query = query.where(P.merchant_id == MERCHANT)
    for n in range(words):
        called = select(C.code).where(C.words.like(bindparam(f"word{n}"), escape="!"))
        query = query.where(or_(P.words.like(bindparam(f"word{n}"), escape="!"), P.category.in_(called)))
    after: Any = bindparam("after")
    if sort == "name":
        value: Any = bindparam("at")
        behind = or_(P.sort_name > value, (P.sort_name == value) & (P.id > after))
        return Statement(query.where(behind).order_by(P.sort_name, P.id).limit(bindparam("limit")))
    return Statement(query.where(P.id < after).order_by(P.id.desc()).limit(bindparam("limit")))
