"""The matrix of a product: which SKU stands at which place, so that one of ten thousand is found by what is chosen without
reading the others. Pure.

A place is the SKU's values as one number, the first option most significant. The matrix is kept as pairs of 64 bits,
(place, id and whether it is on sale), sorted by place: 16 bytes a SKU."""

import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence

from .terms import Option

MAX_EVER = 20_000  # named SKUs of one product


class Places:
    """Numbers of places for options as they are now."""

    def __init__(self, options: Sequence[Option]) -> None:
        self.codes = [o.code for o in options]
        self.values = [{v.code: n for n, v in enumerate(o.values)} for o in options]
        self.names = [[v.code for v in o.values] for o in options]
        self.strides = [1] * len(options)
        for n in range(len(options) - 2, -1, -1):
            self.strides[n] = self.strides[n + 1] * max(1, len(self.names[n + 1]))

    def of(self, chosen: Mapping[str, str]) -> int | None:
        """None where the options do not offer this."""
        if chosen.keys() != set(self.codes):
            return None
        place = 0
        for code, values, stride in zip(self.codes, self.values, self.strides, strict=True):
            if (n := values.get(chosen[code])) is None:
                return None
            place += n * stride
        return place

    def chosen(self, place: int) -> dict[str, str]:
        return {
            code: names[place // stride % len(names)]
            for code, names, stride in zip(self.codes, self.names, self.strides, strict=True)
        }


class Grid:
    """Places and who stands there. `ids` may name one that is off sale: only `offered` are found by choice."""

    def __init__(self, raw: bytes = b"") -> None:
        pairs = array("Q")
        pairs.frombytes(raw)
        if sys.byteorder == "big":
            pairs.byteswap()  # kept little-endian, whatever the machine
        self.standing = dict(zip(pairs[0::2], pairs[1::2], strict=True))
        self.places = [p for p, who in zip(pairs[0::2], pairs[1::2], strict=True) if who & 1]

    @staticmethod
    def packed(standing: Mapping[int, tuple[int, bool]]) -> bytes:
        """Place → (id, on sale), as it is kept."""
        pairs = array("Q")
        for place, (id, on_sale) in sorted(standing.items()):
            pairs.extend((place, id << 1 | on_sale))
        if sys.byteorder == "big":
            pairs.byteswap()
        return pairs.tobytes()

    def all(self) -> dict[int, tuple[int, bool]]:
        return {place: (who >> 1, bool(who & 1)) for place, who in self.standing.items()}

    def id(self, place: int) -> int:
        return self.standing[place] >> 1

    def nearest(self, at: Places, wished: Mapping[str, str]) -> list[int]:
        """Places on sale that fit most of the wishes, the earlier options first; by place."""
        found = self.places
        for code, values, stride in zip(at.codes, at.values, at.strides, strict=True):
            if (n := values.get(wished.get(code, ""))) is None:
                continue
            size = len(values)
            if fitting := [p for p in found if p // stride % size == n]:
                found = fitting
        return found

    def beside(self, at: Places, here: int) -> Iterator[tuple[str, str, int, bool]]:
        """(option, value, place, exact) of every value that is on sale beside the values of the options before it.

        Where the other values cannot stay, it is the first place there is. Cost: two bisections a value."""
        offered, above = self.places, 0
        for code, names, stride in zip(at.codes, at.names, at.strides, strict=True):
            later = here % stride
            for n, value in enumerate(names):
                begin = above + n * stride
                exact = begin + later
                i = bisect_left(offered, exact)
                if i < len(offered) and offered[i] == exact:
                    yield code, value, exact, True
                    continue
                i = bisect_left(offered, begin)
                if i < len(offered) and offered[i] < begin + stride:
                    yield code, value, offered[i], False
            above += here // stride % max(1, len(names)) * stride
