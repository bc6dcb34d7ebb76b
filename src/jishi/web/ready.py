"""Bytes that are ready: what anonymous catalogue reads answer, kept until an event says that it changed.

An entry carries tags (`product:5`, `listing:7`, `stock:9`, `catalog`); an event drops a tag and with it the entries. Each
process keeps its own, so an entry also ages: another process that misses an event shows the old page for so long."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Protocol

import msgspec

from jishi.goods.catalog import ProductChanged
from jishi.goods.inventory import StockChanged
from jishi.goods.pricing import PricesChanged
from jishi.goods.promotions import PromotionsChanged
from jishi.kernel import Event
from jishi.kernel.cache import MemoryCache
from jishi.trade.reviews import Changed, Rated

from .packing import KEPT, pack

TTL_MS, MOST = 5_000, 2_000
CATALOG = "catalog"  # every list of goods
OFFERS = "offers"  # whatever names promotions


def shelf_key(*parts: str) -> str:
    """Parts joined so that no two lists of parts give one key: none of them can hold the separator."""
    return "\0".join(parts)


class Hears(Protocol):
    """A relay that tells this process of every event it has delivered, perhaps twice."""

    def listen(self, shape: type[Event], tell: Callable[[Any], None], /) -> None: ...


class Ready(msgspec.Struct):
    """`pieces`: bytes and names of holes in turn. Without holes it is also packed, once."""

    pieces: list[bytes]
    tags: frozenset[str]
    etag: str = ""
    packed: dict[str, bytes] = {}

    def whole(self, coding: str) -> bytes:
        """The bytes in a content coding ("" = as they are); only without holes."""
        assert len(self.pieces) == 1
        raw = self.pieces[0]
        if coding and coding not in self.packed:
            self.packed[coding] = pack(raw, coding, KEPT)
        return self.packed[coding] if coding else raw


class Shelf:
    """Ready answers by key; made once however many ask."""

    def __init__(self, now: Callable[[], int], ttl_ms: int = TTL_MS, most: int = MOST) -> None:
        self.cache, self.ttl_ms, self.most = MemoryCache(now, most), ttl_ms, most
        self.by_tag: dict[str, set[str]] = {}
        self.turn, self.dropped = 0, dict[str, int]()  # tag → the turn at which it last changed

    async def fetch(self, key: str, make: Callable[[], Awaitable[Ready]]) -> Ready:
        """The entry; one whose facts changed while it was made is answered and not kept."""

        async def shelve() -> Ready:
            began = self.turn
            made = await make()
            if any(self.dropped.get(tag, -1) > began for tag in made.tags):
                self.cache.making.pop(key, None)
                return made
            for tag in made.tags:
                self.by_tag.setdefault(tag, set()).add(key)
            return made

        return await self.cache.fetch(key, self.ttl_ms, shelve)

    def look(self, key: str) -> Ready | None:
        found: Ready | None = self.cache.look(key)
        return found

    def drop(self, tags: Iterable[str]) -> None:
        """What carries one of these tags is gone."""
        self.turn += 1
        for tag in tags:
            self.dropped[tag] = self.turn
            for key in self.by_tag.pop(tag, ()):
                self.cache.entries.pop(key, None)
        if len(self.dropped) > 4 * self.most:  # only makers at work need it, and they are gone long since
            self.dropped = {t: n for t, n in self.dropped.items() if n > self.turn - self.most}
        if len(self.by_tag) > 8 * self.most:
            self.by_tag = {t: kept for t, keys in self.by_tag.items() if (kept := keys & self.cache.entries.keys())}

    def listen(self, relay: Hears) -> None:
        """Changes in goods clear what shows them. Told without an inbox: to hear twice does no harm."""
        relay.listen(ProductChanged, self._product)
        relay.listen(PricesChanged, self._prices)
        relay.listen(StockChanged, self._stock)
        relay.listen(PromotionsChanged, self._offers)
        relay.listen(Rated, self._reviews)
        relay.listen(Changed, self._reviews)

    def _product(self, e: Any) -> None:
        self.drop([f"product:{e.product_id}", CATALOG])

    def _prices(self, e: Any) -> None:
        self.drop([*(f"listing:{id}" for id in e.listing_ids), CATALOG])

    def _reviews(self, e: Any) -> None:
        self.drop([f"reviews:{e.product_id}"])

    def _offers(self, e: Any) -> None:
        self.drop([OFFERS])

    def _stock(self, e: Any) -> None:
        self.drop([f"stock:{id}" for id in e.stock_item_ids])
