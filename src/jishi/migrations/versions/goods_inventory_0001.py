"""goods.inventory: its first tables."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "goods_inventory_0001"
down_revision: str | None = None
branch_labels: tuple[str, ...] | None = ("goods.inventory",)
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "goods_inventory_acts",
        sa.Column("verb", sa.String(length=16), nullable=False),
        sa.Column("act_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("verb", "act_id"),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_table(
        "goods_inventory_inbox",
        sa.Column("consumer", sa.String(length=64), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("consumer", "event_id"),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_index("ix_goods_inventory_inbox_at", "goods_inventory_inbox", ["at"], unique=False)
    op.create_table(
        "goods_inventory_levels",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("stock_item_id", sa.BigInteger(), nullable=False),
        sa.Column("warehouse_id", sa.BigInteger(), nullable=False),
        sa.Column("merchant_id", sa.BigInteger(), nullable=False),
        sa.Column("grade", sa.String(length=16), nullable=False),
        sa.Column("lot_id", sa.BigInteger(), nullable=False),
        sa.Column("on_hand", sa.Integer(), nullable=False),
        sa.Column("reserved", sa.Integer(), nullable=False),
        sa.Column("allocated", sa.Integer(), nullable=False),
        sa.Column("safety", sa.Integer(), nullable=False),
        sa.Column("in_transit", sa.Integer(), nullable=False),
        sa.Column("quarantine", sa.Integer(), nullable=False),
        sa.CheckConstraint("allocated >= 0"),
        sa.CheckConstraint("in_transit >= 0"),
        sa.CheckConstraint("on_hand >= 0"),
        sa.CheckConstraint("quarantine >= 0"),
        sa.CheckConstraint("reserved + allocated <= on_hand"),
        sa.CheckConstraint("reserved >= 0"),
        sa.CheckConstraint("safety >= 0"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("stock_item_id", "warehouse_id", "merchant_id", "grade", "lot_id"),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_index("ix_goods_inventory_levels_merchant", "goods_inventory_levels", ["merchant_id", "id"], unique=False)
    op.create_index(
        "ix_goods_inventory_levels_warehouse", "goods_inventory_levels", ["warehouse_id", "id"], unique=False
    )
    op.create_table(
        "goods_inventory_movements",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("stock_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("bucket", sa.String(length=16), nullable=False),
        sa.Column("delta", sa.Integer(), nullable=False),
        sa.Column("ref_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_index("ix_goods_inventory_movements_stock", "goods_inventory_movements", ["stock_id", "id"], unique=False)
    op.create_table(
        "goods_inventory_outbox",
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
    op.create_index("ix_goods_inventory_outbox_due", "goods_inventory_outbox", ["state", "due_at"], unique=False)
    op.create_table(
        "goods_inventory_reservations",
        sa.Column("order_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("short_stock_id", sa.BigInteger(), nullable=False),
        sa.Column("short_wanted", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("order_id"),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_table(
        "goods_inventory_wants",
        sa.Column("order_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("stock_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("reserved", sa.Integer(), nullable=False),
        sa.Column("allocated", sa.Integer(), nullable=False),
        sa.Column("shipped", sa.Integer(), nullable=False),
        sa.Column("freed", sa.Integer(), nullable=False),
        sa.Column("restocked", sa.Integer(), nullable=False),
        sa.CheckConstraint("reserved + allocated + shipped + freed <= quantity"),
        sa.CheckConstraint("reserved >= 0 AND allocated >= 0 AND shipped >= 0 AND freed >= 0"),
        sa.CheckConstraint("restocked >= 0 AND restocked <= shipped"),
        sa.PrimaryKeyConstraint("order_id", "stock_id"),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
    op.create_table(
        "goods_inventory_warehouses",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("names", sa.Text().with_variant(mysql.MEDIUMTEXT(), "mysql"), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("province", sa.String(length=64), nullable=False),
        sa.Column("city", sa.String(length=64), nullable=False),
        sa.Column("district", sa.String(length=64), nullable=False),
        sa.Column("postcode", sa.String(length=16), nullable=False),
        sa.Column("merchant_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
        mysql_charset="utf8mb4",
        mysql_collate="utf8mb4_bin",
        mysql_engine="InnoDB",
    )
