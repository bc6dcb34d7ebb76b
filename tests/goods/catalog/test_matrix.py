"""SKUs are found by what is chosen: however many a product has, only those that are shown are read."""

from itertools import product as combinations

import pytest
from hypothesis import given, strategies as st
from msgspec.structs import replace

from jishi.goods.catalog import (
    MAX_SKUS,
    Matrix,
    MatrixQuery,
    NearestQuery,
    NoProduct,
    Option,
    OptionValue,
    ProductQuery,
    PutProduct,
    PutSkus,
    SkuDraft,
    SkusQuery,
    WrongMatrix,
    choosing,
    queries,
)
from jishi.goods.catalog.matrix import Grid, Places
from jishi.kernel import Invalid
from tests.kit import STAFF, buyer, clerk

from .kit import ACME, CUP, GUEST, OTHER, PLAIN
from .test_lists import asked


def option(code: str, n: int) -> Option:
    return Option(code, {"en": code}, [OptionValue(f"{code}{i}", {"en": f"{code} {i}"}) for i in range(n)])


def drafts(options: list[Option]) -> list[SkuDraft]:
    every = combinations(*[[v.code for v in o.values] for o in options])
    return [SkuDraft("-".join(c), dict(zip([o.code for o in options], c, strict=True))) for c in every]


async def put_large(shelf, *sizes: int, handle: str = "large"):
    """A product with every combination, put in chunks."""
    options = [option("abcde"[i], n) for i, n in enumerate(sizes)]
    skus = drafts(options)
    cmd = PutProduct(ACME, handle, {"en": handle}, options=options, skus=skus[:MAX_SKUS], more=len(skus) > MAX_SKUS)
    made = await shelf.put(cmd)
    for start in range(MAX_SKUS, len(skus), MAX_SKUS):
        await shelf.service.put_skus(STAFF, PutSkus(made.id, skus[start : start + MAX_SKUS]))
    return await shelf.service.product(STAFF, ProductQuery(made.id)), cmd, skus


async def nearest(shelf, id: int, limit: int = 24, **wished: str) -> list[str]:
    return [s.code for s in (await shelf.service.nearest(GUEST, NearestQuery(id, wished, limit))).rows]


def told(matrix: Matrix) -> list[tuple[str, str, str, bool]]:
    return [(s.option, s.value, s.sku.code, s.exact) for s in matrix.steps]


async def test_only_combinations_that_exist_are_offered(shelf):
    made = await shelf.put()  # green 480, white 750
    green = {"colour": "green", "size": "480"}
    assert told(await shelf.service.matrix(GUEST, MatrixQuery(made.id, green))) == [
        ("colour", "green", "CUP-G-480", True),
        ("colour", "white", "CUP-W-750", False),  # there is no white one of 480: the size goes along
        ("size", "480", "CUP-G-480", True),  # no green one of 750: that value is not offered
    ]
    assert await nearest(shelf, made.id) == ["CUP-G-480", "CUP-W-750"]
    assert await nearest(shelf, made.id, colour="white", size="480") == ["CUP-W-750"]  # earlier options weigh more
    assert await nearest(shelf, made.id, size="480") == ["CUP-G-480"]
    assert await nearest(shelf, made.id, colour="mauve", lid="cork") == ["CUP-G-480", "CUP-W-750"]


async def test_what_is_off_sale_is_not_offered(shelf):
    skus = [replace(CUP.skus[0], on_sale=False), CUP.skus[1]]
    made = await shelf.put(replace(CUP, skus=skus))
    assert await nearest(shelf, made.id, colour="green") == ["CUP-W-750"]
    assert (await shelf.service.product(GUEST, ProductQuery(made.id))).sku_count == 1
    await shelf.put()
    assert await nearest(shelf, made.id, colour="green") == ["CUP-G-480"]
    await shelf.put(replace(CUP, skus=[]))
    assert await nearest(shelf, made.id) == []


async def test_a_product_without_options_has_its_one_sku(shelf):
    made = await shelf.put(PLAIN)
    assert await nearest(shelf, made.id, colour="green") == ["BOWL"]
    assert (await shelf.service.matrix(GUEST, MatrixQuery(made.id, {}))).steps == []


@pytest.mark.slow  # 10,000 rows are written
async def test_ten_thousand_skus_cost_the_queries_of_one(shelf):
    one, _, _ = await put_large(shelf, 1, handle="one")
    fifty, _, _ = await put_large(shelf, 10, 5, handle="fifty")
    large, _, skus = await put_large(shelf, 10, 10, 10, 5, 2)
    assert (one.sku_count, fifty.sku_count, large.sku_count, len(skus)) == (1, 50, 10_000, 10_000)
    costs = []
    for p, chosen in ((one, {"a": "a0"}), (fifty, {"a": "a3", "b": "b4"}), (large, skus[7_777].chosen)):
        _, head = await asked(shelf, queries.product, ProductQuery(p.id))
        _, near = await asked(shelf, choosing.nearest, NearestQuery(p.id, {"a": "a0"}))
        beside, steps = await asked(shelf, choosing.matrix, MatrixQuery(p.id, chosen))
        _, page = await asked(shelf, choosing.skus, SkusQuery(p.id))
        costs.append((head, near, steps, page))
    assert costs == [(3, 4, 4, 3)] * 3
    assert len(beside.steps) == 37
    assert all(s.exact for s in beside.steps)
    assert await nearest(shelf, large.id, limit=1, **skus[4_321].chosen) == [skus[4_321].code]


async def test_large_products_are_put_and_read_in_chunks(shelf):
    large, cmd, skus = await put_large(shelf, 26, 40)
    assert (large.sku_count, large.version) == (1_040, 3)
    found, cursor = [], ""
    while True:
        page = await shelf.service.skus(GUEST, SkusQuery(large.id, cursor))
        found += page.rows
        if not (cursor := page.next):
            break
    assert [s.code for s in found] == [s.code for s in skus]
    again = await shelf.put(cmd)  # the first chunk again: the others stay as they are
    assert (again.sku_count, [s.id for s in again.skus]) == (1_040, [s.id for s in found[:MAX_SKUS]])
    off = await shelf.service.put_skus(STAFF, PutSkus(large.id, [replace(skus[600], on_sale=False)]))
    assert (off.sku_count, [(s.id, s.on_sale) for s in off.skus]) == (1_039, [(found[600].id, False)])
    assert skus[600].code not in await nearest(shelf, large.id, **skus[600].chosen)
    everything = await shelf.service.skus(STAFF, SkusQuery(large.id, limit=1, on_sale=False))
    assert everything.rows[0].id == found[0].id


async def test_when_options_change_the_others_find_their_new_place(shelf):
    large, cmd, _ = await put_large(shelf, 26, 40)
    fewer = [
        option("a", 26),
        Option("b", {"en": "B"}, option("b", 40).values[:0:-1]),
    ]  # turned round, without the first
    kept = await shelf.put(replace(cmd, options=fewer, skus=[], more=True))
    assert kept.sku_count == 26 * 39
    assert await nearest(shelf, large.id, a="a7", b="b9") == ["a7-b9"]
    assert await nearest(shelf, large.id, limit=2, a="a7", b="b0") == ["a7-b39", "a7-b38"]
    renamed = [option("a", 26), Option("b", {"en": "B"}, [OptionValue(v.code, {"en": "neu"}) for v in fewer[1].values])]
    await shelf.put(replace(cmd, options=renamed, skus=[], more=True))
    (sku,) = (await shelf.service.nearest(GUEST, NearestQuery(large.id, {"a": "a7", "b": "b9"}))).rows
    (listing,) = await shelf.listings(sku.listing_id)
    assert listing.options == {"en": "a 7 · neu"}


async def test_a_place_that_another_sku_has_is_refused(shelf):
    made = await shelf.put()
    before = await shelf.counts()
    for skus, fault in (
        ([SkuDraft("X", CUP.skus[0].chosen)], WrongMatrix),
        ([SkuDraft("X", {"colour": "green"})], WrongMatrix),
        ([SkuDraft("X", {"colour": "white", "size": "480"}, weight_g=-1)], Invalid),
        ([SkuDraft(str(n)) for n in range(MAX_SKUS + 1)], Invalid),
    ):
        with pytest.raises(fault):
            await shelf.service.put_skus(STAFF, PutSkus(made.id, skus))
    for stranger in (clerk(OTHER),):
        with pytest.raises(NoProduct):
            await shelf.service.put_skus(stranger, PutSkus(made.id, []))
    assert await shelf.counts() == before
    assert (await shelf.product(made.id)) == made


async def test_drafts_are_chosen_from_by_their_own_people_only(shelf):
    made = await shelf.put(replace(CUP, status="draft"))
    for read in (
        shelf.service.nearest(buyer(), NearestQuery(made.id)),
        shelf.service.matrix(buyer(), MatrixQuery(made.id, CUP.skus[0].chosen)),
        shelf.service.skus(clerk(OTHER), SkusQuery(made.id)),
    ):
        with pytest.raises(NoProduct):
            await read
    assert len((await shelf.service.nearest(clerk(ACME), NearestQuery(made.id))).rows) == 2
    with pytest.raises(Invalid):
        await shelf.service.matrix(STAFF, MatrixQuery(made.id, {"colour": "mauve", "size": "480"}))


@st.composite
def matrices(draw):
    sizes = draw(st.lists(st.integers(1, 4), max_size=4))
    options = [option("abcd"[i], n) for i, n in enumerate(sizes)]
    every = [s.chosen for s in drafts(options)]
    on_sale = draw(st.lists(st.booleans(), min_size=len(every), max_size=len(every)))
    return options, [c for c, on in zip(every, on_sale, strict=True) if on]


@given(matrices(), st.randoms(use_true_random=False))
def test_every_step_leads_to_a_sku_and_every_sku_can_be_reached(made, random):
    options, offered = made
    at = Places(options)
    places = [at.of(c) for c in offered]
    assert [at.chosen(p) for p in places] == offered
    grid = Grid(Grid.packed({p: (n + 1, True) for n, p in enumerate(places)}))
    if not offered:
        assert grid.nearest(at, {}) == []
        return
    here, goal = at.of(random.choice(offered)), random.choice(offered)
    for n, o in enumerate(options):  # choosing the goal's values one after the other
        steps = list(grid.beside(at, here))
        assert all(p in places and at.chosen(p)[code] == value for code, value, p, _ in steps)
        (here,) = [p for code, value, p, _ in steps if (code, value) == (o.code, goal[o.code])]
        assert all(at.chosen(here)[before.code] == goal[before.code] for before in options[: n + 1])
    assert at.chosen(here) == goal
    assert grid.nearest(at, goal) == [at.of(goal)]
