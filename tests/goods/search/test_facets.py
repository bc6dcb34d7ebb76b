"""Facets, sorts and pages against a list in plain Python that does the same by counting."""

from collections.abc import Callable
from typing import Any

from hypothesis import given, settings, strategies as st

from jishi.goods.catalog import Attribute, AttributeValue
from jishi.goods.search import FindQuery
from jishi.goods.search.entries import Entry, Offered, judged
from jishi.goods.search.facets import Names
from jishi.goods.search.finding import Finder
from jishi.goods.search.rulebook import Rulebook
from jishi.kernel import Context

from .kit import GUEST, volume_of

TREE = {"a": "", "a1": "a", "a2": "a", "a11": "a1", "b": ""}
BELOW = {"a": ["a", "a1", "a2", "a11"], "a1": ["a1", "a11"], "a2": ["a2"], "a11": ["a11"], "b": ["b"]}
COLOURS = ("red", "blue", "green")
NAMES = Names(
    {c: {"en": c.upper()} for c in TREE}, TREE, BELOW, {"x": {"en": "X"}, "y": {"en": "Y"}},
    {
        "colour": Attribute("colour", {"en": "Colour"}, "choice", values=[AttributeValue(c, {"en": c}) for c in COLOURS]),
        "size": Attribute("size", {"en": "Size"}, "number"),
        "vegan": Attribute("vegan", {"en": "Vegan"}, "flag"),
    },
)  # fmt: skip


@st.composite
def goods(draw: Any) -> list[Entry]:
    n = draw(st.integers(0, 40))
    made = []
    for i in range(n):
        facts = {}
        if colour := draw(st.sampled_from(("", *COLOURS))):
            facts["colour"] = colour
        if size := draw(st.sampled_from(("", "1", "2", "10"))):
            facts["size"] = size
        if draw(st.booleans()):
            facts["vegan"] = draw(st.sampled_from(("0", "1")))
        stock = draw(st.booleans())
        made.append(
            Entry(
                (1 << 60) + 7 * i,
                f"h{i}",
                draw(st.integers(1, 3)),
                {"en": draw(st.sampled_from(("cup", "pot", "cup pot")))},
                draw(st.sampled_from(tuple(TREE))),
                brand=draw(st.sampled_from(("", "x", "y"))),
                facts=facts,
                prices={"CN": Offered(draw(st.integers(1, 6)) * 100)} if draw(st.integers(0, 5)) else {},
                in_stock=stock,
                ships=draw(st.sampled_from((["CN"], ["DE"], ["CN", "DE"]))) if stock else [],
                sold=draw(st.integers(0, 3)),
                rated=(rated := draw(st.integers(0, 2))),
                stars=rated * draw(st.integers(1, 5)),
            )
        )
    return made


def questions() -> Any:
    few = dict(max_size=2, unique=True)
    return st.builds(
        FindQuery,
        words=st.sampled_from(("", "cup", "pot")),
        category=st.sampled_from(("", "a", "a1", "b")),
        merchant_ids=st.lists(st.integers(1, 3), **few),
        brands=st.lists(st.sampled_from(("x", "y", "none")), **few),
        facts=st.dictionaries(
            st.sampled_from(("colour", "size")),
            st.lists(st.sampled_from(("red", "blue", "1", "10")), **few),
            max_size=2,
        ),
        price_from=st.sampled_from((0, 200, 300)),
        price_to=st.sampled_from((0, 400, 500)),
        in_stock=st.booleans(),
        ships_from=st.lists(st.sampled_from(("CN", "DE")), **few),
        limit=st.just(7),
    )


def state(e: Entry) -> int:
    return 0 if "CN" not in e.prices else 2 if e.in_stock else 1


def choices_of(q: FindQuery) -> dict[str, Callable[[Entry], bool]]:
    """What each choice asks of a product."""
    tests: dict[str, Callable[[Entry], bool]] = {}
    if q.category:
        tests["category"] = lambda e: e.category in BELOW[q.category]
    if q.merchant_ids:
        tests["merchant"] = lambda e: e.merchant_id in q.merchant_ids
    if q.brands:
        tests["brand"] = lambda e: e.brand in q.brands
    if q.price_from or q.price_to:
        tests["price"] = lambda e: "CN" in e.prices and q.price_from <= e.prices["CN"].minor <= (q.price_to or 1 << 60)
    if q.in_stock:
        tests["stock"] = lambda e: state(e) == 2
    if q.ships_from:
        tests["ships_from"] = lambda e: bool(set(e.ships) & set(q.ships_from))
    for code, values in q.facts.items():
        if values:
            tests[f"f.{code}"] = lambda e, code=code, values=values: e.facts.get(code) in values
    return tests


def matching(entries: list[Entry], q: FindQuery, without: str = "") -> list[Entry]:
    words = [e for e in entries if not q.words or q.words in e.names["en"].split()]
    tests = [t for code, t in choices_of(q).items() if code != without]
    return [e for e in words if all(t(e) for t in tests)]


VALUES: dict[str, Callable[[Entry, str], bool]] = {
    "category": lambda e, v: e.category in BELOW[v],
    "merchant": lambda e, v: str(e.merchant_id) == v,
    "brand": lambda e, v: e.brand == v,
    "stock": lambda e, v: state(e) == 2,
    "ships_from": lambda e, v: v in e.ships,
    "price": lambda e, v: "CN" in e.prices and in_span(e.prices["CN"].minor, v),
}


def in_span(minor: int, span: str) -> bool:
    low, _, high = span.partition("-")
    return int(low or 0) <= minor <= int(high or 1 << 60)


@settings(max_examples=120)
@given(goods(), questions())
def test_counts_ignore_their_own_choice_and_nothing_else(entries: list[Entry], q: FindQuery) -> None:
    found = Finder().find(GUEST, q, volume_of(entries), NAMES, Rulebook())
    assert found.total == len(matching(entries, q))
    seen = set()
    for facet in found.facets:
        left = matching(entries, q, without=facet.code)
        fits = VALUES.get(facet.code) or (lambda e, v, code=facet.code[2:]: e.facts.get(code) == v)
        assert {v.code: v.count for v in facet.values} == {
            v.code: sum(1 for e in left if fits(e, v.code)) for v in facet.values
        }, facet.code
        seen.add(facet.code)
    for facet in found.facets:  # every value that would find something is offered
        if facet.code == "brand":
            offered = {v.code for v in facet.values}
            assert {e.brand for e in matching(entries, q, without="brand") if e.brand} <= offered
        if facet.code == "price" and not (q.price_from or q.price_to):
            priced = [e for e in matching(entries, q) if "CN" in e.prices]
            assert sum(v.count for v in facet.values) == len(priced)
    chosen = {v.code for f in found.facets if f.code == "brand" for v in f.values if v.chosen}
    assert chosen == set(q.brands) or not found.facets  # words that are nowhere have none
    assert len(seen) == len(found.facets)


KEYS: dict[str, Callable[[Entry], Any]] = {
    "price_up": lambda e: e.prices["CN"].minor if e.prices else 0,
    "price_down": lambda e: -(e.prices["CN"].minor if e.prices else 0),
    "sales": lambda e: -e.sold,
    "rating": lambda e: -judged(e.rated, e.stars),
    "newest": lambda e: 0,
}


@settings(max_examples=80)
@given(goods(), questions(), st.sampled_from(tuple(KEYS)))
def test_pages_in_a_row_are_the_whole_list_in_its_order(entries: list[Entry], q: FindQuery, sort: str) -> None:
    volume, finder = volume_of(entries), Finder()
    got, cursor = list[int](), ""
    while True:
        page = finder.find(GUEST, _at(q, sort, cursor), volume, NAMES, Rulebook())
        got += [h.product_id for h in page.rows]
        cursor = page.next
        if not cursor:
            break
    expected = sorted(matching(entries, q), key=lambda e: (-state(e), KEYS[sort](e), -e.id))
    assert got == [e.id for e in expected]


@settings(max_examples=40)
@given(goods())
def test_a_ranking_is_paged_without_a_gap_while_goods_change(entries: list[Entry]) -> None:
    volume, finder = volume_of(entries), Finder()
    q = FindQuery("cup", limit=5)
    first = finder.find(GUEST, q, volume, NAMES, Rulebook())
    got, cursor = [h.product_id for h in first.rows], first.next
    volume.put([Entry(5, "new", 1, {"en": "cup"}, prices={"CN": Offered(1)}, in_stock=True)])
    volume.commit(volume.mark)
    while cursor:
        page = finder.find(GUEST, _at(q, "relevance", cursor), volume, NAMES, Rulebook())
        got += [h.product_id for h in page.rows]
        cursor = page.next
    assert sorted(got) == sorted(e.id for e in matching(entries, q))
    states = {e.id: state(e) for e in entries}
    assert [states[id] for id in got] == sorted((states[id] for id in got), reverse=True)


def _at(q: FindQuery, sort: str, cursor: str) -> FindQuery:
    from msgspec.structs import replace

    return replace(q, sort=sort, cursor=cursor)


def test_prices_are_those_of_the_market() -> None:
    volume = volume_of(
        [Entry(9, "a", 1, {"en": "cup"}, prices={"CN": Offered(500), "DE": Offered(70)}, in_stock=True)],
        ("CN", "DE", "US"),
    )
    prices = {}
    for market, currency in (("CN", "CNY"), ("DE", "EUR"), ("US", "USD")):
        ctx = Context(GUEST.actor, market=market, currency=currency)
        hit = Finder().find(ctx, FindQuery("cup"), volume, NAMES, Rulebook()).rows[0]
        prices[market] = (hit.minor, hit.currency)
    assert prices == {"CN": (500, "CNY"), "DE": (70, "EUR"), "US": (None, "USD")}
