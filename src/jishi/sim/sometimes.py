"""How often each rare branch was reached. A batch of histories that never comes to one of them proves little."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable
from typing import Any

from jishi.kernel.sqlite import Done

# what a unit answered → which branch that was
Told = Callable[[Any], bool]
BY_UNIT: dict[str, tuple[str, Told]] = {
    "trade.orders.commands.revive": ("late money revived its order", lambda r: r.verdict == "accepted"),
    "trade.orders.commands.note_late": ("late money went back", lambda r: r is True),
    "goods.inventory.holds.allocate": (
        "an allocation was refused",
        lambda r: any(getattr(a, "state", "") == "refused" for a in r),
    ),
    "trade.payments.commands.store_notice": ("a notice came again", lambda r: not r.first),
    "trade.fulfilment.tracking.keep_note": ("a carrier's note came again", lambda r: not r.first),
    "trade.fulfilment.commands.stop": ("a stop lost against packing", lambda r: not r.stopped),
    "trade.fulfilment.commands.take_up": ("a parcel was carried on by its timer", lambda r: r is not None),
    "trade.checkout.commands.begin": (
        "a stored refusal was answered again",
        lambda r: any((getattr(a, "answer", None) or b"")[:1] == b"-" for a in r),
    ),
    "kernel.source.revive": ("a dead letter was delivered again", lambda r: r is True),
}
BY_SQL = {
    "money was surplus": "SELECT COUNT(*) FROM trade_payments_captures WHERE effective = 0",
    "an order ran out": "SELECT COUNT(*) FROM trade_orders_parents WHERE ended = 'expired'",
    "an attempt to pay ran out": "SELECT COUNT(*) FROM trade_payments_attempts WHERE state = 'expired'",
    "a payment failed": "SELECT COUNT(*) FROM trade_payments_attempts WHERE state = 'failed'",
    "a reservation ran out": "SELECT COUNT(*) FROM goods_inventory_reservations WHERE state = 'released'",
    "a reservation was refused": "SELECT COUNT(*) FROM goods_inventory_reservations WHERE short_stock_id > 0",
    "an order was cancelled in part": "SELECT COUNT(DISTINCT order_id) FROM trade_orders_cancellations x WHERE state = "
    "'done' AND EXISTS (SELECT 1 FROM trade_orders_sold s WHERE s.order_id = x.order_id AND s.shipped > 0)",
    "money went back in part": "SELECT COUNT(*) FROM trade_payments_intents WHERE refunded > 0 AND refunded < captured",
    "cash was taken at the door": "SELECT COUNT(*) FROM trade_payments_intents WHERE method = 'cod' AND captured > 0",
    "a parcel was refused at the door": "SELECT COUNT(*) FROM trade_fulfilment_parcels WHERE state = 'refused'",
    "a parcel was lost": "SELECT COUNT(*) FROM trade_fulfilment_parcels WHERE state = 'lost'",
    "a child left in two parcels": "SELECT COUNT(*) FROM trade_fulfilment_works WHERE parcels > 1",
    "an order of two children": "SELECT COUNT(*) FROM trade_orders_children WHERE n = 2",
    "an order of nothing to pay": "SELECT COUNT(*) FROM trade_orders_parents WHERE total = 0",
    "uses of an order were held": "SELECT COUNT(*) FROM goods_promotions_holds WHERE state = 'confirmed'",
    "a hold of uses ran out": "SELECT COUNT(*) FROM goods_promotions_holds WHERE state = 'released'",
    "uses came back with a dead order": "SELECT COUNT(*) FROM goods_promotions_holds WHERE state = 'given_back'",
    "a coupon came back": "SELECT COUNT(*) FROM goods_promotions_coupons WHERE state = 'given_back'",
    "late money found the offer gone": "SELECT COUNT(*) FROM goods_promotions_holds WHERE state = 'refused' AND "
    "LENGTH(refusal) = 0",
    "a budget was used up": "SELECT COUNT(*) FROM goods_promotions_budgets WHERE most_uses > 0 AND held_uses + used_uses = "
    "most_uses",
    "pieces with a discount were cancelled": "SELECT COUNT(*) FROM trade_orders_sold s JOIN goods_promotions_holds h USING "
    "(order_id) WHERE h.state = 'confirmed' AND s.cancelled > 0 AND s.cancelled < s.quantity",
    "an order was completed": "SELECT COUNT(*) FROM trade_orders_children WHERE fulfilment = 'completed'",
}
MARKED = (
    "a commit failed",
    "a commit's answer was lost",
    "a batch was run again",
    "the process died",
    "a dead letter",
    "a quote had run out",
    "a price changed after the quote",
    "the same key came with another body",
    "two answers to one key met",
    "a use was refused",
    "more than a person may buy",
)
ALL = (*(name for name, _ in BY_UNIT.values()), *BY_SQL, *MARKED)


class Sometimes(Counter[str]):
    """Branch → how often."""

    def heard(self, done: list[Done], fate: str) -> None:
        """Of one group of units."""
        if fate:
            self["a commit failed" if fate == "full" else "a commit's answer was lost"] += 1
            self["a batch was run again"] += sum(job.ctx is None and len(job.args[0]) > 1 for job, *_ in done)
            return
        for job, result, error, _ in done:
            if error is not None:
                self["a batch was run again"] += job.ctx is None and len(job.args[0]) > 1
            elif found := BY_UNIT.get(f"{job.unit.__module__.removeprefix('jishi.')}.{job.unit.__name__}"):
                self[found[0]] += found[1](result)
            elif job.unit.__name__ == "finish":
                self["two answers to one key met"] += sum(
                    ask.command.answer != kept for ask, kept in zip(job.args[0], result, strict=True)
                )

    def at_rest(self, c: sqlite3.Connection) -> None:
        for name, sql in BY_SQL.items():
            self[name] += c.execute(sql).fetchone()[0]

    def never(self) -> list[str]:
        return [name for name in ALL if not self[name]]
