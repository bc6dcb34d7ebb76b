"""What is compared with the outside world, and with the frozen terms, when all is quiet."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from jishi.kernel import unit_share
from jishi.trade.orders.terms import ChildTerms, LineTerms

if TYPE_CHECKING:
    from .history import Sim

LINE, CHILD = msgspec.msgpack.Decoder(LineTerms).decode, msgspec.msgpack.Decoder(ChildTerms).decode


async def books(sim: Sim) -> list[str]:
    """Every difference, in words."""
    return [*_gateway(sim), *_parcels(sim), *_terms(sim), *_discounts(sim), *_letters(sim)]


def _gateway(sim: Sim) -> list[str]:
    """I3: each payment that the provider took is known here once, and what it holds is what our orders keep."""
    known = {
        payment: (minor, effective)
        for payment, minor, effective in sim.c.execute("SELECT payment, minor, effective FROM trade_payments_captures")
    }
    wrong = [
        f"I5 the provider took {p.payment} of {p.minor}, known here: {known.get(p.payment)}"
        for p in sim.card.pages.values()
        if p.state == "captured" and known.get(p.payment, (None,))[0] != p.minor
    ]
    taken = sum(p.minor for p in sim.card.pages.values() if p.state == "captured")
    back = sum(b.minor for b in sim.card.backs.values() if b.state == "done")
    (kept,) = sim.c.execute(
        "SELECT COALESCE(SUM(captured - refunded), 0) FROM trade_payments_intents WHERE method = 'card'"
    ).fetchone()
    if taken - back != kept:
        wrong.append(f"I6 the provider holds {taken} - {back}, the orders keep {kept}")
    return wrong


def _parcels(sim: Sim) -> list[str]:
    """I8: each parcel of ours was booked once, and no other."""
    ours = {bill for (bill,) in sim.c.execute("SELECT waybill FROM trade_fulfilment_parcels")}
    theirs = set(sim.carrier.box.parcels)
    return (
        [f"I8 parcels: ours {sorted(map(str, ours - theirs))}, theirs {sorted(theirs - ours)}"]
        if ours != theirs
        else []
    )


def _terms(sim: Sim) -> list[str]:
    """I4: line by line the frozen terms sum up, and what was given back is what the cancelled pieces carried."""
    wrong = []
    freight = dict[tuple[int, int], int]()
    for order, n, total, blob in sim.c.execute("SELECT order_id, n, total, terms FROM trade_orders_children"):
        child = CHILD(blob)
        freight[order, n] = child.freight.gross
        goods = sim.c.execute("SELECT SUM(gross) FROM trade_orders_sold WHERE order_id = ? AND child = ?", (order, n))
        if (
            total != goods.fetchone()[0] + child.freight.gross
            or child.freight.net + child.freight.tax != child.freight.gross
        ):
            wrong.append(f"I4 order {order} child {n}: {total} is not the sum of its lines")
    given = dict[tuple[int, int], int]()
    alive = set[tuple[int, int]]()
    rows = sim.c.execute(
        "SELECT order_id, n, child, quantity, gross, cancelled, refunded, terms FROM trade_orders_sold"
    )
    for order, n, child, quantity, gross, cancelled, refunded, blob in rows:
        line = LINE(blob)
        if line.net + line.tax != gross or line.quantity != quantity:
            wrong.append(f"I4 order {order} line {n}: {gross} is not net and tax")
        share = unit_share(gross, quantity, quantity - cancelled, cancelled) if cancelled else 0
        if refunded not in (share, 0):
            wrong.append(f"I6 order {order} line {n}: {refunded} for {cancelled} of {quantity} pieces")
        given[order, child] = given.get((order, child), 0) + share
        if cancelled < quantity:
            alive.add((order, child))
    paid = "SELECT order_id, captured - refunded FROM trade_payments_intents WHERE method = 'card' AND captured > 0"
    for order, kept in sim.c.execute(paid):
        (total,) = sim.c.execute("SELECT total FROM trade_orders_parents WHERE id = ?", (order,)).fetchone()
        back = sum(m for (o, _), m in given.items() if o == order)
        back += sum(m for (o, c), m in freight.items() if o == order and (o, c) not in alive)
        if kept != total - back:
            wrong.append(f"I6 order {order} keeps {kept} of {total}, its cancelled pieces are worth {back}")
    return wrong


def _discounts(sim: Sim) -> list[str]:
    """I9: what each order uses of a promotion is what came off its lines; what the house pays is what it says it pays,
    less what the cancelled pieces carried."""
    wrong, off, cost = list[str](), Counter[tuple[int, int]](), 0
    funded = Counter[tuple[int, int]]()
    rows = sim.c.execute("SELECT order_id, child, quantity, cancelled, terms FROM trade_orders_sold").fetchall()
    for order, child, quantity, cancelled, blob in rows:
        line = LINE(blob)
        for a in line.adjustments:
            off[order, int(a.rule.removeprefix("promotion:"))] -= a.minor
            if not a.minor <= a.platform <= 0:
                wrong.append(f"I9 order {order}: the house pays {a.platform} of {a.minor}")
        own = line.funded
        funded[order, child] += own
        cost += own - (unit_share(own, quantity, quantity - cancelled, cancelled) if cancelled else 0)
        listed = line.unit_minor * quantity + sum(a.minor for a in line.adjustments)
        if listed < 0 or listed not in (line.gross, line.net):
            wrong.append(f"I9 order {order} line {line.n}: {listed} is neither net nor gross")
    for order, n, blob in sim.c.execute("SELECT order_id, n, terms FROM trade_orders_children"):
        if CHILD(blob).funded != funded[order, n]:
            wrong.append(f"I9 order {order} child {n}: {CHILD(blob).funded} is not what its lines say")
    takes = "SELECT order_id, promotion_id, minor FROM goods_promotions_takes WHERE promotion_id <> 0"
    for order, promotion, minor in sim.c.execute(takes):
        if (order, promotion) in off and off[order, promotion] != minor:
            wrong.append(f"I9 order {order} uses {minor} of {promotion}, {off[order, promotion]} came off")
    posted = sim.c.execute(
        "SELECT COALESCE(SUM(minor), 0) FROM trade_ledger_balances WHERE account = 'expense:promotions'"
    )
    if (said := posted.fetchone()[0]) != cost:
        wrong.append(f"I9 the house has paid {said} for discounts, its orders say {cost}")
    return wrong


def _letters(sim: Sim) -> list[str]:
    """I8: every letter that was to be sent is sent. (Not that an order is confirmed that was cancelled meanwhile, nor that
    it ran out when money revived it.)"""
    left = sim.c.execute(
        "SELECT called, state FROM people_notices_notices WHERE state NOT IN ('sent', 'dropped') AND template <> "
        "'order_confirmed' AND NOT (template = 'order_cancelled' AND CAST(SUBSTR(called, 17) AS INTEGER) IN (SELECT c.id "
        "FROM trade_orders_cancellations c JOIN trade_orders_parents p ON p.id = c.order_id WHERE c.kind = 'unpaid' AND "
        "p.payment <> 'unpaid'))"
    ).fetchmany(3)
    return [f"I8 letters not sent: {left}"] if left else []
