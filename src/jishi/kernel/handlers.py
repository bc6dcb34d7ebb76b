"""What happens when an event arrives: a unit or a story, and the inbox that knows who has dealt with it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from .context import Context
from .sql import Database, Event, Tx


@dataclass(frozen=True)
class Handler:
    """`unit(tx, event)` runs with its inbox row in one transaction: in effect exactly once. `story(ctx, event)` calls
    faces: at least once, each step safe to repeat, the inbox row last. The function's name is the consumer's."""

    consumer: Database
    shape: type[Event]
    unit: Callable[[Tx, Any], None] | None = None
    story: Callable[[Context, Any], Awaitable[None]] | None = None

    @property
    def name(self) -> str:
        done: Any = self.unit or self.story
        return str(done.__name__)


Part = tuple[Handler, int, Any]  # what one handler is to do with one event


def reason(e: BaseException) -> str:
    """Why, without what a driver may quote of a row: the code of a fault, the number of a driver's error."""
    return f"{type(e).__name__}({e.args[0]!r})" if e.args else type(e).__name__


def dealt_with(tx: Tx, parts: Sequence[Part]) -> set[tuple[str, int]]:
    """(handler, event) that are in the inbox."""
    found = set[tuple[str, int]]()
    for name, some in by_handler(parts):
        known = tx.rows_in(tx.module.inbox.known, "events", [event_id for _, event_id, _ in some], who=name)
        found |= {(name, event_id) for (event_id,) in known}
    return found


def by_handler(parts: Sequence[Part]) -> list[tuple[str, list[Part]]]:
    """The parts of each handler, in their order."""
    grouped: dict[str, list[Part]] = {}
    for part in parts:
        grouped.setdefault(part[0].name, []).append(part)
    return list(grouped.items())


def take(tx: Tx, parts: Sequence[Part]) -> dict[int, str]:
    """All events in one transaction, with their inbox rows; a known one does nothing; answers those that failed.

    They share a savepoint while all goes well; once one fails, each has its own."""
    failed: dict[int, str] = {}
    known = dealt_with(tx, parts)
    for name, some in by_handler([p for p in parts if (p[0].name, p[1]) not in known]):
        try:
            with tx.savepoint():
                tx.many(tx.module.inbox.put, [dict(consumer=name, event_id=e, at=tx.now) for _, e, _ in some])
                for h, _, event in some:
                    assert h.unit
                    h.unit(tx, event)
        except Exception as e:
            if tx.is_dead(e):
                raise
            failed |= {some[0][1]: reason(e)} if len(some) == 1 else take_singly(tx, some)
    return failed


def take_singly(tx: Tx, parts: Sequence[Part]) -> dict[int, str]:
    failed: dict[int, str] = {}
    for h, event_id, event in parts:
        assert h.unit
        try:
            with tx.savepoint():
                if tx.once(tx.module.inbox.put, consumer=h.name, event_id=event_id, at=tx.now):
                    h.unit(tx, event)
        except Exception as e:
            if tx.is_dead(e):
                raise
            failed[event_id] = reason(e)
    return failed
