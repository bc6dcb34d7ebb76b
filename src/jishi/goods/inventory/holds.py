"""Units of holds and of promised pieces: reserve, release, allocate, and what follows once they are allocated.

Locks are taken in one order everywhere: key or holds by order id, then levels by stock id."""

from collections import defaultdict
from collections.abc import Sequence

from msgspec.structs import astuple

from jishi.kernel import Ask, Fault, FieldError, Invalid, Tx
from jishi.kernel.holds import Held

from . import rules
from .book import StockMoved, book, check_wants, first_time, free, in_range, lock
from .face import Deallocate, NoReservation, ReservationDue, Reserve, Restock, Ship, Want
from .rules import Hold, Move, Pieces, Turns
from .tables import BIND, BIND_LOOSE, HOLD, KNOWN, LOCK_HOLDS, LOOSE, PASS_ON, PIECES, TURN, WANT, WANTED

WANTS_TURN = {("open", "released"): LOOSE, ("open", "allocated"): BIND, ("released", "allocated"): BIND_LOOSE}


def reserve(tx: Tx, asks: Sequence[Ask]) -> Sequence[Held | Fault]:
    """Each order's pieces are held whole, or refused for good; a known order gets its first answer.

    Cost: one locking read and one write a stock row, one row a hold, however many ask."""
    wrong = [fault_of(a.command) for a in asks]
    cmds: list[Reserve] = [a.command for a, w in zip(asks, wrong, strict=True) if w is None]
    levels = lock(tx, {w.stock_id for c in cmds for w in c.wants})
    # read after the locks: who asked for the same order in another process has committed by now
    known = {r[0]: Hold(*r) for r in tx.rows_in(KNOWN, "orders", [c.order_id for c in cmds])}
    answers, new = rules.reserve(cmds, known, free(levels))
    if new:
        tx.many(HOLD, [dict(zip(Hold.__struct_fields__, astuple(hold), strict=True)) for hold, _ in new])
    if held := [c for hold, c in new if hold.state == "open"]:
        taken, moves = defaultdict[int, int](int), list[Move]()
        for c in held:
            for w in c.wants:
                taken[w.stock_id] += w.quantity
                moves.append(Move(w.stock_id, "reserve", "reserved", w.quantity, c.order_id))
        book(tx, levels, moves, taken)
        tx.many(
            WANT,
            [
                dict.fromkeys(PIECES, 0)
                | dict(order_id=c.order_id, stock_id=w.stock_id, quantity=w.quantity, reserved=w.quantity)
                for c in held
                for w in c.wants
            ],
        )
        for c in held:
            tx.emit(ReservationDue(c.order_id, c.until), due_at=c.until)
    told = iter(answers)
    return [w or next(told) for w in wrong]


def fault_of(cmd: Reserve) -> Invalid | None:
    try:
        check_wants(cmd.wants)
    except Invalid as e:
        return e
    if len({w.stock_id for w in cmd.wants}) < len(cmd.wants):
        return Invalid([FieldError("wants", "list.twice")])
    return None


def release(tx: Tx, asks: Sequence[Ask]) -> Sequence[Held | Fault]:
    """What was held and is not allocated is free again; any other state stays. Unknown orders: `NoReservation`."""
    return turned(tx, [a.command.order_id for a in asks], "release")


def allocate(tx: Tx, asks: Sequence[Ask]) -> Sequence[Held | Fault]:
    """The orders' pieces are bound; a hold that ran out takes what is free, or is refused: an answer, and final."""
    return turned(tx, [a.command.order_id for a in asks], "allocate")


def expire(tx: Tx, due: ReservationDue) -> None:
    """The event is the time: a clock that stepped back since must not keep the stock held for ever."""
    turned(tx, [due.order_id], "release")


def turned(tx: Tx, orders: Sequence[int], verb: str) -> Sequence[Held | Fault]:
    """Cost: three reads, then one write a stock row and two a kind of turn, however many orders."""
    holds = {r[0]: Hold(*r) for r in tx.rows_in(LOCK_HOLDS, "orders", sorted(set(orders)))}
    known = [o for o in orders if o in holds]
    wants = defaultdict[int, list[Pieces]](list)
    for row in tx.rows_in(WANTED, "orders", sorted(o for o, h in holds.items() if h.state in ("open", "released"))):
        wants[row[0]].append(Pieces(*row))
    levels = lock(tx, {w.stock_id for its in wants.values() for w in its})
    if verb == "release":
        turns = rules.release(known, holds, wants)
    else:
        turns = rules.allocate(known, holds, wants, free(levels))
    write_turns(tx, turns)
    book(tx, levels, turns.moves, turns.taken)
    answers = dict(zip(known, turns.answers, strict=True))
    return [answers.get(o) or NoReservation(o) for o in orders]


def write_turns(tx: Tx, turns: Turns) -> None:
    for (was, to), orders in turns.orders.items():
        if tx.run(TURN, orders=orders, was=was, to=to) != len(orders):
            raise StockMoved(was, to)
        if statement := WANTS_TURN.get((was, to)):
            tx.run(statement, orders=orders)


def ship(tx: Tx, cmd: Ship) -> None:
    """Allocated pieces have left: on hand and allocated go down together, once a key."""
    pass_on(tx, "ship", cmd.key, cmd.order_id, cmd.wants)


def deallocate(tx: Tx, cmd: Deallocate) -> None:
    """The pieces are free and will not be wanted again, once a key, whatever the hold's state."""
    pass_on(tx, "deallocate", cmd.key, cmd.order_id, cmd.wants)


def restock(tx: Tx, cmd: Restock) -> None:
    """Shipped pieces are back, once a key."""
    if cmd.bucket not in ("on_hand", "quarantine"):
        raise Invalid([FieldError("bucket", "choice.unknown")])
    pass_on(tx, "restock", cmd.key, cmd.order_id, cmd.wants, cmd.bucket)


def pass_on(tx: Tx, verb: str, key: int, order_id: int, wants: Sequence[Want], bucket: str = "") -> None:
    check_wants(wants)
    in_range("key", key, 1, (1 << 63) - 1)
    if not first_time(tx, verb, key):
        return
    if tx.row(LOCK_HOLDS, orders=[order_id]) is None:
        raise NoReservation(order_id)
    its = {r[1]: Pieces(*r) for r in tx.rows(WANTED, orders=[order_id])}
    pieces, moves = rules.passed_on(verb, key, wants, its, order_id, bucket)
    for want, more in pieces:
        full = {f"more_{p}": more.get(p, 0) for p in PIECES}
        if tx.run(PASS_ON, order=order_id, stock=want.stock_id, **full) != 1:
            raise StockMoved(order_id, want.stock_id)
    book(tx, lock(tx, {m.stock_id for m in moves}), moves)
