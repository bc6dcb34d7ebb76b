"""Warehouses, receipts, corrections, safety stock; who may see what."""

import msgspec
import pytest

from jishi.goods.inventory import (
    Adjust,
    Availability,
    Levels,
    LevelsQuery,
    MovementsQuery,
    NoStock,
    NoWarehouse,
    Promised,
    PutWarehouse,
    Receive,
    SetSafety,
    StockChanged,
    StockKey,
    WarehousesQuery,
    WarehouseTaken,
)
from jishi.kernel import Forbidden, Invalid
from jishi.kernel.place import Region
from tests.kit import STAFF, buyer, clerk

from .kit import CHECKOUT, HANGZHOU


async def test_a_warehouse_is_put_again_under_its_code_and_keeps_its_id(stock):
    again = msgspec.structs.replace(HANGZHOU, region=Region("CN", "浙江", "宁波"))
    told = await stock.service.put_warehouse(STAFF, again)
    assert told.id == stock.warehouse_id
    listed = (await stock.service.warehouses(CHECKOUT, WarehousesQuery())).rows
    assert [(w.code, w.region.city, w.names["en"]) for w in listed] == [("hz-1", "宁波", "Hangzhou 1")]
    assert (await stock.service.warehouses(CHECKOUT, WarehousesQuery([told.id]))).rows == listed


async def test_a_warehouse_never_changes_its_owner(stock):
    theirs = PutWarehouse("m5", {"en": "Five's"}, Region("DE"), merchant_id=5)
    await stock.service.put_warehouse(clerk(5), theirs)
    before = await stock.counts()
    with pytest.raises(WarehouseTaken) as e:
        await stock.service.put_warehouse(clerk(6), msgspec.structs.replace(theirs, merchant_id=6))
    assert e.value.called == "m5"
    with pytest.raises(NoWarehouse):
        await stock.service.put_warehouse(clerk(6), theirs)
    with pytest.raises(Invalid):
        await stock.service.put_warehouse(STAFF, msgspec.structs.replace(theirs, code="x", region=Region("Germany")))
    assert await stock.counts() == before


async def test_a_receipt_makes_the_level_and_counts_once(stock):
    level = await stock.receive(10, key=77)
    assert (level.on_hand, level.available, level.condition) == (10, 10, "new")
    assert await stock.receive(10, key=77) == level
    assert await stock.receive(5, key=78) == msgspec.structs.replace(level, on_hand=15)
    movements = await stock.movements(level.stock_id)
    assert [(m.kind, m.bucket, m.delta, m.ref_id) for m in movements] == [
        ("receipt", "on_hand", 10, 77),
        ("receipt", "on_hand", 5, 78),
    ]
    assert {m.at for m in movements} == {stock.world.now()}
    assert [msgspec.msgpack.decode(b, type=StockChanged) for b in await stock.events("goods.inventory.stock_changed")] == [
        StockChanged([1]),
        StockChanged([1]),
    ]  # fmt: skip


async def test_each_part_of_the_key_makes_another_level(stock):
    other = (await stock.service.put_warehouse(STAFF, PutWarehouse("b", {"en": "B"}, Region("CN")))).id
    keys = [
        StockKey(1, stock.warehouse_id, 5),
        StockKey(2, stock.warehouse_id, 5),
        StockKey(1, other, 5),
        StockKey(1, stock.warehouse_id, 6),
        StockKey(1, stock.warehouse_id, 5, "open_box"),
        StockKey(1, stock.warehouse_id, 5, "new", 9),
    ]
    ids = [(await stock.service.receive(STAFF, Receive(i + 1, k, i + 1))).stock_id for i, k in enumerate(keys)]
    assert len(set(ids)) == 6
    sold = await stock.service.availability(CHECKOUT, Availability([2, 1, 404]))
    assert [(r.stock_item_id, r.stock_id, r.on_hand) for r in sold.rows] == [
        (1, ids[0], 1),
        (1, ids[2], 3),
        (1, ids[3], 4),
        (2, ids[1], 2),
    ]


@pytest.mark.parametrize(
    ("receive", "fault"),
    [
        (lambda w: Receive(1, StockKey(1, w, 5), 0), Invalid),
        (lambda w: Receive(1, StockKey(1, w, 5), -3), Invalid),
        (lambda w: Receive(1, StockKey(1, w, 5), 1_000_000_001), Invalid),
        (lambda w: Receive(1, StockKey(1, w, 5, "stolen"), 1), Invalid),
        (lambda w: Receive(1, StockKey(1, w, 5), 1, "x" * 201), Invalid),
        (lambda w: Receive(1, StockKey(1, 404, 5), 1), NoWarehouse),
    ],
)
async def test_a_wrong_receipt_leaves_nothing(stock, receive, fault):
    before = await stock.counts()
    with pytest.raises(fault):
        await stock.service.receive(STAFF, receive(stock.warehouse_id))
    assert await stock.counts() == before


async def test_no_goods_go_into_another_merchants_warehouse(stock):
    theirs = await stock.service.put_warehouse(STAFF, PutWarehouse("m6", {"en": "Six"}, Region("CN"), 6))
    before = await stock.counts()
    with pytest.raises(NoWarehouse):
        await stock.service.receive(STAFF, Receive(1, StockKey(1, theirs.id, 5), 1))
    assert await stock.counts() == before


async def test_a_correction_takes_only_what_is_not_promised(stock):
    level = await stock.receive(10)
    await stock.reserve(100, (level.stock_id, 6))
    await stock.service.set_safety(STAFF, SetSafety(level.stock_id, 2))
    before = await stock.counts()
    with pytest.raises(Promised) as e:
        await stock.adjust(level.stock_id, -5, "damaged")
    assert (e.value.stock_id, e.value.free) == (level.stock_id, 4)
    assert await stock.counts() == before
    assert (await stock.adjust(level.stock_id, -4, "damaged", key=9)).on_hand == 6
    assert (await stock.adjust(level.stock_id, -4, "damaged", key=9)).on_hand == 6
    assert (await stock.adjust(level.stock_id, 3, "found")).on_hand == 9
    assert (await stock.movements(level.stock_id))[-1].reason == "found"


@pytest.mark.parametrize(("delta", "reason"), [(0, "counted"), (1, "because"), (1_000_000_000, "found")])
async def test_a_wrong_correction_leaves_nothing(stock, delta, reason):
    level = await stock.receive(10)
    before = await stock.counts()
    with pytest.raises(Invalid):
        await stock.adjust(level.stock_id, delta, reason)
    assert (await stock.counts(), await stock.level()) == (before, level)


async def test_safety_stock_is_not_for_sale(stock):
    level = await stock.receive(10)
    told = await stock.service.set_safety(STAFF, SetSafety(level.stock_id, 10))
    assert (told.on_hand, told.safety, told.available) == (10, 10, 0)
    assert len(await stock.events("goods.inventory.stock_changed")) == 2  # received; nothing left to sell
    with pytest.raises(Invalid):
        await stock.service.set_safety(STAFF, SetSafety(level.stock_id, -1))
    assert await stock.service.set_safety(STAFF, SetSafety(level.stock_id, 10)) == told
    assert await stock.moved(level.stock_id) == [("receipt", "on_hand", 10), ("safety", "safety", 10)]


async def test_a_clerk_finds_its_merchants_stock_only(stock):
    mine, theirs = await stock.receive(1, merchant=5), await stock.receive(2, merchant=6)
    before = await stock.counts()
    for asked in (LevelsQuery(), LevelsQuery(merchant_id=6), LevelsQuery(warehouse_id=stock.warehouse_id)):
        assert await stock.service.levels(clerk(5), asked) == Levels([mine])
    assert await stock.service.levels(clerk(0), LevelsQuery()) == Levels([])
    for attempt in (
        stock.service.adjust(clerk(5), Adjust(9, theirs.stock_id, 1, "found")),
        stock.service.set_safety(clerk(5), SetSafety(theirs.stock_id, 1)),
        stock.service.movements(clerk(5), MovementsQuery(theirs.stock_id)),
        stock.service.receive(clerk(5), Receive(9, StockKey(1, stock.warehouse_id, 6), 1)),
        stock.service.movements(STAFF, MovementsQuery(404)),
    ):
        with pytest.raises(NoStock):
            await attempt
    for verb, command in (
        (stock.service.receive, Receive(9, StockKey(1, stock.warehouse_id, 6), 1)),
        (stock.service.levels, LevelsQuery()),
    ):
        with pytest.raises(Forbidden):
            await verb(buyer(), command)
    assert await stock.counts() == before


async def test_the_desks_list_pages_by_stock_id(stock):
    made = [await stock.receive(1, item=i, merchant=5 + i % 2) for i in range(1, 6)]
    one = await stock.service.levels(STAFF, LevelsQuery(limit=2))
    two = await stock.service.levels(STAFF, LevelsQuery(after=one.rows[-1].stock_id, limit=100))
    assert one.rows + two.rows == made
    fives = await stock.service.levels(STAFF, LevelsQuery(merchant_id=5, warehouse_id=stock.warehouse_id))
    assert fives.rows == [made[1], made[3]]
    with pytest.raises(Invalid):
        await stock.service.availability(CHECKOUT, Availability(list(range(257))))
