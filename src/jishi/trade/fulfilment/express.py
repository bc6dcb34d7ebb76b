"""Jishi Express: the carrier that ships with Jishi. Its other end is in `jishi.sandbox.carrier`.

`POST /v1/parcels` books under our number, `GET /v1/parcels/{waybill}/tracks` tells all so far, both with a bearer key. Notes
come signed: header `x-express-signature: t=<ms UTC>,v1=<hex>`, HMAC-SHA256 over `<t>.<raw body>`."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any, TypeVar

import httpx
import msgspec
from msgspec import Struct

from .face import BadNote, Booking, CarrierDown, Track

CODE = "jishi_express"
HEADER = "x-express-signature"
TOLERANCE_MS = 300_000
TIMEOUT_S = 5.0
T = TypeVar("T")


class Booked(Struct, frozen=True):
    waybill: str


class Told(Struct, frozen=True):
    tracks: list[Track]


class Note(Struct, frozen=True):
    """`id` is the note's own; what happened is not in it but in the answer to the question that it provokes."""

    id: str
    waybill: str


def sign(secret: bytes, raw: bytes, at_ms: int) -> str:
    """The value of the signature header of a note sent at `at_ms`."""
    digest = hmac.new(secret, b"%d." % at_ms + raw, hashlib.sha256).hexdigest()
    return f"t={at_ms},v1={digest}"


def opened(code: str, secret: bytes, raw: bytes, headers: Mapping[str, str], now_ms: int) -> tuple[str, str]:
    """(id, waybill) of a note whose signature holds and is at most 300 s from now; else `BadNote` with its reason."""
    given = {name.lower(): value for name, value in headers.items()}.get(HEADER)
    if given is None:
        raise BadNote(code, "missing")
    try:
        at = int(dict(part.split("=", 1) for part in given.split(","))["t"])
    except (ValueError, KeyError):
        raise BadNote(code, "unreadable") from None
    if not hmac.compare_digest(given.encode(), sign(secret, raw, at).encode()):
        raise BadNote(code, "mismatch")
    if abs(now_ms - at) > TOLERANCE_MS:
        raise BadNote(code, "old")
    try:
        note = msgspec.json.decode(raw, type=Note)
    except msgspec.DecodeError:
        raise BadNote(code, "unreadable") from None
    if not (0 < len(note.id) <= 100 and 0 < len(note.waybill) <= 64):
        raise BadNote(code, "unreadable")
    return note.id, note.waybill


class JishiExpress:
    """The carrier over HTTP. Any answer but the right one is `CarrierDown`: nothing is known, ask again by the same number."""

    code = CODE

    def __init__(self, url: str, key: str, secret: str, http: httpx.AsyncClient | None = None) -> None:
        self.url, self.key, self.secret = url.rstrip("/"), key, secret.encode()
        self.http = http or httpx.AsyncClient(timeout=TIMEOUT_S)

    async def book(self, booking: Booking) -> str:
        raw = await self._ask("POST", "/v1/parcels", msgspec.json.encode(booking))
        return self._read(raw, Booked).waybill

    async def tracks(self, waybill: str) -> list[Track]:
        return self._read(await self._ask("GET", f"/v1/parcels/{waybill}/tracks"), Told).tracks

    def verify(self, raw: bytes, headers: dict[str, str], now_ms: int) -> tuple[str, str]:
        return opened(self.code, self.secret, raw, headers, now_ms)

    async def _ask(self, method: str, path: str, body: bytes | None = None) -> bytes:
        headers = {"authorization": f"Bearer {self.key}", "content-type": "application/json"}
        try:
            answer = await self.http.request(method, self.url + path, content=body, headers=headers)
        except httpx.HTTPError as e:
            raise CarrierDown(self.code) from e
        if answer.status_code != httpx.codes.OK:
            raise CarrierDown(self.code)
        return answer.content

    def _read(self, raw: bytes, shape: type[T]) -> T:
        try:
            return msgspec.json.decode(raw, type=shape)
        except msgspec.DecodeError as e:
            raise CarrierDown(self.code) from e


def jishi_express(options: Mapping[str, Any]) -> JishiExpress:
    """From its settings: url, key, secret."""
    return JishiExpress(str(options["url"]), str(options["key"]), str(options["secret"]))
