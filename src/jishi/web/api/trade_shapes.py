"""What the API takes and gives about quotes, orders and parcels."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from .sessions import SessionOut
from .shapes import Amount, Email, Id

MOST_MINOR = (1 << 53) - 1  # what a number of JSON holds exactly everywhere
Text100 = Annotated[str, Meta(max_length=100)]
Pieces = Annotated[int, Meta(ge=1, le=999)]


class LineIn(Struct, frozen=True, forbid_unknown_fields=True):
    listing: Id
    quantity: Pieces = 1


class RecipientIn(Struct, frozen=True, forbid_unknown_fields=True):
    """`country`: ISO 3166-1 alpha-2. `phone`: E.164, or as it is written there."""

    name: Text100
    phone: Annotated[str, Meta(max_length=30)]
    country: Annotated[str, Meta(pattern="^[A-Z]{2}$")]
    street: Annotated[str, Meta(max_length=200)]
    city: Text100 = ""
    province: Text100 = ""
    district: Text100 = ""
    postcode: Annotated[str, Meta(max_length=16)] = ""


class QuoteIn(Struct, frozen=True, forbid_unknown_fields=True):
    """With `recipient` and `email` the quote can be placed. Without them it is an estimate for `country` (the market's own
    when it is not told), is not kept and has no id. `services`: merchant id → one of the quote's services for it.
    `address`: one of `GET /addresses` in place of `recipient`; an account's own e-mail counts where none is told.
    `codes`: coupon codes; the caller's own coupons are found by themselves. `gift_note` goes with the goods."""

    lines: Annotated[list[LineIn], Meta(min_length=1, max_length=100)]
    recipient: RecipientIn | None = None
    address: Id | None = None
    email: Email | None = None
    country: Annotated[str, Meta(pattern="^[A-Z]{2}$")] | None = None
    services: dict[Id, Annotated[str, Meta(max_length=32)]] = {}
    codes: Annotated[list[Annotated[str, Meta(min_length=1, max_length=64)]], Meta(max_length=20)] = []
    gift_note: Annotated[str, Meta(max_length=200)] = ""


class ReasonOut(Struct, frozen=True):
    """Why a figure is what it is: the rule, what went into it, and the sentence in the caller's language."""

    rule: str
    inputs: dict[str, str | int]
    words: str


class PartOut(Struct, frozen=True):
    """What of a discount came off one line, by its name."""

    name: str
    amount: Amount


class DiscountOut(Struct, frozen=True):
    """What a promotion takes off (< 0), why, and how it is shared among the lines. `stage`: item, shop, cross_shop, coupon."""

    name: str
    stage: str
    amount: Amount
    reason: ReasonOut
    parts: list[PartOut]


class UnusedOut(Struct, frozen=True):
    """A coupon or code that does not count, and why."""

    name: str
    code: str
    reason: ReasonOut


class NearOut(Struct, frozen=True):
    """What a little more would save. `merchant`: null where any shop's goods count."""

    name: str
    merchant: str | None
    missing: Amount
    missing_pieces: int
    saves: Amount
    reason: ReasonOut


class QuoteLineOut(Struct, frozen=True):
    listing: str
    sku: str
    name: str
    options: str
    quantity: int
    unit: Amount
    gross: Amount
    tax: Amount
    rate_bp: int


class QuoteParcelOut(Struct, frozen=True):
    """What ships together: one merchant, one warehouse, one day."""

    n: int
    merchant: str
    warehouse: str
    service: str
    ship_by: str
    promise_from: str
    promise_to: str
    lines: list[QuoteLineOut]
    freight: Amount
    freight_reason: ReasonOut
    total: Amount


class MethodOut(Struct, frozen=True):
    """`reason`: why it cannot be used, "" where it can."""

    code: str
    usable: bool
    reason: str


class ServiceOut(Struct, frozen=True):
    merchant: str
    service: str
    freight: Amount
    days_min: int
    days_max: int
    chosen: bool


class QuoteOut(Struct, frozen=True):
    """`session` is a guest's, opened by this call when there was none: its token goes into `Authorization: Bearer …`."""

    id: str | None
    expires_at: str | None
    goods: Amount
    discount: Amount
    freight: Amount
    tax: Amount
    tax_included: bool
    total: Amount
    parcels: list[QuoteParcelOut]
    methods: list[MethodOut]
    services: list[ServiceOut]
    discounts: list[DiscountOut] = []
    unused: list[UnusedOut] = []
    near: list[NearOut] = []
    session: SessionOut | None = None


class OrderIn(Struct, frozen=True, forbid_unknown_fields=True):
    """`total` is what the buyer saw, in minor units: another one is 409 with the quote's. `method`: card, cod, or none for
    a total of 0."""

    quote: Id
    total: Annotated[int, Meta(ge=0, le=MOST_MINOR)]
    method: Annotated[str, Meta(max_length=16)]


class PlacedOut(Struct, frozen=True):
    """`pay` is where to ask for the provider's page (`POST`), null when nothing is to be paid now."""

    id: str
    number: str
    total: Amount
    method: str
    pay_by: str
    pay: str | None


class OrderLineOut(Struct, frozen=True):
    """`cancelled` and `shipped` count pieces of `quantity`."""

    n: int
    listing: str
    sku: str
    name: str
    options: str
    quantity: int
    cancelled: int
    shipped: int
    unit: Amount
    gross: Amount
    tax: Amount
    refunded: Amount


class ChildOut(Struct, frozen=True):
    """A parcel's order: one merchant × one planned warehouse × one day. `clocks`: what happened when."""

    n: int
    number: str
    merchant: str
    state: str
    service: str
    ship_by: str
    promise_from: str
    promise_to: str
    lines: list[OrderLineOut]
    freight: Amount
    freight_reason: ReasonOut | None
    total: Amount
    refunded: Amount
    clocks: dict[str, str]


class StepOut(Struct, frozen=True):
    """child 0: the whole order. `words` is the sentence in the caller's language."""

    at: str
    child: int
    what: str
    words: str


class OrderOut(Struct, frozen=True):
    """`can` says what the caller may do now: pay, cancel, confirm_receipt. `ended`: why a dead order is one."""

    id: str
    number: str
    state: str
    payment: str
    method: str
    goods: Amount
    discount: Amount
    freight: Amount
    tax: Amount
    tax_included: bool
    total: Amount
    refunded: Amount
    placed_at: str
    pay_by: str
    children: list[ChildOut]
    timeline: list[StepOut]
    can: list[str]
    ended: str
    version: int
    discounts: list[DiscountOut] = []


class OrderTile(Struct, frozen=True):
    id: str
    number: str
    state: str
    total: Amount
    placed_at: str
    pay_by: str
    parcels: int
    pieces: int
    names: list[str]


class OrderList(Struct, frozen=True):
    """`next` is the cursor of the next page, null at the end."""

    items: list[OrderTile]
    next: str | None


class CancelIn(Struct, frozen=True, forbid_unknown_fields=True):
    """Nothing named: the whole order. A child; or a line, of which `quantity` pieces (0 = all that are left)."""

    child: Annotated[int, Meta(ge=0, le=1_000)] = 0
    line: Annotated[int, Meta(ge=0, le=10_000)] = 0
    quantity: Annotated[int, Meta(ge=0, le=999)] = 0
    reason: Annotated[str, Meta(max_length=64, pattern="^[a-z_]*$")] = ""


class ReceiptIn(Struct, frozen=True, forbid_unknown_fields=True):
    """child 0: all parcels that were delivered."""

    child: Annotated[int, Meta(ge=0, le=1_000)] = 0


class PayOut(Struct, frozen=True):
    """Send the browser to `url`; null when there is nothing to do (see `state`)."""

    url: str | None
    state: str


class TrackOut(Struct, frozen=True):
    at: str
    state: str
    place: str
    words: str


class PieceOut(Struct, frozen=True):
    line: int
    quantity: int


class ShipmentOut(Struct, frozen=True):
    """`tracks`: newest first."""

    id: str
    child: int
    n: int
    carrier: str
    waybill: str
    state: str
    shipped_at: str | None
    pieces: list[PieceOut]
    tracks: list[TrackOut]


class ShipmentItems(Struct, frozen=True):
    items: list[ShipmentOut]


class ReceiptOfStockIn(Struct, frozen=True, forbid_unknown_fields=True):
    """Pieces of a listing's SKU that arrived in a warehouse."""

    listing: Id
    warehouse: Id
    quantity: Annotated[int, Meta(ge=1, le=1_000_000)]
    note: Annotated[str, Meta(max_length=200)] = ""


class LevelOut(Struct, frozen=True):
    """available = on_hand − reserved − allocated − safety, never below 0."""

    stock: str
    on_hand: int
    reserved: int
    allocated: int
    safety: int
    available: int


class WorkLineOut(Struct, frozen=True):
    line: int
    sku: str
    name: str
    options: str
    quantity: int
    cancelled: int
    shipped: int


class WorkOut(Struct, frozen=True):
    """state: open, packed, shipped, delivered, cancelled."""

    id: str
    order: str
    number: str
    merchant: str
    warehouse: str
    service: str
    state: str
    ship_by: str
    lines: list[WorkLineOut]


class WorkItems(Struct, frozen=True):
    items: list[WorkOut]
    next: str | None


class ShipIn(Struct, frozen=True, forbid_unknown_fields=True):
    """One parcel; no pieces = all that are left."""

    pieces: Annotated[list[PieceIn], Meta(max_length=100)] = []
    carrier: Annotated[str, Meta(max_length=32)] = ""


class PieceIn(Struct, frozen=True, forbid_unknown_fields=True):
    line: Annotated[int, Meta(ge=1, le=10_000)]
    quantity: Pieces
