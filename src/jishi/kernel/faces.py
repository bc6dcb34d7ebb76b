"""Faces: abstract async verbs, each bound to its unit in one line. Over the wire they are served by `wire.py`."""

from __future__ import annotations

from abc import ABC
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from typing import Any, ClassVar, TypeVar, cast

from .batch import Ask, Batch, BatchUnit
from .context import Context
from .documents import Kind
from .faults import Forbidden
from .handlers import Handler
from .sql import Database, Tx

C = TypeVar("C")
V = TypeVar("V")
Verb = Callable[[Any, Context, C], Coroutine[Any, Any, V]]
Grants = Mapping[str, frozenset[str]]
Transport = Callable[[str, bytes], Awaitable[tuple[int, bytes]]]  # path, body → status, body


class Face(ABC):
    """Abstract async verbs `verb(ctx, command, /) -> view`, typed with Structs. Each is safe to repeat, its command
    carries its key; one that is not is marked `@asked_once`."""

    name: ClassVar[str]


def asked_once(verb: C) -> C:
    """A verb that a remote client must not ask again when the answer was lost."""
    setattr(verb, "asked_once", True)  # noqa: B010  # mypy knows no attributes of functions
    return verb


class Service:
    """What a face's implementation stands on. `grants` says which role or module may do what, and nothing by default.

    `kinds` are the collections of documents that it keeps; the composition root declares them."""

    kinds: Sequence[Kind[Any]] = ()

    def __init__(self, db: Database, grants: Grants) -> None:
        self.db, self.grants = db, grants
        self._batches: dict[BatchUnit[Any], Batch] = {}

    def handlers(self) -> Sequence[Handler]:
        """What it does when events arrive."""
        return ()

    def check(self, ctx: Context, needs: str) -> None:
        """Forbidden, unless the acting module or else the actor's role may."""
        if needs not in self.grants.get(ctx.via or ctx.actor.role, frozenset()):
            raise Forbidden(needs)


def writes(unit: Callable[[Tx, C], V], *, needs: str) -> Verb[C, V]:
    """A verb that is one transaction."""

    async def verb(self: Service, ctx: Context, command: C, /) -> V:
        self.check(ctx, needs)
        return cast(V, await self.db.write(ctx, unit, command))

    return verb


def reads(unit: Callable[[Tx, C], V], *, needs: str, heavy: bool = False) -> Verb[C, V]:
    """A verb that only looks. `heavy`: a list or a report, which must not hold up point reads."""

    async def verb(self: Service, ctx: Context, query: C, /) -> V:
        self.check(ctx, needs)
        return cast(V, await self.db.read(ctx, unit, query, heavy=heavy))

    return verb


def batched(unit: BatchUnit[V], *, needs: str) -> Callable[[Any, Context, Any], Coroutine[Any, Any, V]]:
    """A verb that shares its transaction with all callers that queued meanwhile; the unit answers each, with a view or
    a fault. `batched(each(unit))` does so with a plain unit."""

    async def verb(self: Service, ctx: Context, command: Any, /) -> V:
        self.check(ctx, needs)
        batch = self._batches.get(unit) or self._batches.setdefault(unit, Batch(self.db, unit))
        return cast(V, await batch(Ask(ctx, command)))

    return verb
