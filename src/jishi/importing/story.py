"""How a file becomes goods on the shelf: product by product, every step keyed, so that a second run changes nothing and
a run that died goes on where it was."""

import asyncio
import hashlib
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from os import SEEK_END
from pathlib import Path
from typing import BinaryIO, TypeVar

from msgspec.structs import replace

from jishi.goods.catalog import (
    MAX_SKUS,
    AddPicture,
    AttributesQuery,
    Catalog,
    Categories,
    Product,
    PutCategory,
    PutSkus,
    slug,
)
from jishi.goods.inventory import Inventory, NoWarehouse, Receive, StockKey, WarehousesQuery
from jishi.goods.pricing import PriceDraft, Pricing, SetPrices
from jishi.kernel import Context, Fault
from jishi.kernel.place import Text

from . import shopify, vendure
from .reading import text_in
from .rows import Table
from .sources import Folder, credit_of
from .telling import command, refusal
from .terms import Draft, ImportPlan, NoColumns, PictureDraft, Report, Trouble, UnknownFormat

AT_ONCE, PRICES = 32, 256  # receipts that share a commit; price rows a command
MAKING = 4  # products whose pictures are on their way: the encoding of two goes on beside the next rows
Told = Callable[[int, int, Report], None]
T = TypeVar("T")


@dataclass(frozen=True)
class Doors:
    """The faces that a file goes through."""

    catalog: Catalog
    pricing: Pricing
    inventory: Inventory


async def import_products(
    ctx: Context, doors: Doors, file: Path, plan: ImportPlan, told: Told = lambda done, of, report: None
) -> Report:
    """The file's good products are in the shop, with prices, opening stock and pictures; the rest is told line by line.

    `told(bytes read, bytes in all, report so far)` moves a progress bar. Raises `NotText`, `NoColumns`, `UnknownFormat`,
    and whatever is not the file's fault: then run it again, what is done stays done."""
    report = Report(dry_run=plan.dry_run)
    if not (await doors.inventory.warehouses(ctx, WarehousesQuery([plan.warehouse_id]))).rows:
        raise NoWarehouse(plan.warehouse_id)
    with open_binary(file) as opened:
        size = opened.seek(0, SEEK_END)
        opened.seek(0)
        table = Table(opened)
        work = Work(ctx, doors, plan, Folder(file, plan.images), report)
        refused = set[tuple[str, int]]()
        try:
            for item in reader(table, plan, report):
                if isinstance(item, Trouble):
                    report.tell(item)
                    if item.refused and item.key != "importing.too_many_rows":
                        refused.add((item.product, 0 if item.product else item.line))
                else:
                    await work.put(item)
                report.rows = table.count
                told(table.lines.bytes, size, report)
            await work.made()
        finally:
            await work.end()
        report.refused += len(refused)
        report.troubles.sort(key=lambda t: t.line)  # what a picture suffers is known later than its line
    told(size, size, report)
    return report


def open_binary(file: Path) -> BinaryIO:
    """A plain file of this machine: reading a line is no reason to leave the loop."""
    return file.open("rb")


def reader(table: Table, plan: ImportPlan, report: Report) -> Iterator[Draft | Trouble]:
    names = set(table.names)
    told = {"shopify": shopify.fits(names), "vendure": vendure.fits(names)}
    kind = plan.format if plan.format != "auto" else next((k for k, fits in told.items() if fits), "")
    if kind not in told:
        raise UnknownFormat(", ".join(list(table.columns.values())[:20])[:400])
    report.format = kind
    if kind == "shopify":
        shopify.older_names(table)
    read, needed = (shopify.read, shopify.NEEDED) if kind == "shopify" else (vendure.read, vendure.NEEDED)
    bare = {n.partition(":")[0] if kind == "vendure" else n for n in table.names}
    if missing := [n for n in needed if n not in bare]:
        raise NoColumns(", ".join(missing))
    return read(table, plan)


class Work:
    """One run: what it may, where to, and the categories it knows by now."""

    def __init__(self, ctx: Context, doors: Doors, plan: ImportPlan, folder: Folder, report: Report) -> None:
        self.ctx, self.doors, self.plan, self.folder, self.report = ctx, doors, plan, folder, report
        self.flags: set[str] | None = None  # attributes that are told by yes or no
        self.parents: dict[str, str] | None = None  # category → the one above it
        self.called: dict[tuple[str, str], str] = {}  # (above, name) → category
        self.making = deque[asyncio.Task[None]]()  # products' pictures, in the order of the file

    async def put(self, d: Draft) -> None:
        """The draft is a product for sale, whole; one that the shop refuses is told and nothing of it is there."""
        if not self.plan.dry_run:
            try:
                product = await self.product(d)
            except Fault as e:
                self.report.tell(refusal(e, d, refused=True))
                self.report.refused += 1
                return
            await self.step(d, self.prices(d, product))
            await self.step(d, self.stock(d, product))
            if d.pictures:
                await self.made(MAKING - 1)
                self.making.append(asyncio.create_task(self.pictures(d, product)))
        else:
            self.report.prices += len(d.variants)
            self.report.pieces += sum(v.quantity for v in d.variants)
            for picture in d.pictures:
                self.found(self.folder.load(picture, d.handle, look_only=True))
        self.report.products += 1
        self.report.variants += len(d.variants)

    async def product(self, d: Draft) -> Product:
        """The draft's product, a large one in several commands, with the SKUs that the file tells, in its order."""
        if d.facts and self.flags is None:
            known = (await self.doors.catalog.attributes(self.ctx, AttributesQuery())).rows
            self.flags = {a.code for a in known if a.kind == "flag"}
        whole = command(d, self.plan, await self.category(d.categories), self.flags or set())
        first, *more = parts(whole.skus, MAX_SKUS) if whole.skus else [[]]
        put = self.doors.catalog.put
        product = await put(self.ctx, replace(whole, skus=first, more=bool(more)))
        skus = product.skus[: len(first)]  # behind them come those no longer named
        for part in more:
            skus += (await self.doors.catalog.put_skus(self.ctx, PutSkus(product.id, part))).skus
        return replace(product, skus=skus)

    async def step(self, d: Draft, doing: Awaitable[None], picture: PictureDraft | None = None) -> None:
        """A refusal behind the product itself is told; the product stays, and the next run tries again."""
        try:
            await doing
        except Fault as e:
            self.report.tell(refusal(e, d, refused=False, picture=picture))

    async def made(self, but: int = 0) -> None:
        """At most so many products' pictures are still on their way; raises what those before them met."""
        while len(self.making) > but:
            await self.making[0]
            self.making.popleft()

    async def end(self) -> None:
        """Nothing goes on behind the run's back."""
        for task in self.making:
            task.cancel()
        await asyncio.gather(*self.making, return_exceptions=True)

    async def prices(self, d: Draft, product: Product) -> None:
        plan = self.plan
        drafts = [
            PriceDraft(sku.listing_id, plan.market, plan.currency, v.minor, plan.tax_included, list_minor=v.list_minor)
            for v, sku in zip(d.variants, product.skus, strict=True)
        ]
        for part in parts(drafts, PRICES):
            await self.doors.pricing.set_prices(self.ctx, SetPrices(plan.merchant_id, part))
        self.report.prices += len(drafts)

    async def stock(self, d: Draft, product: Product) -> None:
        """The opening stock, once a merchant, warehouse and SKU: what was sold since is not put back by a second run."""
        plan, receipts = self.plan, list[Receive]()
        for v, sku in zip(d.variants, product.skus, strict=True):
            if v.quantity:
                stock = StockKey(sku.components[0].stock_item_id, plan.warehouse_id, plan.merchant_id)
                key = stable(f"import:{plan.merchant_id}:{plan.warehouse_id}:{sku.id}")
                receipts.append(Receive(key, stock, v.quantity))
        for part in parts(receipts, AT_ONCE):
            await asyncio.gather(*(self.doors.inventory.receive(self.ctx, r) for r in part))
        self.report.pieces += sum(r.quantity for r in receipts)

    async def pictures(self, d: Draft, product: Product) -> None:
        """One after the other, for their order is the product's."""
        for picture in d.pictures:
            await self.step(d, self.picture(d, product, picture), picture)

    async def picture(self, d: Draft, product: Product, p: PictureDraft) -> None:
        image = self.folder.load(p, d.handle)
        if not isinstance(image, Trouble):
            skus = [s.code for v, s in zip(d.variants, product.skus, strict=True) if p.source in v.pictures]
            key = f"import:{p.source}"
            add = AddPicture(product.id, key, image, p.alts or product.names, credit_of(p.source), skus)
            await self.doors.catalog.add_picture(self.ctx, add)
        self.found(image)

    def found(self, image: bytes | Trouble) -> None:
        if isinstance(image, Trouble):
            self.report.tell(image)
        else:
            self.report.pictures += 1

    async def category(self, way: Sequence[Text]) -> str:
        """The category at the end of the way, made with all above it where it is not there; found by any of its names."""
        above = ""
        if way and self.parents is None:
            rows = (await self.doors.catalog.categories(self.ctx, Categories())).rows
            self.parents = {c.code: c.parent for c in rows}
            self.called = {(c.parent, name.casefold()): c.code for c in rows for name in c.names.values()}
        for names in way:
            known = [(above, name.casefold()) for name in names.values()]
            code = next((self.called[k] for k in known if k in self.called), "")
            if not code:
                assert self.parents is not None
                code = slug(text_in(names, self.plan.locale))[:50]
                if code in self.parents:  # of this name, but elsewhere in the tree
                    code = slug(f"{above[:40]} {code}")[:60].strip("-")
                await self.doors.catalog.put_category(self.ctx, PutCategory(code, names, above))
                self.parents[code] = above
                self.called |= dict.fromkeys(known, code)
            above = code
        return above


def stable(text: str) -> int:
    """A 62-bit key from a name: the same at every run."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest()) >> 2


def parts(listed: Sequence[T], most: int) -> Iterator[list[T]]:
    return (list(listed[i : i + most]) for i in range(0, len(listed), most))
