"""Levels by stock key, holds of orders, and the movements from which every level replays."""

from typing import Any

from sqlalchemy import CheckConstraint, Column, Index, PrimaryKeyConstraint, UniqueConstraint, bindparam, select, update

from jishi.kernel import Module, Statement
from jishi.kernel.columns import amount, at, code, count, key, ref, text

BUCKETS = ("on_hand", "reserved", "allocated", "safety", "in_transit", "quarantine")

module = Module("goods.inventory")
warehouses = module.table(
    "warehouses",
    key(),
    code("code", unique=True),
    text("names"),  # JSON: locale → name
    code("country", 2),
    code("province", 64),
    code("city", 64),
    code("district", 64),
    code("postcode", 16),
    ref("merchant_id"),
)
levels = module.table(
    "levels",
    key(),
    ref("stock_item_id"),
    ref("warehouse_id"),
    ref("merchant_id"),
    code("grade", 16),  # new, open_box, refurbished; CONDITION is a reserved word
    ref("lot_id"),  # 0 = none: a unique key does not hold for NULL
    *[count(bucket) for bucket in BUCKETS],
    UniqueConstraint("stock_item_id", "warehouse_id", "merchant_id", "grade", "lot_id"),
    *[CheckConstraint(f"{bucket} >= 0") for bucket in BUCKETS],
    CheckConstraint("reserved + allocated <= on_hand"),
)
Index("ix_goods_inventory_levels_warehouse", levels.c.warehouse_id, levels.c.id)
Index("ix_goods_inventory_levels_merchant", levels.c.merchant_id, levels.c.id)
reservations = module.table(
    "reservations",
    key("order_id"),
    code("state", 12),
    at("until"),
    ref("short_stock_id"),  # what `reserve` refused it for, so that the refusal is the same again; 0 = it was held
    amount("short_wanted"),
)
wants = module.table(  # pieces that are nowhere in reserved … freed are loose: the hold ran out, or was refused
    "wants",
    key("order_id"),
    key("stock_id"),
    count("quantity"),
    count("reserved"),
    count("allocated"),
    count("shipped"),
    count("freed"),  # cancelled for good
    count("restocked"),  # of the shipped ones
    CheckConstraint("reserved >= 0 AND allocated >= 0 AND shipped >= 0 AND freed >= 0"),
    CheckConstraint("reserved + allocated + shipped + freed <= quantity"),
    CheckConstraint("restocked >= 0 AND restocked <= shipped"),
)
movements = module.table(
    "movements",
    key(),
    ref("stock_id"),
    code("kind", 16),
    code("bucket", 16),
    count("delta"),
    ref("ref_id"),
    code("reason", 200),
    at("at"),
)
Index("ix_goods_inventory_movements_stock", movements.c.stock_id, movements.c.id)
acts = module.table(  # what was done once: the keys of receipts, corrections, shipments …
    "acts",
    code("verb", 16),
    Column("act_id", ref("act_id").type, nullable=False),
    PrimaryKeyConstraint("verb", "act_id"),
)

STOCK: Any = bindparam("stock")
ORDER: Any = bindparam("order")
ORDERS: Any = bindparam("orders", expanding=True)
IDS: Any = bindparam("ids", expanding=True)
N: Any = bindparam("n")

# --- warehouses ---------------------------------------------------------------------------------------------------------
ADD_WAREHOUSE = Statement(warehouses.insert(), *[c.name for c in warehouses.c])
CHANGE_WAREHOUSE = Statement(
    update(warehouses)
    .where(warehouses.c.id == bindparam("warehouse"))
    .values(
        names=bindparam("new_names"),
        country=bindparam("new_country"),
        province=bindparam("new_province"),
        city=bindparam("new_city"),
        district=bindparam("new_district"),
        postcode=bindparam("new_postcode"),
    )
)
WAREHOUSE_OF = Statement(select(warehouses).where(warehouses.c.code == bindparam("called")))
WAREHOUSES = Statement(select(warehouses).where(warehouses.c.id.in_(IDS)).order_by(warehouses.c.id))
ALL_WAREHOUSES = Statement(select(warehouses).order_by(warehouses.c.id).limit(N))

# --- levels and movements -----------------------------------------------------------------------------------------------
FREE = levels.c.on_hand - levels.c.reserved - levels.c.allocated - levels.c.safety
ADD_LEVEL = Statement(levels.insert(), *[c.name for c in levels.c])
FIND_LEVEL = Statement(
    select(levels.c.id).where(
        levels.c.stock_item_id == bindparam("item"),
        levels.c.warehouse_id == bindparam("warehouse"),
        levels.c.merchant_id == bindparam("merchant"),
        levels.c.grade == bindparam("graded"),
        levels.c.lot_id == bindparam("lot"),
    )
)
LEVEL = select(*[c for c in levels.c if c.name != "lot_id"])
LOCK_LEVELS = Statement(LEVEL.where(levels.c.id.in_(IDS)).order_by(levels.c.id).with_for_update())
LEVEL_OF = Statement(LEVEL.where(levels.c.id == STOCK))
SHIFT_CORE = (
    update(levels)
    .where(levels.c.id == STOCK)
    .values({c: c + bindparam(f"more_{c.name}") for c in levels.c if c.name in BUCKETS})
)
SHIFT = Statement(SHIFT_CORE)
TAKE = Statement(SHIFT_CORE.where(FREE >= N))
MOVE = Statement(movements.insert(), *[c.name for c in movements.c])
AVAILABLE = Statement(
    LEVEL.where(levels.c.stock_item_id.in_(IDS), levels.c.grade == "new", levels.c.lot_id == 0).order_by(
        levels.c.stock_item_id, levels.c.id
    )
)
_AFTER = LEVEL.where(levels.c.id > bindparam("after")).order_by(levels.c.id).limit(N)
_AT = levels.c.warehouse_id == bindparam("warehouse")
_BY = levels.c.merchant_id == bindparam("merchant")
LISTS = {  # (of a warehouse, of a merchant)
    (False, False): Statement(_AFTER),
    (True, False): Statement(_AFTER.where(_AT)),
    (False, True): Statement(_AFTER.where(_BY)),
    (True, True): Statement(_AFTER.where(_AT, _BY)),
}
MOVEMENTS = Statement(
    select(movements)
    .where(movements.c.stock_id == STOCK, movements.c.id < bindparam("before"))
    .order_by(movements.c.id.desc())
    .limit(N)
)
ACT = Statement(acts.insert(), "verb", "act_id")

# --- holds --------------------------------------------------------------------------------------------------------------
HOLD = Statement(reservations.insert(), *[c.name for c in reservations.c])
KNOWN = Statement(select(reservations).where(reservations.c.order_id.in_(ORDERS)).order_by(reservations.c.order_id))
LOCK_HOLDS = Statement(KNOWN.core.with_for_update())
TURN = Statement(
    update(reservations)
    .where(reservations.c.order_id.in_(ORDERS), reservations.c.state == bindparam("was"))
    .values(state=bindparam("to"))
)
WANT = Statement(wants.insert(), *[c.name for c in wants.c])
WANTED = Statement(select(wants).where(wants.c.order_id.in_(ORDERS)).order_by(wants.c.order_id, wants.c.stock_id))
_THEIRS = update(wants).where(wants.c.order_id.in_(ORDERS))
LOOSE = Statement(_THEIRS.values(reserved=0))
BIND = Statement(  # in this order: MariaDB evaluates assignments from left to right and would add the new reserved
    _THEIRS.ordered_values((wants.c.allocated, wants.c.allocated + wants.c.reserved), (wants.c.reserved, 0))
)
BIND_LOOSE = Statement(_THEIRS.values(allocated=wants.c.quantity - wants.c.freed))
PIECES = ("reserved", "allocated", "shipped", "freed", "restocked")
PASS_ON = Statement(
    update(wants)
    .where(wants.c.order_id == ORDER, wants.c.stock_id == STOCK)
    .values({wants.c[p]: wants.c[p] + bindparam(f"more_{p}") for p in PIECES})
)
