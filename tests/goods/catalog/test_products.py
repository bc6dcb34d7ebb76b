"""A product is put, put again, put by its own people only, and read whole."""

import asyncio

import pytest
from msgspec.structs import replace
from sqlalchemy import bindparam, update

from jishi.goods.catalog import (
    MAX_SKUS,
    Component,
    NoProduct,
    OptionValue,
    ProductGone,
    ProductQuery,
    SkuDraft,
    SkuTaken,
    WrongMatrix,
    is_gtin,
)
from jishi.goods.catalog.rules import Body, pack
from jishi.goods.catalog.tables import products
from jishi.kernel import Forbidden, Invalid, Statement
from tests.kit import STAFF, buyer, clerk

from .kit import ACME, COLOUR, CUP, GREEN, OTHER, PLAIN, SIZE, WHITE

SPOIL = Statement(update(products).where(products.c.id == bindparam("product")).values(body=bindparam("raw")))


async def test_a_product_is_read_as_it_was_put(shelf, clock):
    made = await shelf.put()
    assert made == await shelf.product(made.id)
    assert made == await shelf.service.product(buyer(), ProductQuery(handle="travel-cup", skus=MAX_SKUS))
    assert (made.handle, made.own_handle, made.merchant_id, made.version) == ("travel-cup", "travel-cup", ACME, 1)
    assert (made.names, made.summaries, made.descriptions) == (CUP.names, CUP.summaries, CUP.descriptions)
    assert (made.options, made.specs, made.brand, made.brand_names, made.origin) == (
        CUP.options,
        CUP.specs,
        "hearth",
        {"en": "Hearth"},
        "CN",
    )
    assert [(s.code, s.chosen, s.weight_g, s.gtin, s.on_sale) for s in made.skus] == [
        ("CUP-G-480", {"colour": "green", "size": "480"}, 310, "4006381333931", True),
        ("CUP-W-750", {"colour": "white", "size": "750"}, 420, "", True),
    ]
    assert made.updated_at == clock.ms
    items = [s.components for s in made.skus]
    assert [c.quantity for cs in items for c in cs] == [1, 1]
    assert len({c.stock_item_id for cs in items for c in cs}) == 2
    assert await shelf.changes() == [("travel-cup", 1)]


async def test_put_again_unchanged_nothing_happens(shelf, clock):
    made = await shelf.put()
    before = await shelf.counts()
    clock.pass_time(hours=1)
    assert await shelf.put() == made
    assert await shelf.counts() == before


async def test_skus_keep_their_ids_by_code_and_those_not_named_go_off_sale(shelf):
    made = await shelf.put()
    green, white = made.skus
    fresh = SkuDraft("CUP-G-750", {"colour": "green", "size": "750"})
    again = await shelf.put(replace(CUP, skus=[fresh, replace(CUP.skus[0], weight_g=333)]))
    assert again.version == 2
    assert [(s.code, s.on_sale) for s in again.skus] == [("CUP-G-750", True), ("CUP-G-480", True), ("CUP-W-750", False)]
    assert (again.skus[1].id, again.skus[1].listing_id, again.skus[1].components) == (
        green.id,
        green.listing_id,
        green.components,
    )
    assert again.skus[1].weight_g == 333
    (gone,) = await shelf.listings(white.listing_id)
    assert (gone.id, gone.on_sale, gone.sku_code) == (white.listing_id, False, "CUP-W-750")
    back = await shelf.put()
    assert [(s.id, s.on_sale) for s in back.skus[:2]] == [(green.id, True), (white.id, True)]
    assert await shelf.changes() == [("travel-cup", 1), ("travel-cup", 2), ("travel-cup", 3)]


async def test_a_sku_no_longer_named_does_not_hide_the_one_that_took_its_place(shelf):
    await shelf.put()
    renamed = replace(CUP, skus=[SkuDraft("NEW", CUP.skus[0].chosen), CUP.skus[1]])
    assert [(s.code, s.on_sale) for s in (await shelf.put(renamed)).skus] == [("NEW", True), ("CUP-W-750", True)]
    narrow = replace(CUP, options=[COLOUR], skus=[SkuDraft("ONE", {"colour": "green"})])
    assert [s.code for s in (await shelf.put(narrow)).skus] == ["ONE"]
    assert (await shelf.counts())["goods_catalog_skus"] == 4


async def test_a_handle_is_one_merchants_own_and_one_place_in_the_url(shelf):
    mine = await shelf.put()
    theirs = await shelf.put(replace(CUP, merchant_id=OTHER))
    third = await shelf.put(replace(CUP, merchant_id=7))
    assert [p.handle for p in (mine, theirs, third)] == ["travel-cup", "travel-cup-2", "travel-cup-3"]
    assert theirs.own_handle == "travel-cup"
    renamed = await shelf.put(replace(CUP, merchant_id=OTHER, names={"en": "Their cup"}))
    assert (renamed.id, renamed.handle) == (theirs.id, "travel-cup-2")
    assert (await shelf.product(mine.id)) == mine
    own = await shelf.put(replace(PLAIN, merchant_id=OTHER, handle="travel-cup-2"))
    assert own.handle == "travel-cup-2-2"


@pytest.mark.parametrize(
    ("told", "handle"),
    [
        (" Travel  CUP! ", "travel-cup"),
        ("Café & Crème", "cafe-creme"),
        ("随行杯", "p-d7d7f0c26a"),
        ("../../etc/passwd", "etc-passwd"),
        ("a" * 300, "a" * 69 + "-"),
        ("红 cup", "cup-"),
    ],
)
async def test_handles_are_plain_letters(shelf, told, handle):
    made = (await shelf.put(replace(PLAIN, handle=told))).handle
    assert (
        made == handle
        or (handle.endswith("-") and made.startswith(handle) and len(made) == len(handle) + 10)
        or (handle.startswith("p-") and made.startswith("p-") and len(made) == 12)
    )
    assert all(c in "abcdefghijklmnopqrstuvwxyz0123456789-" for c in made)


async def test_handles_that_latin_cannot_write_stay_two(shelf):
    red, blue = [await shelf.put(replace(PLAIN, handle=h, skus=[SkuDraft(h)])) for h in ("红杯", "蓝杯")]
    assert red.id != blue.id
    assert red.own_handle != blue.own_handle


async def test_a_clerk_writes_its_own_merchants_only(shelf):
    before = await shelf.counts()
    with pytest.raises(Forbidden):
        await shelf.put(CUP, clerk(OTHER))
    with pytest.raises(Forbidden):
        await shelf.put(CUP, buyer())
    assert await shelf.counts() == before
    assert (await shelf.put(CUP, clerk(ACME))).merchant_id == ACME


async def test_what_is_not_published_is_seen_by_its_own_people_only(shelf):
    draft = await shelf.put(replace(CUP, status="draft"))
    for stranger in (buyer(), clerk(OTHER)):
        with pytest.raises(NoProduct):
            await shelf.product(draft.id, stranger)
        with pytest.raises(NoProduct):
            await shelf.service.product(stranger, ProductQuery(handle="travel-cup"))
        assert await shelf.listings(draft.skus[0].listing_id, ctx=stranger) == []
        assert await shelf.listings(of=(draft.id,), ctx=stranger) == []
        assert await shelf.found(stranger, status="any") == []
    for own in (STAFF, clerk(ACME)):
        assert (await shelf.product(draft.id, own)).status == "draft"
        assert await shelf.found(own, status="draft", merchant_id=ACME) == ["travel-cup"]
        assert await shelf.found(own, status="any", merchant_id=ACME) == ["travel-cup"]
    archived = await shelf.put(replace(CUP, status="archived"))
    (kept,) = await shelf.listings(archived.skus[0].listing_id)  # a cart still names what it holds
    assert (kept.sku_code, kept.on_sale) == ("CUP-G-480", False)
    with pytest.raises(NoProduct):  # it never was on the shelf: nobody is told that it ended
        await shelf.product(archived.id)
    for status in ("published", "archived"):
        await shelf.put(replace(CUP, status=status))
    with pytest.raises(ProductGone) as e:
        await shelf.product(archived.id)
    assert (e.value.handle, e.value.names) == ("travel-cup", CUP.names)


async def test_an_unknown_product_is_none(shelf):
    with pytest.raises(NoProduct) as e:
        await shelf.product(99)
    assert (e.value.body.id, e.value.body.handle) == (99, "")


OUTSIDE = SkuDraft("X", {"colour": "red", "size": "480"})
MISSING = SkuDraft("X", {"colour": "green"})
UNKNOWN = SkuDraft("X", {"colour": "green", "size": "480", "lid": "cork"})
SAME = SkuDraft("X", {"colour": "green", "size": "480"})
SAME_CODE = SkuDraft("cup-g-480", {"colour": "white", "size": "480"})


@pytest.mark.parametrize(
    ("cmd", "sku", "option"),
    [
        (replace(CUP, skus=[OUTSIDE]), "X", "colour"),
        (replace(CUP, skus=[MISSING]), "X", "size"),
        (replace(CUP, skus=[UNKNOWN]), "X", "lid"),
        (replace(CUP, skus=[*CUP.skus, SAME]), "X", ""),
        (replace(CUP, skus=[*CUP.skus, SAME_CODE]), "cup-g-480", ""),
        (replace(CUP, options=[COLOUR, COLOUR]), "", "colour"),
        (replace(CUP, options=[replace(COLOUR, values=[GREEN, WHITE, GREEN]), SIZE]), "", "colour"),
        (replace(PLAIN, skus=[SkuDraft("A"), SkuDraft("B")]), "B", ""),
    ],
)
async def test_a_matrix_with_a_hole_or_a_double_is_refused_whole(shelf, cmd, sku, option):
    before = await shelf.counts()
    with pytest.raises(WrongMatrix) as e:
        await shelf.put(cmd)
    assert (e.value.body.sku, e.value.body.option) == (sku, option)
    assert await shelf.counts() == before


@pytest.mark.parametrize(
    ("cmd", "fields"),
    [
        (replace(CUP, names={}), {"names": "text.required"}),
        (replace(CUP, names={"en": " \n "}, handle=" "), {"handle": "text.required", "names": "text.required"}),
        (replace(CUP, names={"en": "x" * 201}), {"names.en": "text.length"}),
        (replace(CUP, names={"EN_us": "x"}), {"names": "locale.wrong"}),
        (replace(CUP, summaries={"en": "x" * 1001}), {"summaries.en": "text.length"}),
        (replace(CUP, descriptions={"en": "x" * 50_001}), {"descriptions.en": "text.length"}),
        (replace(CUP, category="nowhere"), {"category": "category.none"}),
        (replace(CUP, kind="gift", status="open"), {"kind": "choice.unknown", "status": "choice.unknown"}),
        (replace(CUP, origin="China"), {"origin": "country.unknown"}),
        (replace(CUP, tax_class=""), {"tax_class": "choice.unknown"}),
        (replace(CUP, brand="x" * 81), {"brand": "text.length"}),
        (replace(CUP, specs=[({}, {"en": "x"})]), {"specs.0": "text.required"}),
        (
            replace(PLAIN, skus=[SkuDraft("A", weight_g=-1, gtin="4006381333932")]),
            {"skus.A.weight_g": "number.range", "skus.A.gtin": "gtin.wrong"},
        ),
        (replace(PLAIN, skus=[SkuDraft(" ")]), {"skus": "text.length"}),
        (replace(PLAIN, skus=[SkuDraft(str(n)) for n in range(MAX_SKUS + 1)]), {"skus": "list.long"}),
        (replace(PLAIN, skus=[SkuDraft("A", components={"B": 0})]), {"skus.A.components": "number.range"}),
        (replace(PLAIN, skus=[SkuDraft("A", components={"B": 1})]), {"skus.A.components": "component.none"}),
        (replace(CUP, options=[replace(COLOUR, names={}), SIZE]), {"options.colour": "text.required"}),
        (
            replace(CUP, options=[replace(COLOUR, values=[OptionValue("g", {"en": "g"}, "url(x)")])], skus=[]),
            {"options.colour.g": "colour.wrong"},
        ),
    ],
)
async def test_every_wrong_field_is_named_and_nothing_is_kept(shelf, cmd, fields):
    before = await shelf.counts()
    with pytest.raises(Invalid) as e:
        await shelf.put(cmd)
    assert {f.field: f.code for f in e.value.errors} == fields
    assert await shelf.counts() == before


async def test_texts_are_cleaned_on_write(shelf):
    html = '<p onclick="x()">Hi <script>alert(1)</script><a href="javascript:x">a</a><img src=x onerror=x></p><iframe></iframe>'
    made = await shelf.put(replace(CUP, names={"en": "  Cup\n\0of\ttea ", "zh-CN": ""}, descriptions={"en": html}))
    assert made.names == {"en": "Cup of tea"}
    assert made.descriptions == {"en": '<p>Hi <a rel="noopener noreferrer">a</a></p>'}


async def test_bundles_are_made_of_plain_skus_of_their_merchant(shelf):
    bowl = await shelf.put(PLAIN)
    item = bowl.skus[0].components[0].stock_item_id
    pair = replace(PLAIN, handle="pair", skus=[SkuDraft("PAIR", components={"bowl": 2})])
    made = await shelf.put(pair)
    assert made.skus[0].components == [Component(item, 2)]
    for wrong in (
        replace(PLAIN, handle="x", skus=[SkuDraft("X", components={"PAIR": 1})]),  # no bundles of bundles
        replace(PLAIN, merchant_id=OTHER, handle="x", skus=[SkuDraft("X", components={"BOWL": 1})]),
    ):
        before = await shelf.counts()
        with pytest.raises(Invalid) as e:
            await shelf.put(wrong)
        assert e.value.errors[0].code == "component.none"
        assert await shelf.counts() == before
    alone = await shelf.put(replace(pair, skus=[SkuDraft("PAIR")]))
    assert alone.skus[0].components != made.skus[0].components
    assert (await shelf.put(pair)).skus[0].components == [Component(item, 2)]


async def test_a_code_belongs_to_one_product_of_a_merchant(shelf):
    bowl = await shelf.put(PLAIN)
    before = await shelf.counts()
    with pytest.raises(SkuTaken) as e:
        await shelf.put(replace(PLAIN, handle="other", skus=[SkuDraft("Bowl")]))
    assert (e.value.sku, e.value.product_id) == ("BOWL", bowl.id)
    assert await shelf.counts() == before
    assert (await shelf.put(replace(PLAIN, merchant_id=OTHER))).skus[0].code == "BOWL"


async def test_two_puts_at_once_make_one_product(shelf):
    made = await asyncio.gather(*(shelf.put(replace(CUP, names={"en": f"Cup {n}"})) for n in range(6)))
    assert len({p.id for p in made}) == 1
    assert sorted(p.version for p in made) == [1, 2, 3, 4, 5, 6]
    assert len({s.id for p in made for s in p.skus}) == 2
    others = await asyncio.gather(*(shelf.put(replace(PLAIN, merchant_id=n, handle="b")) for n in range(8, 14)))
    assert len({p.handle for p in others}) == 6


async def test_two_products_that_want_one_code_at_once_get_one_answer(shelf):
    told = [replace(PLAIN, handle=f"h{n}", skus=[SkuDraft("ONE")]) for n in range(6)]
    answers = await asyncio.gather(*(shelf.put(c) for c in told), return_exceptions=True)
    assert sorted(type(a).__name__ for a in answers) == ["Product"] + ["SkuTaken"] * 5
    assert (await shelf.counts())["goods_catalog_products"] == 1


def test_check_digits():
    assert is_gtin("4006381333931")
    assert is_gtin("73513537")
    assert is_gtin("036000291452")
    assert not is_gtin("4006381333930")
    assert not is_gtin("400638133393")
    assert not is_gtin("４００６３８１３３３９３１")


async def test_descriptions_are_cleaned_on_read_too(shelf):
    """Whatever got past the write, by an older rule or by hand, no reader is told."""
    made = await shelf.put()
    body = Body({}, {"en": "<p>Hi<script>alert(1)</script></p>"}, CUP.options, [])
    await shelf.db.write(STAFF, lambda tx: tx.run(SPOIL, product=made.id, raw=pack(body)))
    assert (await shelf.product(made.id)).descriptions == {"en": "<p>Hi</p>"}
