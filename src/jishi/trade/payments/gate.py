"""The way to one provider: each call has a limit, and a provider that is down is left alone for a moment."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from .face import ProviderDown

T = TypeVar("T")
CALL_MS, REST_MS = 4_500, 5_000
TRIP, LATE_WEIGHS = 5, 3  # five failures in a row, or two calls that never came back


class Gate:
    """Open (calls pass) until failures in a row weigh `TRIP`; then `REST_MS` of refusals at once; then one call tries.

    So a dead provider costs callers nothing after five seconds, and other methods go on beside it."""

    def __init__(self, code: str, now: Callable[[], int], call_ms: int = CALL_MS) -> None:
        self.code, self.now, self.call_ms = code, now, call_ms
        self.failures, self.closed_until = 0, 0

    async def __call__(self, ask: Callable[[], Awaitable[T]]) -> T:
        """Raises `ProviderDown` when the call fails for a reason that may heal; a refusal passes through."""
        now = self.now()
        if now < self.closed_until:
            raise ProviderDown(self.code)
        if self.failures >= TRIP:
            self.closed_until = now + self.call_ms  # this call is the one that tries
        try:
            async with asyncio.timeout(self.call_ms / 1000):
                answer = await ask()
        except TimeoutError as e:
            self._failed(LATE_WEIGHS)
            raise ProviderDown(self.code) from e
        except (ProviderDown, OSError) as e:
            self._failed(1)
            raise ProviderDown(self.code) from e
        except BaseException:
            self.failures = self.closed_until = 0  # it answered
            raise
        self.failures = self.closed_until = 0
        return answer

    def _failed(self, weight: int) -> None:
        self.failures += weight
        if self.failures >= TRIP:
            self.closed_until = self.now() + REST_MS
