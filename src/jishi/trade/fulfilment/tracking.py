"""Units that follow a parcel: a carrier's note is kept, its answers become tracks, news become events."""

from jishi.kernel import Tx

from .face import NoteStored, NoteTaken, PollDue, Track, Tracked
from .queries import ParcelRow, WorkRow, by_waybill, lines_of
from .rules import ENDED, RUNGS, clean, news, reached
from .tables import (
    ADD_NOTE,
    ADD_TRACK,
    CLIMB,
    LOCK_PARCEL,
    LOCK_WORK,
    NOTE,
    PARCEL,
    POLLED,
    SIBLINGS,
    TRACKS,
    TURN,
)

POLL_FOR_MS = 60 * 86_400_000  # after that a parcel is asked about no more


def keep_note(tx: Tx, carrier: str, note_id: str, waybill: str) -> NoteTaken:
    """A verified note is known by its id and waybill; its words are not kept, for the carrier is asked. Twice is once."""
    first = tx.once(ADD_NOTE, carrier=carrier, note_id=note_id, waybill=waybill, at=tx.now)
    if first:
        tx.emit(NoteStored(carrier, note_id))
    return NoteTaken(note_id, first)


def noted_parcel(tx: Tx, note: NoteStored) -> ParcelRow | None:
    """The parcel that a stored note speaks of; None for a waybill that is not (or not yet) ours."""
    row = tx.row(NOTE, who=note.carrier, told=note.note_id)
    return by_waybill(tx, note.carrier, row[0]) if row else None


def parcel(tx: Tx, shipment_id: int) -> ParcelRow:
    return ParcelRow(*tx.row(PARCEL, of=shipment_id))


def post_tracks(tx: Tx, shipment_id: int, tracks: list[Track]) -> None:
    """What the carrier told is kept, and each new state of the parcel is said once.

    The work is locked first: of two parcels that arrive at once, one sees the other and says `last`."""
    at = ParcelRow(*tx.row(PARCEL, of=shipment_id))
    work = WorkRow(*tx.row(LOCK_WORK, of=at.fulfilment_id))
    at = ParcelRow(*tx.row(LOCK_PARCEL, of=shipment_id))
    if at.state == "booking":
        return  # the waybill is there, the stock is not yet told; the poll comes back to it
    known = [Track(*row) for _, *row in tx.rows(TRACKS, ids=[shipment_id])]
    have = {(t.at, t.state, t.place) for t in known}
    told = clean(tracks)
    for track in told:
        if (track.at, track.state, track.place) not in have:
            tx.once(
                ADD_TRACK, parcel_id=shipment_id, at=track.at, state=track.state, place=track.place, note=track.note
            )
    siblings = {id: (rung, state) for id, rung, state in tx.rows(SIBLINGS, of=work.id)}
    gone = all(x.shipped + x.cancelled == x.quantity for x in lines_of(tx, [work.id]))
    for track in news(at.rung, {t.state for t in known}, told):
        rung = RUNGS.get(track.state, siblings[shipment_id][0])
        siblings[shipment_id] = rung, track.state
        last = gone and reached(track.state, list(siblings.values()))
        tx.run(CLIMB, of=shipment_id, to=track.state, higher=rung)
        tx.emit(Tracked(at.order_id, at.child, at.id, track.state, track.place, track.at, last, at.collect_minor))
        if last and track.state == "delivered":
            tx.run(TURN, of=work.id, was="shipped", to="delivered")


def polled(tx: Tx, due: PollDue, tracks: list[Track], poll_ms: int) -> None:
    """The carrier's answer is posted, and the parcel is asked about again unless its way has ended. Told twice is once."""
    at = ParcelRow(*tx.row(PARCEL, of=due.shipment_id))
    tx.row(LOCK_WORK, of=at.fulfilment_id)  # before the parcel's row, as everywhere: no deadlock
    if not tx.run(POLLED, of=due.shipment_id, so_far=due.polls):
        return
    post_tracks(tx, due.shipment_id, tracks)
    at = ParcelRow(*tx.row(PARCEL, of=due.shipment_id))
    if at.rung < ENDED and tx.now - at.shipped_at < POLL_FOR_MS:
        tx.emit(PollDue(at.id, due.polls + 1), due_at=tx.now + poll_ms)
