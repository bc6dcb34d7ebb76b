"""Sums hold to the minor unit, whatever is bought, however it is split, with tax inside or on top."""

from hypothesis import given, strategies as st

from jishi.goods.catalog import Component, Listing
from jishi.goods.inventory import Level
from jishi.goods.pricing import Price
from jishi.goods.shipping import Plan, PlannedLine, PlannedParcel
from jishi.kernel.market import markets
from jishi.kernel.place import Reason, Region
from jishi.people.merchants import Merchant
from jishi.trade.checkout import Wanted
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
    asked = items(found, stock)
    plan = planned(asked, random)
    rows = pieces(found, plan)
    query = TaxQuery(destination, "CNY", included, tax_lines(rows, plan))
    told = taxes(query, 1_790_000_000_000, shipped()).lines
    at = Setting("main", market, "web", "en", "CNY", destination, 1, 2, 1_790_000_000_000)
    t = terms(at, rows, plan, told, stock, merchants)

    lines = [x for c in t.children for x in c.lines]
    assert t.total == sum(c.total for c in t.children)
    assert all(c.total == sum(x.gross for x in c.lines) + c.freight.gross for c in t.children)
    assert all(x.gross == x.net + x.tax for x in lines)
    assert t.total == t.goods + t.discount + t.freight + (0 if included else sum(x.tax for x in lines))
    assert t.goods == sum(p.minor * w.quantity for p, w in zip(prices, wanted, strict=True))
    assert [x.n for x in lines] == list(range(1, len(lines) + 1))
    for w in wanted:
        assert sum(x.quantity for x in lines if x.listing_id == w.listing_id) == w.quantity
    assert all(w.quantity % x.quantity == 0 for x in lines for w in x.wants)
    free = {x.stock_id: x.available for x in levels}
    assert all(w.quantity <= free[w.stock_id] for w in wants(t))
    for c in t.children:
        assert {x.listing_id for x in c.lines} <= {x.id for x in listings if x.merchant_id == c.merchant_id}


def test_a_promise_is_the_markets_day_not_the_servers():
    """23:30 in Shanghai is still that day there, and half past seven in the morning of it in California's night before."""
    late = 1_790_000_000_000 // 86_400_000 * 86_400_000 + (15 * 60 + 30) * 60_000  # 15:30 UTC
    parcel = PlannedParcel(1, 1, "s", 0, 1, 3, [], [], Reason("r"))
    at = {code: Setting("main", markets()[code], "web", "en", "CNY", Region("CN"), 1, 2, late) for code in ("CN", "US")}
    midnight = late // 86_400_000 * 86_400_000
    assert day(at["CN"], parcel.days_min) == midnight + 86_400_000 + 4 * 3_600_000  # noon at +8
    assert (day(at["US"], parcel.days_min) - midnight) // 3_600_000 in (24 + 16, 24 + 17)  # noon at −4 or −5
