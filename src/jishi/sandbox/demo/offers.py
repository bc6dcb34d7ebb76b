"""What is on offer in the demo: a threshold of a shop, coupons of the platform, a new buyer's, and goods that are reduced."""

from __future__ import annotations

from jishi.goods.promotions import Amount, NthPiece, Percent, PromotionDraft, PutPromotion, Threshold, Tier
from jishi.web.faces import Shop

from .fill import STAFF, House
from .goods import both


def drafts(house: House) -> dict[str, PromotionDraft]:
    """By key; those of a merchant first."""
    return {
        "pomelo-threshold": PromotionDraft(
            both("青柚满减", "More from Pomelo, less to pay"), "shop",
            Threshold([Tier(19900, 2000), Tier(39900, 5000), Tier(69900, 10000)]),
            merchant_id=house.merchants["pomelo"], payer="merchant", market="CN", currency="CNY",
        ),
        "farroad-tents": PromotionDraft(
            both("露营季 88 折", "Camping season, 12 % off"), "item", Percent(1200, 20000),
            merchant_id=house.merchants["farroad"], categories=["camping"], payer="merchant", market="CN", currency="CNY",
        ),
        "shanyin-second": PromotionDraft(
            both("茶叶第二件半价", "Second tea at half price"), "item", NthPiece(2, 5000),
            merchant_id=house.merchants["shanyin"], categories=["leaf-tea"], payer="merchant", market="CN", currency="CNY",
        ),
        "nordwind-coupon": PromotionDraft(
            both("北风家居券", "Nordwind coupon"), "shop", Amount(3000), merchant_id=house.merchants["nordwind"],
            needs="claim", min_minor=29900, per_person=1, claims=2000, claim_days=30, payer="merchant", market="CN", currency="CNY",
        ),
        "platform-coupon": PromotionDraft(
            both("集市满 200 减 20", "Jishi: 20 off 200"), "coupon", Amount(2000), needs="claim", min_minor=20000,
            per_person=1, claims=5000, budget_minor=5_000_000, claim_days=30, market="CN", currency="CNY",
        ),
        "newcomer": PromotionDraft(
            both("新人首单减 15", "15 off your first order"), "coupon", Amount(1500), needs="claim", min_minor=5900,
            first_order=True, per_person=1, claims=20000, claim_days=60, market="CN", currency="CNY",
        ),
        "tea-code": PromotionDraft(
            both("口令 TEA10：全场九折，最多减 50", "Code TEA10: 10 % off, at most 50"), "coupon", Percent(1000, 5000),
            needs="code", code="TEA10", per_person=1, budget_minor=2_000_000, market="CN", currency="CNY",
        ),
        "us-welcome": PromotionDraft(
            both("美国站满 60 减 6", "6 off 60"), "coupon", Amount(600), "US", "USD", needs="claim", min_minor=6000,
            per_person=1, claims=2000, claim_days=30,
        ),
    }  # fmt: skip


async def put_offers(shop: Shop, house: House) -> int:
    """They are live from now on, and stay; safe to repeat. Answers how many."""
    wanted = drafts(house)
    for key, draft in wanted.items():
        await shop.promotions.put(STAFF, PutPromotion(key, draft))
    return len(wanted)
