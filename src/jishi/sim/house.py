"""Who works for the shop: clerks that receive, pack and ship, prices that change; and the carrier's side of a parcel."""

from __future__ import annotations

import asyncio
from functools import partial
from random import Random
from typing import TYPE_CHECKING

from jishi.goods.inventory import Adjust, Receive
from jishi.goods.pricing import PriceDraft, SetPrices
from jishi.kernel import Actor, Context, Fault
from jishi.trade.fulfilment import Pack, ShipPieces, ShipWork, Work, WorkPage, WorkQuery
from jishi.trade.orders import Cancel

from .goods import STAFF

if TYPE_CHECKING:
    from .history import Sim

CARRIER = Context(Actor(0, "carrier"))
MOST = 100


async def clerk(sim: Sim, merchant: int, r: Random) -> None:
    """A day in the warehouse: packs some, ships some, counts, and now and then clicks twice."""
    me = Context(Actor(50, "clerk", merchant))
    for day in range(r.randint(3, 8)):
        await asyncio.sleep(r.choice((60, 600, 1500)))
        await _pack(sim, me, r, 0.7)
        await asyncio.sleep(r.choice((0, 30, 900)))
        await _ship(sim, me, r, 0.8, f"{day}")
        if r.random() < 0.3:
            stock_id, key = r.choice([s for s in sim.goods.stock if s[1].merchant_id == merchant])
            act = 1 + r.getrandbits(40)
            if r.random() < 0.5:
                receive = Receive(act, key, r.randint(1, 4))
                asks = [sim.insist("inventory.receive", me, receive) for _ in range(2)]
            else:
                adjust = Adjust(act, stock_id, -r.randint(1, 4), "damaged")
                asks = [sim.insist("inventory.adjust", me, adjust) for _ in range(2)]
            await asyncio.gather(*asks)


async def _pack(sim: Sim, me: Context, r: Random, share: float) -> None:
    page = await sim.insist("fulfilment.work", me, WorkQuery("open", limit=MOST))
    for work in page.rows if isinstance(page, WorkPage) else ():
        if r.random() < share:
            asks = [sim.insist("fulfilment.pack", me, Pack(work.id))]
            if r.random() < 0.2 and (buyer := sim.buyers.get(work.order_id)):  # at the same moment the buyer cancels
                cancel = Cancel(work.order_id, f"p{work.id}", r.choice((0, work.child)))
                asks.insert(0, sim.insist("orders.cancel", buyer, cancel))
            await asyncio.gather(*asks)


async def _ship(sim: Sim, me: Context, r: Random, share: float, day: str) -> None:
    page = await sim.insist("fulfilment.work", me, WorkQuery("packed", limit=MOST))
    for work in page.rows if isinstance(page, WorkPage) else ():
        if r.random() < share:
            ask = ShipWork(work.id, f"day-{day}", _some(work, r))
            if r.random() < 0.2:
                await sim.once("fulfilment.ship", me, ask)  # and goes home, whatever the answer
                continue
            times = r.choice((1, 1, 2))
            await asyncio.gather(*[sim.insist("fulfilment.ship", me, ask) for _ in range(times)])


def _some(work: Work, r: Random) -> list[ShipPieces]:
    """Mostly all that is left; sometimes one piece first."""
    line = r.choice(work.lines)
    left = line.quantity - line.cancelled - line.shipped
    return [ShipPieces(line.line, 1)] if left > 1 and r.random() < 0.3 else []


async def round_of_clerks(sim: Sim) -> None:
    """All that is there to pack and to ship is packed and shipped."""
    r = Random(0)
    for merchant in sim.goods.merchants:
        me = Context(Actor(50, "clerk", merchant))
        await _pack(sim, me, r, 1.0)
        page = await sim.insist("fulfilment.work", me, WorkQuery("packed", limit=MOST))
        for work in page.rows if isinstance(page, WorkPage) else ():
            ask = ShipWork(work.id, f"rest-{sim.leapt_ms}")
            answer = await sim.insist("fulfilment.ship", me, ask)
            if isinstance(answer, Fault) and answer.code != "fulfilment.state":
                sim.wrong(f"I7 packed work that cannot ship: {answer}")


async def prices(sim: Sim, r: Random) -> None:
    """A merchant changes its mind about a price."""
    for _ in range(r.randint(0, 3)):
        await asyncio.sleep(r.choice((5, 300, 2_000)))
        offer = r.choice(sim.goods.offers)
        drafts = [PriceDraft(offer.listing_id, "CN", "CNY", r.randint(1_000, 90_000))]
        answer = await sim.insist("pricing.set_prices", STAFF, SetPrices(offer.merchant_id, drafts))
        if not isinstance(answer, Fault):
            sim.sometimes["a price changed after the quote"] += 1


# --- the carrier ------------------------------------------------------------------------------------------------------


async def carrier(sim: Sim, r: Random) -> None:
    """Drives on and tells; the faults of its box lose, repeat and delay the notes."""
    while sim.open:
        await asyncio.sleep(r.choice((60, 600, 1_800)))
        await round_of_carrier(sim)


async def round_of_carrier(sim: Sim) -> None:
    """The notes that are due are told. A shop whose clock is wrong refuses them as old; its poll makes up for that."""
    for note in sim.carrier.box.due_notes():
        answer = await sim.insist("fulfilment.note", CARRIER, partial(sim.carrier.letter, note))
        if isinstance(answer, Fault) and getattr(answer, "reason", "") != "old":
            sim.wrong(f"a carrier's note was refused: {answer}")
