"""Which layer counts, what may be struck through by the market's law, and what was paid."""

import msgspec
import pytest
from hypothesis import given, strategies as st
from msgspec.structs import replace

from jishi.goods.pricing import Price, PriceDraft, SoldQuery, WrongPrice
from jishi.goods.pricing.handlers import Confirmed, sold, sweep
from jishi.goods.pricing.law import law_of, laws
from jishi.goods.pricing.layers import in_force, lowest_offered
from jishi.kernel import SYSTEM
from tests.kit import STAFF, buyer, clerk

from .kit import ACME, CHINA, CUP, GERMANY, OTHER

HOUR, DAY = 3_600_000, 86_400_000
EURO = PriceDraft(100, "DE", "EUR", 2_000)
DOLLAR = PriceDraft(100, "US", "USD", 2_000, tax_included=False)
AMERICA = replace(CHINA, market="US", currency="USD")


def campaign(base, clock, minor, days=7, **more):
    return replace(base, layer="campaign", minor=minor, valid_to=clock.ms + days * DAY, **more)


async def paid(book, *lines, market="CN", currency="CNY"):
    event = Confirmed(currency, market, "main", list(lines))
    await book.db.write(SYSTEM, sold, event)


# --- layers --------------------------------------------------------------------------------------------------------------


async def test_a_list_price_replaces_the_base_and_goes_when_it_ends(book, clock):
    await book.set(CUP)
    await book.set(replace(CUP, layer="list", minor=13_500, valid_to=clock.ms + DAY))
    assert (await book.price()).minor == 13_500
    assert (await book.price()).reason.key == "pricing.reason.list"
    clock.pass_time(days=1)
    assert (await book.price()).minor == 12_900
    assert [p.layer for p in await book.history()] == ["list", "base"]


async def test_a_campaign_ends_by_itself_and_what_was_beneath_was_never_rewritten(book, clock):
    (base,) = await book.set(CUP)
    await book.set(campaign(CUP, clock, 9_900))
    price = await book.price()
    assert (price.minor, price.reason.inputs["from_minor"]) == (9_900, 12_900)
    clock.pass_time(days=7)
    assert await book.prices() == [base]


async def test_a_base_price_may_change_under_a_campaign(book, clock):
    await book.set(CUP)
    await book.set(campaign(CUP, clock, 9_900))
    await book.set(replace(CUP, minor=9_000))
    assert (await book.price()).minor == 9_000  # a campaign never makes it dearer
    assert (await book.price()).reason.key == "pricing.reason.base"


async def test_a_tier_and_a_campaign_meet_at_each_quantity(book, clock):
    await book.set(CUP, replace(CUP, minor=8_000, quantity_from=10), replace(CUP, minor=7_000, quantity_from=50))
    await book.set(campaign(CUP, clock, 7_500))
    assert [(p.quantity_from, p.minor, p.layer) for p in await book.prices()] == [
        (1, 7_500, "campaign"),
        (50, 7_000, "tier"),
    ]


@pytest.mark.parametrize(
    ("draft", "reason"),
    [
        (replace(CUP, layer="gold"), "range"),
        (replace(CUP, layer="tier"), "range"),
        (replace(CUP, layer="campaign"), "open"),
    ],
)
async def test_a_layer_that_makes_no_sense(book, draft, reason):
    before = await book.counts()
    with pytest.raises(WrongPrice) as e:
        await book.set(draft)
    assert e.value.reason == reason
    assert await book.counts() == before


async def test_a_preview_of_another_moment(book, clock):
    await book.set(CUP)
    await book.set(replace(campaign(CUP, clock, 9_900, days=9), valid_from=clock.ms + DAY))
    assert [(await book.price(at=clock.ms + d * DAY)).minor for d in (0, 1, 8, 9)] == [12_900, 9_900, 9_900, 12_900]


ROWS = st.lists(
    st.builds(
        lambda layer, n, minor: Price(1, 100, "CNY", minor, True, n, 0, 0, layer="tier" if n > 1 and layer == "base" else layer),
        st.sampled_from(["base", "list", "campaign"]), st.sampled_from([1, 1, 5, 10]), st.integers(0, 50),
    ),
    max_size=8,
)  # fmt: skip


@given(ROWS)
def test_more_pieces_never_cost_more_apiece_unless_a_list_says_so(rows):
    rows = [replace(r, id=n) for n, r in enumerate({(r.layer, r.quantity_from): r for r in rows}.values(), 1)]
    steps = in_force(rows)
    assert [p.quantity_from for p in steps] == sorted({p.quantity_from for p in steps})
    assert all(p.reason is not None for p in steps)
    if not any(r.layer == "list" and r.quantity_from > 1 for r in rows):
        assert [p.minor for p in steps] == sorted((p.minor for p in steps), reverse=True)


# --- strike-through ------------------------------------------------------------------------------------------------------


async def test_in_the_eu_it_is_the_lowest_price_offered_in_the_thirty_days_before(book, clock):
    await book.set(EURO)
    clock.pass_time(days=40)
    await book.set(replace(EURO, minor=1_700, valid_to=clock.ms + 2 * DAY))  # a cheap weekend …
    clock.pass_time(days=20)
    await book.set(campaign(EURO, clock, 1_500))
    price = await book.price(GERMANY)
    assert (price.minor, price.was_minor) == (1_500, 1_700)  # … counts, 18 days ago
    assert price.was_reason.key == "pricing.was.offered"
    clock.pass_time(days=8)
    assert (await book.price(GERMANY)).was_minor == 0  # no campaign, no strike-through


async def test_in_the_eu_older_prices_and_the_campaign_itself_do_not_count(book, clock):
    await book.set(replace(EURO, minor=1_000))
    clock.pass_time(days=10)
    await book.set(EURO)
    clock.pass_time(days=31)
    await book.set(campaign(EURO, clock, 1_500, days=60))
    clock.pass_time(days=40)
    assert (await book.price(GERMANY)).was_minor == 2_000


async def test_in_the_eu_a_second_campaign_looks_back_on_the_first(book, clock):
    await book.set(EURO)
    clock.pass_time(days=60)
    await book.set(campaign(EURO, clock, 1_400, days=7))
    clock.pass_time(days=10)
    await book.set(campaign(EURO, clock, 1_500, days=7))
    price = await book.price(GERMANY)
    assert (price.minor, price.was_minor) == (1_500, 0)  # 14.00 was offered: 15.00 is no reduction


async def test_in_the_eu_a_stated_list_price_is_not_struck_through_and_what_is_new_has_no_past(book, clock):
    await book.set(replace(EURO, list_minor=9_900))
    assert (await book.price(GERMANY)).was_minor == 0
    await book.set(campaign(replace(EURO, listing_id=101), clock, 1_500))
    assert (await book.price(GERMANY, id=101)).was_minor == 0


async def test_in_china_it_is_the_stated_price_or_else_the_lowest_paid_in_seven_days(book, clock):
    await book.set(CUP)
    await paid(book, (100, 1, 9_000))
    clock.pass_time(days=8)
    await paid(book, (100, 2, 24_000), (100, 1, 12_900))
    await paid(book, (100, 3, 36_000))
    clock.pass_time(hours=2)
    await book.set(campaign(CUP, clock, 9_900))
    price = await book.price()
    assert (price.was_minor, price.was_reason.key) == (12_000, "pricing.was.sold")
    await paid(book, (100, 1, 9_900))  # under the campaign: not before it
    clock.pass_time(hours=2)
    assert (await book.price()).was_minor == 12_000
    await book.set(campaign(CUP, clock, 9_800, list_minor=15_900))
    price = await book.price()
    assert (price.was_minor, price.was_reason.key) == (15_900, "pricing.was.stated")


async def test_in_china_without_a_sale_in_seven_days_the_last_one_counts(book, clock):
    await book.set(CUP)
    await paid(book, (100, 1, 11_000))
    await paid(book, (100, 1, 12_000))
    clock.pass_time(days=20)
    await book.set(campaign(CUP, clock, 9_900))
    price = await book.price()
    assert (price.was_minor, price.was_reason.key) == (12_000, "pricing.was.sold_last")
    await book.set(campaign(replace(CUP, listing_id=101), clock, 9_900))
    assert (await book.price(id=101)).was_minor == 0  # nobody ever bought it


async def test_in_the_us_only_a_stated_list_price(book, clock):
    await book.set(DOLLAR)
    await book.set(campaign(DOLLAR, clock, 1_500))
    assert (await book.price(AMERICA)).was_minor == 0
    await book.set(replace(DOLLAR, list_minor=2_500))
    price = await book.price(AMERICA)
    assert (price.minor, price.was_minor, price.was_reason.key) == (1_500, 2_500, "pricing.was.stated")


def test_every_law_has_a_source_and_begins_on_its_day():
    assert {x.market for x in laws()} == {"DE", "CN", "US"}
    assert law_of("XX", 10**13) is None
    begins = 1_653_688_800_000  # 2022-05-28 in Berlin
    assert law_of("DE", begins).rule == "offered"
    assert law_of("DE", begins - 1) is None


SPANS = st.lists(
    st.tuples(st.integers(0, 40), st.integers(1, 20), st.integers(1, 99), st.sampled_from(["base", "campaign"])),
    max_size=5,
)


@given(SPANS)
def test_the_lowest_offered_is_what_a_walk_over_every_moment_finds(spans):
    rows = [
        Price(n, 100, "EUR", minor, True, 1, 0, from_ + length, valid_from=from_, layer=layer)
        for n, (from_, length, minor, layer) in enumerate(spans, 1)
    ]
    seen = []
    for at in range(10, 40):
        now = [r for r in rows if r.valid_from <= at < r.valid_to]
        if found := in_force(now):
            seen.append(found[0].minor)
    assert lowest_offered(rows, 10, 40) == min(seen, default=0)


# --- what was paid -------------------------------------------------------------------------------------------------------


async def test_what_was_paid_is_kept_by_the_hour_and_forgotten_after_sixty_days(book, clock):
    await book.set(CUP)
    await paid(book, (100, 2, 20_001), (101, 1, 0), (102, 0, 5))
    await paid(book, (100, 1, 9_000))
    await paid(book, (100, 1, 11_000))
    (row,) = (await book.service.sold(STAFF, SoldQuery(100))).rows
    assert (row.market, row.storefront, row.currency, row.low_minor, row.last_minor) == (
        "CN",
        "main",
        "CNY",
        9_000,
        11_000,
    )
    assert (await book.counts())["goods_pricing_deals"] == 1
    assert (await book.service.sold(clerk(OTHER), SoldQuery(100))).rows == []
    assert len((await book.service.sold(clerk(ACME), SoldQuery(100))).rows) == 1
    clock.pass_time(days=61)
    await book.db.write(SYSTEM, sweep)
    assert (await book.counts())["goods_pricing_deals"] == 0


async def test_the_orders_own_fact_is_understood():
    from jishi.trade.orders import Confirmed as Theirs

    told = Theirs(1, "card", "CNY", [], market="CN", storefront="main", sold=[(100, 2, 500)])
    heard = msgspec.msgpack.decode(msgspec.msgpack.encode(told), type=Confirmed)
    assert (heard.market, heard.storefront, list(heard.sold)) == ("CN", "main", [(100, 2, 500)])


# --- whose it is -----------------------------------------------------------------------------------------------------------


async def test_nobody_prices_first_what_is_not_theirs(book):
    before = await book.counts()
    for merchant, ctx, id in ((OTHER, clerk(OTHER), 100), (ACME, clerk(ACME), 900), (ACME, STAFF, 5_000)):
        with pytest.raises(WrongPrice) as e:
            await book.set(replace(CUP, listing_id=id), merchant=merchant, ctx=ctx)
        assert (e.value.listing_id, e.value.reason) == (id, "owner")
    assert await book.counts() == before
    await book.set(replace(CUP, listing_id=900), merchant=OTHER, ctx=clerk(OTHER))
    assert await book.history(900, ctx=buyer(role="staff"))
