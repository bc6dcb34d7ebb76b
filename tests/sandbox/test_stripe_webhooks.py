"""Signed, at least once, in no promised order, for three days; and what a tester may plan."""

import httpx
import pytest
import stripe as sdk

from jishi.kernel import World
from jishi.sandbox.stripe import Gateway, GatewaySettings
from jishi.sandbox.stripe.plan import Fault
from jishi.trade.payments.providers.stripe import TOLERANCE_MS, Stripe, StripeSettings
from tests.kit import Clock

from .kit import Caller

URL = "http://shop.test/hooks/stripe"


class Shop:
    """Answers what it is told to, and remembers what it got."""

    def __init__(self, *answers: int) -> None:
        self.answers, self.got = list(answers), list[httpx.Request]()
        self.client = httpx.AsyncClient(transport=httpx.MockTransport(self.take))

    def take(self, request: httpx.Request) -> httpx.Response:
        self.got.append(request)
        answer = self.answers.pop(0) if self.answers else 200
        if not answer:
            raise httpx.ConnectError("down")
        return httpx.Response(answer)


@pytest.fixture
def hooked(stripe: Caller) -> Caller:
    stripe.gateway.settings = GatewaySettings("http://gateway.test", URL)
    return stripe


async def test_what_is_sent_is_signed_as_stripes_sdk_checks_it(hooked: Caller):
    shop = Shop()
    await hooked.paid()
    assert await hooked.gateway.deliver(shop.client) == 3
    for request in shop.got:
        header, secret = request.headers["stripe-signature"], hooked.gateway.webhook_secrets[0]
        assert sdk.WebhookSignature.verify_header(request.content.decode(), header, secret)
        with pytest.raises(sdk.SignatureVerificationError):
            sdk.WebhookSignature.verify_header(request.content.decode() + " ", header, secret)
    assert await hooked.gateway.deliver(shop.client) == 0


async def test_what_was_not_taken_comes_again_freshly_signed_until_three_days_are_over(hooked: Caller, clock: Clock):
    session = await hooked.session()
    await hooked.post(f"checkout/sessions/{session['id']}/expire")
    shop, began, times = Shop(*([500, 0, 404] * 10)), clock.ms, list[int]()
    for _ in range(24 * 60 * 4):
        before = len(shop.got)
        await hooked.gateway.deliver(shop.client)
        times += [(clock.ms - began) // 60_000] * (len(shop.got) - before)
        clock.pass_time(minutes=1)
    assert len(shop.got) == 13
    assert 3 * 1440 - 300 <= times[-1] <= 3 * 1440 + 300
    signed = {request.headers["stripe-signature"].split(",")[0] for request in shop.got}
    assert len(signed) == 13
    assert len({request.content for request in shop.got}) == 1


@pytest.mark.parametrize(
    ("what", "posts"), [("never", 0), ("duplicate", 2), ("delay", 0), ("replay", 2), ("reorder", 0)]
)
async def test_planned_trouble_with_webhooks(hooked: Caller, clock: Clock, what: str, posts: int):
    session, shop = await hooked.session(), Shop()
    hooked.gateway.set_faults([Fault("webhook", what, ms=5_000)])
    await hooked.post(f"checkout/sessions/{session['id']}/expire")
    await hooked.gateway.deliver(shop.client)
    assert len(shop.got) == posts
    clock.pass_time(seconds=6)
    await hooked.gateway.deliver(shop.client)
    assert len(shop.got) == (posts or what != "never")


async def test_the_plan_is_set_over_http_by_who_has_the_key(stripe: Caller):
    body = b'[{"on":"POST /v1/refunds","what":"drop","times":2}]'
    assert (await stripe.http.put("/_admin/faults", content=body)).status_code == 401
    key = {"authorization": f"Bearer {stripe.gateway.admin_key}"}
    assert (await stripe.http.put("/_admin/faults", content=body, headers=key)).status_code == 204
    assert stripe.gateway.plan.faults == [Fault("POST /v1/refunds", "drop", 2)]
    assert (await stripe.http.get("/_admin/faults", headers=key)).json()[0]["what"] == "drop"
    for wrong in (b'[{"on":"x","what":"explode"}]', b"{", b"7"):
        assert (await stripe.http.put("/_admin/faults", content=wrong, headers=key)).status_code == 422
    assert (await stripe.http.get("/_admin/faults")).status_code == 401


async def test_both_secrets_sign_while_one_is_replaced(world: World, clock: Clock, stripe: Caller):
    old = stripe.gateway.webhook_secrets[0]
    new = stripe.gateway.rotate()
    await stripe.paid()
    [signed, *_] = stripe.gateway.taken()
    for secrets in ([old], [new], [old, new]):
        adapter = Stripe(StripeSettings("sk_test_x", secrets))
        assert adapter.verify(signed.raw, signed.headers, clock.ms).id == signed.event
        with pytest.raises(Exception, match="old"):
            adapter.verify(signed.raw, signed.headers, clock.ms + TOLERANCE_MS + 1_000)
        await adapter.close()
    stripe.gateway.forget_old_secret()
    assert stripe.gateway.webhook_secrets == [new]


async def test_it_delivers_by_itself_while_it_runs(world: World):
    """Over HTTP on loopback: the gateway on one port, the shop's hook on another."""
    from litestar import Litestar, Request, post

    from jishi.sandbox.stripe.serve import free_port, served

    got = list[bytes]()

    @post("/hooks/stripe", status_code=200)
    async def hook(request: Request) -> None:
        got.append(await request.body())

    shop = Litestar([hook], openapi_config=None, logging_config=None)
    async with served(shop, free_port()) as url:
        port = free_port()
        gateway = Gateway(world, GatewaySettings(f"http://127.0.0.1:{port}", f"{url}/hooks/stripe"))
        async with served(gateway.app, port) as base, httpx.AsyncClient(base_url=base) as http:
            from .kit import SESSION

            key = {"authorization": f"Bearer {gateway.secret_key}"}
            made = (await http.post("/v1/checkout/sessions", data=SESSION, headers=key)).json()
            await http.post(f"/pay/{made['id']}", data={"card": "4242"})
            import asyncio

            for _ in range(100):
                if len(got) == 3:
                    break
                await asyncio.sleep(0.02)
    assert len(got) == 3
