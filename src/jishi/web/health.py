"""`/healthz`: the process lives. `/readyz`: it can serve; what it lacks is named, for whoever runs it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from litestar import Response

from jishi.kernel.source import OutboxSource

from .faces import Shop
from .routes import get_plain

READY_S = 2  # seconds that all parts together have for their answer


def handlers(shop: Shop, ready: Callable[[], Awaitable[Sequence[str]]] | None) -> list[Any]:
    lacks = ready or (lambda: databases(shop))

    @get_plain("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "alive"}

    @get_plain("/readyz")
    async def readyz() -> Response[Any]:
        try:
            async with asyncio.timeout(READY_S):
                missing = list(await lacks())
        except Exception as e:  # whatever it is, it is not ready
            missing = [type(e).__name__]
        body = {"status": "waiting", "missing": missing} if missing else {"status": "ready"}
        return Response(body, status_code=503 if missing else 200)

    return [healthz, readyz]


async def databases(shop: Shop) -> list[str]:
    """The modules whose database does not answer, one of each engine asked."""
    asked: dict[int, Any] = {}
    for service in getattr(shop, "services", ()):
        asked.setdefault(id(service.db.engine), service.db)
    silent = []
    for db in asked.values():
        try:
            await OutboxSource(db).due()
        except Exception:  # the reason is in the engine's log; here it matters that it is silent
            silent.append(f"database of {db.module.name}")
    return silent
