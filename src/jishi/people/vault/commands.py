"""What writes to the vault: a card once, its end, and a row for every reading."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from jishi.kernel import FieldError, Invalid, Tx

from .face import MAX_CARDS, CardFacts, CardsErased, CardTaken, DropCards, Dropped, HandOver, KeepCard, NoCard, Show
from .keyring import Key
from .queries import Sealed, in_order, own
from .rules import Clean, Derived
from .seals import NONCE_BYTES, bound_to, seal, unseal
from .tables import (
    BLANK,
    END_HOLDER,
    HOLD,
    LOCK_HOLDER,
    MOVE,
    MOVE_MARKS,
    PUT_CARD,
    PUT_MARK,
    PUT_READ,
    PUT_READ_OF,
    READABLE,
    SEALED,
    TO_DROP,
    TO_MOVE,
    UNMARK,
)

ERASED_AT_ONCE = 250  # cards a unit
MARKS_AT_ONCE = 50  # cards a statement, each with at most 4 marks
PURPOSE_MAX = 64


class Kept(NamedTuple):
    cmd: KeepCard
    clean: Clean
    derived: Derived
    key: Key


def keep(tx: Tx, kept: Kept) -> CardFacts | None:
    """The card is there with its marks; None: its key is being destroyed, so nothing was written.

    Cost: one locking point read, one insert, one batch of marks."""
    cmd, clean, key = kept.cmd, kept.clean, kept.key
    own(tx, cmd.person_id, cmd.card_id)
    if not lock_holder(tx, key.id, cmd.person_id, cmd.purpose):
        return None
    aad = bound_to(cmd.card_id, cmd.person_id, cmd.kind, cmd.purpose)
    new = tx.once(
        PUT_CARD,
        id=cmd.card_id, person_id=cmd.person_id, key_id=key.id, kind=cmd.kind, purpose=cmd.purpose,
        sealed=seal(key.cipher, tx.random.randbytes(NONCE_BYTES), clean.fields, aad),
        country=clean.region.country, province=clean.region.province, city=clean.region.city,
        district=clean.region.district, postcode=clean.region.postcode,
        address_print=kept.derived.address_print, phone_print=kept.derived.phone_print,
        email_print=kept.derived.email_print, marks=" ".join(kept.derived.marks), kept_at=tx.now, erased_at=0,
    )  # fmt: skip
    if not new:
        same_card(tx, kept, aad)
    elif kept.derived.marks:
        tx.many(PUT_MARK, [dict(mark=m, card_id=cmd.card_id, person_id=cmd.person_id) for m in kept.derived.marks])
    prints = kept.derived.address_print, kept.derived.phone_print, kept.derived.email_print
    return CardFacts(cmd.card_id, cmd.person_id, cmd.kind, clean.region, *prints)


def same_card(tx: Tx, kept: Kept, aad: bytes) -> None:
    """The card that has this id is the person's, of the same kind, purpose and content; anything else is refused."""
    cmd = kept.cmd
    known = Sealed(*tx.row(SEALED, ids=[cmd.card_id]))
    if known.person_id != cmd.person_id:
        raise NoCard(cmd.card_id)
    alike = (known.kind, known.purpose, known.key_id) == (cmd.kind, cmd.purpose, kept.key.id) and known.sealed
    if not alike or unseal(kept.key.cipher, known.sealed, aad) != kept.clean.fields:
        raise CardTaken(cmd.card_id)


def lock_holder(tx: Tx, key_id: int, person_id: int, purpose: str) -> bool:
    """The key's row is locked until the end of this transaction; false: it was given up for destruction."""
    row = tx.row(LOCK_HOLDER, with_key=key_id)
    if row is None and not tx.once(HOLD, key_id=key_id, person_id=person_id, purpose=purpose, erased_at=0):
        row = tx.row(LOCK_HOLDER, with_key=key_id)  # another wrote it since, and has committed
    return row is None or row[0] == 0


def blank(tx: Tx, key_id: int, person_id: int, purpose: str) -> int:
    """Up to 250 cards of this key hold no more than country and province; no new one can be kept under it.

    Answers how many; fewer than 250: that was all of them."""
    lock_holder(tx, key_id, person_id, purpose)
    if tx.run(END_HOLDER, with_key=key_id, moment=tx.now):
        tx.emit(CardsErased(person_id, purpose, key_id))
    found = tx.rows(READABLE, with_key=key_id, most=ERASED_AT_ONCE)
    if found:
        tx.run(BLANK, ids=[id for id, _ in found], moment=tx.now)
    for few in (found[i : i + MARKS_AT_ONCE] for i in range(0, len(found), MARKS_AT_ONCE)):
        if listed := [mark for _, marks in few for mark in marks.split()]:
            tx.run(UNMARK, of=listed, ids=[id for id, _ in few])
    return len(found)


def drop(tx: Tx, cmd: DropCards) -> Dropped:
    """Nothing of these cards can be read; one that is empty already stays so, one that is another's is `NoCard`."""
    if len(cmd.ids) > MAX_CARDS:
        raise Invalid([FieldError("ids", "list.long", {"max": str(MAX_CARDS)})])
    found = tx.rows_in(TO_DROP, "ids", cmd.ids)
    for id, person_id, _ in found:
        own(tx, person_id, id)
    if found:
        ids = [id for id, _, _ in found]
        tx.run(BLANK, ids=ids, moment=tx.now)
        if listed := [mark for _, _, marks in found for mark in marks.split()]:
            tx.run(UNMARK, of=listed, ids=ids)
    return Dropped(len(found))


class Movable(NamedTuple):
    """A card that is to be handed over, as it lies."""

    id: int
    person_id: int
    kind: str
    purpose: str
    key_id: int
    sealed: bytes
    marks: str


def to_move(tx: Tx, cmd: HandOver) -> list[Movable]:
    if len(cmd.ids) > MAX_CARDS:
        raise Invalid([FieldError("ids", "list.long", {"max": str(MAX_CARDS)})])
    return [Movable(*r) for r in tx.rows_in(TO_MOVE, "ids", cmd.ids, person=cmd.from_person)]


def move(tx: Tx, card: Movable, was: Key, key: Key, to_person: int) -> bool:
    """The card is the other person's, under that one's key. False: either key is being destroyed, or it was moved."""
    for key_id, person in sorted(((card.key_id, card.person_id), (key.id, to_person))):  # in id order: no deadlock
        if not lock_holder(tx, key_id, person, card.purpose):
            return False
    fields = unseal(was.cipher, card.sealed, bound_to(card.id, card.person_id, card.kind, card.purpose))
    anew = seal(
        key.cipher, tx.random.randbytes(NONCE_BYTES), fields, bound_to(card.id, to_person, card.kind, card.purpose)
    )
    if tx.run(MOVE, card=card.id, with_key=card.key_id, to_person=to_person, to_key=key.id, sealed_anew=anew) != 1:
        return False
    if marks := card.marks.split():
        tx.run(MOVE_MARKS, of=marks, card=card.id, to_person=to_person)
    return True


def show(tx: Tx, query: Show, via: str) -> list[Sealed]:
    """The cards as they lie, in the order asked for, and one row that says who opens them and why.

    The row is committed before anything is decrypted. A card that is not there or not the customer's: `NoCard`, and no row."""
    if not query.purpose or len(query.purpose) > PURPOSE_MAX:
        raise Invalid([FieldError("purpose", "text.required")])
    if len(query.ids) > MAX_CARDS or len(query.fields) > MAX_CARDS:
        raise Invalid([FieldError("ids", "list.long", {"max": str(MAX_CARDS)})])
    if not query.ids:
        return []
    found = in_order(tx, query.ids, [Sealed(*r) for r in tx.rows_in(SEALED, "ids", query.ids)])
    read = tx.new_id()
    tx.run(
        PUT_READ,
        id=read, at=tx.now, actor_id=tx.actor.id, actor_role=tx.actor.role, via=via, purpose=query.purpose,
        masked=int(query.masked), fields=msgspec.msgpack.encode(query.fields), cards=msgspec.msgpack.encode(query.ids),
    )  # fmt: skip
    tx.many(PUT_READ_OF, [dict(person_id=p, read_id=read) for p in sorted({c.person_id for c in found})])
    return found
