"""What stands at the outer edge of a sale: a card provider in memory, a letter box, merchants without a database."""

from dataclasses import dataclass, field

from jishi.kernel import Context
from jishi.people.merchants import Merchant, MerchantList, Merchants, MerchantsQuery, NoMerchant, PutMerchant
from jishi.people.notices import (
    Channels,
    ChannelsQuery,
    Notice,
    NoticeList,
    Notices,
    NoticesQuery,
    PutWishes,
    Send,
    Wishes,
    WishesQuery,
)
from jishi.trade.payments import (
    AttemptRef,
    BadSignature,
    Begun,
    Capabilities,
    Looked,
    ProviderDown,
    RefundLooked,
    Told,
)


@dataclass
class Till:
    """A card provider: a test pays at it, and it is asked what is true."""

    code: str = "till"
    method: str = "card"
    can: Capabilities = field(default_factory=Capabilities)
    begun: dict[str, AttemptRef] = field(default_factory=dict)
    paid: dict[str, tuple[int, str]] = field(default_factory=dict)
    refunds: dict[str, int] = field(default_factory=dict)
    down: bool = False

    def pay(self) -> None:
        """The newest attempt is paid, as it was begun."""
        number, ref = list(self.begun.items())[-1]
        self.paid[number] = (ref.minor, ref.currency)

    async def begin(self, attempt: AttemptRef) -> Begun:
        if self.down:
            raise ProviderDown(self.code)
        self.begun[attempt.number] = attempt
        return Begun(f"ref-{attempt.number}", f"https://till.example/{attempt.number}", attempt.expires_at)

    async def look(self, attempt: AttemptRef) -> Looked:
        if money := self.paid.get(attempt.number):
            return Looked("captured", f"money-{attempt.number}", *money, number=attempt.number)
        return Looked("open")

    async def capture(self, attempt: AttemptRef, payment: str, minor: int) -> Looked:
        return await self.look(attempt)

    async def void(self, attempt: AttemptRef) -> Looked:
        looked = await self.look(attempt)
        return looked if looked.state == "captured" else Looked("open")  # it cannot end a page that somebody reads

    async def refund(self, payment: str, number: str, minor: int, currency: str, reason: str) -> RefundLooked:
        self.refunds[number] = minor
        return RefundLooked("done", f"back-{number}")

    async def refund_state(self, number: str, ref: str) -> RefundLooked:
        return RefundLooked("done", ref)

    def verify(self, raw: bytes, headers: dict[str, str], now_ms: int) -> Told:
        raise BadSignature(self.code, "missing")


class Letters(Notices):
    """Keeps what was sent, once a key; the true one is tested with its couriers."""

    def __init__(self) -> None:
        self.sent: dict[str, tuple[str, Send]] = {}

    async def send(self, ctx: Context, command: Send, /) -> Notice:
        self.sent.setdefault(command.key, (ctx.locale, command))
        return Notice(1, command.key, command.template, command.channel, "sent", 0)

    async def of_card(self, ctx: Context, query: NoticesQuery, /) -> NoticeList:
        return NoticeList([])

    async def channels(self, ctx: Context, query: ChannelsQuery, /) -> Channels:
        return Channels(["email"])

    async def wishes(self, ctx: Context, query: WishesQuery, /) -> Wishes:
        return Wishes([])

    async def put_wishes(self, ctx: Context, command: PutWishes, /) -> Wishes:
        return Wishes(command.topics)

    @property
    def templates(self) -> list[str]:
        return [send.template for _, send in self.sent.values()]


class Guild(Merchants):
    """Merchants as they stand in a test."""

    def __init__(self) -> None:
        self.rows: dict[int, Merchant] = {}

    async def put(self, ctx: Context, command: PutMerchant, /) -> Merchant:
        raise NoMerchant(0)

    async def merchants(self, ctx: Context, query: MerchantsQuery, /) -> MerchantList:
        return MerchantList([self.rows[i] for i in query.ids if i in self.rows])
