"""Signing in by a code to an e-mail address or a phone, or by a password; and signing out."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, unquote

from msgspec import Struct

from jishi.kernel import Fault
from jishi.kernel.config import DEMO_STAFF
from jishi.kernel.ids import WrongId, decode, encode
from jishi.people.accounts import AskCode, CodeSpent, EnterCode, Opened, SignIn, SignOut, WrongCode, WrongPassword
from jishi.people.notices import ChannelsQuery
from jishi.trade.orders import ClaimableQuery
from jishi.web.forms import Form
from jishi.web.problems import ProblemField
from jishi.web.routes import PUBLIC, get_page, post_page
from jishi.web.visit import YEAR_S, Page, Visit, query_of

EMAIL, EMAIL_S = "jishi_email", 900  # what was typed, in the visitor's own browser, until the code has come
DEVICE = "jishi_device"  # by which an account knows this browser again; told to nobody else
CHALLENGE = "chl"
DEVICE_LENGTH = 32
HOUSE = ("staff", "clerk")


class EmailForm(Struct, frozen=True):
    email: str
    next: str = ""


class PhoneForm(Struct, frozen=True):
    phone: str
    next: str = ""


class CodeForm(Struct, frozen=True):
    challenge: str
    code: str
    next: str = ""


class PasswordForm(Struct, frozen=True):
    email: str
    password: str
    next: str = ""


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
        return visit.go(onward(visit, params.get("next", "")))
    by_phone = params.get("by") == "phone"
    known = typed(visit)
    form = Form({"phone" if is_phone(known) else "email": [known]})
    return await ask(visit, form, params.get("next", ""), by_phone=by_phone)


async def ask(
    visit: Visit, form: Form, onto: str, *, by_password: bool = False, by_phone: bool = False, status: int = 200
) -> Page:
    texts = "sms" in (await visit.shop.notices.channels(visit.ctx, ChannelsQuery())).rows
    staff = DEMO_STAFF if visit.site.config.mode == "demo" else None
    return await visit.page(
        "storefront/account/sign_in.html", form=form, next=kept(visit, onto), by_password=by_password, staff=staff,
        by_phone=by_phone and texts, texts=texts,
        status=status, guest_to="/checkout" if onto.startswith("/checkout") else "/products",
    )  # fmt: skip


@post_page("/sign-in", needs=PUBLIC, rate="code")
async def ask_code(visit: Visit) -> Page:
    """A code is on its way to the address or the phone, whether it is known or not; the browser goes to where it is
    typed in."""
    form = await visit.form()
    if not form.value("email") and "phone" not in form.typed and (known := typed(visit)):  # sent again
        form.typed["phone" if is_phone(known) else "email"] = [known]
    by_phone, device = "phone" in form.typed, device_of(visit)
    try:
        if by_phone:
            reached = form.into(PhoneForm).phone
            command = AskCode(phone=reached, device=device)
        else:
            reached = form.into(EmailForm).email
            command = AskCode(reached, device=device)
        sent = await visit.shop.accounts.ask_code(visit.ctx, command)
    except Fault as fault:
        if challenge := form.value("challenge"):
            return await enter(visit, refused(visit, form, fault), challenge, form.value("next"), fault.status)
        form = refused(visit, form, fault, "phone" if by_phone else "email")
        return await ask(visit, form, form.value("next"), by_phone=by_phone, status=fault.status)
    visit.set_cookie(EMAIL, quote(reached, safe="@."), EMAIL_S)
    return visit.go("/sign-in/code", c=encode(CHALLENGE, sent.challenge_id), next=kept(visit, form.value("next")))


def is_phone(text: str) -> bool:
    return bool(text) and "@" not in text


def device_of(visit: Visit) -> str:
    """What this browser is known by, for a year: chance, kept in a cookie from the first sign-in on."""
    known = visit.cookies.get(DEVICE, "")
    if len(known) != DEVICE_LENGTH or not known.isalnum():
        known = visit.cookies[DEVICE] = f"{visit.shop.world.random.getrandbits(128):032x}"
    visit.set_cookie(DEVICE, known, YEAR_S)
    return known


@get_page("/sign-in/code", needs=PUBLIC)
async def code(visit: Visit) -> Page:
    params = query_of(visit)
    if not params.get("c"):
        return visit.go("/sign-in", next=kept(visit, params.get("next", "")))
    return await enter(visit, Form(), params["c"], params.get("next", ""))


async def enter(visit: Visit, form: Form, challenge: str, onto: str, status: int = 200) -> Page:
    return await visit.page(
        "storefront/account/code.html", form=form, challenge=challenge, next=kept(visit, onto), email=typed(visit),
        by_phone=is_phone(typed(visit)), status=status,
    )  # fmt: skip


@post_page("/sign-in/code", needs=PUBLIC, rate="sign_in")
async def enter_code(visit: Visit) -> Page:
    """In, as the account of the address or as a new one; a wrong code stays here and says how many tries are left."""
    form = await visit.form()
    challenge, onto = form.value("challenge"), form.value("next")
    try:
        asked = form.into(CodeForm)
        opened = await visit.shop.accounts.enter_code(
            visit.ctx, EnterCode(decode(CHALLENGE, asked.challenge), asked.code, visit.token, device_of(visit))
        )
    except WrongId:
        return visit.go("/sign-in", next=kept(visit, onto))
    except (WrongCode, CodeSpent) as fault:
        form.typed.pop("code", None)
        return await enter(visit, refused(visit, form, fault, "code"), challenge, onto, fault.status)
    except Fault as fault:
        return await enter(visit, refused(visit, form, fault), challenge, onto, fault.status)
    visit.set_cookie(EMAIL, "", 0)
    return await welcome(visit, opened, onto)


@post_page("/sign-in/password", needs=PUBLIC, rate="sign_in")
async def by_password(visit: Visit) -> Page:
    form = await visit.form()
    onto = form.value("next")
    try:
        asked = form.into(PasswordForm)
        command = SignIn(asked.email, asked.password, visit.token, device_of(visit))
        opened = await visit.shop.accounts.sign_in(visit.ctx, command)
    except Fault as fault:
        form.typed.pop("password", None)
        beside = "password" if isinstance(fault, WrongPassword) else ""
        return await ask(visit, refused(visit, form, fault, beside), onto, by_password=True, status=fault.status)
    return await welcome(visit, opened, onto)


async def welcome(visit: Visit, opened: Opened, onto: str) -> Page:
    """Where one was going; a buyer who was going nowhere is shown what this browser has ordered without the account."""
    guest = visit.actor.id if visit.actor.role == "guest" else 0
    visit.enter(opened)
    there = onward(visit, onto)
    was_guest = there == "/me" and opened.visitor.role == "buyer" and guest not in (0, opened.visitor.person_id)
    offered = was_guest and (await visit.shop.orders.claimable(visit.ctx, ClaimableQuery())).rows
    return visit.go("/me/claims" if offered else there)


def onward(visit: Visit, onto: str) -> str:
    """Where one was going, else one's own start: the desk for the house, the account for a buyer."""
    return kept(visit, onto) or ("/desk" if visit.actor.role in HOUSE else "/me")


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


handlers: list[Any] = [sign_in, ask_code, code, enter_code, by_password, sign_out]
