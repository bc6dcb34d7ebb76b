"""The plan: which warehouse ships what of a merchant, at what freight. Pure and deterministic."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import NamedTuple

from jishi.kernel import apportion
from jishi.kernel.place import Reason, Region

from .face import (
    NotDeliverable,
    NotEnough,
    Plan,
    PlanItem,
    PlannedLine,
    PlannedParcel,
    PlanQuery,
    RateDraft,
    ServiceOption,
)

Split = dict[int, dict[int, int]]  # warehouse → line → pieces
# 浙江 and 浙江省 are one province; longest first
SUFFIXES = ("维吾尔自治区", "特别行政区", "壮族自治区", "回族自治区", "自治区", "省", "市")


class Offer(NamedTuple):
    """One service's answer for a merchant: what each warehouse sends and the one freight of it all."""

    service: str
    freight: int
    split: Split
    rates: Mapping[int, RateDraft]  # by warehouse, those that ship
    charged: RateDraft
    choice: Reason
    option: ServiceOption  # from the first day of the first parcel to the last day of the last


class Merchant(NamedTuple):
    """What of one merchant is asked for: its weight and worth are those of all its goods together."""

    id: int
    items: Sequence[PlanItem]
    destination: Region
    places: Mapping[int, Region]
    weight: int
    worth: int


def plan(query: PlanQuery, rates: Mapping[int, Sequence[RateDraft]]) -> Plan:
    """Every piece in one parcel; parcels by merchant, then warehouse. Raises `NotEnough`, `NotDeliverable`."""
    theirs: dict[int, list[PlanItem]] = defaultdict(list)
    for item in sorted(query.items, key=lambda i: i.line):
        theirs[item.merchant_id].append(item)
        free = sum(max(0, s.free) for s in item.sources)
        if free < item.quantity:
            raise NotEnough(item.line, item.quantity, free)
    parcels = list[PlannedParcel]()
    for id, items in sorted(theirs.items()):
        weight, worth = sum(i.weight_g * i.quantity for i in items), sum(i.value_minor for i in items)
        merchant = Merchant(id, items, query.destination, query.warehouses, weight, worth)
        offers = offers_of(merchant, [r for r in rates.get(id, ()) if r.currency == query.currency])
        if not offers:
            raise NotDeliverable(id, query.destination.country)
        chosen = next((o for o in offers if o.service == query.services.get(id)), offers[0])
        parcels += packed(merchant, chosen, [o.option for o in offers], query.currency)
    return Plan(parcels)


def offers_of(merchant: Merchant, rates: Sequence[RateDraft]) -> list[Offer]:
    """What each service can do for the whole of the merchant's goods: cheapest first, then quickest, then by name."""
    offers = list[Offer]()
    for service in sorted({r.service for r in rates}):
        at = rates_at(merchant, [r for r in rates if r.service == service])
        found = split_of(merchant, at)
        if found:
            split, choice = found
            ship = {w: at[w] for w in sorted(split)}
            # one freight, not one a parcel: the dearest of the rates in play, once, on all the weight
            each = [(price(r, merchant.weight, merchant.worth), r) for r in ship.values()]
            freight, charged = max(each, key=itemgetter(0))
            first, last = min(r.days_min for _, r in each), max(r.days_max for _, r in each)
            option = ServiceOption(service, freight, first, last)
            offers.append(Offer(service, freight, split, ship, charged, choice, option))
    return sorted(offers, key=lambda o: (o.freight, o.option.days_max, o.option.days_min, o.service))


def price(rate: RateDraft, weight_g: int, worth: int) -> int:
    """Freight of so much weight and worth: first step, then each begun further one; free from its threshold on."""
    if rate.free_from_minor and worth >= rate.free_from_minor:
        return 0
    return rate.first_minor + rate.more_minor * -(-max(0, weight_g - rate.first_g) // rate.more_g)


def rates_at(merchant: Merchant, rates: Sequence[RateDraft]) -> dict[int, RateDraft]:
    """The rate in force from each warehouse that has any of the goods; warehouses without one do not deliver there."""
    found = {}
    for warehouse in sorted({s.warehouse_id for i in merchant.items for s in i.sources if s.free > 0}):
        fitting = [(e, r) for r in rates if (e := exactness(r, warehouse, merchant.destination))]
        if fitting:
            found[warehouse] = max(fitting, key=lambda f: f[0])[1]
    return found


def exactness(rate: RateDraft, warehouse: int, to: Region) -> tuple[int, int] | None:
    """None: the rate is not for this way. Else greater is more exact: the region first, then the warehouse."""
    if rate.warehouse_id not in (0, warehouse) or rate.country not in ("*", to.country):
        return None
    if rate.province and province(rate.province) != province(to.province):
        return None
    return (2 if rate.province else 1 if rate.country != "*" else 0), int(rate.warehouse_id != 0)


def province(name: str) -> str:
    name = name.strip().casefold()
    return next((name.removesuffix(s) for s in SUFFIXES if name.endswith(s)), name)


def distance(place: Region | None, to: Region) -> int:
    """0 same province, 1 same country, 2 elsewhere or unknown."""
    if place is None or place.country != to.country:
        return 2
    return 0 if place.province and province(place.province) == province(to.province) else 1


def split_of(merchant: Merchant, rates: Mapping[int, RateDraft]) -> tuple[Split, Reason] | None:
    """One warehouse for everything where there is one, else few parcels; a line is split only when no single warehouse
    has enough of it. Of equal ones the cheapest ships, then the nearest, then the lower id. None: not enough delivers."""
    free = {i.line: {s.warehouse_id: s.free for s in i.sources if s.warehouse_id in rates} for i in merchant.items}
    left = {i.line: i.quantity for i in merchant.items}
    if any(sum(max(0, n) for n in free[line].values()) < n for line, n in left.items()):
        return None

    def rank(w: int) -> tuple[int, int, int]:
        return (
            price(rates[w], merchant.weight, merchant.worth),
            distance(merchant.places.get(w), merchant.destination),
            w,
        )

    whole = [w for w in rates if all(free[line].get(w, 0) >= n for line, n in left.items())]
    if whole:
        best = min(whole, key=rank) if len(whole) > 1 else whole[0]
        return {best: left}, Reason("shipping.choice.whole", {"warehouses": len(whole)})
    split: Split = {}
    broken = [line for line, n in left.items() if max(free[line].values()) < n]
    for line in broken:  # first: their parcels are needed anyway, and other lines may ride along
        need = left.pop(line)
        for w in sorted(free[line], key=lambda w: (w not in split, -free[line][w], rank(w))):
            if take := min(need, max(0, free[line][w])):
                split.setdefault(w, {})[line] = take
                need -= take
    while left:
        fits = {w: [line for line, n in left.items() if free[line].get(w, 0) >= n] for w in rates}
        w = min(fits, key=lambda w: (not fits[w], w not in split, -len(fits[w]), rank(w)))
        split.setdefault(w, {}).update({line: left.pop(line) for line in fits[w]})
    key = "shipping.choice.split" if broken else "shipping.choice.parts"
    return split, Reason(key, {"parcels": len(split)})


def packed(merchant: Merchant, offer: Offer, options: list[ServiceOption], currency: str) -> list[PlannedParcel]:
    """A parcel a warehouse, the merchant's one freight shared among them by weight (by pieces where nothing weighs)."""
    weights = {i.line: i.weight_g for i in merchant.items}
    warehouses = sorted(offer.split)
    grams = [sum(weights[line] * n for line, n in offer.split[w].items()) for w in warehouses]
    pieces = [sum(offer.split[w].values()) for w in warehouses]
    shares = apportion(offer.freight, grams if any(grams) else pieces)
    return [
        PlannedParcel(
            merchant.id,
            w,
            offer.service,
            share,
            offer.rates[w].days_min,
            offer.rates[w].days_max,
            [PlannedLine(line, n) for line, n in sorted(offer.split[w].items())],
            options,
            reason(merchant, offer, g, currency),
            offer.choice,
        )
        for w, g, share in zip(warehouses, grams, shares, strict=True)
    ]


def reason(merchant: Merchant, offer: Offer, parcel_g: int, currency: str) -> Reason:
    """How the parcel's freight came about, with all that went into it."""
    rate = offer.charged
    if rate.free_from_minor and merchant.worth >= rate.free_from_minor:
        return Reason(
            "shipping.reason.free",
            {"worth_minor": merchant.worth, "free_from_minor": rate.free_from_minor, "currency": currency},
        )
    inputs: dict[str, str | int] = {
        "service": rate.service,
        "currency": currency,
        "weight_g": merchant.weight,
        "first_g": rate.first_g,
        "first_minor": rate.first_minor,
        "more_g": rate.more_g,
        "more_minor": rate.more_minor,
        "freight_minor": offer.freight,
    }
    if len(offer.split) == 1:
        return Reason("shipping.reason.weight", inputs)
    return Reason("shipping.reason.share", inputs | {"parcel_g": parcel_g, "parcels": len(offer.split)})
