"""Where one is signed in, and how to end it."""

from __future__ import annotations

from typing import Any

from jishi.kernel import Fault
from jishi.kernel.ids import decode
from jishi.people.accounts import Revoke, RevokeOthers, Sessions
from jishi.web.forms import Form
from jishi.web.routes import get_page, post_page
from jishi.web.visit import Page, Visit, query_of

from .account import refused

SELF, SESSION = "people:account:self", "ses"
DONE = ("ended", "alone")


@get_page("/me/devices", needs=SELF)
async def devices(visit: Visit) -> Page:
    params = query_of(visit)
    return await show(visit, Form(), next((x for x in DONE if params.get(x)), ""))


async def show(visit: Visit, form: Form, done: str = "", status: int = 200) -> Page:
    rows = (await visit.shop.accounts.sessions(visit.ctx, Sessions())).rows
    rows = sorted(rows, key=lambda r: not r.current)
    return await visit.page("storefront/account/devices.html", sessions=rows, form=form, done=done, status=status)


@post_page("/me/sessions/end", needs=SELF)
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
    return visit.go("/me/devices", ended="1")


@post_page("/me/sessions/others", needs=SELF)
async def revoke_others(visit: Visit) -> Page:
    """Nobody else is signed in to this account, everywhere within a second."""
    await visit.shop.accounts.revoke_others(visit.ctx, RevokeOthers())
    visit.site.known.entries.clear()
    return visit.go("/me/devices", alone="1")


handlers: list[Any] = [devices, revoke, revoke_others]
