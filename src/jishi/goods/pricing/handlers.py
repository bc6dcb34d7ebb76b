"""What was paid for listings, kept hour by hour from the orders' own fact."""

from collections.abc import Sequence

from jishi.kernel import Event, Tx

from .tables import BEGAN, DEAL, DEAL_MORE, DEAL_OF, FORGET_DEALS, OLD_DEALS

HOUR_MS = 3_600_000
KEPT_MS = 60 * 86_400_000  # laws ask for 30 days at most; a price paid longer ago is no basis
SWEEP_ONE_IN = 64


class Confirmed(Event, tag="trade.orders.confirmed", frozen=True):
    """The part of the orders' fact that counts here. `sold`: (listing, pieces, minor units paid for them)."""

    currency: str
    market: str = ""
    storefront: str = ""
    sold: Sequence[tuple[int, int, int]] = ()


def sold(tx: Tx, event: Confirmed) -> None:
    """The hour of each listing knows its lowest price and its last; a new price begins a new count, so that what was paid
    before a campaign is never mixed with what was paid in it. What was given away is no price."""
    hour = tx.now - tx.now % HOUR_MS
    place = dict(market=event.market, storefront=event.storefront, currency=event.currency)
    where = {f"in_{k}": v for k, v in place.items()}
    paid = {listing_id: minor // pieces for listing_id, pieces, minor in event.sold if pieces > 0 and minor >= pieces}
    there = dict(in_market=event.market, in_currency=event.currency)
    began = dict(tx.rows_in(BEGAN, "ids", sorted(paid), after=hour, at=tx.now, **there))
    for listing_id, minor in sorted(paid.items()):
        since = began.get(listing_id, hour)
        if tx.once(DEAL, listing_id=listing_id, since=since, low_minor=minor, last_minor=minor, **place):
            continue
        (low,) = tx.row(DEAL_OF, listing=listing_id, in_since=since, **where)
        tx.run(DEAL_MORE, listing=listing_id, in_since=since, low=min(low, minor), last=minor, **where)
    if not tx.random.randrange(SWEEP_ONE_IN):
        sweep(tx)


def sweep(tx: Tx) -> None:
    """Up to 64 moments of what nobody will ask for any more is gone."""
    if moments := sorted({r[0] for r in tx.rows(OLD_DEALS, before=tx.now - KEPT_MS)}):
        tx.run(FORGET_DEALS, moments=moments)
