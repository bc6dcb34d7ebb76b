"""The last answer of a key overwrites the first: who asked earlier was told something else."""

from collections.abc import Sequence

from sqlalchemy import bindparam, update

from jishi.app import Parts
from jishi.kernel import Ask, Fault, Statement, Tx, batched
from jishi.sim.relay import Restless
from jishi.trade.checkout.commands import PLACED, REFUSED, Finish
from jishi.trade.checkout.service import CheckoutService
from jishi.trade.checkout.tables import attempts

OVERWRITE = Statement(
    update(attempts)
    .where(attempts.c.order_id == bindparam("order"))
    .values(answer=bindparam("bytes"), outcome=bindparam("came_to"))
)


def finish_again(tx: Tx, asks: Sequence[Ask]) -> Sequence[bytes | Fault]:
    ends: list[Finish] = [a.command for a in asks]
    for e in ends:
        tx.run(OVERWRITE, order=e.order_id, bytes=e.answer, came_to=PLACED if e.answer[:1] == b"+" else REFUSED)
    return [e.answer for e in ends]


class LastAnswerWins(CheckoutService):
    _finish = batched(finish_again, needs="trade:checkout:place")


PARTS = Parts(checkout=LastAnswerWins, relay=Restless)
BREAKS = ("I5",)
