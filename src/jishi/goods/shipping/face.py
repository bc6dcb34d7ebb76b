"""Which warehouse ships what, for how much, and when it arrives. Simple tables now; the router comes behind this face."""

from abc import abstractmethod

from msgspec import Struct

from jishi.kernel import Context, Face, Fault
from jishi.kernel.place import Reason, Region


class RateDraft(Struct, frozen=True):
    """What a merchant asks for freight from a warehouse (0 = any) to a region ("" = anywhere in the country, country
    "*" = anywhere). Price = first_minor up to first_g, then more_minor for each begun more_g. The most exact region wins.

    `free_from_minor`: goods of the merchant worth at least this in the order travel free; 0 = never."""

    service: str  # standard, express …
    currency: str
    country: str
    province: str = ""
    warehouse_id: int = 0
    first_g: int = 1000
    first_minor: int = 0
    more_g: int = 1000
    more_minor: int = 0
    free_from_minor: int = 0
    days_min: int = 1
    days_max: int = 3


class PutRates(Struct, frozen=True):
    """Replaces all rates of the merchant."""

    merchant_id: int
    rates: list[RateDraft]


class RatesOf(Struct, frozen=True):
    merchant_id: int


class RateList(Struct, frozen=True):
    rows: list[RateDraft]


class Source(Struct, frozen=True):
    """Where pieces of an item could come from: a warehouse, and how many whole items it can give now."""

    warehouse_id: int
    free: int


class PlanItem(Struct, frozen=True):
    """A wanted line. `value_minor` is the whole line's price, for the free-freight test."""

    line: int
    merchant_id: int
    quantity: int
    weight_g: int  # a piece
    value_minor: int
    sources: list[Source]


class PlanQuery(Struct, frozen=True):
    """≤ 100 items, a `line` each. `services` maps merchant id → the service the buyer chose, where not the cheapest; one
    that is not to be had there is passed over. `warehouses`: where they stand, so that of equal ones the nearest ships."""

    destination: Region
    currency: str
    items: list[PlanItem]
    services: dict[int, str] = {}
    warehouses: dict[int, Region] = {}


class PlannedLine(Struct, frozen=True):
    line: int
    quantity: int


class ServiceOption(Struct, frozen=True):
    """What the merchant's whole freight would be with this service, and when its first and last parcel arrive."""

    service: str
    freight_minor: int
    days_min: int
    days_max: int


class PlannedParcel(Struct, frozen=True):
    """Merchant × warehouse. `freight_minor` is this parcel's share of the merchant's one freight, `reason` says how it
    came about, `choice` why this warehouse ships. Inputs of reasons that end in `_minor` are money in the plan's currency."""

    merchant_id: int
    warehouse_id: int
    service: str
    freight_minor: int
    days_min: int
    days_max: int
    lines: list[PlannedLine]
    options: list[ServiceOption]
    reason: Reason
    choice: Reason = Reason("shipping.choice.whole")


class Plan(Struct, frozen=True):
    """By merchant, then warehouse. One freight and one free-freight test a merchant, apportioned by weight."""

    parcels: list[PlannedParcel]


class NotDeliverable(Fault, code="shipping.not_deliverable", status=409):
    merchant_id: int
    country: str


class NotEnough(Fault, code="shipping.not_enough", status=409):
    """The warehouses together have fewer pieces of the line than wanted."""

    line: int
    wanted: int
    free: int


class Shipping(Face):
    name = "goods.shipping"

    @abstractmethod
    async def put_rates(self, ctx: Context, command: PutRates, /) -> RateList: ...
    @abstractmethod
    async def rates(self, ctx: Context, query: RatesOf, /) -> RateList: ...
    @abstractmethod
    async def plan(self, ctx: Context, query: PlanQuery, /) -> Plan: ...
