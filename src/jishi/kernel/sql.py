"""Modules and their tables, what a unit of work sees, and what an engine is to the rest."""

from __future__ import annotations

import asyncio
import copy
import logging
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

import msgspec
from sqlalchemy import URL, MetaData, Table

from .context import Actor, Context
from .faults import Unavailable
from .mailboxes import Inbox, Outbox
from .statements import DIALECTS, LIST_MAX, PADS, Statement
from .world import World

__all__ = ["DIALECTS", "PADS", "Database", "Engine", "Event", "Job", "Module", "Statement", "Tx"]

UNIT_ROWS = 500  # rows of one `many`
UNIT_MS = 50  # a unit that takes longer is logged: it holds up all others
EVENT_BYTES = 16_384  # an event is ids and amounts
WAITING_MAX = 10_000  # units that queue for an engine; the next is refused as Unavailable

log = logging.getLogger(__name__)


class Module:
    """A noun and its tables, with an outbox and an inbox of its own; `trade.orders` prefixes its tables `trade_orders_`.

    One that is not `listed` is no part of the shop: it belongs to a test, or its store keeps no tables."""

    all: ClassVar[dict[str, Module]] = {}

    def __init__(self, name: str, *, listed: bool = True) -> None:
        self.name, self.meta = name, MetaData()
        if listed:
            Module.all[name] = self
        self.outbox = Outbox(self.table("outbox", *Outbox.columns()))
        self.inbox = Inbox(self.table("inbox", *Inbox.columns()))

    def table(self, name: str, *items: Any) -> Table:
        """A table of this module alone; text compares byte by byte on every engine."""
        return Table(
            f"{self.name.replace('.', '_')}_{name}",
            self.meta,
            *items,
            info={"module": self},
            mysql_engine="InnoDB",
            mysql_charset="utf8mb4",
            mysql_collate="utf8mb4_bin",
        )


class Event(msgspec.Struct, frozen=True):
    """A fact: `class Placed(Event, tag="trade.orders.placed")`; the tag is the topic."""

    @classmethod
    def topic(cls) -> str:
        return str(cls.__struct_config__.tag)


class Tx(ABC):
    """What a unit of work sees: one module's tables, the time, ids, chance, who asks. Synchronous on purpose."""

    def __init__(self, world: World, module: Module, ctx: Context | None) -> None:
        self.now, self.new_id, self.random, self.module = world.now(), world.new_id, world.random, module
        self._ctx, self._depth = ctx, 0
        self.outgoing: list[dict[str, Any]] = []  # an annotated literal: a call of list[…] costs ten times as much
        self._siblings: list[Tx] = []

    @property
    def ctx(self) -> Context:
        """Who asks, where and why."""
        if self._ctx is None:
            raise RuntimeError("a batch has many callers: ask each Ask's ctx")
        return self._ctx

    @property
    def actor(self) -> Actor:
        return self.ctx.actor

    @property
    def scope(self) -> int:
        """The merchant whose rows the actor may touch, 0 for those who are bound to none."""
        return self.ctx.actor.merchant_id

    @contextmanager
    def asked_by(self, ctx: Context) -> Iterator[None]:
        """One ask of a batch: `actor` and `scope` are its caller's."""
        before, self._ctx = self._ctx, ctx
        try:
            yield
        finally:
            self._ctx = before

    def own(self, st: Statement) -> None:
        """A unit that touches a neighbour's table fails here."""
        if st.module is not self.module:
            raise RuntimeError(f"a unit of {self.module.name} touches tables of {st.module.name}")

    def emit(self, event: Event, due_at: int | None = None) -> int:
        """The event is written with the unit's rows; with a due time (ms UTC) it is a timer. Answers its id.

        Others are due at 0: a clock that steps back delays none."""
        id, body = self.new_id(), msgspec.msgpack.encode(event)
        if len(body) > EVENT_BYTES:
            raise ValueError(f"{event.topic()}: {len(body)} of at most {EVENT_BYTES} bytes")
        self.outgoing.append(dict(id=id, topic=event.topic(), body=body, due_at=due_at or 0, state=0, tries=0))
        return id

    def sibling(self, module: Module) -> Tx:
        """The same transaction for another module: the relay's alone, which delivers and settles in one commit."""
        other = copy.copy(self)
        other.module, other.outgoing, other._siblings = module, [], []
        self._siblings.append(other)
        return other

    def flush(self) -> None:
        """The events are rows; the engine calls it at the unit's end."""
        for i in range(0, len(self.outgoing), UNIT_ROWS):
            self.many(self.module.outbox.put, self.outgoing[i : i + UNIT_ROWS])
        for other in self._siblings:
            other.flush()

    def dues(self) -> list[tuple[Module, int]]:
        """Whose outbox has new rows, and when the first of them is due (0: now)."""
        own = [(self.module, min(e["due_at"] for e in self.outgoing))] if self.outgoing else []
        return own + [due for other in self._siblings for due in other.dues()]

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """What happens inside is kept whole or not at all, events included. May be nested.

        A dead transaction (deadlock, full disk) is not survived: whoever catches must ask `is_dead`."""
        kept, name = len(self.outgoing), f"inner_{self._depth}"  # MariaDB drops an outer one of the same name
        self._raw(f"SAVEPOINT {name}")
        self._depth += 1
        try:
            yield
        except Exception as e:
            if not self.is_dead(e):
                self._raw(f"ROLLBACK TO SAVEPOINT {name}")
                del self.outgoing[kept:]
            raise
        finally:
            self._depth -= 1
        self._raw(f"RELEASE SAVEPOINT {name}")

    def rows_in(self, st: Statement, name: str, members: Sequence[Any], **values: Any) -> list[Any]:
        """Rows for each of `members`, 256 at a time, in their order."""
        return [
            row
            for i in range(0, len(members), LIST_MAX)
            for row in self.rows(st, **{name: list(members[i : i + LIST_MAX])}, **values)
        ]

    def row(self, st: Statement, **values: Any) -> Any:
        """The first row, or None."""
        return next(iter(self.rows(st, **values)), None)

    @abstractmethod
    def run(self, st: Statement, **values: Any) -> int:
        """Rows matched (not: changed), on every engine."""

    @abstractmethod
    def once(self, st: Statement, **values: Any) -> bool:
        """An INSERT that may meet its own unique key: False when the row was there. CHECK and NOT NULL still raise."""

    @abstractmethod
    def rows(self, st: Statement, **values: Any) -> list[Any]:
        """All rows, as tuples."""

    @abstractmethod
    def many(self, st: Statement, values: list[dict[str, Any]]) -> None:
        """One write for up to 500 rows."""

    @abstractmethod
    def _raw(self, sql: str) -> None: ...

    @abstractmethod
    def is_dead(self, e: Exception) -> bool:
        """Whether this failure has ended the whole transaction."""


@dataclass(slots=True, eq=False)
class Job:
    """A unit on its way. `background` is work that nobody waits for; `heavy` a read that is a list or a report."""

    module: Module
    ctx: Context | None
    unit: Callable[..., Any]
    args: tuple[Any, ...]
    future: Any = None
    background: bool = False
    heavy: bool = False

    def perform(self, tx: Tx) -> Any:
        """The unit's answer, its events written; one that took too long is logged."""
        start = time.monotonic_ns()
        result = self.unit(tx, *self.args)
        tx.flush()
        if (spent_ms := (time.monotonic_ns() - start) // 1_000_000) > UNIT_MS:
            log.info("slow unit", extra={"unit": self.unit.__name__, "of": self.module.name, "ms": spent_ms})
        return result

    def tell(self, result: Any, error: BaseException | None) -> None:
        """The caller has its answer; one that left is not told, and what it asked for has happened."""
        if self.future.done():
            return
        if error is None:
            self.future.set_result(result)
        elif isinstance(error, StopIteration):  # a future refuses it
            self.future.set_exception(RuntimeError(repr(error)))
        else:
            self.future.set_exception(error)


class Engine(ABC):
    """Where units run. A caller that leaves does not cancel its unit; nobody is answered before the commit.

    `modules` are those whose tables it holds, None for every one. `on_commit(module, due_at)` is told on the loop when
    a commit left events, with the moment at which the first is due."""

    dialect: ClassVar[str]

    def __init__(self, world: World, modules: Sequence[Module] | None = None) -> None:
        self.world, self._modules = world, modules
        self.on_commit: Callable[[Module, int], None] = lambda module, due_at: None
        self.units = self.commits = 0

    @property
    def modules(self) -> list[Module]:
        return list(Module.all.values() if self._modules is None else self._modules)

    @abstractmethod
    async def open(self) -> None: ...

    @abstractmethod
    async def close(self) -> None:
        """What was asked for is done, then no connection is open."""

    @abstractmethod
    async def write(self, job: Job) -> Any: ...

    @abstractmethod
    async def read(self, job: Job) -> Any: ...

    @abstractmethod
    async def script(self, statements: Sequence[str]) -> None:
        """Table definitions are carried out: in one transaction where the engine can."""

    @abstractmethod
    async def tables(self) -> set[str]:
        """The names of the tables that are there."""

    @abstractmethod
    async def ask(self, sql: str) -> list[Any]:
        """Rows of a fixed text, for the start and for checks; the units' statements are `Statement`s."""

    @property
    @abstractmethod
    def url(self) -> URL:
        """Where a migration finds the same database."""

    def queue(self, job: Job, waiting: int) -> asyncio.Future[Any]:
        """The job's answer to come; refused when too many wait already."""
        if waiting >= WAITING_MAX:
            raise Unavailable("busy")
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        job.future = answer
        return answer


class Database:
    """An engine as one module sees it."""

    def __init__(self, engine: Engine, module: Module) -> None:
        self.engine, self.module = engine, module

    async def write(self, ctx: Context | None, unit: Callable[..., Any], *args: Any, background: bool = False) -> Any:
        """One transaction. What the house does by itself (timers, imports) goes after what people wait for."""
        behind = background or (ctx is not None and ctx.actor.role == "system")
        return await self.engine.write(Job(self.module, ctx, unit, args, background=behind))

    async def read(self, ctx: Context | None, unit: Callable[..., Any], *args: Any, heavy: bool = False) -> Any:
        """One snapshot. A point read runs where the caller is; `heavy` (a list, a report) on a reader of its own."""
        return await self.engine.read(Job(self.module, ctx, unit, args, heavy=heavy))
