"""What is read: the desk's lists, a person's coupons, what is on offer, and the facts that a basket is judged by."""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from jishi.kernel import Tx, WrongId
from jishi.kernel.ids import decode
from jishi.kernel.paging import cut, limited, read_cursor

from .basket import FIRST_ORDERS, Facts, Purse, Ticket
from .book import OPEN, draft_of, drafts_of, view
from .codes import fold
from .face import (
    Code,
    CodeList,
    CodesQuery,
    Coupon,
    CouponList,
    LimitList,
    LimitsQuery,
    ListingLimit,
    MineQuery,
    NoPromotion,
    PromotionPage,
    PromotionRef,
    PromotionsQuery,
    WrongPromotion,
)
from .kinds import terms_of
from .rating import Live, live_of
from .stand import USABLE as USABLE_STATES
from .tables import (
    ALIVE,
    ANY_LIMIT,
    BUDGETS,
    BY_CODES,
    BY_IDS,
    CODES,
    COUPONS,
    FIRSTS,
    LIMITS,
    MINE,
    OWN_COUNTS,
    PAGES,
    TAKEN,
    TYPED,
    USABLE,
    VERSION,
)
from .terms import Promotion, PromotionDraft

MOST, MOST_CODES, MOST_COUPONS = 100, 1_000, 100
LAST = (1 << 63) - 1
CHUNK = 500  # promotions of one read
STATES = ("", "live", "planned", "ended")


# --- the desk ----------------------------------------------------------------------------------------------------------


def promotion(tx: Tx, query: PromotionRef) -> Promotion:
    row = tx.row(BY_IDS, ids=[query.promotion_id])
    if row is None or (tx.actor.role == "clerk" and draft_of(row[1]).merchant_id != tx.scope):
        raise NoPromotion(query.promotion_id)
    return view(row, tx.now)


def promotions(tx: Tx, query: PromotionsQuery) -> PromotionPage:
    """Newest first; a clerk's list is its merchant's, whatever it asks for."""
    if query.state not in STATES:
        raise WrongPromotion("state", "choice")
    clerk = tx.actor.role == "clerk"
    merchant_id = tx.scope if clerk else query.merchant_id
    limit = limited(query.limit)
    before = read_cursor(query.cursor, int).id if query.cursor else LAST
    of = {"merchant": merchant_id} if clerk or merchant_id else {}
    at = {"at": tx.now} if query.state else {}
    rows = tx.rows(PAGES[query.state, bool(of)], before=before, n=limit + 1, **of, **at)
    shown, after = cut([view(r, tx.now) for r in rows], limit, lambda p: (p.id, p.id))
    return PromotionPage(list(shown), after)


def codes(tx: Tx, query: CodesQuery) -> CodeList:
    promotion(tx, PromotionRef(query.promotion_id))
    rows = tx.rows(CODES, promotion=query.promotion_id, after=query.after, n=limited(query.limit, MOST_CODES))
    return CodeList([Code(*r) for r in rows])


def limits(tx: Tx, query: LimitsQuery) -> LimitList:
    ids = sorted(set(query.listing_ids))[:256]
    return LimitList([ListingLimit(*r) for r in tx.rows_in(LIMITS, "ids", ids) if r[1]])


# --- coupons -----------------------------------------------------------------------------------------------------------


def coupon_of(row: Any, d: PromotionDraft, valid_from: int, now: int) -> Coupon:
    id, promotion_id, _, _, _, state, claimed_at, expires_at, order_id = row
    shown = "expired" if state in USABLE_STATES and expires_at <= now else state
    return Coupon(
        id, promotion_id, d.names, d.stage, d.rule, d.currency, d.merchant_id, d.min_minor, d.min_pieces,
        terms_of(d), shown, claimed_at, valid_from, 0 if expires_at == OPEN else expires_at, order_id,
    )  # fmt: skip


def mine(tx: Tx, query: MineQuery) -> CouponList:
    """The actor's own: two queries."""
    if not tx.actor.id:
        return CouponList([])
    rows = tx.rows(MINE, person=tx.actor.id, n=MOST_COUPONS)
    known = {r[0]: r for r in tx.rows_in(BY_IDS, "ids", sorted({r[1] for r in rows}))}
    found = [coupon_of(r, draft_of(known[r[1]][1]), known[r[1]][2], tx.now) for r in rows]
    wanted = {"usable": ("claimed", "given_back"), "used": ("held", "used"), "expired": ("expired",)}.get(query.state)
    kept = [c for c in found if wanted is None or c.state in wanted]
    return CouponList(kept[: limited(query.limit)])


def claimed(tx: Tx, promotion_ids: Sequence[int]) -> tuple[dict[int, int], dict[int, tuple[int, int]]]:
    """(coupons that the actor has, (most that may be claimed, claimed)) by promotion."""
    own = dict(tx.rows_in(OWN_COUNTS, "ids", promotion_ids, person=tx.actor.id)) if tx.actor.id else {}
    return own, {r[0]: (r[3], r[8]) for r in tx.rows_in(BUDGETS, "ids", promotion_ids)}


# --- what a process keeps ------------------------------------------------------------------------------------------------


def edition(tx: Tx, _: None) -> int:
    """Changes whenever a promotion is made or ended."""
    row = tx.row(VERSION)
    return int(row[0]) if row else 0


def alive(tx: Tx, after: int) -> list[Live]:
    """Promotions that are live or planned, up to 500 by id."""
    return [live_of(id, draft_of(raw), *span) for id, raw, *span in tx.rows(ALIVE, at=tx.now, after=after, n=CHUNK)]


def any_limits(tx: Tx, _: None) -> bool:
    """Whether any listing has a limit a person."""
    return bool(tx.rows(ANY_LIMIT))


class FactsAsk(msgspec.Struct, frozen=True):
    """What `rate` must know of the tables. `promotion_ids`: the automatic ones that have a limit and may count."""

    promotion_ids: list[int]
    listing_ids: list[int]
    codes: list[str]
    persons: list[str]
    first: bool


def facts(tx: Tx, ask: FactsAsk) -> Facts:
    """At most eight reads, however large the basket."""
    tickets = [*typed_tickets(tx, ask.codes), *own_tickets(tx)]
    tickets = list({(t.coupon_id, "" if t.coupon_id else t.typed): t for t in reversed(tickets)}.values())[::-1]
    ids = sorted({*ask.promotion_ids, *(t.promotion_id for t in tickets if t.promotion_id)})
    drafts = drafts_of(tx, ids)
    purses = {r[0]: Purse(r[1], r[4] + r[5], r[2], r[6] + r[7]) for r in tx.rows_in(BUDGETS, "ids", ids)}
    limits_of: dict[int, int] = {id: n for id, n in tx.rows_in(LIMITS, "ids", ask.listing_ids) if n}
    first = ask.first or any(d.first_order for d in drafts.values())
    counted = [id for id in ids if drafts[id].per_person] + sorted(limits_of) + ([FIRST_ORDERS] if first else [])
    taken: dict[int, int] = {}
    if ask.persons and counted:
        for of_id, _, n, _ in tx.rows_in(TAKEN, "ids", counted, people=ask.persons):
            taken[of_id] = max(taken.get(of_id, 0), n)
    before = first and (taken.get(FIRST_ORDERS, 0) > 0 or bool(tx.actor.id and tx.rows(FIRSTS, buyer=tx.actor.id)))
    unknown = {id: live_of(id, d, 0, 0) for id, d in drafts.items()}
    return Facts(purses, taken, tickets, before, limits_of, {id: taken.get(id, 0) for id in limits_of}, unknown)


def own_tickets(tx: Tx) -> Iterable[Ticket]:
    """The actor's usable coupons, those first that end first."""
    if not tx.actor.id:
        return []
    rows = tx.rows(USABLE, person=tx.actor.id, at=tx.now, n=MOST_COUPONS)
    return [Ticket(r[1], r[0], "", r[7]) for r in rows]


def typed_tickets(tx: Tx, typed: Sequence[str]) -> Iterable[Ticket]:
    """What was typed or picked, each with what it is or why it is nothing."""
    ids, folded = dict[str, int](), dict[str, str]()
    for word in dict.fromkeys(typed):
        try:
            ids[word] = decode("cpn", word)
        except WrongId:
            folded[word] = fold(word)
    by_id = {r[0]: r for r in tx.rows_in(COUPONS, "ids", sorted(set(ids.values())))}
    by_code = {r[2]: r for r in tx.rows_in(TYPED, "codes", sorted(set(folded.values())))}
    shared = {code: id for id, code in tx.rows_in(BY_CODES, "codes", sorted(set(folded.values())))}
    for word in dict.fromkeys(typed):
        row = by_id.get(ids[word]) if word in ids else by_code.get(folded[word])
        if row is not None and row[3] in (None, tx.actor.id):
            yield Ticket(row[1], row[0], word, row[7], state_why(row[5], row[7], tx.now))
        elif word in folded and folded[word] in shared:
            yield Ticket(shared[folded[word]], 0, word, OPEN)
        else:
            yield Ticket(0, 0, word, 0, "unknown")


def state_why(state: str, expires_at: int, now: int) -> str:
    if state in ("held", "used"):
        return state
    return "" if expires_at > now else "expired"
