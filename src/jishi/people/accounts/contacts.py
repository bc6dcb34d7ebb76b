"""Contacts that an account has proved, the devices it knows, and the browsers whose guests became it."""

from __future__ import annotations

from typing import NamedTuple

from jishi.kernel import Tx

from .face import CodeSpent, ContactChanged, ContactList, ContactRow, ContactTaken, Proofs, ProofsQuery, SessionGone
from .queries import owner_of
from .rules import DAY, Challenge, Person
from .tables import (
    A_CHALLENGE,
    A_PERSON,
    BROWSERS,
    CONTACTS,
    DEVICES,
    END_ADDRESS,
    END_BROWSERS,
    END_DEVICE,
    GUESTS,
    LOCK_PERSON,
    PRINTS,
    PUT_ADDRESS,
    PUT_BROWSER,
    PUT_CONTACT,
    PUT_DEVICE,
    SEE_DEVICE,
    SET_CONTACT,
    SET_SESSION_CARD,
    TURN,
    USE,
)

DEVICES_MAX, BROWSERS_MAX, OWNERS_MAX = 50, 20, 100
BROWSER_MS = 90 * DAY  # as long as a guest's session lives


class Contact(NamedTuple):
    channel: str
    card_id: int
    print: str
    verified_at: int


class Taken(NamedTuple):
    """A contact that was proved: the card that was kept of it for the account."""

    challenge_id: int
    channel: str
    card_id: int
    locale: str


def contacts_of(tx: Tx, person: Person) -> list[Contact]:
    """Of an account that is older than phones, the one by which it signs in."""
    found = [Contact(*r) for r in tx.rows(CONTACTS, person=person.id)]
    if not found and person.contact_card:
        prints = tx.rows(PRINTS, person=person.id)
        found = [Contact("email", person.contact_card, prints[0][0] if prints else "", person.created_at)]
    return found


def contacts(tx: Tx) -> ContactList:
    return listed(contacts_of(tx, person_of(tx)))


def cards_of(tx: Tx, person_id: int) -> list[Contact]:
    """Where the person can be written to; nowhere when the account is closed."""
    row = tx.row(A_PERSON, person=person_id)
    return contacts_of(tx, Person(*row)) if row else []


def listed(found: list[Contact]) -> ContactList:
    return ContactList([ContactRow(c.channel, c.card_id, c.verified_at) for c in found])


def person_of(tx: Tx) -> Person:
    row = tx.row(A_PERSON, person=tx.actor.id)
    if row is None:
        raise SessionGone
    return Person(*row)


def keep_contact(tx: Tx, person_id: int, channel: str, card_id: int, print: str) -> None:
    """Whoever signed in by it has it as a contact: written once, the first time."""
    if not any(r[0] == channel for r in tx.rows(CONTACTS, person=person_id)):
        tx.once(
            PUT_CONTACT, person_id=person_id, channel=channel, card_id=card_id, contact_print=print, verified_at=tx.now
        )


def take_contact(tx: Tx, cmd: Taken) -> ContactList:
    """The contact is the actor's; the one of its channel before signs nobody in any more.

    Of two accounts that prove one contact at once the first has it."""
    row = tx.row(A_CHALLENGE, challenge=cmd.challenge_id)
    if row is None or not (challenge := Challenge(*row)).open(tx.now):
        raise CodeSpent
    tx.run(USE, challenge=challenge.id, moment=tx.now)
    person = Person(*tx.row(LOCK_PERSON, person=tx.actor.id))
    if not tx.once(PUT_ADDRESS, email_print=challenge.email_print, person_id=person.id):
        if owner_of(tx, challenge.email_print) != person.id:
            raise ContactTaken
        return contacts(tx)
    known = contacts_of(tx, person)
    old = next((c for c in known if c.channel == cmd.channel), None)
    if old:
        tx.run(END_ADDRESS, of=old.print, person=person.id)
    values = dict(card_id=cmd.card_id, contact_print=challenge.email_print, verified_at=tx.now)
    if not tx.once(PUT_CONTACT, person_id=person.id, channel=cmd.channel, **values):
        tx.run(
            SET_CONTACT, person=person.id, by=cmd.channel, card=cmd.card_id, to_print=challenge.email_print,
            moment=tx.now,
        )  # fmt: skip
    for c in known:  # of an account older than phones
        if c.channel != cmd.channel:
            keep_contact(tx, person.id, c.channel, c.card_id, c.print)
    old_card = old.card_id if old else 0
    if cmd.channel == "email" or person.contact_card in (0, old_card):
        tx.run(TURN, person=person.id, was=person.role, to=person.role, scope=person.merchant_id, card=cmd.card_id)
        tx.run(SET_SESSION_CARD, person=person.id, card=cmd.card_id)
    tx.emit(ContactChanged(person.id, cmd.channel, cmd.card_id, old_card, cmd.locale))
    return contacts(tx)


def strange_device(tx: Tx, person_id: int, device: str, agent: str) -> bool:
    """The device is known from now on. True if it was not, and the account had been used from another before."""
    if tx.run(SEE_DEVICE, person=person_id, known=device, moment=tx.now):
        return False
    known = [r[0] for r in tx.rows(DEVICES, person=person_id, most=DEVICES_MAX + 1)]
    for spare in known[DEVICES_MAX - 1 :]:
        tx.run(END_DEVICE, person=person_id, known=spare)
    new = tx.once(PUT_DEVICE, person_id=person_id, device=device, agent=agent, first_at=tx.now, seen_at=tx.now)
    return new and bool(known)


def remember_browser(tx: Tx, person_id: int, guest_id: int) -> None:
    tx.run(END_BROWSERS, person=person_id, now=tx.now - BROWSER_MS)
    tx.once(PUT_BROWSER, person_id=person_id, guest_id=guest_id, at=tx.now)


def proofs(tx: Tx, query: ProofsQuery) -> Proofs:
    """What the actor has proved; of nobody, and of a guest, nothing."""
    me = tx.actor.id
    if not me or tx.actor.role == "guest":
        return Proofs([], [], [])
    owners = query.owners[:OWNERS_MAX]
    return Proofs(
        [r[0] for r in tx.rows(PRINTS, person=me)],
        [r[0] for r in tx.rows(BROWSERS, person=me, now=tx.now - BROWSER_MS, most=BROWSERS_MAX)],
        sorted(r[0] for r in tx.rows_in(GUESTS, "ids", owners)),
    )
