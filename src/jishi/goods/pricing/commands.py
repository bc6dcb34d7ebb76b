"""Units of the price book."""

from collections import defaultdict
from typing import Any

from msgspec import Struct

from jishi.kernel import Forbidden, Tx

from .face import HistoryQuery, Price, PriceList, PriceQuery, PricesChanged, SetPrices, WrongPrice
from .rules import MAX_ROWS, OPEN, Key, Row, check, key_of, place
from .tables import ADD, AHEAD, BY_ID, CLAIM, END, HISTORY, IN_FORCE, OWNER, OWNERS

MAX_HISTORY = 100


class PriceMoved(RuntimeError):
    """A guard met another end than was read: nothing was written."""


class InForce(Struct, frozen=True):
    """A `PriceQuery` with the place that the context told."""

    query: PriceQuery
    market: str
    currency: str


def set_prices(tx: Tx, cmd: SetPrices) -> PriceList:
    """The prices are planned or in force, all or none; what they replace ends where they begin. Repeated, nothing happens.

    Listings are locked in id order by their offer's row, so two at once come one after the other.
    Raises `WrongPrice`, and `Forbidden` to a clerk of another merchant."""
    if tx.actor.role == "clerk" and tx.actor.merchant_id != cmd.merchant_id:
        raise Forbidden("goods:price:set")
    check(cmd.rows, tx.now)
    _claim(tx, sorted({d.listing_id for d in cmd.rows}), cmd.merchant_id)
    timelines = _timelines(tx, cmd)
    drafts = sorted(cmd.rows, key=lambda d: d.valid_from or tx.now)
    placed = [(d, place(timelines[key_of(d)], d, tx.now)) for d in drafts]
    boundaries = defaultdict[int, set[int]](set)
    _end(tx, timelines, boundaries)
    _add(tx, timelines, boundaries)
    for moment, listing_ids in sorted(boundaries.items()):
        tx.emit(PricesChanged(sorted(listing_ids)), due_at=moment if moment > tx.now else None)
    return PriceList([_view(r) for r in tx.rows_in(BY_ID, "ids", sorted({row.id for _, row in placed}))])


def _claim(tx: Tx, listing_ids: list[int], merchant_id: int) -> None:
    """The listings' prices are this merchant's, and nobody else writes them until the end of the unit."""
    known = dict(tx.rows_in(OWNERS, "ids", listing_ids))
    for listing_id in listing_ids:
        if listing_id not in known:
            tx.once(CLAIM, listing_id=listing_id, merchant_id=merchant_id)
    if len(known) < len(listing_ids):
        known = dict(tx.rows_in(OWNERS, "ids", listing_ids))
    for listing_id in listing_ids:
        if known[listing_id] != merchant_id:
            raise WrongPrice(listing_id, "owner")


def _timelines(tx: Tx, cmd: SetPrices) -> dict[Key, list[Row]]:
    found = defaultdict[Key, list[Row]](list)
    ids = sorted({d.listing_id for d in cmd.rows})
    for id, listing_id, market, currency, grade, from_, minor, taxed, list_minor, begins, ends in tx.rows_in(
        AHEAD, "ids", ids, at=tx.now
    ):
        row = Row(id, minor, bool(taxed), list_minor, begins, ends, ends)
        found[listing_id, market, currency, grade, from_].append(row)
    return found


def _end(tx: Tx, timelines: dict[Key, list[Row]], boundaries: dict[int, set[int]]) -> None:
    for key, rows in timelines.items():
        for r in rows:
            if r.id and r.valid_to != r.was:
                if tx.run(END, price=r.id, was=r.was, ends=r.valid_to) != 1:
                    raise PriceMoved(r.id)
                boundaries[max(r.valid_to, tx.now)].add(key[0])


def _add(tx: Tx, timelines: dict[Key, list[Row]], boundaries: dict[int, set[int]]) -> None:
    new = list[dict[str, Any]]()
    for (listing_id, market, currency, grade, quantity_from), rows in timelines.items():
        for r in rows:
            if r.id:
                continue
            r.id = tx.new_id()
            place_of = dict(listing_id=listing_id, market=market, currency=currency, grade=grade)
            terms = dict(minor=r.minor, tax_included=int(r.tax_included), list_minor=r.list_minor)
            span = dict(quantity_from=quantity_from, valid_from=r.valid_from, valid_to=r.valid_to)
            new.append(dict(id=r.id) | place_of | terms | span)
            boundaries[r.valid_from].add(listing_id)
            if r.valid_to != OPEN:
                boundaries[r.valid_to].add(listing_id)
    for start in range(0, len(new), 500):
        tx.many(ADD, new[start : start + 500])


def prices(tx: Tx, ask: InForce) -> PriceList:
    """What is in force at a moment: one query."""
    ids = sorted(set(ask.query.listing_ids))
    if len(ids) > MAX_ROWS:
        raise WrongPrice(0, "too_many")
    if not ids:
        return PriceList([])
    at = ask.query.at or tx.now
    return PriceList(
        [_view(r) for r in tx.rows(IN_FORCE, ids=ids, in_market=ask.market, in_currency=ask.currency, at=at)]
    )


def history(tx: Tx, query: HistoryQuery) -> PriceList:
    """What was, is and will be asked, in every market, newest start first; a clerk's own listings only."""
    owner = tx.row(OWNER, listing=query.listing_id)
    if owner is None or (tx.actor.role == "clerk" and tx.actor.merchant_id != owner[0]):
        return PriceList([])
    limit = max(1, min(query.limit, MAX_HISTORY))
    return PriceList([_view(r) for r in tx.rows(HISTORY, listing=query.listing_id, limit=limit)])


def _view(row: Any) -> Price:
    id, listing_id, currency, minor, tax_included, quantity_from, list_minor, valid_to, valid_from, market = row
    end = 0 if valid_to == OPEN else valid_to
    return Price(
        id, listing_id, currency, minor, bool(tax_included), quantity_from, list_minor, end, valid_from, market
    )
