"""The one contract of everything that is limited: stock, coupon budget, quota, gift card (`domain.md` §1.4).

Each is held under the order's id until the same moment, and confirmed or released together."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from .context import Context


class Held(Struct, frozen=True):
    """state: open, released, allocated, refused. A refusal is an answer: the same order gets the same one."""

    order_id: int
    state: str
    until: int


class HoldRef(Struct, frozen=True):
    order_id: int


class Holds(Protocol):
    """What a limited thing answers once `reserve` (its own command) has held it. Every verb is safe to repeat."""

    async def release(self, ctx: Context, command: HoldRef, /) -> Held:
        """What was held and not yet allocated is free again."""
        ...

    async def allocate(self, ctx: Context, command: HoldRef, /) -> Held:
        """The hold is bound to the paid order; one that ran out takes what is free, or answers `refused`."""
        ...
