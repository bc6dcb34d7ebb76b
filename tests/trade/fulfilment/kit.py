"""Work to pack and ship: a house with stock, a vault with an address, a carrier in memory."""

from dataclasses import dataclass
from random import Random
from typing import Any, TypeVar

import msgspec
from sqlalchemy import select

from jishi.goods.inventory import Availability, Level, PutWarehouse, Receive, Reserve, StockKey, Want
from jishi.goods.inventory.service import InventoryService
from jishi.goods.inventory.tables import module as inventory_module
from jishi.grants import grants
from jishi.kernel import Database, Engine, Event, Module, Relay, Statement
from jishi.kernel.holds import HoldRef
from jishi.kernel.place import Region
from jishi.people.vault import KeepCard
from jishi.people.vault.service import VaultService
from jishi.sandbox.carrier import Box, Faults, MemoryCarrier
from jishi.trade.fulfilment import (
    Create,
    FulfilChild,
    FulfilLine,
    Pack,
    Shipment,
    ShipmentsOf,
    ShipWork,
    Work,
    WorkQuery,
)
from jishi.trade.fulfilment.service import FulfilmentService
from jishi.trade.fulfilment.tables import module
from tests.kit import STAFF, Clock, buyer, module as acting

ORDER, CARD, PERSON = 500, 11, 7
MERCHANT_A, MERCHANT_B = 71, 72
LIN = {
    "name": "林晓雨",
    "phone": "13812348000",
    "country": "CN",
    "province": "上海市",
    "city": "上海市",
    "district": "浦东新区",
    "postcode": "201203",
    "street": "张江路 88 号 3 栋",
}
ORDERS = acting("trade.orders")
E = TypeVar("E", bound=Event)
ALL = {t.name.removeprefix("trade_fulfilment_"): Statement(select(t)) for t in module.meta.sorted_tables}


@dataclass
class House:
    """A warehouse with 10 teas and 10 pots of merchant A and 10 lamps of B, and an order of 4 teas + 2 pots, 1 lamp."""

    engine: Engine
    clock: Clock
    fulfilment: FulfilmentService
    inventory: InventoryService
    vault: VaultService
    carrier: MemoryCarrier
    relay: Relay
    stock: list[int]

    async def create(self, collect: dict[int, int] | None = None) -> list[Work]:
        tea = FulfilLine(1, 4, "TEA", {"en": "Tea", "zh-CN": "茶"}, {}, "", 100, [Want(self.stock[0], 4)], 4000)
        pot = FulfilLine(2, 2, "POT", {"en": "Pot", "zh-CN": "壶"}, {}, "", 700, [Want(self.stock[1], 2)], 6000)
        lamp = FulfilLine(3, 1, "LAMP", {"en": "Lamp", "zh-CN": "灯"}, {}, "", 900, [Want(self.stock[2], 1)], 9000)
        now = self.clock()
        children = [
            FulfilChild(1, "JX-1", MERCHANT_A, 1, "standard", now + 2000, [tea, pot]),
            FulfilChild(2, "JX-2", MERCHANT_B, 1, "standard", now + 1000, [lamp]),
        ]
        await self.fulfilment.create(ORDERS, Create(ORDER, CARD, "CNY", children, collect or {}, PERSON))
        return await self.work("open")

    async def work(self, state: str) -> list[Work]:
        return (await self.fulfilment.work(STAFF, WorkQuery(state))).rows

    async def packed(self, collect: dict[int, int] | None = None) -> Work:
        """Child 1, packed."""
        await self.create(collect)
        child = next(w for w in await self.work("open") if w.child == 1)
        return await self.fulfilment.pack(STAFF, Pack(child.id))

    async def shipped(self) -> Shipment:
        return await self.fulfilment.ship(STAFF, ShipWork((await self.packed()).id, "k1"))

    async def shipments(self) -> list[Shipment]:
        return (await self.fulfilment.shipments(STAFF, ShipmentsOf(ORDER))).rows

    async def levels(self) -> list[tuple[int, int, int]]:
        """(on hand, reserved, allocated) of tea, pot, lamp."""
        rows: list[Level] = (await self.inventory.availability(STAFF, Availability([1, 2, 3]))).rows
        return [(x.on_hand, x.reserved, x.allocated) for x in sorted(rows, key=lambda x: x.stock_item_id)]

    async def events(self, shape: type[E]) -> list[E]:
        """This noun's events of a shape, in the order in which they were written."""
        rows = await self.all("outbox")
        return [msgspec.msgpack.decode(r[2], type=shape) for r in sorted(rows) if r[1] == shape.topic()]

    async def all(self, table: str) -> list[Any]:
        """All rows of one of this noun's tables."""
        rows: list[Any] = await self.fulfilment.db.read(STAFF, lambda tx: list(tx.rows(ALL[table])))
        return rows


async def house(engine: Engine, clock: Clock, faults: Faults | None = None) -> House:
    table = grants()
    inventory = InventoryService(Database(engine, inventory_module), table)
    vault = VaultService(
        Database(engine, Module.all["people.vault"]), table, Database(engine, Module.all["people.keys"]), b"m" * 32
    )
    carrier = MemoryCarrier(Box(clock, Random(4), faults or Faults()))
    fulfilment = FulfilmentService(
        Database(engine, module), table, inventory=inventory, vault=vault, carriers=[carrier]
    )
    await vault.keep(buyer(PERSON), KeepCard(CARD, PERSON, "recipient", "order", LIN))
    place = await inventory.put_warehouse(STAFF, PutWarehouse("HZ", {"en": "Hangzhou", "zh-CN": "杭州"}, Region("CN")))
    stock = [
        (await inventory.receive(STAFF, Receive(n, StockKey(n, place.id, merchant), 10))).stock_id
        for n, merchant in ((1, MERCHANT_A), (2, MERCHANT_A), (3, MERCHANT_B))
    ]
    wants = [Want(s, n) for s, n in zip(stock, (4, 2, 1), strict=True)]
    await inventory.reserve(acting("trade.checkout"), Reserve(ORDER, wants, clock() + 10**6))
    await inventory.allocate(ORDERS, HoldRef(ORDER))
    services = [inventory, fulfilment]
    relay = Relay(engine.world, [s.db for s in services], [h for s in services for h in s.handlers()])
    return House(engine, clock, fulfilment, inventory, vault, carrier, relay, stock)
