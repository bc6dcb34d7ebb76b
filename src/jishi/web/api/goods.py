"""Products and categories for programs, from ready bytes for whoever has no session of their own business here."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Iterable
from typing import Annotated, Any

import msgspec
from litestar import Response
from litestar.params import PathParameter, QueryParameter

from jishi.goods.catalog import Categories, PageQuery
from jishi.kernel.i18n import said
from jishi.kernel.paging import MOST
from jishi.web.goods import LOW, goods_view, ref_of, tiles
from jishi.web.packing import best_coding
from jishi.web.ready import CATALOG, Ready, shelf_key
from jishi.web.routes import PUBLIC, api_get
from jishi.web.visit import Visit

from .shapes import CategoryItems, CategoryOut, ProductList, ProductOut, product_out, tile_out

Words = Annotated[str, QueryParameter(name="q", max_length=100)]
Code = Annotated[str, QueryParameter(max_length=64, pattern=r"^[a-z0-9-]*$")]
CursorText = Annotated[str, QueryParameter(max_length=400)]
Limit = Annotated[int, QueryParameter(ge=1, le=MOST)]
Ref = Annotated[str, PathParameter(max_length=120)]
TTL = "public, max-age=0, must-revalidate"


async def ready_json(
    visit: Visit, make: Callable[[], Awaitable[tuple[Any, Iterable[str]]]], edition: str = ""
) -> Response[Any]:
    """The answer from ready bytes, made by `make` → (Struct, tags); 304 for whoever has it. The same for everybody in
    this market and language; bytes of another `edition` are not these."""
    key = shelf_key("json", visit.locale, visit.market.code, visit.path, visit.query, edition)

    async def draw() -> Ready:
        value, tags = await make()
        body = msgspec.json.encode(value)
        return Ready([body], frozenset(tags), f'W/"{hashlib.sha256(body).hexdigest()[:20]}"')

    entry = await visit.site.shelf.fetch(key, draw)
    headers = {"etag": entry.etag, "cache-control": TTL, "vary": "Accept-Encoding, Accept-Language, Cookie"}
    if entry.etag in visit.headers.get("if-none-match", ""):
        return Response(b"", status_code=304, headers=headers, media_type="application/json")
    coding = best_coding(visit.headers.get("accept-encoding", ""))
    if coding:
        headers["content-encoding"] = coding
    return Response(entry.whole(coding), media_type="application/json", headers=headers)


@api_get("/products", needs=PUBLIC, rate="search", tags=["goods"])
async def products(
    visit: Visit,
    words: Words = "",
    category: Code = "",
    sort: Annotated[str, QueryParameter(pattern="^(newest|name)$")] = "newest",
    cursor: CursorText = "",
    limit: Limit = 24,
) -> ProductList:
    """Published products with their lowest price in this market."""
    query = PageQuery(category=category, words=words, sort=sort, cursor=cursor, limit=limit)

    async def make() -> tuple[ProductList, Iterable[str]]:
        page = await visit.shop.catalog.page(visit.ctx, query)
        found = await tiles(visit, page.cards)
        items = [tile_out(t, c.handle) for t, c in zip(found, page.cards, strict=True)]
        return ProductList(items, page.next or None), [CATALOG]

    return await ready_json(visit, make)  # type: ignore[return-value]  # the bytes of one; the annotation is the schema's


@api_get("/products/{ref:str}", needs=PUBLIC, tags=["goods"])
async def product(visit: Visit, ref: Ref) -> ProductOut:
    """One product by its id (`prd_…`) or its handle, with every offer, its price and its stock."""

    async def make() -> tuple[ProductOut, Iterable[str]]:
        view = await goods_view(visit, ref_of(ref))
        return product_out(view, visit.locale, LOW), view.tags

    return await ready_json(visit, make)  # type: ignore[return-value]


@api_get("/categories", needs=PUBLIC, tags=["goods"])
async def categories(visit: Visit) -> CategoryItems:
    """All categories; `parent` is the code of the one above, "" at the top."""

    async def make() -> tuple[CategoryItems, Iterable[str]]:
        rows = (await visit.shop.catalog.categories(visit.ctx, Categories())).rows
        return CategoryItems([CategoryOut(c.code, said(c.names, visit.locale), c.parent, c.icon) for c in rows]), [
            CATALOG
        ]

    return await ready_json(visit, make)  # type: ignore[return-value]


handlers: list[Any] = [products, product, categories]
