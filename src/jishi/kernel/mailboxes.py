"""A module's outbox and inbox: the events it announced, and those of others that it has dealt with."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Index, PrimaryKeyConstraint, Table, bindparam, delete, func, select, update

from .columns import at, blob, code, count, key, ref
from .statements import Statement

WAITING, SENT, DEAD = 0, 1, 2  # states of an outbox row
DUE_MAX = 100  # events of one sweep
CLEAN_MAX = 256  # rows of one cleaning unit
FAULT_MAX = 500  # characters that are kept of why an event failed
OUTBOX_MS = 7 * 86_400_000  # sent rows stay: a broker that lost its disk gets them again
INBOX_MS = 30 * 86_400_000


class Outbox:
    """`due_at` of a waiting row is when it is to be delivered (0: now), of a sent or dead one when that happened."""

    def __init__(self, table: Table) -> None:
        o = table.c
        event: Any = bindparam("event")
        Index(f"ix_{table.name}_due", o.state, o.due_at)
        now: Any = bindparam("now")
        waiting = select(o.id, o.topic, o.body, o.tries).where(o.state == WAITING, o.due_at <= now)
        self.put = Statement(table.insert(), "id", "topic", "body", "due_at", "state", "tries")
        self.due = Statement(waiting.order_by(o.due_at, o.id).limit(DUE_MAX))
        self.next = Statement(select(func.min(o.due_at)).where(o.state == WAITING, o.due_at > now))
        self.sent = Statement(
            update(table)
            .where(o.id.in_(bindparam("ids", expanding=True)), o.state == WAITING)
            .values(state=SENT, due_at=now)
        )
        self.again = Statement(
            update(table)
            .where(o.id == event, o.state == WAITING)
            .values(state=bindparam("to"), tries=bindparam("n"), due_at=bindparam("when"), fault=bindparam("why"))
        )
        self.dead = Statement(
            select(o.id, o.topic, o.tries, o.fault, o.due_at)
            .where(o.state == DEAD)
            .order_by(o.due_at.desc(), o.id.desc())
            .limit(bindparam("n"))
        )
        self.dead_one = Statement(select(o.due_at).where(o.id == event, o.state == DEAD))
        self.revive = Statement(
            update(table).where(o.id == event, o.state == DEAD).values(state=WAITING, tries=0, due_at=0)
        )
        self.old = Statement(
            select(o.id)
            .where(o.state == SENT, o.due_at < bindparam("before"))
            .order_by(o.state, o.due_at)
            .limit(CLEAN_MAX)
        )
        self.drop = Statement(delete(table).where(o.id.in_(bindparam("ids", expanding=True)), o.state == SENT))

    @staticmethod
    def columns() -> list[Any]:
        return [
            key(), code("topic", 64), blob("body"), at("due_at"), count("state"), count("tries"),
            code("fault", FAULT_MAX, null=True),
        ]  # fmt: skip


class Inbox:
    """One row an event and consumer, in the consumer's own transaction: the second time is known."""

    def __init__(self, table: Table) -> None:
        i = table.c
        consumer: Any = bindparam("who")
        Index(f"ix_{table.name}_at", i.at)
        events: Any = bindparam("events", expanding=True)
        self.put = Statement(table.insert(), "consumer", "event_id", "at")
        self.known = Statement(select(i.event_id).where(i.consumer == consumer, i.event_id.in_(events)))
        self.old = Statement(
            select(i.consumer, i.event_id).where(i.at < bindparam("before")).order_by(i.at).limit(CLEAN_MAX)
        )
        self.drop = Statement(delete(table).where(i.consumer == consumer, i.event_id.in_(events)))

    @staticmethod
    def columns() -> list[Any]:
        return [code("consumer", 64), ref("event_id"), at("at"), PrimaryKeyConstraint("consumer", "event_id")]
