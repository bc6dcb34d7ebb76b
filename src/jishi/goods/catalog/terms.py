"""What the catalogue speaks of: products and their matrix, media, attributes, brands, categories."""

from msgspec import Struct

from jishi.kernel.place import Text

Fact = str | int | float | bool  # a choice's value code; a number in the attribute's unit; yes or no


class OptionValue(Struct, frozen=True):
    code: str
    names: Text
    swatch: str = ""  # "#0b6b4f", drawn as an SVG fill


class Option(Struct, frozen=True):
    code: str
    names: Text
    values: list[OptionValue]


class Measure(Struct, frozen=True):
    """What one piece holds: 250 g, 750 ml, 10 pc. `unit`: mg g kg, ml cl l, mm cm m, cm2 m2, m3, pc."""

    amount: int
    unit: str


class SkuDraft(Struct, frozen=True):
    """`code` is the merchant's own. `chosen` maps option code → value code, one value of every option.

    `components` empty = itself × 1: a stock item of its own is made. Otherwise code of another SKU → pieces.
    `measure`: what its unit price is reckoned from; None without one."""

    code: str
    chosen: dict[str, str] = {}
    weight_g: int = 0
    gtin: str = ""
    components: dict[str, int] = {}
    on_sale: bool = True
    measure: Measure | None = None


class SizeRow(Struct, frozen=True):
    """`spans`: from and to in millimetres, one a column; the same twice is one measure, (0, 0) is blank."""

    label: Text
    spans: list[tuple[int, int]]


class SizeGuide(Struct, frozen=True):
    """A table of measures: what is measured is a column, a size is a row. Pages show it in centimetres and inches."""

    columns: list[Text]
    rows: list[SizeRow]
    notes: Text = {}


class Picture(Struct, frozen=True):
    """`path` + `-400.webp` … are the served files; `sizes` the widths there are (a subset of 200, 400, 800, 1200).

    `chosen`: option code → value code; it shows every SKU with these values. Empty = it shows no SKU in particular."""

    id: int
    path: str
    width: int
    height: int
    sizes: list[int]
    alts: Text
    credit: str = ""
    chosen: dict[str, str] = {}


class Video(Struct, frozen=True):
    """`path` is the served file, an mp4 or a webm by its `kind`. `poster` + `-800.webp` … as a picture's path."""

    id: int
    path: str
    kind: str
    size_bytes: int
    poster: str
    poster_sizes: list[int]
    width: int
    height: int
    alts: Text


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
    measure: Measure | None = None


class Product(Struct, frozen=True):
    """The product in all its languages, without its SKUs: those are asked for by what is chosen (`nearest`, `matrix`) or
    page by page (`skus`). Prices and stock are others' facts.

    `skus`: as many of the first as the query wished, none by default; `put` and `put_skus` answer those they were told.
    `brand` is a brand's code. `facts`: attribute code → value. `status`: draft, scheduled, published, archived.
    `origins`: locale → who made its texts: human, machine, imported. `recalled`: seen, and not for sale."""

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
    brand_names: Text = {}
    facts: dict[str, Fact] = {}
    videos: list[Video] = []
    size_guide: SizeGuide | None = None
    publish_at: int = 0
    recalled: bool = False
    recall_notices: Text = {}
    origins: dict[str, str] = {}
    sku_count: int = 0  # SKUs on sale


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


class ProductCard(Struct, frozen=True):
    """A tile of a list. `listing_ids` are the first of those on sale (≤ 50), so that the page can ask for their prices in
    one batch."""

    id: int
    handle: str
    merchant_id: int
    names: Text
    category: str
    picture: str
    picture_alts: Text
    listing_ids: list[int]


class AttributeValue(Struct, frozen=True):
    code: str
    names: Text


class Attribute(Struct, frozen=True):
    """What products of some categories (and all below them; none = every product) can be told by.

    `kind`: choice (one of `values`), number (in `unit`, "" = a plain number), flag. `facet`: lists may be filtered by it."""

    code: str
    names: Text
    kind: str
    unit: str = ""
    values: list[AttributeValue] = []
    categories: list[str] = []
    facet: bool = True
    position: int = 0


class Brand(Struct, frozen=True):
    code: str
    names: Text


class Category(Struct, frozen=True):
    """Of the operating tree: where merchants put their products, and what attributes, tax and duty go by."""

    code: str
    names: Text
    parent: str
    icon: str
    position: int


class DisplayCategory(Struct, frozen=True):
    """Of a storefront's own tree: what buyers walk through. It shows the products of `categories`, which are operating
    ones, with all below them. A storefront without a tree of its own mirrors the operating one."""

    code: str
    names: Text
    parent: str
    icon: str
    position: int
    categories: list[str]
