"""A ledger with a relay, and the histories of orders as events."""

from collections import Counter
from dataclasses import dataclass
from random import Random

from jishi.grants import grants
from jishi.kernel import Context, Database, Engine, Event, Money, Relay, World
from jishi.trade.ledger import Balance, BalanceQuery, Verdict, Verify
from jishi.trade.ledger.events import (
    Cancelled,
    Captured,
    Collected,
    Confirmed,
    Refunded,
    Share,
    SurplusCaptured,
)
from jishi.trade.ledger.service import LedgerService
from jishi.trade.ledger.tables import ALL_SUMS, module
from tests.kit import STAFF

SYSTEM = Context(STAFF.actor.__class__(0, "system"))
CNY = "CNY"


@dataclass
class Books:
    db: Database
    service: LedgerService
    relay: Relay

    async def balances(self, prefix: str = "") -> dict[tuple[str, str], int]:
        rows: list[Balance] = (await self.service.balances(STAFF, BalanceQuery(prefix=prefix))).rows
        return {(b.account, b.currency): b.minor for b in rows if b.minor}

    async def sums(self) -> dict[tuple[str, str], int]:
        """The same, added up from the entries."""
        rows = await self.db.read(STAFF, lambda tx: tx.rows(ALL_SUMS))
        return {(a, c): int(n) for a, c, n in rows if n}

    async def verdict(self) -> Verdict:
        return await self.service.verify(STAFF, Verify())

    async def hear(self, event: Event) -> None:
        """As the relay would, without its inbox: the unit itself must be safe to repeat."""
        handler = next(h for h in self.service.handlers() if h.shape is type(event))
        assert handler.unit
        await self.db.write(None, handler.unit, event)


def open_books(engine: Engine, world: World) -> Books:
    db = Database(engine, module)
    service = LedgerService(db, grants())
    return Books(db, service, Relay(world, [db], service.handlers()))


def history(rng: Random, order: int) -> tuple[list[Event], Counter[str]]:
    """All that may be told of one order, and what its accounts must hold when all of it was heard."""
    shares = [
        Share(
            n, rng.randint(5, 7), t := rng.randint(1, 9_999), rng.choice((0, t // 6)), "US", rng.choice((0, 0, t // 4))
        )
        for n in (1, 2, 3)
    ]
    total, way = sum(s.total for s in shares), rng.choice(("card", "card", "cod", "late", "surplus"))
    due, events, owed = Money(total, CNY), list[Event](), Counter[str]()
    if way in ("late", "surplus"):
        second = Money(rng.randint(1, 9_999), CNY)
        events = [SurplusCaptured(order * 10, order, "stripe", second, "second"),
                  Refunded(order * 10 + 1, order, "stripe", second, {}, surplus=True)]  # fmt: skip
    if way == "late":  # paid when the order was dead: nothing was sold, and all of it goes back
        events += [Cancelled(order, order * 10, CNY, []), Captured(order, order, "stripe", due, []),
                   Refunded(order * 10 + 2, order, "stripe", due, {}, surplus=False)]  # fmt: skip
        return events, owed
    events.append(Confirmed(order, CNY, shares))
    cut = [s for s in shares if rng.random() < 0.4]
    back = sum(s.total for s in cut)
    if cut:
        events.append(Cancelled(order, order * 10, CNY, cut))
    for s in shares:
        if s not in cut:
            owed[f"payable:{s.merchant_id}"] -= s.total + s.funded - s.platform_tax
            owed["expense:promotions"] += s.funded
            owed["tax:US"] -= s.platform_tax
    if way == "cod":
        left = [s for s in shares if s not in cut]
        events += [Collected(order, order, order * 10 + n, Money(s.total, CNY), whole=s is left[-1])
                   for n, s in enumerate(left)]  # fmt: skip
        owed["cash:door"] += total - back
    else:
        events.append(Captured(order, order, "stripe", due, []))
        if back:
            events.append(Refunded(order * 10 + 2, order, "stripe", Money(back, CNY), {}, surplus=False))
        owed["clearing:stripe"] += total - back
    return events, Counter({k: v for k, v in owed.items() if v})
