"""Units of the warehouse desk: places, receipts, corrections, safety stock."""

import msgspec

from jishi.kernel import FieldError, Invalid, Tx

from .book import MAX_PIECES, book, first_time, in_range, is_foreign, level_id, lock_one
from .face import (
    Adjust,
    Level,
    NoStock,
    NoWarehouse,
    Promised,
    PutWarehouse,
    Receive,
    SetSafety,
    Warehouse,
    WarehouseTaken,
)
from .queries import warehouse
from .rules import Move
from .tables import ADD_WAREHOUSE, CHANGE_WAREHOUSE, WAREHOUSE_OF, WAREHOUSES

REASONS = ("counted", "damaged", "lost", "found")
CONDITIONS = ("new", "open_box", "refurbished")
MAX_NOTE = 200  # characters


def put_warehouse(tx: Tx, cmd: PutWarehouse) -> Warehouse:
    """The warehouse of this code is as told. Its owner never changes: another's code raises `WarehouseTaken`."""
    if is_foreign(tx, cmd.merchant_id):
        raise NoWarehouse(called=cmd.code)
    if not cmd.code.strip() or len(cmd.code) > 32:
        raise Invalid([FieldError("code", "text.length", {"min": "1", "max": "32"})])
    if len(cmd.region.country) != 2:
        raise Invalid([FieldError("region.country", "country.unknown")])
    names, region = msgspec.json.encode(cmd.names).decode(), cmd.region
    tx.once(
        ADD_WAREHOUSE,
        id=tx.new_id(),
        code=cmd.code,
        names=names,
        merchant_id=cmd.merchant_id,
        **msgspec.structs.asdict(region),
    )
    row = warehouse(tx.row(WAREHOUSE_OF, called=cmd.code))
    if row.merchant_id != cmd.merchant_id:
        raise WarehouseTaken(cmd.code)
    if (row.names, row.region) != (cmd.names, region):
        new = {f"new_{field}": value for field, value in msgspec.structs.asdict(region).items()}
        tx.run(CHANGE_WAREHOUSE, warehouse=row.id, new_names=names, **new)
    return Warehouse(row.id, cmd.code, cmd.names, region, cmd.merchant_id)


def receive(tx: Tx, cmd: Receive) -> Level:
    """The pieces are on hand, once a key; the answer is the level now. Its row is made by the first receipt.

    Raises `NoWarehouse` (unknown, or another merchant's), `NoStock` (a clerk for another merchant)."""
    stock = cmd.stock
    if is_foreign(tx, stock.merchant_id):
        raise NoStock(stock.stock_item_id)
    place = tx.row(WAREHOUSES, ids=[stock.warehouse_id])
    if place is None or warehouse(place).merchant_id not in (0, stock.merchant_id):
        raise NoWarehouse(id=stock.warehouse_id)
    if stock.condition not in CONDITIONS:
        raise Invalid([FieldError("stock.condition", "choice.unknown")])
    if len(cmd.note) > MAX_NOTE:
        raise Invalid([FieldError("note", "text.length", {"min": "0", "max": str(MAX_NOTE)})])
    in_range("quantity", cmd.quantity, 1)
    first = first_time(tx, "receipt", cmd.key)
    level = lock_one(tx, level_id(tx, stock))
    if not first:
        return level
    in_range("quantity", cmd.quantity, 1, MAX_PIECES - level.on_hand)
    move = Move(level.stock_id, "receipt", "on_hand", cmd.quantity, cmd.key, cmd.note)
    return book(tx, {level.stock_id: level}, [move], tell=True)[level.stock_id]


def adjust(tx: Tx, cmd: Adjust) -> Level:
    """On hand is corrected, once a key; what is promised stays: more raises `Promised`. Safety stock may be eaten."""
    if cmd.reason not in REASONS:
        raise Invalid([FieldError("reason", "choice.unknown")])
    if not cmd.delta:
        raise Invalid([FieldError("delta", "number.zero")])
    first = first_time(tx, "adjustment", cmd.key)
    level = lock_one(tx, cmd.stock_id)
    if not first:
        return level
    unpromised = level.on_hand - level.reserved - level.allocated
    if cmd.delta < -unpromised:
        raise Promised(cmd.stock_id, unpromised)
    in_range("delta", cmd.delta, -MAX_PIECES, MAX_PIECES - level.on_hand)
    move = Move(cmd.stock_id, "adjustment", "on_hand", cmd.delta, cmd.key, cmd.reason)
    return book(tx, {level.stock_id: level}, [move])[level.stock_id]


def set_safety(tx: Tx, cmd: SetSafety) -> Level:
    """So many pieces are kept back from sale; holds that exist are not touched."""
    in_range("safety", cmd.safety, 0)
    level = lock_one(tx, cmd.stock_id)
    if cmd.safety == level.safety:
        return level
    move = Move(cmd.stock_id, "safety", "safety", cmd.safety - level.safety, 0)
    return book(tx, {level.stock_id: level}, [move])[level.stock_id]
