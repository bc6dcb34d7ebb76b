"""Notes are taken in memory and written a moment later; before that it is asked who allows it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from msgspec.structs import replace

from jishi.goods.catalog import Catalog, ListingsQuery
from jishi.kernel import SYSTEM, Context, Database, Grants, Handler, Service
from jishi.kernel.documents import Documents, Kind
from jishi.people.privacy import ANALYTICS, LOOK_MAX, PERSONAL, ChoicesMoved, ConsentChanged, Look, Privacy
from jishi.people.vault import CardsErased
from jishi.trade.orders import Placed

from . import keyring, tables
from .face import (
    PAGE_MAX,
    RECENT_MAX,
    Behaviour,
    Forget,
    PeriodOver,
    Recent,
    Seen,
    Step,
    Steps,
    Trails,
    TrailsDue,
    TrailsQuery,
)
from .keyring import day_of, period_of, pseudonym
from .rules import latest, step
from .store import Store

log = logging.getLogger(__name__)
NOTE, SEE, LEARN = "insight:behaviour:note", "insight:behaviour:see", "insight:behaviour:learn"
FLUSH_S, FLUSH_AT, BUFFER_MAX = 1.0, 100, 10_000
BATCH = 256  # offers a question
DAYS_READ = 30  # trails of one pseudonym that `recent` looks at
ME = "insight.behaviour"


class Noted(NamedTuple):
    """The person is known in memory alone, for the second until it is asked whether this may be kept."""

    person_id: int
    day: int
    step: Step
    listing_id: int = 0  # where the product is not told


class BehaviourService(Service, Behaviour):
    kinds: Sequence[Kind[Any]] = (tables.trails,)

    def __init__(
        self,
        db: Database,
        grants: Grants,
        *,
        keys: Database,
        documents: Documents,
        privacy: Privacy,
        catalog: Catalog,
    ) -> None:
        super().__init__(db, grants)
        self.keys, self.privacy, self.catalog, self.store = keys, privacy, catalog, Store(documents)
        self.world = documents.world
        self.buffer: list[Noted] = []
        self.secret: tuple[int, bytes] | None = None  # of the period at hand
        self.waiting: asyncio.Task[None] | None = None
        self.full, self.flushing = asyncio.Event(), asyncio.Lock()

    # --- notes -------------------------------------------------------------------------------------------------------

    async def note(self, ctx: Context, seen: Seen, /) -> None:
        self.check(ctx, NOTE)
        kept = step(seen)
        if kept is None or not ctx.actor.id or not ctx.actor.is_customer or len(self.buffer) >= BUFFER_MAX:
            return
        offer = 0 if kept.product_id else seen.listing_id
        self.buffer.append(Noted(ctx.actor.id, day_of(self.world.now()), kept, offer))
        if len(self.buffer) >= FLUSH_AT:
            self.full.set()
        if self.waiting is None or self.waiting.done():
            self.waiting = asyncio.create_task(self._later())

    async def _later(self) -> None:
        """Each second, or at a hundred notes, until none are left. A store that is away costs these notes and no more."""
        while self.buffer:
            with suppress(TimeoutError):
                async with asyncio.timeout(FLUSH_S):
                    await self.full.wait()
            self.full.clear()
            taken = len(self.buffer)
            try:
                await self.flush()
            except Exception as e:  # nobody waits for the answer
                log.warning("notes of behaviour are lost", extra={"notes": taken, "why": type(e).__name__})

    async def flush(self) -> None:
        """What is in the buffer is kept, as far as its owners allow it at this moment."""
        async with self.flushing:
            noted, self.buffer = self.buffer, []
            await self._write(noted)

    async def _write(self, noted: Sequence[Noted]) -> None:
        if not noted:
            return
        allowed = await self._allowed(sorted({n.person_id for n in noted}))
        noted = await self._told([n for n in noted if n.person_id in allowed])
        for day in sorted({n.day for n in noted}):
            steps: dict[str, list[Step]] = {}
            learn: dict[str, bool] = {}
            for n in noted:
                if n.day == day and (purposes := allowed.get(n.person_id)):
                    name = await self._name(n.person_id)
                    steps.setdefault(name, []).append(n.step)
                    learn[name] = ANALYTICS in purposes
            if steps:
                period = period_of(self.world.now())
                await self.db.write(SYSTEM, tables.begin, day, period, background=True)
                await self.store.add(period, day, steps, learn)

    async def _told(self, noted: Sequence[Noted]) -> list[Noted]:
        """The notes with their products; an offer that is not known is left out."""
        offers = sorted({n.listing_id for n in noted if n.listing_id})
        product = await self._products(offers)
        return [
            n._replace(step=replace(n.step, product_id=product[n.listing_id])) if n.listing_id else n
            for n in noted
            if not n.listing_id or n.listing_id in product
        ]

    async def _products(self, listings: Sequence[int]) -> dict[int, int]:
        found: dict[int, int] = {}
        for i in range(0, len(listings), BATCH):
            query = ListingsQuery(ids=list(listings[i : i + BATCH]))
            found |= {x.id: x.product_id for x in (await self.catalog.listings(SYSTEM.acting(ME), query)).rows}
        return found

    async def _allowed(self, people: list[int]) -> dict[int, list[str]]:
        found: dict[int, list[str]] = {}
        for i in range(0, len(people), LOOK_MAX):
            found |= (await self.privacy.look(SYSTEM.acting(ME), Look(people[i : i + LOOK_MAX]))).purposes
        return found

    async def _name(self, person_id: int) -> str:
        """The person's pseudonym of today; the period's key is made at its first use, its end is set before."""
        period = period_of(self.world.now())
        if self.secret is None or self.secret[0] != period:
            secret = await self.keys.read(SYSTEM, keyring.find, period)
            if secret is None:
                await self.db.write(SYSTEM, tables.begin, day_of(self.world.now()), period)
                secret = await self.keys.write(SYSTEM, keyring.make, period)
            self.secret = period, secret
        return pseudonym(self.secret[1], person_id)

    # --- reading -----------------------------------------------------------------------------------------------------

    async def recent(self, ctx: Context, query: Recent, /) -> Steps:
        """Two reads: what is allowed, and the trails of this period."""
        self.check(ctx, SEE)
        me = ctx.actor.id
        if not me or PERSONAL not in (await self._allowed([me])).get(me, ()):
            return Steps([], personal=False)
        found = await self.store.of(await self._name(me), DAYS_READ)
        return Steps(latest([d.body for d in found], min(query.limit, RECENT_MAX)), personal=True)

    async def forget(self, ctx: Context, command: Forget, /) -> None:
        self.check(ctx, SEE)
        if ctx.actor.id:
            await self._forget(ctx.actor.id)

    async def _forget(self, person_id: int) -> None:
        self.buffer = [n for n in self.buffer if n.person_id != person_id]
        await self.store.erase(await self._name(person_id))

    async def trails(self, ctx: Context, query: TrailsQuery, /) -> Trails:
        self.check(ctx, LEARN)
        limit = max(1, min(query.limit, PAGE_MAX))
        found = await self.store.page(query.after, limit)
        rows = [d.body for d in found if d.body.learn]
        return Trails(rows, found[-1].id if len(found) == limit else "")

    # --- what happens elsewhere --------------------------------------------------------------------------------------

    async def bought(self, ctx: Context, event: Placed) -> None:
        """The purchases of who allows it are on the same trail as the views: from them it is learnt."""
        day = day_of(self.world.now())
        await self._write([Noted(event.buyer_id, day, Step("buy", 0), listing) for listing, _ in event.bought])

    async def consent_changed(self, ctx: Context, event: ConsentChanged) -> None:
        """What is no longer allowed is undone for all that can be led back to the person."""
        if not event.given:
            await self._forget(event.person_id)
        elif ANALYTICS in event.withdrawn:
            await self.store.stop_learning(await self._name(event.person_id))

    async def moved(self, ctx: Context, event: ChoicesMoved) -> None:
        """A guest's traces are the account's, if the account allows any; else they are gone."""
        purposes = (await self._allowed([event.person_id])).get(event.person_id)
        guest = await self._name(event.guest_id)
        if purposes:
            await self.store.move(guest, await self._name(event.person_id), learn=ANALYTICS in purposes)
        else:
            await self.store.erase(guest)

    async def erased(self, ctx: Context, event: CardsErased) -> None:
        if event.purpose == "account":
            await self._forget(event.person_id)

    async def end_period(self, ctx: Context, event: PeriodOver) -> None:
        """The key is gone: this period's pseudonyms are nobody's from now on."""
        await self.keys.write(SYSTEM, keyring.destroy, event.period)
        self.secret = None
        await self.db.write(SYSTEM, tables.end_period, event.period)

    async def end_day(self, ctx: Context, event: TrailsDue) -> None:
        await self.store.age(event.day)
        await self.db.write(SYSTEM, tables.end_day, event.day)

    def handlers(self) -> Sequence[Handler]:
        return [
            Handler(self.db, Placed, story=self.bought),
            Handler(self.db, ConsentChanged, story=self.consent_changed),
            Handler(self.db, ChoicesMoved, story=self.moved),
            Handler(self.db, CardsErased, story=self.erased),
            Handler(self.db, PeriodOver, story=self.end_period),
            Handler(self.db, TrailsDue, story=self.end_day),
        ]
