"""The catalogue's tables; their statements are in `product_sql` and `shelf_sql`.

What is read whole is packed (names, texts, options, specs); what is sought, sorted or guarded is a column. Codes of the
merchant's own are compared by `code_key`, a hash of their folded form, so that every engine agrees on what is equal."""

from sqlalchemy import Index, UniqueConstraint

from jishi.kernel import Module
from jishi.kernel.columns import amount, at, blob, code, count, key, ref, text

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
    at("publish_at"),
    count("was_shown"),  # 1: it has been published at some time; only then its end is told
    count("recalled"),
    blob("recall_notices", PACKED),
    code("sort_name", 128),
    blob("names", PACKED),
    blob("body", BODY),
    text("words"),
    code("cover", 120),
    blob("cover_alts", PACKED),
    code("digest"),
    count("sku_count"),
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
    ref("product_id"),
    ref("merchant_id"),
    code("code", 64),
    code("code_key"),
    blob("chosen", PACKED),
    blob("options", PACKED),
    amount("weight_g"),
    code("gtin", 14),
    amount("measure_amount"),
    code("measure_unit", 8),
    count("position"),  # -1: no longer named
    ref("picture_id"),
    code("picture", 120),
    UniqueConstraint("merchant_id", "code_key", name="uq_catalog_sku"),
)
Index("ix_catalog_sku_order", skus.c.product_id, skus.c.position, skus.c.id)
matrices = module.table("matrices", key("product_id"), blob("grid", 1 << 21))  # see matrix.py
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
Index("ix_catalog_made_of", components.c.stock_item_id, components.c.sku_id)
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
    blob("chosen", PACKED),
    count("position"),
    UniqueConstraint("product_id", "key_hash", name="uq_catalog_picture"),
)
videos = module.table(
    "videos",
    key(),
    ref("product_id"),
    code("key_hash"),
    code("path", 120),
    code("kind", 8),
    amount("size_bytes"),
    code("poster", 120),
    code("poster_sizes"),
    count("width"),
    count("height"),
    blob("alts", PACKED),
    count("position"),
    UniqueConstraint("product_id", "key_hash", name="uq_catalog_video"),
)
redirects = module.table("redirects", code("handle", 96, primary_key=True), ref("product_id", index=True))
brands = module.table("brands", code("code", 96, primary_key=True), blob("names", PACKED))
attributes = module.table("attributes", code("code", 64, primary_key=True), blob("body", BODY), count("position"))
displays = module.table(
    "displays",
    code("storefront", 32, primary_key=True),
    code("code", 64, primary_key=True),
    code("path", 600),
    blob("names", PACKED),
    code("icon", 64),
    count("position"),
    blob("categories", PACKED),
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
