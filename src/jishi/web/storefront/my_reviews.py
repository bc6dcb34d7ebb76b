"""What buyers write: by the line of an order that arrived, with the mail's link too; and the mails that ask for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from jishi.goods.catalog import ListingsQuery, NoProduct, ProductQuery
from jishi.kernel import Fault
from jishi.kernel.i18n import said
from jishi.trade.reviews import (
    EditReview,
    FollowUp,
    MayReview,
    MyReviews,
    NotArrived,
    ReviewableLine,
    Silence,
    WriteReview,
)
from jishi.web.faults import NoPage
from jishi.web.forms import Form
from jishi.web.routes import PUBLIC, get_page, post_page, upload_page
from jishi.web.visit import Page, Visit, query_of

PAGE = 10
LINES = 1_000  # of an order there are fewer
WRITE = "trade:review:write"
DID = {"write": "written", "edit": "edited", "follow_up": "followed"}


class Written(Struct, frozen=True):
    """The form. `keep`: paths of pictures that stay."""

    do: str = "write"
    stars: int = 0
    text: str = ""
    keep: list[str] = []
    secret: str = ""


@get_page("/orders/{number:str}/review/{line:int}", needs=WRITE)
async def form_of(visit: Visit, number: str, line: int) -> Page:
    """One line of an order that arrived: its review, or the form for it."""
    params = query_of(visit)
    done = next((x for x in DID.values() if params.get(x)), "")
    return await show(visit, number, line, params.get("secret", ""), Form(), done=done)


async def show(
    visit: Visit, number: str, line: int, secret: str, form: Form, *, done: str = "", status: int = 200
) -> Page:
    found = await line_of(visit, number, line, secret)
    gone = await is_gone(visit, found.product_id)
    mask = found.review.author if found.review else ""
    return await visit.page(
        "storefront/reviews/write.html", line=found, secret=secret, form=form, done=done, gone=gone, mask=mask,
        status=status,
    )  # fmt: skip


async def line_of(visit: Visit, number: str, line: int, secret: str) -> ReviewableLine:
    if not 0 < line <= LINES:
        raise NoPage
    rows = (await visit.shop.reviews.may_review(visit.ctx, MayReview(number=number, secret=secret))).rows
    found = next((x for x in rows if x.line == line), None)
    if found is None:
        raise NotArrived(line)
    return found


async def is_gone(visit: Visit, product_id: int) -> bool:
    """Whether the product can be seen no more, or is recalled."""
    try:
        return (await visit.shop.catalog.product(visit.ctx, ProductQuery(product_id))).recalled
    except NoProduct:
        return True


@upload_page("/orders/{number:str}/review/{line:int}", needs=WRITE)
async def write(visit: Visit, number: str, line: int) -> Page:
    """Written, edited or followed up, by `do`; the page then shows what everybody sees."""
    form = await visit.form()
    secret = form.value("secret")
    try:
        told = form.into(Written)
        found = await line_of(visit, number, line, told.secret)
        await put(visit, found, told, await uploads(form))
    except Fault as fault:
        if fault.status in (403, 404):
            raise
        form.refused(fault, visit.site.words, visit.locale)
        return await show(visit, number, line, secret, form, status=fault.status)
    return visit.go(f"/orders/{number}/review/{line}", **{DID.get(told.do, "written"): "1"}, secret=secret)


async def put(visit: Visit, found: ReviewableLine, told: Written, pictures: Sequence[bytes]) -> None:
    shop, ctx, files, secret = visit.shop.reviews, visit.ctx, list(pictures), told.secret
    if told.do == "edit" and found.review:
        await shop.edit(ctx, EditReview(found.review.id, told.stars, told.text, told.keep, files, secret))
    elif told.do == "follow_up" and found.review:
        await shop.follow_up(ctx, FollowUp(found.review.id, told.text, files, secret))
    else:
        await shop.write(ctx, WriteReview(found.line, told.stars, told.text, files, found.order_id, "", secret))


async def uploads(form: Form, name: str = "pictures") -> list[bytes]:
    """The files that were chosen; an empty field is none."""
    read = [await f.read() for f in form.files.get(name, ()) if f.filename]
    return [data for data in read if data]


# --- one's own -----------------------------------------------------------------------------------------------------------


@get_page("/me/reviews", needs=WRITE)
async def mine(visit: Visit) -> Page:
    """What waits for a review, and what was written."""
    shop, ctx, params = visit.shop, visit.ctx, query_of(visit)
    waiting = (await shop.reviews.may_review(ctx, MayReview())).rows
    page = await shop.reviews.mine(ctx, MyReviews(params.get("cursor", ""), PAGE))
    ids = sorted({r.product_id for r in page.rows})
    listings = (await shop.catalog.listings(ctx, ListingsQuery(product_ids=ids))).rows if ids else []
    goods = {x.product_id: x for x in reversed(listings)}
    rows = [
        {
            "review": r,
            "name": said(goods[r.product_id].names, visit.locale) if r.product_id in goods else "",
            "handle": goods[r.product_id].handle if r.product_id in goods else "",
            "picture": goods[r.product_id].picture if r.product_id in goods else "",
        }
        for r in page.rows
    ]
    return await visit.page(
        "storefront/reviews/mine.html", waiting=waiting, rows=rows, next=page.next, first=not params.get("cursor")
    )


@get_page("/reviews/quiet", needs=PUBLIC)
async def quiet(visit: Visit) -> Page:
    """Where the mail's link leads: one button. A link alone changes nothing, for programs open links too."""
    params = query_of(visit)
    done = params.get("done", "") if params.get("done", "") in ("0", "1") else ""
    return await visit.page("storefront/reviews/quiet.html", token=params.get("t", "")[:100], done=done)


@post_page("/reviews/quiet", needs="trade:review:silence")
async def silence(visit: Visit) -> Page:
    form = await visit.form()
    token, on = form.value("t")[:100], form.value("on", "1") != "0"
    await visit.shop.reviews.silence(visit.ctx, Silence(token, on))
    return visit.go("/reviews/quiet", t=token, done="1" if on else "0")


handlers: list[Any] = [form_of, write, mine, quiet, silence]
