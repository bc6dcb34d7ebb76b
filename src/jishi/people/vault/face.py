"""The one place of personal data. Others hold card ids; `show` is logged."""

from abc import abstractmethod

from msgspec import Struct

from jishi.kernel import Context, Event, Face, Fault
from jishi.kernel.place import Region

MAX_CARDS = 100


class KeepCard(Struct, frozen=True):
    """`card_id` is the caller's choice (a new id), so that asking twice keeps one card. A card never changes: a
    corrected address is a new card.

    kind: contact (email, phone) · recipient (name, phone, country, province, city, district, postcode, street) · note
    (text). purpose: account, order or marketing, the class whose key encrypts it and whose clock ends it."""

    card_id: int
    person_id: int
    kind: str
    purpose: str
    fields: dict[str, str]


class CardFacts(Struct, frozen=True):
    """What may be known without reading the card. Prints are keyed fingerprints (hex, "" where there is no value)."""

    id: int
    person_id: int
    kind: str
    region: Region
    address_print: str
    phone_print: str
    email_print: str


class Show(Struct, frozen=True):
    """`fields` empty = all. `masked`: 林* · 138****8000 · l***@example.com, for lists; still one log row a batch."""

    ids: list[int]
    purpose: str
    fields: list[str] = []
    masked: bool = False


class Card(Struct, frozen=True):
    id: int
    person_id: int
    kind: str
    fields: dict[str, str]


class Shown(Struct, frozen=True):
    """In the order asked for; an erased card has no fields."""

    cards: list[Card]


class FactsQuery(Struct, frozen=True):
    ids: list[int]


class Facts(Struct, frozen=True):
    cards: list[CardFacts]


class Find(Struct, frozen=True):
    """index: email, phone (E.164, or as it is written in the caller's market), phone_tail (last four digits), name (exact).
    A value that is none of its kind finds nothing."""

    index: str
    value: str
    limit: int = 50


class Found(Struct, frozen=True):
    """Newest card first. `print` is the value's keyed fingerprint as in `CardFacts` (email, phone), "" where it is none."""

    card_ids: list[int]
    person_ids: list[int]
    print: str = ""


class Erase(Struct, frozen=True):
    """Destroys the person's key of one purpose class: nothing of it can be read again."""

    person_id: int
    purpose: str


class Erased(Struct, frozen=True):
    person_id: int
    purpose: str
    cards: int


class DropCards(Struct, frozen=True):
    """The content of these cards is gone (≤ 100); who holds their ids finds them empty. One's own; nothing else is found."""

    ids: list[int]


class Dropped(Struct, frozen=True):
    cards: int


class HandOver(Struct, frozen=True):
    """These cards (≤ 100) of one person become another's, sealed anew under that one's key, their ids as they were: a
    guest's orders are claimed. What has been erased, or is the other's already, stays as it is."""

    ids: list[int]
    from_person: int
    to_person: int


class HandedOver(Struct, frozen=True):
    cards: int


class ReadsOf(Struct, frozen=True):
    person_id: int
    limit: int = 100


class Read(Struct, frozen=True):
    """One row of the access log: who read which fields (none = all) of which cards, and why."""

    at: int
    actor_id: int
    actor_role: str
    via: str
    purpose: str
    fields: list[str]
    cards: list[int]
    masked: bool = False


class Reads(Struct, frozen=True):
    rows: list[Read]


class CardsErased(Event, tag="people.vault.erased", frozen=True):
    """What was kept of a person for this purpose class cannot be read again."""

    person_id: int
    purpose: str
    key_id: int


class NoCard(Fault, code="vault.no_card", status=404):
    card_id: int


class CardTaken(Fault, code="vault.card_taken", status=409):
    """The person has a card of this id with another content: a card never changes."""

    card_id: int


class Vault(Face):
    name = "people.vault"

    @abstractmethod
    async def keep(self, ctx: Context, command: KeepCard, /) -> CardFacts: ...
    @abstractmethod
    async def show(self, ctx: Context, query: Show, /) -> Shown: ...
    @abstractmethod
    async def facts(self, ctx: Context, query: FactsQuery, /) -> Facts: ...
    @abstractmethod
    async def find(self, ctx: Context, query: Find, /) -> Found: ...
    @abstractmethod
    async def erase(self, ctx: Context, command: Erase, /) -> Erased: ...
    @abstractmethod
    async def drop(self, ctx: Context, command: DropCards, /) -> Dropped: ...
    @abstractmethod
    async def hand_over(self, ctx: Context, command: HandOver, /) -> HandedOver: ...
    @abstractmethod
    async def reads(self, ctx: Context, query: ReadsOf, /) -> Reads: ...
