"""What a quote says: the split, the sums, the reasons; and what it refuses before anybody has waited."""

import pytest

from jishi.goods.inventory import Adjust
from jishi.goods.pricing import PriceDraft, SetPrices
from jishi.kernel import Invalid
from jishi.kernel.place import Region
from jishi.people.vault import KeepCard, NoCard
from jishi.trade.checkout import (
    EmptyOrder,
    NoQuote,
    NotAvailable,
    NotForSale,
    OutsideMarket,
    Place,
    QuoteAsk,
    Wanted,
)
from tests.kit import STAFF, Clock, buyer
from tests.trade.kit import ADDRESS, BUYER, CONTACT, LAMP_CO, RECIPIENT, TEA_CO, Trade

HOUR = 3_600_000


async def test_a_quote_splits_by_merchant_and_explains_itself(trade: Trade, clock: Clock):
    quote = await trade.quote(TEA=2, POT=1, LAMP=1)
    t = quote.terms
    assert [(c.n, c.merchant_id, c.warehouse_id) for c in t.children] == [
        (1, TEA_CO, trade.places["HZ"]),
        (2, LAMP_CO, trade.places["HZ"]),
    ]
    assert [(x.n, x.sku_code, x.quantity, x.gross, x.net + x.tax) for c in t.children for x in c.lines] == [
        (1, "TEA", 2, 5980, 5980),
        (2, "POT", 1, 6001, 6001),
        (3, "LAMP", 1, 9000, 9000),
    ]
    assert [c.freight.gross for c in t.children] == [0, 1000]  # 119.81 travels free, a lamp of two kilos does not
    assert (t.goods, t.discount, t.freight, t.total) == (20_981, 0, 1000, 21_981)
    assert all(c.freight.reason.key for c in t.children)
    assert {x.rate_id for c in t.children for x in c.lines} == {"CN-VAT-13@2019-04-01"}
    assert t.tax == sum(x.tax for c in t.children for x in c.lines) + sum(c.freight.tax for c in t.children)
    assert t.children[0].parties["seller"] == "merchant:71"
    assert [w.quantity for x in t.children[0].lines for w in x.wants] == [2, 1]
    assert (t.destination.province, t.recipient_card, t.contact_card) == ("上海市", RECIPIENT, CONTACT)
    assert set(t.policies) == {"terms", "returns", "warranty", "privacy"}
    assert quote.expires_at == clock() + 15 * 60_000
    child = t.children[0]
    assert child.ship_by == clock() + 48 * HOUR
    assert (child.promise_from % (24 * HOUR), child.promise_to % (24 * HOUR)) == (
        4 * HOUR,
        4 * HOUR,
    )  # noon in Shanghai
    assert clock() < child.promise_from <= child.promise_to <= clock() + 5 * 24 * HOUR


async def test_a_line_that_no_house_has_whole_becomes_two_lines(trade: Trade):
    quote = await trade.quote(TEA=13)
    t = quote.terms
    lines = [(x.n, c.warehouse_id, x.quantity, x.gross) for c in t.children for x in c.lines]
    assert lines == [(1, trade.places["HZ"], 10, 29_900), (2, trade.places["GZ"], 3, 8970)]
    assert t.goods == 13 * 2990
    placed = await trade.place(quote)
    assert placed.total == t.total
    assert [(await trade.level(p))[1] for p in ("TEA@HZ", "TEA@GZ")] == [10, 3]


async def test_a_bundle_and_its_part_never_promise_a_piece_twice(trade: Trade):
    quote = await trade.quote(SET=5, TEA=5)  # 5 × 2 + 5 teas: all fifteen, in two houses
    wants = [(w.stock_id, w.quantity) for c in quote.terms.children for x in c.lines for w in x.wants]
    sums = {s: sum(n for i, n in wants if i == s) for s in trade.stock.values()}
    assert sums == {
        trade.stock["TEA@HZ"]: 10, trade.stock["TEA@GZ"]: 5, trade.stock["POT@HZ"]: 5, trade.stock["LAMP@HZ"]: 0,
    }  # fmt: skip
    await trade.place(quote)
    with pytest.raises(NotAvailable):
        await trade.quote(buyer(8), TEA=1)


async def test_the_chosen_service_is_charged_and_the_others_are_offered(trade: Trade):
    quote = await trade.quote(services={LAMP_CO: "express"}, LAMP=1)
    assert quote.terms.freight == 2500
    assert [(o.service, o.freight_minor, o.chosen) for o in quote.options[LAMP_CO]] == [
        ("standard", 1000, False),
        ("express", 2500, True),
    ]


async def test_a_price_for_more_pieces_holds_for_all_of_them(trade: Trade, clock: Clock):
    clock.pass_time(seconds=1)
    rows = [PriceDraft(trade.listing["TEA"], "CN", "CNY", 2500, quantity_from=5)]
    await trade.pricing.set_prices(STAFF, SetPrices(TEA_CO, rows))
    clock.pass_time(seconds=1)
    assert [(await trade.quote(TEA=n)).terms.goods for n in (4, 5)] == [4 * 2990, 5 * 2500]


async def test_the_same_listing_twice_is_one_line(trade: Trade):
    tea = trade.listing["TEA"]
    ask = QuoteAsk([Wanted(tea, 1), Wanted(tea, 2)], estimate=Region("CN", "上海市"))
    (line,) = (await trade.checkout.quote(BUYER, ask)).terms.children[0].lines
    assert line.quantity == 3


async def test_an_estimate_is_not_kept_and_cannot_be_placed(trade: Trade):
    before = await trade.counts("trade.checkout")
    ask = QuoteAsk([Wanted(trade.listing["TEA"], 1)], estimate=Region("CN", "上海市"))
    quote = await trade.checkout.quote(BUYER, ask)
    assert (quote.id, quote.terms.total) == (0, 3790)
    assert await trade.counts("trade.checkout") == before
    with pytest.raises(NoQuote):
        await trade.checkout.place(BUYER, Place("k", quote.id, 3790, "card"))


@pytest.mark.parametrize("n", [0, -1, 1000])
async def test_wrong_quantities_are_refused(trade: Trade, n: int):
    with pytest.raises(Invalid):
        await trade.quote(TEA=n)


async def test_what_cannot_be_sold_is_named(trade: Trade):
    before = await trade.counts("trade.checkout")
    ask = QuoteAsk([], estimate=Region("CN"))
    with pytest.raises(EmptyOrder):
        await trade.checkout.quote(BUYER, ask)
    trade.listing["NONE"] = 12345
    with pytest.raises(NotForSale) as e:
        await trade.quote(TEA=1, NONE=1)
    assert e.value.listing_id == 12345
    with pytest.raises(NotAvailable) as short:
        await trade.quote(LAMP=11)
    assert (short.value.listing_id, short.value.wanted, short.value.free) == (trade.listing["LAMP"], 11, 10)
    await trade.inventory.adjust(STAFF, Adjust(5, trade.stock["LAMP@HZ"], -10, "lost"))
    with pytest.raises(NotAvailable):
        await trade.quote(LAMP=1)
    lamp = trade.guild.rows[LAMP_CO]
    trade.guild.rows[TEA_CO] = type(lamp)(TEA_CO, "tea", {}, "CN", "CNY", "", {}, "paused")
    with pytest.raises(NotForSale):
        await trade.quote(TEA=1)
    many = [Wanted(i, 1) for i in range(1, 102)]
    with pytest.raises(Invalid):
        await trade.checkout.quote(BUYER, QuoteAsk(many, estimate=Region("CN")))
    assert await trade.counts("trade.checkout") == before


async def test_only_ones_own_address_in_the_markets_countries(trade: Trade):
    before = await trade.counts("trade.checkout")
    lines = [Wanted(trade.listing["TEA"], 1)]
    await trade.vault.keep(buyer(8), KeepCard(801, 8, "recipient", "order", ADDRESS))
    for ask in (
        QuoteAsk(lines, 801, CONTACT),
        QuoteAsk(lines, RECIPIENT, 801),
        QuoteAsk(lines, CONTACT, CONTACT),
        QuoteAsk(lines, 999_999),
    ):
        with pytest.raises(NoCard):
            await trade.checkout.quote(BUYER, ask)
    with pytest.raises(Invalid):
        await trade.checkout.quote(BUYER, QuoteAsk(lines))
    with pytest.raises(OutsideMarket) as e:
        await trade.checkout.quote(BUYER, QuoteAsk(lines, estimate=Region("US", "CA")))
    assert (e.value.market, e.value.country) == ("CN", "US")
    assert await trade.counts("trade.checkout") == before


async def test_cash_at_the_door_has_a_cap_that_says_so(trade: Trade):
    small, large = await trade.quote(TEA=1), await trade.quote(TEA=15, POT=10)
    assert [(m.code, m.usable, m.reason) for m in small.methods] == [("card", True, ""), ("cod", True, "")]
    rows = [PriceDraft(trade.listing["LAMP"], "CN", "CNY", 500_001)]
    trade.clock.pass_time(seconds=1)
    await trade.pricing.set_prices(STAFF, SetPrices(LAMP_CO, rows))
    trade.clock.pass_time(seconds=1)
    dear = await trade.quote(LAMP=1)
    assert [(m.code, m.usable, m.reason) for m in dear.methods][1] == ("cod", False, "checkout.method.cod_most")
    assert large.terms.total < 500_000
