"""Units of checkout: a quote is kept, an attempt begins once a key and ends with its first answer."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import msgspec
from msgspec import Struct

from jishi.kernel import EPOCH_MS, Ask, Fault, Tx
from jishi.kernel.ids import gene_of

from .face import (
    GRACE_MS,
    PAY_BY_MS,
    QUOTE_MS,
    KeyReused,
    MethodUnusable,
    NoQuote,
    Place,
    Quote,
    QuoteExpired,
    QuoteQuery,
    TotalChanged,
)
from .tables import (
    ANSWERS,
    BEGIN,
    DROP_ATTEMPTS,
    DROP_QUOTES,
    FINISH,
    KEEP,
    KNOWN,
    OLD_ATTEMPTS,
    OLD_QUOTES,
    OTHERS,
    QUOTES,
)

UNDER_WAY, PLACED, REFUSED = 0, 1, 2
ATTEMPT_MS = 30 * 86_400_000
SPENT_MS = QUOTE_MS + 2 * (PAY_BY_MS + GRACE_MS)  # no attempt on a quote can be under way any more
SWEEP_ONE_IN = 16  # of the quotes that are kept, each clears away up to 64 old rows of either table
quote_of = msgspec.msgpack.Decoder(Quote).decode
pack = msgspec.msgpack.Encoder().encode


class QuoteRow(Struct):
    """The columns of `quotes`, in their order."""

    id: int
    buyer_id: int
    expires_at: int
    total: int
    currency: str
    methods: str
    body: bytes


class AttemptRow(Struct):
    """The columns of `attempts`, in their order."""

    order_id: int
    digest: str
    buyer_id: int
    quote_id: int
    pay_by: int
    outcome: int
    body: str
    answer: bytes | None


class Attempt(Struct, frozen=True):
    """What `place` goes on with. `waiting`: orders of the same buyer's earlier attempts that nobody has answered yet;
    `crowd` counts these and the placed ones whose pay-by has not come."""

    order_id: int
    pay_by: int
    answer: bytes | None
    quote: bytes
    waiting: list[int]
    crowd: int


def good(view: Struct) -> bytes:
    return b"+" + pack(view)


def refused(fault: Fault) -> bytes:
    return b"-" + fault.pack()


def keep_quote(tx: Tx, quote: Quote) -> Quote:
    """The quote stands for 15 minutes under an id of its own."""
    made = msgspec.structs.replace(quote, id=tx.new_id(), expires_at=tx.now + QUOTE_MS)
    tx.run(
        KEEP,
        id=made.id,
        buyer_id=tx.actor.id,
        expires_at=made.expires_at,
        total=made.terms.total,
        currency=made.terms.currency,
        methods=",".join(m.code for m in made.methods if m.usable),
        body=pack(made),
    )
    if not tx.random.randrange(SWEEP_ONE_IN):
        sweep(tx)
    return made


def sweep(tx: Tx) -> None:
    """Some of the quotes that are spent and of the attempts older than 30 days are gone."""
    for old, drop, age in ((OLD_QUOTES, DROP_QUOTES, SPENT_MS), (OLD_ATTEMPTS, DROP_ATTEMPTS, ATTEMPT_MS)):
        if ids := [r[0] for r in tx.rows(old, before=max(tx.now - age - EPOCH_MS, 0) << 22)]:
            tx.run(drop, ids=ids)


def quoted(tx: Tx, query: QuoteQuery) -> Quote:
    row = tx.row(QUOTES, ids=[query.quote_id])
    if row is None or row[1] != tx.actor.id:
        raise NoQuote(query.quote_id)
    if tx.now >= row[2]:
        raise QuoteExpired(query.quote_id)
    return quote_of(row[6])


def digest_of(buyer_id: int, key: str) -> str:
    return hashlib.sha256(f"{buyer_id}\0{key}".encode()).hexdigest()


def begin(tx: Tx, asks: Sequence[Ask]) -> Sequence[Attempt | Fault]:
    """Each key stands for one order id and one pay-by; a second call finds them, and the answer if there is one.

    What the quote forbids is judged here, once, at the first call: a repetition of an attempt that may have opened its
    order must not meet a quote that expired since."""
    cmds: list[tuple[int, Place]] = [(a.ctx.actor.id, a.command) for a in asks]
    digests = [digest_of(who, cmd.key) for who, cmd in cmds]
    known = {r[1]: AttemptRow(*r) for r in tx.rows_in(KNOWN, "digests", digests)}
    rows = {r[0]: QuoteRow(*r) for r in tx.rows_in(QUOTES, "ids", sorted({cmd.quote_id for _, cmd in cmds}))}
    made: list[AttemptRow] = []
    for (who, cmd), digest in zip(cmds, digests, strict=True):
        if digest not in known:
            no = judge(cmd, who, rows.get(cmd.quote_id), tx.now)
            id, pay_by, body = tx.new_id(gene_of(who)), tx.now + PAY_BY_MS, body_of(cmd)
            outcome, answer = (REFUSED, refused(no)) if no else (UNDER_WAY, None)
            known[digest] = AttemptRow(id, digest, who, cmd.quote_id, pay_by, outcome, body, answer)
            made.append(known[digest])
    _write(tx, made, known)
    others: dict[int, list[tuple[int, int]]] = {}
    for who, order_id, outcome in tx.rows_in(OTHERS, "buyers", sorted({who for who, _ in cmds}), now=tx.now):
        others.setdefault(who, []).append((order_id, outcome))
    answers: list[Attempt | Fault] = []
    for (who, cmd), digest in zip(cmds, digests, strict=True):
        row = known[digest]
        if row.body != body_of(cmd):
            answers.append(KeyReused(cmd.key))
        elif row.answer is None and cmd.quote_id not in rows:
            answers.append(QuoteExpired(cmd.quote_id))  # so long ago that the order, if any, has run out too
        else:
            before = [(o, outcome) for o, outcome in others.get(who, ()) if o < row.order_id]
            waiting = [o for o, outcome in before if outcome == UNDER_WAY]
            quote = rows[cmd.quote_id].body if row.answer is None else b""
            answers.append(Attempt(row.order_id, row.pay_by, row.answer, quote, waiting, len(before)))
    return answers


def _write(tx: Tx, made: Sequence[AttemptRow], known: dict[str, AttemptRow]) -> None:
    """The new rows. Where another process was first with a key, a batch fails on it and is run again one by one; a
    single one takes the other's row."""
    values = [{f: getattr(row, f) for f in row.__struct_fields__} for row in made]
    if len(values) > 1:
        tx.many(BEGIN, values)
    elif values and not tx.once(BEGIN, **values[0]):
        known[made[0].digest] = AttemptRow(*tx.row(KNOWN, digests=[made[0].digest]))


def body_of(cmd: Place) -> str:
    return hashlib.sha256(pack(cmd)).hexdigest()


def judge(cmd: Place, buyer_id: int, quote: QuoteRow | None, now: int) -> Fault | None:
    """Why this buyer may not place that quote with this total and method now, if so."""
    if quote is None or quote.buyer_id != buyer_id:
        return NoQuote(cmd.quote_id)
    if now >= quote.expires_at:
        return QuoteExpired(cmd.quote_id)
    if cmd.total != quote.total:
        return TotalChanged(cmd.total, quote.total, quote.currency)
    if cmd.method not in quote.methods.split(","):
        methods = {m.code: m.reason for m in quote_of(quote.body).methods}
        return MethodUnusable(cmd.method, methods.get(cmd.method, "checkout.method.unknown"))
    return None


class Finish(Struct, frozen=True):
    order_id: int
    answer: bytes


def finish(tx: Tx, asks: Sequence[Ask]) -> Sequence[bytes | Fault]:
    """The first answer of each attempt is kept for good; answers that one."""
    ends: list[Finish] = [a.command for a in asks]
    values = [dict(order=e.order_id, bytes=e.answer, came_to=PLACED if e.answer[:1] == b"+" else REFUSED) for e in ends]
    tx.many(FINISH, values)
    first = dict(tx.rows_in(ANSWERS, "ids", [e.order_id for e in ends]))
    return [bytes(first[e.order_id]) for e in ends]
