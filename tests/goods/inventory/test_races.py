"""Many at the same moment, on each engine: nothing is sold twice, no path wins halfway."""

import asyncio
from collections import Counter

import pytest

from jishi.goods.inventory import Deallocate, ReservationDue, Reserve, Restock, Ship, Want, holds
from jishi.goods.inventory.book import StockMoved
from jishi.goods.inventory.holds import expire
from jishi.goods.inventory.service import InventoryService
from jishi.grants import grants
from jishi.kernel import Ask, Database, batched
from jishi.kernel.holds import HoldRef

from .kit import CHECKOUT, ORDERS, Stock, module


def desks(stock, n):
    """`n` services on one database, as `n` processes would have: they share no batch."""
    made = []
    for _ in range(n):
        db = Database(stock.db.engine, module)
        made.append(Stock(db, InventoryService(db, grants()), stock.relay, stock.world, stock.warehouse_id))
    return made


async def held_of(stock, *attempts):
    return Counter(
        type(t).__name__ if isinstance(t, Exception) else t.state
        for t in await asyncio.gather(*attempts, return_exceptions=True)
    )


@pytest.mark.parametrize("processes", [1, 4])
async def test_two_hundred_buyers_of_ten_pieces_get_ten(stock, processes):
    s = (await stock.receive(10)).stock_id
    desk = desks(stock, processes)
    told = await held_of(stock, *[desk[o % processes].reserve(1000 + o, (s, 1)) for o in range(200)])
    assert told == {"open": 10, "OutOfStock": 190}
    assert await stock.buckets() == (10, 10, 0)
    assert (await stock.counts())["goods_inventory_movements"] == 11


async def test_one_order_asked_for_by_many_processes_is_held_once(stock):
    s = (await stock.receive(10)).stock_id
    told = await held_of(stock, *[d.reserve(1000, (s, 2)) for d in desks(stock, 8)])
    assert told == {"open": 8}
    assert await stock.buckets() == (10, 2, 0)


async def test_baskets_in_opposite_order_do_not_lock_each_other_out(stock):
    ids = [(await stock.receive(20, item=i)).stock_id for i in range(1, 5)]
    desk = desks(stock, 4)
    asks = [[(s, 1) for s in (ids if o % 2 else ids[::-1])] for o in range(60)]
    told = await held_of(stock, *[desk[o % 4].reserve(1000 + o, *asks[o]) for o in range(60)])
    assert told == {"open": 20, "OutOfStock": 40}
    assert [await stock.buckets(i) for i in range(1, 5)] == [(20, 20, 0)] * 4


async def test_payment_expiry_and_cancellation_meet(stock, world):
    """Each of 50 orders is paid, expires and is cancelled at once; then the money of each ends in pieces or a refusal."""
    s = (await stock.receive(50)).stock_id
    desk = desks(stock, 3)
    for o in range(50):
        await stock.reserve(1000 + o, (s, 1))

    async def meet(o):
        paid, _, _ = await asyncio.gather(
            desk[o % 3].allocate(o),
            stock.db.write(None, expire, ReservationDue(o, 0)),
            desk[(o + 1) % 3].release(o),
        )
        return paid

    paid = await asyncio.gather(*[meet(1000 + o) for o in range(50)])
    assert {p.state for p in paid} == {"allocated"}  # released before or after: the piece was free for it either way
    assert await stock.buckets() == (50, 0, 50)
    moved = Counter[str]()
    for m in await stock.movements(s):
        moved[m.bucket] += m.delta
    assert moved == {"on_hand": 50, "reserved": 0, "allocated": 50}


async def test_expired_holds_and_new_buyers_share_what_there_is(stock):
    """25 paid late and 25 new buyers over 25 free pieces: 25 in all, and a late one that finds nothing is refused."""
    s = (await stock.receive(25)).stock_id
    desk = desks(stock, 2)
    for o in range(25):
        await stock.reserve(1000 + o, (s, 1))
        await stock.release(1000 + o)
    told = await held_of(
        stock,
        *[desk[0].allocate(1000 + o) for o in range(25)],
        *[desk[1].reserve(2000 + o, (s, 1)) for o in range(25)],
    )
    assert told["allocated"] + told["open"] == 25
    assert told["refused"] + told["OutOfStock"] == 25
    assert await stock.buckets() == (25, told["open"], told["allocated"])


async def test_the_same_shipment_told_by_many_ships_once(stock):
    s = (await stock.receive(10)).stock_id
    await stock.reserve(1000, (s, 4))
    await stock.allocate(1000)
    await asyncio.gather(*[d.ship(1000, (s, 2), key=900) for d in desks(stock, 8)])
    assert await stock.buckets() == (8, 0, 2)


class Dying:
    """A unit of work whose process dies at its `left`-th write."""

    def __init__(self, tx, left: int) -> None:
        self.tx, self.left = tx, left

    def __getattr__(self, name):
        if name in ("run", "many", "once", "emit"):
            self.left -= 1
            if self.left < 0:
                raise RuntimeError("killed")
        return getattr(self.tx, name)


async def test_a_unit_killed_at_any_write_leaves_nothing_and_is_done_whole_when_asked_again(stock):
    a, b = (await stock.receive(10, item=1)).stock_id, (await stock.receive(10, item=2)).stock_id
    wants = [Want(a, 4), Want(b, 2)]
    points = 0
    for unit, command, want in (
        (holds.reserve, [Ask(CHECKOUT, Reserve(1000, wants, stock.world.now()))], ((10, 4, 0), (10, 2, 0))),
        (holds.allocate, [Ask(ORDERS, HoldRef(1000))], ((10, 0, 4), (10, 0, 2))),
        (holds.ship, Ship(900, 1000, [Want(a, 3), Want(b, 1)]), ((7, 0, 1), (9, 0, 1))),
        (holds.deallocate, Deallocate(901, 1000, [Want(a, 1), Want(b, 1)]), ((7, 0, 0), (9, 0, 0))),
        (holds.restock, Restock(902, 1000, [Want(a, 1)], "on_hand"), ((8, 0, 0), (9, 0, 0))),
    ):
        before = await stock.counts(), await stock.buckets(1), await stock.buckets(2)
        for point in range(100):
            try:
                await stock.db.write(CHECKOUT, lambda tx, n, u=unit, c=command: u(Dying(tx, n), c), point)
            except RuntimeError:
                points += 1
                assert (await stock.counts(), await stock.buckets(1), await stock.buckets(2)) == before
            else:
                break
        assert (await stock.buckets(1), await stock.buckets(2)) == want
    assert points > 20


async def test_a_guard_that_meets_another_row_runs_the_batch_again_one_by_one(stock):
    """One bad ask must not fail its neighbours: the batch falls, each is answered on its own."""
    sizes = []

    def moved(tx, asks):
        sizes.append(len(asks))
        told = holds.reserve(tx, asks)
        if len(asks) > 1:
            raise StockMoved
        return told

    class Moved(InventoryService):
        reserve = batched(moved, needs="goods:stock:reserve")

    s = (await stock.receive(2)).stock_id
    stock.service = Moved(stock.db, grants())
    told = await held_of(stock, *[stock.reserve(1000 + o, (s, 1)) for o in range(3)])
    assert told == {"open": 2, "OutOfStock": 1}
    assert sizes == [3, 1, 1, 1]
    assert await stock.buckets() == (2, 2, 0)
    assert (await stock.counts())["goods_inventory_reservations"] == 3
