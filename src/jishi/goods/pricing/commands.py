"""Units of the price book."""

from collections import defaultdict
from typing import Any

from jishi.kernel import Forbidden, Tx

from .face import PriceList, PricesChanged, SetPrices, WrongPrice
from .queries import view
from .rules import OPEN, Key, Row, check, key_of, place
from .tables import ADD, AHEAD, BY_ID, CLAIM, END, OWNERS


class PriceMoved(RuntimeError):
    """A guard met another end than was read: nothing was written."""


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
    return PriceList([view(r) for r in tx.rows_in(BY_ID, "ids", sorted({row.id for _, row in placed}))])


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
    for id, listing_id, market, currency, grade, layer, from_, minor, taxed, list_minor, begins, ends in tx.rows_in(
        AHEAD, "ids", ids, at=tx.now
    ):
        row = Row(id, minor, bool(taxed), list_minor, begins, ends, ends)
        found[listing_id, market, currency, grade, layer, from_].append(row)
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
    for (listing_id, market, currency, grade, layer, quantity_from), rows in timelines.items():
        for r in rows:
            if r.id:
                continue
            r.id = tx.new_id()
            place_of = dict(listing_id=listing_id, market=market, currency=currency, grade=grade, layer=layer)
            terms = dict(minor=r.minor, tax_included=int(r.tax_included), list_minor=r.list_minor)
            span = dict(quantity_from=quantity_from, valid_from=r.valid_from, valid_to=r.valid_to)
            new.append(dict(id=r.id) | place_of | terms | span)
            boundaries[r.valid_from].add(listing_id)
            if r.valid_to != OPEN:
                boundaries[r.valid_to].add(listing_id)
    for start in range(0, len(new), 500):
        tx.many(ADD, new[start : start + 500])
