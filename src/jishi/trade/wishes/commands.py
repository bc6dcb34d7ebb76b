"""Units of wishes: what is kept by person, and the waves in which watchers are told."""

from __future__ import annotations

from msgspec import Struct

from jishi.kernel import Event, FieldError, Invalid, Tx
from jishi.kernel.paging import cut, limited, read_cursor
from jishi.people.accounts import SignedIn

from . import tables as t
from .face import (
    MAX_FAVOURITES,
    MAX_FOLLOWED,
    MAX_WATCHES,
    Among,
    Favourite,
    FavouritePage,
    FavouritesQuery,
    Followed,
    FollowedQuery,
    Marked,
    NoWatch,
    PutFavourite,
    PutFollow,
    TooManyWishes,
    Watches,
    WatchesQuery,
    Watching,
)

NEWEST = (1 << 63) - 1
WAVE_MAX, PER_PIECE = 100, 3  # watchers told at once; of 5 pieces 15 hear first, so that most of them find one
WAVE_GAP_MS = 30 * 60_000  # until the next in line hear, if there is still something


class WaveDue(Event, tag="trade.wishes.wave_due", frozen=True):
    """A timer: the next in line for a listing are told, if it is still true."""

    listing_id: int
    kind: str


class TellDue(Event, tag="trade.wishes.tell_due", frozen=True):
    """A watch has come true (its `turn`-th time): a mail goes out. `minor`: the price now, 0 where it plays no part."""

    watch_id: int
    turn: int
    minor: int


class WatchRow(Struct, frozen=True):
    """The columns of `watches`, in their order."""

    id: int
    person_id: int
    card_id: int
    listing_id: int
    product_id: int
    kind: str
    market: str
    currency: str
    locale: str
    minor: int
    at: int
    state: str
    turn: int

    def view(self) -> Watching:
        return Watching(
            self.id, self.listing_id, self.product_id, self.kind, self.minor, self.currency, self.at, self.state
        )


# --- favourites and shops ------------------------------------------------------------------------------------------------


def put_favourite(tx: Tx, cmd: PutFavourite) -> Marked:
    if not cmd.on:
        tx.run(t.DROP, person=tx.actor.id, product=cmd.product_id)
        return Marked([], [])
    new = tx.once(t.ADD, person_id=tx.actor.id, product_id=cmd.product_id, at=tx.now)
    if new and tx.row(t.COUNT, person=tx.actor.id)[0] > MAX_FAVOURITES:
        raise TooManyWishes(MAX_FAVOURITES)  # and the unit is rolled back
    return Marked([cmd.product_id], [])


def favourites(tx: Tx, query: FavouritesQuery) -> FavouritePage:
    """One page, newest first."""
    limit = limited(query.limit)
    cursor = read_cursor(query.cursor, int) if query.cursor else None
    at, after = (cursor.value, cursor.id) if cursor else (NEWEST, NEWEST)
    found = [Favourite(*r) for r in tx.rows(t.PAGE, person=tx.actor.id, at=at, after=after, limit=limit + 1)]
    rows, following = cut(found, limit, lambda r: (r.at, r.product_id))
    return FavouritePage(list(rows), following, tx.row(t.COUNT, person=tx.actor.id)[0])


def among(tx: Tx, query: Among) -> Marked:
    everything = not query.product_ids and not query.merchant_ids
    products = [r[0] for r in tx.rows(t.ALL, person=tx.actor.id)] if query.product_ids or everything else []
    shops = [r[0] for r in tx.rows(t.FOLLOWED, person=tx.actor.id)] if query.merchant_ids or everything else []
    if everything:
        return Marked(products, shops)
    return Marked([x for x in query.product_ids if x in products], [x for x in query.merchant_ids if x in shops])


def put_follow(tx: Tx, cmd: PutFollow) -> Marked:
    if not cmd.on:
        tx.run(t.UNFOLLOW, person=tx.actor.id, merchant=cmd.merchant_id)
    elif len(tx.rows(t.FOLLOWED, person=tx.actor.id)) >= MAX_FOLLOWED:
        raise TooManyWishes(MAX_FOLLOWED)
    else:
        tx.once(t.FOLLOW, person_id=tx.actor.id, merchant_id=cmd.merchant_id, at=tx.now)
    return Marked([], [cmd.merchant_id] if cmd.on else [])


def followed(tx: Tx, query: FollowedQuery) -> Followed:
    return Followed([r[0] for r in tx.rows(t.FOLLOWED, person=tx.actor.id)])


# --- watches -------------------------------------------------------------------------------------------------------------


class NewWatch(Struct, frozen=True):
    """What the story found out before anything is kept. `id` and `card_id` are new."""

    id: int
    card_id: int
    listing_id: int
    product_id: int
    kind: str
    minor: int
    market: str
    currency: str
    locale: str


def put_watch(tx: Tx, new: NewWatch) -> Watching:
    """One watch a person, listing and kind: a second one asks again, with today's price."""
    row = tx.row(t.ONE, person=tx.actor.id, listing=new.listing_id, of=new.kind)
    if row is None:
        if tx.row(t.HOW_MANY, person=tx.actor.id)[0] >= MAX_WATCHES:
            raise TooManyWishes(MAX_WATCHES)
        fresh = WatchRow(
            new.id, tx.actor.id, new.card_id, new.listing_id, new.product_id, new.kind, new.market, new.currency,
            new.locale, new.minor, tx.now, "waiting", 1,
        )  # fmt: skip
        if tx.once(t.PUT, **{c: getattr(fresh, c) for c in t.COLUMNS}):
            return fresh.view()
        row = tx.row(t.ONE, person=tx.actor.id, listing=new.listing_id, of=new.kind)
    old = WatchRow(*row)
    if old.state == "waiting":
        return old.view()
    tx.run(
        t.AGAIN, watch=old.id, card=new.card_id, to_market=new.market, to_currency=new.currency, to_locale=new.locale,
        to_minor=new.minor, now=tx.now,
    )  # fmt: skip
    return WatchRow(*tx.row(t.BY_ID, watch=old.id)).view()


def unwatch(tx: Tx, id: int) -> None:
    """The actor's own waits no more; another's is not there."""
    row = tx.row(t.LOCK, watch=id)
    if row is None or WatchRow(*row).person_id != tx.actor.id:
        raise NoWatch(id)
    tx.run(t.MARK, watch=id, to="over")


def end(tx: Tx, id: int) -> None:
    """Whoever holds the link of its mail ends it."""
    tx.run(t.MARK, watch=id, to="over")


def watches(tx: Tx, query: WatchesQuery) -> Watches:
    return Watches([WatchRow(*r).view() for r in tx.rows(t.MINE, person=tx.actor.id)])


def watch_of(tx: Tx, id: int) -> WatchRow | None:
    row = tx.row(t.BY_ID, watch=id)
    return WatchRow(*row) if row else None


def told(tx: Tx, id: int, turn: int) -> None:
    row = tx.row(t.LOCK, watch=id)
    if row is not None and (WatchRow(*row).turn, WatchRow(*row).state) == (turn, "sending"):
        tx.run(t.MARK, watch=id, to="sent")


def places(tx: Tx, listing_id: int, kind: str) -> list[tuple[str, str]]:
    """(market, currency) of those who wait."""
    return [(r[0], r[1]) for r in tx.rows(t.PLACES, listing=listing_id, of=kind)]


class Now(Struct, frozen=True):
    """What is true of a listing now: `free` pieces, or what it costs by (market, currency)."""

    listing_id: int
    kind: str
    free: int = 0
    minor: dict[tuple[str, str], int] = {}


def wave(tx: Tx, now: Now) -> int:
    """The first in line are about to be told: as many as find something, at most a hundred, and the next ones not before
    half an hour. Answers how many. Asked again within that time it does nothing but make sure of the timer."""
    tx.once(t.NEW_WAVE, listing_id=now.listing_id, kind=now.kind, at=0, next_at=0)
    last, next_at = tx.row(t.LOCK_WAVE, listing=now.listing_id, of=now.kind)
    queue = [WatchRow(*r) for r in tx.rows(t.QUEUE, listing=now.listing_id, of=now.kind)]
    ready = [w for w in queue if now.kind == "back" or now.minor.get((w.market, w.currency), w.minor) < w.minor]
    if not ready:
        return 0
    if tx.now < last + WAVE_GAP_MS:
        if next_at <= tx.now:
            _later(tx, now, last, last + WAVE_GAP_MS)
        return 0
    most = min(WAVE_MAX, PER_PIECE * now.free) if now.kind == "back" else WAVE_MAX
    chosen = ready[:most]
    for w in chosen:
        tx.run(t.MARK, watch=w.id, to="sending")
        tx.emit(TellDue(w.id, w.turn, now.minor.get((w.market, w.currency), 0)))
    if len(ready) > len(chosen):
        _later(tx, now, tx.now, tx.now + WAVE_GAP_MS)
    else:
        tx.run(t.SET_WAVE, listing=now.listing_id, of=now.kind, to_at=tx.now, to_next=0)
    return len(chosen)


def _later(tx: Tx, now: Now, last: int, due_at: int) -> None:
    tx.run(t.SET_WAVE, listing=now.listing_id, of=now.kind, to_at=last, to_next=due_at)
    tx.emit(WaveDue(now.listing_id, now.kind), due_at=due_at)


# --- people --------------------------------------------------------------------------------------------------------------


def merge(tx: Tx, event: SignedIn) -> None:
    """What a guest wished for is the account's: newest first, as far as there is room."""
    if not event.guest_id or event.guest_id == event.person_id:
        return
    room = MAX_FAVOURITES - tx.row(t.COUNT, person=event.person_id)[0]
    for product_id, at in tx.rows(t.ALL, person=event.guest_id)[: max(0, room)]:
        tx.once(t.ADD, person_id=event.person_id, product_id=product_id, at=at)
    for merchant_id, at in tx.rows(t.FOLLOWED, person=event.guest_id):
        tx.once(t.FOLLOW, person_id=event.person_id, merchant_id=merchant_id, at=at)
    for row in tx.rows(t.OF_PERSON, person=event.guest_id):
        w = WatchRow(*row)
        if tx.row(t.ONE, person=event.person_id, listing=w.listing_id, of=w.kind) is None:
            tx.run(t.MOVE, watch=w.id, to_person=event.person_id)
        else:
            tx.run(t.FORGET, watch=w.id)
    for statement in (t.NONE_LEFT, t.NO_FOLLOWS):
        tx.run(statement, person=event.guest_id)


def forget(tx: Tx, person_id: int) -> None:
    for statement in (t.NONE_LEFT, t.NO_FOLLOWS, t.NO_WATCHES):
        tx.run(statement, person=person_id)


def check_kind(kind: str) -> None:
    if kind not in ("back", "drop"):
        raise Invalid([FieldError("kind", "choice.unknown")])
