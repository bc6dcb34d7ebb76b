"""What the demo's shelves say of themselves."""

import re
from collections import Counter
from itertools import product as combinations

import pytest

from jishi.goods.catalog import is_gtin
from jishi.sandbox.demo.bulk import goods
from jishi.sandbox.demo.fill import COUNTED, gtin, sku_code
from jishi.sandbox.demo.goods import DemoProduct
from jishi.sandbox.demo.houses import LAST_GONE, MERCHANTS, SOLD_OUT, WAREHOUSES
from jishi.sandbox.demo.matrix import BLIND, choices
from jishi.sandbox.demo.pictures import drawing
from jishi.sandbox.demo.shelves import BY_HANDLE, SHELVES
from jishi.sandbox.demo.things import NAMES
from jishi.sandbox.demo.tree import ATTRIBUTES, BRANDS, CATEGORIES, LEAVES

HAN = re.compile(r"[\u4e00-\u9fff]")


def texts(item: DemoProduct) -> list[dict[str, str]]:
    options = [t for o in item.options for t in (o.names, *(v.names for v in o.values))]
    return [item.names, item.summaries, *item.story, *options, *(t for pair in item.specs for t in pair)]


@pytest.mark.parametrize("item", SHELVES, ids=lambda p: p.handle)
def test_a_product_is_whole_in_both_languages(item: DemoProduct) -> None:
    for text in texts(item):
        assert set(text) == {"zh-CN", "en"}
        assert all(text.values())
        assert not HAN.search(text["en"]), text["en"]
    assert HAN.search(item.names["zh-CN"])
    assert HAN.search(item.story[0]["zh-CN"])


@pytest.mark.parametrize("item", SHELVES, ids=lambda p: p.handle)
def test_a_product_names_what_there_is(item: DemoProduct) -> None:
    known = {a.code: a for a in ATTRIBUTES}
    above = {item.category, next(c.parent for c in CATEGORIES if c.code == item.category)}
    assert item.category in LEAVES
    assert item.merchant in {m.handle for m in MERCHANTS}
    assert item.beside in BY_HANDLE
    assert item.brand in {"", *BRANDS}
    assert item.was == 0 or item.was > item.price > 0
    for code, value in item.facts.items():
        attribute = known[code]
        assert above & set(attribute.categories), code
        kinds: dict[str, type | tuple[type, ...]] = {"flag": bool, "number": (int, float), "choice": str}
        assert isinstance(value, kinds[attribute.kind]), code
        assert attribute.kind != "choice" or value in dict(attribute.values), (code, value)
    look = item.look
    assert set(look.props) | ({look.motif} - {""}) <= set(NAMES)
    assert look.shape in NAMES if look.thing else drawing(look.shape)


def test_titles_handles_and_skus_are_unique() -> None:
    for names in ([p.handle for p in SHELVES], *([p.names[locale] for p in SHELVES] for locale in ("zh-CN", "en"))):
        assert [n for n, times in Counter(names).items() if times > 1] == []
    codes = [sku_code(p, chosen) for p in SHELVES for chosen in combinations(*[o.values for o in p.options])]
    assert len(codes) == len(set(codes))


def test_every_shelf_is_filled() -> None:
    held = Counter(p.category for p in SHELVES)
    assert len(SHELVES) >= 300
    assert {leaf: held[leaf] for leaf in LEAVES if held[leaf] < 5} == {}
    assert len(LEAVES) == 30
    assert {p.merchant for p in SHELVES} == {m.handle for m in MERCHANTS}
    assert len({w.region.country for w in WAREHOUSES}) == 3
    assert len(WAREHOUSES) == 6


def test_some_are_sold_out_and_some_reduced_and_many_have_a_unit_price() -> None:
    assert len(SOLD_OUT) >= 5
    assert set(BY_HANDLE) >= SOLD_OUT | LAST_GONE
    assert sum(p.was > 0 for p in SHELVES) >= 40
    assert sum(p.measure is not None for p in SHELVES) >= 50


def test_gtins_have_their_check_digit() -> None:
    codes = [sku_code(p, chosen) for p in SHELVES if p.category in COUNTED for chosen in combinations(*[o.values for o in p.options])]  # fmt: skip
    made = [gtin(code) for code in codes]
    assert len(set(made)) == len(made) > 200
    assert all(is_gtin(g) for g in made)


def test_the_blind_has_ten_thousand_choices() -> None:
    every = {tuple(v.code for v in chosen) for chosen in choices(BLIND.options)}
    assert len(every) == 10_000
    assert len(BLIND.options) == 5
    for text in texts(BLIND):
        assert not HAN.search(text["en"])


def test_generated_goods_are_the_same_at_every_run() -> None:
    many = list(goods(2_000))
    assert many == list(goods(2_000))
    assert len({p.handle for p in many}) == len({p.names["en"] for p in many}) == 2_000
