"""Reviews by product, by author and for the desk, and the summaries: pages by index, each only what its reader may see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jishi.kernel import Context, FieldError, Invalid
from jishi.kernel.documents import IDS_MAX, Document, Find, Kind, Scalar
from jishi.kernel.paging import limited, read_cursor, write_cursor

from .keeping import Parts, review_doc, view
from .kinds import MENTIONS, REVIEWS, SUMMARIES, ReviewDoc
from .terms import (
    MAX_PAGE,
    SORTS,
    TOPICS,
    DeskPage,
    DeskReview,
    DeskReviews,
    MyReviews,
    Review,
    ReviewPage,
    ReviewQuery,
    ReviewsQuery,
    Summary,
    SummaryList,
    SummaryQuery,
)

FIELD = {"helpful": "rank", "newest": "at", "critical": "low"}
LANGS = ("", "zh", "en", "other")
TABS: dict[str, dict[str, Scalar]] = {
    "all": {},
    "unanswered": {"answered": 0},
    "critical": {"critical": 1},
    "withheld": {"hidden": 1},
}
LOOKS = 6  # batches that are looked through for one page; then the reader goes on by the cursor


async def reviews(at: Parts, query: ReviewsQuery) -> ReviewPage:
    """By the index of the topic or of one filter; the others are looked at in what it finds, so far as a page goes."""
    _check(query)
    filters: dict[str, Scalar] = {}
    if query.stars:
        filters["stars"] = query.stars
    if query.critical:
        filters["critical"] = 1
    if query.with_pictures:
        filters["pictured"] = 1
    if query.lang:
        filters["lang"] = query.lang
    sort, limit = FIELD[query.sort], limited(query.limit, MAX_PAGE)
    kind: Kind[Any] = MENTIONS if query.topic else REVIEWS
    equals: dict[str, Scalar] = {"product_id": query.product_id}
    if query.topic:
        equals["topic"] = query.topic
    elif filters and sort != "low":
        name = next(iter(filters))
        equals[name] = filters[name]
    rows: list[Review] = []
    after = _after(query.cursor)
    for _ in range(LOOKS):
        found = await at.documents.find(kind, Find(equals, sort, descending=True, after=after, limit=limit + 1))
        more = len(found) > limit
        docs = await _reviews_of(at, found[:limit]) if query.topic else {d.id: d.body for d in found}
        for d in found[:limit]:
            after = (getattr(d.body, sort), d.id)
            doc = docs.get(str(d.body.review) if query.topic else d.id)
            if doc is not None and all(getattr(doc, f) == value for f, value in filters.items()):
                rows.append(view(int(d.body.review) if query.topic else int(d.id), doc))
                if len(rows) == limit:
                    last = d is found[-1]
                    return ReviewPage(rows, "" if last else _cursor(after))
        if not more:
            return ReviewPage(rows, "")
    return ReviewPage(rows, _cursor(after))


def _check(query: ReviewsQuery) -> None:
    wrong = [
        FieldError(name, "choice.unknown")
        for name, ok in (
            ("sort", query.sort in SORTS),
            ("topic", not query.topic or query.topic in TOPICS),
            ("stars", 0 <= query.stars <= 5),
            ("lang", query.lang in LANGS),
        )
        if not ok
    ]
    if wrong:
        raise Invalid(wrong)


def _after(cursor: str) -> tuple[Scalar, str] | None:
    """The place behind the last row; its id is a review's, of which a mention's begins."""
    if not cursor:
        return None
    read = read_cursor(cursor, int)
    return read.value, str(read.id)


def _cursor(after: tuple[Scalar, str] | None) -> str:
    assert after
    return write_cursor(after[0], int(after[1].partition(".")[0]))


async def _reviews_of(at: Parts, mentions: Sequence[Document[Any]]) -> dict[str, ReviewDoc]:
    ids = [str(m.body.review) for m in mentions]
    return {id: d.body for id, d in (await at.documents.get(REVIEWS, ids)).items()} if ids else {}


async def review(at: Parts, query: ReviewQuery) -> Review:
    return view(query.id, await review_doc(at, query.id))


async def summary(at: Parts, query: SummaryQuery) -> SummaryList:
    """One read for up to 100 products."""
    if len(query.product_ids) > IDS_MAX:
        raise Invalid([FieldError("product_ids", "list.long", {"max": str(IDS_MAX)})])
    ids = [str(id) for id in query.product_ids]
    found = await at.documents.get(SUMMARIES, ids) if ids else {}
    rows = [
        found[str(id)].body.view() if str(id) in found else Summary(id, 0, 0, [0] * 5, 0, {}, [])
        for id in query.product_ids
    ]
    return SummaryList(rows)


async def mine(at: Parts, ctx: Context, query: MyReviews) -> ReviewPage:
    """The actor's own, withheld ones as others see them."""
    if not ctx.actor.id:
        return ReviewPage([], "")
    found, following = await _paged(at, {"person_id": ctx.actor.id}, query.cursor, query.limit)
    return ReviewPage([view(int(d.id), d.body) for d in found], following)


async def desk(at: Parts, ctx: Context, query: DeskReviews) -> DeskPage:
    """A clerk's are its merchant's. What is withheld only staff can read."""
    if query.tab not in TABS:
        raise Invalid([FieldError("tab", "choice.unknown")])
    equals = dict(TABS[query.tab])
    if ctx.actor.role == "clerk":
        equals["merchant_id"] = ctx.actor.merchant_id
    found, following = await _paged(at, equals, query.cursor, query.limit)
    staff = ctx.actor.role == "staff"
    rows = []
    for d in found:
        hidden = staff and d.body.withheld is not None
        history = d.body.history if staff or d.body.withheld is None else []
        rows.append(DeskReview(view(int(d.id), d.body), history, d.body.text if hidden else ""))
    return DeskPage(rows, following)


async def _paged(
    at: Parts, equals: dict[str, Scalar], cursor: str, limit: int
) -> tuple[list[Document[ReviewDoc]], str]:
    """Newest first."""
    limit = limited(limit, MAX_PAGE)
    found = await at.documents.find(REVIEWS, Find(equals, "at", descending=True, after=_after(cursor), limit=limit + 1))
    if len(found) <= limit:
        return found, ""
    last = found[limit - 1]
    return found[:limit], write_cursor(last.body.at, int(last.id))
