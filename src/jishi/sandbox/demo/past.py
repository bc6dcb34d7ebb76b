"""A shop whose clock stands in the past, to give the demo its history: its payment provider and its carrier are those of
the running demo without their wires, so that what happened then can be refunded and tracked today."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, Protocol

from msgspec import Struct

from jishi.kernel import Relay, World
from jishi.kernel.config import Config
from jishi.kernel.world import wall_ms
from jishi.people.notices import Courier, Message
from jishi.sandbox.carrier.app import load, save
from jishi.sandbox.carrier.box import Box
from jishi.sandbox.carrier.memory import MemoryCarrier
from jishi.sandbox.stripe import Gateway, GatewaySettings
from jishi.sandbox.stripe.objects import Refusal
from jishi.sandbox.stripe.store import Thing
from jishi.trade.fulfilment import Carrier
from jishi.trade.payments import BadSignature, PaymentRefused
from jishi.trade.payments.provider import AttemptRef, Begun, Capabilities, Looked, Provider, RefundLooked, Told
from jishi.trade.payments.providers import build as providers
from jishi.web.faces import Shop

POLL_MS = 40 * 3_600_000  # one question a parcel: by then it has arrived
SEED = 20260923
GOOD_CARD = "4242"
GATEWAY = "/sandbox/stripe"  # where the running demo has it


class Clock:
    """Milliseconds UTC, moved by hand; never beyond the wall's. `later_ms` goes on top: a second run through the same
    moments draws other ids."""

    def __init__(self, ms: int, later_ms: int = 0) -> None:
        self.later_ms, self.ms = later_ms, ms + later_ms

    def __call__(self) -> int:
        return self.ms

    def to(self, ms: int) -> None:
        self.ms = max(self.ms, min(ms + self.later_ms, wall_ms()))


class CardOfThen:
    """The sandbox's gateway, asked in this process: what is paid here is kept in its file like any other payment."""

    code, method = "stripe", "card"

    def __init__(self, gateway: Gateway) -> None:
        self.gateway, self.objects, self.store = gateway, gateway.objects, gateway.store
        self.can = Capabilities(authorise=True, part_capture=True, min_live_ms=2_100_000, max_live_ms=82_800_000)

    async def begin(self, attempt: AttemptRef) -> Begun:
        data = {"unit_amount": str(attempt.minor), "currency": attempt.currency.lower()}
        params: Thing = {
            "mode": "payment",
            "client_reference_id": attempt.number,
            "success_url": attempt.success_url,
            "cancel_url": attempt.cancel_url,
            "expires_at": str(attempt.expires_at // 1000),
            "line_items": [{"quantity": "1", "price_data": data | {"product_data": {"name": attempt.order_number}}}],
            "payment_intent_data": {"metadata": {"intent": str(attempt.intent_id), "number": attempt.number}},
        }
        with self.store.unit():
            session = self.objects.create_session(params)
        return Begun(session["id"], session["url"], session["expires_at"] * 1000)

    def pay(self, url: str) -> None:
        """The buyer pays on the page."""
        self.gateway.pay(url.rpartition("/")[2], GOOD_CARD)

    async def look(self, attempt: AttemptRef) -> Looked:
        session = self.gateway.session(attempt.ref)
        if session["status"] != "complete":
            return Looked("expired" if session["status"] == "expired" else "open", number=attempt.number)
        intent = self.objects.intent(session["payment_intent"])
        return Looked(
            "captured", intent["id"], intent["amount_received"], intent["currency"].upper(), "", attempt.number
        )

    async def capture(self, attempt: AttemptRef, payment: str, minor: int) -> Looked:
        return await self.look(attempt)

    async def void(self, attempt: AttemptRef) -> Looked:
        try:
            with self.store.unit():
                self.objects.expire_session(attempt.ref)
        except Refusal:  # complete, or run out
            pass
        return await self.look(attempt)

    async def refund(self, payment: str, number: str, minor: int, currency: str, reason: str) -> RefundLooked:
        params: Thing = {"payment_intent": payment, "amount": str(minor), "metadata": {"number": number}}
        try:
            with self.store.unit():
                return RefundLooked("done", self.objects.create_refund(params)["id"])
        except Refusal as no:
            raise PaymentRefused(self.code, str(no)) from no

    async def refund_state(self, number: str, ref: str) -> RefundLooked:
        return RefundLooked("done", ref)

    def verify(self, raw: bytes, headers: dict[str, str], now_ms: int) -> Told:
        raise BadSignature(self.code, "missing")  # nobody calls in the past: it is asked


class LetterBox:
    """Takes every letter and forgets it: last year's have been read."""

    def __init__(self, channel: str) -> None:
        self.channel = channel

    async def send(self, message: Message) -> None:
        return


class Past(Struct):
    """The shop of then, its clock, and those who play the outside."""

    shop: Shop
    relay: Relay
    clock: Clock
    card: CardOfThen
    box: Box
    file: Path

    def keep(self) -> None:
        """What the neighbours know is in their files; their notes of then are for nobody."""
        self.box.advance()
        self.box.outgoing.clear()
        save(self.box, self.file)
        self.card.gateway.taken()


@dataclass(frozen=True)
class Neighbours:
    """Who stands around the shop of then."""

    couriers: Sequence[Courier]
    providers: Sequence[Provider]
    carriers: Sequence[Carrier]
    poll_ms: int


class Opening(Protocol):
    """`process.opened_then`, which stands above the sandbox and hands itself in."""

    def __call__(self, config: Config, world: World, neighbours: Neighbours, /) -> AbstractAsyncContextManager[Any]: ...


@asynccontextmanager
async def past(config: Config, clock: Clock, opened: Opening) -> AsyncIterator[Past]:
    """The demo's own shop, at the clock's time."""
    config.folder.mkdir(parents=True, exist_ok=True)
    world, file = World(node=config.node, now=clock), config.folder / "carrier.json"
    box = Box(clock, Random(SEED))
    load(box, file)
    url = config.base_url.rstrip("/")
    gateway = Gateway(world, GatewaySettings(f"{url}{GATEWAY}", path=str(config.folder / "gateway.db")))
    card, letters = CardOfThen(gateway), [LetterBox("email"), LetterBox("sms")]
    around = Neighbours(letters, [card, *providers({"cod": {}})], [MemoryCarrier(box)], POLL_MS)
    try:
        async with opened(config, world, around) as running:
            yield Past(running.shop, running.shop.relay, clock, card, box, file)
    finally:
        gateway.store.close()
