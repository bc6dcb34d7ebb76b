"""The desk's overview and the orders of the house: what is to do, and where."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from jishi.goods.inventory import LevelsQuery
from jishi.kernel.i18n import said
from jishi.people.merchants import MerchantsQuery
from jishi.trade.fulfilment import Work, WorkQuery
from jishi.trade.orders import NoOrder, OrderQuery, OrdersQuery
from jishi.web.parcels import KINDS
from jishi.web.routes import get_page
from jishi.web.visit import Page, Visit, query_of

NEEDS = "trade:fulfilment:see"  # staff and clerks; each verb cuts to what is theirs
COUNTED, LEVELS, URGENT, LISTED = 50, 100, 8, 30
STATES = ("", "to_pay", "to_ship", "part_shipped", "shipped", "delivered", "completed", "cancelled")


class Count(Struct, frozen=True):
    """How much of a kind of work is open; `more`: at least so much."""

    code: str
    n: int
    more: bool
    to: str
    kind: str = ""
    note: int = 0  # of these so many are late


@get_page("/desk", needs=NEEDS, rate="staff")
async def desk(visit: Visit) -> Page:
    """Counts of open work, each a link to its list, and the most urgent first."""
    shop, ctx, now = visit.shop, visit.ctx, visit.shop.world.now()
    counts, urgent = [], list[Work]()
    for state in ("open", "packed"):
        page = await shop.fulfilment.work(ctx, WorkQuery(state, limit=COUNTED))
        late = sum(1 for w in page.rows if w.ship_by < now)
        counts.append(Count(state, len(page.rows), bool(page.next), f"/desk/work?state={state}", note=late))
        urgent += page.rows
    for order_state in ("to_pay", "shipped"):
        found = await shop.orders.orders(ctx, OrdersQuery(order_state, limit=COUNTED))
        counts.append(Count(order_state, len(found.rows), bool(found.next), f"/desk/orders?state={order_state}"))
    levels = (await shop.inventory.levels(ctx, LevelsQuery(limit=LEVELS))).rows
    out = sum(1 for x in levels if not x.available)
    counts.append(Count("sold_out", out, len(levels) == LEVELS, "/desk/stock"))
    urgent = sorted(urgent, key=lambda w: (w.ship_by, w.id))[:URGENT]
    return await visit.page("backoffice/desk.html", counts=counts, urgent=urgent, now=now, scope=await scope(visit))


async def scope(visit: Visit) -> str:
    """The merchant whose clerk this is, "" for the house."""
    if not visit.actor.merchant_id:
        return ""
    found = (await visit.shop.merchants.merchants(visit.ctx, MerchantsQuery([visit.actor.merchant_id]))).rows
    return said(found[0].names, visit.locale) if found else ""


@get_page("/desk/orders", needs=NEEDS, rate="staff")
async def orders(visit: Visit) -> Page:
    """Newest first, by state; `q` is an order's number and leads to it."""
    params = query_of(visit)
    words, missed = params.get("q", "").strip()[:40], False
    if words:
        try:
            found = await visit.shop.orders.order(visit.ctx, OrderQuery(number=words))
            return visit.go(f"/orders/{found.number}")
        except NoOrder:
            missed = True
    state = params.get("state", "") if params.get("state", "") in STATES else ""
    page = await visit.shop.orders.orders(visit.ctx, OrdersQuery(state, params.get("cursor", ""), LISTED))
    return await visit.page(
        "backoffice/orders.html", rows=page.rows, next=page.next, state=state, states=STATES, kinds=KINDS, q=words,
        missed=missed, first=not params.get("cursor"),
    )  # fmt: skip


handlers: list[Any] = [desk, orders]
