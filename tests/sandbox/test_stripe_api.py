"""The gateway speaks Stripe's protocol where Jishi leans on it."""

import asyncio
import contextlib
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from jishi.kernel import World
from jishi.sandbox.stripe import forms
from jishi.sandbox.stripe.plan import Fault
from tests.kit import Clock

from .kit import SESSION, Caller


async def test_the_same_key_gives_the_same_answer_and_another_question_an_error(stripe: Caller):
    first = await stripe.post("checkout/sessions", SESSION, key="k1")
    again = await stripe.post("checkout/sessions", SESSION, key="k1")
    assert (again.status_code, again.content) == (200, first.content)
    assert again.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers
    other = await stripe.post("checkout/sessions", SESSION | {"client_reference_id": "x"}, key="k1")
    assert (other.status_code, other.json()["error"]["type"]) == (400, "idempotency_error")
    assert (await stripe.post("checkout/sessions", SESSION, key="k" * 256)).status_code == 400
    assert len((await stripe.get("checkout/sessions"))["data"]) == 1
    assert (await stripe.session())["id"] != first.json()["id"]


async def test_a_failure_is_replayed_and_wrong_parameters_are_not(stripe: Caller):
    stripe.gateway.set_faults([Fault("POST /v1/checkout/*", "500")])
    assert [(await stripe.post("checkout/sessions", SESSION, key="k1")).status_code for _ in range(3)] == [500] * 3
    assert (await stripe.post("checkout/sessions", SESSION, key="k1.2")).status_code == 200
    stripe.gateway.set_faults([Fault("POST /v1/checkout/*", "503")])
    assert [(await stripe.post("checkout/sessions", SESSION, key="k3")).status_code for _ in range(2)] == [503, 200]
    assert (await stripe.post("checkout/sessions", SESSION | {"mode": "x"}, key="k4")).status_code == 400
    assert (await stripe.post("checkout/sessions", SESSION, key="k4")).status_code == 200


async def test_a_key_under_way_is_a_conflict(stripe: Caller):
    stripe.gateway.set_faults([Fault("POST /v1/checkout/*", "delay", ms=50)])
    answers = await asyncio.gather(*[stripe.post("checkout/sessions", SESSION, key="k1") for _ in range(2)])
    assert sorted(a.status_code for a in answers) == [200, 409]


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"mode": "setup"}, "mode"),
        ({"success_url": ""}, "success_url"),
        ({"line_items[0][price_data][unit_amount]": "1.5"}, "line_items[0][price_data][unit_amount]"),
        ({"line_items[0][price_data][unit_amount]": "0"}, "line_items"),
        ({"line_items[0][price_data][currency]": "CNY"}, "line_items[0][price_data][currency]"),
        ({"expires_at": "5"}, "expires_at"),
        ({"expires_at": "soon"}, "expires_at"),
    ],
)
async def test_wrong_parameters_are_named_and_leave_nothing(stripe: Caller, change: dict[str, str], param: str):
    answer = await stripe.post("checkout/sessions", SESSION | change)
    assert answer.status_code == 400
    assert answer.json()["error"]["type"] == "invalid_request_error"
    assert answer.json()["error"]["param"] == param
    assert (await stripe.get("checkout/sessions"))["data"] == []


async def test_strangers_and_unknown_paths_are_told_in_stripes_format(stripe: Caller):
    for headers in ({}, {"authorization": "Bearer sk_test_other"}):
        answer = await stripe.http.get("/v1/events", headers=headers)
        assert (answer.status_code, answer.json()["error"]["type"]) == (401, "invalid_request_error")
    assert (await stripe.get("nonsense"))["error"]["type"] == "invalid_request_error"
    assert (await stripe.get("refunds/re_none"))["error"]["code"] == "resource_missing"
    assert (await stripe.get("payment_intents/cs_test_1"))["error"]["code"] == "resource_missing"


async def test_authorise_then_capture_a_part_once(stripe: Caller):
    intent = await stripe.paid(**{"payment_intent_data[capture_method]": "manual"})
    assert (intent["status"], intent["amount_capturable"], intent["amount_received"]) == ("requires_capture", 12_900, 0)
    path = f"payment_intents/{intent['id']}/capture"
    assert (await stripe.post(path, amount_to_capture="13000")).status_code == 400
    captured = (await stripe.post(path, amount_to_capture="5000")).json()
    assert (captured["status"], captured["amount_received"], captured["amount_capturable"]) == ("succeeded", 5_000, 0)
    assert (await stripe.post(path)).json()["error"]["code"] == "payment_intent_unexpected_state"
    assert (await stripe.post(f"payment_intents/{intent['id']}/cancel")).status_code == 400
    assert "payment_intent.amount_capturable_updated" in stripe.told()


async def test_an_authorisation_that_is_cancelled_is_gone(stripe: Caller):
    intent = await stripe.paid(**{"payment_intent_data[capture_method]": "manual"})
    gone = (await stripe.post(f"payment_intents/{intent['id']}/cancel")).json()
    assert (gone["status"], gone["amount_capturable"]) == ("canceled", 0)
    assert (await stripe.post(f"payment_intents/{intent['id']}/capture")).status_code == 400


async def test_refunds_in_parts_and_never_above_the_charge(stripe: Caller):
    intent = await stripe.paid()
    ask = {"payment_intent": intent["id"]}
    assert (await stripe.post("refunds", ask, amount="9000")).json()["status"] == "succeeded"
    over = await stripe.post("refunds", ask, amount="3901", key="over")
    assert (over.status_code, over.json()["error"]["code"]) == (400, "amount_too_large")
    assert (await stripe.post("refunds", ask, amount="3901", key="over")).headers["idempotent-replayed"] == "true"
    assert (await stripe.post("refunds", ask)).json()["amount"] == 3_900
    assert (await stripe.post("refunds", ask)).json()["error"]["code"] == "charge_already_refunded"
    listed = await stripe.get("refunds", payment_intent=intent["id"])
    assert [r["amount"] for r in listed["data"]] == [3_900, 9_000]
    booked = (await stripe.get("balance_transactions"))["data"]
    assert [(b["type"], b["amount"], b["net"]) for b in booked] == [
        ("refund", -3_900, -3_900),
        ("refund", -9_000, -9_000),
        ("charge", 12_900, 12_900 - 404),
    ]
    charge = await stripe.get(f"charges/{intent['latest_charge']}")
    assert (charge["refunded"], charge["amount_refunded"]) == (True, 12_900)
    assert stripe.told().count("charge.refunded") == 2


@pytest.mark.parametrize(("card", "ends"), [("7726", "succeeded"), ("5126", "failed")])
async def test_a_refund_that_takes_a_while(stripe: Caller, card: str, ends: str):
    intent = await stripe.paid(card)
    refund = (await stripe.post("refunds", {"payment_intent": intent["id"]})).json()
    assert refund["status"] == "pending"
    stripe.clock.pass_time(seconds=31)
    stripe.gateway.tick()
    assert (await stripe.get(f"refunds/{refund['id']}"))["status"] == ends
    if ends == "failed":  # the money is still there to be given back
        assert (await stripe.post("refunds", {"payment_intent": intent["id"]})).json()["status"] == "pending"


async def test_a_disputed_charge_is_not_refunded(stripe: Caller):
    intent = await stripe.paid()
    stripe.gateway.dispute(intent["id"])
    answer = await stripe.post("refunds", {"payment_intent": intent["id"]})
    assert answer.json()["error"]["code"] == "charge_disputed"


async def test_a_session_ends_at_its_time_or_when_asked(stripe: Caller):
    first, second = await stripe.session(), await stripe.session(client_reference_id="pay_2")
    assert (await stripe.post(f"checkout/sessions/{first['id']}/expire")).json()["status"] == "expired"
    assert (await stripe.post(f"checkout/sessions/{first['id']}/expire")).status_code == 400
    assert (await stripe.pay(first)).status_code == 410
    stripe.clock.pass_time(hours=24)
    ended = await stripe.get(f"checkout/sessions/{second['id']}")
    assert (ended["status"], ended["url"], ended["payment_intent"]) == ("expired", None, None)
    assert stripe.told() == ["checkout.session.expired"] * 2


async def test_lists_page_and_events_are_kept(stripe: Caller):
    for n in range(5):
        await stripe.paid(client_reference_id=f"pay_{n}")
    page = await stripe.get("checkout/sessions", limit="2")
    more = await stripe.get("checkout/sessions", limit="10", starting_after=page["data"][-1]["id"])
    refs = [s["client_reference_id"] for s in page["data"] + more["data"]]
    assert (page["has_more"], more["has_more"], refs) == (True, False, [f"pay_{n}" for n in (4, 3, 2, 1, 0)])
    assert (await stripe.get("checkout/sessions", limit="0"))["error"]["param"] == "limit"
    found = await stripe.get("events", limit="100")
    assert {e["type"] for e in found["data"]} == {
        "checkout.session.completed", "payment_intent.succeeded", "charge.succeeded",
    }  # fmt: skip
    assert all("_" not in e["data"]["object"] for e in found["data"])


async def test_a_restart_goes_on_where_it_was(world: World, clock: Clock, tmp_path: Path):
    path = str(tmp_path / "gateway.db")
    before = Caller(world, clock, path)
    session = await before.session()
    kept = await before.post("refunds", {"payment_intent": "pi_none"}, key="k1")
    await before.http.aclose()
    before.gateway.store.close()
    after = Caller(world, clock, path)
    assert after.gateway.secret_key == before.gateway.secret_key
    assert after.gateway.webhook_secrets == before.gateway.webhook_secrets
    assert (await after.pay(session)).status_code == 303
    assert (await after.get(f"checkout/sessions/{session['id']}"))["payment_status"] == "paid"
    assert kept.status_code == 404
    assert after.told() == ["charge.succeeded", "payment_intent.succeeded", "checkout.session.completed"]
    await after.http.aclose()
    after.gateway.store.close()


NAMES = st.text("abcxyz_", min_size=1, max_size=6)
TREES = st.recursive(
    st.text(max_size=8),
    lambda inner: st.dictionaries(NAMES, inner, min_size=1, max_size=3) | st.lists(inner, min_size=1, max_size=3),
    max_leaves=8,
)


def flat(name: str, value: object) -> list[tuple[str, str]]:
    if isinstance(value, dict):
        return [x for k, v in value.items() for x in flat(f"{name}[{k}]", v)]
    if isinstance(value, list):
        return [x for n, v in enumerate(value) for x in flat(f"{name}[{n}]", v)]
    return [(name, str(value))]


@given(st.dictionaries(NAMES, TREES, max_size=4))
def test_nested_forms_are_read_as_they_were_meant(tree: dict[str, object]):
    from urllib.parse import urlencode

    pairs = [x for k, v in tree.items() for x in flat(k, v)]
    if any(name.count("[") >= forms.MAX_DEPTH for name, _ in pairs):
        return
    assert forms.read(urlencode(pairs)) == tree


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(text: str):
    with contextlib.suppress(forms.BadForm):
        assert isinstance(forms.read(text), dict)
