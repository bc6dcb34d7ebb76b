"""Where the relay finds events: a module's outbox. Documents have another (`documents.py`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from .context import SYSTEM
from .faults import Fault
from .handlers import Part, take
from .mailboxes import DEAD, DUE_MAX, FAULT_MAX, INBOX_MS, OUTBOX_MS, WAITING
from .sql import Database, Module, Tx

TRIES = 16
FIRST_WAIT_MS, LONGEST_WAIT_MS = 250, 1_800_000  # doubles from try to try: about two hours in all
HELD_MS = 300_000
RETRY_DAYS = 29  # of a dead letter: afterwards the inboxes forget who has dealt with it


class Due(msgspec.Struct, frozen=True):
    """An event that is to be delivered now."""

    id: int
    topic: str
    body: bytes
    tries: int


class Seen(msgspec.Struct, frozen=True):
    """A consumer has dealt with an event."""

    consumer: str
    event_id: int


class DeadLetter(msgspec.Struct, frozen=True):
    """An event that failed too often. `died_at` in ms UTC."""

    of: str
    id: int
    topic: str
    tries: int
    fault: str
    died_at: int


class NoDeadLetter(Fault, code="event.no_dead_letter", status=404):
    """There is none with this id, or it is older than 29 days: who had dealt with it is forgotten by then."""

    event_id: str


def waits_ms(tries: int) -> int | None:
    """How long an event waits that has failed so many times; None: for ever."""
    return None if tries >= TRIES else min(FIRST_WAIT_MS << tries - 1, LONGEST_WAIT_MS)


class Source(Protocol):
    """Events of one owner, and what became of them."""

    name: str

    async def due(self) -> tuple[list[Due], int | None]:
        """Up to 100 events that are due now, and when the next one is (ms UTC; None: never)."""
        ...

    def shares(self, consumer: Database) -> bool:
        """Whether the consumer's rows can be written in the transaction that settles."""
        ...

    async def deliver(self, groups: Sequence[tuple[Module, Sequence[Part]]], due: Sequence[Due]) -> dict[int, str]:
        """Unit handlers of modules that share, and the settling of `due`, in one commit. Answers those that failed."""
        ...

    async def settle(
        self, due: Sequence[Due], failed: dict[int, str], held: set[int], seen: Sequence[tuple[Module, Seen]]
    ) -> None:
        """Each of `due` is sent; or comes again later with its fault, 16 times, then it is dead; or, `held` by a story
        that is still told, comes again after five minutes in case its teller dies."""
        ...

    async def dead(self, limit: int) -> list[DeadLetter]: ...

    async def retry(self, event_id: int) -> bool:
        """The dead letter is delivered again; False: there is none."""
        ...

    async def clean(self) -> bool:
        """Up to 256 rows that nobody needs any more are gone; True: there may be more."""
        ...


class OutboxSource:
    """A module's outbox in its database."""

    def __init__(self, db: Database) -> None:
        self.db, self.name = db, db.module.name

    async def due(self) -> tuple[list[Due], int | None]:
        found: tuple[list[Due], int | None] = await self.db.read(SYSTEM, find_due)
        return found

    def shares(self, consumer: Database) -> bool:
        return consumer.engine is self.db.engine

    async def deliver(self, groups: Sequence[tuple[Module, Sequence[Part]]], due: Sequence[Due]) -> dict[int, str]:
        failed: dict[int, str] = await self.db.write(SYSTEM, take_and_settle, groups, due)
        return failed

    async def settle(
        self, due: Sequence[Due], failed: dict[int, str], held: set[int], seen: Sequence[tuple[Module, Seen]]
    ) -> None:
        await self.db.write(SYSTEM, settle, due, failed, held, seen)

    async def dead(self, limit: int) -> list[DeadLetter]:
        rows = await self.db.read(SYSTEM, lambda tx: tx.rows(tx.module.outbox.dead, n=limit))
        return [DeadLetter(self.name, *row) for row in rows]

    async def retry(self, event_id: int) -> bool:
        return bool(await self.db.write(SYSTEM, revive, event_id))

    async def clean(self) -> bool:
        return bool(await self.db.write(SYSTEM, clean))


def find_due(tx: Tx) -> tuple[list[Due], int | None]:
    due = [Due(*row) for row in tx.rows(tx.module.outbox.due, now=tx.now)]
    return due, tx.now if len(due) == DUE_MAX else tx.row(tx.module.outbox.next, now=tx.now)[0]


def remember(tx: Tx, seen: Sequence[Seen]) -> None:
    """The inbox rows of stories that have come to their end; another relay may have been quicker."""
    for each in seen:
        tx.once(tx.module.inbox.put, consumer=each.consumer, event_id=each.event_id, at=tx.now)


def take_and_settle(tx: Tx, groups: Sequence[tuple[Module, Sequence[Part]]], due: Sequence[Due]) -> dict[int, str]:
    failed: dict[int, str] = {}
    for module, parts in groups:
        failed |= take(tx.sibling(module), parts)
    settle(tx, due, failed, set(), ())
    return failed


def settle(
    tx: Tx, due: Sequence[Due], failed: dict[int, str], held: set[int], seen: Sequence[tuple[Module, Seen]]
) -> None:
    box = tx.module.outbox
    for module, each in seen:
        remember(tx.sibling(module), [each])
    if sent := sorted(d.id for d in due if d.id not in failed and d.id not in held):
        tx.run(box.sent, ids=sent, now=tx.now)
    for d in due:
        if d.id in held:
            tx.run(box.again, event=d.id, to=WAITING, n=d.tries, when=tx.now + HELD_MS, why=None)
        elif d.id in failed:
            wait = waits_ms(d.tries + 1)
            to, when = (DEAD, tx.now) if wait is None else (WAITING, tx.now + wait)
            tx.run(box.again, event=d.id, to=to, n=d.tries + 1, when=when, why=failed[d.id][:FAULT_MAX])


def revive(tx: Tx, event_id: int) -> bool:
    row = tx.row(tx.module.outbox.dead_one, event=event_id)
    if row is None or row[0] < tx.now - RETRY_DAYS * 86_400_000:
        return False
    return bool(tx.run(tx.module.outbox.revive, event=event_id))


def clean(tx: Tx) -> bool:
    box, inbox = tx.module.outbox, tx.module.inbox
    sent = [id for (id,) in tx.rows(box.old, before=tx.now - OUTBOX_MS)]
    if sent:
        tx.run(box.drop, ids=sent)
    by_consumer: dict[str, list[int]] = {}
    for consumer, event_id in tx.rows(inbox.old, before=tx.now - INBOX_MS):
        by_consumer.setdefault(consumer, []).append(event_id)
    for consumer, events in sorted(by_consumer.items()):
        tx.run(inbox.drop, who=consumer, events=events)
    return bool(sent or by_consumer)
