"""What search engines are told: the sitemaps (sitemaps.org 0.9), each address with its other languages."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

from jishi.goods.catalog import Categories, PageQuery, ProductCard
from jishi.kernel import Actor, Context
from jishi.kernel.i18n import LOCALES
from jishi.people.merchants import MerchantsQuery

from .faces import Shop

HOUR_MS, PAGE = 3_600_000, 100
PER_FILE = 10_000  # goods: with every language still below the 50,000 addresses and 50 MB that a file may have
ANYBODY = Context(Actor(0, "guest"))
INDEX, PAGES = "index.xml", "pages.xml"
SPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml" '
    'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'
)
Row = tuple[str, str]  # path below the language, picture or ""


class Sitemaps:
    """The files as they are served, in gzip. They are an hour old at most; one request makes them while others wait."""

    def __init__(self, shop: Shop, base_url: str) -> None:
        self.shop, self.base = shop, base_url.rstrip("/")
        self.files: Mapping[str, bytes] = {}
        self.stale_at = 0
        self.making = asyncio.Lock()

    async def fresh(self) -> Mapping[str, bytes]:
        """File name → its bytes; `index.xml` names the others."""
        async with self.making:
            if self.shop.world.now() >= self.stale_at:
                self.files = await self._made()
                self.stale_at = self.shop.world.now() + HOUR_MS
            return self.files

    async def _made(self) -> dict[str, bytes]:
        files = {PAGES: packed(urls(self.base, await self._pages()))}
        rows: list[Row] = []
        async for card in self._goods():
            rows.append((f"/products/{card.handle}", card.picture))
            if len(rows) == PER_FILE:
                files[f"goods-{len(files)}.xml"] = await self._file(rows)
                rows = []
        if rows:
            files[f"goods-{len(files)}.xml"] = await self._file(rows)
        named = "".join(f"<sitemap><loc>{escape(f'{self.base}/sitemaps/{name}')}</loc></sitemap>" for name in files)
        index = f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{named}</sitemapindex>'
        return {INDEX: packed([index]), **files}

    async def _file(self, rows: Sequence[Row]) -> bytes:
        return await asyncio.to_thread(lambda: packed(urls(self.base, rows)))

    async def _pages(self) -> list[Row]:
        """Everything public that is not a product: the home page, categories, shops."""
        categories = (await self.shop.catalog.categories(ANYBODY, Categories())).rows
        merchants = (await self.shop.merchants.merchants(ANYBODY, MerchantsQuery())).rows
        paths = ["", "/products", *(f"/products?category={c.code}" for c in categories)]
        return [(path, "") for path in [*paths, *(f"/products?merchant={m.handle}" for m in merchants)]]

    async def _goods(self) -> AsyncIterator[ProductCard]:
        cursor = ""
        while True:
            page = await self.shop.catalog.page(ANYBODY, PageQuery(limit=PAGE, cursor=cursor))
            for card in page.cards:
                yield card
            if not (cursor := page.next):
                return


def urls(base: str, rows: Iterable[Row]) -> Iterator[str]:
    """Every path in every language, each naming all of them (and the first for whoever reads neither)."""
    yield f"<urlset {SPACES}>"
    for path, picture in rows:
        links = [(locale, f"{base}/{locale}{path}") for locale in LOCALES]
        others = "".join(
            f'<xhtml:link rel="alternate" hreflang={quoteattr(code)} href={quoteattr(href)}/>'
            for code, href in [*links, ("x-default", links[0][1])]
        )
        image = escape(f"{base}/media/{picture}-800.webp") if picture else ""
        shown = f"<image:image><image:loc>{image}</image:loc></image:image>" if image else ""
        for _, href in links:
            yield f"<url><loc>{escape(href)}</loc>{others}{shown}</url>"
    yield "</urlset>"


def packed(parts: Iterable[str]) -> bytes:
    text = '<?xml version="1.0" encoding="UTF-8"?>' + "".join(parts)
    return gzip.compress(text.encode(), 6, mtime=0)
