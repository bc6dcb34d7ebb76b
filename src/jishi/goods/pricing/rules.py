"""How a new price finds its place among those of its key. Pure."""

import re
from collections.abc import Sequence

from msgspec import Struct

from .face import PriceDraft, WrongPrice

OPEN = 1 << 62  # the end of what has no end; faces say 0
MAX_ROWS, MAX_MINOR, MAX_QUANTITY = 256, 10**12, 1_000_000
CURRENCY, MARKET, GRADES = re.compile("[A-Z]{3}"), re.compile("[A-Z]{2,8}"), ("new", "open_box", "refurbished")
LAYERS = ("base", "list", "tier", "campaign")
Key = tuple[int, str, str, str, str, int]


class Row(Struct):
    """A price of one key. `id` 0: not written yet; `was`: the end it had, by which the write is guarded."""

    id: int
    minor: int
    tax_included: bool
    list_minor: int
    valid_from: int
    valid_to: int
    was: int = 0

    @property
    def terms(self) -> tuple[int, bool, int]:
        return self.minor, self.tax_included, self.list_minor


def key_of(d: PriceDraft) -> Key:
    return d.listing_id, d.market, d.currency, d.condition, layer_of(d), d.quantity_from


def layer_of(d: PriceDraft) -> str:
    """A base row of more than one piece is a tier."""
    return "tier" if d.layer == "base" and d.quantity_from > 1 else d.layer


def check(rows: Sequence[PriceDraft], now: int) -> None:
    """Every draft makes sense by itself, and no two are for one key at one moment; else `WrongPrice`."""
    if len(rows) > MAX_ROWS:
        raise WrongPrice(0, "too_many")
    seen = set[tuple[Key, int]]()
    for d in rows:
        begins = d.valid_from or now
        if d.minor < 0 or d.list_minor < 0:
            raise WrongPrice(d.listing_id, "negative")
        if not CURRENCY.fullmatch(d.currency):
            raise WrongPrice(d.listing_id, "currency")
        if not MARKET.fullmatch(d.market) or d.condition not in GRADES or not 0 < d.quantity_from <= MAX_QUANTITY:
            raise WrongPrice(d.listing_id, "range")
        if d.layer not in LAYERS or (d.layer == "tier" and d.quantity_from < 2):
            raise WrongPrice(d.listing_id, "range")
        if d.layer == "campaign" and not d.valid_to:
            raise WrongPrice(d.listing_id, "open")
        if max(d.minor, d.list_minor) > MAX_MINOR or (d.valid_to and not begins < d.valid_to < OPEN):
            raise WrongPrice(d.listing_id, "range")
        if begins < now:
            raise WrongPrice(d.listing_id, "past")
        if (key_of(d), begins) in seen:
            raise WrongPrice(d.listing_id, "twice")
        seen.add((key_of(d), begins))


def place(timeline: list[Row], draft: PriceDraft, now: int) -> Row:
    """The row in force from the draft's start, put into the timeline of its key (by start, not overlapping).

    - Without an end it lasts until the next one that was planned to begin later.
    - With an end, what it interrupts goes on behind it as a new row; what was planned to begin inside never comes.
    - One that would begin at the same moment never comes: its end is its start.
    - The same terms as those in force over the whole time are no new price."""
    begins = draft.valid_from or now
    later = (r.valid_from for r in timeline if r.valid_from > begins and r.valid_to > r.valid_from)
    ends = draft.valid_to or min(later, default=OPEN)
    new = Row(0, draft.minor, draft.tax_included, draft.list_minor, begins, ends)
    for r in timeline:
        if r.valid_from <= begins and r.valid_to >= ends and r.terms == new.terms:
            return r
    for r in list(timeline):
        if r.valid_to <= begins or r.valid_from >= ends:
            continue
        if r.valid_to > ends:
            timeline.append(Row(0, *r.terms, ends, r.valid_to))
        if r.id:
            r.valid_to = max(begins, r.valid_from)
        elif r.valid_from < begins:
            r.valid_to = begins
        else:
            timeline.remove(r)  # planned and taken back within one command: it was never there
    timeline.append(new)
    timeline.sort(key=lambda r: (r.valid_from, r.valid_to))
    return new
