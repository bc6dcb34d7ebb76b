"""HTTP around the gateway: Stripe's API, the hosted page, and the tester's plan."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from litestar import Litestar, MediaType, Request, Response, get, post, put, route
from litestar.params import FromPath, QueryParameter
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from . import pages
from .objects import Refusal
from .plan import Fault
from .store import Thing

if TYPE_CHECKING:
    from .gateway import Gateway

MAX_BODY = 64 * 1024
CUT = b"x-sandbox-cut"
Lang = Annotated[str, QueryParameter(name="lang", max_length=8)]
FAULTS = msgspec.json.Decoder(list[Fault])


def application(gateway: Gateway) -> ASGIApp:
    """Run alone, its lifespan delivers webhooks; mounted, `async with gateway` does."""

    @route("/v1/{path:path}", http_method=["GET", "POST"])
    async def api(request: Request[Any, Any, Any], path: FromPath[str]) -> Response[bytes]:
        asked = request.scope["query_string"].decode() if request.method == "GET" else (await request.body()).decode()
        key, known = request.headers.get("idempotency-key", ""), request.headers.get("authorization", "")
        if key and key in gateway.running:
            busy = Refusal("Another request with this key is under way.", "idempotency_key_in_use", status=409)
            return Response(msgspec.json.encode(busy.body), status_code=409, media_type=MediaType.JSON)
        gateway.running.add(key)
        try:
            answer = gateway.call(request.method, f"/v1{path}", asked, key, known)
            if answer.delay_ms:
                await asyncio.sleep(answer.delay_ms / 1000)
        finally:
            gateway.running.discard(key)
        headers = {"request-id": gateway.objects.new_id("req")}
        if answer.replayed:
            headers["idempotent-replayed"] = "true"
        if answer.cut:
            headers[CUT.decode()] = "1"
        return Response(answer.body, status_code=answer.status, media_type=MediaType.JSON, headers=headers)

    @get("/pay/{session_id:str}", sync_to_thread=False)
    def page(request: Request[Any, Any, Any], session_id: FromPath[str], lang: Lang = "") -> Response[str]:
        return _page(gateway, request, session_id, lang)

    @post("/pay/{session_id:str}")
    async def pay(request: Request[Any, Any, Any], session_id: FromPath[str], lang: Lang = "") -> Response[str]:
        card = (await request.form()).get("card", "")
        try:
            session = gateway.pay(session_id, str(card))
        except Refusal as no:
            if no.status == 404:
                return _none(request, lang)
            return _page(gateway, request, session_id, lang, "no_card")
        return _after(gateway, request, session, lang)

    @get("/pay/{session_id:str}/challenge", sync_to_thread=False)
    def challenge(request: Request[Any, Any, Any], session_id: FromPath[str], lang: Lang = "") -> Response[str]:
        try:
            session = gateway.session(session_id)
        except Refusal:
            return _none(request, lang)
        return _after(gateway, request, session, lang, ask=True)

    @post("/pay/{session_id:str}/challenge")
    async def answered(request: Request[Any, Any, Any], session_id: FromPath[str], lang: Lang = "") -> Response[str]:
        approved = (await request.form()).get("answer") == "yes"
        try:
            session = gateway.answer(session_id, approved)
        except Refusal:
            return _none(request, lang)
        return _after(gateway, request, session, lang)

    @get("/assets/pay.css", media_type="text/css", sync_to_thread=False)
    def css() -> bytes:
        return pages.CSS

    def admin(request: Request[Any, Any, Any]) -> bool:
        given = request.headers.get("authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {gateway.admin_key}".encode())

    @put("/_admin/faults")
    async def faults(request: Request[Any, Any, Any]) -> Response[bytes]:
        if not admin(request):
            return Response(b"", status_code=401)
        try:
            gateway.set_faults(FAULTS.decode(await request.body()))
        except msgspec.DecodeError as e:  # wrong fields too
            return Response(str(e).encode(), status_code=422, media_type=MediaType.TEXT)
        return Response(b"", status_code=204)

    @get("/_admin/faults", sync_to_thread=False)
    def planned(request: Request[Any, Any, Any]) -> Response[bytes]:
        if not admin(request):
            return Response(b"", status_code=401)
        return Response(msgspec.json.encode(gateway.plan.faults), media_type=MediaType.JSON)

    @asynccontextmanager
    async def life(_: Litestar) -> AsyncIterator[None]:
        async with gateway:
            yield

    app = Litestar(
        [api, page, pay, challenge, answered, css, faults, planned],
        lifespan=[life],
        openapi_config=None,
        request_max_body_size=MAX_BODY,
        logging_config=None,
    )
    return cutting(app)


def cutting(app: ASGIApp) -> ASGIApp:
    """The gateway's answer is begun and never ended where the plan cuts the line: the server then closes it."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        cut = False

        async def through(message: Message) -> None:
            nonlocal cut
            if message["type"] == "http.response.start" and any(n == CUT for n, _ in message["headers"]):
                cut = True
                head = [(b"content-type", b"application/json"), (b"content-length", b"99999")]
                await send({"type": "http.response.start", "status": 200, "headers": head})
                await send({"type": "http.response.body", "body": b"{", "more_body": True})
            elif not cut:
                await send(message)

        await app(scope, receive, through)

    return wrapped


def _page(gateway: Gateway, request: Request[Any, Any, Any], id: str, lang: str, error: str = "") -> Response[str]:
    try:
        session = gateway.session(id)
    except Refusal:
        return _none(request, lang)
    if session["status"] != "open":
        return _after(gateway, request, session, lang)
    intent, status = gateway.intent_of(session), 422 if error else 200
    if not error and intent and intent["last_payment_error"]:
        error = intent["last_payment_error"]["code"]
    return _show(request, "pay.html", session, lang, "..", status, error=error and pages.sentence(error))


def _after(
    gateway: Gateway, request: Request[Any, Any, Any], session: Thing, lang: str, *, ask: bool = False
) -> Response[str]:
    """Where the buyer goes now: back to the shop, to the bank's question, or the page again with what went wrong."""
    if session["status"] == "complete":
        return _to(session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"]))
    if session["status"] == "expired":
        return _show(request, "closed.html", session, lang, "..", 410, reason="sandbox.closed.expired")
    intent = gateway.intent_of(session)
    here = f"{gateway.settings.public_url.rstrip('/')}/pay/{session['id']}"
    suffix = f"?lang={lang}" if lang else ""
    if intent and intent["status"] == "requires_action":
        if ask:
            return _show(request, "challenge.html", session, lang, "../..", 200)
        return _to(f"{here}/challenge{suffix}")
    return _to(f"{here}{suffix}")


def _none(request: Request[Any, Any, Any], lang: str) -> Response[str]:
    return _show(request, "closed.html", None, lang, "..", 404, reason="sandbox.closed.none")


def _show(
    request: Request[Any, Any, Any], name: str, session: Thing | None, lang: str, base: str, status: int, **more: Any
) -> Response[str]:
    locale = pages.language(session, lang, request.headers.get("accept-language", ""))
    html = pages.render(name, locale, session, base, **more)
    return Response(html, status_code=status, media_type=MediaType.HTML, headers=pages.headers(session))


def _to(url: str) -> Response[str]:
    return Response("", status_code=303, headers={"location": url, "cache-control": "no-store"})
