"""A cart holds what somebody means to buy: capped, one's own, merged at sign-in, emptied by orders and by time."""

import asyncio

import msgspec
import pytest

from jishi.kernel import SYSTEM, Forbidden, Invalid, Money
from jishi.people.accounts import SignedIn
from jishi.trade.cart import AddLine, CartFull, CartQuery, PutLine, SetAside, TakeOut, WrongQuantity
from jishi.trade.cart.commands import Placed, merge, placed, sweep
from jishi.trade.cart.face import CartView
from jishi.trade.orders import Placed as OrdersPlaced
from tests.kit import Clock, buyer
from tests.trade.kit import BUYER, GUEST, STRANGER, Trade


async def held(trade: Trade, ctx=BUYER) -> list[tuple[int, int]]:
    view = await trade.cart.cart(ctx, CartQuery())
    assert view.pieces == sum(x.quantity for x in view.lines)
    return [(x.listing_id, x.quantity) for x in view.lines]


async def test_put_says_how_many_and_add_says_how_many_more(trade: Trade, clock: Clock):
    put, add = trade.cart.put, trade.cart.add
    await put(BUYER, PutLine(1, 2))
    clock.pass_time(seconds=1)
    await add(BUYER, AddLine(2, 1))
    clock.pass_time(seconds=1)
    view = await add(BUYER, AddLine(1, 3))
    assert [(x.listing_id, x.quantity) for x in view.lines] == [(2, 1), (1, 5)]  # newest first; more is not newer
    assert await put(BUYER, PutLine(1, 5)) == view
    assert await put(BUYER, PutLine(1, 4)) != view
    await put(BUYER, PutLine(2, 0))
    await put(BUYER, PutLine(2, 0))
    assert await held(trade) == [(1, 4)]
    assert await held(trade, STRANGER) == []


async def test_a_double_click_is_one_addition(trade: Trade):
    await asyncio.gather(*[trade.cart.add(BUYER, AddLine(1, 1, "click")) for _ in range(20)])
    assert await held(trade) == [(1, 1)]
    await trade.cart.add(BUYER, AddLine(1, 1, "again"))
    await trade.cart.add(GUEST, AddLine(1, 1, "click"))  # keys are a person's own
    assert (await held(trade), await held(trade, GUEST)) == ([(1, 2)], [(1, 1)])


async def test_caps_hold_and_a_refusal_leaves_nothing(trade: Trade):
    for i in range(100):
        await trade.cart.put(BUYER, PutLine(i + 1, 1))
    before, counts = await held(trade), await trade.counts("trade.cart")
    for command in (AddLine(101, 1, "k"), AddLine(102, 1)):
        with pytest.raises(CartFull) as e:
            await trade.cart.add(BUYER, command)
        assert e.value.most == 100
    for n in (1000, -1):
        with pytest.raises(WrongQuantity):
            await trade.cart.put(BUYER, PutLine(1, n))
    for n in (0, -1, 1000, 999):  # 999 more than the one there is
        with pytest.raises(WrongQuantity):
            await trade.cart.add(BUYER, AddLine(1, n, "k2"))
    with pytest.raises(Invalid):
        await trade.cart.add(BUYER, AddLine(1, 1, "x" * 65))
    assert (await held(trade), await trade.counts("trade.cart")) == (before, counts)
    await trade.cart.put(BUYER, PutLine(1, 0))
    assert len((await trade.cart.add(BUYER, AddLine(101, 1, "k"))).lines) == 100  # the key of a refusal is not used up


async def test_a_hundred_lines_hold_whoever_adds_at_once(trade: Trade):
    await asyncio.gather(*[trade.cart.put(BUYER, PutLine(i + 1, 1)) for i in range(95)])
    answers = await asyncio.gather(
        *[trade.cart.add(BUYER, AddLine(200 + i, 1)) for i in range(20)], return_exceptions=True
    )
    assert sum(isinstance(a, CartView) for a in answers) == 5
    assert sum(isinstance(a, CartFull) for a in answers) == 15
    assert len(await held(trade)) == 100


async def test_only_people_have_carts(trade: Trade):
    for role in ("provider", "carrier", "nobody"):
        with pytest.raises(Forbidden):
            await trade.cart.put(buyer(7, role), PutLine(1, 1))
    assert set((await trade.counts("trade.cart")).values()) == {0}


async def test_an_order_takes_out_what_was_bought_once(trade: Trade):
    await trade.cart.put(BUYER, PutLine(1, 5))
    await trade.cart.put(BUYER, PutLine(2, 1))
    event = Placed(900, 7, Money(1, "CNY"), "card", [(1, 2), (2, 3), (3, 1)])
    for _ in range(2):
        await trade.cart.db.write(SYSTEM, placed, event)
    assert await held(trade) == [(1, 3)]
    view = await trade.cart.take_out(BUYER, TakeOut(901, [(1, 1)]))
    assert await trade.cart.take_out(BUYER, TakeOut(901, [(1, 1)])) == view
    assert await held(trade) == [(1, 2)]
    before = await trade.counts("trade.cart")
    await trade.cart.db.write(SYSTEM, placed, msgspec.structs.replace(event, buyer_id=8))
    assert await trade.counts("trade.cart") == before  # who has no cart gets none


async def test_a_guests_cart_becomes_the_accounts(trade: Trade):
    await trade.cart.put(BUYER, PutLine(1, 600))
    await trade.cart.put(BUYER, PutLine(2, 1))
    await trade.cart.put(GUEST, PutLine(1, 600))
    await trade.cart.add(GUEST, AddLine(3, 4, "k"))
    for _ in range(2):
        await trade.cart.db.write(SYSTEM, merge, SignedIn(7, 9))
    assert sorted(await held(trade)) == [(1, 999), (2, 1), (3, 4)]
    assert await held(trade, GUEST) == []
    assert (await trade.counts("trade.cart"))["trade_cart_keys"] == 0
    before = await held(trade)
    for event in (SignedIn(7, 0), SignedIn(7, 7)):
        await trade.cart.db.write(SYSTEM, merge, event)
    assert await held(trade) == before


async def aside(trade: Trade, ctx=BUYER) -> list[tuple[int, int]]:
    return [(x.listing_id, x.quantity) for x in (await trade.cart.cart(ctx, CartQuery())).aside]


async def test_a_line_is_kept_for_later_and_back(trade: Trade):
    await trade.cart.put(BUYER, PutLine(1, 3))
    await trade.cart.put(BUYER, PutLine(2, 1))
    for _ in range(2):
        await trade.cart.set_aside(BUYER, SetAside(1))
    await trade.cart.set_aside(BUYER, SetAside(99))  # what is not there stays away
    assert (await held(trade), await aside(trade)) == ([(2, 1)], [(1, 3)])
    await trade.cart.take_out(BUYER, TakeOut(901, [(1, 2), (2, 1)]))
    assert (await held(trade), await aside(trade)) == ([], [(1, 3)])  # an order takes nothing from aside
    view = await trade.cart.set_aside(BUYER, SetAside(1, aside=False))
    assert ([(x.listing_id, x.quantity) for x in view.lines], view.pieces, view.aside) == ([(1, 3)], 3, [])
    await trade.cart.set_aside(BUYER, SetAside(1))
    await trade.cart.add(BUYER, AddLine(1, 1))
    assert (await held(trade), await aside(trade)) == ([(1, 1)], [])  # as many as were asked for now
    await trade.cart.set_aside(BUYER, SetAside(1))
    await trade.cart.put(BUYER, PutLine(1, 0))
    assert (await held(trade), await aside(trade), await aside(trade, STRANGER)) == ([], [], [])


async def test_the_cart_remembers_what_a_piece_cost_when_it_was_put_in(trade: Trade):
    await trade.cart.add(BUYER, AddLine(1, 1, "", 2990, "CNY"))
    await trade.cart.put(BUYER, PutLine(1, 4))
    await trade.cart.add(BUYER, AddLine(1, 1))
    (line,) = (await trade.cart.cart(BUYER, CartQuery())).lines
    assert (line.quantity, line.seen_minor, line.currency) == (5, 2990, "CNY")
    await trade.cart.add(BUYER, AddLine(1, 1, "", 2590, "CNY"))
    (line,) = (await trade.cart.cart(BUYER, CartQuery())).lines
    assert line.seen_minor == 2590
    with pytest.raises(Invalid):
        await trade.cart.add(BUYER, AddLine(1, 1, "", -1, "CNY"))


async def test_what_one_of_two_merged_carts_wants_now_is_not_aside(trade: Trade):
    for listing, (mine, theirs) in {1: (False, True), 2: (True, False), 3: (True, True), 4: (None, True)}.items():
        for ctx, is_aside, pieces in ((BUYER, mine, 2), (GUEST, theirs, 5)):
            if is_aside is not None:
                await trade.cart.put(ctx, PutLine(listing, pieces))
                await trade.cart.set_aside(ctx, SetAside(listing, aside=is_aside))
    await trade.cart.db.write(SYSTEM, merge, SignedIn(7, 9))
    assert sorted(await held(trade)) == [(1, 2), (2, 5)]
    assert sorted(await aside(trade)) == [(3, 2), (4, 5)]


async def test_a_merged_cart_keeps_to_its_hundred_lines(trade: Trade, clock: Clock):
    for i in range(98):
        await trade.cart.put(BUYER, PutLine(i + 1, 1))
    for i in range(4):
        clock.pass_time(seconds=1)
        await trade.cart.put(GUEST, PutLine(300 + i, 1))
    await trade.cart.db.write(SYSTEM, merge, SignedIn(7, 9))
    lines = dict(await held(trade))
    assert len(lines) == 100
    assert [i for i in range(300, 304) if i in lines] == [302, 303]  # the guest's newest


async def test_carts_nobody_touched_for_ninety_days_are_gone(trade: Trade, clock: Clock):
    await trade.cart.put(BUYER, PutLine(1, 1))
    await trade.cart.add(GUEST, AddLine(1, 1, "k"))
    await trade.cart.put(GUEST, PutLine(1, 0))  # empty
    clock.pass_time(days=60)
    await trade.cart.put(BUYER, PutLine(2, 1))
    clock.pass_time(days=31)
    await trade.cart.db.write(STRANGER, sweep)
    assert await trade.counts("trade.cart") == {
        "trade_cart_carts": 1,
        "trade_cart_keys": 0,
        "trade_cart_wishes": 2,
        "trade_cart_outbox": 0,
    }
    assert [x for x, _ in await held(trade)] == [2, 1]


def test_the_carts_own_shape_reads_what_orders_write():
    event = OrdersPlaced(1, 7, Money(5, "CNY"), "card", [(1, 2)])
    read = msgspec.msgpack.decode(msgspec.msgpack.encode(event), type=Placed)
    assert msgspec.to_builtins(read) == msgspec.to_builtins(event)
    assert Placed.topic() == OrdersPlaced.topic()
