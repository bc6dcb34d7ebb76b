"""A card gateway in a box: it speaks Stripe's protocol for what Jishi uses of it, and what fakes of it usually lack."""

from .gateway import Gateway, GatewaySettings

__all__ = ["Gateway", "GatewaySettings"]
