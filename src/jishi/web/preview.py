"""Links that show a product before buyers may see it: signed, and for a while only."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from jishi.kernel import Actor, Context, FieldError, Invalid

from .faults import NoPage

SIGNED, LONGEST = 16, 64  # bytes of the signature, characters of a token
MAX_DAYS = 30


class Early(Struct, frozen=True):
    product_id: int
    until: int


def link_token(secret: bytes, product_id: int, until: int) -> str:
    """Whoever has it sees the product until then (ms UTC)."""
    told = product_id.to_bytes(8) + until.to_bytes(8)
    return urlsafe_b64encode(told + _proof(secret, told)).rstrip(b"=").decode()


def opened(secret: bytes, token: str, now: int) -> Early:
    """What the token shows; one that is forged or whose time is over is `NoPage`."""
    try:
        raw = urlsafe_b64decode(token + "=" * (-len(token) % 4)) if len(token) <= LONGEST and token.isascii() else b""
    except (Error, ValueError):
        raise NoPage from None
    told, proof = raw[:16], raw[16:]
    if len(raw) != 16 + SIGNED or not hmac.compare_digest(proof, _proof(secret, told)):
        raise NoPage
    early = Early(int.from_bytes(told[:8]), int.from_bytes(told[8:]))
    if early.until <= now:
        raise NoPage
    return early


def _proof(secret: bytes, told: bytes) -> bytes:
    return hmac.digest(secret, b"preview\0" + told, "sha256")[:SIGNED]


def as_house(ctx: Context) -> Context:
    """The same place and language, seen with the house's eyes: the link, or the clerk's own desk, is the permission."""
    return replace(ctx, actor=Actor(0, "system"))


def moment(text: str, zone: str, field: str = "at") -> int:
    """`2026-11-24T09:00` in the market's zone (or with an offset of its own) in ms UTC; `Invalid` for anything else."""
    try:
        told = datetime.fromisoformat(text[:40].replace(" ", "+"))
        told = told if told.tzinfo else told.replace(tzinfo=ZoneInfo(zone))
        ms = int(told.timestamp() * 1000)
    except (ValueError, OverflowError):
        raise Invalid([FieldError(field, "moment.wrong")]) from None
    if not 0 < ms < 1 << 53:
        raise Invalid([FieldError(field, "moment.wrong")])
    return ms
