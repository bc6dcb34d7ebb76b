"""Around everything, unknown routes included: the request's id, the security headers, the packing, one line of log."""

from __future__ import annotations

import logging
from typing import Any, cast

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, Scope, Send

from jishi.kernel.log import trace

from .packing import SENT, best_coding, pack
from .visit import Site, Visit

log = logging.getLogger("jishi.web")
CSP = "default-src 'self'; script-src 'self'; style-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
HEADERS = [
    (b"content-security-policy", CSP.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()"),
]
HSTS = (b"strict-transport-security", b"max-age=63072000; includeSubDomains")  # two years
LEAST_PACKED = 800  # bytes
PACKED = (b"text/", b"application/json", b"application/problem+json")


class Edge:
    def __init__(self, app: ASGIApp, site: Site) -> None:
        self.app, self.site = app, site
        self.headers = [*HEADERS, HSTS] if site.config.https else HEADERS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        now, world = self.site.shop.world.now, cast(Any, scope)
        began, visit = now(), Visit(self.site, scope)
        world["jishi"] = visit
        token = trace.set(visit.trace)
        head = scope["method"] == "HEAD"
        if head:
            world["method"] = "GET"
        answer = Answer(visit, self.headers, send, head=head)
        try:
            await self.app(scope, receive, answer.send)
        finally:
            path = world.get("path_template") or "?"  # never the path itself: it may hold a secret
            log.info(
                "%s %s", "HEAD" if head else scope["method"], path, extra={"status": answer.status, "ms": now() - began}
            )
            trace.reset(token)


class Answer:
    """Holds the start of the response until its body is known to be whole or to come in parts."""

    def __init__(self, visit: Visit, headers: list[tuple[bytes, bytes]], send: Send, *, head: bool) -> None:
        self.visit, self.headers, self.out, self.head = visit, headers, send, head
        self.begun: Any = None
        self.status = 0

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.begun, self.status = message, message["status"]
            return
        if message["type"] != "http.response.body":
            await self.out(message)
            return
        body = message.get("body", b"")
        if self.begun is not None:
            whole = not message.get("more_body", False)
            fields = self._fields(self.begun["headers"])
            if whole and not self.head:
                body = self._pack(fields, body)
            start: Any = {**self.begun, "headers": fields}
            self.begun = None
            await self.out(start)
        end: Any = {**message, "body": b"" if self.head else body}
        await self.out(end)

    def _fields(self, given: Any) -> list[tuple[bytes, bytes]]:
        fields = [(k.lower(), v) for k, v in given]
        names = {k for k, _ in fields}
        fields += [h for h in self.headers if h[0] not in names]
        fields.append((b"x-request-id", self.visit.trace.encode()))
        if b"cache-control" not in names:
            fields.append((b"cache-control", b"private, no-cache" if self.visit.is_page else b"no-store"))
        fields += [(b"set-cookie", c.encode("latin-1")) for c in self.visit.set_cookies]
        return fields

    def _pack(self, fields: list[tuple[bytes, bytes]], body: bytes) -> bytes:
        kind = next((v for k, v in fields if k == b"content-type"), b"")
        if len(body) < LEAST_PACKED or not kind.startswith(PACKED) or any(k == b"content-encoding" for k, _ in fields):
            return body
        fields.append((b"vary", b"Accept-Encoding"))
        coding = best_coding(self.visit.headers.get("accept-encoding", ""))
        if not coding:
            return body
        packed = pack(body, coding, SENT)
        fields[:] = [(k, v) for k, v in fields if k != b"content-length"]
        fields += [(b"content-encoding", coding.encode()), (b"content-length", str(len(packed)).encode())]
        return packed
