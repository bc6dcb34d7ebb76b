"""What staff may do about words that are unlawful: withhold them with a reason that everybody sees, and a log of it.

Nobody deletes a review, and its stars count whatever becomes of its words. The log's row is written first: whoever dies
between leaves a row about something that is still shown, never something hidden without a row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from msgspec import structs

from jishi.kernel import Context, Event, FieldError, Invalid
from jishi.kernel.documents import Find, Kind
from jishi.kernel.paging import cut, limited, read_cursor

from . import rules
from .face import Changed, NoQuestion, NoReview
from .keeping import Parts, change
from .kinds import LOG, QUESTIONS, REVIEWS, LogDoc, QuestionDoc, ReviewDoc
from .terms import MAX_NOTE, REASONS, LogPage, LogQuery, LogRow, Restore, Withheld, Withhold
from .writing import ordered

KINDS = ("review", "reply", "question", "answer")
MOST_LOG = 99


async def withhold(at: Parts, ctx: Context, cmd: Withhold) -> None:
    """The words are not shown; the reason is, in their place. What is withheld already stays with its first reason."""
    if cmd.reason not in REASONS:
        raise Invalid([FieldError("reason", "choice.unknown")])
    note = rules.checked(cmd.note, most=MAX_NOTE, least=1, field="note")
    await _put(at, ctx, "withheld", cmd, cmd.reason, note)


async def restore(at: Parts, ctx: Context, cmd: Restore) -> None:
    """The words are shown again."""
    await _put(at, ctx, "restored", cmd, "", rules.checked(cmd.note, most=MAX_NOTE, least=1, field="note"))


async def _put(at: Parts, ctx: Context, what: str, cmd: Withhold | Restore, reason: str, note: str) -> None:
    if cmd.kind not in KINDS:
        raise Invalid([FieldError("kind", "choice.unknown")])
    now = at.documents.world.now()
    seal = Withheld(reason, now) if what == "withheld" else None
    of_review = cmd.kind in ("review", "reply")
    kind: Kind[Any] = REVIEWS if of_review else QUESTIONS
    found = (await at.documents.get(kind, [str(cmd.id)])).get(str(cmd.id))
    if found is None:
        raise NoReview(cmd.id) if of_review else NoQuestion(cmd.id)
    product_id: int = found.body.product_id
    if (_sealed(found.body, cmd) is None) == (seal is None):
        return
    row = LogDoc(now, what, cmd.kind, cmd.id, cmd.n, product_id, reason, note, ctx.actor.id)
    await at.documents.insert(LOG, str(at.documents.world.new_id()), row)

    def to(was: ReviewDoc | QuestionDoc) -> tuple[ReviewDoc | QuestionDoc, Sequence[Event]]:
        if (_sealed(was, cmd) is None) == (seal is None):
            return was, ()
        return _seal(was, cmd, seal), [Changed(product_id)]

    await change(at.documents, kind, str(cmd.id), to)


def _sealed(body: ReviewDoc | QuestionDoc, cmd: Withhold | Restore) -> Withheld | None:
    """The seal on what is meant; a fault when there is nothing of that kind."""
    if isinstance(body, ReviewDoc):
        if cmd.kind == "reply" and body.reply is None:
            raise NoReview(cmd.id)
        return body.reply.withheld if cmd.kind == "reply" and body.reply else body.withheld
    if cmd.kind == "question":
        return body.withheld
    answer = next((a for a in body.answers if a.n == cmd.n), None)
    if answer is None:
        raise NoQuestion(cmd.id)
    return answer.withheld


def _seal(body: ReviewDoc | QuestionDoc, cmd: Withhold | Restore, seal: Withheld | None) -> ReviewDoc | QuestionDoc:
    if isinstance(body, ReviewDoc):
        if cmd.kind == "reply":
            assert body.reply
            return ordered(structs.replace(body, reply=structs.replace(body.reply, withheld=seal)))
        return ordered(structs.replace(body, withheld=seal))
    if cmd.kind == "question":
        return structs.replace(body, withheld=seal)
    answers = [structs.replace(a, withheld=seal) if a.n == cmd.n else a for a in body.answers]
    return structs.replace(body, answers=answers)


async def log(at: Parts, query: LogQuery) -> LogPage:
    limit = limited(query.limit, MOST_LOG)
    after = read_cursor(query.cursor, int) if query.cursor else None
    found = await at.documents.find(
        LOG, Find(sort="at", descending=True, after=(after.value, str(after.id)) if after else None, limit=limit + 1)
    )
    rows = [LogRow(int(d.id), *structs.astuple(d.body)) for d in found]
    page, following = cut(rows, limit, lambda r: (r.at, r.id))
    return LogPage(cast(list[LogRow], list(page)), following)
