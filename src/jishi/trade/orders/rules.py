"""The axes of an order, what pages show of them, what a cancelled piece gives back, and order numbers. Pure."""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from jishi.kernel import unit_share

from .face import Share
from .terms import ChildTerms, OrderTerms

# A carrier's word may overtake the warehouse's: an axis may skip a step, and never goes back. The one way out of
# `cancelled` is money that came after pay-by, for stock that was still to be had.
FULFILMENT: Mapping[str, frozenset[str]] = {
    "placed": frozenset({"confirmed", "cancelled"}),
    "confirmed": frozenset({"packed", "shipped", "delivered", "cancelled"}),
    "packed": frozenset({"shipped", "delivered", "cancelled"}),
    "shipped": frozenset({"delivered", "completed"}),
    "delivered": frozenset({"completed"}),
    "completed": frozenset(),
    "cancelled": frozenset({"confirmed"}),
}
PAYMENT: Mapping[str, frozenset[str]] = {
    "unpaid": frozenset({"paid"}),
    "due_on_delivery": frozenset({"paid"}),
    "paid": frozenset({"part_refunded", "refunded"}),
    "part_refunded": frozenset({"refunded"}),
    "refunded": frozenset(),
}
AFTER_SALE: Mapping[str, frozenset[str]] = {
    "none": frozenset({"open"}),
    "open": frozenset({"closed"}),
    "closed": frozenset({"open"}),
}
STAGES = ("placed", "confirmed", "packed", "shipped", "delivered", "completed")
SHOWN = ("to_ship", "part_shipped", "shipped", "delivered", "completed")
SCANS = ("picked_up", "in_transit", "customs", "out_for_delivery")  # the parcel is truly with the carrier
TROUBLE = ("refused", "lost")  # nobody received it: no automatic receipt
AFTER_SALE_DAYS, AFTER_SALE_DAYS_ELSEWHERE = {"CN": 7}, 14
DAY_MS = 86_400_000
PLATFORM = "platform"  # as a party: the house itself


class LeavesTable(RuntimeError):
    """A programmer's mistake: the axis has no such step."""


def turn(axis: Mapping[str, frozenset[str]], was: str, to: str) -> str:
    if to not in axis[was]:
        raise LeavesTable(f"{was} → {to}")
    return to


def further(was: str, to: str) -> bool:
    """Whether a child that is at `was` may go on to `to`: forward only, and never out of a dead one."""
    return was in STAGES and STAGES.index(to) > STAGES.index(was) and to in FULFILMENT[was]


def child_state(fulfilment: str, shipped: int) -> str:
    """What pages show of a child of which `shipped` pieces have left."""
    if fulfilment == "placed":
        return "to_pay"
    if fulfilment in ("confirmed", "packed"):
        return "part_shipped" if shipped else "to_ship"
    return fulfilment


def order_state(payment: str, children: Sequence[str]) -> str:
    """What pages show of a parent with these children's shown states: its slowest living child, or what ended it."""
    living = [s for s in children if s != "cancelled"]
    if not living:
        return "refunded" if payment == "refunded" else "cancelled"
    if "to_pay" in living:
        return "to_pay"
    ranks = [SHOWN.index(s) for s in living]
    if min(ranks) >= SHOWN.index("shipped"):
        return SHOWN[min(ranks)]
    return "part_shipped" if max(ranks) else "to_ship"


def progress(left: int, parcels: Iterable[bool]) -> str:
    """How far parcels bring a child with `left` pieces still in the house: "" , shipped or delivered (all parcels are)."""
    arrived = list(parcels)
    if left or not arrived:
        return ""
    return "delivered" if all(arrived) else "shipped"


class Sold(Struct):
    """A line as far as money and pieces go. Shipped pieces are the first ordinals, cancelled ones the last."""

    n: int
    child: int
    quantity: int
    gross: int
    tax: int
    cancelled: int = 0
    shipped: int = 0
    refunded: int = 0

    @property
    def left(self) -> int:
        return self.quantity - self.cancelled - self.shipped

    def strike(self, pieces: int, funded: int = 0) -> tuple[int, int, int]:
        """The last `pieces` that are left are cancelled; answers their share of gross, of tax, and of what the house has
        `funded` of the line. They carry what was paid for them: the rest is not rated again."""
        if not 0 < pieces <= self.left:
            raise ValueError(f"line {self.n}: {pieces} of {self.left}")
        first = self.quantity - self.cancelled - pieces
        gross = unit_share(self.gross, self.quantity, first, pieces)
        self.cancelled += pieces
        self.refunded += gross
        return (
            gross,
            unit_share(self.tax, self.quantity, first, pieces),
            unit_share(funded, self.quantity, first, pieces),
        )


def strike_child(
    c: ChildTerms, country: str, lines: Sequence[Sold], pieces: Mapping[int, int], funded: Mapping[int, int]
) -> Share:
    """Cancels `pieces` (line → count) of one child and answers what that is worth: unit shares, and the whole freight
    with the last piece of a child of which nothing shipped. `lines` are all of the child's; `funded`: what the house
    pays of a line, by line."""
    struck = [x.strike(pieces[x.n], funded.get(x.n, 0)) for x in lines if pieces.get(x.n)]
    goods, tax, own = (sum(part) for part in zip(*struck, strict=True)) if struck else (0, 0, 0)
    dead = bool(struck) and all(x.cancelled == x.quantity for x in lines)
    return share(c, country, goods, c.freight.gross if dead else 0, tax + (c.freight.tax if dead else 0), own)


def share(c: ChildTerms, country: str, goods: int, freight: int, tax: int, funded: int) -> Share:
    """A child's part of the order's money; the tax is the house's own where it is the liable party."""
    own = tax if c.parties.get("tax_liable") == PLATFORM else 0
    return Share(c.n, c.merchant_id, goods, freight, tax, goods + freight, own, country if own else "", funded)


def shares_of(terms: OrderTerms) -> list[Share]:
    """What each child is of the order's money."""
    return [
        share(
            c,
            terms.destination.country,
            c.total - c.freight.gross,
            c.freight.gross,
            sum(x.tax for x in c.lines) + c.freight.tax,
            c.funded,
        )
        for c in terms.children
    ]


def after_sale_days(market: str) -> int:
    """China: seven days without reason. Elsewhere fourteen, as in the EU. A dated rule of the market's law replaces it
    once after-sale cases exist; until then it only tells the buyer the earliest end."""
    return AFTER_SALE_DAYS.get(market, AFTER_SALE_DAYS_ELSEWHERE)


# --- order numbers -----------------------------------------------------------------------------------------------------

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
DIGIT = {c: i for i, c in enumerate(CROCKFORD)} | {"O": 0, "I": 1, "L": 1}
TWICE = [(d << 1) ^ (0b100101 if d & 16 else 0) for d in range(32)]  # times x in GF(32), x⁵ + x² + 1
BODY = 9


def check(digits: Sequence[int]) -> int:
    """Each digit weighs another power of x: every wrong character and every two swapped ones are found."""
    sum_ = 0
    for d in digits:
        sum_ = TWICE[sum_ ^ d]
    return sum_


def number(bits: int) -> str:
    """`J`, nine characters of 45 random bits, a check character."""
    digits = [bits >> 5 * i & 31 for i in range(BODY)]
    return "J" + "".join(CROCKFORD[d] for d in digits) + CROCKFORD[check(digits)]


def read_number(text: str) -> str:
    """The number as it is stored, from what people type (small letters, spaces, O for 0, a child's `-1`); "" if it is
    none."""
    body = text.strip().upper().replace(" ", "").partition("-")[0]
    if len(body) != BODY + 2 or body[0] != "J" or any(c not in DIGIT for c in body[1:]):
        return ""
    digits = [DIGIT[c] for c in body[1:]]
    return "J" + "".join(CROCKFORD[d] for d in digits) if check(digits[:-1]) == digits[-1] else ""
