"""Offers and coupons for programs."""

from __future__ import annotations

from typing import Annotated, Any

from litestar.params import QueryParameter
from msgspec import Meta, Struct

from jishi.goods.promotions import Claim, Coupon, MineQuery, Offer, OffersQuery
from jishi.kernel import FieldError, Invalid
from jishi.kernel.i18n import iso, said
from jishi.kernel.ids import decode, encode
from jishi.web.pages import sentence_of
from jishi.web.routes import PUBLIC, api_get, api_post
from jishi.web.visit import Visit

from .shapes import Id

ProductId = Annotated[str, QueryParameter(max_length=24)]
CouponState = Annotated[str, QueryParameter(name="state", pattern="^(usable|used|expired)$")]


class OfferOut(Struct, frozen=True):
    """`terms`: what it gives and needs, a sentence each. `shop` null: the whole marketplace's. `claimable`: one more by the
    caller; an offer with `needs` auto counts by itself. `left` null: no end of coupons."""

    id: str
    name: str
    stage: str
    needs: str
    shop: str | None
    terms: list[str]
    valid_from: str
    valid_to: str | None
    claimable: bool
    left: int | None


class OfferItems(Struct, frozen=True):
    items: list[OfferOut]


class CouponOut(Struct, frozen=True):
    """state: claimed, held, used, given_back, expired."""

    id: str
    offer: str
    name: str
    terms: list[str]
    state: str
    expires_at: str | None


class CouponItems(Struct, frozen=True):
    items: list[CouponOut]


class ClaimIn(Struct, frozen=True, forbid_unknown_fields=True):
    """An offer's id, or a code as it was typed."""

    offer: Id | None = None
    code: Annotated[str, Meta(max_length=64)] = ""


def offer_out(visit: Visit, o: Offer) -> OfferOut:
    return OfferOut(
        encode("prm", o.id), said(o.names, visit.locale), o.stage, o.needs,
        encode("mer", o.merchant_id) if o.merchant_id else None,
        [sentence_of(visit.site.words, r, visit.locale, o.currency) for r in o.terms],
        iso(o.valid_from), iso(o.valid_to) if o.valid_to else None, o.may_claim, None if o.left < 0 else o.left,
    )  # fmt: skip


def coupon_out(visit: Visit, c: Coupon) -> CouponOut:
    terms = [sentence_of(visit.site.words, r, visit.locale, c.currency) for r in c.terms]
    ends = iso(c.expires_at) if c.expires_at else None
    return CouponOut(
        encode("cpn", c.id), encode("prm", c.promotion_id), said(c.names, visit.locale), terms, c.state, ends
    )


@api_get("/offers", needs=PUBLIC, tags=["coupons"])
async def offers(visit: Visit, product: ProductId = "") -> OfferItems:
    """What is on offer in the caller's market, at most 100; with `product` what may touch it."""
    ids = [decode("prd", product)] if product else []
    rows = (await visit.shop.promotions.offers(visit.ctx, OffersQuery(product_ids=ids))).rows
    return OfferItems([offer_out(visit, o) for o in rows])


@api_get("/coupons", needs=PUBLIC, tags=["coupons"])
async def coupons(visit: Visit, of: CouponState = "usable") -> CouponItems:
    """The caller's own, newest first, at most 100."""
    rows = (await visit.shop.promotions.mine(visit.ctx, MineQuery(of))).rows
    return CouponItems([coupon_out(visit, c) for c in rows])


@api_post("/coupons", needs=PUBLIC, rate="code", person=True, tags=["coupons"])
async def claim(visit: Visit, data: ClaimIn) -> CouponOut:
    """The coupon is the caller's. One of `offer` and `code`."""
    if bool(data.offer) == bool(data.code):
        raise Invalid([FieldError("offer", "choice.unknown")])
    command = Claim(decode("prm", data.offer)) if data.offer else Claim(code=data.code)
    return coupon_out(visit, await visit.shop.promotions.claim(visit.ctx, command))


handlers: list[Any] = [offers, coupons, claim]
