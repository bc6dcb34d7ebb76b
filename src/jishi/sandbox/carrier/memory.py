"""The carrier without a wire: for tests and the simulator."""

import msgspec

from jishi.trade.fulfilment import Booking, CarrierDown, CarrierNote, Track
from jishi.trade.fulfilment.express import CODE, HEADER, Note, opened, sign

from .box import Box, OutNote


class MemoryCarrier:
    """Keeps the contract of `Carrier` over a `Box`; the faults of the box's plan strike here too."""

    def __init__(self, box: Box, secret: bytes = b"memory", code: str = CODE) -> None:
        self.box, self.secret, self.code = box, secret, code

    async def book(self, booking: Booking) -> str:
        """A question may get lost on the way there or its answer on the way back."""
        if self._down():
            raise CarrierDown(self.code)
        waybill = self.box.book(booking)
        if self._down():
            raise CarrierDown(self.code)
        return waybill

    async def tracks(self, waybill: str) -> list[Track]:
        tracks = None if self._down() else self.box.tracks(waybill)
        if tracks is None:
            raise CarrierDown(self.code)
        return tracks

    def verify(self, raw: bytes, headers: dict[str, str], now_ms: int) -> tuple[str, str]:
        return opened(self.code, self.secret, raw, headers, now_ms)

    def letter(self, note: OutNote) -> CarrierNote:
        """The note as it comes over the wire, signed at the box's now."""
        raw = msgspec.json.encode(Note(note.id, note.waybill))
        return CarrierNote(self.code, raw, {HEADER: sign(self.secret, raw, self.box.now())})

    def _down(self) -> bool:
        return bool(self.box.faults.down) and self.box.chance.random() < self.box.faults.down
