"""From outbox to handlers: at least once, in effect exactly once; timers are events with a due time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from .context import SYSTEM, Context
from .sql import Database, Event, Module, Tx
from .world import World

NAP_S, SWEEP_MS, TRIES = 30, 60_000, 8  # a full sweep finds what a dead neighbour left


@dataclass(frozen=True)
class Handler:
    """`unit(tx, event)` runs with its inbox row in one transaction. `story(ctx, event)` calls faces: each step is safe to repeat, the inbox row comes last."""

    consumer: Database
    shape: type[Event]
    unit: Callable[[Tx, Any], None] | None = None
    story: Callable[[Context, Any], Awaitable[None]] | None = None

    @property
    def name(self) -> str:
        return str((self.unit or self.story).__name__)


class Relay:
    def __init__(self, world: World, outboxes: Sequence[Database], handlers: Sequence[Handler]) -> None:
        self.world, self.outboxes, self.woken = world, outboxes, asyncio.Event()
        self.next = {db.module.name: 0 for db in outboxes}  # ms: nothing is due before
        self.handlers: dict[str, list[Handler]] = {}
        for h in handlers:
            self.handlers.setdefault(h.shape.topic(), []).append(h)

    def wake(self, module: Module) -> None:
        self.next[module.name] = 0
        self.woken.set()

    async def run(self) -> None:
        while True:
            self.woken.clear()
            for db in self.outboxes:
                name = db.module.name
                if self.next[name] <= self.world.now():
                    self.next[name] = 1 << 62  # a commit during the sweep sets 0 again, and the lower value stays
                    self.next[name] = min(await self._sweep(db), self.next[name])
            rest_s = (min(self.next.values()) - self.world.now()) / 1000
            try:
                async with asyncio.timeout(
                    min(max(rest_s, 0), NAP_S)
                ):  # capped: the wall clock may jump while we sleep
                    await self.woken.wait()
            except TimeoutError:
                pass

    async def drain(self) -> None:
        """Deliver until nothing is due now: for tests and the command line."""
        busy = True
        while busy:
            busy = False
            for db in self.outboxes:
                while await db.read(SYSTEM, lambda tx: tx.rows(tx.module.due, now=tx.now)):
                    busy = True
                    await self.sweep(db)

    async def _sweep(self, db: Database) -> int:
        try:
            return await self.sweep(db)
        except Exception:  # a database that is away for a moment
            return self.world.now() + 1_000

    async def sweep(self, db: Database) -> int:
        """Deliver up to 100 due events of one outbox; answers when to look again."""
        due = await db.read(SYSTEM, lambda tx: tx.rows(tx.module.due, now=tx.now))
        failed: dict[int, str] = {}
        by_topic: dict[str, list[tuple[int, bytes]]] = {}
        for id, topic, body, _ in due:
            by_topic.setdefault(topic, []).append((id, body))
        for topic, events in by_topic.items():
            for handler in self.handlers.get(topic, ()):
                failed |= await self.deliver(handler, events)
        if due:
            await db.write(SYSTEM, settle, due, failed)
        next_due = await db.read(SYSTEM, lambda tx: tx.row(tx.module.next_due)[0])
        return min(next_due if next_due is not None else 1 << 62, self.world.now() + SWEEP_MS)

    async def deliver(self, h: Handler, events: Sequence[tuple[int, bytes]]) -> dict[int, str]:
        shaped = [(id, msgspec.msgpack.decode(body, type=h.shape)) for id, body in events]
        if h.unit:
            return dict(await h.consumer.write(SYSTEM, take, h, shaped))
        return dict(f for f in await asyncio.gather(*[self._tell(h, id, e) for id, e in shaped]) if f)

    async def _tell(self, h: Handler, id: int, event: Event) -> tuple[int, str] | None:
        assert h.story
        try:
            if not await h.consumer.read(SYSTEM, lambda tx: tx.row(tx.module.known, consumer=h.name, event_id=id)):
                await h.story(SYSTEM.acting(h.consumer.module.name), event)
                await h.consumer.write(SYSTEM, lambda tx: tx.once(tx.module.seen, consumer=h.name, event_id=id))
        except Exception as e:
            return id, repr(e)
        return None


def take(tx: Tx, h: Handler, events: Sequence[tuple[int, Event]]) -> dict[int, str]:
    """All events in one transaction, a savepoint each; a known one does nothing; answers those that failed."""
    failed = {}
    assert h.unit
    for id, event in events:
        try:
            with tx.savepoint():
                if tx.once(tx.module.seen, consumer=h.name, event_id=id):
                    h.unit(tx, event)
        except Exception as e:
            if tx.is_dead(e):
                raise
            failed[id] = repr(e)
    return failed


def settle(tx: Tx, due: Sequence[Any], failed: dict[int, str]) -> None:
    """Delivered events are marked; failed ones come again later, 8 times in all, then wait as dead letters (state 2)."""
    if done := [id for id, *_ in due if id not in failed]:
        tx.run(tx.module.sent, ids=done)
    for id, _, _, tries in due:
        if id in failed:
            tx.run(
                tx.module.settle,
                event=id,
                to=2 if tries + 1 >= TRIES else 0,
                more=1,
                at=tx.now + 250 * 2**tries,
                why=failed[id][:500],
            )
