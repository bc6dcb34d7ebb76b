"""Parents and children: what was sold, how far it is, and what became of each piece."""

from abc import abstractmethod
from collections.abc import Sequence

from msgspec import Struct

from jishi.kernel import Context, Event, Face, Fault, Money
from jishi.kernel.place import Reason

from .claims import Claim, Claimable, ClaimableQuery
from .terms import Adjustment, OrderTerms


class OpenOrder(Struct, frozen=True):
    """`method` cod confirms at once (payment: due_on_delivery), and so does an order of nothing to pay (paid); others wait
    for money until `pay_by`."""

    order_id: int
    buyer_id: int
    terms: OrderTerms
    method: str
    pay_by: int


class Opened(Struct, frozen=True):
    id: int
    number: str
    total: Money
    pay_by: int
    method: str


class OrderQuery(Struct, frozen=True):
    """By id or by number; customers find their own, clerks orders with a child of theirs (cut to it). `secret` opens
    a guest's order from the link in the mail, alone or beside its id or number."""

    order_id: int = 0
    number: str = ""
    secret: str = ""


class Line(Struct, frozen=True):
    """`cancelled` and `shipped` count pieces. `refunded` is money back for cancelled pieces."""

    n: int
    listing_id: int
    sku_id: int
    product_id: int
    sku_code: str
    handle: str
    names: dict[str, str]
    options: dict[str, str]
    picture: str
    quantity: int
    cancelled: int
    shipped: int
    unit_minor: int
    discount: int
    net: int
    tax: int
    gross: int
    rate_bp: int
    refunded: int
    adjustments: list[Adjustment] = []


class Child(Struct, frozen=True):
    """`fulfilment`: placed, confirmed, packed, shipped, delivered, completed, cancelled. `state` is what pages show."""

    n: int
    number: str
    merchant_id: int
    warehouse_id: int
    fulfilment: str
    after_sale: str
    state: str
    service: str
    ship_by: int
    promise_from: int
    promise_to: int
    lines: list[Line]
    freight: int
    freight_reason_key: str
    tax: int
    total: int
    refunded: int
    clocks: dict[str, int]  # placed, paid, shipped, first_scan, delivered, signed, confirmed, after_sale_until
    freight_reason: Reason | None = None


class Step(Struct, frozen=True):
    """A row of the timeline. child 0 = the whole order. `key` names its sentence, `params` fill it."""

    id: int
    at: int
    child: int
    what: str  # placed, paid, confirmed, packed, shipped, scanned, delivered, signed, completed, cancelled, refunded …
    actor_role: str
    params: dict[str, str | int]


class Order(Struct, frozen=True):
    """`payment`: unpaid, paid, due_on_delivery, part_refunded, refunded. `state` is what pages show: to_pay, to_ship,
    part_shipped, shipped, delivered, completed, cancelled, refunded. `can` says what the actor may do now.

    `refunded` is what has gone back; a child's and a line's `refunded` is what is owed back
    for what was cancelled (cash on delivery: no longer due at the door).
    `ended` says why a cancelled order is one: "", expired, buyer, staff, no_stock, no_offer. A clerk's cut holds its own
    children, their sums, its steps, and neither the buyer nor the buyer's contact."""

    id: int
    number: str
    buyer_id: int
    state: str
    payment: str
    method: str
    market: str
    locale: str
    currency: str
    goods: int
    discount: int
    freight: int
    tax: int
    tax_included: bool
    total: int
    refunded: int
    placed_at: int
    pay_by: int
    intent_id: int
    recipient_card: int
    contact_card: int
    children: list[Child]
    timeline: list[Step]
    policies: dict[str, str]
    version: int
    can: list[str]  # pay, cancel, confirm_receipt
    ended: str = ""
    gift_card: int = 0
    placed_by: int = 0  # the buyer, or the guest of whom the buyer claimed it: payments and parcels know it by this one


class OrdersQuery(Struct, frozen=True):
    """The actor's own, newest first. state "" = all. A clerk's and staff's: all in scope. ≤ 50. `words` narrows a
    customer's by number and by what was bought: a page looks at 400 orders, `next` goes on behind them."""

    state: str = ""
    cursor: str = ""
    limit: int = 20
    words: str = ""


class OrderRow(Struct, frozen=True):
    id: int
    number: str
    state: str
    total: int
    currency: str
    placed_at: int
    pay_by: int
    children: int
    pieces: int
    pictures: list[str]  # ≤ 4
    names: list[dict[str, str]]  # ≤ 2


class OrderPage(Struct, frozen=True):
    rows: list[OrderRow]
    next: str


class Cancel(Struct, frozen=True):
    """The whole order (child 0), a child (line 0), or `quantity` pieces of a line (0 = all that are left), before
    packing. `key` (≤ 64 characters) makes it safe to repeat. Paid money goes back by unit shares; freight with the
    child's last piece, if nothing of it shipped. An order that waits for its money can only be cancelled whole."""

    order_id: int
    key: str
    child: int = 0
    line: int = 0
    quantity: int = 0
    reason: str = ""  # a code of the page's list, never the buyer's words
    secret: str = ""  # a guest's link, where the order is another session's


class Confirm(Struct, frozen=True):
    """The money for the whole order is there. An order that is not waiting for just this sum stays as it is."""

    order_id: int
    paid: Money


class Abandon(Struct, frozen=True):
    """A confirmed order that could get no stock, or whose discount is no more to be had: cancelled; the story of its
    Cancelled event sends the money back. `why`: no_stock, no_offer."""

    order_id: int
    why: str = "no_stock"


class Receive(Struct, frozen=True):
    """The buyer has the goods of this child (0 = of all delivered ones) and says so. A child that is named may also be
    on its way still: carriers forget to tell."""

    order_id: int
    child: int = 0
    secret: str = ""


class GrantLink(Struct, frozen=True):
    """A new secret for a guest's mail: 128 random bits, only the hash is stored, 180 days."""

    order_id: int


class Link(Struct, frozen=True):
    secret: str
    expires_at: int


class Share(Struct, frozen=True):
    """What one child is of an order's money: goods + freight = total, both with their tax; `tax` is that of both.

    `platform_tax` is the part of it that the house itself owes to `tax_country` (it is the liable party): it never is
    the merchant's. `funded` is what the house adds to `total` for the merchant, for discounts that it pays."""

    child: int
    merchant_id: int
    goods: int
    freight: int
    tax: int
    total: int
    platform_tax: int = 0
    tax_country: str = ""
    funded: int = 0


class AskLink(Struct, frozen=True):
    """Somebody has lost the mail: if the e-mail is the order's, a fresh link goes there. The answer says nothing either way."""

    number: str
    email: str


class Worth(Struct, frozen=True):
    """What a cancellation would give back if it were asked for now: money that was paid, or that is no longer due."""

    pieces: int
    minor: int
    freight: int  # of it
    currency: str
    paid: bool


class LinkAsked(Event, tag="trade.orders.link_asked", frozen=True):
    """Who knows the order's number and its e-mail wants a link. One mail goes out a `window` (ten minutes)."""

    order_id: int
    window: int


class Placed(Event, tag="trade.orders.placed", frozen=True):
    order_id: int
    buyer_id: int
    total: Money
    method: str
    bought: list[tuple[int, int]]  # (listing id, pieces)


class PaymentDue(Event, tag="trade.orders.payment_due", frozen=True):
    """A timer: pay-by has come."""

    order_id: int


class Confirmed(Event, tag="trade.orders.confirmed", frozen=True):
    """Paid, or to be paid at the door: stock is to be bound and parcels are to be made. `limited`: uses of promotions
    are held for it, too. `sold`: (listing, pieces, what the buyer pays for them with tax, after discounts)."""

    order_id: int
    method: str
    currency: str
    shares: list[Share]
    limited: bool = False
    market: str = ""
    storefront: str = ""
    sold: Sequence[tuple[int, int, int]] = ()


class Cancelled(Event, tag="trade.orders.cancelled", frozen=True):
    """Some or all of it will not ship. `refund` (minor) is owed to the buyer, 0 when nothing was paid. `shares` are what
    a Confirmed event told before and no longer holds: empty when the order never was confirmed."""

    order_id: int
    cancel_id: int
    whole: bool
    currency: str
    refund: int
    shares: list[Share]  # the cancelled parts
    wants: list[tuple[int, int]]  # (stock id, pieces) that are free again
    lines: list[tuple[int, int, int]]  # (child, line, pieces)
    limited: bool = False


class ReceiptDue(Event, tag="trade.orders.receipt_due", frozen=True):
    """A timer: automatic receipt of a delivered child."""

    order_id: int
    child: int


class CancelDue(Event, tag="trade.orders.cancel_due", frozen=True):
    """A timer: a cancellation that was asked for and may not have been carried out."""

    order_id: int
    cancel_id: int


class Completed(Event, tag="trade.orders.completed", frozen=True):
    order_id: int
    child: int
    merchant_id: int


class NoOrder(Fault, code="order.none", status=404):
    order_id: int = 0


class TooLate(Fault, code="order.too_late", status=409):
    """It has gone too far for that."""

    order_id: int
    state: str


class PayByPassed(Fault, code="order.pay_by_passed", status=409):
    order_id: int


class NotYet(Fault, code="order.not_yet", status=409):
    """Nothing of it has arrived."""

    order_id: int
    state: str


class OnlyWhole(Fault, code="order.only_whole", status=409):
    """It waits for its money: a part of it cannot be cancelled."""

    order_id: int


class WrongPieces(Fault, code="order.pieces", status=422):
    """More pieces than are left of the line."""

    line: int
    left: int


class Orders(Face):
    name = "trade.orders"

    @abstractmethod
    async def open(self, ctx: Context, command: OpenOrder, /) -> Opened: ...
    @abstractmethod
    async def order(self, ctx: Context, query: OrderQuery, /) -> Order: ...
    @abstractmethod
    async def orders(self, ctx: Context, query: OrdersQuery, /) -> OrderPage: ...
    @abstractmethod
    async def cancel(self, ctx: Context, command: Cancel, /) -> Order: ...
    @abstractmethod
    async def confirm(self, ctx: Context, command: Confirm, /) -> Order: ...
    @abstractmethod
    async def abandon(self, ctx: Context, command: Abandon, /) -> Order: ...
    @abstractmethod
    async def receive(self, ctx: Context, command: Receive, /) -> Order: ...
    @abstractmethod
    async def grant_link(self, ctx: Context, command: GrantLink, /) -> Link: ...
    @abstractmethod
    async def claim(self, ctx: Context, command: Claim, /) -> Order: ...
    @abstractmethod
    async def claimable(self, ctx: Context, query: ClaimableQuery, /) -> Claimable: ...
    @abstractmethod
    async def ask_link(self, ctx: Context, command: AskLink, /) -> None: ...
    @abstractmethod
    async def worth(self, ctx: Context, query: Cancel, /) -> Worth: ...
