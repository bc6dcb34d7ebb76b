"""Refunds, cash at the door, and a provider that is away."""

import asyncio

import pytest
from hypothesis import given, strategies as st

from jishi.kernel import Engine, Invalid, World
from jishi.sandbox.memory import MemoryCard, Note
from jishi.trade.payments import (
    Collect,
    Leg,
    Look,
    NoIntent,
    NothingToPay,
    Notify,
    OverRefund,
    ProviderDown,
    RefundAsk,
    ReturnAll,
    Void,
)
from jishi.trade.payments.gate import REST_MS, Gate
from jishi.trade.payments.rules import fall
from tests.kit import Clock, buyer

from .kit import ORDERS, PROVIDER, Till, open_till


@pytest.fixture
def card(world: World) -> MemoryCard:
    return MemoryCard(world)


@pytest.fixture
def till(engine: Engine, world: World, clock: Clock, card: MemoryCard) -> Till:
    return open_till(engine, world, clock, card)


def ask(order_id: int, key: int, minor: int, **shares: int) -> RefundAsk:
    return RefundAsk(order_id, key, minor, "cancelled", {int(k[1:]): v for k, v in shares.items()} or {1: minor})


async def test_refunds_in_parts_never_exceed_what_was_captured(till: Till, card: MemoryCard):
    intent = await till.paid(card, 1_000)
    for key, minor in ((1, 300), (2, 300), (3, 300)):
        await till.service.refund(ORDERS, ask(intent.order_id, key, minor))
    with pytest.raises(OverRefund) as over:
        await till.service.refund(ORDERS, ask(intent.order_id, 4, 101))
    assert over.value.left == 100
    again = await till.service.refund(ORDERS, ask(intent.order_id, 2, 999))
    assert (again.minor, again.state) == (300, "due")
    await till.relay.drain()
    assert await till.refunds(intent) == [(300, "done")] * 3
    assert (await till.intent(intent)).refunded == 900
    assert sum(b.minor for b in card.backs.values()) == 900
    assert await till.balances() == {"clearing:memory": 100, f"buyer:{intent.order_id}": -100}
    back = await till.service.return_all(ORDERS, ReturnAll(intent.id, "late"))
    assert (back.minor, await till.service.return_all(ORDERS, ReturnAll(intent.id, "late"))) == (100, back)
    await till.relay.drain()
    assert (await till.told()).count("refunded") == 4
    assert await till.balances() == {}


async def test_refunds_at_once_share_one_limit(till: Till, card: MemoryCard):
    intent = await till.paid(card, 1_000)
    answers = await asyncio.gather(
        *[till.service.refund(ORDERS, ask(intent.order_id, key, 300)) for key in range(10)], return_exceptions=True
    )
    assert sum(isinstance(a, OverRefund) for a in answers) == 7
    same = await asyncio.gather(*[till.service.refund(ORDERS, ask(intent.order_id, 77, 100)) for _ in range(10)])
    assert len({r.id for r in same}) == 1
    await till.relay.drain()
    assert sum(b.minor for b in card.backs.values()) == 1_000
    assert len(card.backs) == 4


async def test_what_went_back_whole_answers_the_refund_that_follows(till: Till, card: MemoryCard):
    intent = await till.paid(card, 1_000)
    whole = await till.service.return_all(ORDERS, ReturnAll(intent.id, "no stock"))
    assert await till.service.refund(ORDERS, ask(intent.order_id, 5, 1_000)) == whole
    await till.relay.drain()
    [(_, told)] = await till.events("refunded")
    assert (told["shares"], told["surplus"]) == ({1: 500, 2: 500}, False)


async def test_refunds_that_make_no_sense_leave_nothing(till: Till, card: MemoryCard):
    intent = await till.intend(1_000)
    for wrong in (ask(intent.order_id, 1, 0), ask(intent.order_id, 1, -5), ask(intent.order_id, 1, 10, c1=4, c2=5)):
        with pytest.raises(Invalid):
            await till.service.refund(ORDERS, wrong)
    with pytest.raises(OverRefund):
        await till.service.refund(ORDERS, ask(intent.order_id, 1, 10))
    with pytest.raises(OverRefund):
        await till.service.return_all(ORDERS, ReturnAll(intent.id, "late"))
    with pytest.raises(NoIntent):
        await till.service.refund(ORDERS, ask(404, 1, 10))
    assert await till.rows("refunds") == []
    assert await till.told() == []


async def test_a_refused_refund_is_told_and_gives_its_amount_free(till: Till, card: MemoryCard):
    intent = await till.paid(card, 1_000)
    card.disputed.add("pi_000002")
    refund = await till.service.refund(ORDERS, ask(intent.order_id, 1, 600))
    await till.relay.drain()
    [(_, told)] = await till.events("refund_refused")
    assert (told["refund_id"], told["reason"], told["surplus"]) == (refund.id, "charge_disputed", False)
    assert (await till.intent(intent)).refunded == 0
    card.disputed.clear()
    assert (await till.service.refund(ORDERS, ask(intent.order_id, 1, 600))).state == "refused"
    await till.service.refund(ORDERS, ask(intent.order_id, 2, 1_000))
    await till.relay.drain()
    assert await till.refunds(intent) == [(600, "refused"), (1_000, "done")]


async def test_a_refund_under_way_is_asked_about_until_it_is_done(till: Till, card: MemoryCard):
    intent = await till.paid(card, 1_000)
    card.plan.late_refund = 1.0
    await till.service.refund(ORDERS, ask(intent.order_id, 1, 600))
    await till.relay.drain()
    assert await till.refunds(intent) == [(600, "sent")]
    assert "refunded" not in await till.told()
    card.finish_refunds()
    card.outbox.clear()
    await till.pass_time(minutes=2)
    assert await till.refunds(intent) == [(600, "done")]
    assert (await till.told()).count("refunded") == 1


async def test_the_notice_of_a_refund_ends_it_at_once(till: Till, card: MemoryCard):
    intent = await till.paid(card, 1_000)
    card.plan.late_refund = 1.0
    await till.service.refund(ORDERS, ask(intent.order_id, 1, 600))
    await till.relay.drain()
    card.finish_refunds()
    await till.hear(card)
    assert await till.refunds(intent) == [(600, "done")]


@pytest.mark.parametrize("fates", [["fail"], ["drop"], ["fail", "drop", "drop"]])
async def test_a_refund_whose_answer_was_lost_is_given_once(till: Till, card: MemoryCard, fates: list[str]):
    intent = await till.paid(card, 1_000)
    card.planned.extend(fates)
    await till.service.refund(ORDERS, ask(intent.order_id, 1, 600))
    await till.relay.drain()
    assert await till.refunds(intent) == [(600, "due")]
    await till.pass_time(minutes=30)
    assert await till.refunds(intent) == [(600, "done")]
    assert [b.minor for b in card.backs.values()] == [600]
    assert (await till.told()).count("refunded") == 1


# --- at the door -------------------------------------------------------------------------------------------------------


async def test_cash_is_collected_once_a_shipment_until_all_is_there(till: Till):
    intent = await till.intend(1_000, method="cod", legs=[Leg(1, 5, 600), Leg(2, 6, 400)])
    assert ((await till.start(intent)).url, intent.state) == ("", "at_door")
    for _ in range(2):
        after = await till.service.collect(ORDERS, Collect(intent.order_id, 71, 600, 1))
    assert (after.state, after.captured) == ("at_door", 600)
    after = await till.service.collect(ORDERS, Collect(intent.order_id, 72, 400, 2))
    assert (after.state, after.captured) == ("captured", 1_000)
    with pytest.raises(NothingToPay):
        await till.service.collect(ORDERS, Collect(intent.order_id, 73, 1, 2))
    await till.relay.drain()
    collected = [(e["shipment_id"], e["amount"]["minor"], e["whole"]) for _, e in await till.events("collected")]
    assert collected == [(71, 600, False), (72, 400, True)]
    assert await till.balances() == {"cash:door": 1_000, f"buyer:{intent.order_id}": -1_000}


async def test_what_is_cancelled_before_the_door_is_not_collected(till: Till):
    intent = await till.intend(1_000, method="cod", legs=[Leg(1, 5, 600), Leg(2, 6, 400)])
    refund = await till.service.refund(ORDERS, ask(intent.order_id, 9, 400, c2=400))
    assert (refund.state, await till.service.refund(ORDERS, ask(intent.order_id, 9, 400, c2=400))) == (
        "at_door",
        refund,
    )
    with pytest.raises(NothingToPay):
        await till.service.collect(ORDERS, Collect(intent.order_id, 71, 601))
    assert (await till.service.collect(ORDERS, Collect(intent.order_id, 71, 600))).state == "captured"
    assert await till.told() == ["collected"]


async def test_a_cancelled_rest_makes_whole_what_was_collected_before(till: Till):
    intent = await till.intend(1_000, method="cod", legs=[Leg(1, 5, 600), Leg(2, 6, 400)])
    await till.service.collect(ORDERS, Collect(intent.order_id, 71, 600, 1))
    await till.service.refund(ORDERS, ask(intent.order_id, 9, 400, c2=400))
    await till.relay.drain()
    collected = [(e["shipment_id"], e["amount"]["minor"], e["whole"]) for _, e in await till.events("collected")]
    assert collected == [(71, 600, False), (0, 0, True)]
    assert (await till.intent(intent)).state == "captured"
    assert await till.balances() == {"cash:door": 600, f"buyer:{intent.order_id}": -600}


async def test_an_order_at_the_door_that_is_cancelled_whole_is_voided(till: Till):
    intent = await till.intend(1_000, method="cod")
    await till.service.refund(ORDERS, ask(intent.order_id, 9, 1_000, c1=500, c2=500))
    assert (await till.intent(intent)).state == "voided"
    other = await till.intend(1_000, method="cod")
    await till.service.void(ORDERS, Void(other.order_id))
    assert (await till.intent(other)).state == "voided"


async def test_collected_cash_does_not_flow_back_by_itself(till: Till):
    intent = await till.intend(1_000, method="cod")
    await till.service.collect(ORDERS, Collect(intent.order_id, 71, 1_000))
    await till.service.refund(ORDERS, ask(intent.order_id, 9, 200))
    await till.relay.drain()
    assert await till.refunds(intent) == [(200, "refused")]


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=6), st.data())
def test_cash_falls_on_the_children_without_loss(wholes: list[int], data: st.DataObject):
    legs = dict(enumerate(wholes, 1))
    taken = {n: data.draw(st.integers(0, whole)) for n, whole in legs.items()}
    left = sum(legs.values()) - sum(taken.values())
    minor = data.draw(st.integers(0, left))
    child = data.draw(st.integers(0, len(legs)))
    parts = fall(minor, legs, taken, child)
    assert sum(parts.values()) == minor
    assert all(0 < part <= legs[n] - taken[n] for n, part in parts.items())


# --- a provider that is away -------------------------------------------------------------------------------------------


async def test_ten_minutes_without_the_provider_leave_nothing_stuck(till: Till, card: MemoryCard):
    """Others still sell, refunds and notices wait, and all of it heals."""
    waiting, paid = await till.intend(), await till.paid(card, 1_000)
    ref = await till.ref(await till.start(waiting))
    card.plan.fail = 1.0
    card.pay(ref)
    await till.hear(card)
    await till.service.refund(ORDERS, ask(paid.order_id, 1, 1_000))
    newcomer = await till.intend(minutes=60)
    for _ in range(10):
        with pytest.raises(ProviderDown):
            await till.start(newcomer)
        assert (await till.intend(method="cod")).state == "at_door"
        await till.pass_time(minutes=1)
    assert (await till.service.look(buyer(), Look(waiting.id))).state == "open"
    card.plan.fail = 0.0
    await till.pass_time(minutes=20)
    assert (await till.intent(waiting)).state == "captured"
    assert await till.refunds(paid) == [(1_000, "done")]
    assert (await till.start(newcomer)).url
    assert await till.dead() == []


async def test_the_gate_spares_a_dead_provider_and_tries_it_with_one_call(clock: Clock):
    gate, calls = Gate("x", clock), []

    async def dead():
        calls.append(clock.ms)
        raise ProviderDown("x")

    async def alive():
        calls.append(clock.ms)
        return "ok"

    for _ in range(50):
        with pytest.raises(ProviderDown):
            await gate(dead)
    assert len(calls) == 5
    clock.pass_time(ms=REST_MS)
    with pytest.raises(ProviderDown):
        await gate(dead)
    with pytest.raises(ProviderDown):
        await gate(alive)
    assert len(calls) == 6
    clock.pass_time(ms=REST_MS)
    assert await gate(alive) == "ok"
    assert [await gate(alive) for _ in range(3)] == ["ok"] * 3


async def test_two_calls_that_never_come_back_close_the_gate(clock: Clock):
    gate, calls = Gate("x", clock, call_ms=20), []

    async def silent():
        calls.append(1)
        await asyncio.Event().wait()

    answers = await asyncio.gather(gate(silent), gate(silent), return_exceptions=True)
    assert [type(a) for a in answers] == [ProviderDown] * 2
    with pytest.raises(ProviderDown):
        await gate(silent)
    assert len(calls) == 2


async def test_notices_of_nobody_do_nothing(till: Till, card: MemoryCard):
    for note in (
        Note("evt_1", "pay_unknown", "", "x"),
        Note("evt_2", "", "cs_unknown", "x"),
        Note("evt_3", "", "", "x"),
    ):
        notice = card.notice(note)
        assert (await till.service.notify(PROVIDER, Notify(card.code, notice.raw, notice.headers))).first
    await till.relay.drain()
    assert await till.told() == []
    assert await till.dead() == []
