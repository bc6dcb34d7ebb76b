"""A guest's orders become an account's: with the order's secret (its link, or the browser that placed it) and a verified
contact that is the order's, never with one of the two."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from jishi.kernel import SYSTEM, Context, Database, Tx
from jishi.people.accounts import Accounts, Proofs, ProofsQuery
from jishi.people.vault import CardFacts, FactsQuery, HandOver, NoCard, Show, Vault

from . import queries
from .book import HEAD_CODEC, Book, ParentRow, pack
from .claims import Claim, Claimable, ClaimableQuery, ClaimableRow, Claimed, NotYourContact
from .face import NoOrder, Order, OrderQuery
from .rules import read_number
from .tables import BY_ID, BY_NUMBER, PAGES, TAKE

ME = SYSTEM.acting("trade.orders")
OFFERED = 20  # orders of a browser


class Parts(Protocol):
    """What a claim stands on."""

    db: Database
    accounts: Accounts
    vault: Vault


class Asked(NamedTuple):
    """The order as it is looked for, and whether the link that was shown is its own."""

    order_id: int
    owner: int
    contact_card: int
    by_link: bool


class Taking(NamedTuple):
    order_id: int
    owner: int


async def claim(at: Parts, ctx: Context, cmd: Claim) -> Order:
    """Look for it → ask what the actor has proved → take it, guarded → its cards follow.

    Without the secret it is not there, whatever else is known of it; with the secret alone the fault says what is
    missing. One that is the actor's already is answered as it is."""
    asked: Asked = await at.db.read(ctx, look, cmd)
    if asked.owner == ctx.actor.id:
        return await seen(at, ctx, asked.order_id)
    proofs = await at.accounts.proofs(ctx.acting("trade.orders"), ProofsQuery([asked.owner]))
    if asked.owner not in proofs.guests or not (asked.by_link or asked.owner in proofs.browsers):
        raise NoOrder(asked.order_id)
    if not await fits(at, asked.contact_card, proofs):
        raise NotYourContact(asked.order_id)
    event: Claimed = await at.db.write(ctx, take, Taking(asked.order_id, asked.owner))
    await hand_over(at, ctx, event)
    return await seen(at, ctx, asked.order_id)


async def seen(at: Parts, ctx: Context, order_id: int) -> Order:
    found: Order = await at.db.read(ctx, queries.order, OrderQuery(order_id))
    return found


async def fits(at: Parts, contact_card: int, proofs: Proofs) -> bool:
    """Whether the order's own e-mail or phone is one that the actor has verified."""
    facts = await facts_of(at, contact_card)
    return bool(facts and {facts.email_print, facts.phone_print} - {""} & set(proofs.contacts))


async def facts_of(at: Parts, card: int) -> CardFacts | None:
    try:
        return (await at.vault.facts(ME, FactsQuery([card]))).cards[0] if card else None
    except NoCard:
        return None


def look(tx: Tx, cmd: Claim) -> Asked:
    number = read_number(cmd.number) if cmd.number else ""
    row = tx.row(BY_NUMBER, called=number) if number else tx.row(BY_ID, order=cmd.order_id)
    if row is None:
        raise NoOrder(cmd.order_id)
    parent = ParentRow(*row)
    by_link = queries.opens(tx, cmd.secret, parent.id)
    return Asked(parent.id, parent.buyer_id, HEAD_CODEC.decode(parent.head).contact_card, by_link)


def take(tx: Tx, taking: Taking) -> Claimed:
    """The order is the actor's. Of two that claim it at once the later finds nothing.

    Payments and parcels keep the guest's name: who the order was placed by stays written in it."""
    book = Book(tx, taking.order_id)
    p, head = book.parent, book.head
    if p.buyer_id == tx.actor.id:
        return claimed(book, taking.owner)
    placed_by = head.placed_by or p.buyer_id
    anew = pack(HEAD_CODEC.decode(p.head).claimed(placed_by))
    if tx.run(TAKE, order=p.id, owner=taking.owner, to_owner=tx.actor.id, to_head=anew) != 1:
        raise NoOrder(p.id)
    book.step("claimed")
    book.save()
    event = claimed(book, taking.owner)
    tx.emit(event)
    return event


def claimed(book: Book, guest: int) -> Claimed:
    head = book.head
    cards = [c for c in (head.recipient_card, head.contact_card, head.gift_card) if c]
    return Claimed(book.parent.id, guest, book.tx.actor.id, cards)


async def hand_over(at: Parts, ctx: Context, event: Claimed) -> None:
    """The order's cards are the account's: they end with it, not with the guest. Again does nothing."""
    await at.vault.hand_over(ME, HandOver(event.cards, event.guest_id, event.person_id))


# --- what may be claimed -----------------------------------------------------------------------------------------------


async def claimable(at: Parts, ctx: Context, query: ClaimableQuery) -> Claimable:
    """The newest orders of the guests who signed in as the actor from their browser, with the masked contact that each
    was placed with and whether the actor has verified it."""
    proofs = await at.accounts.proofs(ctx.acting("trade.orders"), ProofsQuery())
    still = (
        await at.accounts.proofs(ctx.acting("trade.orders"), ProofsQuery(proofs.browsers))
        if proofs.browsers
        else proofs
    )
    found: list[Asked] = await at.db.read(ctx, of_guests, [g for g in proofs.browsers if g in still.guests])
    rows = []
    for asked in found:
        order: Order = await at.db.read(ME, queries.order_of, asked.order_id)
        ok = await fits(at, asked.contact_card, proofs)
        rows.append(ClaimableRow(order.id, order.number, order.state, order.total, order.currency, order.placed_at,
                                 [x.names for c in order.children for x in c.lines][:2], await reach(at, asked.contact_card), ok))  # fmt: skip
    return Claimable(rows)


async def reach(at: Parts, card: int) -> str:
    """l***@example.com: enough to know which of one's own it is."""
    try:
        shown = (await at.vault.show(ME, Show([card], "claim", masked=True))).cards if card else []
    except NoCard:
        return ""
    return next((v for c in shown for v in (c.fields.get("email"), c.fields.get("phone")) if v), "")


def of_guests(tx: Tx, guests: list[int]) -> list[Asked]:
    rows = [
        ParentRow(*r) for g in guests for r in tx.rows(PAGES[True, False], buyer=g, after=queries.NEWEST, limit=OFFERED)
    ]
    newest = sorted(rows, key=lambda p: -p.id)[:OFFERED]
    return [Asked(p.id, p.buyer_id, HEAD_CODEC.decode(p.head).contact_card, by_link=False) for p in newest]
