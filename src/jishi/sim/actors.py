"""Buyers, those who pay, and the payment provider's side of it. They live outside the shop and survive its crashes."""

from __future__ import annotations

import asyncio
from random import Random
from typing import TYPE_CHECKING

import msgspec

from jishi.goods.promotions import Claim, UsesSpent
from jishi.kernel import Actor, Context, Fault
from jishi.people.vault import KeepCard
from jishi.sandbox.memory import Note, Plan
from jishi.trade.cart import AddLine, CartQuery, PutLine
from jishi.trade.checkout import KeyReused, OverLimit, Place, Placed, Quote, QuoteAsk, Wanted
from jishi.trade.orders import Cancel, Order, OrderQuery, Receive
from jishi.trade.payments import Look, Notify, Start, Started

from .goods import FREE

if TYPE_CHECKING:
    from .history import Sim

PROVIDER = Context(Actor(0, "provider"))
DARK_S = 1_500, 2_700  # seconds of a dark evening: money that comes in then is heard of when its hold has run out
OUTAGE = 0.15  # of the gateway's naps nobody can reach it
LIN = {
    "name": "林晓雨",
    "phone": "13812348000",
    "country": "CN",
    "province": "上海市",
    "city": "上海市",
    "district": "浦东新区",
    "street": "张江路 88 号",
}
ADA = {
    "name": "Ada Lovelace",
    "phone": "+16502530000",
    "country": "US",
    "province": "CA",
    "city": "Mountain View",
    "postcode": "94043",
    "street": "1600 Amphitheatre Parkway",
}


async def buyer(sim: Sim, id: int, r: Random) -> None:
    """Fills a cart, has it quoted, places it in every clumsy way, and thinks better of it now and then."""
    abroad = r.random() < 0.15
    me = sim.ctx(1000 + id, "guest", *(("US", "USD") if abroad else ()))
    cards = 10 * me.actor.id + 1, 10 * me.actor.id + 2
    lin = LIN | {"phone": str(int(LIN["phone"]) + id % 4)}  # every fourth is the same person
    recipient = KeepCard(cards[0], me.actor.id, "recipient", "order", ADA if abroad else lin)
    contact = KeepCard(cards[1], me.actor.id, "contact", "order", {"email": f"b{id}@example.com"})
    await sim.insist("vault.keep", me, recipient)
    await sim.insist("vault.keep", me, contact)
    for coupon in sim.goods.coupons:
        claims = [sim.insist("promotions.claim", me, Claim(coupon)) for _ in range(r.choice((0, 1, 1, 1, 2)))]
        await asyncio.gather(*claims)
    if r.random() < (0.5 if sim.dark else 0.2):
        await asyncio.sleep(r.randint(2_100, 2_600))  # when the first holds run out
    for n in range(r.randint(1, 3)):
        await asyncio.sleep(r.choice((0, 0.001, 3, 600)))
        if sim.loop.steps > sim.steps:
            return
        quote = await _quote(sim, me, cards, f"{id}-{n}", r)
        if quote is None:
            continue
        placed = await _place(sim, me, f"key-{n}", quote, r)
        if placed is None:
            continue
        sim.orders += 1
        await _reads_own_write(sim, me, placed)
        sim.buyers[placed.order_id] = me
        sim.spawn(afterwards(sim, me, placed, Random(r.random())))


async def hoarder(sim: Sim, id: int, r: Random) -> None:
    """Has as many unpaid orders as may wait, and at one moment cancels some and places others, each three times. Whether
    a key is one too many depends on the moment; but what it was told first it is told for good."""
    me = sim.ctx(1000 + id)
    cards = 10 * me.actor.id + 1, 10 * me.actor.id + 2
    await sim.insist("vault.keep", me, KeepCard(cards[0], me.actor.id, "recipient", "order", LIN))
    await sim.insist("vault.keep", me, KeepCard(cards[1], me.actor.id, "contact", "order", {"email": "h@example.com"}))
    plenty = next(o for o in sim.goods.offers if o not in sim.goods.scarce)
    ask = QuoteAsk([Wanted(plenty.listing_id, 1)], *cards)
    quotes = [await sim.insist("checkout.quote", me, ask) for _ in range(9)]
    places = [Place(f"h-{n}", q.id, q.terms.total, "card") for n, q in enumerate(quotes) if isinstance(q, Quote)]
    waiting = [await sim.insist("checkout.place", me, place) for place in places[:5]]
    steps = [_soon(sim, r, "checkout.place", me, place) for place in places[5:] for _ in range(3)]
    steps += [
        _soon(sim, r, "orders.cancel", me, Cancel(order.order_id, "enough"))
        for order in waiting[: r.randint(1, 5)]
        if isinstance(order, Placed)
    ]
    answers = await asyncio.gather(*steps)
    for n, place in enumerate(places[5:]):
        told = answers[3 * n : 3 * n + 3]
        if any(str(a) != str(told[0]) for a in told):
            sim.wrong(f"I5 one key, several answers: {place.key}: {told}")


async def _soon(sim: Sim, r: Random, verb: str, me: Context, command: object) -> object:
    """At the same moment, a few steps sooner or later."""
    for _ in range(r.randint(0, 20)):
        await asyncio.sleep(0)
    return await sim.insist(verb, me, command)


async def afterwards(sim: Sim, me: Context, placed: Placed, r: Random) -> None:
    """Pays, if it is to be paid now, and thinks better of it before, meanwhile or afterwards."""
    if (when := r.random()) < 0.2:
        sim.spawn(second_thoughts(sim, me, placed, Random(r.random())))
    if placed.method == "card":
        await payer(sim, me, placed, r)
    if when > 0.7:
        await second_thoughts(sim, me, placed, r)


async def _quote(sim: Sim, me: Context, cards: tuple[int, int], key: str, r: Random) -> Quote | None:
    shelf = sim.goods.scarce[: 2 if sim.dark else 4] if r.random() < 0.5 + 0.3 * sim.dark else sim.goods.offers
    offers = [r.choice(shelf) for _ in range(r.choice((1, 1, 2, 3)))]
    for i, offer in enumerate(offers):
        add = AddLine(offer.listing_id, r.choice((1, 1, 2, 3)), f"{key}-{i}")
        await asyncio.gather(*[sim.insist("cart.add", me, add) for _ in range(r.choice((1, 2)))])
    cart = await sim.insist("cart.cart", me, CartQuery())
    if isinstance(cart, Fault):
        sim.wrong(f"a cart that cannot be seen: {cart}")
        return None
    codes = [FREE] if r.random() < 0.15 else []
    ask = QuoteAsk([Wanted(x.listing_id, x.quantity) for x in cart.lines], cards[0], cards[1], codes=codes)
    quote = await sim.insist("checkout.quote", me, ask)
    if isinstance(quote, Quote):
        return quote
    sim.sometimes["more than a person may buy"] += isinstance(quote, OverLimit)
    for line in cart.lines:  # sold out: the cart is emptied, and another day is another cart
        await sim.insist("cart.put", me, PutLine(line.listing_id, 0))
    return None


async def _place(sim: Sim, me: Context, key: str, quote: Quote, r: Random) -> Placed | None:
    """Once, twice at once, again much later, with another body; one key has one answer."""
    seen = quote.terms.total + (1 if r.random() < 0.03 else 0)
    methods = [m.code for m in quote.methods if m.usable]
    if not methods:
        return None
    cod = "cod" in methods and r.random() < 0.25
    ask = Place(key, quote.id, seen, "cod" if cod else methods[0])
    await asyncio.sleep(r.choice((0, 0, 0, 60, 1 if sim.dark else 950)))
    if sim.earth_ms() + sim.skew_ms > quote.expires_at:
        sim.sometimes["a quote had run out"] += 1
    answers = await asyncio.gather(*[sim.insist("checkout.place", me, ask) for _ in range(r.choice((1, 1, 2)))])
    if any(str(a) != str(answers[0]) for a in answers):
        sim.wrong(f"I5 one key, several answers: {answers}")
    sim.sometimes["a use was refused"] += isinstance(answers[0], UsesSpent)
    if r.random() < 0.5:
        sim.spawn(_again(sim, me, ask, str(answers[0]), r.choice((1, 1500, 2400)), other_body=r.random() < 0.2))
    return next((a for a in answers if isinstance(a, Placed)), None)


async def _again(sim: Sim, me: Context, ask: Place, said: str, after_s: float, *, other_body: bool) -> None:
    """Much later the same key is used again, with the same body or with another."""
    await asyncio.sleep(after_s)
    if not other_body:
        answer = await sim.insist("checkout.place", me, ask)
        if str(answer) != said:
            sim.wrong(f"I5 one key, several answers: {said}, then {answer}")
        return
    sim.sometimes["the same key came with another body"] += 1
    other = msgspec.structs.replace(ask, total=ask.total + 7)
    if not isinstance(await sim.insist("checkout.place", me, other), KeyReused):
        sim.wrong("I5 another body under a known key was not refused")


async def _reads_own_write(sim: Sim, me: Context, placed: Placed) -> None:
    order = await sim.insist("orders.order", me, OrderQuery(placed.order_id))
    if not isinstance(order, Order) or (order.number, order.total) != (placed.number, placed.total):
        sim.wrong(f"I12 the buyer does not find its order: {order}")


async def second_thoughts(sim: Sim, me: Context, placed: Placed, r: Random) -> None:
    """Cancels all, a child, or pieces of a line; twice under one key; or says that the goods are there."""
    await asyncio.sleep(r.choice((0, 1, 60, 300, 1900)))
    order = await sim.insist("orders.order", me, OrderQuery(placed.order_id))
    if not isinstance(order, Order):
        return
    for n in range(r.choice((1, 1, 2))):
        child = r.choice((0, some := r.choice(order.children).n, some))
        line = r.choice(next(c.lines for c in order.children if c.n == child)) if child and r.random() < 0.6 else None
        pieces = r.randint(1, line.quantity) if line and r.random() < 0.7 else 0
        cancel = Cancel(placed.order_id, f"c{n}", child, line.n if line else 0, pieces)
        times = r.choice((1, 1, 2))
        await asyncio.gather(*[sim.insist("orders.cancel", me, cancel) for _ in range(times)])
        await asyncio.sleep(r.choice((0, 5, 700)))
    if r.random() < 0.3:
        await asyncio.sleep(r.choice((3_600, 20_000)))
        await sim.insist("orders.receive", me, Receive(placed.order_id))


async def payer(sim: Sim, me: Context, placed: Placed, r: Random) -> None:
    """Pays never, once or tries again, early or at the last moment; comes back to the shop before or after the notice."""
    for _ in range(1 if sim.dark else r.choice((0, 1, 1, 1, 2, 3))):
        await asyncio.sleep(r.choice((0, 1, 60) if sim.dark else (0, 1, 60, 900, 1740)))
        start = Start(placed.intent_id, "https://shop.example/ok", "https://shop.example/back")
        tabs = [sim.insist("payments.start", me, start) for _ in range(r.choice((1, 1, 2)))]
        urls = {t.url for t in await asyncio.gather(*tabs) if isinstance(t, Started) and t.url}
        refs = sorted(url.rpartition("/")[2] for url in urls)
        if sum(_payable(sim, ref) for ref in refs) > 1:
            sim.wrong(f"I5 two tabs, two pages to pay: {refs}")
        for ref in refs:
            await _pay(sim, me, placed, ref, r)


def _payable(sim: Sim, ref: str) -> bool:
    page = sim.card.pages[ref]
    return page.state == "open" and sim.earth_ms() < page.attempt.expires_at


async def _pay(sim: Sim, me: Context, placed: Placed, ref: str, r: Random) -> None:
    """On the provider's page, which may stay open until its last second."""
    left_s = (sim.card.pages[ref].attempt.expires_at - sim.earth_ms()) / 1000
    late = left_s - 1, left_s - 20
    await asyncio.sleep(max(0, r.choice(late if sim.dark else (0, 5, 300, *late))))
    if r.random() < 0.3:
        await sim.insist("payments.look", me, Look(placed.intent_id))
    sim.card.pay(ref, "ok" if sim.dark else r.choice(("ok", "ok", "ok", "declined", "fails_later")))
    if r.random() < 0.5:
        await asyncio.sleep(r.choice((0, 2, 200)))
        await sim.insist("payments.look", me, Look(placed.intent_id))


# --- the payment provider ---------------------------------------------------------------------------------------------


async def gateway(sim: Sim, r: Random) -> None:
    """Tells its notices late, twice and in any order, while there is anybody to tell."""
    plan, away = sim.card.plan, Plan(fail=1.0, lose=1.0)
    while sim.open:
        await asyncio.sleep(r.choice((1, 30, 60) if sim.dark else (1, 30, 200, 600)))
        dark = sim.dark and DARK_S[0] <= sim.loop.clock < DARK_S[1]
        sim.card.plan = away if dark or r.random() < OUTAGE else plan  # while it sleeps now nobody hears anything
        notes = [sim.card.outbox.popleft() for _ in range(len(sim.card.outbox))]
        r.shuffle(notes)
        for note in notes:
            if r.random() < 0.2:
                sim.card.outbox.append(note)  # later
                continue
            await _tell(sim, note)
            if r.random() < 0.15:
                await _tell(sim, note)
        if r.random() < 0.3:
            sim.card.finish_refunds()
    sim.card.plan = plan


async def round_of_gateway(sim: Sim) -> None:
    """All that is left to be told is told."""
    sim.card.finish_refunds()
    while sim.card.outbox:
        await _tell(sim, sim.card.outbox.popleft())


async def _tell(sim: Sim, note: Note) -> None:
    """Each delivery is signed anew. A shop whose clock is wrong refuses it as old, and asks by itself later."""

    def signed() -> Notify:
        notice = sim.card.notice(note)
        return Notify(sim.card.code, notice.raw, notice.headers)

    answer = await sim.insist("payments.notify", PROVIDER, signed)
    if isinstance(answer, Fault) and getattr(answer, "reason", "") != "old":
        sim.wrong(f"a notice was refused: {answer}")
