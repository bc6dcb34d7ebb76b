"""Stock by warehouse and merchant: what there is and why, receipts and corrections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from msgspec import Meta, Struct

from jishi.goods.catalog import Listing, ListingsQuery
from jishi.goods.inventory import (
    Adjust,
    Availability,
    Level,
    LevelsQuery,
    Movement,
    MovementsQuery,
    NoStock,
    Promised,
    Receive,
    StockKey,
    Warehouse,
    WarehousesQuery,
)
from jishi.kernel import Fault, FieldError, Invalid
from jishi.kernel.ids import decode, encode
from jishi.people.merchants import MerchantsQuery
from jishi.web.forms import Form
from jishi.web.problems import ProblemField
from jishi.web.routes import get_page, post_page
from jishi.web.visit import Page, Visit, query_of

NEEDS = "goods:stock:desk"
STOCK, LISTING, WAREHOUSE = "stk", "lst", "wh"
LISTED, MOVES = 50, 50
REASONS = ("counted", "found", "damaged", "lost")
BUCKETS = ("on_hand", "reserved", "allocated", "safety", "in_transit", "quarantine")
Pieces = Annotated[int, Meta(ge=1, le=1_000_000)]
Delta = Annotated[int, Meta(ge=-1_000_000, le=1_000_000)]
Key = Annotated[int, Meta(ge=1, le=(1 << 63) - 1)]


class Row(Struct, frozen=True):
    """A level beside what it is of; level None: it was never received."""

    level: Level | None
    listing: Listing | None


class ReceiveForm(Struct, frozen=True):
    warehouse: str
    quantity: Pieces
    key: Key
    code: str = ""
    listing: str = ""
    note: str = ""


class AdjustForm(Struct, frozen=True):
    delta: Delta
    reason: str
    key: Key


class Moved(Struct, frozen=True):
    """A movement and what its bucket held after it, None where that is not known (further pages)."""

    movement: Movement
    after: int | None


async def listings_of(visit: Visit, levels: Sequence[Level]) -> dict[int, Listing]:
    """Stock item → the listing that sells it by itself, else any that holds it."""
    items = sorted({x.stock_item_id for x in levels})
    if not items:
        return {}
    found: dict[int, Listing] = {}
    rows = (await visit.shop.catalog.listings(visit.ctx, ListingsQuery(stock_item_ids=items))).rows
    for listing in sorted(rows, key=lambda x: len(x.components), reverse=True):
        for c in listing.components:
            found[c.stock_item_id] = listing
    return found


async def places(visit: Visit) -> dict[int, Warehouse]:
    """The warehouses that the actor receives into."""
    rows = (await visit.shop.inventory.warehouses(visit.ctx, WarehousesQuery())).rows
    mine = visit.actor.merchant_id
    return {w.id: w for w in rows if not mine or w.merchant_id in (0, mine)}


# --- the list ------------------------------------------------------------------------------------------------------------


@get_page("/desk/stock", needs=NEEDS, rate="staff")
async def stock(visit: Visit) -> Page:
    return await show(visit, Form())


async def show(visit: Visit, form: Form, status: int = 200) -> Page:
    """Levels by warehouse and merchant, or those of SKU codes that begin as asked for."""
    params = query_of(visit)
    known, warehouses = await sellers(visit), await places(visit)
    code = params.get("code", "").strip()[:64]
    place = chosen(WAREHOUSE, params.get("warehouse", ""), warehouses)
    seller = chosen("mer", params.get("merchant", ""), known)
    rows, following = await coded(visit, code, place, seller) if code else await listed(visit, params, place, seller)
    picked = None
    if text := form.value("listing") or params.get("listing", ""):
        found = (await visit.shop.catalog.listings(visit.ctx, ListingsQuery([decode(LISTING, text)]))).rows
        picked = found[0] if found else None
    return await visit.page(
        "backoffice/stock.html", form=form, status=status, rows=rows, next=following, code=code, place=place,
        seller=seller, warehouses=warehouses, sellers=known, picked=picked, done=bool(params.get("done")),
        key=visit.shop.world.new_id(), first=not params.get("after"),
    )  # fmt: skip


async def listed(visit: Visit, params: Mapping[str, str], place: int, seller: int) -> tuple[list[Row], str]:
    after = decode(STOCK, params["after"]) if params.get("after") else 0
    levels = (await visit.shop.inventory.levels(visit.ctx, LevelsQuery(place, seller, after, LISTED))).rows
    names = await listings_of(visit, levels)
    following = encode(STOCK, levels[-1].stock_id) if len(levels) == LISTED else ""
    return [Row(x, names.get(x.stock_item_id)) for x in levels], following


async def coded(visit: Visit, code: str, place: int, seller: int) -> tuple[list[Row], str]:
    """SKUs by the beginning of their code, with a level each, or none where nothing was ever received."""
    found = (await visit.shop.catalog.listings(visit.ctx, ListingsQuery(code=code))).rows
    mine = visit.actor.merchant_id or seller
    found = [x for x in found if not mine or x.merchant_id == mine]
    items = sorted({c.stock_item_id for x in found for c in x.components})
    levels = (await visit.shop.inventory.availability(visit.ctx, Availability(items))).rows if items else []
    rows = []
    for listing in found:
        own = {c.stock_item_id for c in listing.components}
        fitting = [
            x for x in levels
            if x.stock_item_id in own and x.merchant_id == listing.merchant_id and place in (0, x.warehouse_id)
        ]  # fmt: skip
        rows += [Row(x, listing) for x in fitting] or [Row(None, listing)]
    return rows, ""


async def sellers(visit: Visit) -> dict[int, Any]:
    ids = [visit.actor.merchant_id] if visit.actor.merchant_id else []
    return {m.id: m for m in (await visit.shop.merchants.merchants(visit.ctx, MerchantsQuery(ids))).rows}


def chosen(kind: str, text: str, among: Mapping[int, Any]) -> int:
    id = decode(kind, text) if text else 0
    return id if id in among else 0


# --- receiving -----------------------------------------------------------------------------------------------------------


@post_page("/desk/stock/receive", needs="goods:stock:receive", rate="staff")
async def receive(visit: Visit) -> Page:
    """The pieces are on hand, once a key."""
    form = await visit.form()
    try:
        asked = form.into(ReceiveForm)
        listing = await meant(visit, asked)
        if len(listing.components) != 1:
            raise Invalid([FieldError("code", "desk.bundle")])  # what it is made of is received instead
        key = StockKey(listing.components[0].stock_item_id, decode(WAREHOUSE, asked.warehouse), listing.merchant_id)
        level = await visit.shop.inventory.receive(visit.ctx, Receive(asked.key, key, asked.quantity, asked.note))
    except Fault as fault:
        return await show(visit, form.refused(fault, visit.site.words, visit.locale), fault.status)
    return visit.go(f"/desk/stock/{encode(STOCK, level.stock_id)}", done="1")


async def meant(visit: Visit, asked: ReceiveForm) -> Listing:
    """The listing that was picked, or the one of exactly this code."""
    mine = visit.actor.merchant_id
    if asked.listing:
        found = (await visit.shop.catalog.listings(visit.ctx, ListingsQuery([decode(LISTING, asked.listing)]))).rows
    else:
        if not asked.code:
            raise Invalid([FieldError("code", "required")])
        rows = (await visit.shop.catalog.listings(visit.ctx, ListingsQuery(code=asked.code[:64]))).rows
        found = [x for x in rows if x.sku_code.casefold() == asked.code.casefold()]
    found = [x for x in found if not mine or x.merchant_id == mine]
    if len(found) != 1:
        raise Invalid([FieldError("code", "desk.many_skus" if found else "desk.no_sku")])
    return found[0]


# --- one level -----------------------------------------------------------------------------------------------------------


@get_page("/desk/stock/{stock_id:str}", needs=NEEDS, rate="staff")
async def level(visit: Visit, stock_id: str) -> Page:
    return await explain(visit, decode(STOCK, stock_id), Form())


async def explain(visit: Visit, stock_id: int, form: Form, status: int = 200) -> Page:
    """Every number of the level, and the movements that made it."""
    shop, ctx, params = visit.shop, visit.ctx, query_of(visit)
    found = (await shop.inventory.levels(ctx, LevelsQuery(after=stock_id - 1, limit=1))).rows
    if not found or found[0].stock_id != stock_id:
        raise NoStock(stock_id)
    now = found[0]
    before = decode("mov", params["before"]) if params.get("before") else 0
    moves = (await shop.inventory.movements(ctx, MovementsQuery(stock_id, before, MOVES))).rows
    listing = (await listings_of(visit, [now])).get(now.stock_item_id)
    warehouse = (await shop.inventory.warehouses(ctx, WarehousesQuery([now.warehouse_id]))).rows
    return await visit.page(
        "backoffice/level.html", form=form, status=status, level=now, listing=listing, reasons=REASONS,
        warehouse=warehouse[0] if warehouse else None, buckets=[(b, getattr(now, b)) for b in BUCKETS],
        moves=replayed(now, moves, newest=not before), key=shop.world.new_id(), done=bool(params.get("done")),
        next=encode("mov", moves[-1].id) if len(moves) == MOVES else "", first=not before,
    )  # fmt: skip


def replayed(level: Level, moves: Sequence[Movement], *, newest: bool) -> list[Moved]:
    """Newest first: what each bucket held after each movement, reckoned back from what it holds now."""
    held, rows = {b: getattr(level, b) for b in BUCKETS}, []
    for m in moves:
        rows.append(Moved(m, held[m.bucket] if newest else None))
        held[m.bucket] -= m.delta
    return rows


@post_page("/desk/stock/{stock_id:str}/adjust", needs="goods:stock:adjust", rate="staff")
async def adjust(visit: Visit, stock_id: str) -> Page:
    """On hand is corrected, with its reason, once a key."""
    form, id = await visit.form(), decode(STOCK, stock_id)
    try:
        asked = form.into(AdjustForm)
        await visit.shop.inventory.adjust(visit.ctx, Adjust(asked.key, id, asked.delta, asked.reason))
    except NoStock:
        raise
    except Fault as fault:
        form.refused(fault, visit.site.words, visit.locale)
        if isinstance(fault, Promised):
            form.errors = [ProblemField("delta", fault.code, form.said)]
            form.said = visit.t("web.status.422")
        return await explain(visit, id, form, fault.status)
    return visit.go(f"/desk/stock/{stock_id}", done="1")


handlers: list[Any] = [stock, receive, level, adjust]
