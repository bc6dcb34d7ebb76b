"""Browser files by their hashed address, uploaded pictures, and what robots ask for."""

from __future__ import annotations

import gzip
import re
from pathlib import PurePosixPath
from typing import Any

from litestar import Response

from jishi.kernel.blobs import NoBlob
from jishi.kernel.i18n import LOCALES

from .assets import FOREVER, TYPES
from .faults import NoPage
from .routes import get_plain
from .sitemaps import INDEX
from .visit import Visit

PICTURES = frozenset({".webp", ".avif", ".jpg", ".png"})
FILMS = {".mp4": "video/mp4", ".webm": "video/webm"}
RANGE = re.compile("bytes=([0-9]{1,12})-([0-9]{0,12})")
CLOSED = ("/cart", "/checkout", "/me", "/orders", "/find-order", "/sign-in", "/desk")
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
    """An uploaded picture, re-encoded when it came in, or a video that was walked through; nothing else is served from there, and nothing of it runs."""
    suffix = PurePosixPath(name).suffix
    if suffix not in PICTURES and suffix not in FILMS:
        raise NoPage
    try:
        body = await visit.shop.blobs.get(name.lstrip("/"))
    except NoBlob:
        raise NoPage from None
    headers = {"cache-control": FOREVER, "content-security-policy": SANDBOX}
    if suffix in FILMS:
        return part_of(body, FILMS[suffix], headers, visit.headers.get("range", ""))
    return Response(body, media_type=TYPES[suffix], headers=headers)


def part_of(body: bytes, media_type: str, headers: dict[str, str], asked: str) -> Response[bytes]:
    """A video, or the one range of it that a player asked for (RFC 9110 §14); without ranges Safari plays none."""
    headers["accept-ranges"] = "bytes"
    found = RANGE.fullmatch(asked)
    if not found:
        return Response(body, media_type=media_type, headers=headers)
    first, last = int(found[1]), min(int(found[2] or len(body)), len(body) - 1)
    if first > last:
        headers["content-range"] = f"bytes */{len(body)}"
        return Response(b"", status_code=416, media_type=media_type, headers=headers)
    headers["content-range"] = f"bytes {first}-{last}/{len(body)}"
    return Response(body[first : last + 1], status_code=206, media_type=media_type, headers=headers)


@get_plain("/robots.txt")
async def robots(visit: Visit) -> Response[str]:
    """What is somebody's own is nobody's to index."""
    closed = "".join(f"Disallow: /{locale}{path}\n" for locale in LOCALES for path in CLOSED)
    where = f"{visit.site.config.base_url.rstrip('/')}/sitemap.xml"
    return Response(f"User-agent: *\n{closed}Disallow: /api/\n\nSitemap: {where}\n", media_type="text/plain")


@get_plain("/sitemap.xml", rate="read")
async def sitemap_index(visit: Visit) -> Response[bytes]:
    return _sitemap(visit, (await visit.site.maps.fresh())[INDEX])


@get_plain("/sitemaps/{name:str}", rate="read")
async def sitemap(visit: Visit, name: str) -> Response[bytes]:
    packed = (await visit.site.maps.fresh()).get(name)
    if packed is None:
        raise NoPage
    return _sitemap(visit, packed)


def _sitemap(visit: Visit, packed: bytes) -> Response[bytes]:
    headers = {"cache-control": "public, max-age=3600", "vary": "Accept-Encoding"}
    if "gzip" in visit.headers.get("accept-encoding", "").lower():
        return Response(packed, media_type="application/xml", headers=headers | {"content-encoding": "gzip"})
    return Response(gzip.decompress(packed), media_type="application/xml", headers=headers)


@get_plain("/favicon.ico")
async def favicon(visit: Visit) -> Response[bytes]:
    return Response(
        b"", status_code=302, media_type="text/plain", headers={"location": visit.site.assets.url("favicon.svg")}
    )


handlers: list[Any] = [static, media, robots, sitemap_index, sitemap, favicon]
