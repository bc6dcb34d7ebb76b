"""Offers as pages show them: beside a product, in the coupon centre, and as what a typed amount or moment means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from jishi.goods.catalog import Product
from jishi.goods.promotions import Offer, OffersQuery
from jishi.kernel.i18n import at_zone, digits_of, said
from jishi.kernel.place import Reason
from jishi.people.merchants import MerchantsQuery

from .ready import OFFERS
from .visit import NOBODY, Visit

BESIDE = 6  # offers that a product's page names
LOCAL = "%Y-%m-%dT%H:%M"  # what <input type=datetime-local> gives


class Ticket(Struct, frozen=True):
    """An offer beside whose it is. `shop` "" = of the whole house. `first`: what it gives; `rest`: more of it, and what
    it needs."""

    offer: Offer
    shop: str
    first: Reason
    rest: list[Reason]


async def tickets(visit: Visit, offers: Sequence[Offer]) -> list[Ticket]:
    """One question for the names of the shops."""
    ids = sorted({o.merchant_id for o in offers if o.merchant_id})
    found = (await visit.shop.merchants.merchants(visit.ctx, MerchantsQuery(ids))).rows if ids else []
    names = {m.id: said(m.names, visit.locale) for m in found}
    return [Ticket(o, names.get(o.merchant_id, ""), o.terms[0], o.terms[1:]) for o in offers]


async def beside_product(visit: Visit, product: Product) -> tuple[Mapping[str, Any], Iterable[str]]:
    """What is on offer for a product, the same for everybody: coupons that can be claimed and what counts by itself."""
    anyone = replace(visit.ctx, actor=NOBODY)
    query = OffersQuery([product.id], [product.merchant_id], [product.category], limit=BESIDE)
    rows = (await visit.shop.promotions.offers(anyone, query)).rows
    return {"offers": await tickets(visit, rows)}, [OFFERS]


def minor_of(text: str, currency: str) -> int | None:
    """`12.5` of CNY → 1250, None for what is no amount of this currency: 0.5 yen, 1e3, nothing."""
    typed = text.strip().replace(",", "")
    try:
        amount = Decimal(typed)
    except InvalidOperation:
        return None
    if not amount.is_finite() or "e" in typed.lower() or not 0 <= amount <= 10**10:
        return None
    minor = amount.scaleb(digits_of(currency))
    return int(minor) if minor == minor.to_integral_value() else None


def moment_of(text: str, zone: str) -> int | None:
    """A local date and time of the market as ms UTC, None for what is none. A time that the clock skips is the one after
    the gap."""
    try:
        told = datetime.strptime(text, LOCAL).replace(tzinfo=ZoneInfo(zone))
    except ValueError:
        return None
    return int(told.timestamp() * 1000) if 2000 <= told.year < 2200 else None


def local_of(ms: int, zone: str) -> str:
    return at_zone(ms, zone).strftime(LOCAL)
