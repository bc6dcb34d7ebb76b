"""Promotions at the desk: what is live and how far it is used, a new one with its effect on a sample basket, codes, the end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from litestar import Response

from jishi.goods.promotions import (
    CodesQuery,
    CodeTaken,
    IssueCodes,
    Promotion,
    PromotionRef,
    PromotionsQuery,
    PutPromotion,
    WrongPromotion,
)
from jishi.kernel import Fault, Invalid
from jishi.kernel.i18n import said
from jishi.kernel.ids import decode, encode
from jishi.people.merchants import Merchant, MerchantsQuery
from jishi.web.forms import Form
from jishi.web.offers import local_of
from jishi.web.problems import ProblemField
from jishi.web.promoting import KINDS, SHOP_STAGES, STAGES, draft_of, sampled, terms_of
from jishi.web.routes import get_page, post_page
from jishi.web.visit import Page, Visit, query_of

SEE, PUT = "goods:promotion:list", "goods:promotion:put"
PROMOTION = "prm"
STATES = ("live", "planned", "ended")
TAGS = {"live": "ok", "planned": "info", "ended": ""}
LISTED, CODES, PAGES = 50, 1_000, 100  # promotions a page; codes a question, questions a file
DAY_MS = 86_400_000


@get_page("/desk/promotions", needs=SEE, rate="staff")
async def promotions(visit: Visit) -> Page:
    """One state's promotions, newest first, with what they have cost."""
    params = query_of(visit)
    state = params.get("state", "live") if params.get("state", "live") in STATES else "live"
    page = await visit.shop.promotions.promotions(
        visit.ctx, PromotionsQuery(state, cursor=params.get("cursor", ""), limit=LISTED)
    )
    return await visit.page(
        "backoffice/promotions.html", rows=[(p, terms_of(p.draft)) for p in page.rows], next=page.next, state=state,
        states=STATES, tags=TAGS, first=not params.get("cursor"), sellers=await sellers(visit),
    )  # fmt: skip


async def sellers(visit: Visit) -> Mapping[int, Merchant]:
    """The merchants that the actor acts for: a clerk's own, all of them for the house."""
    mine = [visit.actor.merchant_id] if visit.actor.merchant_id else []
    rows = (await visit.shop.merchants.merchants(visit.ctx, MerchantsQuery(mine))).rows
    return {m.id: m for m in rows}


@get_page("/desk/promotions/new", needs=PUT, rate="staff")
async def new(visit: Visit) -> Page:
    return await ask(visit, Form())


async def ask(visit: Visit, form: Form, status: int = 200, preview: Any = None) -> Page:
    now, market = visit.shop.world.now(), visit.market
    clerk = bool(visit.actor.merchant_id)
    markets = {code: (m.currency, m.zone) for code, m in visit.site.markets.items()}
    return await visit.page(
        "backoffice/promotion_new.html", form=form, status=status, preview=preview, sellers=await sellers(visit),
        stages=SHOP_STAGES if clerk else STAGES, kinds=KINDS, markets=markets, clerk=clerk,
        key=f"{visit.shop.world.random.getrandbits(96):024x}", begins=local_of(now, market.zone),
        ends=local_of(now + 7 * DAY_MS, market.zone),
    )  # fmt: skip


@post_page("/desk/promotions/new", needs=PUT, rate="staff")
async def put(visit: Visit) -> Page:
    """Made, or with `do=preview` tried on sample baskets. What is wrong stands beside its field."""
    form = await visit.form()
    try:
        draft = draft_of(form, visit.site.markets, visit.actor.merchant_id, visit.shop.world.now())
        if form.value("do") == "preview":
            return await ask(visit, form, preview=await sampled(visit, draft))
        made = await visit.shop.promotions.put(visit.ctx, PutPromotion(form.value("key"), draft))
    except (WrongPromotion, CodeTaken, Invalid) as fault:
        return await ask(visit, refused(visit, form, fault), fault.status)
    return visit.go(f"/desk/promotions/{encode(PROMOTION, made.id)}", done="made")


FIELDS = {
    "names": "name_zh", "min_minor": "minimum", "budget_minor": "budget", "platform_bp": "share", "merchant_id": "merchant",
    "merchant_ids": "merchant", "listing_ids": "products", "product_ids": "products", "valid_from": "begins",
    "valid_to": "ends", "currency": "market", "called": "code",
}  # fmt: skip
RULES = {"percent": "percent", "minor": "amount", "nth": "nth", "tiers": "tiers", "kind": "kind"}


def refused(visit: Visit, form: Form, fault: Fault) -> Form:
    """The form with the rule's sentence beside the field that it is about."""
    form.refused(fault, visit.site.words, visit.locale)
    if isinstance(fault, WrongPromotion):
        field = RULES.get(fault.reason, "kind") if fault.field == "rule" else FIELDS.get(fault.field, fault.field)
        form.said = visit.t("web.status.422")
        form.errors = [ProblemField(field, fault.code, visit.t("promotions.wrong." + fault.reason))]
    elif isinstance(fault, CodeTaken):
        form.errors, form.said = [ProblemField("code", fault.code, form.said)], visit.t("web.status.422")
    return form


@get_page("/desk/promotions/{promotion_id:str}", needs=SEE, rate="staff")
async def one(visit: Visit, promotion_id: str) -> Page:
    found = await found_of(visit, promotion_id)
    return await show(visit, found, Form(), done=query_of(visit).get("done", ""))


async def found_of(visit: Visit, promotion_id: str) -> Promotion:
    return await visit.shop.promotions.promotion(visit.ctx, PromotionRef(decode(PROMOTION, promotion_id)))


async def show(visit: Visit, found: Promotion, form: Form, *, done: str = "", status: int = 200) -> Page:
    d = found.draft
    coded = d.needs == "code" and not d.code
    codes = (await visit.shop.promotions.codes(visit.ctx, CodesQuery(found.id, limit=1))).rows if coded else []
    known = await sellers(visit)
    return await visit.page(
        "backoffice/promotion.html", p=found, d=d, terms=terms_of(d), tags=TAGS, form=form, status=status,
        coded=coded, has_codes=bool(codes), zone_of=visit.site.markets[d.market].zone,
        done=done if done in ("made", "ended", "issued") else "",
        shop=said(known[d.merchant_id].names, visit.locale) if d.merchant_id in known else "",
        key=f"{visit.shop.world.random.getrandbits(96):024x}",
    )  # fmt: skip


@post_page("/desk/promotions/{promotion_id:str}/end", needs=PUT, rate="staff")
async def end(visit: Visit, promotion_id: str) -> Page:
    """It counts no more; orders that have it keep it."""
    await visit.shop.promotions.end(visit.ctx, PromotionRef(decode(PROMOTION, promotion_id)))
    return visit.go(f"/desk/promotions/{promotion_id}", done="ended")


@post_page("/desk/promotions/{promotion_id:str}/codes", needs=PUT, rate="staff")
async def codes(visit: Visit, promotion_id: str) -> Page:
    """So many more codes, once a key."""
    form, found = await visit.form(), await found_of(visit, promotion_id)
    text = form.value("count")
    try:
        count = int(text) if text.isdecimal() and text.isascii() and len(text) <= 5 else 0
        await visit.shop.promotions.issue(visit.ctx, IssueCodes(found.id, form.value("key"), count))
    except WrongPromotion as fault:
        return await show(visit, found, refused(visit, form, fault), status=fault.status)
    return visit.go(f"/desk/promotions/{promotion_id}", done="issued")


@get_page("/desk/promotions/{promotion_id:str}/codes.csv", needs=PUT, rate="staff")
async def codes_file(visit: Visit, promotion_id: str) -> Response[bytes]:
    """All codes with their states; no cell begins with what a spreadsheet would reckon."""
    id, lines, after = decode(PROMOTION, promotion_id), ["code,state"], 0
    for _ in range(PAGES):
        rows = (await visit.shop.promotions.codes(visit.ctx, CodesQuery(id, after, CODES))).rows
        if not rows:
            break
        lines += [f"{r.code},{r.state}" for r in rows]
        after = rows[-1].id
    head = {"content-disposition": f'attachment; filename="{promotion_id}.csv"', "cache-control": "no-store"}
    return Response(("\r\n".join(lines) + "\r\n").encode(), media_type="text/csv; charset=utf-8", headers=head)


handlers: list[Any] = [promotions, new, put, one, end, codes, codes_file]
