"""Which warehouse ships what, for how much, and when it arrives. Simple tables now; the router comes behind this face."""

from .face import (
    NotDeliverable,
    NotEnough,
    Plan,
    PlanItem,
    PlannedLine,
    PlannedParcel,
    PlanQuery,
    PutRates,
    RateDraft,
    RateList,
    RatesOf,
    ServiceOption,
    Shipping,
    Source,
)

__all__ = [
    "NotDeliverable",
    "NotEnough",
    "Plan",
    "PlanItem",
    "PlanQuery",
    "PlannedLine",
    "PlannedParcel",
    "PutRates",
    "RateDraft",
    "RateList",
    "RatesOf",
    "ServiceOption",
    "Shipping",
    "Source",
]
