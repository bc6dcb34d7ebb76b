"""Before a route runs: is it allowed, how often, for whom, and did the caller mean it. (`edge` is before routes are known.)"""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec
from litestar import Request
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

from jishi.kernel import FieldError, Forbidden, Invalid

from . import csrf
from .faults import Forged, NeedsSession, Unreadable, WrongMedia
from .problems import wrong_shape
from .routes import PUBLIC
from .visit import Visit, of_scope

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
LONGEST_KEY = 200


class Gate:
    """Order: who (cached), how often, permission, intent (origin, token, media type), a guest is made where one is needed,
    then a program's body is read."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP and scope["method"] != "OPTIONS":
            await self.check(of_scope(scope), scope["route_handler"].opt, scope, receive)
        await self.app(scope, receive, send)

    async def check(self, visit: Visit, opt: Any, scope: HTTPScope, receive: Receive) -> None:
        kind = opt["kind"]
        if kind in ("page", "api"):
            await visit.admit(bearer=kind == "api")
        visit.site.rates.check(opt["rate"], visit.actor.id, visit.network)
        if kind not in ("page", "api"):
            return
        check_key(visit.headers.get("idempotency-key", ""))
        if opt["needs"] != PUBLIC and opt["needs"] not in visit.shop.grants.get(visit.actor.role, frozenset()):
            raise NeedsSession if kind == "api" and not visit.actor.id else Forbidden(opt["needs"])
        if scope["method"] not in SAFE:
            await check_intent(visit, kind, receive)
        if opt.get("person") and not visit.actor.id:
            if kind == "api":
                raise NeedsSession
            await visit.become_someone()
        if kind == "api" and scope["method"] not in SAFE:
            await read_body(scope, receive)


def check_key(key: str) -> None:
    """An Idempotency-Key is at most 200 visible ASCII characters."""
    if key and (len(key) > LONGEST_KEY or not key.isascii() or not key.isprintable()):
        raise Unreadable


async def read_body(scope: HTTPScope, receive: Receive) -> None:
    """The JSON is what the handler takes, strictly: `"1"` is no number. The framework reads it again from the same bytes,
    and by then nothing of it can be wrong: neither its encoding nor its depth."""
    data = scope["route_handler"].parsed_fn_signature.parameters.get("data")
    if data is None:
        return
    request = Request[Any, Any, Any](scope, receive)
    if not (raw := await request.body()):
        raise Invalid([FieldError("", "required")])
    try:
        decoder(data.annotation).decode(raw)
    except msgspec.ValidationError as e:
        message, _, at = str(e).partition(" - at ")
        place = at.partition("`$")[2].rstrip("`").replace("[...]", "").strip(".")
        raise Invalid([wrong_shape(place, message)]) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Unreadable from None


@cache
def decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)


async def check_intent(visit: Visit, kind: str, receive: Receive) -> None:
    """The caller meant it. A bearer's token is proof enough, for browsers send it to nobody by themselves; JSON needs its
    media type, which no foreign form can send; a form needs its token."""
    media = visit.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind == "api":
        has_body = visit.headers.get("content-length", "0") != "0" or "transfer-encoding" in visit.headers
        if has_body and media != "application/json":
            raise WrongMedia("application/json")
        if visit.headers.get("authorization"):
            return
    config = visit.site.config
    csrf.check_origin(visit.headers, config.base_url.rstrip("/"), any_host=not config.production)
    if kind == "api":
        return
    if media not in FORMS:
        raise WrongMedia(FORMS[0])
    scope: Any = visit.scope
    scope["jishi_request"] = request = Request[Any, Any, Any](scope, receive)
    given = visit.headers.get(csrf.HEADER) or str((await request.form()).get(csrf.FIELD, ""))
    if not visit.proves(given):
        raise Forged("token")
