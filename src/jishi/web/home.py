"""The front door: `/` leads to the visitor's language."""

from __future__ import annotations

from typing import Any

from litestar import Response

from .routes import get_plain
from .visit import Visit


@get_plain("/", rate="read")
async def door(visit: Visit) -> Response[bytes]:
    """By cookie, then Accept-Language, then the shop's own language."""
    headers = {"location": f"/{visit.locale}", "vary": "Cookie, Accept-Language"}
    return Response(b"", status_code=303, media_type="text/plain", headers=headers)


handlers: list[Any] = [door]
