"""Promotions from the quote to the refund: reckoned before freight and tax, held with the stock, never used twice, and
given back when the whole order dies."""

import asyncio
from random import Random

import pytest

from jishi.goods.inventory import Adjust
from jishi.goods.promotions import (
    Amount,
    Claim,
    HoldDue,
    MineQuery,
    Percent,
    PromotionRef,
    PutLimit,
    Threshold,
    Tier,
    UsesSpent,
)
from jishi.goods.promotions.holds import expire
from jishi.goods.shipping import PutRates, RateDraft
from jishi.kernel import Invalid
from jishi.kernel.place import Region
from jishi.trade.checkout import OverLimit, QuoteAsk, Wanted
from jishi.trade.payments import IntentQuery
from tests.kit import STAFF, Clock, buyer
from tests.trade.kit import BUYER, GUEST, LAMP_CO, STRANGER, TEA_CO, Trade

OVER = 36 * 60_000  # pay-by 30, grace 5


async def coupons(trade: Trade, ctx=BUYER, state: str = "") -> list[str]:
    return [c.state for c in (await trade.promotions.mine(ctx, MineQuery(state))).rows]


# --- the quote -------------------------------------------------------------------------------------------------------------


async def test_every_stage_comes_off_before_the_tax_and_each_has_its_payer(trade: Trade):
    await trade.offer(Percent(1_000), "item", merchant_id=TEA_CO, payer="merchant")
    await trade.offer(Threshold([Tier(5_000, 500)]), "shop", merchant_id=TEA_CO, payer="merchant")
    await trade.offer(Threshold([Tier(10_000, 1_000)], every=True), "cross_shop", payer="shared", platform_bp=5_000)
    quote = await trade.quote(TEA=2, LAMP=1)
    t = quote.terms
    tea, lamp = (x for c in t.children for x in c.lines)
    assert [(a.stage, a.payer) for a in tea.adjustments] == [
        ("item", "merchant"), ("shop", "merchant"), ("cross_shop", "shared"),
    ]  # fmt: skip
    assert [a.minor for a in tea.adjustments][:2] == [-598, -500]
    cross = [a for x in (tea, lamp) for a in x.adjustments if a.stage == "cross_shop"]
    assert (sum(a.minor for a in cross), sum(a.platform for a in cross)) == (-1_000, -500)
    assert t.discount == -598 - 500 - 1_000
    assert t.goods == 2 * 2_990 + 9_000
    assert t.total == t.goods + t.discount + t.freight
    assert all(x.gross == x.unit_minor * x.quantity + sum(a.minor for a in x.adjustments) for x in (tea, lamp))
    assert all(
        x.tax == x.gross - (2 * x.gross * 10_000 + 11_300) // 22_600 for x in (tea, lamp)
    )  # 13 % inside, half up
    assert [c.funded for c in t.children] == [-tea.adjustments[2].platform, -lamp.adjustments[0].platform]
    assert [u.minor for u in quote.used] == [-598, -500, -1_000]
    assert quote.terms.limited == bool(quote.holds)


async def test_free_freight_counts_what_is_left_after_the_shops_own_offers_alone(trade: Trade):
    """Four teas are worth 119.60 and travel free from 99.00."""
    assert (await trade.quote(TEA=4)).terms.freight == 0
    coupon = await trade.offer(Amount(5_000), "cross_shop")
    assert (await trade.quote(TEA=4)).terms.freight == 0  # the marketplace's coupon takes nothing from it
    await trade.promotions.end(STAFF, PromotionRef(coupon.id))
    await trade.offer(Amount(2_500), "shop", merchant_id=TEA_CO, payer="merchant")
    assert (await trade.quote(TEA=4)).terms.freight == 1_000


async def test_a_line_from_two_houses_shares_its_discount_to_the_minor_unit(trade: Trade):
    await trade.offer(Amount(1_001), "cross_shop")
    t = (await trade.quote(TEA=13)).terms
    lines = [x for c in t.children for x in c.lines]
    assert [(x.quantity, [a.minor for a in x.adjustments]) for x in lines] == [(10, [-770]), (3, [-231])]
    assert t.discount == -1_001
    assert [c.funded for c in t.children] == [770, 231]


async def test_the_estimate_shows_the_figures_of_the_checkout(trade: Trade):
    await trade.offer(Threshold([Tier(5_000, 700)]), "shop", merchant_id=TEA_CO, payer="merchant")
    kept = await trade.quote(TEA=3)
    ask = QuoteAsk([Wanted(trade.listing["TEA"], 3)], estimate=Region("CN", "上海市"))
    estimate = await trade.checkout.quote(BUYER, ask)
    assert (estimate.terms.total, estimate.terms.discount) == (kept.terms.total, -700)
    assert estimate.used == kept.used


async def test_a_quote_names_what_counts_what_does_not_and_what_is_near(trade: Trade):
    await trade.offer(Threshold([Tier(3_500, 500)]), "shop", merchant_id=TEA_CO, payer="merchant")
    small = await trade.offer(Amount(100), "coupon", needs="claim", group="c")
    large = await trade.offer(Amount(900), "coupon", needs="claim", group="c")
    for p in (small, large):
        await trade.promotions.claim(BUYER, Claim(p.id))
    quote = await trade.quote(TEA=1, codes=["NONE-SUCH"])
    assert [u.promotion_id for u in quote.used] == [large.id]
    assert {u.promotion_id: u.reason.key for u in quote.unused if u.promotion_id}.keys() == {small.id}
    assert [u.code for u in quote.unused if not u.promotion_id] == ["NONE-SUCH"]
    assert [(n.merchant_id, n.missing_minor, n.saves_minor) for n in quote.near] == [(TEA_CO, 510, 500)]
    assert (await trade.quote(STRANGER, TEA=1)).used == []


@pytest.mark.parametrize("codes", [["x"] * 21, [""], ["x" * 65]])
async def test_codes_have_a_limit(trade: Trade, codes):
    with pytest.raises(Invalid):
        await trade.quote(TEA=1, codes=codes)


# --- placing ---------------------------------------------------------------------------------------------------------------


async def test_a_coupon_is_held_used_and_given_back_with_its_order(trade: Trade):
    p = await trade.offer(Amount(900), "coupon", needs="claim", budget_uses=5)
    await trade.promotions.claim(BUYER, Claim(p.id))
    placed = await trade.buy(TEA=1)
    assert (await trade.taken(p.id), await coupons(trade)) == ((900, 0, 1, 0), ["held"])
    assert (await trade.quote(TEA=1)).used == []  # it is held for the order that waits
    await trade.pay(placed.order_id)
    assert (await trade.taken(p.id), await coupons(trade)) == ((0, 900, 0, 1), ["used"])
    order = await trade.order(placed.order_id)
    assert (order.discount, order.total, order.children[0].lines[0].discount) == (-900, 2_990 + 800 - 900, -900)
    await trade.cancel(placed.order_id)
    await trade.relay.drain()
    assert (await trade.taken(p.id), await coupons(trade)) == ((0, 0, 0, 0), ["given_back"])
    assert await trade.refunds(placed.order_id) == [(order.total, "done")]
    assert await trade.balances() == {}
    assert (await trade.quote(TEA=1)).used[0].minor == -900
    assert await trade.dead() == []


@pytest.mark.parametrize("how", ["expired", "cancelled"])
async def test_an_unpaid_order_that_dies_lets_its_coupon_go(trade: Trade, clock: Clock, how: str):
    p = await trade.offer(Amount(900), "coupon", needs="claim", budget_minor=1_000)
    await trade.promotions.claim(BUYER, Claim(p.id))
    placed = await trade.buy(TEA=1)
    if how == "cancelled":
        await trade.cancel(placed.order_id)
    else:
        clock.pass_time(ms=OVER)
    await trade.relay.drain()
    assert (await trade.order(placed.order_id)).state == "cancelled"
    assert await trade.taken(p.id) == (0, 0, 0, 0)
    assert (await trade.quote(TEA=1)).used[0].promotion_id == p.id


async def test_pieces_that_are_cancelled_give_back_what_was_paid_and_keep_the_coupon(trade: Trade):
    """Three teas, 89.70 − 10.00: 79.70. A tea is worth 26.56 or 26.57."""
    p = await trade.offer(Amount(1_000), "coupon", needs="claim", budget_uses=5)
    await trade.promotions.claim(BUYER, Claim(p.id))
    placed = await trade.buy(TEA=3)
    await trade.pay(placed.order_id)
    assert await trade.balances() == {
        "clearing:till": 7_970 + 800, f"payable:{TEA_CO}": -8_970 - 800, "expense:promotions": 1_000,
    }  # fmt: skip
    order = await trade.cancel(placed.order_id, line=1, quantity=1)
    await trade.relay.drain()
    assert (order.children[0].lines[0].refunded, await trade.refunds(placed.order_id)) == (2_657, [(2_657, "done")])
    assert (await trade.taken(p.id), await coupons(trade)) == ((0, 1_000, 0, 1), ["used"])
    assert (await trade.balances())["expense:promotions"] == 666  # the cancelled piece's share is nobody's any more
    await trade.cancel(placed.order_id, line=1, quantity=2)
    await trade.relay.drain()
    assert sum(minor for minor, _ in await trade.refunds(placed.order_id)) == placed.total
    assert (await trade.taken(p.id), await coupons(trade)) == ((0, 0, 0, 0), ["given_back"])
    assert await trade.balances() == {}


async def test_a_merchants_own_discount_lowers_what_it_is_owed(trade: Trade):
    await trade.offer(Amount(1_000), "shop", merchant_id=TEA_CO, payer="merchant")
    await trade.offer(Amount(900), "cross_shop", merchant_ids=[LAMP_CO], payer="platform")
    placed = await trade.buy(TEA=3, LAMP=1)
    await trade.pay(placed.order_id)
    assert await trade.balances() == {
        "clearing:till": placed.total, "expense:promotions": 900, f"payable:{TEA_CO}": -(8_970 - 1_000 + 800),
        f"payable:{LAMP_CO}": -(9_000 + 1_000),
    }  # fmt: skip


async def test_a_coupon_that_ran_out_is_refused_for_good_and_its_stock_is_free(trade: Trade):
    p = await trade.offer(Amount(900), "cross_shop", budget_uses=1)
    quotes = [(who, await trade.quote(who, LAMP=1)) for who in (BUYER, STRANGER)]
    first = await trade.place(quotes[0][1], BUYER)
    for _ in range(2):
        with pytest.raises(UsesSpent) as e:
            await trade.place(quotes[1][1], STRANGER, key="k")
        assert (e.value.promotion_id, e.value.reason) == (p.id, "budget")
    assert await trade.level("LAMP@HZ") == (10, 1, 0)
    assert await trade.taken(p.id) == (900, 0, 1, 0)
    await trade.cancel(first.order_id)
    await trade.relay.drain()
    with pytest.raises(UsesSpent):
        await trade.place(quotes[1][1], STRANGER, key="k")  # that answer stands
    assert (await trade.place(quotes[1][1], STRANGER, key="new")).total == quotes[1][1].terms.total


async def test_stock_that_is_out_holds_no_coupon(trade: Trade):
    p = await trade.offer(Amount(900), "cross_shop", budget_uses=1)
    quote = await trade.quote(LAMP=3)
    await trade.inventory.adjust(STAFF, Adjust(5, trade.stock["LAMP@HZ"], -8, "damaged"))
    with pytest.raises(Exception, match=r"stock\.out"):
        await trade.place(quote)
    assert await trade.taken(p.id) == (0, 0, 0, 0)


async def test_fifty_buyers_and_ten_uses(trade: Trade):
    p = await trade.offer(Amount(900), "cross_shop", budget_uses=10)
    quotes = [(buyer(1_000 + i), await trade.quote(buyer(1_000 + i), POT=1)) for i in range(12)]
    answers = await asyncio.gather(*[trade.place(q, who, key="k") for who, q in quotes], return_exceptions=True)
    kinds = sorted(type(a).__name__ for a in answers)
    assert kinds == ["OutOfStock"] * kinds.count("OutOfStock") + ["Placed"] * 10 + ["UsesSpent"] * kinds.count(
        "UsesSpent"
    )
    assert await trade.taken(p.id) == (9_000, 0, 10, 0)
    assert await trade.level("POT@HZ") == (10, 10, 0)


async def test_whoever_comes_again_as_another_guest_is_the_same_person(trade: Trade):
    """The same phone under two sessions: a limit a person counts both."""
    await trade.offer(Amount(900), "cross_shop", per_person=1)
    await trade.buy(GUEST, TEA=1)
    quote = await trade.quote(buyer(11, "guest"), TEA=1)
    assert quote.used == []


async def test_no_more_of_a_listing_than_a_person_may_buy(trade: Trade):
    await trade.promotions.put_limit(STAFF, PutLimit(LAMP_CO, trade.listing["LAMP"], 2))
    with pytest.raises(OverLimit) as e:
        await trade.quote(LAMP=3)
    assert (e.value.listing_id, e.value.most, e.value.left) == (trade.listing["LAMP"], 2, 2)
    twice = [await trade.quote(LAMP=2) for _ in range(2)]
    placed = await trade.place(twice[0])
    with pytest.raises(UsesSpent) as spent:
        await trade.place(twice[1])
    assert spent.value.reason == "listing"
    with pytest.raises(OverLimit) as e:
        await trade.quote(LAMP=1)
    assert e.value.left == 0
    await trade.cancel(placed.order_id)
    await trade.relay.drain()
    assert (await trade.quote(LAMP=2)).terms.limited


# --- late money ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("gone", [False, True])
async def test_late_money_revives_an_order_only_with_its_coupon(trade: Trade, clock: Clock, gone: bool):
    p = await trade.offer(Amount(900), "cross_shop", budget_uses=1)
    placed = await trade.buy(TEA=1)
    intent = await trade.start(placed.order_id)
    clock.pass_time(ms=OVER)
    await trade.relay.drain()
    other = await trade.buy(STRANGER, LAMP=1) if gone else None
    await trade.capture(intent)
    await trade.relay.drain()
    order = await trade.order(placed.order_id)
    if other:
        assert (order.state, order.payment) == ("refunded", "refunded")
        assert await trade.refunds(placed.order_id) == [(placed.total, "done")]
        assert await trade.taken(p.id) == (900, 0, 1, 0)
        assert await trade.level("TEA@HZ") == (10, 0, 0)
    else:
        assert (order.state, order.payment) == ("to_ship", "paid")
        assert await trade.taken(p.id) == (0, 900, 0, 1)
    assert await trade.dead() == []


async def test_late_money_without_stock_gives_its_coupon_back(trade: Trade, clock: Clock):
    p = await trade.offer(Amount(900), "cross_shop", budget_uses=1)
    placed = await trade.buy(LAMP=10)
    intent = await trade.start(placed.order_id)
    clock.pass_time(ms=OVER)
    await trade.relay.drain()
    await trade.inventory.adjust(STAFF, Adjust(5, trade.stock["LAMP@HZ"], -1, "lost"))
    await trade.capture(intent)
    await trade.relay.drain()
    assert (await trade.order(placed.order_id)).payment == "refunded"
    assert await trade.taken(p.id) == (0, 0, 0, 0)


async def test_a_paid_order_whose_hold_ran_out_and_whose_budget_is_gone_is_given_up(trade: Trade, clock: Clock):
    """The money came in time, but the news of it came when the hold had run out and another had the last use."""
    p = await trade.offer(Amount(900), "cross_shop", budget_uses=1)
    placed = await trade.buy(TEA=1)
    intent = await trade.start(placed.order_id)
    await trade.capture(intent)
    clock.pass_time(ms=OVER)
    await trade.promotions.db.write(STAFF, expire, HoldDue(placed.order_id, 0))
    await trade.buy(STRANGER, LAMP=1)
    await trade.relay.drain()
    order = await trade.order(placed.order_id)
    assert (order.ended, order.payment) in (("no_offer", "refunded"), ("expired", "refunded"))
    assert await trade.refunds(placed.order_id) == [(placed.total, "done")]
    assert await trade.taken(p.id) == (900, 0, 1, 0)
    assert await trade.level("TEA@HZ") == (10, 0, 0)
    assert await trade.dead() == []


# --- nothing to pay --------------------------------------------------------------------------------------------------------


async def test_an_order_of_nothing_to_pay_stands_at_once(trade: Trade):
    free = [RateDraft("standard", "CNY", "CN")]
    await trade.shipping.put_rates(STAFF, PutRates(TEA_CO, free))
    p = await trade.offer(Percent(10_000), "coupon", needs="claim", budget_uses=3)
    await trade.promotions.claim(BUYER, Claim(p.id))
    quote = await trade.quote(TEA=3)
    assert (quote.terms.total, [(m.code, m.usable) for m in quote.methods]) == (0, [("none", True)])
    placed = await trade.place(quote, method="none")
    await trade.relay.drain()
    order = await trade.order(placed.order_id)
    assert (order.state, order.payment, order.total) == ("to_ship", "paid", 0)
    assert "pay" not in order.can
    assert (await trade.payments.intent(STAFF, IntentQuery(order_id=placed.order_id))).state == "captured"
    assert await trade.taken(p.id) == (0, 8_970, 0, 1)
    assert await trade.balances() == {f"payable:{TEA_CO}": -8_970, "expense:promotions": 8_970}
    part = await trade.cancel(placed.order_id, line=1, quantity=1)
    assert (part.state, part.refunded) == ("to_ship", 0)
    await trade.cancel(placed.order_id)
    await trade.relay.drain()
    order = await trade.order(placed.order_id)
    assert (order.state, order.refunded, await trade.refunds(placed.order_id)) == ("cancelled", 0, [])
    assert (await trade.balances(), await coupons(trade)) == ({}, ["given_back"])
    assert await trade.level("TEA@HZ") == (10, 0, 0)
    assert await trade.dead() == []


async def test_an_order_of_nothing_to_pay_ships(trade: Trade):
    await trade.shipping.put_rates(STAFF, PutRates(TEA_CO, [RateDraft("standard", "CNY", "CN")]))
    await trade.offer(Percent(10_000), "item", merchant_id=TEA_CO, payer="merchant")
    placed = await trade.buy(method="none", TEA=1)
    await trade.relay.drain()
    await trade.ship(placed.order_id)
    await trade.travel(placed.order_id)
    assert (await trade.order(placed.order_id)).state == "delivered"
    assert await trade.balances() == {}


async def test_card_and_cash_take_no_order_of_nothing(trade: Trade):
    await trade.shipping.put_rates(STAFF, PutRates(TEA_CO, [RateDraft("standard", "CNY", "CN")]))
    await trade.offer(Percent(10_000), "cross_shop")
    for method in ("card", "cod"):
        with pytest.raises(Exception, match=r"checkout\.method"):
            await trade.buy(method=method, TEA=1)
    with pytest.raises(Exception, match=r"checkout\.method"):
        await trade.buy(method="none", LAMP=1)  # freight is to be paid


async def test_cash_at_the_door_is_what_is_left_to_pay(trade: Trade):
    p = await trade.offer(Amount(900), "cross_shop", budget_uses=3)
    placed = await trade.buy(method="cod", TEA=2)
    await trade.relay.drain()
    assert await trade.taken(p.id) == (0, 900, 0, 1)  # confirmed at once
    await trade.cancel(placed.order_id, line=1, quantity=1)
    await trade.ship(placed.order_id)
    await trade.travel(placed.order_id)
    order = await trade.order(placed.order_id)
    assert (order.state, order.payment) == ("delivered", "paid")
    kept = 2_990 - 450 + 800
    assert await trade.balances() == {"cash:door": kept, f"payable:{TEA_CO}": -kept - 450, "expense:promotions": 450}


# --- money is conserved ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(8))
async def test_whatever_is_cancelled_in_whatever_order_all_of_the_money_comes_back(trade: Trade, seed: int):
    """Σ parts = whole, Σ refunds = what was paid, every account is 0, by each payer."""
    chance, made = Random(seed), []
    for stage in ("shop", "cross_shop", "cross_shop"):
        payer = "merchant" if stage == "shop" else chance.choice(("merchant", "platform", "shared"))
        share = chance.randint(1, 9_999) if payer == "shared" else 0
        off, shop = Amount(chance.randint(1, 4_000)), TEA_CO if stage == "shop" else 0
        made.append(await trade.offer(off, stage, payer=payer, platform_bp=share, merchant_id=shop, budget_uses=1))
    quote = await trade.quote(TEA=chance.randint(1, 12), POT=chance.randint(1, 3), LAMP=1)
    placed = await trade.place(quote)
    await trade.pay(placed.order_id)
    paid, funded = await trade.balances(), sum(c.funded for c in quote.terms.children)
    assert paid.get("expense:promotions", 0) == funded <= -quote.terms.discount
    assert -sum(n for account, n in paid.items() if account.startswith("payable:")) == placed.total + funded
    order = await trade.order(placed.order_id)
    units = [x.n for c in order.children for x in c.lines for _ in range(x.quantity)]
    chance.shuffle(units)
    while units:
        step = units[: chance.choice((1, 1, 2))]
        units = units[len(step) :]
        for n in set(step):
            await trade.cancel(placed.order_id, line=n, quantity=step.count(n))
    await trade.relay.drain()
    assert sum(minor for minor, _ in await trade.refunds(placed.order_id)) == placed.total
    order = await trade.order(placed.order_id)
    assert order.refunded == order.total
    assert all(x.refunded == x.gross for c in order.children for x in c.lines)
    assert await trade.balances() == {}
    assert [await trade.taken(p.id) for p in made] == [(0, 0, 0, 0)] * 3
