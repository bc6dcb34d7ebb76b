"""The address book: whom parcels go to. What is written there lies in the vault; here is which card, under which label."""

from abc import abstractmethod

from msgspec import Struct

from jishi.kernel import Context, Face, Fault

MOST = 50
LABELS = ("home", "work", "other")


class Address(Struct, frozen=True):
    """`fields` are the card's: name, phone (E.164), country, province, city, district, postcode, street."""

    id: int
    card_id: int
    label: str
    preferred: bool
    fields: dict[str, str]


class BookQuery(Struct, frozen=True):
    """The actor's own, the preferred one first, then the newest."""


class Book(Struct, frozen=True):
    rows: list[Address]
    most: int = MOST


class AddressQuery(Struct, frozen=True):
    id: int


class PutAddress(Struct, frozen=True):
    """`id` is the caller's choice, so that asking twice keeps one. An address that changes gets a new card: orders keep
    the old one. `new` makes it when there is none; without it an unknown id is `NoAddress`. The first one is preferred."""

    id: int
    fields: dict[str, str]
    label: str = "home"
    preferred: bool = False
    new: bool = False


class DropAddress(Struct, frozen=True):
    id: int


class Prefer(Struct, frozen=True):
    id: int


class CheckAddress(Struct, frozen=True):
    """`whole` also asks for all that the country's form asks for."""

    fields: dict[str, str]
    whole: bool = False


class Checked(Struct, frozen=True):
    """In whole names: 浙江 杭州 西湖 is 浙江省 杭州市 西湖区, California is CA."""

    fields: dict[str, str]


class Parse(Struct, frozen=True):
    """Whatever was pasted (the first 1,000 characters count). `country`: where it is if the text does not say."""

    text: str
    country: str = "CN"


class Parsed(Struct, frozen=True):
    """What was understood; nothing is made up. Fields as in `Address`, and `email`."""

    fields: dict[str, str]


class FormQuery(Struct, frozen=True):
    """`province` and `city` as chosen so far."""

    country: str
    province: str = ""
    city: str = ""


class FormField(Struct, frozen=True):
    """`choices` empty: it is typed. `label` and `hint` are the ends of catalogue keys."""

    name: str
    label: str
    needed: bool
    hint: str
    choices: list[str]
    example: str


class AddressForm(Struct, frozen=True):
    country: str
    fields: list[FormField]


class NoAddress(Fault, code="address.none", status=404):
    pass


class BookFull(Fault, code="address.full", status=409):
    most: int


class Addresses(Face):
    name = "people.addresses"

    @abstractmethod
    async def book(self, ctx: Context, query: BookQuery, /) -> Book: ...
    @abstractmethod
    async def address(self, ctx: Context, query: AddressQuery, /) -> Address: ...
    @abstractmethod
    async def put(self, ctx: Context, command: PutAddress, /) -> Address: ...
    @abstractmethod
    async def drop(self, ctx: Context, command: DropAddress, /) -> Book: ...
    @abstractmethod
    async def prefer(self, ctx: Context, command: Prefer, /) -> Book: ...
    @abstractmethod
    async def judge(self, ctx: Context, query: CheckAddress, /) -> Checked: ...
    @abstractmethod
    async def parse(self, ctx: Context, query: Parse, /) -> Parsed: ...
    @abstractmethod
    async def form(self, ctx: Context, query: FormQuery, /) -> AddressForm: ...
