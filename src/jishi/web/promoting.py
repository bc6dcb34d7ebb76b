"""A promotion as the desk's form tells it, and what it would do to sample baskets."""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from jishi.goods.catalog import ListingsQuery, PageQuery
from jishi.goods.pricing import PriceQuery
from jishi.goods.promotions import (
    Amount,
    Fixed,
    Good,
    NthPiece,
    Percent,
    Preview,
    Previewed,
    PromotionDraft,
    Rule,
    Threshold,
    Tier,
    WrongPromotion,
    terms_of,
)
from jishi.kernel.ids import WrongId, decode
from jishi.kernel.market import Market

from .forms import Form
from .goods import price_of
from .offers import minor_of, moment_of
from .visit import Visit

KINDS = ("percent", "amount", "fixed", "nth", "threshold", "every")
STAGES, SHOP_STAGES = ("item", "shop", "cross_shop", "coupon"), ("item", "shop")
PIECES = (1, 2, 5)  # of each sample product
SAMPLES = 3
MOST_WORDS = 100
__all__ = ["KINDS", "SHOP_STAGES", "STAGES", "Sample", "draft_of", "sampled", "terms_of"]


def draft_of(form: Form, markets: Mapping[str, Market], own: int, now: int) -> PromotionDraft:
    """The form as a draft; the first field that is no number, amount or moment raises `WrongPromotion`. A clerk's is its
    own shop's (`own`), whatever the form says."""
    market = markets.get(form.value("market"))
    if market is None:
        raise WrongPromotion("market", "choice")
    merchant_id = own or (merchant_of(form.value("merchant")) if form.value("merchant") else 0)
    begins = moment(form, "begins", market.zone)
    return PromotionDraft(
        names={"zh-CN": form.value("name_zh"), "en": form.value("name_en")},
        stage=form.value("stage"),
        rule=rule_of(form, market.currency),
        market=market.code,
        currency=market.currency,
        merchant_id=merchant_id,
        needs=form.value("needs", "auto"),
        code=form.value("code") if form.value("needs") == "code" else "",
        categories=words(form, "categories"),
        product_ids=products(form),
        min_minor=amount(form, "minimum", market.currency),
        min_pieces=number(form, "min_pieces"),
        first_order=form.value("first_order") not in ("", "0"),
        valid_from=0 if begins <= now else begins,
        valid_to=moment(form, "ends", market.zone),
        group=form.value("group"),
        payer="merchant" if merchant_id else form.value("payer", "platform"),
        platform_bp=number(form, "share") * 100 if form.value("payer") == "shared" and not merchant_id else 0,
        budget_minor=amount(form, "budget", market.currency),
        budget_uses=number(form, "budget_uses"),
        per_person=number(form, "per_person"),
        claims=number(form, "claims"),
        claim_days=number(form, "claim_days"),
    )


def rule_of(form: Form, currency: str) -> Rule:
    kind = form.value("kind")
    if kind == "percent":
        return Percent(number(form, "percent") * 100, amount(form, "most", currency))
    if kind == "amount":
        return Amount(amount(form, "amount", currency))
    if kind == "fixed":
        if not form.value("amount"):
            raise WrongPromotion("amount", "minor")
        return Fixed(amount(form, "amount", currency))
    if kind == "nth":
        return NthPiece(number(form, "nth"), number(form, "percent") * 100)
    if kind not in KINDS:
        raise WrongPromotion("kind", "choice")
    return Threshold(tiers(form, currency), kind == "every")


def tiers(form: Form, currency: str) -> list[Tier]:
    """`300 30` a line: from 300 on 30 off."""
    found = []
    for line in form.value("tiers").splitlines()[:20]:
        parts = re.split(r"[\s,，;；:：\-–→减]+", line.strip().removeprefix("满"))
        if parts == [""]:
            continue
        told = [minor_of(p, currency) for p in parts]
        if len(told) != 2 or told[0] is None or told[1] is None:
            raise WrongPromotion("tiers", "tiers")
        found.append(Tier(told[0], told[1]))
    return found


def amount(form: Form, field: str, currency: str) -> int:
    text = form.value(field)
    if not text:
        return 0
    minor = minor_of(text, currency)
    if minor is None:
        raise WrongPromotion(field, "minor")
    return minor


def number(form: Form, field: str) -> int:
    text = form.value(field)
    if text and not (text.isdecimal() and text.isascii() and len(text) <= 9):
        raise WrongPromotion(field, "number")
    return int(text or 0)


def moment(form: Form, field: str, zone: str) -> int:
    text = form.value(field)
    if not text:
        return 0
    at = moment_of(text, zone)
    if at is None:
        raise WrongPromotion(field, "moment")
    return at


def merchant_of(text: str) -> int:
    try:
        return decode("mer", text)
    except WrongId:
        raise WrongPromotion("merchant", "choice") from None


def words(form: Form, field: str) -> list[str]:
    return list(dict.fromkeys(w for w in re.split(r"[\s,，]+", form.value(field)) if w))[:MOST_WORDS]


def products(form: Form) -> list[int]:
    found = []
    for word in words(form, "products"):
        try:
            found.append(decode("prd", word))
        except WrongId:
            raise WrongPromotion("products", "products") from None
    return found


class Sample(Struct, frozen=True):
    """So many pieces of each sample product: what they cost, and what is left with the draft alone and beside the rest."""

    pieces: int
    goods: list[tuple[str, int, int]]  # (name, pieces, minor)
    total: int
    told: Previewed
    alone: int
    beside: int


async def sampled(visit: Visit, draft: PromotionDraft) -> list[Sample]:
    """The draft on three baskets of up to three products that it may cover: five questions."""
    shop, ctx = visit.shop, visit.ctx
    ids = draft.product_ids[:SAMPLES]
    if not ids:
        category = draft.categories[0] if draft.categories else ""
        page = await shop.catalog.page(ctx, PageQuery(category=category, merchant_id=draft.merchant_id, limit=SAMPLES))
        ids = [c.id for c in page.cards]
    listings = (await shop.catalog.listings(ctx, ListingsQuery(product_ids=ids))).rows if ids else []
    firsts = list({x.product_id: x for x in reversed(listings) if x.on_sale}.values())
    there = replace(ctx, market=draft.market, currency=draft.currency)
    rows = (await shop.pricing.prices(there, PriceQuery([x.id for x in firsts]))).rows
    prices = {x.id: [p for p in rows if p.listing_id == x.id] for x in firsts}
    found = []
    for pieces in PIECES:
        goods, told = list[Good](), list[tuple[str, int, int]]()
        for n, x in enumerate(firsts, 1):
            if (price := price_of(prices, x.id, pieces)) is None:
                continue
            goods.append(Good(n, x.id, x.product_id, x.merchant_id, x.category, pieces, price.minor))
            told.append((x.names.get(visit.locale, x.handle), pieces, price.minor * pieces))
        if not goods:
            break
        result = await shop.promotions.preview(ctx, Preview(draft, goods))
        total = sum(minor for _, _, minor in told)
        cut = [total + sum(c.minor for c in r.cuts) for r in (result.alone, result.beside)]
        found.append(Sample(pieces, told, total, result, *cut))
    return found
