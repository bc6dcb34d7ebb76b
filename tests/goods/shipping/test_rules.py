"""The plan, by hand and as properties: every piece once, one freight a merchant, the same answer every time."""

import pytest
from hypothesis import given, settings, strategies as st

from jishi.goods.shipping import (
    NotDeliverable,
    NotEnough,
    PlanItem,
    PlannedLine,
    PlanQuery,
    RateDraft,
    ServiceOption,
    Source,
)
from jishi.goods.shipping.rules import plan, price, province
from jishi.kernel import Fault
from jishi.kernel.place import Reason, Region

ZJ = Region("CN", "浙江省", "杭州市")
RATE = RateDraft("standard", "CNY", "CN", first_g=1000, first_minor=1000, more_g=500, more_minor=300, days_max=3)


def item(line, quantity, sources, merchant=5, weight=400, value=1000):
    return PlanItem(line, merchant, quantity, weight, value, [Source(w, n) for w, n in sources.items()])


def query(*items, **more):
    return PlanQuery(more.pop("destination", ZJ), "CNY", list(items), **more)


def shape(made):
    return [
        (p.merchant_id, p.warehouse_id, {x.line: x.quantity for x in p.lines}, p.freight_minor) for p in made.parcels
    ]


@pytest.mark.parametrize(
    ("weight", "minor"), [(0, 1000), (1, 1000), (1000, 1000), (1001, 1300), (1500, 1300), (1501, 1600), (2000, 1600)]
)
def test_freight_is_a_first_step_and_each_begun_further_one(weight, minor):
    assert price(RATE, weight, 10**9) == minor


def test_the_threshold_itself_travels_free():
    free = RateDraft("standard", "CNY", "CN", first_minor=1000, free_from_minor=9900)
    assert (price(free, 5, 9899), price(free, 5, 9900)) == (1000, 0)


def test_one_parcel_tells_how_its_freight_came_about():
    (parcel,) = plan(query(item(1, 3, {10: 9})), {5: [RATE]}).parcels
    assert parcel.lines == [PlannedLine(1, 3)]
    assert (parcel.service, parcel.freight_minor, parcel.days_min, parcel.days_max) == ("standard", 1300, 1, 3)
    assert parcel.options == [ServiceOption("standard", 1300, 1, 3)]
    assert parcel.reason == Reason(
        "shipping.reason.weight",
        {
            "service": "standard",
            "currency": "CNY",
            "weight_g": 1200,
            "first_g": 1000,
            "first_minor": 1000,
            "more_g": 500,
            "more_minor": 300,
            "freight_minor": 1300,
        },
    )
    assert parcel.choice == Reason("shipping.choice.whole", {"warehouses": 1})


def test_of_those_that_have_everything_the_cheapest_ships_then_the_nearest_then_the_lower_id():
    cheap = RateDraft("standard", "CNY", "CN", warehouse_id=12, first_minor=900)
    items = [item(1, 1, {9: 1, 10: 5, 11: 5, 12: 5}), item(2, 1, {10: 5, 11: 5, 12: 5})]
    near = {9: ZJ, 10: Region("CN", "广东"), 11: Region("CN", "浙江"), 12: Region("DE")}
    assert shape(plan(query(*items, warehouses=near), {5: [RATE, cheap]})) == [(5, 12, {1: 1, 2: 1}, 900)]
    assert shape(plan(query(*items, warehouses=near), {5: [RATE]})) == [(5, 11, {1: 1, 2: 1}, 1000)]
    del near[11]
    assert shape(plan(query(*items, warehouses=near), {5: [RATE]})) == [(5, 10, {1: 1, 2: 1}, 1000)]
    assert shape(plan(query(*items), {5: [RATE]})) == [(5, 10, {1: 1, 2: 1}, 1000)]


def test_else_few_parcels_and_no_line_is_split_that_one_warehouse_can_fill():
    made = plan(
        query(item(1, 2, {10: 2, 11: 1}), item(2, 2, {10: 1, 11: 2, 12: 2}), item(3, 1, {11: 1, 12: 1})), {5: [RATE]}
    )
    assert shape(made) == [(5, 10, {1: 2}, 640), (5, 11, {2: 2, 3: 1}, 960)]  # 2,000 g: 1,600 by 800 : 1,200
    assert [p.choice for p in made.parcels] == [Reason("shipping.choice.parts", {"parcels": 2})] * 2
    assert [p.reason.inputs["parcel_g"] for p in made.parcels] == [800, 1200]


def test_a_line_is_split_only_when_no_single_warehouse_has_enough():
    made = plan(query(item(1, 5, {10: 2, 11: 4, 12: 3}), item(2, 1, {10: 9, 12: 9})), {5: [RATE]})
    assert shape(made) == [(5, 11, {1: 4}, 1267), (5, 12, {1: 1, 2: 1}, 633)]
    assert [p.choice.key for p in made.parcels] == ["shipping.choice.split"] * 2


def test_one_free_freight_test_on_all_goods_of_the_merchant_and_none_across_merchants():
    free = RateDraft("standard", "CNY", "CN", first_minor=1000, free_from_minor=3000)
    items = [item(1, 1, {10: 1}, value=1600), item(2, 1, {11: 1}, value=1400), item(3, 1, {10: 1}, merchant=6)]
    made = plan(query(*items), {5: [free], 6: [free]})
    assert shape(made) == [(5, 10, {1: 1}, 0), (5, 11, {2: 1}, 0), (6, 10, {3: 1}, 1000)]
    assert made.parcels[0].reason == Reason(
        "shipping.reason.free", {"worth_minor": 3000, "free_from_minor": 3000, "currency": "CNY"}
    )


def test_parcels_of_one_merchant_bear_one_freight_the_dearest_of_their_rates():
    far = RateDraft("standard", "CNY", "CN", warehouse_id=11, first_minor=5001)
    made = plan(query(item(1, 1, {10: 1}, weight=100), item(2, 1, {11: 1}, weight=100)), {5: [RATE, far]})
    assert shape(made) == [(5, 10, {1: 1}, 2501), (5, 11, {2: 1}, 2500)]


def test_weightless_goods_share_by_pieces():
    made = plan(query(item(1, 3, {10: 3}, weight=0), item(2, 1, {11: 1}, weight=0)), {5: [RATE]})
    assert shape(made) == [(5, 10, {1: 3}, 750), (5, 11, {2: 1}, 250)]


def test_the_most_exact_region_wins_then_the_warehouses_own_rate():
    def rate(minor, country="CN", province="", warehouse=0):
        return RateDraft("standard", "CNY", country, province, warehouse, first_minor=minor)

    rates = [rate(5, "*"), rate(4), rate(3, warehouse=10), rate(9, province="浙江"), rate(8, province="西藏自治区")]
    one = query(item(1, 1, {10: 1}))
    assert plan(one, {5: rates}).parcels[0].freight_minor == 9
    assert plan(query(item(1, 1, {10: 1}), destination=Region("CN", "西藏")), {5: rates}).parcels[0].freight_minor == 8
    assert plan(query(item(1, 1, {10: 1}), destination=Region("CN", "广东")), {5: rates}).parcels[0].freight_minor == 3
    assert plan(query(item(1, 1, {11: 1}), destination=Region("CN")), {5: rates}).parcels[0].freight_minor == 4
    assert plan(query(item(1, 1, {10: 1}), destination=Region("FR")), {5: rates}).parcels[0].freight_minor == 5


def test_a_warehouse_in_another_country_ships_a_parcel_of_its_own():
    places = {10: Region("CN", "浙江"), 11: Region("DE")}
    made = plan(query(item(1, 1, {10: 1}), item(2, 1, {11: 1}), warehouses=places), {5: [RATE]})
    assert [p.warehouse_id for p in made.parcels] == [10, 11]


def test_the_buyer_chooses_a_service_and_sees_what_each_would_cost():
    fast = RateDraft("express", "CNY", "CN", first_minor=2500, more_minor=500, days_min=1, days_max=1)
    rates = {5: [fast, RATE], 6: [RATE]}
    items = [item(1, 1, {10: 1}), item(2, 1, {10: 1}, merchant=6)]
    options = [ServiceOption("standard", 1000, 1, 3), ServiceOption("express", 2500, 1, 1)]
    assert [p.service for p in plan(query(*items), rates).parcels] == ["standard", "standard"]
    made = plan(query(*items, services={5: "express", 6: "express"}), rates).parcels
    assert [(p.service, p.freight_minor) for p in made] == [("express", 2500), ("standard", 1000)]
    assert made[0].options == options
    assert made[1].options == options[:1]


def test_a_service_ships_from_the_warehouses_that_have_it():
    fast = RateDraft("express", "CNY", "CN", warehouse_id=11, first_minor=2500, more_minor=500)
    two = [item(1, 1, {10: 1, 11: 1}), item(2, 1, {10: 1, 11: 1})]
    assert shape(plan(query(*two, services={5: "express"}), {5: [fast, RATE]})) == [(5, 11, {1: 1, 2: 1}, 2500)]
    only = [item(1, 1, {10: 1})]  # not from there: the cheapest that can be had
    assert shape(plan(query(*only, services={5: "express"}), {5: [fast, RATE]})) == [(5, 10, {1: 1}, 1000)]


def test_too_few_pieces_and_places_nobody_delivers_to_are_refused():
    with pytest.raises(NotEnough) as few:
        plan(query(item(1, 1, {10: 1}), item(2, 5, {10: 2, 11: 2, 12: -1})), {5: [RATE]})
    assert (few.value.line, few.value.wanted, few.value.free) == (2, 5, 4)
    for rates in ({}, {5: [RateDraft("standard", "EUR", "CN")]}, {5: [RateDraft("standard", "CNY", "CN", "广东")]}):
        with pytest.raises(NotDeliverable) as e:
            plan(query(item(1, 1, {10: 1})), rates)
        assert (e.value.merchant_id, e.value.country) == (5, "CN")
    from_11 = [RateDraft("standard", "CNY", "CN", warehouse_id=11)]
    with pytest.raises(NotDeliverable):  # two pieces, but only one of them can travel
        plan(query(item(1, 2, {10: 1, 11: 1})), {5: from_11})


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("浙江省", "浙江"),
        ("内蒙古自治区", "内蒙古"),
        ("广西壮族自治区", "广西"),
        ("上海市", "上海"),
        (" Bayern", "bayern"),
    ],
)
def test_a_province_is_one_however_it_is_written(written, told):
    assert province(written) == province(told)


sources = st.dictionaries(st.integers(10, 14), st.integers(0, 6), max_size=5)
an_item = st.tuples(st.integers(5, 6), st.integers(1, 8), st.integers(0, 900), st.integers(0, 5000), sources)
a_rate = st.builds(
    RateDraft,
    service=st.sampled_from(["standard", "express"]),
    currency=st.sampled_from(["CNY", "CNY", "EUR"]),
    country=st.sampled_from(["CN", "*", "DE"]),
    warehouse_id=st.sampled_from([0, 0, 10, 11, 12]),
    first_g=st.integers(0, 1500),
    first_minor=st.integers(0, 2000),
    more_g=st.integers(1, 1000),
    more_minor=st.integers(0, 500),
    free_from_minor=st.sampled_from([0, 0, 4000]),
)
rate_lists = st.lists(a_rate, max_size=5, unique_by=lambda r: (r.service, r.currency, r.country, r.warehouse_id))


def outcome(asked, rates):
    try:
        return plan(asked, rates)
    except Fault as e:
        return e


@settings(max_examples=300, deadline=None)
@given(st.lists(an_item, min_size=1, max_size=6), rate_lists, rate_lists, st.randoms(use_true_random=False))
def test_every_piece_is_planned_once_and_parcels_bear_the_one_freight(drawn, five, six, chance):
    items = [item(n, q, s, merchant=m, weight=g, value=v) for n, (m, q, g, v, s) in enumerate(drawn, 1)]
    asked, rates = query(*items), {5: five, 6: six}
    made = outcome(asked, rates)
    if isinstance(made, NotEnough):
        short = items[made.line - 1]
        assert sum(s.free for s in short.sources) == made.free < short.quantity == made.wanted
        return
    if isinstance(made, NotDeliverable):
        assert made.merchant_id in {i.merchant_id for i in items}
        return
    planned = [(x.line, x.quantity, p.warehouse_id, p.merchant_id) for p in made.parcels for x in p.lines]
    for i in items:
        of_line = [(n, w) for line, n, w, m in planned if line == i.line and m == i.merchant_id]
        has = {s.warehouse_id: s.free for s in i.sources}
        assert sum(n for n, _ in of_line) == i.quantity
        assert all(0 < n <= has[w] for n, w in of_line)
    assert len({(p.merchant_id, p.warehouse_id) for p in made.parcels}) == len(made.parcels)
    for m in {p.merchant_id for p in made.parcels}:
        its = [p for p in made.parcels if p.merchant_id == m]
        chosen = next(o for o in its[0].options if o.service == its[0].service)
        assert sum(p.freight_minor for p in its) == chosen.freight_minor == min(o.freight_minor for o in its[0].options)
        assert min(p.freight_minor for p in its) >= 0
        assert all(p.options == its[0].options and p.service == its[0].service for p in its)
        usable = [r for r in rates[m] if r.service == chosen.service and r.currency == "CNY" and r.country != "DE"]
        served = {w for w in range(10, 15) if any(r.warehouse_id in (0, w) for r in usable)}
        lines = [{s.warehouse_id for s in i.sources if s.free >= i.quantity} for i in items if i.merchant_id == m]
        if set.intersection(*lines) & served:
            assert len(its) == 1
        for i, whole in zip([i for i in items if i.merchant_id == m], lines, strict=True):
            if whole & served:
                assert sum(line == i.line for line, *_ in planned) == 1  # not split
    mixed = [*items]
    chance.shuffle(mixed)
    assert plan(query(*mixed), {6: six[::-1], 5: five[::-1]}) == made
