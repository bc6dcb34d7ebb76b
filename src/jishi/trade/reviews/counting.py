"""What follows from words and votes: mentions, counts, order. Each is reckoned anew from what is there, so telling it
again, late or twice changes nothing.

Why the counts are right whatever happens at once: a summary's version is read before its reviews are counted and is
written only at that version. The last change of a review has an event; whoever settles it counts after it was written;
and whoever counted earlier and writes later finds another version, and counts again."""

from __future__ import annotations

from typing import Any

from msgspec import structs

from jishi.kernel import Context, Event, Unavailable
from jishi.kernel.documents import Document, Kind

from . import invites, rules
from .face import Changed, NoQuestion, NoReview, OwnVote, Rated
from .keeping import TRIES, Parts
from .kinds import (
    MENTIONS,
    QUESTIONS,
    REVIEWS,
    SUMMARIES,
    VOTES,
    MentionDoc,
    QuestionDoc,
    ReviewDoc,
    SummaryDoc,
    VoteDoc,
)
from .terms import TOPICS, MarkHelpful, Theme, Votes

LANGS = ("zh", "en", "other")


class Spoken(Event, tag="trade.reviews.spoken", frozen=True):
    """A review (0: a question) of the product was written or changed."""

    product_id: int
    review_id: int = 0


class Voted(Event, tag="trade.reviews.voted", frozen=True):
    """The votes on a review (`n` 0) or on an answer are others."""

    id: int
    n: int


# --- what is said --------------------------------------------------------------------------------------------------------


async def settle(at: Parts, ctx: Context, event: Spoken) -> None:
    """Its mentions are those of the review as it is, and the product's summary counts it."""
    if event.review_id and (doc := await settle_mentions(at, event.review_id)):
        await at.db.write(ctx, invites.reviewed, doc.order_id, doc.line)
    await recount(at, event.product_id)


async def settle_mentions(at: Parts, id: int) -> ReviewDoc | None:
    """The review's mentions stand as its newest version has them."""
    for _ in range(TRIES):
        found = (await at.documents.get(REVIEWS, [str(id)])).get(str(id))
        if found is None:
            return None
        await _put_mentions(at, id, found.body)
        now = (await at.documents.get(REVIEWS, [str(id)])).get(str(id))
        if now is not None and now.version == found.version:
            return found.body
    raise Unavailable(f"review {id}: written {TRIES} times meanwhile")


async def _put_mentions(at: Parts, id: int, doc: ReviewDoc) -> None:
    there = await at.documents.get(MENTIONS, [f"{id}.{topic}" for topic in TOPICS])
    for topic in TOPICS:
        name, tone = f"{id}.{topic}", doc.topics.get(topic, 0)
        old: Document[MentionDoc] | None = there.get(name)
        wanted = MentionDoc(id, doc.product_id, topic, tone, doc.at, doc.rank, doc.low)
        if old is None and tone:
            await at.documents.insert(MENTIONS, name, wanted)
        elif old is not None and not tone:
            await at.documents.remove(MENTIONS, name, old.version)
        elif old is not None and old.body != wanted:
            await at.documents.replace(MENTIONS, name, old.version, wanted)


async def recount(at: Parts, product_id: int) -> SummaryDoc:
    """The product's summary is what its reviews say. About thirty counts by index, whatever the number of products."""
    id = str(product_id)
    for _ in range(TRIES):
        old = (await at.documents.get(SUMMARIES, [id])).get(id)  # before the counts: see above
        new = await _counted(at, product_id)
        if old is not None and structs.replace(new, at=old.body.at) == old.body:
            return old.body
        view = new.view()
        events = [Rated(product_id, view.count, view.sum_stars, new.at), Changed(product_id)]
        if old is None:
            done = await at.documents.insert(SUMMARIES, id, new, *events)
        else:
            # Later counts have a later `at`, even within one millisecond: who follows the events goes by it.
            new = structs.replace(new, at=max(new.at, old.body.at + 1))
            events[0] = Rated(product_id, view.count, view.sum_stars, new.at)
            done = await at.documents.replace(SUMMARIES, id, old.version, new, *events)
        if done:
            return new
    raise Unavailable(f"the summary of {product_id} was written {TRIES} times meanwhile")


async def _counted(at: Parts, product_id: int) -> SummaryDoc:
    count, of = at.documents.count, {"product_id": product_id}
    stars = [await count(REVIEWS, {**of, "stars": n}) for n in range(1, 6)]
    langs, themes = {}, []
    if sum(stars):
        langs = {lang: await count(REVIEWS, {**of, "lang": lang}) for lang in LANGS}
        for topic in TOPICS:
            good, bad = [await count(MENTIONS, {**of, "topic": topic, "tone": tone}) for tone in (1, -1)]
            if good or bad:
                themes.append(Theme(topic, good, bad))
    return SummaryDoc(
        product_id=product_id,
        stars=stars,
        with_pictures=await count(REVIEWS, {**of, "pictured": 1}) if sum(stars) else 0,
        langs=langs,
        themes=sorted(themes, key=lambda x: (-x.good - x.bad, x.topic)),
        questions=await count(QUESTIONS, of),
        at=at.documents.world.now(),
    )


# --- votes ---------------------------------------------------------------------------------------------------------------


async def helpful(at: Parts, ctx: Context, cmd: MarkHelpful) -> Votes:
    """The actor's vote is there, or is not; the answer counts everybody's. Asked again it changes nothing."""
    author, target = await _target(at, cmd)
    if author and author == ctx.actor.id:
        raise OwnVote
    name, voted = f"{target}.{ctx.actor.id}", Voted(cmd.id, cmd.n)
    if cmd.on:
        now = at.documents.world.now()
        await at.documents.insert(VOTES, name, VoteDoc(target, ctx.actor.id, now), voted)
    elif old := (await at.documents.get(VOTES, [name])).get(name):
        await at.documents.remove(VOTES, name, old.version, voted)
    return Votes(await tally(at, cmd.id, cmd.n))


async def _target(at: Parts, cmd: MarkHelpful) -> tuple[int, str]:
    """Whose words they are, and how votes name them."""
    id = str(cmd.id)
    if not cmd.n:
        review = (await at.documents.get(REVIEWS, [id])).get(id)
        if review is None:
            raise NoReview(cmd.id)
        return review.body.person_id, id
    question = (await at.documents.get(QUESTIONS, [id])).get(id)
    answer = next((a for a in question.body.answers if a.n == cmd.n), None) if question else None
    if answer is None:
        raise NoQuestion(cmd.id)
    return answer.person_id, f"{id}-{cmd.n}"


async def tally(at: Parts, id: int, n: int) -> int:
    """The words bear their number of votes. Counted after the document was read and written only at that version, as a
    summary is."""
    kind: Kind[Any] = QUESTIONS if n else REVIEWS
    target = f"{id}-{n}" if n else str(id)
    for _ in range(TRIES):
        found = (await at.documents.get(kind, [str(id)])).get(str(id))
        if found is None:
            return 0
        votes = await at.documents.count(VOTES, {"target": target})
        body = _with_votes(found.body, n, votes)
        if body == found.body:
            return votes
        product_id: int = body.product_id
        if await at.documents.replace(kind, str(id), found.version, body, Changed(product_id)):
            if not n:
                await settle_mentions(at, id)
            return votes
    raise Unavailable(f"{kind.name} {id}: written {TRIES} times meanwhile")


def _with_votes(body: ReviewDoc | QuestionDoc, n: int, votes: int) -> ReviewDoc | QuestionDoc:
    if isinstance(body, QuestionDoc):
        answers = [structs.replace(a, helpful=votes) if a.n == n else a for a in body.answers]
        return structs.replace(body, answers=answers)
    pictures = len(body.pictures) + (len(body.follow_up.pictures) if body.follow_up else 0)
    order = rules.rank(votes, body.text, pictures, body.at, follow_up=body.follow_up is not None)
    return structs.replace(body, helpful=votes, rank=order)


async def voted(at: Parts, ctx: Context, event: Voted) -> None:
    """Whoever voted and died before counting: it is counted."""
    await tally(at, event.id, event.n)
