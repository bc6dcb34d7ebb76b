"""The slow part of a training, for a thread of its own. Imports numpy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from .face import Quality
from .judging import judge
from .learning import fit
from .rules import Visitor


class Night(NamedTuple):
    raw: bytes
    items: int
    dense: int
    quality: Quality | None


def learn_and_judge(
    people: Sequence[Visitor], pairs: Mapping[tuple[int, int], int], sold: Mapping[int, int], seed: int
) -> Night:
    """Judged first on what was hidden, then learnt from everything."""
    histories = [v.history for v in people]
    quality = judge(histories, [v.bought for v in people], seed)
    raw, dense = fit(histories, pairs, sold)
    return Night(raw, len({p for h in histories for p in h} | set(sold)), dense, quality)
