"""What may be known without a key. Customers find their own cards only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol, TypeVar

import msgspec

from jishi.kernel import FieldError, Invalid, Tx
from jishi.kernel.place import Region

from .face import MAX_CARDS, CardFacts, Facts, FactsQuery, Found, NoCard, Read, Reads, ReadsOf
from .tables import BY_MARK, FACTS, READS_OF

FOUND_MAX = 50


class Sealed(NamedTuple):
    """A card as it lies; erased ones are empty."""

    id: int
    person_id: int
    kind: str
    purpose: str
    key_id: int
    sealed: bytes


class Owned(Protocol):
    @property
    def id(self) -> int: ...
    @property
    def person_id(self) -> int: ...


R = TypeVar("R", bound=Owned)


def own(tx: Tx, person_id: int, card_id: int) -> None:
    if tx.actor.is_customer and person_id != tx.actor.id:
        raise NoCard(card_id)


def in_order(tx: Tx, ids: Sequence[int], found: Sequence[R]) -> list[R]:
    """The rows in the order asked for; one that is missing, or not the customer's, is `NoCard`."""
    by_id = {c.id: c for c in found}
    for id in ids:
        if id not in by_id:
            raise NoCard(id)
        own(tx, by_id[id].person_id, id)
    return [by_id[id] for id in ids]


def facts(tx: Tx, query: FactsQuery) -> Facts:
    if len(query.ids) > MAX_CARDS:
        raise Invalid([FieldError("ids", "list.long", {"max": str(MAX_CARDS)})])
    return Facts(in_order(tx, query.ids, [facts_of(r) for r in tx.rows_in(FACTS, "ids", query.ids)]))


def facts_of(row: Sequence[Any]) -> CardFacts:
    id, person_id, kind, *rest = row
    return CardFacts(id, person_id, kind, Region(*rest[:5]), *rest[5:])


def find(tx: Tx, mark: str, print: str, limit: int) -> Found:
    """One query; of an empty mark nothing."""
    rows = tx.rows(BY_MARK, of=mark, most=max(0, min(limit, FOUND_MAX))) if mark else []
    return Found([card for card, _ in rows], list(dict.fromkeys(person for _, person in rows)), print)


def reads_of(tx: Tx, query: ReadsOf) -> Reads:
    """Newest first."""
    rows = tx.rows(READS_OF, person=query.person_id, most=max(0, min(query.limit, MAX_CARDS)))
    return Reads([
        Read(at, who, role, via, purpose, listed(fields), listed(cards), bool(masked))
        for at, who, role, via, purpose, fields, cards, masked in rows
    ])  # fmt: skip


def listed(packed: bytes) -> list[Any]:
    return list(msgspec.msgpack.decode(packed))
