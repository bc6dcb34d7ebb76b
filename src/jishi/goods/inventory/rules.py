"""What becomes of holds and pieces, decided in memory: first come, first served. No database, no clock."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from msgspec import Struct

from jishi.kernel.holds import Held

from .face import NotAllocated, OutOfStock, Reserve, Want


class Hold(Struct, frozen=True):
    """A row of reservations: `short_stock_id` is set when `reserve` itself refused it."""

    order_id: int
    state: str
    until: int
    short_stock_id: int = 0
    short_wanted: int = 0

    @property
    def held(self) -> Held:
        return Held(self.order_id, self.state, self.until)


class Pieces(Struct, frozen=True):
    """A row of wants: where the pieces are that an order wants of a stock row."""

    order_id: int
    stock_id: int
    quantity: int
    reserved: int = 0
    allocated: int = 0
    shipped: int = 0
    freed: int = 0
    restocked: int = 0

    @property
    def loose(self) -> int:
        """Wanted, but held nowhere: the hold ran out or was refused."""
        return self.quantity - self.reserved - self.allocated - self.shipped - self.freed


class Move(Struct, frozen=True):
    """One change of one bucket, not yet written."""

    stock_id: int
    kind: str
    bucket: str
    delta: int
    ref_id: int
    reason: str = ""


class Turns(Struct):
    """What a batch of releases or allocations does: orders by (state that was, state that comes), moves of stock, and
    pieces taken from what was free, by stock row."""

    answers: list[Held]
    orders: dict[tuple[str, str], list[int]]
    moves: list[Move]
    taken: dict[int, int]


def reserve(
    asks: Sequence[Reserve], known: Mapping[int, Hold], free: Mapping[int, int]
) -> tuple[list[Held | OutOfStock], list[tuple[Hold, Reserve]]]:
    """Each ask whole or not at all; a known order gets its first answer: the same refusal, or its hold as it stands.

    Answers (one an ask; the new holds, each with the first ask that made it)."""
    holds, left = dict(known), dict(free)
    answers, new = list[Held | OutOfStock](), list[tuple[Hold, Reserve]]()
    for ask in asks:
        if ask.order_id not in holds:
            short = next((w for w in ask.wants if left.get(w.stock_id, 0) < w.quantity), None)
            if short:
                hold = Hold(ask.order_id, "refused", ask.until, short.stock_id, short.quantity)
            else:
                hold = Hold(ask.order_id, "open", ask.until)
                for w in ask.wants:
                    left[w.stock_id] -= w.quantity
            holds[ask.order_id] = hold
            new.append((hold, ask))
        hold = holds[ask.order_id]
        answers.append(OutOfStock(hold.short_stock_id, hold.short_wanted) if hold.short_wanted else hold.held)
    return answers, new


def release(orders: Sequence[int], holds: Mapping[int, Hold], wants: Mapping[int, Sequence[Pieces]]) -> Turns:
    """Open holds are given back; in every other state nothing changes. Each order is in `holds`."""
    turns = Turns([], defaultdict(list), [], {})
    for order_id in dict.fromkeys(orders):
        if holds[order_id].state == "open":
            turns.orders["open", "released"].append(order_id)
            turns.moves += [
                Move(w.stock_id, "release", "reserved", -w.reserved, order_id)
                for w in wants.get(order_id, ())
                if w.reserved
            ]
    turns.answers = after(orders, holds, turns)
    return turns


def allocate(
    orders: Sequence[int],
    holds: Mapping[int, Hold],
    wants: Mapping[int, Sequence[Pieces]],
    free: Mapping[int, int],
) -> Turns:
    """Open holds are bound; one that ran out takes what is free, whole or not at all: then it is refused for good.

    A refusal is an answer that is kept; raised, it would leave no row and the next call might decide otherwise."""
    turns, left = Turns([], defaultdict(list), [], defaultdict(int)), dict(free)
    for order_id in dict.fromkeys(orders):
        state, its = holds[order_id].state, wants.get(order_id, ())
        if state == "open":
            turns.orders["open", "allocated"].append(order_id)
            turns.moves += [
                Move(w.stock_id, "allocate", bucket, delta, order_id)
                for w in its
                for bucket, delta in (("reserved", -w.reserved), ("allocated", w.reserved))
                if w.reserved
            ]
        elif state == "released" and any(left.get(w.stock_id, 0) < w.loose for w in its if w.loose):
            turns.orders["released", "refused"].append(order_id)
        elif state == "released":
            turns.orders["released", "allocated"].append(order_id)
            for w in its:
                if w.loose:
                    left[w.stock_id] -= w.loose
                    turns.taken[w.stock_id] += w.loose
                    turns.moves.append(Move(w.stock_id, "allocate", "allocated", w.loose, order_id))
    turns.answers = after(orders, holds, turns)
    return turns


def after(orders: Sequence[int], holds: Mapping[int, Hold], turns: Turns) -> list[Held]:
    """The holds as they are once the turns are made, one an ask."""
    to = {order_id: state for (_, state), turned in turns.orders.items() for order_id in turned}
    return [Held(o, to.get(o, holds[o].state), holds[o].until) for o in orders]


def summed(wants: Sequence[Want]) -> list[Want]:
    """One want a stock row, by stock id."""
    total = defaultdict[int, int](int)
    for w in wants:
        total[w.stock_id] += w.quantity
    return [Want(stock_id, n) for stock_id, n in sorted(total.items())]


def passed_on(
    verb: str, key: int, wants: Sequence[Want], its: Mapping[int, Pieces], order_id: int, bucket: str = ""
) -> tuple[list[tuple[Want, dict[str, int]]], list[Move]]:
    """Where pieces of an order go by `ship`, `deallocate` or `restock`: (changes of its wants, moves of stock).

    More than the order has there raises `NotAllocated`. What was never bound or has run out is freed without a move."""
    pieces, moves = list[tuple[Want, dict[str, int]]](), list[Move]()
    for want in summed(wants):
        has, n, stock_id = its.get(want.stock_id), want.quantity, want.stock_id
        if has is None:
            raise NotAllocated(order_id, stock_id)
        if verb == "ship":
            enough, to = has.allocated >= n, {"allocated": -n, "shipped": n}
            deltas = {"on_hand": -n, "allocated": -n}
        elif verb == "restock":
            enough, to = has.shipped - has.restocked >= n, {"restocked": n}
            deltas = {bucket: n}
        elif has.reserved or has.allocated:  # never both: a hold is bound whole
            here = "reserved" if has.reserved else "allocated"
            enough, to = max(has.reserved, has.allocated) >= n, {here: -n, "freed": n}
            deltas = {here: -n}
        else:
            enough, to, deltas = has.loose >= n, {"freed": n}, {}
        if not enough:
            raise NotAllocated(order_id, stock_id)
        pieces.append((want, to))
        moves += [Move(stock_id, verb, b, d, key) for b, d in deltas.items()]
    return pieces, moves
