"""The stock book: rows are locked in id order, and a bucket changes only together with its movement."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from jishi.kernel import FieldError, Invalid, Tx

from .face import Level, NoStock, StockChanged, StockKey, Want
from .rules import Move
from .tables import ACT, ADD_LEVEL, BUCKETS, FIND_LEVEL, LOCK_LEVELS, MOVE, SHIFT, TAKE

MAX_WANTS = 100  # a command
MAX_PIECES = 1_000_000_000  # a level; the columns hold 2³¹
MAX_ITEMS = 256  # stock items an event


class StockMoved(RuntimeError):
    """A guard met another row than was read: a batch is run again item by item."""


def first_time(tx: Tx, verb: str, key: int) -> bool:
    """True once for each key of a verb; the rows of the first time commit with it."""
    return tx.once(ACT, verb=verb, act_id=key)


def lock(tx: Tx, stock_ids: Iterable[int]) -> dict[int, Level]:
    """The levels, locked in id order so that no two units wait for each other; unknown ids are left out."""
    return {r[0]: Level(*r) for r in tx.rows_in(LOCK_LEVELS, "ids", sorted(set(stock_ids)))}


def lock_one(tx: Tx, stock_id: int) -> Level:
    """Of the actor's own stock, where it is a clerk; else raises `NoStock`."""
    level = lock(tx, [stock_id]).get(stock_id)
    if level is None or is_foreign(tx, level.merchant_id):
        raise NoStock(stock_id)
    return level


def is_foreign(tx: Tx, merchant_id: int) -> bool:
    """A clerk acts for one merchant only."""
    return bool(tx.actor.role == "clerk" and tx.actor.merchant_id != merchant_id)


def level_id(tx: Tx, stock: StockKey) -> int:
    """The key's level row; an empty one is made where there is none."""
    at = dict(
        item=stock.stock_item_id,
        warehouse=stock.warehouse_id,
        merchant=stock.merchant_id,
        graded=stock.condition,
        lot=stock.lot_id,
    )
    if (row := tx.row(FIND_LEVEL, **at)) is None:
        tx.once(
            ADD_LEVEL,
            id=tx.new_id(),
            stock_item_id=stock.stock_item_id,
            warehouse_id=stock.warehouse_id,
            merchant_id=stock.merchant_id,
            grade=stock.condition,
            lot_id=stock.lot_id,
            **dict.fromkeys(BUCKETS, 0),
        )
        row = tx.row(FIND_LEVEL, **at)
    return int(row[0])


def free(levels: Mapping[int, Level]) -> dict[int, int]:
    return {id: level.available for id, level in levels.items()}


def book(
    tx: Tx,
    levels: Mapping[int, Level],
    moves: Sequence[Move],
    taken: Mapping[int, int] | None = None,
    *,
    tell: bool = False,
) -> dict[int, Level]:
    """The moves are written and the locked `levels` follow: one guarded write a stock row, one batch of movements.

    `taken`: pieces that must still be free, by stock row. Who watches stock is told, in one event, of the items whose
    availability begins or ends; with `tell` of all. Answers the levels as they are now; raises `StockMoved`."""
    after, taken = dict(levels), taken or {}
    more: dict[int, dict[str, int]] = defaultdict(lambda: dict.fromkeys(BUCKETS, 0))
    for move in moves:
        more[move.stock_id][move.bucket] += move.delta
    told = set[int]()
    for stock_id, deltas in sorted(more.items()):
        bound = {f"more_{bucket}": n for bucket, n in deltas.items()}
        if taken.get(stock_id):
            written = tx.run(TAKE, stock=stock_id, n=taken[stock_id], **bound)
        else:
            written = tx.run(SHIFT, stock=stock_id, **bound)
        if written != 1:
            raise StockMoved(stock_id)
        was = levels[stock_id]
        now = after[stock_id] = replace(was, **{b: getattr(was, b) + n for b, n in deltas.items()})
        if tell or (was.available > 0) != (now.available > 0):
            told.add(was.stock_item_id)
    if moves:
        tx.many(
            MOVE,
            [
                dict(
                    id=tx.new_id(),
                    stock_id=m.stock_id,
                    kind=m.kind,
                    bucket=m.bucket,
                    delta=m.delta,
                    ref_id=m.ref_id,
                    reason=m.reason,
                    at=tx.now,
                )
                for m in moves
            ],
        )
    items = sorted(told)
    for i in range(0, len(items), MAX_ITEMS):
        tx.emit(StockChanged(items[i : i + MAX_ITEMS]))
    return after


def in_range(field: str, value: int, least: int, most: int = MAX_PIECES) -> None:
    if not least <= value <= most:
        raise Invalid([FieldError(field, "number.range", {"min": str(least), "max": str(most)})])


def check_wants(wants: Sequence[Want]) -> None:
    """1 … 100 wants of at least one piece."""
    in_range("wants", len(wants), 1, MAX_WANTS)
    for i, want in enumerate(wants):
        in_range(f"wants.{i}.quantity", want.quantity, 1)
