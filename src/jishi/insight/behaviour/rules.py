"""Pure: how steps join a trail."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from .face import KINDS, Seen, Step, Trail

STEPS_MAX = 400  # of one pseudonym and day; the oldest go


def step(seen: Seen) -> Step | None:
    """What is kept of it; None for a kind that is not known or a product that is not named."""
    known = seen.kind in KINDS and (seen.product_id > 0 or seen.listing_id > 0 or seen.kind == "search")
    return Step(seen.kind, seen.product_id, seen.place[:16]) if known else None


def joined(trail: Trail, steps: Sequence[Step], *, learn: bool) -> Trail:
    """The trail with these behind. The stricter answer of a day holds for the whole day; the same view twice in a row is
    one, and one purchase of a product a day (an event may be told twice)."""
    rows = list(trail.steps)
    bought = {s.product_id for s in rows if s.kind == "buy"}
    for s in steps:
        if (rows and rows[-1] == s) or (s.kind == "buy" and s.product_id in bought):
            continue
        rows.append(s)
        bought |= {s.product_id} if s.kind == "buy" else set()
    return replace(trail, steps=rows[-STEPS_MAX:], learn=trail.learn and learn)


def latest(trails: Sequence[Trail], limit: int) -> list[Step]:
    """One step a product, newest first; `trails` newest day first. A purchase is told rather than the views around it."""
    found: dict[int, Step] = {}
    for trail in trails:
        for s in reversed(trail.steps):
            if s.product_id:
                found.setdefault(s.product_id, s)
                if s.kind == "buy":
                    found[s.product_id] = s
    return list(found.values())[:limit]
