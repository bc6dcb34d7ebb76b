"""Who the program speaks for: a guest, or somebody signed in by a code or a password."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, Struct

from jishi.kernel.i18n import iso
from jishi.kernel.ids import decode, encode
from jishi.people.accounts import AskCode, EnterCode, Me, Opened, OpenGuest, SignIn, SignOut
from jishi.web.routes import PUBLIC, api_delete, api_get, api_post
from jishi.web.visit import Visit

from .shapes import Email, Id, Password


class SessionOut(Struct, frozen=True):
    """`token` goes into `Authorization: Bearer …`; it is shown this once. role: guest, buyer, clerk, staff."""

    token: str
    expires_at: str
    role: str


class CodeAsk(Struct, frozen=True, forbid_unknown_fields=True):
    """One of the two. `phone`: E.164, or as it is written in the market."""

    email: Email | None = None
    phone: Annotated[str, Meta(min_length=3, max_length=30)] | None = None


class CodeSent(Struct, frozen=True):
    """A code of six digits is on its way, whether the address is known or not."""

    challenge: str
    expires_at: str
    again_at: str


class CodeEntry(Struct, frozen=True, forbid_unknown_fields=True):
    challenge: Id
    code: Annotated[str, Meta(pattern=r"^[0-9]{6}$")]


class PasswordEntry(Struct, frozen=True, forbid_unknown_fields=True):
    email: Email
    password: Password


class MeOut(Struct, frozen=True):
    role: str
    has_password: bool
    created_at: str


def session_out(visit: Visit, opened: Opened) -> SessionOut:
    visit.enter(opened, cookie=False)
    return SessionOut(opened.token, iso(opened.expires_at), opened.visitor.role)


@api_post("/sessions", needs=PUBLIC, rate="session", tags=["sessions"])
async def open_session(visit: Visit) -> SessionOut:
    """A guest's session: enough for a cart and an order."""
    return session_out(visit, await visit.shop.accounts.open_guest(visit.ctx, OpenGuest()))


@api_post("/sessions/code", needs=PUBLIC, rate="code", status_code=202, tags=["sessions"])
async def ask_code(visit: Visit, data: CodeAsk) -> CodeSent:
    """A code goes to the address or as a text; enter it at `/sessions/code/entry`."""
    asked = await visit.shop.accounts.ask_code(visit.ctx, AskCode(data.email or "", data.phone or ""))
    return CodeSent(encode("chl", asked.challenge_id), iso(asked.expires_at), iso(asked.again_at))


@api_post("/sessions/code/entry", needs=PUBLIC, rate="sign_in", tags=["sessions"])
async def enter_code(visit: Visit, data: CodeEntry) -> SessionOut:
    """Signs in, or up where the address is new. The guest's cart and orders come along."""
    command = EnterCode(decode("chl", data.challenge), data.code, visit.token)
    return session_out(visit, await visit.shop.accounts.enter_code(visit.ctx, command))


@api_post("/sessions/password", needs=PUBLIC, rate="sign_in", tags=["sessions"])
async def sign_in(visit: Visit, data: PasswordEntry) -> SessionOut:
    """Signs in with a password. The guest's cart and orders come along."""
    return session_out(
        visit, await visit.shop.accounts.sign_in(visit.ctx, SignIn(data.email, data.password, visit.token))
    )


@api_delete("/sessions/current", needs=PUBLIC, person=True, status_code=204, tags=["sessions"])
async def sign_out(visit: Visit) -> None:
    """This session ends at once, everywhere within a second."""
    await visit.shop.accounts.sign_out(visit.ctx, SignOut(visit.token))
    visit.leave()


@api_get("/me", needs="people:account:self", tags=["sessions"])
async def me(visit: Visit) -> MeOut:
    """Who the session speaks for."""
    account = await visit.shop.accounts.me(visit.ctx, Me())
    return MeOut(account.role, account.has_password, iso(account.created_at))


handlers: list[Any] = [open_session, ask_code, enter_code, sign_in, sign_out, me]
