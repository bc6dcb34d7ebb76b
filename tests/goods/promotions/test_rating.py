"""What comes off a basket: exact figures, and what holds for every basket."""

from hypothesis import given, settings, strategies as st
from msgspec.structs import replace

from jishi.goods.promotions import Amount, Fixed, NthPiece, Percent, Rate, Threshold, Tier
from jishi.goods.promotions.basket import Facts, Purse, rated
from jishi.goods.promotions.rating import STAGES, Index, candidate, choose, live_of, nested, nodes_of, ordered

from .kit import ACME, OTHER, draft, good

NO_END = 1 << 62


def lives(*drafts):
    return [live_of(n, d, 0, NO_END) for n, d in enumerate(drafts, 1)]


def rate(goods, *drafts, facts=None):
    return rated(Rate(list(goods)), Index(lives(*drafts)), facts or Facts(), 1)


def off(goods, *drafts):
    return -sum(c.minor for c in rate(goods, *drafts).cuts)


def test_each_kind_takes_off_what_it_says():
    four = [good(quantity=4, unit=1_999)]  # 7,996
    assert off(four, draft("item", Percent(2_500))) == 1_999
    assert off(four, draft("item", Percent(2_500, most_minor=500))) == 500
    assert off(four, draft("item", Amount(300))) == 1_200
    assert off(four, draft("item", Amount(9_999))) == 7_996
    assert off(four, draft("item", Fixed(1_500))) == 1_996
    assert off(four, draft("item", Fixed(2_500))) == 0
    assert off(four, draft("item", NthPiece(2, 5_000))) == 1_999
    assert off([good(quantity=5, unit=1_000)], draft("item", NthPiece(3, 10_000))) == 1_000
    assert off(four, draft(rule=Percent(1_000))) == 800  # 799.6, half up
    assert off(four, draft(rule=Amount(500))) == 500


def test_a_threshold_gives_its_highest_tier_or_as_often_as_it_fits():
    tiers = Threshold([Tier(10_000, 1_000), Tier(20_000, 3_000)])
    assert [off([good(unit=u)], draft(rule=tiers)) for u in (9_999, 10_000, 19_999, 20_000, 90_000)] == [
        0, 1_000, 1_000, 3_000, 3_000,
    ]  # fmt: skip
    every = Threshold([Tier(10_000, 1_000)], every=True)
    assert [off([good(unit=u)], draft(rule=every)) for u in (9_999, 10_000, 29_999, 30_000)] == [0, 1_000, 2_000, 3_000]


def test_stages_come_in_their_order_and_each_sees_what_is_left():
    goods = [good(1, unit=20_000), good(2, unit=10_000, merchant_id=OTHER)]
    coupon = replace(draft("coupon", Percent(1_000)), needs="auto")
    answer = rate(
        goods, coupon, draft("cross_shop", Threshold([Tier(30_000, 3_000)])), draft(rule=Amount(1_000)),
        draft("item", Percent(5_000)),
    )  # fmt: skip
    assert [(u.stage, u.minor) for u in answer.used] == [
        ("item", -15_000),
        ("shop", -1_000),
        ("cross_shop", -3_000),  # 300 at the prices in force, though less is left: no offer takes another's away
        ("coupon", -1_100),
    ]
    assert [c.stage for c in answer.cuts if c.line == 1] == list(STAGES)


def test_a_shops_offer_touches_that_shop_and_goods_that_it_names():
    goods = [good(1), good(2, merchant_id=OTHER), good(3, category="pots"), good(4, category="x", within=["pots"])]
    assert {c.line for c in rate(goods, draft(rule=Percent(1_000))).cuts} == {1, 3, 4}
    assert {c.line for c in rate(goods, draft(rule=Percent(1_000), categories=["pots"])).cuts} == {3, 4}
    assert {c.line for c in rate(goods, draft("item", Percent(1_000), product_ids=[12], listing_ids=[101])).cuts} == {
        1,
        2,
    }
    assert {c.line for c in rate(goods, draft("cross_shop", Percent(1_000), merchant_ids=[OTHER])).cuts} == {2}


def test_of_a_group_the_best_counts_and_others_combine():
    goods = [good(unit=20_000)]
    ten, twenty = draft(rule=Amount(1_000), group="a"), draft(rule=Amount(2_000), group="a")
    assert off(goods, ten, twenty) == 2_000
    assert off(goods, ten, twenty, draft(rule=Amount(500), group="b"), draft(rule=Amount(50))) == 2_550
    both = [good(1, unit=1_000), good(2, unit=1_000)]
    one, two = draft("item", Amount(100), group="a", listing_ids=[101]), draft("item", Amount(50), group="a")
    assert off(both, one, two) == 150  # item groups are judged line by line


def test_the_best_choice_looks_ahead_where_scopes_cross():
    """A pound more off line 2 now would cost half a line later."""
    goods = [good(1, unit=10_000), good(2, unit=10_000)]
    x, y = (
        draft(rule=Amount(1_000), group="g", listing_ids=[101]),
        draft(rule=Amount(1_100), group="g", listing_ids=[102]),
    )
    half = draft("cross_shop", Percent(5_000), listing_ids=[102])
    assert off(goods, y, half) == 1_100 + 4_450
    assert off(goods, x, y, half) == 1_000 + 5_000


def test_cuts_are_shared_by_largest_remainder_and_never_pass_a_line():
    goods = [good(1, unit=1), good(2, unit=1), good(3, unit=1)]
    assert [(c.line, c.minor) for c in rate(goods, draft(rule=Amount(2))).cuts] == [(1, -1), (2, -1)]
    assert off(goods, draft(rule=Amount(1_000_000))) == 3


def test_what_is_missing_is_told_with_what_it_would_save():
    answer = rate([good(unit=8_000)], draft(rule=Threshold([Tier(10_000, 1_000), Tier(20_000, 3_000)])))
    assert [(n.missing_minor, n.saves_minor) for n in answer.near] == [(2_000, 1_000)]
    answer = rate([good(unit=12_000)], draft(rule=Threshold([Tier(10_000, 1_000), Tier(20_000, 3_000)])))
    assert [(n.missing_minor, n.saves_minor) for n in answer.near] == [(8_000, 2_000)]
    answer = rate([good()], draft(rule=Percent(2_000), min_pieces=3))
    assert [(n.missing_pieces, n.saves_minor) for n in answer.near] == [(2, 2_000)]
    assert rate([good(merchant_id=OTHER)], draft(rule=Amount(1), min_minor=99_999_999)).near == []


def test_a_budget_too_small_leaves_the_promotion_out_and_the_next_best_counts():
    rich, poor = draft(rule=Amount(1_000), group="g"), draft(rule=Amount(2_000), group="g", budget_minor=5_000)
    facts = Facts(purses={2: Purse(5_000, 3_500, 0, 0)})
    assert [u.promotion_id for u in rate([good()], rich, poor, facts=facts).used] == [1]
    facts = Facts(purses={2: Purse(5_000, 3_000, 0, 0)})
    assert [u.promotion_id for u in rate([good()], rich, poor, facts=facts).used] == [2]


# --- properties ------------------------------------------------------------------------------------------------------------

UNITS = st.sampled_from([1, 3, 7, 99, 1_000, 2_990, 10_001])  # yen, cents, fils: minor units are all the same
RULES = st.one_of(
    st.builds(Percent, st.integers(1, 10_000), st.sampled_from([0, 0, 50])),
    st.builds(Amount, st.integers(1, 6_000)),
)
ITEM = st.one_of(
    RULES, st.builds(Fixed, st.integers(0, 3_000)), st.builds(NthPiece, st.integers(2, 4), st.integers(1, 10_000))
)
SUM = st.one_of(
    RULES,
    st.builds(
        lambda a, b, c, d: Threshold([Tier(a, min(b, a)), Tier(a + c, min(b, a) + d)]),
        st.integers(1, 5_000), st.integers(1, 2_000), st.integers(500, 5_000), st.integers(1, 500),
    ),
    st.builds(lambda a, b: Threshold([Tier(a, min(a, b))], every=True), st.integers(1, 5_000), st.integers(1, 900)),
)  # fmt: skip


@st.composite
def baskets(draw, most=4):
    n = draw(st.integers(1, most))
    return [
        good(
            line, draw(st.integers(101, 104)), draw(st.integers(1, 5)), draw(UNITS),
            merchant_id=draw(st.sampled_from([ACME, OTHER])), category=draw(st.sampled_from(["tea", "pots"])),
        )
        for line in range(1, n + 1)
    ]  # fmt: skip


@st.composite
def offers(draw, most=5):
    found = []
    for _ in range(draw(st.integers(0, most))):
        stage = draw(st.sampled_from(STAGES))
        more = dict(
            group=draw(st.sampled_from(["", "g", "h"])),
            min_minor=draw(st.sampled_from([0, 0, 3_000])),
            min_pieces=draw(st.sampled_from([0, 0, 3])),
            categories=draw(st.sampled_from([[], [], ["tea"]])),
            listing_ids=draw(st.sampled_from([[], [], [101, 102]])),
            needs="auto",
        )
        if stage == "shop":
            more["merchant_id"] = draw(st.sampled_from([ACME, OTHER]))
        found.append(draft(stage, draw(ITEM if stage == "item" else SUM), **more))
    return found


@settings(max_examples=300)
@given(baskets(), offers())
def test_money_is_conserved_and_no_line_falls_below_nothing(goods, drafts):
    answer = rate(goods, *drafts)
    by_line = {g.line: g.unit_minor * g.quantity + sum(c.minor for c in answer.cuts if c.line == g.line) for g in goods}
    assert min(by_line.values()) >= 0
    assert all(c.minor < 0 for c in answer.cuts)
    assert {u.promotion_id: u.minor for u in answer.used} == {
        u.promotion_id: sum(c.minor for c in answer.cuts if c.promotion_id == u.promotion_id) for u in answer.used
    }
    assert {c.promotion_id for c in answer.cuts} == {u.promotion_id for u in answer.used}
    assert {h.promotion_id: h.minor for h in answer.holds} == {u.promotion_id: -u.minor for u in answer.used}


@settings(max_examples=300)
@given(baskets(), offers())
def test_the_order_of_the_stages_is_kept_and_a_group_never_meets_itself(goods, drafts):
    answer = rate(goods, *drafts)
    at_most_one = {}
    for g in goods:
        its = [c for c in answer.cuts if c.line == g.line]
        assert [STAGES.index(c.stage) for c in its] == sorted(STAGES.index(c.stage) for c in its)
        for c in its:
            if group := drafts[c.promotion_id - 1].group:
                scope = g.line if c.stage == "item" else g.merchant_id if c.stage == "shop" else 0
                assert at_most_one.setdefault((c.stage, scope, group), c.promotion_id) == c.promotion_id


@settings(max_examples=400)
@given(baskets(3), offers(4), st.data())
def test_a_promotion_more_never_makes_it_dearer(goods, drafts, data):
    """Exact up to as many choices as are tried (`rating.STATES`); these baskets have fewer."""
    more = data.draw(offers(1).filter(bool))
    assert off(goods, *drafts, *more) >= off(goods, *drafts)


@settings(max_examples=200)
@given(baskets(), offers(), st.randoms(use_true_random=False))
def test_however_the_basket_is_told_the_total_is_the_same(goods, drafts, chance):
    told = list(goods)
    chance.shuffle(told)
    assert off(told, *drafts) == off(goods, *drafts)


@settings(max_examples=200)
@given(baskets(), offers())
def test_where_scopes_are_nested_the_best_of_each_is_the_best_of_all(goods, drafts):
    """The quick way and the way that tries everything agree wherever the quick one is taken."""
    from jishi.goods.promotions import rating

    at = ordered(goods)
    sums = [g.unit_minor * g.quantity for g in at]
    candidates = [candidate(x, 0, p, sums) for x, p in Index(lives(*drafts)).found(at, 1)]
    nodes = nodes_of(candidates)
    if not nested(nodes):
        return
    start = tuple(sums)
    quantities = [g.quantity for g in at]
    quick = rating._best_each(nodes, start, quantities)
    whole = rating._best_of_all(nodes, start, quantities)
    assert rating.least(at, quick) == rating.least(at, whole)
    assert choose(at, candidates) == quick
