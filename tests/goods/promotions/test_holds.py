"""Holds: everything an order takes of promotions, together or not at all, and never more than there is."""

import asyncio
from contextlib import suppress
from random import Random

import pytest

from jishi.goods.promotions import Amount, HoldUses, Limit, MineQuery, PutLimit, UsesSpent
from jishi.kernel import Forbidden, Invalid
from tests.kit import STAFF, buyer

from .kit import ACME, DAY, HOUR, draft, good, open_desk


async def used(desk, id):
    p = await desk.see(id)
    return p.held_minor, p.used_minor, p.held_uses, p.used_uses


async def test_held_then_used_then_given_back(desk):
    p = await desk.put(draft(budget_minor=5_000, budget_uses=3))
    assert (await desk.hold(1, Limit(p.id, 0, 1_000))).state == "open"
    assert await used(desk, p.id) == (1_000, 0, 1, 0)
    assert await desk.turn("confirm", 1) == "confirmed"
    assert await used(desk, p.id) == (0, 1_000, 0, 1)
    assert await desk.turn("release", 1) == "confirmed"  # paid: too late for that
    assert await desk.turn("give_back", 1) == "given_back"
    assert await used(desk, p.id) == (0, 0, 0, 0)
    for verb in ("confirm", "release", "give_back"):
        assert await desk.turn(verb, 1) == "given_back"
    assert await used(desk, p.id) == (0, 0, 0, 0)


async def test_the_same_order_gets_the_same_answer(desk):
    p = await desk.put(draft(budget_uses=1))
    first = await desk.hold(1, Limit(p.id, 0, 1_000), until=10**13)
    assert await desk.hold(1, Limit(p.id, 0, 1_000), until=10**13) == first
    with pytest.raises(UsesSpent) as no:
        await desk.hold(2, Limit(p.id, 0, 1_000))
    assert (no.value.promotion_id, no.value.reason) == (p.id, "budget")
    await desk.turn("release", 1)
    with pytest.raises(UsesSpent):  # refused for good, though there is room by now
        await desk.hold(2, Limit(p.id, 0, 1_000))
    assert (await desk.hold(3, Limit(p.id, 0, 1_000))).state == "open"
    assert await used(desk, p.id) == (1_000, 0, 1, 0)


async def test_all_of_it_or_nothing(desk):
    rich, poor = await desk.put(draft()), await desk.put(draft(budget_minor=500))
    with pytest.raises(UsesSpent) as no:
        await desk.hold(1, Limit(rich.id, 0, 1_000), Limit(poor.id, 0, 501))
    assert no.value.promotion_id == poor.id
    assert await used(desk, rich.id) == (0, 0, 0, 0)
    assert (await desk.counts())["takes"] == 0


async def test_a_hold_runs_out_by_itself_and_a_late_payment_takes_what_is_free(desk, clock):
    p = await desk.put(draft(budget_uses=1))
    await desk.hold(1, Limit(p.id, 0, 1_000))
    clock.pass_time(minutes=59)
    await desk.relay.drain()
    assert await used(desk, p.id) == (1_000, 0, 1, 0)
    clock.pass_time(minutes=2)
    await desk.relay.drain()
    assert await used(desk, p.id) == (0, 0, 0, 0)
    assert await desk.turn("confirm", 1) == "confirmed"
    assert await used(desk, p.id) == (0, 1_000, 0, 1)
    await desk.turn("give_back", 1)
    await desk.hold(2, Limit(p.id, 0, 1_000))
    clock.pass_time(hours=2)
    await desk.relay.drain()
    await desk.hold(3, Limit(p.id, 0, 1_000))
    assert await desk.turn("confirm", 2) == "refused"
    assert await desk.turn("confirm", 3) == "confirmed"
    assert await used(desk, p.id) == (0, 1_000, 0, 1)


async def test_an_order_without_promotions_holds_nothing_and_every_verb_may_be_asked(desk):
    before = await desk.counts()
    assert (await desk.hold(9)).state == "open"
    for verb in ("confirm", "release", "give_back"):
        assert await desk.turn(verb, 9) == "none"
    assert await desk.counts() == before


async def test_a_person_is_its_account_and_its_contact(desk):
    p = await desk.put(draft(per_person=1))
    await desk.hold(1, Limit(p.id, 0, 1_000), ctx=buyer(11, "guest"), persons=("e:abc",))
    for order, ctx, persons in ((2, buyer(11, "guest"), ()), (3, buyer(12, "guest"), ("e:abc",))):
        with pytest.raises(UsesSpent) as no:
            await desk.hold(order, Limit(p.id, 0, 1_000), ctx=ctx, persons=persons)
        assert no.value.reason == "per_person"
    assert (await desk.hold(4, Limit(p.id, 0, 1_000), ctx=buyer(13, "guest"), persons=("e:def",))).state == "open"
    await desk.turn("release", 1)
    assert (await desk.hold(5, Limit(p.id, 0, 1_000), ctx=buyer(12, "guest"), persons=("e:abc",))).state == "open"


async def test_only_one_first_order_whatever_promotion_it_is(desk):
    one, two = await desk.put(draft(first_order=True)), await desk.put(draft(first_order=True))
    asks = [desk.hold(n, Limit(p.id, 0, 1_000)) for n, p in ((1, one), (2, two))]
    answers = await asyncio.gather(*asks, return_exceptions=True)
    assert sorted(type(a).__name__ for a in answers) == ["Held", "UsesSpent"]


async def test_pieces_of_a_listing_that_a_person_may_buy(desk):
    await desk.service.put_limit(STAFF, PutLimit(ACME, 101, 3))
    rated = await desk.rate(good(quantity=4))
    assert [(o.listing_id, o.most, o.left) for o in rated.over] == [(101, 3, 3)]
    rated = await desk.rate(good(quantity=2))
    assert rated.over == []
    assert rated.holds == [Limit(listing_id=101, pieces=2)]
    await desk.hold(1, *rated.holds)
    with pytest.raises(UsesSpent) as no:
        await desk.hold(2, Limit(listing_id=101, pieces=2))
    assert (no.value.listing_id, no.value.reason) == (101, "listing")
    assert (await desk.hold(3, Limit(listing_id=101, pieces=1))).state == "open"
    await desk.turn("confirm", 1)
    await desk.turn("give_back", 1)
    assert (await desk.hold(4, Limit(listing_id=101, pieces=2))).state == "open"


async def test_a_coupon_is_held_used_and_given_back(desk, clock):
    p = await desk.put(draft("coupon", per_person=2))
    coupon = await desk.claim(p.id)
    take = Limit(p.id, coupon.id, 1_000)
    await desk.hold(1, take)
    for order, ctx in ((2, buyer()), (3, buyer(99))):
        with pytest.raises(UsesSpent) as no:
            await desk.hold(order, take, ctx=ctx)
        assert no.value.reason == "coupon"
    await desk.turn("release", 1)
    with pytest.raises(UsesSpent):
        await desk.hold(4, take, ctx=buyer(99))  # somebody else's
    await desk.hold(5, take)
    await desk.turn("confirm", 5)
    assert (await desk.service.mine(buyer(), MineQuery("used"))).rows[0].order_id == 5
    await desk.turn("give_back", 5)
    (back,) = (await desk.service.mine(buyer(), MineQuery())).rows
    assert (back.id, back.state, back.order_id) == (coupon.id, "given_back", 0)
    assert (await desk.hold(6, take)).state == "open"


@pytest.mark.parametrize(
    "holds",
    [
        [Limit(1, 0, -1)],
        [Limit(1, 0, 1), Limit(1, 0, 2)],
        [Limit(1, 0, 1, listing_id=4)],
        [Limit()],
        [Limit(n, 0, 1) for n in range(1, 200)],
    ],
)
async def test_a_hold_that_makes_no_sense(desk, holds):
    before = await desk.counts()
    with pytest.raises(Invalid):
        await desk.hold(1, *holds)
    assert await desk.counts() == before


async def test_only_the_checkout_holds(desk):
    p = await desk.put()
    for ctx in (buyer(), STAFF):
        with pytest.raises(Forbidden):
            await desk.service.hold(ctx, hold_of(p.id))
    assert (await desk.counts())["holds"] == 0


def hold_of(id):
    return HoldUses(1, [Limit(id, 0, 1)], [], 10**13)


async def test_fifty_buyers_for_the_last_of_a_budget(desk):
    p = await desk.put(draft(rule=Amount(1_000), budget_minor=1_000))
    asks = [desk.hold(n, Limit(p.id, 0, 1_000), ctx=buyer(n), persons=(f"e:{n}",)) for n in range(1, 51)]
    answers = await asyncio.gather(*asks, return_exceptions=True)
    assert sum(type(a).__name__ == "Held" for a in answers) == 1
    assert sum(isinstance(a, UsesSpent) and a.reason == "budget" for a in answers) == 49
    assert await used(desk, p.id) == (1_000, 0, 1, 0)


async def test_fifty_orders_of_one_person_for_one_use(desk):
    p = await desk.put(draft(per_person=1))
    answers = await asyncio.gather(
        *[desk.hold(n, Limit(p.id, 0, 1_000), ctx=buyer(n), persons=("e:same",)) for n in range(1, 51)],
        return_exceptions=True,
    )
    assert sum(type(a).__name__ == "Held" for a in answers) == 1
    assert await used(desk, p.id) == (1_000, 0, 1, 0)


async def test_two_processes_for_the_last_coupon(desk, engine):
    """Two services on one database: neither knows what the other has in memory."""
    other = open_desk(engine)
    p = await desk.put(draft("coupon", per_person=1, claims=1, budget_uses=1))
    claims = await asyncio.gather(
        *[(desk, other)[n % 2].claim(p.id, ctx=buyer(n)) for n in range(1, 21)], return_exceptions=True
    )
    won = [c for c in claims if not isinstance(c, Exception)]
    assert len(won) == 1
    assert (await desk.see(p.id)).claimed == 1
    owner = claims.index(won[0]) + 1
    take = Limit(p.id, won[0].id, 1_000)
    answers = await asyncio.gather(
        *[(desk, other)[n % 2].hold(n, take, ctx=buyer(owner)) for n in range(1, 21)], return_exceptions=True
    )
    assert sum(type(a).__name__ == "Held" for a in answers) == 1
    assert await used(desk, p.id) == (1_000, 0, 1, 0)


@pytest.mark.parametrize("seed", range(6))
async def test_whatever_happens_in_whatever_order_no_limit_is_passed(desk, clock, seed):
    """Random histories with repeated verbs, time that passes and processes that forget; at the end the counters are those of
    the holds."""
    chance = Random(seed)
    p = await desk.put(draft(budget_minor=5_000, budget_uses=4, per_person=2))
    q = await desk.put(draft(budget_minor=3_000))
    for _ in range(60):
        order, who = chance.randrange(1, 16), chance.randrange(1, 5)
        match chance.randrange(6):
            case 0 | 1:
                takes = [Limit(p.id, 0, chance.randrange(0, 2_500)), Limit(q.id, 0, chance.randrange(0, 900))]
                with suppress(UsesSpent):
                    await desk.hold(order, *takes[: chance.randrange(1, 3)], ctx=buyer(who), persons=(f"e:{who % 2}",))
            case 2:
                await desk.turn("confirm", order)
            case 3:
                await desk.turn(chance.choice(["release", "give_back"]), order)
            case 4:
                clock.pass_time(minutes=chance.randrange(50))
                await desk.relay.drain()
            case _:
                desk.service._batches.clear()
        first, second = await desk.see(p.id), await desk.see(q.id)
        assert first.held_minor + first.used_minor <= 5_000
        assert first.held_uses + first.used_uses <= 4
        assert second.held_minor + second.used_minor <= 3_000
    clock.pass_time(ms=DAY + HOUR)
    await desk.relay.drain()
    for x in (p, q):
        at_last = await desk.see(x.id)
        assert (at_last.held_minor, at_last.held_uses) == (0, 0)
    for order in range(1, 16):
        await desk.turn("give_back", order)
    assert await used(desk, p.id) == await used(desk, q.id) == (0, 0, 0, 0)
