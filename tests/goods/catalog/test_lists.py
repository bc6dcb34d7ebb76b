"""Categories, the word search, pages, batches of listings, and how many queries each costs."""

import pytest
from hypothesis import given, strategies as st
from msgspec.structs import replace

from jishi.goods.catalog import (
    Categories,
    ListingsQuery,
    Option,
    OptionValue,
    PageQuery,
    ProductQuery,
    PutCategory,
    SkuDraft,
    queries,
)
from jishi.goods.catalog.texts import folded, patterns, slug
from jishi.kernel import Forbidden, Invalid
from jishi.kernel.paging import WrongCursor
from tests.kit import STAFF, clerk

from .kit import ACME, CUP, GUEST, OTHER, PLAIN


def many(n: int, **more):
    return [
        replace(PLAIN, handle=f"bowl-{i:02}", names={"en": f"Bowl {i:02}"}, skus=[SkuDraft(f"B{i:02}")], **more)
        for i in range(n)
    ]


async def asked(shelf, unit, query):
    """The answer, and how many statements it took."""
    count = 0

    def counted(tx, q):
        nonlocal count
        plain = tx.rows

        def rows(*args, **values):
            nonlocal count
            count += 1
            return plain(*args, **values)

        tx.rows = rows
        return unit(tx, q)

    return await shelf.db.read(GUEST, counted, query), count


async def test_categories_are_a_tree_and_a_page_includes_what_is_below(shelf):
    await shelf.category("home", zh="家居", position=2)
    await shelf.category("tea", "home", zh="茶具")
    await shelf.category("cups", "tea", zh="杯")
    await shelf.category("road", position=1)
    await shelf.put(replace(CUP, category="cups"))
    await shelf.put(replace(PLAIN, category="home"))
    listed = (await shelf.service.categories(GUEST, Categories())).rows
    assert [(c.code, c.parent) for c in listed] == [("cups", "tea"), ("tea", "home"), ("road", ""), ("home", "")]
    assert await shelf.found(category="home") == ["plain-bowl", "travel-cup"]
    assert await shelf.found(category="tea") == ["travel-cup"]
    assert await shelf.found(category="road") == []
    assert await shelf.found(category="nowhere") == []
    assert await shelf.found(category="h%") == []
    await shelf.category("tea", "road", zh="茶具")  # moved, with its cups
    assert await shelf.found(category="home") == ["plain-bowl"]
    assert await shelf.found(category="road") == ["travel-cup"]
    assert [c.parent for c in (await shelf.service.categories(GUEST, Categories())).rows if c.code == "cups"] == ["tea"]


@pytest.mark.parametrize(
    ("cmd", "field", "code"),
    [
        (PutCategory("home", {"en": "Home"}, parent="tea"), "parent", "category.circle"),
        (PutCategory("home", {"en": "Home"}, parent="home"), "parent", "category.circle"),
        (PutCategory("x", {"en": "X"}, parent="nowhere"), "parent", "category.none"),
        (PutCategory("Home", {"en": "X"}), "code", "code.wrong"),
        (PutCategory("a/b", {"en": "X"}), "code", "code.wrong"),
        (PutCategory("", {"en": "X"}), "code", "code.wrong"),
        (PutCategory("x", {}), "names", "text.length"),
        (PutCategory("x", {"en": "X"}, position=-1), "position", "number.range"),
    ],
)
async def test_a_wrong_category_is_refused(shelf, cmd, field, code):
    await shelf.category("home")
    await shelf.category("tea", "home")
    before = (await shelf.service.categories(GUEST, Categories())).rows
    with pytest.raises(Invalid) as e:
        await shelf.service.put_category(STAFF, cmd)
    assert [(f.field, f.code) for f in e.value.errors] == [(field, code)]
    with pytest.raises(Forbidden):
        await shelf.service.put_category(clerk(ACME), PutCategory("mine", {"en": "Mine"}))
    assert (await shelf.service.categories(GUEST, Categories())).rows == before


async def test_a_tree_is_at_most_eight_deep(shelf):
    for n in range(8):
        await shelf.category(f"c{n}", f"c{n - 1}" if n else "")
    with pytest.raises(Invalid):
        await shelf.category("c8", "c7")
    await shelf.category("top")
    with pytest.raises(Invalid):
        await shelf.category("c0", "top")


async def test_every_word_must_be_there_in_any_language(shelf):
    await shelf.category("tea", en="Teaware", zh="茶具")
    await shelf.put(replace(CUP, category="tea"))
    await shelf.put(replace(PLAIN, names={"en": "Crème brûlée BOWL 50% off_", "de": "Straße"}))
    for words in (
        "cup",
        "CUP tea",
        "随行",
        "保温 杯",
        "hearth",
        "ｃｕｐ",
        "teaware",
        "茶具 cup",
        "six  hours warm",
        "行杯",
    ):
        assert await shelf.found(words=words) == ["travel-cup"], words
    for words in ("creme", "crème bowl", "50%", "off_", "STRASSE", "brulee 50% off_ bowl creme"):
        assert await shelf.found(words=words) == ["plain-bowl"], words
    for words in ("cup bowl", "steel", "c_p", "%", "杯茶", "50!", "cup' OR 1=1 --", "\\"):
        assert await shelf.found(words=words) == (["plain-bowl"] if words == "%" else []), words
    assert await shelf.found(words=" ") == ["plain-bowl", "travel-cup"]
    await shelf.category("tea", en="Kettles", zh="壶")  # a renamed category is found by its new name at once
    assert await shelf.found(words="kettles") == ["travel-cup"]
    assert await shelf.found(words="teaware") == []


async def test_pages_follow_each_other_without_a_gap_or_a_double(shelf):
    for cmd in (*many(7), *(replace(c, merchant_id=OTHER) for c in many(3))):
        await shelf.put(cmd)
    for sort, first in (("newest", "bowl-02-2"), ("name", "bowl-00")):
        seen, cursor = list[str](), ""
        while True:
            page = await shelf.service.page(GUEST, PageQuery(sort=sort, cursor=cursor, limit=3))
            seen += [c.handle for c in page.cards]
            if not (cursor := page.next):
                break
            assert len(page.cards) == 3
        assert seen[0] == first
        assert len(seen) == len(set(seen)) == 10
    assert seen == sorted(seen, key=lambda h: h[:7])
    assert await shelf.found(merchant_id=OTHER, sort="name") == ["bowl-00-2", "bowl-01-2", "bowl-02-2"]
    for wrong in ("x", "!", "gaMxMjM", "9" * 500):
        with pytest.raises(WrongCursor):
            await shelf.found(cursor=wrong)
    for wrong in ({"sort": "price"}, {"status": "secret"}):
        with pytest.raises(Invalid):
            await shelf.found(**wrong)


async def test_a_tile_names_what_is_on_sale(shelf):
    made = await shelf.put(replace(CUP, skus=[CUP.skus[0], replace(CUP.skus[1], on_sale=False)]))
    (card,) = (await shelf.service.page(GUEST, PageQuery())).cards
    assert (card.id, card.names, card.listing_ids) == (made.id, CUP.names, [made.skus[0].listing_id])
    assert (card.picture, card.picture_alts) == ("", {})


async def test_listings_are_what_an_order_line_needs(shelf):
    made = await shelf.put()
    green, white = await shelf.listings(made.skus[1].listing_id, made.skus[0].listing_id, 12345)
    assert (green.sku_code, green.handle, green.merchant_id, green.product_id) == (
        "CUP-G-480", "travel-cup", ACME, made.id,
    )  # fmt: skip
    assert green.options == {"en": "Green · 480 ml", "zh-CN": "墨绿 · 480 ml"}
    assert white.options == {"en": "白 · 750 ml", "zh-CN": "白 · 750 ml"}
    assert (green.weight_g, green.kind, green.tax_class, green.on_sale) == (310, "parcel", "standard", True)
    assert green.components == made.skus[0].components
    assert await shelf.listings(of=(made.id,)) == [green, white]
    assert await shelf.listings(green.id, of=(made.id,)) == [green, white]
    with pytest.raises(Invalid):
        await shelf.listings(*range(257))


async def test_reads_cost_a_handful_of_queries_however_much_there_is(shelf):
    await shelf.category("tea")
    big = Option("n", {"en": "n"}, [OptionValue(str(n), {"en": str(n)}) for n in range(200)])
    skus = [SkuDraft(f"S{n}", {"n": str(n)}) for n in range(200)]
    made = await shelf.put(replace(PLAIN, options=[big], skus=skus, category="tea"))
    for cmd in many(30, category="tea"):
        await shelf.put(cmd)
    head, count = await asked(shelf, queries.product, ProductQuery(made.id))
    assert (head.skus, head.sku_count, count) == ([], 200, 3)
    some, count = await asked(shelf, queries.product, ProductQuery(made.id, skus=200))
    assert (len(some.skus), count) == (200, 5)
    others, _ = await asked(shelf, queries.page, PageQuery(limit=30))
    ids = [s.listing_id for s in made.skus] + [i for c in others.cards for i in c.listing_ids]
    found, count = await asked(shelf, queries.listings, ListingsQuery(ids[:230]))
    assert (len(found.rows), count) == (230, 2)
    page, count = await asked(shelf, queries.page, PageQuery(category="tea", words="bowl 1", limit=24))
    assert (len(page.cards), count) == (12, 3)


@given(st.text(max_size=100))
def test_a_slug_is_fit_for_a_url_and_stays_itself(text):
    made = slug(text)
    assert made
    assert len(made) <= 80
    assert slug(made) == made
    assert set(made) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


@given(st.text(max_size=40), st.text(max_size=40))
def test_folding_is_idempotent_and_patterns_find_only_their_letters(text, words):
    assert folded(folded(text)) == folded(text)
    for pattern in patterns(words):
        assert pattern[0] == pattern[-1] == "%"
        inside = pattern[1:-1].replace("!!", "").replace("!%", "").replace("!_", "")
        assert not set(inside) & set("%_!")
