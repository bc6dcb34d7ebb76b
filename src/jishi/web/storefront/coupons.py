"""The coupon centre and a visitor's own coupons: claimed, what they need, until when they count."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from jishi.goods.promotions import Claim, MineQuery, NoCoupon, NotClaimable, OffersQuery
from jishi.kernel import Fault
from jishi.kernel.i18n import said
from jishi.kernel.ids import decode
from jishi.people.merchants import MerchantsQuery
from jishi.web.offers import beside_product, tickets
from jishi.web.problems import sentence
from jishi.web.routes import get_page, post_page
from jishi.web.storefront.sections import PARTS
from jishi.web.visit import Page, Visit, query_of

PROMOTION = "prm"
STATES = ("usable", "used", "expired")
WHY = ("ended", "gone", "per_person")

PARTS.append(beside_product)


class ClaimForm(Struct, frozen=True):
    promotion: str
    back: str = ""


class CodeForm(Struct, frozen=True):
    code: str


@get_page("/coupons", needs="goods:promotion:see")
async def centre(visit: Visit) -> Page:
    """Everything that can be claimed here, and what counts by itself."""
    return await show(visit, done=bool(query_of(visit).get("claimed")))


async def show(visit: Visit, *, wrong: str = "", done: bool = False, status: int = 200) -> Page:
    rows = (await visit.shop.promotions.offers(visit.ctx, OffersQuery())).rows
    found = await tickets(visit, rows)
    return await visit.page(
        "storefront/coupons/centre.html", claims=[t for t in found if t.offer.needs == "claim"],
        autos=[t for t in found if t.offer.needs == "auto"], wrong=wrong, done=done, status=status,
        now=visit.shop.world.now(),
    )  # fmt: skip


@post_page("/coupons/claim", needs="goods:coupon:claim", person=True)
async def claim(visit: Visit) -> Page:
    """The coupon is the visitor's; back to where the button was."""
    asked = (await visit.form()).into(ClaimForm)
    try:
        await visit.shop.promotions.claim(visit.ctx, Claim(decode(PROMOTION, asked.promotion)))
    except NotClaimable as fault:
        reason = fault.reason if fault.reason in WHY else "ended"
        return await show(visit, wrong=visit.t("promotions.unused." + reason), status=fault.status)
    back = visit.safe_next(asked.back, "/coupons") if asked.back else "/coupons"
    return visit.go(back.split("?")[0], claimed="1")


@post_page("/coupons/code", needs="goods:coupon:claim", rate="code", person=True)
async def code(visit: Visit) -> Page:
    """A typed code becomes a coupon of the visitor's own."""
    form = await visit.form()
    try:
        await visit.shop.promotions.claim(visit.ctx, Claim(code=form.into(CodeForm).code[:64]))
    except (NoCoupon, NotClaimable) as fault:
        told = visit.t("promotions.unused." + fault.reason) if isinstance(fault, NotClaimable) else ""
        told = told or sentence(fault, visit.site.words, visit.locale)
        return await mine_page(visit, "usable", told, form.value("code"), fault.status)
    except Fault as fault:
        told = sentence(fault, visit.site.words, visit.locale)
        return await mine_page(visit, "usable", told, form.value("code"), fault.status)
    return visit.go("/me/coupons", claimed="1")


@get_page("/me/coupons", needs="goods:coupon:see")
async def mine(visit: Visit) -> Page:
    state = query_of(visit).get("state", "usable")
    return await mine_page(visit, state if state in STATES else "usable")


async def mine_page(visit: Visit, state: str, wrong: str = "", typed: str = "", status: int = 200) -> Page:
    rows = (await visit.shop.promotions.mine(visit.ctx, MineQuery(state))).rows
    ids = sorted({c.merchant_id for c in rows if c.merchant_id})
    found = (await visit.shop.merchants.merchants(visit.ctx, MerchantsQuery(ids))).rows if ids else []
    return await visit.page(
        "storefront/coupons/mine.html", rows=rows, state=state, states=STATES, wrong=wrong, typed=typed, status=status,
        shops={m.id: said(m.names, visit.locale) for m in found}, done=bool(query_of(visit).get("claimed")),
    )  # fmt: skip


handlers: list[Any] = [centre, claim, code, mine]
