"""From outbox to handlers: at least once, in effect exactly once; timers are events with a due time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import msgspec

from .context import SYSTEM, Context
from .deadline import within
from .faults import Unavailable
from .source import DeadLetter, Due, NoDeadLetter, OutboxSource, Seen, Source, remember
from .sql import Database, Event, Module, Tx
from .world import World

NAP_S = 30  # the wall clock may jump while the relay sleeps
SWEEP_MS = 60_000  # so often every outbox is looked at: a neighbour that died may have left events
AWAY_MS = 1_000  # a database that is away is asked again after
EVENTS_MAX = 100  # of one unit
SWEEPS = 8  # outboxes at a time
STORIES = 16  # at a time
STORY_MS = 60_000  # a story that takes longer has failed
PATIENCE_S = 1.0  # a sweep waits so long for its stories; later ones end on their own
CLEAN_FIRST_MS, CLEAN_MS = 300_000, 3_600_000
CLEAN_STEPS = 1_000  # of 256 rows
DRAIN_ROUNDS = 1_000
NEVER = 1 << 62

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Handler:
    """`unit(tx, event)` runs with its inbox row in one transaction: in effect exactly once. `story(ctx, event)` calls
    faces: at least once, each step safe to repeat, the inbox row last. The function's name is the consumer's."""

    consumer: Database
    shape: type[Event]
    unit: Callable[[Tx, Any], None] | None = None
    story: Callable[[Context, Any], Awaitable[None]] | None = None

    @property
    def name(self) -> str:
        return str((self.unit or self.story).__name__)


Part = tuple[Handler, int, Any]  # what one handler is to do with one event


class Relay:
    """Several may serve the same outboxes: the inboxes make a second delivery do nothing."""

    def __init__(self, world: World, outboxes: Sequence[Database | Source], handlers: Sequence[Handler]) -> None:
        self.world, self.woken = world, asyncio.Event()
        self.sources: list[Source] = [OutboxSource(s) if isinstance(s, Database) else s for s in outboxes]
        self.next = {s.name: 0 for s in self.sources}  # ms UTC: nothing is due before
        self.busy = {s.name: asyncio.Lock() for s in self.sources}
        self.sweeps, self.stories = asyncio.Semaphore(SWEEPS), asyncio.Semaphore(STORIES)
        self.late: dict[int, asyncio.Task[None]] = {}  # stories that outlasted their sweep, by event
        self.nap_until, self.clean_at = 0, world.now() + CLEAN_FIRST_MS
        self.handlers: dict[str, list[Handler]] = {}
        names = set[tuple[str, str, str]]()
        for h in handlers:
            self.handlers.setdefault(h.shape.topic(), []).append(h)
            if (name := (h.consumer.module.name, h.name, h.shape.topic())) in names or (h.unit is None) == (h.story is None):
                raise ValueError(f"handler {name}: one function, known by its name")
            names.add(name)

    def wake(self, module: Module, due_at: int = 0) -> None:
        """A commit has left events of which the first is due then."""
        if module.name in self.next:
            self.next[module.name] = min(self.next[module.name], due_at)
            if due_at < self.nap_until:
                self.woken.set()

    async def run(self) -> None:
        """Deliver for ever. What has nothing due is not asked."""
        while True:
            self.woken.clear()
            now = self.world.now()
            await asyncio.gather(*[self._visit(s) for s in self.sources if self.next[s.name] <= now])
            if self.clean_at <= now:
                self.clean_at = now + CLEAN_MS
                await self.clean()
            self.nap_until = min(self.next.values(), default=NEVER)
            rest_s = (self.nap_until - self.world.now()) / 1000
            with suppress(TimeoutError):
                async with asyncio.timeout(min(max(rest_s, 0), NAP_S)):
                    await self.woken.wait()

    async def drain(self) -> None:
        """Deliver until nothing is due now, timers of this moment included: for tests and the command line."""
        for _ in range(DRAIN_ROUNDS):
            moved = [await self.sweep(source) for source in self.sources]
            await asyncio.gather(*self.late.values())
            if not any(moved):
                return
        raise RuntimeError("events beget events without end")

    async def dead(self, limit: int = 100) -> list[DeadLetter]:
        """Events that failed too often, the latest first."""
        found = [letter for s in self.sources for letter in await s.dead(limit)]
        return sorted(found, key=lambda letter: (-letter.died_at, letter.id))[:limit]

    async def retry(self, event_id: int) -> None:
        """The dead letter is delivered again, to those who have not dealt with it. NoDeadLetter."""
        for source in self.sources:
            if await source.retry(event_id):
                self.next[source.name] = 0
                self.woken.set()
                return
        raise NoDeadLetter(str(event_id))

    async def clean(self) -> None:
        """Sent events older than 7 days and inbox rows older than 30 are gone, in steps of 256 rows."""
        for source in self.sources:
            try:
                for _ in range(CLEAN_STEPS):
                    if not await source.clean():
                        break
            except Unavailable as e:
                log.warning("not cleaned", extra={"of": source.name, "why": e.code})

    async def _visit(self, source: Source) -> None:
        async with self.sweeps:
            try:
                await self.sweep(source)
            except Exception as e:  # a database that is away for a moment; the relay outlives it
                log.warning("not swept", extra={"of": source.name, "why": told(e)})
                self.next[source.name] = self.world.now() + AWAY_MS

    async def sweep(self, source: Source) -> int:
        """Deliver up to 100 due events of one outbox; answers how many there were."""
        async with self.busy[source.name]:
            self.next[source.name] = NEVER  # a commit during the sweep sets a lower value, and that stays
            found, next_due = await source.due()
            now = self.world.now()
            if next_due is not None:
                self.next[source.name] = min(self.next[source.name], next_due)
            self.next[source.name] = min(self.next[source.name], now + SWEEP_MS)
            due = [d for d in found if d.id not in self.late]
            if due:
                await self._deliver(source, due)
            return len(due)

    async def _deliver(self, source: Source, due: Sequence[Due]) -> None:
        failed: dict[int, str] = {}
        units: dict[int, tuple[Database, list[Part]]] = {}
        told_to: dict[int, tuple[Database, list[Part]]] = {}
        for d in due:
            for h in self.handlers.get(d.topic, ()):
                try:
                    event = msgspec.msgpack.decode(d.body, type=h.shape)
                except msgspec.DecodeError as e:
                    failed[d.id] = told(e)
                    continue
                _, parts = (units if h.unit else told_to).setdefault(id(h.consumer), (h.consumer, []))
                parts.append((h, d.id, event))
        stories = [await self._begin(*each) for each in told_to.values()]
        answers = await asyncio.gather(*[self.deliver(*each) for each in units.values()])
        for answer in answers:
            failed |= answer
        ...
