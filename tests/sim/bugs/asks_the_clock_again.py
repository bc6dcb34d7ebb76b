"""A timer that compares the clock again: set back meanwhile, it finds that its time has not come, and never comes again."""

from collections.abc import Sequence

from jishi.app import Parts
from jishi.kernel import Handler, Tx
from jishi.sim.relay import Restless
from jishi.trade.orders import PaymentDue
from jishi.trade.orders.book import Book
from jishi.trade.orders.cancelling import expire
from jishi.trade.orders.service import OrdersService


def expire_if_it_is_late(tx: Tx, due: PaymentDue) -> None:
    if tx.now >= Book(tx, due.order_id).parent.pay_by:
        expire(tx, due)


class AsksTheClockAgain(OrdersService):
    def handlers(self) -> Sequence[Handler]:
        others = [h for h in super().handlers() if h.shape is not PaymentDue]
        return [*others, Handler(self.db, PaymentDue, unit=expire_if_it_is_late)]


PARTS = Parts(orders=AsksTheClockAgain, relay=Restless)
BREAKS = ("I7",)
