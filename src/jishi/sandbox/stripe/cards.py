"""What a buyer does on the hosted page. Cards are known by their last four digits alone: no number is ever typed."""

from __future__ import annotations

from .objects import Objects, Refusal
from .plan import Plan
from .store import Thing

CARDS = ("4242", "3155", "0002", "9995", "0341", "7726", "5126")
DECLINED = {"0002": "card_declined", "9995": "insufficient_funds"}
FAILS_AFTER_MS = 10_000


def pay(objects: Objects, plan: Plan, session_id: str, card: str) -> Thing:
    """The session as it is then: complete, or open with the intent's `last_payment_error`, or waiting for the bank's
    question (`requires_action`). A session that is over stays as it was."""
    session = objects.session(session_id)
    if session["status"] != "open":
        return session
    if card not in CARDS:
        raise Refusal("no such card", "no_card")
    intent = _intent(objects, session, card)
    if card in DECLINED:
        return _failed(objects, session, intent, DECLINED[card])
    if card == "3155":
        intent |= {"status": "requires_action", "next_action": {"type": "redirect_to_url"}}
        objects.store.put(intent)
        objects.event("payment_intent.requires_action", intent)
        return session
    return _confirmed(objects, plan, session, intent, card)


def answer(objects: Objects, plan: Plan, session_id: str, approved: bool) -> Thing:
    """The bank's question (3-D Secure) is answered."""
    session = objects.session(session_id)
    if session["status"] != "open" or not session["payment_intent"]:
        return session
    intent = objects.intent(session["payment_intent"])
    if intent["status"] != "requires_action":
        return session
    if not approved:
        return _failed(objects, session, intent, "payment_intent_authentication_failure")
    return _confirmed(objects, plan, session, intent, "3155")


def _intent(objects: Objects, session: Thing, card: str) -> Thing:
    """The session's intent, made at the first try."""
    if session["payment_intent"]:
        intent = objects.intent(session["payment_intent"])
    else:
        more = session["_"]
        intent = {
            "id": objects.new_id("pi"), "object": "payment_intent", "amount": session["amount_total"],
            "amount_capturable": 0, "amount_received": 0, "cancellation_reason": None, "canceled_at": None,
            "capture_method": more["capture"], "created": objects.now_s, "currency": session["currency"],
            "last_payment_error": None, "latest_charge": None, "livemode": False, "metadata": more["metadata"],
            "next_action": None, "payment_method_types": ["card"], "status": "requires_payment_method",
        }  # fmt: skip
        session["payment_intent"] = intent["id"]
        objects.store.put(session)
    intent["last_payment_error"] = None
    intent["latest_charge"] = _charge(objects, intent, card)["id"]
    return objects.store.put(intent)


def _charge(objects: Objects, intent: Thing, card: str) -> Thing:
    return objects.store.put(
        {
            "id": objects.new_id("ch"), "object": "charge", "amount": intent["amount"], "amount_captured": 0,
            "amount_refunded": 0, "balance_transaction": None, "captured": False, "created": objects.now_s,
            "currency": intent["currency"], "disputed": False, "metadata": intent["metadata"], "paid": False,
            "payment_intent": intent["id"], "refunded": False, "status": "pending",
            "payment_method_details": {"type": "card", "card": {"brand": "visa", "last4": card}},
        }
    )  # fmt: skip


def _failed(objects: Objects, session: Thing, intent: Thing, code: str) -> Thing:
    error = {"type": "card_error", "code": code, "message": code.replace("_", " ")}
    intent |= {"status": "requires_payment_method", "last_payment_error": error, "next_action": None}
    objects.store.put(intent)
    objects.event("payment_intent.payment_failed", intent)
    return session


def _confirmed(objects: Objects, plan: Plan, session: Thing, intent: Thing, card: str) -> Thing:
    session |= {"status": "complete", "url": None}
    amount = intent["amount"] + sum(f.ms for f in plan.strike("pay") if f.what == "wrong_amount")
    if card == "0341":
        intent |= {"status": "processing", "next_action": None}
        objects.store.put(intent)
        objects.store.remind(objects.world.now() + FAILS_AFTER_MS, "fail_payment", session["id"])
    elif intent["capture_method"] == "manual":
        intent |= {"status": "requires_capture", "amount_capturable": amount, "next_action": None}
        objects.store.put(intent)
        objects.event("payment_intent.amount_capturable_updated", intent)
    else:
        objects.succeed(intent, amount)
        session["payment_status"] = "paid"
    objects.store.put(session)
    objects.event("checkout.session.completed", session)
    return session


def later(objects: Objects, what: str, of: str) -> None:
    """What was to happen by itself happens now."""
    if what == "expire":
        objects.session(of)
    elif what in ("end_refund", "fail_refund"):
        objects.end_refund(of, failed=what == "fail_refund")
    else:
        session = objects.session(of)
        intent = objects.intent(session["payment_intent"])
        if intent["status"] == "processing":
            _failed(objects, session, intent, "card_declined")
            objects.event("checkout.session.async_payment_failed", session)
