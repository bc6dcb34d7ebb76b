"""The search for programs: the same question as the page's address, the answer with its facets, and suggestions."""

from __future__ import annotations

from typing import Annotated

from litestar.params import QueryParameter
from msgspec import Struct

from jishi.goods.search import SORTS, StateQuery, SuggestQuery
from jishi.kernel.paging import MOST
from jishi.web.finding import Group, ask_of, groups, question, tile_of
from jishi.web.ready import CATALOG
from jishi.web.routes import PUBLIC, api_get
from jishi.web.visit import Visit

from .goods import ready_json
from .shapes import ProductTile, tile_out

Limit = Annotated[int, QueryParameter(ge=1, le=MOST)]
Words = Annotated[str, QueryParameter(name="q", max_length=100)]
Sort = Annotated[str, QueryParameter(pattern=f"^({'|'.join(SORTS)})$")]


class FacetValue(Struct, frozen=True):
    """`parameter=value` is what the address is narrowed by."""

    parameter: str
    value: str
    name: str
    count: int
    chosen: bool


class FacetOut(Struct, frozen=True):
    code: str
    name: str
    values: list[FacetValue]


class FoundOut(Struct, frozen=True):
    """`corrected`: what was looked for instead, "" as typed. `loose`: the goods have some of the words only."""

    items: list[ProductTile]
    next: str | None
    total: int
    facets: list[FacetOut]
    corrected: str
    loose: bool
    nearest: list[str]


class SuggestionOut(Struct, frozen=True):
    """kind: query, category, brand, product; `code` the category's, the brand's or the product's handle."""

    kind: str
    text: str
    code: str


class SuggestionItems(Struct, frozen=True):
    items: list[SuggestionOut]


@api_get("/search", needs=PUBLIC, rate="search", tags=["goods"])
async def search(visit: Visit, words: Words = "", sort: Sort = "relevance", limit: Limit = 24) -> FoundOut:
    """Ranked goods with facets. Further parameters as the shop's own pages have them, each may come several times:
    `brand`, `merchant` (handle), `from` (country, or country/province), `f.<attribute>`; and once: `category`, `price`
    (`from-to`, minor units), `min`, `max` (major units), `stock=1`, `cursor`."""
    ask = ask_of(visit.query)
    turn = (await visit.shop.search.state(visit.ctx, StateQuery())).turn

    async def make() -> tuple[FoundOut, list[str]]:
        query, _ = await question(visit, ask, limit)
        found = await visit.shop.search.find(visit.ctx, query)
        shown = await groups(visit, ask, found)
        items = [tile_out(tile_of(visit, h), h.handle) for h in found.rows]
        facets = [facet_out(g) for g in shown]
        return FoundOut(items, found.next or None, found.total, facets, found.corrected, found.loose, found.nearest), [
            CATALOG
        ]

    return await ready_json(visit, make, edition=str(turn))  # type: ignore[return-value]  # the bytes of one; the annotation is the schema's


def facet_out(g: Group) -> FacetOut:
    values = [FacetValue(c.name, "1" if c.name == "stock" else c.value, c.words, c.count, c.chosen) for c in g.choices]
    return FacetOut(g.code, g.words, values)


@api_get("/suggestions", needs=PUBLIC, rate="search", tags=["goods"])
async def suggestions(visit: Visit, words: Words = "") -> SuggestionItems:
    """At most ten, for what is typed so far."""
    rows = (await visit.shop.search.suggest(visit.ctx, SuggestQuery(words))).rows
    return SuggestionItems([SuggestionOut(r.kind, r.text, r.code) for r in rows])


handlers = [search, suggestions]
