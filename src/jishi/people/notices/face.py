"""E-mails and text messages, addressed by card id: no address is ever handed to this module."""

from abc import abstractmethod
from typing import Protocol

from msgspec import Struct

from jishi.kernel import Context, Face, Fault

TOPICS = ("offers", "reminders")


class Send(Struct, frozen=True):
    """Sent once a key, in the context's locale (≤ 96 characters of a-z 0-9 : . _ -, so that every engine tells keys apart). `template` names the sentences `notices.<template>.subject` and `.body` of the catalogues.

    `params` are stored (ids, amounts, numbers; never personal data); `secrets` (a code, a link) go to the provider
    and nowhere else, so a send that failed is asked again by its caller, never from the row.

    `currency` makes money of `total` and `minor` (→ `amount`), both in minor units; `number` makes `link`, the order's
    page, which opens for a guest with `secret`."""

    key: str
    card_id: int
    template: str
    params: dict[str, str] = {}
    secrets: dict[str, str] = {}
    channel: str = "email"
    topic: str = ""  # "": about an order or the account, always sent; else only to who has asked for it


class Notice(Struct, frozen=True):
    """state: sending, sent, failed, dropped (the card is erased, has no such address, or nobody asked for the topic)."""

    id: int
    key: str
    template: str
    channel: str
    state: str
    at: int


class NoticesQuery(Struct, frozen=True):
    """Newest first, ≤ 50. Customers see what was sent to their own cards."""

    card_id: int
    limit: int = 50


class NoticeList(Struct, frozen=True):
    rows: list[Notice]


class ChannelsQuery(Struct, frozen=True):
    pass


class Channels(Struct, frozen=True):
    """Those that somebody carries here: email, sms."""

    rows: list[str]


class WishesQuery(Struct, frozen=True):
    """The asker's own."""


class PutWishes(Struct, frozen=True):
    """Exactly these topics are asked for from now on; nothing is, until somebody says so."""

    topics: list[str]


class Wishes(Struct, frozen=True):
    topics: list[str]


class Message(Struct, frozen=True):
    """What a provider is handed. `to` is an address or a phone in E.164."""

    id: int
    channel: str
    to: str
    subject: str
    body: str
    html: str
    locale: str


class Courier(Protocol):
    """A provider of e-mail or text messages (entry point group `jishi.couriers`)."""

    channel: str

    async def send(self, message: Message) -> None:
        """Accepted by the provider; anything else raises. `message.id` is the idempotency key."""
        ...


class NotSent(Fault, code="notice.not_sent", status=503):
    channel: str


class Notices(Face):
    name = "people.notices"

    @abstractmethod
    async def send(self, ctx: Context, command: Send, /) -> Notice: ...
    @abstractmethod
    async def of_card(self, ctx: Context, query: NoticesQuery, /) -> NoticeList: ...
    @abstractmethod
    async def channels(self, ctx: Context, query: ChannelsQuery, /) -> Channels: ...
    @abstractmethod
    async def wishes(self, ctx: Context, query: WishesQuery, /) -> Wishes: ...
    @abstractmethod
    async def put_wishes(self, ctx: Context, command: PutWishes, /) -> Wishes: ...
