"""What somebody allows us to do with the traces of a visit. Nothing is allowed by default."""

from abc import abstractmethod

from msgspec import Struct

from jishi.kernel import Context, Event, Face, Fault

ANALYTICS, PERSONAL = "analytics", "personal"
PURPOSES = (ANALYTICS, PERSONAL)  # counting and learning from visits; choosing by one's own visits what is shown
TEXT = "2026-11"  # the wording that is asked today; a newer one is asked again
LOOK_MAX = 256


class Choose(Struct, frozen=True):
    """The actor's choice, purpose by purpose; what is not named stays as it was. Safe to repeat.

    `text` is the wording that was on the page, `how` the place: banner, page, feed, signal (the browser's own)."""

    given: dict[str, bool]
    how: str
    text: str = TEXT


class MyChoices(Struct, frozen=True):
    """The actor's own."""


class Choice(Struct, frozen=True):
    """What holds for one purpose. `how`: as in `Choose`, or sign_in (a guest's choice came along), erasure
    (the account was erased)."""

    purpose: str
    given: bool
    text: str
    at: int
    how: str


class Choices(Struct, frozen=True):
    """`asked`: every purpose was decided under today's wording, less than 13 months ago. What was never decided, or too
    long ago, is missing and not given."""

    rows: list[Choice]
    asked: bool

    def gives(self, purpose: str) -> bool:
        return any(c.given for c in self.rows if c.purpose == purpose)


class MyRecord(Struct, frozen=True):
    """Every choice the actor made, newest first; ≤ 100."""

    limit: int = 100


class Record(Struct, frozen=True):
    rows: list[Choice]


class Look(Struct, frozen=True):
    """Who of these ≤ 256 persons gives what; for modules that are about to use it."""

    person_ids: list[int]


class Given(Struct, frozen=True):
    """Person → purposes that are given now; who gives nothing is missing."""

    purposes: dict[int, list[str]]


class ConsentChanged(Event, tag="people.privacy.changed", frozen=True):
    """`given` are the purposes that hold from now on, `withdrawn` those that held until now."""

    person_id: int
    given: list[str]
    withdrawn: list[str]


class ChoicesMoved(Event, tag="people.privacy.moved", frozen=True):
    """A guest signed in to an account that was there: what holds for the account is settled, and the guest is no more."""

    person_id: int
    guest_id: int


class UnknownPurpose(Fault, code="consent.purpose", status=422):
    purpose: str


class Privacy(Face):
    name = "people.privacy"

    @abstractmethod
    async def choose(self, ctx: Context, command: Choose, /) -> Choices: ...
    @abstractmethod
    async def choices(self, ctx: Context, query: MyChoices, /) -> Choices: ...
    @abstractmethod
    async def record(self, ctx: Context, query: MyRecord, /) -> Record: ...
    @abstractmethod
    async def look(self, ctx: Context, query: Look, /) -> Given: ...
