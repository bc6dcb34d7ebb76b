"""What is read of the price book: what is in force and why, what was asked, what was paid."""

from typing import Any

from msgspec import Struct

from jishi.kernel import Tx

from .face import HistoryQuery, Price, PriceList, PriceQuery, Sold, SoldList, SoldQuery, WrongPrice
from .law import Law, law_of
from .layers import Deal, by_listing, in_force, needs_past, struck
from .rules import MAX_ROWS, OPEN
from .tables import DEALS, HISTORY, IN_FORCE, OWNER, OWNERS_SEEN, SINCE, SOLD

MAX_HISTORY = 100


class InForce(Struct, frozen=True):
    """A `PriceQuery` with the place that the context told."""

    query: PriceQuery
    market: str
    currency: str
    storefront: str


def prices(tx: Tx, ask: InForce) -> PriceList:
    """What is in force at a moment: one query; a second one where a campaign is on whose strike-through the past judges."""
    ids = sorted(set(ask.query.listing_ids))
    if len(ids) > MAX_ROWS:
        raise WrongPrice(0, "too_many")
    if not ids:
        return PriceList([])
    at, law = ask.query.at or tx.now, law_of(ask.market, ask.query.at or tx.now)
    rows = [view(r) for r in tx.rows(IN_FORCE, ids=ids, in_market=ask.market, in_currency=ask.currency, at=at)]
    found = [p for its in by_listing(rows).values() for p in in_force(its)]
    judged = [p for p in found if needs_past(p, law)]
    offered, paid = past(tx, ask, law, judged)
    told = [
        struck(p, law, offered.get(p.listing_id, []), paid.get(p.listing_id, [])) if p.quantity_from == 1 else p
        for p in found
    ]
    return PriceList(told)


def past(
    tx: Tx, ask: InForce, law: Law | None, judged: list[Price]
) -> tuple[dict[int, list[Price]], dict[int, list[Deal]]]:
    """(what was offered, what was paid) before these began, by listing."""
    if law is None or not judged:
        return {}, {}
    ids, before = sorted({p.listing_id for p in judged}), max(p.valid_from for p in judged)
    place = dict(in_market=ask.market, in_currency=ask.currency)
    begins = {p.listing_id: p.valid_from for p in judged}
    if law.rule == "offered":
        since = min(begins.values()) - law.span_ms
        rows = [view(r) for r in tx.rows_in(SINCE, "ids", ids, at=since, before=before, **place)]
        return dict(by_listing(rows)), {}
    paid: dict[int, list[Deal]] = {}
    for listing_id, *deal in tx.rows_in(DEALS, "ids", ids, before=before, in_storefront=ask.storefront, **place):
        if deal[0] < begins[listing_id]:
            paid.setdefault(listing_id, []).append((deal[0], deal[1], deal[2]))
    return {}, paid


def unpriced(tx: Tx, ids: list[int]) -> list[int]:
    """Those that nobody has priced yet."""
    known = {r[0] for r in tx.rows_in(OWNERS_SEEN, "ids", ids)}
    return [id for id in ids if id not in known]


def is_own(tx: Tx, listing_id: int) -> bool:
    owner = tx.row(OWNER, listing=listing_id)
    return owner is not None and (tx.actor.role != "clerk" or tx.actor.merchant_id == owner[0])


def history(tx: Tx, query: HistoryQuery) -> PriceList:
    """What was, is and will be asked, in every market, newest start first; a clerk's own listings only."""
    if not is_own(tx, query.listing_id):
        return PriceList([])
    limit = max(1, min(query.limit, MAX_HISTORY))
    return PriceList([view(r) for r in tx.rows(HISTORY, listing=query.listing_id, limit=limit)])


def sold(tx: Tx, query: SoldQuery) -> SoldList:
    if not is_own(tx, query.listing_id):
        return SoldList([])
    limit = max(1, min(query.limit, MAX_HISTORY))
    return SoldList([Sold(*r) for r in tx.rows(SOLD, listing=query.listing_id, limit=limit)])


def view(row: Any) -> Price:
    id, listing_id, currency, minor, tax_included, quantity_from, list_minor, valid_to, valid_from, market, layer = row
    end = 0 if valid_to == OPEN else valid_to
    return Price(
        id, listing_id, currency, minor, bool(tax_included), quantity_from, list_minor, end, valid_from, market, layer
    )
