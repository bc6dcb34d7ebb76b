"""What an offer costs, from when to when: prices are dated rows and never overwritten."""

from abc import abstractmethod

from msgspec import Struct

from jishi.kernel import Context, Event, Face, Fault
from jishi.kernel.place import Reason


class PriceDraft(Struct, frozen=True):
    """`minor` a piece. `list_minor` is the stated list price, 0 without one. Valid in [valid_from, valid_to), ms UTC;
    valid_from 0 = now, valid_to 0 = open. A new row ends the open one of its key at its own start; behind a row with an
    end, what it interrupted goes on; a row without one lasts until the next that is planned.

    `layer`: base, list (a price list's), tier, campaign; each layer is a timeline of its own, and what is in force is
    chosen when it is read. A base row of more than one piece is a tier."""

    listing_id: int
    market: str
    currency: str
    minor: int
    tax_included: bool = True
    quantity_from: int = 1
    condition: str = "new"
    list_minor: int = 0
    valid_from: int = 0
    valid_to: int = 0
    layer: str = "base"


class SetPrices(Struct, frozen=True):
    """≤ 256 rows. `merchant_id` is whose prices they are; a clerk may set its own merchant's only."""

    merchant_id: int
    rows: list[PriceDraft]


class PriceQuery(Struct, frozen=True):
    """Prices in force in the context's market and currency. `at` 0 = now. ≤ 256 listings."""

    listing_ids: list[int]
    at: int = 0


class Price(Struct, frozen=True):
    """What a piece costs from a quantity on; several a listing where quantity breaks exist, lowest quantity first.

    `reason` says why it is this figure. `was_minor` is what may be struck through beside it by the market's law, 0 =
    nothing, and `was_reason` what it is and by which rule. `valid_to`: from then on it may be another. Rows of
    `history` carry neither."""

    id: int
    listing_id: int
    currency: str
    minor: int
    tax_included: bool
    quantity_from: int
    list_minor: int
    valid_to: int
    valid_from: int = 0
    market: str = ""
    layer: str = "base"
    reason: Reason | None = None
    was_minor: int = 0
    was_reason: Reason | None = None


class PriceList(Struct, frozen=True):
    """By listing, then quantity (of new goods). A listing without a price in this market is not for sale there."""

    rows: list[Price]


class HistoryQuery(Struct, frozen=True):
    """What was, is and will be asked for a listing in every market, newest start first; ≤ 100."""

    listing_id: int
    limit: int = 100


class SoldQuery(Struct, frozen=True):
    """What was paid for a listing in every market, newest first; ≤ 100. A clerk's own listings only."""

    listing_id: int
    limit: int = 100


class Sold(Struct, frozen=True):
    """The lowest and the last price of a piece from `since` on (ms UTC; an hour, less where a new price began within it),
    with tax and after discounts."""

    market: str
    storefront: str
    currency: str
    since: int
    low_minor: int
    last_minor: int


class SoldList(Struct, frozen=True):
    rows: list[Sold]


class PricesChanged(Event, tag="goods.pricing.changed", frozen=True):
    listing_ids: list[int]


class WrongPrice(Fault, code="price.wrong", status=422):
    """reason: negative, currency, range, past, twice (one key, one moment), owner (another merchant's, or no listing),
    open (a campaign without an end), too_many."""

    listing_id: int
    reason: str


class Pricing(Face):
    name = "goods.pricing"

    @abstractmethod
    async def set_prices(self, ctx: Context, command: SetPrices, /) -> PriceList: ...
    @abstractmethod
    async def prices(self, ctx: Context, query: PriceQuery, /) -> PriceList: ...
    @abstractmethod
    async def history(self, ctx: Context, query: HistoryQuery, /) -> PriceList: ...
    @abstractmethod
    async def sold(self, ctx: Context, query: SoldQuery, /) -> SoldList: ...
