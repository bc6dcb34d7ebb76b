"""The one source of time, ids and chance. The simulator hands in its own."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable

from .faults import Unavailable
from .ids import EPOCH_MS

SEQUENCE = 12  # bits: 4,096 ids a millisecond


def wall_ms() -> int:
    """Milliseconds UTC."""
    return time.time_ns() // 1_000_000


class World:
    """Clock (ms UTC), ids and chance of one node (0 … 63).

    With a lease (`lease.py`) ids stay below `ids_until`: near it they follow the last one instead of the clock, and at
    it there are none (Unavailable) until the lease is moved forward."""

    def __init__(self, node: int = 1, now: Callable[[], int] = wall_ms, chance: random.Random | None = None) -> None:
        self.node, self.now, self.random = node, now, chance or random.SystemRandom()
        self._lock, self._last, self._end = threading.Lock(), 0, 1 << 53

    def new_id(self, gene: int = 0) -> int:
        """63 bits, rising: a clock that steps back keeps the last millisecond, a full millisecond borrows the next."""
        with self._lock:  # the writer thread and the loop both draw
            drawn = max(self._last + 1, (self.now() - EPOCH_MS) << SEQUENCE)
            if drawn >= self._end:  # the clock is ahead of the lease: what is left of it is used up one by one
                drawn = self._last + 1
                if drawn >= self._end:
                    raise Unavailable("no ids are leased")
            self._last = drawn
            ms, sequence = divmod(drawn, 1 << SEQUENCE)
            return ms << 22 | self.node << 16 | (gene & 15) << 12 | sequence

    @property
    def drawn_until(self) -> int:
        """Milliseconds UTC after the last id: nothing was drawn from there on."""
        return (self._last >> SEQUENCE) + 1 + EPOCH_MS

    def start_after(self, ms: int) -> None:
        """Ids begin after this moment (ms UTC), whatever the clock says: a restart must not give one twice."""
        with self._lock:
            self._last = max(self._last, (ms - EPOCH_MS) << SEQUENCE | (1 << SEQUENCE) - 1)

    def lease(self, node: int, begins: int, ends: int) -> None:
        """From now on the ids are of this node, and of the moments [begins, ends) in ms UTC."""
        with self._lock:
            self.node = node
            self._last = max(self._last, ((begins - EPOCH_MS) << SEQUENCE) - 1)
            self._end = (ends - EPOCH_MS) << SEQUENCE

    def extend(self, ends: int) -> None:
        """The lease reaches until then (ms UTC); 0: it is lost."""
        with self._lock:
            self._end = max(0, ends - EPOCH_MS) << SEQUENCE
