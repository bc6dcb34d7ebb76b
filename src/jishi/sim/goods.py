"""The shop that every history begins with: filled once through its own faces, then copied for each seed."""

from __future__ import annotations

import sqlite3
from functools import cache
from random import Random

from msgspec import Struct

from jishi.app import Outside, build
from jishi.goods.catalog import ListingsQuery, PutProduct, SkuDraft
from jishi.goods.inventory import PutWarehouse, Receive, StockKey
from jishi.goods.pricing import PriceDraft, SetPrices
from jishi.goods.promotions import Amount, Percent, PromotionDraft, PutLimit, PutPromotion, Threshold, Tier
from jishi.goods.shipping import PutRates, RateDraft
from jishi.kernel import EPOCH_MS, Actor, Context, World
from jishi.kernel.place import Region
from jishi.kernel.sqlite import create_all
from jishi.people.merchants import PutMerchant

from .loop import SimEngine, SimLoop

STAFF = Context(Actor(1, "staff"))
BEGUN_MS = EPOCH_MS + 10**9  # the histories begin eleven days later than the shop
# merchant, code, price in CNY fen, grams, pieces in each of the two warehouses: scarce ones are fought over
SHELF = (
    ("tea", "TEA", 8_800, 250, (2, 2)),
    ("tea", "POT", 25_900, 900, (4, 0)),
    ("tea", "CUP", 3_333, 200, (300, 200)),
    ("road", "TENT", 99_900, 2_400, (0, 2)),
    ("road", "LAMP", 15_001, 400, (2, 2)),
    ("road", "ROPE", 4_999, 350, (200, 0)),
)
FEW = 10
LIMITED, A_PERSON = "LAMP", 3  # a listing of which a person may buy so many
FREE = "ALLFREE"  # a code that takes everything off
SET = ("SET", {"POT": 1, "CUP": 2}, 29_900)  # a bundle of the first merchant


class Offer(Struct, frozen=True):
    listing_id: int
    merchant_id: int
    code: str
    stock_ids: list[int]


class Goods(Struct, frozen=True):
    """What actors need to know of the shop."""

    offers: list[Offer]
    merchants: list[int]
    stock: list[tuple[int, StockKey]]  # (stock id, key)
    scarce: list[Offer]  # of which there are few
    coupons: list[int]  # promotions that can be claimed


class NoBlobs:
    """A shop without pictures."""

    async def put(self, name: str, data: bytes) -> None:
        raise RuntimeError("no picture is put in a history")

    async def get(self, name: str) -> bytes:
        raise RuntimeError("no picture is read in a history")


@cache
def template() -> tuple[bytes, Goods]:
    """The database as bytes, and what is in it."""
    c = sqlite3.connect(":memory:", isolation_level=None)
    create_all(c)
    loop = SimLoop(Random(0))
    try:
        goods = loop.run_until_complete(_fill(c, loop))
    finally:
        loop.close()
    return c.serialize(), goods


async def _fill(c: sqlite3.Connection, loop: SimLoop) -> Goods:
    world = World(now=lambda: EPOCH_MS, chance=Random(0))
    shop = build(world, SimEngine(world, c, loop, lambda done, fate: None, faulty=False), Outside(blobs=NoBlobs()))
    houses = [
        (await shop.inventory.put_warehouse(STAFF, PutWarehouse(code, {"en": code, "zh-CN": code}, region))).id
        for code, region in (("HZ", Region("CN", "浙江省", "杭州市")), ("SZ", Region("CN", "广东省", "深圳市")))
    ]
    merchants, listings, stock = dict[str, int](), dict[str, Offer](), list[tuple[int, StockKey]]()
    for handle in ("tea", "road"):
        names = {"en": handle, "zh-CN": handle}
        merchants[handle] = (await shop.merchants.put(STAFF, PutMerchant(handle, names, "CN", "CNY"))).id
        free = 10_000 if handle == "tea" else 0
        rates = [
            RateDraft("standard", "CNY", "CN", first_minor=800, more_minor=300, free_from_minor=free),
            RateDraft("express", "CNY", "CN", first_minor=2_000, more_minor=900, days_max=1),
            RateDraft("standard", "USD", "US", first_minor=1_499, more_minor=700, days_min=6, days_max=12),
        ]
        await shop.shipping.put_rates(STAFF, PutRates(merchants[handle], rates))
        codes = [row for row in SHELF if row[0] == handle]
        drafts = [(code, price, [SkuDraft(code, {}, weight)]) for _, code, price, weight, _ in codes]
        if handle == "tea":
            drafts.append((SET[0], SET[2], [SkuDraft(SET[0], {}, 1_300, components=SET[1])]))
        for code, price, skus in drafts:
            names = {"en": code, "zh-CN": code}
            made = await shop.catalog.put(STAFF, PutProduct(merchants[handle], code.lower(), names, skus=skus))
            (row,) = (await shop.catalog.listings(STAFF, ListingsQuery(product_ids=[made.id]))).rows
            prices = [
                PriceDraft(row.id, "CN", "CNY", price),
                PriceDraft(row.id, "US", "USD", price // 7 + 99, tax_included=False),
            ]
            await shop.pricing.set_prices(STAFF, SetPrices(merchants[handle], prices))
            of: list[int] = []
            for house, pieces in zip(houses, next((p for _, n, _, _, p in SHELF if n == code), ()), strict=False):
                key = StockKey(row.components[0].stock_item_id, house, merchants[handle])
                if pieces:
                    level = await shop.inventory.receive(STAFF, Receive(world.new_id(), key, pieces))
                    of.append(level.stock_id)
                    stock.append((level.stock_id, key))
            listings[code] = Offer(row.id, merchants[handle], code, of)
    scarce = [listings[code] for _, code, _, _, pieces in SHELF if sum(pieces) < FEW]
    limited = listings[LIMITED]
    await shop.promotions.put_limit(STAFF, PutLimit(limited.merchant_id, limited.listing_id, A_PERSON))
    coupons = []
    for n, draft in enumerate(drafts_of(merchants)):
        promotion = await shop.promotions.put(STAFF, PutPromotion(f"sim-{n}", draft))
        if draft.needs == "claim":
            coupons.append(promotion.id)
    return Goods(list(listings.values()), list(merchants.values()), stock, scarce, coupons)


def drafts_of(merchants: dict[str, int]) -> list[PromotionDraft]:
    """One of each payer and stage, all of them scarce; the cross-shop one ends while quotes of it are out."""
    names = {"en": "offer", "zh-CN": "优惠"}
    every = Threshold([Tier(10_000, 1_001)], every=True)
    return [
        PromotionDraft(names, "item", Percent(1_500), "CN", "CNY", merchant_id=merchants["tea"], payer="merchant"),
        PromotionDraft(
            names, "shop", Threshold([Tier(15_000, 1_999)]), "CN", "CNY", merchant_id=merchants["road"], payer="merchant",
            budget_uses=4,
        ),
        PromotionDraft(
            names, "cross_shop", every, "CN", "CNY", payer="shared", platform_bp=3_333, budget_minor=15_000,
            valid_to=BEGUN_MS + 5_400_000,
        ),
        PromotionDraft(names, "coupon", Amount(1_500), "CN", "CNY", needs="claim", budget_uses=3, per_person=2, claims=6),
        PromotionDraft(names, "coupon", Amount(700), "CN", "CNY", needs="claim", group="c", claims=40, per_person=1),
        PromotionDraft(
            names, "coupon", Percent(10_000), "CN", "CNY", needs="code", code=FREE, merchant_ids=[merchants["tea"]],
            budget_uses=2,
        ),
    ]  # fmt: skip
