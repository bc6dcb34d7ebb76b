"""The catalogue's tables and statements.

What is read whole is packed (names, texts, options, specs); what is sought, sorted or guarded is a column. Codes of the
merchant's own are compared by `code_key`, a hash of their folded form, so that every engine agrees on what is equal."""

from typing import Any

from sqlalchemy import Index, UniqueConstraint, bindparam, case, delete, func, or_, select, update

from jishi.kernel import Module, Statement
from jishi.kernel.columns import amount, at, blob, code, count, key, ref, text

from .texts import MAX_WORDS

PACKED, BODY = 16_384, 1 << 21  # bytes: a few texts; the whole of a product's texts

module = Module("goods.catalog")
products = module.table(
    "products",
    key(),
    ref("merchant_id"),
    code("own_handle", 96),
    code("handle", 96, unique=True),
    code("category", 64),
    code("brand", 80),
    code("kind", 16),
    code("tax_class"),
    code("origin", 2),
    code("status", 16),
    code("sort_name", 128),
    blob("names", PACKED),
    blob("body", BODY),
    text("words"),
    code("cover", 120),
    blob("cover_alts", PACKED),
    code("digest"),
    count("version"),
    at("updated_at"),
    UniqueConstraint("merchant_id", "own_handle", name="uq_catalog_own_handle"),
)
Index("ix_catalog_status", products.c.status, products.c.id)
Index("ix_catalog_category", products.c.category, products.c.id)
Index("ix_catalog_name", products.c.status, products.c.sort_name, products.c.id)
skus = module.table(
    "skus",
    key(),
    ref("product_id", index=True),
    ref("merchant_id"),
    code("code", 64),
    code("code_key"),
    blob("chosen", PACKED),
    blob("options", PACKED),
    amount("weight_g"),
    code("gtin", 14),
    count("position"),  # -1: no longer named
    ref("picture_id"),
    code("picture", 120),
    UniqueConstraint("merchant_id", "code_key", name="uq_catalog_sku"),
)
listings = module.table(
    "listings",
    key(),
    ref("sku_id"),
    ref("merchant_id"),
    code("grade", 16),  # new; open box and refurbished are offers of their own
    count("on_sale"),
    UniqueConstraint("sku_id", "merchant_id", "grade", name="uq_catalog_offer"),
)
stock_items = module.table("stock_items", key(), ref("sku_id", unique=True), ref("merchant_id"))
components = module.table("components", key("sku_id"), key("stock_item_id"), count("quantity"))
pictures = module.table(
    "pictures",
    key(),
    ref("product_id"),
    code("key_hash"),
    code("path", 120),
    count("width"),
    count("height"),
    code("sizes"),
    blob("alts", PACKED),
    code("credit", 200),
    count("position"),
    UniqueConstraint("product_id", "key_hash", name="uq_catalog_picture"),
)
categories = module.table(
    "categories",
    code("code", 64, primary_key=True),
    code("path", 600, unique=True),  # codes from the root down, each with a / behind it
    blob("names", PACKED),
    text("words"),
    code("icon", 64),
    count("position"),
)

IDS: Any = bindparam("ids", expanding=True)
PRODUCT: Any = bindparam("product")
MERCHANT: Any = bindparam("merchant")
KEYS: Any = bindparam("keys", expanding=True)
P, S, L, C = products.c, skus.c, listings.c, categories.c

# --- products
HEAD = (P.id, P.handle, P.merchant_id, P.names, P.body, P.category, P.brand, P.kind, P.tax_class, P.origin, P.status,
        P.version, P.updated_at, P.own_handle)  # fmt: skip
PRODUCT_BY_ID = Statement(select(*HEAD).where(P.id == PRODUCT))
PRODUCT_BY_HANDLE = Statement(select(*HEAD).where(P.handle == bindparam("called")))
LOCK_OWN = Statement(
    select(P.id, P.handle, P.version, P.digest)
    .where(P.merchant_id == MERCHANT, P.own_handle == bindparam("called"))
    .with_for_update()
)
LOCK_PRODUCT = Statement(
    select(P.id, P.handle, P.merchant_id, P.version, P.cover).where(P.id == PRODUCT).with_for_update()
)
SEE_PRODUCT = Statement(select(P.id, P.handle, P.merchant_id).where(P.id == PRODUCT))
ADD_PRODUCT = Statement(products.insert(), *[c.name for c in products.c])
CHANGED = (
    "category",
    "brand",
    "kind",
    "tax_class",
    "origin",
    "status",
    "sort_name",
    "names",
    "body",
    "words",
    "digest",
)
CHANGE_PRODUCT = Statement(
    update(products)
    .where(P.id == PRODUCT)
    .values(version=P.version + 1, updated_at=bindparam("now"), **{c: bindparam(f"new_{c}") for c in CHANGED})
)
TOUCH_PRODUCT = Statement(
    update(products)
    .where(P.id == PRODUCT)
    .values(
        version=P.version + 1,
        updated_at=bindparam("now"),
        cover=case((P.cover == "", bindparam("path")), else_=P.cover),
        cover_alts=bindparam("cover_texts"),
    )
)
COVER_ALTS = Statement(select(P.cover_alts).where(P.id == PRODUCT))

# --- SKUs, their offers and what is counted of them
SKUS = Statement(
    select(S.id, L.id, S.code, S.chosen, S.weight_g, S.gtin, L.on_sale, S.picture_id, S.position)
    .join_from(skus, listings, L.sku_id == S.id)
    .where(S.product_id == PRODUCT, L.grade == "new")
    .order_by(S.position, S.id)
)
SKUS_OF = Statement(select(S.id, S.code_key, S.position).where(S.product_id == PRODUCT))
SKU_OWNERS = Statement(
    select(S.code, S.code_key, S.id, S.product_id).where(S.merchant_id == MERCHANT, S.code_key.in_(KEYS))
)
ADD_SKU = Statement(skus.insert(), *[c.name for c in skus.c])
CHANGE_SKU = Statement(
    update(skus)
    .where(S.id == bindparam("sku"))
    .values({c: bindparam(f"new_{c}") for c in ("code", "chosen", "options", "weight_g", "gtin", "position")})
)
UNNAME_SKUS = Statement(update(skus).where(S.id.in_(IDS)).values(position=-1))
SHOW_SKUS = Statement(
    update(skus)
    .where(S.product_id == PRODUCT, S.code_key.in_(KEYS))
    .values(picture_id=bindparam("shown_id"), picture=bindparam("path"))
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
COMPONENTS_OF = Statement(
    select(components.c.sku_id, components.c.stock_item_id, components.c.quantity)
    .join_from(components, skus, S.id == components.c.sku_id)
    .where(S.product_id == PRODUCT)
    .order_by(components.c.sku_id, components.c.stock_item_id)
)
DROP_COMPONENTS = Statement(delete(components).where(components.c.sku_id.in_(IDS)))
ADD_COMPONENT = Statement(components.insert(), "sku_id", "stock_item_id", "quantity")
OFFERS = (L.id, S.id, P.id, P.handle, S.code, L.merchant_id, P.names, S.options, S.picture, P.cover, S.weight_g, P.kind,
          P.tax_class, P.category, L.on_sale, P.status)  # fmt: skip
OFFERED = select(*OFFERS).join_from(listings, skus, S.id == L.sku_id).join(products, P.id == S.product_id)
LISTINGS = Statement(OFFERED.where(L.id.in_(IDS)).order_by(L.id))
LISTINGS_OF = Statement(OFFERED.where(S.product_id.in_(IDS)).order_by(L.id).limit(bindparam("limit")))
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
    .where(S.product_id.in_(IDS), L.on_sale == 1)
    .order_by(S.product_id, S.position, L.id)
)

# --- pictures
SHOTS = (pictures.c.id, pictures.c.path, pictures.c.width, pictures.c.height, pictures.c.sizes, pictures.c.alts,
         pictures.c.credit)  # fmt: skip
PICTURES = Statement(
    select(*SHOTS).where(pictures.c.product_id == PRODUCT).order_by(pictures.c.position, pictures.c.id)
)
PICTURE = Statement(select(*SHOTS).where(pictures.c.product_id == PRODUCT, pictures.c.key_hash == bindparam("hashed")))
COUNT_PICTURES = Statement(select(func.count()).select_from(pictures).where(pictures.c.product_id == PRODUCT))
ADD_PICTURE = Statement(pictures.insert(), *[c.name for c in pictures.c])

# --- categories
CATEGORIES = Statement(select(C.code, C.path, C.names, C.icon, C.position).order_by(C.position, C.code))
LOCK_CATEGORIES = Statement(select(C.code, C.path).with_for_update())
CATEGORY_PATH = Statement(select(C.path).where(C.code == bindparam("called")))
ADD_CATEGORY = Statement(categories.insert(), *[c.name for c in categories.c])
CHANGE_CATEGORY = Statement(
    update(categories)
    .where(C.code == bindparam("called"))
    .values({c: bindparam(f"new_{c}") for c in ("path", "names", "words", "icon", "position")})
)
MOVE_CATEGORY = Statement(update(categories).where(C.code == bindparam("called")).values(path=bindparam("new_path")))

# --- the list: one statement for each (filters present, sort)
WORD_PADS = (0, 1, 3, MAX_WORDS)
CARD = (P.id, P.handle, P.merchant_id, P.names, P.category, P.cover, P.cover_alts, P.sort_name)


def _page(*, category: bool, merchant: bool, any_status: bool, words: int, sort: str) -> Statement:
    query = select(*CARD)
    if not any_status:
        query = query.where(P.status == bindparam("status"))
    if category:
        below = select(C.code).where(C.path.like(bindparam("under"), escape="!"))
        query = query.where(P.category.in_(below))
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


PAGES = {
    (category, merchant, any_status, words, sort): _page(
        category=category, merchant=merchant, any_status=any_status, words=words, sort=sort
    )
    for category in (False, True)
    for merchant in (False, True)
    for any_status in (False, True)
    for words in WORD_PADS
    for sort in ("newest", "name")
}
