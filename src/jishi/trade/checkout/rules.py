"""From listings, prices, levels, a plan and taxes to the terms of an order. Pure: every sum is checked by properties."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time, timedelta, tzinfo
from functools import lru_cache

from msgspec import Struct

from jishi.goods.catalog import Listing
from jishi.goods.inventory import Level, Want
from jishi.goods.pricing import Price
from jishi.goods.shipping import Plan, PlanItem, PlannedParcel, Source
from jishi.kernel import FieldError, Invalid
from jishi.kernel.market import Market
from jishi.kernel.place import Region
from jishi.people.merchants import Merchant
from jishi.trade.orders import Adjustment, ChildTerms, FreightTerms, LineTerms, OrderTerms
from jishi.trade.tax import LineTax, TaxLine

from .face import EmptyOrder, Method, NotAvailable, NotCarried, NotForSale, Option, Wanted

MAX_LINES, MAX_QUANTITY = 100, 999
MAX_WANTS = 100  # stock rows of an order: bundles may want more than they are lines
SHIP_BY_MS = 48 * 3_600_000  # China's usual term; a merchant's own promise replaces it when it has one
DOOR_MOST = {"CN": 500_000}  # cash on delivery: the market's cap in minor units; other markets have none
POLICIES = {"terms": "2026-11", "returns": "2026-11", "warranty": "2026-11", "privacy": "2026-11"}
PARTIES = ("seller", "merchant_of_record", "tax_liable", "invoice_issuer", "payee")
PARCEL = "parcel"  # the kind of goods that can be ordered
FREIGHT = "freight"  # the tax class
FREIGHT_N = 1_000  # a child's freight is tax line 1000 + n: lines are fewer
Stock = Mapping[tuple[int, int, int], tuple[int, int]]  # (item, warehouse, owner) → (stock id, available)
Cuts = Mapping[int, list[Adjustment]]  # by order line


class Offer(Struct, frozen=True):
    """A wanted line, what it is and what it costs."""

    line: int
    quantity: int
    listing: Listing
    price: Price

    @property
    def value(self) -> int:
        return self.price.minor * self.quantity

    @property
    def needs(self) -> Mapping[int, int]:
        """Stock item → pieces in one of it."""
        counts: Counter[int] = Counter()
        for c in self.listing.components:
            counts[c.stock_item_id] += c.quantity
        return counts


def wishes(lines: Sequence[Wanted]) -> list[Wanted]:
    """One line a listing, in the order of the first wish."""
    sums: dict[int, int] = {}
    for i, w in enumerate(lines[: MAX_LINES + 1]):
        if not 0 < w.quantity <= MAX_QUANTITY:
            raise Invalid([FieldError(f"lines.{i}.quantity", "number.range", {"min": "1", "max": str(MAX_QUANTITY)})])
        sums[w.listing_id] = sums.get(w.listing_id, 0) + w.quantity
    if not sums:
        raise EmptyOrder
    if len(lines) > MAX_LINES or max(sums.values()) > MAX_QUANTITY:
        raise Invalid([FieldError("lines", "list.long", {"max": str(MAX_LINES)})])
    return [Wanted(listing_id, n) for listing_id, n in sums.items()]


def offers(
    wanted: Sequence[Wanted],
    listings: Sequence[Listing],
    prices: Sequence[Price],
    merchants: Mapping[int, Merchant],
    currency: str,
) -> list[Offer]:
    """Each line with the price of its quantity. All of one order are with tax, or all without: a line that is not like
    the first cannot be sold with it."""
    by_id, rows = {x.id: x for x in listings}, defaultdict[int, list[Price]](list)
    for p in prices:
        if p.currency == currency:
            rows[p.listing_id].append(p)
    found: list[Offer] = []
    for n, w in enumerate(wanted, 1):
        listing = by_id.get(w.listing_id)
        fitting = [p for p in rows[w.listing_id] if p.quantity_from <= w.quantity]
        if listing is None or not listing.on_sale or not listing.components or not fitting:
            raise NotForSale(w.listing_id)
        merchant = merchants.get(listing.merchant_id)
        if merchant is None or merchant.status != "active":
            raise NotForSale(w.listing_id)
        price = max(fitting, key=lambda p: p.quantity_from)
        if found and price.tax_included != found[0].price.tax_included:
            raise NotForSale(w.listing_id)
        found.append(Offer(n, w.quantity, listing, price))
    if others := {o.listing.id: o.listing.kind for o in found if o.listing.kind != PARCEL}:
        raise NotCarried(others)
    return found


def stock_of(levels: Sequence[Level]) -> Stock:
    return {(x.stock_item_id, x.warehouse_id, x.merchant_id): (x.stock_id, x.available) for x in levels}


def items(found: Sequence[Offer], stock: Stock, worth: Mapping[int, int]) -> list[PlanItem]:
    """What the plan is asked: where each line could come from, and its `worth` for free freight. Lines that want the same
    stock (a bundle and its part) are first given pieces that no other line has, so that together they never promise a
    piece twice."""
    free = {place: n for place, (_, n) in stock.items()}
    users = Counter(item for o in found for item in o.needs)
    made = []
    for o in found:
        sources = _sources(o, free)
        whole = sum(s.free for s in sources)
        if whole < o.quantity:
            raise NotAvailable(o.listing.id, o.quantity, whole)
        if any(users[item] > 1 for item in o.needs):
            sources = _own(o, sources, free)
        made.append(PlanItem(o.line, o.listing.merchant_id, o.quantity, o.listing.weight_g, worth[o.line], sources))
    return made


def _sources(o: Offer, free: Mapping[tuple[int, int, int], int]) -> list[Source]:
    needs, owner = o.needs, o.listing.merchant_id
    places = {w for item, w, of in free if of == owner and item in needs}
    rows = [Source(w, min(free.get((i, w, owner), 0) // n for i, n in needs.items())) for w in sorted(places)]
    return [s for s in rows if s.free > 0]


def _own(o: Offer, sources: Sequence[Source], free: dict[tuple[int, int, int], int]) -> list[Source]:
    left, own = o.quantity, []
    for s in sorted(sources, key=lambda s: (-s.free, s.warehouse_id)):
        if n := min(left, s.free):
            own.append(Source(s.warehouse_id, n))
            left -= n
            for item, each in o.needs.items():
                free[item, s.warehouse_id, o.listing.merchant_id] -= each * n
    return own


class Piece(Struct, frozen=True):
    """An order line before its tax: a wanted line, or the part of one that a warehouse sends."""

    n: int
    parcel: int
    offer: Offer
    quantity: int

    @property
    def minor(self) -> int:
        return self.offer.price.minor * self.quantity


def pieces(found: Sequence[Offer], plan: Plan) -> list[Piece]:
    """The plan's lines, numbered through the parcels; a line split over warehouses becomes two."""
    by_line, made = {o.line: o for o in found}, list[Piece]()
    for i, parcel in enumerate(plan.parcels, 1):
        for x in sorted(parcel.lines, key=lambda x: x.line):
            made.append(Piece(len(made) + 1, i, by_line[x.line], x.quantity))
    sent: Counter[int] = Counter()
    for p in made:
        sent[p.offer.line] += p.quantity
    assert all(sent[o.line] == o.quantity for o in found), "the plan sends other pieces than were wanted"
    return made


def tax_lines(rows: Sequence[Piece], plan: Plan, cuts: Cuts) -> list[TaxLine]:
    """Goods at what they cost after every discount, and freight."""
    goods = [
        TaxLine(
            p.n,
            p.offer.listing.tax_class,
            p.minor + sum(a.minor for a in cuts.get(p.n, ())),
            p.offer.listing.merchant_id,
        )
        for p in rows
    ]
    freight = [TaxLine(FREIGHT_N + i, FREIGHT, p.freight_minor, p.merchant_id) for i, p in enumerate(plan.parcels, 1)]
    return goods + freight


class Setting(Struct, frozen=True):
    """What of an order's terms comes from who asks and where."""

    storefront: str
    market: Market
    channel: str
    locale: str
    currency: str
    destination: Region
    recipient_card: int
    contact_card: int
    now: int
    limited: bool = False
    gift_card: int = 0


def terms(
    at: Setting,
    rows: Sequence[Piece],
    plan: Plan,
    taxes: Sequence[LineTax],
    stock: Stock,
    merchants: Mapping[int, Merchant],
    cuts: Cuts,
) -> OrderTerms:
    """The frozen content of the order. Parent = Σ children = Σ lines and freights, to the minor unit."""
    tax = {t.n: t for t in taxes}
    children = []
    for i, parcel in enumerate(plan.parcels, 1):
        lines = [line_terms(p, parcel, tax[p.n], stock, cuts.get(p.n, [])) for p in rows if p.parcel == i]
        freight = freight_terms(parcel, tax[FREIGHT_N + i])
        children.append(
            ChildTerms(
                n=i,
                merchant_id=parcel.merchant_id,
                warehouse_id=parcel.warehouse_id,
                customs="domestic",
                ship_by=at.now + SHIP_BY_MS,
                promise_from=day(at, parcel.days_min),
                promise_to=day(at, parcel.days_max),
                lines=lines,
                freight=freight,
                total=sum(x.gross for x in lines) + freight.gross,
                parties=parties(merchants[parcel.merchant_id]),
                funded=sum(x.funded for x in lines),
            )
        )
    sold = [x for c in children for x in c.lines]
    return OrderTerms(
        storefront=at.storefront,
        market=at.market.code,
        channel=at.channel,
        locale=at.locale,
        currency=at.currency,
        tax_included=rows[0].offer.price.tax_included,
        destination=at.destination,
        recipient_card=at.recipient_card,
        contact_card=at.contact_card,
        children=children,
        goods=sum(x.unit_minor * x.quantity for x in sold),
        discount=sum(a.minor for x in sold for a in x.adjustments),
        freight=sum(c.freight.gross for c in children),
        tax=sum(x.tax for x in sold) + sum(c.freight.tax for c in children),
        total=sum(c.total for c in children),
        policies=POLICIES,
        limited=at.limited,
        gift_card=at.gift_card,
    )


def line_terms(p: Piece, parcel: PlannedParcel, tax: LineTax, stock: Stock, cuts: list[Adjustment]) -> LineTerms:
    listing, price = p.offer.listing, p.offer.price
    wants = [
        Want(stock[item, parcel.warehouse_id, listing.merchant_id][0], each * p.quantity)
        for item, each in p.offer.needs.items()
    ]
    return LineTerms(
        n=p.n,
        listing_id=listing.id,
        sku_id=listing.sku_id,
        product_id=listing.product_id,
        sku_code=listing.sku_code,
        handle=listing.handle,
        names=listing.names,
        options=listing.options,
        picture=listing.picture,
        kind=listing.kind,
        quantity=p.quantity,
        unit_minor=price.minor,
        list_minor=price.list_minor,
        price_id=price.id,
        adjustments=cuts,
        net=tax.net,
        tax=tax.tax,
        gross=tax.gross,
        rate_bp=tax.rate_bp,
        rate_id=tax.rate_id,
        rounding=tax.rounding,
        weight_g=listing.weight_g,
        wants=wants,
    )


def wants(terms: OrderTerms) -> list[Want]:
    """The pieces of the whole order, one row a stock id: lines may share one."""
    sums: Counter[int] = Counter()
    for c in terms.children:
        for x in c.lines:
            for w in x.wants:
                sums[w.stock_id] += w.quantity
    return [Want(stock_id, n) for stock_id, n in sorted(sums.items())]


def freight_terms(parcel: PlannedParcel, tax: LineTax) -> FreightTerms:
    return FreightTerms(
        parcel.service, tax.net, tax.tax, tax.gross, tax.rate_bp, tax.rate_id, tax.rounding, parcel.reason
    )


def day(at: Setting, days: int) -> int:
    """Noon of the market's day that is `days` after today, ms UTC: the same date for whoever formats it nearby."""
    return _noon(at.market.tz, at.now // 60_000, days)


@lru_cache(1_024)
def _noon(zone: tzinfo, minute: int, days: int) -> int:
    today = datetime.fromtimestamp(minute * 60, UTC).astimezone(zone).date()
    noon = datetime.combine(today + timedelta(days=days), time(12), zone)
    return int(noon.timestamp()) * 1000


def parties(merchant: Merchant) -> dict[str, str]:
    """Who sells, is of record, liable for the tax, invoices and is paid: the merchant, unless it is told otherwise."""
    return dict.fromkeys(PARTIES, f"merchant:{merchant.id}") | merchant.parties


def methods(market: str, of: OrderTerms) -> list[Method]:
    """Ways to pay. Cash at the door: only parcels, within the market's cap, and to a door at home. Nothing to pay is not
    paid by any of them."""
    if not of.total:
        return [Method("none", usable=True)]
    most = DOOR_MOST.get(market)
    kinds = {x.kind for c in of.children for x in c.lines}
    why = ""
    if most is None:
        why = "checkout.method.cod_market"
    elif of.destination.country != market:
        why = "checkout.method.cod_abroad"
    elif kinds != {"parcel"}:
        why = "checkout.method.cod_parcels"
    elif of.total > most:
        why = "checkout.method.cod_most"
    return [Method("card", usable=True), Method("cod", not why, why)]


def options(plan: Plan) -> dict[int, list[Option]]:
    """Merchant → its services, the chosen one marked."""
    return {
        p.merchant_id: [
            Option(o.service, o.freight_minor, o.days_min, o.days_max, o.service == p.service) for o in p.options
        ]
        for p in plan.parcels
    }
