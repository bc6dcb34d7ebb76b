"""Pure: how much a step says, what a history is, and in which order goods are offered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from jishi.insight.behaviour import Step, Trail
from jishi.kernel.place import Reason

from .face import FeedQuery
from .model import Learnt

WEIGHTS = {"view": 0.4, "click": 0.4, "favourite": 0.8, "cart": 0.8, "buy": 1.0}
FADE = 0.97  # a step counts so much for each newer one
CONTEXT_WEIGHT = 1.5  # what lies before the visitor now speaks louder than what was
WHY = {"view": "viewed", "click": "viewed", "favourite": "favourite", "cart": "carted", "buy": "bought"}


class Candidate(Struct, frozen=True):
    """`listing_id` instead of a product where only the offer is known; `personal`: own history chose it."""

    reason: Reason
    product_id: int = 0
    listing_id: int = 0
    personal: bool = False


class Visitor(Struct):
    """One pseudonym's whole history for learning, oldest first. `bought` in order, each once."""

    history: dict[int, float]
    bought: list[int]


def visitors(trails: Iterable[Trail]) -> tuple[list[Visitor], int]:
    """(histories, steps) of trails that come by pseudonym and day. A product counts by the strongest of its steps."""
    found: list[Visitor] = []
    last, steps = "", 0
    for trail in trails:
        if trail.pseudonym != last:
            found.append(Visitor({}, []))
            last = trail.pseudonym
        visitor = found[-1]
        for s in trail.steps:
            if weight := WEIGHTS.get(s.kind, 0.0):
                steps += 1
                visitor.history[s.product_id] = max(weight, visitor.history.pop(s.product_id, 0.0))  # newest last
                if s.kind == "buy" and s.product_id not in visitor.bought:
                    visitor.bought.append(s.product_id)
    return [v for v in found if v.history], steps


def personal(learnt: Learnt, recent: Sequence[Step], query: FeedQuery) -> list[Candidate]:
    """Goods beside what the visitor looked at and bought, newest first loudest. Nothing that was just bought or lies
    before the visitor already."""
    given: dict[int, float] = {}
    kinds = {s.product_id: s.kind for s in recent}
    for n, s in enumerate(recent):
        given[s.product_id] = WEIGHTS.get(s.kind, 0.0) * FADE**n
    before = dict.fromkeys(query.product_ids, CONTEXT_WEIGHT)
    return [
        Candidate(
            Reason(
                "recommend.why.like" if because in before else f"recommend.why.{WHY[kinds[because]]}",
                {"product_id": because},
            ),
            product_id=p,
            personal=because not in before,
        )
        for p, _, because in learnt.liked.best(given | before)
        if p not in query.product_ids
    ]


def similar(learnt: Learnt, product_ids: Sequence[int]) -> list[Candidate]:
    return [
        Candidate(Reason("recommend.why.like", {"product_id": because}), product_id=p)
        for p, _, because in learnt.liked.best(dict.fromkeys(product_ids, 1.0))
    ]


def together(learnt: Learnt, product_ids: Sequence[int]) -> list[Candidate]:
    return [
        Candidate(Reason("recommend.why.together", {"product_id": because}), product_id=p)
        for p, _, because in learnt.together.best(dict.fromkeys(product_ids, 1.0))
    ]


def interleaved(first: Sequence[Candidate], then: Sequence[Candidate]) -> list[Candidate]:
    """One of each in turn, so that neither kind of reason fills the row."""
    pairs = [c for both in zip(first, then, strict=False) for c in both]
    shorter = min(len(first), len(then))
    return [*pairs, *first[shorter:], *then[shorter:]]
