"""Keeps this process's index: opened from its folder, brought up to date from the journal of changes, built anew aside.

The journal (`changes`) is written by the units that hear the events, once for the whole shop; every process reads along.
So it does not matter whose relay delivered an event, and a process that slept finds what it missed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress

from jishi.kernel import EPOCH_MS, Database, World

from .commands import CHANGES_MS, clean, turn_at
from .facets import Names
from .gathering import HERE, Gatherer
from .queries import AT_ONCE, Change, all_rules, changed
from .rulebook import Rulebook
from .shelf import Mark, Shelf, Volume

SWEEP_S = 0.25  # a change is visible a second after its commit at the latest
LATE_MS = 5_000  # units of several processes may commit in another order than they drew their turns
CHUNK = 64  # products that are read and written in one go: what is asked meanwhile waits so long at most
NAMES_MS = 5_000  # so often it is looked whether categories, brands and attributes are called otherwise
NEW_MS = 1_000  # and so often while goods change
CALM_MS = 10_000  # names that change make the texts anew when they have been left alone for so long
CLEAN_MS = 3_600_000
AWAY_S = 1.0

log = logging.getLogger(__name__)


class Keeper:
    """`volume`, `names` and `rules` are what questions are answered from."""

    def __init__(self, db: Database, world: World, shelf: Shelf, gatherer: Gatherer) -> None:
        self.db, self.world, self.shelf, self.gatherer = db, world, shelf, gatherer
        self.names, self.rules, self.prints = Names(), Rulebook(), ""
        self.volume: Volume | None = None
        self.running = self.rebuilding = self.growing = False
        self.turn = self.behind = 0
        self.spoken = 0  # times that rules or names changed
        self.seen: dict[int, None] = {}  # turns within the window that are dealt with
        self.names_at = self.calm_at = self.clean_at = 0
        self.ready, self.lock = False, asyncio.Lock()
        self.builder: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """For ever; what fails is tried again."""
        self.running = True
        try:
            while True:
                try:
                    await self.catch_up()
                    await self._clean()
                except Exception as e:  # a database that is away for a moment; the index goes on serving
                    log.warning("the index is not brought up to date", extra={"why": type(e).__name__})
                    await asyncio.sleep(AWAY_S)
                await asyncio.sleep(SWEEP_S)
        finally:
            self.running = False
            if self.builder:
                self.builder.cancel()
                await asyncio.gather(self.builder, return_exceptions=True)
            await asyncio.to_thread(self.shelf.close)

    async def catch_up(self) -> None:
        """Every change that is committed by now is visible. Without a running keeper the questions ask for it."""
        async with self.lock:
            if not self.ready:
                await self._open()
            while rows := await self._new():
                await self._take(rows)
                if len(rows) < AT_ONCE:
                    break
            now = self.world.now()
            if now >= self.rules.until:
                await self._read_rules()
            if now >= self.names_at:
                await self._read_names()
        if self.volume is None or self._is_stale():
            await self._build_soon()

    async def _open(self) -> None:
        if await asyncio.to_thread(self.shelf.open):
            assert self.shelf.serving
            mark = self.shelf.serving.mark
            if mark.turn >= turn_at(self.world.now() - CHANGES_MS):  # else the journal may have forgotten
                self.volume, self.turn = self.shelf.serving, mark.turn
        if self.volume is None:
            self.turn = turn_at(self.world.now() - LATE_MS)
        await self._read_rules()
        await self._read_names()
        self.ready = True

    async def _new(self) -> list[Change]:
        """Changes behind the last one, those included that were committed late."""
        late = self.turn - (LATE_MS << 22)
        last_ms = (self.turn >> 22) + EPOCH_MS
        after = self.turn if self.world.now() - last_ms > 2 * LATE_MS else max(0, late)
        rows: list[Change] = await self.db.read(HERE, changed, after)
        new = [c for c in rows if c.turn not in self.seen]
        while not new and len(rows) == AT_ONCE:  # a burst that is known already
            rows = await self.db.read(HERE, changed, rows[-1].turn)
            new = [c for c in rows if c.turn not in self.seen]
        self.seen = {t: None for t in self.seen if t > late}
        return new

    async def _take(self, rows: Sequence[Change]) -> None:
        refs: dict[str, list[int]] = {}
        for c in rows:
            refs.setdefault(c.kind, []).extend(c.refs)
        if "rules" in refs:
            await self._read_rules()
        if self.volume is not None and not self.growing:  # one that grows is told when it is whole
            await self._bring(self.volume, refs, max(self.turn, rows[-1].turn))
        self.turn = max(self.turn, rows[-1].turn)
        self.seen |= {c.turn: None for c in rows}
        if "rebuild" in refs:
            self.calm_at = 1  # at once

    async def _bring(self, volume: Volume, refs: dict[str, list[int]], turn: int) -> None:
        """The products that these changes speak of are in the volume as they are now."""
        ids = sorted(await self.gatherer.products_of(refs))
        self.behind = len(ids)
        read_at = self.names_at - NAMES_MS
        if ids and (not self.running or self.world.now() >= read_at + NEW_MS):  # a new product's category may be new
            await self._read_names()
        for i in range(0, len(ids), CHUNK):
            entries, gone = await self.gatherer.entries(ids[i : i + CHUNK], self.names)
            await asyncio.to_thread(volume.put, entries, gone)
            self.behind = len(ids) - i
        if ids:
            mark = Mark(volume.mark.form, turn, volume.mark.built_at, volume.mark.prints)
            await asyncio.to_thread(volume.commit, mark)
        self.behind = 0

    async def _read_rules(self) -> None:
        self.rules = Rulebook(await self.db.read(HERE, all_rules), self.world.now())
        self.spoken += 1

    async def _read_names(self) -> None:
        names, prints = await self.gatherer.names()
        now = self.world.now()
        self.names_at = now + NAMES_MS
        if prints != self.prints:
            self.names, self.prints, self.spoken = names, prints, self.spoken + 1
            self.calm_at = now + (CALM_MS if self.running else 0)
        elif names.brands != self.names.brands:
            self.names = names

    def _is_stale(self) -> bool:
        """Whether the texts are to be made anew, now."""
        if self.rebuilding or self.volume is None:
            return False
        asked = self.calm_at == 1
        return asked or (self.volume.mark.prints != self.prints and self.world.now() >= self.calm_at)

    async def _build_soon(self) -> None:
        if self.rebuilding:
            return
        self.rebuilding, self.calm_at = True, 0
        if self.running:
            self.builder = asyncio.create_task(self._build_safely())
        else:
            await self.build()

    async def _build_safely(self) -> None:
        with suppress(asyncio.CancelledError):
            try:
                await self.build()
            except Exception as e:  # tried again with the next sweep; the old one serves
                log.warning("the index was not built", extra={"why": type(e).__name__})

    async def build(self) -> None:
        """A new generation from the catalogue, chunk by chunk, beside the one that serves; then it serves. Where nothing
        serves yet, the new one is seen as it grows."""
        try:
            self.rebuilding = True
            began = self.world.now()
            made = await asyncio.to_thread(self.shelf.aside, turn_at(began - LATE_MS), began, self.prints)
            cursor, more, first = "", True, self.volume is None
            while more:
                ids, cursor = await self.gatherer.page(cursor)
                for i in range(0, len(ids), CHUNK):
                    entries, _ = await self.gatherer.entries(ids[i : i + CHUNK], self.names)
                    await asyncio.to_thread(made.put, entries, new=True)
                more = bool(cursor)
                if first and self.running:
                    await asyncio.to_thread(made.commit, made.mark)
                    self.volume, self.growing = made, True
            async with self.lock:
                await self._follow(made)
                await asyncio.to_thread(self.shelf.swap, made)
                self.volume = made
        except BaseException:
            if self.growing:
                self.volume = None
            raise
        finally:
            self.rebuilding = self.growing = False

    async def _follow(self, made: Volume) -> None:
        """What changed while it was built is in it, too."""
        after = made.mark.turn
        while rows := await self.db.read(HERE, changed, after):
            refs: dict[str, list[int]] = {}
            for c in rows:
                refs.setdefault(c.kind, []).extend(c.refs)
            await self._bring(made, refs, rows[-1].turn)
            after = rows[-1].turn
            if len(rows) < AT_ONCE:
                break
        await asyncio.to_thread(made.commit, Mark(made.mark.form, after, made.mark.built_at, made.mark.prints))

    async def _clean(self) -> None:
        if self.world.now() >= self.clean_at:
            self.clean_at = self.world.now() + CLEAN_MS
            while await self.db.write(HERE, clean):
                pass
