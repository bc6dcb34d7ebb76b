"""What the buyers of the demo's year want, and what becomes of it: decided beforehand from one seed, by nobody's hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import accumulate, product as combinations
from random import Random

from msgspec import Struct

from .fill import sku_code
from .goods import DemoProduct
from .houses import SOLD_OUT
from .neighbours import Neighbour, neighbours

DAYS = 365
SLOT_DAYS = 1.45  # between two moments at which the shop is busy: orders that come together share their commits
FATES = (
    "kept",
    "unpaid",
    "second_thoughts",
    "sent_back",
)  # sent_back: cancelled after it was paid, before it was packed
SHARES = (90, 4, 3, 3)


class Wish(Struct, frozen=True):
    """An order to be: who, what (SKU code → pieces), how it is paid, and how it ends. `slot` counts from the first."""

    n: int
    slot: int
    who: Neighbour
    lines: dict[str, int]
    method: str
    fate: str
    patience: float  # 0 … 1: how long after the parcel its buyer speaks of it
    words: int  # seed of what is said


class Year(Struct, frozen=True):
    wishes: list[Wish]
    slots: int
    hours: list[float]  # of the day, by slot
    goods: dict[str, DemoProduct]  # what is wished for, by handle

    def wanted(self) -> Counter[str]:
        """How many pieces of each SKU the year takes."""
        total = Counter[str]()
        for wish in self.wishes:
            total.update(wish.lines)
        return total


def year(shelves: Sequence[DemoProduct], orders: int, seed: int) -> Year:
    """So many wishes over the year: some goods sell a hundred times, many a few times, some never; more before the
    holidays than in August. The same for the same seed."""
    r = Random(seed)
    slots = round(DAYS / SLOT_DAYS)
    people = neighbours(max(2, orders * 2 // 5), r)
    known = [p for p in people if p.account]
    goods = list(shelves)
    r.shuffle(goods)
    sold = max(1, len(goods) * 93 // 100)  # the rest nobody ever buys
    appeal = list(accumulate(1 / (rank + 4) ** 0.85 for rank in range(sold)))
    wished, selling = dict[str, DemoProduct](), goods[:sold]
    season = [_season(slot / slots) for slot in range(slots)]
    wishes = []
    for n, slot in enumerate(sorted(r.choices(range(slots), season, k=orders))):
        who = r.choice(known) if known and r.random() < 0.74 else r.choice(people)
        lines = dict[str, int]()
        bought = r.choices(selling, cum_weights=appeal, k=r.choices((1, 2, 3, 4), (52, 29, 13, 6))[0])
        for item in bought:
            wished[item.handle] = item
            lines[_choice(item, r)] = r.choices((1, 2, 3), (84, 13, 3))[0]
        cod = who.market == "CN" and r.random() < 0.06
        gone = any(item.handle in SOLD_OUT for item in bought)  # sold to the last piece, and not one came back
        fate = "kept" if cod or gone else r.choices(FATES, SHARES)[0]
        wishes.append(Wish(n, slot, who, lines, "cod" if cod else "card", fate, r.random(), r.getrandbits(32)))
    return Year(wishes, slots, [r.uniform(8.5, 22.5) for _ in range(slots)], wished)


def _choice(item: DemoProduct, r: Random) -> str:
    """The SKU: the first values of an option sell best."""
    variants = list(combinations(*[o.values for o in item.options]))
    return sku_code(item, r.choices(variants, [1 / (k + 1.5) for k in range(len(variants))])[0])


def _season(part: float) -> float:
    """How busy the shop is at this part of the year, which ends now."""
    return 0.55 + 0.9 * part + (0.6 if 0.88 < part < 0.96 else 0.0) - (0.2 if 0.4 < part < 0.5 else 0.0)
