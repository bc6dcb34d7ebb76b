"""A small module to try the kernel with: purses that hold coins, and events about them."""

from abc import abstractmethod
from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy import CheckConstraint, bindparam, select, update

from jishi.kernel import Ask, Context, Event, Face, Fault, Module, Statement, Tx
from jishi.kernel.columns import code, count, key

module = Module("probe", listed=False)
purses = module.table("purses", key(), count("coins"), code("name", 8), CheckConstraint("coins >= 0"))
other = Module("neighbour", listed=False)
notes = other.table("notes", key(), count("coins"))

OPEN = Statement(purses.insert(), "id", "coins", "name")
ADD = Statement(update(purses).where(purses.c.id == bindparam("purse")).values(coins=purses.c.coins + bindparam("n")))
TAKE = Statement(
    update(purses)
    .where(purses.c.id == bindparam("purse"), purses.c.coins >= bindparam("n"))
    .values(coins=purses.c.coins - bindparam("n"))
)
LOOK = Statement(
    select(purses.c.id, purses.c.coins).where(purses.c.id.in_(bindparam("ids", expanding=True))).order_by(purses.c.id)
)
ALL = Statement(select(purses.c.id, purses.c.coins).order_by(purses.c.id))
NOTE = Statement(notes.insert(), "id", "coins")
NOTES = Statement(select(notes.c.id, notes.c.coins).order_by(notes.c.id))


class Empty(Fault, code="probe.empty", status=409):
    purse_id: int
    wanted: int


class Taken(Event, tag="probe.taken"):
    purse_id: int
    coins: int


class Rung(Event, tag="probe.rung"):
    purse_id: int


class Take(Struct, frozen=True):
    purse_id: int
    coins: int


class Purse(Struct, frozen=True):
    id: int
    coins: int


class Look(Struct, frozen=True):
    ids: list[int]


class Found(Struct, frozen=True):
    purses: list[Purse]


class Purses(Face):
    name = "probe"

    @abstractmethod
    async def take(self, ctx: Context, command: Take, /) -> Purse: ...

    @abstractmethod
    async def look(self, ctx: Context, query: Look, /) -> Found: ...

    @abstractmethod
    async def slow(self, ctx: Context, query: Look, /) -> Found: ...


def open_purse(tx: Tx, id: int, coins: int = 0) -> int:
    tx.run(OPEN, id=id, coins=coins, name=f"p{id}")
    return id


def take(tx: Tx, cmd: Take) -> Purse:
    if tx.run(TAKE, purse=cmd.purse_id, n=cmd.coins) != 1:
        raise Empty(cmd.purse_id, cmd.coins)
    tx.emit(Taken(cmd.purse_id, cmd.coins))
    return Purse(*tx.row(LOOK, ids=[cmd.purse_id]))


def take_many(tx: Tx, asks: Sequence[Ask]) -> list[Purse | Fault]:
    """One write each, and a purse that is empty is an answer."""
    return [take(tx, ask.command) for ask in asks]


def look(tx: Tx, query: Look) -> Found:
    return Found([Purse(*row) for row in tx.rows_in(LOOK, "ids", query.ids)])


def everything(tx: Tx) -> list[tuple[int, int]]:
    return [tuple(row) for row in tx.rows(ALL)]


def noted(tx: Tx) -> list[tuple[int, int]]:
    return [tuple(row) for row in tx.rows(NOTES)]
