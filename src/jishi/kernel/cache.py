"""What may be forgotten: bounded in number and in age, one maker a key at a time. The same face for Redis."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

V = TypeVar("V")


class Cache(ABC):
    @abstractmethod
    async def get(self, key: str) -> Any:
        """The value, or None when it was never there, has aged or was pushed out."""

    @abstractmethod
    async def set(self, key: str, value: Any, ttl_ms: int) -> None: ...

    @abstractmethod
    async def drop(self, key: str) -> None:
        """Nobody gets the old value any more, not even from a maker that is still at work."""

    @abstractmethod
    async def fetch(self, key: str, ttl_ms: int, make: Callable[[], Awaitable[V]]) -> V:
        """The value, made once however many ask at the same time; a maker that raises tells all who wait."""


class MemoryCache(Cache):
    """In one process: at most `most` entries, the least lately used goes first. `now` is the world's clock (ms)."""

    def __init__(self, now: Callable[[], int], most: int = 10_000) -> None:
        self.now, self.most = now, most
        self.entries: OrderedDict[str, tuple[int, Any]] = OrderedDict()
        self.making: dict[str, asyncio.Task[Any]] = {}

    async def get(self, key: str) -> Any:
        return self.look(key)

    def look(self, key: str) -> Any:
        """`get` for those who cannot wait a turn of the loop."""
        found = self.entries.get(key)
        if found is None:
            return None
        until, value = found
        if until <= self.now():
            del self.entries[key]
            return None
        self.entries.move_to_end(key)
        return value

    async def set(self, key: str, value: Any, ttl_ms: int) -> None:
        self.put(key, value, ttl_ms)

    def put(self, key: str, value: Any, ttl_ms: int) -> None:
        self.entries[key] = self.now() + ttl_ms, value
        self.entries.move_to_end(key)
        while len(self.entries) > self.most:
            self.entries.popitem(last=False)

    async def drop(self, key: str) -> None:
        self.entries.pop(key, None)
        self.making.pop(key, None)  # what it makes was read before: it goes to those who wait, and is not kept

    async def fetch(self, key: str, ttl_ms: int, make: Callable[[], Awaitable[V]]) -> V:
        found = self.look(key)
        if found is not None:
            return found  # type: ignore[no-any-return]  # what was set under this key
        task = self.making.get(key)
        if task is None:
            task = self.making[key] = asyncio.create_task(self._make(key, ttl_ms, make))
        return await asyncio.shield(task)  # one who leaves does not take the value from the others

    async def _make(self, key: str, ttl_ms: int, make: Callable[[], Awaitable[V]]) -> V:
        me = asyncio.current_task()
        try:
            value = await make()
            if self.making.get(key) is me:
                self.put(key, value, ttl_ms)
            return value
        finally:
            if self.making.get(key) is me:
                del self.making[key]
