"""The face, bound to its units and to this process's index."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from pathlib import Path
from typing import cast

from jishi.goods.catalog import Catalog
from jishi.goods.inventory import Inventory
from jishi.goods.pricing import Pricing
from jishi.kernel import Context, Database, Grants, Handler, Service, Unavailable, World, reads, writes
from jishi.kernel.market import markets

from . import commands, queries
from .commands import Heard
from .face import (
    Asked,
    FindQuery,
    Found,
    Log,
    LogQuery,
    Rebuild,
    Search,
    State,
    StateQuery,
    SuggestionList,
    SuggestQuery,
)
from .finding import Finder
from .gathering import HERE, Gatherer
from .handlers import handlers
from .keeper import Keeper
from .shelf import Shelf
from .suggesting import Suggester
from .texts import MAX_TYPED, folded

HEARD_MOST = 2_000  # different questions between two writes; more are not counted
WRITE_S, POPULAR_S = 5.0, 60.0
POPULAR = 500
PERSONAL = re.compile(r"@|\d[\d \-()+]{5,}\d")  # an address, a number that may be a telephone's or a card's


class SearchService(Service, Search):
    words = reads(queries.rules, needs="goods:search:words")
    put_words = writes(commands.put_rules, needs="goods:search:put")

    def __init__(
        self,
        db: Database,
        grants: Grants,
        *,
        world: World,
        catalog: Catalog,
        pricing: Pricing,
        inventory: Inventory,
        folder: Path | None = None,
        markets_file: str = "",
    ) -> None:
        super().__init__(db, grants)
        known = markets(markets_file)
        gatherer = Gatherer(db, catalog, pricing, inventory, known)
        self.keeper = Keeper(db, world, Shelf(folder, known), gatherer)
        self.finder, self.suggester = Finder(), Suggester()
        self.heard: dict[str, Heard] = {}

    def handlers(self) -> Sequence[Handler]:
        return handlers(self.db)

    async def keep(self) -> None:
        """For ever: the index follows the shop, what was asked is written down."""
        async with asyncio.TaskGroup() as work:
            work.create_task(self.keeper.run())
            work.create_task(self._listen())

    async def find(self, ctx: Context, query: FindQuery, /) -> Found:
        """What is found, at most a second old. No query of the database while the index is kept.

        Raises `Invalid`, `WrongCursor`; `Unavailable` while the first index is being opened."""
        self.check(ctx, "goods:product:see")
        await self._current()
        k = self.keeper
        if k.volume is None:
            raise Unavailable("the index is being built")
        if k.rules.is_banned(folded(query.words[:MAX_TYPED])):
            return Found([], "", 0, [])
        found = self.finder.find(ctx, query, k.volume, k.names, k.rules)
        if query.words.strip() and not query.cursor and is_plain(query):
            self._hear(query.words, 0 if found.loose else found.total)
        return found

    async def suggest(self, ctx: Context, query: SuggestQuery, /) -> SuggestionList:
        self.check(ctx, "goods:product:see")
        await self._current()
        k = self.keeper
        if k.volume is None:
            return SuggestionList([])
        words = query.words[:MAX_TYPED]
        return SuggestionList(
            self.suggester.suggest(words, query.limit, k.volume, k.names, k.rules, ctx.locale, ctx.market)
        )

    async def log(self, ctx: Context, query: LogQuery, /) -> Log:
        """What was asked up to now, this process's questions included."""
        self.check(ctx, "goods:search:log")
        await self.write_down()
        return cast(Log, await self.db.read(ctx, queries.log, query))

    async def state(self, ctx: Context, query: StateQuery, /) -> State:
        self.check(ctx, "goods:product:see")
        await self._current()
        k = self.keeper
        if k.volume is None:
            return State(0, 0, k.rebuilding, k.behind)
        return State(k.volume.size, k.volume.mark.built_at, k.rebuilding, k.behind, k.volume.turn + k.spoken)

    async def rebuild(self, ctx: Context, command: Rebuild, /) -> None:
        self.check(ctx, "goods:search:put")
        await self.db.write(ctx, commands.ask_rebuild, command)

    async def _current(self) -> None:
        """Where nobody keeps the index (a tool, a test), it catches up when it is asked."""
        if not self.keeper.running:
            await self.keeper.catch_up()

    # --- what was asked ----------------------------------------------------------------------------------------------------

    def _hear(self, typed: str, results: int) -> None:
        words = folded(typed[:MAX_TYPED])
        if not words or PERSONAL.search(words) or (words not in self.heard and len(self.heard) >= HEARD_MOST):
            return
        h = self.heard.setdefault(words, Heard())
        h.times, h.none_times, h.results = h.times + 1, h.none_times + (not results), results

    async def write_down(self) -> None:
        """What was asked since the last time is in the log; when the database is away, it is tried again."""
        some, self.heard = self.heard, {}
        if some:
            try:
                await self.db.write(HERE, commands.write_down, some, background=True)
            except Unavailable:
                self.heard = some | self.heard

    async def _listen(self) -> None:
        while True:
            await self.write_down()
            rows = cast(Log, await self.db.read(HERE, queries.log, LogQuery(days=30, limit=POPULAR), heavy=True)).rows
            self.popular(rows)
            until = POPULAR_S
            while until > 0:
                await asyncio.sleep(WRITE_S)
                until -= WRITE_S
                await self.write_down()

    def popular(self, rows: Sequence[Asked]) -> None:
        """These questions are suggested to others, if they were asked often enough."""
        self.suggester.heard(rows)


def is_plain(q: FindQuery) -> bool:
    """Words and nothing else: a question, and not a step in narrowing one."""
    return (
        not (
            q.category
            or q.merchant_ids
            or q.brands
            or q.facts
            or q.price_from
            or q.price_to
            or q.in_stock
            or q.ships_from
        )
        and q.sort in ("", "relevance")
        and q.limit > 0
    )
