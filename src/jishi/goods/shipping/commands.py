"""Rates are written whole; a plan reads those of its merchants in one query."""

from collections import defaultdict
from collections.abc import Iterator

from msgspec.structs import asdict

from jishi.kernel import FieldError, Forbidden, Invalid, Tx

from . import rules
from .face import Plan, PlanQuery, PutRates, RateDraft, RateList, RatesOf
from .tables import ADD, DROP, LOCK, RATES, RATES_OF, TARIFF

MAX_RATES = 200  # a merchant
MAX_ITEMS = 100  # a plan
MAX_SOURCES = 50  # warehouses an item
MAX_G, MAX_MINOR, MAX_DAYS, MAX_PIECES = 10_000_000, 10**12, 365, 1_000_000


def put_rates(tx: Tx, cmd: PutRates) -> RateList:
    """The merchant's rates are these and no others. A clerk writes its own merchant's only."""
    own(tx, cmd.merchant_id, "goods:rate:put")
    if wrong := list(faults(cmd.rates)):
        raise Invalid(wrong)
    tx.once(TARIFF, merchant_id=cmd.merchant_id, put_at=tx.now)
    tx.run(LOCK, merchant=cmd.merchant_id, now=tx.now)  # two who write at once: one after the other, never both sets
    tx.run(DROP, merchant=cmd.merchant_id)
    if cmd.rates:
        tx.many(ADD, [dict(id=tx.new_id(), merchant_id=cmd.merchant_id, **asdict(r)) for r in cmd.rates])
    return RateList(list(cmd.rates))


def rates(tx: Tx, query: RatesOf) -> RateList:
    own(tx, query.merchant_id, "goods:rate:see")
    return RateList([RateDraft(*r) for r in tx.rows(RATES_OF, merchant=query.merchant_id)])


def plan(tx: Tx, query: PlanQuery) -> Plan:
    """One query, whatever the number of merchants."""
    if wrong := list(wrong_items(query)):
        raise Invalid(wrong)
    theirs: dict[int, list[RateDraft]] = defaultdict(list)
    merchants = sorted({i.merchant_id for i in query.items})
    countries = [query.destination.country, "*"]
    for merchant_id, *draft in tx.rows_in(RATES, "merchants", merchants, money=query.currency, countries=countries):
        theirs[merchant_id].append(RateDraft(*draft))
    return rules.plan(query, theirs)


def own(tx: Tx, merchant_id: int, needs: str) -> None:
    if tx.actor.role == "clerk" and tx.actor.merchant_id != merchant_id:
        raise Forbidden(needs)


def faults(drafts: list[RateDraft]) -> Iterator[FieldError]:
    """Every wrong field of the rates; two for the same way are wrong, for none of them would be the more exact."""
    if len(drafts) > MAX_RATES:
        yield FieldError("rates", "too_many", {"max": str(MAX_RATES)})
        return
    ways = set[tuple[str, str, str, str, int]]()
    for i, r in enumerate(drafts):
        at = f"rates.{i}."
        if not 0 < len(r.service) <= 32 or not r.service.isascii():
            yield FieldError(at + "service", "text.length", {"min": "1", "max": "32"})
        if len(r.currency) != 3 or not r.currency.isupper():
            yield FieldError(at + "currency", "choice.unknown")
        if r.country != "*" and not (len(r.country) == 2 and r.country.isupper()):
            yield FieldError(at + "country", "country.unknown")
        if len(r.province) > 64 or (r.province and r.country == "*"):
            yield FieldError(at + "province", "choice.unknown")
        for field, least, most in (
            ("first_g", 0, MAX_G),
            ("first_minor", 0, MAX_MINOR),
            ("more_g", 1, MAX_G),
            ("more_minor", 0, MAX_MINOR),
            ("free_from_minor", 0, MAX_MINOR),
            ("days_min", 0, MAX_DAYS),
            ("days_max", r.days_min, MAX_DAYS),
        ):
            if not least <= getattr(r, field) <= most:
                yield FieldError(at + field, "number.range", {"min": str(least), "max": str(most)})
        way = (r.service, r.currency, r.country, rules.province(r.province), r.warehouse_id)
        if way in ways:
            yield FieldError(at + "service", "list.twice")
        ways.add(way)


def wrong_items(query: PlanQuery) -> Iterator[FieldError]:
    if not 0 < len(query.items) <= MAX_ITEMS:
        yield FieldError("items", "number.range", {"min": "1", "max": str(MAX_ITEMS)})
        return
    if len({i.line for i in query.items}) < len(query.items):
        yield FieldError("items", "list.twice")
    for n, item in enumerate(query.items):
        for field, least, most in (("quantity", 1, MAX_PIECES), ("weight_g", 0, MAX_G), ("value_minor", 0, MAX_MINOR)):
            if not least <= getattr(item, field) <= most:
                yield FieldError(f"items.{n}.{field}", "number.range", {"min": str(least), "max": str(most)})
        if len(item.sources) > MAX_SOURCES:
            yield FieldError(f"items.{n}.sources", "too_many", {"max": str(MAX_SOURCES)})
        if len({s.warehouse_id for s in item.sources}) < len(item.sources):
            yield FieldError(f"items.{n}.sources", "list.twice")
