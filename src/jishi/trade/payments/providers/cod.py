"""Cash on delivery: nothing to begin or to ask; each parcel's cash is told by `collect`."""

from __future__ import annotations

from msgspec import Struct

from jishi.trade.payments.face import BadSignature, PaymentRefused
from jishi.trade.payments.provider import AttemptRef, Begun, Capabilities, Looked, RefundLooked, Told

from . import Kind


class CodSettings(Struct, frozen=True, forbid_unknown_fields=True):
    pass


class Cod:
    code = method = "cod"
    can = Capabilities(redirect=False, refund=False, part_refund=False, void=False, at_door=True)

    async def begin(self, attempt: AttemptRef) -> Begun:
        raise PaymentRefused(self.code, "at_door")

    async def look(self, attempt: AttemptRef) -> Looked:
        return Looked("open")

    async def capture(self, attempt: AttemptRef, payment: str, minor: int) -> Looked:
        raise PaymentRefused(self.code, "at_door")

    async def void(self, attempt: AttemptRef) -> Looked:
        return Looked("expired")

    async def refund(self, payment: str, number: str, minor: int, currency: str, reason: str) -> RefundLooked:
        """Cash does not flow back by itself: staff must pay it out."""
        return RefundLooked("refused", "", "cash")

    async def refund_state(self, number: str, ref: str) -> RefundLooked:
        return RefundLooked("refused", ref, "cash")

    def verify(self, raw: bytes, headers: dict[str, str], now_ms: int) -> Told:
        raise BadSignature(self.code, "unknown")


KIND = Kind("cod", CodSettings, lambda settings: Cod())
