"""Units that read. A clerk sees what its merchant is owed and nothing else."""

from __future__ import annotations

from msgspec import Struct

from jishi.kernel import FieldError, Forbidden, Invalid, Tx

from . import rules
from .face import Balance, BalanceQuery, Balances, EntriesQuery, EntryList, EntryRow
from .tables import (
    BALANCES,
    BALANCES_FROM,
    ENTRIES_OF,
    OF_ACCOUNT,
    OF_BOTH,
    OF_ORDER,
    POSTINGS,
    QUEUE_LENGTH,
    SEALS,
)

MOST_ACCOUNTS, MOST_ENTRIES = 100, 500


def _scoped(tx: Tx, account: str) -> str:
    """The account to look at: a clerk's is its merchant's, whatever it asks for."""
    if tx.actor.role != "clerk":
        return account
    mine = f"payable:{tx.actor.merchant_id}"
    if account not in ("", mine):
        raise Forbidden("trade:ledger:see")
    return mine


def balances(tx: Tx, query: BalanceQuery) -> Balances:
    """In order of account and currency; an account that was never touched has no row."""
    if len(query.accounts) > MOST_ACCOUNTS:
        raise Invalid([FieldError("accounts", "count.wrong")])
    if tx.actor.role == "clerk":
        return Balances([Balance(*row) for row in tx.rows(BALANCES, accounts=[_scoped(tx, query.prefix)])])
    if query.accounts:
        return Balances([Balance(*row) for row in tx.rows_in(BALANCES, "accounts", sorted(set(query.accounts)))])
    high = query.prefix[:-1] + chr(ord(query.prefix[-1]) + 1) if query.prefix else "\uffff"
    return Balances([Balance(*row) for row in tx.rows(BALANCES_FROM, low=query.prefix, high=high, most=MOST_ACCOUNTS)])


def entries(tx: Tx, query: EntriesQuery) -> EntryList:
    """Oldest first, from after the id `after`; by order, by account, or by both."""
    account, page = _scoped(tx, query.account), dict(since=query.after, most=min(max(query.limit, 1), MOST_ENTRIES))
    if query.order_id and account:
        rows = tx.rows(OF_BOTH, order=query.order_id, of=account, **page)
    elif query.order_id:
        rows = tx.rows(OF_ORDER, order=query.order_id, **page)
    elif account:
        rows = tx.rows(OF_ACCOUNT, of=account, **page)
    else:
        raise Invalid([FieldError("account", "required")])
    return EntryList([EntryRow(*row) for row in rows])


class Walked(Struct, frozen=True):
    """Up to here the chain holds; `broken`: the next does not."""

    seq: int
    chain: bytes
    broken: int
    last: bool
    unsealed: int


def walk(tx: Tx, after: int, before: bytes, most: int) -> Walked:
    rows = tx.rows(SEALS, since=after, most=most)
    ids = [row[1] for row in rows]
    postings = {row[0]: row for row in tx.rows_in(POSTINGS, "ids", ids)}
    entries: dict[int, list[list[object]]] = {}
    for row in tx.rows_in(ENTRIES_OF, "ids", ids):
        entries.setdefault(row[0], []).append(list(row))
    unsealed = tx.row(QUEUE_LENGTH)[0]
    for seq, id, chain in rows:
        made = rules.chain(before, postings[id], entries.get(id, [])) if id in postings else b""
        if seq != after + 1 or made != bytes(chain):
            return Walked(after, before, after + 1, last=True, unsealed=unsealed)
        after, before = seq, made
    return Walked(after, before, 0, len(rows) < most, unsealed)
