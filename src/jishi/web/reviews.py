"""Reviews and questions as pages show them: the section of a product page, and what search engines are told.

A page takes `section` into its values and `tag` into its tags, and includes `storefront/parts/reviews.html`; all of it is
the same for everybody in a language. What is personal (a vote, a form's token) goes through holes and forms."""

from __future__ import annotations

from msgspec import Struct

from jishi.trade.reviews import Question, QuestionsQuery, Review, ReviewsQuery, Summary, SummaryQuery, Theme

from .visit import Visit

FIRST, FIRST_QUESTIONS, THEMES = 4, 2, 6
REVIEW, QUESTION = "rev", "qst"  # kinds of ids outside


class Bar(Struct, frozen=True):
    """How many gave so many stars; `percent` is whole."""

    stars: int
    count: int
    percent: int


class Rating(Struct, frozen=True):
    """`mean`: 4.6, "" without reviews."""

    count: int
    mean: str
    critical: int
    bars: list[Bar]
    themes: list[Theme]
    with_pictures: int
    langs: dict[str, int]


class Section(Struct, frozen=True):
    """`asked`: how many questions there are."""

    rating: Rating
    rows: list[Review]
    questions: list[Question]
    asked: int


def tag(product_id: int) -> str:
    """What ready bytes with a product's reviews carry."""
    return f"reviews:{product_id}"


def rating_of(summary: Summary) -> Rating:
    bars = [
        Bar(n, summary.stars[n - 1], (200 * summary.stars[n - 1] + summary.count) // (2 * summary.count or 1))
        for n in range(5, 0, -1)
    ]
    mean = summary.mean_tenths
    return Rating(
        summary.count,
        f"{mean // 10}.{mean % 10}" if summary.count else "",
        summary.critical,
        bars,
        summary.themes[:THEMES],
        summary.with_pictures,
        summary.langs,
    )


async def section(visit: Visit, product_id: int) -> Section:
    """The stars, the first reviews and the first questions: three reads."""
    shop, ctx = visit.shop.reviews, visit.ctx
    (summary,) = (await shop.summary(ctx, SummaryQuery([product_id]))).rows
    rows, questions = [], []
    if summary.count:
        rows = (await shop.reviews(ctx, ReviewsQuery(product_id, limit=FIRST))).rows
    if summary.questions:
        questions = (await shop.questions(ctx, QuestionsQuery(product_id, limit=FIRST_QUESTIONS))).rows
    return Section(rating_of(summary), rows, questions, summary.questions)
