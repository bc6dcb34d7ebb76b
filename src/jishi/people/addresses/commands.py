"""What writes to a book, and what is read of it. Each unit that writes has locked the book first."""

from __future__ import annotations

from typing import NamedTuple

from jishi.kernel import Tx
from jishi.people.vault import CardsErased

from .face import MOST, BookFull, NoAddress, Prefer
from .tables import (
    A_BOOK,
    DROP,
    DROP_ALL,
    END_BOOK,
    LOCK_BOOK,
    MOVE,
    OF,
    ONE,
    PREFER,
    PUT,
    PUT_BOOK,
    SET,
)


class Entry(NamedTuple):
    """A row of entries."""

    id: int
    person_id: int
    card_id: int
    label: str
    made_at: int


class Shelf(NamedTuple):
    """A person's book without what is in its cards."""

    preferred: int
    entries: list[Entry]

    def sorted(self) -> list[Entry]:
        return sorted(self.entries, key=lambda e: (e.id != self.preferred, -e.id))


class Written(NamedTuple):
    id: int
    card_id: int
    label: str
    preferred: bool
    new: bool


def shelf_of(tx: Tx, person_id: int) -> Shelf:
    row = tx.row(A_BOOK, person=person_id)
    return Shelf(row[0] if row else 0, [Entry(*r) for r in tx.rows(OF, person=person_id)])


def shelf(tx: Tx) -> Shelf:
    return shelf_of(tx, tx.actor.id)


def entry(tx: Tx, id: int) -> tuple[Entry, bool]:
    """The actor's own, and whether it is the preferred one; another's is not there."""
    found = own(tx, id)
    if found is None:
        raise NoAddress
    return found, tx.row(A_BOOK, person=tx.actor.id)[0] == id


def own(tx: Tx, id: int) -> Entry | None:
    row = tx.row(ONE, entry=id)
    found = Entry(*row) if row else None
    return found if found and found.person_id == tx.actor.id else None


def room(tx: Tx, id: int, *, new: bool) -> None:
    """There is a place for this address: said before a card is kept for it."""
    shelf = shelf_of(tx, tx.actor.id)
    known = any(e.id == id for e in shelf.entries)
    if not known and (not new or tx.row(ONE, entry=id)):
        raise NoAddress
    if not known and len(shelf.entries) >= MOST:
        raise BookFull(MOST)


def put(tx: Tx, cmd: Written) -> tuple[Entry, bool, int]:
    """(the address, whether it is the preferred one, the card that it no longer has or 0)."""
    preferred, me = lock(tx, tx.actor.id), tx.actor.id
    entries = {e.id: e for e in (Entry(*r) for r in tx.rows(OF, person=me))}
    was = entries.get(cmd.id)
    if was is None:
        if len(entries) >= MOST:
            raise BookFull(MOST)
        row = Entry(cmd.id, me, cmd.card_id, cmd.label, tx.now)
        if not cmd.new or not tx.once(PUT, **row._asdict()):
            raise NoAddress  # another's
    else:
        row = was._replace(card_id=cmd.card_id, label=cmd.label)
        tx.run(SET, entry=cmd.id, person=me, to_card=cmd.card_id, to_label=cmd.label)
    if cmd.preferred or preferred not in entries:
        tx.run(PREFER, person=me, to_entry=cmd.id)
        preferred = cmd.id
    return row, preferred == cmd.id, was.card_id if was else 0


def prefer(tx: Tx, cmd: Prefer) -> None:
    lock(tx, tx.actor.id)
    if own(tx, cmd.id) is None:
        raise NoAddress
    tx.run(PREFER, person=tx.actor.id, to_entry=cmd.id)


def drop(tx: Tx, id: int) -> int:
    """The card that nobody looks up any more. Of what is left the newest takes a preferred one's place."""
    preferred, me = lock(tx, tx.actor.id), tx.actor.id
    gone = own(tx, id)
    if gone is None:
        raise NoAddress
    tx.run(DROP, entry=id, person=me)
    if preferred == id:
        left = tx.rows(OF, person=me)
        tx.run(PREFER, person=me, to_entry=left[0][0] if left else 0)
    return gone.card_id


def adopt(tx: Tx, guest_id: int, person_id: int) -> list[int]:
    """The guest's addresses are the person's, as far as there is room; the person's own preferred one stays. Answers
    the cards for which there was none."""
    for person in sorted((guest_id, person_id)):  # in id order: no deadlock
        lock(tx, person)
    mine, theirs = shelf_of(tx, person_id), shelf_of(tx, guest_id)
    room = MOST - len(mine.entries)
    moved, spare = theirs.sorted()[:room], theirs.sorted()[room:]
    for e in moved:
        tx.run(MOVE, entry=e.id, person=guest_id, to_person=person_id)
    if moved and not mine.preferred:
        tx.run(PREFER, person=person_id, to_entry=moved[0].id)
    tx.run(DROP_ALL, person=guest_id)
    tx.run(END_BOOK, person=guest_id)
    return [e.card_id for e in spare]


def forget(tx: Tx, event: CardsErased) -> None:
    """Whose account data is erased has no book."""
    if event.purpose == "account":
        tx.run(DROP_ALL, person=event.person_id)
        tx.run(END_BOOK, person=event.person_id)


def lock(tx: Tx, person_id: int) -> int:
    """The person's book is this unit's until its end; answers the preferred address."""
    row = tx.row(LOCK_BOOK, person=person_id)
    if row is None and not tx.once(PUT_BOOK, person_id=person_id, preferred_id=0):
        row = tx.row(LOCK_BOOK, person=person_id)
    preferred: int = row[0] if row else 0
    return preferred
