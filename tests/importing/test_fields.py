"""What the catalogue knows beside names and prices goes in and comes out: facts, measures, states, who made the texts."""

import csv
import io

from jishi.goods.catalog import (
    AttributeValue,
    Measure,
    ProductQuery,
    PutAttribute,
    SkusQuery,
)
from jishi.importing import ExportPlan, export_products, header
from tests.kit import STAFF

from .kit import ACME

HEAD = (
    "Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price,Status,Unit Price Total Measure,"
    "Unit Price Total Measure Unit,Jishi Facts,Jishi Publish At,Jishi Text Origin"
)


def saved(tmp_path, *rows: str):
    file = tmp_path / "goods.csv"
    file.write_text("\n".join((HEAD, *rows)) + "\n", "utf-8")
    return file


async def told(shop) -> None:
    steel = AttributeValue("steel", {"en": "Steel"})
    for attribute in (
        PutAttribute("volume", {"en": "Volume"}, "number", "ml"),
        PutAttribute("material", {"en": "Material"}, "choice", values=[steel]),
        PutAttribute("safe", {"en": "Dishwasher safe"}, "flag"),
    ):
        await shop.doors.catalog.put_attribute(STAFF, attribute)


async def test_every_field_goes_in_and_comes_out_the_same(shop, tmp_path):
    await told(shop)
    file = saved(
        tmp_path,
        'cup,Cup,Size,S,C-S,12.90,active,0.48,l,"volume: 0.48 l; material: steel; safe: yes",,machine',
        "cup,,,L,C-L,14.90,,750,ml,,,",
        "pot,Pot,,,POT,20,draft,,,,2031-11-24T09:00:00+08:00,",
    )
    report = await shop.load(file)
    assert (report.products, report.refused, report.troubles) == (2, 0, [])
    cup, pot = await shop.products()
    assert (cup.facts, cup.origins) == ({"volume": 480, "material": "steel", "safe": True}, {"en": "machine"})
    assert [s.measure for s in cup.skus] == [Measure(480, "ml"), Measure(750, "ml")]
    assert (pot.status, pot.publish_at, pot.origins) == ("scheduled", 1_953_248_400_000, {"en": "imported"})
    out = io.StringIO(newline="")
    header(out)
    await export_products(STAFF, shop.doors, ExportPlan(ACME, "DE", "EUR"), out)
    rows = list(csv.DictReader(io.StringIO(out.getvalue(), newline="")))
    assert [r["Unit Price Total Measure"] + r["Unit Price Total Measure Unit"] for r in rows] == ["480ml", "750ml", ""]
    assert rows[0]["Jishi Facts"] == "material: steel; safe: yes; volume: 480"
    assert (rows[2]["Jishi Publish At"], rows[2]["Status"]) == ("2031-11-24T01:00:00Z", "draft")
    (tmp_path / "again.csv").write_text(out.getvalue(), "utf-8", newline="")
    before = await shop.picture_of()
    again = await shop.load(tmp_path / "again.csv")
    assert (again.refused, again.troubles) == (0, [])
    assert await shop.picture_of() == before
    assert [p.facts for p in await shop.products()] == [cup.facts, {}]


async def test_a_wrong_fact_is_told_at_its_column_and_a_wrong_sku_at_its_line(shop, tmp_path):
    await told(shop)
    file = saved(
        tmp_path,
        'cup,Cup,,,CUP,12.90,active,,,"volume: 480 g",,',
        "one,One,,,TAKEN,5,active,,,,,",
        "two,Two,Size,S,T-S,5,active,,,,,",
        "two,,,L,TAKEN,5,,,,,,",
        'pot,Pot,,,POT,5,active,,,"colour: red",,',
    )
    report = await shop.load(file)
    assert [(t.line, t.column, t.key, t.product, t.refused) for t in report.troubles] == [
        (2, "Jishi Facts", "fields.unit.wrong", "cup", True),
        (5, "Variant SKU", "faults.product.sku_taken", "two", True),
        (6, "Jishi Facts", "fields.attribute.none", "pot", True),
    ]
    assert [p.handle for p in await shop.products()] == ["one"]


async def test_a_product_of_twelve_hundred_variants_goes_in_by_chunks(shop, tmp_path):
    head = HEAD.replace("Variant SKU", "Option2 Name,Option2 Value,Variant SKU")
    wide = [
        f"wide,{'Wide' if n == 0 else ''},{'A' if n == 0 else ''},{n // 40},{'B' if n == 0 else ''},{n % 40},W-{n},5,active,,,,,"
        for n in range(1_200)
    ]
    (tmp_path / "wide.csv").write_text("\n".join((head, *wide)) + "\n", "utf-8")
    report = await shop.load(tmp_path / "wide.csv")
    assert (report.products, report.variants, report.prices, report.refused) == (1, 1_200, 1_200, 0)
    found = await shop.doors.catalog.product(STAFF, ProductQuery(handle="wide"))
    assert found.sku_count == 1_200
    page = await shop.doors.catalog.skus(STAFF, SkusQuery(found.id, limit=3))
    assert [s.code for s in page.rows] == ["W-0", "W-1", "W-2"]
