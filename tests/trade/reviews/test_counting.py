"""The stars of a product are exactly what its reviews say, whatever happens at once, twice or late."""

import asyncio
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings, strategies as st

from jishi.kernel import EPOCH_MS, World
from jishi.trade.reviews import EditReview, MarkHelpful, NoReview, OwnVote, ReviewQuery, ReviewsQuery
from jishi.trade.reviews.counting import Spoken, Voted, recount, settle, voted
from jishi.trade.reviews.keeping import ME
from jishi.trade.reviews.kinds import MENTIONS, VOTES
from tests.kit import Clock, buyer, engine_on

from .kit import BUYER, GUEST, LONG, STRANGER, TEA, Stand, stand_on


async def test_a_summary_counts_stars_pictures_languages_and_themes(stand: Stand) -> None:
    await stand.write(5, LONG)
    await stand.write(2, "太小了，质量一般")
    await stand.write(4, "Good quality, fast delivery")
    s = await stand.summary()
    assert (s.count, s.sum_stars, s.stars, s.critical, s.mean_tenths) == (3, 11, [0, 1, 0, 1, 1], 1, 37)
    assert s.langs == {"zh": 2, "en": 1, "other": 0}
    themes = {t.topic: (t.good, t.bad) for t in s.themes}
    assert themes["quality"] == (1, 1)
    assert themes["size"] == (0, 1)
    assert themes["delivery"] == (2, 0)
    assert stand.told[-1].count == 3
    assert (stand.told[-1].product_id, stand.told[-1].sum_stars) == (TEA, 11)


async def test_events_told_again_change_nothing(stand: Stand) -> None:
    written = await stand.write(4, LONG)
    before, told = await stand.summary(), len(stand.told)
    for _ in range(3):
        await settle(stand.reviews, ME, Spoken(TEA, written.id))
        await voted(stand.reviews, ME, Voted(written.id, 0))
    assert (await stand.summary(), len(stand.told)) == (before, told)


@pytest.mark.timeout(120)
async def test_many_reviews_at_once_are_counted_exactly(stand: Stand) -> None:
    """40 buyers write while the relay counts again and again, from several sides."""
    stars = [Random(4).randrange(1, 6) for _ in range(40)]
    orders = [stand.bought(100 + i) for i in range(40)]

    async def one(i: int) -> None:
        await stand.write(stars[i], LONG, ctx=buyer(100 + i), order_id=orders[i])
        await recount(stand.reviews, TEA)

    await asyncio.gather(*[one(i) for i in range(40)], *[stand.relay.drain() for _ in range(3)])
    s = await stand.summary()
    assert s.stars == [stars.count(n) for n in range(1, 6)]
    ats = [e.at for e in stand.told]
    last = max(stand.told, key=lambda e: e.at)
    assert (last.count, last.sum_stars) == (40, sum(stars))
    assert len(set(ats)) == len(ats)


OPS = st.lists(st.tuples(st.integers(0, 4), st.integers(1, 5), st.booleans()), min_size=1, max_size=12)


@settings(max_examples=25)
@given(ops=OPS, seed=st.integers(0, 1000))
async def test_writes_and_edits_in_any_order(ops: list[tuple[int, int, bool]], seed: int) -> None:
    """The truth is the last stars of each line, whenever the events are delivered."""
    with TemporaryDirectory() as folder:
        await in_order(Path(folder), ops, seed)


async def in_order(tmp_path: Path, ops: list[tuple[int, int, bool]], seed: int) -> None:
    clock = Clock(EPOCH_MS + 10**10)
    world = World(now=clock, chance=Random(seed))
    async with (
        engine_on("sqlite", tmp_path, world) as engine,
        stand_on(engine, "memory", tmp_path, world, clock) as stand,
    ):
        orders = [stand.bought(200 + i) for i in range(5)]
        truth: dict[int, int] = {}
        reviews: dict[int, int] = {}
        for who, stars, drain in ops:
            ctx = buyer(200 + who)
            if who in truth:
                await stand.reviews.edit(ctx, EditReview(reviews[who], stars, "edited"))
            else:
                reviews[who] = (await stand.write(stars, "first", ctx=ctx, order_id=orders[who])).id
            truth[who] = stars
            if drain:
                await stand.settled()
        s = await stand.summary()
        assert s.stars == [list(truth.values()).count(n) for n in range(1, 6)]


async def test_a_vote_counts_once_a_person_and_never_for_oneself(stand: Stand) -> None:
    written = await stand.write(5, "好")
    with pytest.raises(OwnVote):
        await stand.reviews.helpful(BUYER, MarkHelpful(written.id))
    with pytest.raises(NoReview):
        await stand.reviews.helpful(GUEST, MarkHelpful(1))
    for ctx in (STRANGER, STRANGER, GUEST):
        votes = await stand.reviews.helpful(ctx, MarkHelpful(written.id))
    assert votes.helpful == 2
    assert (await stand.reviews.helpful(GUEST, MarkHelpful(written.id, on=False))).helpful == 1
    assert (await stand.reviews.helpful(GUEST, MarkHelpful(written.id, on=False))).helpful == 1
    assert (await stand.reviews.review(GUEST, ReviewQuery(written.id))).helpful == 1
    assert await stand.documents.count(VOTES, {"target": str(written.id)}) == 1


async def test_twenty_votes_at_once_are_twenty(stand: Stand) -> None:
    written = await stand.write(5, "好")
    await asyncio.gather(
        *[stand.reviews.helpful(buyer(300 + i), MarkHelpful(written.id)) for i in range(20)], return_exceptions=True
    )
    await stand.settled()
    assert (await stand.reviews.review(GUEST, ReviewQuery(written.id))).helpful == 20


async def test_a_voter_who_died_before_the_count_is_counted(stand: Stand) -> None:
    from jishi.trade.reviews.kinds import VoteDoc

    written = await stand.write(5, "好")
    await stand.documents.insert(VOTES, f"{written.id}.99", VoteDoc(str(written.id), 99, 0), Voted(written.id, 0))
    await stand.settled()
    assert (await stand.reviews.review(GUEST, ReviewQuery(written.id))).helpful == 1


async def test_mentions_follow_an_edit(stand: Stand) -> None:
    written = await stand.write(1, "质量太差")
    await stand.settled()
    assert await stand.ids(topic="quality") == [written.id]
    await stand.reviews.edit(BUYER, EditReview(written.id, 5, "味道很好"))
    await stand.settled()
    assert await stand.ids(topic="quality") == []
    assert await stand.ids(topic="taste") == [written.id]
    assert await stand.documents.count(MENTIONS, {"product_id": TEA, "topic": "taste", "tone": 1}) == 1


async def test_filters_sorts_and_pages(stand: Stand) -> None:
    made = []
    for i in range(23):
        text = "质量很好" if i % 2 else "Poor quality"
        made.append(await stand.write(1 + i % 5, text, ctx=buyer(400 + i)))
    await stand.settled()
    newest = [r.id for r in reversed(made)]
    for limit in (1, 4, 10):
        seen: list[int] = []
        cursor = ""
        while True:
            page = await stand.reviews.reviews(GUEST, ReviewsQuery(TEA, sort="newest", cursor=cursor, limit=limit))
            seen += [r.id for r in page.rows]
            if not (cursor := page.next):
                break
        assert seen == newest
    assert await stand.ids(stars=3, limit=50, sort="newest") == [r.id for r in reversed(made) if r.stars == 3]
    assert await stand.ids(critical=True, limit=50, sort="newest") == [r.id for r in reversed(made) if r.stars < 3]
    assert await stand.ids(lang="en", limit=50, sort="newest") == [r.id for r in reversed(made) if r.lang == "en"]
    worst = (await stand.reviews.reviews(GUEST, ReviewsQuery(TEA, sort="critical", limit=50))).rows
    assert [r.stars for r in worst] == sorted(r.stars for r in made)
    both = await stand.ids(stars=2, lang="en", topic="quality", limit=50)
    assert sorted(both) == sorted(r.id for r in made if r.stars == 2 and r.lang == "en")


async def test_few_among_many_are_found_over_short_pages(stand: Stand) -> None:
    for i in range(40):
        await stand.write(5, "好" if i else "good", ctx=buyer(500 + i))
    await stand.settled()
    found, cursor, pages = 0, "", 0
    while True:
        page = await stand.reviews.reviews(
            GUEST, ReviewsQuery(TEA, stars=5, lang="en", sort="newest", cursor=cursor, limit=3)
        )
        found, pages = found + len(page.rows), pages + 1
        if not (cursor := page.next):
            break
    assert (found, pages <= 4) == (1, True)


async def test_default_order_takes_no_side(stand: Stand) -> None:
    """Equal reviews but for their stars: the newest is first, praise or blame."""
    good = await stand.write(5, "same words")
    bad = await stand.write(1, "same words", ctx=STRANGER)
    assert await stand.ids() == [bad.id, good.id]
    await stand.reviews.helpful(GUEST, MarkHelpful(good.id))
    assert await stand.ids() == [good.id, bad.id]
