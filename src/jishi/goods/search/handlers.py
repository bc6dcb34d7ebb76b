"""What the search writes down when goods change, when orders are paid and when buyers judge."""

from collections.abc import Sequence

import msgspec

from jishi.goods.catalog import ProductChanged
from jishi.goods.inventory import StockChanged
from jishi.goods.pricing import PricesChanged
from jishi.kernel import Database, Event, Handler, Tx

from .commands import note
from .tables import (
    BOUGHT,
    FIRST_RATING,
    FIRST_SALE,
    FORGET_ORDER,
    RATE,
    RATED,
    REMEMBER,
    SELL,
    SOLD,
)

STEPS_TOLD = 20  # pieces sold up to which each is told to the index; then every twentieth part


class Placed(Event, tag="trade.orders.placed", frozen=True):
    """Orders' own fact, as much of it as is needed here: (listing, pieces)."""

    order_id: int
    bought: list[tuple[int, int]]


class Confirmed(Event, tag="trade.orders.confirmed", frozen=True):
    order_id: int


class Rated(Event, tag="trade.reviews.rated", frozen=True):
    """All that a product got so far: how many, and the sum of their stars (1 … 5)."""

    product_id: int
    count: int
    sum_stars: int
    at: int


def handlers(db: Database) -> Sequence[Handler]:
    return [
        Handler(db, ProductChanged, product_changed),
        Handler(db, PricesChanged, prices_changed),
        Handler(db, StockChanged, stock_changed),
        Handler(db, Placed, order_placed),
        Handler(db, Confirmed, order_confirmed),
        Handler(db, Rated, product_rated),
    ]


def product_changed(tx: Tx, e: ProductChanged) -> None:
    note(tx, "product", [e.product_id])


def prices_changed(tx: Tx, e: PricesChanged) -> None:
    note(tx, "listing", e.listing_ids)


def stock_changed(tx: Tx, e: StockChanged) -> None:
    note(tx, "stock", e.stock_item_ids)


def order_placed(tx: Tx, e: Placed) -> None:
    """What it is of is remembered until it is paid. Events come in no order: one that is paid already counts now."""
    row = tx.row(BOUGHT, order=e.order_id)
    if row is None:
        tx.once(REMEMBER, order_id=e.order_id, bought=msgspec.msgpack.encode(e.bought), at=tx.now)
    elif row[0] is None:
        tx.run(FORGET_ORDER, order=e.order_id)
        sell(tx, e.bought)


def order_confirmed(tx: Tx, e: Confirmed) -> None:
    row = tx.row(BOUGHT, order=e.order_id)
    if row is None:
        tx.once(REMEMBER, order_id=e.order_id, bought=None, at=tx.now)
    elif row[0] is not None:
        tx.run(FORGET_ORDER, order=e.order_id)
        sell(tx, msgspec.msgpack.decode(row[0], type=list[tuple[int, int]]))


def sell(tx: Tx, bought: Sequence[tuple[int, int]]) -> None:
    """The pieces count. The index is told of the first ones, then ever more seldom: a best-seller would be written into
    it all day for nothing that a buyer can see."""
    pieces: dict[int, int] = {}
    for listing_id, n in bought:
        pieces[listing_id] = pieces.get(listing_id, 0) + n
    before = dict(tx.rows_in(SOLD, "ids", sorted(pieces)))
    for listing_id, n in sorted(pieces.items()):
        if not tx.run(SELL, listing=listing_id, more=n) and not tx.once(
            FIRST_SALE, listing_id=listing_id, pieces=n
        ):  # another process sold the first one
            tx.run(SELL, listing=listing_id, more=n)
    told = [id for id, n in pieces.items() if is_news(before.get(id, 0), n)]
    if told:
        note(tx, "listing", sorted(told))


def is_news(before: int, more: int) -> bool:
    """Whether so many more pieces change what is shown or how goods are ranked."""
    step = max(1, before // STEPS_TOLD)
    return before < STEPS_TOLD or (before + more) // step > before // step


def product_rated(tx: Tx, e: Rated) -> None:
    """The latest word counts, in whatever order they come."""
    told = tx.run(RATE, product=e.product_id, told=e.at, new_rated=e.count, new_stars=e.sum_stars) or (
        tx.row(RATED, product=e.product_id) is None
        and tx.once(FIRST_RATING, product_id=e.product_id, rated=e.count, stars=e.sum_stars, at=e.at)
    )
    if told:
        note(tx, "product", [e.product_id])
