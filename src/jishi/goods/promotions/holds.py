"""Units of holds: all that an order takes of budgets, coupons and persons' counts, together or not at all.

Locks are taken in one order everywhere: holds by order id, then budgets, coupons and counts by id."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from jishi.kernel import Ask, Fault, FieldError, Invalid, Tx
from jishi.kernel.holds import Held
from jishi.kernel.statements import LIST_MAX

from .book import drafts_of
from .face import HoldDue, HoldUses
from .stand import Budget, Coupon, Hold, Stand, Tally, Want, tallies
from .tables import (
    ADD_TAKE,
    COUNT,
    FIRSTS,
    FREE_COUPONS,
    GIVE_COUNT,
    GIVE_COUPONS,
    HOLD,
    KNOWN,
    LIMITS,
    LOCK_BUDGETS,
    LOCK_COUPONS,
    LOCK_HOLDS,
    LOCK_TAKEN,
    SHIFT,
    TAKE,
    TAKE_COUNT,
    TAKE_COUPON,
    TAKEN,
    TAKES,
    TURN,
    TURN_COUPONS,
)
from .terms import Limit

MAX_TAKES, MAX_PERSONS, MAX_PERSON = 140, 8, 80  # an order's; characters of a person
CODEC = msgspec.json


class HoldMoved(RuntimeError):
    """A guard met another row than was read: the batch is run again, each order by itself."""


def hold(tx: Tx, asks: Sequence[Ask]) -> Sequence[Held | Fault]:
    """Each order's uses are held whole, or refused for good; a known order gets its first answer.

    Cost: a locking read a table, one write a budget, one row a hold and a use, however many ask."""
    wrong = [fault_of(a.command) for a in asks]
    real = [a for a, w in zip(asks, wrong, strict=True) if w is None and a.command.holds]
    wants = {a.command.order_id: want_of(tx, a) for a in reversed(real)}  # of doubles the first counts
    stand = stand_of(tx, wants.values())
    # read after the locks: who asked for the same order in another process has committed by now
    known = {r[0]: Hold(*r) for r in tx.rows_in(KNOWN, "orders", sorted(wants))}
    new = dict[int, tuple[Hold, Want]]()
    for a in real:
        cmd: HoldUses = a.command
        if cmd.order_id in known or cmd.order_id in new:
            continue
        refused = stand.take(want := wants[cmd.order_id])
        state, refusal = ("refused", refused.pack()) if refused else ("open", b"")
        persons = CODEC.encode(list(want.persons)).decode()
        new[cmd.order_id] = Hold(cmd.order_id, state, cmd.until, refusal, persons), want
    write_new(tx, [x for x in new.values() if x[0].state == "open"], stand)
    if new:
        tx.many(HOLD, [msgspec.structs.asdict(h) for h, _ in new.values()])
    known |= {id: h for id, (h, _) in new.items()}
    return [w or answer(known, a.command) for w, a in zip(wrong, asks, strict=True)]


def answer(known: Mapping[int, Hold], cmd: HoldUses) -> Held | Fault:
    """An order that takes nothing holds nothing, and its hold is open all the same."""
    found = known.get(cmd.order_id)
    if found is None:
        return Held(cmd.order_id, "open", cmd.until)
    return Fault.unpack(found.refusal) if found.refusal else found.held


def fault_of(cmd: HoldUses) -> Invalid | None:
    if len(cmd.holds) > MAX_TAKES:
        return Invalid([FieldError("holds", "list.long", {"max": str(MAX_TAKES)})])
    if len(cmd.persons) > MAX_PERSONS or any(not 0 < len(p) <= MAX_PERSON for p in cmd.persons):
        return Invalid([FieldError("persons", "list.long", {"max": str(MAX_PERSONS)})])
    if any(t.minor < 0 or t.pieces < 0 or bool(t.promotion_id) == bool(t.listing_id) for t in cmd.holds):
        return Invalid([FieldError("holds", "choice.unknown")])
    if len({(t.promotion_id, t.listing_id) for t in cmd.holds}) < len(cmd.holds):
        return Invalid([FieldError("holds", "list.twice")])
    return None


def persons_of(actor_id: int, told: Iterable[str]) -> list[str]:
    """Who is counted: those that the caller told, and the actor."""
    return sorted({*told, *([f"a:{actor_id}"] if actor_id else [])})


def want_of(tx: Tx, a: Ask) -> Want:
    cmd: HoldUses = a.command
    actor_id = a.ctx.actor.id
    earlier = [r for r in tx.rows(FIRSTS, buyer=actor_id) if r[0] != cmd.order_id] if actor_id else []
    return Want(cmd.order_id, cmd.holds, persons_of(actor_id, cmd.persons), actor_id, bool(earlier))


def stand_of(tx: Tx, wants: Iterable[Want]) -> Stand:
    """What is left of all that these take, locked in id order."""
    wants = list(wants)
    takes = [t for w in wants for t in w.takes]
    drafts = drafts_of(tx, {t.promotion_id for t in takes if t.promotion_id})
    limits: dict[int, int] = dict(tx.rows_in(LIMITS, "ids", sorted({t.listing_id for t in takes if t.listing_id})))
    budgets = {r[0]: Budget(*r) for r in tx.rows_in(LOCK_BUDGETS, "ids", sorted(drafts))}
    coupons = {
        r[0]: Coupon(*r) for r in tx.rows_in(LOCK_COUPONS, "ids", sorted({t.coupon_id for t in takes if t.coupon_id}))
    }
    keys = {(x.of_id, p) for w in wants for x in tallies(w.takes, drafts, limits) for p in w.persons}
    return Stand(tx.now, drafts, budgets, coupons, limits, counted(tx, keys))


def counted(tx: Tx, keys: set[tuple[int, str]]) -> dict[tuple[int, str], int]:
    """What each person has taken of each thing, locked; a row is made where there is none."""
    if not keys:
        return {}
    ids, people = sorted({k[0] for k in keys}), sorted({k[1] for k in keys})
    spans = [people[i : i + LIST_MAX] for i in range(0, len(people), LIST_MAX)]
    there = {(of, who) for span in spans for of, who, _, _ in tx.rows_in(TAKEN, "ids", ids, people=span)}
    for of, who in sorted(keys - there):
        tx.once(COUNT, of_id=of, person=who, taken=0, most=0)
    return {(of, who): n for span in spans for of, who, n, _ in tx.rows_in(LOCK_TAKEN, "ids", ids, people=span)}


def write_new(tx: Tx, new: Sequence[tuple[Hold, Want]], stand: Stand) -> None:
    minor, uses = defaultdict[int, int](int), defaultdict[int, int](int)
    for _, want in new:
        for t in want.takes:
            if t.promotion_id:
                minor[t.promotion_id] += t.minor
                uses[t.promotion_id] += 1
    for id in sorted(uses):
        if tx.run(TAKE, promotion=id, more_minor=minor[id], more_uses=uses[id]) != 1:
            raise HoldMoved(id)
    for coupon_id, order_id in sorted(stand.claimed_by.items()):
        if tx.run(TAKE_COUPON, coupon=coupon_id, order=order_id) != 1:
            raise HoldMoved(coupon_id)
    for _, want in new:
        count(tx, tallies(want.takes, stand.drafts, stand.limits), want.persons)
    rows = [
        dict(order_id=h.order_id, n=n) | msgspec.structs.asdict(t)
        for h, want in new
        for n, t in enumerate(want.takes, 1)
    ]
    for i in range(0, len(rows), 500):
        tx.many(ADD_TAKE, rows[i : i + 500])
    for h, _ in new:
        tx.emit(HoldDue(h.order_id, h.until), due_at=h.until)


def count(tx: Tx, more: Iterable[Tally], persons: Sequence[str]) -> None:
    for tally in more:
        for who in persons:
            if tx.run(TAKE_COUNT, of=tally.of_id, who=who, more=tally.more, at_most=tally.most) != 1:
                raise HoldMoved(tally.of_id)


def release(tx: Tx, asks: Sequence[Ask]) -> Sequence[Held | Fault]:
    """What was held and is not yet used is free again; any other state stays."""
    return turned(tx, [a.command.order_id for a in asks], "release")


def confirm(tx: Tx, asks: Sequence[Ask]) -> Sequence[Held | Fault]:
    """What was held is used; a hold that ran out takes what is free, or is refused: an answer, and final."""
    return turned(tx, [a.command.order_id for a in asks], "confirm")


def give_back(tx: Tx, asks: Sequence[Ask]) -> Sequence[Held | Fault]:
    """The whole order died: the coupon can be used again, budgets and counts are as if it had not been."""
    return turned(tx, [a.command.order_id for a in asks], "give_back")


def expire(tx: Tx, due: HoldDue) -> None:
    """The event is the time: a clock that stepped back since must not keep a coupon for ever."""
    turned(tx, [due.order_id], "release")


TURNS = {
    ("open", "release"): "released",
    ("open", "give_back"): "released",
    ("open", "confirm"): "confirmed",
    ("released", "confirm"): "confirmed",
    ("confirmed", "give_back"): "given_back",
}


def turned(tx: Tx, orders: Sequence[int], verb: str) -> Sequence[Held | Fault]:
    """An order that holds nothing answers `none`: it takes part in no promotion, and nothing is to do."""
    holds = {r[0]: Hold(*r) for r in tx.rows_in(LOCK_HOLDS, "orders", sorted(set(orders)))}
    moving = [o for o in dict.fromkeys(orders) if o in holds and (holds[o].state, verb) in TURNS]
    takes = defaultdict[int, list[Limit]](list)
    for order_id, _, *rest in tx.rows_in(TAKES, "orders", sorted(moving)):
        takes[order_id].append(Limit(*rest))
    to = {o: TURNS[holds[o].state, verb] for o in moving}
    late = [o for o in moving if holds[o].state == "released"]
    persons: dict[int, list[str]] = {o: CODEC.decode(holds[o].persons) for o in moving}
    stand = stand_of(tx, [Want(o, takes[o], persons[o] if o in late else (), 0) for o in moving])
    for o in late:
        if not retaken(tx, stand, o, takes[o], persons[o]):
            to[o] = "refused"
    shifts(tx, {o: (holds[o].state, to[o]) for o in moving}, takes)
    for o in moving:
        if to[o] in ("released", "given_back"):
            uncount(tx, tallies(takes[o], stand.drafts, stand.limits), persons[o])
    by_turn = defaultdict[tuple[str, str], list[int]](list)
    for o in moving:
        by_turn[holds[o].state, to[o]].append(o)
    for (was, state), its in sorted(by_turn.items()):
        if tx.run(TURN, orders=its, was=was, to=state) != len(its):
            raise HoldMoved(was, state)
        if state == "released":
            tx.run(FREE_COUPONS, orders=its)
        elif state == "given_back":
            tx.run(GIVE_COUPONS, orders=its)
        elif state == "confirmed":
            tx.run(TURN_COUPONS, orders=its, was="held", to="used")
    return [Held(o, to.get(o, holds[o].state), holds[o].until) if o in holds else Held(o, "none", 0) for o in orders]


def retaken(tx: Tx, stand: Stand, order_id: int, takes: Sequence[Limit], persons: Sequence[str]) -> bool:
    """The uses of an order whose hold ran out, taken again where all of them are still free.

    Whose coupon it is was asked when it was held first."""
    owner = next((c.person_id for t in takes if (c := stand.coupons.get(t.coupon_id)) and c.person_id), 0)
    if stand.take(Want(order_id, takes, persons, owner)) is not None:
        return False
    for t in takes:
        if t.coupon_id and tx.run(TAKE_COUPON, coupon=t.coupon_id, order=order_id) != 1:
            raise HoldMoved(t.coupon_id)
    count(tx, tallies(takes, stand.drafts, stand.limits), persons)
    return True


SHIFTS = {  # (held, used) by so many times what was taken
    ("open", "released"): (-1, 0),
    ("open", "confirmed"): (-1, 1),
    ("released", "confirmed"): (0, 1),
    ("confirmed", "given_back"): (0, -1),
    ("released", "refused"): (0, 0),
}


def shifts(tx: Tx, turns: Mapping[int, tuple[str, str]], takes: Mapping[int, Sequence[Limit]]) -> None:
    """One write a budget, by id."""
    sums = defaultdict[int, list[int]](lambda: [0, 0, 0, 0])
    for order_id, turn in turns.items():
        held, used = SHIFTS[turn]
        for t in takes[order_id]:
            if t.promotion_id and (held or used):
                s = sums[t.promotion_id]
                s[0] += held * t.minor
                s[1] += used * t.minor
                s[2] += held
                s[3] += used
    for id, (held_minor, used_minor, held_uses, used_uses) in sorted(sums.items()):
        moved = dict(held_minor_by=held_minor, used_minor_by=used_minor, held_uses_by=held_uses, used_uses_by=used_uses)
        if tx.run(SHIFT, promotion=id, **moved) != 1:
            raise HoldMoved(id)


def uncount(tx: Tx, less: Iterable[Tally], persons: Sequence[str]) -> None:
    """The counts of who is still counted: an erased person's are gone."""
    for tally in less:
        for who in persons:
            tx.run(GIVE_COUNT, of=tally.of_id, who=who, less=tally.more)
