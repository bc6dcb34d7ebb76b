"""Stripe's objects and the verbs on them: plain synchronous functions over the store. Answers are Stripe's JSON."""

from __future__ import annotations

from typing import Any

from jishi.kernel import World

from .store import Store, Thing

API_VERSION = "2026-10-28.endive"
MIN_LIVE_S, MAX_LIVE_S, SKEW_S = 1_800, 86_400, 60
FEE_BP, FEE_FIXED = 290, 30
MAX_AMOUNT = 99_999_999


class Refusal(Exception):
    """Stripe's error format. `kept`: under the idempotency key, for the verb had begun."""

    def __init__(
        self,
        message: str,
        code: str = "",
        *,
        param: str = "",
        status: int = 400,
        type: str = "invalid_request_error",
        kept: bool = False,
    ) -> None:
        super().__init__(message)
        self.status, self.kept = status, kept
        known = {"message": message, "code": code, "param": param}
        self.body = {"error": {"type": type} | {k: v for k, v in known.items() if v}}


class Objects:
    """`public_url` is where buyers find the hosted page."""

    def __init__(self, world: World, store: Store, public_url: str) -> None:
        self.world, self.store, self.public_url = world, store, public_url.rstrip("/")

    @property
    def now_s(self) -> int:
        return self.world.now() // 1000

    def new_id(self, prefix: str) -> str:
        return f"{prefix}_{self.world.random.getrandbits(120):030x}"

    def event(self, type: str, of: Thing) -> None:
        """Told to the endpoint and kept in the list of events."""
        event: Thing = {
            "id": self.new_id("evt"), "object": "event", "api_version": API_VERSION, "created": self.now_s,
            "type": type, "livemode": False, "pending_webhooks": 1, "data": {"object": shown(of)},
        }  # fmt: skip
        self.store.put(event)
        self.store.deliver(event["id"], self.world.now())

    # --- Checkout Sessions --------------------------------------------------------------------------------------------

    def create_session(self, p: Thing) -> Thing:
        if p.get("mode") != "payment":
            raise Refusal("Only mode=payment is played here.", "parameter_missing", param="mode")
        for name in ("success_url", "line_items"):
            if not p.get(name):
                raise Refusal(f"Missing required param: {name}.", "parameter_missing", param=name)
        amount, currency, name = _items(p["line_items"])
        expires = _int(p.get("expires_at", str(self.now_s + MAX_LIVE_S)), "expires_at")
        if not MIN_LIVE_S - SKEW_S <= expires - self.now_s <= MAX_LIVE_S + SKEW_S:
            raise Refusal("The `expires_at` timestamp must be between 30 minutes and 24 hours.", param="expires_at")
        data = p.get("payment_intent_data") or {}
        method = data.get("capture_method", "automatic")
        if method not in ("automatic", "automatic_async", "manual"):
            raise Refusal("Invalid capture_method.", param="payment_intent_data[capture_method]")
        id = self.new_id("cs_test")
        session = {
            "id": id, "object": "checkout.session", "amount_subtotal": amount, "amount_total": amount,
            "cancel_url": p.get("cancel_url"), "client_reference_id": p.get("client_reference_id"),
            "created": self.now_s, "currency": currency, "expires_at": expires, "livemode": False,
            "locale": p.get("locale"), "metadata": p.get("metadata") or {}, "mode": "payment", "payment_intent": None,
            "payment_method_types": p.get("payment_method_types") or ["card"], "payment_status": "unpaid",
            "status": "open", "success_url": p["success_url"], "url": f"{self.public_url}/pay/{id}",
            "_": {"name": name, "capture": method, "metadata": data.get("metadata") or {}},
        }  # fmt: skip
        self.store.remind(expires * 1000, "expire", id)
        return self.store.put(session)

    def session(self, id: str) -> Thing:
        """One that ran out says so from its second on, whoever looks first."""
        session = self._get("checkout.session", id)
        if session["status"] == "open" and self.now_s >= session["expires_at"]:
            self._expired(session)
        return session

    def expire_session(self, id: str) -> Thing:
        session = self.session(id)
        if session["status"] != "open":
            message = f"Only Checkout Sessions with a status in [open] can be expired. It is {session['status']}."
            raise Refusal(message, "checkout_session_not_open", kept=True)
        return self._expired(session)

    def _expired(self, session: Thing) -> Thing:
        session |= {"status": "expired", "url": None}
        self.store.put(session)
        if session["payment_intent"]:
            intent = self._get("payment_intent", session["payment_intent"])
            if intent["status"].startswith("requires_") and intent["status"] != "requires_capture":
                self._cancelled(intent, "expired")
        self.event("checkout.session.expired", session)
        return session

    # --- PaymentIntents -----------------------------------------------------------------------------------------------

    def intent(self, id: str) -> Thing:
        return self._get("payment_intent", id)

    def capture_intent(self, id: str, p: Thing) -> Thing:
        intent = self.intent(id)
        if intent["status"] != "requires_capture":
            raise self._unexpected(intent, "captured")
        amount = _int(p.get("amount_to_capture", str(intent["amount_capturable"])), "amount_to_capture")
        if not 0 < amount <= intent["amount_capturable"]:
            raise Refusal("More than was authorised.", "amount_too_large", param="amount_to_capture", kept=True)
        return self.succeed(intent, amount)

    def cancel_intent(self, id: str, p: Thing) -> Thing:
        intent = self.intent(id)
        if intent["status"] in ("succeeded", "canceled", "processing"):
            raise self._unexpected(intent, "canceled")
        return self._cancelled(intent, p.get("cancellation_reason") or "requested_by_customer")

    def _cancelled(self, intent: Thing, reason: str) -> Thing:
        intent |= {
            "status": "canceled", "amount_capturable": 0, "canceled_at": self.now_s, "cancellation_reason": reason,
        }  # fmt: skip
        self.store.put(intent)
        self.event("payment_intent.canceled", intent)
        return intent

    @staticmethod
    def _unexpected(intent: Thing, what: str) -> Refusal:
        message = f"This PaymentIntent could not be {what} because it has a status of {intent['status']}."
        return Refusal(message, "payment_intent_unexpected_state", kept=True)

    def succeed(self, intent: Thing, amount: int) -> Thing:
        """The money is here: a charge, its balance transaction, and both are told of."""
        charge = self._get("charge", intent["latest_charge"])
        charge |= {"captured": True, "amount_captured": amount, "status": "succeeded", "paid": True}
        charge["balance_transaction"] = self._booked(charge["id"], "charge", amount, charge["currency"])["id"]
        intent |= {"status": "succeeded", "amount_received": amount, "amount_capturable": 0, "next_action": None}
        self.store.put(charge)
        self.store.put(intent)
        self.event("charge.succeeded", charge)
        self.event("payment_intent.succeeded", intent)
        return intent

    def _booked(self, source: str, type: str, amount: int, currency: str) -> Thing:
        fee = amount * FEE_BP // 10_000 + FEE_FIXED if amount > 0 else 0
        return self.store.put(
            {
                "id": self.new_id("txn"), "object": "balance_transaction", "amount": amount, "currency": currency,
                "fee": fee, "net": amount - fee, "type": type, "source": source, "created": self.now_s,
                "status": "available",
            }
        )  # fmt: skip

    # --- Refunds ------------------------------------------------------------------------------------------------------

    def create_refund(self, p: Thing) -> Thing:
        if not p.get("payment_intent"):
            raise Refusal("Missing required param: payment_intent.", "parameter_missing", param="payment_intent")
        intent = self.intent(p["payment_intent"])
        if intent["status"] != "succeeded":
            raise self._unexpected(intent, "refunded")
        charge = self._get("charge", intent["latest_charge"])
        left = charge["amount_captured"] - charge["amount_refunded"]
        amount = _int(p.get("amount", str(left)), "amount")
        if charge["disputed"]:
            raise Refusal("The charge is disputed.", "charge_disputed", kept=True)
        if left == 0:
            raise Refusal(f"Charge {charge['id']} has already been refunded.", "charge_already_refunded", kept=True)
        if not 0 < amount <= left:
            message = f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})"
            raise Refusal(message, "amount_too_large", param="amount", kept=True)
        last4 = charge["payment_method_details"]["card"]["last4"]
        refund = {
            "id": self.new_id("re"), "object": "refund", "amount": amount, "charge": charge["id"],
            "created": self.now_s, "currency": intent["currency"], "failure_reason": None,
            "metadata": p.get("metadata") or {}, "payment_intent": intent["id"], "reason": p.get("reason"),
            "status": "pending" if last4 in ("7726", "5126") else "succeeded",
        }  # fmt: skip
        charge["amount_refunded"] += amount
        charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]
        self.store.put(charge)
        self.store.put(refund, parent=intent["id"])
        self.event("refund.created", refund)
        if refund["status"] == "pending":
            self.store.remind(
                self.world.now() + 30_000, "fail_refund" if last4 == "5126" else "end_refund", refund["id"]
            )
        else:
            self._given_back(refund, charge)
        return refund

    def _given_back(self, refund: Thing, charge: Thing) -> None:
        self._booked(refund["id"], "refund", -refund["amount"], refund["currency"])
        self.event("charge.refunded", charge)

    def end_refund(self, id: str, *, failed: bool) -> None:
        refund = self._get("refund", id)
        if refund["status"] != "pending":
            return
        charge = self._get("charge", refund["charge"])
        if failed:
            refund |= {"status": "failed", "failure_reason": "expired_or_canceled_card"}
            charge["amount_refunded"] -= refund["amount"]
            charge["refunded"] = False
            self.store.put(charge)
        else:
            refund["status"] = "succeeded"
            self._given_back(refund, charge)
        self.store.put(refund)
        self.event("refund.failed" if failed else "refund.updated", refund)

    def dispute(self, intent_id: str) -> None:
        """The buyer's bank takes the charge back into question: no refund beside it."""
        charge = self._get("charge", self.intent(intent_id)["latest_charge"])
        charge["disputed"] = True
        self.store.put(charge)

    # --- all of them --------------------------------------------------------------------------------------------------

    def listed(self, kind: str, path: str, q: Thing) -> Thing:
        limit = _int(str(q.get("limit", "10")), "limit")
        if not 1 <= limit <= 100:
            raise Refusal("Invalid limit: between 1 and 100.", "parameter_invalid_integer", param="limit")
        rows = self.store.newest(kind, limit + 1, q.get("payment_intent", ""), q.get("starting_after", ""))
        if kind == "event" and q.get("type"):
            rows = [row for row in rows if row["type"] == q["type"]]
        return {"object": "list", "url": path, "has_more": len(rows) > limit, "data": [shown(r) for r in rows[:limit]]}

    def one(self, kind: str, id: str, q: Thing) -> Thing:
        """With `expand[]=payment_intent` the session holds the whole intent."""
        thing = self.session(id) if kind == "checkout.session" else self._get(kind, id)
        expand = q.get("expand") or []
        if "payment_intent" in expand and thing.get("payment_intent"):
            thing = thing | {"payment_intent": shown(self.intent(thing["payment_intent"]))}
        return thing

    def _get(self, kind: str, id: str) -> Thing:
        thing = self.store.get(kind, id)
        if thing is None:
            raise Refusal(f"No such {kind}: '{id}'", "resource_missing", param="id", status=404)
        return thing


def shown(thing: Thing) -> Thing:
    """Without what only the gateway itself knows."""
    return {k: v for k, v in thing.items() if k != "_"}


def _int(text: Any, param: str) -> int:
    if not isinstance(text, str) or not text.lstrip("-").isdigit() or len(text) > 15:
        raise Refusal(f"Invalid integer: {text}", "parameter_invalid_integer", param=param)
    return int(text)


def _items(items: Any) -> tuple[int, str, str]:
    """(sum, currency, name of the first) of the line items."""
    if not isinstance(items, list) or not all(isinstance(i, dict) and "price_data" in i for i in items):
        raise Refusal("Invalid array", param="line_items")
    total, currency, name = 0, "", ""
    for n, item in enumerate(items):
        data = item["price_data"]
        amount = _int(data.get("unit_amount", ""), f"line_items[{n}][price_data][unit_amount]")
        total += amount * _int(item.get("quantity", "1"), f"line_items[{n}][quantity]")
        if currency not in ("", data.get("currency")):
            raise Refusal("All line items must use one currency.", param=f"line_items[{n}][price_data][currency]")
        currency, name = data.get("currency", ""), name or data.get("product_data", {}).get("name", "")
    if not (len(currency) == 3 and currency.isalpha() and currency.islower()):
        raise Refusal(f"Invalid currency: {currency}", param="line_items[0][price_data][currency]")
    if not 0 < total <= MAX_AMOUNT:
        raise Refusal(
            "Amount out of range.", "amount_too_large" if total > 0 else "amount_too_small", param="line_items"
        )
    return total, currency, name
