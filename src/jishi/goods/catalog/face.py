"""What is offered: product (SPU) → SKU (chosen options) → listing (a merchant's offer) → stock item (what is counted)."""

from abc import abstractmethod

from msgspec import Struct

from jishi.kernel import Context, Event, Face
from jishi.kernel.place import Text

from .terms import (
    Attribute,
    AttributeValue,
    Brand,
    Category,
    DisplayCategory,
    Fact,
    Listing,
    Option,
    Picture,
    Product,
    ProductCard,
    SizeGuide,
    Sku,
    SkuDraft,
    Video,
)

MAX_SKUS = 500  # a command; larger products come in several
MAX_CARD_LISTINGS = 50  # of a tile


class PutProduct(Struct, frozen=True):
    """Creates or replaces the product (merchant, handle). SKUs that are no longer named go off sale, never away.

    `descriptions` is HTML by the allow-list of `nh3`; cleaned on write and on read. `brand`: a brand's code, or a name, of
    which a brand is made. `facts`: attribute code → value; a number may be told with another unit of its kind ("0.5 l").
    `status`: draft, scheduled (goes live by itself at `publish_at`, ms UTC), published, archived.
    `origins`: locale → human, machine, imported; a language that is not told is a human's.
    `more`: other SKUs come by `PutSkus` (a matrix of more than 500): those that are not named here stay as they are."""

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
    status: str = "published"
    publish_at: int = 0
    facts: dict[str, Fact] = {}
    size_guide: SizeGuide | None = None
    origins: dict[str, str] = {}
    more: bool = False


class PutSkus(Struct, frozen=True):
    """The product has these SKUs too, ≤ 500 a command and 20,000 a product; known by their code, they keep their id."""

    product_id: int
    skus: list[SkuDraft]


class SetStatus(Struct, frozen=True):
    """draft, scheduled (with `publish_at`, ms UTC; a moment that has passed is now), published, archived."""

    product_id: int
    status: str
    publish_at: int = 0


class SetRecall(Struct, frozen=True):
    """Recalled, the product is still seen, with the notice, and nothing of it is for sale."""

    product_id: int
    recalled: bool
    notices: Text = {}


class Rename(Struct, frozen=True):
    """The product's place in the URL is this handle; the one before leads there until somebody else takes it."""

    product_id: int
    handle: str


class ListingsQuery(Struct, frozen=True):
    """By listing, by product (the first `most` of each, ≤ 500, and 5,000 in all) and/or by what their SKUs are made of; ≤ 256 of each.
    Off sale ones too, for carts and orders show them. `code`: SKU codes that begin so, as typed or in capitals; the first 100, for the desk."""

    ids: list[int] = []
    product_ids: list[int] = []
    stock_item_ids: list[int] = []
    code: str = ""
    most: int = MAX_SKUS


class ListingList(Struct, frozen=True):
    """Unknown ids are left out."""

    rows: list[Listing]


class ProductQuery(Struct, frozen=True):
    """By id, or by handle; a handle it had before finds it too. `skus`: so many of its first SKUs come along, ≤ 500."""

    id: int = 0
    handle: str = ""
    skus: int = 0


class NearestQuery(Struct, frozen=True):
    """SKUs on sale that fit most of the wishes (option code → value code); the product's earlier options weigh more."""

    product_id: int
    wished: dict[str, str] = {}
    limit: int = 24


class SkuList(Struct, frozen=True):
    rows: list[Sku]


class MatrixQuery(Struct, frozen=True):
    """What can be chosen beside these values, which are those of a SKU."""

    product_id: int
    chosen: dict[str, str]


class Step(Struct, frozen=True):
    """One value that can be chosen: `sku` is what is chosen then. `exact`: the other values stay as they are; else those
    of later options change to what there is."""

    option: str
    value: str
    sku: Sku
    exact: bool


class Matrix(Struct, frozen=True):
    """Of every option the values that some SKU on sale has beside the chosen values of the options before it. A value
    that is not named leads nowhere."""

    steps: list[Step]


class SkusQuery(Struct, frozen=True):
    """All SKUs in the merchant's order, page by page. `on_sale`: only those; else also what is off sale or not named."""

    product_id: int
    cursor: str = ""
    limit: int = 100
    on_sale: bool = True


class SkuPage(Struct, frozen=True):
    rows: list[Sku]
    next: str


class PageQuery(Struct, frozen=True):
    """Published products. `words`: every word (≤ 8, others are ignored) must be in the name, brand, category or summary
    of any language (for Chinese: as a substring). `category`: with all below it. sort: newest, name (the English one).

    `storefront`: `category` is one of this storefront's display tree; "" = of the operating one.
    `status`: staff, and a clerk for its own merchant, may ask for draft, scheduled, archived or "any"."""

    category: str = ""
    words: str = ""
    merchant_id: int = 0
    sort: str = "newest"
    cursor: str = ""
    limit: int = 24
    status: str = "published"
    storefront: str = ""


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


class CategoryList(Struct, frozen=True):
    rows: list[Category]


class PutDisplayCategory(Struct, frozen=True):
    """From the first one on, the storefront has a tree of its own. `categories`: operating ones whose goods it shows."""

    storefront: str
    code: str
    names: Text
    parent: str = ""
    icon: str = ""
    position: int = 0
    categories: list[str] = []


class DropDisplayCategory(Struct, frozen=True):
    """It and all below it are gone; goods are not touched. Without any, the storefront mirrors the operating tree."""

    storefront: str
    code: str


class DisplayQuery(Struct, frozen=True):
    """The tree that buyers of a storefront walk through."""

    storefront: str = "main"


class DisplayList(Struct, frozen=True):
    rows: list[DisplayCategory]


class PutAttribute(Struct, frozen=True):
    """Creates or replaces the attribute; the kind of one that is there cannot change.

    `kind`: choice (of `values`), number (in `unit`), flag. `categories`: for products there and below; none = for all."""

    code: str
    names: Text
    kind: str
    unit: str = ""
    values: list[AttributeValue] = []
    categories: list[str] = []
    facet: bool = True
    position: int = 0


class AttributesQuery(Struct, frozen=True):
    """All of them, or those that products of a category can have; by position, then code."""

    category: str = ""


class AttributeList(Struct, frozen=True):
    rows: list[Attribute]


class PutBrand(Struct, frozen=True):
    code: str
    names: Text


class BrandsQuery(Struct, frozen=True):
    """Of these codes (≤ 256; unknown ones are left out), or the first 1,000 by code."""

    codes: list[str] = []


class BrandList(Struct, frozen=True):
    rows: list[Brand]


class AddPicture(Struct, frozen=True):
    """`image` is what was uploaded: its type is told by its content; it is re-encoded, its metadata are gone.

    `key` makes it safe to repeat: the same key of a product gives the same picture. `sku_codes`: shown for these.
    `chosen`: shown for every SKU with these values, such as {"colour": "green"}, those that come later too."""

    product_id: int
    key: str
    image: bytes
    alts: Text = {}
    credit: str = ""
    sku_codes: list[str] = []
    chosen: dict[str, str] = {}


class AddVideo(Struct, frozen=True):
    """An mp4 or a webm, told by its content, ≤ 16 MB, and the picture that stands there until it is played."""

    product_id: int
    key: str
    video: bytes
    poster: bytes
    alts: Text = {}


class OrderMedia(Struct, frozen=True):
    """The product's pictures stand in this order, the first one is its cover; those not named come behind."""

    product_id: int
    picture_ids: list[int]


class DropMedia(Struct, frozen=True):
    """The picture or video is no longer shown; carts and orders that name its file still find it."""

    product_id: int
    id: int


class ProductChanged(Event, tag="goods.catalog.product_changed", frozen=True):
    """Anything of it, its state included."""

    product_id: int
    handle: str
    version: int


class ProductDue(Event, tag="goods.catalog.product_due", frozen=True):
    """The moment has come for which it was scheduled, unless another was told since."""

    product_id: int
    publish_at: int


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
    @abstractmethod
    async def put_skus(self, ctx: Context, command: PutSkus, /) -> Product: ...
    @abstractmethod
    async def set_status(self, ctx: Context, command: SetStatus, /) -> Product: ...
    @abstractmethod
    async def recall(self, ctx: Context, command: SetRecall, /) -> Product: ...
    @abstractmethod
    async def rename(self, ctx: Context, command: Rename, /) -> Product: ...
    @abstractmethod
    async def nearest(self, ctx: Context, query: NearestQuery, /) -> SkuList: ...
    @abstractmethod
    async def matrix(self, ctx: Context, query: MatrixQuery, /) -> Matrix: ...
    @abstractmethod
    async def skus(self, ctx: Context, query: SkusQuery, /) -> SkuPage: ...
    @abstractmethod
    async def put_display(self, ctx: Context, command: PutDisplayCategory, /) -> DisplayCategory: ...
    @abstractmethod
    async def drop_display(self, ctx: Context, command: DropDisplayCategory, /) -> None: ...
    @abstractmethod
    async def display(self, ctx: Context, query: DisplayQuery, /) -> DisplayList: ...
    @abstractmethod
    async def put_attribute(self, ctx: Context, command: PutAttribute, /) -> Attribute: ...
    @abstractmethod
    async def attributes(self, ctx: Context, query: AttributesQuery, /) -> AttributeList: ...
    @abstractmethod
    async def put_brand(self, ctx: Context, command: PutBrand, /) -> Brand: ...
    @abstractmethod
    async def brands(self, ctx: Context, query: BrandsQuery, /) -> BrandList: ...
    @abstractmethod
    async def add_video(self, ctx: Context, command: AddVideo, /) -> Video: ...
    @abstractmethod
    async def order_media(self, ctx: Context, command: OrderMedia, /) -> Product: ...
    @abstractmethod
    async def drop_media(self, ctx: Context, command: DropMedia, /) -> Product: ...
