"""What there is, where, and for whom it is held. Available = on hand − reserved − allocated − safety."""

from abc import abstractmethod

from msgspec import Struct

from jishi.kernel import Context, Event, Face, Fault
from jishi.kernel.holds import Held, HoldRef
from jishi.kernel.place import Region, Text


class PutWarehouse(Struct, frozen=True):
    """Creates or changes the warehouse of this code. merchant_id 0: the platform's own, for all merchants."""

    code: str
    names: Text
    region: Region
    merchant_id: int = 0


class Warehouse(Struct, frozen=True):
    id: int
    code: str
    names: Text
    region: Region
    merchant_id: int


class WarehousesQuery(Struct, frozen=True):
    """All of them, ≤ 200; `ids` narrows."""

    ids: list[int] = []


class WarehouseList(Struct, frozen=True):
    rows: list[Warehouse]


class StockKey(Struct, frozen=True):
    """Stock item × warehouse × owner × condition × lot (0 = none): one level row, one `stock_id`."""

    stock_item_id: int
    warehouse_id: int
    merchant_id: int
    condition: str = "new"
    lot_id: int = 0


class Receive(Struct, frozen=True):
    """Pieces that arrived. `key` (the receipt line's id) makes it safe to repeat."""

    key: int
    stock: StockKey
    quantity: int
    note: str = ""


class Adjust(Struct, frozen=True):
    """A correction with its reason: counted, damaged, lost, found. It may not take what is promised."""

    key: int
    stock_id: int
    delta: int
    reason: str


class SetSafety(Struct, frozen=True):
    stock_id: int
    safety: int


class Level(Struct, frozen=True):
    stock_id: int
    stock_item_id: int
    warehouse_id: int
    merchant_id: int
    condition: str
    on_hand: int
    reserved: int
    allocated: int
    safety: int
    in_transit: int
    quarantine: int

    @property
    def available(self) -> int:
        return max(0, self.on_hand - self.reserved - self.allocated - self.safety)


class Availability(Struct, frozen=True):
    """Levels of ≤ 256 stock items in every warehouse (new condition, without lots), by stock item, then stock id."""

    stock_item_ids: list[int]


class LevelsQuery(Struct, frozen=True):
    """The desk's list: of a warehouse and/or a merchant, by stock id after `after`; a clerk sees its own."""

    warehouse_id: int = 0
    merchant_id: int = 0
    after: int = 0
    limit: int = 100


class Levels(Struct, frozen=True):
    rows: list[Level]


class Want(Struct, frozen=True):
    stock_id: int
    quantity: int


class Reserve(Struct, frozen=True):
    """Whole or not at all, until `until` (ms UTC); ≤ 100 wants, one a stock id."""

    order_id: int
    wants: list[Want]
    until: int


class Ship(Struct, frozen=True):
    """Allocated pieces of an order leave the house. `key` (the shipment's id) makes it safe to repeat."""

    key: int
    order_id: int
    wants: list[Want]


class Deallocate(Struct, frozen=True):
    """Pieces of a paid order that will not ship (cancelled child, line or units) are free again. `key` is the
    cancellation's id. Before allocation it shrinks the reservation instead."""

    key: int
    order_id: int
    wants: list[Want]


class Restock(Struct, frozen=True):
    """Shipped pieces that came back. bucket: on_hand (as good as new) or quarantine (to be inspected)."""

    key: int
    order_id: int
    wants: list[Want]
    bucket: str = "quarantine"


class MovementsQuery(Struct, frozen=True):
    stock_id: int
    before: int = 0  # id of the last one seen
    limit: int = 100


class Movement(Struct, frozen=True):
    """One change of one bucket; a level replays from its movements."""

    id: int
    stock_id: int
    kind: str  # receipt, adjustment, safety, reserve, release, allocate, deallocate, ship, restock
    bucket: str
    delta: int
    ref_id: int  # order, shipment, receipt line …
    reason: str
    at: int


class MovementList(Struct, frozen=True):
    rows: list[Movement]


class ReservationDue(Event, tag="goods.inventory.reservation_due", frozen=True):
    """A timer: the event is the time."""

    order_id: int
    until: int


class StockChanged(Event, tag="goods.inventory.stock_changed", frozen=True):
    """Availability of these stock items changed between none and some, or by a receipt."""

    stock_item_ids: list[int]


class OutOfStock(Fault, code="stock.out", status=409):
    """`stock_id` 0 when no warehouse has the item at all."""

    stock_id: int
    wanted: int


class Promised(Fault, code="stock.promised", status=409):
    """The correction would take pieces that are reserved or allocated."""

    stock_id: int
    free: int


class NoReservation(Fault, code="stock.no_reservation", status=404):
    order_id: int


class NoStock(Fault, code="stock.none", status=404):
    id: int


class NoWarehouse(Fault, code="stock.no_warehouse", status=404):
    """Unknown, or another merchant's. By id or by code."""

    id: int = 0
    called: str = ""


class WarehouseTaken(Fault, code="stock.warehouse_taken", status=409):
    """Another owner has a warehouse of this code."""

    called: str


class NotAllocated(Fault, code="stock.not_allocated", status=409):
    """More was to ship, to free or to come back than the order has there."""

    order_id: int
    stock_id: int


class Inventory(Face):
    name = "goods.inventory"

    @abstractmethod
    async def put_warehouse(self, ctx: Context, command: PutWarehouse, /) -> Warehouse: ...
    @abstractmethod
    async def warehouses(self, ctx: Context, query: WarehousesQuery, /) -> WarehouseList: ...
    @abstractmethod
    async def receive(self, ctx: Context, command: Receive, /) -> Level: ...
    @abstractmethod
    async def adjust(self, ctx: Context, command: Adjust, /) -> Level: ...
    @abstractmethod
    async def set_safety(self, ctx: Context, command: SetSafety, /) -> Level: ...
    @abstractmethod
    async def availability(self, ctx: Context, query: Availability, /) -> Levels: ...
    @abstractmethod
    async def levels(self, ctx: Context, query: LevelsQuery, /) -> Levels: ...
    @abstractmethod
    async def reserve(self, ctx: Context, command: Reserve, /) -> Held: ...
    @abstractmethod
    async def release(self, ctx: Context, command: HoldRef, /) -> Held: ...
    @abstractmethod
    async def allocate(self, ctx: Context, command: HoldRef, /) -> Held: ...
    @abstractmethod
    async def ship(self, ctx: Context, command: Ship, /) -> None: ...
    @abstractmethod
    async def deallocate(self, ctx: Context, command: Deallocate, /) -> None: ...
    @abstractmethod
    async def restock(self, ctx: Context, command: Restock, /) -> None: ...
    @abstractmethod
    async def movements(self, ctx: Context, query: MovementsQuery, /) -> MovementList: ...
