"""Units of the desk and of claims: promotions are made and ended, codes issued, coupons taken."""

from typing import Any

import msgspec

from jishi.kernel import Forbidden, Tx

from .book import OPEN, draft_of, next_edition, view
from .codes import fold, random_code
from .face import (
    Claim,
    CodeTaken,
    Coupon,
    IssueCodes,
    Issued,
    ListingLimit,
    NoCoupon,
    NoPromotion,
    NotClaimable,
    PromotionRef,
    PromotionsChanged,
    PutLimit,
    PutPromotion,
    WrongPromotion,
)
from .queries import coupon_of
from .rules import check, check_key
from .tables import (
    ADD,
    ADD_BUDGET,
    ADD_COUPON,
    ADD_LIMIT,
    BY_CODE,
    BY_CODES,
    BY_IDS,
    BY_KEY,
    CLAIM_CODE,
    CLAIMED,
    COUPONS,
    END,
    END_UNBEGUN,
    ISSUE,
    ISSUE_MORE,
    ISSUED,
    LIMIT_OWNER,
    LOCK_BUDGETS,
    OWN_OF,
    PUT_LIMIT as SET_LIMIT,
    TYPED,
)
from .terms import Promotion, PromotionDraft

DAY_MS = 86_400_000
CHUNK, MOST_CODES = 500, 10_000  # codes of one unit, of one issue
MOST_CLAIMS = 100  # coupons of one promotion that a person may have; one where it names no limit


def put(tx: Tx, cmd: PutPromotion) -> Promotion:
    """The promotion is planned or live, once a key. Raises `WrongPromotion`, `CodeTaken`; `Forbidden` to a clerk for anybody
    but its own merchant's shop."""
    d = cmd.draft
    if tx.actor.role == "clerk" and (not tx.scope or d.merchant_id != tx.scope):
        raise Forbidden("goods:promotion:put")
    check_key(cmd.key)
    called = f"{d.merchant_id}:{cmd.key}"
    if (row := tx.row(BY_KEY, called=called)) is not None:
        return view(row, tx.now)
    check(d, tx.now)
    begins, ends, code = d.valid_from or tx.now, d.valid_to or OPEN, fold(d.code) or None
    if code and (tx.row(BY_CODE, codes=[code]) or tx.row(TYPED, codes=[code])):
        raise CodeTaken(d.code)
    id = tx.new_id()
    what = dict(merchant_id=d.merchant_id, market=d.market, currency=d.currency, stage=d.stage, needs=d.needs)
    when = dict(valid_from=begins, valid_to=ends, made_at=tx.now)
    raw = msgspec.json.encode(d).decode()
    if tx.once(ADD, id=id, draft_key=called, code=code, draft=raw, **what, **when):
        most = dict(most_minor=d.budget_minor, most_uses=d.budget_uses, most_claims=d.claims)
        counters = dict.fromkeys(("held_minor", "used_minor", "held_uses", "used_uses", "claimed"), 0)
        tx.once(ADD_BUDGET, promotion_id=id, **most, **counters)
        next_edition(tx)
        tx.emit(PromotionsChanged(id, d.merchant_id))
        for moment in (begins, ends):
            if tx.now < moment < OPEN:
                tx.emit(PromotionsChanged(id, d.merchant_id), due_at=moment)
    row = tx.row(BY_KEY, called=called)
    if row is None:  # the key was free and the code was not: somebody else took it at this moment
        raise CodeTaken(d.code)
    return view(row, tx.now)


def end(tx: Tx, cmd: PromotionRef) -> Promotion:
    """It counts no more from now on; what orders hold or have used of it stays. One that never began never will."""
    row = own(tx, cmd.promotion_id)
    d = draft_of(row[1])
    moved = tx.run(END_UNBEGUN, promotion=cmd.promotion_id, at=tx.now) or tx.run(
        END, promotion=cmd.promotion_id, at=tx.now
    )
    if moved:
        next_edition(tx)
        tx.emit(PromotionsChanged(cmd.promotion_id, d.merchant_id))
    return view(tx.row(BY_IDS, ids=[cmd.promotion_id]), tx.now)


def own(tx: Tx, promotion_id: int) -> tuple[int, str, int, int]:
    """The row, if it is the actor's to manage: a clerk's are its merchant's. Else `NoPromotion`."""
    row = tx.row(BY_IDS, ids=[promotion_id])
    if row is None or (tx.actor.role == "clerk" and (not tx.scope or draft_of(row[1]).merchant_id != tx.scope)):
        raise NoPromotion(promotion_id)
    return row[0], row[1], row[2], row[3]


def issue(tx: Tx, cmd: IssueCodes) -> Issued:
    """Up to 500 more of the codes asked for; answers how many there are now. Asked again until there are all."""
    check_key(cmd.key)
    _, raw, _, _ = own(tx, cmd.promotion_id)
    d = draft_of(raw)
    if d.needs != "code" or d.code:
        raise WrongPromotion("needs", "needs")
    if not 0 < cmd.count <= MOST_CODES:
        raise WrongPromotion("count", "count")
    called = f"{cmd.promotion_id}:{cmd.key}"
    tx.once(ISSUE, issue_key=called, promotion_id=cmd.promotion_id, made=0)
    _, made = tx.row(ISSUED, called=called)
    more = min(CHUNK, cmd.count - made)
    if more <= 0:
        return Issued(cmd.promotion_id, made)
    if tx.run(ISSUE_MORE, called=called, was=made, now_made=made + more) != 1:
        return Issued(cmd.promotion_id, made)  # another process makes the same ones
    codes = set[str]()
    while len(codes) < more:
        codes.add(random_code(tx.random))
    rows = [coupon_row(tx, cmd.promotion_id, code, None, 0, "issued", d.valid_to or OPEN) for code in sorted(codes)]
    tx.many(ADD_COUPON, rows)
    return Issued(cmd.promotion_id, made + more)


def coupon_row(
    tx: Tx, promotion_id: int, code: str | None, person_id: int | None, nth: int, state: str, expires_at: int
) -> dict[str, object]:
    whose = dict(promotion_id=promotion_id, code=code, person_id=person_id, nth=nth)
    return dict(id=tx.new_id(), state=state, claimed_at=tx.now, expires_at=expires_at, order_id=0) | whose


def claim(tx: Tx, cmd: Claim) -> Coupon:
    """The coupon is the actor's. A public offer gives one more until the person has as many as it may use; asked again
    then, it is `NotClaimable`. A code becomes the actor's own coupon; asked again, it is the same one."""
    if not tx.actor.id:
        raise NoCoupon(cmd.code)
    return claim_code(tx, cmd.code) if cmd.code else claim_offer(tx, cmd.promotion_id)


def claim_offer(tx: Tx, promotion_id: int) -> Coupon:
    row = tx.row(BY_IDS, ids=[promotion_id])
    if row is None or draft_of(row[1]).needs != "claim":
        raise NoCoupon(str(promotion_id))
    return claimed(tx, row)


def claimed(tx: Tx, row: Any) -> Coupon:
    """One more coupon of this promotion is the actor's."""
    promotion_id, raw, begins, until, *_ = row
    d = draft_of(raw)
    if not begins <= tx.now < until:
        raise NotClaimable(promotion_id, "ended")
    tx.row(LOCK_BUDGETS, ids=[promotion_id])  # whoever claims the same at the same time comes after
    mine = tx.rows(OWN_OF, promotion=promotion_id, person=tx.actor.id)
    if len(mine) >= min(d.per_person or 1, MOST_CLAIMS):
        raise NotClaimable(promotion_id, "per_person")
    if tx.run(CLAIMED, promotion=promotion_id) != 1:
        raise NotClaimable(promotion_id, "gone")
    nth = max((n for _, n, _ in mine), default=0) + 1
    made = coupon_row(tx, promotion_id, None, tx.actor.id, nth, "claimed", life(d, until, tx.now))
    tx.many(ADD_COUPON, [made])
    return coupon_of(tx.row(COUPONS, ids=[made["id"]]), d, begins, tx.now)


def life(d: PromotionDraft, until: int, now: int) -> int:
    """When a coupon that is claimed now ends."""
    return min(until, now + d.claim_days * DAY_MS) if d.claim_days else until


def claim_code(tx: Tx, typed: str) -> Coupon:
    code = fold(typed)
    found = tx.row(TYPED, codes=[code])
    if found is None:
        return claim_shared(tx, code, typed)
    if found[3] not in (None, tx.actor.id):
        raise NoCoupon(typed)
    row = tx.row(BY_IDS, ids=[found[1]])
    d, until = draft_of(row[1]), row[3]
    if found[3] is None:
        if until <= tx.now:
            raise NotClaimable(found[1], "ended")
        own = tx.rows(OWN_OF, promotion=found[1], person=tx.actor.id)
        nth, ends = max((n for _, n, _ in own), default=0) + 1, life(d, until, tx.now)
        if tx.run(CLAIM_CODE, coupon=found[0], person=tx.actor.id, new_nth=nth, at=tx.now, until=ends) != 1:
            raise NoCoupon(typed)  # held or used
        found = tx.row(COUPONS, ids=[found[0]])
    return coupon_of(found, d, row[2], tx.now)


def claim_shared(tx: Tx, code: str, typed: str) -> Coupon:
    """A code that is one for all gives the actor a coupon of its own; while that one is unused, asking again gives it again."""
    known = tx.row(BY_CODES, codes=[code])
    if known is None:
        raise NoCoupon(typed)
    row = tx.row(BY_IDS, ids=[known[0]])
    mine = tx.rows(OWN_OF, promotion=known[0], person=tx.actor.id)
    if unused := [id for id, _, state in mine if state in ("claimed", "given_back")]:
        return coupon_of(tx.row(COUPONS, ids=unused[:1]), draft_of(row[1]), row[2], tx.now)
    return claimed(tx, row)


def put_limit(tx: Tx, cmd: PutLimit) -> ListingLimit:
    """So many pieces a person, from now on; who has bought more already buys no more. Another merchant's: `NoPromotion`."""
    if tx.actor.role == "clerk" and (not tx.scope or cmd.merchant_id != tx.scope):
        raise Forbidden("goods:promotion:put")
    if not 0 <= cmd.per_person <= 999:
        raise WrongPromotion("per_person", "range")
    tx.once(ADD_LIMIT, listing_id=cmd.listing_id, merchant_id=cmd.merchant_id, per_person=0)
    if tx.row(LIMIT_OWNER, listing=cmd.listing_id)[0] != cmd.merchant_id:
        raise NoPromotion(cmd.listing_id)
    tx.run(SET_LIMIT, listing=cmd.listing_id, new_most=cmd.per_person)
    next_edition(tx)
    return ListingLimit(cmd.listing_id, cmd.per_person)
