"""The gateway on its own port, for tests and for those who try it alone."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from granian.constants import Interfaces
from granian.server.embed import Server

STOP_S = 5


def free_port(host: str = "127.0.0.1") -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as s:
        s.bind((host, 0))
        return int(s.getsockname()[1])


@asynccontextmanager
async def served(app: Any, port: int, host: str = "127.0.0.1") -> AsyncIterator[str]:
    """The ASGI application answers at the address that is given, until the end."""
    server = Server(app, host, port, interface=Interfaces.ASGI, log_enabled=False)
    task = asyncio.create_task(server.serve())
    try:
        for _ in range(200):
            try:
                _, writer = await asyncio.open_connection(host, port)
            except OSError:
                await asyncio.sleep(0.02)
                continue
            writer.close()
            break
        yield f"http://{host}:{port}"
    finally:
        server.stop()  # type: ignore[no-untyped-call]  # the library's
        await asyncio.wait_for(task, STOP_S)
