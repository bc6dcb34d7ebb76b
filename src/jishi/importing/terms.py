"""What readers, the story and its callers speak of."""

from msgspec import Struct

from jishi.goods.catalog import Measure
from jishi.kernel import Fault
from jishi.kernel.place import Text

FORMATS = ("auto", "shopify", "vendure")
MAX_TROUBLES = 1_000  # listed; the rest is counted


class ImportPlan(Struct, frozen=True):
    """Whose goods, where the opening stock lies, and what the file does not say. `images`: the folder of the pictures,
    "" = the file's own, or `images` beside it. `market` and `currency` are those of the prices."""

    merchant_id: int
    warehouse_id: int
    format: str = "auto"
    market: str = "CN"
    currency: str = "CNY"
    tax_included: bool = True
    locale: str = "en"
    images: str = ""
    dry_run: bool = False


class Trouble(Struct, frozen=True):
    """A line that is not as it should be: a catalogue key with its parameters. `refused`: its product did not go in."""

    line: int
    column: str
    key: str
    params: dict[str, str] = {}
    product: str = ""
    refused: bool = True


class Report(Struct):
    """What happened. `products` went in (or would have, in a dry run), `refused` did not; `more` troubles are not listed."""

    format: str = ""
    dry_run: bool = False
    rows: int = 0
    products: int = 0
    variants: int = 0
    refused: int = 0
    prices: int = 0
    pieces: int = 0
    pictures: int = 0
    troubles: list[Trouble] = []
    more: int = 0

    @property
    def problems(self) -> bool:
        """Something of the file did not go in."""
        return bool(self.refused) or any(t.refused for t in self.troubles)

    def tell(self, trouble: Trouble) -> None:
        if len(self.troubles) < MAX_TROUBLES:
            self.troubles.append(trouble)
        else:
            self.more += 1


class PictureDraft(Struct, frozen=True):
    """`source` as the file writes it: a name beside it, or an address."""

    line: int
    source: str
    alts: Text = {}
    column: str = ""


class VariantDraft(Struct, frozen=True):
    """`values`: one of each of the product's options. `quantity` is the opening stock. `pictures`: sources."""

    line: int
    code: str
    values: list[Text]
    minor: int
    list_minor: int = 0
    weight_g: int = 0
    gtin: str = ""
    quantity: int = 0
    pictures: list[str] = []
    measure: Measure | None = None


class OptionDraft(Struct, frozen=True):
    code: str
    names: Text


class Draft(Struct, frozen=True):
    """A product as a file tells it. `categories` is the way down to its own. `facts`: attribute code → value as written.
    `made_by`: who made its texts: imported, human, machine."""

    line: int
    handle: str
    names: Text
    descriptions: Text
    variants: list[VariantDraft]
    options: list[OptionDraft] = []
    brand: str = ""
    categories: list[Text] = []
    specs: list[tuple[Text, Text]] = []
    pictures: list[PictureDraft] = []
    kind: str = "parcel"
    status: str = "published"
    facts: dict[str, str] = {}
    publish_at: int = 0
    made_by: str = "imported"
    format: str = ""


class NotText(Fault, code="import.not_text", status=422):
    """The file is empty, or not CSV in UTF-8 from its first line."""


class NoColumns(Fault, code="import.columns", status=422):
    missing: str


class UnknownFormat(Fault, code="import.format", status=422):
    """None of the formats that are read has columns like these."""

    columns: str


class NoSuchMerchant(Fault, code="import.merchant", status=404):
    called: str


class NoSuchMarket(Fault, code="import.market", status=404):
    called: str
