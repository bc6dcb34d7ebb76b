"""What buyers look for and find: ranked goods, the facets that narrow them, suggestions, and what was asked."""

from abc import abstractmethod

from msgspec import Struct

from jishi.kernel import Context, Face, Fault
from jishi.kernel.place import Text

RANKED = 1_000  # goods that a ranking by relevance reaches
MAX_CHOSEN = 20  # values of one facet in a question
SORTS = ("relevance", "price_up", "price_down", "sales", "rating", "newest")


class FindQuery(Struct, frozen=True):
    """`words` as typed; every other field narrows. Several values of one facet: any of them; of several facets: all.

    `facts`: attribute code → values. `price_from`, `price_to`: minor units of the context's currency, both included, 0 =
    open. `ships_from`: country, or `CN/浙江省`. `sort`: relevance (without words: popularity), price_up, price_down,
    sales, rating, newest; goods that are sold out come last in each. `limit` ≤ 100; 0 answers facets and total alone."""

    words: str = ""
    category: str = ""
    merchant_ids: list[int] = []
    brands: list[str] = []
    facts: dict[str, list[str]] = {}
    price_from: int = 0
    price_to: int = 0
    in_stock: bool = False
    ships_from: list[str] = []
    sort: str = "relevance"
    cursor: str = ""
    limit: int = 24


class Hit(Struct, frozen=True):
    """A product as a tile shows it, as the index knows it: at most a second old. `minor` None: no price in this market.

    `stars`: average in hundredths, 0 = not rated yet. `listing_ids` are the first of those on sale."""

    product_id: int
    handle: str
    merchant_id: int
    names: Text
    category: str
    picture: str
    minor: int | None
    list_minor: int
    currency: str
    in_stock: bool
    sold: int
    stars: int
    rated: int
    listing_ids: list[int]


class Value(Struct, frozen=True):
    """One choice of a facet; `count` is how many goods there would be with it and every other facet as chosen. `parent` is
    the category above, "" else."""

    code: str
    names: Text
    count: int
    chosen: bool
    parent: str = ""


class Facet(Struct, frozen=True):
    """code: category, brand, price, stock, merchant, ships_from, or `f.` and an attribute's code. Names of merchants are
    people's facts: empty here. A price's value is `from-to` in minor units, either end may be open."""

    code: str
    names: Text
    values: list[Value]


class Found(Struct, frozen=True):
    """`corrected`: what was looked for instead of what was typed. `loose`: nothing has all of the words, these have some.

    `nearest`: words to try when there is nothing. `total` counts every match, of which a ranking reaches 1,000."""

    rows: list[Hit]
    next: str
    total: int
    facets: list[Facet]
    corrected: str = ""
    loose: bool = False
    nearest: list[str] = []


class SuggestQuery(Struct, frozen=True):
    """What is in the box so far."""

    words: str
    limit: int = 10


class Suggestion(Struct, frozen=True):
    """kind: query, category, brand, product. `code` is the category's or brand's code, the product's handle."""

    kind: str
    text: str
    code: str = ""
    picture: str = ""


class SuggestionList(Struct, frozen=True):
    rows: list[Suggestion]


class Rule(Struct, frozen=True):
    """What staff say of words. kind: two_way (all of `terms` mean the same), one_way (who asks for `terms[0]` finds the
    others too), banned (a question with one of them is answered with nothing). In force in [valid_from, valid_to), ms UTC;
    0 = always."""

    id: int
    kind: str
    terms: list[str]
    valid_from: int = 0
    valid_to: int = 0


class PutRules(Struct, frozen=True):
    """Each rule is as told: one with an id replaces it, one without is new; `drop` are gone. `key` makes it safe to
    repeat: new rules get ids from it."""

    rules: list[Rule] = []
    drop: list[int] = []


class RulesQuery(Struct, frozen=True):
    """All of them (≤ 2,000), newest first."""


class RuleList(Struct, frozen=True):
    rows: list[Rule]


class LogQuery(Struct, frozen=True):
    """The last `days` days. `none`: only what had no results, most asked first."""

    days: int = 30
    none: bool = False
    limit: int = 50


class Asked(Struct, frozen=True):
    """Words, how often they were asked and how many goods there were the last time."""

    words: str
    times: int
    results: int
    none_times: int


class Day(Struct, frozen=True):
    """`day` is ms UTC of its beginning in the shop's zone."""

    day: int
    times: int
    none_times: int


class Log(Struct, frozen=True):
    rows: list[Asked]
    days: list[Day]  # oldest first


class StateQuery(Struct, frozen=True):
    pass


class State(Struct, frozen=True):
    """The index of the process that answers. `turn` rises with all that changes an answer. `behind`: products known to
    have changed and not yet in it."""

    products: int
    built_at: int
    rebuilding: bool
    behind: int
    turn: int = 0


class Rebuild(Struct, frozen=True):
    """Every process builds its index anew from the catalogue, and serves with the old one until then."""


class WrongRule(Fault, code="search.wrong_rule", status=422):
    """reason: kind, terms (too few, too many, too long), dates, many."""

    reason: str


class Search(Face):
    name = "goods.search"

    @abstractmethod
    async def find(self, ctx: Context, query: FindQuery, /) -> Found: ...
    @abstractmethod
    async def suggest(self, ctx: Context, query: SuggestQuery, /) -> SuggestionList: ...
    @abstractmethod
    async def words(self, ctx: Context, query: RulesQuery, /) -> RuleList: ...
    @abstractmethod
    async def put_words(self, ctx: Context, command: PutRules, /) -> RuleList: ...
    @abstractmethod
    async def log(self, ctx: Context, query: LogQuery, /) -> Log: ...
    @abstractmethod
    async def state(self, ctx: Context, query: StateQuery, /) -> State: ...
    @abstractmethod
    async def rebuild(self, ctx: Context, command: Rebuild, /) -> None: ...
