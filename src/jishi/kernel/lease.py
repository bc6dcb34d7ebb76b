"""Which node a process is, and until which moment it may draw ids: no id is given twice, whatever the clock says."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from msgspec import Struct
from sqlalchemy import bindparam, select, update

from .columns import at, code, part
from .context import SYSTEM
from .faults import Unavailable
from .sql import Database, Module, Statement, Tx
from .world import World

NODES = 64  # 6 bits of an id
STEP_MS = 60_000  # of ids that are leased at a time; at most so far do they run ahead of the clock after a crash
KEEP_S = 10  # so often the lease is renewed
LEASE_MS = 60_000  # after so long without a renewal another process may take the node, and goes on after its ids

module = Module("kernel")
leases = module.table("leases", part("node"), code("holder", 64), at("ids_until"), at("expires_at"))

NODE: Any = bindparam("of")
ALL = Statement(select(leases.c.node, leases.c.holder, leases.c.ids_until, leases.c.expires_at).order_by(leases.c.node))
FIRST = Statement(leases.insert(), "node", "holder", "ids_until", "expires_at")
TAKE = Statement(
    update(leases)
    .where(leases.c.node == NODE, leases.c.ids_until == bindparam("seen"), leases.c.holder == bindparam("was"))
    .values(holder=bindparam("who"), ids_until=bindparam("until"), expires_at=bindparam("expires"))
)
KEEP = Statement(
    update(leases)
    .where(leases.c.node == NODE, leases.c.holder == bindparam("who"))
    .values(ids_until=bindparam("until"), expires_at=bindparam("expires"))
)

log = logging.getLogger(__name__)


class Leased(Struct, frozen=True):
    """The node, and the moments [begins, ends) whose ids are its own."""

    node: int
    begins: int
    ends: int


class Lease:
    """`holder` names the process and nobody else; one that comes back under its name gets its node at once."""

    def __init__(self, db: Database, world: World, holder: str) -> None:
        self.db, self.world, self.holder, self.lost = db, world, holder, True

    async def take(self) -> None:
        """The world draws ids of a node that is this process's alone. Unavailable: all 64 are taken."""
        for _ in range(NODES):
            got: Leased | None = await self.db.write(SYSTEM, take, self.holder)
            if got is not None:
                self.world.lease(got.node, got.begins, got.ends)
                self.lost = False
                return
        raise Unavailable("another process was quicker 64 times")

    async def renew(self) -> None:
        """The lease reaches a minute beyond the clock, and beyond the ids that were drawn."""
        kept: int | None = await self.db.write(SYSTEM, renew, self.world.node, self.holder, self.world.drawn_until)
        self.lost = kept is None
        self.world.extend(kept or 0)
        if self.lost:
            log.error("the node was taken by another process", extra={"node": self.world.node})

    async def keep(self) -> None:
        """Renews for ever; while the database is away ids last for a minute."""
        while True:
            await asyncio.sleep(KEEP_S)
            try:
                await self.renew()
            except Exception as e:
                log.warning("the lease was not renewed", extra={"why": type(e).__name__})

    async def give_back(self) -> None:
        """Another process may have the node at once, and goes on where the ids end."""
        self.world.extend(0)
        await self.db.write(SYSTEM, give_back, self.world.node, self.holder, self.world.drawn_until)


def take(tx: Tx, holder: str) -> Leased | None:
    """The holder's own node, else one that nobody ever had, else one whose lease ran out. None: somebody was quicker."""
    rows = tx.rows(ALL)
    own = [r for r in rows if r[1] == holder]
    free = sorted(set(range(1, NODES)) - {r[0] for r in rows}) or sorted({0} - {r[0] for r in rows})
    expired = sorted((r for r in rows if r[3] <= tx.now), key=lambda r: (r[2], r[0]))
    if chosen := (own or expired)[:1]:
        ((node, was, seen, _),) = chosen
        begins = max(seen, tx.now)
        ends = begins + STEP_MS
        taken = tx.run(TAKE, of=node, was=was, seen=seen, who=holder, until=ends, expires=tx.now + LEASE_MS)
        return Leased(node, begins, ends) if taken else None
    if not free:
        raise Unavailable(f"all {NODES} nodes are taken")
    begins, ends = tx.now, tx.now + STEP_MS
    first = tx.once(FIRST, node=free[0], holder=holder, ids_until=ends, expires_at=tx.now + LEASE_MS)
    return Leased(free[0], begins, ends) if first else None


def renew(tx: Tx, node: int, holder: str, drawn_until: int) -> int | None:
    """Where the ids now end; never less than before. None: the node is another's."""
    ends = max(tx.now, drawn_until, *(r[2] - STEP_MS for r in tx.rows(ALL) if r[0] == node)) + STEP_MS
    kept = tx.run(KEEP, of=node, who=holder, until=ends, expires=tx.now + LEASE_MS)
    return ends if kept else None


def give_back(tx: Tx, node: int, holder: str, drawn_until: int) -> None:
    tx.run(KEEP, of=node, who=holder, until=drawn_until, expires=0)
