"""What narrows a list, and how many goods each choice would leave. A facet's counts ignore its own choice. Pure but for the
index that is asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from typing import Any

from msgspec import Struct, field
from tantivy import FieldType, Occur, Query

from jishi.goods.catalog import Attribute
from jishi.kernel.place import Text

from .entries import FREE, SOLD_OUT
from .face import Facet, FindQuery, Value

MOST_TERMS = 10_000  # values of a facet that are counted
MOST_SHOWN = 60  # brands, merchants, values of an attribute
OPEN = (1 << 53) - 1  # more than any price
RANGES = 5
PRICES_FROM = 8  # goods from which prices are parted


class Names(Struct):
    """What codes are called. `parents`: category → the one above; `below`: category → its operating ones and all below.
    `serial`: no two are alike."""

    categories: dict[str, Text] = {}
    parents: dict[str, str] = {}
    below: dict[str, list[str]] = {}
    brands: dict[str, Text] = {}
    attributes: dict[str, Attribute] = {}
    serial: int = field(default_factory=count().__next__)


def filters(schema: Any, q: FindQuery, market: str, names: Names) -> dict[str, Any]:
    """Facet → the query that its choice is; those without a choice are left out."""
    made: dict[str, Any] = {}
    if q.category:
        made["category"] = any_of(schema, "cat", names.below.get(q.category, [q.category]))
    if q.brands:
        made["brand"] = any_of(schema, "brand_code", q.brands)
    if q.merchant_ids:
        made["merchant"] = any_of(schema, "merchant", q.merchant_ids)
    if q.ships_from:
        made["ships_from"] = any_of(schema, "ships", q.ships_from)
    if q.price_from or q.price_to:
        made["price"] = priced(schema, market, q.price_from, q.price_to or OPEN)
    if q.in_stock:
        made["stock"] = Query.term_query(schema, f"state_{market}", FREE)
    for code, values in q.facts.items():
        if values:
            made[f"f.{code}"] = any_of(schema, "facts", [f"{code}={v}" for v in values])
    return made


def narrowed(base: Any, chosen: Iterable[Any]) -> Any:
    """What matches the base and every choice; choices do not change the ranking."""
    must = [(Occur.Must, Query.const_score_query(f, 0.0)) for f in chosen]
    return Query.boolean_query([(Occur.Must, base), *must]) if must else base


def any_of(schema: Any, field: str, values: Sequence[Any]) -> Any:
    """One of the values. A term for each: tantivy's set of terms builds an automaton, which costs more than it finds."""
    terms = [(Occur.Should, Query.term_query(schema, field, v)) for v in values]
    return Query.boolean_query(terms) if terms else Query.empty_query()


def priced(schema: Any, market: str, low: int, high: int) -> Any:
    """Goods with a price in this market between these."""
    span = Query.range_query(schema, f"price_{market}", FieldType.Unsigned, max(0, low), min(high, OPEN))
    there = Query.range_query(schema, f"state_{market}", FieldType.Unsigned, SOLD_OUT, None)
    return Query.boolean_query([(Occur.Must, span), (Occur.Must, there)])


FIELDS = {"category": "cat", "brand": "brand_code", "merchant": "merchant", "ships_from": "ships"}


class Counter:
    """Counts of one question; each narrowing is asked once."""

    def __init__(self, schema: Any, searcher: Any, base: Any, chosen: Mapping[str, Any], market: str) -> None:
        self.schema, self.searcher, self.base, self.chosen, self.market = schema, searcher, base, chosen, market

    def facets(self, q: FindQuery, names: Names) -> tuple[int, list[Facet]]:
        """How many goods there are, and every facet that has a choice to offer."""
        free = [f for f in (*FIELDS, "facts", "stock", "price") if f not in self.chosen]
        answers = self._ask("", {"every": {"value_count": {"field": "id"}}} | {f: self._terms(f) for f in free})
        counts = {f: _buckets(answers[f]) for f in free}
        for own in self.chosen:
            code = "facts" if own.startswith("f.") else own
            counts[own] = _buckets(self._ask(own, {own: self._terms(code)})[own])
        total = int(answers["every"]["value"])
        found = [
            _categories(counts["category"], q.category, names),
            self._prices(q, counts["price"], total),
            _plain("brand", counts["brand"], q.brands, names.brands),
            *_facts(counts, q, names),
            _plain("stock", {"1": counts["stock"].get(str(FREE), 0)}, ["1"] * q.in_stock, {}),
            _plain("ships_from", counts["ships_from"], q.ships_from, {}),
            _plain("merchant", counts["merchant"], [str(m) for m in q.merchant_ids], {}),
        ]
        return total, [f for f in found if f.values]

    def _terms(self, facet: str) -> dict[str, Any]:
        here = {"stock": f"state_{self.market}", "price": f"band_{self.market}", "facts": "facts"}
        field = FIELDS.get(facet) or here[facet]
        return {"terms": {"field": field, "size": MOST_TERMS}}

    def _ask(self, without: str, asks: dict[str, Any]) -> Any:
        query = narrowed(self.base, [f for code, f in self.chosen.items() if code != without])
        return self.searcher.aggregate(query, asks)

    def _prices(self, q: FindQuery, counts: Mapping[str, int], total: int) -> Facet:
        """Ranges of about the same number of goods, put together of bands; the choice stays, whatever its ends are."""
        bands = sorted((int(low), n) for low, n in counts.items())
        spans = ranges(bands)
        chosen = (q.price_from, q.price_to or OPEN) if q.price_from or q.price_to else None
        rows = [Value(span(low, high), {}, n, (low, high) == chosen) for low, high, n in spans]
        parted = rows if len(rows) > 1 and sum(n for _, n in bands) >= PRICES_FROM else []
        if chosen and not any(r.chosen for r in parted):
            parted = [*parted, Value(span(*chosen), {}, total, chosen=True)]
        return Facet("price", {}, parted)


def ranges(bands: Sequence[tuple[int, int]]) -> list[tuple[int, int, int]]:
    """(from, to, goods) of at most five ranges that lie side by side; bands are (from, goods), rising."""
    total, begun, n = sum(n for _, n in bands), 0, 0
    found = list[tuple[int, int, int]]()
    for i, (low, goods) in enumerate(bands):
        if n and n + goods / 2 > total / RANGES and len(found) < RANGES - 1:
            found.append((begun, low - 1, n))
            begun, n = low, 0
        n += goods
        if i == len(bands) - 1:
            found.append((begun, OPEN, n))
    return found


def span(low: int, high: int) -> str:
    """`from-to` in minor units; an open end is empty."""
    return f"{low or ''}-{high if high < OPEN else ''}"


def _buckets(answer: Any) -> dict[str, int]:
    return {
        str(int(b["key"]) if isinstance(b["key"], float) else b["key"]): int(b["doc_count"]) for b in answer["buckets"]
    }


def _categories(counts: Mapping[str, int], chosen: str, names: Names) -> Facet:
    """The tree as far as there are goods: a category counts what is in all below it."""
    rows = []
    for code, said in names.categories.items():
        n = sum(counts.get(c, 0) for c in names.below.get(code, ()))
        if n or code == chosen:
            rows.append(Value(code, said, n, code == chosen, names.parents.get(code, "")))
    return Facet("category", {}, rows)


def _plain(code: str, counts: Mapping[str, int], chosen: Sequence[str], said: Mapping[str, Text]) -> Facet:
    """The most common first; what is chosen is always there."""
    top = sorted(counts.items(), key=lambda kv: (-kv[1], kv[0]))
    kept = [(c, n) for c, n in top[:MOST_SHOWN] if n or c in chosen]
    kept += [(c, counts.get(c, 0)) for c in chosen if c not in dict(kept)]
    return Facet(code, {}, [Value(c, said.get(c, {}), n, c in chosen) for c, n in kept])


def _facts(counts: Mapping[str, Mapping[str, int]], q: FindQuery, names: Names) -> Iterable[Facet]:
    """One facet an attribute that lists may be filtered by, in the attributes' order."""
    free: dict[str, dict[str, int]] = {}
    for term, n in counts.get("facts", {}).items():
        code, _, value = term.partition("=")
        free.setdefault(code, {})[value] = n
    for code, attribute in names.attributes.items():
        if not attribute.facet:
            continue
        own = counts.get(f"f.{code}")
        mine = (
            free.get(code, {})
            if own is None
            else {t.partition("=")[2]: n for t, n in own.items() if t.startswith(code + "=")}
        )
        said = {v.code: v.names for v in attribute.values}
        if attribute.unit:
            said = {v: {"en": f"{v} {attribute.unit}"} for v in mine}
        facet = _plain(f"f.{code}", mine, q.facts.get(code, []), said)
        if attribute.kind == "flag":
            facet = Facet(facet.code, facet.names, [v for v in facet.values if v.code == "1"])
        elif attribute.kind == "number":
            facet = Facet(facet.code, facet.names, sorted(facet.values, key=lambda v: (_size(v.code), v.code)))
        if len(facet.values) > (attribute.kind != "flag") or any(v.chosen for v in facet.values):
            yield Facet(facet.code, attribute.names, facet.values)


def _size(value: str) -> float:
    try:
        return float(value)
    except ValueError:
        return float("inf")
