"""The face, bound to its units."""

from collections.abc import Sequence

from jishi.kernel import Handler, Service, batched, reads, writes

from . import commands, holds, queries
from .face import Inventory, ReservationDue


class InventoryService(Service, Inventory):
    put_warehouse = writes(commands.put_warehouse, needs="goods:warehouse:put")
    warehouses = reads(queries.warehouses, needs="goods:warehouse:see")
    receive = writes(commands.receive, needs="goods:stock:receive")
    adjust = writes(commands.adjust, needs="goods:stock:adjust")
    set_safety = writes(commands.set_safety, needs="goods:stock:adjust")
    availability = reads(queries.availability, needs="goods:stock:see")
    levels = reads(queries.levels, needs="goods:stock:desk")
    movements = reads(queries.movements, needs="goods:stock:desk")
    reserve = batched(holds.reserve, needs="goods:stock:reserve")
    release = batched(holds.release, needs="goods:stock:reserve")
    allocate = batched(holds.allocate, needs="goods:stock:allocate")
    ship = writes(holds.ship, needs="goods:stock:ship")
    deallocate = writes(holds.deallocate, needs="goods:stock:deallocate")
    restock = writes(holds.restock, needs="goods:stock:restock")

    def handlers(self) -> Sequence[Handler]:
        return [Handler(self.db, ReservationDue, unit=holds.expire)]
