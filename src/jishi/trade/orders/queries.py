"""What people see of orders, each only what is its own: one order in four reads, a list in two (a clerk's in three)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import msgspec

from jishi.kernel import Actor, Tx
from jishi.kernel.paging import cut, limited, read_cursor, write_cursor

from . import rules
from .book import CHILD_CODEC, HEAD_CODEC, LINE_CODEC, PREVIEW_CODEC, ChildRow, ParentRow, sold_of
from .face import Child, Line, NoOrder, Order, OrderPage, OrderQuery, OrderRow, OrdersQuery, Step
from .searching import search, words_of
from .tables import BY_ID, BY_LINK, BY_NUMBER, CHILDREN, CHILDREN_IN, CUTS, LINES, PAGES, PARENTS_IN, STEPS

MOST_ROWS, PICTURES, NAMES = 50, 4, 2
NEWEST = (1 << 63) - 1
STATES = ("to_pay", *rules.SHOWN, "cancelled", "refunded")


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def opens(tx: Tx, secret: str, order_id: int) -> bool:
    """Whether this link's secret is the order's."""
    row = tx.row(BY_LINK, hash=digest(secret), now=tx.now) if secret else None
    return row is not None and row[0] == order_id


def order(tx: Tx, query: OrderQuery) -> Order:
    """The order that is asked for, as far as the actor may see it; anything else is `NoOrder`."""
    row = tx.row(BY_LINK, hash=digest(query.secret), now=tx.now) if query.secret else None
    by_link = row is not None
    number = rules.read_number(query.number) if query.number else ""
    if row is None and query.order_id:
        row = tx.row(BY_ID, order=query.order_id)
    elif row is None and number:
        row = tx.row(BY_NUMBER, called=number)
    if row is None or (query.order_id and row[0] != query.order_id) or (query.number and row[1] != number):
        raise NoOrder(query.order_id)
    return seen(tx, ParentRow(*row), by_link=by_link)


def holds_uses(tx: Tx, order_id: int) -> bool:
    """Whether uses of promotions are held for the order."""
    return HEAD_CODEC.decode(ParentRow(*tx.row(BY_ID, order=order_id)).head).limited


def order_of(tx: Tx, order_id: int) -> Order:
    return order(tx, OrderQuery(order_id))


def seen(tx: Tx, parent: ParentRow, *, by_link: bool = False) -> Order:
    """The view of a row, cut to a clerk's own children. The house, its buyer and the holder of its link see it whole."""
    actor: Actor = tx.actor
    children = [ChildRow(*r) for r in tx.rows(CHILDREN, order=parent.id)]
    if actor.role == "clerk" and not by_link:
        children = [c for c in children if actor.merchant_id and c.merchant_id == actor.merchant_id]
    elif actor.role not in ("staff", "system") and not by_link and not (actor.id and parent.buyer_id == actor.id):
        children = []
    if not children:
        raise NoOrder(parent.id)
    return _view(tx, parent, children, whole=by_link or actor.role != "clerk")


def _view(tx: Tx, p: ParentRow, rows: Sequence[ChildRow], *, whole: bool) -> Order:
    head, lines = HEAD_CODEC.decode(p.head), tx.rows(LINES, order=p.id)
    children = [_child(p, c, [r for r in lines if r[2] == c.n]) for c in rows]
    own = {c.n for c in rows} | {0}
    steps = [
        Step(n, at, child, what, role, msgspec.msgpack.decode(params))
        for _, n, at, child, what, role, params in tx.rows(STEPS, order=p.id)
        if child in own
    ]
    sold = [x for c in children for x in c.lines]
    goods = head.goods if whole else sum(x.unit_minor * x.quantity for x in sold)
    return Order(
        id=p.id,
        number=p.number,
        buyer_id=p.buyer_id if whole else 0,
        state=p.state if whole else rules.order_state(p.payment, [c.state for c in rows]),
        payment=p.payment,
        method=p.method,
        market=p.market,
        locale=head.locale,
        currency=p.currency,
        goods=goods,
        discount=head.discount if whole else sum(x.discount for x in sold),
        freight=head.freight if whole else sum(c.freight for c in children),
        tax=head.tax if whole else sum(c.tax for c in children),
        tax_included=head.tax_included,
        total=p.total if whole else sum(c.total for c in children),
        refunded=p.refunded if whole else sum(c.refunded for c in children),
        placed_at=p.placed_at,
        pay_by=p.pay_by,
        intent_id=p.intent_id,
        recipient_card=head.recipient_card,
        contact_card=head.contact_card if whole else 0,
        children=children,
        timeline=steps,
        policies=head.policies,
        version=p.version,
        can=_can(tx.now, p, rows) if whole else [],
        ended=p.ended,
        gift_card=head.gift_card,
        placed_by=(head.placed_by or p.buyer_id) if whole else 0,
    )


def _can(now: int, p: ParentRow, children: Sequence[ChildRow]) -> list[str]:
    can = ["pay"] if p.state == "to_pay" and now < p.pay_by else []
    if any(c.fulfilment in ("placed", "confirmed") for c in children):
        can.append("cancel")
    if any(c.fulfilment == "delivered" for c in children):
        can.append("confirm_receipt")
    return can


def _child(p: ParentRow, c: ChildRow, rows: Sequence[Any]) -> Child:
    t, lines = CHILD_CODEC.decode(c.terms), [_line(r) for r in rows]
    clocks = {
        "placed": p.placed_at,
        "paid": c.paid_at,
        "shipped": c.shipped_at,
        "first_scan": c.first_scan_at,
        "delivered": c.delivered_at,
        "signed": c.signed_at,
        "confirmed": c.received_at,
        "after_sale_until": c.after_sale_until,
    }
    return Child(
        n=c.n,
        number=f"{p.number}-{c.n}",
        merchant_id=c.merchant_id,
        warehouse_id=t.warehouse_id,
        fulfilment=c.fulfilment,
        after_sale=c.after_sale,
        state=c.state,
        service=t.freight.service,
        ship_by=c.ship_by,
        promise_from=t.promise_from,
        promise_to=t.promise_to,
        lines=lines,
        freight=t.freight.gross,
        freight_reason_key=t.freight.reason.key,
        tax=sum(x.tax for x in lines) + t.freight.tax,
        total=c.total,
        refunded=c.refunded,
        clocks={name: at for name, at in clocks.items() if at is not None},
        freight_reason=t.freight.reason,
    )


def _line(row: Any) -> Line:
    s, t = sold_of(row), LINE_CODEC.decode(row[9])
    return Line(
        n=s.n,
        listing_id=t.listing_id,
        sku_id=t.sku_id,
        product_id=t.product_id,
        sku_code=t.sku_code,
        handle=t.handle,
        names=t.names,
        options=t.options,
        picture=t.picture,
        quantity=s.quantity,
        cancelled=s.cancelled,
        shipped=s.shipped,
        unit_minor=t.unit_minor,
        discount=sum(a.minor for a in t.adjustments),
        net=t.net,
        tax=t.tax,
        gross=t.gross,
        rate_bp=t.rate_bp,
        refunded=s.refunded,
        adjustments=t.adjustments,
    )


# --- lists -------------------------------------------------------------------------------------------------------------


def orders(tx: Tx, query: OrdersQuery) -> OrderPage:
    """Newest first: a customer's own, a clerk's cut to its children, the house's all. An unknown state finds none."""
    if query.state and query.state not in STATES:
        return OrderPage([], "")
    limit = limited(query.limit, MOST_ROWS)
    after = read_cursor(query.cursor, int).id if query.cursor else NEWEST
    actor: Actor = tx.actor
    house = actor.role in ("staff", "system")
    values: dict[str, Any] = dict(after=after, limit=limit + 1)
    if query.state:
        values["shown"] = query.state
    if actor.role == "clerk":
        values["merchant"] = actor.merchant_id
        ids = [r[0] for r in tx.rows(CUTS[bool(query.state)], **values)] if actor.merchant_id else []
        found = tx.rows_in(PARENTS_IN, "ids", ids)
    elif not house and (words := words_of(query.words)):
        some, last = search(tx, actor.id, query.state, words, after, limit)
        return OrderPage(_listed(tx, some, 0), write_cursor(last, last) if last else "")
    else:
        if not house:
            values["buyer"] = actor.id
        found = tx.rows(PAGES[not house, bool(query.state)], **values)
    rows, next = cut([ParentRow(*r) for r in found], limit, lambda p: (p.id, p.id))
    return OrderPage(_listed(tx, rows, actor.merchant_id if actor.role == "clerk" else 0), next)


def _listed(tx: Tx, rows: Sequence[ParentRow], mine: int) -> list[OrderRow]:
    """The rows with their children: all of them, or one merchant's."""
    by_order: dict[int, list[Any]] = {p.id: [] for p in rows}
    for r in tx.rows_in(CHILDREN_IN, "ids", [p.id for p in rows]):
        if not mine or r[1] == mine:
            by_order[r[0]].append(r)
    return [_row(p, by_order[p.id], cut_to=mine) for p in rows]


def _row(p: ParentRow, children: Sequence[Any], *, cut_to: int) -> OrderRow:
    previews = [PREVIEW_CODEC.decode(r[5]) for r in children]
    return OrderRow(
        id=p.id,
        number=p.number,
        state=rules.order_state(p.payment, [r[2] for r in children]) if cut_to else p.state,
        total=sum(r[3] for r in children) if cut_to else p.total,
        currency=p.currency,
        placed_at=p.placed_at,
        pay_by=p.pay_by,
        children=len(children),
        pieces=sum(r[4] for r in children) if cut_to else p.pieces,
        pictures=[x for v in previews for x in v.pictures][:PICTURES],
        names=[x for v in previews for x in v.names][:NAMES],
    )
