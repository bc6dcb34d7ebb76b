"""A catalogue with a service, a folder of files in memory, and words to read it by."""

from dataclasses import dataclass, field
from io import BytesIO

from PIL import Image
from sqlalchemy import bindparam, func, select

from jishi.goods.catalog import (
    MAX_SKUS,
    AddPicture,
    ListingsQuery,
    Option,
    OptionValue,
    PageQuery,
    Picture,
    Product,
    ProductChanged,
    ProductQuery,
    PutCategory,
    PutProduct,
    SkuDraft,
)
from jishi.goods.catalog.service import CatalogService
from jishi.goods.catalog.tables import module
from jishi.grants import grants
from jishi.kernel import Context, Database, Engine, Statement
from tests.kit import STAFF, buyer

GUEST = buyer(role="guest")
ACME, OTHER = 5, 6
GREEN = OptionValue("green", {"zh-CN": "墨绿", "en": "Green"}, "#0b6b4f")
WHITE = OptionValue("white", {"zh-CN": "白"})
COLOUR = Option("colour", {"zh-CN": "颜色", "en": "Colour"}, [GREEN, WHITE])
SIZE = Option(
    "size",
    {"zh-CN": "容量", "en": "Size"},
    [OptionValue("480", {"en": "480 ml"}), OptionValue("750", {"en": "750 ml"})],
)
CUP = PutProduct(
    ACME,
    "travel-cup",
    {"zh-CN": "随行杯", "en": "Travel cup"},
    summaries={"en": "Keeps tea warm for six hours", "zh-CN": "保温六小时"},
    descriptions={"en": "<p>Steel.</p>"},
    brand="Hearth",
    options=[COLOUR, SIZE],
    skus=[
        SkuDraft("CUP-G-480", {"colour": "green", "size": "480"}, weight_g=310, gtin="4006381333931"),
        SkuDraft("CUP-W-750", {"colour": "white", "size": "750"}, weight_g=420),
    ],
    specs=[({"zh-CN": "材质", "en": "Material"}, {"zh-CN": "不锈钢", "en": "Steel"})],
    origin="CN",
)
PLAIN = PutProduct(ACME, "plain-bowl", {"en": "Plain bowl"}, skus=[SkuDraft("BOWL")])


@dataclass
class Shelf:
    db: Database
    service: CatalogService
    files: dict[str, bytes] = field(default_factory=dict)
    queries: int = 0

    async def put(self, cmd: PutProduct = CUP, ctx: Context = STAFF) -> Product:
        return await self.service.put(ctx, cmd)

    async def product(self, id: int, ctx: Context = GUEST) -> Product:
        return await self.service.product(ctx, ProductQuery(id, skus=MAX_SKUS))

    async def listings(self, *ids: int, of: tuple[int, ...] = (), ctx: Context = GUEST):
        return (await self.service.listings(ctx, ListingsQuery(list(ids), list(of)))).rows

    async def found(self, ctx: Context = GUEST, **query) -> list[str]:
        """Handles of a page."""
        return [c.handle for c in (await self.service.page(ctx, PageQuery(**query))).cards]

    async def category(self, code: str, parent: str = "", en: str = "", zh: str = "", position: int = 0):
        names = {"en": en or code.title()} | ({"zh-CN": zh} if zh else {})
        return await self.service.put_category(STAFF, PutCategory(code, names, parent, position=position))

    async def picture(self, product_id: int, image: bytes, key: str = "k", ctx: Context = STAFF, **more) -> Picture:
        return await self.service.add_picture(ctx, AddPicture(product_id, key, image, **more))

    async def counts(self) -> dict[str, int]:
        return await self.db.read(None, lambda tx: {t: tx.row(c)[0] for t, c in COUNTS.items()})

    async def changes(self) -> list[tuple[str, int]]:
        """(handle, version) of every ProductChanged so far."""
        import msgspec

        rows = await self.db.read(None, lambda tx: tx.rows(BODIES, called=ProductChanged.topic()))
        events = [msgspec.msgpack.decode(r[0], type=ProductChanged) for r in rows]
        return [(e.handle, e.version) for e in events]


def photo(width: int = 600, height: int = 400, form: str = "PNG", mode: str = "RGB", **save) -> bytes:
    """Left half red, right half blue."""
    image = Image.new(mode, (width, height), "red" if mode == "RGB" else 0)
    image.paste("blue" if mode == "RGB" else 0, (width // 2, 0, width, height))
    out = BytesIO()
    image.save(out, form, **save)
    return out.getvalue()


class Files:
    def __init__(self, kept: dict[str, bytes]) -> None:
        self.kept = kept

    async def put(self, name: str, data: bytes) -> None:
        self.kept[name] = data


def open_shelf(engine: Engine) -> Shelf:
    files: dict[str, bytes] = {}
    db = Database(engine, module)
    return Shelf(db, CatalogService(db, grants(), blobs=Files(files)), files)


_tables = [t for t in module.meta.sorted_tables if not t.name.endswith("inbox")]
COUNTS = {t.name: Statement(select(func.count()).select_from(t)) for t in _tables}
_outbox = module.meta.tables["goods_catalog_outbox"]
BODIES = Statement(select(_outbox.c.body).where(_outbox.c.topic == bindparam("called")).order_by(_outbox.c.id))
