"""One thread, virtual time, a seeded order of what is ready; and an inline database that shares it."""

from __future__ import annotations

import asyncio
import hashlib
import heapq
import sqlite3
from collections.abc import Callable
from contextvars import ContextVar
from random import Random
from typing import Any

from jishi.kernel import Engine, Module, Unavailable, World
from jishi.kernel.sql import Job
from jishi.kernel.sqlite import Done, SqliteEngine, SqliteTx, commit_group

LIFE: ContextVar[int] = ContextVar("life", default=0)  # 0: the outside world, n: the shop's n-th process
HELD_BACK = 0.125  # a step that is ready is put off by one round
GROUP = 8  # units a commit
DISK_FULL, LINE_BROKE = 0.01, 0.005  # of the commits: not done and told so; done, but nobody learns of it
FOUND_S = 60.0  # a commit that nobody heard of is found by the next sweep
STEPS_MAX = 2_000_000  # of a history


class SimLoop(asyncio.BaseEventLoop):
    """Never use `asyncio.wait`, `as_completed` or a set of tasks in what runs here: their order is by address."""

    def __init__(self, chance: Random) -> None:
        super().__init__()
        self.chance, self.clock, self.steps, self.dead_lives = chance, 0.0, 0, set[int]()
        self.crash_at: list[int] = []
        self.crash: Callable[[], None] = lambda: None

    def time(self) -> float:
        return self.clock

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> Any:  # type: ignore[override]
        raise RuntimeError(f"{func} in a thread: the simulator has one")

    def _process_events(self, events: Any) -> None: ...
    def _write_to_self(self) -> None: ...

    def _run_once(self) -> None:
        """Run all that is ready in a random order; when nothing is, time goes on. A dead life's steps are skipped."""
        ready, scheduled = self._ready, self._scheduled  # type: ignore[attr-defined]
        while scheduled and (scheduled[0]._cancelled or scheduled[0]._when <= self.clock or not ready):
            handle = heapq.heappop(scheduled)
            handle._scheduled = False
            if not handle._cancelled and handle._context.get(LIFE) not in self.dead_lives:
                self.clock = max(self.clock, handle._when)
                ready.append(handle)
        if not ready:
            raise RuntimeError("all wait for ever")
        now = list(ready)
        ready.clear()
        self.chance.shuffle(now)
        for i, handle in enumerate(now):
            if handle._cancelled or handle._context.get(LIFE) in self.dead_lives:
                continue
            if i and self.chance.random() < HELD_BACK:
                ready.append(handle)
                continue
            self.steps += 1
            handle._run()
            if self.crash_at and self.steps >= self.crash_at[0]:
                self.crash_at.pop(0)
                self.crash()
        if self.steps > STEPS_MAX:
            raise RuntimeError("a history without end")


class FailingCommit:
    """A connection whose disk is full when it comes to the commit."""

    def __init__(self, c: sqlite3.Connection) -> None:
        self.c = c

    def __getattr__(self, name: str) -> Any:
        return getattr(self.c, name)

    def execute(self, sql: str, *args: Any) -> Any:
        if sql == "COMMIT":
            raise sqlite3.OperationalError("database or disk is full")
        return self.c.execute(sql, *args)


class SimEngine(SqliteEngine):
    """The embedded engine without its threads: seeded groups in a seeded order, commits that fail, commits whose answer
    is lost. `told` hears of every unit that was tried, `before` is asked before each group."""

    def __init__(
        self,
        world: World,
        c: sqlite3.Connection,
        loop: SimLoop,
        told: Callable[[list[Done], str], None],
        before: Callable[[], None] = lambda: None,
        *,
        faulty: bool = True,
    ) -> None:
        Engine.__init__(self, world)
        self.path, self.c, self.told, self.before, self.faulty = ":memory:", c, told, before, faulty
        self.jobs: list[Job] = []
        self.loop: SimLoop = loop

    async def open(self) -> None: ...
    async def close(self) -> None: ...

    async def write(self, job: Job) -> Any:
        answer = self.queue(job, len(self.jobs))
        self.jobs.append(job)
        if len(self.jobs) == 1:
            self.loop.call_soon(self._commit)
        return await answer

    async def read(self, job: Job) -> Any:
        await asyncio.sleep(0)
        tx = SqliteTx(self.world, job.module, job.ctx)
        tx.c = self.c  # one thread: nothing is written between its statements, so it needs no BEGIN
        return job.unit(tx, *job.args)

    async def ask(self, sql: str) -> list[Any]:
        return self.c.execute(sql).fetchall()

    def _commit(self) -> None:
        chance = self.loop.chance
        self.before()
        n = chance.randint(1, min(GROUP, len(self.jobs)))
        if chance.random() < 0.3:
            chance.shuffle(self.jobs)
        now, self.jobs = self.jobs[:n], self.jobs[n:]
        fate = chance.random() if self.faulty else 1.0
        c: Any = FailingCommit(self.c) if fate < DISK_FULL else self.c
        done = commit_group(c, self.world, now)
        lost = DISK_FULL <= fate < DISK_FULL + LINE_BROKE
        self.told(done, "lost" if lost else "full" if fate < DISK_FULL else "")
        if lost:  # as MariaDB's broken line: callers must ask again, and only the sweep finds the events
            for module in Module.all.values():  # a delivery may have left events of any consumer
                self.loop.call_later(FOUND_S, self.on_commit, module, 0)
            done = [(job, None, Unavailable("the line broke"), []) for job, *_ in done]
        self.answer(done)
        if self.jobs:
            self.loop.call_soon(self._commit)


class Trace:
    """What happened, as a hash; with `keep`, in words."""

    def __init__(self, loop: SimLoop, *, keep: bool = False) -> None:
        self.loop, self.hash = loop, hashlib.blake2b(digest_size=16)
        self.words: list[str] | None = [] if keep else None

    def add(self, *what: object) -> None:
        word = f"{self.loop.clock:.6f} {self.loop.steps} {' '.join(map(str, what))}"
        self.hash.update(word.encode())
        if self.words is not None:
            self.words.append(word)
