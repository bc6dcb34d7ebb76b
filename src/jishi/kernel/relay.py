"""From outbox to handlers: at least once, in effect exactly once; timers are events with a due time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar, cast

import msgspec

from .context import SYSTEM
from .deadline import within
from .faults import Unavailable
from .handlers import Handler, Part, dealt_with, reason, take
from .source import DeadLetter, Due, NoDeadLetter, OutboxSource, Seen, Source, remember, waits_ms
from .sql import Database, Event, Module
from .world import World

NAP_S = 30  # the wall clock may jump while the relay sleeps
SWEEP_MS = 60_000  # so often every outbox is looked at: a neighbour that died may have left events
AWAY_MS = 1_000  # a database that is away is asked again after
EVENTS_MAX = 100  # of one unit
SHARED_MAX = 32  # of several consumers in one commit: more are worth a commit each
SWEEPS = 8  # outboxes at a time
STORIES = 64  # at a time; they share commits
STORY_MS = 60_000  # a story that takes longer has failed
PATIENCE_S = 1.0  # a sweep waits so long for its stories; later ones end on their own
CLEAN_FIRST_MS, CLEAN_MS = 300_000, 3_600_000
CLEAN_STEPS = 1_000  # of 256 rows
DRAIN_ROUNDS = 1_000
NEVER = 1 << 62

V = TypeVar("V")

log = logging.getLogger(__name__)


Groups = dict[int, tuple[Database, list[Part]]]  # by consumer


@dataclass(frozen=True, eq=False)
class Story:
    """A story that is being told; the task answers None, or why it failed."""

    handler: Handler
    event_id: int
    task: asyncio.Task[str | None]


class Named(Protocol):
    name: str


class Relay:
    """Several may serve the same outboxes: the inboxes make a second delivery do nothing."""

    def __init__(self, world: World, outboxes: Sequence[Database | Source], handlers: Sequence[Handler]) -> None:
        self.world, self.woken = world, asyncio.Event()
        self.sources: list[Source] = [OutboxSource(s) if isinstance(s, Database) else s for s in outboxes]
        self.next = {s.name: 0 for s in self.sources}  # ms UTC: nothing is due before
        self.busy = {s.name: asyncio.Lock() for s in self.sources}
        self.sweeps, self.stories = asyncio.Semaphore(SWEEPS), asyncio.Semaphore(STORIES)
        self.late: dict[int, None] = {}  # events whose stories outlasted their sweep
        self.tasks: dict[asyncio.Task[Any], None] = {}  # ordered, unlike a set: a simulated history repeats itself
        self.nap_until, self.clean_at = 0, world.now() + CLEAN_FIRST_MS
        self.handlers: dict[str, list[Handler]] = {}
        self.listeners: dict[str, list[tuple[type[Event], Callable[[Any], None]]]] = {}
        names = set[tuple[str, str, str]]()
        for h in handlers:
            self.handlers.setdefault(h.shape.topic(), []).append(h)
            if (name := (h.consumer.module.name, h.name, h.shape.topic())) in names or (h.unit is None) == (
                h.story is None
            ):
                raise ValueError(f"handler {name}: one function, known by its name")
            names.add(name)

    def listen(self, shape: type[Event], tell: Callable[[Any], None]) -> None:
        """From now on `tell` hears of every event of this shape that this relay has delivered, once a delivery: an event
        that comes again is heard again, and what another process delivers is not. For caches, not for facts."""
        self.listeners.setdefault(shape.topic(), []).append((shape, tell))

    def wake(self, of: Named, due_at: int = 0) -> None:
        """A commit has left events of which the first is due then. `of`: the module, or the kind of documents."""
        if of.name in self.next:
            self.next[of.name] = min(self.next[of.name], due_at)
            if due_at < self.nap_until:
                self.woken.set()

    async def run(self) -> None:
        """Deliver for ever. What has nothing due is not asked."""
        try:
            await self._run()
        finally:  # stories that are cut come again
            tasks = list(self.tasks)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self) -> None:
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
            if self.tasks:
                await asyncio.gather(*self.tasks)
            elif not any(moved):
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
                log.warning("not swept", extra={"of": source.name, "why": reason(e)})
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
                try:
                    await self._deliver(source, due)
                finally:  # some may be settled although a consumer's database was away
                    self._spread(due)
            return len(due)

    def _spread(self, due: Sequence[Due]) -> None:
        """The listeners have heard; one that cannot bear it harms nobody."""
        for d in due:
            for shape, tell in self.listeners.get(d.topic, ()):
                try:
                    tell(msgspec.msgpack.decode(d.body, type=shape))
                except Exception as e:
                    log.warning("a listener failed", extra={"topic": d.topic, "why": reason(e)})

    async def _deliver(self, source: Source, due: Sequence[Due]) -> None:
        """Tell all handlers of these events at once; then settle what is known of each."""
        failed: dict[int, str] = {}
        units, told = self._parts(due, failed)
        if not told and not failed and await self._at_once(source, due, list(units.values())):
            return
        stories = [story for group in told.values() for story in await self._begin(*group)]
        answers = await asyncio.gather(
            self._patience(stories), *[self.deliver(*group) for group in units.values()], return_exceptions=True
        )
        unknown, away = set[int](), list[BaseException]()
        for (_, parts), answer in zip(units.values(), answers[1:], strict=True):
            if isinstance(answer, BaseException):  # that database is away: its events are asked about again
                away.append(answer)
                unknown |= {event_id for _, event_id, _ in parts}
            else:
                failed |= cast(dict[int, str], answer)
        held = {s.event_id for s in stories if not s.task.done()}
        settled = [d for d in due if d.id not in unknown]
        await self._settle(source, settled, failed, held, [s for s in stories if s.task.done()])
        for d in due:
            if d.id in held and d.id not in unknown:
                self._keep(self._finish(source, d, failed, [s for s in stories if s.event_id == d.id]))
        if away:
            raise away[0]

    async def _at_once(self, source: Source, due: Sequence[Due], units: Sequence[tuple[Database, list[Part]]]) -> bool:
        """A few events that only units of the same engine wait for are delivered and settled in one commit."""
        if sum(len(parts) for _, parts in units) > SHARED_MAX or not all(source.shares(db) for db, _ in units):
            return False
        try:
            failed = await source.deliver([(db.module, parts) for db, parts in units], due)
        except Unavailable:
            raise
        except Exception as e:  # not an event's unit but the whole: then each consumer by itself
            log.warning("not delivered at once", extra={"of": source.name, "why": reason(e)})
            return False
        self._again(source, due, failed)
        return True

    def _again(self, source: Source, due: Sequence[Due], failed: dict[int, str]) -> None:
        again = [self.world.now() + wait for d in due if d.id in failed and (wait := waits_ms(d.tries + 1))]
        self.next[source.name] = min([self.next[source.name], *again])

    def _parts(self, due: Sequence[Due], failed: dict[int, str]) -> tuple[Groups, Groups]:
        """What each consumer is to do, its units and its stories; an event that cannot be read has failed."""
        units: Groups = {}
        told: Groups = {}
        for d in due:
            for h in self.handlers.get(d.topic, ()):
                try:
                    event = msgspec.msgpack.decode(d.body, type=h.shape)
                except msgspec.DecodeError as e:
                    failed[d.id] = reason(e)
                else:
                    _, parts = (units if h.unit else told).setdefault(id(h.consumer), (h.consumer, []))
                    parts.append((h, d.id, event))
        return units, told

    async def deliver(self, consumer: Database, parts: Sequence[Part]) -> dict[int, str]:
        """Unit handlers of one module: 100 events a transaction. Answers those that failed."""
        failed: dict[int, str] = {}
        for i in range(0, len(parts), EVENTS_MAX):
            some = parts[i : i + EVENTS_MAX]
            try:
                failed |= await consumer.write(SYSTEM, take, some)
            except Unavailable:
                raise
            except Exception as e:  # not an event's unit but the whole: then each alone
                if len(parts) == 1:
                    return {parts[0][1]: reason(e)}
                for part in some:
                    failed |= await self.deliver(consumer, [part])
        return failed

    async def _begin(self, consumer: Database, parts: Sequence[Part]) -> list[Story]:
        """The stories that this consumer has not yet brought to their end, each in a task of its own."""
        known: set[tuple[str, int]] = await consumer.read(SYSTEM, dealt_with, parts)
        new = [part for part in parts if (part[0].name, part[1]) not in known]
        return [Story(h, event_id, self._keep(self._tell(h, event))) for h, event_id, event in new]

    async def _tell(self, h: Handler, event: Event) -> str | None:
        """None, or why the story failed."""
        assert h.story
        async with self.stories:
            try:
                async with within(STORY_MS):
                    await h.story(SYSTEM.acting(h.consumer.module.name), event)
            except Exception as e:
                log.warning("a story failed", extra={"of": h.consumer.module.name, "story": h.name, "why": reason(e)})
                return reason(e)
        return None

    async def _patience(self, stories: Sequence[Story]) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_S):
                await asyncio.gather(*[asyncio.shield(s.task) for s in stories])

    async def _finish(self, source: Source, d: Due, failed: dict[int, str], stories: Sequence[Story]) -> None:
        """A held event is settled when its last story has ended."""
        self.late[d.id] = None
        try:
            await asyncio.gather(*[s.task for s in stories])
            await self._settle(source, [d], failed, set(), stories)
        except Exception as e:  # it comes again when its five minutes are over
            log.warning("not settled", extra={"of": source.name, "event": d.id, "why": reason(e)})
        finally:
            del self.late[d.id]

    async def _settle(
        self, source: Source, due: Sequence[Due], failed: dict[int, str], held: set[int], ended: Sequence[Story]
    ) -> None:
        """The inbox rows of the stories that ended well; then, not before, the outbox rows."""
        seen: dict[int, tuple[Database, list[Seen]]] = {}
        here: list[tuple[Module, Seen]] = []
        for s in ended:
            if why := s.task.result():
                failed[s.event_id] = why
                continue
            row, consumer = Seen(s.handler.name, s.event_id), s.handler.consumer
            if source.shares(consumer):
                here.append((consumer.module, row))
            else:
                seen.setdefault(id(consumer), (consumer, []))[1].append(row)
        await asyncio.gather(*[db.write(SYSTEM, remember, rows) for db, rows in seen.values()])
        if due or here:
            await source.settle(due, failed, held, here)
        self._again(source, due, failed)

    def _keep(self, work: Coroutine[Any, Any, V]) -> asyncio.Task[V]:
        """The loop holds tasks weakly."""
        task = asyncio.get_running_loop().create_task(work)
        self.tasks[task] = None
        task.add_done_callback(lambda t: self.tasks.pop(t, None))
        return task
