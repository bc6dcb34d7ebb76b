"""Takes the message for the payment: every notice that speaks of money is a capture."""

from collections.abc import Sequence

from sqlalchemy import bindparam, select

from jishi.app import Parts
from jishi.kernel import Handler, Money, Statement, Tx
from jishi.sim.relay import Restless
from jishi.trade.payments.commands import legs_of, locked
from jishi.trade.payments.face import AttemptDue, Captured, NoticeStored, RefundDue
from jishi.trade.payments.service import PaymentsService
from jishi.trade.payments.tables import ATTEMPT_BY_NUMBER, ENDED, FILL, NEW_CAPTURE, AttemptRow, notices

TOLD = Statement(
    select(notices.c.number, notices.c.kind).where(
        notices.c.provider == bindparam("by"), notices.c.notice_id == bindparam("told")
    )
)


def capture_each_message(tx: Tx, event: NoticeStored) -> None:
    number, kind = tx.row(TOLD, by=event.provider, told=event.notice_id)
    if kind not in ("payment.authorised", "payment.captured"):
        return
    row = AttemptRow(*tx.row(ATTEMPT_BY_NUMBER, of=number))
    intent = locked(tx, row.intent_id)
    amount = Money(intent.due, intent.currency)
    if tx.once(
        NEW_CAPTURE,
        id=tx.new_id(),
        intent_id=intent.id,
        attempt_id=row.id,
        provider=row.provider,
        payment=event.notice_id,
        minor=amount.minor,
        currency=amount.currency,
        effective=1,
        reason="",
        captured_at=tx.now,
    ):
        tx.run(ENDED, attempt=row.id, to="captured", why="")
        tx.run(FILL, intent=intent.id, n=amount.minor)
        tx.emit(Captured(intent.id, intent.order_id, row.provider, amount, legs_of(tx, intent.id)))


class CapturesTwice(PaymentsService):
    def handlers(self) -> Sequence[Handler]:
        return [
            Handler(self.db, NoticeStored, unit=capture_each_message),
            Handler(self.db, AttemptDue, story=self.attempt_due),
            Handler(self.db, RefundDue, story=self.refund_due),
        ]


PARTS = Parts(payments=CapturesTwice, relay=Restless)
BREAKS = ("I5",)
