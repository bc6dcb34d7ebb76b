"""Browser files by their hashed address, uploaded pictures, and what robots ask for."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from litestar import Response

from jishi.kernel.blobs import NoBlob

from .assets import FOREVER, TYPES
from .faults import NoPage
from .routes import get_plain
from .visit import Visit

PICTURES = frozenset({".webp", ".avif", ".jpg", ".png"})
SANDBOX = "default-src 'none'; sandbox"


@get_plain("/static/{name:path}")
async def static(visit: Visit, name: str) -> Response[bytes]:
    """Immutable: another content has another address."""
    asset = visit.site.assets.by_url.get(f"/static/{name.lstrip('/')}")
    if asset is None:
        raise NoPage
    coding, body = asset.form(visit.headers.get("accept-encoding", ""))
    headers = {"cache-control": FOREVER, "vary": "Accept-Encoding"} | ({"content-encoding": coding} if coding else {})
    return Response(body, media_type=asset.media_type, headers=headers)


@get_plain("/media/{name:path}")
async def media(visit: Visit, name: str) -> Response[bytes]:
    """An uploaded picture, re-encoded when it came in; nothing else is served from there, and nothing of it runs."""
    suffix = PurePosixPath(name).suffix
    if suffix not in PICTURES:
        raise NoPage
    try:
        body = await visit.shop.blobs.get(name.lstrip("/"))
    except NoBlob:
        raise NoPage from None
    headers = {"cache-control": FOREVER, "content-security-policy": SANDBOX}
    return Response(body, media_type=TYPES[suffix], headers=headers)


@get_plain("/robots.txt")
async def robots(visit: Visit) -> Response[str]:
    closed = "".join(f"Disallow: /{locale}{p}\n" for locale in ("zh-CN", "en") for p in ("/cart", "/checkout", "/me"))
    return Response(f"User-agent: *\n{closed}Disallow: /api/\n", media_type="text/plain")


@get_plain("/favicon.ico")
async def favicon(visit: Visit) -> Response[bytes]:
    return Response(
        b"", status_code=302, media_type="text/plain", headers={"location": visit.site.assets.url("favicon.svg")}
    )


handlers: list[Any] = [static, media, robots, favicon]
