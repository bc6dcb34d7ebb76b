"""goods.catalog: its first tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "goods_catalog_0001"
down_revision: str | None = None
branch_labels: tuple[str, ...] | None = ("goods.catalog",)
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "goods_catalog_attributes",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("body", sa.LargeBinary(length=2097152).with_variant(mysql.MEDIUMBLOB(), "mysql"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code"),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_table(
        "goods_catalog_brands",
        sa.Column("code", sa.String(length=96), nullable=False),
        sa.Column("names", sa.LargeBinary(length=16384).with_variant(mysql.MEDIUMBLOB(), "mysql"), nullable=False),
        sa.PrimaryKeyConstraint("code"),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_table(
        "goods_catalog_categories",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("path", sa.String(length=600), nullable=False),
        sa.Column("names", sa.LargeBinary(length=16384).with_variant(mysql.MEDIUMBLOB(), "mysql"), nullable=False),
        sa.Column("words", sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql"), nullable=False),
        sa.Column("icon", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code"),
        sa.UniqueConstraint("path"),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_table(
        "goods_catalog_components",
        sa.Column("sku_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("stock_item_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("sku_id", "stock_item_id"),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_index("ix_catalog_made_of", "goods_catalog_components", ["stock_item_id", "sku_id"], unique=False)
    op.create_table(
        "goods_catalog_displays",
        sa.Column("storefront", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("path", sa.String(length=600), nullable=False),
        sa.Column("names", sa.LargeBinary(length=16384).with_variant(mysql.MEDIUMBLOB(), "mysql"), nullable=False),
        sa.Column("icon", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("categories", sa.LargeBinary(length=16384).with_variant(mysql.MEDIUMBLOB(), "mysql"), nullable=False),
        sa.PrimaryKeyConstraint("storefront", "code"),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_table(
        "goods_catalog_inbox",
        sa.Column("consumer", sa.String(length=64), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("consumer", "event_id"),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_index("ix_goods_catalog_inbox_at", "goods_catalog_inbox", ["at"], unique=False)
    op.create_table(
        "goods_catalog_listings",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sku_id", sa.BigInteger(), nullable=False),
        sa.Column("merchant_id", sa.BigInteger(), nullable=False),
        sa.Column("grade", sa.String(length=16), nullable=False),
        sa.Column("on_sale", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("sku_id", "merchant_id", "grade", name="uq_catalog_offer"),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_table(
        "goods_catalog_matrices",
        sa.Column("product_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("grid", sa.LargeBinary(length=2097152).with_variant(mysql.MEDIUMBLOB(), "mysql"), nullable=False),
        sa.PrimaryKeyConstraint("product_id"),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_table(
        "goods_catalog_outbox",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("topic", sa.String(length=64), nullable=False),
        sa.Column("body", sa.LargeBinary().with_variant(mysql.MEDIUMBLOB(), "mysql"), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("fault", sa.String(length=500), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_index("ix_goods_catalog_outbox_due", "goods_catalog_outbox", ["state", "due_at"], unique=False)
    op.create_table(
        "goods_catalog_pictures",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("key_hash", sa.String(length=32), nullable=False),
        sa.Column("path", sa.String(length=120), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("sizes", sa.String(length=32), nullable=False),
        sa.Column("alts", sa.LargeBinary(length=16384).with_variant(mysql.MEDIUMBLOB(), "mysql"), nullable=False),
        sa.Column("credit", sa.String(length=200), nullable=False),
        sa.Column("chosen", sa.LargeBinary(length=16384).with_variant(mysql.MEDIUMBLOB(), "mysql"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("product_id", "key_hash", name="uq_catalog_picture"),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_table(
        "goods_catalog_products",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("merchant_id", sa.BigInteger(), nullable=False),
        sa.Column("own_handle", sa.String(length=96), nullable=False),
        sa.Column("handle", sa.String(length=96), nullable=False),
        sa.Column("category", sa.String(length=64), nullable=False),
        sa.Column("brand", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("tax_class", sa.String(length=32), nullable=False),
        sa.Column("origin", sa.String(length=2), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("publish_at", sa.BigInteger(), nullable=False),
        sa.Column("was_shown", sa.Integer(), nullable=False),
        sa.Column("recalled", sa.Integer(), nullable=False),
        sa.Column(
            "recall_notices", sa.LargeBinary(length=16384).with_variant(mysql.MEDIUMBLOB(), "mysql"), nullable=False
        ),
        sa.Column("sort_name", sa.String(length=128), nullable=False),
        sa.Column("names", sa.LargeBinary(length=16384).with_variant(mysql.MEDIUMBLOB(), "mysql"), nullable=False),
        sa.Column("body", sa.LargeBinary(length=2097152).with_variant(mysql.MEDIUMBLOB(), "mysql"), nullable=False),
        sa.Column("words", sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql"), nullable=False),
        sa.Column("cover", sa.String(length=120), nullable=False),
        sa.Column("cover_alts", sa.LargeBinary(length=16384).with_variant(mysql.MEDIUMBLOB(), "mysql"), nullable=False),
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.Column("sku_count", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("handle"),
        sa.UniqueConstraint("merchant_id", "own_handle", name="uq_catalog_own_handle"),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_index("ix_catalog_category", "goods_catalog_products", ["category", "id"], unique=False)
    op.create_index("ix_catalog_name", "goods_catalog_products", ["status", "sort_name", "id"], unique=False)
    op.create_index("ix_catalog_status", "goods_catalog_products", ["status", "id"], unique=False)
    op.create_table(
        "goods_catalog_redirects",
        sa.Column("handle", sa.String(length=96), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("handle"),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_index(
        op.f("ix_goods_catalog_redirects_product_id"), "goods_catalog_redirects", ["product_id"], unique=False
    )
    op.create_table(
        "goods_catalog_skus",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("merchant_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("code_key", sa.String(length=32), nullable=False),
        sa.Column("chosen", sa.LargeBinary(length=16384).with_variant(mysql.MEDIUMBLOB(), "mysql"), nullable=False),
        sa.Column("options", sa.LargeBinary(length=16384).with_variant(mysql.MEDIUMBLOB(), "mysql"), nullable=False),
        sa.Column("weight_g", sa.BigInteger(), nullable=False),
        sa.Column("gtin", sa.String(length=14), nullable=False),
        sa.Column("measure_amount", sa.BigInteger(), nullable=False),
        sa.Column("measure_unit", sa.String(length=8), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("picture_id", sa.BigInteger(), nullable=False),
        sa.Column("picture", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("merchant_id", "code_key", name="uq_catalog_sku"),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_index("ix_catalog_sku_order", "goods_catalog_skus", ["product_id", "position", "id"], unique=False)
    op.create_table(
        "goods_catalog_stock_items",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sku_id", sa.BigInteger(), nullable=False),
        sa.Column("merchant_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("sku_id"),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_table(
        "goods_catalog_videos",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("key_hash", sa.String(length=32), nullable=False),
        sa.Column("path", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("poster", sa.String(length=120), nullable=False),
        sa.Column("poster_sizes", sa.String(length=32), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("alts", sa.LargeBinary(length=16384).with_variant(mysql.MEDIUMBLOB(), "mysql"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("product_id", "key_hash", name="uq_catalog_video"),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
