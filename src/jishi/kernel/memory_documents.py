"""The document store of tests and the simulator: nothing is kept beyond the `Store` that it is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from .documents import (
    BODY_MAX,
    EVENTS_MAX,
    FULL,
    IDS_MAX,
    Carrier,
    Document,
    Documents,
    Find,
    Kind,
    Known,
    Pending,
    Scalar,
    pending,
    soonest,
)
from .faults import Unavailable
from .sql import Event
from .world import World

S = TypeVar("S", bound=msgspec.Struct)


class Kept(msgspec.Struct):
    """One document as it lies there: its JSON, so that what comes out is never what was put in itself."""

    id: str
    version: int
    stamp: int
    body: bytes
    fields: dict[str, Any]
    events: list[Pending]
    gone: bool = False


Store = dict[str, dict[str, Kept]]  # kind → id → document; it outlives the process that a simulator kills


class MemoryDocuments(Documents):
    """Each write is done before anybody else runs, for nothing here waits."""

    def __init__(self, world: World, store: Store | None = None) -> None:
        super().__init__(world)
        self.store: Store = {} if store is None else store

    async def declare(self, *kinds: Kind[Any]) -> None:
        for kind in kinds:
            self._all(kind)

    async def insert(self, kind: Kind[S], id: str, body: S, *events: Event) -> bool:
        new = pending(self.world, events)
        raw, fields = self._checked(kind, body, new)
        if id in self._all(kind):
            return False
        self._unique(kind, id, fields)
        self._all(kind)[id] = Kept(id, 1, 1, raw, fields, new)
        return self._told(kind, new)

    async def get(self, kind: Kind[S], ids: Sequence[str]) -> dict[str, Document[S]]:
        if len(ids) > IDS_MAX:
            raise ValueError(f"{len(ids)} of at most {IDS_MAX} ids")
        found = (self._all(kind).get(id) for id in ids)
        return {k.id: self._document(kind, k) for k in found if k and not k.gone}

    async def find(self, kind: Kind[S], find: Find) -> list[Document[S]]:
        kind.check(find)

        def place(k: Kept) -> tuple[Any, str]:
            return (k.id if find.sort == "id" else k.fields[find.sort]), k.id

        rows = [k for k in self._fitting(kind, find.equals) if find.sort == "id" or k.fields[find.sort] is not None]
        rows.sort(key=place, reverse=find.descending)
        if find.after is not None:
            rows = [k for k in rows if (place(k) < find.after if find.descending else place(k) > find.after)]
        return [self._document(kind, k) for k in rows[: find.limit]]

    async def count(self, kind: Kind[S], equals: Mapping[str, Scalar]) -> int:
        kind.check_equals(equals)
        return len(self._fitting(kind, equals))

    async def replace(self, kind: Kind[S], id: str, version: int, body: S, *events: Event) -> bool:
        kept, new = self._at(kind, id, version), pending(self.world, events)
        if kept is None:
            return False
        raw, fields = self._checked(kind, body, kept.events + new)
        self._unique(kind, id, fields)
        kept.body, kept.fields, kept.events = raw, fields, kept.events + new
        kept.version, kept.stamp = kept.version + 1, kept.stamp + 1
        return self._told(kind, new)

    async def remove(self, kind: Kind[S], id: str, version: int, *events: Event) -> bool:
        kept, new = self._at(kind, id, version), pending(self.world, events)
        if kept is None:
            return False
        kept.body, kept.fields, kept.events = b"{}", dict.fromkeys(kind.fields), kept.events + new
        kept.version, kept.stamp, kept.gone = kept.version + 1, kept.stamp + 1, True
        if not kept.events:
            del self._all(kind)[id]
        return self._told(kind, new)

    async def carrier(self, kind: Kind[Any], id: str) -> Carrier | None:
        kept = self._all(kind).get(id)
        return self._carrier(kept) if kept else None

    async def carriers(self, kind: Kind[Any], state: int, limit: int) -> list[Carrier]:
        rows = [(at, k.id, k) for k in self._all(kind).values() if (at := soonest(k.events, state)) is not None]
        return [self._carrier(k) for _, _, k in sorted(rows, key=lambda row: row[:2])[:limit]]

    async def carry(self, kind: Kind[Any], carrier: Carrier, events: Sequence[Pending]) -> bool:
        kept = self._all(kind).get(carrier.id)
        if kept is None or kept.stamp != carrier.stamp:
            return False
        kept.events, kept.stamp = list(events), kept.stamp + 1
        if kept.gone and not kept.events:
            del self._all(kind)[kept.id]
        return True

    def _all(self, kind: Kind[Any]) -> dict[str, Kept]:
        return self.store.setdefault(kind.name, {})

    def _at(self, kind: Kind[Any], id: str, version: int) -> Kept | None:
        kept = self._all(kind).get(id)
        return kept if kept and kept.version == version and not kept.gone else None

    def _fitting(self, kind: Kind[Any], equals: Mapping[str, Scalar]) -> list[Kept]:
        return [k for k in self._all(kind).values() if not k.gone and all(k.fields[f] == v for f, v in equals.items())]

    def _unique(self, kind: Kind[Any], id: str, fields: Mapping[str, Any]) -> None:
        for index in kind.indexes:
            values = [fields[f] for f in index.fields]
            if not index.unique or None in values:
                continue
            if any([k.fields[f] for f in index.fields] == values for k in self._all(kind).values() if k.id != id):
                raise Known(f"{kind.name} {index.fields}")

    def _checked(
        self, kind: Kind[Any], body: msgspec.Struct, events: Sequence[Pending]
    ) -> tuple[bytes, dict[str, Any]]:
        raw = msgspec.json.encode(body)
        if len(raw) > BODY_MAX:
            raise ValueError(f"{len(raw)} of at most {BODY_MAX} bytes")
        if len(events) > EVENTS_MAX:
            raise Unavailable(FULL)
        plain = msgspec.json.decode(raw)
        return raw, {field: _under(plain, field) for field in kind.fields}

    def _told(self, kind: Kind[Any], new: Sequence[Pending]) -> bool:
        if new:
            self.on_commit(kind, 0)
        return True

    @staticmethod
    def _document(kind: Kind[S], kept: Kept) -> Document[S]:
        return Document(kept.id, kept.version, msgspec.json.decode(kept.body, type=kind.shape))

    @staticmethod
    def _carrier(kept: Kept) -> Carrier:
        return Carrier(kept.id, kept.stamp, list(kept.events), kept.gone)


def _under(plain: Any, field: str) -> Any:
    """`seal.at` of a document; None where it has no such field."""
    for word in field.split("."):
        plain = plain.get(word) if isinstance(plain, dict) else None
    return plain
