"""What an address asks of the search, and what it found in the reader's words: for pages and programs alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation
from urllib.parse import parse_qsl, urlencode

from babel import Locale
from minijinja import Markup
from msgspec import Struct

from jishi.goods.search import MAX_CHOSEN, SORTS, Facet, FindQuery, Found, Hit, Value
from jishi.kernel.i18n import digits_of, money, said
from jishi.people.merchants import Merchant, MerchantsQuery
from jishi.web.faults import Unreadable
from jishi.web.goods import Tile
from jishi.web.pages import safe_url
from jishi.web.visit import Visit

MAX_WORDS, MAX_VALUE, MAX_FIELDS = 100, 80, 60  # characters, parameters
MAX_MINOR = 10**12
KNOWN = 100  # merchants whose names are asked for
ONE = ("category", "q", "sort", "cursor", "price", "min", "max", "stock")
MANY = ("brand", "merchant", "from")


class Ask(Struct):
    """The address's parameters as they are: `many` are those that may come several times (`f.material`)."""

    one: dict[str, str]
    many: dict[str, list[str]]

    @property
    def words(self) -> str:
        return self.one.get("q", "")

    @property
    def sort(self) -> str:
        return self.one.get("sort", "") or "relevance"

    def narrows(self) -> int:
        """How many choices narrow the list, the category apart."""
        alone = sum(1 for k in ("price", "stock") if self.one.get(k))
        return alone + bool(self.one.get("min") or self.one.get("max")) + sum(len(v) for v in self.many.values())

    def pairs(self, **new: str) -> list[tuple[str, str]]:
        """The state of the list as parameters, with these changed; a page of it is not part of its state."""
        one = {k: v for k, v in (self.one | new).items() if v and (k != "cursor" or k in new)}
        if one.get("sort") == "relevance":
            del one["sort"]
        many = [(k, v) for k, values in self.many.items() for v in values]
        return [*one.items(), *many]

    def without(self, name: str, value: str) -> list[tuple[str, str]]:
        """The state with one choice taken back."""
        gone = {"min", "max"} if name == "price" else {name} if name in ONE else set()
        return [(k, v) for k, v in self.pairs() if k not in gone and (k, v) != (name, value)]


def ask_of(query: str) -> Ask:
    """Parameters that no list knows are left out, and so is what is too long or too many."""
    try:
        pairs = parse_qsl(query, max_num_fields=MAX_FIELDS)
    except ValueError:
        raise Unreadable from None
    ask = Ask({}, {})
    for name, value in pairs:
        if name in ONE:
            ask.one[name] = value[: 400 if name == "cursor" else MAX_WORDS].strip()
        elif name in MANY or (name.startswith("f.") and 2 < len(name) <= MAX_VALUE):
            kept = ask.many.setdefault(name, [])
            if value and value not in kept and len(kept) < MAX_CHOSEN and len(value) <= MAX_VALUE:
                kept.append(value)
    ask.many = {k: v for k, v in ask.many.items() if v}
    if ask.one.get("sort") not in SORTS:
        ask.one.pop("sort", None)
    return ask


async def question(visit: Visit, ask: Ask, limit: int) -> tuple[FindQuery, dict[int, Merchant]]:
    """The question that an address asks, and the merchants it names: at most one question to their face."""
    merchants = await merchants_of(visit, ask.many.get("merchant", []))
    low, high = _span(ask, visit.market.currency)
    query = FindQuery(
        words=ask.words,
        category=ask.one.get("category", "")[:64],
        merchant_ids=list(merchants) or ([0] if ask.many.get("merchant") else []),
        brands=ask.many.get("brand", []),
        facts={k[2:]: v for k, v in list(ask.many.items())[:MAX_CHOSEN] if k.startswith("f.")},
        price_from=low,
        price_to=high,
        in_stock=ask.one.get("stock") == "1",
        ships_from=ask.many.get("from", []),
        sort=ask.sort,
        cursor=ask.one.get("cursor", ""),
        limit=limit,
    )
    return query, merchants


async def merchants_of(visit: Visit, handles: Sequence[str]) -> dict[int, Merchant]:
    if not handles:
        return {}
    rows = (await visit.shop.merchants.merchants(visit.ctx, MerchantsQuery(handles=list(handles)))).rows
    return {m.id: m for m in rows}


def _span(ask: Ask, currency: str) -> tuple[int, int]:
    """The free ends in the currency's major unit, else the range that was picked, in minor ones; wrong ones are none."""
    if ask.one.get("min") or ask.one.get("max"):
        low, high = (_minor(ask.one.get(k, ""), currency) for k in ("min", "max"))
        return (high, low) if high and low > high else (low, high)
    first, _, last = ask.one.get("price", "").partition("-")
    low, high = (int(x) if x.isdecimal() and x.isascii() and len(x) < 13 else 0 for x in (first, last))
    return low, high


def _minor(text: str, currency: str) -> int:
    try:
        minor = int(Decimal(text.replace(",", "")).scaleb(digits_of(currency)))
    except (InvalidOperation, ValueError, OverflowError):
        return 0
    return minor if 0 < minor <= MAX_MINOR else 0


class Choice(Struct, frozen=True):
    """A value as it is shown. `name` and `value` are what the address calls it."""

    name: str
    value: str
    words: str
    count: int
    chosen: bool


class Group(Struct, frozen=True):
    """A facet as it is shown. kind: check, radio (one of them), price (radio, and two free ends)."""

    code: str
    words: str
    kind: str
    choices: list[Choice]


async def groups(visit: Visit, ask: Ask, found: Found) -> list[Group]:
    """The facets in the reader's words, one question for the names of merchants. What would choose nothing is left out."""
    made = []
    for facet in found.facets:
        if facet.code == "merchant":
            choices = await _merchants(visit, facet)
        elif facet.code == "category":
            choices = _categories(visit, facet)
        else:
            choices = [_choice(visit, facet, v) for v in _shown(facet)]
        several = len(choices) > 1 or facet.code in ("stock", "category")
        if several or any(c.chosen for c in choices):
            kind = {"category": "radio", "price": "price"}.get(facet.code, "check")
            made.append(Group(facet.code, _title(visit, facet), kind, choices))
    return sorted(made, key=lambda g: ORDER.get(g.code, len(ORDER)))


ORDER = {code: n for n, code in enumerate(("category", "price", "brand", "stock"))} | {"ships_from": 90, "merchant": 91}


def _title(visit: Visit, facet: Facet) -> str:
    return said(facet.names, visit.locale) or visit.t(f"search.facet.{facet.code}")


def _shown(facet: Facet) -> Iterable[Value]:
    """Countries while there are several, else the provinces of the one."""
    if facet.code != "ships_from":
        return facet.values
    far = [v for v in facet.values if "/" not in v.code]
    near = [v for v in facet.values if "/" in v.code]
    return [*far, *(v for v in near if v.chosen)] if len(far) > 1 else near


def _choice(visit: Visit, facet: Facet, v: Value) -> Choice:
    name = {"ships_from": "from"}.get(facet.code, facet.code)
    return Choice(name, v.code, value_words(visit, facet.code, v), v.count, v.chosen)


def value_words(visit: Visit, code: str, v: Value) -> str:
    """What a value is called."""
    if code == "stock":
        return visit.t("search.in_stock")
    if code == "price":
        return price_words(visit, v.code)
    if code == "ships_from":
        country, _, province = v.code.partition("/")
        return province or Locale.parse(visit.locale, sep="-").territories.get(country, country)
    if code.startswith("f.") and not v.names:
        return visit.t("search.yes") if v.code == "1" else v.code
    return said(v.names, visit.locale) or v.code


def price_words(visit: Visit, span: str) -> str:
    """`5000-7999` → ¥50.00 – ¥80.00: a range's end is what the next one begins with."""
    first, _, last = span.partition("-")
    currency, locale = visit.market.currency, visit.locale
    told = [int(x) + n if x else 0 for x, n in ((first, 0), (last, last[-1:] == "9"))]
    ends = [money(x, currency, locale).removesuffix(".00") if x else "" for x in told]
    if not ends[0]:
        return visit.t("search.price.below", price=ends[1])
    return (
        visit.t("search.price.between", low=ends[0], high=ends[1])
        if ends[1]
        else visit.t("search.price.above", price=ends[0])
    )


async def _merchants(visit: Visit, facet: Facet) -> list[Choice]:
    values = {int(v.code): v for v in facet.values[:KNOWN]}
    rows = (await visit.shop.merchants.merchants(visit.ctx, MerchantsQuery(ids=list(values)))).rows
    known = {m.id: m for m in rows}
    return [
        Choice("merchant", known[id].handle, said(known[id].names, visit.locale), v.count, v.chosen)
        for id, v in values.items()
        if id in known
    ]


def _categories(visit: Visit, facet: Facet) -> list[Choice]:
    """Below where one is: the children; at a leaf: its neighbours; at the top: the top ones. Always with what is chosen."""
    here = next((v for v in facet.values if v.chosen), None)
    below = [v for v in facet.values if here and v.parent == here.code]
    shown = below or [v for v in facet.values if v.parent == (here.parent if here else "")]
    return [Choice("category", v.code, said(v.names, visit.locale), v.count, v.chosen) for v in shown]


def trail(visit: Visit, found: Found) -> list[tuple[str, str]]:
    """(words, code) from the top category down to the chosen one."""
    rows = next((f.values for f in found.facets if f.code == "category"), [])
    by_code = {v.code: v for v in rows}
    here, steps = next((v for v in rows if v.chosen), None), list[tuple[str, str]]()
    while here is not None and len(steps) < 10:
        steps.append((said(here.names, visit.locale), here.code))
        here = by_code.get(here.parent)
    return steps[::-1]


def chips(visit: Visit, ask: Ask, shown: Sequence[Group], found: Found) -> list[tuple[str, str]]:
    """(words, address without it) of every choice that is made."""
    made = list[tuple[str, str]]()
    for group in shown:
        if group.code == "category":
            continue
        for c in group.choices:
            if c.chosen:
                words = c.words if group.code == "stock" else visit.t("search.chip", facet=group.words, value=c.words)
                made.append((words, address(visit, ask.without(c.name, c.value))))
    known = {(c.name, c.value) for g in shown for c in g.choices}
    for name, values in ask.many.items():  # a choice that no facet knows can be taken back, too
        made += [(v, address(visit, ask.without(name, v))) for v in values if (name, v) not in known]
    return made


def address(visit: Visit, pairs: Sequence[tuple[str, str]]) -> Markup:
    """The list in this state."""
    return safe_url(f"/{visit.locale}/products" + (f"?{urlencode(pairs)}" if pairs else ""))


def tile_of(visit: Visit, h: Hit) -> Tile:
    """A tile straight from the index: no database is asked."""
    notes = []
    if h.rated:
        notes.append(visit.t("search.rated", stars=f"{h.stars / 100:.1f}", n=h.rated))
    if h.sold:
        notes.append(visit.t("search.sold", n=h.sold))
    tags = [] if h.in_stock or h.minor is None else [("", visit.t("search.sold_out"))]
    return Tile(
        id=h.product_id, name=said(h.names, visit.locale), href=f"/{visit.locale}/products/{h.handle}", picture=h.picture,
        minor=h.minor, currency=h.currency, was=h.list_minor, tags=tags, note=" · ".join(notes),
    )  # fmt: skip
