"""Tax of a quote's lines: dated rates, or a provider behind the same verb. Never 0 % because somebody was away."""

from abc import abstractmethod
from typing import Protocol

from msgspec import Struct

from jishi.kernel import Context, Face, Fault
from jishi.kernel.place import Region


class TaxLine(Struct, frozen=True):
    """`minor` is the amount after discounts, of all pieces; freight is a taxed line too (tax_class "freight")."""

    n: int
    tax_class: str
    minor: int
    merchant_id: int


class TaxQuery(Struct, frozen=True):
    """`included`: amounts hold their tax already (CN, EU), else it is added (US)."""

    destination: Region
    currency: str
    included: bool
    lines: list[TaxLine]
    at: int = 0


class LineTax(Struct, frozen=True):
    """gross = net + tax. `rate_id` and `rounding` are kept on the order line: they gave the figure."""

    n: int
    net: int
    tax: int
    gross: int
    rate_bp: int  # basis points: 1300 = 13 %
    rate_id: str  # "CN-VAT-13@2019-04-01"
    rounding: str  # "half_up_line"


class Taxes(Struct, frozen=True):
    lines: list[LineTax]


class TaxProvider(Protocol):
    """An outside calculator (entry point group `jishi.tax`)."""

    async def taxes(self, query: TaxQuery) -> Taxes: ...


class RatesMissing(Fault, code="tax.no_rate", status=409):
    """No rate is known for this place and class: the sale is refused, not sold at 0 %."""

    country: str
    tax_class: str


class Tax(Face):
    name = "trade.tax"

    @abstractmethod
    async def taxes(self, ctx: Context, query: TaxQuery, /) -> Taxes: ...
