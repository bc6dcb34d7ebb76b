"""The wire between processes: HTTP/1.1 with keep-alive over asyncio streams, just what `POST /rpc/…` needs."""

from __future__ import annotations

import asyncio
from collections import deque

from .faces import Transport

MAX_BODY = 1 << 20


async def read_message(r: asyncio.StreamReader) -> tuple[str, bytes]:
    head = await r.readuntil(b"\r\n\r\n")
    first, *fields = head.decode("latin-1").split("\r\n")
    length = next((int(f.split(":", 1)[1]) for f in fields if f.lower().startswith("content-length:")), 0)
    if length > MAX_BODY:
        raise ConnectionError("too long")
    return first, await r.readexactly(length)


def connect(host: str, port: int) -> Transport:
    idle: deque[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = deque()

    async def send(path: str, body: bytes) -> tuple[int, bytes]:
        r, w = idle.pop() if idle else await asyncio.open_connection(host, port)
        whole = False
        try:
            w.write(
                f"POST {path} HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/msgpack\r\ncontent-length: {len(body)}\r\n\r\n".encode()
                + body
            )
            first, answer = await read_message(r)
            whole = True
            return int(first.split(" ", 2)[1]), answer
        except EOFError as e:  # IncompleteReadError is no OSError
            raise ConnectionResetError(str(e)) from e
        finally:  # a call that was cancelled half way leaves an answer on the wire: never reuse it
            idle.append((r, w)) if whole else w.close()

    return send


async def serve(answer: Transport, port: int) -> None:
    """For benches and tests; the product mounts `answer` in Litestar on Granian."""

    async def one(r: asyncio.StreamReader, w: asyncio.StreamWriter) -> None:
        try:
            while True:
                first, body = await read_message(r)
                status, raw = await answer(first.split(" ")[1], body)
                w.write(f"HTTP/1.1 {status} .\r\ncontent-length: {len(raw)}\r\n\r\n".encode() + raw)
        except (EOFError, OSError):
            w.close()

    async with await asyncio.start_server(one, "127.0.0.1", port) as server:
        await server.serve_forever()
