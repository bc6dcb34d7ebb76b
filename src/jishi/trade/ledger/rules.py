"""Which accounts a fact moves. Debit > 0, credit < 0; every answer sums to 0, so any order of facts gives one state.

- `buyer:<order>` what the buyer still owes the house (> 0) or has paid ahead (< 0): 0 when the order is finished
- `clearing:<provider>` money that the provider holds for us · `cash:door` cash that carriers took for us
- `payable:<merchant>` what we owe the merchant (< 0) · `tax:<country>` tax that the house itself owes as the liable party
- `surplus:<order>` money that never was the order's, until it is back
- `expense:promotions` discounts that the house has paid for (> 0); a discount that the merchant pays is no entry, its
  payable is the lower for it"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

import msgspec

from .events import Cancelled, Captured, Collected, Confirmed, Refunded, Share, SurplusCaptured
from .face import Entry

ACCOUNT = re.compile(r"[a-z_]{1,16}:[A-Za-z0-9_.-]{1,46}")
GENESIS = bytes(32)


def captured(event: Captured) -> list[Entry]:
    return _pair(f"clearing:{event.provider}", f"buyer:{event.order_id}", event.amount.minor, event.order_id)


def collected(event: Collected) -> list[Entry]:
    return _pair("cash:door", f"buyer:{event.order_id}", event.amount.minor, event.order_id)


def surplus(event: SurplusCaptured) -> list[Entry]:
    return _pair(f"clearing:{event.provider}", f"surplus:{event.order_id}", event.amount.minor, event.order_id)


def refunded(event: Refunded) -> list[Entry]:
    whose = "surplus" if event.surplus else "buyer"
    return _pair(f"{whose}:{event.order_id}", f"clearing:{event.provider}", event.amount.minor, event.order_id)


def confirmed(event: Confirmed) -> list[Entry]:
    """The sale: the buyer owes it, the house owes the discounts that it pays, each merchant has earned its share of both
    without the tax that the house must pay."""
    return _sale(event.order_id, event.shares, 1)


def cancelled(event: Cancelled) -> list[Entry]:
    """The sale of the cancelled parts is undone (there are none of an order that never was confirmed); the money back is
    the provider's own fact."""
    return _sale(event.order_id, event.shares, -1)


def _pair(debit: str, credit: str, minor: int, order_id: int) -> list[Entry]:
    return [Entry(debit, minor, order_id), Entry(credit, -minor, order_id)] if minor else []


def _sale(order_id: int, shares: Sequence[Share], sign: int) -> list[Entry]:
    owed, tax = Counter[int](), Counter[str]()
    for s in shares:
        owed[s.merchant_id] += s.total + s.funded - s.platform_tax
        tax[s.tax_country] += s.platform_tax
    made = [Entry(f"buyer:{order_id}", sign * sum(s.total for s in shares), order_id)]
    made += [Entry("expense:promotions", sign * sum(s.funded for s in shares), order_id)]
    made += [Entry(f"payable:{m}", -sign * minor, order_id, m) for m, minor in sorted(owed.items())]
    made += [Entry(f"tax:{country}", -sign * minor, order_id) for country, minor in sorted(tax.items())]
    return [entry for entry in made if entry.minor]


def chain(before: bytes, posting: Sequence[Any], entries: Sequence[Sequence[Any]]) -> bytes:
    """The seal of a posting after the one that ends in `before`: any change to either shows from here on."""
    body = msgspec.json.encode([list(posting), [list(entry) for entry in entries]])
    return hashlib.sha256(before + body).digest()
