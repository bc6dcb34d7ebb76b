"""What a payment provider must be able to do. Others publish their own through the entry point group `jishi.payments`;
each passes the contract suite in `tests/trade/payments/contract.py`."""

from typing import Protocol

from msgspec import Struct


class Capabilities(Struct, frozen=True):
    redirect: bool = True  # the buyer goes to the provider's page
    authorise: bool = False
    part_capture: bool = False
    refund: bool = True
    part_refund: bool = True
    void: bool = True
    at_door: bool = False
    min_live_ms: int = 0  # the shortest and longest life of an attempt that the provider takes; 0 = any
    max_live_ms: int = 0


class AttemptRef(Struct, frozen=True):
    """`number` is unique for ever: a new one for each attempt, and the provider's idempotency key."""

    number: str
    intent_id: int
    order_number: str
    minor: int
    currency: str
    ref: str = ""  # the provider's own, once known
    expires_at: int = 0  # ms UTC
    success_url: str = ""
    cancel_url: str = ""
    locale: str = "en"


class Begun(Struct, frozen=True):
    ref: str
    url: str
    expires_at: int


class Looked(Struct, frozen=True):
    """The provider's truth. state: open, authorised, captured, failed, expired. `payment` names the money's own id:
    one capture a payment, however many messages tell of it. `number` is ours as the provider's record has it ("" =
    it keeps none); another attempt's is never posted."""

    state: str
    payment: str = ""
    minor: int = 0
    currency: str = ""
    reason: str = ""
    number: str = ""


class RefundLooked(Struct, frozen=True):
    """state: sent (pending), done, refused."""

    state: str
    ref: str
    reason: str = ""


class Told(Struct, frozen=True):
    """A verified notification: its own id, and which attempt or refund (our number, or the provider's ref) it speaks
    of."""

    id: str
    number: str
    ref: str
    kind: str


class Provider(Protocol):
    """Each verb may raise `ProviderDown` (nothing is known: asked again later, under the same number) and
    `PaymentRefused` (the provider said no, and will say so again)."""

    code: str  # stripe, cod …
    method: str  # card, cod: what the buyer chooses
    can: Capabilities

    async def begin(self, attempt: AttemptRef) -> Begun:
        """The buyer can pay at `url`. The same number gives the same answer."""
        ...

    async def look(self, attempt: AttemptRef) -> Looked: ...
    async def capture(self, attempt: AttemptRef, payment: str, minor: int) -> Looked: ...
    async def void(self, attempt: AttemptRef) -> Looked:
        """Nobody can pay this attempt any more, what was authorised is let go; or it is captured already, and that
        is what is answered."""
        ...

    async def refund(self, payment: str, number: str, minor: int, currency: str, reason: str) -> RefundLooked:
        """Once a `number`."""
        ...

    async def refund_state(self, number: str, ref: str) -> RefundLooked: ...
    def verify(self, raw: bytes, headers: dict[str, str], now_ms: int) -> Told:
        """Raises `BadSignature` with its reason. `headers` have lower-case names."""
        ...
