"""What the ledger reads of its neighbours' events; its own timer."""

from msgspec import Struct

from jishi.kernel import Event
from jishi.trade.payments import Captured, Collected, Refunded, SurplusCaptured

__all__ = ["Cancelled", "Captured", "Collected", "Confirmed", "Refunded", "SealDue", "Share", "SurplusCaptured"]


class Share(Struct, frozen=True):
    """`platform_tax` is inside total: the house is liable for it in `tax_country`, the merchant never sees it. `funded` is
    beyond total: the discounts that the house pays, to the merchant in the buyer's place."""

    child: int
    merchant_id: int
    total: int
    platform_tax: int = 0
    tax_country: str = ""
    funded: int = 0


class Confirmed(Event, tag="trade.orders.confirmed", frozen=True):
    order_id: int
    currency: str
    shares: list[Share]


class Cancelled(Event, tag="trade.orders.cancelled", frozen=True):
    """`shares`: what a Confirmed told before and no longer holds."""

    order_id: int
    cancel_id: int
    currency: str
    shares: list[Share]


class SealDue(Event, tag="trade.ledger.seal_due", frozen=True):
    """A timer: what was posted in these ten seconds, and before, is sealed."""

    slot: int
