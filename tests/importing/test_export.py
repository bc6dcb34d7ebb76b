"""What goes out comes back the same, and no cell of it is a formula."""

import csv
import io
import string

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from jishi.goods.catalog import MEASURED, Measure
from jishi.importing import ExportPlan, ImportPlan, Trouble, export_products, header, import_products
from jishi.importing.export import COLUMNS, rows_of
from jishi.importing.rows import Table, guarded
from jishi.importing.story import reader
from jishi.importing.terms import Draft, OptionDraft, PictureDraft, Report, VariantDraft
from tests.kit import STAFF, buyer

from .kit import ACME, pictures_beside

PLAN = ExportPlan(ACME, "DE", "EUR")


async def exported(shop, **more) -> str:
    out = io.StringIO(newline="")
    header(out)
    await export_products(STAFF, shop.doors, ExportPlan(more.pop("merchant", ACME), "DE", "EUR", **more), out)
    return out.getvalue()


async def test_a_shop_goes_out_and_comes_back_as_another_merchants(shop, tmp_path):
    file = pictures_beside(tmp_path)
    await shop.load(file)
    (tmp_path / "out").mkdir()
    text = await exported(shop)
    (tmp_path / "out" / "goods.csv").write_text(text, encoding="utf-8", newline="")
    for name, data in shop.files.kept.items():
        (tmp_path / "out" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "out" / name).write_bytes(data)
    plan = ImportPlan(6, shop.warehouse_id, market="DE", currency="EUR")
    report = await import_products(STAFF, shop.doors, tmp_path / "out" / "goods.csv", plan)
    assert (report.products, report.refused, report.troubles) == (16, 0, [])
    before, after = await shop.picture_of(), await shop.picture_of(6)
    assert list(after) == list(before)
    for handle, was in before.items():
        now = after[handle]
        assert now[:8] == was[:8], handle
        assert [(*s[:5], *s[6:]) for s in now[8]] == [(*s[:5], *s[6:]) for s in was[8]]
        assert [(bool(s[5])) for s in now[8]] == [(bool(s[5])) for s in was[8]]
        assert [(shot[1], shot[3]) for shot in now[9]] == [(shot[1], shot[3]) for shot in was[9]]
    again = await exported(shop, merchant=6)
    drop = COLUMNS.index("Image Src"), COLUMNS.index("Variant Image")
    same = [[[c for i, c in enumerate(r) if i not in drop] for r in csv.reader(io.StringIO(t))] for t in (text, again)]
    assert same[0] == same[1]


async def test_a_market_without_prices_has_nothing_to_export(shop, tmp_path):
    await shop.load(pictures_beside(tmp_path))
    out = io.StringIO(newline="")
    assert await export_products(STAFF, shop.doors, ExportPlan(ACME, "CN", "CNY"), out) == 0
    assert await export_products(STAFF, shop.doors, ExportPlan(77, "DE", "EUR"), out) == 0


async def test_a_buyer_exports_what_it_may_see(shop, tmp_path):
    await shop.load(pictures_beside(tmp_path))
    out = io.StringIO(newline="")
    assert await export_products(buyer(), shop.doors, PLAN, out) == 13  # drafts and archived ones stay at home


WORD = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"]), min_size=1, max_size=12)
NAME = st.one_of(WORD, st.sampled_from(["=1+1", "+x", "-5", "@a", "'=", "''-", 'a "b"', "a, b;c", "茶 杯", "Title"]))
TEXT = st.lists(NAME, max_size=4).map("\n".join).filter(lambda t: t == t.strip())
CODE = st.text(string.ascii_letters + string.digits + "-=+@'", min_size=1, max_size=20)


@st.composite
def drafts(draw) -> Draft:
    names = draw(st.lists(NAME, max_size=3, unique=True))
    if names == ["Title"]:
        names = []
    count = draw(st.integers(1, 5)) if names else 1
    combos = draw(st.lists(st.tuples(*[NAME] * len(names)), min_size=count, max_size=count, unique=True))
    codes = draw(st.lists(CODE, min_size=count, max_size=count, unique_by=str.casefold))
    sources = draw(st.lists(NAME, max_size=4, unique=True))
    minor = st.integers(0, 10**9)
    variants = [
        VariantDraft(
            0, code, [{"en": v} for v in combo], (price := draw(minor)), draw(st.sampled_from([0, price + 1])),
            draw(st.integers(0, 10**8)), draw(st.sampled_from(["", "4006381333931"])), draw(st.integers(0, 10**6)),
            [draw(st.sampled_from(sources))] if sources and draw(st.booleans()) else [],
            draw(st.one_of(st.none(), st.builds(Measure, st.integers(1, 10**9), st.sampled_from(MEASURED)))),
        )
        for code, combo in zip(codes, combos, strict=True)
    ]  # fmt: skip
    category = NAME.filter(lambda n: ">" not in n)
    text = draw(TEXT)
    return Draft(
        0, draw(NAME), {"en": draw(NAME)}, {"en": text} if text else {}, variants,
        [OptionDraft("", {"en": n}) for n in names], draw(st.one_of(st.just(""), NAME)),
        [{"en": n} for n in draw(st.lists(category, max_size=3))], [],
        [PictureDraft(0, s, {"en": a} if (a := draw(st.one_of(st.just(""), NAME))) else {}) for s in sources],
        draw(st.sampled_from(["parcel", "digital"])), (status := draw(st.sampled_from(["published", "draft", "archived"]))),
        draw(st.dictionaries(st.sampled_from(["volume", "material"]), st.sampled_from(["480", "2.5", "steel", "yes"]))),
        draw(st.integers(1, 10**10)) * 1000 if status == "draft" and draw(st.booleans()) else 0,
        draw(st.sampled_from(["human", "machine", "imported"])), "shopify",
    )  # fmt: skip


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(drafts(), min_size=1, max_size=3, unique_by=lambda d: d.handle.casefold()))
def test_a_draft_goes_out_and_comes_back(told):
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS, restval="")
    writer.writeheader()
    for draft in told:
        writer.writerows({n: guarded(c) for n, c in row.items()} for row in rows_of(draft, PLAN))
    for cells in csv.reader(io.StringIO(out.getvalue(), newline="")):
        assert not any(c[:1] in ("=", "+", "-", "@", "\t", "\r") for c in cells if c)
    found = list(reader(Table(io.BytesIO(out.getvalue().encode())), ImportPlan(1, 1, currency="EUR"), Report()))
    assert not [t for t in found if isinstance(t, Trouble)]
    assert [plain(d) for d in found] == [plain(d) for d in told]


def plain(d: Draft) -> Draft:
    """Without what depends on the file: lines, columns, and the codes of options, which come from their names."""
    from msgspec.structs import replace

    return replace(
        d,
        line=0,
        options=[o.names for o in d.options],
        variants=[replace(v, line=0) for v in d.variants],
        pictures=[replace(p, line=0, column="") for p in d.pictures],
    )


@pytest.mark.parametrize("locale", ["en", "zh-CN"])
async def test_one_language_goes_out(shop, tmp_path, locale):
    await shop.load(pictures_beside(tmp_path), locale="zh-CN")
    rows = list(csv.DictReader(io.StringIO(await exported(shop, locale=locale))))
    assert "Linen shirt" in {r["Title"] for r in rows}
    assert {r["Status"] for r in rows if r["Title"]} == {"active", "draft", "archived"}
