"""Content codings: brotli where the browser takes it, else gzip, else as it is."""

from __future__ import annotations

import gzip

import brotli  # type: ignore[import-untyped]

KEPT, SENT = 11, 4  # brotli's quality for bytes that are kept, and for bytes sent once
GZIP = {KEPT: 9, SENT: 5}


def pack(raw: bytes, coding: str, quality: int) -> bytes:
    """`raw` in a coding (br, gzip or "")."""
    if not coding:
        return raw
    return (
        bytes(brotli.compress(raw, quality=quality)) if coding == "br" else gzip.compress(raw, GZIP[quality], mtime=0)
    )


def best_coding(accepted: str) -> str:
    """br, gzip or "", from Accept-Encoding; a coding with q=0 is refused."""
    offers = {}
    for part in accepted.lower().split(",")[:20]:
        name, _, q = part.strip().partition(";q=")
        offers[name] = q.strip() not in ("0", "0.0", "0.00", "0.000")
    return next((coding for coding in ("br", "gzip") if offers.get(coding)), "")
