"""Promotions with their budgets, coupons, persons' counts, and the holds that take of all three.

Every limit is a CHECK of its row besides the guard of the write: what is held and used never passes it."""

from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Index,
    PrimaryKeyConstraint,
    String,
    bindparam,
    case,
    func,
    select,
    update,
)

from jishi.kernel import Module, Statement
from jishi.kernel.columns import amount, at, blob, code, count, key, part, ref, text

SWITCH = 1  # the one row of `versions`: which edition of the promotions a process has in memory

module = Module("goods.promotions")
promotions = module.table(
    "promotions",
    key(),
    code("draft_key", 96, unique=True),  # merchant and the caller's key: the same promotion is made once
    ref("merchant_id"),
    code("market", 8),
    code("currency", 3),
    code("stage", 12),
    code("needs", 8),
    code("code", 32, null=True, unique=True),  # folded; NULL = none of its own
    at("valid_from"),
    at("valid_to"),  # OPEN = no end; moved once, when it is ended
    at("made_at"),
    text("draft"),  # JSON of the PromotionDraft
    CheckConstraint("valid_from <= valid_to"),
)
Index("ix_goods_promotions_merchant", promotions.c.merchant_id, promotions.c.id)
Index("ix_goods_promotions_until", promotions.c.valid_to)
budgets = module.table(  # the hot row; 0 = no limit
    "budgets",
    key("promotion_id"),
    amount("most_minor"),
    amount("most_uses"),
    amount("most_claims"),
    amount("held_minor"),
    amount("used_minor"),
    amount("held_uses"),
    amount("used_uses"),
    amount("claimed"),
    CheckConstraint("held_minor >= 0 AND used_minor >= 0 AND held_uses >= 0 AND used_uses >= 0 AND claimed >= 0"),
    CheckConstraint("most_minor = 0 OR held_minor + used_minor <= most_minor"),
    CheckConstraint("most_uses = 0 OR held_uses + used_uses <= most_uses"),
    CheckConstraint("most_claims = 0 OR claimed <= most_claims"),
)
versions = module.table("versions", part("id"), ref("version"))
coupons = module.table(
    "coupons",
    key(),
    ref("promotion_id"),
    code("code", 32, null=True, unique=True),  # NULL = it was claimed from an offer
    ref("person_id", null=True),  # NULL = whoever types the code
    count("nth"),  # this person's so-manieth of the promotion
    code("state", 12),  # issued, claimed, held, used, given_back
    at("claimed_at"),
    at("expires_at"),
    ref("order_id"),
    CheckConstraint("(state = 'held' OR state = 'used') = (order_id <> 0)"),
)
Index("ux_goods_promotions_coupons_nth", coupons.c.promotion_id, coupons.c.person_id, coupons.c.nth, unique=True)
Index("ix_goods_promotions_coupons_person", coupons.c.person_id, coupons.c.id)
Index("ix_goods_promotions_coupons_codes", coupons.c.promotion_id, coupons.c.id)
issues = module.table("issues", code("issue_key", 96, primary_key=True), ref("promotion_id"), count("made"))
counts = module.table(  # what a person has taken of something: a promotion's uses, a listing's pieces, first orders (0)
    "counts",
    Column("of_id", key().type, autoincrement=False),
    Column("person", String(80)),
    count("taken"),
    count("most"),
    PrimaryKeyConstraint("of_id", "person"),
    CheckConstraint("taken >= 0 AND taken <= most"),
)
limits = module.table("limits", key("listing_id"), ref("merchant_id"), count("per_person"))
holds = module.table(
    "holds",
    key("order_id"),
    code("state", 12),  # open, released, confirmed, given_back, refused
    at("until"),
    blob("refusal"),  # the packed fault, so that the refusal is the same again; b"" = it was held
    text("persons"),  # JSON
)
takes = module.table(
    "takes",
    key("order_id"),
    part("n"),
    ref("promotion_id"),
    ref("coupon_id"),
    amount("minor"),
    ref("listing_id"),
    count("pieces"),
    CheckConstraint("minor >= 0 AND pieces >= 0"),
)
firsts = module.table(
    "firsts", key("order_id"), ref("buyer_id", index=True)
)  # orders that were placed and not cancelled

P, B, C = promotions.c, budgets.c, coupons.c
IDS: Any = bindparam("ids", expanding=True)
ORDERS: Any = bindparam("orders", expanding=True)
PEOPLE: Any = bindparam("people", expanding=True)
AT: Any = bindparam("at")
N: Any = bindparam("n")
VIEW = [P.id, P.draft, P.valid_from, P.valid_to, P.made_at, *[c for c in B if c.name != "promotion_id"]]
_BOTH = select(*VIEW).select_from(promotions.join(budgets, B.promotion_id == P.id))

# --- promotions ------------------------------------------------------------------------------------------------------
ADD = Statement(promotions.insert(), *[c.name for c in P])
ADD_BUDGET = Statement(budgets.insert(), *[c.name for c in B])
BY_KEY = Statement(_BOTH.where(P.draft_key == bindparam("called")))
BY_IDS = Statement(_BOTH.where(P.id.in_(IDS)).order_by(P.id))
BY_CODE = Statement(select(P.id, P.valid_to).where(P.code.in_(bindparam("codes", expanding=True))))
BY_CODES = Statement(select(P.id, P.code).where(P.code.in_(bindparam("codes", expanding=True))))
ALIVE = Statement(
    select(P.id, P.draft, P.valid_from, P.valid_to)
    .where(P.valid_to > AT, P.id > bindparam("after"))
    .order_by(P.id)
    .limit(N)
)
END = Statement(update(promotions).where(P.id == bindparam("promotion"), P.valid_to > AT).values(valid_to=AT))
END_UNBEGUN = Statement(
    update(promotions).where(P.id == bindparam("promotion"), P.valid_from > AT).values(valid_to=P.valid_from)
)
_STATES = {
    "": [],
    "live": [P.valid_from <= AT, P.valid_to > AT],
    "planned": [P.valid_from > AT, P.valid_to > P.valid_from],
    "ended": [(P.valid_to <= AT) | (P.valid_to == P.valid_from)],
}
_PAGE = _BOTH.where(P.id < bindparam("before")).order_by(P.id.desc()).limit(N)
PAGES = {  # (state, of one merchant)
    (state, mine): Statement(_PAGE.where(*where, *([P.merchant_id == bindparam("merchant")] if mine else [])))
    for state, where in _STATES.items()
    for mine in (False, True)
}
VERSION = Statement(select(versions.c.version).where(versions.c.id == SWITCH))
FIRST_VERSION = Statement(versions.insert(), "id", "version")
NEXT_VERSION = Statement(update(versions).where(versions.c.id == SWITCH).values(version=bindparam("next_version")))

# --- coupons ---------------------------------------------------------------------------------------------------------
ADD_COUPON = Statement(coupons.insert(), *[c.name for c in C])
ISSUED = Statement(select(issues.c.promotion_id, issues.c.made).where(issues.c.issue_key == bindparam("called")))
ISSUE = Statement(issues.insert(), "issue_key", "promotion_id", "made")
ISSUE_MORE = Statement(
    update(issues)
    .where(issues.c.issue_key == bindparam("called"), issues.c.made == bindparam("was"))
    .values(made=bindparam("now_made"))
)
CODES = Statement(
    select(C.id, C.code, C.state)
    .where(C.promotion_id == bindparam("promotion"), C.id > bindparam("after"), C.code.is_not(None))
    .order_by(C.id)
    .limit(N)
)
TYPED = Statement(select(coupons).where(C.code.in_(bindparam("codes", expanding=True))))
COUPONS = Statement(select(coupons).where(C.id.in_(IDS)).order_by(C.id))
LOCK_COUPONS = Statement(COUPONS.core.with_for_update())
OWN_OF = Statement(
    select(C.id, C.nth, C.state)
    .where(C.promotion_id == bindparam("promotion"), C.person_id == bindparam("person"))
    .order_by(C.nth)
)
OWN_COUNTS = Statement(
    select(C.promotion_id, func.count())
    .where(C.person_id == bindparam("person"), C.promotion_id.in_(IDS))
    .group_by(C.promotion_id)
)
_OWN = select(coupons).where(C.person_id == bindparam("person"))
MINE = Statement(_OWN.order_by(C.id.desc()).limit(N))
USABLE = Statement(
    _OWN.where(C.state.in_(["claimed", "given_back"]), C.expires_at > AT).order_by(C.expires_at, C.id).limit(N)
)
CLAIM_CODE = Statement(
    update(coupons)
    .where(C.id == bindparam("coupon"), C.person_id.is_(None), C.state.in_(["issued", "given_back"]))
    .values(person_id=bindparam("person"), nth=bindparam("new_nth"), state="claimed", claimed_at=AT,
            expires_at=bindparam("until"))
)  # fmt: skip
TAKE_COUPON = Statement(
    update(coupons)
    .where(C.id == bindparam("coupon"), C.state.in_(["issued", "claimed", "given_back"]))
    .values(state="held", order_id=bindparam("order"))
)
TURN_COUPONS = Statement(
    update(coupons).where(C.order_id.in_(ORDERS), C.state == bindparam("was")).values(state=bindparam("to"))
)
_THEIRS = update(coupons).where(C.order_id.in_(ORDERS), C.state.in_(["held", "used"]))
FREE_COUPONS = Statement(  # never used: as they were
    _THEIRS.values(state=case((C.person_id.is_(None), "issued"), else_="claimed"), order_id=0)
)
GIVE_COUPONS = Statement(_THEIRS.values(state="given_back", order_id=0))
OF_PERSON = Statement(select(C.id, C.promotion_id, C.nth).where(C.person_id == bindparam("person")).order_by(C.id))
FORGET_COUPONS = Statement(
    coupons.delete().where(C.person_id == bindparam("person"), C.state.in_(["claimed", "given_back"]))
)
UNNAME_COUPONS = Statement(update(coupons).where(C.person_id == bindparam("person")).values(person_id=None))
MOVE = Statement(
    update(coupons).where(C.id == bindparam("coupon")).values(person_id=bindparam("person"), nth=bindparam("new_nth"))
)

# --- limits ----------------------------------------------------------------------------------------------------------
LOCK_BUDGETS = Statement(select(budgets).where(B.promotion_id.in_(IDS)).order_by(B.promotion_id).with_for_update())
BUDGETS = Statement(select(budgets).where(B.promotion_id.in_(IDS)))
_MORE_MINOR: Any = bindparam("more_minor")
_MORE_USES: Any = bindparam("more_uses")
TAKE = Statement(
    update(budgets)
    .where(
        B.promotion_id == bindparam("promotion"),
        (B.most_minor == 0) | (B.held_minor + B.used_minor + _MORE_MINOR <= B.most_minor),
        (B.most_uses == 0) | (B.held_uses + B.used_uses + _MORE_USES <= B.most_uses),
    )
    .values(held_minor=B.held_minor + _MORE_MINOR, held_uses=B.held_uses + _MORE_USES)
)
SHIFT = Statement(
    update(budgets)
    .where(B.promotion_id == bindparam("promotion"))
    .values(
        held_minor=B.held_minor + bindparam("held_minor_by"),
        used_minor=B.used_minor + bindparam("used_minor_by"),
        held_uses=B.held_uses + bindparam("held_uses_by"),
        used_uses=B.used_uses + bindparam("used_uses_by"),
    )
)
CLAIMED = Statement(
    update(budgets)
    .where(B.promotion_id == bindparam("promotion"), (B.most_claims == 0) | (B.claimed < B.most_claims))
    .values(claimed=B.claimed + 1)
)
K = counts.c
COUNT = Statement(counts.insert(), "of_id", "person", "taken", "most")
TAKEN = Statement(select(counts).where(K.of_id.in_(IDS), K.person.in_(PEOPLE)).order_by(K.of_id, K.person))
LOCK_TAKEN = Statement(TAKEN.core.with_for_update())
TAKE_COUNT = Statement(
    update(counts)
    .where(
        K.of_id == bindparam("of"), K.person == bindparam("who"), K.taken + bindparam("more") <= bindparam("at_most")
    )
    .ordered_values((K.most, bindparam("at_most")), (K.taken, K.taken + bindparam("more")))
)
GIVE_COUNT = Statement(
    update(counts)
    .where(K.of_id == bindparam("of"), K.person == bindparam("who"), K.taken >= bindparam("less"))
    .values(taken=K.taken - bindparam("less"))
)
LIMITS = Statement(select(limits.c.listing_id, limits.c.per_person).where(limits.c.listing_id.in_(IDS)))
ANY_LIMIT = Statement(select(limits.c.listing_id).where(limits.c.per_person > 0).limit(1))
LIMIT_OWNER = Statement(select(limits.c.merchant_id).where(limits.c.listing_id == bindparam("listing")))
ADD_LIMIT = Statement(limits.insert(), "listing_id", "merchant_id", "per_person")
PUT_LIMIT = Statement(
    update(limits).where(limits.c.listing_id == bindparam("listing")).values(per_person=bindparam("new_most"))
)
FIRSTS = Statement(select(firsts.c.order_id).where(firsts.c.buyer_id == bindparam("buyer")).limit(2))
PLACED = Statement(firsts.insert(), "order_id", "buyer_id")
FORGET_FIRSTS = Statement(firsts.delete().where(firsts.c.buyer_id == bindparam("buyer")))
FORGET_COUNTS = Statement(counts.delete().where(K.person == bindparam("who")))
UNPLACED = Statement(firsts.delete().where(firsts.c.order_id == bindparam("order")))

# --- holds -----------------------------------------------------------------------------------------------------------
HOLD = Statement(holds.insert(), *[c.name for c in holds.c])
KNOWN = Statement(select(holds).where(holds.c.order_id.in_(ORDERS)).order_by(holds.c.order_id))
LOCK_HOLDS = Statement(KNOWN.core.with_for_update())
TURN = Statement(
    update(holds).where(holds.c.order_id.in_(ORDERS), holds.c.state == bindparam("was")).values(state=bindparam("to"))
)
TAKES = Statement(select(takes).where(takes.c.order_id.in_(ORDERS)).order_by(takes.c.order_id, takes.c.n))
ADD_TAKE = Statement(takes.insert(), *[c.name for c in takes.c])
