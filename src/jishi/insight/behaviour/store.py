"""The trails in the document store: written in batches, moved, erased, and aged away."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence

from msgspec.structs import replace

from jishi.kernel import Unavailable
from jishi.kernel.documents import IDS_MAX, PAGE_MAX, TRIES, Document, Documents, Find

from .face import Step, Trail
from .rules import joined
from .tables import trails

Doc = Document[Trail]


def id_of(pseudonym: str, day: int) -> str:
    """Sorts by pseudonym, then by day: five digits last until 2243."""
    return f"{pseudonym}-{day:05d}"


class Store:
    def __init__(self, documents: Documents) -> None:
        self.documents = documents

    async def add(self, period: int, day: int, steps: Mapping[str, Sequence[Step]], learn: Mapping[str, bool]) -> None:
        """Steps by pseudonym are behind the trails of this day."""
        names = list(steps)
        for i in range(0, len(names), IDS_MAX):
            ids = {id_of(name, day): name for name in names[i : i + IDS_MAX]}
            known = await self.documents.get(trails, list(ids))
            for id, name in ids.items():
                await self._join(id, known.get(id), Trail(name, period, day, learn[name], []), steps[name])

    async def _join(self, id: str, known: Doc | None, empty: Trail, steps: Sequence[Step]) -> None:
        for _ in range(TRIES):
            if known is None:
                if await self.documents.insert(trails, id, joined(empty, steps, learn=empty.learn)):
                    return
            elif await self.documents.replace(trails, id, known.version, joined(known.body, steps, learn=empty.learn)):
                return
            known = (await self.documents.get(trails, [id])).get(id)
        raise Unavailable(f"{trails.name}: written {TRIES} times meanwhile")

    async def of(self, pseudonym: str, limit: int = PAGE_MAX) -> list[Doc]:
        """Newest day first."""
        return await self.documents.find(trails, Find({"pseudonym": pseudonym}, descending=True, limit=limit))

    async def erase(self, pseudonym: str) -> None:
        await self._drain(lambda: self.of(pseudonym))

    async def age(self, day: int) -> None:
        """Nothing of this day is left."""
        await self._drain(lambda: self.documents.find(trails, Find({"day": day})))

    async def _drain(self, look: Callable[[], Awaitable[list[Doc]]]) -> None:
        for _ in range(10_000):  # × 100 trails: more a day than one shop has visitors
            if not (found := await look()):
                return
            for doc in found:
                await self.documents.remove(trails, doc.id, doc.version)
        raise Unavailable(f"{trails.name}: there is no end")

    async def stop_learning(self, pseudonym: str) -> None:
        """What is there serves its owner alone from now on."""
        for doc in await self.of(pseudonym):
            if doc.body.learn and not await self.documents.replace(
                trails, doc.id, doc.version, replace(doc.body, learn=False)
            ):
                raise Unavailable(f"{trails.name}: written meanwhile")

    async def move(self, source: str, target: str, *, learn: bool) -> None:
        """A guest's trails are the account's; each day is added, then taken away: steps may come twice, never be lost."""
        for doc in reversed(await self.of(source)):
            body = doc.body
            await self.add(body.period, body.day, {target: body.steps}, {target: learn and body.learn})
            await self.documents.remove(trails, doc.id, doc.version)

    async def page(self, after: str, limit: int) -> list[Doc]:
        """By pseudonym and day, those that may not be learnt from included."""
        return await self.documents.find(trails, Find(after=(after, after) if after else None, limit=limit))
