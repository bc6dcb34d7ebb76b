"""From a confirmed child to the signature: fulfilment order (the real warehouse) → shipments → tracking."""

from abc import abstractmethod
from typing import Protocol

from msgspec import Struct

from jishi.goods.inventory import Want
from jishi.kernel import Context, Event, Face, Fault
from jishi.kernel.place import Text


class FulfilLine(Struct, frozen=True):
    line: int
    quantity: int
    sku_code: str
    names: Text
    options: Text
    picture: str
    weight_g: int  # of one piece
    wants: list[Want]  # of all pieces; quantity divides each
    value_minor: int = 0  # of all pieces: by it the cash at the door is shared among parcels (0 everywhere: by pieces)


class FulfilChild(Struct, frozen=True):
    child: int
    number: str
    merchant_id: int
    warehouse_id: int
    service: str
    ship_by: int
    lines: list[FulfilLine]


class Create(Struct, frozen=True):
    """One fulfilment order a child; asking again changes nothing. `collect_minor`: child → cash due at the door.

    Children, pieces and cash are told as they were sold: what was stopped before is taken off here, by its key."""

    order_id: int
    recipient_card: int
    currency: str
    children: list[FulfilChild]
    collect_minor: dict[int, int] = {}
    buyer_id: int = 0  # a customer sees the parcels of its own orders only


class Work(Struct, frozen=True):
    """state: open (to pick), packed, shipped, delivered, cancelled."""

    id: int
    order_id: int
    child: int
    number: str
    merchant_id: int
    warehouse_id: int
    service: str
    state: str
    ship_by: int
    created_at: int
    recipient_card: int
    lines: list["WorkLine"]


class WorkLine(Struct, frozen=True):
    line: int
    sku_code: str
    names: Text
    options: Text
    picture: str
    quantity: int
    cancelled: int
    shipped: int


class WorkQuery(Struct, frozen=True):
    """The staff page's list, most urgent first; a clerk sees its merchant's."""

    state: str = "open"
    warehouse_id: int = 0
    cursor: str = ""
    limit: int = 50


class WorkPage(Struct, frozen=True):
    rows: list[Work]
    next: str


class WorkOf(Struct, frozen=True):
    fulfilment_id: int


class RecipientsOf(Struct, frozen=True):
    """Who gets the parcels of this work, ≤ 100: masked for lists, unmasked for whoever may ship. Every reading is logged,
    for the purpose `delivery`."""

    fulfilment_ids: list[int]
    masked: bool = True


class Recipients(Struct, frozen=True):
    """By fulfilment id; an erased recipient has no fields."""

    rows: dict[int, dict[str, str]]


class Pack(Struct, frozen=True):
    """Packing has begun: from here the buyer can no longer cancel by itself."""

    fulfilment_id: int


class ShipPieces(Struct, frozen=True):
    line: int
    quantity: int


class ShipWork(Struct, frozen=True):
    """Hands a parcel to the carrier, which gives the waybill. No pieces = all that are left. `key`: once."""

    fulfilment_id: int
    key: str
    pieces: list[ShipPieces] = []
    carrier: str = ""


class Track(Struct, frozen=True):
    """state: label, picked_up, in_transit, customs, out_for_delivery, delivered, signed, refused, lost, exception."""

    at: int
    state: str
    place: str
    note: str = ""


class Shipment(Struct, frozen=True):
    """state: booking, label, then as the newest track says."""

    id: int
    order_id: int
    child: int
    n: int
    carrier: str
    waybill: str
    state: str
    shipped_at: int
    pieces: list[ShipPieces]
    tracks: list[Track]  # newest first
    fulfilment_id: int = 0
    collect_minor: int = 0  # cash that the carrier was told to take at the door


class ShipmentsOf(Struct, frozen=True):
    """Customers: of their own order (who reads through a link asks by the story that found the order), clerks: their
    merchant's parcels of it; an order without parcels has none."""

    order_id: int


class ShipmentList(Struct, frozen=True):
    rows: list[Shipment]


class Stop(Struct, frozen=True):
    """Pieces that must not ship any more. Answers what could still be stopped; packed or shipped work refuses."""

    order_id: int
    key: int
    lines: list[tuple[int, int, int]]  # (child, line, pieces); empty = the whole order
    collect_less: dict[int, int] = {}  # child → cash that is no longer due at the door


class Stopped(Struct, frozen=True):
    stopped: bool


class CarrierNote(Struct, frozen=True):
    """What a carrier sent, unread: verified over the raw bytes, stored once, answered; then the carrier is asked."""

    carrier: str
    raw: bytes
    headers: dict[str, str]


class NoteTaken(Struct, frozen=True):
    id: str
    first: bool


class Packed(Event, tag="trade.fulfilment.packed", frozen=True):
    order_id: int
    child: int


class Shipped(Event, tag="trade.fulfilment.shipped", frozen=True):
    """`whole`: nothing of the child is left to ship."""

    order_id: int
    child: int
    shipment_id: int
    carrier: str
    waybill: str
    pieces: list[tuple[int, int]]  # (line, pieces)
    whole: bool
    at: int


class Tracked(Event, tag="trade.fulfilment.tracked", frozen=True):
    """A new state of a shipment, each once and never backwards; `last`: with it every parcel of the child has it.

    `collect_minor` is the cash that was to be taken for this parcel; it is there once the state is `signed`."""

    order_id: int
    child: int
    shipment_id: int
    state: str
    place: str
    at: int
    last: bool
    collect_minor: int = 0


class BookingDue(Event, tag="trade.fulfilment.booking_due", frozen=True):
    """A timer: a shipment may be stuck on its way to the carrier. `tries` counts how often this was looked at."""

    shipment_id: int
    tries: int


class PollDue(Event, tag="trade.fulfilment.poll_due", frozen=True):
    """A timer: the carrier is asked about a parcel that is still under way, in case its notes are lost."""

    shipment_id: int
    polls: int


class NoteStored(Event, tag="trade.fulfilment.note_stored", frozen=True):
    carrier: str
    note_id: str


class NoWork(Fault, code="fulfilment.none", status=404):
    id: int


class WrongState(Fault, code="fulfilment.state", status=409):
    """The work is not where it would have to be."""

    id: int
    state: str


class TooMany(Fault, code="fulfilment.too_many", status=422):
    line: int
    left: int


class BadNote(Fault, code="fulfilment.bad_note", status=400):
    carrier: str
    reason: str


class CarrierDown(Fault, code="fulfilment.carrier_down", status=503):
    carrier: str


class Booking(Struct, frozen=True):
    """What the carrier is told; the address comes from the vault at this moment and is kept nowhere else."""

    number: str  # ours: the idempotency key
    service: str
    weight_g: int
    pieces: int
    collect_minor: int
    currency: str
    recipient: dict[str, str]


class Carrier(Protocol):
    """A carrier (entry point group `jishi.carriers`)."""

    code: str

    async def book(self, booking: Booking) -> str:
        """The waybill number; the same for the same booking number."""
        ...

    async def tracks(self, waybill: str) -> list[Track]:
        """All events so far, oldest first."""
        ...

    def verify(self, raw: bytes, headers: dict[str, str], now_ms: int) -> tuple[str, str]:
        """(id of the note, waybill); raises `BadNote`."""
        ...


class Fulfilment(Face):
    name = "trade.fulfilment"

    @abstractmethod
    async def create(self, ctx: Context, command: Create, /) -> None: ...
    @abstractmethod
    async def work(self, ctx: Context, query: WorkQuery, /) -> WorkPage: ...
    @abstractmethod
    async def work_of(self, ctx: Context, query: WorkOf, /) -> Work: ...
    @abstractmethod
    async def recipients(self, ctx: Context, query: RecipientsOf, /) -> Recipients: ...
    @abstractmethod
    async def pack(self, ctx: Context, command: Pack, /) -> Work: ...
    @abstractmethod
    async def ship(self, ctx: Context, command: ShipWork, /) -> Shipment: ...
    @abstractmethod
    async def shipments(self, ctx: Context, query: ShipmentsOf, /) -> ShipmentList: ...
    @abstractmethod
    async def stop(self, ctx: Context, command: Stop, /) -> Stopped: ...
    @abstractmethod
    async def note(self, ctx: Context, command: CarrierNote, /) -> NoteTaken: ...
