"""Connections to a server: few, in order of arrival, people before the house."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any


class Pool:
    """Up to `size` connections, made when needed and handed out in order of arrival: people first, then the house.

    The house (timers, imports) never holds more than half, so that people do not wait behind it."""

    def __init__(self, size: int, make: Callable[[], Awaitable[Any]]) -> None:
        self.size, self.make = size, make
        self.free = deque[Any]()
        self.made = self.house = 0
        self.people_wait, self.house_waits = deque[asyncio.Future[Any]](), deque[asyncio.Future[Any]]()

    async def take(self, *, background: bool) -> Any:
        """A connection without an open transaction."""
        line = self.house_waits if background else self.people_wait
        turn = asyncio.get_running_loop().create_future()
        line.append(turn)
        self._serve()
        c = await turn  # not cancelled: units run in tasks of their own
        if c is None:  # a place, and no connection in it yet
            try:
                c = await self.make()
            except BaseException:
                self.give(None, background=background)
                raise
        return c

    def give(self, c: Any | None, *, background: bool) -> None:
        """A clean connection comes back; None when it was closed."""
        self.house -= background
        if c is None:
            self.made -= 1
        else:
            self.free.append(c)
        self._serve()

    def _serve(self) -> None:
        while self.free or self.made < self.size:
            if self.people_wait:
                turn = self.people_wait.popleft()
            elif self.house_waits and self.house < max(1, self.size // 2):
                turn, self.house = self.house_waits.popleft(), self.house + 1
            else:
                return
            if self.free:
                turn.set_result(self.free.popleft())
            else:
                self.made += 1
                turn.set_result(None)

    @property
    def waiting(self) -> int:
        return len(self.people_wait) + len(self.house_waits)

    async def close(self) -> None:
        while self.free:
            self.made -= 1
            await self.free.popleft().ensure_closed()
