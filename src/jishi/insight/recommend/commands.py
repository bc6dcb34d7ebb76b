"""Units: orders are counted without their buyers, models are published one behind the other."""

from __future__ import annotations

from itertools import combinations
from typing import NamedTuple

import msgspec

from jishi.kernel import Tx
from jishi.trade.orders import Placed

from .face import Model, ModelList, ModelsQuery, ModelTrained, TrainDue
from .tables import (
    ADD_PAIR,
    ADD_SOLD,
    DAYS_GONE,
    HOT,
    MODELS,
    NEW_DAY,
    OLD_MODELS,
    OLD_SOLD,
    PAIRS,
    PUT_MODEL,
    PUT_PAIR,
    PUT_SOLD,
    SOLD,
)

DAY_MS = 86_400_000
TRAIN_AT_MS = 19 * 3_600_000  # UTC: 03:00 in China, when few buy
BASKET_MAX = 20  # listings of one order whose pairs are counted: 190 pairs
HOT_DAYS, HOT_MAX = 30, 200
KEPT_DAYS = 365
MODELS_KEPT = 20
PAGE = 5_000  # rows a unit


class Kept(NamedTuple):
    version: int
    blob: str
    model: Model


class Ready(NamedTuple):
    blob: str
    model: Model  # its version is set when it is published


def count(tx: Tx, event: Placed) -> None:
    """The order's listings are counted for today, and each two of them as a pair. Nothing tells whose order it was."""
    day = tx.now // DAY_MS
    listings = sorted({listing for listing, _ in event.bought})
    for listing in listings:
        if not tx.run(ADD_SOLD, listing=listing, of_day=day) and not tx.once(
            PUT_SOLD, listing_id=listing, day=day, orders=1
        ):
            tx.run(ADD_SOLD, listing=listing, of_day=day)
    for a, b in combinations(listings[:BASKET_MAX], 2):
        if not tx.run(ADD_PAIR, one=a, other=b) and not tx.once(PUT_PAIR, a=a, b=b, orders=1):
            tx.run(ADD_PAIR, one=a, other=b)
    if tx.once(NEW_DAY, day=day):
        tx.emit(TrainDue(day), due_at=(day + 1) * DAY_MS + TRAIN_AT_MS)


def hot(tx: Tx, limit: int) -> list[int]:
    """What was in most orders of the last 30 days, an order of today counting thirty times one of then."""
    since = tx.now // DAY_MS - HOT_DAYS
    return [row[0] for row in tx.rows(HOT, since=since, limit=min(limit, HOT_MAX))]


def sold_page(tx: Tx, after: int) -> list[tuple[int, int]]:
    return [(r[0], int(r[1])) for r in tx.rows(SOLD, after=after, limit=PAGE)]


def pairs_page(tx: Tx, after: tuple[int, int]) -> list[tuple[int, int, int]]:
    return [(r[0], r[1], r[2]) for r in tx.rows(PAIRS, after_a=after[0], after_b=after[1], limit=PAGE)]


def kept(tx: Tx, limit: int) -> list[Kept]:
    return [
        Kept(version, blob, msgspec.json.decode(facts, type=Model))
        for version, blob, facts in tx.rows(MODELS, limit=limit)
    ]


def models(tx: Tx, query: ModelsQuery) -> ModelList:
    return ModelList([k.model for k in kept(tx, max(1, min(query.limit, MODELS_KEPT)))])


def publish(tx: Tx, ready: Ready) -> tuple[Model, list[str]]:
    """The model is the one in use from this commit on. Answers the blobs that are still needed: its own, and the one
    before for processes that have not looked yet."""
    before = kept(tx, 1)
    version = before[0].version + 1 if before else 1
    model = msgspec.structs.replace(ready.model, version=version)
    tx.run(
        PUT_MODEL, version=version, blob=ready.blob, made_at=model.made_at, facts=msgspec.json.encode(model).decode()
    )
    tx.run(OLD_MODELS, last=version - MODELS_KEPT)
    tx.emit(ModelTrained(version))
    return model, [ready.blob, *(k.blob for k in before)]


def forget(tx: Tx, day: int) -> None:
    """Counts beyond a year and days whose timer has come are gone."""
    tx.run(OLD_SOLD, before=tx.now // DAY_MS - KEPT_DAYS)
    tx.run(DAYS_GONE, last=day)
