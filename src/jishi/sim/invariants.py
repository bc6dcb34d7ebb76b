"""What must never be otherwise (`reliability.md` §1.3). SQL that must answer no row, and Python where SQL ends.

`ALWAYS` holds after every commit, so it is asked after each crash and at the end; `OFTEN` are the cheap ones, asked every
few hundred steps; `AT_REST` holds when every event is delivered and every parcel has arrived."""

# fixed texts, put together from fixed names
from __future__ import annotations

from jishi.goods.inventory.tables import BUCKETS

_LEVEL = "goods_inventory_levels"
_MOVED = (
    "(SELECT COALESCE(SUM(delta), 0) FROM goods_inventory_movements m WHERE m.stock_id = l.id AND m.bucket = '{b}')"
)
_PROMISED = "(SELECT COALESCE(SUM({b}), 0) FROM goods_inventory_wants w WHERE w.stock_id = l.id)"

_TAKEN = (
    "(SELECT COALESCE(SUM({what}), 0) FROM goods_promotions_takes t JOIN goods_promotions_holds h USING (order_id) WHERE "
    "t.promotion_id = b.promotion_id AND h.state = '{state}')"
)
_BUDGETS = " OR ".join(
    f"b.{kept}_{what} <> {_TAKEN.format(what=sum_, state=state)}"
    for kept, state in (("held", "open"), ("used", "confirmed"))
    for what, sum_ in (("minor", "t.minor"), ("uses", "1"))
)
_COUNTED = (
    "(SELECT COALESCE(SUM(CASE WHEN t.promotion_id = c.of_id THEN 1 ELSE t.pieces END), 0) FROM goods_promotions_takes t "
    "JOIN goods_promotions_holds h USING (order_id), json_each(h.persons) WHERE (t.promotion_id = c.of_id OR t.listing_id "
    "= c.of_id) AND json_each.value = c.person AND h.state IN ('open', 'confirmed'))"
)

OFTEN = {
    "I1 stock": f"SELECT id, on_hand, reserved, allocated FROM {_LEVEL} WHERE on_hand < 0 OR reserved < 0 OR "
    "allocated < 0 OR reserved + allocated > on_hand",
    "I2 reserved = Σ open reservations": f"SELECT id, reserved, allocated FROM {_LEVEL} l WHERE "
    f"reserved <> {_PROMISED.format(b='reserved')} OR allocated <> {_PROMISED.format(b='allocated')}",
    "I3 Σ = 0": "SELECT currency, SUM(minor) FROM trade_ledger_balances GROUP BY currency HAVING SUM(minor) <> 0",
    "I5 captured ≤ due": "SELECT id, captured, door, due FROM trade_payments_intents WHERE captured + door > due "
    "OR refunding > captured OR refunded > refunding",
    "I9 within its budget": "SELECT promotion_id FROM goods_promotions_budgets WHERE (most_minor > 0 AND held_minor + "
    "used_minor > most_minor) OR (most_uses > 0 AND held_uses + used_uses > most_uses) OR (most_claims > 0 AND claimed > "
    "most_claims)",
    "I11 pieces": "SELECT order_id, n FROM trade_orders_sold WHERE cancelled + shipped > quantity",
}

ALWAYS = OFTEN | {
    "I1 a level replays from its movements": f"SELECT id FROM {_LEVEL} l WHERE "
    + " OR ".join(f"{b} <> {_MOVED.format(b=b)}" for b in BUCKETS),
    "I2 a hold that is not open holds nothing": "SELECT w.order_id, r.state FROM goods_inventory_wants w JOIN "
    "goods_inventory_reservations r USING (order_id) WHERE (w.reserved > 0 AND r.state <> 'open') OR (w.allocated > 0 "
    "AND r.state <> 'allocated')",
    "I3 each posting sums to 0": "SELECT posting_id, currency FROM trade_ledger_entries GROUP BY posting_id, currency "
    "HAVING SUM(minor) <> 0",
    "I3 a balance is the sum of its entries": "SELECT b.account FROM trade_ledger_balances b WHERE minor <> (SELECT "
    "COALESCE(SUM(e.minor), 0) FROM trade_ledger_entries e WHERE e.account = b.account AND e.currency = b.currency)",
    "I4 parent = Σ children": "SELECT id FROM trade_orders_parents p WHERE total <> (SELECT SUM(total) FROM "
    "trade_orders_children c WHERE c.order_id = p.id)",
    "I5 one key, one order": "SELECT id FROM trade_orders_parents WHERE id NOT IN (SELECT order_id FROM "
    "trade_checkout_attempts)",
    "I5 one order, one intent": "SELECT order_id FROM trade_payments_intents GROUP BY order_id HAVING COUNT(*) > 1",
    "I5 a refused key has no order": "SELECT order_id FROM trade_checkout_attempts WHERE outcome = 2 AND order_id IN "
    "(SELECT id FROM trade_orders_parents WHERE state NOT IN ('to_pay', 'cancelled'))",
    "I5 a placed key has its order": "SELECT order_id FROM trade_checkout_attempts WHERE outcome = 1 AND order_id NOT IN "
    "(SELECT id FROM trade_orders_parents)",
    "I5 Σ effective captures = what is captured": "SELECT i.id, i.captured, i.due FROM trade_payments_intents i WHERE "
    "captured <> (SELECT COALESCE(SUM(minor), 0) FROM trade_payments_captures c WHERE c.intent_id = i.id AND "
    "effective = 1) OR (method = 'card' AND captured NOT IN (0, due))",
    "I6 Σ refunds ≤ the payment": "SELECT f.intent_id, f.payment FROM trade_payments_refunds f WHERE f.payment <> '' AND "
    "f.state <> 'refused' GROUP BY f.intent_id, f.payment HAVING SUM(f.minor) > (SELECT COALESCE(SUM(c.minor), 0) FROM "
    "trade_payments_captures c WHERE c.intent_id = f.intent_id AND c.payment = f.payment)",
    "I8 a parcel left the house once": "SELECT order_id, shipment_id FROM trade_orders_parcels WHERE left_house > 1",
    "I9 a budget is what its orders hold and use": f"SELECT b.promotion_id FROM goods_promotions_budgets b WHERE {_BUDGETS}",
    "I9 a person's count is what their orders took": "SELECT c.of_id, c.person, c.taken FROM goods_promotions_counts c "
    f"WHERE c.of_id <> 0 AND c.taken <> {_COUNTED}",
    "I9 a coupon is where its order is": "SELECT c.id, c.state, c.order_id FROM goods_promotions_coupons c WHERE c.order_id "
    "<> 0 AND NOT EXISTS (SELECT 1 FROM goods_promotions_takes t JOIN goods_promotions_holds h USING (order_id) WHERE "
    "t.coupon_id = c.id AND t.order_id = c.order_id AND h.state = CASE c.state WHEN 'held' THEN 'open' ELSE 'confirmed' "
    "END)",
    "I9 whom a use was refused has no order": "SELECT p.id FROM trade_orders_parents p JOIN goods_promotions_holds h ON "
    "h.order_id = p.id WHERE h.state = 'refused' AND LENGTH(h.refusal) > 0",
    "I11 the timeline has no gap": "SELECT order_id FROM trade_orders_timeline GROUP BY order_id HAVING COUNT(*) <> "
    "MAX(n) - MIN(n) + 1",
    "I11 a child is cancelled when all its pieces are": "SELECT c.order_id, c.n, c.fulfilment FROM trade_orders_children c "
    "WHERE (c.fulfilment = 'cancelled') <> NOT EXISTS (SELECT 1 FROM trade_orders_sold s WHERE s.order_id = c.order_id "
    "AND s.child = c.n AND s.cancelled < s.quantity)",
    "I11 work": "SELECT fulfilment_id, line FROM trade_fulfilment_work_lines WHERE cancelled + booked > quantity OR "
    "shipped > booked",
}

_REFUND = (
    "COALESCE((SELECT SUM(f.minor) FROM trade_payments_refunds f WHERE f.intent_id = i.id AND f.kind <> 'surplus' \
AND f.state = 'done'), 0)"
)

AT_REST = {
    "I2 an old reservation": "SELECT order_id, until FROM goods_inventory_reservations WHERE state = 'open'",
    "I2 what is promised will ship": "SELECT w.order_id, w.stock_id, w.allocated FROM goods_inventory_wants w WHERE "
    "w.allocated > 0",
    "I3 a finished order owes nothing": "SELECT account, minor FROM trade_ledger_balances WHERE minor <> 0 AND (account "
    "LIKE 'surplus:%' OR (account LIKE 'buyer:%' AND CAST(SUBSTR(account, 7) AS INTEGER) NOT IN (SELECT order_id FROM "
    "trade_fulfilment_parcels WHERE state IN ('refused', 'lost') AND collect_minor > 0)))",
    "I3 an unsealed posting": "SELECT posting_id FROM trade_ledger_unsealed",
    "I6 what is to go back has gone": "SELECT id, state, kind FROM trade_payments_refunds WHERE state IN ('due', 'sent')",
    "I6 surplus goes back whole": "SELECT c.id, c.minor FROM trade_payments_captures c WHERE effective = 0 AND minor <> "
    "(SELECT COALESCE(SUM(f.minor), 0) FROM trade_payments_refunds f WHERE f.intent_id = c.intent_id AND f.payment = "
    "c.payment AND f.kind = 'surplus')",
    "I6 refunded is what went back": f"SELECT i.id, i.refunded FROM trade_payments_intents i WHERE refunded <> {_REFUND}",
    "I7 money without an order": "SELECT i.order_id, i.captured, i.refunded, p.state FROM trade_payments_intents i JOIN "
    "trade_orders_parents p ON p.id = i.order_id WHERE i.method = 'card' AND p.state IN ('cancelled', 'refunded') AND "
    "i.captured <> i.refunded",
    "I7 an order that is paid and not confirmed": "SELECT p.id, p.state FROM trade_orders_parents p JOIN "
    "trade_payments_intents i ON i.order_id = p.id WHERE i.method = 'card' AND i.captured > i.refunded AND p.state = "
    "'to_pay'",
    "I7 a confirmed order without its stock": "SELECT c.order_id, r.state FROM trade_orders_children c LEFT JOIN "
    "goods_inventory_reservations r USING (order_id) WHERE c.fulfilment NOT IN ('placed', 'cancelled') AND (r.state IS "
    "NULL OR r.state <> 'allocated')",
    "I7 an order that is stuck": "SELECT p.id, p.state FROM trade_orders_parents p WHERE state NOT IN ('completed', "
    "'cancelled', 'refunded') AND id NOT IN (SELECT order_id FROM trade_fulfilment_parcels WHERE state IN ('refused', "
    "'lost', 'exception'))",
    "I7 an attempt that nobody answered": "SELECT order_id FROM trade_checkout_attempts WHERE outcome = 0 AND order_id IN "
    "(SELECT id FROM trade_orders_parents WHERE state NOT IN ('cancelled', 'refunded', 'completed'))",
    "I9 an old hold": "SELECT order_id, until FROM goods_promotions_holds WHERE state = 'open'",
    "I9 a dead order uses nothing": "SELECT p.id, p.state, h.state FROM trade_orders_parents p JOIN goods_promotions_holds "
    "h ON h.order_id = p.id WHERE p.state IN ('cancelled', 'refunded') AND h.state = 'confirmed'",
    "I9 what stands has its discount": "SELECT p.id, p.state, h.state FROM trade_orders_parents p JOIN "
    "goods_promotions_holds h ON h.order_id = p.id WHERE p.state NOT IN ('cancelled', 'refunded') AND h.state <> "
    "'confirmed'",
    "I8 a parcel that is not said": "SELECT id, state FROM trade_fulfilment_parcels WHERE state = 'booking'",
    "I11 a cancellation that is not carried out": "SELECT id FROM trade_orders_cancellations WHERE state = 'asked'",
    "I12 orders know what has shipped": "SELECT s.order_id, s.n, s.shipped, s.cancelled, w.shipped, w.cancelled FROM "
    "trade_orders_sold s JOIN trade_fulfilment_works f ON f.order_id = s.order_id AND f.child = s.child JOIN "
    "trade_fulfilment_work_lines w ON w.fulfilment_id = f.id AND w.line = s.n WHERE s.shipped <> w.shipped OR s.cancelled "
    "<> w.cancelled",
    "I12 orders know what is paid": "SELECT p.id, p.paid, p.refunded, i.captured, i.refunded FROM trade_orders_parents p "
    "JOIN trade_payments_intents i ON i.order_id = p.id WHERE p.paid <> i.captured OR p.refunded <> i.refunded",
    "I12 the ledger knows what is held": "SELECT b.account, b.minor FROM trade_ledger_balances b WHERE b.account = "
    "'clearing:memory' AND b.minor <> (SELECT COALESCE(SUM(c.minor), 0) FROM trade_payments_captures c WHERE c.currency = "
    "b.currency AND c.provider = 'memory') - (SELECT COALESCE(SUM(f.minor), 0) FROM trade_payments_refunds f WHERE "
    "f.currency = b.currency AND f.provider = 'memory' AND f.state = 'done')",
    "I8 an undelivered event": "SELECT id, topic, state, fault FROM {outbox} WHERE state <> 1 AND NOT (state = 0 AND "
    "due_at > {now})",
}
