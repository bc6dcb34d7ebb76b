"""Nothing is kept without consent; what is kept leads to nobody, ends by itself, and can be taken back."""

import asyncio
from typing import Any

import pytest

from jishi.insight.behaviour import Forget, Recent, Seen, TrailsQuery
from jishi.insight.behaviour.keyring import DAY_MS, PERIOD_DAYS, period_of
from jishi.insight.behaviour.service import FLUSH_AT
from jishi.kernel import SYSTEM, Context, Forbidden
from jishi.people.accounts import SignedIn
from jishi.people.privacy import Choose
from jishi.people.privacy.commands import merge
from jishi.people.vault import CardsErased
from jishi.trade.orders import Placed
from tests.insight.kit import NO, allow, look_at, raw, secrets, steps, trails
from tests.kit import STAFF, Clock, buyer, clerk
from tests.web.town import Town

ME, GUEST, OTHER = buyer(7_000_000_123), buyer(9_000_000_456, "guest"), buyer(8_000_000_789)


async def recent(place: Town, ctx: Context) -> list[tuple[str, int]]:
    return [(s.kind, s.product_id) for s in (await place.shop.behaviour.recent(ctx, Recent())).rows]


async def test_nothing_is_kept_of_who_has_not_said_yes(place: Town) -> None:
    await allow(place, OTHER, **NO)
    for ctx in (ME, OTHER, buyer(0, "guest"), STAFF, clerk(3)):
        if ctx in (STAFF, clerk(3)):
            with pytest.raises(Forbidden):
                await look_at(place, ctx, 5)
        else:
            await look_at(place, ctx, 5)
    await place.shop.behaviour.bought(SYSTEM, placed(place, ME))
    assert raw(place) == {}
    assert place.shop.behaviour.buffer == []


async def test_what_is_kept_says_nothing_of_who_it_was_or_when(place: Town, clock: Clock) -> None:
    await allow(place, ME)
    clock.pass_time(hours=3, seconds=17)
    await look_at(place, ME, 5, 6, 6, 5)
    await look_at(place, ME, 5, kind="cart")
    await look_at(place, ME, 0, kind="search")
    assert steps(place) == [("view", 5), ("view", 6), ("view", 5), ("cart", 5), ("search", 0)]
    ((id, body),) = raw(place).items()
    told = id.encode() + body
    for leak in (str(ME.actor.id), f"{ME.actor.id:x}", str(clock()), str(clock() // 1000), str(clock() // 60_000)):
        assert leak.encode() not in told
    (trail,) = trails(place)
    assert (trail.day, trail.learn, len(trail.pseudonym)) == (clock() // DAY_MS, True, 24)
    assert set(type(trail).__struct_fields__) == {"pseudonym", "period", "day", "learn", "steps"}


async def test_a_request_never_waits_for_the_store(place: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """The store never answers, and notes go on; what cannot be kept any more is dropped."""
    await allow(place, ME)
    behaviour, never = place.shop.behaviour, asyncio.Event()

    async def hangs(*_: Any) -> Any:
        await never.wait()

    monkeypatch.setattr(behaviour.store.documents, "get", hangs)
    async with asyncio.timeout(5):
        for n in range(FLUSH_AT * 3):
            await behaviour.note(ME, Seen("view", n + 1))
            await asyncio.sleep(0)
    assert raw(place) == {}
    never.set()
    behaviour.waiting.cancel()
    await asyncio.gather(behaviour.waiting, return_exceptions=True)


async def test_a_hundred_notes_are_written_without_waiting_for_the_second(place: Town) -> None:
    await allow(place, ME)
    for n in range(FLUSH_AT):
        await place.shop.behaviour.note(ME, Seen("view", n + 1))
    async with asyncio.timeout(0.9):
        await place.shop.behaviour.waiting
    assert len(steps(place)) == FLUSH_AT


async def test_notes_of_many_at_once_are_all_there(place: Town) -> None:
    people = [buyer(7_000_000_000 + n) for n in range(120)]
    for ctx in people:
        await allow(place, ctx)
    for ctx in people:
        await place.shop.behaviour.note(ctx, Seen("view", 5))
    await asyncio.gather(*[place.shop.behaviour.flush() for _ in range(4)])
    assert steps(place) == [("view", 5)] * 120
    assert len({t.pseudonym for t in trails(place)}) == 120


async def test_unknown_kinds_and_goods_are_nothing(place: Town) -> None:
    await allow(place, ME)
    for seen in (Seen("stare", 5), Seen("view"), Seen("buy", -1)):
        await place.shop.behaviour.note(ME, seen)
    await place.shop.behaviour.flush()
    assert raw(place) == {}


def placed(place: Town, ctx: Context) -> Placed:
    from jishi.kernel import Money

    return Placed(1, ctx.actor.id, Money(1, "CNY"), "card", [(id, 1) for id in place.listing.values()])


async def test_purchases_are_on_the_same_trail_once(place: Town) -> None:
    await allow(place, ME)
    products = {x.product_id for x in await listings(place)}
    await look_at(place, ME, *sorted(products))
    for _ in range(2):  # told twice
        await place.shop.behaviour.bought(SYSTEM, placed(place, ME))
    assert {p for kind, p in steps(place) if kind == "buy"} == products
    assert len(steps(place)) == 2 * len(products)
    assert len({t.pseudonym for t in trails(place)}) == 1
    assert {kind for kind, _ in await recent(place, ME)} == {"buy"}


async def listings(place: Town) -> list[Any]:
    from jishi.goods.catalog import ListingsQuery

    return (await place.shop.catalog.listings(STAFF, ListingsQuery(ids=list(place.listing.values())))).rows


async def test_an_offer_stands_for_its_product(place: Town) -> None:
    await allow(place, ME)
    (first, *_) = await listings(place)
    for listing in (first.id, 77):  # the second is nobody's
        await place.shop.behaviour.note(ME, Seen("cart", listing_id=listing))
    await place.shop.behaviour.flush()
    assert steps(place) == [("cart", first.product_id)]


async def test_a_withdrawal_takes_back_what_can_be_led_back(place: Town) -> None:
    for ctx in (ME, OTHER):
        await allow(place, ctx)
        await look_at(place, ctx, 5, 6)
    await place.drain()
    await allow(place, ME, analytics=False)
    await place.drain()
    assert sorted(t.learn for t in trails(place)) == [False, True]
    assert await recent(place, ME) == [("view", 6), ("view", 5)]  # for oneself it still serves
    assert len((await place.shop.behaviour.trails(SYSTEM, TrailsQuery())).rows) == 1
    await look_at(place, ME, 8)
    assert sorted(t.learn for t in trails(place)) == [False, True]
    await allow(place, ME, personal=False)
    await place.drain()
    (left,) = trails(place)
    assert (await recent(place, ME), await recent(place, OTHER)) == ([], [("view", 6), ("view", 5)])
    assert left.learn


async def test_without_personal_own_history_is_not_read(place: Town) -> None:
    await allow(place, ME, analytics=True, personal=False)
    await look_at(place, ME, 5)
    found = await place.shop.behaviour.recent(ME, Recent())
    assert (found.rows, found.personal, steps(place)) == ([], False, [("view", 5)])


async def test_a_note_that_waits_is_dropped_with_the_consent(place: Town) -> None:
    await allow(place, ME)
    await place.shop.behaviour.note(ME, Seen("view", 5))
    await place.shop.privacy.choose(ME, Choose(NO, "feed"))
    await place.shop.behaviour.flush()
    assert raw(place) == {}


async def test_forgetting_and_erasure_leave_nothing_of_the_person_and_all_of_the_others(place: Town) -> None:
    for ctx in (ME, OTHER, GUEST):
        await allow(place, ctx)
        await look_at(place, ctx, 5)
    await place.shop.behaviour.forget(ME, Forget())
    assert (len(trails(place)), await recent(place, ME)) == (2, [])
    await place.shop.behaviour.erased(SYSTEM, CardsErased(OTHER.actor.id, "order", 1))
    assert len(trails(place)) == 2
    await place.shop.behaviour.erased(SYSTEM, CardsErased(OTHER.actor.id, "account", 1))
    assert (len(trails(place)), await recent(place, GUEST)) == (1, [("view", 5)])


async def test_the_key_is_destroyed_with_its_period_and_nobody_can_be_found_again(place: Town, clock: Clock) -> None:
    await allow(place, ME)
    await look_at(place, ME, 5)
    (before,) = trails(place)
    old = await secrets(place)
    clock.ms = (period_of(clock()) + 1) * PERIOD_DAYS * DAY_MS - 1
    await place.drain()
    assert await secrets(place) == old
    clock.pass_time(ms=1)
    await place.drain()
    assert await secrets(place) == {}
    assert await recent(place, ME) == []  # led back to nobody, not even to whom it belonged
    await look_at(place, ME, 5)
    after = next(t for t in trails(place) if t.period != before.period)
    assert after.pseudonym != before.pseudonym
    assert not set((await secrets(place)).values()) & set(old.values())
    await place.shop.behaviour.forget(ME, Forget())
    assert [t.pseudonym for t in trails(place)] == [before.pseudonym]


async def test_trails_are_gone_after_ninety_days(place: Town, clock: Clock) -> None:
    await allow(place, ME)
    await look_at(place, ME, 5)
    day = clock() // DAY_MS
    clock.ms = (day + 60) * DAY_MS
    await look_at(place, ME, 6)
    clock.ms = (day + 91) * DAY_MS - 1
    await place.drain()
    assert {p for _, p in steps(place)} == {5, 6}
    clock.pass_time(ms=1)
    await place.drain()
    assert steps(place) == [("view", 6)]
    clock.pass_time(days=60)
    await place.drain()
    assert raw(place) == {}


async def test_a_guests_trail_is_the_accounts_after_the_sign_in(place: Town) -> None:
    for ctx in (ME, GUEST):
        await allow(place, ctx)
    await look_at(place, ME, 5)
    await look_at(place, GUEST, 6)
    await place.shop.privacy.db.write(SYSTEM, merge, SignedIn(ME.actor.id, GUEST.actor.id))
    await place.drain()
    assert await recent(place, ME) == [("view", 6), ("view", 5)]
    assert len(trails(place)) == 1


async def test_a_guests_trail_is_gone_where_the_account_said_no(place: Town) -> None:
    await allow(place, ME, **NO)
    await allow(place, GUEST)
    await look_at(place, GUEST, 6)
    await place.shop.privacy.db.write(SYSTEM, merge, SignedIn(ME.actor.id, GUEST.actor.id))
    await place.drain()
    assert raw(place) == {}
