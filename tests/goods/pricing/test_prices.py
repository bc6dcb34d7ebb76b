"""Prices are dated rows: set, replaced, planned, interrupted; never overwritten and never two at once."""

import asyncio

import pytest
from hypothesis import given, strategies as st
from msgspec.structs import replace

from jishi.goods.pricing import Price, PriceDraft, WrongPrice
from jishi.goods.pricing.rules import OPEN, Row, place
from jishi.kernel import Forbidden
from tests.kit import buyer, clerk

from .kit import ACME, CHINA, CUP, GERMANY, OTHER

HOUR = 3_600_000


async def test_a_price_is_in_force_from_now_in_its_market_and_currency(book, clock):
    (set_,) = await book.set(replace(CUP, list_minor=15_900))
    assert set_ == Price(set_.id, 100, "CNY", 12_900, True, 1, 15_900, 0, clock.ms, "CN")
    assert await book.prices() == [set_]
    assert await book.prices(ctx=GERMANY) == []
    assert await book.prices(ctx=replace(CHINA, currency="EUR")) == []
    assert await book.prices(at=clock.ms - 1) == []
    assert await book.prices(99, 100, 101) == [set_]
    assert await book.changes() == [(0, [100])]


async def test_a_new_price_ends_the_open_one_and_neither_is_overwritten(book, clock):
    (first,) = await book.set(CUP)
    began = clock.ms
    clock.pass_time(hours=1)
    (second,) = await book.set(replace(CUP, minor=9_900))
    assert await book.spans() == [(12_900, began, clock.ms), (9_900, clock.ms, 0)]
    assert [p.id for p in await book.history()] == [second.id, first.id]
    assert await book.minor() == [9_900]
    assert await book.minor(clock.ms - 1) == [12_900]


async def test_the_same_terms_again_are_no_new_price(book, clock):
    first = await book.set(CUP)
    before = await book.counts()
    clock.pass_time(hours=1)
    assert await book.set(CUP) == first
    assert await book.counts() == before


async def test_a_planned_price_comes_at_its_hour(book, clock):
    now = clock.ms
    await book.set(CUP)
    await book.set(replace(CUP, minor=9_900, valid_from=now + HOUR))
    assert await book.spans() == [(12_900, now, now + HOUR), (9_900, now + HOUR, 0)]
    assert await book.changes() == [(0, [100]), (now + HOUR, [100])]
    clock.pass_time(ms=HOUR - 1)
    assert await book.minor() == [12_900]
    clock.pass_time(ms=1)
    assert await book.minor() == [9_900]


async def test_a_price_set_before_a_planned_one_lasts_until_it(book, clock):
    now = clock.ms
    await book.set(CUP)
    await book.set(replace(CUP, minor=9_900, valid_from=now + HOUR))
    clock.pass_time(minutes=10)
    await book.set(replace(CUP, minor=11_000))
    assert await book.spans() == [(12_900, now, clock.ms), (11_000, clock.ms, now + HOUR), (9_900, now + HOUR, 0)]


async def test_behind_a_price_with_an_end_the_old_one_goes_on(book, clock):
    now = clock.ms
    await book.set(CUP)
    await book.set(replace(CUP, minor=6_900, valid_from=now + HOUR, valid_to=now + 2 * HOUR))
    assert await book.spans() == [
        (12_900, now, now + HOUR),
        (6_900, now + HOUR, now + 2 * HOUR),
        (12_900, now + 2 * HOUR, 0),
    ]
    assert [await book.minor(now + h * HOUR) for h in range(4)] == [[12_900], [6_900], [12_900], [12_900]]
    assert await book.changes() == [(0, [100]), (now + HOUR, [100]), (now + 2 * HOUR, [100])]


async def test_a_price_planned_anew_for_the_same_moment_takes_the_place(book, clock):
    then = clock.ms + HOUR
    await book.set(CUP)
    await book.set(replace(CUP, minor=9_900, valid_from=then))
    await book.set(replace(CUP, minor=8_800, valid_from=then))
    assert await book.spans() == [(12_900, clock.ms, then), (8_800, then, 0)]
    assert (await book.counts())["goods_pricing_prices"] == 3  # what never came stays as a row, ended at its start


async def test_quantity_breaks_markets_and_currencies_are_keys_of_their_own(book):
    euro = PriceDraft(100, "DE", "EUR", 1_990, quantity_from=1)
    await book.set(
        replace(CUP, minor=11_000, quantity_from=10), CUP, euro, replace(CUP, minor=10_000, quantity_from=50)
    )
    assert [(p.quantity_from, p.minor) for p in await book.prices()] == [(1, 12_900), (10, 11_000), (50, 10_000)]
    assert [(p.currency, p.minor) for p in await book.prices(ctx=GERMANY)] == [("EUR", 1_990)]
    await book.set(replace(CUP, condition="open_box", minor=5_000))
    assert [p.minor for p in await book.prices()] == [12_900, 11_000, 10_000]


@pytest.mark.parametrize(
    ("draft", "reason"),
    [
        (replace(CUP, minor=-1), "negative"),
        (replace(CUP, list_minor=-1), "negative"),
        (replace(CUP, currency="cny"), "currency"),
        (replace(CUP, currency="¥"), "currency"),
        (replace(CUP, market=""), "range"),
        (replace(CUP, quantity_from=0), "range"),
        (replace(CUP, condition="used"), "range"),
        (replace(CUP, minor=10**12 + 1), "range"),
        (replace(CUP, valid_to=1), "range"),
        (replace(CUP, valid_to=OPEN), "range"),
        (replace(CUP, valid_from=1), "past"),
    ],
)
async def test_a_wrong_price_is_refused_and_all_beside_it(book, draft, reason):
    before = await book.counts()
    with pytest.raises(WrongPrice) as e:
        await book.set(replace(CUP, listing_id=1), draft)
    assert (e.value.listing_id, e.value.reason) == (100, reason)
    assert await book.counts() == before


async def test_limits_and_doubles(book):
    before = await book.counts()
    for rows, reason in (([CUP, CUP], "twice"), ([replace(CUP, listing_id=n) for n in range(257)], "too_many")):
        with pytest.raises(WrongPrice) as e:
            await book.set(*rows)
        assert e.value.reason == reason
    with pytest.raises(WrongPrice):
        await book.prices(*range(1, 258))
    assert await book.counts() == before
    assert len(await book.set(*(replace(CUP, listing_id=n) for n in range(1, 257)))) == 256
    assert len(await book.prices(*range(1, 257))) == 256


async def test_prices_belong_to_one_merchant(book):
    for ctx in (buyer(), clerk(OTHER)):
        with pytest.raises(Forbidden):
            await book.set(CUP, ctx=ctx)
    assert set((await book.counts()).values()) == {0}
    await book.set(CUP, ctx=clerk(ACME))
    before = await book.counts()
    with pytest.raises(WrongPrice) as e:
        await book.set(replace(CUP, minor=1), merchant=OTHER, ctx=clerk(OTHER))
    assert e.value.reason == "owner"
    assert await book.counts() == before
    assert len(await book.history(ctx=clerk(ACME))) == 1
    assert await book.history(ctx=clerk(OTHER)) == []
    assert await book.history(99) == []
    with pytest.raises(Forbidden):
        await book.history(ctx=buyer())


async def test_many_at_once_leave_one_price_in_force(book, clock):
    drafts = [replace(CUP, minor=1_000 + n) for n in range(12)]
    await asyncio.gather(*(book.set(d) for d in drafts))
    assert len(await book.minor()) == 1
    assert len(await book.history()) == 1  # of one moment; the others ended where they began
    assert (await book.counts())["goods_pricing_prices"] == 12
    clock.pass_time(hours=1)
    two = [(replace(CUP, minor=m), replace(CUP, listing_id=101, minor=m)) for m in (1, 2)]
    await asyncio.gather(book.set(*two[0]), book.set(*reversed(two[1])))
    assert await book.minor() == await book.minor(id=101)  # all rows of a command or none, in one order


async def test_the_history_is_bounded(book, clock):
    for n in range(5):
        await book.set(replace(CUP, minor=n))
        clock.pass_time(hours=1)
    assert [p.minor for p in await book.history(limit=2)] == [4, 3]
    assert len(await book.history(limit=0)) == 1


MOMENTS = st.integers(0, 30)


@given(
    st.lists(st.tuples(st.integers(0, 3), MOMENTS, MOMENTS, MOMENTS), max_size=12),
)
def test_whatever_is_planned_no_two_prices_are_in_force_at_once(told):
    """Each: terms, hours passed, start after now (0 = now), length (0 = open). A model remembers the figure of each hour."""
    now, timeline, written = 100, list[Row](), dict[int, tuple[int, int]]()
    for minor, passed, wait, length in told:
        now += passed
        begins = now + wait
        draft = replace(CUP, minor=minor, valid_from=begins if wait else 0, valid_to=begins + length if length else 0)
        was = {t: [r.minor for r in timeline if r.valid_from <= t < r.valid_to] for t in range(now - 1, now + 200)}
        planned = min(
            (r.valid_from for r in timeline if r.valid_from > begins and r.valid_to > r.valid_from), default=OPEN
        )
        past, ahead = [r for r in timeline if r.valid_to <= now], [r for r in timeline if r.valid_to > now]
        place(ahead, draft, now)
        timeline = past + ahead
        ends = begins + length if length else planned
        for r in timeline:
            if not r.id:
                r.id, r.was = len(written) + 1, r.valid_to
                written[r.id] = (r.minor, r.valid_from)
            assert written[r.id] == (r.minor, r.valid_from)  # only an end ever moves, and only to the front
            assert r.valid_from <= r.valid_to <= r.was
        for t, before in was.items():
            in_force = [r.minor for r in timeline if r.valid_from <= t < r.valid_to]
            assert in_force == ([minor] if begins <= t < ends else before)
