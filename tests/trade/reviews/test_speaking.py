"""Questions and answers, what is withheld and by whom, the mail that asks, and what stays of somebody who is erased."""

import pytest
from msgspec import structs

from jishi.kernel import SYSTEM, Actor, Context, Forbidden, Invalid
from jishi.kernel.documents import Find
from jishi.people.vault import CardsErased
from jishi.trade.reviews import (
    Ask,
    DeskReviews,
    LogQuery,
    MarkHelpful,
    MayReview,
    NoQuestion,
    NotBought,
    OwnVote,
    ProductGone,
    PutAnswer,
    PutReply,
    QuestionsQuery,
    Restore,
    ReviewQuery,
    ReviewsQuery,
    Silence,
    Withhold,
)
from jishi.trade.reviews.erasing import forget
from jishi.trade.reviews.invites import AskDue, Completed, Tracked, completed, person_of, token, tracked
from jishi.trade.reviews.keeping import ME
from jishi.trade.reviews.kinds import LOG, QUESTIONS
from tests.kit import STAFF

from .kit import BUYER, CLERK, GUEST, LAMP, LONG, OTHER_CLERK, STRANGER, TEA, Stand, photo


async def reached(stand: Stand, person: int, product_id: int = TEA) -> int:
    """An order of the person has arrived, and this house has heard of it."""
    order_id = stand.bought(person, product_id)
    await stand.reviews.db.write(SYSTEM, completed, Completed(order_id, 1))
    await stand.settled()
    return order_id


async def test_questions_are_asked_answered_and_listed(stand: Stand) -> None:
    q = await stand.reviews.ask(STRANGER, Ask(TEA, "能冷泡吗？", "k1"))
    assert (await stand.reviews.ask(STRANGER, Ask(TEA, "能冷泡吗？", "k1"))).id == q.id
    assert (q.author, q.text, q.merchant_id) == ("l***", "能冷泡吗？", 71)
    second = await stand.reviews.ask(BUYER, Ask(TEA, "Does it keep?", "k1"))
    with pytest.raises(NotBought):
        await stand.reviews.answer(BUYER, PutAnswer(q.id, "可以"))
    await reached(stand, 7)
    await stand.reviews.answer(BUYER, PutAnswer(q.id, "可以，三小时"))
    await stand.reviews.answer(BUYER, PutAnswer(q.id, "可以，四小时"))
    with pytest.raises(NoQuestion):
        await stand.reviews.answer(OTHER_CLERK, PutAnswer(q.id, "x"))
    full = await stand.reviews.answer(CLERK, PutAnswer(q.id, "可以冷泡"))
    assert [(a.n, a.by, a.text, a.author) for a in full.answers] == [
        (2, "merchant", "可以冷泡", ""),
        (1, "buyer", "可以，四小时", "l***"),
    ]
    page = await stand.reviews.questions(GUEST, QuestionsQuery(TEA))
    assert [x.id for x in page.rows] == [q.id, second.id]  # answered ones first
    waiting = await stand.reviews.questions(CLERK, QuestionsQuery())
    assert [x.id for x in waiting.rows] == [second.id]
    assert (await stand.reviews.questions(OTHER_CLERK, QuestionsQuery())).rows == []
    with pytest.raises(Invalid):
        await stand.reviews.questions(BUYER, QuestionsQuery())
    assert (await stand.summary()).questions == 2


async def test_who_may_not_ask_or_answer(stand: Stand) -> None:
    with pytest.raises(Forbidden):
        await stand.reviews.ask(GUEST, Ask(TEA, "who knows?"))
    with pytest.raises(Invalid):
        await stand.reviews.ask(BUYER, Ask(TEA, "?"))
    for gone in ({"status": "archived"}, {"status": "draft"}, {"status": "published", "recalled": True}):
        stand.set_goods(TEA, **gone)
        with pytest.raises(ProductGone):
            await stand.reviews.ask(BUYER, Ask(TEA, "is it there?"))
    with pytest.raises(NoQuestion):
        await stand.reviews.answer(CLERK, PutAnswer(5, "x"))
    assert await stand.documents.count(QUESTIONS, {}) == 0


async def test_votes_on_answers(stand: Stand) -> None:
    q = await stand.reviews.ask(STRANGER, Ask(TEA, "能冷泡吗？"))
    await reached(stand, 7)
    await stand.reviews.answer(CLERK, PutAnswer(q.id, "merchant's"))
    await stand.reviews.answer(BUYER, PutAnswer(q.id, "buyer's"))
    with pytest.raises(OwnVote):
        await stand.reviews.helpful(BUYER, MarkHelpful(q.id, 2))
    assert (await stand.reviews.helpful(STRANGER, MarkHelpful(q.id, 2))).helpful == 1
    page = await stand.reviews.questions(GUEST, QuestionsQuery(TEA))
    assert [(a.n, a.helpful) for a in page.rows[0].answers] == [(2, 1), (1, 0)]
    with pytest.raises(NoQuestion):
        await stand.reviews.helpful(STRANGER, MarkHelpful(q.id, 3))


async def test_nobody_deletes_a_review_and_a_withheld_one_still_counts(stand: Stand) -> None:
    written = await stand.write(1, "骂人的话", pictures=[photo()])
    before = await stand.summary()
    for ctx in (BUYER, GUEST, CLERK):
        with pytest.raises(Forbidden):
            await stand.reviews.withhold(ctx, Withhold("review", written.id, "hate", "x"))
    assert not [n for n in dir(stand.reviews) if "delete" in n or "remove" in n]
    await stand.reviews.withhold(STAFF, Withhold("review", written.id, "hate", "insults a person by name"))
    shown = (await stand.reviews.reviews(GUEST, ReviewsQuery(TEA))).rows[0]
    assert (shown.text, shown.pictures, shown.stars, shown.withheld and shown.withheld.reason) == ("", [], 1, "hate")
    assert await stand.summary() == before
    desk = (await stand.reviews.desk(STAFF, DeskReviews("withheld"))).rows
    assert [r.hidden_text for r in desk] == ["骂人的话"]
    assert [r.hidden_text for r in (await stand.reviews.desk(CLERK, DeskReviews("withheld"))).rows] == [""]
    await stand.reviews.withhold(STAFF, Withhold("review", written.id, "obscene", "again"))  # it is already
    await stand.reviews.restore(STAFF, Restore("review", written.id, "a mistake"))
    assert (await stand.reviews.review(GUEST, ReviewQuery(written.id))).text == "骂人的话"
    log = (await stand.reviews.log(STAFF, LogQuery())).rows
    assert [(r.what, r.kind, r.reason, r.note, r.actor_id) for r in log] == [
        ("restored", "review", "", "a mistake", 1),
        ("withheld", "review", "hate", "insults a person by name", 1),
    ]
    with pytest.raises(Forbidden):
        await stand.reviews.log(CLERK, LogQuery())


async def test_a_reply_a_question_and_an_answer_can_be_withheld(stand: Stand) -> None:
    written = await stand.write(1, "x y")
    await stand.reviews.reply(CLERK, PutReply(written.id, "a threat"))
    q = await stand.reviews.ask(STRANGER, Ask(TEA, "spam spam"))
    await stand.reviews.answer(CLERK, PutAnswer(q.id, "bad words"))
    for kind, id, n in (("reply", written.id, 0), ("question", q.id, 0), ("answer", q.id, 1)):
        await stand.reviews.withhold(STAFF, Withhold(kind, id, "illegal", "why", n))
    reply = (await stand.reviews.review(GUEST, ReviewQuery(written.id))).reply
    assert reply is not None
    assert (reply.text, reply.withheld is not None) == ("", True)
    with pytest.raises(Invalid):  # the same words do not come back by another door
        await stand.reviews.reply(CLERK, PutReply(written.id, "a threat again"))
    (shown,) = (await stand.reviews.questions(GUEST, QuestionsQuery(TEA))).rows
    assert (shown.text, shown.answers[0].text) == ("", "")
    with pytest.raises(Invalid):
        await stand.reviews.withhold(STAFF, Withhold("review", written.id, "we do not like it", "x"))
    with pytest.raises(Invalid):
        await stand.reviews.withhold(STAFF, Withhold("review", written.id, "hate", ""))
    assert await stand.documents.count(LOG, {}) == 3


async def test_a_clerk_sees_the_reviews_of_its_merchant_alone(stand: Stand) -> None:
    mine = await stand.write(1, "tea")
    await stand.write(1, "lamp", product_id=LAMP)
    for tab in ("unanswered", "critical", "all"):
        assert [r.review.id for r in (await stand.reviews.desk(CLERK, DeskReviews(tab))).rows] == [mine.id]
        assert len((await stand.reviews.desk(STAFF, DeskReviews(tab))).rows) == 2
    await stand.reviews.reply(CLERK, PutReply(mine.id, "thanks"))
    assert (await stand.reviews.desk(CLERK, DeskReviews("unanswered"))).rows == []
    with pytest.raises(Forbidden):
        await stand.reviews.desk(BUYER, DeskReviews())


async def test_the_buyer_is_asked_once_some_days_after_arrival(stand: Stand) -> None:
    order_id = stand.bought()
    for _ in range(2):
        await stand.reviews.db.write(SYSTEM, tracked, Tracked(order_id, 1, "delivered"))
    await stand.reviews.db.write(SYSTEM, tracked, Tracked(order_id, 1, "in_transit"))
    await stand.later(minutes=1)
    assert [r.line for r in (await stand.reviews.may_review(BUYER, MayReview())).rows] == [1]
    assert stand.letters.sent == {}
    await stand.later(days=5)
    await stand.reviews.db.write(SYSTEM, completed, Completed(order_id, 1))
    await stand.later(days=6)
    assert stand.letters.templates == ["review_asked"]
    (_, letter), *_ = stand.letters.sent.values()
    assert letter.secrets["link"].endswith("#reviews")
    assert person_of(b"p" * 32, letter.params["quiet"].partition("t=")[2]) == 7


async def test_nobody_is_asked_about_what_is_reviewed_or_after_saying_no(stand: Stand) -> None:
    first, second = await reached(stand, 7), await reached(stand, 8)
    await stand.write(5, "好", order_id=first)
    await stand.reviews.silence(GUEST, Silence(token(b"p" * 32, 8)))
    assert (await stand.reviews.may_review(BUYER, MayReview())).rows == []
    await stand.later(days=6)
    assert (stand.letters.sent, second > 0) == ({}, True)
    await reached(stand, 8)
    await stand.reviews.silence(STRANGER, Silence(on=False))
    await stand.later(days=6)
    assert stand.letters.templates == ["review_asked"]


async def test_a_link_that_is_not_ours_silences_nobody(stand: Stand) -> None:
    await reached(stand, 7)
    for bad in (
        "",
        "7.",
        "7." + "0" * 32,
        "zz",
        "-7." + token(b"p" * 32, 7)[2:],
        token(b"q" * 32, 7),
        "é.é",
        "1" * 400,
    ):
        assert person_of(b"p" * 32, bad) == 0
        await stand.reviews.silence(Context(Actor(0, "guest")), Silence(bad or "x"))
    await stand.later(days=6)
    assert stand.letters.templates == ["review_asked"]


async def test_a_parcel_that_is_not_quite_there_is_asked_about_later(stand: Stand) -> None:
    order_id = stand.bought(fulfilment="shipped")
    await stand.reviews.db.write(SYSTEM, tracked, Tracked(order_id, 1, "delivered"))
    await stand.later(days=8)
    assert stand.letters.sent == {}
    o = stand.orders.rows[order_id]
    stand.orders.rows[order_id] = structs.replace(o, children=[structs.replace(o.children[0], fulfilment="completed")])
    await stand.reviews.db.write(SYSTEM, completed, Completed(order_id, 1))
    await stand.settled()
    await stand.later(days=6)
    assert stand.letters.templates == ["review_asked"]
    assert AskDue(1, 1).topic() == "trade.reviews.ask_due"


async def test_of_an_erased_person_words_and_stars_stay_nobody_s(stand: Stand) -> None:
    written = await stand.write(2, LONG, pictures=[photo()])
    other = await stand.write(5, "好", ctx=STRANGER)
    q = await stand.reviews.ask(BUYER, Ask(TEA, "my question"))
    theirs = await stand.reviews.ask(STRANGER, Ask(TEA, "their question"))
    await reached(stand, 7)
    await stand.reviews.answer(BUYER, PutAnswer(theirs.id, "my answer"))
    before = await stand.summary()
    for _ in range(2):
        await forget(stand.reviews, ME, CardsErased(7, "account", 1))
    after = await stand.reviews.review(GUEST, ReviewQuery(written.id))
    assert (after.author, after.text, after.stars, after.pictures) == ("", LONG, 2, [])
    assert stand.files.kept == {}
    assert (await stand.reviews.review(GUEST, ReviewQuery(other.id))).author == "林*"
    rows = {x.id: x for x in (await stand.reviews.questions(GUEST, QuestionsQuery(TEA))).rows}
    assert (rows[q.id].author, rows[theirs.id].author) == ("", "l***")
    assert [(a.author, a.text) for a in rows[theirs.id].answers] == [("", "my answer")]
    summary = await stand.summary()
    assert (summary.stars, summary.with_pictures, before.with_pictures) == (before.stars, 0, 1)
    for kind in stand.reviews.kinds:
        assert "person_id=7" not in str([d.body for d in await stand.documents.find(kind, Find())])
    await forget(stand.reviews, ME, CardsErased(8, "marketing", 1))  # another class: nothing of it is here
    assert (await stand.reviews.review(GUEST, ReviewQuery(other.id))).author == "林*"
