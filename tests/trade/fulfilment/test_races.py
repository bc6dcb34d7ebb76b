"""Stopping and packing at the same moment: exactly one of them wins, on each engine."""

import asyncio

import pytest

from jishi.trade.fulfilment import Create, FulfilChild, FulfilLine, Pack, Stop, Work, WrongState
from tests.kit import STAFF, buyer

from .kit import ORDERS, House

ROUNDS = 30


async def test_packing_and_stopping_at_once_have_one_winner(house: House) -> None:
    line = FulfilLine(1, 2, "X", {}, {}, "", 1, [])
    won = {"packed": 0, "stopped": 0}
    for order in range(1, ROUNDS + 1):
        child = FulfilChild(1, f"J{order}-1", 1, 1, "standard", 1000 + order, [line])
        await house.fulfilment.create(ORDERS, Create(order, 1, "CNY", [child]))
        (work,) = (w for w in await house.work("open"))
        ask = [
            house.fulfilment.pack(STAFF, Pack(work.id)),
            house.fulfilment.stop(buyer().acting("trade.orders"), Stop(order, order, [])),
        ]
        if order % 2:
            ask.reverse()
        answers = await asyncio.gather(*ask, return_exceptions=True)
        packed = next(a for a in answers if isinstance(a, Work | WrongState))
        stopped = next(a for a in answers if not isinstance(a, Work | WrongState))
        assert stopped.stopped is isinstance(packed, WrongState)  # type: ignore[union-attr]
        won["stopped" if isinstance(packed, WrongState) else "packed"] += 1
        assert await house.work("open") == []
        rows = {r[1]: (r[9], r[10]) for r in await house.all("work_lines") if r[0] == work.id}
        assert rows
    assert won["packed"] + won["stopped"] == ROUNDS
    assert min(won.values()) > 0


async def test_creating_and_stopping_at_once_leave_nothing_to_pick(house: House) -> None:
    line = FulfilLine(1, 2, "X", {}, {}, "", 1, [])
    for order in range(1, ROUNDS + 1):
        child = FulfilChild(1, f"J{order}-1", 1, 1, "standard", 1000, [line])
        asks = [
            house.fulfilment.create(ORDERS, Create(order, 1, "CNY", [child])),
            house.fulfilment.stop(ORDERS, Stop(order, order, [(1, 1, 2)])),
        ]
        await asyncio.gather(*(asks if order % 2 else asks[::-1]))
    assert await house.work("open") == []
    assert len(await house.work("cancelled")) == ROUNDS


@pytest.mark.parametrize("times", [12])
async def test_one_piece_is_stopped_as_often_as_it_is_there(house: House, times: int) -> None:
    await house.create()
    answers = await asyncio.gather(
        *[house.fulfilment.stop(ORDERS, Stop(500, key, [(1, 1, 1)])) for key in range(1, times + 1)]
    )
    assert sum(a.stopped for a in answers) == 4
