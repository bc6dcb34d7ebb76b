"""Double entry, append-only: every movement of money is a balanced transaction; a balance is a sum."""

from .face import (
    Balance,
    BalanceQuery,
    Balances,
    EntriesQuery,
    Entry,
    EntryList,
    EntryRow,
    Ledger,
    Post,
    Posted,
    Unbalanced,
    Verdict,
    Verify,
)

__all__ = [
    "Balance",
    "BalanceQuery",
    "Balances",
    "EntriesQuery",
    "Entry",
    "EntryList",
    "EntryRow",
    "Ledger",
    "Post",
    "Posted",
    "Unbalanced",
    "Verdict",
    "Verify",
]
