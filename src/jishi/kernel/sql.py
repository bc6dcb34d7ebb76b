"""Modules' tables, statements compiled once, and what a unit of work sees."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    bindparam,
    func,
    select,
    update,
)
from sqlalchemy.dialects import mysql, sqlite
from sqlalchemy.sql import visitors

from .context import Context
from .world import World

DIALECTS = {"sqlite": sqlite.dialect(), "mysql": mysql.dialect()}
PADS = (1, 4, 16, 64, 256)


class Module:
    """A noun and its tables, with an outbox and an inbox of its own; `trade.orders` prefixes its tables `trade_orders_`."""

    all: dict[str, Module] = {}

    def __init__(self, name: str) -> None:
        self.name, self.meta = name, MetaData()
        Module.all[name] = self
        o = self.table(
            "outbox",
            Column("id", BigInteger, primary_key=True, autoincrement=False),
            Column("topic", String(64), nullable=False),
            Column("body", LargeBinary, nullable=False),
            Column("due_at", BigInteger, nullable=False),
            Column("state", Integer, nullable=False),
            Column("tries", Integer, nullable=False),
            Column("fault", String(500)),
        )
        Index(f"ix_{o.name}_due", o.c.state, o.c.due_at)
        i = self.table(
            "inbox",
            Column("consumer", String(64), primary_key=True),
            Column("event_id", BigInteger, primary_key=True, autoincrement=False),
        )
        self.put = Statement(o.insert(), "id", "topic", "body", "due_at", "state", "tries")
        self.due = Statement(
            select(o.c.id, o.c.topic, o.c.body, o.c.tries)
            .where(o.c.state == 0, o.c.due_at <= bindparam("now"))
            .order_by(o.c.due_at, o.c.id)
            .limit(100)
        )
        self.next_due = Statement(select(func.min(o.c.due_at)).where(o.c.state == 0))
        self.settle = Statement(
            update(o)
            .where(o.c.id == bindparam("event"))
            .values(
                state=bindparam("to"),
                tries=o.c.tries + bindparam("more"),
                due_at=bindparam("at"),
                fault=bindparam("why"),
            )
        )
        self.sent = Statement(update(o).where(o.c.id.in_(bindparam("ids", expanding=True))).values(state=1))
        self.seen = Statement(i.insert(), "consumer", "event_id")
        self.known = Statement(
            select(i.c.event_id).where(i.c.consumer == bindparam("consumer"), i.c.event_id == bindparam("event_id"))
        )

    def drawn(self) -> list[Statement]:
        """The highest value of each indexed id column; not the outbox's alone, for not every unit emits. (The product: a node lease that holds `ids_until`.)"""
        return [
            Statement(select(func.max(c)))
            for t in self.meta.sorted_tables
            for c in t.columns
            if isinstance(c.type, BigInteger) and (c.unique or c is next(iter(t.primary_key)))
        ]

    def table(self, name: str, *items: Any) -> Table:
        return Table(f"{self.name.replace('.', '_')}_{name}", self.meta, *items, info={"module": self})


class Statement:
    """A Core statement compiled once per dialect (and list size) and executed on the raw driver. All its tables are one module's."""

    def __init__(self, core: Any, *columns: str) -> None:
        self.core, self.columns = core, list(columns) or None
        self.forms: dict[Any, tuple[str, list[tuple[str, Any]]]] = {}
        owners = {t.info["module"].name: t.info["module"] for t in visitors.iterate(core) if isinstance(t, Table)}
        if len(owners) != 1:
            raise TypeError(f"a statement over {sorted(owners)}: no join crosses a module")
        (self.module,) = owners.values()

    def form(self, dialect: str, sizes: tuple[tuple[str, int], ...] = ()) -> tuple[str, list[tuple[str, Any]]]:
        got = self.forms.get((dialect, sizes))
        if got is None:
            c = self.core.compile(dialect=DIALECTS[dialect], column_keys=self.columns)
            sql, slot = str(c), "?" if dialect == "sqlite" else "%s"
            for name, n in sizes:
                sql = sql.replace(f"__[POSTCOMPILE_{name}]", ", ".join([slot] * n))
            got = self.forms[dialect, sizes] = sql, [(n, c.params.get(n)) for n in c.positiontup]
        return got

    def bind(self, dialect: str, values: dict[str, Any]) -> tuple[str, list[Any]]:
        """Lists are padded with their last member to 1, 4, 16, 64 or 256 slots, so the number of texts stays bounded."""
        lists = {n: v for n, v in values.items() if type(v) is list}
        if not lists:
            sql, slots = self.form(dialect)
            return sql, [values.get(n, d) for n, d in slots]
        padded = {n: v + v[-1:] * (next(p for p in PADS if p >= len(v)) - len(v)) for n, v in lists.items()}
        sql, slots = self.form(dialect, tuple((n, len(v)) for n, v in padded.items()))
        args: list[Any] = []
        for n, d in slots:
            args.extend(padded[n]) if n in padded else args.append(values.get(n, d))
        return sql, args


class Event(msgspec.Struct, frozen=True):
    """A fact: `class Placed(Event, tag="trade.orders.placed")`; the tag is the topic."""

    @classmethod
    def topic(cls) -> str:
        return str(cls.__struct_config__.tag)


class Tx(ABC):
    """What a unit of work sees: one module's tables, the time, ids, chance, who asks. Synchronous on purpose."""

    def __init__(self, world: World, module: Module, ctx: Context | None) -> None:
        self.now, self.new_id, self.random, self.module = world.now(), world.new_id, world.random, module
        self._ctx, self.outgoing = ctx, list[dict[str, Any]]()

    @property
    def actor(self) -> Any:
        if self._ctx is None:
            raise RuntimeError("a batch has many actors: ask each Ask's ctx")
        return self._ctx.actor

    def own(self, st: Statement) -> None:
        if st.module is not self.module:
            raise RuntimeError(f"a unit of {self.module.name} touches tables of {st.module.name}")

    def emit(self, event: Event, due_at: int | None = None) -> int:
        """The event is written with the unit's rows; with a due time it is a timer. (Others are due at 0: a clock that steps back delays none.)"""
        id = self.new_id()
        self.outgoing.append(
            dict(id=id, topic=event.topic(), body=msgspec.msgpack.encode(event), due_at=due_at or 0, state=0, tries=0)
        )
        return id

    def flush(self) -> None:
        if self.outgoing:
            self.many(self.module.put, self.outgoing)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """What happens inside is kept whole or not at all, events included. A dead transaction (deadlock) is not survived."""
        kept = len(self.outgoing)
        self._raw("SAVEPOINT inner_")
        try:
            yield
        except Exception as e:
            if not self.is_dead(e):
                self._raw("ROLLBACK TO SAVEPOINT inner_")
                del self.outgoing[kept:]
            raise
        self._raw("RELEASE SAVEPOINT inner_")

    def rows_in(self, st: Statement, name: str, members: Sequence[Any], **values: Any) -> list[Any]:
        """Rows for each of `members`, 256 at a time, in their order."""
        return [
            r
            for i in range(0, len(members), 256)
            for r in self.rows(st, **{name: list(members[i : i + 256])}, **values)
        ]

    def row(self, st: Statement, **values: Any) -> Any:
        return next(iter(self.rows(st, **values)), None)

    @abstractmethod
    def run(self, st: Statement, **values: Any) -> int: ...  # rows matched
    @abstractmethod
    def once(self, st: Statement, **values: Any) -> bool: ...  # False: the unique key was there
    @abstractmethod
    def rows(self, st: Statement, **values: Any) -> list[Any]: ...
    @abstractmethod
    def many(self, st: Statement, values: list[dict[str, Any]]) -> None: ...
    @abstractmethod
    def _raw(self, sql: str) -> None: ...
    @abstractmethod
    def is_dead(self, e: Exception) -> bool: ...


@dataclass(slots=True, eq=False)
class Job:
    module: Module
    ctx: Context | None
    unit: Callable[..., Any]
    args: tuple[Any, ...]
    future: Any = None


class Engine(ABC):
    on_commit: Callable[[Module], None] = staticmethod(lambda module: None)

    def __init__(self, world: World) -> None:
        self.world = world

    @abstractmethod
    async def write(self, job: Job) -> Any: ...
    @abstractmethod
    async def read(self, job: Job) -> Any: ...


class Database:
    """An engine as one module sees it."""

    def __init__(self, engine: Engine, module: Module) -> None:
        self.engine, self.module = engine, module

    async def write(self, ctx: Context | None, unit: Callable[..., Any], *args: Any) -> Any:
        return await self.engine.write(Job(self.module, ctx, unit, args))

    async def read(self, ctx: Context | None, unit: Callable[..., Any], *args: Any) -> Any:
        return await self.engine.read(Job(self.module, ctx, unit, args))
