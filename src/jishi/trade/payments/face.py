"""Money in and money back, through providers. A notification is a hint; what the provider answers when asked is posted."""

from abc import abstractmethod

from msgspec import Struct

from jishi.kernel import Context, Event, Face, Fault, Money


class Leg(Struct, frozen=True):
    """What one payee gets of the intent, by child: Σ legs = amount."""

    child: int
    merchant_id: int
    minor: int


class Intend(Struct, frozen=True):
    """One intent an order version: immutable. `method`: card, cod, or none for nothing to pay. `order_number` is what the
    provider's page shows; `buyer_id` 0 = the actor, if it is a customer."""

    order_id: int
    order_version: int
    due: Money
    method: str
    pay_by: int
    legs: list[Leg]
    order_number: str = ""
    buyer_id: int = 0


class Intent(Struct, frozen=True):
    """state: open, authorised, captured, voided, at_door (cash on delivery, not yet whole). Refunded counts all of it
    that went back, surplus not included."""

    id: int
    order_id: int
    due: Money
    method: str
    state: str
    captured: int
    refunded: int
    pay_by: int


class IntentQuery(Struct, frozen=True):
    """By id, or the order's newest. Customers find their own."""

    intent_id: int = 0
    order_id: int = 0


class Start(Struct, frozen=True):
    """A payment attempt at the provider, with a number of its own. A live attempt is answered again (two tabs, double
    click); a failed or expired one makes the next. URLs are ours, absolute."""

    intent_id: int
    success_url: str
    cancel_url: str


class Started(Struct, frozen=True):
    """Send the browser to `url`. "" = nothing to do (cash on delivery, or it is paid already: see `state`)."""

    intent_id: int
    attempt: int
    url: str
    state: str


class Notify(Struct, frozen=True):
    """What came in, unread: verified over the raw bytes, stored once by its id, answered; a job asks the provider."""

    provider: str
    raw: bytes
    headers: dict[str, str]


class Notified(Struct, frozen=True):
    id: str
    first: bool


class Look(Struct, frozen=True):
    """Ask the provider now: the browser came back. A provider that is down changes nothing: what is known is answered."""

    intent_id: int


class RefundAsk(Struct, frozen=True):
    """`minor` of the order's captured money goes back, once a `key`, to the tender that paid. Σ refunds ≤ Σ captures.

    `shares`: child → minor, they sum to `minor`."""

    order_id: int
    key: int
    minor: int
    reason: str
    shares: dict[int, int]


class Refund(Struct, frozen=True):
    """state: due, sent, done, refused (the provider will not: staff must), at_door (nothing was collected yet)."""

    id: int
    order_id: int
    minor: int
    currency: str
    state: str
    reason: str


class RefundsQuery(Struct, frozen=True):
    order_id: int


class RefundList(Struct, frozen=True):
    rows: list[Refund]


class Void(Struct, frozen=True):
    """The order is dead: no new attempt may start, a live one is ended at the provider where that can be. Money that
    arrives all the same is told by `Captured` and goes back."""

    order_id: int


class Collect(Struct, frozen=True):
    """Cash taken at the door: one collection a shipment. child 0: shared over what is left of all."""

    order_id: int
    shipment_id: int
    minor: int
    child: int = 0


class ReturnAll(Struct, frozen=True):
    """Captured money that no order can use goes back whole; once an intent."""

    intent_id: int
    reason: str


class NoticeStored(Event, tag="trade.payments.notice_stored", frozen=True):
    provider: str
    notice_id: str


class AttemptDue(Event, tag="trade.payments.attempt_due", frozen=True):
    """A timer: the sweeper asks about an unsettled attempt (60 s, then at growing distances until it is final)."""

    intent_id: int
    attempt: int
    asked: int


class RefundDue(Event, tag="trade.payments.refund_due", frozen=True):
    """A timer: the provider is asked to give back, then whether it has."""

    refund_id: int
    asked: int = 0


class Captured(Event, tag="trade.payments.captured", frozen=True):
    """All that was due is there, once an intent; also when the order is dead by now (late money: trade.orders decides)."""

    intent_id: int
    order_id: int
    provider: str
    amount: Money
    legs: list[Leg]


class SurplusCaptured(Event, tag="trade.payments.surplus", frozen=True):
    """Money that is not the order's: a second payment, another amount or currency. It goes back by itself, and
    `Refunded(surplus=True)` tells so. reason: second, amount, currency."""

    capture_id: int
    order_id: int
    provider: str
    amount: Money
    reason: str


class Collected(Event, tag="trade.payments.collected", frozen=True):
    """Cash of one parcel. `whole`: with it all that was due is there. Shipment 0 with amount 0: a cancelled part
    made whole what had been collected before."""

    intent_id: int
    order_id: int
    shipment_id: int
    amount: Money
    whole: bool


class Refunded(Event, tag="trade.payments.refunded", frozen=True):
    """The provider gave it back. surplus: it never belonged to the order."""

    refund_id: int
    order_id: int
    provider: str
    amount: Money
    shares: dict[int, int]
    surplus: bool


class RefundRefused(Event, tag="trade.payments.refund_refused", frozen=True):
    """The provider will not give it back: staff must find another way. reason: the provider's code."""

    refund_id: int
    order_id: int
    provider: str
    amount: Money
    reason: str
    surplus: bool


class AttemptFailed(Event, tag="trade.payments.attempt_failed", frozen=True):
    """Declined or given up; the buyer may try again until pay-by. reason: the provider's code."""

    intent_id: int
    order_id: int
    reason: str


class NoIntent(Fault, code="payment.no_intent", status=404):
    intent_id: int = 0


class BadSignature(Fault, code="payment.bad_signature", status=400):
    """reason: missing, mismatch, old, unreadable."""

    provider: str
    reason: str


class NothingToPay(Fault, code="payment.closed", status=409):
    """Voided, past pay-by, or nothing was ever captured. state: voided, late, or the intent's."""

    intent_id: int
    state: str


class ProviderDown(Fault, code="payment.provider_down", status=503):
    provider: str


class PaymentRefused(Fault, code="payment.refused", status=409):
    """The provider will not take it. reason: its code."""

    provider: str
    reason: str


class NoMethod(Fault, code="payment.no_method", status=422):
    """No provider takes this method here."""

    method: str


class OverRefund(Fault, code="payment.over_refund", status=409):
    order_id: int
    left: int


class Payments(Face):
    name = "trade.payments"

    @abstractmethod
    async def intend(self, ctx: Context, command: Intend, /) -> Intent: ...
    @abstractmethod
    async def intent(self, ctx: Context, query: IntentQuery, /) -> Intent: ...
    @abstractmethod
    async def start(self, ctx: Context, command: Start, /) -> Started: ...
    @abstractmethod
    async def notify(self, ctx: Context, command: Notify, /) -> Notified: ...
    @abstractmethod
    async def look(self, ctx: Context, command: Look, /) -> Intent: ...
    @abstractmethod
    async def refund(self, ctx: Context, command: RefundAsk, /) -> Refund: ...
    @abstractmethod
    async def refunds(self, ctx: Context, query: RefundsQuery, /) -> RefundList: ...
    @abstractmethod
    async def void(self, ctx: Context, command: Void, /) -> None: ...
    @abstractmethod
    async def collect(self, ctx: Context, command: Collect, /) -> Intent: ...
    @abstractmethod
    async def return_all(self, ctx: Context, command: ReturnAll, /) -> Refund: ...
