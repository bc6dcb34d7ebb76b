"""Looks in one unit and writes what it saw in another: two buyers pass the check together."""

from typing import Any

from sqlalchemy import bindparam, update

from jishi.app import Parts
from jishi.goods.inventory import OutOfStock, Reserve
from jishi.goods.inventory.face import ReservationDue
from jishi.goods.inventory.rules import Hold
from jishi.goods.inventory.service import InventoryService
from jishi.goods.inventory.tables import HOLD, MOVE, PIECES, WANT, levels
from jishi.kernel import Context, Statement, Tx
from jishi.kernel.holds import Held
from jishi.sim.relay import Restless

SEE = Statement(levels.select().where(levels.c.id.in_(bindparam("ids", expanding=True))))
SET = Statement(update(levels).where(levels.c.id == bindparam("stock")).values(reserved=bindparam("to")))


def look(tx: Tx, cmd: Reserve) -> dict[int, tuple[int, int]]:
    """stock id → (free, reserved)"""
    rows = tx.rows(SEE, ids=[w.stock_id for w in cmd.wants])
    names = list(levels.c.keys())
    seen: dict[int, tuple[int, int]] = {}
    for row in rows:
        x: dict[str, Any] = dict(zip(names, row, strict=True))
        seen[x["id"]] = x["on_hand"] - x["reserved"] - x["allocated"] - x["safety"], x["reserved"]
    return seen


def write_what_was_seen(tx: Tx, cmd: Reserve, seen: dict[int, tuple[int, int]]) -> Held:
    hold = Hold(cmd.order_id, "open", cmd.until)
    if tx.once(HOLD, **{f: getattr(hold, f) for f in hold.__struct_fields__}):
        pieces = dict.fromkeys(PIECES, 0)
        tx.many(
            WANT,
            [
                pieces | dict(order_id=cmd.order_id, stock_id=w.stock_id, quantity=w.quantity, reserved=w.quantity)
                for w in cmd.wants
            ],
        )
        tx.emit(ReservationDue(cmd.order_id, cmd.until), due_at=cmd.until)
        for w in cmd.wants:
            tx.run(SET, stock=w.stock_id, to=seen[w.stock_id][1] + w.quantity)
            move = dict(kind="reserve", bucket="reserved", delta=w.quantity, ref_id=cmd.order_id, reason="", at=tx.now)
            tx.run(MOVE, id=tx.new_id(), stock_id=w.stock_id, **move)
    return hold.held


class ChecksThenWrites(InventoryService):
    async def reserve(self, ctx: Context, command: Reserve, /) -> Held:  # type: ignore[override]
        seen = await self.db.read(ctx, look, command)
        for w in command.wants:
            if seen[w.stock_id][0] < w.quantity:
                raise OutOfStock(w.stock_id, w.quantity)
        held: Held = await self.db.write(ctx, write_what_was_seen, command, seen)
        return held


PARTS = Parts(inventory=ChecksThenWrites, relay=Restless)
BREAKS = ("I1", "I2")
