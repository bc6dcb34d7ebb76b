"""What promotions speak of: their kinds, their conditions, a basket and what became of it."""

from msgspec import Struct

from jishi.kernel.place import Reason, Text


class Tier(Struct, frozen=True):
    """From this sum on so much is off."""

    from_minor: int
    off_minor: int


class Percent(Struct, frozen=True, tag="percent"):
    """`off_bp` basis points off; at most `most_minor` in all (0 = no cap). 20 % off (8 折) = 2000."""

    off_bp: int
    most_minor: int = 0


class Amount(Struct, frozen=True, tag="amount"):
    """So much off: a piece at the item stage, the whole sum at the others."""

    off_minor: int


class Fixed(Struct, frozen=True, tag="fixed"):
    """A piece costs so much, where it costs more. Item stage only."""

    minor: int


class NthPiece(Struct, frozen=True, tag="nth"):
    """Every `n`-th piece of a line is `off_bp` cheaper: n 2, 5000 = the second at half price. Item stage only."""

    n: int
    off_bp: int


class Threshold(Struct, frozen=True, tag="threshold"):
    """满减: the highest tier that the sum reaches counts; `every`: its one tier counts as often as it fits (每满)."""

    tiers: list[Tier]
    every: bool = False


Rule = Percent | Amount | Fixed | NthPiece | Threshold


class PromotionDraft(Struct, frozen=True):
    """What a promotion is to be. It never changes afterwards: it is ended and another made.

    `stage`: item, shop (one merchant's), cross_shop, coupon (the platform's own). `needs`: nothing ("auto"), a coupon
    that is claimed ("claim"), or a code that is typed ("code"; `code` is one for all, "" = codes are issued).
    It covers the goods that one of `listing_ids`, `product_ids` or `categories` names (all empty = everything), of
    `merchant_ids` (empty = every merchant); a shop's own covers that shop's. `min_minor` and `min_pieces` are judged on what it
    covers at the prices in force, before promotions: no offer takes another's threshold away.
    Valid in [valid_from, valid_to), ms UTC, 0 = now and open. Of one `group` in a stage one counts, the best for the buyer;
    "" combines with all. `payer`: platform, merchant, shared (`platform_bp` of it the platform's).
    0 is "no limit": `budget_minor` and `budget_uses` in all, `per_person` uses, `claims` coupons in all. `claim_days`: a
    claimed coupon lives so long, 0 = as long as the promotion."""

    names: Text
    stage: str
    rule: Rule
    market: str
    currency: str
    merchant_id: int = 0
    needs: str = "auto"
    code: str = ""
    merchant_ids: list[int] = []
    categories: list[str] = []
    product_ids: list[int] = []
    listing_ids: list[int] = []
    min_minor: int = 0
    min_pieces: int = 0
    first_order: bool = False
    valid_from: int = 0
    valid_to: int = 0
    group: str = ""
    payer: str = "platform"
    platform_bp: int = 0
    budget_minor: int = 0
    budget_uses: int = 0
    per_person: int = 0
    claims: int = 0
    claim_days: int = 0


class Promotion(Struct, frozen=True):
    """A promotion and how far it is used. `state`: planned, live, ended. Held is promised to unpaid orders."""

    id: int
    draft: PromotionDraft
    state: str
    made_at: int
    held_minor: int = 0
    used_minor: int = 0
    held_uses: int = 0
    used_uses: int = 0
    claimed: int = 0


class Good(Struct, frozen=True):
    """A line of a basket. `unit_minor` is the price in force. `within`: the categories above its own."""

    line: int
    listing_id: int
    product_id: int
    merchant_id: int
    category: str
    quantity: int
    unit_minor: int
    within: list[str] = []


class Cut(Struct, frozen=True):
    """What a promotion takes off a line: minor < 0. `payer` shared: the platform pays `platform_bp` of it."""

    line: int
    promotion_id: int
    stage: str
    payer: str
    minor: int
    reason: Reason
    platform_bp: int = 0
    names: Text = {}


class Applied(Struct, frozen=True):
    """A promotion that counts: its sum over the lines (< 0). `coupon_id` 0: it needed none, or a code for all."""

    promotion_id: int
    coupon_id: int
    names: Text
    stage: str
    minor: int
    reason: Reason


class Unused(Struct, frozen=True):
    """A coupon or code that was offered and does not count, and why (`promotions.unused.…`). `code` as it was typed."""

    promotion_id: int
    coupon_id: int
    code: str
    names: Text
    reason: Reason


class Near(Struct, frozen=True):
    """So much more and this would come off."""

    promotion_id: int
    merchant_id: int
    names: Text
    missing_minor: int
    missing_pieces: int
    saves_minor: int
    reason: Reason


class Limit(Struct, frozen=True):
    """What an order takes of something that is limited: a promotion's budget with its coupon, or (`listing_id`) pieces of
    a listing that a person may buy only so many of."""

    promotion_id: int = 0
    coupon_id: int = 0
    minor: int = 0
    listing_id: int = 0
    pieces: int = 0


class Over(Struct, frozen=True):
    """More of a listing than a person may buy; `left` still may be bought."""

    listing_id: int
    most: int
    left: int
