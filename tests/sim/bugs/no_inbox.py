"""Hands events over without asking whether they were known."""

from collections.abc import Sequence

from jishi.app import Parts
from jishi.kernel import Database
from jishi.kernel.handlers import Part
from jishi.kernel.source import Due, Source
from jishi.sim.relay import Calm


class NoInbox(Calm):
    async def deliver(self, consumer: Database, parts: Sequence[Part]) -> dict[int, str]:
        failed: dict[int, str] = {}
        for _ in range(2 if self.world.random.random() < 0.1 else 1):
            as_new = [(handler, self.world.new_id(), event) for handler, _, event in parts]
            known = {new: id for (_, new, _), (_, id, _) in zip(as_new, parts, strict=True)}
            failed |= {known[new]: why for new, why in (await super().deliver(consumer, as_new)).items()}
        return failed

    async def _at_once(self, source: Source, due: Sequence[Due], units: Sequence[tuple[Database, list[Part]]]) -> bool:
        return False


PARTS = Parts(relay=NoInbox)
BREAKS = ("I3", "I12")
