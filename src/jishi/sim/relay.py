"""A relay that shuffles what it carries, tells some of it again, and does not look where nothing is due."""

from __future__ import annotations

from collections.abc import Sequence

from jishi.kernel import Database, Event, Handler, Relay, World
from jishi.kernel.handlers import Part
from jishi.kernel.relay import NEVER, SWEEP_MS
from jishi.kernel.source import Due, OutboxSource, Source

AGAIN = 0.1  # of what is delivered
AT_ONCE = 0.5  # of small deliveries that go the long way all the same
CLEANS = 0.05  # of the cleanings that are due


class Marked(OutboxSource):
    """Remembers what it last said of the future."""

    looked_at, then = 0, NEVER

    async def due(self) -> tuple[list[Due], int | None]:
        found, next_due = await super().due()
        self.looked_at, self.then = self.db.engine.world.now(), NEVER if next_due is None else next_due
        return found, next_due


class Calm(Relay):
    """Sweeps an outbox only when its next event is due: with hours of virtual time in a history, looking every minute
    would be most of the work. (What a lost wake leaves is found because the simulated engine wakes a minute later.)"""

    def __init__(self, world: World, outboxes: Sequence[Database | Source], handlers: Sequence[Handler]) -> None:
        super().__init__(world, [Marked(o) if isinstance(o, Database) else o for o in outboxes], handlers)

    async def sweep(self, source: Source) -> int:
        moved = await super().sweep(source)
        if isinstance(source, Marked) and self.next[source.name] == source.looked_at + SWEEP_MS:
            if moved and (await source.due())[0]:  # what failed comes again, perhaps later than the next sweep would
                return moved
            if self.next[source.name] > self.world.now():  # nobody woke us meanwhile
                self.next[source.name] = source.then
        return moved

    async def clean(self) -> None:
        if self.world.random.random() < CLEANS:
            await super().clean()


class Restless(Calm):
    """Repeats and reorders: what at-least-once delivery may do at its worst."""

    async def deliver(self, consumer: Database, parts: Sequence[Part]) -> dict[int, str]:
        chance, mixed = self.world.random, list(parts)
        chance.shuffle(mixed)
        failed = await super().deliver(consumer, mixed)
        return await super().deliver(consumer, mixed) if chance.random() < AGAIN else failed

    async def _at_once(self, source: Source, due: Sequence[Due], units: Sequence[tuple[Database, list[Part]]]) -> bool:
        """Sometimes the short way, sometimes the long one."""
        if self.world.random.random() < AT_ONCE:
            return False
        for _, parts in units:
            self.world.random.shuffle(parts)
        return await super()._at_once(source, due, units)

    async def _tell(self, h: Handler, event: Event) -> str | None:
        why = await super()._tell(h, event)
        return await super()._tell(h, event) if self.world.random.random() < AGAIN else why
