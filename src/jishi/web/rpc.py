"""`POST /rpc/<face>/<verb>` for the shop's other processes: sealed calls, past the routing of bodies."""

from __future__ import annotations

from typing import Any

from litestar import asgi
from litestar.types import Receive, Scope, Send

from jishi.kernel.faces import Transport
from jishi.kernel.http import MAX_BODY

from .routes import PUBLIC, opts


def rpc(answer: Transport) -> Any:
    """Open to whoever has the key: the seal is checked before anything is read (`kernel.faces.endpoint`)."""

    @asgi("/rpc", is_mount=True, copy_scope=True, opt=opts(PUBLIC, "none", kind="rpc"))
    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        body, more = b"", True
        part: Any
        while more and len(body) <= MAX_BODY:
            part = await receive()
            if part["type"] == "http.disconnect":
                return
            body, more = body + part.get("body", b""), part.get("more_body", False)
        path = scope["path"] if scope["path"].startswith("/rpc/") else "/rpc" + scope["path"]
        status, raw = (413, b"") if more else await answer(path.rstrip("/"), body)
        start: Any = {
            "type": "http.response.start",
            "status": status,
            "headers": [(b"content-type", b"application/msgpack"), (b"content-length", str(len(raw)).encode())],
        }
        end: Any = {"type": "http.response.body", "body": raw, "more_body": False}
        await send(start)
        await send(end)

    return call
