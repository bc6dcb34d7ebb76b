"""Lists of goods: a category, a shop's window, a search, and what is suggested while one types.

The whole state is in the address. The first pages of categories are the same for everybody and come from ready bytes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from msgspec.structs import replace

from jishi.goods.search import FindQuery, StateQuery, Suggestion, SuggestQuery
from jishi.kernel.i18n import LOCALES, said
from jishi.kernel.paging import WrongCursor
from jishi.web.consent import note
from jishi.web.finding import (
    Ask,
    Choice,
    Group,
    address,
    ask_of,
    chips,
    groups,
    question,
    tile_of,
    trail,
)
from jishi.web.pages import safe_url
from jishi.web.ready import CATALOG
from jishi.web.routes import get_page
from jishi.web.visit import Page, Visit, query_of

PAGE, POPULAR = 24, 10
SHOWN = 8  # values of a facet before "more"
SORT_LINKS = ("relevance", "sales", "price_up", "price_down", "newest", "rating")
Made = tuple[Mapping[str, Any], Iterable[str]]


@get_page("/products", needs="goods:product:see", rate="search")
async def goods(visit: Visit) -> Page:
    """`q`, `category`, `merchant` (handle), `brand`, `f.<attribute>`, `price` or `min` and `max`, `stock`, `from`, `sort`,
    `cursor`. htmx asks for the block `found` alone."""
    ask = ask_of(visit.query)
    if set(ask.one) <= {"category"} and not ask.many:
        turn = (await visit.shop.search.state(visit.ctx, StateQuery())).turn

        async def make() -> Made:
            return await listed(visit, ask), [CATALOG]

        return await visit.ready("storefront/list.html", make, fragment="found", edition=str(turn))
    if "q" in ask.one:
        await note(visit, "search")
    return await visit.page("storefront/list.html", fragment="found", **await listed(visit, ask))


async def listed(visit: Visit, ask: Ask) -> dict[str, Any]:
    """What the page shows: at most two questions to other faces, however much is found."""
    query, merchants = await question(visit, ask, PAGE)
    try:
        found = await visit.shop.search.find(visit.ctx, query)
    except WrongCursor:  # an old link: its list from the beginning
        ask.one.pop("cursor", None)
        found = await visit.shop.search.find(visit.ctx, replace(query, cursor=""))
    shown = await groups(visit, ask, found)
    steps = trail(visit, found)
    seller = next(iter(merchants.values()), None) if len(ask.many.get("merchant", ())) == 1 else None
    popular = [] if found.total else (await visit.shop.search.find(visit.ctx, FindQuery(limit=POPULAR))).rows
    values = {
        "ask": ask,
        "found": found,
        "seller": seller.id if seller else 0,
        "heading": heading_of(visit, ask, steps, said(seller.names, visit.locale) if seller else ""),
        "trail": [(words, f"/products?{urlencode({'category': code})}") for words, code in steps[:-1]],
        "described": described(visit, ask, steps, found),
        "cards": [tile_of(visit, h) for h in found.rows],
        "popular": [tile_of(visit, h) for h in popular],
        "nearest": [(words, address(visit, [("q", words)])) for words in found.nearest],
        "groups": [g for g in shown if g.code != "category"],
        "places": places(visit, ask, shown),
        "hidden": [(k, v) for k, v in ask.pairs() if k in KEPT],
        "chips": chips(visit, ask, shown, found),
        "narrows": ask.narrows(),
        "shown": SHOWN,
        "low": ask.one.get("min", ""),
        "high": ask.one.get("max", ""),
    }
    return values | links(visit, ask, found.next) | seo(visit, ask)


KEPT = {"q", "category", "sort"}  # what a form of facets takes along


def links(visit: Visit, ask: Ask, following: str) -> dict[str, Any]:
    """Where the list goes from here: other orders, the next page and the first, the list without its choices."""
    pairs = ask.pairs()
    bare = [(k, v) for k, v in pairs if k != "sort"]
    return {
        "sorts": [(code, address(visit, bare + [("sort", code)] * (code != "relevance"))) for code in SORT_LINKS],
        "first": address(visit, pairs) if ask.one.get("cursor") else "",
        "next": address(visit, [*pairs, ("cursor", following)]) if following else "",
        "cleared": address(visit, [(k, v) for k, v in pairs if k in KEPT]),
    }


def places(visit: Visit, ask: Ask, shown: Sequence[Group]) -> list[tuple[Choice, str]]:
    """Categories as links: other choices stay, attributes of the old category go."""
    kept = [(k, v) for k, v in ask.pairs() if k != "category" and not k.startswith("f.")]
    group = next((g for g in shown if g.code == "category"), None)
    return [(c, address(visit, [("category", c.value), *kept])) for c in (group.choices if group else ())]


def seo(visit: Visit, ask: Ask) -> dict[str, Any]:
    """A category, or one choice in it, is a page of its own; anything further is not for indexes, its links are."""
    own = [(k, v) for k, v in ask.pairs() if k != "sort"]
    alone = ask.narrows() <= 1 and not ask.words and ask.sort == "relevance" and not ask.one.get("cursor")
    base, query = visit.site.config.base_url.rstrip("/"), f"?{urlencode(own)}" if own else ""
    there = [(code, safe_url(f"{base}/{code}/products{query}")) for code in LOCALES]
    return {"indexed": alone, "canonical": dict(there)[visit.locale], "alternates": there}


def heading_of(visit: Visit, ask: Ask, steps: list[tuple[str, str]], seller: str) -> str:
    if ask.words:
        return visit.t("store.search.of", words=ask.words)
    return steps[-1][0] if steps else seller or visit.t("web.nav.all_goods")


def described(visit: Visit, ask: Ask, steps: list[tuple[str, str]], found: Any) -> str:
    """What a category has, in a sentence: for readers and for the page's description."""
    if not steps or not found.total:
        return ""
    names = {f.code: [said(v.names, visit.locale) or v.code for v in f.values[:3]] for f in found.facets}
    below = [
        said(v.names, visit.locale)
        for f in found.facets
        if f.code == "category"
        for v in f.values
        if v.parent == steps[-1][1]
    ]
    about = below[:4] or names.get("brand", [])
    comma = visit.t("search.comma")
    if not about:
        return visit.t("search.described.bare", n=found.total, name=steps[-1][0])
    return visit.t("search.described", n=found.total, name=steps[-1][0], about=comma.join(about))


@get_page("/suggest", needs="goods:product:see", rate="search")
async def suggest(visit: Visit) -> Page:
    """At most ten rows of links for what is typed so far; a page of its own without scripts."""
    words = query_of(visit).get("q", "")[:100]
    rows = (await visit.shop.search.suggest(visit.ctx, SuggestQuery(words))).rows
    return await visit.page(
        "storefront/suggest.html", fragment="rows", rows=[(r, where(visit, r)) for r in rows], words=words
    )


def where(visit: Visit, r: Suggestion) -> str:
    """The page that a suggestion leads to."""
    if r.kind == "product":
        return f"/{visit.locale}/products/{r.code}"
    return address(visit, [("q" if r.kind == "query" else r.kind, r.code or r.text)])


handlers: list[Any] = [goods, suggest]
