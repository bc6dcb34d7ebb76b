"""Looks at a budget in one unit and writes what it saw in another: two buyers have the last use of it."""

import msgspec
from sqlalchemy import bindparam, select, update

from jishi.app import Parts
from jishi.goods.promotions import HoldDue, HoldUses, UsesSpent
from jishi.goods.promotions.holds import persons_of
from jishi.goods.promotions.service import PromotionsService
from jishi.goods.promotions.stand import Hold
from jishi.goods.promotions.tables import ADD_TAKE, HOLD, TAKE_COUPON, budgets
from jishi.kernel import Context, Statement, Tx
from jishi.kernel.holds import Held
from jishi.sim.relay import Restless

SEEN = Statement(select(budgets).where(budgets.c.promotion_id.in_(bindparam("ids", expanding=True))))
SET = Statement(
    update(budgets)
    .where(budgets.c.promotion_id == bindparam("promotion"))
    .values(held_minor=bindparam("to_minor"), held_uses=bindparam("to_uses"))
)
Counters = dict[int, dict[str, int]]


def look(tx: Tx, cmd: HoldUses) -> Counters:
    names = list(budgets.c.keys())
    rows = tx.rows(SEEN, ids=[t.promotion_id for t in cmd.holds if t.promotion_id] or [0])
    return {r[0]: dict(zip(names, r, strict=True)) for r in rows}


def write_what_was_seen(tx: Tx, cmd: HoldUses, seen: Counters) -> Held:
    persons = msgspec.json.encode(persons_of(tx.actor.id, cmd.persons)).decode()
    hold = Hold(cmd.order_id, "open", cmd.until, b"", persons)
    if tx.once(HOLD, **msgspec.structs.asdict(hold)):
        for n, t in enumerate(cmd.holds, 1):
            tx.run(ADD_TAKE, order_id=cmd.order_id, n=n, **msgspec.structs.asdict(t))
            if t.coupon_id:
                tx.run(TAKE_COUPON, coupon=t.coupon_id, order=cmd.order_id)
            if was := seen.get(t.promotion_id):
                to = dict(to_minor=was["held_minor"] + t.minor, to_uses=was["held_uses"] + 1)
                tx.run(SET, promotion=t.promotion_id, **to)
        tx.emit(HoldDue(cmd.order_id, cmd.until), due_at=cmd.until)
    return hold.held


class ChecksThenWrites(PromotionsService):
    async def hold(self, ctx: Context, command: HoldUses, /) -> Held:  # type: ignore[override]
        seen: Counters = await self.db.read(ctx, look, command)
        for t in command.holds:
            b = seen.get(t.promotion_id)
            if b and b["most_uses"] and b["held_uses"] + b["used_uses"] >= b["most_uses"]:
                raise UsesSpent(t.promotion_id, t.coupon_id, 0, "budget")
        held: Held = await self.db.write(ctx, write_what_was_seen, command, seen)
        return held


PARTS = Parts(promotions=ChecksThenWrites, relay=Restless)
BREAKS = ("I9 a budget", "I9 within", "I9 a coupon")
