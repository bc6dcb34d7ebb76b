"""The account: what it is reached by, its password, and what it wants to hear of."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from jishi.kernel import Fault
from jishi.kernel.ids import WrongId, decode, encode
from jishi.people.accounts import AskContact, CodeSpent, EnterContact, Me, SetPassword, StepUp, WrongCode
from jishi.people.notices import TOPICS, ChannelsQuery, PutWishes, WishesQuery
from jishi.trade.orders import ClaimableQuery
from jishi.web.addressing import own_contacts
from jishi.web.forms import Form
from jishi.web.routes import get_page, post_page
from jishi.web.visit import Page, Visit, query_of

from .account import CHALLENGE, HOUSE, refused

SELF = "people:account:self"
DONE = ("saved", "email", "phone", "wishes")
KINDS = ("email", "phone")
CHANNELS = {"email": "email", "phone": "sms"}


class NewPassword(Struct, frozen=True):
    password: str


class ContactForm(Struct, frozen=True):
    kind: str
    value: str


class ContactCode(Struct, frozen=True):
    kind: str
    challenge: str
    code: str


@get_page("/me", needs=SELF)
async def me(visit: Visit) -> Page:
    params = query_of(visit)
    done = next((x for x in DONE if params.get(x)), "")
    return await show(visit, Form(), done=done)


async def show(visit: Visit, form: Form, *, done: str = "", status: int = 200, step_up: bool = False) -> Page:
    shop, ctx = visit.shop, visit.ctx
    account = await shop.accounts.me(ctx, Me())
    buyer = account.role == "buyer"
    claims = (await shop.orders.claimable(ctx, ClaimableQuery())).rows if buyer else []
    wishes = (await shop.notices.wishes(ctx, WishesQuery())).topics if buyer else []
    carried = (await shop.notices.channels(ctx, ChannelsQuery())).rows
    contacts = await own_contacts(visit)
    return await visit.page(
        "storefront/account/me.html", account=account, contacts=contacts, form=form, done=done, step_up=step_up,
        kinds=[k for k in KINDS if CHANNELS[k] in carried or contacts.get(k)], topics=TOPICS, wishes=wishes,
        claims=len(claims), house=account.role in HOUSE, buyer=buyer, status=status,
    )  # fmt: skip


@post_page("/me/password", needs=SELF, rate="sign_in")
async def set_password(visit: Visit) -> Page:
    """A new password; every other session ends. Who signed in too long ago does so again first."""
    form = await visit.form()
    try:
        await visit.shop.accounts.set_password(visit.ctx, SetPassword(form.into(NewPassword).password))
    except StepUp as fault:
        return await show(visit, refused(visit, form, fault), status=fault.status, step_up=True)
    except Fault as fault:
        return await show(visit, refused(visit, form, fault, "password"), status=fault.status)
    visit.site.known.entries.clear()  # sessions that ended are not to be remembered for their last second
    return visit.go("/me", saved="1")


# --- e-mail and phone --------------------------------------------------------------------------------------------------


@post_page("/me/contact", needs=SELF, rate="code")
async def ask_contact(visit: Visit) -> Page:
    """A code goes to the new address or phone; the account's stays what it is until the code has come back."""
    form = await visit.form()
    kind = form.value("kind") if form.value("kind") in KINDS else KINDS[0]
    form.typed[kind] = form.values("value")
    try:
        asked = form.into(ContactForm)
        command = AskContact(phone=asked.value) if kind == "phone" else AskContact(email=asked.value)
        sent = await visit.shop.accounts.ask_contact(visit.ctx, command)
    except StepUp as fault:
        return await show(visit, refused(visit, form, fault), status=fault.status, step_up=True)
    except Fault as fault:
        form = refused(visit, form, fault, kind)
        form.errors = [e if e.field != "value" else type(e)(kind, e.code, e.detail) for e in form.errors]
        return await show(visit, form, status=fault.status)
    return visit.go("/me/contact", c=encode(CHALLENGE, sent.challenge_id), kind=kind)


@get_page("/me/contact", needs=SELF)
async def contact(visit: Visit) -> Page:
    params = query_of(visit)
    if not params.get("c"):
        return visit.go("/me")
    return await enter(visit, Form(), params.get("kind", ""), params["c"])


async def enter(visit: Visit, form: Form, kind: str, challenge: str, status: int = 200) -> Page:
    return await visit.page(
        "storefront/account/contact.html", form=form, kind=kind if kind in KINDS else KINDS[0], challenge=challenge,
        status=status,
    )  # fmt: skip


@post_page("/me/contact/code", needs=SELF, rate="sign_in")
async def enter_contact(visit: Visit) -> Page:
    """The contact is the account's, and the one before hears of it."""
    form = await visit.form()
    kind, challenge = form.value("kind"), form.value("challenge")
    try:
        asked = form.into(ContactCode)
        command = EnterContact(decode(CHALLENGE, asked.challenge), asked.code)
        await visit.shop.accounts.enter_contact(visit.ctx, command)
    except WrongId:
        return visit.go("/me")
    except (WrongCode, CodeSpent) as fault:
        form.typed.pop("code", None)
        return await enter(visit, refused(visit, form, fault, "code"), kind, challenge, fault.status)
    except Fault as fault:
        return await enter(visit, refused(visit, form, fault), kind, challenge, fault.status)
    visit.site.known.entries.clear()  # what is remembered of the session names the contact before
    return visit.go("/me", **{kind if kind in KINDS else KINDS[0]: "1"})


# --- what one wants to hear of -----------------------------------------------------------------------------------------


@post_page("/me/notices", needs="people:notice:choose")
async def choose(visit: Visit) -> Page:
    """Exactly what is ticked is sent from now on; what concerns an order or the account always is."""
    form = await visit.form()
    try:
        await visit.shop.notices.put_wishes(visit.ctx, PutWishes(form.values("topic")[: len(TOPICS) + 1]))
    except Fault as fault:
        return await show(visit, refused(visit, form, fault), status=fault.status)
    return visit.go("/me", wishes="1")


handlers: list[Any] = [me, set_password, ask_contact, contact, enter_contact, choose]
