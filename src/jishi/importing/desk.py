"""The command line's words: a file, a merchant's handle and a warehouse's code in, a report or a file out."""

import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol, TextIO

from msgspec import Struct
from msgspec.structs import replace

from jishi.goods.catalog import Catalog, Picture
from jishi.goods.inventory import Inventory, NoWarehouse, WarehousesQuery
from jishi.goods.pricing import Pricing
from jishi.kernel import SYSTEM, Fault
from jishi.kernel.blobs import NoBlob
from jishi.kernel.i18n import t
from jishi.kernel.market import Market, market_of, markets
from jishi.people.merchants import Merchant, Merchants, MerchantsQuery

from .export import ExportPlan, export_products, header
from .story import Doors, import_products
from .terms import ImportPlan, NoSuchMarket, NoSuchMerchant, Report, Trouble

HEAD, HAN = 1 << 16, ("\u4e00", "\u9fff")  # characters looked at to tell the language
PAGE = 100


class Shop(Protocol):
    """What of the shop a file needs."""

    merchants: Merchants
    catalog: Catalog
    pricing: Pricing
    inventory: Inventory
    blobs: Any


class ImportAsk(Struct, frozen=True):
    """`merchant` is a handle, `warehouse` a code. `currency` "" = the market's. `locale` "" = told by the letters."""

    file: str
    merchant: str
    warehouse: str
    format: str = "auto"
    market: str = "CN"
    currency: str = ""
    dry_run: bool = False
    locale: str = ""
    images: str = ""


async def import_file(shop: Shop, ask: ImportAsk, told: Callable[[int, int], None] = lambda done, of: None) -> Report:
    """`import_products` for the house; a file or a name that is wrong as a whole is the report's one trouble.

    `told(bytes read, bytes in all)` moves a progress bar."""
    try:
        plan = await _plan(shop, ask)
        doors = Doors(shop.catalog, shop.pricing, shop.inventory)
        return await import_products(SYSTEM, doors, Path(ask.file), plan, lambda done, of, report: told(done, of))
    except Fault as e:
        if e.status not in (404, 422):
            raise
        params = {name: str(getattr(e.body, name)) for name in e.body.__struct_fields__}
        return Report(dry_run=ask.dry_run, refused=1, troubles=[Trouble(0, "", e.message, params)])


async def _plan(shop: Shop, ask: ImportAsk) -> ImportPlan:
    found = (await shop.merchants.merchants(SYSTEM, MerchantsQuery(handles=[ask.merchant]))).rows
    if not found:
        raise NoSuchMerchant(ask.merchant)
    warehouses = {w.code: w for w in (await shop.inventory.warehouses(SYSTEM, WarehousesQuery())).rows}
    if (warehouse := warehouses.get(ask.warehouse)) is None or warehouse.merchant_id not in (0, found[0].id):
        raise NoWarehouse(called=ask.warehouse)
    if (market := markets().get(ask.market)) is None:
        raise NoSuchMarket(ask.market)
    return ImportPlan(
        found[0].id,
        warehouse.id,
        ask.format,
        ask.market,
        ask.currency or market.currency,
        market.tax_included,
        ask.locale or language_of(Path(ask.file)),
        ask.images,
        ask.dry_run,
    )


def language_of(file: Path) -> str:
    """Chinese, if one letter of twenty at the file's beginning is; else English."""
    with file.open(encoding="utf-8", errors="replace") as opened:
        letters = [c for c in opened.read(HEAD) if c.isalpha()]
    return "zh-CN" if 20 * sum(HAN[0] <= c <= HAN[1] for c in letters) > len(letters) else "en"


def show(report: Report, locale: str) -> Iterator[str]:
    """The report in sentences: each trouble with its place, then what there is now."""
    for trouble in report.troubles:
        yield line_of(trouble, locale)
    if report.more:
        yield t("importing.more", locale, n=report.more)
    if report.format:
        counts = {name: getattr(report, name) for name in ("variants", "prices", "pieces", "pictures", "refused")}
        yield t("importing.dry" if report.dry_run else "importing.done", locale, n=report.products, **counts)


def line_of(trouble: Trouble, locale: str) -> str:
    """Line 12, Variant Price: “ninety” is not a price … (dear-lamp)"""
    said = t(trouble.key, locale, **trouble.params)
    place = "importing.at_cell" if trouble.column else "importing.at_line" if trouble.line else "importing.at_file"
    where = t(place, locale, line=trouble.line, column=trouble.column, said=said)
    if not trouble.product:
        return where
    key = "importing.of_refused" if trouble.refused else "importing.of_noted"
    return t(key, locale, where=where, product=trouble.product)


async def export_file(shop: Shop, file: str, merchant: str = "", market: str = "", locale: str = "en") -> int:
    """The goods of a merchant, or of all, as a Shopify CSV, the pictures in `images` beside it; answers how many products.

    Prices are those of the market told, else of each merchant's own. The file is there whole or not at all. Goods of all
    merchants bear the handles of their URLs, for two may call theirs alike."""
    sellers = [m async for m in _merchants(shop, merchant)]
    if merchant and not sellers:
        raise NoSuchMerchant(merchant)
    doors, count = Doors(shop.catalog, shop.pricing, shop.inventory), 0
    keep = Album(shop.blobs, Path(file).parent / "images")
    with written_whole(file) as out:
        header(out)
        for seller in sellers:
            place = _market(market, seller)
            plan = ExportPlan(seller.id, place.code, place.currency, locale, own_handles=bool(merchant))
            count += await export_products(SYSTEM, doors, plan, out, keep.name)
    return count


@contextmanager
def written_whole(file: str) -> Iterator[TextIO]:
    """A text file, in UTF-8 with the mark that spreadsheets look for, that takes the place of `file` at the end."""
    work = Path(file + ".part")
    with work.open("w", encoding="utf-8-sig", newline="") as out:
        yield out
    os.replace(work, file)


def _market(told: str, seller: Merchant) -> Market:
    known = markets()
    found = known.get(told) if told else market_of(seller.country, known) or next(iter(known.values()))
    if found is None:
        raise NoSuchMarket(told)
    return replace(found, currency=seller.currency) if not told else found


async def _merchants(shop: Shop, handle: str) -> AsyncIterator[Merchant]:
    query = MerchantsQuery(handles=[handle]) if handle else MerchantsQuery(limit=PAGE)
    while rows := (await shop.merchants.merchants(SYSTEM, query)).rows:
        for row in rows:
            yield row
        if handle or len(rows) < PAGE:
            return
        query = MerchantsQuery(after=rows[-1].id, limit=PAGE)


class Album:
    """Copies of the pictures beside the file, each once."""

    def __init__(self, blobs: Any, folder: Path) -> None:
        self.blobs, self.folder = blobs, folder

    async def name(self, picture: Picture) -> str:
        """How the file names the picture; "" for one whose file is gone."""
        blob = f"{picture.path}-{max(picture.sizes)}.webp"
        name = blob.rpartition("/")[2]
        if not (self.folder / name).is_file():
            try:
                data = await self.blobs.get(blob)
            except NoBlob:
                return ""
            self.folder.mkdir(exist_ok=True)
            (self.folder / name).write_bytes(data)
        return f"images/{name}"
