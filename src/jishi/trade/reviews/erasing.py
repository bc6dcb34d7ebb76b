"""A person is erased: what they wrote is nobody's, their pictures are gone. Stars and words stay; each step may be repeated."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import structs

from jishi.kernel import Context, Event, Tx
from jishi.kernel.documents import Find
from jishi.people.vault import CardsErased

from . import counting, tables
from .face import Changed
from .keeping import Parts, change
from .kinds import QUESTIONS, REVIEWS, QuestionDoc, ReviewDoc
from .writing import ordered

AT_ONCE = 100
PURPOSES = ("order", "account")  # the class of a guest's cards, and of an account's


async def forget(at: Parts, ctx: Context, event: CardsErased) -> None:
    """Nothing here names the person any more, and nobody asks them for a review."""
    person = event.person_id
    if event.purpose not in PURPOSES or not person:
        return
    while found := await at.documents.find(REVIEWS, Find({"person_id": person}, sort="at", limit=AT_ONCE)):
        for doc in found:
            for shot in [*doc.body.pictures, *(doc.body.follow_up.pictures if doc.body.follow_up else ())]:
                for width in shot.sizes:
                    await at.blobs.drop(f"{shot.path}-{width}.webp")
            await change(at.documents, REVIEWS, doc.id, nobodys)
            await counting.settle(at, ctx, counting.Spoken(doc.body.product_id, int(doc.id)))
    while asked := await at.documents.find(QUESTIONS, Find({"person_id": person}, limit=AT_ONCE)):
        for question in asked:
            await change(at.documents, QUESTIONS, question.id, unasked)
    while ids := await at.db.read(ctx, answered_by, person):
        for id in ids:
            await change(at.documents, QUESTIONS, str(id), lambda doc: unanswered(doc, person))
            await at.db.write(ctx, forget_answer, person, id)
    await at.db.write(ctx, forget_lines, person)


def nobodys(was: ReviewDoc) -> tuple[ReviewDoc, Sequence[Event]]:
    follow = structs.replace(was.follow_up, pictures=[]) if was.follow_up else None
    now = structs.replace(was, person_id=0, author="", pictures=[], follow_up=follow)
    return ordered(now), [Changed(was.product_id)]


def unasked(was: QuestionDoc) -> tuple[QuestionDoc, Sequence[Event]]:
    return structs.replace(was, person_id=0, author=""), [Changed(was.product_id)]


def unanswered(was: QuestionDoc, person: int) -> tuple[QuestionDoc, Sequence[Event]]:
    answers = [structs.replace(a, person_id=0, author="") if a.person_id == person else a for a in was.answers]
    return structs.replace(was, answers=answers), [Changed(was.product_id)]


def answered_by(tx: Tx, person_id: int) -> list[int]:
    return [r[0] for r in tx.rows(tables.ANSWERED_BY, person=person_id)]


def forget_answer(tx: Tx, person_id: int, question_id: int) -> None:
    tx.run(tables.FORGET_ANSWERED, person=person_id, question=question_id)


def forget_lines(tx: Tx, person_id: int) -> None:
    tx.run(tables.FORGET, person=person_id)
    tx.run(tables.NOT_QUIET, person=person_id)
