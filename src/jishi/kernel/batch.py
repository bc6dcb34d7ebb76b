"""Many callers, one transaction: hot rows are batched, not fought over."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

import msgspec

from .context import Context
from .faults import Fault, Unavailable
from .sql import WAITING_MAX, Database, Tx

BATCH_MAX = 256  # asks of one transaction

C = TypeVar("C")
V = TypeVar("V")


class Ask(msgspec.Struct, frozen=True):
    """One caller's command in a batch."""

    ctx: Context
    command: Any


BatchUnit = Callable[[Tx, Sequence[Ask]], Sequence[V | Fault]]


def each(unit: Callable[[Tx, C], V]) -> BatchUnit[V]:
    """A plain unit for `batched`: the asks share a commit, each has its own savepoint and its own actor."""

    def batch(tx: Tx, asks: Sequence[Ask]) -> Sequence[V | Fault]:
        answers: list[V | Fault] = []
        for ask in asks:
            try:
                with tx.asked_by(ask.ctx), tx.savepoint():
                    answers.append(unit(tx, ask.command))
            except Exception as e:
                if tx.is_dead(e):
                    raise
                answers.append(cast(Fault, e))  # raised where its caller waits, whatever it is
        return answers

    batch.__name__ = unit.__name__
    return batch


class Batch:
    """Gathers what queued while the last batch ran (window 0)."""

    def __init__(self, db: Database, unit: BatchUnit[Any], cap: int = BATCH_MAX) -> None:
        self.db, self.unit, self.cap = db, unit, cap
        self.waiting: list[tuple[Ask, asyncio.Future[Any]]] = []
        self.task: asyncio.Task[None] | None = None

    async def __call__(self, ask: Ask) -> Any:
        if len(self.waiting) >= WAITING_MAX:
            raise Unavailable("busy")
        answer = asyncio.get_running_loop().create_future()
        self.waiting.append((ask, answer))
        if self.task is None:
            self.task = asyncio.create_task(self._drain())  # kept: the loop holds tasks weakly
        return await answer

    async def _drain(self) -> None:
        try:
            while self.waiting:
                now, self.waiting = self.waiting[: self.cap], self.waiting[self.cap :]
                answers = await self._answers([ask for ask, _ in now])
                for (_, future), answer in zip(now, answers, strict=True):
                    tell(future, answer)
        finally:  # reached with some waiting only when the process ends
            self.task = None
            for _, future in self.waiting:
                future.cancel()

    async def _answers(self, asks: Sequence[Ask]) -> Sequence[Any]:
        """A view or an exception for each; a batch that fails is run again with a savepoint an ask, then ask by ask."""
        for unit in (self.unit, self._singly) if len(asks) > 1 else (self.unit,):
            try:
                answers = await self.db.write(None, unit, asks)
                if len(answers) == len(asks):
                    return cast(Sequence[Any], answers)
                failure: Exception = RuntimeError(f"{self.unit.__name__}: {len(answers)} answers to {len(asks)} asks")
            except Unavailable as e:  # nobody knows the outcome: asked again by the callers, with their keys
                return [Unavailable(str(e.detail)) for _ in asks]
            except Exception as e:
                failure = e
        if len(asks) == 1:
            return [failure]
        return [answer for ask in asks for answer in await self._answers([ask])]

    def _singly(self, tx: Tx, asks: Sequence[Ask]) -> list[Any]:
        answers: list[Any] = []
        for ask in asks:
            try:
                with tx.savepoint():
                    (answer,) = self.unit(tx, [ask])
            except Exception as e:
                if tx.is_dead(e):
                    raise
                answer = cast(Any, e)
            answers.append(answer)
        return answers


def tell(future: asyncio.Future[Any], answer: Any) -> None:
    """The caller has its answer; one that left is not told."""
    if future.done():
        return
    if isinstance(answer, StopIteration):  # a future refuses it
        future.set_exception(RuntimeError(repr(answer)))
    elif isinstance(answer, BaseException):
        future.set_exception(answer)
    else:
        future.set_result(answer)
