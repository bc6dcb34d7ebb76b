"""Finding one's own orders again by words: the number, or what was bought, in any language that it has."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

from jishi.kernel import Tx

from .book import LINE_CODEC, ParentRow
from .tables import LINES_IN, PAGES

CHUNK, LOOKED_AT, WORDS_MAX, LONGEST = 50, 400, 6, 100


def words_of(text: str) -> list[str]:
    """At most 6 words of 100 characters, as they are compared."""
    return plain(text[:LONGEST]).split()[:WORDS_MAX]


def plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def search(tx: Tx, buyer: int, state: str, words: Sequence[str], after: int, limit: int) -> tuple[list[ParentRow], int]:
    """(the buyer's orders that have every word, newest first, at most `limit`; the last id looked at, 0 at the end).

    Cost: two reads for each 50 orders, at most 16: names lie packed in the lines, and a buyer's orders are few."""
    found: list[ParentRow] = []
    statement, values = PAGES[True, bool(state)], {"shown": state} if state else {}
    for _ in range(LOOKED_AT // CHUNK):
        rows = [ParentRow(*r) for r in tx.rows(statement, buyer=buyer, after=after, limit=CHUNK, **values)]
        said = spoken_of(tx, rows)
        for p in rows:
            after = p.id
            if all(w in said[p.id] for w in words):
                found.append(p)
                if len(found) == limit:
                    return found, after
        if len(rows) < CHUNK:
            return found, 0
    return found, after


def spoken_of(tx: Tx, rows: Sequence[ParentRow]) -> dict[int, str]:
    """All that an order may be found by."""
    said: dict[int, list[str]] = {p.id: [p.number] for p in rows}
    row: Any
    for row in tx.rows_in(LINES_IN, "ids", list(said)):
        line = LINE_CODEC.decode(row[1])
        said[row[0]] += [line.sku_code, *line.names.values(), *line.options.values()]
    return {id: plain("\n".join(parts)) for id, parts in said.items()}
