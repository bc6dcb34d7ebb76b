"""A till: payments with a ledger behind it, a relay, and words to read them by."""

from dataclasses import dataclass, field

import msgspec
from sqlalchemy import select

from jishi.grants import grants
from jishi.kernel import Actor, Context, Database, Engine, Money, Relay, Statement, World
from jishi.sandbox.memory import MemoryCard
from jishi.trade.ledger import Balance, BalanceQuery
from jishi.trade.ledger.service import LedgerService
from jishi.trade.ledger.tables import module as books
from jishi.trade.payments import Intend, Intent, IntentQuery, Leg, Notify, Provider, RefundsQuery, Start, Started
from jishi.trade.payments.providers.cod import Cod
from jishi.trade.payments.service import PaymentsService
from jishi.trade.payments.tables import attempts, captures, intents, module, notices, refunds
from tests.kit import STAFF, Clock, buyer, module as via

CHECKOUT, ORDERS, PROVIDER = via("trade.checkout"), via("trade.orders"), Context(Actor(0, "provider"))
OUTBOX = module.meta.tables["trade_payments_outbox"]
EVENTS = Statement(select(OUTBOX.c.topic, OUTBOX.c.body, OUTBOX.c.state, OUTBOX.c.fault).order_by(OUTBOX.c.id))
ALL = {t.name.removeprefix("trade_payments_"): Statement(select(t).order_by(t.c.id)) for t in
       (attempts, captures, intents, notices, refunds)}  # fmt: skip
URLS = ("https://shop.example/paid", "https://shop.example/back")


@dataclass
class Till:
    db: Database
    books: Database
    service: PaymentsService
    ledger: LedgerService
    relay: Relay
    world: World
    clock: Clock
    orders: int = field(default=0)

    async def intend(self, minor: int = 12_900, *, method: str = "card", currency: str = "CNY", minutes: float = 30,
                     legs: list[Leg] | None = None, who: int = 7) -> Intent:  # fmt: skip
        """An order of two children, unless told."""
        self.orders += 1
        order_id = 1_000 + self.orders
        half = minor // 2
        cmd = Intend(
            order_id, 1, Money(minor, currency), method, self.clock.ms + int(minutes * 60_000),
            legs or [Leg(1, 5, half), Leg(2, 6, minor - half)], f"J{self.orders:010d}", who,
        )  # fmt: skip
        return await self.service.intend(CHECKOUT, cmd)

    async def start(self, intent: Intent, who: int = 7) -> Started:
        return await self.service.start(buyer(who), Start(intent.id, *URLS))

    async def intent(self, intent: Intent) -> Intent:
        return await self.service.intent(STAFF, IntentQuery(intent.id))

    async def refunds(self, intent: Intent) -> list[tuple[int, str]]:
        rows = (await self.service.refunds(STAFF, RefundsQuery(intent.order_id))).rows
        return [(r.minor, r.state) for r in rows]

    async def rows(self, table: str) -> list[dict[str, object]]:
        st = ALL[table]
        return [dict(zip(st.core.selected_columns.keys(), row, strict=True)) for row in
                await self.db.read(STAFF, lambda tx: tx.rows(st))]  # fmt: skip

    async def ref(self, started: Started) -> str:
        return next(str(a["ref"]) for a in await self.rows("attempts") if a["id"] == started.attempt)

    async def events(self, topic: str = "") -> list[tuple[str, dict[str, object]]]:
        """What was told, in order; our own timers and hints left out unless asked for by topic."""
        found = await self.db.read(STAFF, lambda tx: tx.rows(EVENTS))
        quiet = () if topic else ("attempt_due", "refund_due", "notice_stored")
        told = [(t.removeprefix("trade.payments."), msgspec.msgpack.decode(bytes(b))) for t, b, *_ in found]
        return [(t, b) for t, b in told if t not in quiet and topic in ("", t)]

    async def told(self) -> list[str]:
        return [topic for topic, _ in await self.events()]

    async def dead(self) -> list[str]:
        """Faults of events that failed at least once."""
        return [f for *_, f in await self.db.read(STAFF, lambda tx: tx.rows(EVENTS)) if f]

    async def balances(self) -> dict[str, int]:
        rows: list[Balance] = (await self.ledger.balances(STAFF, BalanceQuery())).rows
        return {b.account: b.minor for b in rows if b.minor}

    async def hear(self, card: MemoryCard) -> None:
        """All notices that wait at the gateway come in, and what follows from them happens."""
        while card.outbox:
            notice = card.notice(card.outbox.popleft())
            await self.service.notify(PROVIDER, Notify(card.code, notice.raw, notice.headers))
        await self.relay.drain()

    async def paid(self, card: MemoryCard, minor: int = 12_900, **more: object) -> Intent:
        """An order whose money is there."""
        intent = await self.intend(minor, **more)
        card.pay(await self.ref(await self.start(intent)))
        await self.hear(card)
        return await self.intent(intent)

    async def pass_time(self, **span: float) -> None:
        """In steps of half a minute, as the relay would nap."""
        end = Clock(self.clock.ms)
        end.pass_time(**span)
        while self.clock.ms < end.ms:
            self.clock.ms = min(self.clock.ms + 30_000, end.ms)
            await self.relay.drain()


def open_till(engine: Engine, world: World, clock: Clock, *providers: Provider) -> Till:
    db, shelf = Database(engine, module), Database(engine, books)
    service, ledger = PaymentsService(db, grants(), [*providers, Cod()]), LedgerService(shelf, grants())
    relay = Relay(world, [db, shelf], [*service.handlers(), *ledger.handlers()])
    return Till(db, shelf, service, ledger, relay, world, clock)
