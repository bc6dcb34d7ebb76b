"""What the API takes and gives about reviews and questions."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from jishi.kernel.i18n import iso, said
from jishi.kernel.ids import encode
from jishi.trade.reviews import Question, Review, Shot, Summary
from jishi.web.reviews import QUESTION, REVIEW

Stars = Annotated[int, Meta(ge=1, le=5)]
Text = Annotated[str, Meta(max_length=2_000)]
Words = Annotated[str, Meta(min_length=1, max_length=2_000)]
Short = Annotated[str, Meta(min_length=1, max_length=500)]


class ShotOut(Struct, frozen=True):
    url: str
    width: int
    height: int
    widths: list[int]


class FollowUpOut(Struct, frozen=True):
    text: str
    at: str
    pictures: list[ShotOut]


class ReplyOut(Struct, frozen=True):
    """`withheld`: why its words are not shown, null where they are."""

    text: str
    at: str
    edited_at: str | None
    withheld: str | None


class ReviewOut(Struct, frozen=True):
    """`verified`: order_line_checked, always: an order's line that was delivered, its buyer, once."""

    id: str
    product: str
    stars: int
    text: str
    language: str
    author: str
    verified: str
    bought: str
    at: str
    edited_at: str | None
    helpful: int
    topics: dict[str, int]
    pictures: list[ShotOut]
    follow_up: FollowUpOut | None
    reply: ReplyOut | None
    withheld: str | None


class ThemeOut(Struct, frozen=True):
    topic: str
    good: int
    bad: int


class RatingOut(Struct, frozen=True):
    """`stars`: how many ones … fives. `mean_tenths`: 46 is 4.6."""

    count: int
    mean_tenths: int
    stars: list[int]
    critical: int
    with_pictures: int
    themes: list[ThemeOut]


class ReviewItems(Struct, frozen=True):
    """A page under several filters may hold fewer than asked for and still have a `next`."""

    rating: RatingOut
    items: list[ReviewOut]
    next: str | None


class AnswerOut(Struct, frozen=True):
    """`by`: merchant or buyer."""

    n: int
    by: str
    author: str
    text: str
    at: str
    edited_at: str | None
    helpful: int
    withheld: str | None


class QuestionOut(Struct, frozen=True):
    id: str
    product: str
    author: str
    text: str
    at: str
    answers: list[AnswerOut]
    withheld: str | None


class QuestionItems(Struct, frozen=True):
    items: list[QuestionOut]
    next: str | None


class ReviewableOut(Struct, frozen=True):
    """`can`: write, edit, follow_up."""

    line: int
    product: str
    can: list[str]
    review: ReviewOut | None


class ReviewableItems(Struct, frozen=True):
    items: list[ReviewableOut]


class ReviewIn(Struct, frozen=True, forbid_unknown_fields=True):
    line: Annotated[int, Meta(ge=1, le=10_000)]
    stars: Stars
    text: Text = ""


class ReviewEditIn(Struct, frozen=True, forbid_unknown_fields=True):
    """`keep_pictures` false takes them away."""

    stars: Stars
    text: Text = ""
    keep_pictures: bool = True


class WordsIn(Struct, frozen=True, forbid_unknown_fields=True):
    text: Words


class ShortIn(Struct, frozen=True, forbid_unknown_fields=True):
    text: Short


class VoteIn(Struct, frozen=True, forbid_unknown_fields=True):
    on: bool = True


class VotesOut(Struct, frozen=True):
    helpful: int


def shot_out(s: Shot) -> ShotOut:
    return ShotOut(f"/media/{s.path}-{max(s.sizes)}.webp", s.width, s.height, s.sizes)


def moment(ms: int) -> str | None:
    return iso(ms) if ms else None


def review_out(r: Review, locale: str) -> ReviewOut:
    follow, reply = r.follow_up, r.reply
    return ReviewOut(
        encode(REVIEW, r.id), encode("prd", r.product_id), r.stars, r.text, r.lang, r.author, "order_line_checked",
        said(r.bought, locale), iso(r.at), moment(r.edited_at), r.helpful, r.topics, [shot_out(s) for s in r.pictures],
        FollowUpOut(follow.text, iso(follow.at), [shot_out(s) for s in follow.pictures]) if follow else None,
        ReplyOut(reply.text, iso(reply.at), moment(reply.edited_at), reply.withheld.reason if reply.withheld else None)
        if reply
        else None,
        r.withheld.reason if r.withheld else None,
    )  # fmt: skip


def rating_out(s: Summary) -> RatingOut:
    themes = [ThemeOut(t.topic, t.good, t.bad) for t in s.themes]
    return RatingOut(s.count, s.mean_tenths, s.stars, s.critical, s.with_pictures, themes)


def question_out(q: Question) -> QuestionOut:
    answers = [
        AnswerOut(
            a.n, a.by, a.author, a.text, iso(a.at), moment(a.edited_at), a.helpful,
            a.withheld.reason if a.withheld else None,
        )
        for a in q.answers
    ]  # fmt: skip
    why = q.withheld.reason if q.withheld else None
    return QuestionOut(encode(QUESTION, q.id), encode("prd", q.product_id), q.author, q.text, iso(q.at), answers, why)
