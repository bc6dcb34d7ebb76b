"""The real catalogue of @vendure/create, and what its format can also say."""

import pytest

from jishi.goods.catalog import Categories, PageQuery
from jishi.importing import ImportPlan, Trouble
from jishi.importing.rows import Table
from jishi.importing.sources import credit_of
from jishi.importing.story import reader
from jishi.importing.terms import Report
from tests.kit import STAFF, buyer

HEAD = "name,slug,description,assets,facets,optionGroups,optionValues,sku,price,taxCategory,stockOnHand,trackInventory,variantAssets,variantFacets"


def read(tmp_path, text: str, **plan):
    file = tmp_path / "v.csv"
    file.write_text(text, encoding="utf-8")
    with file.open("rb") as opened:
        return list(reader(Table(opened), ImportPlan(1, 1, **{"currency": "USD", **plan}), Report()))


async def test_the_real_catalogue_goes_in_whole_with_its_photographers(shop, vendure_small):
    vendure, steps = vendure_small, []
    report = await shop.load(
        vendure, market="US", currency="USD", tax_included=False, told=lambda done, of, r: steps.append((done, of))
    )
    assert (report.format, report.rows, report.products, report.variants, report.refused) == ("vendure", 88, 54, 88, 0)
    assert (report.prices, report.pieces, report.pictures, report.more) == (88, 8_800, 54, 0)
    assert [(t.line, t.column, t.key, t.product, t.refused, t.params["code"]) for t in report.troubles] == [
        (88, "sku", "importing.sku_twice", "modern-cafe-chair", False, "404.038.96-mint"),
        (89, "sku", "importing.sku_twice", "modern-cafe-chair", False, "404.038.96-pearl"),
    ]
    assert steps == sorted(steps)
    assert steps[-1][0] == steps[-1][1] == vendure.stat().st_size
    products = await shop.products()
    assert (len(products), sum(len(p.skus) for p in products)) == (54, 88)
    assert all(p.pictures and p.pictures[0].credit.startswith("Photo: ") for p in products)
    assert {p.handle: p.pictures[0].sizes for p in products if p.pictures[0].sizes != [200]} == {
        "laptop": [200, 400, 800, 1200]
    }
    assert sum(len(p.pictures[0].sizes) for p in products) == len(shop.files.kept)
    by_handle = {p.handle: p for p in products}
    laptop, shoe = by_handle["laptop"], by_handle["ultraboost-running-shoe"]
    assert laptop.pictures[0].credit == "Photo: Derick David / Unsplash"
    assert (laptop.names, laptop.brand_names["en"], laptop.category) == ({"en": "Laptop"}, "Apple", "computers")
    assert [o.code for o in laptop.options] == ["screen-size", "ram"]
    assert [(s.code, s.chosen) for s in laptop.skus] == [
        ("L2201308", {"screen-size": "13-inch", "ram": "8gb"}),
        ("L2201508", {"screen-size": "15-inch", "ram": "8gb"}),
        ("L2201316", {"screen-size": "13-inch", "ram": "16gb"}),
        ("L2201516", {"screen-size": "15-inch", "ram": "16gb"}),
    ]
    assert [(o.code, o.names) for o in shoe.options] == [("shoe-size", {"en": "size"})]
    assert shoe.specs == [({"en": "color"}, {"en": "blue, pink"})]
    assert "it’s propelling" in shoe.descriptions["en"] or "it’s" in by_handle["tablet"].descriptions["en"]
    tree = {c.code: c.parent for c in (await shop.doors.catalog.categories(STAFF, Categories())).rows}
    assert tree == {
        "electronics": "", "computers": "electronics", "photo": "electronics", "sports-outdoor": "",
        "equipment": "sports-outdoor", "footwear": "sports-outdoor", "home-garden": "", "plants": "home-garden",
        "furniture": "home-garden",
    }  # fmt: skip
    page = await shop.doors.catalog.page(buyer(), PageQuery(category="electronics", limit=100))
    assert len(page.cards) == 20
    inside = await shop.picture_of()
    assert inside["laptop"][8][0][8] == [("USD", "US", 129_900, 0, False, 0)]
    assert inside["ethernet-cable"][1]["en"].count("|") == 3  # a text is no list
    again = await shop.load(vendure, market="US", currency="USD", tax_included=False)
    assert await shop.picture_of() == inside
    assert again.troubles == report.troubles


async def test_without_its_pictures_every_one_is_named(shop, vendure, tmp_path):
    report = await shop.load(vendure, images=str(tmp_path))
    assert (report.products, report.variants, report.pieces, report.pictures) == (54, 88, 8_800, 0)
    assert [t.key for t in report.troubles if t.column == "assets"] == ["importing.picture_missing"] * 54
    assert await shop.load(vendure, images=str(tmp_path)) == report


def test_the_real_file_is_read_to_its_last_price(vendure):
    with vendure.open("rb") as opened:
        items = list(reader(Table(opened), ImportPlan(1, 1, currency="USD"), Report()))
    found = [i for i in items if not isinstance(i, Trouble)]
    assert (len(found), sum(len(d.variants) for d in found)) == (54, 88)
    assert sum(v.minor for d in found for v in d.variants) == 3_038_965
    assert all((vendure.parent / "images" / p.source).is_file() for d in found for p in d.pictures)
    assert sum(len(d.pictures) for d in found) == 54


def test_columns_in_languages(tmp_path):
    head = "name:en,name:zh_Hans,slug:en,slug:zh_Hans,description,facets:en,facets:zh_Hans,optionGroups:en,optionGroups:zh_Hans,optionValues:en,optionValues:zh_Hans,sku,price"
    rows = (
        'Cup,杯子,cup,beizi,Steel,"category:Tea|brand:Hearth|colour:green","类目:茶具|brand:Hearth|颜色:绿",size:s,容量,Small,小,C1,9.90',
        ",,,,,,,,,Large,大,C2,12",
    )
    (draft,) = read(tmp_path, "\n".join((head, *rows)))
    assert (draft.handle, draft.names) == ("cup", {"en": "Cup", "zh-CN": "杯子"})
    assert draft.descriptions == {"en": "Steel", "zh-CN": "Steel"}
    assert (draft.categories, draft.brand) == ([{"en": "Tea", "zh-CN": "茶具"}], "Hearth")
    assert draft.specs == [({"en": "colour", "zh-CN": "颜色"}, {"en": "green", "zh-CN": "绿"})]
    assert [(o.code, o.names) for o in draft.options] == [("s", {"en": "size", "zh-CN": "容量"})]
    assert [(v.code, v.values, v.minor) for v in draft.variants] == [
        ("C1", [{"en": "Small", "zh-CN": "小"}], 990),
        ("C2", [{"en": "Large", "zh-CN": "大"}], 1200),
    ]
    (chinese,) = read(tmp_path, "\n".join((head, *rows)), locale="zh-CN")
    assert chinese.handle == "beizi"


BAD = [
    (",,,,,,,C0,1,,,,,\nCup,cup,,,,,,C1,2,,,,,", [(2, "name", "orphan")], 1),
    ("Cup,cup,,,,,,C1,,,,,,", [(2, "price", "price_missing")], 0),
    ("Cup,cup,,,,size,,C1,2,,,,,", [(2, "optionValues", "option_count")], 0),
    ("Cup,cup,,,,size,S|Red,C1,2,,,,,", [(2, "optionValues", "option_count")], 0),
    ("Cup,cup,,,,size|size,S|M,C1,2,,,,,", [], 1),
    ("Cup,cup,,,,a:x|b:x,S|M,C1,2,,,,,", [(2, "optionGroups", "option_name")], 0),
    ("Cup,cup,,,,size,S,C1,2,,,,,\n,,,,,,S,C2,2,,,,,", [(3, "sku", "variant_twice")], 0),
    ("Cup,cup,,,,size,S,C1,2,,,,,\n,,,,,,M,C2,x,,,,,", [(3, "price", "price")], 0),
    ("Cup,cup,,,nothing,,,C1,2,,,,,", [(2, "facets", "facet")], 0),
    ("Cup,cup,,,,,,C1,2,,lots,,,", [(2, "stockOnHand", "number")], 0),
    ("Cup,cup,,,,,,C1,2,,5,false,,", [(2, "trackInventory", "untracked")], 1),
    ("Cup,cup,,,,,,C1,2,,5,often,,", [(2, "trackInventory", "flag")], 0),
    ("Cup,cup,,,,,,C1,2,,,,,\nCup,cup,,,,,,C2,2,,,,,", [(3, "slug", "handle_again")], 1),
    (",cup,Text,,,,,C1,2,,,,,\nBowl,bowl,,,,,,B1,2,,,,,", [(2, "name", "title")], 1),
    ("Cup,cup,,,,,,C1,2\nBowl,bowl,,,,,,B1,2,,,,,", [(2, "", "cells")], 1),
    ("Cup,cup,,,,,,,2,,,,,", [], 1),
]


@pytest.mark.parametrize(("rows", "told", "good"), BAD)
def test_what_is_wrong_is_named(tmp_path, rows, told, good):
    items = read(tmp_path, f"{HEAD}\n{rows}\n")
    troubles = [i for i in items if isinstance(i, Trouble)]
    assert [(t.line, t.column, t.key.removeprefix("importing.")) for t in troubles] == told
    assert len(items) - len(troubles) == good


def test_variants_have_pictures_of_their_own(tmp_path):
    rows = "Cup,,,a.png|b.png,,size,S,C1,2,,,,b.png,\n,,,,,,M,,2,,,,c.png | a.png,"
    (draft,) = read(tmp_path, f"{HEAD}\n{rows}\n")
    assert (draft.handle, [p.source for p in draft.pictures]) == ("Cup", ["a.png", "b.png", "c.png"])
    assert [(v.code, v.pictures) for v in draft.variants] == [("C1", ["b.png"]), ("Cup-m", ["c.png", "a.png"])]


def test_photographers_are_named_by_their_files():
    assert credit_of("images/annie-spratt-78044-unsplash.jpg") == "Photo: Annie Spratt / Unsplash"
    assert (
        credit_of("oscar-ivan-esquivel-arteaga-687447-unsplash.jpg") == "Photo: Oscar Ivan Esquivel Arteaga / Unsplash"
    )
    assert credit_of("chuttersnap-324234-unsplash.jpg") == "Photo: Chuttersnap / Unsplash"
    assert credit_of("holiday.jpg") == credit_of("unsplash.jpg") == ""
