"""Intents, attempts, notices and captures, with the gateway in memory."""

import asyncio

import pytest

from jishi.kernel import Engine, Forbidden, Money, World
from jishi.sandbox.memory import MemoryCard, sign
from jishi.trade.payments import (
    BadSignature,
    Intend,
    IntentQuery,
    Leg,
    Look,
    NoIntent,
    NoMethod,
    NothingToPay,
    Notify,
    PaymentRefused,
    ProviderDown,
    RefundsQuery,
    Start,
    Void,
)
from tests.kit import STAFF, Clock, buyer, clerk

from .kit import CHECKOUT, ORDERS, PROVIDER, URLS, Till, open_till


@pytest.fixture
def card(world: World) -> MemoryCard:
    return MemoryCard(world)


@pytest.fixture
def till(engine: Engine, world: World, clock: Clock, card: MemoryCard) -> Till:
    return open_till(engine, world, clock, card)


async def test_one_intent_an_order_version_and_it_never_changes(till: Till):
    first = await till.intend(12_900)
    again = Intend(first.order_id, 1, Money(999, "CNY"), "card", 5, [Leg(1, 5, 999)])
    next_version = Intend(first.order_id, 2, Money(999, "CNY"), "card", till.clock.ms + 5, [Leg(1, 5, 999)])
    assert await till.service.intend(CHECKOUT, again) == first
    second = await till.service.intend(CHECKOUT, next_version)
    assert (second.due.minor, second.state) == (999, "open")
    assert await till.service.intent(STAFF, IntentQuery(order_id=first.order_id)) == second
    assert len(await till.rows("intents")) == 2


async def test_fifty_intents_at_once_are_one_each(till: Till):
    async def one(n: int):
        cmd = Intend(5_000 + n % 10, 1, Money(100, "CNY"), "card", till.clock.ms + 10**6, [Leg(1, 5, 100)])
        return await till.service.intend(CHECKOUT, cmd)

    made = await asyncio.gather(*[one(n) for n in range(50)])
    assert len({i.id for i in made}) == 10
    assert len(await till.rows("intents")) == 10


async def test_legs_that_do_not_sum_and_methods_that_nobody_takes_leave_nothing(till: Till):
    wrong = Intend(1, 1, Money(100, "CNY"), "card", till.clock.ms + 5, [Leg(1, 5, 99)])
    with pytest.raises(ValueError, match="do not sum"):
        await till.service.intend(CHECKOUT, wrong)
    with pytest.raises(NoMethod):
        await till.service.intend(CHECKOUT, Intend(1, 1, Money(100, "CNY"), "shells", 5, [Leg(1, 5, 100)]))
    assert await till.rows("intents") == []


async def test_nothing_to_pay_is_paid_at_once(till: Till):
    intent = await till.intend(0, legs=[Leg(1, 5, 0)])
    assert intent.state == "captured"
    assert await till.told() == ["captured"]
    assert (await till.start(intent)).url == ""


async def test_double_click_and_two_tabs_are_one_attempt(till: Till, card: MemoryCard):
    intent = await till.intend()
    started = await asyncio.gather(*[till.start(intent) for _ in range(20)])
    assert len({(s.attempt, s.url) for s in started}) == 1
    assert len(await till.rows("attempts")) == len(card.pages) == 1


async def test_strangers_find_no_intent(till: Till):
    intent = await till.intend()
    for call in (
        till.service.start(buyer(8), Start(intent.id, *URLS)),
        till.service.look(buyer(8), Look(intent.id)),
        till.service.intent(buyer(8), IntentQuery(intent.id)),
        till.service.intent(buyer(8), IntentQuery(order_id=intent.order_id)),
        till.service.refunds(buyer(8), RefundsQuery(intent.order_id)),
        till.service.intent(STAFF, IntentQuery(404)),
    ):
        with pytest.raises(NoIntent):
            await call
    with pytest.raises(Forbidden):
        await till.service.intent(clerk(5), IntentQuery(intent.id))
    assert await till.rows("attempts") == []


@pytest.mark.parametrize("path", ["notice first", "return first", "both at once", "notice twice"])
async def test_notice_and_return_end_in_the_same_rows(till: Till, card: MemoryCard, path: str):
    intent = await till.intend()
    started = await till.start(intent)
    assert card.pay(await till.ref(started)) == "captured"

    async def told():
        await till.hear(card)
        await till.relay.drain()

    async def back():
        await till.service.look(buyer(), Look(intent.id))

    if path == "notice first":
        await told(), await back()
    elif path == "return first":
        await back(), await told()
    elif path == "both at once":
        await asyncio.gather(told(), back(), back())
    else:
        notice = card.notice(card.outbox[0])
        first = await till.service.notify(PROVIDER, Notify(card.code, notice.raw, notice.headers))
        again = await till.service.notify(PROVIDER, Notify(card.code, notice.raw, notice.headers))
        assert (first.first, again.first) == (True, False)
        await told()
    await till.relay.drain()
    assert await till.told() == ["captured"]
    [capture] = await till.rows("captures")
    assert (capture["minor"], capture["effective"], capture["payment"]) == (12_900, 1, "pi_000002")
    [attempt] = await till.rows("attempts")
    assert (attempt["state"], attempt["live"]) == ("captured", None)
    assert len(await till.rows("notices")) == 1
    after = await till.intent(intent)
    assert (after.state, after.captured, after.refunded) == ("captured", 12_900, 0)
    assert await till.balances() == {"clearing:memory": 12_900, f"buyer:{intent.order_id}": -12_900}
    assert (await till.start(intent)).state == "captured"
    assert await till.dead() == []


async def test_the_sweeper_finds_what_nobody_told(till: Till, card: MemoryCard):
    card.plan.lose = 1.0
    intent = await till.intend()
    card.pay(await till.ref(await till.start(intent)))
    await till.pass_time(seconds=60)
    assert (await till.intent(intent)).state == "captured"


async def test_the_sweeper_asks_at_growing_distances_and_once_after_the_end(till: Till, card: MemoryCard):
    intent = await till.intend()
    await till.start(intent)
    asked, began = [], till.clock.ms
    for _ in range(80):
        before = card.calls
        await till.pass_time(seconds=30)
        if card.calls > before:
            asked.append((till.clock.ms - began) // 60_000)
    assert asked == [1, 3, 8, 23, 30]
    assert (await till.rows("attempts"))[0]["state"] == "expired"
    assert await till.told() == ["attempt_failed"]


async def test_a_crash_between_any_two_steps_heals_on_repeat(till: Till, card: MemoryCard):
    intent = await till.intend()
    for fate in ("fail", "drop"):  # never sent; done, and the answer lost
        card.planned.append(fate)
        with pytest.raises(ProviderDown):
            await till.start(intent)
    started = await till.start(intent)
    assert len(card.pages) == len(await till.rows("attempts")) == 1
    assert started.url.endswith(await till.ref(started))


async def test_the_notice_that_overtakes_our_own_answer(till: Till, card: MemoryCard):
    """The provider has begun, the buyer has paid, and we do not know its ref yet: the notice names it."""
    intent = await till.intend()
    card.planned.append("drop")
    with pytest.raises(ProviderDown):
        await till.start(intent)
    [ref] = card.pages
    card.pay(ref)
    await till.hear(card)
    await till.relay.drain()
    assert (await till.intent(intent)).state == "captured"
    assert (await till.start(intent)).url == ""


async def test_a_page_that_was_never_reached_makes_room_for_the_next(till: Till, card: MemoryCard):
    intent = await till.intend()
    card.planned.append("fail")
    with pytest.raises(ProviderDown):
        await till.start(intent)
    till.clock.pass_time(minutes=6)
    await till.start(intent)
    assert [a["state"] for a in await till.rows("attempts")] == ["failed", "open"]


async def test_a_decline_keeps_the_attempt_and_a_later_failure_ends_it(till: Till, card: MemoryCard):
    intent = await till.intend()
    ref = await till.ref(await till.start(intent))
    assert card.pay(ref, "declined") == "open"
    await till.service.look(buyer(), Look(intent.id))
    assert await till.told() == []
    card.pay(ref, "fails_later")
    await till.hear(card)
    await till.relay.drain()
    assert await till.events("attempt_failed") == [
        ("attempt_failed", {"intent_id": intent.id, "order_id": intent.order_id, "reason": "payment_failed",
                            "type": "trade.payments.attempt_failed"})
    ]  # fmt: skip
    second = await till.start(intent)
    card.pay(await till.ref(second))
    assert (await till.service.look(buyer(), Look(intent.id))).state == "captured"
    numbers = [a["number"] for a in await till.rows("attempts")]
    assert len(set(numbers)) == 2


async def test_a_voided_order_takes_no_attempt_and_its_page_is_closed(till: Till, card: MemoryCard):
    intent = await till.intend()
    ref = await till.ref(await till.start(intent))
    await till.service.void(ORDERS, Void(intent.order_id))
    await till.relay.drain()
    assert card.pages[ref].state == "expired"
    assert card.pay(ref) == "expired"
    with pytest.raises(NothingToPay):
        await till.start(intent)
    assert (await till.intent(intent)).state == "voided"
    assert await till.told() == []
    await till.service.void(ORDERS, Void(intent.order_id))
    await till.service.void(ORDERS, Void(404))


async def test_money_for_a_voided_order_is_told_all_the_same(till: Till, card: MemoryCard):
    intent = await till.intend()
    ref = await till.ref(await till.start(intent))
    card.pay(ref)
    await till.service.void(ORDERS, Void(intent.order_id))
    await till.relay.drain()
    assert await till.told() == ["captured"]
    assert (await till.intent(intent)).captured == 12_900


async def test_late_authorisations_are_let_go_and_timely_ones_are_taken(till: Till, card: MemoryCard):
    card.authorise_first = True
    late, timely = await till.intend(), await till.intend()
    refs = [await till.ref(await till.start(i)) for i in (late, timely)]
    for ref in refs:
        assert card.pay(ref) == "authorised"
    await till.service.void(ORDERS, Void(late.order_id))
    await till.hear(card)
    await till.relay.drain()
    assert [card.pages[ref].state for ref in refs] == ["expired", "captured"]
    assert [(await till.intent(i)).state for i in (late, timely)] == ["voided", "captured"]
    assert await till.told() == ["captured"]


async def test_a_wrong_amount_is_no_capture_and_goes_back(till: Till, card: MemoryCard):
    intent = await till.intend()
    card.plan.wrong_amount = 1.0
    card.pay(await till.ref(await till.start(intent)))
    await till.hear(card)
    await till.relay.drain()
    card.plan.wrong_amount = 0.0
    assert sorted(await till.told()) == ["attempt_failed", "refunded", "surplus"]
    after = await till.intent(intent)
    assert (after.state, after.captured, after.refunded) == ("open", 0, 0)
    assert await till.refunds(intent) == [(12_901, "done")]
    assert await till.balances() == {}
    card.pay(await till.ref(await till.start(intent)))  # and the buyer can still pay
    assert (await till.service.look(buyer(), Look(intent.id))).state == "captured"


async def test_a_second_payment_is_surplus_and_goes_back(till: Till, card: MemoryCard):
    """The first page seemed to have expired, the second was paid; then the first turns out to be paid too."""
    intent = await till.intend(minutes=60)
    first = await till.ref(await till.start(intent))
    card.pages[first].state = "expired"
    await till.service.look(buyer(), Look(intent.id))
    second = await till.ref(await till.start(intent))
    card.pages[first].state = "open"
    card.pay(first), card.pay(second)
    await till.hear(card)
    await till.relay.drain()
    captured = [(c["minor"], c["effective"], c["reason"]) for c in await till.rows("captures")]
    assert sorted(captured) == [(12_900, 0, "second"), (12_900, 1, "")]
    after = await till.intent(intent)
    assert (after.captured, after.refunded) == (12_900, 0)
    assert sorted(await till.told()) == ["attempt_failed", "captured", "refunded", "surplus"]
    assert await till.balances() == {"clearing:memory": 12_900, f"buyer:{intent.order_id}": -12_900}


async def test_when_one_attempt_is_paid_the_other_page_is_closed(till: Till, card: MemoryCard):
    intent = await till.intend(minutes=60)
    first = await till.ref(await till.start(intent))
    card.pages[first].state = "expired"
    await till.service.look(buyer(), Look(intent.id))
    second = await till.ref(await till.start(intent))
    card.pages[first].state = "open"
    card.pay(first)
    await till.hear(card)
    await till.relay.drain()
    assert card.pages[second].state == "expired"
    assert [a["state"] for a in await till.rows("attempts")] == ["captured", "expired"]


async def test_what_the_provider_says_of_another_number_is_not_ours(till: Till, card: MemoryCard):
    mine, other = await till.intend(), await till.intend()
    ref, foreign = [await till.ref(await till.start(i)) for i in (mine, other)]
    card.pay(foreign)
    card.pages[ref] = card.pages[foreign]
    await till.service.look(buyer(), Look(mine.id))
    assert (await till.intent(mine)).captured == 0
    assert await till.rows("captures") == []


class Refusing(MemoryCard):
    async def begin(self, attempt):
        raise PaymentRefused(self.code, "amount_too_small")


async def test_a_refusal_to_begin_ends_the_attempt(engine: Engine, world: World, clock: Clock):
    till = open_till(engine, world, clock, Refusing(world))
    intent = await till.intend()
    with pytest.raises(PaymentRefused):
        await till.start(intent)
    assert [(a["state"], a["reason"]) for a in await till.rows("attempts")] == [("failed", "amount_too_small")]
    assert await till.told() == ["attempt_failed"]


@pytest.mark.parametrize(
    ("how", "reason"),
    [("none", "missing"), ("foreign", "mismatch"), ("tampered", "mismatch"), ("old", "old"), ("garbage", "unreadable"),
     ("huge", "unreadable"), ("nobody", "unknown")],
)  # fmt: skip
async def test_forged_notices_change_nothing(till: Till, card: MemoryCard, how: str, reason: str):
    intent = await till.intend()
    card.pay(await till.ref(await till.start(intent)))
    notice = card.notice(card.outbox.popleft())
    raw, headers, code = notice.raw, notice.headers, card.code
    if how == "none":
        headers = {}
    elif how == "foreign":
        headers = headers | {"signature": sign(b"x" * 32, raw, int(headers["signed-at"]))}
    elif how == "tampered":
        raw = raw.replace(b"captured", b"Captured")
    elif how == "old":
        till.clock.pass_time(seconds=301)
    elif how == "garbage":
        raw = b"{"
        headers = headers | {"signature": sign(card.secrets[0], raw, int(headers["signed-at"]))}
    elif how == "huge":
        raw = b"x" * 300_000
    else:
        code = "nobody"
    with pytest.raises(BadSignature) as refused:
        await till.service.notify(PROVIDER, Notify(code, raw, headers))
    assert refused.value.reason == reason
    assert await till.rows("notices") == []
    assert await till.told() == []
