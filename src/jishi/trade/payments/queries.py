"""Units that read: intents as the actor may see them, and what the stories need to know before they ask a provider."""

from __future__ import annotations

from msgspec import Struct

from jishi.kernel import Tx

from .commands import own, view
from .face import Intent, IntentQuery, Look, NoIntent, NoticeStored, RefundList, RefundsQuery
from .refunds import view as refund_view
from .tables import (
    ATTEMPT_BY_ID,
    ATTEMPT_BY_NUMBER,
    ATTEMPT_BY_REF,
    BY_ID,
    INTENTS_OF,
    NOTICE,
    REFUND_BY_ID,
    REFUND_BY_NUMBER,
    REFUNDS_OF,
    UNCAPTURED,
    AttemptRow,
    IntentRow,
    RefundRow,
)


def found(tx: Tx, query: IntentQuery) -> IntentRow:
    """By id, or the order's newest; what is not the customer's own is not found."""
    rows = tx.rows(BY_ID, intent=query.intent_id) if query.intent_id else tx.rows(INTENTS_OF, orders=[query.order_id])
    if not rows:
        raise NoIntent(query.intent_id)
    return own(tx, IntentRow(*rows[-1]))


def intent(tx: Tx, query: IntentQuery) -> Intent:
    return view(found(tx, query))


def refunds(tx: Tx, query: RefundsQuery) -> RefundList:
    """The order's refunds, oldest first; surplus that went back is among them."""
    found(tx, IntentQuery(order_id=query.order_id))
    return RefundList([refund_view(RefundRow(*x)) for x in tx.rows(REFUNDS_OF, order=query.order_id)])


def to_look_at(tx: Tx, query: Look) -> list[int]:
    """Attempts whose money could have come, newest first, ≤ 5; none when the intent is whole."""
    row = found(tx, IntentQuery(query.intent_id))
    return [] if row.state in ("captured", "at_door") else [x[0] for x in tx.rows(UNCAPTURED, intent=row.id)]


def attempt_and_intent(tx: Tx, attempt_id: int) -> tuple[AttemptRow, IntentRow]:
    row = AttemptRow(*tx.row(ATTEMPT_BY_ID, attempt=attempt_id))
    return row, IntentRow(*tx.row(BY_ID, intent=row.intent_id))


def refund_row(tx: Tx, refund_id: int) -> RefundRow:
    return RefundRow(*tx.row(REFUND_BY_ID, refund=refund_id))


class Subject(Struct, frozen=True):
    """What a notice speaks of: ids of ours, 0 = none; and the provider's ref of the attempt."""

    attempt_id: int = 0
    refund_id: int = 0
    ref: str = ""


def subject(tx: Tx, event: NoticeStored) -> Subject:
    row = tx.row(NOTICE, by=event.provider, of=event.notice_id)
    if row is None:
        return Subject()
    number, ref = row
    if number and (refund := tx.row(REFUND_BY_NUMBER, of=number)):
        return Subject(refund_id=refund[0])
    attempt = tx.row(ATTEMPT_BY_NUMBER, of=number) if number else None
    attempt = attempt or (tx.row(ATTEMPT_BY_REF, of=ref, by=event.provider) if ref else None)
    return Subject(attempt_id=attempt[0], ref=ref) if attempt else Subject()
