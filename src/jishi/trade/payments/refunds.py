"""Units of money going back: due → sent → done or refused. Σ refunds ≤ Σ effective captures is kept in the write."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from jishi.kernel import FieldError, Invalid, Money, Tx, ids

from .commands import legs_of, locked
from .face import (
    Collected,
    NoIntent,
    OverRefund,
    Refund,
    RefundAsk,
    RefundDue,
    Refunded,
    RefundRefused,
    ReturnAll,
)
from .provider import RefundLooked
from .rules import FINAL_REFUND, return_again_at
from .tables import (
    EFFECTIVE,
    GIVEN_BACK,
    LOCK_ORDER,
    NEW_REFUND,
    NOT_BACK,
    REFUND_ASKED,
    REFUND_BY_ID,
    REFUND_BY_KEY,
    REFUND_TURN,
    REFUNDS_OF,
    SHRINK,
    TAKE_BACK,
    IntentRow,
    RefundRow,
)


def view(row: RefundRow) -> Refund:
    return Refund(row.id, row.order_id, row.minor, row.currency, row.state, row.reason)


def shares_of(row: RefundRow) -> dict[int, int]:
    return msgspec.msgpack.decode(row.shares, type=dict[int, int])


def new_refund(
    tx: Tx,
    intent: IntentRow,
    kind: str,
    key: int,
    provider: str,
    payment: str,
    back: Money,
    reason: str,
    shares: dict[int, int],
    state: str = "due",
) -> RefundRow:
    id = tx.new_id()
    row = RefundRow(
        id, ids.encode("rfd", id), intent.id, intent.order_id, kind, key, provider, payment, back.minor, back.currency,
        state, "", reason[:64], "", msgspec.msgpack.encode(shares), 0, tx.now,
    )  # fmt: skip
    tx.run(NEW_REFUND, **row._asdict())
    return row


def _known(tx: Tx, intent: IntentRow, kind: str, key: int) -> RefundRow | None:
    row = tx.row(REFUND_BY_KEY, intent=intent.id, sort=kind, of=key)
    return RefundRow(*row) if row else None


def _send(tx: Tx, intent: IntentRow, kind: str, key: int, minor: int, reason: str, shares: dict[int, int]) -> RefundRow:
    if tx.run(TAKE_BACK, intent=intent.id, n=minor) != 1:
        raise OverRefund(intent.order_id, intent.captured - intent.refunding)
    _, provider, payment = tx.rows(EFFECTIVE, intent=intent.id)[0]
    row = new_refund(tx, intent, kind, key, provider, payment, Money(minor, intent.currency), reason, shares)
    tx.emit(RefundDue(row.id))
    return row


def refund(tx: Tx, ask: RefundAsk) -> Refund:
    """The order's money is on its way back, once a key. What was never collected shrinks the amount at the door; where
    all went back already (`return_all`) that refund is the answer."""
    if ask.minor <= 0 or (ask.shares and sum(ask.shares.values()) != ask.minor):
        raise Invalid([FieldError("minor", "amount.wrong")])
    found = [IntentRow(*x) for x in tx.rows(LOCK_ORDER, order=ask.order_id)]
    if not found:
        raise NoIntent(0)
    for intent in found:
        row = _known(tx, intent, "order", ask.key) or _known(tx, intent, "all", 0)
        if row and (row.kind == "order" or row.state != "refused"):
            return view(row)
    intent = next((x for x in reversed(found) if x.captured > x.refunding), found[-1])
    return view(
        _shrink(tx, intent, ask.key, ask.minor, ask.reason, ask.shares)
        or _send(tx, intent, "order", ask.key, ask.minor, ask.reason, ask.shares)
    )


def _shrink(tx: Tx, intent: IntentRow, key: int, minor: int, reason: str, shares: dict[int, int]) -> RefundRow | None:
    """Less is to be collected at the door; None when that much is not open there."""
    if tx.run(SHRINK, intent=intent.id, n=minor) != 1:
        return None
    back = Money(minor, intent.currency)
    row = new_refund(tx, intent, "order", key, intent.method, "", back, reason, shares, "at_door")
    if locked(tx, intent.id).state == "captured":
        tx.emit(Collected(intent.id, intent.order_id, 0, Money(0, intent.currency), whole=True))
    return row


def return_all(tx: Tx, cmd: ReturnAll) -> Refund:
    """What is left of the captured money goes back, once an intent; the shares are what is left of each leg."""
    intent = locked(tx, cmd.intent_id)
    if row := _known(tx, intent, "all", 0):
        return view(row)
    earlier = [RefundRow(*x) for x in tx.rows(REFUNDS_OF, order=intent.order_id)]
    counted = [x for x in earlier if x.intent_id == intent.id and x.kind == "order" and x.state != "refused"]
    left = intent.captured - intent.refunding
    if left <= 0:
        if counted:
            return view(counted[-1])
        raise OverRefund(intent.order_id, 0)
    shares = {leg.child: leg.minor for leg in legs_of(tx, intent.id)}
    for x in counted:
        for child, minor in shares_of(x).items():
            shares[child] = shares.get(child, 0) - minor
    return view(_send(tx, intent, "all", 0, left, cmd.reason, {n: m for n, m in shares.items() if m}))


class RefundHeard(Struct, frozen=True):
    """What the provider says of a refund; None: it could not be reached. `asked` as in `Heard`."""

    refund_id: int
    looked: RefundLooked | None
    asked: int = -1


def refund_heard(tx: Tx, cmd: RefundHeard) -> None:
    """Done and refused are final and told once; a refused one gives its amount free again, so that another way may be
    found."""
    row = RefundRow(*tx.row(REFUND_BY_ID, refund=cmd.refund_id))
    intent = locked(tx, row.intent_id)
    looked = cmd.looked
    if looked and looked.state in ("sent", "done", "refused"):
        turned = tx.run(
            REFUND_TURN, refund=row.id, to=looked.state, known_as=looked.ref or row.ref, why=looked.reason[:64]
        )
        if turned and looked.state != "sent":
            _final(tx, intent, row, looked)
    row = RefundRow(*tx.row(REFUND_BY_ID, refund=cmd.refund_id))
    if cmd.asked >= 0 and row.state not in FINAL_REFUND:
        again = return_again_at(tx.now, cmd.asked)
        if again is not None and tx.run(REFUND_ASKED, refund=row.id, was=cmd.asked):
            tx.emit(RefundDue(row.id, cmd.asked + 1), due_at=again)


def _final(tx: Tx, intent: IntentRow, row: RefundRow, looked: RefundLooked) -> None:
    back, surplus = Money(row.minor, row.currency), row.kind == "surplus"
    if looked.state == "done":
        if not surplus:
            tx.run(GIVEN_BACK, intent=intent.id, n=row.minor)
        tx.emit(Refunded(row.id, row.order_id, row.provider, back, shares_of(row), surplus))
        return
    if not surplus:
        tx.run(NOT_BACK, intent=intent.id, n=row.minor)
    tx.emit(RefundRefused(row.id, row.order_id, row.provider, back, looked.reason, surplus))
