"""What the command line calls: names in, a report in sentences or a file out."""

import csv
from dataclasses import dataclass
from types import SimpleNamespace

import pytest

from jishi.goods.catalog import PageQuery
from jishi.grants import grants
from jishi.importing import ImportAsk, NoSuchMarket, NoSuchMerchant, export_file, import_file, show
from jishi.importing.desk import language_of
from jishi.kernel import Database
from jishi.kernel.blobs import FolderBlobs
from jishi.people.merchants import PutMerchant
from jishi.people.merchants.service import MerchantsService
from jishi.people.merchants.tables import module as merchants
from tests.kit import STAFF

from .kit import Shop, open_shop, pictures_beside, row, written


@dataclass
class House:
    shop: Shop
    whole: SimpleNamespace

    async def load(self, file, **more):
        ask = {"merchant": "acme", "warehouse": "w", "market": "DE"} | more
        return await import_file(self.whole, ImportAsk(str(file), **ask))


@pytest.fixture
async def house(engine, tmp_path) -> House:
    shop = await open_shop(engine)
    service = MerchantsService(Database(engine, merchants), grants())
    for handle, country, currency in (("acme", "DE", "EUR"), ("tea-hill", "CN", "CNY")):
        await service.put(STAFF, PutMerchant(handle, {"en": handle}, country, currency))
    shop.doors.catalog.blobs = blobs = FolderBlobs(tmp_path / "blobs")
    doors = shop.doors
    whole = SimpleNamespace(
        merchants=service, catalog=doors.catalog, pricing=doors.pricing, inventory=doors.inventory, blobs=blobs
    )
    return House(shop, whole)


async def test_a_file_goes_in_by_names_and_the_report_speaks(house, tmp_path):
    report = await house.load(pictures_beside(tmp_path))
    assert (report.products, report.problems) == (16, True)
    english, chinese = list(show(report, "en")), list(show(report, "zh-CN"))
    assert len(english) == len(chinese) == len(report.troubles) + 1
    assert (
        "Line 8, Variant Price: “ninety” is not a price in EUR. Write 12.90, without signs or separators. "
        "The product “dear-lamp” was left out." in english
    )
    assert "第 24 行，Title：商品没有名称。商品“nameless”没有导入。" in chinese
    assert english[-1] == (
        "16 products are in, with 23 variants, 23 prices, 1,174 pieces in stock and 3 pictures; 28 left out."
    )


async def test_a_good_file_has_no_problems_and_its_language_is_told_by_its_letters(house, tmp_path):
    report = await house.load(written(tmp_path, [row("cup", Title="随行杯，保温六小时，墨绿色")]), market="CN")
    assert not report.problems
    assert list(show(report, "en")) == [
        "1 product is in, with 1 variants, 1 prices, 3 pieces in stock and 0 pictures; 0 left out."
    ]
    (card,) = (await house.whole.catalog.page(STAFF, PageQuery())).cards
    assert card.names == {"zh-CN": "随行杯，保温六小时，墨绿色"}
    assert language_of(written(tmp_path, [row("cup")])) == "en"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"merchant": "nobody"}, "The file: There is no merchant “nobody”."),
        ({"market": "XX"}, "The file: There is no market “XX”."),
        ({"warehouse": "moon"}, None),
        ({"format": "vendure"}, "The file: The file lacks columns that are needed: name, sku, price."),
    ],
)
async def test_what_is_wrong_as_a_whole_is_the_one_trouble(house, tmp_path, more, said):
    report = await house.load(written(tmp_path, [row("cup")]), **more)
    (sentence,) = list(show(report, "en"))
    assert said in (None, sentence)
    assert report.problems
    assert (await house.whole.catalog.page(STAFF, PageQuery())).cards == []


async def test_a_file_that_is_no_csv(house, tmp_path):
    (tmp_path / "x.csv").write_bytes(b"")
    assert list(show(await house.load(tmp_path / "x.csv"), "zh-CN")) == [
        "文件：文件无法读取：它是空的，或不是 UTF-8 编码的 CSV。"
    ]


async def test_goods_go_out_with_their_pictures_and_come_back(house, tmp_path):
    await house.load(pictures_beside(tmp_path))
    file = tmp_path / "out" / "acme.csv"
    file.parent.mkdir()
    assert await export_file(house.whole, str(file), "acme") == 16
    assert file.read_bytes().startswith(b"\xef\xbb\xbfHandle,")
    assert [p.name for p in file.parent.iterdir() if p.name != "images"] == ["acme.csv"]
    assert len(list((file.parent / "images").iterdir())) == 3
    again = await house.load(file, merchant="tea-hill", market="DE")
    assert (again.products, again.refused, again.pictures, again.troubles) == (16, 0, 3, [])


async def test_all_merchants_goods_in_one_file_bear_their_own_handles(house, tmp_path):
    file = written(tmp_path, [row("cup")])
    await house.load(file)
    await house.load(file, merchant="tea-hill", market="CN")
    out = tmp_path / "all.csv"
    assert await export_file(house.whole, str(out)) == 2
    with out.open(encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert sorted((r["Handle"], r["Variant Price"]) for r in rows) == [("cup", "5.00"), ("cup-2", "5.00")]
    assert await export_file(house.whole, str(out), "tea-hill") == 1
    for wrong, fault in (({"merchant": "nobody"}, NoSuchMerchant), ({"market": "XX"}, NoSuchMarket)):
        with pytest.raises(fault):
            await export_file(house.whole, str(tmp_path / "none.csv"), **wrong)
    assert not (tmp_path / "none.csv").exists()
