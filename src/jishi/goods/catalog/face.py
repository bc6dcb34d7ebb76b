"""What is offered: product (SPU) → SKU (chosen options) → listing (a merchant's offer) → stock item (what is counted)."""

from abc import abstractmethod

from msgspec import Struct

from jishi.kernel import Context, Event, Face, Fault
from jishi.kernel.place import Text

MAX_SKUS = 500  # a command; larger products come in several


class OptionValue(Struct, frozen=True):
    code: str
    names: Text
    swatch: str = ""  # "#0b6b4f", drawn as an SVG fill


class Option(Struct, frozen=True):
    code: str
    names: Text
    values: list[OptionValue]


class SkuDraft(Struct, frozen=True):
    """`code` is the merchant's own. `chosen` maps option code → value code, one value of every option.

    `components` empty = itself × 1: a stock item of its own is made. Otherwise code of another SKU → pieces."""

    code: str
    chosen: dict[str, str] = {}
    weight_g: int = 0
    gtin: str = ""
    components: dict[str, int] = {}
    on_sale: bool = True


class PutProduct(Struct, frozen=True):
    """Creates or replaces the product (merchant, handle). SKUs that are no longer named go off sale, never away.

    `descriptions` is HTML by the allow-list of `nh3`; cleaned on write."""

    merchant_id: int
    handle: str
    names: Text
    summaries: Text = {}
    descriptions: Text = {}
    category: str = ""
    brand: str = ""
    options: list[Option] = []
    skus: list[SkuDraft] = []
    specs: list[tuple[Text, Text]] = []
    kind: str = "parcel"  # parcel, pick_up, digital, service, stored_value
    tax_class: str = "standard"
    origin: str = ""
    status: str = "published"  # draft, published, archived


class Picture(Struct, frozen=True):
    """`path` + `-400.webp` … are the served files; `sizes` the widths there are (a subset of 200, 400, 800, 1200)."""

    id: int
    path: str
    width: int
    height: int
    sizes: list[int]
    alts: Text
    credit: str = ""


class Component(Struct, frozen=True):
    stock_item_id: int
    quantity: int


class Sku(Struct, frozen=True):
    id: int
    listing_id: int
    code: str
    chosen: dict[str, str]
    weight_g: int
    gtin: str
    components: list[Component]
    on_sale: bool
    picture_id: int = 0


class Product(Struct, frozen=True):
    """The whole product in all its languages: the page and the API choose. Prices and stock are others' facts."""

    id: int
    handle: str
    merchant_id: int
    names: Text
    summaries: Text
    descriptions: Text
    category: str
    brand: str
    options: list[Option]
    skus: list[Sku]
    specs: list[tuple[Text, Text]]
    pictures: list[Picture]
    kind: str
    tax_class: str
    origin: str
    status: str
    version: int
    updated_at: int
    own_handle: str = ""  # what the merchant calls it and `put` knows it by; `handle` is its place in the URL


class Listing(Struct, frozen=True):
    """What cart, checkout and order lines need of an offer."""

    id: int
    sku_id: int
    product_id: int
    handle: str
    sku_code: str
    merchant_id: int
    names: Text
    options: Text  # "墨绿 · 480 ml", empty without options
    picture: str  # a Picture's path, or ""
    weight_g: int
    components: list[Component]
    kind: str
    tax_class: str
    category: str
    on_sale: bool


class ListingsQuery(Struct, frozen=True):
    """By listing, by product and/or by what their SKUs are made of; ≤ 256 of each. Off sale ones too, for carts and
    orders show them. `code`: SKU codes that begin so, as typed or in capitals; the first 100, for the desk."""

    ids: list[int] = []
    product_ids: list[int] = []
    stock_item_ids: list[int] = []
    code: str = ""


class ListingList(Struct, frozen=True):
    """Unknown ids are left out."""

    rows: list[Listing]


class ProductQuery(Struct, frozen=True):
    """By id, or by handle."""

    id: int = 0
    handle: str = ""


class ProductCard(Struct, frozen=True):
    """A tile of a list. `listing_ids` are those on sale, so that the page can ask for their prices in one batch."""

    id: int
    handle: str
    merchant_id: int
    names: Text
    category: str
    picture: str
    picture_alts: Text
    listing_ids: list[int]


class PageQuery(Struct, frozen=True):
    """Published products. `words`: every word (≤ 8, others are ignored) must be in the name, brand, category or summary
    of any language (for Chinese: as a substring). `category`: with all below it. sort: newest, name (the English one).

    `status`: staff, and a clerk for its own merchant, may ask for draft, archived or "any"."""

    category: str = ""
    words: str = ""
    merchant_id: int = 0
    sort: str = "newest"
    cursor: str = ""
    limit: int = 24
    status: str = "published"


class ProductPage(Struct, frozen=True):
    cards: list[ProductCard]
    next: str  # "" at the end


class PutCategory(Struct, frozen=True):
    code: str
    names: Text
    parent: str = ""
    icon: str = ""
    position: int = 0


class Categories(Struct, frozen=True):
    pass


class Category(Struct, frozen=True):
    code: str
    names: Text
    parent: str
    icon: str
    position: int


class CategoryList(Struct, frozen=True):
    rows: list[Category]


class AddPicture(Struct, frozen=True):
    """`image` is what was uploaded: its type is told by its content; it is re-encoded, its metadata are gone.

    `key` makes it safe to repeat: the same key of a product gives the same picture. `sku_codes`: shown for these."""

    product_id: int
    key: str
    image: bytes
    alts: Text = {}
    credit: str = ""
    sku_codes: list[str] = []


class ProductChanged(Event, tag="goods.catalog.product_changed", frozen=True):
    product_id: int
    handle: str
    version: int


class NoProduct(Fault, code="product.none", status=404):
    id: int = 0
    handle: str = ""


class WrongMatrix(Fault, code="product.matrix", status=422):
    """A SKU without a value for an option, with an unknown one, or two SKUs with the same values."""

    sku: str
    option: str = ""


class SkuTaken(Fault, code="product.sku_taken", status=409):
    """Another product of the merchant has a SKU of this code."""

    sku: str
    product_id: int


class BadPicture(Fault, code="picture.bad", status=422):
    """reason: type, size, broken, too_many."""

    reason: str


class Catalog(Face):
    name = "goods.catalog"

    @abstractmethod
    async def put(self, ctx: Context, command: PutProduct, /) -> Product: ...
    @abstractmethod
    async def product(self, ctx: Context, query: ProductQuery, /) -> Product: ...
    @abstractmethod
    async def listings(self, ctx: Context, query: ListingsQuery, /) -> ListingList: ...
    @abstractmethod
    async def page(self, ctx: Context, query: PageQuery, /) -> ProductPage: ...
    @abstractmethod
    async def put_category(self, ctx: Context, command: PutCategory, /) -> Category: ...
    @abstractmethod
    async def categories(self, ctx: Context, query: Categories, /) -> CategoryList: ...
    @abstractmethod
    async def add_picture(self, ctx: Context, command: AddPicture, /) -> Picture: ...
