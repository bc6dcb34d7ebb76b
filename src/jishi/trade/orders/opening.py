"""The hot unit: orders are opened in batches, one statement a table whatever their number."""

from collections.abc import Sequence
from typing import Any

from msgspec import structs

from jishi.kernel import Ask, Fault, Money, Tx
from jishi.kernel.sql import UNIT_ROWS

from . import rules
from .book import Head, Preview, pack
from .face import Confirmed, Opened, OpenOrder, PayByPassed, PaymentDue, Placed
from .tables import CHILD, KNOWN, LINE, NUMBERS, PARENT, STEP
from .terms import ChildTerms, OrderTerms

DRAWS = 8  # times that a taken order number is drawn again


class WrongSums(ValueError):
    """Terms whose parts are not their whole: a programmer's mistake, refused before anything is written."""


def open_orders(tx: Tx, asks: Sequence[Ask]) -> Sequence[Opened | Fault]:
    """Parent, children, lines and the pay-by timer stand; a known order id gets its order, a late one is refused.

    Cash on delivery, and an order of nothing to pay, is confirmed at once. Cost: two reads and four writes a batch (five
    hundred rows a write)."""
    cmds: list[OpenOrder] = [a.command for a in asks]
    known = {
        r[0]: Opened(r[0], r[1], Money(r[2], r[3]), r[4], r[5])
        for r in tx.rows_in(KNOWN, "ids", [c.order_id for c in cmds])
    }
    new = {c.order_id: c for c in cmds if c.order_id not in known and tx.now < c.pay_by}
    rows: dict[Any, list[dict[str, Any]]] = {PARENT: [], CHILD: [], LINE: [], STEP: []}
    for number, cmd in zip(_numbers(tx, len(new)), new.values(), strict=True):
        known[cmd.order_id] = _opened(tx, cmd, number, rows)
    if new:
        for statement, values in rows.items():
            for i in range(0, len(values), UNIT_ROWS):
                tx.many(statement, values[i : i + UNIT_ROWS])
    return [known.get(c.order_id) or PayByPassed(c.order_id) for c in cmds]


def _numbers(tx: Tx, n: int) -> list[str]:
    """That many numbers that no order has; the unique key stands behind them."""
    free: list[str] = []
    for _ in range(DRAWS):
        drawn = list({rules.number(tx.random.getrandbits(45)): None for _ in range(n - len(free))})
        taken = {r[0] for r in tx.rows_in(NUMBERS, "numbers", drawn)} | set(free) if drawn else set[str]()
        free += [x for x in drawn if x not in taken]
        if len(free) == n:
            return free
    raise RuntimeError(f"no free order number in {DRAWS} draws")


def _check(terms: OrderTerms) -> None:
    for c in terms.children:
        if c.total != sum(x.gross for x in c.lines) + c.freight.gross:
            raise WrongSums(f"child {c.n}")
        if c.funded != sum(x.funded for x in c.lines):
            raise WrongSums(f"what the house pays of child {c.n}")
    if terms.total != sum(c.total for c in terms.children) or not terms.children:
        raise WrongSums("parent")


def _opened(tx: Tx, cmd: OpenOrder, number: str, rows: dict[Any, list[dict[str, Any]]]) -> Opened:
    terms, id = cmd.terms, cmd.order_id
    _check(terms)
    at_once = cmd.method == "cod" or not terms.total
    fulfilment, shown = ("confirmed", "to_ship") if at_once else ("placed", "to_pay")
    payment = "paid" if not terms.total else "due_on_delivery" if at_once else "unpaid"
    pieces = 0
    for c in terms.children:
        own = sum(x.quantity for x in c.lines)
        pieces += own
        rows[CHILD].append(_child_row(id, c, fulfilment, shown, own))
        for x in c.lines:
            rows[LINE].append(
                dict(
                    order_id=id,
                    n=x.n,
                    child=c.n,
                    quantity=x.quantity,
                    gross=x.gross,
                    tax=x.tax,
                    cancelled=0,
                    shipped=0,
                    refunded=0,
                    terms=pack(x),
                )
            )
    steps = ("placed", "confirmed") if at_once else ("placed",)
    rows[PARENT].append(
        dict(
            id=id,
            number=number,
            buyer_id=cmd.buyer_id,
            method=cmd.method,
            market=terms.market,
            currency=terms.currency,
            payment=payment,
            state=shown,
            ended="",
            total=terms.total,
            paid=0,
            refunded=0,
            intent_id=0,
            placed_at=tx.now,
            pay_by=cmd.pay_by,
            changed_at=tx.now,
            version=len(steps),
            pieces=pieces,
            head=pack(_head(terms)),
        )
    )
    for n, what in enumerate(steps, 1):
        role = "buyer" if n == 1 else "system"
        rows[STEP].append(dict(order_id=id, n=n, at=tx.now, child=0, what=what, role=role, params=NOTHING))
    total = Money(terms.total, terms.currency)
    bought = [(x.listing_id, x.quantity) for c in terms.children for x in c.lines]
    tx.emit(Placed(id, cmd.buyer_id, total, cmd.method, bought))
    if at_once:
        sold = [(x.listing_id, x.quantity, x.gross) for c in terms.children for x in c.lines]
        shares, where = rules.shares_of(terms), (terms.market, terms.storefront)
        tx.emit(Confirmed(id, cmd.method, terms.currency, shares, terms.limited, *where, sold))
    else:
        tx.emit(PaymentDue(id), due_at=cmd.pay_by)
    return Opened(id, number, total, cmd.pay_by, cmd.method)


NOTHING = pack({})


def _child_row(order_id: int, c: ChildTerms, fulfilment: str, shown: str, pieces: int) -> dict[str, Any]:
    preview = Preview([x.picture for x in c.lines if x.picture][:4], [x.names for x in c.lines][:2])
    return dict(
        order_id=order_id,
        n=c.n,
        merchant_id=c.merchant_id,
        fulfilment=fulfilment,
        after_sale="none",
        state=shown,
        total=c.total,
        refunded=0,
        ship_by=c.ship_by,
        pieces=pieces,
        preview=pack(preview),
        terms=pack(structs.replace(c, lines=[])),
    )


def _head(t: OrderTerms) -> Head:
    return Head(
        t.storefront,
        t.channel,
        t.locale,
        t.tax_included,
        t.destination,
        t.recipient_card,
        t.contact_card,
        t.goods,
        t.discount,
        t.freight,
        t.tax,
        t.policies,
        t.limited,
        t.gift_card,
    )
