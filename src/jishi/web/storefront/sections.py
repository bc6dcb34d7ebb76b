"""Parts of the product page that other nouns fill: reviews, recommendations, offers.

A noun adds a function to `PARTS` and a template named here, which `storefront/product.html` includes where it is there:

    storefront/parts/stars.html       under the name: the rating in a line
    storefront/parts/price_note.html  in the price box: what makes the price, coupons that can be claimed
    storefront/parts/offers.html      between the price box and the options: campaigns
    storefront/parts/reviews.html     below the description: reviews, questions and answers
    storefront/parts/recommend.html   at the foot: what goes with it
    storefront/parts/keep.html        beside the buttons: favourite, compare, tell me when back

What a function answers must be the same for everybody in this market and language, for the page is kept as ready bytes;
what is personal is a fragment of its own with a link that works without scripts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from jishi.goods.catalog import Product
from jishi.web.visit import Visit

Part = Callable[[Visit, Product], Awaitable[tuple[Mapping[str, Any], Iterable[str]]]]
PARTS: list[Part] = []  # (visit, product) → (values for the template, tags that its bytes depend on)


async def sections(visit: Visit, product: Product) -> tuple[dict[str, Any], list[str]]:
    """The values of all parts and their tags. `rating`, (average of stars as text, count) or None, is for search
    engines too: the part of reviews sets it."""
    values, tags = dict[str, Any]({"rating": None}), list[str]()
    for part in PARTS:
        more, depends = await part(visit, product)
        values |= more
        tags += depends
    return values, tags
