"""Double entry, append-only: every movement of money is a balanced transaction; a balance is a sum."""

from abc import abstractmethod

from msgspec import Struct

from jishi.kernel import Context, Face, Fault


class Entry(Struct, frozen=True):
    """`account`: clearing:<provider> · buyer:<order id> · payable:<merchant id> · tax:<country> · cash:<carrier> …
    `minor` > 0 debit, < 0 credit. `order_id` and `merchant_id` 0 where they do not apply."""

    account: str
    minor: int
    order_id: int = 0
    merchant_id: int = 0


class Post(Struct, frozen=True):
    """Once a key (kind + the fact's id). The entries of one currency sum to 0."""

    key: str
    kind: str
    currency: str
    entries: list[Entry]


class Posted(Struct, frozen=True):
    id: int
    first: bool


class BalanceQuery(Struct, frozen=True):
    """Accounts by exact name, or by `prefix`. ≤ 100."""

    accounts: list[str] = []
    prefix: str = ""


class Balance(Struct, frozen=True):
    account: str
    currency: str
    minor: int


class Balances(Struct, frozen=True):
    rows: list[Balance]


class EntriesQuery(Struct, frozen=True):
    order_id: int = 0
    account: str = ""
    after: int = 0
    limit: int = 100


class EntryRow(Struct, frozen=True):
    id: int
    posting_id: int
    kind: str
    account: str
    currency: str
    minor: int
    order_id: int
    at: int


class EntryList(Struct, frozen=True):
    rows: list[EntryRow]


class Verify(Struct, frozen=True):
    pass


class Verdict(Struct, frozen=True):
    """The hash chain over sealed postings: how many, and the first broken one (0 = none)."""

    sealed: int
    unsealed: int
    broken: int


class Unbalanced(Fault, code="ledger.unbalanced", status=500):
    key: str
    sum: int


class Ledger(Face):
    name = "trade.ledger"

    @abstractmethod
    async def post(self, ctx: Context, command: Post, /) -> Posted: ...
    @abstractmethod
    async def balances(self, ctx: Context, query: BalanceQuery, /) -> Balances: ...
    @abstractmethod
    async def entries(self, ctx: Context, query: EntriesQuery, /) -> EntryList: ...
    @abstractmethod
    async def verify(self, ctx: Context, query: Verify, /) -> Verdict: ...
