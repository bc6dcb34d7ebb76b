"""The port to a document store: reviews, behaviour, content, conversations.

Ten operations that a MongoDB collection can do with `insert_one`, `find`, `update_one` and `delete_one`: no
find_one_and_update, no transaction. A document is a Struct with a natural id. It carries its own pending events, so
that a change and its fact are one conditional write; the relay sweeps them (`DocumentSource`)."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar

import msgspec

from .faults import Unavailable
from .handlers import Part
from .mailboxes import DEAD, DUE_MAX, FAULT_MAX, WAITING
from .source import HELD_MS, RETRY_DAYS, DeadLetter, Due, Seen, waits_ms
from .sql import Database, Event, Module
from .world import World

IDS_MAX = 100  # of one `get`
PAGE_MAX = 100
BODY_MAX = 1 << 20  # bytes of one document
EVENTS_MAX = 100  # pending ones of one document
FULL = f"{EVENTS_MAX} events of the document wait to be delivered"
DEAD_MAX = 1_000  # documents that are looked through for a dead letter
TRIES = 8  # of a change that meets another one

WORD = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
S = TypeVar("S", bound=msgspec.Struct)
Scalar = str | int


class Index(msgspec.Struct, frozen=True):
    """Fields of the body (`product_id`, `seal.at`) by which documents are found, or are unique."""

    fields: tuple[str, ...]
    unique: bool = False


class Kind(Generic[S]):
    """A collection: its name, the shape of its documents, and what they are found by."""

    def __init__(self, name: str, shape: type[S], *indexes: Index) -> None:
        self.name, self.shape, self.indexes = name, shape, indexes
        self.fields = sorted({field for index in indexes for field in index.fields})
        if bad := [word for word in (name, *self.fields) if not WORD.fullmatch(word)]:
            raise ValueError(f"no names of a collection or field: {bad}")

    def check(self, find: Find) -> None:
        """ValueError for a question that no index answers whole, its order included: a scan is never meant."""
        if not 0 < find.limit <= PAGE_MAX:
            raise ValueError(f"limit {find.limit} is not of 1 to {PAGE_MAX}")
        asked = (*sorted(find.equals), *([] if find.sort == "id" else [find.sort]))
        for index in self.indexes:
            head, rest = index.fields[: len(find.equals)], index.fields[len(find.equals) :]
            if set(head) == set(find.equals) and rest == (() if find.sort == "id" else (find.sort,)):
                return
        if asked:
            raise ValueError(f"{self.name} has no index for {asked}")

    def check_equals(self, equals: Mapping[str, Scalar]) -> None:
        """As `check`, for a count: the index may hold more fields."""
        if equals and not any(set(index.fields[: len(equals)]) == set(equals) for index in self.indexes):
            raise ValueError(f"{self.name} has no index for {sorted(equals)}")


class Find(msgspec.Struct, frozen=True):
    """Documents whose fields have these values, in the order of (sort, id); `after` is the last one's (value, id)."""

    equals: dict[str, Scalar] = {}
    sort: str = "id"
    descending: bool = False
    after: tuple[Scalar, str] | None = None
    limit: int = PAGE_MAX


class Document(msgspec.Struct, Generic[S], frozen=True):
    """`version` counts the changes of the body, from 1."""

    id: str
    version: int
    body: S


class Pending(msgspec.Struct, frozen=True):
    """An event that a document carries until it is delivered; `state` and `due_at` as in an outbox."""

    id: int
    topic: str
    body: bytes
    due_at: int
    state: int = WAITING
    tries: int = 0
    fault: str = ""


class Carrier(msgspec.Struct, frozen=True):
    """A document's events, and the stamp that every write of it changes. `gone`: it was removed, and only they remain."""

    id: str
    stamp: int
    events: list[Pending]
    gone: bool = False


class Known(Exception):
    """The id, or a unique index, has its document already."""


class Documents(ABC):
    """The ten operations. A write is durable when it is answered; a document's write is whole or not at all. While a
    document carries as many events as it may, it takes no more: Unavailable.

    `on_commit(kind, due_at)` is told on the loop when a write left events; the composition root hands it `relay.wake`."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.on_commit: Callable[[Kind[Any], int], None] = lambda kind, due_at: None

    @abstractmethod
    async def declare(self, *kinds: Kind[Any]) -> None:
        """The collections and their indexes are there."""

    @abstractmethod
    async def insert(self, kind: Kind[S], id: str, body: S, *events: Event) -> bool:
        """False: the id is known, and nothing was changed. Known: a unique index refuses."""

    @abstractmethod
    async def get(self, kind: Kind[S], ids: Sequence[str]) -> dict[str, Document[S]]:
        """Those of up to 100 that there are."""

    @abstractmethod
    async def find(self, kind: Kind[S], find: Find) -> list[Document[S]]:
        """Up to 100, by an index."""

    @abstractmethod
    async def count(self, kind: Kind[S], equals: Mapping[str, Scalar]) -> int:
        """How many have these values, by an index."""

    @abstractmethod
    async def replace(self, kind: Kind[S], id: str, version: int, body: S, *events: Event) -> bool:
        """False: the document is gone or has another version by now. Its pending events stay. Known: as `insert`."""

    @abstractmethod
    async def remove(self, kind: Kind[S], id: str, version: int, *events: Event) -> bool:
        """The body is gone at once, the id is free when its events are delivered. False: as `replace`."""

    @abstractmethod
    async def carrier(self, kind: Kind[Any], id: str) -> Carrier | None:
        """The document's events; None: there is no such document."""

    @abstractmethod
    async def carriers(self, kind: Kind[Any], state: int, limit: int) -> list[Carrier]:
        """Documents with an event of this state (waiting, dead), in the order in which the first of them is due."""

    @abstractmethod
    async def carry(self, kind: Kind[Any], carrier: Carrier, events: Sequence[Pending]) -> bool:
        """The document carries these events instead, at its version; a removed one that carries none is gone.

        False: it was written meanwhile."""


def pending(world: World, events: Sequence[Event]) -> list[Pending]:
    """The events as a document carries them: due at once."""
    return [Pending(world.new_id(), e.topic(), msgspec.msgpack.encode(e), 0) for e in events]


def soonest(events: Sequence[Pending], state: int) -> int | None:
    """When the first event of this state is due; stores keep it in a field of its own, for an index."""
    return min((e.due_at for e in events if e.state == state), default=None)


class DocumentSource:
    """The relay's source of one collection's events. The inboxes lie in the consumers' databases, as always.

    A delivered event is carried no longer: what a broker lost is told again from the documents themselves."""

    def __init__(self, documents: Documents, kind: Kind[Any]) -> None:
        self.documents, self.kind, self.name = documents, kind, kind.name
        self.of: dict[int, str] = {}  # event → document, of those that were handed out and not settled

    async def due(self) -> tuple[list[Due], int | None]:
        now = self.documents.world.now()
        found = await self.documents.carriers(self.kind, WAITING, DUE_MAX)
        waiting = sorted(((e, c.id) for c in found for e in c.events if e.state == WAITING), key=by_due)
        due = [(e, id) for e, id in waiting if e.due_at <= now][:DUE_MAX]
        self.of.update({e.id: id for e, id in due})
        if due and (len(found) == DUE_MAX or len(due) == DUE_MAX):
            later: int | None = now
        else:
            later = min((e.due_at for e, _ in waiting if e.due_at > now), default=None)
        return [Due(e.id, e.topic, e.body, e.tries) for e, _ in due], later

    def shares(self, consumer: Database) -> bool:
        """Documents and rows have no transaction together."""
        return False

    async def deliver(self, groups: Sequence[tuple[Module, Sequence[Part]]], due: Sequence[Due]) -> dict[int, str]:
        """Only for events that nobody waits for."""
        await self.settle(due, {}, set(), ())
        return {}

    async def settle(
        self, due: Sequence[Due], failed: dict[int, str], held: set[int], seen: Sequence[tuple[Module, Seen]]
    ) -> None:
        now = self.documents.world.now()
        fates: dict[int, Pending | None] = {}
        for d in due:
            if d.id in held:
                fates[d.id] = Pending(d.id, d.topic, d.body, now + HELD_MS, WAITING, d.tries)
            elif d.id in failed:
                wait = waits_ms(d.tries + 1)
                state, due_at = (DEAD, now) if wait is None else (WAITING, now + wait)
                fates[d.id] = Pending(d.id, d.topic, d.body, due_at, state, d.tries + 1, failed[d.id][:FAULT_MAX])
            else:
                fates[d.id] = None
        for id in dict.fromkeys(self.of[event] for event in fates if event in self.of):
            await self._change(id, WAITING, fates)
        for event in fates:
            if event not in held:
                self.of.pop(event, None)

    async def dead(self, limit: int) -> list[DeadLetter]:
        found = await self.documents.carriers(self.kind, DEAD, limit)
        letters = [
            DeadLetter(self.name, e.id, e.topic, e.tries, e.fault, e.due_at)
            for c in found
            for e in c.events
            if e.state == DEAD
        ]
        return sorted(letters, key=lambda letter: (-letter.died_at, letter.id))[:limit]

    async def retry(self, event_id: int) -> bool:
        oldest = self.documents.world.now() - RETRY_DAYS * 86_400_000
        for carrier in await self.documents.carriers(self.kind, DEAD, DEAD_MAX):
            for e in carrier.events:
                if e.id == event_id and e.state == DEAD and e.due_at >= oldest:
                    await self._change(carrier.id, DEAD, {e.id: Pending(e.id, e.topic, e.body, 0)})
                    return True
        return False

    async def clean(self) -> bool:
        """Nothing is kept that was delivered."""
        return False

    async def _change(self, id: str, state: int, fates: Mapping[int, Pending | None]) -> None:
        """The document's events of this state have their fates; None: carried no longer."""
        for _ in range(TRIES):
            carrier = await self.documents.carrier(self.kind, id)
            if carrier is None:
                return
            events = [fates.get(e.id, e) if e.state == state else e for e in carrier.events]
            if await self.documents.carry(self.kind, carrier, [e for e in events if e]):
                return
        raise Unavailable(f"{self.name} {id}: written {TRIES} times meanwhile")


def by_due(waiting: tuple[Pending, str]) -> tuple[int, int]:
    """The order of delivery."""
    return waiting[0].due_at, waiting[0].id
