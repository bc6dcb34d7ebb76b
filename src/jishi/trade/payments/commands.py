"""Units that write: intents, attempts, notices, cash at the door. What the provider said is posted in `settle.py`."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from jishi.kernel import Ask, Fault, Money, Tx, ids

from .face import (
    AttemptDue,
    AttemptFailed,
    Captured,
    Collect,
    Collected,
    Intend,
    Intent,
    Leg,
    NoIntent,
    NothingToPay,
    NoticeStored,
    Notified,
    Start,
    Started,
    Void,
)
from .provider import Capabilities, Told
from .rules import STALE_MS, fall, life
from .tables import (
    ALLOCATED,
    ASKED,
    ATTEMPT_BY_ID,
    BY_ID,
    EFFECTIVE,
    ENDED,
    FILL,
    INTENTS_OF,
    LEGS,
    LIVE,
    LOCK,
    LOCK_ORDER,
    NEW_ALLOCATION,
    NEW_ATTEMPT,
    NEW_CAPTURE,
    NEW_INTENT,
    NEW_LEG,
    NEW_NOTICE,
    OPENED,
    TURN,
    AttemptRow,
    IntentRow,
)

FIRST_ASK_MS = 60_000


def view(row: IntentRow) -> Intent:
    return Intent(
        row.id,
        row.order_id,
        Money(row.due, row.currency),
        row.method,
        row.state,
        row.captured,
        row.refunded,
        row.pay_by,
    )


def locked(tx: Tx, intent_id: int) -> IntentRow:
    """The intent, held until the end of the unit; whoever changes an intent or its attempts comes through here."""
    row = tx.row(LOCK, intent=intent_id)
    if row is None:
        raise NoIntent(intent_id)
    return IntentRow(*row)


def own(tx: Tx, row: IntentRow) -> IntentRow:
    if tx.actor.is_customer and row.buyer_id != tx.actor.id:
        raise NoIntent(row.id)
    return row


def legs_of(tx: Tx, intent_id: int) -> list[Leg]:
    return [Leg(*leg) for leg in tx.rows(LEGS, intent=intent_id)]


class Opening(Struct, frozen=True):
    intend: Intend
    at_door: bool


def intend(tx: Tx, asks: Sequence[Ask]) -> Sequence[Intent | Fault]:
    """An intent stands for each order version; a known one is answered as it was made. One read and two writes a batch."""
    orders = [a.command.intend.order_id for a in asks]
    known = {
        (r.order_id, r.order_version): r for r in (IntentRow(*x) for x in tx.rows_in(INTENTS_OF, "orders", orders))
    }
    made: list[IntentRow] = []
    parts: list[dict[str, int]] = []
    for ask in asks:
        cmd, actor = ask.command.intend, ask.ctx.actor
        if (cmd.order_id, cmd.order_version) in known:
            continue
        if sum(leg.minor for leg in cmd.legs) != cmd.due.minor:
            raise ValueError(f"the legs of order {cmd.order_id} do not sum to what is due")
        state = "captured" if not cmd.due.minor else "at_door" if ask.command.at_door else "open"
        row = IntentRow(
            tx.new_id(), cmd.order_id, cmd.order_version, cmd.order_number or ids.encode("ord", cmd.order_id),
            cmd.buyer_id or (actor.id if actor.is_customer else 0), cmd.method, state, cmd.due.minor,
            cmd.due.currency, 0, 0, 0, 0, cmd.pay_by, tx.now,
        )  # fmt: skip
        known[cmd.order_id, cmd.order_version] = row
        made.append(row)
        parts += [dict(intent_id=row.id, child=x.child, merchant_id=x.merchant_id, minor=x.minor) for x in cmd.legs]
        if state == "captured":  # nothing to pay is paid
            tx.emit(Captured(row.id, row.order_id, "none", cmd.due, cmd.legs))
    if made:
        tx.many(NEW_INTENT, [row._asdict() for row in made])
    if parts:
        tx.many(NEW_LEG, parts)
    return [view(known[a.command.intend.order_id, a.command.intend.order_version]) for a in asks]


class Begin(Struct, frozen=True):
    start: Start
    provider: str
    can: Capabilities
    locale: str


class Beginning(Struct, frozen=True):
    """What `start` goes on with. step: answer (it is `started`), begin (at the provider), look (it has run out: the
    provider is asked once more before the next begins)."""

    step: str
    started: Started | None = None
    attempt: AttemptRow | None = None
    intent: IntentRow | None = None


def begin_attempt(tx: Tx, cmd: Begin) -> Beginning:
    """A live attempt stands, with a number of its own, before the provider hears of it."""
    intent = own(tx, locked(tx, cmd.start.intent_id))
    if intent.state in ("captured", "at_door", "authorised"):
        return Beginning("answer", Started(intent.id, 0, "", intent.state))
    if intent.state == "voided" or tx.now >= intent.pay_by:
        raise NothingToPay(intent.id, "voided" if intent.state == "voided" else "late")
    if row := tx.row(LIVE, intent=intent.id):
        live = AttemptRow(*row)
        if live.state == "open":
            if tx.now >= live.expires_at:
                return Beginning("look", None, live, intent)
            return Beginning("answer", Started(intent.id, live.id, live.url, intent.state))
        if tx.now < live.created_at + STALE_MS:
            return Beginning("begin", None, live, intent)
        tx.run(ENDED, attempt=live.id, to="failed", why="stale")  # its page was never given to anybody
    id = tx.new_id()
    made = AttemptRow(
        id, ids.encode("pay", id), intent.id, cmd.provider, "new", 1, "", "", cmd.start.success_url,
        cmd.start.cancel_url, cmd.locale, life(tx.now, intent.pay_by, cmd.can.min_live_ms, cmd.can.max_live_ms), 0, "",
        tx.now,
    )  # fmt: skip
    tx.run(NEW_ATTEMPT, **made._asdict())
    tx.emit(AttemptDue(intent.id, id, 0), due_at=tx.now + FIRST_ASK_MS)
    return Beginning("begin", None, made, intent)


class Opened(Struct, frozen=True):
    attempt_id: int
    ref: str
    url: str
    expires_at: int


def opened(tx: Tx, cmd: Opened) -> Started:
    """The provider's page is known. If the attempt was ended meanwhile nobody is sent there."""
    tx.run(OPENED, attempt=cmd.attempt_id, known_as=cmd.ref, page=cmd.url, until=cmd.expires_at)
    row = AttemptRow(*tx.row(ATTEMPT_BY_ID, attempt=cmd.attempt_id))
    intent = IntentRow(*tx.row(BY_ID, intent=row.intent_id))
    if row.state in ("failed", "expired") or intent.state == "voided":
        raise NothingToPay(intent.id, "voided" if intent.state == "voided" else "late")
    return Started(intent.id, row.id, row.url if row.state == "open" else "", intent.state)


class Failed(Struct, frozen=True):
    attempt_id: int
    reason: str


def refused(tx: Tx, cmd: Failed) -> None:
    """The provider would not begin: the attempt is over, the next may start."""
    row = AttemptRow(*tx.row(ATTEMPT_BY_ID, attempt=cmd.attempt_id))
    intent = locked(tx, row.intent_id)
    if tx.run(ENDED, attempt=row.id, to="failed", why=cmd.reason[:64]):
        tx.emit(AttemptFailed(intent.id, intent.order_id, cmd.reason))


class Note(Struct, frozen=True):
    provider: str
    told: Told
    digest: bytes


def store_notice(tx: Tx, cmd: Note) -> Notified:
    """A verified notification is kept once; the second time nothing happens."""
    told = cmd.told
    first = tx.once(
        NEW_NOTICE, id=tx.new_id(), provider=cmd.provider, notice_id=told.id, number=told.number[:64],
        ref=told.ref, kind=told.kind[:64], digest=cmd.digest, received_at=tx.now,
    )  # fmt: skip
    if first:
        tx.emit(NoticeStored(cmd.provider, told.id))
    return Notified(told.id, first)


def ask_soon(tx: Tx, row: AttemptRow, due_at: int) -> None:
    """The sweeper's next look is moved to `due_at`: the timer under way finds another count and does nothing."""
    if tx.run(ASKED, attempt=row.id, was=row.asked):
        tx.emit(AttemptDue(row.intent_id, row.id, row.asked + 1), due_at=due_at)


def void(tx: Tx, cmd: Void) -> None:
    """No new attempt may start; the live one is ended at the provider by the sweeper, at once."""
    for found in tx.rows(LOCK_ORDER, order=cmd.order_id):
        row = IntentRow(*found)
        if row.state in ("open", "authorised") or (row.state == "at_door" and not row.captured):
            tx.run(TURN, intent=row.id, was=row.state, to="voided")
            if live := tx.row(LIVE, intent=row.id):
                ask_soon(tx, AttemptRow(*live), 0)


def collect(tx: Tx, cmd: Collect) -> Intent:
    """Cash of one shipment is in, once a shipment, and falls on its child. More than is due is a mistake, not money."""
    found = [IntentRow(*x) for x in tx.rows(LOCK_ORDER, order=cmd.order_id)]
    if not found:
        raise NoIntent(0)
    row = found[-1]
    id = tx.new_id()
    taken: dict[int, int] = {}
    if before := [x[0] for x in tx.rows(EFFECTIVE, intent=row.id)]:
        for child, minor in tx.rows_in(ALLOCATED, "ids", before):
            taken[child] = taken.get(child, 0) + minor
    once = tx.once(
        NEW_CAPTURE, id=id, intent_id=row.id, attempt_id=0, provider=row.method, effective=1, reason="",
        payment=ids.encode("shp", cmd.shipment_id), minor=cmd.minor, currency=row.currency, captured_at=tx.now,
    )  # fmt: skip
    if not once:
        return view(row)
    if row.state != "at_door" or tx.run(FILL, intent=row.id, n=cmd.minor) != 1:
        raise NothingToPay(row.id, row.state)
    shares = fall(cmd.minor, {leg.child: leg.minor for leg in legs_of(tx, row.id)}, taken, cmd.child)
    tx.many(NEW_ALLOCATION, [dict(capture_id=id, child=n, minor=m) for n, m in shares.items()])
    row = locked(tx, row.id)
    whole = row.state == "captured"
    tx.emit(Collected(row.id, row.order_id, cmd.shipment_id, Money(cmd.minor, row.currency), whole))
    return view(row)
