"""A question answered by one volume: what is found, in its order, page by page, and what it can be narrowed by."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any, TypeVar, cast

import msgspec
from msgspec import Struct
from tantivy import FieldType, Occur, Order, Query

from jishi.kernel import Context, FieldError, Invalid
from jishi.kernel.paging import WrongCursor, limited

from .entries import FREE, NO_PRICE, SOLD_OUT, Card
from .face import MAX_CHOSEN, RANKED, SORTS, Facet, FindQuery, Found, Hit
from .facets import Counter, Names, any_of, filters, narrowed
from .reading import Reader, Reading, card_at
from .rulebook import Rulebook
from .shelf import Volume
from .texts import MAX_TYPED

V = TypeVar("V")
KEPT, KEPT_COUNTS = 200, 400  # rankings and counts that are remembered
MAX_CURSOR, MAX_VALUE = 200, 200  # characters
STATES = (FREE, SOLD_OUT, NO_PRICE)  # out of stock comes last in every order, and what has no price here after that
LAST_ID = (1 << 63) - 1
EVERYTHING, NOTHING = Reading(Query.all_query(), Query.all_query()), Reading(None, None)
MAX_MINOR = 1 << 52


class Place(Struct, array_like=True, frozen=True):
    """Where a page ended: the state of stock, the value sorted by (of a ranking: the position), the product."""

    state: int
    value: int
    id: int


class Kept(OrderedDict[Any, V]):
    """The latest used, so many."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    def keep(self, key: Any, value: V) -> V:
        self[key] = value
        self.move_to_end(key)
        while len(self) > self.most:
            self.popitem(last=False)
        return value


class Finder:
    """Answers from what it is given; remembers rankings, so that pages do not shift while goods change."""

    def __init__(self) -> None:
        self.rankings: Kept[list[int]] = Kept(KEPT)
        self.counts: Kept[tuple[int, list[Facet]]] = Kept(KEPT_COUNTS)
        self.understood: Kept[Reading] = Kept(KEPT_COUNTS)

    def find(self, ctx: Context, q: FindQuery, volume: Volume, names: Names, rules: Rulebook) -> Found:
        """The page that was asked for. Raises `Invalid`, `WrongCursor`."""
        checked(q)
        place = read_place(q.cursor) if q.cursor else None
        words = " ".join(q.words[:MAX_TYPED].split())
        if ctx.market not in volume.markets:
            return Found([], "", 0, [])
        chosen = filters(volume.schema, q, ctx.market, names)
        reading, total, facets = self._understood(ctx, q, words, volume, names, rules, chosen)
        if reading.query is None:
            return Found([], "", 0, [], nearest=Reader(volume, rules).nearest(words))
        query = narrowed(reading.query, chosen.values())
        sort = "popular" if q.sort == "relevance" and not words else q.sort
        if q.limit <= 0 or not total:
            rows, following = cast(Sequence[Any], ()), ""
        elif sort == "relevance":
            rows, following = self._ranked(q, query, volume, ctx.market, place, total)
        else:
            rows, following = sorted_page(query, volume, ctx.market, sort, place, limited(q.limit))
        hits = [hit_of(card_at(volume.searcher, a), ctx) for a in rows]
        nearest = [] if total or chosen else Reader(volume, rules).nearest(words)
        return Found(hits, following, total, facets, reading.corrected, reading.loose, nearest)

    def _understood(
        self,
        ctx: Context,
        q: FindQuery,
        words: str,
        volume: Volume,
        names: Names,
        rules: Rulebook,
        chosen: dict[str, Any],
    ) -> tuple[Reading, int, list[Facet]]:
        """The strictest understanding that finds something, whatever the choices beside it, and its counts."""
        key = (volume.serial, volume.turn, rules.serial, words)
        known = self.understood.get(key)
        tried = [known] if known else [EVERYTHING] if not words else Reader(volume, rules).readings(words)
        for reading in tried:
            if reading.query is None:
                break
            total, facets = self._counted(ctx, q, volume, names, reading, chosen)
            if total or known or not words or volume.searcher.search(reading.lean, 1).count:
                return self.understood.keep(key, reading), total, facets
        return self.understood.keep(key, NOTHING), 0, []

    def _counted(
        self, ctx: Context, q: FindQuery, volume: Volume, names: Names, reading: Reading, chosen: dict[str, Any]
    ) -> tuple[int, list[Facet]]:
        plain = msgspec.structs.replace(q, sort="", cursor="", limit=0)
        asked = (msgspec.msgpack.encode(plain), ctx.market, reading.serial)
        key = (volume.serial, volume.turn, names.serial, *asked)
        if (known := self.counts.get(key)) is not None:
            return known
        counter = Counter(volume.schema, volume.searcher, reading.lean, chosen, ctx.market)
        return self.counts.keep(key, counter.facets(q, names))

    def _ranked(
        self, q: FindQuery, query: Any, volume: Volume, market: str, place: Place | None, total: int
    ) -> tuple[Sequence[Any], str]:
        """A slice of the ranking, which the first page made and later ones find again; made anew elsewhere, it goes on
        behind the last product seen, or at its position when that one is gone."""
        key = (msgspec.msgpack.encode(msgspec.structs.replace(q, cursor="", limit=0)), market)
        ids, here = self.rankings.get(key) if place else None, dict[int, Any]()
        if ids is None:
            here = ranking(query, volume, market, total)
            ids = self.rankings.keep(key, list(here))
        start = 0
        if place:
            known = place.value < len(ids) and ids[place.value] == place.id
            start = (place.value if known else ids.index(place.id) if place.id in ids else place.value - 1) + 1
        some = ids[start : start + limited(q.limit)]
        end = start + len(some)
        following = write_place(Place(0, end - 1, some[-1])) if some and end < len(ids) else ""
        return [here[id] for id in some] if here else addresses(volume, some), following


def checked(q: FindQuery) -> None:
    """Raises `Invalid`: what is asked decides how much work it is."""
    if q.sort not in SORTS:
        raise Invalid([FieldError("sort", "choice.unknown")])
    lists: dict[str, Sequence[Any]] = {
        "brands": q.brands,
        "merchant_ids": q.merchant_ids,
        "ships_from": q.ships_from,
        "facts": [*q.facts],
    }
    lists["category"] = [q.category]
    lists |= {f"facts.{code}": values for code, values in q.facts.items()}
    for field, values in lists.items():
        if len(values) > MAX_CHOSEN:
            raise Invalid([FieldError(field, "list.long", {"max": str(MAX_CHOSEN)})])
        if any(len(v) > MAX_VALUE for v in values if isinstance(v, str)):
            raise Invalid([FieldError(field, "text.length", {"min": "0", "max": str(MAX_VALUE)})])
    if not (0 <= q.price_from <= MAX_MINOR and 0 <= q.price_to <= MAX_MINOR):
        raise Invalid([FieldError("price_from", "number.range", {"min": "0", "max": str(MAX_MINOR)})])
    if any(not 0 <= m < 1 << 63 for m in q.merchant_ids):
        raise Invalid([FieldError("merchant_ids", "number.range", {"min": "0", "max": str((1 << 63) - 1)})])


def _in_state(volume: Volume, market: str, state: int) -> Any:
    return Query.const_score_query(Query.term_query(volume.schema, f"state_{market}", state), 0.0)


def ranking(query: Any, volume: Volume, market: str, total: int) -> dict[int, Any]:
    """Ids of the best 1,000 with their places: what fits the words, and among that what is bought and praised; sold out
    ones behind. A short list is parted here, of a long one each state is asked for by itself."""
    found: dict[int, Any] = {}
    if total <= RANKED:
        hits = volume.searcher.search(query, max(1, total), count=False, weight_by_field="liked").hits
        places = [a for _, a in hits]
        states = volume.searcher.fast_field_values(f"state_{market}", places)
        ids = volume.searcher.fast_field_values("id", places)
        return {id: a for _, id, a in sorted(zip(states, ids, places, strict=True), key=lambda x: -x[0])}
    for state in STATES:
        want = min(RANKED, total) - len(found)
        if want <= 0:
            break
        here = Query.boolean_query([(Occur.Must, query), (Occur.Must, _in_state(volume, market, state))])
        places = [a for _, a in volume.searcher.search(here, want, count=False, weight_by_field="liked").hits]
        found |= zip(volume.searcher.fast_field_values("id", places), places, strict=True)
    return found


def addresses(volume: Volume, ids: Sequence[int]) -> list[Any]:
    """Where the documents are now, in the order of the ids; those that are gone are left out."""
    if not ids:
        return []
    query = any_of(volume.schema, "id", ids)
    found = [a for _, a in volume.searcher.search(query, len(ids), count=False).hits]
    at = dict(zip(volume.searcher.fast_field_values("id", found), found, strict=True))
    return [at[id] for id in ids if id in at]


# --- orders by a value: the last row's (state, value, id) says where the next page begins ----------------------------------

ORDERS = {
    "price_up": ("price_{}", Order.Asc),
    "price_down": ("price_{}", Order.Desc),
    "sales": ("sales", Order.Desc),
    "rating": ("rating", Order.Desc),
    "popular": ("rank", Order.Desc),
    "newest": ("id", Order.Desc),
}


def sorted_page(
    query: Any, volume: Volume, market: str, sort: str, place: Place | None, limit: int
) -> tuple[Sequence[Any], str]:
    """`limit` documents behind the place: by stock, then the value, then the id (newer first)."""
    field, order = ORDERS[sort][0].format(market), ORDERS[sort][1]
    rows = list[tuple[int, int, int, Any]]()
    for state in STATES:
        if place and state > place.state:
            continue
        here = Query.boolean_query(
            [(Occur.Must, Query.const_score_query(query, 0.0)), (Occur.Must, _in_state(volume, market, state))]
        )
        behind = place if place and place.state == state else None
        rows += [(state, *row) for row in _values(here, volume, field, order, behind, limit + 1 - len(rows))]
        if len(rows) > limit:
            break
    some = rows[:limit]
    following = write_place(Place(*some[-1][:3])) if len(rows) > limit else ""
    return [r[3] for r in some], following


def _values(
    query: Any, volume: Volume, field: str, order: Any, behind: Place | None, n: int
) -> list[tuple[int, int, Any]]:
    """(value, id, address), `n` of them. tantivy sorts by one field and leaves equal ones in the order of its files, so
    the values that meet at the page's ends are asked for by themselves, newest first."""
    rows = list[tuple[int, int, Any]]()
    if behind:
        if field == "id":
            return _equal(narrowed(query, [_span(volume, "id", 0, behind.id - 1)]), volume, n) if behind.id > 0 else []
        same = narrowed(query, [_span(volume, field, behind.value, behind.value)])
        if behind.id > 0:
            older = narrowed(same, [_span(volume, "id", 0, behind.id - 1)])
            rows = [(behind.value, id, a) for _, id, a in _equal(older, volume, n)]
        up = order == Order.Asc
        low, high = (behind.value + 1, LAST_ID) if up else (0, behind.value - 1)
        if len(rows) >= n or high < low:
            return rows[:n]
        query = narrowed(query, [_span(volume, field, low, high)])
    want = n - len(rows)
    if field == "id":
        return _equal(query, volume, want)
    hits = volume.searcher.search(query, want, count=False, order_by_field=field, order=order).hits
    if not hits:
        return rows
    last = hits[-1][0]
    whole = [(v, a) for v, a in hits if v != last] if len(hits) == want else list(hits)
    ids = volume.searcher.fast_field_values("id", [a for _, a in whole])
    sign = 1 if order == Order.Asc else -1
    rows += sorted(((v, id, a) for (v, a), id in zip(whole, ids, strict=True)), key=lambda r: (sign * r[0], -r[1]))
    if len(hits) == want:  # the last value may have more than came along
        same = narrowed(query, [_span(volume, field, last, last)])
        rows += [(last, id, a) for _, id, a in _equal(same, volume, n - len(rows))]
    return rows


def _equal(query: Any, volume: Volume, n: int) -> list[tuple[int, int, Any]]:
    hits = volume.searcher.search(query, n, count=False, order_by_field="id", order=Order.Desc).hits
    return [(id, id, a) for id, a in hits]


def _span(volume: Volume, field: str, low: int, high: int) -> Any:
    return Query.range_query(volume.schema, field, FieldType.Unsigned, low, high)


def hit_of(c: Card, ctx: Context) -> Hit:
    offered = c.prices.get(ctx.market)
    return Hit(
        c.id, c.handle, c.merchant_id, c.names, c.category, c.picture, offered.minor if offered else None,
        offered.list_minor if offered else 0, ctx.currency, c.in_stock, c.sold, c.stars, c.rated, c.listing_ids,
    )  # fmt: skip


def write_place(place: Place) -> str:
    return urlsafe_b64encode(msgspec.msgpack.encode(place)).rstrip(b"=").decode()


def read_place(text: str) -> Place:
    """Raises `WrongCursor`."""
    if len(text) > MAX_CURSOR or not text.isascii():
        raise WrongCursor
    try:
        place = msgspec.msgpack.decode(urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=Place)
    except (ValueError, msgspec.DecodeError):
        raise WrongCursor from None
    if place.state not in STATES or not 0 <= place.value <= LAST_ID or not 0 <= place.id <= LAST_ID:
        raise WrongCursor
    return place
