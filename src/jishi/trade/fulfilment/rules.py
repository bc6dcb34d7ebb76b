"""What may be stopped, what a parcel collects at the door, and how far a parcel has come. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from msgspec import Struct, structs

from .face import Track

# A parcel climbs and never comes down. A lost one may be found; a refused one goes back to its sender and is ended.
RUNGS = {
    "label": 0,
    "picked_up": 1,
    "in_transit": 2,
    "customs": 3,
    "out_for_delivery": 4,
    "lost": 5,
    "delivered": 6,
    "signed": 7,
    "refused": 7,
}
ENDED = 7
PLACE_MAX, NOTE_MAX = 100, 200  # characters kept of what a carrier wrote


class Left(Struct, frozen=True):
    """A line of a fulfilment order and what of it may still be stopped or shipped."""

    fulfilment_id: int
    child: int
    line: int
    left: int


def to_stop(
    states: Mapping[int, str], lines: Sequence[Left], asked: Sequence[tuple[int, int, int]]
) -> list[tuple[int, int, int]] | None:
    """(fulfilment order, line, pieces) to take off, or None: something of it is packed, shipped or not there.

    `states`: child → state of its work. A child that has no work yet is not judged: its stop waits for the work."""
    if not asked:
        if any(state not in ("open", "cancelled") for state in states.values()):
            return None
        return [(x.fulfilment_id, x.line, x.left) for x in lines if x.left and states[x.child] == "open"]
    by_place = {(x.child, x.line): x for x in lines}
    off: dict[tuple[int, int], int] = {}
    for child, line, pieces in asked:
        if child not in states:
            continue
        x = by_place.get((child, line))
        if x is None or states[child] != "open":
            return None
        off[child, line] = off.get((child, line), 0) + pieces
        if off[child, line] > x.left:
            return None
    return [(by_place[place].fulfilment_id, place[1], n) for place, n in sorted(off.items())]


def at_the_door(untold: int, parcel: Sequence[tuple[int, int, int]], left: Sequence[tuple[int, int, int]]) -> int:
    """Cash (minor) that a parcel collects of the `untold` rest: by value, all of it with the last pieces.

    Both lists hold (pieces, pieces of the line, value of the line); `parcel` is a part of `left`."""
    if sum(n for n, _, _ in parcel) == sum(n for n, _, _ in left):
        return untold

    def weight(rows: Iterable[tuple[int, int, int]]) -> int:
        return sum(n * value // whole for n, whole, value in rows)

    if whole := weight(left):
        return untold * weight(parcel) // whole
    return untold * sum(n for n, _, _ in parcel) // sum(n for n, _, _ in left)


def news(rung: int, seen: Collection[str], tracks: Sequence[Track]) -> list[Track]:
    """What of the carrier's tracks is a new state, in order of time: each once, never backwards.

    A signature without a word of delivery is told as both. `exception` says that something is wrong and moves nothing."""
    told: list[Track] = []
    known = set(seen)
    for track in sorted(tracks, key=lambda t: (t.at, RUNGS.get(t.state, 0))):
        if track.state == "exception":
            if "exception" not in known and rung < ENDED:
                known.add("exception")
                told.append(track)
            continue
        step = RUNGS.get(track.state, 0)
        if step <= rung:
            continue
        if track.state == "signed" and rung < RUNGS["delivered"]:
            told.append(structs.replace(track, state="delivered"))
        told.append(track)
        rung = step
    return told


def clean(tracks: Sequence[Track], most: int = 200) -> list[Track]:
    """The newest `most` tracks with a state that is known, their words cut to what is kept."""
    known = [t for t in tracks if t.state in RUNGS or t.state == "exception"]
    return [
        structs.replace(t, place=t.place[:PLACE_MAX], note=t.note[:NOTE_MAX])
        for t in sorted(known, key=lambda t: t.at)[-most:]
    ]


def reached(state: str, siblings: Sequence[tuple[int, str]]) -> bool:
    """Whether every parcel, (rung, state) each, has come as far as `state`; a refused one never gets to delivery."""
    if state in ("exception", "refused", "lost"):
        return all(s == state for _, s in siblings)
    return all(rung >= RUNGS[state] and s != "refused" for rung, s in siblings)
