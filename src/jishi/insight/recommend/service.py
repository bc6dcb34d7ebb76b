"""Feeds are chosen from the model in memory and from what sells, and filled with what can be bought at this moment."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from jishi.goods.catalog import Catalog, ListingsQuery, PageQuery
from jishi.goods.inventory import Inventory
from jishi.goods.pricing import Pricing
from jishi.insight.behaviour import Behaviour, Recent, TrailsQuery
from jishi.kernel import (
    EPOCH_MS,
    SYSTEM,
    Context,
    Database,
    FieldError,
    Grants,
    Handler,
    Invalid,
    Service,
    World,
    reads,
)
from jishi.kernel.blobs import Blobs, NoBlob
from jishi.kernel.place import Reason
from jishi.trade.orders import Placed

from . import commands, rules
from .commands import DAY_MS, HOT_MAX, Ready
from .counter import Counter
from .face import (
    CONTEXT_MAX,
    PLACES,
    ROWS_MAX,
    BesideQuery,
    Feed,
    FeedQuery,
    Model,
    NothingToLearn,
    Recommend,
    Train,
    TrainDue,
    UnknownPlace,
)
from .model import Learnt
from .rules import Candidate

log = logging.getLogger(__name__)
SEE, TRAIN, MODELS = "insight:recommend:see", "insight:recommend:train", "insight:recommend:models"
ME, BLOBS = "insight.recommend", "recommend"
YOUNG_MS = 3_600_000
LOOK_MS, HOT_MS = 5_000, 30_000  # how long a process may use the model before; how old its list of what sells may be
VISITORS_LEAST, PAIRS_LEAST = 20, 20  # histories or pairs of goods: with less of both there is nothing to learn
POPULAR, NEW = Reason("recommend.why.popular"), Reason("recommend.why.new")


class RecommendService(Service, Recommend):
    def __init__(
        self,
        db: Database,
        grants: Grants,
        *,
        world: World,
        blobs: Blobs,
        behaviour: Behaviour,
        catalog: Catalog,
        pricing: Pricing,
        inventory: Inventory,
        nights: bool = True,
    ) -> None:
        super().__init__(db, grants)
        self.nights = nights
        self.world, self.blobs, self.behaviour, self.catalog = world, blobs, behaviour, catalog
        self.counter = Counter(catalog, pricing, inventory)
        self.learnt: Learnt | None = None
        self.looked_at = self.hot_at = -DAY_MS
        self.hot: list[int] = []

    models = reads(commands.models, needs=MODELS)

    # --- feeds -------------------------------------------------------------------------------------------------------

    async def feed(self, ctx: Context, query: FeedQuery, /) -> Feed:
        self.check(ctx, SEE)
        if query.place not in PLACES:
            raise UnknownPlace(query.place[:32])
        checked(query.product_ids, query.limit)
        learnt, recent = await self._learnt(), []
        if query.personal and ctx.actor.id:
            recent = (await self.behaviour.recent(ctx.acting(ME), Recent())).rows
        wished: list[Candidate] = []
        if learnt:
            wished = rules.personal(learnt, recent, query)
            if query.place == "cart":
                wished = rules.interleaved(rules.together(learnt, query.product_ids), wished)
        bought = {s.product_id for s in recent if s.kind == "buy"}
        return await self._filled(ctx, wished, {*query.product_ids, *bought}, query.limit)

    async def similar(self, ctx: Context, query: BesideQuery, /) -> Feed:
        """Those who looked at these looked at these, too; filled with others of the category."""
        learnt = await self._asked(ctx, query)
        wished = rules.similar(learnt, query.product_ids) if learnt else []
        return await self._filled(ctx, wished, set(query.product_ids), query.limit, kin=query.product_ids[:1])

    async def together(self, ctx: Context, query: BesideQuery, /) -> Feed:
        """Of one order with these; empty rather than filled with something else."""
        learnt = await self._asked(ctx, query)
        wished = rules.together(learnt, query.product_ids) if learnt else []
        return await self._filled(ctx, wished, set(query.product_ids), query.limit, only=True)

    async def popular(self, ctx: Context, query: BesideQuery, /) -> Feed:
        await self._asked(ctx, query)
        return await self._filled(ctx, [], set(query.product_ids), query.limit)

    async def _asked(self, ctx: Context, query: BesideQuery) -> Learnt | None:
        self.check(ctx, SEE)
        checked(query.product_ids, query.limit)
        return await self._learnt()

    async def _filled(
        self,
        ctx: Context,
        wished: Sequence[Candidate],
        without: set[int],
        limit: int,
        *,
        kin: Sequence[int] = (),
        only: bool = False,
    ) -> Feed:
        """What was wished, then the same category, what sells, and what is new, until the row is full."""
        ours = ctx.acting(ME)
        rows = await self.counter.fill(ours, wished, without, limit)
        for more in () if only else (self._kin, self._popular, self._new):
            if len(rows) >= limit:
                break
            shown = without | {r.product_id for r, _ in rows}
            rows += await self.counter.fill(ours, await more(ours, kin), shown, limit - len(rows))
        return Feed([r for r, _ in rows], any(own for _, own in rows), self.learnt.version if self.learnt else 0)

    async def _kin(self, ctx: Context, kin: Sequence[int]) -> list[Candidate]:
        if not kin:
            return []
        known = (await self.catalog.listings(ctx, ListingsQuery(product_ids=list(kin)))).rows
        if not known:
            return []
        cards = (await self.catalog.page(ctx, PageQuery(category=known[0].category, limit=ROWS_MAX))).cards
        return [Candidate(Reason("recommend.why.kin"), product_id=c.id) for c in cards]

    async def _popular(self, ctx: Context, kin: Sequence[int]) -> list[Candidate]:
        now = self.world.now()
        if not 0 <= now - self.hot_at < HOT_MS:
            self.hot = await self.db.read(ctx, commands.hot, HOT_MAX, heavy=True)
            self.hot_at = now
        return [Candidate(POPULAR, listing_id=id) for id in self.hot]

    async def _new(self, ctx: Context, kin: Sequence[int]) -> list[Candidate]:
        cards = (await self.catalog.page(ctx, PageQuery(limit=ROWS_MAX))).cards
        return [Candidate(NEW, product_id=c.id) for c in cards]

    # --- the model ---------------------------------------------------------------------------------------------------

    async def _learnt(self) -> Learnt | None:
        """The newest model; a process looks for a newer one at most every 5 seconds."""
        now = self.world.now()
        if 0 <= now - self.looked_at < LOOK_MS:
            return self.learnt
        self.looked_at = now
        newest: list[commands.Kept] = await self.db.read(SYSTEM, commands.kept, 1)
        if newest and (self.learnt is None or self.learnt.version != newest[0].version):
            try:
                self.learnt = Learnt(newest[0].version, await self.blobs.get(newest[0].blob))
            except (NoBlob, ValueError) as e:  # a restored database without its files: what there was serves on
                log.warning("a model cannot be read", extra={"version": newest[0].version, "why": type(e).__name__})
        return self.learnt

    async def train(self, ctx: Context, command: Train, /) -> Model:
        """What the trails and orders say is learnt, judged and in use. Dying half-way leaves the model before.

        The slow part runs on a thread of its own; it alone needs numpy."""
        self.check(ctx, TRAIN)
        return await self._train(command.seed)

    async def _train(self, seed: int) -> Model:
        began = self.world.now()
        people, steps = rules.visitors(await self._trails())
        sold, pairs = await self._orders()
        if len(people) < VISITORS_LEAST and len(pairs) < PAIRS_LEAST:
            raise NothingToLearn(VISITORS_LEAST, len(people))
        from .night import learn_and_judge

        learnt = await asyncio.to_thread(learn_and_judge, people, pairs, sold, seed)
        blob = f"{BLOBS}/{self.world.new_id():015x}.model"
        await self.blobs.put(blob, learnt.raw)
        now = self.world.now()
        model = Model(
            0, now, now - began, len(people), steps, learnt.items, learnt.dense, len(learnt.raw), learnt.quality
        )
        done: tuple[Model, list[str]] = await self.db.write(SYSTEM, commands.publish, Ready(blob, model))
        self.learnt, self.looked_at = Learnt(done[0].version, learnt.raw), now
        await self._clear(now, done[1])
        return done[0]

    async def _clear(self, now: int, needed: Sequence[str]) -> None:
        """Models that nobody needs are gone; the young ones may be another training's that is not published yet."""
        young = f"{BLOBS}/{max(0, now - EPOCH_MS - YOUNG_MS) << 22:015x}.model"
        for name in await self.blobs.names(f"{BLOBS}/"):
            if name not in needed and name < young:
                await self.blobs.drop(name)

    async def _trails(self) -> list[Any]:
        found: list[Any] = []
        after = ""
        while True:  # ends: each page is behind the one before, and there are finitely many
            page = await self.behaviour.trails(SYSTEM, TrailsQuery(after))
            found += page.rows
            if not page.next:
                return found
            after = page.next

    async def _orders(self) -> tuple[dict[int, int], dict[tuple[int, int], int]]:
        """(orders by product, orders by pair of products) from what was counted by listing."""
        by_listing: dict[int, int] = {}
        while rows := await self.db.read(SYSTEM, commands.sold_page, max(by_listing, default=0), heavy=True):
            by_listing |= dict(rows)
        product = await self._products(sorted(by_listing))
        sold: dict[int, int] = {}
        for listing, orders in by_listing.items():
            if p := product.get(listing):
                sold[p] = sold.get(p, 0) + orders
        pairs: dict[tuple[int, int], int] = {}
        last = (0, 0)
        while some := await self.db.read(SYSTEM, commands.pairs_page, last, heavy=True):
            last = some[-1][:2]
            for a, b, orders in some:
                one, other = sorted((product.get(a, 0), product.get(b, 0)))
                if one and one != other:
                    pairs[one, other] = pairs.get((one, other), 0) + orders
        return sold, pairs

    async def _products(self, listings: Sequence[int]) -> dict[int, int]:
        found: dict[int, int] = {}
        for i in range(0, len(listings), 256):
            query = ListingsQuery(ids=list(listings[i : i + 256]))
            found |= {x.id: x.product_id for x in (await self.catalog.listings(SYSTEM.acting(ME), query)).rows}
        return found

    async def nightly(self, ctx: Context, event: TrainDue) -> None:
        """Learnt anew; a shop that has too few traces yet goes on with what sells."""
        with suppress(NothingToLearn):
            if self.nights:
                await self._train(Train().seed)
        await self.db.write(SYSTEM, commands.forget, event.day)

    def handlers(self) -> Sequence[Handler]:
        return [
            Handler(self.db, Placed, unit=commands.count),
            Handler(self.db, TrainDue, story=self.nightly),
        ]


def checked(product_ids: Sequence[int], limit: int) -> None:
    """Invalid, unless there are ≤ 50 of them and 1 to 48 are asked for."""
    wrong = (
        [FieldError("product_ids", "list.long", {"max": str(CONTEXT_MAX)})] if len(product_ids) > CONTEXT_MAX else []
    )
    wrong += [] if 0 < limit <= ROWS_MAX else [FieldError("limit", "number.range", {"min": "1", "max": str(ROWS_MAX)})]
    if wrong:
        raise Invalid(wrong)
