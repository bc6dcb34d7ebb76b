"""The address book, contacts, devices, wishes and claims, for programs."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from litestar.params import PathParameter, QueryParameter
from msgspec import Meta, Struct

from jishi.kernel.i18n import iso
from jishi.kernel.ids import decode, encode
from jishi.people.accounts import (
    AskContact,
    ContactsQuery,
    EnterContact,
    Revoke,
    RevokeOthers,
    SessionList,
    Sessions,
)
from jishi.people.addresses import (
    Address,
    AddressQuery,
    BookQuery,
    DropAddress,
    FormQuery,
    Parse,
    Prefer,
    PutAddress,
)
from jishi.people.notices import PutWishes, WishesQuery
from jishi.trade.orders import Claim, ClaimableQuery
from jishi.web.routes import PUBLIC, api_delete, api_get, api_post, api_put
from jishi.web.visit import Visit

from .sessions import CodeEntry, CodeSent
from .shapes import Amount, Email, Id
from .trade_shapes import RecipientIn

OWN, SELF, CHOOSE, CLAIM = "people:address:own", "people:account:self", "people:notice:choose", "trade:order:claim"
ADDRESS, SESSION, CHALLENGE = "adr", "ses", "chl"
Ref = Annotated[str, PathParameter(max_length=40)]
Part = Annotated[str, QueryParameter(max_length=80)]
Phone = Annotated[str, Meta(min_length=3, max_length=30)]


class AddressIn(Struct, frozen=True, forbid_unknown_fields=True):
    recipient: RecipientIn
    label: Literal["home", "work", "other"] = "home"
    preferred: bool = False


class AddressOut(Struct, frozen=True):
    id: str
    label: str
    preferred: bool
    recipient: dict[str, str]


class AddressItems(Struct, frozen=True):
    """The preferred one first, then the newest."""

    items: list[AddressOut]
    most: int


class PasteIn(Struct, frozen=True, forbid_unknown_fields=True):
    text: Annotated[str, Meta(max_length=1_000)]
    country: Annotated[str, Meta(pattern="^[A-Z]{2}$")] = "CN"


class PasteOut(Struct, frozen=True):
    """What was understood; a field that could not be told is not there."""

    fields: dict[str, str]


class FieldOut(Struct, frozen=True):
    """`choices` empty: it is typed."""

    name: str
    label: str
    required: bool
    choices: list[str]
    example: str


class FormOut(Struct, frozen=True):
    country: str
    fields: list[FieldOut]


class DeviceOut(Struct, frozen=True):
    id: str
    browser: str
    opened_at: str
    seen_at: str
    current: bool


class DeviceItems(Struct, frozen=True):
    items: list[DeviceOut]


class ContactOut(Struct, frozen=True):
    """channel: email, sms."""

    channel: str
    verified_at: str


class ContactItems(Struct, frozen=True):
    items: list[ContactOut]


class ContactIn(Struct, frozen=True, forbid_unknown_fields=True):
    """One of the two."""

    email: Email | None = None
    phone: Phone | None = None


class WishesBody(Struct, frozen=True, forbid_unknown_fields=True):
    """What is sent beyond what concerns orders and the account."""

    topics: Annotated[list[Literal["offers", "reminders"]], Meta(max_length=2)]


class ClaimIn(Struct, frozen=True, forbid_unknown_fields=True):
    """`order`: one of `GET /me/claims`; or `number` and the `secret` of its link."""

    order: Id | None = None
    number: Annotated[str, Meta(max_length=40)] = ""
    secret: Annotated[str, Meta(max_length=64)] = ""


class ClaimOut(Struct, frozen=True):
    """`fits`: the contact it was placed with is verified; else add that one to the account first."""

    order: str
    number: str
    total: Amount
    placed_at: str
    contact: str
    fits: bool


class ClaimItems(Struct, frozen=True):
    items: list[ClaimOut]


class ClaimedOut(Struct, frozen=True):
    order: str
    number: str


def out(address: Address) -> AddressOut:
    return AddressOut(encode(ADDRESS, address.id), address.label, address.preferred, address.fields)


def fields_of(data: RecipientIn) -> dict[str, str]:
    return {name: value for name in data.__struct_fields__ if (value := getattr(data, name))}


@api_get("/addresses", needs=OWN, tags=["addresses"])
async def addresses(visit: Visit) -> AddressItems:
    """The address book, the preferred one first; a guest has one, too."""
    if not visit.actor.id:
        return AddressItems([], 0)
    book = await visit.shop.addresses.book(visit.ctx, BookQuery())
    return AddressItems([out(a) for a in book.rows], book.most)


@api_post("/addresses", needs=OWN, person=True, tags=["addresses"])
async def add(visit: Visit, data: AddressIn) -> AddressOut:
    """A new address in whole names; every wrong field is named at once."""
    put = PutAddress(visit.shop.world.new_id(), fields_of(data.recipient), data.label, data.preferred, new=True)
    return out(await visit.shop.addresses.put(visit.ctx, put))


@api_get("/addresses/{id:str}", needs=OWN, person=True, tags=["addresses"])
async def address(visit: Visit, id: Ref) -> AddressOut:
    """One address of one's own, in whole names."""
    return out(await visit.shop.addresses.address(visit.ctx, AddressQuery(decode(ADDRESS, id))))


@api_put("/addresses/{id:str}", needs=OWN, person=True, tags=["addresses"])
async def change(visit: Visit, id: Ref, data: AddressIn) -> AddressOut:
    """The address as it is from now on; orders keep the one they were placed with."""
    put = PutAddress(decode(ADDRESS, id), fields_of(data.recipient), data.label, data.preferred)
    return out(await visit.shop.addresses.put(visit.ctx, put))


@api_delete("/addresses/{id:str}", needs=OWN, person=True, status_code=204, tags=["addresses"])
async def drop(visit: Visit, id: Ref) -> None:
    """The address is out of the book; orders keep theirs."""
    await visit.shop.addresses.drop(visit.ctx, DropAddress(decode(ADDRESS, id)))


@api_post("/addresses/{id:str}/preferred", needs=OWN, person=True, status_code=200, tags=["addresses"])
async def prefer(visit: Visit, id: Ref) -> AddressItems:
    """From now on checkout proposes this one."""
    book = await visit.shop.addresses.prefer(visit.ctx, Prefer(decode(ADDRESS, id)))
    return AddressItems([out(a) for a in book.rows], book.most)


@api_post("/address-texts", needs=PUBLIC, status_code=200, tags=["addresses"])
async def paste(visit: Visit, data: PasteIn) -> PasteOut:
    """A whole address in one piece of text, taken apart."""
    return PasteOut((await visit.shop.addresses.parse(visit.ctx, Parse(data.text, data.country))).fields)


@api_get("/address-forms/{country:str}", needs=PUBLIC, tags=["addresses"])
async def form(visit: Visit, country: Ref, province: Part = "", city: Part = "") -> FormOut:
    """What an address of this country needs, in its order; of the mainland the cities and counties of what is chosen."""
    found = await visit.shop.addresses.form(visit.ctx, FormQuery(country, province, city))
    rows = [FieldOut(f.name, visit.t(f"address.label.{f.label}"), f.needed, f.choices, f.example) for f in found.fields]
    return FormOut(found.country, rows)


# --- the account -------------------------------------------------------------------------------------------------------


def devices_out(found: SessionList) -> DeviceItems:
    return DeviceItems([
        DeviceOut(encode(SESSION, r.session_id), r.agent, iso(r.opened_at), iso(r.seen_at), r.current) for r in found.rows
    ])  # fmt: skip


@api_get("/me/devices", needs=SELF, tags=["sessions"])
async def devices(visit: Visit) -> DeviceItems:
    """Where the account is signed in."""
    return devices_out(await visit.shop.accounts.sessions(visit.ctx, Sessions()))


@api_delete("/me/devices/{id:str}", needs=SELF, status_code=204, tags=["sessions"])
async def end(visit: Visit, id: Ref) -> None:
    """One session of one's own ends."""
    await visit.shop.accounts.revoke(visit.ctx, Revoke(decode(SESSION, id)))
    visit.site.known.entries.clear()


@api_delete("/me/devices", needs=SELF, status_code=204, tags=["sessions"])
async def end_others(visit: Visit) -> None:
    """Every session but this one ends."""
    await visit.shop.accounts.revoke_others(visit.ctx, RevokeOthers())
    visit.site.known.entries.clear()


@api_get("/me/contacts", needs=SELF, tags=["sessions"])
async def contacts(visit: Visit) -> ContactItems:
    """The channels by which the account is known, and since when; never the addresses themselves."""
    rows = (await visit.shop.accounts.contacts(visit.ctx, ContactsQuery())).rows
    return ContactItems([ContactOut(r.channel, iso(r.verified_at)) for r in rows])


@api_post("/me/contacts", needs=SELF, rate="code", status_code=202, tags=["sessions"])
async def ask_contact(visit: Visit, data: ContactIn) -> CodeSent:
    """A code goes to the new contact; it is entered at `/me/contacts/entry`. Needs a sign-in not older than 5 minutes."""
    sent = await visit.shop.accounts.ask_contact(visit.ctx, AskContact(data.email or "", data.phone or ""))
    return CodeSent(encode(CHALLENGE, sent.challenge_id), iso(sent.expires_at), iso(sent.again_at))


@api_post("/me/contacts/entry", needs=SELF, rate="sign_in", status_code=200, tags=["sessions"])
async def enter_contact(visit: Visit, data: CodeEntry) -> ContactItems:
    """The contact is the account's, in place of the one of its kind, which hears of it."""
    command = EnterContact(decode(CHALLENGE, data.challenge), data.code)
    rows = (await visit.shop.accounts.enter_contact(visit.ctx, command)).rows
    visit.site.known.entries.clear()
    return ContactItems([ContactOut(r.channel, iso(r.verified_at)) for r in rows])


@api_get("/me/wishes", needs=CHOOSE, tags=["sessions"])
async def wishes(visit: Visit) -> WishesBody:
    """The letters that were asked for beside those about orders."""
    found: list[Any] = (await visit.shop.notices.wishes(visit.ctx, WishesQuery())).topics
    return WishesBody(found)


@api_put("/me/wishes", needs=CHOOSE, tags=["sessions"])
async def choose(visit: Visit, data: WishesBody) -> WishesBody:
    """These letters and no others; those about orders come in any case."""
    found: list[Any] = (await visit.shop.notices.put_wishes(visit.ctx, PutWishes(list(data.topics)))).topics
    return WishesBody(found)


@api_get("/me/claims", needs=CLAIM, tags=["orders"])
async def claims(visit: Visit) -> ClaimItems:
    """Orders that this account's browsers placed without it."""
    rows = (await visit.shop.orders.claimable(visit.ctx, ClaimableQuery())).rows
    return ClaimItems([
        ClaimOut(encode("ord", r.order_id), r.number, Amount(r.total, r.currency), iso(r.placed_at), r.contact, r.fits)
        for r in rows
    ])  # fmt: skip


@api_post("/me/claims", needs=CLAIM, rate="sign_in", status_code=200, tags=["orders"])
async def claim(visit: Visit, data: ClaimIn) -> ClaimedOut:
    """The order is the account's: with its secret and a verified contact that is the order's, never with one of the two."""
    command = Claim(order_id=decode("ord", data.order)) if data.order else Claim(data.number, data.secret)
    order = await visit.shop.orders.claim(visit.ctx, command)
    return ClaimedOut(encode("ord", order.id), order.number)


handlers: list[Any] = [
    addresses, add, address, change, drop, prefer, paste, form, devices, end, end_others, contacts, ask_contact,
    enter_contact, wishes, choose, claims, claim,
]  # fmt: skip
