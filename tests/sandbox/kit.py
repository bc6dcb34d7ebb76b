"""A gateway reached in process, with the words of Stripe's API."""

from typing import Any

import httpx

from jishi.kernel import World
from jishi.sandbox.stripe import Gateway, GatewaySettings
from tests.kit import Clock

BASE = "http://gateway.test"
SESSION = {
    "mode": "payment",
    "line_items[0][quantity]": "1",
    "line_items[0][price_data][currency]": "cny",
    "line_items[0][price_data][unit_amount]": "12900",
    "line_items[0][price_data][product_data][name]": "Order J0000000001",
    "client_reference_id": "pay_1",
    "metadata[number]": "pay_1",
    "payment_intent_data[metadata][number]": "pay_1",
    "success_url": "https://shop.example/paid?s={CHECKOUT_SESSION_ID}",
    "cancel_url": "https://shop.example/back",
}


class Caller:
    def __init__(self, world: World, clock: Clock, path: str = "") -> None:
        self.clock = clock
        self.gateway = Gateway(world, GatewaySettings(BASE, path=path))
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(self.gateway.app), base_url=BASE)

    async def post(self, path: str, form: dict[str, str] | None = None, key: str = "", **more: str) -> httpx.Response:
        headers = {"authorization": f"Bearer {self.gateway.secret_key}"} | ({"idempotency-key": key} if key else {})
        return await self.http.post(f"/v1/{path}", data=(form or {}) | more, headers=headers)

    async def get(self, path: str, **query: str) -> Any:
        headers = {"authorization": f"Bearer {self.gateway.secret_key}"}
        return (await self.http.get(f"/v1/{path}", params=query, headers=headers)).json()

    async def session(self, **more: str) -> dict[str, Any]:
        made: dict[str, Any] = (await self.post("checkout/sessions", SESSION | more)).json()
        return made

    async def pay(self, session: dict[str, Any], card: str = "4242", **query: str) -> httpx.Response:
        return await self.http.post(f"/pay/{session['id']}", data={"card": card}, params=query)

    async def paid(self, card: str = "4242", **more: str) -> dict[str, Any]:
        """The intent of a session that was paid."""
        session = await self.session(**more)
        await self.pay(session, card)
        session = await self.get(f"checkout/sessions/{session['id']}")
        intent: dict[str, Any] = await self.get(f"payment_intents/{session['payment_intent']}")
        return intent

    def told(self) -> list[str]:
        return [signed.type for signed in self.gateway.taken()]
