"""Lines that reached somebody: who may review and answer, and the one mail that asks, some days later.

A mail that asks for an opinion is advertising in the eyes of some courts (BGH, 10 July 2018, VI ZR 225/17); it may go to a
customer about what was bought if every one offers a way out (Directive 2002/58/EC article 13(2)). So each has its link."""

from __future__ import annotations

import hmac
from urllib.parse import quote

import msgspec
from msgspec import Struct, structs

from jishi.kernel import Context, Event, Tx
from jishi.kernel.documents import IDS_MAX
from jishi.kernel.place import Text
from jishi.people.notices import NotSent, Send
from jishi.trade.orders import GrantLink, Order, OrderQuery

from . import rules, tables
from .keeping import ME, Parts, opened, view
from .kinds import REVIEWS, ReviewDoc
from .terms import MayReview, Quiet, ReviewableLine, ReviewableLines, Silence

SOON_MS = 10_000  # trade.orders hears of the parcel at the same time as we do
TAG_BYTES = 16


class Tracked(Event, tag="trade.fulfilment.tracked", frozen=True):
    """What is read here of a parcel's new state."""

    order_id: int
    child: int
    state: str


class Completed(Event, tag="trade.orders.completed", frozen=True):
    order_id: int
    child: int


class Arrived(Event, tag="trade.reviews.arrived", frozen=True):
    """A timer: a child may have arrived; the order is asked."""

    order_id: int
    child: int


class AskDue(Event, tag="trade.reviews.ask_due", frozen=True):
    """A timer: some days after arrival, the buyer is asked."""

    order_id: int
    child: int


class Goods(Struct, frozen=True, array_like=True):
    """A line as the list of what may be reviewed shows it."""

    handle: str
    names: Text
    options: Text
    picture: str


GOODS = msgspec.msgpack.Decoder(Goods)


def tracked(tx: Tx, event: Tracked) -> None:
    if event.state in ("delivered", "signed"):
        tx.emit(Arrived(event.order_id, event.child), due_at=tx.now + SOON_MS)


def completed(tx: Tx, event: Completed) -> None:
    tx.emit(Arrived(event.order_id, event.child))


async def arrived(at: Parts, ctx: Context, event: Arrived) -> None:
    """The lines of a child that has arrived are known; of one that is not quite there, nothing."""
    order = await at.orders.order(ME, OrderQuery(event.order_id))
    await at.db.write(ctx, note_arrival, order, event.child)


def note_arrival(tx: Tx, order: Order, n: int) -> None:
    """Each line that arrived has its row; the first time the mail is due in some days."""
    fresh = 0
    for child in order.children:
        for line in child.lines:
            if child.n == n and rules.arrived(child, line):
                goods = Goods(line.handle, line.names, line.options, line.picture)
                fresh += tx.once(
                    tables.ARRIVED,
                    order_id=order.id, line=line.n, child=n, person_id=order.buyer_id, product_id=line.product_id,
                    merchant_id=child.merchant_id, number=order.number, goods=msgspec.msgpack.encode(goods),
                    arrived_at=tx.now, reviewed=0,
                )  # fmt: skip
    if fresh:
        tx.emit(AskDue(order.id, n), due_at=tx.now + rules.ASKED_AFTER_DAYS * rules.DAY_MS)


def reviewed(tx: Tx, order_id: int, line: int) -> None:
    """The line waits for no review any more."""
    tx.run(tables.REVIEWED, order=order_id, n=line)


async def ask_due(at: Parts, ctx: Context, event: AskDue) -> None:
    """The buyer is asked by mail, once a parcel, in the language that it was bought in; not about what is reviewed, and
    not whoever wants no such mails."""
    order = await at.orders.order(ME, OrderQuery(event.order_id))
    lines: list[int] = await at.db.read(ctx, unreviewed, order.buyer_id, order.id, event.child)
    ids = [str(rules.review_id(order.id, n)) for n in lines]
    if not order.contact_card or len(await _docs(at, ids)) == len(ids):  # the rows may not know of the newest yet
        return
    link = await at.orders.grant_link(ME, GrantLink(order.id))
    send = Send(
        f"review_asked:{order.id}:{event.child}",
        order.contact_card,
        "review_asked",
        {
            "number": order.number,
            "quiet": at.link(order.locale, f"/reviews/quiet?t={token(at.pepper, order.buyer_id)}"),
        },
        {
            "secret": link.secret,
            "link": at.link(order.locale, f"/orders/{order.number}?secret={quote(link.secret)}#reviews"),
        },
    )
    said = structs.replace(ME, locale=order.locale, market=order.market, purpose="order")
    notice = await at.notices.send(said, send)
    if notice.state == "sending":  # by another teller of this story; if that one has died, only we come again
        raise NotSent(send.channel)


def unreviewed(tx: Tx, person_id: int, order_id: int, child: int) -> list[int]:
    """The child's lines without a review; none of somebody who wants no mails."""
    if tx.row(tables.IS_QUIET, person=person_id) is not None:
        return []
    return [r[0] for r in tx.rows(tables.OPEN, order=order_id, of=child)]


# --- what may be reviewed ------------------------------------------------------------------------------------------------


async def may_review(at: Parts, ctx: Context, query: MayReview) -> ReviewableLines:
    """Of one order every line that arrived, with its review; else the actor's lines that have none yet."""
    if not query.order_id and not query.number and not query.secret:
        return await _waiting(at, ctx)
    order = await opened(at, ctx, OrderQuery(query.order_id, query.number, query.secret))
    lines = [x for c in order.children for x in c.lines if rules.arrived(c, x)]
    known = {x.n: str(rules.review_id(order.id, x.n)) for x in lines}
    docs = await _docs(at, list(known.values()))
    rows, now = [], at.documents.world.now()
    for x in lines:
        goods = (order.number, x.handle, x.names, x.options, x.picture)
        if doc := docs.get(known[x.n]):
            can, until = rules.may(doc, now)
            review = view(int(known[x.n]), doc)
            rows.append(ReviewableLine(order.id, x.n, x.product_id, can, review, until, *goods))
        else:
            rows.append(ReviewableLine(order.id, x.n, x.product_id, ["write"], None, 0, *goods))
    return ReviewableLines(rows)


async def _docs(at: Parts, ids: list[str]) -> dict[str, ReviewDoc]:
    found: dict[str, ReviewDoc] = {}
    for i in range(0, len(ids), IDS_MAX):
        found |= {id: d.body for id, d in (await at.documents.get(REVIEWS, ids[i : i + IDS_MAX])).items()}
    return found


async def _waiting(at: Parts, ctx: Context) -> ReviewableLines:
    if not ctx.actor.id:
        return ReviewableLines([])
    rows = await at.db.read(ctx, waiting)
    ids = {str(rules.review_id(r.order_id, r.line)): r for r in rows}
    written = await _docs(at, list(ids))
    return ReviewableLines([r for id, r in ids.items() if id not in written])


def waiting(tx: Tx) -> list[ReviewableLine]:
    found = []
    for order_id, line, product_id, number, goods in tx.rows(tables.WAITING, person=tx.actor.id):
        g = GOODS.decode(goods)
        found.append(
            ReviewableLine(
                order_id, line, product_id, ["write"], None, 0, number, g.handle, g.names, g.options, g.picture
            )
        )
    return found


# --- no more mails -------------------------------------------------------------------------------------------------------


def token(pepper: bytes, person_id: int) -> str:
    """What a mail's link says: who it is for, and that we wrote it. It opens nothing else."""
    tag = hmac.digest(pepper, f"quiet:{person_id}".encode(), "sha256")[:TAG_BYTES].hex()
    return f"{person_id:x}.{tag}"


def person_of(pepper: bytes, text: str) -> int:
    """The person of a link's token, 0 for one that is not ours."""
    head, _, _ = text.partition(".")
    try:
        person = int(head, 16)
    except ValueError:
        return 0
    ours = 0 < person < 1 << 63 and hmac.compare_digest(token(pepper, person).encode(), text.encode())
    return person if ours else 0


async def silence(at: Parts, ctx: Context, cmd: Silence) -> Quiet:
    """Safe to repeat; a token that is not ours changes nothing and says nothing about it."""
    person = person_of(at.pepper, cmd.token) if cmd.token else ctx.actor.id
    if person:
        await at.db.write(ctx, be_quiet, person, cmd.on)
    return Quiet(cmd.on)


def be_quiet(tx: Tx, person_id: int, on: bool) -> None:
    if on:
        tx.once(tables.BE_QUIET, person_id=person_id, since=tx.now)
    else:
        tx.run(tables.NOT_QUIET, person=person_id)
