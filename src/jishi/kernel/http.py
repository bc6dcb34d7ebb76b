"""The wire between processes: HTTP/1.1 with keep-alive over asyncio streams, just what `POST /rpc/…` needs."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from .faces import Transport
from .wire import MAX_ANSWER, MAX_BODY

__all__ = ["MAX_BODY", "connect", "serve"]

CONNECTIONS = 64  # to one peer
IDLE_S = 75  # a connection that says nothing for so long is closed

Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def read_message(r: asyncio.StreamReader, limit: int) -> tuple[str, bytes]:
    """The first line and the body. ConnectionError: nothing that this wire speaks."""
    try:
        head = await r.readuntil(b"\r\n\r\n")
        first, *fields = head.decode("latin-1").split("\r\n")
        length = next((int(f.split(":", 1)[1]) for f in fields if f.lower().startswith("content-length:")), 0)
        if not 0 <= length <= limit:
            raise ConnectionError("too long")
        return first, await r.readexactly(length)
    except EOFError as e:  # IncompleteReadError is no OSError
        raise ConnectionResetError(str(e)) from e
    except (ValueError, asyncio.LimitOverrunError) as e:
        raise ConnectionError("not understood") from e


class Remote:
    """A `Transport` to one peer over up to 64 connections. OSError: the outcome is not known."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self.idle, self.places = deque[Line](), asyncio.Semaphore(CONNECTIONS)

    async def __call__(self, path: str, body: bytes) -> tuple[int, bytes]:
        async with self.places:
            r, w = self.idle.pop() if self.idle else await asyncio.open_connection(self.host, self.port)
            whole = False
            try:
                head = f"POST {path} HTTP/1.1\r\nhost: {self.host}\r\ncontent-type: application/msgpack\r\n"
                w.write(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body)
                first, answer = await read_message(r, MAX_ANSWER)
                status = int(first.split(" ", 2)[1])
                whole = True
            except OSError:  # the peer is gone, and with it every line that waits here
                self.drop()
                raise
            finally:  # a call that was cancelled half way leaves an answer on the wire: never reuse it
                if whole:
                    self.idle.append((r, w))
                else:
                    w.close()
            return status, answer

    def drop(self) -> None:
        """Lines that wait are closed; the next call opens its own."""
        while self.idle:
            self.idle.pop()[1].close()


def connect(host: str, port: int) -> Remote:
    """The way to a peer; it connects when it is asked."""
    return Remote(host, port)


async def serve(answer: Transport, port: int, ready: Callable[[int], None] = lambda port: None) -> None:
    """Serves for ever on the loopback; `ready` is told the port (0 asks for a free one). The product mounts `answer`
    in its web server; this is for benches and tests."""

    async def one(r: asyncio.StreamReader, w: asyncio.StreamWriter) -> None:
        with suppress(OSError, TimeoutError):
            while True:
                async with asyncio.timeout(IDLE_S):
                    first, body = await read_message(r, MAX_BODY)
                status, raw = await answer(first.split(" ")[1], body)
                w.write(f"HTTP/1.1 {status} .\r\ncontent-length: {len(raw)}\r\n\r\n".encode() + raw)
        w.close()

    async with await asyncio.start_server(one, "127.0.0.1", port) as server:
        ready(server.sockets[0].getsockname()[1])
        await server.serve_forever()
