"""The warehouse's work: what is to pick, pack and ship, most urgent first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from jishi.goods.inventory import WarehousesQuery
from jishi.kernel import Fault, FieldError, Invalid
from jishi.kernel.ids import decode
from jishi.trade.fulfilment import (
    Pack,
    RecipientsOf,
    Shipment,
    ShipmentsOf,
    ShipPieces,
    ShipWork,
    TooMany,
    Work,
    WorkOf,
    WorkQuery,
)
from jishi.web.forms import Form
from jishi.web.parcels import Speech
from jishi.web.problems import ProblemField, sentence
from jishi.web.routes import get_page, post_page
from jishi.web.visit import Page, Visit, query_of

NEEDS = "trade:fulfilment:see"
WORK, WAREHOUSE = "ful", "wh"
STATES = ("open", "packed", "shipped", "delivered", "cancelled")
LISTED = 50
PIECES = "pieces."
RECIPIENT = ("name", "phone", "country", "postcode", "province", "city", "district", "street")
KINDS = {"open": "warn", "packed": "info", "shipped": "info", "delivered": "ok", "cancelled": ""}


@get_page("/desk/work", needs=NEEDS, rate="staff")
async def work(visit: Visit) -> Page:
    """One state's work, of one warehouse or of all."""
    shop, ctx, params = visit.shop, visit.ctx, query_of(visit)
    state = params.get("state", "open") if params.get("state", "open") in STATES else "open"
    names = {w.id: w for w in (await shop.inventory.warehouses(ctx, WarehousesQuery())).rows}
    place = decode(WAREHOUSE, params["warehouse"]) if params.get("warehouse") else 0
    page = await shop.fulfilment.work(ctx, WorkQuery(state, place, params.get("cursor", ""), LISTED))
    people = (await shop.fulfilment.recipients(ctx, RecipientsOf([w.id for w in page.rows]))).rows
    return await visit.page(
        "backoffice/works.html", rows=page.rows, next=page.next, state=state, states=STATES, place=place, kinds=KINDS,
        warehouses=names, people={w.id: whole(people.get(w.id, {})) for w in page.rows}, now=shop.world.now(), first=not params.get("cursor"),
    )  # fmt: skip


@get_page("/desk/work/{work_id:str}", needs=NEEDS, rate="staff")
async def one(visit: Visit, work_id: str) -> Page:
    return await show(visit, await found(visit, work_id), Form())


async def found(visit: Visit, work_id: str) -> Work:
    return await visit.shop.fulfilment.work_of(visit.ctx, WorkOf(decode(WORK, work_id)))


async def show(visit: Visit, work: Work, form: Form, *, status: int = 200, open_address: bool = False) -> Page:
    """Lines, parcels and the recipient: masked, until somebody who ships asks to see (the vault writes it down)."""
    shop, ctx = visit.shop, visit.ctx
    shipments = [
        x for x in (await shop.fulfilment.shipments(ctx, ShipmentsOf(work.order_id))).rows if x.fulfilment_id == work.id
    ]
    people = (await shop.fulfilment.recipients(ctx, RecipientsOf([work.id], masked=not open_address))).rows
    warehouse = (await shop.inventory.warehouses(ctx, WarehousesQuery([work.warehouse_id]))).rows
    booked = booked_of(shipments)
    left = {x.line: max(0, x.quantity - x.cancelled - booked.get(x.line, 0)) for x in work.lines}
    params = query_of(visit)
    return await visit.page(
        "backoffice/work.html", work=work, form=form, status=status, shipments=shipments, left=left,
        to=whole(people.get(work.id, {})), place=place_name(visit), order_number=work.number.partition("-")[0], shown=open_address, warehouse=warehouse[0] if warehouse else None, kinds=KINDS,
        now=shop.world.now(), key=f"{shop.world.random.getrandbits(96):024x}", may=work.state in ("open", "packed"),
        done=next((x for x in ("packed", "shipped", "pushed", "still") if params.get(x)), ""),
    )  # fmt: skip


def whole(fields: Mapping[str, str]) -> dict[str, str]:
    """Every field of a recipient, "" where there is none."""
    return {name: fields.get(name, "") for name in RECIPIENT}


def place_name(visit: Visit) -> Callable[[str], str]:
    market = visit.market
    return Speech(visit.site.words, visit.locale, market.zone, market.currency).place


def booked_of(shipments: list[Shipment]) -> dict[int, int]:
    """Line → pieces that are in a parcel."""
    booked: dict[int, int] = {}
    for piece in [p for x in shipments for p in x.pieces]:
        booked[piece.line] = booked.get(piece.line, 0) + piece.quantity
    return booked


@post_page("/desk/work/{work_id:str}/recipient", needs="trade:shipment:ship", rate="staff")
async def recipient(visit: Visit, work_id: str) -> Page:
    """The whole address, for the delivery; that it was read, by whom and why is in the vault's log."""
    return await show(visit, await found(visit, work_id), Form(), open_address=True)


@post_page("/desk/work/{work_id:str}/pack", needs="trade:fulfilment:pack", rate="staff")
async def pack(visit: Visit, work_id: str) -> Page:
    """Packing has begun: the buyer can no longer cancel."""
    work = await found(visit, work_id)
    try:
        await visit.shop.fulfilment.pack(visit.ctx, Pack(work.id))
    except Fault as fault:
        return await refused(visit, work_id, Form(), fault)
    return visit.go(f"/desk/work/{work_id}", packed="1")


@post_page("/desk/work/{work_id:str}/ship", needs="trade:shipment:ship", rate="staff")
async def ship(visit: Visit, work_id: str) -> Page:
    """The pieces that were counted leave in one parcel, once a key."""
    form, work = await visit.form(), await found(visit, work_id)
    try:
        pieces = pieces_of(form, work)
        await visit.shop.fulfilment.ship(visit.ctx, ShipWork(work.id, form.value("key")[:64], pieces))
    except Fault as fault:
        return await refused(visit, work_id, form, fault)
    return visit.go(f"/desk/work/{work_id}", shipped="1")


def pieces_of(form: Form, work: Work) -> list[ShipPieces]:
    """What the form counts; every wrong number is named."""
    pieces, errors = list[ShipPieces](), list[FieldError]()
    for line in work.lines:
        name = f"{PIECES}{line.line}"
        text = form.value(name, "0") or "0"
        if not (text.isascii() and text.isdigit() and len(text) < 7):
            errors.append(FieldError(name, "type"))
        elif int(text):
            pieces.append(ShipPieces(line.line, int(text)))
    if errors:
        raise Invalid(errors)
    if not pieces:
        raise Invalid([FieldError(f"{PIECES}{x.line}", "desk.no_pieces") for x in work.lines[:1]])
    return pieces


async def refused(visit: Visit, work_id: str, form: Form, fault: Fault) -> Page:
    """The work as it is now, with what was refused above it and beside the line it is about."""
    form.refused(fault, visit.site.words, visit.locale)
    if isinstance(fault, TooMany):
        form.said = visit.t("web.status.422")
        form.errors = [
            ProblemField(f"{PIECES}{fault.line}", fault.code, sentence(fault, visit.site.words, visit.locale))
        ]
    return await show(visit, await found(visit, work_id), form, status=fault.status)


handlers: list[Any] = [work, one, recipient, pack, ship]
