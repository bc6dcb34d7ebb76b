"""Signing in by a code or a password, and the account: its password and its sessions."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, unquote

from msgspec import Struct

from jishi.kernel import Fault
from jishi.kernel.config import DEMO_STAFF
from jishi.kernel.ids import WrongId, decode, encode
from jishi.people.accounts import (
    AskCode,
    CodeSpent,
    EnterCode,
    Me,
    Opened,
    Revoke,
    Sessions,
    SetPassword,
    SignIn,
    SignOut,
    StepUp,
    WrongCode,
    WrongPassword,
)
from jishi.people.vault import NoCard, Show
from jishi.web.forms import Form
from jishi.web.problems import ProblemField
from jishi.web.routes import PUBLIC, get_page, post_page
from jishi.web.visit import Page, Visit, query_of

EMAIL, EMAIL_S = "jishi_email", 900  # what was typed, in the visitor's own browser, until the code has come
CHALLENGE, SESSION = "chl", "ses"
HOUSE = ("staff", "clerk")


class EmailForm(Struct, frozen=True):
    email: str
    next: str = ""


class CodeForm(Struct, frozen=True):
    challenge: str
    code: str
    next: str = ""


class PasswordForm(Struct, frozen=True):
    email: str
    password: str
    next: str = ""


class NewPassword(Struct, frozen=True):
    password: str


def refused(visit: Visit, form: Form, fault: Fault, beside: str = "") -> Form:
    """The form with the fault above it; where it is one field's, beside that one, and above only that something is wrong."""
    form.refused(fault, visit.site.words, visit.locale)
    if beside and not form.errors:
        form.errors = [ProblemField(beside, fault.code, form.said)]
        form.said = visit.t("web.status.422")
    return form


# --- signing in ------------------------------------------------------------------------------------------------------------


@get_page("/sign-in", needs=PUBLIC)
async def sign_in(visit: Visit) -> Page:
    """Who is signed in goes on, unless a fresh sign-in is wanted (`again`)."""
    params = query_of(visit)
    if visit.actor.role != "guest" and not params.get("again"):
        return visit.go(*onward(visit, params.get("next", "")))
    return await ask(visit, Form({"email": [typed(visit)]}), params.get("next", ""))


async def ask(visit: Visit, form: Form, onto: str, *, by_password: bool = False, status: int = 200) -> Page:
    staff = DEMO_STAFF if visit.site.config.mode == "demo" else None
    return await visit.page(
        "storefront/account/sign_in.html", form=form, next=kept(visit, onto), by_password=by_password, staff=staff,
        status=status, guest_to="/checkout" if onto.startswith("/checkout") else "/products",
    )  # fmt: skip


@post_page("/sign-in", needs=PUBLIC, rate="code")
async def ask_code(visit: Visit) -> Page:
    """A code is on its way, whether the address is known or not; the browser goes to where it is typed in."""
    form = await visit.form()
    if not form.value("email"):  # sent again
        form.typed["email"] = [typed(visit)]
    try:
        asked = form.into(EmailForm)
        sent = await visit.shop.accounts.ask_code(visit.ctx, AskCode(asked.email))
    except Fault as fault:
        if challenge := form.value("challenge"):
            return await enter(visit, refused(visit, form, fault), challenge, form.value("next"), fault.status)
        return await ask(visit, refused(visit, form, fault, "email"), form.value("next"), status=fault.status)
    visit.set_cookie(EMAIL, quote(asked.email, safe="@."), EMAIL_S)
    return visit.go("/sign-in/code", c=encode(CHALLENGE, sent.challenge_id), next=kept(visit, asked.next))


@get_page("/sign-in/code", needs=PUBLIC)
async def code(visit: Visit) -> Page:
    params = query_of(visit)
    if not params.get("c"):
        return visit.go("/sign-in", next=kept(visit, params.get("next", "")))
    return await enter(visit, Form(), params["c"], params.get("next", ""))


async def enter(visit: Visit, form: Form, challenge: str, onto: str, status: int = 200) -> Page:
    return await visit.page(
        "storefront/account/code.html", form=form, challenge=challenge, next=kept(visit, onto), email=typed(visit),
        status=status,
    )  # fmt: skip


@post_page("/sign-in/code", needs=PUBLIC, rate="sign_in")
async def enter_code(visit: Visit) -> Page:
    """In, as the account of the address or as a new one; a wrong code stays here and says how many tries are left."""
    form = await visit.form()
    challenge, onto = form.value("challenge"), form.value("next")
    try:
        asked = form.into(CodeForm)
        opened = await visit.shop.accounts.enter_code(
            visit.ctx, EnterCode(decode(CHALLENGE, asked.challenge), asked.code, visit.token)
        )
    except WrongId:
        return visit.go("/sign-in", next=kept(visit, onto))
    except (WrongCode, CodeSpent) as fault:
        form.typed.pop("code", None)
        return await enter(visit, refused(visit, form, fault, "code"), challenge, onto, fault.status)
    except Fault as fault:
        return await enter(visit, refused(visit, form, fault), challenge, onto, fault.status)
    visit.set_cookie(EMAIL, "", 0)
    return welcome(visit, opened, onto)


@post_page("/sign-in/password", needs=PUBLIC, rate="sign_in")
async def by_password(visit: Visit) -> Page:
    form = await visit.form()
    onto = form.value("next")
    try:
        asked = form.into(PasswordForm)
        opened = await visit.shop.accounts.sign_in(visit.ctx, SignIn(asked.email, asked.password, visit.token))
    except Fault as fault:
        form.typed.pop("password", None)
        beside = "password" if isinstance(fault, WrongPassword) else ""
        return await ask(visit, refused(visit, form, fault, beside), onto, by_password=True, status=fault.status)
    return welcome(visit, opened, onto)


def welcome(visit: Visit, opened: Opened, onto: str) -> Page:
    visit.enter(opened)
    return visit.go(*onward(visit, onto))


def onward(visit: Visit, onto: str) -> tuple[str]:
    """Where one was going, else one's own start: the desk for the house, the account for a buyer."""
    return (kept(visit, onto) or ("/desk" if visit.actor.role in HOUSE else "/me"),)


def kept(visit: Visit, onto: str) -> str:
    """A path of ours, or ""; signing in never leads back to itself."""
    path = visit.safe_next(onto, "") if onto else ""
    return "" if path.startswith(("/sign-in", "/sign-out")) or any(ord(c) < 32 for c in path) else path[:1_000]


def typed(visit: Visit) -> str:
    return unquote(visit.cookies.get(EMAIL, ""))[:254]


@post_page("/sign-out", needs=PUBLIC)
async def sign_out(visit: Visit) -> Page:
    """This session ends, everywhere within a second."""
    if visit.token:
        await visit.shop.accounts.sign_out(visit.ctx, SignOut(visit.token))
    visit.leave()
    return visit.go("/")


# --- the account -----------------------------------------------------------------------------------------------------------


@get_page("/me", needs="people:account:self")
async def me(visit: Visit) -> Page:
    params = query_of(visit)
    done = next((x for x in ("saved", "ended") if params.get(x)), "")
    return await show(visit, Form(), done=done)


async def show(visit: Visit, form: Form, *, done: str = "", status: int = 200, step_up: bool = False) -> Page:
    account = await visit.shop.accounts.me(visit.ctx, Me())
    sessions = (await visit.shop.accounts.sessions(visit.ctx, Sessions())).rows
    email = ""
    if account.contact_card:
        try:
            asked = Show([account.contact_card], "account", ["email"], masked=True)
            (card,) = (await visit.shop.vault.show(visit.ctx, asked)).cards
            email = card.fields.get("email", "")
        except NoCard:
            email = ""
    return await visit.page(
        "storefront/account/me.html", account=account, sessions=sessions, email=email, form=form, done=done,
        step_up=step_up, status=status, house=account.role in HOUSE,
    )  # fmt: skip


@post_page("/me/password", needs="people:account:self", rate="sign_in")
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


@post_page("/me/sessions/end", needs="people:account:self")
async def revoke(visit: Visit) -> Page:
    """Another device is signed out; this one too, if it is the one."""
    form = await visit.form()
    session = decode(SESSION, form.value("session"))
    here = visit.visitor is not None and visit.visitor.session_id == session
    try:
        await visit.shop.accounts.revoke(visit.ctx, Revoke(session))
    except Fault as fault:
        return await show(visit, refused(visit, form, fault), status=fault.status)
    if here:
        visit.leave()
        return visit.go("/sign-in")
    visit.site.known.entries.clear()
    return visit.go("/me", ended="1")


handlers: list[Any] = [
    sign_in, ask_code, code, enter_code, by_password, sign_out, me, set_password, revoke,
]  # fmt: skip
