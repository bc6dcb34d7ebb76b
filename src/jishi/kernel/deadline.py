"""How long there is left: a face's budget shrinks on the way down, in one process and over the wire."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar

UNTIL: ContextVar[float | None] = ContextVar("until", default=None)  # seconds of the loop's clock


def rest_ms(budget_ms: int) -> int:
    """What is left of the budget (ms): of the caller's, where one is counting. 0: it has passed."""
    until = UNTIL.get()
    if until is None:
        return budget_ms
    return max(0, min(budget_ms, int((until - asyncio.get_running_loop().time()) * 1000)))


@asynccontextmanager
async def within(budget_ms: int) -> AsyncIterator[None]:
    """What runs inside, and whatever it asks, has this long; then TimeoutError. Never longer than an outer one."""
    seconds = rest_ms(budget_ms) / 1000
    token = UNTIL.set(asyncio.get_running_loop().time() + seconds)
    try:
        async with asyncio.timeout(seconds):
            yield
    finally:
        UNTIL.reset(token)
