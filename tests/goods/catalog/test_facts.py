"""Attributes, brands, units, size guides and categories: what a product may be told by, and by what it is found."""

import pytest
from hypothesis import given, strategies as st
from msgspec.structs import replace

from jishi.goods.catalog import (
    AttributesQuery,
    AttributeValue,
    BrandsQuery,
    DisplayQuery,
    DropDisplayCategory,
    Measure,
    PutAttribute,
    PutBrand,
    PutDisplayCategory,
    SizeGuide,
    SizeRow,
    SkuDraft,
    UnitPrice,
    unit_price,
)
from jishi.goods.catalog.units import BASES, MEASURED, UNITS, number_in
from jishi.kernel import Forbidden, Invalid
from tests.kit import STAFF, clerk

from .kit import ACME, CUP, GUEST, PLAIN

VOLUME = PutAttribute("volume", {"en": "Volume", "zh-CN": "容量"}, "number", "ml", categories=["cups"], position=1)
STEEL = PutAttribute(
    "material", {"en": "Material"}, "choice", values=[AttributeValue("steel", {"en": "Steel"}), AttributeValue("clay", {"en": "Clay"})]
)  # fmt: skip
SAFE = PutAttribute("dishwasher", {"en": "Dishwasher safe"}, "flag", categories=["kitchen"], position=2)


@pytest.fixture
async def told(shelf):
    await shelf.category("kitchen")
    await shelf.category("cups", "kitchen")
    await shelf.category("tea")
    for attribute in (VOLUME, STEEL, SAFE):
        await shelf.service.put_attribute(STAFF, attribute)
    return shelf


async def test_attributes_are_those_of_a_category_and_all_above_it(told):
    async def codes(category: str = "") -> list[str]:
        return [a.code for a in (await told.service.attributes(GUEST, AttributesQuery(category))).rows]

    assert await codes() == ["material", "volume", "dishwasher"]
    assert await codes("cups") == ["material", "volume", "dishwasher"]
    assert await codes("kitchen") == ["material", "dishwasher"]
    assert await codes("tea") == await codes("nowhere") == ["material"]
    await told.service.put_attribute(STAFF, replace(VOLUME, unit="l", position=9))
    (volume,) = [a for a in (await told.service.attributes(GUEST, AttributesQuery("cups"))).rows if a.code == "volume"]
    assert (volume.unit, volume.position) == ("l", 9)


async def test_facts_are_kept_in_the_attributes_unit(told):
    facts = {"volume": "0.48 l", "material": "steel", "dishwasher": False}
    made = await told.put(replace(CUP, category="cups", facts=facts))
    assert made.facts == {"volume": 480, "material": "steel", "dishwasher": False}
    assert await told.put(replace(CUP, category="cups", facts=facts | {"volume": 480})) == made  # the same fact
    assert (await told.product(made.id)).facts == made.facts


@pytest.mark.parametrize(
    ("category", "facts", "wrong"),
    [
        ("cups", {"colour": "red"}, {"facts.colour": "attribute.none"}),
        ("tea", {"volume": 480}, {"facts.volume": "attribute.category"}),
        ("", {"dishwasher": True}, {"facts.dishwasher": "attribute.category"}),
        ("cups", {"volume": "480 g"}, {"facts.volume": "unit.wrong"}),
        ("cups", {"volume": "a lot"}, {"facts.volume": "unit.wrong"}),
        ("cups", {"volume": True}, {"facts.volume": "unit.wrong"}),
        ("cups", {"volume": "1e5"}, {"facts.volume": "unit.wrong"}),
        ("cups", {"volume": float("nan")}, {"facts.volume": "unit.wrong"}),
        ("cups", {"volume": float("inf")}, {"facts.volume": "unit.wrong"}),
        ("cups", {"material": "gold"}, {"facts.material": "fact.choice"}),
        ("cups", {"material": 5}, {"facts.material": "fact.choice"}),
        ("cups", {"dishwasher": "yes"}, {"facts.dishwasher": "fact.flag"}),
        ("cups", {"dishwasher": 1, "none": 2}, {"facts.dishwasher": "fact.flag", "facts.none": "attribute.none"}),
    ],
)
async def test_every_wrong_fact_is_named_and_nothing_is_kept(told, category, facts, wrong):
    before = await told.counts()
    with pytest.raises(Invalid) as e:
        await told.put(replace(CUP, category=category, facts=facts))
    assert {x.field: x.code for x in e.value.errors} == wrong
    assert await told.counts() == before


@pytest.mark.parametrize(
    ("cmd", "field"),
    [
        (replace(VOLUME, code="A b"), "code"),
        (replace(VOLUME, names={}), "names"),
        (replace(VOLUME, kind="text"), "kind"),
        (replace(VOLUME, kind="flag"), "kind"),
        (replace(VOLUME, unit="ell"), "unit"),
        (replace(STEEL, unit="ml"), "unit"),
        (replace(STEEL, values=[]), "values"),
        (replace(STEEL, values=[STEEL.values[0]] * 2), "values"),
        (replace(VOLUME, values=STEEL.values), "values"),
        (replace(STEEL, values=[AttributeValue("S T", {"en": "x"})]), "values.S T"),
        (replace(VOLUME, categories=["nowhere"]), "categories.nowhere"),
        (replace(VOLUME, position=-1), "position"),
    ],
)
async def test_an_attribute_that_makes_no_sense_is_refused(told, cmd, field):
    before = (await told.service.attributes(STAFF, AttributesQuery())).rows
    with pytest.raises(Invalid) as e:
        await told.service.put_attribute(STAFF, cmd)
    assert field in [x.field for x in e.value.errors]
    assert (await told.service.attributes(STAFF, AttributesQuery())).rows == before


async def test_only_staff_says_what_goods_are_told_by(told):
    for ctx in (clerk(ACME), GUEST):
        with pytest.raises(Forbidden):
            await told.service.put_attribute(ctx, VOLUME)
        with pytest.raises(Forbidden):
            await told.service.put_brand(ctx, PutBrand("x", {"en": "X"}))


async def test_a_brand_is_made_of_its_name_once(shelf):
    made = await shelf.put()
    again = await shelf.put(replace(PLAIN, brand=" HEARTH "))
    assert (made.brand, again.brand, again.brand_names) == ("hearth", "hearth", {"en": "Hearth"})
    await shelf.service.put_brand(STAFF, PutBrand("hearth", {"en": "Hearth & Co", "zh-CN": "炉边"}))
    assert (await shelf.product(made.id)).brand_names == {"en": "Hearth & Co", "zh-CN": "炉边"}
    han = await shelf.put(replace(PLAIN, handle="x", brand="炉边", skus=[SkuDraft("X")]))
    assert (han.brand[:2], han.brand_names) == ("p-", {"zh-CN": "炉边"})
    assert [b.code for b in (await shelf.service.brands(GUEST, BrandsQuery())).rows] == ["hearth", han.brand]
    assert [b.names for b in (await shelf.service.brands(GUEST, BrandsQuery(["hearth", "none"]))).rows] == [
        {"en": "Hearth & Co", "zh-CN": "炉边"}
    ]
    with pytest.raises(Invalid):
        await shelf.service.put_brand(STAFF, PutBrand("No", {}))


async def test_a_size_guide_and_measures_are_kept(shelf):
    guide = SizeGuide(
        [{"en": "Chest"}],
        [SizeRow({"en": "S"}, [(860, 900)]), SizeRow({"en": "M"}, [(0, 0)])],
        {"en": "At the widest."},
    )
    skus = [replace(CUP.skus[0], measure=Measure(250, "g")), CUP.skus[1]]
    made = await shelf.put(replace(CUP, size_guide=guide, skus=skus, origins={"en": "machine", "zh-CN": "human"}))
    assert (made.size_guide, made.origins) == (guide, {"en": "machine", "zh-CN": "human"})
    assert [s.measure for s in made.skus] == [Measure(250, "g"), None]
    for wrong, field in (
        (replace(CUP, size_guide=replace(guide, rows=[SizeRow({"en": "S"}, [])])), "size_guide.rows.0"),
        (replace(CUP, size_guide=replace(guide, rows=[SizeRow({"en": "S"}, [(900, 860)])])), "size_guide.rows.0"),
        (replace(CUP, size_guide=replace(guide, columns=[{}])), "size_guide"),
        (replace(CUP, origins={"en": "robot"}), "origins"),
        (replace(CUP, skus=[replace(CUP.skus[0], measure=Measure(0, "g"))]), "skus.CUP-G-480.measure"),
        (replace(CUP, skus=[replace(CUP.skus[0], measure=Measure(5, "W"))]), "skus.CUP-G-480.measure"),
    ):
        with pytest.raises(Invalid) as e:
            await shelf.put(wrong)
        assert [x.field for x in e.value.errors] == [field]
    assert await shelf.product(made.id) == made


async def tree(shelf, storefront: str = "main") -> list[tuple[str, str, list[str]]]:
    return [
        (c.code, c.parent, c.categories) for c in (await shelf.service.display(GUEST, DisplayQuery(storefront))).rows
    ]


async def test_a_storefront_without_a_tree_of_its_own_mirrors_the_operating_one(told):
    assert await tree(told) == [("cups", "kitchen", ["cups"]), ("kitchen", "", ["kitchen"]), ("tea", "", ["tea"])]
    await told.put(replace(CUP, category="cups"))
    assert await told.found(category="kitchen", storefront="main") == ["travel-cup"]


async def test_a_display_tree_shows_goods_in_its_own_order(told):
    await told.put(replace(CUP, category="cups"))
    await told.put(replace(PLAIN, category="tea"))

    async def put(code: str, *shown: str, parent: str = "", **more):
        return await told.service.put_display(
            STAFF, PutDisplayCategory("main", code, {"en": code}, parent, categories=list(shown), **more)
        )

    await put("gifts", position=2)
    await put("warm", "tea", "kitchen", parent="gifts")
    await put("desk", "cups")
    assert await tree(told) == [("desk", "", ["cups"]), ("warm", "gifts", ["tea", "kitchen"]), ("gifts", "", [])]
    assert len(await tree(told, "other-shop")) == 3  # the mirror
    assert await told.found(category="gifts", storefront="main", sort="name") == ["plain-bowl", "travel-cup"]
    assert await told.found(category="desk", storefront="main") == ["travel-cup"]
    assert await told.found(category="kitchen", storefront="main") == []
    assert await told.found(category="kitchen") == ["travel-cup"]
    await put("gifts", parent="desk")
    assert ("warm", "gifts", ["tea", "kitchen"]) in await tree(told)
    assert sorted(await told.found(category="desk", storefront="main")) == ["plain-bowl", "travel-cup"]
    for wrong in (dict(parent="warm"), dict(parent="none")):
        with pytest.raises(Invalid):
            await put("desk", **wrong)
    with pytest.raises(Invalid):
        await put("desk", "nowhere")
    await told.service.drop_display(STAFF, DropDisplayCategory("main", "gifts"))
    assert await tree(told) == [("desk", "", ["cups"])]
    await told.service.drop_display(STAFF, DropDisplayCategory("main", "desk"))
    assert len(await tree(told)) == 3
    with pytest.raises(Invalid):
        await told.service.drop_display(STAFF, DropDisplayCategory("main", "desk"))


@pytest.mark.parametrize(
    ("minor", "measure", "hundred", "expected"),
    [
        (12_900, Measure(250, "g"), True, UnitPrice(5_160, 100, "g")),
        (12_900, Measure(250, "g"), False, UnitPrice(51_600, 1, "kg")),
        (12_900, Measure(251, "g"), True, UnitPrice(51_394, 1, "kg")),
        (1_999, Measure(750, "ml"), False, UnitPrice(2_665, 1, "l")),
        (1_000, Measure(1_000, "g"), False, None),  # it is the price itself
        (1_000, Measure(100, "ml"), True, None),
        (1_000, Measure(12, "pc"), True, UnitPrice(83, 1, "pc")),
        (1_000, Measure(1, "pc"), True, None),
        (5, Measure(8, "m"), False, UnitPrice(1, 1, "m")),  # 0.625 rounds up
        (5, Measure(10, "m"), False, UnitPrice(1, 1, "m")),  # a half rounds up
        (9_900, Measure(15_000, "cm2"), False, UnitPrice(6_600, 1, "m2")),
        (9_900, None, True, None),
    ],
)
def test_unit_prices_follow_the_directive(minor, measure, hundred, expected):
    assert unit_price(minor, measure, hundred=hundred) == expected


@given(st.integers(1, 10**9), st.integers(1, 10**6), st.sampled_from(MEASURED), st.booleans())
def test_a_unit_price_times_what_is_held_is_the_price(minor, amount, unit, hundred):
    found = unit_price(minor, Measure(amount, unit), hundred=hundred)
    if found is not None:
        held, asked = amount * UNITS[unit][1], found.per * UNITS[found.unit][1]
        assert 2 * abs(found.minor * held - minor * asked) <= held
    assert {UNITS[u][0] for u in MEASURED} == set(BASES)


@pytest.mark.parametrize(
    ("told", "unit", "number"),
    [(5, "ml", 5), ("5", "", 5), ("0.5 l", "ml", 500), ("1.5kg", "g", 1_500), (2.5, "W", 2.5), ("1 in", "mm", 25.4),
     ("5 l", "g", None), ("5 g", "", None), ("", "g", None), ("５", "g", None), (True, "", None), ("1000000000000000", "", None),
     ("0.0004", "", 0), ("-18 °C", "°C", -18)],
)  # fmt: skip
def test_numbers_with_units(told, unit, number):
    assert number_in(told, unit) == number
