"""Units that post what a provider answered when it was asked: captures, surplus, ends of attempts, and the next look."""

from __future__ import annotations

import logging

from msgspec import Struct

from jishi.kernel import Money, Tx

from .commands import ask_soon, legs_of, locked, view
from .face import AttemptDue, AttemptFailed, Captured, Intent, RefundDue, SurplusCaptured
from .provider import Looked
from .refunds import new_refund
from .rules import ask_again_at, surplus_reason
from .tables import (
    ASKED,
    ATTEMPT_BY_ID,
    AUTHORISED,
    ENDED,
    FILL,
    LIVE,
    NAMED,
    NEW_ALLOCATION,
    NEW_CAPTURE,
    TURN,
    AttemptRow,
    IntentRow,
)

log = logging.getLogger(__name__)


class Heard(Struct, frozen=True):
    """What the provider says of an attempt. `asked`: the timer's count, -1 = somebody else's question.

    `looked` None: it could not be reached; `soon`: it must be asked in a minute then, for there was news."""

    attempt_id: int
    looked: Looked | None
    ref: str = ""
    asked: int = -1
    soon: bool = False


def heard(tx: Tx, cmd: Heard) -> Intent:
    """The provider's truth is ours: a payment is captured once, whoever tells of it first and however often."""
    row = AttemptRow(*tx.row(ATTEMPT_BY_ID, attempt=cmd.attempt_id))
    intent = locked(tx, row.intent_id)
    row = AttemptRow(*tx.row(ATTEMPT_BY_ID, attempt=cmd.attempt_id))  # again: now nobody else can change it
    looked = cmd.looked
    if looked is None:
        if cmd.soon:
            ask_soon(tx, row, ask_again_at(tx.now, 0, row.expires_at) or tx.now)
    elif looked.number and looked.number != row.number:
        log.warning("payment refused", extra={"attempt": row.number, "reason": "number"})
    else:
        if cmd.ref:
            tx.run(NAMED, attempt=row.id, known_as=cmd.ref)
        _post(tx, intent, row, looked)
    if cmd.asked >= 0:
        _ask_again(tx, cmd)
    return view(locked(tx, intent.id))


def _post(tx: Tx, intent: IntentRow, row: AttemptRow, looked: Looked) -> None:
    if looked.state == "captured":
        _money(tx, intent, row, looked)
    elif looked.state == "authorised":
        if tx.run(AUTHORISED, attempt=row.id):
            tx.run(TURN, intent=intent.id, was="open", to="authorised")
    elif (
        looked.state in ("failed", "expired")
        and row.live
        and tx.run(ENDED, attempt=row.id, to=looked.state, why=looked.reason[:64])
    ):
        tx.run(TURN, intent=intent.id, was="authorised", to="open")
        if intent.state in ("open", "authorised"):
            tx.emit(AttemptFailed(intent.id, intent.order_id, looked.reason or looked.state))


def _money(tx: Tx, intent: IntentRow, row: AttemptRow, looked: Looked) -> None:
    """One capture a payment id. Only the first payment of just what is due is the order's; any other goes back.

    The order may be dead: that the money came is told all the same."""
    why = surplus_reason(looked.minor, looked.currency, intent.due, intent.currency, intent.captured)
    id, amount = tx.new_id(), Money(looked.minor, looked.currency)
    if not tx.once(
        NEW_CAPTURE, id=id, intent_id=intent.id, attempt_id=row.id, provider=row.provider, payment=looked.payment,
        minor=looked.minor, currency=looked.currency, effective=int(not why), reason=why, captured_at=tx.now,
    ):  # fmt: skip
        return
    tx.run(ENDED, attempt=row.id, to="captured", why=why)
    if why:
        tx.emit(SurplusCaptured(id, intent.order_id, row.provider, amount, why))
        back = new_refund(tx, intent, "surplus", id, row.provider, looked.payment, amount, why, {})
        tx.emit(RefundDue(back.id))
        if intent.state == "open":
            tx.emit(AttemptFailed(intent.id, intent.order_id, why))
        return
    if tx.run(FILL, intent=intent.id, n=looked.minor) != 1:
        raise RuntimeError(f"intent {intent.id} changed under its lock")
    parts = legs_of(tx, intent.id)
    tx.many(NEW_ALLOCATION, [dict(capture_id=id, child=leg.child, minor=leg.minor) for leg in parts])
    tx.emit(Captured(intent.id, intent.order_id, row.provider, amount, parts))
    if live := tx.row(LIVE, intent=intent.id):  # another page is still open: nobody shall pay there again
        ask_soon(tx, AttemptRow(*live), 0)


def _ask_again(tx: Tx, cmd: Heard) -> None:
    """The sweeper's chain: it goes on until the attempt is final, or the provider could be reached."""
    row = AttemptRow(*tx.row(ATTEMPT_BY_ID, attempt=cmd.attempt_id))
    if row.live is None and cmd.looked is not None:
        return
    again = ask_again_at(tx.now, cmd.asked + 1, row.expires_at)
    if again is not None and tx.run(ASKED, attempt=row.id, was=cmd.asked):
        tx.emit(AttemptDue(row.intent_id, row.id, cmd.asked + 1), due_at=again)
