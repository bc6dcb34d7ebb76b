"""Fills a shop with the catalogue that `make fixtures` fetches: a merchant for each of its departments, its prices as they
are written there, in CNY, USD and EUR. Safe to repeat."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from jishi.goods.catalog import PageQuery, PutCategory
from jishi.goods.inventory import PutWarehouse
from jishi.goods.pricing import PriceDraft, PriceQuery, SetPrices
from jishi.goods.shipping import PutRates
from jishi.importing import Doors, ImportPlan, Report, import_products
from jishi.kernel import SYSTEM, Fault
from jishi.kernel.config import DEMO_STAFF
from jishi.people.accounts import MakeStaff
from jishi.people.merchants import PutMerchant
from jishi.web.faces import Shop

from .fill import FAR_AWAY, STAFF, rates
from .goods import both
from .houses import WAREHOUSES, DemoMerchant

FILE = Path(__file__).parents[4] / ".fixtures/vendure/products.csv"  # in a checkout
PAGE = 100
DEPARTMENTS = {
    "electronics": DemoMerchant("northlight", both("北光数码", "Northlight"), "91440300MA2DEMO046", ("sz",), 29900, 1200, 600),
    "home-garden": DemoMerchant("fernhouse", both("蕨屋", "Fernhouse"), "91330100MA2DEMO054", ("hz",), 19900, 1000, 400),
    "sports-outdoor": DemoMerchant("openfield", both("旷野体育", "Open Field"), "91350900MA2DEMO062", ("nd",), 19900, 800, 300),
}  # fmt: skip
CATEGORIES = (
    ("electronics", "", both("数码电器", "Electronics"), "headphones"),
    ("computers", "electronics", both("电脑", "Computers"), "monitor-smartphone"),
    ("photo", "electronics", both("摄影", "Photo"), "camera"),
    ("home-garden", "", both("家居园艺", "Home & Garden"), "lamp"),
    ("plants", "home-garden", both("绿植", "Plants"), "rose"),
    ("furniture", "home-garden", both("家具", "Furniture"), "house"),
    ("sports-outdoor", "", both("运动户外", "Sports & Outdoor"), "dumbbell"),
    ("equipment", "sports-outdoor", both("装备", "Equipment"), "tent"),
    ("footwear", "sports-outdoor", both("鞋履", "Footwear"), "shirt"),
)  # as the file's facets call them, so that the import finds them


class NoFixtures(Fault, code="demo.no_fixtures", status=404):
    """The catalogue was not fetched."""

    file: str


async def fill_fixtures(
    shop: Shop, told: Callable[[int, int], None] = lambda done, of: None, file: Path | None = None
) -> int:
    """The imported shop; answers the number of products. `told(bytes, all)` moves a progress bar. Raises `NoFixtures`."""
    file = fetched(file or FILE)
    email, password = DEMO_STAFF
    await shop.accounts.make_staff(SYSTEM, MakeStaff(email, "staff", password=password))
    warehouses = {
        w.code: (await shop.inventory.put_warehouse(STAFF, PutWarehouse(w.code, w.names, w.region))).id
        for w in WAREHOUSES
    }
    for position, (code, parent, names, icon) in enumerate(CATEGORIES):
        await shop.catalog.put_category(STAFF, PutCategory(code, names, parent, icon, position))
    doors, products, done = Doors(shop.catalog, shop.pricing, shop.inventory), 0, 0
    with tempfile.TemporaryDirectory() as folder:
        parts = list(split(file, Path(folder)))
        size = sum(part.stat().st_size for part, _ in parts)
        for part, department in parts:
            m = DEPARTMENTS[department]
            merchant = (await shop.merchants.put(STAFF, PutMerchant(m.handle, m.names, "CN", "CNY", m.tax_id))).id
            await shop.shipping.put_rates(STAFF, PutRates(merchant, list(rates(m))))
            plan = ImportPlan(merchant, warehouses[m.warehouses[0]], "vendure", images=str(file.parent / "images"))

            def read(bytes_: int, of: int, report: Report, before: int = done) -> None:
                told(before + bytes_, size)

            products += (await import_products(STAFF, doors, part, plan, read)).products
            done += part.stat().st_size
            await _abroad(shop, merchant)
    return products


def fetched(file: Path) -> Path:
    """The file, which is there; raises `NoFixtures`."""
    if not file.is_file():
        raise NoFixtures(str(file))
    return file


def split(file: Path, folder: Path) -> Iterator[tuple[Path, str]]:
    """A file for each department, the first category of its products, in the order of `DEPARTMENTS`."""
    with file.open(encoding="utf-8-sig", newline="") as opened:
        head, *rows = csv.reader(opened, skipinitialspace=True)
    columns = [name.strip().casefold() for name in head]
    name, facets = columns.index("name"), columns.index("facets")
    parts: dict[str, list[list[str]]] = {code: [] for code in DEPARTMENTS}
    names = {said["en"].casefold(): code for code, _, said, _ in CATEGORIES}
    department = next(iter(DEPARTMENTS))
    for row in rows:
        if row[name].strip():
            first = row[facets].split("|")[0].partition(":")[2].strip().casefold()
            department = names.get(first, department)
        parts[department].append(row)
    for code, mine in parts.items():
        part = folder / f"{code}.csv"
        with part.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows([head, *mine])
        yield part, code


async def _abroad(shop: Shop, merchant_id: int) -> None:
    """Each price of the merchant in the other markets, too: the same number, in their currency."""
    cursor = ""
    while True:
        query = PageQuery(merchant_id=merchant_id, sort="name", cursor=cursor, limit=PAGE)
        page = await shop.catalog.page(STAFF, query)
        for card in page.cards:
            rows = (await shop.pricing.prices(STAFF, PriceQuery(card.listing_ids))).rows
            drafts = [
                PriceDraft(row.listing_id, market, currency, row.minor, tax_included=market != "US")
                for row in rows
                for market, (currency, *_) in FAR_AWAY.items()
            ]
            if drafts:
                await shop.pricing.set_prices(STAFF, SetPrices(merchant_id, drafts))
        if not (cursor := page.next):
            return
