"""Passwords: what is accepted, and the slow hash in a pool of its own."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import Protocol, TypeVar

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from jishi.kernel import FieldError, Invalid

from .commonest import COMMONEST
from .face import TooOften, WeakPassword

SHORTEST, LONGEST = 8, 1024  # characters
MEMORY_KIB, PASSES, LANES, SALT_BYTES = 19 * 1024, 2, 1, 16
THREADS, WAITING_MAX, BUSY_S = 2, 50, 5

T = TypeVar("T")


class Hasher(Protocol):
    """The slow hash. The simulator hands in a quick one."""

    dummy: str  # the hash of something nobody types: what unknown addresses are compared with

    async def hash(self, password: str) -> str: ...

    async def verify(self, stored: str, password: str) -> bool: ...

    def stale(self, stored: str) -> bool:
        """Made with other parameters than today's."""
        ...


class Argon2:
    """argon2id, m = 19 MiB, t = 2, p = 1 (OWASP's smallest): 40 to 120 ms a check, so 2 threads and at most 50 that wait."""

    dummy = "$argon2id$v=19$m=19456,t=2,p=1$lVfnHXkDqksifrNc6X4Daw$r5cDCoNQNGmc4WDpTRTPmf8lW3Oa2RFN/cZB2gd8bJk"

    def __init__(self, chance: Random) -> None:
        self.chance, self.waiting = chance, 0
        self.hasher = PasswordHasher(PASSES, MEMORY_KIB, LANES, type=Type.ID)
        self.pool = ThreadPoolExecutor(THREADS, "jishi-argon2")

    async def hash(self, password: str) -> str:
        salt = self.chance.randbytes(SALT_BYTES)
        return await self._slowly(lambda: self.hasher.hash(password, salt=salt))

    async def verify(self, stored: str, password: str) -> bool:
        def look() -> bool:
            try:
                return self.hasher.verify(stored, password)
            except (VerificationError, InvalidHashError):
                return False

        return await self._slowly(look)

    def stale(self, stored: str) -> bool:
        return self.hasher.check_needs_rehash(stored)

    async def _slowly(self, work: Callable[[], T]) -> T:
        if self.waiting >= WAITING_MAX + THREADS:
            raise TooOften(BUSY_S)
        self.waiting += 1
        future = asyncio.get_running_loop().run_in_executor(self.pool, work)
        future.add_done_callback(self._done)  # when the work ends, not when a caller leaves
        return await asyncio.shield(future)

    def _done(self, future: asyncio.Future[T]) -> None:
        self.waiting -= 1
        future.cancelled() or future.exception()  # looked at, even if the caller left


def normal(password: str) -> str:
    """The same secret from every keyboard (NFKC). Too long to be meant: `Invalid`."""
    if len(password) > LONGEST:
        raise Invalid([FieldError("password", "text.length", {"min": str(SHORTEST), "max": str(LONGEST)})])
    return unicodedata.normalize("NFKC", password.encode(errors="replace").decode())


def strong(password: str) -> str:
    """The password as it is hashed; fewer than 8 characters, or one of the commonest: `WeakPassword`."""
    whole = normal(password)
    if len(whole) < SHORTEST or whole.casefold() in COMMONEST or len(set(whole)) < 3:
        raise WeakPassword(SHORTEST)
    return whole
