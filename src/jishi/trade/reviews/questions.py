"""Questions about a product, and answers by its merchant and by those whom it reached."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import structs

from jishi.goods.catalog import NoProduct, ProductQuery
from jishi.kernel import Context, Event, FieldError, Invalid, Tx
from jishi.kernel.documents import Find, Scalar
from jishi.kernel.paging import limited, read_cursor, write_cursor
from jishi.people.accounts import Me

from . import rules, tables
from .counting import Spoken
from .face import Changed, NoQuestion, NotBought, ProductGone
from .keeping import ME, Parts, change, masked
from .kinds import QUESTIONS, AnswerBody, QuestionDoc
from .terms import MAX_PAGE, MAX_QUESTION, Answer, Ask, PutAnswer, Question, QuestionPage, QuestionsQuery

MAX_ANSWERS, LEAST = 50, 4
KEY_MAX = 64


async def ask(at: Parts, ctx: Context, cmd: Ask) -> Question:
    """The question is there, once a key."""
    text = rules.checked(cmd.text, most=MAX_QUESTION, least=LEAST)
    if len(cmd.key) > KEY_MAX:
        raise Invalid([FieldError("key", "text.length", {"min": "0", "max": str(KEY_MAX)})])
    try:
        product = await at.catalog.product(ME, ProductQuery(cmd.product_id))
    except NoProduct:
        raise ProductGone(cmd.product_id) from None
    if product.status != "published" or product.recalled:
        raise ProductGone(cmd.product_id)
    id = rules.question_id(ctx.actor.id, cmd.key) if cmd.key else at.documents.world.new_id()
    now = at.documents.world.now()
    author = await author_of(at, ctx)
    doc = QuestionDoc(
        product.id, product.merchant_id, ctx.actor.id, author, text, now, rules.question_rank(0, now), waits=1
    )
    await at.documents.insert(QUESTIONS, str(id), doc, Spoken(product.id))
    return seen(id, (await at.documents.get(QUESTIONS, [str(id)]))[str(id)].body)


async def author_of(at: Parts, ctx: Context) -> str:
    """The mask of an account's e-mail, without its domain."""
    account = await at.accounts.me(ctx, Me())
    return rules.mask_alone(await masked(at, ME, account.contact_card, "email")) if account.contact_card else ""


async def answer(at: Parts, ctx: Context, cmd: PutAnswer) -> Question:
    """The actor's one answer says this. A merchant answers what is asked of its own goods."""
    text = rules.checked(cmd.text, most=MAX_QUESTION, least=1)
    found = (await at.documents.get(QUESTIONS, [str(cmd.question_id)])).get(str(cmd.question_id))
    if found is None:
        raise NoQuestion(cmd.question_id)
    person, now = ctx.actor.id, at.documents.world.now()
    if ctx.actor.role in ("clerk", "staff"):
        if ctx.actor.role == "clerk" and found.body.merchant_id != ctx.actor.merchant_id:
            raise NoQuestion(cmd.question_id)
        by, author = "merchant", ""
    else:
        if not await at.db.read(ctx, bought, found.body.product_id):
            raise NotBought(found.body.product_id)
        by, author = "buyer", await author_of(at, ctx)
        await at.db.write(ctx, answers, cmd.question_id)

    def to(was: QuestionDoc) -> tuple[QuestionDoc, Sequence[Event]]:
        new = put(was, AnswerBody(0, by, person, author, text, now))
        return new, [Changed(was.product_id)]

    doc = await change(at.documents, QUESTIONS, str(cmd.question_id), to)
    if doc is None:
        raise NoQuestion(cmd.question_id)
    return seen(cmd.question_id, doc)


def put(was: QuestionDoc, said: AnswerBody) -> QuestionDoc:
    """With the answer; the same author's takes the place of the first (the merchant is one, whichever clerk types)."""
    known = next(
        (a for a in was.answers if a.by == said.by and (a.by == "merchant" or a.person_id == said.person_id)), None
    )
    if known is None:
        if len(was.answers) >= MAX_ANSWERS:
            raise Invalid([FieldError("text", "too_many")])
        answers = [*was.answers, structs.replace(said, n=max((a.n for a in was.answers), default=0) + 1)]
    elif known.text == said.text:
        return was
    elif known.withheld is not None:
        raise Invalid([FieldError("text", "review.reply_withheld")])
    else:
        new = structs.replace(known, text=said.text, edited_at=said.at)
        answers = [new if a.n == known.n else a for a in was.answers]
    waits = 0 if said.by == "merchant" else was.waits
    return structs.replace(was, answers=answers, waits=waits, rank=rules.question_rank(len(answers), was.at))


def bought(tx: Tx, product_id: int) -> bool:
    """Whether the product has reached the actor."""
    return tx.row(tables.BOUGHT, person=tx.actor.id, product=product_id) is not None


def answers(tx: Tx, question_id: int) -> None:
    tx.once(tables.ANSWERED, person_id=tx.actor.id, question_id=question_id)


async def questions(at: Parts, ctx: Context, query: QuestionsQuery) -> QuestionPage:
    """A product's; or, for its merchant's people, those that wait for the merchant."""
    equals: dict[str, Scalar]
    if query.product_id:
        equals, sort = {"product_id": query.product_id}, "rank"
    elif ctx.actor.role == "clerk":
        equals, sort = {"merchant_id": ctx.actor.merchant_id, "waits": 1}, "at"
    elif ctx.actor.role == "staff":
        equals, sort = {"waits": 1}, "at"
    else:
        raise Invalid([FieldError("product_id", "required")])
    limit = limited(query.limit, MAX_PAGE)
    read = read_cursor(query.cursor, int) if query.cursor else None
    after = (read.value, str(read.id)) if read else None
    found = await at.documents.find(QUESTIONS, Find(equals, sort, descending=True, after=after, limit=limit + 1))
    following = ""
    if len(found) > limit:
        last = found[limit - 1]
        following = write_cursor(getattr(last.body, sort), int(last.id))
    return QuestionPage([seen(int(d.id), d.body) for d in found[:limit]], following)


def seen(id: int, doc: QuestionDoc) -> Question:
    """As everybody sees it: the most helpful answer first, then the merchant's."""
    rows = sorted(doc.answers, key=lambda a: (-a.helpful, a.by != "merchant", a.n))
    answers = [
        Answer(a.n, a.by, a.author, "" if a.withheld else a.text, a.at, a.edited_at, a.helpful, a.withheld)
        for a in rows
    ]
    text = "" if doc.withheld else doc.text
    return Question(id, doc.product_id, doc.merchant_id, doc.author, text, doc.at, answers, doc.withheld)
