"""A shop with the three faces that a file goes through, and a picture of all that is in it, without ids."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from jishi.goods.catalog import ListingsQuery, PageQuery, ProductQuery
from jishi.goods.catalog.service import CatalogService
from jishi.goods.catalog.tables import module as catalog
from jishi.goods.inventory import Availability, PutWarehouse
from jishi.goods.inventory.service import InventoryService
from jishi.goods.inventory.tables import module as inventory
from jishi.goods.pricing import HistoryQuery
from jishi.goods.pricing.service import PricingService
from jishi.goods.pricing.tables import module as pricing
from jishi.grants import grants
from jishi.importing import Doors, ImportPlan, Report, import_products
from jishi.kernel import Context, Database, Engine
from jishi.kernel.place import Region
from tests.goods.catalog.kit import photo
from tests.kit import STAFF

DATA = Path(__file__).parent.parent / "data"
BROKEN = DATA / "shopify_broken.csv"
ACME = 5


class Files:
    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    async def put(self, name: str, data: bytes) -> None:
        self.kept[name] = data


@dataclass
class Shop:
    doors: Doors
    files: Files
    warehouse_id: int

    def plan(self, **more) -> ImportPlan:
        return ImportPlan(ACME, self.warehouse_id, **{"market": "DE", "currency": "EUR", **more})

    async def load(self, file: Path, ctx: Context = STAFF, told=lambda *a: None, **more) -> Report:
        return await import_products(ctx, self.doors, file, self.plan(**more), told)

    async def products(self, merchant: int = ACME):
        found, cursor = [], ""
        while True:
            query = PageQuery(merchant_id=merchant, status="any", sort="name", cursor=cursor, limit=100)
            page = await self.doors.catalog.page(STAFF, query)
            found += [await self.doors.catalog.product(STAFF, ProductQuery(c.id, skus=500)) for c in page.cards]
            if not (cursor := page.next):
                return found

    async def picture_of(self, merchant: int = ACME) -> dict[str, object]:
        """Own handle → everything that is true of the product but ids, versions and times."""
        return {p.own_handle: await self._whole(p) for p in await self.products(merchant)}

    async def _whole(self, p):
        skus = []
        for s in p.skus:
            prices = (await self.doors.pricing.history(STAFF, HistoryQuery(s.listing_id))).rows
            items = [c.stock_item_id for c in s.components]
            levels = (await self.doors.inventory.availability(STAFF, Availability(items))).rows
            shot = next((x.path for x in p.pictures if x.id == s.picture_id), "")
            (listing,) = (await self.doors.catalog.listings(STAFF, ListingsQuery([s.listing_id]))).rows
            skus.append(
                (s.code, s.chosen, s.weight_g, s.gtin, s.on_sale, shot, listing.options, listing.category,
                 [(r.currency, r.market, r.minor, r.list_minor, r.tax_included, r.valid_to) for r in prices],
                 [x.on_hand for x in levels])
            )  # fmt: skip
        return (
            p.names, p.descriptions, p.category, p.brand_names.get("en", ""), p.options, p.specs, p.kind, p.status, skus,
            [(x.path, x.alts, x.credit, x.sizes) for x in p.pictures],
        )  # fmt: skip


async def open_shop(engine: Engine) -> Shop:
    files, table = Files(), grants()
    shelf = CatalogService(Database(engine, catalog), table, files)
    doors = Doors(
        shelf,
        PricingService(Database(engine, pricing), table, shelf),
        InventoryService(Database(engine, inventory), table),
    )
    warehouse = await doors.inventory.put_warehouse(STAFF, PutWarehouse("w", {"en": "W"}, Region("DE")))
    return Shop(doors, files, warehouse.id)


def pictures_beside(folder: Path) -> Path:
    """The broken sample with the pictures it names, and what it should not reach."""
    file = folder / "goods" / "shopify.csv"
    (folder / "goods" / "images").mkdir(parents=True)
    file.write_bytes(BROKEN.read_bytes())
    (folder / "secret.png").write_bytes(photo(300, 200))
    (folder / "goods" / "shirt-sand.png").write_bytes(photo(500, 300))
    (folder / "goods" / "shirt-sea.png").write_bytes(photo(420, 300))
    (folder / "goods" / "images" / "mug.png").write_bytes(photo(250, 250))
    (folder / "goods" / "note.txt").write_text("no picture")
    (folder / "goods" / "drawing.svg").write_text("<svg/>")
    return file


def written(folder: Path, rows: list[dict[str, str]], name: str = "f.csv") -> Path:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(dict.fromkeys(k for r in rows for k in r)), restval="")
    writer.writeheader()
    writer.writerows(rows)
    (folder / name).write_bytes(out.getvalue().encode())
    return folder / name


def row(handle: str, **more: str) -> dict[str, str]:
    """A plain product in one row."""
    return {
        "Handle": handle, "Title": handle.title(), "Option1 Name": "Title", "Option1 Value": "Default Title",
        "Variant SKU": handle.upper(), "Variant Inventory Qty": "3", "Variant Price": "5.00", **more,
    }  # fmt: skip
