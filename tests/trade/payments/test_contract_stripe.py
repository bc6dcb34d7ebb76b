"""The Stripe adapter keeps the contract: the real SDK over HTTP on loopback, against our gateway in a box."""

from collections.abc import AsyncIterator

import httpx
import pytest

from jishi.kernel import Engine, World
from jishi.sandbox.stripe import Gateway, GatewaySettings
from jishi.sandbox.stripe.deliver import signature
from jishi.sandbox.stripe.plan import Fault
from jishi.sandbox.stripe.serve import free_port, served
from jishi.trade.payments.providers.stripe import Stripe, StripeSettings
from tests.kit import Clock

from .contract import Contract, Notice
from .kit import Till, open_till

CARDS = {"ok": "4242", "declined": "0002"}
FATES = {"drop": "drop", "fail": "503"}
CHANGING = ("POST /v1/checkout/sessions", "POST /v1/refunds")


class StripeBox:
    def __init__(self, gateway: Gateway, api_base: str) -> None:
        self.gateway, self.store = gateway, gateway.store
        self.base, self.client = api_base, httpx.AsyncClient(base_url=api_base)
        self.provider = self.adapter()

    def adapter(self) -> Stripe:
        return Stripe(StripeSettings(self.gateway.secret_key, list(self.gateway.webhook_secrets), self.base))

    async def close(self) -> None:
        await self.client.aclose()
        await self.provider.close()

    async def pay(self, ref: str, card: str = "ok") -> None:
        """Through the hosted page, as a browser would."""
        if ref.startswith("by number "):
            number = ref.removeprefix("by number ")
            ref = next(
                s["id"] for s in self.store.newest("checkout.session", 100) if s["client_reference_id"] == number
            )
        await self.client.post(f"/pay/{ref}", data={"card": CARDS[card]})

    def notices(self) -> list[Notice]:
        return [(s.raw, s.headers) for s in self.gateway.taken()]

    def sign(self, raw: bytes, key: str, seconds_ago: int = 0) -> dict[str, str]:
        secrets = self.gateway.webhook_secrets if key == "live" else ["whsec_foreign"]
        return {"Stripe-Signature": signature(raw, self.gateway.world.now() // 1000 - seconds_ago, secrets)}

    def meet(self, *fates: str) -> None:
        percent = 50 if "ok" in fates else 100
        kinds = {f: fates.count(f) for f in fates if f != "ok"}
        self.gateway.set_faults(
            [Fault(on, FATES[f], times=n, percent=percent) for on in CHANGING for f, n in kinds.items()]
        )

    def troubled(self, percent: int) -> None:
        share = percent // 3
        self.gateway.set_faults(
            [Fault("* /v1/*", what, times=0, percent=share) for what in ("drop", "500", "503")] if percent else []
        )

    def wrong_amount(self) -> None:
        self.gateway.set_faults([Fault("pay", "wrong_amount")])

    def payments(self) -> dict[str, list[int]]:
        taken: dict[str, list[int]] = {}
        for intent in self.store.newest("payment_intent", 10_000):
            if intent["status"] == "succeeded":
                taken.setdefault(intent["metadata"]["number"], []).append(intent["amount_received"])
        return taken

    def returned(self) -> list[int]:
        return [r["amount"] for r in self.store.newest("refund", 10_000) if r["status"] == "succeeded"]

    async def dispute(self, payment: str) -> None:
        self.gateway.dispute(payment)

    def rotate(self) -> None:
        """A receiver that still has only the old secret, then both; the sender signs with both."""
        self.gateway.rotate()
        self.provider.settings = StripeSettings(self.gateway.secret_key, list(self.gateway.webhook_secrets), self.base)
        self.gateway.forget_old_secret()

    def dump(self) -> bytes:
        """Its own throw-away keys are meant to be there, and only in the table of them."""
        return "\n".join(x for x in self.store.c.iterdump() if '"secrets"' not in x).encode()


class TestStripe(Contract):
    @pytest.fixture
    async def box(self, world: World) -> AsyncIterator[StripeBox]:
        port = free_port()
        gateway = Gateway(world, GatewaySettings(f"http://127.0.0.1:{port}"))
        async with served(gateway.app, port) as base:
            self.box = StripeBox(gateway, base)
            yield self.box
            await self.box.close()

    @pytest.fixture
    def till(self, engine: Engine, world: World, clock: Clock, box: StripeBox) -> Till:
        return open_till(engine, world, clock, box.provider)

    def secrets(self, box: StripeBox) -> list[bytes]:
        return [
            box.gateway.secret_key.encode(),
            box.gateway.admin_key.encode(),
            box.gateway.webhook_secrets[0].encode(),
        ]
