"""Sums hold to the minor unit, whatever is bought, however it is split, with tax inside or on top."""

from collections import Counter

import pytest
from hypothesis import given, strategies as st

from jishi.goods.catalog import Component, Listing
from jishi.goods.inventory import Level
from jishi.goods.pricing import Price
from jishi.goods.promotions import Cut
from jishi.goods.shipping import Plan, PlannedLine, PlannedParcel
from jishi.kernel.market import markets
from jishi.kernel.place import Reason, Region
from jishi.people.merchants import Merchant
from jishi.trade.checkout import NotCarried, Wanted
from jishi.trade.checkout.discounts import adjusted, basket, funded, path, worth
from jishi.trade.checkout.rules import (
    Setting,
    day,
    items,
    offers,
    pieces,
    stock_of,
    tax_lines,
    terms,
    wants,
)
from jishi.trade.tax import TaxQuery
from jishi.trade.tax.rules import taxes
from jishi.trade.tax.table import shipped

HOUSES = (1, 2, 3)


@st.composite
def sales(draw):
    """Listings of three merchants (some share stock items), stock for all of it, and any plan that sends it all."""
    included = draw(st.booleans())
    n = draw(st.integers(1, 5))
    listings, prices, wanted = [], [], []
    for i in range(1, n + 1):
        merchant = draw(st.integers(1, 3))
        parts = draw(st.lists(st.integers(1, 4), min_size=1, max_size=3))
        components = [Component(10 * merchant + item, draw(st.integers(1, 3))) for item in parts]
        listings.append(
            Listing(i, i, i, f"h{i}", f"S{i}", merchant, {}, {}, "", 100, components, "parcel", "standard", "", True)
        )
        prices.append(Price(i, i, "CNY", draw(st.integers(0, 99_999)), included, 1, 0, 0))
        wanted.append(Wanted(i, draw(st.integers(1, 9))))
    needed: dict[tuple[int, int], int] = {}
    for x, w in zip(listings, wanted, strict=True):
        for c in x.components:
            key = (c.stock_item_id, x.merchant_id)
            needed[key] = needed.get(key, 0) + c.quantity * w.quantity
    levels = []
    for k, ((item, merchant), pieces_) in enumerate(sorted(needed.items())):
        for house in HOUSES:
            more = draw(st.integers(0, 3))
            levels.append(Level(100 * k + house, item, house, merchant, "new", pieces_ + more, 0, 0, 0, 0, 0))
    return included, listings, prices, wanted, levels, draw(st.randoms(use_true_random=False))


def cuts_of(found, random) -> list[Cut]:
    """Any cuts that leave no line below nothing, by every payer, some of them the whole price."""
    cuts = []
    for o in found:
        left = o.value
        for n in range(random.randint(0, 4)):
            minor = left if random.random() < 0.2 else random.randint(0, left)
            left -= minor
            stage = random.choice(("item", "shop", "cross_shop", "coupon"))
            payer = random.choice(("platform", "merchant", "shared"))
            cuts.append(Cut(o.line, n, stage, payer, -minor, Reason("r"), random.randint(0, 10_000)))
    return cuts


def planned(found, random) -> Plan:
    """Each line anywhere it could come from, by chance split in two; each parcel with some freight."""
    parcels: dict[tuple[int, int], list[PlannedLine]] = {}
    for x in found:
        left, sources = x.quantity, list(x.sources)
        random.shuffle(sources)
        for s in sources:
            n = min(left, s.free, random.randint(1, x.quantity))
            if n:
                parcels.setdefault((x.merchant_id, s.warehouse_id), []).append(PlannedLine(x.line, n))
                left -= n
        for s in sources:  # what chance left over
            got = next((p for p in parcels.get((x.merchant_id, s.warehouse_id), []) if p.line == x.line), None)
            n = min(left, s.free - (got.quantity if got else 0))
            if n:
                rows = parcels.setdefault((x.merchant_id, s.warehouse_id), [])
                if got:
                    rows.remove(got)
                rows.append(PlannedLine(x.line, n + (got.quantity if got else 0)))
                left -= n
        assert not left
    return Plan(
        [
            PlannedParcel(m, w, "standard", random.randint(0, 3000), 1, 3, lines, [], Reason("r"))
            for (m, w), lines in sorted(parcels.items())
        ]
    )


@given(sales())
def test_parent_children_and_lines_agree_and_no_piece_is_promised_twice(sale):
    included, listings, prices, wanted, levels, random = sale
    merchants = {i: Merchant(i, f"m{i}", {}, "CN", "CNY", "", {}, "active") for i in (1, 2, 3)}
    market = markets()["CN" if included else "US"]
    destination = Region("CN", "上海市") if included else Region("US", "CA")
    found, stock = offers(wanted, listings, prices, merchants, "CNY"), stock_of(levels)
    cuts = cuts_of(found, random)
    asked = items(found, stock, worth(found, cuts))
    plan = planned(asked, random)
    rows = pieces(found, plan)
    off = adjusted(rows, cuts)
    query = TaxQuery(destination, "CNY", included, tax_lines(rows, plan, off))
    told = taxes(query, 1_790_000_000_000, shipped()).lines
    at = Setting("main", market, "web", "en", "CNY", destination, 1, 2, 1_790_000_000_000)
    t = terms(at, rows, plan, told, stock, merchants, off)

    lines = [x for c in t.children for x in c.lines]
    assert t.total == sum(c.total for c in t.children)
    assert all(c.total == sum(x.gross for x in c.lines) + c.freight.gross for c in t.children)
    assert all(x.gross == x.net + x.tax for x in lines)
    assert t.total == t.goods + t.discount + t.freight + (0 if included else sum(x.tax for x in lines))
    assert t.discount == sum(c.minor for c in cuts)
    for x in lines:
        cost = x.unit_minor * x.quantity + sum(a.minor for a in x.adjustments)
        assert cost == (x.gross if included else x.net) >= 0
        assert all(a.minor <= a.platform <= 0 and a.minor < 0 for a in x.adjustments)
    of_rule = Counter[str]()
    for a in (a for x in lines for a in x.adjustments):
        of_rule[a.rule] += a.minor
    asked_of = Counter[str]()
    for c in cuts:
        asked_of[f"promotion:{c.promotion_id}"] += c.minor
    assert +Counter({k: -v for k, v in of_rule.items()}) == +Counter({k: -v for k, v in asked_of.items()})
    assert sum(c.funded for c in t.children) == sum(map(funded, cuts)) <= -t.discount
    assert t.goods == sum(p.minor * w.quantity for p, w in zip(prices, wanted, strict=True))
    assert [x.n for x in lines] == list(range(1, len(lines) + 1))
    for w in wanted:
        assert sum(x.quantity for x in lines if x.listing_id == w.listing_id) == w.quantity
    assert all(w.quantity % x.quantity == 0 for x in lines for w in x.wants)
    free = {x.stock_id: x.available for x in levels}
    assert all(w.quantity <= free[w.stock_id] for w in wants(t))
    for c in t.children:
        assert {x.listing_id for x in c.lines} <= {x.id for x in listings if x.merchant_id == c.merchant_id}


@given(sales())
def test_free_freight_is_judged_after_the_shops_own_discounts_and_before_all_others(sale):
    _, listings, prices, wanted, levels, random = sale
    merchants = {i: Merchant(i, f"m{i}", {}, "CN", "CNY", "", {}, "active") for i in (1, 2, 3)}
    found = offers(wanted, listings, prices, merchants, "CNY")
    cuts = cuts_of(found, random)
    counted = {i.line: i.value_minor for i in items(found, stock_of(levels), worth(found, cuts))}
    for o in found:
        own = sum(c.minor for c in cuts if c.line == o.line and c.stage in ("item", "shop"))
        assert counted[o.line] == o.value + own >= 0


def test_a_line_stands_in_its_category_and_in_all_above_it():
    assert path("cups", {"cups": "tea", "tea": "all", "all": ""}) == ["tea", "all"]
    assert path("", {}) == path("odd", {"cups": "tea"}) == []
    assert path("a", {"a": "b", "b": "a"}) == ["b", "a"]  # a circle ends


def test_goods_that_no_parcel_brings_are_named_one_by_one():
    parts = [Component(1, 1)]
    listings = [
        Listing(i, i, i, f"h{i}", f"S{i}", 1, {}, {}, "", 0, parts, kind, "standard", "", True)
        for i, kind in enumerate(("digital", "parcel", "pick_up"), 1)
    ]
    prices = [Price(i, i, "CNY", 100, True, 1, 0, 0) for i in (1, 2, 3)]
    merchants = {1: Merchant(1, "m", {}, "CN", "CNY", "", {}, "active")}
    with pytest.raises(NotCarried) as e:
        offers([Wanted(i, 1) for i in (1, 2, 3)], listings, prices, merchants, "CNY")
    assert e.value.kinds == {1: "digital", 3: "pick_up"}
    found = offers([Wanted(2, 1)], listings, prices, merchants, "CNY")
    assert [(g.line, g.listing_id, g.unit_minor) for g in basket(found, {})] == [(1, 2, 100)]


def test_a_promise_is_the_markets_day_not_the_servers():
    """23:30 in Shanghai is still that day there, and half past seven in the morning of it in California's night before."""
    late = 1_790_000_000_000 // 86_400_000 * 86_400_000 + (15 * 60 + 30) * 60_000  # 15:30 UTC
    parcel = PlannedParcel(1, 1, "s", 0, 1, 3, [], [], Reason("r"))
    at = {code: Setting("main", markets()[code], "web", "en", "CNY", Region("CN"), 1, 2, late) for code in ("CN", "US")}
    midnight = late // 86_400_000 * 86_400_000
    assert day(at["CN"], parcel.days_min) == midnight + 86_400_000 + 4 * 3_600_000  # noon at +8
    assert (day(at["US"], parcel.days_min) - midnight) // 3_600_000 in (24 + 16, 24 + 17)  # noon at −4 or −5
