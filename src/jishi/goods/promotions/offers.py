"""What a buyer is shown: live promotions with what they give and need. Pure, but for what the actor has claimed."""

from collections.abc import Iterable, Mapping

from jishi.kernel.paging import limited

from .book import OPEN
from .face import Offer, OffersQuery
from .kinds import terms_of
from .rating import Live


def shown(lives: Iterable[Live], query: OffersQuery, now: int) -> list[Live]:
    """Those that are for everybody to see and touch what is asked for, those that end first in front."""
    found = [x for x in lives if x.valid_from <= now < x.valid_to and x.draft.needs != "code" and touches(x, query)]
    found.sort(key=lambda x: (x.draft.needs != "claim", x.valid_to, x.id))
    return found[: limited(query.limit)]


def touches(live: Live, q: OffersQuery) -> bool:
    """One that names goods touches those; one that does not touches every one of its merchants. A question that names
    nothing is for all."""
    d = live.draft
    if q.merchant_ids and live.merchants and not live.merchants.intersection(q.merchant_ids):
        return False
    if not live.goods or not (q.product_ids or q.listing_ids or q.categories):
        return True
    named = (d.product_ids, q.product_ids), (d.listing_ids, q.listing_ids), (d.categories, q.categories)
    return any(set(has) & set(asked) for has, asked in named)


def offer_of(live: Live, own: Mapping[int, int], claims: Mapping[int, tuple[int, int]]) -> Offer:
    d, mine = live.draft, own.get(live.id, 0)
    most, claimed = claims.get(live.id, (0, 0))
    left = max(0, most - claimed) if most else -1
    may = d.needs == "claim" and left != 0 and mine < (d.per_person or 1)
    return Offer(
        live.id, d.names, d.stage, d.needs, d.rule, d.currency, d.merchant_id, terms_of(d), live.valid_from,
        0 if live.valid_to == OPEN else live.valid_to, left, mine, may, d.merchant_ids, d.categories, d.product_ids,
    )  # fmt: skip
