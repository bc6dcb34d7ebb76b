"""The frozen content of an order: what a quote promises and an order keeps, to the minor unit."""

from msgspec import Struct

from jishi.goods.inventory import Want
from jishi.kernel.place import Reason, Region, Text


class Adjustment(Struct, frozen=True):
    """A rule that changed a line's price. minor < 0 is a discount; payer: platform, merchant, shared. `platform` is what
    of `minor` the house pays for: the merchant gets it in the buyer's place. `stage`: item, shop, cross_shop, coupon."""

    rule: str
    payer: str
    minor: int
    reason: Reason
    platform: int = 0
    stage: str = ""
    names: Text = {}


class LineTerms(Struct, frozen=True):
    """SKU × quantity as sold. gross = net + tax = unit_minor × quantity + Σ adjustments (+ tax where it is added).

    `wants` are the stock rows that the pieces come from (components × quantity)."""

    n: int  # 1 … within the parent
    listing_id: int
    sku_id: int
    product_id: int
    sku_code: str
    handle: str
    names: Text
    options: Text
    picture: str
    kind: str
    quantity: int
    unit_minor: int
    list_minor: int
    price_id: int
    adjustments: list[Adjustment]
    net: int
    tax: int
    gross: int
    rate_bp: int
    rate_id: str
    rounding: str
    weight_g: int
    wants: list[Want]

    @property
    def funded(self) -> int:
        """What the house pays of the discounts, ≥ 0."""
        return -sum(a.platform for a in self.adjustments)


class FreightTerms(Struct, frozen=True):
    """Freight is a taxed line too."""

    service: str
    net: int
    tax: int
    gross: int
    rate_bp: int
    rate_id: str
    rounding: str
    reason: Reason


class ChildTerms(Struct, frozen=True):
    """Merchant × planned warehouse × ship date × customs regime. Σ lines' gross + freight's gross = total. `funded` ≥ 0
    is what the house pays of the lines' discounts."""

    n: int
    merchant_id: int
    warehouse_id: int
    customs: str  # "domestic"
    ship_by: int
    promise_from: int  # ms UTC: delivered between these two days
    promise_to: int
    lines: list[LineTerms]
    freight: FreightTerms
    total: int
    parties: dict[str, str]  # seller, merchant_of_record, tax_liable, invoice_issuer, payee (`domain.md` §1.9)
    funded: int = 0


class OrderTerms(Struct, frozen=True):
    """Σ children's total = total. `policies` name the versions in force: terms, returns, warranty, privacy. `limited`:
    uses of promotions or of limits a person are held under the order's id. `gift_card`: the note that goes with it, a
    card of the vault."""

    storefront: str
    market: str
    channel: str
    locale: str
    currency: str
    tax_included: bool
    destination: Region
    recipient_card: int
    contact_card: int
    children: list[ChildTerms]
    goods: int  # Σ unit_minor × quantity
    discount: int  # ≤ 0
    freight: int
    tax: int  # all tax, included or added
    total: int
    policies: dict[str, str]
    limited: bool = False
    gift_card: int = 0
