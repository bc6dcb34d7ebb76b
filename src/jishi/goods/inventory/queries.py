"""What there is, read: for buyers by stock item, for the desk by warehouse and merchant."""

from typing import Any

import msgspec

from jishi.kernel import FieldError, Invalid, Tx
from jishi.kernel.place import Region, Text

from .book import is_foreign
from .face import (
    Availability,
    Level,
    Levels,
    LevelsQuery,
    Movement,
    MovementList,
    MovementsQuery,
    NoStock,
    Warehouse,
    WarehouseList,
    WarehousesQuery,
)
from .tables import ALL_WAREHOUSES, AVAILABLE, LEVEL_OF, LISTS, MOVEMENTS, WAREHOUSES

MAX_WAREHOUSES, MAX_ITEMS, MAX_PAGE = 200, 256, 100
LAST = (1 << 63) - 1


def warehouse(row: Any) -> Warehouse:
    id, code, names, country, province, city, district, postcode, merchant_id = row
    region = Region(country, province, city, district, postcode)
    return Warehouse(id, code, msgspec.json.decode(names, type=Text), region, merchant_id)


def warehouses(tx: Tx, query: WarehousesQuery) -> WarehouseList:
    at_most("ids", len(query.ids), MAX_WAREHOUSES)
    rows = tx.rows_in(WAREHOUSES, "ids", query.ids) if query.ids else tx.rows(ALL_WAREHOUSES, n=MAX_WAREHOUSES)
    return WarehouseList([warehouse(r) for r in rows])


def availability(tx: Tx, query: Availability) -> Levels:
    """One query."""
    at_most("stock_item_ids", len(query.stock_item_ids), MAX_ITEMS)
    return Levels([Level(*r) for r in tx.rows_in(AVAILABLE, "ids", query.stock_item_ids)])


def levels(tx: Tx, query: LevelsQuery) -> Levels:
    """A clerk's list is its merchant's, whatever it asks for."""
    merchant_id = tx.actor.merchant_id if tx.actor.role == "clerk" else query.merchant_id
    by_place, by_owner = bool(query.warehouse_id), bool(merchant_id) or tx.actor.role == "clerk"
    narrowed = ({"warehouse": query.warehouse_id} if by_place else {}) | ({"merchant": merchant_id} if by_owner else {})
    rows = tx.rows(LISTS[by_place, by_owner], after=query.after, n=page_of(query.limit), **narrowed)
    return Levels([Level(*r) for r in rows])


def movements(tx: Tx, query: MovementsQuery) -> MovementList:
    """Newest first."""
    row = tx.row(LEVEL_OF, stock=query.stock_id)
    if row is None or is_foreign(tx, Level(*row).merchant_id):
        raise NoStock(query.stock_id)
    rows = tx.rows(MOVEMENTS, stock=query.stock_id, before=query.before or LAST, n=page_of(query.limit))
    return MovementList([Movement(*r) for r in rows])


def page_of(limit: int) -> int:
    return max(1, min(limit, MAX_PAGE))


def at_most(field: str, n: int, most: int) -> None:
    if n > most:
        raise Invalid([FieldError(field, "too_many", {"max": str(most)})])
