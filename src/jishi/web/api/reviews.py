"""Reviews and questions for programs. Pictures are added on the page: the API takes no files."""

from __future__ import annotations

from typing import Annotated, Any

from litestar.params import PathParameter, QueryParameter

from jishi.kernel.ids import decode, encode
from jishi.trade.reviews import (
    Ask,
    EditReview,
    FollowUp,
    MarkHelpful,
    MayReview,
    PutAnswer,
    PutReply,
    QuestionsQuery,
    ReviewQuery,
    ReviewsQuery,
    SummaryQuery,
    WriteReview,
)
from jishi.web.api.goods import ready_json
from jishi.web.goods import ref_of
from jishi.web.reviews import QUESTION, REVIEW, tag
from jishi.web.routes import api_get, api_post, api_put
from jishi.web.visit import Visit

from .review_shapes import (
    QuestionItems,
    QuestionOut,
    ReviewableItems,
    ReviewableOut,
    ReviewEditIn,
    ReviewIn,
    ReviewItems,
    ReviewOut,
    ShortIn,
    VoteIn,
    VotesOut,
    WordsIn,
    question_out,
    rating_out,
    review_out,
)

Ref = Annotated[str, PathParameter(max_length=120)]
CursorText = Annotated[str, QueryParameter(max_length=400)]
Secret = Annotated[str, QueryParameter(max_length=100)]
Limit = Annotated[int, QueryParameter(ge=1, le=50)]


async def product_id_of(visit: Visit, ref: str) -> int:
    return (await visit.shop.catalog.product(visit.ctx, ref_of(ref))).id


@api_get("/products/{ref:str}/reviews", needs="trade:review:see", tags=["reviews"])
async def reviews(
    visit: Visit,
    ref: Ref,
    stars: Annotated[int, QueryParameter(ge=0, le=5)] = 0,
    topic: Annotated[str, QueryParameter(max_length=16)] = "",
    pictures: bool = False,
    critical: bool = False,
    lang: Annotated[str, QueryParameter(pattern="^(zh|en|other|)$")] = "",
    sort: Annotated[str, QueryParameter(pattern="^(helpful|newest|critical)$")] = "helpful",
    cursor: CursorText = "",
    limit: Limit = 10,
) -> ReviewItems:
    """A product's reviews and its stars. In the order `helpful` stars play no part."""

    async def make() -> tuple[ReviewItems, list[str]]:
        product = await visit.shop.catalog.product(visit.ctx, ref_of(ref))
        query = ReviewsQuery(product.id, stars, topic, pictures, critical, lang, sort, cursor, limit)
        page = await visit.shop.reviews.reviews(visit.ctx, query)
        (rated,) = (await visit.shop.reviews.summary(visit.ctx, SummaryQuery([product.id]))).rows
        items = [review_out(r, visit.locale) for r in page.rows]
        return ReviewItems(rating_out(rated), items, page.next or None), [tag(product.id), f"product:{product.id}"]

    return await ready_json(visit, make)  # type: ignore[return-value]  # the bytes of one; the annotation is the schema's


@api_get("/orders/{ref:str}/reviews", needs="trade:review:write", tags=["reviews"])
async def reviewable(visit: Visit, ref: Ref, secret: Secret = "") -> ReviewableItems:
    """The lines of an order that arrived, each with its review and what may be done."""
    rows = (await visit.shop.reviews.may_review(visit.ctx, of_order(ref, secret))).rows
    return ReviewableItems(
        [
            ReviewableOut(
                x.line, encode("prd", x.product_id), x.can, review_out(x.review, visit.locale) if x.review else None
            )
            for x in rows
        ]
    )


def of_order(ref: str, secret: str) -> MayReview:
    return MayReview(decode("ord", ref), "", secret) if ref.startswith("ord_") else MayReview(0, ref, secret)


@api_post("/orders/{ref:str}/reviews", needs="trade:review:write", tags=["reviews"])
async def write(visit: Visit, ref: Ref, data: ReviewIn, secret: Secret = "") -> ReviewOut:
    """The line has its review; the same words again are the same review."""
    of = of_order(ref, secret)
    command = WriteReview(data.line, data.stars, data.text, [], of.order_id, of.number, secret)
    return review_out(await visit.shop.reviews.write(visit.ctx, command), visit.locale)


@api_put("/reviews/{id:str}", needs="trade:review:write", tags=["reviews"])
async def edit(visit: Visit, id: Ref, data: ReviewEditIn, secret: Secret = "") -> ReviewOut:
    """Its author says it better, within 30 days."""
    review_id = decode(REVIEW, id)
    old = await visit.shop.reviews.review(visit.ctx, ReviewQuery(review_id))
    keep = [s.path for s in old.pictures] if data.keep_pictures else []
    command = EditReview(review_id, data.stars, data.text, keep, [], secret)
    return review_out(await visit.shop.reviews.edit(visit.ctx, command), visit.locale)


@api_put("/reviews/{id:str}/follow-up", needs="trade:review:write", tags=["reviews"])
async def follow_up(visit: Visit, id: Ref, data: WordsIn, secret: Secret = "") -> ReviewOut:
    """Once, within 180 days."""
    command = FollowUp(decode(REVIEW, id), data.text, [], secret)
    return review_out(await visit.shop.reviews.follow_up(visit.ctx, command), visit.locale)


@api_put("/reviews/{id:str}/reply", needs="trade:review:reply", rate="staff", tags=["reviews"])
async def reply(visit: Visit, id: Ref, data: WordsIn) -> ReviewOut:
    """The merchant's one reply."""
    command = PutReply(decode(REVIEW, id), data.text)
    return review_out(await visit.shop.reviews.reply(visit.ctx, command), visit.locale)


@api_put("/reviews/{id:str}/helpful", needs="trade:review:vote", person=True, tags=["reviews"])
async def helpful(visit: Visit, id: Ref, data: VoteIn) -> VotesOut:
    """One vote a person; `on` false takes it back."""
    votes = await visit.shop.reviews.helpful(visit.ctx, MarkHelpful(decode(REVIEW, id), 0, data.on))
    return VotesOut(votes.helpful)


@api_get("/products/{ref:str}/questions", needs="trade:review:see", tags=["reviews"])
async def questions(visit: Visit, ref: Ref, cursor: CursorText = "", limit: Limit = 10) -> QuestionItems:
    """Those with an answer first."""
    query = QuestionsQuery(await product_id_of(visit, ref), cursor, limit)
    page = await visit.shop.reviews.questions(visit.ctx, query)
    return QuestionItems([question_out(q) for q in page.rows], page.next or None)


@api_post("/products/{ref:str}/questions", needs="trade:review:ask", rate="question", tags=["reviews"])
async def ask(visit: Visit, ref: Ref, data: ShortIn) -> QuestionOut:
    """With an `Idempotency-Key` the same request asks once."""
    command = Ask(await product_id_of(visit, ref), data.text, visit.ctx.key[:64])
    return question_out(await visit.shop.reviews.ask(visit.ctx, command))


@api_put("/questions/{id:str}/answer", needs="trade:review:answer", rate="question", tags=["reviews"])
async def answer(visit: Visit, id: Ref, data: ShortIn) -> QuestionOut:
    """The caller's one answer."""
    return question_out(await visit.shop.reviews.answer(visit.ctx, PutAnswer(decode(QUESTION, id), data.text)))


@api_put("/questions/{id:str}/answers/{n:int}/helpful", needs="trade:review:vote", person=True, tags=["reviews"])
async def answer_helpful(visit: Visit, id: Ref, n: int, data: VoteIn) -> VotesOut:
    """One vote a person."""
    votes = await visit.shop.reviews.helpful(visit.ctx, MarkHelpful(decode(QUESTION, id), max(1, n), data.on))
    return VotesOut(votes.helpful)


handlers: list[Any] = [
    reviews, reviewable, write, edit, follow_up, reply, helpful, questions, ask, answer, answer_helpful,
]  # fmt: skip
