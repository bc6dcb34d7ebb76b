"""What was looked at and bought, of those who allow it, under pseudonyms whose keys are destroyed."""

from .face import (
    KINDS,
    PAGE_MAX,
    RECENT_MAX,
    Behaviour,
    Forget,
    PeriodOver,
    Recent,
    Seen,
    Step,
    Steps,
    Trail,
    Trails,
    TrailsDue,
    TrailsQuery,
)

__all__ = [
    "KINDS",
    "PAGE_MAX",
    "RECENT_MAX",
    "Behaviour",
    "Forget",
    "PeriodOver",
    "Recent",
    "Seen",
    "Step",
    "Steps",
    "Trail",
    "Trails",
    "TrailsDue",
    "TrailsQuery",
]
