"""Signed webhooks: at least once, in no promised order, again and again for three days."""

from __future__ import annotations

import hmac
from typing import Protocol

import httpx
import msgspec
from msgspec import Struct

from jishi.kernel import World

from .plan import Plan
from .store import Store

AGAIN_AFTER_S = (5, 60, 300, 1_800, 7_200, 18_000, 36_000, 36_000, 36_000, 36_000, 36_000, 36_000)  # three days
TIMEOUT_S = 10


class Signed(Struct):
    """A delivery: the body and its header, signed at this moment."""

    event: str
    type: str
    raw: bytes
    headers: dict[str, str]


class Secrets(Protocol):
    webhook_secrets: list[str]


def signature(raw: bytes, at_s: int, secrets: list[str]) -> str:
    """Every live secret signs, as Stripe does while one is replaced."""
    made = [hmac.new(s.encode(), b"%d." % at_s + raw, "sha256").hexdigest() for s in secrets]
    return ",".join([f"t={at_s}", *(f"v1={m}" for m in made)])


class Deliveries:
    def __init__(self, world: World, store: Store, plan: Plan, secrets: Secrets) -> None:
        self.world, self.store, self.plan, self.secrets = world, store, plan, secrets

    def sign(self, event: dict[str, object]) -> Signed:
        raw = msgspec.json.encode(event)
        header = signature(raw, self.world.now() // 1000, self.secrets.webhook_secrets)
        headers = {"stripe-signature": header, "content-type": "application/json; charset=utf-8"}
        return Signed(str(event["id"]), str(event["type"]), raw, headers)

    def take(self) -> list[tuple[int, int, Signed]]:
        """(delivery, tries, what to send) of all that is due; the plan may lose, double, delay or shuffle them."""
        now, ready = self.world.now(), list[tuple[int, int, Signed]]()
        with self.store.unit():
            for n, id, tries in self.store.due(now):
                event = self.store.get("event", id)
                assert event
                faults = {f.what: f for f in self.plan.strike("webhook")} if not tries else {}
                if "never" in faults:
                    self.store.delivered(n, "lost")
                    continue
                if late := faults.get("delay") or faults.get("reorder"):
                    wait = late.ms if late.what == "delay" else self.world.random.randint(1, late.ms)
                    self.store.delivered(n, "due", now + wait)
                    continue
                ready += [(n, tries, self.sign(event))] * (2 if "duplicate" in faults else 1)
                if "replay" in faults and (old := self.store.newest("event", 20)):
                    ready.append((n, tries, self.sign(old[-1])))
        return ready

    async def send(self, client: httpx.AsyncClient, url: str) -> int:
        """Posts all that is due to `url`; answers how many were taken. What is not comes again."""
        taken = 0
        for n, tries, signed in self.take():
            try:
                answer = await client.post(url, content=signed.raw, headers=signed.headers, timeout=TIMEOUT_S)
                well = answer.is_success
            except httpx.HTTPError:
                well = False
            taken += well
            with self.store.unit():
                if well or tries >= len(AGAIN_AFTER_S):
                    self.store.delivered(n, "done" if well else "failed")
                else:
                    self.store.delivered(n, "due", self.world.now() + AGAIN_AFTER_S[tries] * 1000)
        return taken
