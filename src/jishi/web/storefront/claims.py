"""Orders that were placed without the account: this browser's are offered, others come by number and link."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from jishi.kernel import Fault
from jishi.kernel.ids import decode
from jishi.trade.orders import Claim, ClaimableQuery
from jishi.web.forms import Form
from jishi.web.routes import get_page, post_page
from jishi.web.visit import Page, Visit, query_of

CLAIM = "trade:order:claim"
IN_LINK = "secret="  # of a whole link that was pasted


class ClaimForm(Struct, frozen=True):
    """Either an order of this browser, or a number with its link's secret (or the whole link)."""

    order: str = ""
    number: str = ""
    secret: str = ""


@get_page("/me/claims", needs=CLAIM)
async def claims(visit: Visit) -> Page:
    params = query_of(visit)
    form = Form({"number": [params.get("number", "")], "secret": [params.get("secret", "")]})
    return await show(visit, form, done=params.get("done", "")[:20])


async def show(visit: Visit, form: Form, *, done: str = "", status: int = 200) -> Page:
    rows = (await visit.shop.orders.claimable(visit.ctx, ClaimableQuery())).rows
    return await visit.page("storefront/account/claims.html", rows=rows, form=form, done=done, status=status)


@post_page("/me/claims", needs=CLAIM, rate="sign_in")
async def claim(visit: Visit) -> Page:
    """The order is the account's. What is missing is said where the order's secret was shown, and nowhere else."""
    form = await visit.form()
    asked = form.into(ClaimForm)
    if asked.order:
        command = Claim(order_id=decode("ord", asked.order))
    else:
        command = Claim(asked.number[:40], secret_of(asked.secret))
    try:
        order = await visit.shop.orders.claim(visit.ctx, command)
    except Fault as refused:
        return await show(visit, form.refused(refused, visit.site.words, visit.locale), status=refused.status)
    return visit.go("/me/claims", done=order.number)


def secret_of(typed: str) -> str:
    """The secret itself, also out of a pasted link."""
    return typed.rpartition(IN_LINK)[2].partition("&")[0][:64] if IN_LINK in typed else typed[:64]


handlers: list[Any] = [claims, claim]
