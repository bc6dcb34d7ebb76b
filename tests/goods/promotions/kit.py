"""Promotions with a service and a relay, and words to speak of them by."""

from dataclasses import dataclass
from itertools import count
from typing import Any

from sqlalchemy import func, select

from jishi.goods.promotions import (
    Amount,
    Claim,
    Coupon,
    Good,
    HoldUses,
    Limit,
    Promotion,
    PromotionDraft,
    PromotionRef,
    PutPromotion,
    Rate,
    Rated,
    Rule,
)
from jishi.goods.promotions.service import PromotionsService
from jishi.goods.promotions.tables import module
from jishi.grants import grants
from jishi.kernel import Context, Database, Engine, Relay, Statement
from jishi.kernel.holds import Held, HoldRef
from tests.kit import STAFF, buyer, module as story

ACME, OTHER = 5, 6
HOUR, DAY = 3_600_000, 86_400_000
TEN = Amount(1_000)
_keys = count(1)


def draft(stage: str = "shop", rule: Rule = TEN, **more: Any) -> PromotionDraft:
    """A promotion of ACME's shop (or the platform's), in China, for everybody."""
    own = stage == "shop"
    base: dict[str, Any] = dict(
        names={"en": "Offer", "zh-CN": "优惠"}, stage=stage, rule=rule, market="CN", currency="CNY",
        merchant_id=ACME if own else 0, payer="merchant" if own else "platform",
    )  # fmt: skip
    if stage == "coupon":
        base["needs"] = "claim"
    return PromotionDraft(**(base | more))


def good(line: int = 1, listing: int = 0, quantity: int = 1, unit: int = 10_000, **more: Any) -> Good:
    base: dict[str, Any] = dict(
        line=line, listing_id=listing or 100 + line, product_id=10 + line, merchant_id=ACME, category="tea",
        quantity=quantity, unit_minor=unit,
    )  # fmt: skip
    return Good(**(base | more))


def as_checkout(ctx: Context) -> Context:
    return ctx.acting("trade.checkout")


@dataclass
class Desk:
    db: Database
    service: PromotionsService
    relay: Relay

    async def put(self, d: PromotionDraft | None = None, key: str = "", ctx: Context = STAFF) -> Promotion:
        return await self.service.put(ctx, PutPromotion(key or f"k{next(_keys)}", d or draft()))

    async def see(self, promotion_id: int) -> Promotion:
        return await self.service.promotion(STAFF, PromotionRef(promotion_id))

    async def rate(self, *goods: Good, ctx: Context | None = None, codes: tuple[str, ...] = (), at: int = 0) -> Rated:
        return await self.service.rate(as_checkout(ctx or buyer()), Rate(list(goods) or [good()], list(codes), [], at))

    async def claim(self, promotion_id: int = 0, code: str = "", ctx: Context | None = None) -> Coupon:
        return await self.service.claim(ctx or buyer(), Claim(promotion_id, code))

    async def hold(
        self, order_id: int, *holds: Limit, ctx: Context | None = None, persons: tuple[str, ...] = (), until: int = 0
    ) -> Held:
        until = until or self.db.engine.world.now() + HOUR
        return await self.service.hold(
            as_checkout(ctx or buyer()), HoldUses(order_id, list(holds), list(persons), until)
        )

    async def turn(self, verb: str, order_id: int) -> str:
        held: Held = await getattr(self.service, verb)(story("trade.orders"), HoldRef(order_id))
        return held.state

    async def counts(self) -> dict[str, int]:
        return await self.db.read(None, lambda tx: {t: tx.row(c)[0] for t, c in COUNTS.items()})


def open_desk(engine: Engine) -> Desk:
    db = Database(engine, module)
    service = PromotionsService(db, grants())
    return Desk(db, service, Relay(engine.world, [db], service.handlers()))


_tables = [t for t in module.meta.sorted_tables if not t.name.endswith("inbox")]
COUNTS = {t.name.removeprefix("goods_promotions_"): Statement(select(func.count()).select_from(t)) for t in _tables}
