"""Reviews of a product and questions about it: read from ready bytes, voted on, asked and answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from litestar import Request
from msgspec import Struct

from jishi.goods.catalog import NoProduct, Product, ProductQuery
from jishi.kernel import Fault
from jishi.kernel.ids import decode
from jishi.trade.reviews import (
    TOPICS,
    Ask,
    MarkHelpful,
    OwnVote,
    PutAnswer,
    QuestionsQuery,
    ReviewQuery,
    ReviewsQuery,
    SummaryQuery,
)
from jishi.web.forms import Form
from jishi.web.problems import sentence
from jishi.web.reviews import QUESTION, REVIEW, rating_of, section, tag
from jishi.web.routes import get_page, post_page
from jishi.web.storefront.sections import PARTS
from jishi.web.visit import Page, Visit, query_of

PAGE, QUESTIONS_PAGE = 10, 10
SORTS = ("helpful", "newest", "critical")
SHOWS = ("pictures", "critical")
SEE, VOTE = "trade:review:see", "trade:review:vote"
Made = tuple[Mapping[str, Any], Iterable[str]]


class Way(Struct, frozen=True):
    """A link of a filter or a sort."""

    words: str
    query: dict[str, str]
    on: bool


async def of_product(visit: Visit, product: Product) -> Made:
    """The part of the product page: stars, first reviews, first questions."""
    found = await section(visit, product.id)
    rating = (found.rating.mean, found.rating.count) if found.rating.count else None
    return {"reviews": found, "rating": rating}, [tag(product.id)]


PARTS.append(of_product)


# --- reading -------------------------------------------------------------------------------------------------------------


@get_page("/products/{handle:str}/reviews", needs=SEE)
async def reviews(visit: Visit, request: Request[Any, Any, Any], handle: str) -> Page:
    """All of a product, by stars, topic, language, pictures or criticism; the same bytes for everybody."""
    raw = {k: request.query_params.get(k, "") for k in ("stars", "topic", "lang", "show", "sort", "cursor")}
    asked = {
        "stars": raw["stars"] if raw["stars"] in ("1", "2", "3", "4", "5") else "",
        "topic": raw["topic"] if raw["topic"] in TOPICS else "",
        "lang": raw["lang"] if raw["lang"] in ("zh", "en", "other") else "",
        "show": raw["show"] if raw["show"] in SHOWS else "",
        "sort": raw["sort"] if raw["sort"] in SORTS else "",
    }

    async def make() -> Made:
        shop, ctx = visit.shop, visit.ctx
        product: Product = await shop.catalog.product(ctx, ProductQuery(handle=handle))
        (summary,) = (await shop.reviews.summary(ctx, SummaryQuery([product.id]))).rows
        query = ReviewsQuery(
            product.id, int(asked["stars"] or 0), asked["topic"], asked["show"] == "pictures",
            asked["show"] == "critical", asked["lang"], asked["sort"] or "helpful", raw["cursor"], PAGE,
        )  # fmt: skip
        page = await shop.reviews.reviews(ctx, query)
        rated, kept = rating_of(summary), {k: v for k, v in asked.items() if v}
        return {
            "product": product, "rated": rated, "rows": page.rows, "next": page.next, "first": not raw["cursor"],
            "kept": kept, "filters": filters(visit, kept, rated), "sorts": sorts(visit, kept),
        }, [tag(product.id), f"product:{product.id}"]  # fmt: skip

    return await visit.ready("storefront/reviews/list.html", make, fragment="rows")


def filters(visit: Visit, kept: Mapping[str, str], rated: Any) -> list[Way]:
    """Each turns its own filter on or off and keeps the others; stars and topics that are chosen can be put away."""
    found: list[Way] = [
        Way(visit.t("reviews.filter.all"), {k: v for k, v in kept.items() if k == "sort"}, not set(kept) - {"sort"})
    ]

    def add(name: str, value: str, words: str) -> None:
        on = kept.get(name) == value
        rest = {k: v for k, v in kept.items() if k != name}
        found.append(Way(words, rest if on else {**rest, name: value}, on))

    add("show", "critical", visit.t("reviews.filter.critical", n=rated.critical))
    if rated.with_pictures:
        add("show", "pictures", visit.t("reviews.filter.pictures", n=rated.with_pictures))
    for lang, n in rated.langs.items():
        if n and n < rated.count:
            add("lang", lang, visit.t(f"reviews.filter.lang.{lang}", n=n))
    if "stars" in kept:
        add("stars", kept["stars"], visit.t("reviews.bar", n=int(kept["stars"])))
    if "topic" in kept:
        add("topic", kept["topic"], visit.t(f"reviews.topic.{kept['topic']}"))
    return found


def sorts(visit: Visit, kept: Mapping[str, str]) -> list[Way]:
    now = kept.get("sort", SORTS[0])
    return [Way(visit.t(f"reviews.sort.{s}"), {**kept, "sort": s}, s == now) for s in SORTS]


@post_page("/reviews/{review_id:str}/helpful", needs=VOTE, person=True)
async def helpful(visit: Visit, review_id: str) -> Page:
    """The visitor's vote is there, or taken back (`on` = 0)."""
    id = decode(REVIEW, review_id)
    review = await visit.shop.reviews.review(visit.ctx, ReviewQuery(id))
    return await voted(visit, MarkHelpful(id), f"/reviews/{review_id}/helpful", await path_of(visit, review.product_id))


@post_page("/questions/{question_id:str}/answers/{n:int}/helpful", needs=VOTE, person=True)
async def answer_helpful(visit: Visit, question_id: str, n: int) -> Page:
    to = f"/questions/{question_id}/answers/{n}/helpful"
    return await voted(visit, MarkHelpful(decode(QUESTION, question_id), max(1, n)), to, "/products")


async def voted(visit: Visit, vote: MarkHelpful, to: str, back: str) -> Page:
    on = (await visit.form()).value("on", "1") != "0"
    try:
        votes = await visit.shop.reviews.helpful(visit.ctx, MarkHelpful(vote.id, vote.n, on))
    except OwnVote as fault:
        words = sentence(fault, visit.site.words, visit.locale)
        return await visit.page(
            "storefront/reviews/own.html", fragment="voted", words=words, back=back, status=fault.status
        )
    return await visit.page(
        "storefront/reviews/voted.html", fragment="voted", to=to, on=on, count=votes.helpful, back=back
    )


async def path_of(visit: Visit, product_id: int) -> str:
    """The product's reviews, while it can be seen."""
    try:
        return f"/products/{(await visit.shop.catalog.product(visit.ctx, ProductQuery(product_id))).handle}/reviews"
    except NoProduct:
        return "/products"


# --- questions -----------------------------------------------------------------------------------------------------------


@get_page("/products/{handle:str}/questions", needs=SEE)
async def questions(visit: Visit, handle: str) -> Page:
    return await show_questions(visit, handle, Form())


async def show_questions(visit: Visit, handle: str, form: Form, *, status: int = 200) -> Page:
    shop, params = visit.shop, query_of(visit)
    product = await shop.catalog.product(visit.ctx, ProductQuery(handle=handle))
    query = QuestionsQuery(product.id, params.get("cursor", ""), QUESTIONS_PAGE)
    page = await shop.reviews.questions(visit.ctx, query)
    return await visit.page(
        "storefront/reviews/questions.html", product=product, rows=page.rows, next=page.next, form=form, status=status,
        first=not params.get("cursor"), key=f"{shop.world.random.getrandbits(96):024x}",
        done=next((x for x in ("asked", "answered") if params.get(x)), ""),
    )  # fmt: skip


@post_page("/products/{handle:str}/questions", needs="trade:review:ask", rate="question")
async def ask(visit: Visit, handle: str) -> Page:
    """The question is there; its key makes a second click one question."""
    form = await visit.form()
    product = await visit.shop.catalog.product(visit.ctx, ProductQuery(handle=handle))
    try:
        await visit.shop.reviews.ask(visit.ctx, Ask(product.id, form.value("text"), form.value("key")[:64]))
    except Fault as fault:
        form.refused(fault, visit.site.words, visit.locale)
        return await show_questions(visit, handle, form, status=fault.status)
    return visit.go(f"/products/{handle}/questions", asked="1")


@post_page("/questions/{question_id:str}/answer", needs="trade:review:answer", rate="question")
async def answer(visit: Visit, question_id: str) -> Page:
    """The visitor's one answer, as its merchant or as somebody whom the product reached."""
    form = await visit.form()
    said_ = await visit.shop.reviews.answer(visit.ctx, PutAnswer(decode(QUESTION, question_id), form.value("text")))
    back = await path_of(visit, said_.product_id)
    return visit.go(back.removesuffix("/reviews") + "/questions", answered="1")


handlers: list[Any] = [reviews, helpful, answer_helpful, questions, ask, answer]
