"""Cards through Stripe's hosted Checkout: card data never touches the shop (PCI DSS SAQ A).

Requests carry our number as `Idempotency-Key`. Stripe replays what it once answered under a key, a 500 too; where a
replayed 500 is sure to have left nothing that counts, the next key of the same number is used (`number.2` …)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import httpx
import msgspec
import stripe
from msgspec import Struct

from jishi.kernel import i18n
from jishi.trade.payments.face import BadSignature, PaymentRefused, ProviderDown
from jishi.trade.payments.provider import AttemptRef, Begun, Capabilities, Looked, RefundLooked, Told

from . import Kind

TOLERANCE_MS = 300_000
KEYS = 3  # keys of one number
BUSY_TRIES, BUSY_MS = 5, 250
MAX_ANSWER = 1 << 20  # bytes
MIN_LIVE_MS, MAX_LIVE_MS = 35 * 60_000, 23 * 3_600_000  # Stripe takes 30 min … 24 h; five minutes for our own retries
THREE_DECIMALS = frozenset({"BHD", "JOD", "KWD", "OMR", "TND"})
TIMES_100 = frozenset({"ISK", "UGX"})  # no decimals in ISO 4217, two at Stripe
BY_100 = frozenset({"MGA"})  # two decimals in ISO 4217, none at Stripe


class StripeSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """`webhook_secrets`: one, or two while one replaces the other."""

    secret_key: str
    webhook_secrets: list[str]
    api_base: str = "https://api.stripe.com"
    authorise_first: bool = False
    timeout_ms: int = 3_000


def to_stripe(minor: int, currency: str) -> int:
    """Stripe's smallest unit. Raises ValueError where it cannot express the amount."""
    if currency in TIMES_100:
        return minor * 100
    if currency in BY_100:
        if minor % 100:
            raise ValueError("amount_step")
        return minor // 100
    if currency in THREE_DECIMALS and minor % 10:
        raise ValueError("amount_step")
    return minor


def from_stripe(amount: int, currency: str) -> int:
    if currency in TIMES_100:
        return amount // 100 if amount % 100 == 0 else -1  # what we cannot express fits no order
    return amount * 100 if currency in BY_100 else amount


def broken(why: str) -> stripe.APIConnectionError:
    return stripe.APIConnectionError(why)  # type: ignore[no-untyped-call]  # the SDK's


class Wire(stripe.HTTPClient):
    """The SDK's requests over our own client: asynchronous alone, and no answer longer than `MAX_ANSWER`."""

    name = "httpx"

    def __init__(self, timeout_s: float) -> None:
        super().__init__()
        self.client = httpx.AsyncClient(timeout=timeout_s)

    async def request_async(
        self, method: str, url: str, headers: Mapping[str, str], post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        """(body, status, headers). A broken line is the SDK's `APIConnectionError`."""
        body = b""
        try:
            async with self.client.stream(method, url, headers=headers, content=post_data or None) as answer:
                async for piece in answer.aiter_bytes():
                    body += piece
                    if len(body) > MAX_ANSWER:
                        raise broken("the answer is too long")
        except httpx.HTTPError as e:
            raise broken(type(e).__name__) from e
        return body, answer.status_code, answer.headers

    async def sleep_async(self, secs: float) -> None:
        await asyncio.sleep(secs)

    async def close_async(self) -> None:
        await self.client.aclose()


class Part(Struct):
    """What is read of a notification's object."""

    id: str = ""
    object: str = ""
    client_reference_id: str | None = None
    metadata: dict[str, str] | None = None


class Data(Struct):
    object: Part


class Note(Struct):
    id: str
    type: str
    data: Data


NOTE = msgspec.json.Decoder(Note)


class Stripe:
    code, method = "stripe", "card"

    def __init__(self, settings: StripeSettings) -> None:
        stripe.enable_telemetry = False
        self.settings = settings
        self.can = Capabilities(authorise=True, part_capture=True, min_live_ms=MIN_LIVE_MS, max_live_ms=MAX_LIVE_MS)
        self.http = Wire(settings.timeout_ms / 1000)
        self.client = stripe.StripeClient(
            settings.secret_key,
            base_addresses={"api": settings.api_base},
            http_client=self.http,
            max_network_retries=0,  # the stories and timers repeat, under the same number
        )

    async def close(self) -> None:
        await self.http.close_async()

    # --- paying -------------------------------------------------------------------------------------------------------

    async def begin(self, attempt: AttemptRef) -> Begun:
        try:
            amount = to_stripe(attempt.minor, attempt.currency)
        except ValueError as e:
            raise PaymentRefused(self.code, str(e)) from e
        ours = {"intent": str(attempt.intent_id), "number": attempt.number}
        locale = attempt.locale if attempt.locale in i18n.LOCALES else "en"
        params: Any = {
            "mode": "payment",
            "payment_method_types": ["card"],
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": attempt.currency.lower(),
                        "unit_amount": amount,
                        "product_data": {"name": i18n.t("payments.line", locale, number=attempt.order_number)},
                    },
                }
            ],
            "client_reference_id": attempt.number,
            "metadata": ours,
            "payment_intent_data": {
                "metadata": ours,
                "capture_method": "manual" if self.settings.authorise_first else "automatic",
            },
            "expires_at": attempt.expires_at // 1000,
            "success_url": attempt.success_url,
            "cancel_url": attempt.cancel_url,
            "locale": "zh" if locale == "zh-CN" else "en",
        }
        sessions = self.client.v1.checkout.sessions
        session = await self._keyed(attempt.number, lambda o: sessions.create_async(params, o))
        return Begun(session.id, session.url or "", session.expires_at * 1000)

    async def look(self, attempt: AttemptRef) -> Looked:
        sessions = self.client.v1.checkout.sessions
        session = await self._asked(lambda: sessions.retrieve_async(attempt.ref, {"expand": ["payment_intent"]}))
        number = session.client_reference_id or "?"
        if session.status != "complete":
            return Looked("expired" if session.status == "expired" else "open", number=number)
        return seen(session.payment_intent, number)

    async def capture(self, attempt: AttemptRef, payment: str, minor: int) -> Looked:
        params: Any = {"amount_to_capture": to_stripe(minor, attempt.currency)}
        intents = self.client.v1.payment_intents
        try:
            got = await self._keyed(f"{attempt.number}-capture", lambda o: intents.capture_async(payment, params, o))
        except PaymentRefused:  # it was captured, or let go, by another hand: its state says so
            return await self.look(attempt)
        return seen(got, attempt.number)

    async def void(self, attempt: AttemptRef) -> Looked:
        sessions, intents = self.client.v1.checkout.sessions, self.client.v1.payment_intents
        try:
            await self._asked(lambda: sessions.expire_async(attempt.ref))
        except PaymentRefused:  # no longer open: complete or expired
            looked = await self.look(attempt)
            if looked.state != "authorised":
                return looked
            try:
                await self._asked(lambda: intents.cancel_async(looked.payment))
            except PaymentRefused:
                return await self.look(attempt)
        return await self.look(attempt)

    # --- giving back --------------------------------------------------------------------------------------------------

    async def refund(self, payment: str, number: str, minor: int, currency: str, reason: str) -> RefundLooked:
        params: Any = {
            "payment_intent": payment,
            "amount": to_stripe(minor, currency),
            "reason": "requested_by_customer",
            "metadata": {"number": number},
        }
        refunds = self.client.v1.refunds
        try:
            return returned(await self._keyed(number, lambda o: refunds.create_async(params, o), self._of(payment)))
        except PaymentRefused as no:
            return RefundLooked("refused", "", no.reason)

    async def refund_state(self, number: str, ref: str) -> RefundLooked:
        return returned(await self._asked(lambda: self.client.v1.refunds.retrieve_async(ref)))

    def _of(self, payment: str) -> Callable[[str], Awaitable[Any]]:
        async def known(number: str) -> Any:
            """The refund with our number, if Stripe has made it whatever it answered."""
            page = await self._asked(
                lambda: self.client.v1.refunds.list_async({"payment_intent": payment, "limit": 100})
            )
            return next((r for r in page.data if (r.metadata or {}).get("number") == number), None)

        return known

    # --- the wire -----------------------------------------------------------------------------------------------------

    async def _asked(self, call: Callable[[], Awaitable[Any]]) -> Any:
        """Stripe's answer. What may heal is `ProviderDown`, a plain no is `PaymentRefused` with Stripe's code.

        409 is a twin of this very request under way (two tabs): its answer will be ours."""
        for _ in range(BUSY_TRIES - 1):
            try:
                return await self._once(call)
            except ProviderDown as down:
                if getattr(down.__cause__, "http_status", 0) != 409:
                    raise
                await asyncio.sleep(BUSY_MS / 1000)
        return await self._once(call)

    async def _once(self, call: Callable[[], Awaitable[Any]]) -> Any:
        try:
            return await call()
        except stripe.InvalidRequestError as e:
            raise PaymentRefused(self.code, e.code or "invalid_request") from e
        except stripe.CardError as e:
            raise PaymentRefused(self.code, e.code or "card_error") from e
        except stripe.IdempotencyError as e:
            raise PaymentRefused(self.code, "idempotency") from e
        except stripe.StripeError as e:
            raise ProviderDown(self.code) from e

    async def _keyed(
        self,
        number: str,
        call: Callable[[Any], Awaitable[Any]],
        known: Callable[[str], Awaitable[Any]] | None = None,
    ) -> Any:
        """Done once a number. A 500 that is only replayed is over for good: if nothing came of it (a page nobody was
        sent to counts as nothing), the next key asks anew."""
        for n in range(1, KEYS + 1):
            options = {"idempotency_key": number if n == 1 else f"{number}.{n}"}
            try:
                return await self._asked(lambda: call(options))  # noqa: B023  # awaited before the next round
            except ProviderDown as down:
                error = down.__cause__
                replayed = isinstance(error, stripe.StripeError) and (error.headers or {}).get("idempotent-replayed")
                if not replayed or n == KEYS:
                    raise
                if known and (got := await known(number)) is not None:
                    return got
        raise AssertionError("unreachable")

    def verify(self, raw: bytes, headers: dict[str, str], now_ms: int) -> Told:
        """Signature over the raw bytes by one of the live secrets, made within 300 s of `now_ms`."""
        header = headers.get("stripe-signature", "")
        if not header:
            raise BadSignature(self.code, "missing")
        if not any(self._signed(raw, header, secret) for secret in self.settings.webhook_secrets):
            raise BadSignature(self.code, "mismatch")
        signed_at = next((int(v[2:]) for v in header.split(",") if v.startswith("t=")), 0) * 1000
        if abs(now_ms - signed_at) > TOLERANCE_MS:
            raise BadSignature(self.code, "old")
        try:
            note = NOTE.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError) as e:
            raise BadSignature(self.code, "unreadable") from e
        of = note.data.object
        number = of.client_reference_id or (of.metadata or {}).get("number", "")
        return Told(note.id, number, of.id if of.object == "checkout.session" else "", note.type)

    @staticmethod
    def _signed(raw: bytes, header: str, secret: str) -> bool:
        try:
            # tolerance None: the SDK would compare with the wall clock, ours is handed in
            return bool(stripe.WebhookSignature.verify_header(raw, header, secret, tolerance=None))
        except (stripe.SignatureVerificationError, UnicodeDecodeError, ValueError):
            return False


def seen(intent: Any, number: str) -> Looked:
    """A PaymentIntent in our words."""
    if intent is None or isinstance(intent, str):
        return Looked("open", number=number)
    currency = intent.currency.upper()
    reason = intent.last_payment_error.code if intent.last_payment_error else ""
    if intent.status == "succeeded":
        return Looked("captured", intent.id, from_stripe(intent.amount_received, currency), currency, "", number)
    if intent.status == "requires_capture":
        return Looked("authorised", intent.id, from_stripe(intent.amount_capturable, currency), currency, "", number)
    if intent.status == "canceled":
        return Looked("expired", intent.id, 0, currency, intent.cancellation_reason or "canceled", number)
    if intent.status == "requires_payment_method" and reason:
        return Looked("failed", intent.id, 0, currency, reason, number)
    return Looked("open", intent.id, 0, currency, reason, number)


def returned(refund: Any) -> RefundLooked:
    """A Refund in our words: `requires_action` is still under way."""
    states = {"succeeded": "done", "failed": "refused", "canceled": "refused"}
    return RefundLooked(states.get(refund.status, "sent"), refund.id, refund.failure_reason or "")


KIND = Kind("stripe", StripeSettings, Stripe)
