"""Units of the cart. Each locks the person's cart row first, so caps and sums hold whoever else writes."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import structs

from jishi.kernel import Event, FieldError, Invalid, Money, Tx
from jishi.people.accounts import SignedIn

from .face import (
    MAX_LINES,
    MAX_QUANTITY,
    AddLine,
    CartFull,
    CartLine,
    CartQuery,
    CartView,
    PutLine,
    SetAside,
    TakeOut,
    WrongQuantity,
)
from .tables import EMPTY, FORGET, GONE, KEPT, LINES, LOCK, NEW, OLD, OUT, PUT, REMEMBER, SET, TOUCH

KEPT_MS = 90 * 86_400_000  # a cart that nobody touched for so long is cleared away, full or empty
SEEN_MAX = 10**15
KEY_MAX, SWEEP_ONE_IN = 64, 32  # of the changes, each clears away up to 16 old carts
Lines = dict[int, CartLine]


class Placed(Event, tag="trade.orders.placed", frozen=True):
    """What the cart reads of an order that was placed."""

    order_id: int
    buyer_id: int
    total: Money
    method: str
    bought: list[tuple[int, int]]


def _lines(tx: Tx, person_id: int) -> Lines:
    return {
        listing_id: CartLine(listing_id, quantity, at, bool(aside), seen, currency)
        for listing_id, quantity, at, aside, seen, currency in tx.rows(LINES, person=person_id)
    }


def _view(lines: Iterable[CartLine]) -> CartView:
    rows = sorted(lines, key=lambda x: (-x.added_at, -x.listing_id))
    wanted = [x for x in rows if not x.aside]
    return CartView(wanted, sum(x.quantity for x in wanted), [x for x in rows if x.aside])


def cart(tx: Tx, query: CartQuery) -> CartView:
    """The actor's own cart; nobody can ask for another's."""
    return _view(_lines(tx, tx.actor.id).values())


def _lock(tx: Tx, person_id: int) -> Lines:
    """The person's lines, held until the end of the unit."""
    if tx.row(LOCK, person=person_id) is None:  # asked first: who inserts what is there already may meet a deadlock
        tx.once(NEW, person_id=person_id, touched_at=tx.now)
        tx.row(LOCK, person=person_id)
    tx.run(TOUCH, person=person_id, now=tx.now)
    return _lines(tx, person_id)


def _drop(tx: Tx, person_id: int, lines: Lines, listing_id: int) -> None:
    if lines.pop(listing_id, None):
        tx.run(OUT, person=person_id, listing=listing_id)


def _keep(tx: Tx, person_id: int, lines: Lines, line: CartLine) -> None:
    """The line is as it is given; a new one must find room."""
    known = lines.get(line.listing_id)
    if known is None and len(lines) >= MAX_LINES:
        raise CartFull(MAX_LINES)
    lines[line.listing_id] = line
    if known is None:
        tx.run(PUT, person_id=person_id, **structs.asdict(line))
    elif known != line:
        to = {f"to_{c}": getattr(line, c) for c in KEPT}
        tx.run(SET, person=person_id, listing=line.listing_id, **to)


def _of(tx: Tx, lines: Lines, listing_id: int, quantity: int) -> CartLine:
    """The known line, or a new one, with so many pieces, in the cart."""
    known = lines.get(listing_id) or CartLine(listing_id, quantity, tx.now)
    return structs.replace(known, quantity=quantity, aside=False)


def put(tx: Tx, cmd: PutLine) -> CartView:
    if not 0 <= cmd.quantity <= MAX_QUANTITY:
        raise WrongQuantity(MAX_QUANTITY)
    lines = _lock(tx, tx.actor.id)
    if cmd.quantity:
        _keep(tx, tx.actor.id, lines, _of(tx, lines, cmd.listing_id, cmd.quantity))
    else:
        _drop(tx, tx.actor.id, lines, cmd.listing_id)
    _sweep_sometimes(tx)
    return _view(lines.values())


def set_aside(tx: Tx, cmd: SetAside) -> CartView:
    lines = _lock(tx, tx.actor.id)
    if known := lines.get(cmd.listing_id):
        _keep(tx, tx.actor.id, lines, structs.replace(known, aside=cmd.aside))
    return _view(lines.values())


def add(tx: Tx, cmd: AddLine) -> CartView:
    """That many more are in the cart, once a key."""
    if not 0 < cmd.quantity <= MAX_QUANTITY:
        raise WrongQuantity(MAX_QUANTITY)
    if len(cmd.key) > KEY_MAX:
        raise Invalid([FieldError("key", "text.length", {"min": "0", "max": str(KEY_MAX)})])
    if not 0 <= cmd.seen_minor <= SEEN_MAX or len(cmd.currency) > 3:
        raise Invalid([FieldError("seen_minor", "number.range", {"min": "0", "max": str(SEEN_MAX)})])
    lines = _lock(tx, tx.actor.id)
    if cmd.key and not _first(tx, tx.actor.id, f"add:{cmd.key}"):
        return _view(lines.values())
    known = lines.get(cmd.listing_id)
    quantity = cmd.quantity + (known.quantity if known and not known.aside else 0)
    if quantity > MAX_QUANTITY:
        raise WrongQuantity(MAX_QUANTITY)
    line = _of(tx, lines, cmd.listing_id, quantity)
    if cmd.seen_minor > 0:
        line = structs.replace(line, seen_minor=cmd.seen_minor, currency=cmd.currency)
    _keep(tx, tx.actor.id, lines, line)
    _sweep_sometimes(tx)
    return _view(lines.values())


def _first(tx: Tx, person_id: int, done: str) -> bool:
    return tx.once(REMEMBER, person_id=person_id, done=done, at=tx.now)


def take_out(tx: Tx, cmd: TakeOut) -> CartView:
    return _view(_take_out(tx, tx.actor.id, cmd.key, cmd.bought).values())


def _take_out(tx: Tx, person_id: int, order_id: int, bought: Iterable[tuple[int, int]]) -> Lines:
    """What was bought has left the cart, once an order; pieces beyond that stay."""
    lines = _lock(tx, person_id)
    if _first(tx, person_id, f"order:{order_id}"):
        for listing_id, pieces in bought:
            known = lines.get(listing_id)
            if known is None or known.aside:
                continue
            if known.quantity > pieces:
                _keep(tx, person_id, lines, structs.replace(known, quantity=known.quantity - pieces))
            else:
                _drop(tx, person_id, lines, listing_id)
    return lines


def placed(tx: Tx, event: Placed) -> None:
    if tx.rows(LINES, person=event.buyer_id):
        _take_out(tx, event.buyer_id, event.order_id, event.bought)


def merge(tx: Tx, event: SignedIn) -> None:
    """The guest's cart is the account's: sums, capped; beyond 100 lines the guest's oldest are dropped. What one of both
    wanted now is not aside. What was remembered of the guest goes with it."""
    if not event.guest_id or event.guest_id == event.person_id:
        return
    for person_id in sorted((event.guest_id, event.person_id)):  # in one order everywhere: no deadlock
        _lock(tx, person_id)
    lines, theirs = _lines(tx, event.person_id), _lines(tx, event.guest_id)
    for x in theirs.values():  # newest first
        known = lines.get(x.listing_id)
        if (known is None and len(lines) >= MAX_LINES) or (known and x.aside):
            continue
        quantity = min(MAX_QUANTITY, x.quantity + (known.quantity if known and not known.aside else 0))
        line = known or structs.replace(x, added_at=tx.now)
        _keep(tx, event.person_id, lines, structs.replace(line, quantity=quantity, aside=x.aside))
    _clear(tx, [event.guest_id])


def _clear(tx: Tx, people: list[int]) -> None:
    for statement in (EMPTY, FORGET, GONE):
        tx.run(statement, people=people)


def _sweep_sometimes(tx: Tx) -> None:
    if not tx.random.randrange(SWEEP_ONE_IN):
        sweep(tx)


def sweep(tx: Tx) -> None:
    """Up to 16 carts that nobody touched for 90 days are gone, with what was remembered of them."""
    if people := [r[0] for r in tx.rows(OLD, before=tx.now - KEPT_MS)]:
        _clear(tx, people)
