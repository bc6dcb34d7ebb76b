"""EASE on the busiest goods, shrunk cosine for the tail, shrunk counts for what is bought together. Imports numpy: only
who learns imports this.

EASE: H. Steck, "Embarrassingly Shallow Autoencoders for Sparse Data", WWW 2019: B = I - P / diag(P), P = (XᵀX + λI)⁻¹."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from .model import FORMAT, Rows, Stored

DENSE_MAX, RIDGE = 3_000, 30.0
DENSE_KEPT, TAIL_KEPT, TOGETHER_KEPT = 100, 20, 20  # neighbours an item
TAIL_SHRINK, TAIL_SCALE = 10.0, 0.5  # a cosine speaks about half as loud as a weight of EASE
TOGETHER_SHRINK, TOGETHER_LEAST = 10.0, 2  # orders
HISTORY_MAX = 50  # goods of one history: the latest
CHUNK = 2_000  # histories a block of the product
PAIRS_CHUNK = 4_000_000
Floats = NDArray[Any]
History = Mapping[int, float]  # product → weight, oldest first
Neighbours = list[list[tuple[int, float]]]


def fit(
    histories: Sequence[History], pairs: Mapping[tuple[int, int], int], sold: Mapping[int, int]
) -> tuple[bytes, int]:
    """(the model's bytes, how many goods were learnt densely). `pairs` (a < b) and `sold` count orders."""
    items, dense, liked = learn(histories)
    at = {p: i for i, p in enumerate(items)}
    for p in sold:
        if p not in at:
            at[p] = len(items)
            items.append(p)
    liked += [[] for _ in range(len(items) - len(liked))]
    stored = Stored(FORMAT, _bytes(items, np.int64), packed(liked), packed(together(at, pairs, sold)))
    return msgspec.msgpack.encode(stored), dense


def learn(histories: Sequence[History]) -> tuple[list[int], int, Neighbours]:
    """(items by how many histories have them, how many are dense, the neighbours of each)."""
    counts: dict[int, int] = {}
    for h in histories:
        for p in h:
            counts[p] = counts.get(p, 0) + 1
    items = sorted(counts, key=lambda p: (-counts[p], p))
    at = {p: i for i, p in enumerate(items)}
    dense = min(DENSE_MAX, sum(1 for n in counts.values() if n > 1))
    rows = [[(at[p], w) for p, w in list(h.items())[-HISTORY_MAX:]] for h in histories]
    found = _ease(rows, dense) + [[] for _ in range(len(items) - dense)]
    seen = np.array([counts[p] for p in items], dtype=np.float64)
    for i, row in enumerate(_tail(rows, dense, seen)):
        if row:
            found[i] = sorted(found[i] + row, key=lambda x: (-x[1], x[0]))
    return items, dense, found


def _ease(rows: Sequence[Sequence[tuple[int, float]]], n: int) -> Neighbours:
    if n < 2:
        return [[] for _ in range(n)]
    gram: Floats = np.zeros((n, n), dtype=np.float64)
    for begin in range(0, len(rows), CHUNK):
        some = rows[begin : begin + CHUNK]
        block: Floats = np.zeros((len(some), n), dtype=np.float32)
        for u, row in enumerate(some):
            for i, weight in row:
                if i < n:
                    block[u, i] = weight
        gram += block.T @ block
    gram[np.diag_indices(n)] += RIDGE
    inverse = np.linalg.inv(gram)
    weights = -inverse / np.diag(inverse)  # a column is divided by its own diagonal
    weights[np.diag_indices(n)] = 0.0
    return [_best(weights[i], DENSE_KEPT) for i in range(n)]


def _best(weights: Floats, most: int) -> list[tuple[int, float]]:
    """The positions of the largest weights above 0, best first."""
    top = np.argpartition(-weights, most)[:most] if len(weights) > most else np.arange(len(weights))
    chosen = [(int(j), float(weights[j])) for j in top if weights[j] > 1e-6]
    return sorted(chosen, key=lambda x: (-x[1], x[0]))


def _tail(rows: Sequence[Sequence[tuple[int, float]]], dense: int, seen: Floats) -> Neighbours:
    """Neighbours of which at least one is in the tail, by how often they share a history."""
    n = len(seen)
    found: Neighbours = [[] for _ in range(n)]
    if dense == n:
        return found
    codes, counts = _shared(rows, dense, n)
    left, right = codes // n, codes % n
    near = TAIL_SCALE * counts / (np.sqrt(seen[left] * seen[right]) + TAIL_SHRINK)
    order = np.lexsort((right, -near, left))
    for k in order:
        row = found[int(left[k])]
        if len(row) < TAIL_KEPT:
            row.append((int(right[k]), float(near[k])))
    return found


def _shared(rows: Sequence[Sequence[tuple[int, float]]], dense: int, n: int) -> tuple[Floats, Floats]:
    """(a · n + b, histories that hold both), for pairs that touch the tail."""
    kept: list[Floats] = [np.zeros(0, dtype=np.int64)]
    tally: list[Floats] = [np.zeros(0, dtype=np.int64)]
    waiting: list[Floats] = []
    size = 0

    def count() -> None:
        both, many = np.unique(np.concatenate(waiting), return_counts=True)
        kept.append(both)
        tally.append(many)
        waiting.clear()

    for row in rows:
        if all(i < dense for i, _ in row):
            continue
        at = np.array([i for i, _ in row], dtype=np.int64)
        a, b = np.repeat(at, len(at)), np.tile(at, len(at))
        use = (a != b) & ((a >= dense) | (b >= dense))
        waiting.append(a[use] * n + b[use])
        size += int(use.sum())
        if size > PAIRS_CHUNK:
            count()
            size = 0
    if waiting:
        count()
    codes, back = np.unique(np.concatenate(kept), return_inverse=True)
    return codes, np.bincount(back, weights=np.concatenate(tally), minlength=len(codes))


def together(at: Mapping[int, int], pairs: Mapping[tuple[int, int], int], sold: Mapping[int, int]) -> Neighbours:
    """How many more orders hold both than chance would have it, out of those that hold the one: few orders say little."""
    whole = max(1, sum(sold.values()))
    found: Neighbours = [[] for _ in at]
    for (a, b), n in pairs.items():
        for one, other in ((a, b), (b, a)):
            if n >= TOGETHER_LEAST and one in at and other in at:
                more = n - sold.get(one, n) * sold.get(other, n) / whole
                if (weight := more / (sold.get(one, n) + TOGETHER_SHRINK)) > 0:
                    found[at[one]].append((at[other], weight))
    return [sorted(row, key=lambda x: (-x[1], x[0]))[:TOGETHER_KEPT] for row in found]


def packed(rows: Neighbours) -> Rows:
    start = np.cumsum([0] + [len(row) for row in rows])
    flat = [x for row in rows for x in row]
    return Rows(
        _bytes(start, np.int32), _bytes([i for i, _ in flat], np.int32), _bytes([w for _, w in flat], np.float32)
    )


def _bytes(values: Any, kind: Any) -> bytes:
    return np.asarray(values, dtype=kind).tobytes()
