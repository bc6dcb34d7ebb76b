"""What the API takes and gives. Every id is its kind and 13 characters; money is minor units and a currency; a text is in
the caller's language; a moment is RFC 3339 in UTC."""

from __future__ import annotations

from typing import Annotated, TypeVar

from msgspec import Meta, Struct

from jishi.goods.catalog import Fact, Measure
from jishi.kernel.i18n import iso, said
from jishi.kernel.ids import encode
from jishi.web.goods import GoodsView, Offer, Tile

T = TypeVar("T")
Email = Annotated[str, Meta(min_length=3, max_length=254)]
Id = Annotated[str, Meta(min_length=15, max_length=24, pattern=r"^[a-z]{2,6}_[0-9a-zA-Z]{13}$")]
Quantity = Annotated[int, Meta(ge=0, le=999)]
Password = Annotated[str, Meta(min_length=1, max_length=256)]


class Amount(Struct, frozen=True):
    """`minor` units of an ISO 4217 currency: 12.30 CNY = 1230, 500 JPY = 500."""

    minor: int
    currency: str


class PictureOut(Struct, frozen=True):
    url: str
    width: int
    height: int
    alt: str
    widths: list[int] = []


class VideoOut(Struct, frozen=True):
    url: str
    type: str
    poster: str
    alt: str


class ValueOut(Struct, frozen=True):
    code: str
    name: str
    swatch: str = ""


class OptionOut(Struct, frozen=True):
    code: str
    name: str
    values: list[ValueOut]


class OfferOut(Struct, frozen=True):
    """A listing: what a cart line names. `price` null: not for sale in this market. stock: in, low, out."""

    listing: str
    sku: str
    code: str
    chosen: dict[str, str]
    options: str
    price: Amount | None
    list_price: Amount | None
    tax_included: bool
    stock: str
    available: int
    gtin: str = ""
    measure: Measure | None = None


class ProductOut(Struct, frozen=True):
    """`description` is HTML of a small allow-list. `offers`: the first 100 of `offer_count`; more by `/products/{id}/offers`.

    `facts`: attribute → value, a number in the attribute's unit. `text_origin`: who made this language's texts."""

    id: str
    handle: str
    merchant: str
    name: str
    summary: str
    description: str
    category: str
    brand: str
    kind: str
    options: list[OptionOut]
    offers: list[OfferOut]
    pictures: list[PictureOut]
    specs: list[tuple[str, str]]
    version: int
    updated_at: str
    brand_code: str = ""
    facts: dict[str, Fact] = {}
    videos: list[VideoOut] = []
    offer_count: int = 0
    status: str = "published"
    recalled: bool = False
    text_origin: str = "human"


class ProductTile(Struct, frozen=True):
    id: str
    handle: str
    name: str
    price: Amount | None
    list_price: Amount | None
    picture: str


class ProductList(Struct, frozen=True):
    """`next` is the cursor of the next page, null at the end."""

    items: list[ProductTile]
    next: str | None


class CategoryOut(Struct, frozen=True):
    code: str
    name: str
    parent: str
    icon: str


class CategoryItems(Struct, frozen=True):
    items: list[CategoryOut]


def amount(minor: int | None, currency: str) -> Amount | None:
    return None if minor is None else Amount(minor, currency)


def stock_word(free: int, low: int) -> str:
    return "out" if free <= 0 else "low" if free <= low else "in"


def offer_out(o: Offer, options: str, low: int) -> OfferOut:
    price = o.price
    return OfferOut(
        listing=encode("lst", o.sku.listing_id),
        sku=encode("sku", o.sku.id),
        code=o.sku.code,
        chosen=o.sku.chosen,
        options=options,
        price=amount(price.minor, price.currency) if price else None,
        list_price=amount(price.was_minor or None, price.currency) if price else None,
        tax_included=price.tax_included if price else False,
        stock=stock_word(o.free, low),
        available=max(0, o.free),
        gtin=o.sku.gtin,
        measure=o.sku.measure,
    )


def product_out(view: GoodsView, locale: str, low: int) -> ProductOut:
    p = view.product
    words = {(o.code, v.code): said(v.names, locale) for o in p.options for v in o.values}

    def options(chosen: dict[str, str]) -> str:
        return " · ".join(words.get((o.code, chosen.get(o.code, "")), "") for o in p.options)

    return ProductOut(
        id=encode("prd", p.id),
        handle=p.handle,
        merchant=encode("mer", p.merchant_id),
        name=said(p.names, locale),
        summary=said(p.summaries, locale),
        description=said(p.descriptions, locale),
        category=p.category,
        brand=said(p.brand_names, locale),
        kind=p.kind,
        options=[
            OptionOut(
                o.code, said(o.names, locale), [ValueOut(v.code, said(v.names, locale), v.swatch) for v in o.values]
            )
            for o in p.options
        ],
        offers=[offer_out(o, options(o.sku.chosen), low) for o in view.offers],
        pictures=[
            PictureOut(
                f"/media/{x.path}-{max(x.sizes, default=400)}.webp", x.width, x.height, said(x.alts, locale), x.sizes
            )
            for x in p.pictures
        ],
        specs=[(said(k, locale), said(v, locale)) for k, v in p.specs],
        version=p.version,
        updated_at=iso(p.updated_at),
        brand_code=p.brand,
        facts=p.facts,
        videos=[
            VideoOut(
                f"/media/{v.path}",
                f"video/{v.kind}",
                f"/media/{v.poster}-{max(v.poster_sizes)}.webp",
                said(v.alts, locale),
            )
            for v in p.videos
        ],
        offer_count=p.sku_count,
        status=p.status,
        recalled=p.recalled,
        text_origin=p.origins.get(locale, "human"),
    )


def tile_out(t: Tile, handle: str) -> ProductTile:
    picture = f"/media/{t.picture}-400.webp" if t.picture else ""
    return ProductTile(
        encode("prd", t.id), handle, t.name, amount(t.minor, t.currency), amount(t.was or None, t.currency), picture
    )
