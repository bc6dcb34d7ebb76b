"""What happens to parcels: a plan of stops for each, walked by the clock or by hand, with a seeded plan of faults."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

import msgspec
from msgspec import Struct

from jishi.trade.fulfilment import Booking, Track

HOUR = 3_600_000
PARCELS_MAX = 100_000
# Places are UN/LOCODE; pages translate the ones they know (`places.CNHGH`) and show the others as they are.
HUBS = {
    "CN": ("CNHGH", "CNSHA"),
    "US": ("CNSHA", "USLAX"),
    "CA": ("CNSHA", "CAVAN"),
    "GB": ("CNSHA", "GBLON"),
    "DE": ("CNSHA", "DEFRA"),
    "NL": ("CNSHA", "NLAMS"),
    "FR": ("CNSHA", "FRPAR"),
    "JP": ("CNSHA", "JPTYO"),
}
AFAR = ("CNSHA", "SGSIN")


class Faults(Struct, frozen=True):
    """Chances from 0 to 1. A lost note is never sent, a late one is overtaken by its followers; a refused parcel goes
    back at the door, a lost one is heard of no more after its first hub; `down`: a question gets no answer."""

    lose_note: float = 0.0
    repeat_note: float = 0.0
    late_note: float = 0.0
    refuse: float = 0.0
    lose_parcel: float = 0.0
    down: float = 0.0


class OutNote(Struct, frozen=True):
    """A note on its way to the shop."""

    due_at: int
    id: str
    waybill: str
    tries: int = 0


@dataclass
class Parcel:
    """`plan` is what lies ahead, by moment; `tracks` what has been."""

    booking: Booking
    waybill: str
    booked_at: int
    plan: list[Track]
    tracks: list[Track] = field(default_factory=list)


def waybill_of(number: str) -> str:
    """Ours for a booking number: the same for the same."""
    return f"JX{int.from_bytes(hashlib.sha256(number.encode()).digest()[:5], 'big') % 10**12:012d}"


def journey(booking: Booking, now: int, pace: float, *, refused: bool, lost: bool) -> list[Track]:
    """The stops of a parcel booked `now`, about a day and a half on the road; `pace` 3600 makes an hour a second."""
    near, far = HUBS.get(booking.recipient.get("country", "CN"), AFAR)
    stops = [
        (2 * HOUR, "picked_up", near),
        (8 * HOUR, "in_transit", near),
        (20 * HOUR, "in_transit", far),
        (30 * HOUR, "out_for_delivery", far),
    ]
    if lost:
        stops = [*stops[:2], (72 * HOUR, "lost", "")]
    elif refused:
        stops.append((34 * HOUR, "refused", ""))
    else:
        stops += [(34 * HOUR, "delivered", ""), (34 * HOUR + HOUR // 4, "signed", "")]
    return [Track(now + int(after / pace), state, place) for after, state, place in stops]


class Box:
    """A carrier's whole world in memory. `now`: ms UTC; `secret` signs its notes; `pace` is how much faster it drives."""

    def __init__(
        self,
        now: Callable[[], int],
        chance: Random,
        faults: Faults = Faults(),  # noqa: B008  # frozen
        pace: float = 1.0,
    ) -> None:
        self.now, self.chance, self.faults, self.pace = now, chance, faults, pace
        self.parcels: dict[str, Parcel] = {}
        self.outgoing: list[OutNote] = []
        self.told = 0

    def book(self, booking: Booking) -> str:
        """The parcel's waybill; a number that is known gets its own again."""
        waybill = waybill_of(booking.number)
        if waybill not in self.parcels:
            if len(self.parcels) >= PARCELS_MAX:
                raise OverflowError("the box is full")
            refused, lost = self._strikes(self.faults.refuse), self._strikes(self.faults.lose_parcel)
            plan = journey(booking, self.now(), self.pace, refused=refused, lost=lost)
            self.parcels[waybill] = Parcel(booking, waybill, self.now(), plan)
        return waybill

    def tracks(self, waybill: str) -> list[Track] | None:
        """All that has happened by now, oldest first; None for a waybill that is not ours."""
        self.advance()
        parcel = self.parcels.get(waybill)
        return list(parcel.tracks) if parcel else None

    def advance(self) -> None:
        """What was to happen by now has happened, and its notes are on their way."""
        for parcel in self.parcels.values():
            while parcel.plan and parcel.plan[0].at <= self.now():
                self._happen(parcel, parcel.plan.pop(0))

    def push(self, waybill: str) -> Track | None:
        """The parcel's next stop happens now, the later ones earlier by as much; None at the end of its way."""
        self.advance()
        parcel = self.parcels[waybill]
        if not parcel.plan:
            return None
        track = parcel.plan.pop(0)
        sooner = track.at - self.now()
        parcel.plan = [msgspec.structs.replace(t, at=t.at - sooner) for t in parcel.plan]
        track = msgspec.structs.replace(track, at=self.now())
        self._happen(parcel, track)
        return track

    def _happen(self, parcel: Parcel, track: Track) -> None:
        parcel.tracks.append(track)
        self.told += 1
        note = OutNote(track.at, f"jxn_{self.told}", parcel.waybill)
        if self._strikes(self.faults.late_note):
            note = msgspec.structs.replace(note, due_at=track.at + int(12 * HOUR / self.pace))
        if not self._strikes(self.faults.lose_note):
            self.outgoing.append(note)
        if self._strikes(self.faults.repeat_note):
            self.outgoing.append(msgspec.structs.replace(note, due_at=note.due_at + int(HOUR / self.pace)))

    def due_notes(self) -> list[OutNote]:
        """Notes to be sent now, taken out of the box."""
        self.advance()
        now = self.now()
        due = sorted((n for n in self.outgoing if n.due_at <= now), key=lambda n: n.due_at)
        self.outgoing = [n for n in self.outgoing if n.due_at > now]
        return due

    def _strikes(self, likely: float) -> bool:
        return bool(likely) and self.chance.random() < likely
