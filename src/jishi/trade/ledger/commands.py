"""Units that write: postings with their balances, the facts of others, and the seals. Nothing is ever changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from jishi.kernel import FieldError, Invalid, Tx

from . import rules
from .events import Cancelled, Captured, Collected, Confirmed, Refunded, SealDue, SurplusCaptured
from .face import Entry, Post, Posted, Unbalanced
from .tables import (
    ADD,
    ENTRIES_OF,
    LAST_SEAL,
    NEW_BALANCE,
    NEW_ENTRY,
    NEW_POSTING,
    NEW_SEAL,
    NEW_SLOT,
    OLD_SLOTS,
    POSTING_BY_KEY,
    POSTINGS,
    QUEUE,
    QUEUED,
    UNQUEUE,
)

SEAL_EVERY_MS = 10_000
MAX_ENTRIES = 200


def post(tx: Tx, cmd: Post) -> Posted:
    """A balanced posting stands, once a key; its balances moved with it. ≤ 200 entries, none of them 0."""
    if wrong := [
        FieldError(f"entries.{n}", "account.wrong" if entry.minor else "amount.wrong")
        for n, entry in enumerate(cmd.entries)
        if not entry.minor or not rules.ACCOUNT.fullmatch(entry.account)
    ] or ([] if 2 <= len(cmd.entries) <= MAX_ENTRIES else [FieldError("entries", "count.wrong")]):
        raise Invalid(wrong)
    return write(tx, cmd.key, cmd.kind, cmd.currency, cmd.entries)


def write(tx: Tx, key: str, kind: str, currency: str, entries: Sequence[Entry]) -> Posted:
    if total := sum(entry.minor for entry in entries):
        raise Unbalanced(key, total)
    id = tx.new_id()
    if not tx.once(NEW_POSTING, id=id, posting_key=key, kind=kind, currency=currency, posted_at=tx.now):
        return Posted(tx.row(POSTING_BY_KEY, of=key)[0], first=False)
    tx.many(
        NEW_ENTRY,
        [
            dict(
                id=tx.new_id(), posting_id=id, kind=kind, account=entry.account, currency=currency, minor=entry.minor,
                order_id=entry.order_id, merchant_id=entry.merchant_id, posted_at=tx.now,
            )
            for entry in entries
        ],
    )  # fmt: skip
    moved = Counter[str]()
    for entry in entries:
        moved[entry.account] += entry.minor
    for account, n in sorted(moved.items()):  # in one order everywhere: no deadlock between two postings
        if tx.run(ADD, of=account, cur=currency, n=n) == 0:
            tx.once(NEW_BALANCE, account=account, currency=currency, minor=0)
            tx.run(ADD, of=account, cur=currency, n=n)
    tx.run(QUEUE, posting_id=id)
    slot = tx.now // SEAL_EVERY_MS
    if tx.once(NEW_SLOT, slot=slot):
        tx.emit(SealDue(slot), due_at=(slot + 1) * SEAL_EVERY_MS)
    return Posted(id, first=True)


def _fact(tx: Tx, kind: str, id: int, currency: str, entries: Sequence[Entry]) -> None:
    if entries:
        write(tx, f"{kind}:{id}", kind, currency, entries)


def captured(tx: Tx, event: Captured) -> None:
    _fact(tx, "captured", event.intent_id, event.amount.currency, rules.captured(event))


def surplus(tx: Tx, event: SurplusCaptured) -> None:
    _fact(tx, "surplus", event.capture_id, event.amount.currency, rules.surplus(event))


def collected(tx: Tx, event: Collected) -> None:
    _fact(tx, "collected", event.shipment_id, event.amount.currency, rules.collected(event))


def refunded(tx: Tx, event: Refunded) -> None:
    _fact(tx, "refunded", event.refund_id, event.amount.currency, rules.refunded(event))


def confirmed(tx: Tx, event: Confirmed) -> None:
    _fact(tx, "confirmed", event.order_id, event.currency, rules.confirmed(event))


def cancelled(tx: Tx, event: Cancelled) -> None:
    _fact(tx, "cancelled", event.cancel_id, event.currency, rules.cancelled(event))


def seal(tx: Tx, due: SealDue) -> None:
    """What was posted is chained, ≤ 500 a run. It comes again until it finds nothing: a posting may commit late."""
    ids = [row[0] for row in tx.rows(QUEUED)]
    tx.run(OLD_SLOTS, before=due.slot)
    if not ids:
        return
    last = tx.row(LAST_SEAL)
    seq, before = (last[0], bytes(last[1])) if last else (0, rules.GENESIS)
    postings = {row[0]: row for row in tx.rows_in(POSTINGS, "ids", ids)}
    entries: dict[int, list[list[object]]] = {}
    for row in tx.rows_in(ENTRIES_OF, "ids", ids):
        entries.setdefault(row[0], []).append(list(row))
    made = []
    for id in ids:
        seq, before = seq + 1, rules.chain(before, postings[id], entries[id])
        made.append(dict(seq=seq, posting_id=id, chain=before, sealed_at=tx.now))
    tx.many(NEW_SEAL, made)
    for first in range(0, len(ids), 256):
        tx.run(UNQUEUE, ids=ids[first : first + 256])
    tx.emit(SealDue(due.slot), due_at=tx.now + (0 if len(ids) == 500 else SEAL_EVERY_MS))
