"""A product as the index knows it, and the document that tantivy is given of it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from math import log10
from typing import Any

import msgspec
import tantivy
from msgspec import Struct

from jishi.kernel.place import Text

from .texts import folded, initials, spoken, steps, surface, terms

TAG = re.compile(r"<[^>]*>")
CLAUSE = re.compile(r"[,;:(\u3001\u3002]| with | for | and ")  # of a folded name: what comes before says what it is
MAX_TEXT = 4_000  # characters of a description that are looked into
STEPS = (1, 2, 3, 5, 8)  # what a round price begins with
MAX_CODES, MAX_LISTED = 1_000, 50
EXPECTED, DOUBT = 390, 8  # hundredths of a star that so many unknown buyers are thought to give
GAP = "\u2016"  # between two texts: no phrase spans it
SOLD_OUT, FREE, NO_PRICE = 1, 2, 0  # how a product stands in a market


class Offered(Struct, frozen=True):
    """The lowest price in a market, minor units; list_minor 0 = none is struck through."""

    minor: int
    list_minor: int = 0


class Entry(Struct, frozen=True):
    """`prices`: market → the lowest. `facts`: attribute code → value as its facet tells it; `said` are the texts of facts,
    options and specifications. `ships`: country, and country/province."""

    id: int
    handle: str
    merchant_id: int
    names: Text
    category: str = ""
    category_names: list[Text] = []
    brand: str = ""
    brand_names: Text = {}
    summaries: Text = {}
    descriptions: Text = {}
    said: list[Text] = []
    facts: dict[str, str] = {}
    codes: list[str] = []
    prices: dict[str, Offered] = {}
    in_stock: bool = False
    ships: list[str] = []
    sold: int = 0
    rated: int = 0
    stars: int = 0  # their sum
    picture: str = ""
    listing_ids: list[int] = []


class Card(Struct, frozen=True, array_like=True):
    """What is kept with the document: a tile, whole."""

    id: int
    handle: str
    merchant_id: int
    names: Text
    category: str
    picture: str
    prices: dict[str, Offered]
    in_stock: bool
    sold: int
    stars: int
    rated: int
    listing_ids: list[int]


def card_of(e: Entry) -> Card:
    average = round(100 * e.stars / e.rated) if e.rated else 0
    return Card(
        e.id, e.handle, e.merchant_id, e.names, e.category, e.picture, e.prices, e.in_stock, e.sold, average, e.rated,
        e.listing_ids[:MAX_LISTED],
    )  # fmt: skip


TEXTS = ("head", "name", "brand", "category", "attrs", "text")
WHOLE = ("codes", "brand_code", "cat", "facts", "ships")


def schema_of(markets: Iterable[str]) -> Any:
    """The fields. Words are cut by us, so that tantivy has only to part them at blanks."""
    b = tantivy.SchemaBuilder()
    b.add_unsigned_field("id", indexed=True, fast=True)
    for name in (*TEXTS, "all", "run", "words", "begin", "py", "ini"):
        b.add_text_field(
            name, tokenizer_name="whitespace", index_option="position" if name in ("name", "run") else "freq"
        )
    for name in WHOLE:
        b.add_text_field(name, tokenizer_name="raw", fast=name != "codes", index_option="basic")
    b.add_unsigned_field("merchant", indexed=True, fast=True)
    b.add_unsigned_field("sales", indexed=True, fast=True)
    b.add_unsigned_field("rating", indexed=True, fast=True)
    b.add_unsigned_field("rank", indexed=True, fast=True)
    b.add_float_field("liked", fast=True)
    for market in sorted(markets):
        b.add_unsigned_field(f"price_{market}", indexed=True, fast=True)
        b.add_unsigned_field(f"band_{market}", fast=True)
        b.add_unsigned_field(f"state_{market}", indexed=True, fast=True)
    b.add_bytes_field("card", stored=True, indexed=False)
    return b.build()


def document(e: Entry, markets: Iterable[str]) -> Any:
    """The entry as tantivy takes it."""
    d = tantivy.Document()
    names, brands = _folded(e.names), _folded(e.brand_names) or [folded(e.brand)]
    categories = [t for names in e.category_names for t in _folded(names)]
    attrs = [t for said in e.said for t in _folded(said)]
    text = _folded(e.summaries) + [folded(TAG.sub(" ", t)[:MAX_TEXT]) for t in e.descriptions.values()]
    heads = [CLAUSE.split(t, maxsplit=1)[0] for t in names]
    every = dict[str, None]()
    for field, texts in zip(TEXTS, (heads, names, brands, categories, attrs, text), strict=True):
        found = [w for t in texts for w in terms(t)]
        d.add_text(field, " ".join(found))
        every |= dict.fromkeys(found)
    d.add_text("all", " ".join(every))
    read = [*names, *brands, *categories]
    d.add_text("run", f" {GAP} ".join(" ".join(steps(t)) for t in read))
    d.add_text("words", " ".join(dict.fromkeys(w for t in [*read, *attrs] for w in surface(t))))
    d.add_text("begin", " ".join(dict.fromkeys(w for t in [*names, *brands] for w in surface(t))))
    d.add_text("py", " ".join(dict.fromkeys(w for t in read for w in spoken(t))))
    d.add_text("ini", " ".join(dict.fromkeys(w for t in read for w in initials(t))))
    for code in e.codes[:MAX_CODES]:
        d.add_text("codes", coded(code))
    if e.brand:
        d.add_text("brand_code", e.brand)
    if e.category:
        d.add_text("cat", e.category)
    for code, value in e.facts.items():
        d.add_text("facts", f"{code}={value}")
    for place in e.ships:
        d.add_text("ships", place)
    d.add_unsigned("id", e.id)
    d.add_unsigned("merchant", e.merchant_id)
    _stand(d, e, markets)
    d.add_bytes("card", msgspec.msgpack.encode(card_of(e)))
    return d


def _stand(d: Any, e: Entry, markets: Iterable[str]) -> None:
    """Numbers to sort and narrow by."""
    d.add_unsigned("sales", e.sold)
    d.add_unsigned("rating", judged(e.rated, e.stars))
    liked = liking(e.sold, e.rated, e.stars)
    d.add_unsigned("rank", round(1_000 * liked))
    d.add_float("liked", liked)
    for market in markets:
        offered = e.prices.get(market)
        d.add_unsigned(f"price_{market}", offered.minor if offered else 0)
        if offered:
            d.add_unsigned(f"band_{market}", band(offered.minor))
        d.add_unsigned(f"state_{market}", NO_PRICE if offered is None else FREE if e.in_stock else SOLD_OUT)


def band(minor: int) -> int:
    """The round price that a price is not below: 18,731 → 10,000. Ranges of prices are made of such bands."""
    if minor < 100:
        return 0
    size = 10 ** (len(str(minor)) - 1)
    return max(int(s * size) for s in STEPS if s * size <= minor)


def judged(rated: int, stars: int) -> int:
    """The average in hundredths, drawn to the middle while few have judged; 0 when nobody has."""
    return (100 * stars + EXPECTED * DOUBT) // (rated + DOUBT) if rated else 0


def liking(sold: int, rated: int, stars: int) -> float:
    """0 … 0.8: how much what is bought and praised may gain on what fits the words (a factor of log2(2 + it), 1 … 1.5)."""
    bought = min(0.5, log10(1 + sold) / 8)
    praised = max(-0.1, min(0.3, (judged(rated, stars) - EXPECTED) / 300)) if rated else 0.0
    return max(0.0, bought + praised)


def coded(code: str) -> str:
    """A SKU code or GTIN as it is compared: case, blanks and hyphens do not count."""
    return re.sub(r"[\s\-_./]+", "", folded(code))


def _folded(text: Mapping[str, str]) -> list[str]:
    return list(dict.fromkeys(f for t in text.values() if (f := folded(t))))
