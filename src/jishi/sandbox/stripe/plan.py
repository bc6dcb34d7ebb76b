"""What shall go wrong: planned call by call, or as a share of all calls."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Literal

from msgspec import Struct

from jishi.kernel import World

What = Literal["delay", "drop", "500", "503", "wrong_amount", "never", "duplicate", "reorder", "replay"]


class Fault(Struct):
    """`on`: a pattern of `POST /v1/refunds`, `webhook` or `pay`. `times` 0 = always; `percent` of the calls that match.

    API: delay (ms), drop (done, but the line is cut before the answer), 500 (kept under the key, not done), 503 (not
    done, not kept). pay: wrong_amount (ms minor units more than asked). webhook: never, delay, duplicate, reorder
    (within ms), replay (an earlier one again)."""

    on: str
    what: What
    times: int = 1
    percent: int = 100
    ms: int = 1


class Plan:
    def __init__(self, world: World) -> None:
        self.world, self.faults = world, list[Fault]()

    def set(self, faults: list[Fault]) -> None:
        self.faults = faults

    def strike(self, on: str) -> list[Fault]:
        """The faults that meet this call, the first of each kind; each is used up by it."""
        met: list[Fault] = []
        for fault in list(self.faults):
            if any(fault.what == other.what for other in met) or not fnmatchcase(on, fault.on):
                continue
            if self.world.random.random() * 100 < fault.percent:
                met.append(fault)
                if fault.times:
                    fault.times -= 1
                    if not fault.times:
                        self.faults.remove(fault)
        return met
