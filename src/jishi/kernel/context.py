"""Who asks, where, in which language, and how long there is."""

from __future__ import annotations

import msgspec


class Actor(msgspec.Struct, frozen=True):
    """`id` is the person's (a guest is a person too), 0 for the house itself. `merchant_id` is a clerk's scope."""

    id: int
    role: str  # guest, buyer, clerk, staff, provider, carrier, system
    merchant_id: int = 0

    @property
    def is_customer(self) -> bool:
        """Sees only what is its own."""
        return self.role in ("guest", "buyer")


class Context(msgspec.Struct, frozen=True):
    """Every verb's first argument. `via` is set by stories: permission is then the module's, ownership the actor's.

    Five fields of place (`domain.md` §1.2): storefront, market, channel, locale, currency."""

    actor: Actor
    via: str = ""
    purpose: str = ""  # why personal data is read: order, support, delivery …
    storefront: str = "main"
    market: str = "CN"
    channel: str = "web"
    locale: str = "zh-CN"
    currency: str = "CNY"
    budget_ms: int = 5_000
    trace: str = ""
    key: str = ""  # the caller's Idempotency-Key
    session: int = 0  # the session that asks, for step-up and "this device"
    network: str = ""  # the caller's address cut to /24 or /48, for limits alone
    agent: str = ""  # browser family, never the whole header

    def acting(self, module: str) -> Context:
        """The same caller, with the permissions of a module whose story this is."""
        return msgspec.structs.replace(self, via=module)


SYSTEM = Context(Actor(0, "system"))
