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
    one capture a payment, however many messages tell of it."""

    state: str
    payment: str
    minor: int
    currency: str
    reason: str = ""


class RefundLooked(Struct, frozen=True):
    """state: sent (pending), done, refused."""

    state: str
    ref: str
    reason: str = ""


class Told(Struct, frozen=True):
    """A verified notification: its own id, and which attempt (our number, or the provider's ref) it speaks of."""

    id: str
    number: str
    ref: str
    kind: str


class Provider(Protocol):
    code: str  # stripe, cod …
    method: str  # card, cod: what the buyer chooses
    can: Capabilities

    async def begin(self, attempt: AttemptRef) -> Begun: ...
    async def look(self, attempt: AttemptRef) -> Looked: ...
    async def capture(self, attempt: AttemptRef, payment: str, minor: int) -> Looked: ...
    async def void(self, attempt: AttemptRef) -> Looked: ...
    async def refund(self, payment: str, number: str, minor: int, currency: str, reason: str) -> RefundLooked: ...
    def verify(self, raw: bytes, headers: dict[str, str], now_ms: int) -> Told:
        """Raises `BadSignature` with its reason."""
        ...
