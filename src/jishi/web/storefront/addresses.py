"""The address book's pages, and the paste box of the checkout.

The steps of a form (another country, another province, a paste) are posts of the form itself: what is typed never
stands in an address that a log or a browser keeps, and nothing of it is lost on the way."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from jishi.kernel import Fault
from jishi.kernel.countries import COUNTRIES
from jishi.kernel.ids import decode, encode
from jishi.people.addresses import LABELS, MOST, AddressQuery, DropAddress, NoAddress, Prefer, PutAddress
from jishi.web.addressing import ADDRESS, STEPS, asking, book_rows, countries, country_names, paste
from jishi.web.cards import RECIPIENT
from jishi.web.forms import Form
from jishi.web.routes import get_page, post_page
from jishi.web.visit import Page, Visit, query_of

from .checkout import ask_address

OWN = "people:address:own"
DONE = ("saved", "deleted", "preferred")


class AddressForm(Struct, frozen=True):
    id: str
    do: str = "save"
    label: str = "home"
    preferred: bool = False
    new: bool = False
    next: str = ""


@get_page("/me/addresses", needs=OWN)
async def book(visit: Visit) -> Page:
    """One's own, the preferred one first; a guest's are this browser's."""
    params = query_of(visit)
    done = next((x for x in DONE if params.get(x)), "")
    return await listed(visit, done)


async def listed(visit: Visit, done: str = "", refused: Fault | None = None) -> Page:
    form = Form()
    if refused:
        form.refused(refused, visit.site.words, visit.locale)
    return await visit.page(
        "storefront/addresses/list.html", rows=await book_rows(visit), most=MOST, done=done, form=form,
        names=country_names(visit.locale), guest=visit.actor.role == "guest", status=refused.status if refused else 200,
    )  # fmt: skip


@get_page("/me/addresses/new", needs=OWN)
async def new(visit: Visit) -> Page:
    """An empty form. Its id is made here, so that a form sent twice is one address."""
    form = Form({"country": [visit.market.serves[0]], "new": ["1"]})
    form.typed["id"] = [encode(ADDRESS, visit.shop.world.new_id())]
    form.typed["next"] = [query_of(visit).get("next", "")]
    return await draw(visit, form)


@get_page("/me/addresses/{address:str}", needs=OWN)
async def edit(visit: Visit, address: str) -> Page:
    found = await visit.shop.addresses.address(visit.ctx, AddressQuery(decode(ADDRESS, address)))
    form = Form({name: [value] for name, value in found.fields.items()})
    form.typed |= {"id": [address], "label": [found.label], "preferred": ["1"] if found.preferred else []}
    return await draw(visit, form)


async def draw(visit: Visit, form: Form, *, status: int = 200, pasted: bool = False, unread: bool = False) -> Page:
    country = form.value("country") if form.value("country") in COUNTRIES else visit.market.serves[0]
    form.typed["country"] = [country]
    return await visit.page(
        "storefront/addresses/edit.html", form=form, asking=await asking(visit, form, country), country=country,
        countries=countries(visit), labels=LABELS, new=bool(form.value("new")), pasted=pasted, unread=unread,
        next=visit.safe_next(form.value("next"), "") if form.value("next") else "", status=status,
    )  # fmt: skip


@post_page("/me/addresses/save", needs=OWN, person=True)
async def save(visit: Visit) -> Page:
    """`do` says how far the form is: parse what was pasted, ask for another country's fields or a province's cities, or
    keep it."""
    form = await visit.form()
    asked = form.into(AddressForm)
    if asked.do == "parse":
        read = await paste(visit, form, form.value("country") or visit.market.serves[0])
        return await draw(visit, form, pasted=read, unread=not read)
    if asked.do in ("region", "country"):
        await follow(visit, form)
        return await draw(visit, form)
    try:
        id = decode(ADDRESS, asked.id)
        fields = {name: form.value(name) for name in RECIPIENT if form.value(name)}
        put = PutAddress(id, fields, asked.label, asked.preferred, asked.new)
        await visit.shop.addresses.put(visit.ctx, put)
    except NoAddress:
        raise
    except Fault as refused:
        return await draw(visit, form.refused(refused, visit.site.words, visit.locale), status=refused.status)
    return visit.go(visit.safe_next(asked.next, "/me/addresses") if asked.next else "/me/addresses", saved="1")


async def follow(visit: Visit, form: Form) -> None:
    """What hangs on an answer that has changed is empty again: a city of another province is no answer."""
    for name in STEPS[1:]:
        country = form.value("country")
        fields = await asking(visit, form, country if country in COUNTRIES else visit.market.serves[0])
        options = next((a.options for a in fields if a.name == name), [])
        values = {value for value, _ in options}
        if options and form.value(name) not in values:
            form.typed[name] = [""]
        if len(values - {""}) == 1:  # a municipality is its own city
            form.typed[name] = [(values - {""}).pop()]


@post_page("/me/addresses/{address:str}/delete", needs=OWN)
async def delete(visit: Visit, address: str) -> Page:
    """Gone from the book; orders keep what they were sent to."""
    await visit.shop.addresses.drop(visit.ctx, DropAddress(decode(ADDRESS, address)))
    return visit.go("/me/addresses", deleted="1")


@post_page("/me/addresses/{address:str}/prefer", needs=OWN)
async def prefer(visit: Visit, address: str) -> Page:
    await visit.shop.addresses.prefer(visit.ctx, Prefer(decode(ADDRESS, address)))
    return visit.go("/me/addresses", preferred="1")


@post_page("/checkout/parse", needs="trade:checkout:quote", person=True)
async def parse(visit: Visit) -> Page:
    """The checkout's form with what was pasted in its fields."""
    form = await visit.form()
    if form.value("do") == "parse":
        country = form.value("country") or visit.market.serves[0]
        read = await paste(visit, form, country)
        return await ask_address(visit, form, form.value("buy"), pasted=read, unread=not read)
    await follow(visit, form)
    return await ask_address(visit, form, form.value("buy"))


handlers: list[Any] = [book, new, edit, save, delete, prefer, parse]
