"""Rate tables written whole, read back, and plans made from them on each engine."""

import msgspec
import pytest

from jishi.goods.shipping import NotDeliverable, PlanItem, PlanQuery, PutRates, RateDraft, RateList, RatesOf, Source
from jishi.goods.shipping.service import ShippingService
from jishi.goods.shipping.tables import module
from jishi.grants import grants
from jishi.kernel import Database, Forbidden, Invalid
from jishi.kernel.i18n import LOCALES, t
from jishi.kernel.place import Region
from tests.kit import STAFF, buyer, clerk, module as via

CHECKOUT = via("trade.checkout")
RATES = [
    RateDraft("standard", "CNY", "CN", first_minor=800, more_minor=200),
    RateDraft("standard", "CNY", "CN", "西藏", first_minor=2500, more_minor=1200, days_min=5, days_max=9),
    RateDraft("express", "CNY", "*", warehouse_id=10, first_minor=9000, free_from_minor=99_900),
]


@pytest.fixture
def shipping(engine):
    return ShippingService(Database(engine, module), grants())


def asked(country="CN", province="浙江", merchant=5, **more):
    return PlanQuery(Region(country, province), "CNY", [PlanItem(1, merchant, 2, 600, 5000, [Source(10, 9)])], **more)


async def test_rates_are_replaced_whole_and_plans_follow(shipping):
    await shipping.put_rates(clerk(5), PutRates(5, RATES))
    await shipping.put_rates(STAFF, PutRates(6, RATES[:1]))
    assert await shipping.rates(clerk(5), RatesOf(5)) == RateList(RATES)
    (near,), (far,), (abroad,) = [
        (await shipping.plan(CHECKOUT, asked(*to))).parcels for to in (("CN",), ("CN", "西藏自治区"), ("FR", ""))
    ]
    assert [(p.service, p.freight_minor, p.days_max) for p in (near, far, abroad)] == [
        ("standard", 1000, 3),
        ("standard", 3700, 9),
        ("express", 9000, 3),
    ]
    assert [o.service for o in near.options] == ["standard", "express"]
    await shipping.put_rates(clerk(5), PutRates(5, RATES[2:]))
    assert await shipping.rates(STAFF, RatesOf(5)) == RateList(RATES[2:])
    assert [p.freight_minor for p in (await shipping.plan(CHECKOUT, asked())).parcels] == [9000]
    assert [p.freight_minor for p in (await shipping.plan(CHECKOUT, asked(merchant=6))).parcels] == [1000]
    await shipping.put_rates(clerk(5), PutRates(5, []))
    with pytest.raises(NotDeliverable):
        await shipping.plan(CHECKOUT, asked())


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("service", ""),
        ("service", "x" * 33),
        ("currency", "yuan"),
        ("country", "China"),
        ("first_g", -1),
        ("first_minor", -1),
        ("more_g", 0),
        ("more_minor", -1),
        ("free_from_minor", -1),
        ("days_min", -1),
        ("days_max", 0),
        ("province", "x" * 65),
    ],
)
async def test_a_wrong_rate_is_named_and_nothing_changes(shipping, field, value):
    await shipping.put_rates(STAFF, PutRates(5, RATES))
    wrong = [RATES[0], msgspec.structs.replace(RATES[1], **{field: value})]
    with pytest.raises(Invalid) as e:
        await shipping.put_rates(STAFF, PutRates(5, wrong))
    assert f"rates.1.{field}" in [x.field for x in e.value.errors]
    assert await shipping.rates(STAFF, RatesOf(5)) == RateList(RATES)


async def test_two_rates_for_one_way_and_too_many_are_refused(shipping):
    twice = [RATES[1], msgspec.structs.replace(RATES[1], province="西藏自治区", first_minor=1)]
    many = [RateDraft(f"s{i}", "CNY", "CN") for i in range(201)]
    for wrong in (twice, many):
        with pytest.raises(Invalid):
            await shipping.put_rates(STAFF, PutRates(5, wrong))
    assert await shipping.rates(STAFF, RatesOf(5)) == RateList([])


async def test_nobody_writes_anothers_rates_and_a_clerk_does_not_read_them(shipping):
    await shipping.put_rates(STAFF, PutRates(5, RATES))
    for who in (clerk(6), buyer()):
        with pytest.raises(Forbidden):
            await shipping.put_rates(who, PutRates(5, []))
        with pytest.raises(Forbidden):
            await shipping.plan(who, asked())
    with pytest.raises(Forbidden):
        await shipping.rates(clerk(6), RatesOf(5))
    assert await shipping.rates(buyer(), RatesOf(5)) == RateList(
        RATES
    )  # what delivery costs stands on the product page
    assert await shipping.rates(STAFF, RatesOf(5)) == RateList(RATES)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda i: [],
        lambda i: [i, i],
        lambda i: [msgspec.structs.replace(i, line=n) for n in range(101)],
        lambda i: [msgspec.structs.replace(i, quantity=0)],
        lambda i: [msgspec.structs.replace(i, weight_g=-1)],
        lambda i: [msgspec.structs.replace(i, value_minor=-1)],
        lambda i: [msgspec.structs.replace(i, sources=[Source(1, 1), Source(1, 1)])],
        lambda i: [msgspec.structs.replace(i, sources=[Source(n, 1) for n in range(51)])],
    ],
)
async def test_a_wrong_plan_is_refused(shipping, wrong):
    await shipping.put_rates(STAFF, PutRates(5, RATES))
    query = asked()
    with pytest.raises(Invalid):
        await shipping.plan(CHECKOUT, msgspec.structs.replace(query, items=wrong(query.items[0])))


async def test_every_reason_is_a_sentence_in_both_languages(shipping):
    await shipping.put_rates(STAFF, PutRates(5, [*RATES, RateDraft("economy", "CNY", "CN", free_from_minor=1)]))
    one, other = asked().items[0], PlanItem(2, 5, 1, 10, 1, [Source(11, 1)])
    queries = [
        asked(services={5: "standard"}),
        asked(),
        msgspec.structs.replace(asked(services={5: "standard"}), items=[one, other]),
        msgspec.structs.replace(asked(), items=[msgspec.structs.replace(one, sources=[Source(10, 1), Source(11, 1)])]),
    ]
    reasons = [r for q in queries for p in (await shipping.plan(CHECKOUT, q)).parcels for r in (p.reason, p.choice)]
    assert {r.key for r in reasons} == {
        "shipping.reason.weight",
        "shipping.reason.free",
        "shipping.reason.share",
        "shipping.choice.whole",
        "shipping.choice.parts",
        "shipping.choice.split",
    }
    for locale in LOCALES:
        for r in reasons:
            assert "{" not in t(r.key, locale, **r.inputs)
