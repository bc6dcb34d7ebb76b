"""A stock book with a service and a relay, and words to read it by."""

from dataclasses import dataclass

from jishi.goods.inventory import (
    Adjust,
    Availability,
    Deallocate,
    Level,
    Movement,
    MovementsQuery,
    PutWarehouse,
    Receive,
    Reserve,
    Restock,
    Ship,
    StockKey,
    Want,
)
from jishi.goods.inventory.service import InventoryService
from jishi.goods.inventory.tables import module
from jishi.grants import grants
from jishi.kernel import Database, Engine, Relay, World
from jishi.kernel.holds import Held, HoldRef
from jishi.kernel.place import Region
from tests.kit import STAFF, module as via

CHECKOUT, ORDERS, FULFILMENT = via("trade.checkout"), via("trade.orders"), via("trade.fulfilment")
HANGZHOU = PutWarehouse("hz-1", {"zh-CN": "杭州一仓", "en": "Hangzhou 1"}, Region("CN", "浙江", "杭州"))
NEW_BUCKETS = ("on_hand", "reserved", "allocated", "safety", "in_transit", "quarantine")


@dataclass
class Stock:
    db: Database
    service: InventoryService
    relay: Relay
    world: World
    warehouse_id: int = 0
    keys: int = 0

    def key(self) -> int:
        self.keys += 1
        return self.keys

    async def receive(self, quantity: int, item: int = 1, merchant: int = 5, key: int = 0) -> Level:
        stock = StockKey(item, self.warehouse_id, merchant)
        return await self.service.receive(STAFF, Receive(key or self.key(), stock, quantity))

    async def adjust(self, stock_id: int, delta: int, reason: str = "counted", key: int = 0) -> Level:
        return await self.service.adjust(STAFF, Adjust(key or self.key(), stock_id, delta, reason))

    async def reserve(self, order_id: int, *wants: tuple[int, int], until: int = 0) -> Held:
        until = until or self.world.now() + 60_000
        return await self.service.reserve(CHECKOUT, Reserve(order_id, [Want(*w) for w in wants], until))

    async def allocate(self, order_id: int) -> Held:
        return await self.service.allocate(ORDERS, HoldRef(order_id))

    async def release(self, order_id: int) -> Held:
        return await self.service.release(ORDERS, HoldRef(order_id))

    async def ship(self, order_id: int, *wants: tuple[int, int], key: int = 0) -> None:
        await self.service.ship(FULFILMENT, Ship(key or self.key(), order_id, [Want(*w) for w in wants]))

    async def deallocate(self, order_id: int, *wants: tuple[int, int], key: int = 0) -> None:
        await self.service.deallocate(ORDERS, Deallocate(key or self.key(), order_id, [Want(*w) for w in wants]))

    async def restock(self, order_id: int, *wants: tuple[int, int], key: int = 0, bucket: str = "quarantine") -> None:
        wanted = [Want(*w) for w in wants]
        await self.service.restock(ORDERS, Restock(key or self.key(), order_id, wanted, bucket))

    async def level(self, item: int = 1) -> Level:
        (level,) = (await self.service.availability(CHECKOUT, Availability([item]))).rows
        return level

    async def buckets(self, item: int = 1) -> tuple[int, int, int]:
        """(on hand, reserved, allocated)."""
        level = await self.level(item)
        return level.on_hand, level.reserved, level.allocated

    async def movements(self, stock_id: int) -> list[Movement]:
        """Oldest first."""
        found = list[Movement]()
        while page := (
            await self.service.movements(STAFF, MovementsQuery(stock_id, found[-1].id if found else 0))
        ).rows:
            found += page
        return found[::-1]

    async def moved(self, stock_id: int) -> list[tuple[str, str, int]]:
        return [(m.kind, m.bucket, m.delta) for m in await self.movements(stock_id)]

    async def counts(self) -> dict[str, int]:
        """Rows of each table, for "nothing changed"."""

        def unit(tx):
            return {t.name: tx.row(c)[0] for t, c in COUNTS.items()}

        return await self.db.read(None, unit)

    async def events(self, topic: str) -> list[bytes]:
        return [r[0] for r in await self.db.read(None, lambda tx: tx.rows(BODIES, called=topic))]


async def open_stock(engine: Engine, world: World) -> Stock:
    db = Database(engine, module)
    service = InventoryService(db, grants())
    stock = Stock(db, service, Relay(world, [db], service.handlers()), world)
    stock.warehouse_id = (await service.put_warehouse(STAFF, HANGZHOU)).id
    return stock


def _counts():
    from sqlalchemy import bindparam, func, select

    from jishi.kernel import Statement

    outbox = module.meta.tables["goods_inventory_outbox"]
    bodies = select(outbox.c.body).where(outbox.c.topic == bindparam("called")).order_by(outbox.c.id)
    tables = [t for t in module.meta.sorted_tables if not t.name.endswith("inbox")]
    return {t: Statement(select(func.count()).select_from(t)) for t in tables}, Statement(bodies)


COUNTS, BODIES = _counts()
