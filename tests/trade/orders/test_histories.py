"""Whatever order the news comes in and however often: no child leaves the table, the timeline never goes back, the sums
hold, and all orders of the same news end in the same rows."""

from dataclasses import dataclass
from random import Random

import pytest

from jishi.kernel import EPOCH_MS, SYSTEM, Money
from jishi.trade.fulfilment import Packed, Shipped, Tracked
from jishi.trade.orders import Cancelled, Confirm, Confirmed, Order, PaymentDue, ReceiptDue
from jishi.trade.orders.cancelling import expire
from jishi.trade.orders.commands import receipt_due, settle
from jishi.trade.orders.moving import packed, shipped, tracked
from jishi.trade.orders.rules import FULFILMENT, PAYMENT
from tests.kit import Clock
from tests.trade.kit import Trade

TOTAL = 16_801
QUANTITY = {1: (1, 3), 2: (1, 2), 3: (2, 1)}  # line → (child, pieces)


@dataclass
class Watch:
    """Sees the order after each piece of news and compares it with before."""

    trade: Trade
    id: int
    last: Order | None = None

    async def look(self) -> Order:
        order = await self.trade.order(self.id)
        ats = [s.at for s in order.timeline]
        assert ats == sorted(ats)
        assert [s.id for s in order.timeline] == list(range(1, order.version + 1))
        assert sum(c.total for c in order.children) == order.total == TOTAL
        for c in order.children:
            assert all(0 <= x.cancelled + x.shipped <= x.quantity for x in c.lines)
            assert 0 <= c.refunded <= c.total
        if self.last:
            assert order.timeline[: len(self.last.timeline)] == self.last.timeline  # append-only
            assert order.payment in reachable(PAYMENT, self.last.payment)
            for was, now in zip(self.last.children, order.children, strict=True):
                assert now.fulfilment in reachable(FULFILMENT, was.fulfilment)
        self.last = order
        return order


def reachable(axis, state: str) -> set[str]:
    """One unit may take several steps of an axis, each of them in the table."""
    found, more = {state}, [state]
    while more:
        new = [to for to in axis[more.pop()] if to not in found]
        found.update(new)
        more += new
    return found


def planned(chance: Random, cut: dict[int, int]) -> list[dict[int, int]]:
    """Parcels (line → pieces), each of one child, that together send all that was not cut."""
    parcels: list[dict[int, int]] = []
    for child in (1, 2):
        rest = {n: q - cut.get(n, 0) for n, (c, q) in QUANTITY.items() if c == child}
        while any(rest.values()):
            parcel = {n: chance.randint(0, q) for n, q in rest.items()}
            if any(parcel.values()):
                parcels.append({n: q for n, q in parcel.items() if q})
                rest = {n: q - parcel[n] for n, q in rest.items()}
    return parcels


def news(order_id: int, parcels: list[dict[int, int]], base: int, at: int) -> list[tuple]:
    """All that the warehouse and the carrier will say, as (unit, event); what may be heard twice is in it twice."""
    told: list[tuple] = []
    for n, parcel in enumerate(parcels):
        child, id, pieces = QUANTITY[next(iter(parcel))][0], base + n, sorted(parcel.items())
        left = Shipped(order_id, child, id, "box", f"W{n}", pieces, whole=False, at=at)
        told += [(packed, Packed(order_id, child))] * 2 + [(shipped, left)] * 2
        told += [
            (tracked, Tracked(order_id, child, id, state, "", at + i, last=False))
            for i, state in enumerate(("picked_up", "in_transit", "delivered", "signed"))
        ]
    return told


@pytest.mark.parametrize("seed", range(6))
async def test_any_order_of_the_same_news_ends_in_the_same_rows(trade: Trade, clock: Clock, seed: int):
    chance = Random(seed)
    cut = {n: chance.randint(0, q) for n, (_, q) in QUANTITY.items()}
    parcels, ends = planned(chance, cut), []
    for run in range(2):
        id = await trade.open(trade.two())
        watch = Watch(trade, id)
        paid = Confirm(id, Money(TOTAL, "CNY"))
        for unit, event in ((settle, paid), (settle, paid), (expire, PaymentDue(id))):
            await trade.orders.db.write(SYSTEM, unit, event)
            await watch.look()
        for line, pieces in cut.items():
            if pieces:
                await trade.cancel(id, line=line, quantity=pieces)
                await watch.look()
        told = news(id, parcels, 10_000 * (seed + 1) + 1000 * run, clock())
        Random(100 * seed + run).shuffle(told)
        for unit, event in told:
            clock.ms += Random(run).choice((-5000, 1000, 7000))  # it may step back
            clock.ms = max(clock.ms, EPOCH_MS + 10**10)
            await trade.orders.db.write(SYSTEM, unit, event)
            await watch.look()
        for child in (1, 2):
            await trade.orders.db.write(SYSTEM, receipt_due, ReceiptDue(id, child))
        order = await watch.look()
        ends.append(
            (
                order.state,
                [(c.fulfilment, c.refunded) for c in order.children],
                [(x.cancelled, x.shipped, x.refunded) for c in order.children for x in c.lines],
                sorted(s.what for s in order.timeline if s.what != "packed"),
            )
        )
    assert ends[0] == ends[1]
    for (_, refunded), (n, child) in zip(ends[0][1], ((1, 1), (2, 2)), strict=True):
        gone = all(cut[x] == q for x, (c, q) in QUANTITY.items() if c == child)
        assert (refunded == {1: 7801, 2: 9000}[n]) == gone
    fulfilments = [f for f, _ in ends[0][1]]
    assert all(f in ("completed", "cancelled") for f in fulfilments)
    assert len(await trade.told(Confirmed)) == 2
    assert len(await trade.told(Cancelled)) == 2 * sum(1 for n in cut.values() if n)


async def test_the_carrier_may_speak_before_the_warehouse(trade: Trade, clock: Clock):
    id = await trade.open(trade.two())
    await trade.orders.db.write(SYSTEM, settle, Confirm(id, Money(TOTAL, "CNY")))
    watch = Watch(trade, id)
    seen = []
    for unit, event in (
        (tracked, Tracked(id, 2, 55, "signed", "", clock(), last=True)),  # nobody has said yet that it left
        (shipped, Shipped(id, 2, 55, "box", "W", [(3, 1)], whole=True, at=clock())),
        (packed, Packed(id, 2)),
        (tracked, Tracked(id, 2, 55, "picked_up", "", clock(), last=True)),
    ):
        await trade.orders.db.write(SYSTEM, unit, event)
        seen.append((await watch.look()).children[1].fulfilment)
    assert seen == ["confirmed", "delivered", "delivered", "delivered"]
    assert len(await trade.told(ReceiptDue)) == 1
