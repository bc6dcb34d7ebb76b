"""Forms prove that this shop made them for this visitor: a token derived from the session, and where the browser says it comes from.

The token is HMAC(web secret, session token) and so needs no store. A visitor without a session gets a random seed in a
cookie of its own (double submit). On the page the token is masked anew each time: compressed pages that also show
what was typed must not give it away letter by letter (BREACH)."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from urllib.parse import urlsplit

from .faults import Forged

FIELD, HEADER, SEED = "_csrf", "x-csrf", "jishi_seed"
SIZE = 16  # bytes


def proof(secret: bytes, of: str) -> bytes:
    return hmac.digest(secret, b"csrf\0" + of.encode(), "sha256")[:SIZE]


def token(secret: bytes, of: str, mask: bytes) -> str:
    """What goes on the page: the mask and the masked proof, in hex."""
    return (mask + bytes(a ^ b for a, b in zip(mask, proof(secret, of), strict=True))).hex()


def proves(secret: bytes, of: str, given: str) -> bool:
    try:
        raw = bytes.fromhex(given)
    except ValueError:
        return False
    if len(raw) != 2 * SIZE or not of:
        return False
    bare = bytes(a ^ b for a, b in zip(raw[:SIZE], raw[SIZE:], strict=True))
    return hmac.compare_digest(bare, proof(secret, of))


def check_origin(headers: Mapping[str, str], origin: str, *, any_host: bool) -> None:
    """Raises `Forged` when the browser says that the request was made elsewhere. `any_host`: the Host header's origin
    is ours too (demo and dev, which are reached by several names)."""
    site = headers.get("sec-fetch-site")
    if site not in (None, "same-origin", "none"):
        raise Forged("origin")
    said = headers.get("origin")
    if said is None or said == origin:
        return
    try:
        place = urlsplit(said).netloc
    except ValueError:  # http://[
        raise Forged("origin") from None
    if not (any_host and place and place == headers.get("host")):
        raise Forged("origin")
