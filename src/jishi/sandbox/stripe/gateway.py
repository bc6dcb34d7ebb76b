"""The gateway: its keys, its API with idempotency, its clockwork. `app` is an ASGI application to mount or to serve."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import re
from collections.abc import Callable
from functools import cached_property
from typing import Any, Self

import httpx
import msgspec
from msgspec import Struct

from jishi.kernel import World

from . import cards, forms
from .deliver import Deliveries, Signed
from .objects import Objects, Refusal, shown
from .plan import Fault, Plan
from .store import Store, Thing

KEEP_MS = 30 * 86_400_000
MAX_KEY, TICK_S = 255, 1.0
NOT_DONE = {"error": {"type": "api_error", "message": "An unknown error occurred"}}


class GatewaySettings(Struct, frozen=True):
    """`public_url` is where it is reached, with the path of its mount. Keys that are not given are made at the first
    start and kept with the rest: throw-away ones, good for nothing else. `path` "" forgets everything at the end."""

    public_url: str
    webhook_url: str = ""
    secret_key: str = ""
    webhook_secret: str = ""
    admin_key: str = ""
    path: str = ""


class Answer(Struct, frozen=True):
    """`cut`: the line breaks before this arrives."""

    status: int
    body: bytes
    replayed: bool = False
    cut: bool = False
    delay_ms: int = 0


Verb = Callable[..., Thing]


class Gateway:
    def __init__(self, world: World, settings: GatewaySettings) -> None:
        self.world, self.settings = world, settings
        self.store, self.plan = Store(settings.path), Plan(world)
        self.objects = Objects(world, self.store, settings.public_url)
        self.secret_key = self._secret("key", settings.secret_key, "sk_test")
        self.admin_key = self._secret("admin", settings.admin_key, "adm_test")
        self.webhook_secrets = [self._secret("webhook", settings.webhook_secret, "whsec")]
        self.deliveries = Deliveries(world, self.store, self.plan, self)
        self.woken, self.running = asyncio.Event(), set[str]()
        self.task: asyncio.Task[None] | None = None
        o = self.objects
        self.verbs: list[tuple[str, re.Pattern[str], Verb]] = [
            ("POST", re.compile(r"/v1/checkout/sessions"), o.create_session),
            ("POST", re.compile(r"/v1/checkout/sessions/([^/]+)/expire"), lambda p, of: o.expire_session(of)),
            ("POST", re.compile(r"/v1/payment_intents/([^/]+)/capture"), lambda p, of: o.capture_intent(of, p)),
            ("POST", re.compile(r"/v1/payment_intents/([^/]+)/cancel"), lambda p, of: o.cancel_intent(of, p)),
            ("POST", re.compile(r"/v1/refunds"), o.create_refund),
        ]
        for path, kind in (
            ("checkout/sessions", "checkout.session"), ("payment_intents", "payment_intent"), ("refunds", "refund"),
            ("charges", "charge"), ("events", "event"), ("balance_transactions", "balance_transaction"),
        ):  # fmt: skip
            self.verbs += [
                ("GET", re.compile(f"/v1/{path}"), lambda p, k=kind, at=path: o.listed(k, f"/v1/{at}", p)),
                ("GET", re.compile(f"/v1/{path}/([^/]+)"), lambda p, of, k=kind: o.one(k, of, p)),
            ]

    def _secret(self, name: str, given: str, prefix: str) -> str:
        return given or self.store.secret(name, f"{prefix}_{self.world.random.getrandbits(160):040x}")

    # --- API ----------------------------------------------------------------------------------------------------------

    def call(self, method: str, path: str, raw: str, key: str, authorization: str) -> Answer:
        """One request in Stripe's form and its answer. With a key: the same again, or `idempotency_error` if the
        request is another."""
        if not hmac.compare_digest(authorization.encode(), f"Bearer {self.secret_key}".encode()):
            return _refused(Refusal("Invalid API Key provided.", status=401))
        faults = {f.what: f for f in self.plan.strike(f"{method} {path}")}
        delay = faults["delay"].ms if "delay" in faults else 0
        if "503" in faults:
            return Answer(503, msgspec.json.encode(NOT_DONE), delay_ms=delay)
        asked = hashlib.sha256(f"{method} {path}?{raw}".encode()).digest()
        key = key if method == "POST" else ""
        if len(key) > MAX_KEY:
            return _refused(Refusal("Idempotency-Key is too long.", type="idempotency_error"))
        if key and (kept := self.store.answer(key)):
            if kept[0] != asked:
                message = "Keys for idempotent requests can only be used with the same parameters."
                return _refused(Refusal(message, type="idempotency_error"))
            return Answer(kept[1], kept[2], replayed=True, cut="drop" in faults, delay_ms=delay)
        status, body, keeps = (500, NOT_DONE, True) if "500" in faults else self._done(method, path, raw)
        answer = Answer(status, msgspec.json.encode(body), cut="drop" in faults, delay_ms=delay)
        if key and keeps:
            now = self.world.now()
            self.store.keep(key, asked, answer.status, answer.body, now, now - KEEP_MS)
        self.woken.set()
        return answer

    def _done(self, method: str, path: str, raw: str) -> tuple[int, Thing, bool]:
        """(status, body, whether it is kept under its key)."""
        try:
            params = forms.read(raw)
            for verb, pattern, act in self.verbs:
                if verb == method and (match := pattern.fullmatch(path)):
                    with self.store.unit():
                        return 200, shown(act(params, *match.groups())), True
            raise Refusal(f"Unrecognized request URL ({method}: {path}).", status=404)
        except forms.BadForm as e:
            return 400, Refusal(f"Invalid body: {e}").body, False
        except Refusal as e:
            return e.status, e.body, e.kept

    # --- the hosted page ----------------------------------------------------------------------------------------------

    def session(self, id: str) -> Thing:
        with self.store.unit():
            return self.objects.session(id)

    def intent_of(self, session: Thing) -> Thing | None:
        return self.objects.intent(session["payment_intent"]) if session["payment_intent"] else None

    def pay(self, session_id: str, card: str) -> Thing:
        with self.store.unit():
            session = cards.pay(self.objects, self.plan, session_id, card)
        self.woken.set()
        return session

    def answer(self, session_id: str, approved: bool) -> Thing:
        with self.store.unit():
            session = cards.answer(self.objects, self.plan, session_id, approved)
        self.woken.set()
        return session

    # --- the tester's hand --------------------------------------------------------------------------------------------

    def set_faults(self, faults: list[Fault]) -> None:
        self.plan.set(faults)

    def rotate(self) -> str:
        """A new signing secret; the old one still signs beside it until `forget_old_secret`."""
        made = f"whsec_{self.world.random.getrandbits(160):040x}"
        self.webhook_secrets = [*self.webhook_secrets[-1:], made]
        return made

    def forget_old_secret(self) -> None:
        self.webhook_secrets = self.webhook_secrets[-1:]
        self.store.keep_secret("webhook", self.webhook_secrets[0])

    def dispute(self, intent_id: str) -> None:
        with self.store.unit():
            self.objects.dispute(intent_id)

    def taken(self) -> list[Signed]:
        """What is due is handed out instead of posted: for tests that deliver by hand."""
        self.tick()
        out: list[Signed] = []
        while ready := self.deliveries.take():
            with self.store.unit():
                for n, _, _ in ready:
                    self.store.delivered(n, "done")
            out += [signed for _, _, signed in ready]
        return out

    # --- clockwork ----------------------------------------------------------------------------------------------------

    def tick(self) -> None:
        """What was to happen by itself until now has happened."""
        with self.store.unit():
            for what, of in self.store.reminders(self.world.now()):
                cards.later(self.objects, what, of)

    async def deliver(self, client: httpx.AsyncClient) -> int:
        self.tick()
        return await self.deliveries.send(client, self.settings.webhook_url) if self.settings.webhook_url else 0

    async def run(self) -> None:
        async with httpx.AsyncClient() as client:
            while True:
                self.woken.clear()
                await self.deliver(client)
                try:
                    async with asyncio.timeout(TICK_S):
                        await self.woken.wait()
                except TimeoutError:
                    pass

    async def __aenter__(self) -> Self:
        """Webhooks go out and things happen by themselves, until the end."""
        self.task = asyncio.create_task(self.run())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self.task:
            self.task.cancel()
            await asyncio.gather(self.task, return_exceptions=True)
        self.store.close()

    @cached_property
    def app(self) -> Any:
        from .app import application

        return application(self)


def _refused(refusal: Refusal) -> Answer:
    return Answer(refusal.status, msgspec.json.encode(refusal.body))
