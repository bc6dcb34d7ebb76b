"""Merchants as parties: who sells, who is paid, who is liable for the tax."""

from abc import abstractmethod

from msgspec import Struct

from jishi.kernel import Context, Face, Fault
from jishi.kernel.place import Text


class PutMerchant(Struct, frozen=True):
    """Creates or changes the merchant of this handle. Parties (seller of record, tax-liable, invoice issuer, payee)
    are the merchant itself unless told (`domain.md` §1.9)."""

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
    """By ids (≤ 100), by handles, or, with neither, all by id after `after`."""

    ids: list[int] = []
    handles: list[str] = []
    after: int = 0
    limit: int = 100


class MerchantList(Struct, frozen=True):
    rows: list[Merchant]


class NoMerchant(Fault, code="merchant.none", status=404):
    id: int


class Merchants(Face):
    name = "people.merchants"

    @abstractmethod
    async def put(self, ctx: Context, command: PutMerchant, /) -> Merchant: ...
    @abstractmethod
    async def merchants(self, ctx: Context, query: MerchantsQuery, /) -> MerchantList: ...
