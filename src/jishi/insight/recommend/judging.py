"""Is it better than showing everybody what sells most? Asked of each visitor's last purchase, which the judge has hidden."""

from __future__ import annotations

import math
from collections.abc import Sequence
from random import Random
from typing import NamedTuple

import numpy as np

from .face import Quality
from .learning import History, fit
from .model import Learnt

TOP, LEAST, MOST, SAMPLES = 10, 20, 2_000, 1_000  # visitors that are needed, that are asked; samples of the bootstrap


class Told(NamedTuple):
    """A history without its last purchase, and that."""

    history: History
    hidden: int


def hide(history: History, bought: Sequence[int]) -> Told | None:
    """The last purchase is hidden with every other trace of that product; None where nothing would be left."""
    if not bought:
        return None
    rest = {p: w for p, w in history.items() if p != bought[-1]}
    return Told(rest, bought[-1]) if rest else None


def judge(
    histories: Sequence[History],
    bought: Sequence[Sequence[int]],
    seed: int,
) -> Quality | None:
    """A model of what is not hidden, asked for each hidden purchase; None with fewer than 20 visitors. What is bought
    together is left out of it: those counts hold the hidden orders, too."""
    asked = [(i, told) for i in range(len(histories)) if (told := hide(histories[i], bought[i]))]
    if len(asked) < LEAST:
        return None
    if len(asked) > MOST:
        asked = sorted(Random(seed).sample(asked, MOST))
    shown = list(histories)
    counts: dict[int, int] = {}
    for i, told in asked:
        shown[i] = told.history
    hidden = {i: told.hidden for i, told in asked}
    for i, products in enumerate(bought):
        for p in dict.fromkeys(products):
            if hidden.get(i) != p:
                counts[p] = counts.get(p, 0) + 1
    popular = sorted(counts, key=lambda p: (-counts[p], p))
    learnt = Learnt(0, fit(shown, {}, counts)[0])
    ours, theirs = [], []
    for _, told in asked:
        found = [p for p, _, _ in learnt.liked.best(told.history)][:TOP]
        rest = [p for p in popular if p not in told.history and p not in found]
        ours.append(_rank((found + rest)[:TOP], told.hidden))
        theirs.append(_rank([p for p in popular if p not in told.history][:TOP], told.hidden))
    return _summed(ours, theirs, seed)


def _rank(shown: Sequence[int], hidden: int) -> int:
    """Its place from 1; 0: it was not shown."""
    return shown.index(hidden) + 1 if hidden in shown else 0


def _summed(ours: Sequence[int], theirs: Sequence[int], seed: int) -> Quality:
    hit = np.array([r > 0 for r in ours], dtype=np.float64)
    base = np.array([r > 0 for r in theirs], dtype=np.float64)
    draws = np.random.default_rng(seed).integers(0, len(hit), (SAMPLES, len(hit)))
    low, high = np.quantile(hit[draws].mean(axis=1), (0.025, 0.975))
    gain_low, gain_high = np.quantile((hit - base)[draws].mean(axis=1), (0.025, 0.975))
    return Quality(
        len(ours), float(hit.mean()), float(low), float(high), _ndcg(ours), float(base.mean()), _ndcg(theirs),
        float(gain_low), float(gain_high),
    )  # fmt: skip


def _ndcg(ranks: Sequence[int]) -> float:
    """With one right answer, the best possible is 1 at the first place."""
    return sum(1 / math.log2(r + 1) for r in ranks if r) / len(ranks)
