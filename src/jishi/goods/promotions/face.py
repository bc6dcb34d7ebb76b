"""What is taken off, from whom, for whom: promotions in their order, coupons, and the limits of both."""

from abc import abstractmethod

from msgspec import Struct

from jishi.kernel import Context, Event, Face, Fault
from jishi.kernel.holds import Held, HoldRef
from jishi.kernel.place import Reason, Text

from .terms import Applied, Cut, Good, Limit, Near, Over, Promotion, PromotionDraft, Rule, Unused


class PutPromotion(Struct, frozen=True):
    """`key` (≤ 64 characters, the merchant's own) makes it safe to repeat: the first draft under it stays."""

    key: str
    draft: PromotionDraft


class PromotionRef(Struct, frozen=True):
    promotion_id: int


class PromotionsQuery(Struct, frozen=True):
    """The desk's list, newest first; a clerk's own merchant's. `state`: "", live, planned, ended. ≤ 100."""

    state: str = ""
    merchant_id: int = 0
    cursor: str = ""
    limit: int = 50


class PromotionPage(Struct, frozen=True):
    rows: list[Promotion]
    next: str


class IssueCodes(Struct, frozen=True):
    """`count` codes (1 … 10,000), each good once, for a promotion that needs one. `key` makes it safe to repeat."""

    promotion_id: int
    key: str
    count: int


class Issued(Struct, frozen=True):
    promotion_id: int
    count: int


class CodesQuery(Struct, frozen=True):
    """Issued codes by id after `after`; ≤ 1,000."""

    promotion_id: int
    after: int = 0
    limit: int = 1_000


class Code(Struct, frozen=True):
    """state: issued, held, used, given_back."""

    id: int
    code: str
    state: str


class CodeList(Struct, frozen=True):
    rows: list[Code]


class Rate(Struct, frozen=True):
    """≤ 100 goods, in the context's market and currency. `codes`: typed codes and picked coupons' ids as text, ≤ 20.
    `persons`: who buys, as the holds will be told: "a:" + the account's id, fingerprints of the contact. The actor's claimed
    coupons are found by themselves. `order_id` (0 = none): what that order holds already does not stand in its own way.
    `at` 0 = now; another moment is a preview."""

    goods: list[Good]
    codes: list[str] = []
    persons: list[str] = []
    at: int = 0


class Rated(Struct, frozen=True):
    """`cuts` by line, then in the order they were taken; Σ cuts by line = Σ by promotion, and no line falls below 0.
    `holds` is what to hold for the order; empty = nothing to hold. `over`: more than a person may buy."""

    cuts: list[Cut]
    used: list[Applied]
    unused: list[Unused]
    near: list[Near]
    holds: list[Limit]
    over: list[Over] = []


class Preview(Struct, frozen=True):
    """What a draft would do to a sample basket, by itself (`alone`) and beside what is live then."""

    draft: PromotionDraft
    goods: list[Good]


class Previewed(Struct, frozen=True):
    alone: Rated
    beside: Rated


class HoldUses(Struct, frozen=True):
    """All of it or nothing, until `until` (ms UTC). `persons` as in `Rate`: each has its own count."""

    order_id: int
    holds: list[Limit]
    persons: list[str]
    until: int


class Claim(Struct, frozen=True):
    """A public offer by its id, or a code that becomes the actor's own."""

    promotion_id: int = 0
    code: str = ""


class Coupon(Struct, frozen=True):
    """state: claimed, held, used, given_back, expired. Claimed and given-back ones can be used."""

    id: int
    promotion_id: int
    names: Text
    stage: str
    rule: Rule
    currency: str
    merchant_id: int
    min_minor: int
    min_pieces: int
    terms: list[Reason]
    state: str
    claimed_at: int
    valid_from: int
    expires_at: int  # 0 = open
    order_id: int = 0


class MineQuery(Struct, frozen=True):
    """The actor's coupons, newest first. `state`: "" = all, usable, used, expired. ≤ 100."""

    state: str = "usable"
    limit: int = 100


class CouponList(Struct, frozen=True):
    rows: list[Coupon]


class OffersQuery(Struct, frozen=True):
    """What is on offer in the context's market: all of it, or what touches one of these. ≤ 100."""

    product_ids: list[int] = []
    merchant_ids: list[int] = []
    categories: list[str] = []
    listing_ids: list[int] = []
    limit: int = 100


class Offer(Struct, frozen=True):
    """A promotion as a buyer sees it. `terms` say what it gives and what it needs, one sentence each.
    `left`: coupons that can still be claimed, −1 = no end. `claimed`: how many the actor has; `may_claim`: one more."""

    id: int
    names: Text
    stage: str
    needs: str
    rule: Rule
    currency: str
    merchant_id: int
    terms: list[Reason]
    valid_from: int
    valid_to: int
    left: int = -1
    claimed: int = 0
    may_claim: bool = False
    merchant_ids: list[int] = []
    categories: list[str] = []
    product_ids: list[int] = []


class OfferList(Struct, frozen=True):
    rows: list[Offer]


class PutLimit(Struct, frozen=True):
    """A person may buy so many pieces of a listing in all (0 = as many as there are)."""

    merchant_id: int
    listing_id: int
    per_person: int


class LimitsQuery(Struct, frozen=True):
    """≤ 256 listings."""

    listing_ids: list[int]


class ListingLimit(Struct, frozen=True):
    listing_id: int
    per_person: int


class LimitList(Struct, frozen=True):
    rows: list[ListingLimit]


class PromotionsChanged(Event, tag="goods.promotions.changed", frozen=True):
    """What is on offer changes now: made, begun, ended. `merchant_id` 0 = the platform's."""

    promotion_id: int
    merchant_id: int


class HoldDue(Event, tag="goods.promotions.hold_due", frozen=True):
    """A timer: the event is the time."""

    order_id: int
    until: int


class WrongPromotion(Fault, code="promotion.wrong", status=422):
    """`field` is wrong: `reason` is a key of the catalogue (`promotions.wrong.…`)."""

    field: str
    reason: str


class NoPromotion(Fault, code="promotion.none", status=404):
    promotion_id: int


class CodeTaken(Fault, code="promotion.code_taken", status=409):
    called: str


class NoCoupon(Fault, code="coupon.none", status=404):
    """Unknown, another's, or not to be claimed."""

    called: str


class NotClaimable(Fault, code="coupon.not_claimable", status=409):
    """reason: `promotions.unused.…`: ended, gone (none left), per_person."""

    promotion_id: int
    reason: str


class UsesSpent(Fault, code="promotion.spent", status=409):
    """A hold is refused: reason is budget, per_person, coupon, first_order, listing. Rate again without it."""

    promotion_id: int
    coupon_id: int
    listing_id: int
    reason: str


class Promotions(Face):
    name = "goods.promotions"

    @abstractmethod
    async def put(self, ctx: Context, command: PutPromotion, /) -> Promotion: ...
    @abstractmethod
    async def end(self, ctx: Context, command: PromotionRef, /) -> Promotion: ...
    @abstractmethod
    async def promotion(self, ctx: Context, query: PromotionRef, /) -> Promotion: ...
    @abstractmethod
    async def promotions(self, ctx: Context, query: PromotionsQuery, /) -> PromotionPage: ...
    @abstractmethod
    async def preview(self, ctx: Context, query: Preview, /) -> Previewed: ...
    @abstractmethod
    async def issue(self, ctx: Context, command: IssueCodes, /) -> Issued: ...
    @abstractmethod
    async def codes(self, ctx: Context, query: CodesQuery, /) -> CodeList: ...
    @abstractmethod
    async def put_limit(self, ctx: Context, command: PutLimit, /) -> ListingLimit: ...
    @abstractmethod
    async def limits(self, ctx: Context, query: LimitsQuery, /) -> LimitList: ...
    @abstractmethod
    async def offers(self, ctx: Context, query: OffersQuery, /) -> OfferList: ...
    @abstractmethod
    async def claim(self, ctx: Context, command: Claim, /) -> Coupon: ...
    @abstractmethod
    async def mine(self, ctx: Context, query: MineQuery, /) -> CouponList: ...
    @abstractmethod
    async def rate(self, ctx: Context, query: Rate, /) -> Rated: ...
    @abstractmethod
    async def hold(self, ctx: Context, command: HoldUses, /) -> Held: ...
    @abstractmethod
    async def confirm(self, ctx: Context, command: HoldRef, /) -> Held: ...
    @abstractmethod
    async def release(self, ctx: Context, command: HoldRef, /) -> Held: ...
    @abstractmethod
    async def give_back(self, ctx: Context, command: HoldRef, /) -> Held: ...
