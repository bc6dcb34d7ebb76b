"""The desk for programs: stock that arrived, work that is to ship."""

from __future__ import annotations

from typing import Annotated, Any

from litestar.params import PathParameter, QueryParameter

from jishi.goods.catalog import ListingsQuery
from jishi.goods.inventory import NoStock, Receive, StockKey
from jishi.kernel import FieldError, Invalid
from jishi.kernel.ids import decode, encode
from jishi.trade.fulfilment import Pack, ShipPieces, ShipWork, WorkOf, WorkQuery
from jishi.web.routes import api_get, api_post
from jishi.web.visit import Visit

from .trade import hashed, speech
from .trade_out import shipment_out, work_out
from .trade_shapes import (
    LevelOut,
    ReceiptOfStockIn,
    ShipIn,
    ShipmentOut,
    WorkItems,
    WorkOut,
)

WorkId = Annotated[str, PathParameter(max_length=24)]
WorkState = Annotated[str, QueryParameter(name="state", pattern="^(open|packed|shipped|delivered|cancelled)$")]
WarehouseId = Annotated[str, QueryParameter(max_length=24)]
CursorText = Annotated[str, QueryParameter(max_length=400)]
Limit = Annotated[int, QueryParameter(ge=1, le=100)]


@api_post("/stock/receipts", needs="goods:stock:receive", rate="staff", tags=["desk"])
async def receive(visit: Visit, data: ReceiptOfStockIn) -> LevelOut:
    """The pieces are on hand, once an `Idempotency-Key` (required); answers the level now."""
    key = int(hashed(visit, 8), 16) >> 2
    rows = (await visit.shop.catalog.listings(visit.ctx, ListingsQuery([decode("lst", data.listing)]))).rows
    mine = visit.actor.merchant_id
    listing = next((x for x in rows if not mine or x.merchant_id == mine), None)
    if listing is None:
        raise NoStock(0)
    if len(listing.components) != 1:
        raise Invalid([FieldError("listing", "desk.bundle")])
    stock = StockKey(listing.components[0].stock_item_id, decode("wh", data.warehouse), listing.merchant_id)
    level = await visit.shop.inventory.receive(visit.ctx, Receive(key, stock, data.quantity, data.note))
    return LevelOut(
        encode("stk", level.stock_id), level.on_hand, level.reserved, level.allocated, level.safety, level.available
    )


@api_get("/work", needs="trade:fulfilment:see", rate="staff", tags=["desk"])
async def work(
    visit: Visit, of: WorkState = "open", warehouse: WarehouseId = "", cursor: CursorText = "", limit: Limit = 50
) -> WorkItems:
    """Most urgent first; a clerk's own merchant's."""
    place = decode("wh", warehouse) if warehouse else 0
    page = await visit.shop.fulfilment.work(visit.ctx, WorkQuery(of, place, cursor, limit))
    return WorkItems([work_out(w, visit.locale) for w in page.rows], page.next or None)


@api_get("/work/{id:str}", needs="trade:fulfilment:see", rate="staff", tags=["desk"])
async def one(visit: Visit, id: WorkId) -> WorkOut:
    """What is to ship, and how much of it has."""
    return work_out(await visit.shop.fulfilment.work_of(visit.ctx, WorkOf(decode("ful", id))), visit.locale)


@api_post("/work/{id:str}/pack", needs="trade:fulfilment:pack", rate="staff", status_code=200, tags=["desk"])
async def pack(visit: Visit, id: WorkId) -> WorkOut:
    """Packing has begun: the buyer can no longer cancel."""
    return work_out(await visit.shop.fulfilment.pack(visit.ctx, Pack(decode("ful", id))), visit.locale)


@api_post("/work/{id:str}/ship", needs="trade:shipment:ship", rate="staff", tags=["desk"])
async def ship(visit: Visit, id: WorkId, data: ShipIn) -> ShipmentOut:
    """One parcel is with the carrier, once an `Idempotency-Key` (required); answers its waybill."""
    pieces = [ShipPieces(p.line, p.quantity) for p in data.pieces]
    command = ShipWork(decode("ful", id), hashed(visit), pieces, data.carrier)
    shipment = await visit.shop.fulfilment.ship(visit.ctx, command)
    return shipment_out(speech(visit, visit.market.currency), shipment)


handlers: list[Any] = [receive, work, one, pack, ship]
