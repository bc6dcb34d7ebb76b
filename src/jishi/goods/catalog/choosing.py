"""SKUs found by what is chosen: of ten thousand only those are read that are shown."""

from typing import Any

from jishi.kernel import FieldError, Invalid, Tx
from jishi.kernel.paging import cut, limited, read_cursor

from .face import Matrix, MatrixQuery, NearestQuery, SkuList, SkuPage, SkusQuery, Step
from .faults import NoProduct
from .matrix import Grid, Places
from .offers import rebuilt
from .product_sql import GRID, NEXT_ON_SALE, NEXT_SKUS, PRODUCT_BY_ID, SKUS_BY_ID
from .queries import is_desk, skus_of
from .rules import HIDDEN, Body, unpack

MAX_NEAREST = 64


def nearest(tx: Tx, query: NearestQuery) -> SkuList:
    """In the order of the options' values. Four queries, whatever the number of SKUs."""
    grid, at = grid_of(tx, query.product_id)
    most = max(1, min(query.limit, MAX_NEAREST))
    places = grid.nearest(at, query.wished)[:most]
    ids = [grid.id(place) for place in places]
    rows = {r[0]: r for r in tx.rows_in(SKUS_BY_ID, "ids", ids)} if ids else {}
    return SkuList(skus_of(tx, [rows[id] for id in ids]))


def matrix(tx: Tx, query: MatrixQuery) -> Matrix:
    """What can be chosen beside these values. Four queries while the options have no more than 256 values together."""
    grid, at = grid_of(tx, query.product_id)
    if (here := at.of(query.chosen)) is None:
        raise Invalid([FieldError("chosen", "choice.unknown")])
    found = list(grid.beside(at, here))
    ids = sorted({grid.id(place) for _, _, place, _ in found})
    rows = tx.rows_in(SKUS_BY_ID, "ids", ids) if ids else []
    skus = {s.id: s for s in skus_of(tx, rows)}
    return Matrix([Step(option, value, skus[grid.id(place)], exact) for option, value, place, exact in found])


def skus(tx: Tx, query: SkusQuery) -> SkuPage:
    """In the merchant's order. Three queries a page."""
    _seen(tx, query.product_id)
    cursor = read_cursor(query.cursor, int) if query.cursor else None
    at, after = (cursor.value, cursor.id) if cursor else (-1, (1 << 63) - 1)
    statement = NEXT_ON_SALE if query.on_sale else NEXT_SKUS
    most = limited(query.limit)
    rows = tx.rows(statement, product=query.product_id, at=at, after=after, limit=most + 1)
    shown, following = cut(rows, most, lambda r: (r[8], r[0]))
    return SkuPage(skus_of(tx, shown), following)


def grid_of(tx: Tx, product_id: int) -> tuple[Grid, Places]:
    """Who stands where, and how places are told; `NoProduct` for one that the actor may not see."""
    options = unpack(_seen(tx, product_id)[4], Body).options
    kept = tx.row(GRID, product=product_id)
    return Grid(kept[0]) if kept else rebuilt(tx, product_id, options), Places(options)


def _seen(tx: Tx, product_id: int) -> Any:
    row = tx.row(PRODUCT_BY_ID, product=product_id)
    if row is None or not (row[10] not in (*HIDDEN, "archived") or is_desk(tx, row[2])):
        raise NoProduct(product_id)
    return row
