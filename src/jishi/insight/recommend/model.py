"""What was learnt, as it is stored and read: who lies beside whom, in flat arrays. Reading needs no numpy, so that a shop
that only serves does not pay for it."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping

import msgspec

FORMAT = 1


class Rows(msgspec.Struct, frozen=True):
    """Neighbours by item, best first: those of item `i` are `to[start[i]:start[i + 1]]`. Arrays of 32 bits as bytes."""

    start: bytes
    to: bytes
    weight: bytes


class Stored(msgspec.Struct, frozen=True):
    """`items` are product ids (64 bits). `liked` was learnt from trails, `together` from orders."""

    format: int
    items: bytes
    liked: Rows
    together: Rows


class Beside:
    """The neighbours of one kind."""

    def __init__(self, items: array[int], rows: Rows) -> None:
        self.items, self.at = items, {product: i for i, product in enumerate(items)}
        self.start, self.to, self.weight = array("i"), array("i"), array("f")
        for flat, raw in ((self.start, rows.start), (self.to, rows.to), (self.weight, rows.weight)):
            flat.frombytes(raw)

    def of(self, product_id: int) -> Iterator[tuple[int, float]]:
        """(product, weight), best first."""
        i = self.at.get(product_id)
        if i is not None:
            for n in range(self.start[i], self.start[i + 1]):
                yield self.items[self.to[n]], self.weight[n]

    def best(self, given: Mapping[int, float]) -> list[tuple[int, float, int]]:
        """(product, score, which of the given speaks loudest for it), best first; the given themselves are left out."""
        score: dict[int, float] = {}
        loudest: dict[int, tuple[float, int]] = {}
        for product_id, weight in given.items():
            for other, near in self.of(product_id):
                said = weight * near
                score[other] = score.get(other, 0.0) + said
                if said > loudest.get(other, (0.0, 0))[0]:
                    loudest[other] = said, product_id
        found = [(p, s, loudest[p][1]) for p, s in score.items() if s > 0 and p not in given and p in loudest]
        return sorted(found, key=lambda row: (-row[1], row[0]))


class Learnt:
    """A model in memory."""

    def __init__(self, version: int, raw: bytes) -> None:
        stored = msgspec.msgpack.decode(raw, type=Stored)
        if stored.format != FORMAT:
            raise ValueError(f"a model of format {stored.format}")
        items = array("q")
        items.frombytes(stored.items)
        self.version = version
        self.liked, self.together = Beside(items, stored.liked), Beside(items, stored.together)
