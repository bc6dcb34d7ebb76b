"""What buyers write: the review of a line, its better words, its follow-up; and the merchant's reply."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import structs

from jishi.goods.catalog import NoProduct, ProductQuery
from jishi.kernel import Context, Event, FieldError, Invalid
from jishi.trade.orders import Child, Line, NoOrder, Order, OrderQuery

from . import rules
from .counting import Spoken
from .face import Changed, EditOver, NoReview, NotArrived, ProductGone, Reviewed
from .keeping import ME, Parts, change, masked, opened, review_doc, view
from .kinds import REVIEWS, ReviewDoc
from .terms import MAX_TEXT, Earlier, EditReview, FollowedUp, FollowUp, PutReply, Reply, Review, Shot, WriteReview
from .topics import topics


def line_of(order: Order, n: int) -> tuple[Child, Line]:
    """The line and its child; `NotArrived` for a line that the order does not have, or that nobody has yet."""
    for child in order.children:
        for line in child.lines:
            if line.n == n and rules.arrived(child, line):
                return child, line
    raise NotArrived(n)


async def check_there(at: Parts, product_id: int) -> None:
    """Raises `ProductGone` for an archived or recalled product."""
    try:
        product = await at.catalog.product(ME, ProductQuery(product_id))
    except NoProduct:
        raise ProductGone(product_id) from None
    if product.status == "archived" or product.recalled:
        raise ProductGone(product_id)


async def shots(at: Parts, review_id: int, uploads: Sequence[bytes]) -> list[Shot]:
    """The uploads re-encoded, under names of this review, so that they can go with it. Raises `BadPicture`."""
    kept = []
    for image in uploads:
        made = await at.encoded(image)
        path = f"reviews/{review_id:016x}/{made.path.rpartition('/')[2]}"
        for width, data in made.files.items():
            await at.blobs.put(f"{path}-{width}.webp", data)
        kept.append(Shot(path, made.width, made.height, sorted(made.files)))
    return list({s.path: s for s in kept}.values())


async def write(at: Parts, ctx: Context, cmd: WriteReview) -> Review:
    """The line has its review. One document, one write: whoever dies before has left files at most, and whoever asks
    again gets what is there."""
    rules.check_stars(cmd.stars)
    rules.check_pictures(len(cmd.pictures))
    text = rules.checked(cmd.text)
    order = await opened(at, ctx, OrderQuery(cmd.order_id, cmd.number, cmd.secret))
    child, line = line_of(order, cmd.line)
    id = rules.review_id(order.id, line.n)
    if known := (await at.documents.get(REVIEWS, [str(id)])).get(str(id)):
        return again(id, known.body, cmd.stars, text)
    await check_there(at, line.product_id)
    pictures = await shots(at, id, cmd.pictures)
    author, now = await masked(at, ME, order.recipient_card, "name"), at.documents.world.now()
    doc = ReviewDoc(
        order_id=order.id, line=line.n, number=order.number, product_id=line.product_id,
        merchant_id=child.merchant_id, person_id=order.buyer_id, stars=cmd.stars, text=text,
        lang=rules.language(text), pictures=pictures, bought=line.options, author=author, at=now, edited_at=0, helpful=0,
        topics=topics(text, cmd.stars), rank=0, low=0, critical=0, pictured=0, answered=0, hidden=0, history=[],
    )  # fmt: skip
    doc = ordered(doc)
    if not await at.documents.insert(REVIEWS, str(id), doc, Spoken(line.product_id, id)):
        return again(id, await review_doc(at, id), cmd.stars, text)  # another of the buyer's windows was faster
    return view(id, doc)


def again(id: int, doc: ReviewDoc, stars: int, text: str) -> Review:
    """The same words again are the same review."""
    if (doc.stars, doc.text) != (stars, text):
        raise Reviewed(id)
    return view(id, doc)


def ordered(doc: ReviewDoc) -> ReviewDoc:
    """With the fields by which it is found."""
    pictures = len(doc.pictures) + (len(doc.follow_up.pictures) if doc.follow_up else 0)
    return structs.replace(
        doc,
        rank=rules.rank(doc.helpful, doc.text, pictures, doc.at, follow_up=doc.follow_up is not None),
        low=rules.low(doc.stars, doc.at),
        critical=rules.is_critical(doc.stars),
        pictured=int(pictures > 0),
        answered=int(doc.reply is not None),
        hidden=int(doc.withheld is not None or (doc.reply is not None and doc.reply.withheld is not None)),
    )


async def authored(at: Parts, ctx: Context, id: int, secret: str) -> ReviewDoc:
    """The review, if the actor is its author (or holds its order's link); anybody else finds none."""
    doc = await review_doc(at, id)
    try:
        await opened(at, ctx, OrderQuery(doc.order_id, secret=secret))
    except NoOrder:
        raise NoReview(id) from None
    return doc


async def edit(at: Parts, ctx: Context, cmd: EditReview) -> Review:
    """The review says this now; what it said is in its history."""
    rules.check_stars(cmd.stars)
    text = rules.checked(cmd.text)
    doc = await authored(at, ctx, cmd.review_id, cmd.secret)
    await check_there(at, doc.product_id)
    kept = [s for s in doc.pictures if s.path in cmd.keep]
    rules.check_pictures(len(kept) + len(cmd.pictures))
    can_edit(doc, at.documents.world.now())
    pictures = [*kept, *await shots(at, cmd.review_id, cmd.pictures)]
    now = at.documents.world.now()

    def to(was: ReviewDoc) -> tuple[ReviewDoc, Sequence[Event]]:
        if (was.stars, was.text, was.pictures) == (cmd.stars, text, pictures):
            return was, ()
        can_edit(was, now)
        told = f"{text}\n{was.follow_up.text}" if was.follow_up else text
        better = structs.replace(
            was,
            stars=cmd.stars,
            text=text,
            lang=rules.language(text),
            pictures=pictures,
            topics=topics(told, cmd.stars),
            edited_at=now,
            history=[*was.history, Earlier(was.stars, was.text, now)],
        )
        return ordered(better), [Spoken(was.product_id, cmd.review_id)]

    return await changed(at, cmd.review_id, to)


def can_edit(doc: ReviewDoc, now: int) -> None:
    if "edit" not in rules.may(doc, now)[0]:
        raise EditOver("edit", rules.EDIT_DAYS)


async def follow_up(at: Parts, ctx: Context, cmd: FollowUp) -> Review:
    """The review has its follow-up, once; the same words again change nothing."""
    text = rules.checked(cmd.text, least=1)
    rules.check_pictures(len(cmd.pictures))
    doc = await authored(at, ctx, cmd.review_id, cmd.secret)
    if doc.follow_up is not None and doc.follow_up.text == text:
        return view(cmd.review_id, doc)
    await check_there(at, doc.product_id)
    can_follow(doc, at.documents.world.now())
    pictures = await shots(at, cmd.review_id, cmd.pictures)
    now = at.documents.world.now()

    def to(was: ReviewDoc) -> tuple[ReviewDoc, Sequence[Event]]:
        can_follow(was, now)
        told = topics(f"{was.text}\n{text}", was.stars)
        more = structs.replace(was, follow_up=FollowedUp(text, pictures, now), topics=told)
        return ordered(more), [Spoken(was.product_id, cmd.review_id)]

    return await changed(at, cmd.review_id, to)


def can_follow(doc: ReviewDoc, now: int) -> None:
    if "follow_up" not in rules.may(doc, now)[0]:
        raise EditOver("follow_up", rules.FOLLOW_DAYS)


async def reply(at: Parts, ctx: Context, cmd: PutReply) -> Review:
    """The merchant's one reply says this; a clerk of another merchant finds no review."""
    text = rules.checked(cmd.text, most=MAX_TEXT, least=1)
    now = at.documents.world.now()

    def to(was: ReviewDoc) -> tuple[ReviewDoc, Sequence[Event]]:
        if ctx.actor.role == "clerk" and was.merchant_id != ctx.actor.merchant_id:
            raise NoReview(cmd.review_id)
        old = was.reply
        if old is not None and old.text == text:
            return was, ()
        if old is not None and old.withheld is not None:
            raise Invalid([FieldError("text", "review.reply_withheld")])
        said = Reply(text, old.at, now) if old else Reply(text, now)
        return ordered(structs.replace(was, reply=said)), [Changed(was.product_id)]

    return await changed(at, cmd.review_id, to)


async def changed(at: Parts, id: int, to: Callable[[ReviewDoc], tuple[ReviewDoc, Sequence[Event]]]) -> Review:
    doc = await change(at.documents, REVIEWS, str(id), to)
    if doc is None:
        raise NoReview(id)
    return view(id, doc)
