"""Merchants as parties: who sells, who is paid, who is liable for the tax."""

from abc import abstractmethod

from msgspec import Struct

from jishi.kernel import Context, Face, Fault
from jishi.kernel.place import Text


class PutMerchant(Struct, frozen=True):
    """Creates or changes the merchant of this handle. Parties (`domain.md` §1.9: seller, merchant_of_record, tax_liable,
    invoice_issuer, payee) are the merchant itself unless told; a party is `merchant:<id>` or `platform`."""

    handle: str  # a-z, 0-9, -
    names: Text
    country: str
    currency: str
    tax_id: str = ""
    parties: dict[str, str] = {}
    status: str = "active"  # active, paused, closed


class Merchant(Struct, frozen=True):
    id: int
    handle: str
    names: Text
    country: str
    currency: str
    tax_id: str
    parties: dict[str, str]
    status: str


class MerchantsQuery(Struct, frozen=True):
    """By ids (≤ 100), by handles (≤ 100), or, with neither, all by id after `after`. Those that are not there are left
    out. Customers, and clerks of other merchants, see no tax id and, in the list, active ones alone."""

    ids: list[int] = []
    handles: list[str] = []
    after: int = 0
    limit: int = 100


class MerchantList(Struct, frozen=True):
    rows: list[Merchant]


class NoMerchant(Fault, code="merchant.none", status=404):
    """A party names a merchant that is not there."""

    id: int


class Merchants(Face):
    name = "people.merchants"

    @abstractmethod
    async def put(self, ctx: Context, command: PutMerchant, /) -> Merchant: ...
    @abstractmethod
    async def merchants(self, ctx: Context, query: MerchantsQuery, /) -> MerchantList: ...
