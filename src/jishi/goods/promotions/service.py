"""The face, bound to its units, and the promotions that each process keeps in memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar, cast

from jishi.kernel import Context, Database, FieldError, Grants, Handler, Invalid, Service, batched, each, reads, writes

from . import commands, handlers, holds, queries
from .basket import Facts, rated
from .face import (
    HoldDue,
    IssueCodes,
    Issued,
    ListingLimit,
    OfferList,
    OffersQuery,
    Preview,
    Previewed,
    PromotionRef,
    Promotions,
    PutLimit,
    PutPromotion,
    Rate,
    Rated,
)
from .offers import offer_of, shown
from .rating import Index, Live, live_of, ordered
from .rules import automatic, check
from .terms import Promotion

FRESH_MS = 1_000  # a promotion that another process made counts here after so long
MAX_GOODS, MAX_CODES = 100, 20
NO_END = 1 << 62

V = TypeVar("V")


class PromotionsService(Service, Promotions):
    def __init__(self, db: Database, grants: Grants) -> None:
        super().__init__(db, grants)
        self.edition, self.asked_at, self.lives = -1, -FRESH_MS, list[Live]()
        self.indexes: dict[tuple[str, str], Index] = {}
        self.limited = False  # whether any listing has a limit a person

    _put = writes(commands.put, needs="goods:promotion:put")
    _end = writes(commands.end, needs="goods:promotion:put")
    _put_limit = writes(commands.put_limit, needs="goods:promotion:put")
    promotion = reads(queries.promotion, needs="goods:promotion:list")
    promotions = reads(queries.promotions, needs="goods:promotion:list", heavy=True)
    codes = reads(queries.codes, needs="goods:promotion:put", heavy=True)
    limits = reads(queries.limits, needs="goods:promotion:see")
    claim = batched(each(commands.claim), needs="goods:coupon:claim")
    mine = reads(queries.mine, needs="goods:coupon:see")
    hold = batched(holds.hold, needs="goods:promotion:hold")
    confirm = batched(holds.confirm, needs="goods:promotion:hold")
    release = batched(holds.release, needs="goods:promotion:hold")
    give_back = batched(holds.give_back, needs="goods:promotion:hold")

    def handlers(self) -> Sequence[Handler]:
        return [
            Handler(self.db, HoldDue, unit=holds.expire),
            Handler(self.db, handlers.Placed, unit=handlers.placed),
            Handler(self.db, handlers.Cancelled, unit=handlers.cancelled),
            Handler(self.db, handlers.SignedIn, unit=handlers.merge),
            Handler(self.db, handlers.CardsErased, unit=handlers.erased),
        ]

    async def put(self, ctx: Context, command: PutPromotion, /) -> Promotion:
        """Planned or live; in this process it counts from the next basket on."""
        return self._stale(await self._put(ctx, command))

    async def end(self, ctx: Context, command: PromotionRef, /) -> Promotion:
        """It counts no more; in other processes within a second."""
        return self._stale(await self._end(ctx, command))

    async def put_limit(self, ctx: Context, command: PutLimit, /) -> ListingLimit:
        return self._stale(await self._put_limit(ctx, command))

    def _stale(self, done: V) -> V:
        self.asked_at = -FRESH_MS
        return done

    async def index(self, ctx: Context) -> Index:
        """The promotions of the context's market as they were a second ago at most: one query a second, and all of them
        read again when one was made or ended."""
        now = self.db.engine.world.now()
        if not 0 <= now - self.asked_at < FRESH_MS:
            edition = await self.db.read(None, queries.edition, None)
            if edition != self.edition:
                self.limited = await self.db.read(None, queries.any_limits, None)
                self.lives, self.indexes, self.edition = await self._alive(), {}, edition
            self.asked_at = now
        place = ctx.market, ctx.currency
        if place not in self.indexes:
            here = [x for x in self.lives if (x.draft.market, x.draft.currency) == place]
            self.indexes[place] = Index(here)
        return self.indexes[place]

    async def _alive(self) -> list[Live]:
        found = list[Live]()
        while True:
            more: list[Live] = await self.db.read(None, queries.alive, found[-1].id if found else 0)
            found += more
            if len(more) < queries.CHUNK:
                return found

    async def rate(self, ctx: Context, query: Rate, /) -> Rated:
        """What comes off, and why. No query for a basket whose promotions have no limits and whose buyer brings nothing."""
        self.check(ctx, "goods:promotion:rate")
        sound(query)
        index, now = await self.index(ctx), query.at or self.db.engine.world.now()
        met = index.found(ordered(query.goods), now)
        return rated(query, index, await self._facts(ctx, query, [x for x, _ in met]), now, met)

    async def _facts(self, ctx: Context, query: Rate, met: Sequence[Live]) -> Facts:
        ids = [x.id for x in met if bounded(x)]
        if not ids and not query.codes and not ctx.actor.id and not self.limited:
            return Facts()
        persons = holds.persons_of(ctx.actor.id, query.persons)
        listings = sorted({g.listing_id for g in query.goods}) if self.limited else []
        ask = queries.FactsAsk(ids, listings, query.codes, persons, any(x.draft.first_order for x in met))
        return cast(Facts, await self.db.read(ctx, queries.facts, ask))

    async def preview(self, ctx: Context, query: Preview, /) -> Previewed:
        """The draft as if it were live now, whoever buys: by itself, and beside what is live in its market."""
        self.check(ctx, "goods:promotion:put")
        d, now = query.draft, self.db.engine.world.now()
        check(d, now)
        ask = Rate(query.goods)
        sound(ask)
        await self.index(ctx)
        fresh = live_of(1, automatic(d), 0, NO_END)
        place = d.market, d.currency
        there = [x for x in self.lives if (x.draft.market, x.draft.currency) == place]
        return Previewed(rated(ask, Index([fresh]), Facts(), now), rated(ask, Index([*there, fresh]), Facts(), now))

    async def issue(self, ctx: Context, command: IssueCodes, /) -> Issued:
        """All of the codes are there, 500 a unit: who dies between goes on under the same key."""
        self.check(ctx, "goods:promotion:put")
        while True:
            issued: Issued = await self.db.write(ctx, commands.issue, command)
            if issued.count >= command.count:
                return issued

    async def offers(self, ctx: Context, query: OffersQuery, /) -> OfferList:
        """From memory, and two queries for what has been claimed."""
        self.check(ctx, "goods:promotion:see")
        index = await self.index(ctx)
        lives = shown(index.by_id.values(), query, self.db.engine.world.now())
        ids = sorted(x.id for x in lives if x.draft.needs == "claim")
        own, claims = await self.db.read(ctx, queries.claimed, ids) if ids else ({}, {})
        return OfferList([offer_of(x, own, claims) for x in lives])


def bounded(live: Live) -> bool:
    """Whether the tables have a say in it."""
    d = live.draft
    return bool(d.budget_minor or d.budget_uses or d.per_person or d.first_order)


def sound(query: Rate) -> None:
    if len(query.goods) > MAX_GOODS:
        raise Invalid([FieldError("goods", "list.long", {"max": str(MAX_GOODS)})])
    if len(query.codes) > MAX_CODES:
        raise Invalid([FieldError("codes", "list.long", {"max": str(MAX_CODES)})])
    if any(g.quantity < 1 or g.unit_minor < 0 for g in query.goods):
        raise Invalid([FieldError("goods", "number.range", {"min": "0", "max": "999"})])
