"""goods.pricing: its first tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "goods_pricing_0001"
down_revision: str | None = None
branch_labels: tuple[str, ...] | None = ("goods.pricing",)
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "goods_pricing_deals",
        sa.Column("listing_id", sa.BigInteger(), nullable=False),
        sa.Column("market", sa.String(length=8), nullable=False),
        sa.Column("storefront", sa.String(length=32), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("low_minor", sa.BigInteger(), nullable=False),
        sa.Column("last_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("0 <= low_minor AND low_minor <= last_minor"),
        sa.PrimaryKeyConstraint("listing_id", "market", "storefront", "currency", "since"),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_index("ix_goods_pricing_deals_since", "goods_pricing_deals", ["since"], unique=False)
    op.create_table(
        "goods_pricing_inbox",
        sa.Column("consumer", sa.String(length=64), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("consumer", "event_id"),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_index("ix_goods_pricing_inbox_at", "goods_pricing_inbox", ["at"], unique=False)
    op.create_table(
        "goods_pricing_offers",
        sa.Column("listing_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("merchant_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("listing_id"),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_table(
        "goods_pricing_outbox",
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
    op.create_index("ix_goods_pricing_outbox_due", "goods_pricing_outbox", ["state", "due_at"], unique=False)
    op.create_table(
        "goods_pricing_prices",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("listing_id", sa.BigInteger(), nullable=False),
        sa.Column("market", sa.String(length=8), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("grade", sa.String(length=16), nullable=False),
        sa.Column("layer", sa.String(length=8), nullable=False),
        sa.Column("quantity_from", sa.Integer(), nullable=False),
        sa.Column("minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_included", sa.Integer(), nullable=False),
        sa.Column("list_minor", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.BigInteger(), nullable=False),
        sa.Column("valid_to", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("minor >= 0 AND list_minor >= 0 AND quantity_from >= 1 AND valid_from <= valid_to"),
        sa.PrimaryKeyConstraint("id"),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_index(
        "ix_pricing_listing", "goods_pricing_prices", ["listing_id", "market", "currency", "valid_to"], unique=False
    )
