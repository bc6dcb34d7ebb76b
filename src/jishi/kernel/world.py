"""The one source of time, ids and chance. The simulator hands in its own."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable

from .ids import EPOCH_MS


def wall_ms() -> int:
    """Milliseconds UTC."""
    return time.time_ns() // 1_000_000


class World:
    """Clock (ms UTC), ids and chance of one node (0 … 63)."""

    def __init__(self, node: int = 1, now: Callable[[], int] = wall_ms, chance: random.Random | None = None) -> None:
        self.node, self.now, self.random = node, now, chance or random.SystemRandom()
        self._lock, self._last = threading.Lock(), 0

    def new_id(self, gene: int = 0) -> int:
        """63 bits, rising: a clock that steps back keeps the last millisecond, a full millisecond borrows the next."""
        with self._lock:  # the writer thread and the loop both draw
            self._last = max(self._last + 1, (self.now() - EPOCH_MS) << 12)
            ms, sequence = divmod(self._last, 4096)
        return ms << 22 | self.node << 16 | (gene & 15) << 12 | sequence

    @property
    def drawn_until(self) -> int:
        """Milliseconds UTC of the last id: the node's lease must reach beyond it."""
        return (self._last >> 12) + EPOCH_MS

    def start_after(self, ms: int) -> None:
        """Ids begin after this moment (ms UTC), whatever the clock says: a restart must not give one twice."""
        self._last = max(self._last, (ms - EPOCH_MS) << 12 | 4095)
