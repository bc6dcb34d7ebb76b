"""What the units share: drafts by id, the edition that processes compare, how a row is told."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import msgspec

from jishi.kernel import Tx

from .tables import BY_IDS, FIRST_VERSION, NEXT_VERSION, SWITCH, VERSION
from .terms import Promotion, PromotionDraft

OPEN = 1 << 62  # the end of what has no end; faces say 0
KEPT = 4_096  # drafts in memory: they never change


@lru_cache(KEPT)
def draft_of(raw: str) -> PromotionDraft:
    return msgspec.json.decode(raw, type=PromotionDraft)


def drafts_of(tx: Tx, ids: Iterable[int]) -> dict[int, PromotionDraft]:
    return {r[0]: draft_of(r[1]) for r in tx.rows_in(BY_IDS, "ids", sorted(ids))}


def state_of(valid_from: int, valid_to: int, now: int) -> str:
    if valid_to <= now or valid_to <= valid_from:
        return "ended"
    return "live" if valid_from <= now else "planned"


def view(row: Any, now: int) -> Promotion:
    """The draft as it stands: with the moments it got, and its end when it was ended."""
    id, raw, valid_from, valid_to, made_at, _, _, _, held_minor, used_minor, held_uses, used_uses, claimed = row
    end = 0 if valid_to == OPEN else valid_to
    draft = msgspec.structs.replace(draft_of(raw), valid_from=valid_from, valid_to=end)
    state = state_of(valid_from, valid_to, now)
    return Promotion(id, draft, state, made_at, held_minor, used_minor, held_uses, used_uses, claimed)


def next_edition(tx: Tx) -> None:
    """Every process reads the promotions again."""
    row = tx.row(VERSION)
    if row is None:
        tx.once(FIRST_VERSION, id=SWITCH, version=0)
    tx.run(NEXT_VERSION, next_version=tx.new_id())
