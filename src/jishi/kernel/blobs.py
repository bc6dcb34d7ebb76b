"""Files by name under one folder: written whole or not at all, and never outside of it.

Names are relative, `/`-separated, of lower-case letters, digits, `-`, `_` and `.`; a name's content never changes once it
is public (pictures carry their id), so that whoever serves it may call it immutable."""

from __future__ import annotations

import asyncio
import os
import re
import tempfile
from abc import ABC, abstractmethod
from pathlib import Path

from .faults import Fault

NAME = re.compile(r"[a-z0-9_][a-z0-9_.-]*(/[a-z0-9_][a-z0-9_.-]*)*")
LONGEST_NAME, LARGEST = 200, 32 << 20  # characters, bytes


class NoBlob(Fault, code="blob.none", status=404):
    name: str


class Blobs(ABC):
    """The port: a folder now, an object store behind the same five verbs later."""

    @abstractmethod
    async def put(self, name: str, data: bytes) -> None:
        """The bytes are durably there, whole; whoever reads meanwhile sees the old ones or the new ones."""

    @abstractmethod
    async def get(self, name: str) -> bytes:
        """Raises `NoBlob`."""

    @abstractmethod
    async def has(self, name: str) -> bool: ...

    @abstractmethod
    async def drop(self, name: str) -> None:
        """It is gone; one that was not there is no error."""

    @abstractmethod
    async def names(self, prefix: str = "", limit: int = 1000) -> list[str]:
        """Sorted, at most `limit`."""


def checked(name: str) -> str:
    """The name itself; one that could leave the folder is a `NoBlob`, as if it were not there."""
    if len(name) > LONGEST_NAME or not NAME.fullmatch(name) or ".." in name:
        raise NoBlob(name[:LONGEST_NAME])
    return name


class FolderBlobs(Blobs):
    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)

    def path(self, name: str) -> Path:
        """Where the file is or would be, for a server that hands files on by path."""
        return self.folder / checked(name)

    async def put(self, name: str, data: bytes) -> None:
        if len(data) > LARGEST:
            raise ValueError(f"{name}: {len(data)} bytes, at most {LARGEST}")
        await asyncio.to_thread(self._put, self.path(name), data)

    def _put(self, path: Path, data: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=".", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as f:
                f.write(data)
                f.flush()
                os.fsync(f.fileno())
            os.chmod(temporary, 0o644)
            os.replace(temporary, path)
        except BaseException:
            os.unlink(temporary)
            raise
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)  # the name itself survives a power loss too
        finally:
            os.close(folder)

    async def get(self, name: str) -> bytes:
        try:
            return await asyncio.to_thread(self.path(name).read_bytes)
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            raise NoBlob(name) from None

    async def has(self, name: str) -> bool:
        return await asyncio.to_thread(self.path(name).is_file)

    async def drop(self, name: str) -> None:
        await asyncio.to_thread(self.path(name).unlink, missing_ok=True)

    async def names(self, prefix: str = "", limit: int = 1000) -> list[str]:
        return await asyncio.to_thread(self._names, prefix, limit)

    def _names(self, prefix: str, limit: int) -> list[str]:
        found = (p.relative_to(self.folder).as_posix() for p in self.folder.rglob("*") if p.is_file())
        return sorted(n for n in found if n.startswith(prefix) and NAME.fullmatch(n))[:limit]
