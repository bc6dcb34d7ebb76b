"""What was looked at, put into carts and bought, of those who allow it, under names that nobody can lead back."""

from abc import abstractmethod

from msgspec import Struct

from jishi.kernel import Context, Event, Face

KINDS = ("view", "search", "cart", "buy", "favourite", "click")
RECENT_MAX = 50
PAGE_MAX = 100  # trails of one `trails`


class Seen(Struct, frozen=True):
    """One event of a visit, with a product or an offer of it. `place` says for a click which list was clicked in. A search keeps no words: they are the
    search log's, which knows no visitor."""

    kind: str
    product_id: int = 0
    place: str = ""
    listing_id: int = 0


class Recent(Struct, frozen=True):
    """The actor's own latest goods, newest first, of this period; empty without the consent `personal`."""

    limit: int = RECENT_MAX


class Step(Struct, frozen=True):
    """No moment: beside the orders of a shop, a minute would say who it was. The day is the trail's."""

    kind: str
    product_id: int
    place: str = ""


class Steps(Struct, frozen=True):
    """`personal`: the actor allows that this is used for what is shown."""

    rows: list[Step]
    personal: bool


class Forget(Struct, frozen=True):
    """Every trace of the actor that still can be led back is gone; earlier ones are nobody's already."""


class TrailsQuery(Struct, frozen=True):
    """For learning: the trails of all who allow it, ordered by pseudonym and day."""

    after: str = ""
    limit: int = PAGE_MAX


class Trail(Struct, frozen=True):
    """What one pseudonym did on one day, in order. `learn`: its owner allowed `analytics`."""

    pseudonym: str
    period: int
    day: int  # days since 1970, UTC
    learn: bool
    steps: list[Step]


class Trails(Struct, frozen=True):
    rows: list[Trail]
    next: str  # "" at the end


class PeriodOver(Event, tag="insight.behaviour.period_over", frozen=True):
    """A timer: the key of this period is destroyed; its pseudonyms lead nowhere from then on."""

    period: int


class TrailsDue(Event, tag="insight.behaviour.trails_due", frozen=True):
    """A timer: trails older than the retention are gone."""

    day: int


class Behaviour(Face):
    name = "insight.behaviour"

    @abstractmethod
    async def note(self, ctx: Context, seen: Seen, /) -> None:
        """It is remembered a moment later, if its actor allows it, or lost with the process: nobody waits for it."""

    @abstractmethod
    async def recent(self, ctx: Context, query: Recent, /) -> Steps: ...
    @abstractmethod
    async def forget(self, ctx: Context, command: Forget, /) -> None: ...
    @abstractmethod
    async def trails(self, ctx: Context, query: TrailsQuery, /) -> Trails: ...
