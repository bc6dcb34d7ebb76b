"""The catalogue's desk for programs: products with everything that they are told by, their state, and links that show them
before buyers may see them; and what a product may be told by, for everybody."""

from __future__ import annotations

from typing import Annotated, Any

from litestar.params import PathParameter, QueryParameter
from msgspec import Meta, Struct

from jishi.goods.catalog import (
    AddPicture,
    AttributesQuery,
    BrandsQuery,
    Fact,
    Measure,
    NoProduct,
    Option,
    Product,
    PutProduct,
    PutSkus,
    Rename,
    SetRecall,
    SetStatus,
    SizeGuide,
    SkuDraft,
    SkusQuery,
)
from jishi.kernel.i18n import iso, said
from jishi.kernel.ids import decode, encode
from jishi.kernel.place import Text
from jishi.web import preview
from jishi.web.goods import LOW, offers_of, ref_of
from jishi.web.routes import MAX_UPLOAD, PUBLIC, api_get, api_post, api_put
from jishi.web.visit import Visit

from .shapes import Id, OfferOut, PictureOut, ValueOut, offer_out

Ref = Annotated[str, PathParameter(max_length=120)]
CursorText = Annotated[str, QueryParameter(max_length=400)]
Limit = Annotated[int, QueryParameter(ge=1, le=100)]
Code = Annotated[str, QueryParameter(max_length=64, pattern=r"^[a-z0-9-]*$")]
MAX_BODY = MAX_UPLOAD * 4 // 3 + 4_096  # base64 and what is around it
HOUR_MS = 3_600_000


class SkuIn(Struct, frozen=True, forbid_unknown_fields=True):
    """`chosen`: option → value. `measure`: what the unit price is reckoned from."""

    code: str
    chosen: dict[str, str] = {}
    weight_g: int = 0
    gtin: str = ""
    components: dict[str, int] = {}
    on_sale: bool = True
    measure: Measure | None = None

    def draft(self) -> SkuDraft:
        return SkuDraft(self.code, self.chosen, self.weight_g, self.gtin, self.components, self.on_sale, self.measure)


class ProductIn(Struct, frozen=True, forbid_unknown_fields=True):
    """Texts are language → text. `publish_at`: a moment in the market's zone, or with an offset. `origins`: language → human,
    machine, imported. `more`: further SKUs come by `POST /products/{ref}/skus`, ≤ 500 at a time."""

    merchant: Id
    handle: str
    names: Text
    summaries: Text = {}
    descriptions: Text = {}
    category: str = ""
    brand: str = ""
    options: list[Option] = []
    skus: list[SkuIn] = []
    specs: list[tuple[Text, Text]] = []
    facts: dict[str, Fact] = {}
    size_guide: SizeGuide | None = None
    kind: str = "parcel"
    tax_class: str = "standard"
    origin: str = ""
    status: str = "draft"
    publish_at: Annotated[str, Meta(max_length=40)] = ""
    origins: dict[str, str] = {}
    more: bool = False


class SkusIn(Struct, frozen=True, forbid_unknown_fields=True):
    skus: list[SkuIn]


class StatusIn(Struct, frozen=True, forbid_unknown_fields=True):
    """draft, scheduled (with `publish_at`, in the market's zone or with an offset), published, archived."""

    status: Annotated[str, Meta(max_length=20)]
    publish_at: Annotated[str, Meta(max_length=40)] = ""


class RecallIn(Struct, frozen=True, forbid_unknown_fields=True):
    recalled: bool
    notices: Text = {}


class PictureIn(Struct, frozen=True, forbid_unknown_fields=True):
    """`image` is base64, ≤ 20 MB before. `key` makes it safe to repeat. `chosen`: the SKUs it shows, by their values."""

    key: Annotated[str, Meta(min_length=1, max_length=100)]
    image: bytes
    alts: Text = {}
    credit: str = ""
    chosen: dict[str, str] = {}


class HandleIn(Struct, frozen=True, forbid_unknown_fields=True):
    handle: Annotated[str, Meta(min_length=1, max_length=120)]


class PreviewIn(Struct, frozen=True, forbid_unknown_fields=True):
    hours: Annotated[int, Meta(ge=1, le=24 * preview.MAX_DAYS)] = 72


class DeskProductOut(Struct, frozen=True):
    """What its people keep of it. `publish_at` null: not scheduled."""

    id: str
    handle: str
    merchant: str
    names: Text
    status: str
    publish_at: str | None
    recalled: bool
    origins: dict[str, str]
    brand: str
    facts: dict[str, Fact]
    offers: int
    version: int


class PreviewOut(Struct, frozen=True):
    url: str
    until: str


class OfferList(Struct, frozen=True):
    items: list[OfferOut]
    next: str | None


class AttributeOut(Struct, frozen=True):
    code: str
    name: str
    kind: str
    unit: str
    values: list[ValueOut]
    categories: list[str]
    facet: bool


class AttributeItems(Struct, frozen=True):
    items: list[AttributeOut]


class BrandOut(Struct, frozen=True):
    code: str
    name: str


class BrandItems(Struct, frozen=True):
    items: list[BrandOut]


@api_put("/products", needs="goods:product:put", rate="staff", tags=["catalog"])
async def put(visit: Visit, data: ProductIn) -> DeskProductOut:
    """Creates or replaces the merchant's product of this handle; put unchanged, nothing happens."""
    told = {name: getattr(data, name) for name in data.__struct_fields__}
    told |= {"skus": [s.draft() for s in data.skus], "publish_at": _moment(visit, data.publish_at)}
    merchant = decode("mer", told.pop("merchant"))
    return desk_out(await visit.shop.catalog.put(visit.ctx, PutProduct(merchant, **told)))


@api_post("/products/{ref:str}/skus", needs="goods:product:put", rate="staff", status_code=200, tags=["catalog"])
async def put_skus(visit: Visit, ref: Ref, data: SkusIn) -> DeskProductOut:
    """The product has these SKUs too, at most 500 a call."""
    found = await mine(visit, ref)
    return desk_out(await visit.shop.catalog.put_skus(visit.ctx, PutSkus(found.id, [s.draft() for s in data.skus])))


@api_post("/products/{ref:str}/status", needs="goods:product:put", rate="staff", status_code=200, tags=["catalog"])
async def status(visit: Visit, ref: Ref, data: StatusIn) -> DeskProductOut:
    """The product is in this state; scheduled, it goes live by itself."""
    found = await mine(visit, ref)
    command = SetStatus(found.id, data.status, _moment(visit, data.publish_at))
    return desk_out(await visit.shop.catalog.set_status(visit.ctx, command))


@api_post("/products/{ref:str}/recall", needs="goods:product:recall", rate="staff", status_code=200, tags=["catalog"])
async def recall(visit: Visit, ref: Ref, data: RecallIn) -> DeskProductOut:
    """Seen with its notice and not for sale; only staff takes a recall back."""
    found = await mine(visit, ref)
    return desk_out(await visit.shop.catalog.recall(visit.ctx, SetRecall(found.id, data.recalled, data.notices)))


@api_post("/products/{ref:str}/handle", needs="goods:product:put", rate="staff", status_code=200, tags=["catalog"])
async def rename(visit: Visit, ref: Ref, data: HandleIn) -> DeskProductOut:
    """Its address is this from now on; the one before leads there."""
    found = await mine(visit, ref)
    return desk_out(await visit.shop.catalog.rename(visit.ctx, Rename(found.id, data.handle)))


@api_post(
    "/products/{ref:str}/pictures",
    needs="goods:picture:add",
    rate="upload",
    tags=["catalog"],
    request_max_body_size=MAX_BODY,
)
async def add_picture(visit: Visit, ref: Ref, data: PictureIn) -> PictureOut:
    """The product shows the picture behind those it has; whatever it is called, its bytes tell what it is."""
    found = await mine(visit, ref)
    command = AddPicture(found.id, data.key, data.image, data.alts, data.credit, chosen=data.chosen)
    made = await visit.shop.catalog.add_picture(visit.ctx, command)
    alt = said(made.alts, visit.locale)
    return PictureOut(f"/media/{made.path}-{max(made.sizes)}.webp", made.width, made.height, alt, made.sizes)


@api_post("/products/{ref:str}/preview", needs="goods:product:put", rate="staff", tags=["catalog"])
async def preview_link(visit: Visit, ref: Ref, data: PreviewIn) -> PreviewOut:
    """A link that shows the product in whatever state, to whoever has it, for so many hours."""
    found = await mine(visit, ref)
    until = visit.shop.world.now() + data.hours * HOUR_MS
    token = preview.link_token(visit.site.secret, found.id, until)
    base = visit.site.config.base_url.rstrip("/")
    return PreviewOut(f"{base}/{visit.locale}/products/preview/{token}", iso(until))


@api_get("/products/{ref:str}/offers", needs=PUBLIC, tags=["goods"])
async def offers(visit: Visit, ref: Ref, cursor: CursorText = "", limit: Limit = 100) -> OfferList:
    """The product's offers that are on sale, in the merchant's order, page by page: a product may have 20,000."""
    found = await visit.shop.catalog.product(visit.ctx, ref_of(ref))
    page = await visit.shop.catalog.skus(visit.ctx, SkusQuery(found.id, cursor, limit))
    words = {(o.code, v.code): said(v.names, visit.locale) for o in found.options for v in o.values}
    return OfferList(
        [
            offer_out(o, " · ".join(words[c] for c in o.sku.chosen.items() if c in words), LOW)
            for o in await offers_of(visit, page.rows)
        ],
        page.next or None,
    )


@api_get("/attributes", needs=PUBLIC, tags=["goods"])
async def attributes(visit: Visit, category: Code = "") -> AttributeItems:
    """What products can be told by; with a category, what those there can."""
    rows = (await visit.shop.catalog.attributes(visit.ctx, AttributesQuery(category))).rows
    return AttributeItems([
        AttributeOut(a.code, said(a.names, visit.locale), a.kind, a.unit,
                     [ValueOut(v.code, said(v.names, visit.locale)) for v in a.values], a.categories, a.facet)
        for a in rows
    ])  # fmt: skip


@api_get("/brands", needs=PUBLIC, tags=["goods"])
async def brands(visit: Visit) -> BrandItems:
    """The first 1,000 by code."""
    rows = (await visit.shop.catalog.brands(visit.ctx, BrandsQuery())).rows
    return BrandItems([BrandOut(b.code, said(b.names, visit.locale)) for b in rows])


async def mine(visit: Visit, ref: str) -> Product:
    """The product, in whatever state, if it is the clerk's merchant's."""
    found = await visit.shop.catalog.product(visit.ctx, ref_of(ref))
    if visit.actor.merchant_id and visit.actor.merchant_id != found.merchant_id:
        raise NoProduct(found.id)
    return found


def _moment(visit: Visit, text: str) -> int:
    return preview.moment(text, visit.market.zone, "publish_at") if text else 0


def desk_out(p: Product) -> DeskProductOut:
    return DeskProductOut(
        encode("prd", p.id), p.handle, encode("mer", p.merchant_id), p.names, p.status,
        iso(p.publish_at) if p.publish_at else None, p.recalled, p.origins, p.brand, p.facts, p.sku_count, p.version,
    )  # fmt: skip


handlers: list[Any] = [put, put_skus, status, recall, rename, add_picture, preview_link, offers, attributes, brands]
