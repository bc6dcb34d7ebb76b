"""The index of this process: on a folder (mapped, so that a start is quick) or in memory; one writer, many readers.

A folder holds numbered generations. A new one is built aside, and `current` names the one that serves: a process that
dies while it builds leaves a folder that the next start removes."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
import tantivy
from msgspec import Struct

from .entries import Entry, document, schema_of

FORM = 5  # of documents: another number, and every index is built anew
HEAP, BUILDING = 24_000_000, 96_000_000  # bytes of a writer: what does not fit becomes a file that each question opens
CURRENT = "current"
SERIALS = count()


class Mark(Struct):
    """What an index has in it: changes up to `turn`; `prints` are what its texts were made with (`keeper.prints`)."""

    form: str
    turn: int
    built_at: int
    prints: str = ""


class Volume:
    """One generation. Its methods block: a thread calls those that write."""

    def __init__(self, schema: Any, markets: Sequence[str], folder: Path | None, mark: Mark) -> None:
        self.schema, self.markets, self.folder, self.mark = schema, markets, folder, mark
        if folder:
            folder.mkdir(parents=True, exist_ok=True)
        self.index: Any = tantivy.Index(schema, path=str(folder)) if folder else tantivy.Index(schema)
        self.index.config_reader(reload_policy="manual")
        self.writer: Any = None
        self.searcher: Any = self.index.searcher()
        self.turn, self.serial = 0, next(SERIALS)  # the turn rises with every change that is visible

    def put(self, entries: Sequence[Entry], gone: Sequence[int] = (), *, new: bool = False) -> None:
        """The entries replace what was there of their products; seen after `commit`. `new`: nothing was there."""
        if self.writer is None:
            self.writer = self.index.writer(BUILDING if new else HEAP, 1)
        if old := [] if new else [*gone, *(e.id for e in entries)]:
            # by a query: the binding's deletion by term takes a number for a signed one and finds nothing
            self.writer.delete_documents_by_query(tantivy.Query.term_set_query(self.schema, "id", old))
        for e in entries:
            self.writer.add_document(document(e, self.markets))

    def commit(self, mark: Mark) -> None:
        """What was put is seen from now on, and is in the file; then, not before, the mark says so."""
        if self.writer is not None:
            self.writer.commit()
            self.index.reload()
            self.searcher = self.index.searcher()
            self.turn += 1
        self.mark = mark
        if self.folder:
            write_whole(self.folder / "mark.json", msgspec.json.encode(mark))

    def close(self) -> None:
        """The writer's lock is free."""
        if self.writer is not None:
            self.writer.wait_merging_threads()
            self.writer = None

    @property
    def size(self) -> int:
        return int(self.searcher.num_docs)


class Shelf:
    """The generation that serves, and the one that is being built."""

    def __init__(self, folder: Path | None, markets: Iterable[str]) -> None:
        self.folder, self.markets = folder, sorted(markets)
        self.schema = schema_of(self.markets)
        told = f"{FORM} {version('tantivy')} {self.markets}"
        self.form = hashlib.blake2b(told.encode(), digest_size=8).hexdigest()
        self.serving: Volume | None = None
        self.next = 1

    def open(self) -> bool:
        """The generation named by `current` serves, if it is there and of this form; what else lies about is removed."""
        if self.folder is None:
            return False
        self.folder.mkdir(parents=True, exist_ok=True)
        name = _read(self.folder / CURRENT)
        for other in self.folder.iterdir():
            if other.is_dir() and other.name != name:
                shutil.rmtree(other, ignore_errors=True)
        if not name or not name.isdigit():
            return False
        self.next = int(name) + 1
        try:
            mark = msgspec.json.decode(_read(self.folder / name / "mark.json"), type=Mark)
            if mark.form == self.form:
                self.serving = Volume(self.schema, self.markets, self.folder / name, mark)
        except (msgspec.DecodeError, ValueError, OSError):  # half a file after a crash of the machine: built anew
            self.serving = None
        return self.serving is not None

    def aside(self, turn: int, now: int, prints: str) -> Volume:
        """An empty generation that nobody sees yet."""
        folder = self.folder / str(self.next) if self.folder else None
        if folder and folder.exists():
            shutil.rmtree(folder)
        self.next += 1
        return Volume(self.schema, self.markets, folder, Mark(self.form, turn, now, prints))

    def swap(self, built: Volume) -> None:
        """The new generation serves; the old one's files go once its readers have left."""
        old, self.serving = self.serving, built
        if old:
            built.turn = old.turn + 1
        if self.folder and built.folder:
            write_whole(self.folder / CURRENT, built.folder.name.encode())
        if old:
            old.close()
            if old.folder:
                shutil.rmtree(old.folder, ignore_errors=True)  # mapped files stay readable until they are let go

    def close(self) -> None:
        if self.serving:
            self.serving.close()


def write_whole(path: Path, data: bytes) -> None:
    """The file is the old one or the new one, never half."""
    aside = path.with_suffix(".new")
    with aside.open("wb") as f:
        f.write(data)
        f.flush()
        os.fsync(f.fileno())
    aside.replace(path)


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
