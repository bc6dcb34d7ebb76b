"""Amounts in Stripe's units, keys after a replayed failure, providers by name, and sentences in both languages."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from hypothesis import given, strategies as st

from jishi.kernel import Fault as Expected, World, i18n
from jishi.sandbox.stripe import Gateway, GatewaySettings
from jishi.sandbox.stripe.plan import Fault
from jishi.sandbox.stripe.serve import free_port, served
from jishi.trade.payments import AttemptRef, PaymentRefused, ProviderDown, providers
from jishi.trade.payments.providers.stripe import Stripe, StripeSettings, from_stripe, to_stripe
from tests.kit import Clock


@pytest.mark.parametrize(
    ("minor", "currency", "amount"),
    [(1_290, "CNY", 1_290), (500, "JPY", 500), (1_230, "KWD", 1_230), (5, "ISK", 500), (5, "UGX", 500),
     (500, "MGA", 5)],
)  # fmt: skip
def test_amounts_in_stripes_units(minor: int, currency: str, amount: int):
    assert to_stripe(minor, currency) == amount
    assert from_stripe(amount, currency) == minor


@pytest.mark.parametrize(("minor", "currency"), [(1_234, "KWD"), (550, "MGA")])
def test_amounts_that_stripe_cannot_express_are_refused(minor: int, currency: str):
    with pytest.raises(ValueError, match="amount_step"):
        to_stripe(minor, currency)


@given(st.integers(0, 10**12), st.sampled_from(["CNY", "USD", "JPY", "KWD", "ISK", "UGX", "MGA", "KRW", "EUR"]))
def test_an_amount_comes_back_as_it_went(minor: int, currency: str):
    try:
        amount = to_stripe(minor, currency)
    except ValueError:
        assert minor % (100 if currency == "MGA" else 10)
        return
    assert from_stripe(amount, currency) == minor


@pytest.fixture
async def gateway(world: World) -> AsyncIterator[Gateway]:
    port = free_port()
    gateway = Gateway(world, GatewaySettings(f"http://127.0.0.1:{port}"))
    async with served(gateway.app, port):
        yield gateway


@pytest.fixture
async def stripe(gateway: Gateway) -> AsyncIterator[Stripe]:
    adapter = Stripe(StripeSettings(gateway.secret_key, gateway.webhook_secrets, gateway.settings.public_url))
    yield adapter
    await adapter.close()


def attempt(clock: Clock, number: str = "pay_1", minor: int = 500, currency: str = "CNY", ref: str = "") -> AttemptRef:
    return AttemptRef(
        number, 1, "J1", minor, currency, ref, clock.ms + 40 * 60_000, "http://a.test/", "http://b.test/", "en"
    )


async def test_a_failure_that_is_only_replayed_is_left_behind(stripe: Stripe, gateway: Gateway, clock: Clock):
    gateway.set_faults([Fault("POST /v1/checkout/*", "500")])
    with pytest.raises(ProviderDown):
        await stripe.begin(attempt(clock))
    begun = await stripe.begin(attempt(clock))
    assert begun == await stripe.begin(attempt(clock))
    assert [s["id"] for s in gateway.store.newest("checkout.session", 10)] == [begun.ref]


async def test_a_twin_under_way_is_waited_for(stripe: Stripe, gateway: Gateway, clock: Clock):
    gateway.set_faults([Fault("POST /v1/checkout/*", "delay", ms=100)])
    first, second = await asyncio.gather(stripe.begin(attempt(clock)), stripe.begin(attempt(clock)))
    assert first == second


async def test_a_plain_no_is_told_with_its_code(stripe: Stripe, gateway: Gateway, clock: Clock):
    await stripe.begin(attempt(clock))
    for wrong, reason in (
        (attempt(clock, minor=600), "idempotency"),
        (attempt(clock, "pay_2", minor=0), "amount_too_small"),
        (attempt(clock, "pay_3", 1_234, "KWD"), "amount_step"),
    ):
        with pytest.raises(PaymentRefused) as no:
            await stripe.begin(wrong)
        assert no.value.reason == reason
    with pytest.raises(PaymentRefused):
        await stripe.look(attempt(clock, ref="cs_test_none"))
    assert len(gateway.store.newest("checkout.session", 10)) == 1


async def test_authorise_first_then_capture_or_let_go(gateway: Gateway, clock: Clock):
    settings = StripeSettings(
        gateway.secret_key, gateway.webhook_secrets, gateway.settings.public_url, authorise_first=True
    )
    stripe = Stripe(settings)
    taken, gone = [attempt(clock, n, ref=(await stripe.begin(attempt(clock, n))).ref) for n in ("pay_1", "pay_2")]
    for one in (taken, gone):
        gateway.pay(one.ref, "4242")
        looked = await stripe.look(one)
        assert (looked.state, looked.minor) == ("authorised", 500)
    payment = (await stripe.look(taken)).payment
    for _ in range(2):
        assert (await stripe.capture(taken, payment, 500)).state == "captured"
    assert (await stripe.void(taken)).state == "captured"
    assert (await stripe.void(gone)).state == "expired"
    assert (await stripe.capture(gone, (await stripe.look(gone)).payment, 500)).state == "expired"
    await stripe.close()


async def test_nobody_there_and_nonsense_are_a_provider_that_is_down(gateway: Gateway, clock: Clock):
    away = Stripe(StripeSettings("sk_test_x", ["x"], f"http://127.0.0.1:{free_port()}"))
    with pytest.raises(ProviderDown):
        await away.begin(attempt(clock))
    page = Stripe(StripeSettings("sk_test_x", ["x"], f"{gateway.settings.public_url}/pay"))
    with pytest.raises(ProviderDown):
        await page.begin(attempt(clock))
    stranger = Stripe(StripeSettings("sk_test_x", ["x"], gateway.settings.public_url))
    with pytest.raises(ProviderDown):
        await stranger.begin(attempt(clock))
    for adapter in (away, page, stranger):
        await adapter.close()


def test_providers_are_built_by_name_and_wrong_settings_are_named_without_secrets():
    config = {"cod": {}, "stripe": {"secret_key": "sk_test_1", "webhook_secrets": ["whsec_1"]}}
    made = providers.build(config)
    assert [(p.code, p.method) for p in made] == [("cod", "cod"), ("stripe", "card")]
    with pytest.raises(ValueError, match="no payment provider 'shells'"):
        providers.build({"shells": {}})
    for wrong in ({"secret_key": "sk_secret"}, {"secret_key": "sk_secret", "webhook_secrets": [], "more": 1}):
        with pytest.raises(ValueError, match="payment provider 'stripe'") as no:
            providers.build({"stripe": wrong})
        assert "sk_secret" not in str(no.value)


def test_every_fault_has_its_sentence_in_both_languages():
    for code, fault in Expected.registry.items():
        if code.startswith(("payment.", "ledger.")):
            for locale in i18n.LOCALES:
                assert i18n.t(fault.message, locale)
