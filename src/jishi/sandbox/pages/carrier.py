"""The button of the desk that lets the demo's carrier drive on."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import httpx

from jishi.trade.fulfilment import ShipmentsOf, Work
from jishi.web.backoffice.work import found
from jishi.web.faults import NoPage
from jishi.web.routes import post_page
from jishi.web.visit import Page, Visit

PUSH_S, LOOKS, LOOK_S = 5, 20, 0.1  # how long the carrier may take to answer and to tell
log = logging.getLogger("jishi.sandbox")


@post_page("/desk/work/{work_id:str}/push", needs="trade:shipment:ship", rate="staff")
async def push(visit: Visit, work_id: str) -> Page:
    """In the demo: the parcel's next stop happens now. The carrier tells, and the page shows it once it was heard."""
    config = visit.site.config
    if config.mode != "demo":
        raise NoPage
    form, work = await visit.form(), await found(visit, work_id)
    before = await states(visit, work)
    waybill = form.value("waybill")
    if not waybill.isalnum() or waybill not in before:
        raise NoPage
    url = str(config.providers.get("jishi_express", {}).get("url") or f"http://127.0.0.1:{config.port}/sandbox/carrier")
    try:
        async with httpx.AsyncClient(timeout=PUSH_S) as http:
            (await http.post(f"{url}/parcels/{waybill}/step")).raise_for_status()
    except httpx.HTTPError as e:
        log.warning("carrier not pushed", extra={"error": type(e).__name__})
        return visit.go(f"/desk/work/{work_id}", still="1")
    for _ in range(LOOKS):
        if await states(visit, work) != before:
            return visit.go(f"/desk/work/{work_id}", pushed="1")
        await asyncio.sleep(LOOK_S)
    return visit.go(f"/desk/work/{work_id}", still="1")


async def states(visit: Visit, work: Work) -> dict[str, str]:
    rows = (await visit.shop.fulfilment.shipments(visit.ctx, ShipmentsOf(work.order_id))).rows
    return {x.waybill: x.state for x in rows if x.fulfilment_id == work.id}


handlers: list[Any] = [push]
