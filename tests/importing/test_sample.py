"""Sixty lines with something of everything: what is good goes in, what is not is named by line and column."""

from collections import Counter
from io import BytesIO

import pytest

from jishi.goods.catalog import Categories, Measure
from jishi.importing import ImportPlan, NoColumns, Trouble, UnknownFormat, shopify
from jishi.importing.rows import Table
from jishi.importing.story import reader
from jishi.importing.terms import Report
from jishi.kernel.i18n import Catalogues
from tests.kit import STAFF

from .kit import BROKEN, pictures_beside, row, written

REFUSED = [
    (8, "Variant Price", "price"),
    (9, "Variant Price", "price"),
    (10, "Variant Price", "price"),
    (11, "Variant Price", "price_missing"),
    (15, "Variant Inventory Qty", "number"),
    (18, "Option1 Value", "option_value"),
    (20, "Option2 Value", "option_extra"),
    (22, "Variant SKU", "variant_twice"),
    (23, "Option1 Name", "option_name"),
    (24, "Title", "title"),
    (25, "Status", "status"),
    (26, "Gift Card", "gift_card"),
    (27, "Published", "flag"),
    (28, "Handle", "handle"),
    (29, "Variant Grams", "number"),
    (37, "", "cells"),
    (38, "", "cells"),
    (39, "", "encoding"),
    (40, "Handle", "handle_again"),
    (43, "Variant Inventory Qty", "number"),
    (48, "", "quote"),
    (50, "Variant SKU", "sku"),
    (51, "Variant Compare At Price", "price"),
    (52, "Image Position", "number"),
    (53, "Option2 Name", "option_name"),
    (54, "Variant Grams", "number"),
    (60, "Handle", "handle"),
]
NOTED = [
    (6, "Image Src", "picture_remote"),
    (12, "Variant Barcode", "barcode"),
    (12, "Variant Inventory Qty", "oversold"),
    (13, "Variant SKU", "sku_twice"),
    (12, "Image Src", "picture_path"),
    (13, "Image Src", "picture_missing"),
    (55, "Image Src", "picture_path"),
    (56, "Image Src", "picture_path"),
    (58, "Image Src", "picture_remote"),
]
GOOD = ["blank-value", "enamel-mug", "formula", "hidden-hat", "jade-comb", "last-bowl", "linen-shirt", "loud-poster",
        "old-hat", "paper-lantern", "pattern-pdf", "summer-hat", "tea-tin", "text-image", "wool-socks"]  # fmt: skip


def short(troubles: list[Trouble]) -> list[tuple[int, str, str]]:
    return [(t.line, t.column, t.key.removeprefix("importing.")) for t in troubles]


async def test_good_products_go_in_and_each_bad_line_is_named(shop, tmp_path):
    report = await shop.load(pictures_beside(tmp_path))
    by_shop = [t for t in report.troubles if not t.key.startswith("importing.")]
    told = [t for t in report.troubles if t not in by_shop]
    assert short([t for t in told if t.refused]) == REFUSED
    assert Counter(short([t for t in told if not t.refused])) == Counter(NOTED)
    assert [(t.line, t.column, t.key, t.product, t.refused) for t in by_shop] == [
        (41, "Variant SKU", "faults.product.sku_taken", "copy-shirt", True),
        (47, "Image Src", "faults.picture.bad", "text-image", False),
        (57, "Image Src", "faults.picture.bad", "tea-tin", False),
    ]
    assert (report.format, report.rows, report.products, report.variants) == ("shopify", 57, 16, 23)
    assert (report.refused, report.pictures, report.more) == (28, 3, 0)
    inside = await shop.picture_of()
    assert sorted(h for h in inside if not h.startswith("p-")) == GOOD
    assert len(inside) == report.products
    pieces = [n for whole in inside.values() for s in whole[8] for n in s[9]]
    assert sum(pieces) == report.pieces == 1174


async def test_what_went_in_is_what_the_file_says(shop, tmp_path):
    await shop.load(pictures_beside(tmp_path))
    inside = await shop.picture_of()
    names, texts, category, brand, options, _, kind, status, skus, shots = inside["linen-shirt"]
    assert (names, brand, category, kind, status) == (
        {"en": "Linen shirt"}, "Northwind Mill", "shirts", "parcel", "published",
    )  # fmt: skip
    assert texts["en"] == '<p>Washed linen, "softer" every year.</p>\n<ul><li>Made in Portugal</li></ul>'
    assert [(o.code, [v.code for v in o.values]) for o in options] == [
        ("colour", ["sand", "sea"]),
        ("size", ["m", "l"]),
    ]
    assert [(s[0], s[2], s[3], s[8], s[9]) for s in skus] == [
        ("LS-SAND-M", 240, "4006381333931", [("EUR", "DE", 7900, 9900, True, 0)], [12]),
        ("LS-SAND-L", 250, "", [("EUR", "DE", 7900, 9900, True, 0)], [4]),
        ("LS-SEA-M", 240, "", [("EUR", "DE", 8250, 0, True, 0)], []),
    ]
    assert [(alts, sizes) for _, alts, _, sizes in shots] == [
        ({"en": "Sea-blue shirt"}, [200, 400]),
        ({"en": "Sand shirt, front"}, [200, 400]),
    ]
    assert [s[5] for s in skus] == ["", "", shots[0][0]]
    tree = {c.code: c.parent for c in (await shop.doors.catalog.categories(STAFF, Categories())).rows}
    assert (tree["shirts"], tree["apparel"]) == ("apparel", "")
    assert [inside[h][7] for h in ("summer-hat", "old-hat", "hidden-hat")] == ["draft", "archived", "draft"]
    assert inside["pattern-pdf"][6] == "digital"
    assert (inside["formula"][0], inside["formula"][3], inside["formula"][8][0][0]) == (
        {"en": "=2+3 is five"},
        "@home",
        "-5",
    )
    assert inside["loud-poster"][:2] == ({"en": "Poster with blanks"}, {"en": "<p>Print</p>"})
    assert [s[0] for s in inside["wool-socks"][8]] == ["SOCK-39", "SOCK-39-43-46"]
    assert [s[0] for s in inside["blank-value"][8]] == ["SC-R", "blank-value-blue"]
    assert inside["enamel-mug"][4] == []
    assert inside["enamel-mug"][9][0][1] == {"en": "Enamel mug, 350 ml"}  # without a text of its own, the name
    (tea,) = [whole for handle, whole in inside.items() if handle.startswith("p-")]
    assert (tea[0], [s[6] for s in tea[8]]) == ({"en": "龙井茶 2026 明前"}, [{"en": "50 克"}, {"en": "100 克"}])


async def test_every_trouble_has_its_sentence_in_both_languages(shop, tmp_path):
    words = Catalogues()
    for trouble in (await shop.load(pictures_beside(tmp_path))).troubles:
        for locale in ("en", "zh-CN"):
            said = words.t(trouble.key, locale, **trouble.params)
            assert said
            assert "{" not in said


def drafts(rows: list[dict[str, str]], tmp_path, **plan):
    with written(tmp_path, rows).open("rb") as file:
        return list(reader(Table(file), ImportPlan(1, 1, **{"currency": "EUR", **plan}), Report()))


def test_the_newer_template_is_read_alike(tmp_path):
    later = {old: new for new, old in shopify.LATER.items()} | {"body (html)": "Description", "type": "Type"}
    old = [
        row("cup", **{"Body (HTML)": "x", "Variant Grams": "5", "Variant Barcode": "73513537", "Image Src": "a.png"})
    ]
    new = [{later.get(name.casefold(), name): cell for name, cell in r.items()} for r in old]
    assert "SKU" not in old[0]
    assert "sku" in new[0]
    (a,), (b,) = drafts(old, tmp_path), drafts(new, tmp_path)
    assert [(v.code, v.minor, v.weight_g, v.gtin, v.quantity) for v in b.variants] == [("CUP", 500, 5, "73513537", 3)]
    assert (a.handle, a.names, a.descriptions, a.variants) == (b.handle, b.names, b.descriptions, b.variants)
    assert a.pictures[0].source == b.pictures[0].source == "a.png"


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [("12.9", "EUR", 1290), ("12", "EUR", 1200), ("12.900", "EUR", 1290), ("0", "EUR", 0), ("500.00", "JPY", 500),
     ("1.234", "KWD", 1234), ("9999999999.99", "EUR", 999_999_999_999)],
)  # fmt: skip
def test_prices_are_decimal_in_their_currency(text, currency, minor, tmp_path):
    (draft,) = drafts([row("cup", **{"Variant Price": text})], tmp_path, currency=currency)
    assert draft.variants[0].minor == minor


@pytest.mark.parametrize(
    ("text", "currency"),
    [("12.905", "EUR"), ("500.5", "JPY"), ("-1", "EUR"), ("1e3", "EUR"), ("1,299.00", "EUR"), ("€5", "EUR"), (".5", "EUR"),
     ("99999999999.99", "EUR"), ("9" * 40, "EUR"), ("１２", "EUR"), ("NaN", "EUR"), ("1_000", "EUR"), ("0x10", "EUR")],
)  # fmt: skip
def test_what_is_no_price_is_refused(text, currency, tmp_path):
    (trouble,) = drafts([row("cup", **{"Variant Price": text})], tmp_path, currency=currency)
    assert (trouble.line, trouble.column, trouble.key) == (2, "Variant Price", "importing.price")


def test_a_product_has_at_most_ten_thousand_variants(tmp_path):
    rows = [row("cup", **{"Option1 Name": "n", "Option1 Value": str(n), "Variant SKU": str(n)}) for n in range(10_001)]
    (trouble,) = drafts(rows, tmp_path)
    assert (trouble.line, trouble.key) == (10_002, "importing.too_many_variants")
    (draft,) = drafts(rows[:10_000], tmp_path)
    assert len(draft.variants) == 10_000


@pytest.mark.parametrize(
    ("text", "unit", "measure"),
    [("250", "g", Measure(250, "g")), ("0.75", "L", Measure(750, "ml")), ("1.5", "m²", Measure(15_000, "cm2")),
     ("0.0005", "kg", Measure(500, "mg")), ("", "g", None)],
)  # fmt: skip
def test_what_a_piece_holds_is_read(text, unit, measure, tmp_path):
    (draft,) = drafts(
        [row("cup", **{"Unit Price Total Measure": text, "Unit Price Total Measure Unit": unit})], tmp_path
    )
    assert draft.variants[0].measure == measure


def test_what_is_no_measure_fact_or_moment_is_told_by_line_and_column(tmp_path):
    """A measure is left out, for the unit price alone hangs on it; what the product says of itself must be right."""
    odd = row("cup", **{"Unit Price Total Measure": "0.3", "Unit Price Total Measure Unit": "pc"})
    trouble, draft = drafts([odd], tmp_path)
    assert (trouble.line, trouble.column, trouble.key, trouble.refused) == (
        2,
        "Unit Price Total Measure",
        "importing.measure",
        False,
    )
    assert draft.variants[0].measure is None
    wrong = {"Jishi Facts": "volume 480", "Jishi Publish At": "tomorrow", "Jishi Text Origin": "robot"}
    troubles = drafts([row("pot", **wrong)], tmp_path)
    assert [(t.line, t.column, t.key) for t in troubles] == [
        (2, "Jishi Publish At", "importing.moment"),
        (2, "Jishi Text Origin", "importing.origin"),
        (2, "Jishi Facts", "importing.facet"),
    ]


def test_a_file_of_another_kind_is_not_begun():
    for header, fault in (
        (b"id,title,price\n", UnknownFormat),
        (b"handle,title,amount\n", NoColumns),
        (b"Product,Cost\n", UnknownFormat),
    ):
        with pytest.raises(fault):
            list(reader(Table(BytesIO(header)), ImportPlan(1, 1), Report()))
    with pytest.raises(NoColumns) as e:
        list(reader(Table(BytesIO(b"handle,title\n")), ImportPlan(1, 1, format="vendure"), Report()))
    assert e.value.missing == "name, sku, price"


def test_the_sample_has_sixty_lines():
    assert BROKEN.read_bytes().count(b"\n") == 60
