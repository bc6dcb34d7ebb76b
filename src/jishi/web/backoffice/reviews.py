"""Reviews at the desk: the merchant answers buyers and questions; staff withhold what is unlawful, and it is written down."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from jishi.goods.catalog import ListingsQuery
from jishi.kernel import Fault
from jishi.kernel.ids import decode
from jishi.trade.reviews import (
    REASONS,
    DeskReviews,
    LogQuery,
    PutAnswer,
    PutReply,
    QuestionsQuery,
    Restore,
    Withhold,
)
from jishi.web.forms import Form
from jishi.web.reviews import QUESTION, REVIEW
from jishi.web.routes import get_page, post_page
from jishi.web.visit import Page, Visit, query_of

NEEDS, REPLY = "trade:review:desk", "trade:review:reply"
WITHHOLD = "trade:review:withhold"
TABS = ("unanswered", "critical", "withheld", "all", "questions")
KINDS = {"review": REVIEW, "reply": REVIEW, "question": QUESTION, "answer": QUESTION}
LISTED = 20


class Moderated(Struct, frozen=True):
    kind: str
    id: str
    note: str
    n: int = 0
    reason: str = ""
    do: str = "withhold"


@get_page("/desk/reviews", needs=NEEDS, rate="staff")
async def reviews(visit: Visit) -> Page:
    return await show(visit, Form())


async def show(visit: Visit, form: Form, *, status: int = 200) -> Page:
    """One tab: what waits for an answer, what is critical or withheld, all, or the questions."""
    shop, ctx, params = visit.shop, visit.ctx, query_of(visit)
    tab = params.get("tab", "") if params.get("tab", "") in TABS else TABS[0]
    cursor = params.get("cursor", "")
    rows: list[Any] = []
    asked: list[Any] = []
    if tab == "questions":
        questions = await shop.reviews.questions(ctx, QuestionsQuery(0, cursor, LISTED))
        asked, following = questions.rows, questions.next
    else:
        page = await shop.reviews.desk(ctx, DeskReviews(tab, cursor, LISTED))
        rows, following = page.rows, page.next
    ids = sorted({r.review.product_id for r in rows} | {q.product_id for q in asked})
    listings = (await shop.catalog.listings(ctx, ListingsQuery(product_ids=ids))).rows if ids else []
    return await visit.page(
        "backoffice/reviews.html", tab=tab, tabs=TABS, rows=rows, asked=asked, next=following, first=not cursor,
        goods={x.product_id: x for x in reversed(listings)}, form=form, reasons=REASONS, status=status,
        judge=WITHHOLD in shop.grants.get(visit.actor.role, frozenset()),
        done=next((x for x in ("replied", "withheld", "restored") if params.get(x)), ""),
    )  # fmt: skip


@post_page("/desk/reviews/{review_id:str}/reply", needs=REPLY, rate="staff")
async def reply(visit: Visit, review_id: str) -> Page:
    """The merchant's one reply says this."""
    form = await visit.form()
    try:
        await visit.shop.reviews.reply(visit.ctx, PutReply(decode(REVIEW, review_id), form.value("text")))
    except Fault as fault:
        return await again(visit, form, fault)
    return visit.go("/desk/reviews", tab=query_of(visit).get("tab", ""), replied="1")


@post_page("/desk/questions/{question_id:str}/answer", needs=REPLY, rate="staff")
async def answer(visit: Visit, question_id: str) -> Page:
    form = await visit.form()
    try:
        await visit.shop.reviews.answer(visit.ctx, PutAnswer(decode(QUESTION, question_id), form.value("text")))
    except Fault as fault:
        return await again(visit, form, fault)
    return visit.go("/desk/reviews", tab="questions", replied="1")


async def again(visit: Visit, form: Form, fault: Fault) -> Page:
    """The list with what was refused above it; what is not there or not theirs stays a page of its own."""
    if fault.status in (403, 404):
        raise fault
    return await show(visit, form.refused(fault, visit.site.words, visit.locale), status=fault.status)


@post_page("/desk/reviews/moderation", needs=WITHHOLD, rate="staff")
async def moderate(visit: Visit) -> Page:
    """Words are withheld with a reason that everybody sees, or shown again; either way the log has its row."""
    form = await visit.form()
    try:
        told = form.into(Moderated)
        id = decode(KINDS.get(told.kind, REVIEW), told.id)
        if told.do == "restore":
            await visit.shop.reviews.restore(visit.ctx, Restore(told.kind, id, told.note, told.n))
        else:
            await visit.shop.reviews.withhold(visit.ctx, Withhold(told.kind, id, told.reason, told.note, told.n))
    except Fault as fault:
        return await again(visit, form, fault)
    return visit.go("/desk/reviews", tab="withheld", **{"restored" if told.do == "restore" else "withheld": "1"})


@get_page("/desk/reviews/log", needs=WITHHOLD, rate="staff")
async def log(visit: Visit) -> Page:
    """Every time that words were withheld or shown again, newest first."""
    cursor = query_of(visit).get("cursor", "")
    page = await visit.shop.reviews.log(visit.ctx, LogQuery(cursor))
    ids = sorted({r.product_id for r in page.rows})
    listings = (await visit.shop.catalog.listings(visit.ctx, ListingsQuery(product_ids=ids))).rows if ids else []
    return await visit.page(
        "backoffice/review_log.html", rows=page.rows, next=page.next, first=not cursor, kinds=KINDS,
        goods={x.product_id: x for x in reversed(listings)},
    )  # fmt: skip


handlers: list[Any] = [reviews, reply, answer, moderate, log]
