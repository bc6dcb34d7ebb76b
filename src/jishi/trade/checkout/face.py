"""From wishes to a placed order: quote, then place."""

from abc import abstractmethod

from msgspec import Struct

from jishi.goods.promotions import Applied, Limit, Near, Unused
from jishi.kernel import Context, Face, Fault
from jishi.kernel.place import Region
from jishi.trade.orders import OrderTerms

QUOTE_MS, PAY_BY_MS, GRACE_MS = 15 * 60_000, 30 * 60_000, 5 * 60_000


class Wanted(Struct, frozen=True):
    listing_id: int
    quantity: int


class QuoteAsk(Struct, frozen=True):
    """≤ 100 lines. With cards the destination is the recipient's; without (an estimate for the cart) it is `estimate`,
    and such a quote cannot be placed. `services`: merchant id → chosen service. `codes`: typed codes and picked coupons'
    ids, ≤ 20; the buyer's own coupons are found by themselves. `gift_card`: the note that goes with the goods."""

    lines: list[Wanted]
    recipient_card: int = 0
    contact_card: int = 0
    estimate: Region | None = None
    services: dict[int, str] = {}
    codes: list[str] = []
    gift_card: int = 0


class Method(Struct, frozen=True):
    """A way to pay; one that cannot be used stays visible with its reason (a catalogue key). An order of nothing to pay
    has one alone: none."""

    code: str  # card, cod, none
    usable: bool
    reason: str = ""


class Quote(Struct, frozen=True):
    """What the order would be, to the minor unit; holds until `expires_at`. `options`: merchant id → its services.

    `used` and `unused` are promotions that count and coupons that do not, with their reasons; `near` what a little more
    would save. `holds` are taken for `persons` when it is placed. `codes`: as they were asked for.
    An estimate has id 0: it is not kept and cannot be placed."""

    id: int
    expires_at: int
    terms: OrderTerms
    methods: list[Method]
    options: dict[int, list["Option"]]
    used: list[Applied] = []
    unused: list[Unused] = []
    near: list[Near] = []
    holds: list[Limit] = []
    persons: list[str] = []
    codes: list[str] = []


class Option(Struct, frozen=True):
    service: str
    freight_minor: int
    days_min: int
    days_max: int
    chosen: bool


class QuoteQuery(Struct, frozen=True):
    quote_id: int


class Place(Struct, frozen=True):
    """`key` (≤ 128 characters) is the client's Idempotency-Key; `total` what the buyer saw, in minor units."""

    key: str
    quote_id: int
    total: int
    method: str


class Placed(Struct, frozen=True):
    """The same for every repetition of the key. `intent_id` is what to pay."""

    order_id: int
    number: str
    intent_id: int
    total: int
    currency: str
    method: str
    pay_by: int


class EmptyOrder(Fault, code="checkout.empty", status=422):
    pass


class NotForSale(Fault, code="checkout.not_for_sale", status=409):
    """Off sale, or without a price in this market and currency."""

    listing_id: int


class NotAvailable(Fault, code="checkout.not_available", status=409):
    """Fewer are free than wanted; `free` may be 0."""

    listing_id: int
    wanted: int
    free: int


class NoQuote(Fault, code="checkout.no_quote", status=404):
    quote_id: int


class OverLimit(Fault, code="checkout.over_limit", status=409):
    """A person may buy `most` of the listing; `left` still may be bought."""

    listing_id: int
    most: int
    left: int


class NotCarried(Fault, code="checkout.not_carried", status=409):
    """Goods that no parcel brings cannot be ordered yet. `kinds`: listing id → pick_up, digital, service, stored_value."""

    kinds: dict[int, str]


class QuoteExpired(Fault, code="checkout.quote_expired", status=409):
    """Ask for a new one: prices may have changed."""

    quote_id: int


class TotalChanged(Fault, code="checkout.total_changed", status=409):
    """The total that was seen is not the quote's."""

    seen: int
    total: int
    currency: str


class MethodUnusable(Fault, code="checkout.method", status=409):
    method: str
    reason: str


class OutsideMarket(Fault, code="checkout.outside_market", status=409):
    """This market does not deliver to the country."""

    market: str
    country: str


class KeyReused(Fault, code="checkout.key_reused", status=422):
    """The same key came with another body."""

    key: str


class TooManyOpen(Fault, code="checkout.too_many_open", status=409):
    """Unpaid orders hold stock: pay or cancel one first."""

    most: int


class Checkout(Face):
    name = "trade.checkout"

    @abstractmethod
    async def quote(self, ctx: Context, command: QuoteAsk, /) -> Quote: ...
    @abstractmethod
    async def quoted(self, ctx: Context, query: QuoteQuery, /) -> Quote: ...
    @abstractmethod
    async def place(self, ctx: Context, command: Place, /) -> Placed: ...
