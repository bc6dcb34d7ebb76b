"""Units that read: rules, what was asked, what changed, what was sold and how it was judged."""

from collections.abc import Sequence

import msgspec
from msgspec import Struct

from jishi.kernel import Tx

from .face import Asked, Day, Log, LogQuery, Rule, RuleList, RulesQuery
from .tables import BY_DAY, CHANGED, RATINGS, RULES, SOLD, TOP, TOP_NONE

MAX_RULES, MAX_DAYS, MAX_LOG = 2_000, 90, 1_000
DAY_MS = 86_400_000
AT_ONCE = 500  # changes of a sweep


class Change(Struct, frozen=True):
    turn: int
    kind: str
    refs: list[int]


def day_of(ms: int) -> int:
    return ms // DAY_MS


def all_rules(tx: Tx) -> list[Rule]:
    return [
        Rule(id, kind, msgspec.msgpack.decode(terms, type=list[str]), begins, ends)
        for id, kind, terms, begins, ends in tx.rows(RULES, limit=MAX_RULES)
    ]


def rules(tx: Tx, query: RulesQuery) -> RuleList:
    return RuleList(all_rules(tx))


def log(tx: Tx, query: LogQuery) -> Log:
    """Two queries: the words and the days."""
    since = day_of(tx.now) - max(1, min(query.days, MAX_DAYS)) + 1
    rows = tx.rows(TOP_NONE if query.none else TOP, since=since, limit=max(1, min(query.limit, MAX_LOG)))
    days = tx.rows(BY_DAY, since=since)
    return Log(
        [Asked(words, int(times), results, int(none)) for words, times, results, none in rows],
        [Day(day * DAY_MS, int(times), int(none)) for day, times, none in days],
    )


def changed(tx: Tx, after: int) -> list[Change]:
    """The first 500 changes behind this turn, in their order."""
    return [
        Change(turn, kind, msgspec.msgpack.decode(refs, type=list[int]))
        for turn, kind, refs in tx.rows(CHANGED, after=after, limit=AT_ONCE)
    ]


class Judged(Struct, frozen=True):
    """Pieces sold by listing; (ratings, sum of stars) by product."""

    sold: dict[int, int]
    stars: dict[int, tuple[int, int]]


def judged(tx: Tx, listing_ids: Sequence[int], product_ids: Sequence[int]) -> Judged:
    """Two queries for every 256 ids."""
    return Judged(
        dict(tx.rows_in(SOLD, "ids", sorted(set(listing_ids)))),
        {p: (n, stars) for p, n, stars in tx.rows_in(RATINGS, "ids", sorted(set(product_ids)))},
    )
