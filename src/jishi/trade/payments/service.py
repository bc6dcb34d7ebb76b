"""The stories: how an attempt starts, how a notice or a browser's return becomes money, how money goes back.

Each step is keyed by our own number, so that any of them may be repeated after a crash."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence

from jishi.kernel import Context, Database, Grants, Handler, Service, batched, reads, writes

from . import commands, queries, refunds as back, settle
from .face import (
    AttemptDue,
    BadSignature,
    Intend,
    Intent,
    IntentQuery,
    Look,
    NoMethod,
    NoticeStored,
    Notified,
    Notify,
    PaymentRefused,
    Payments,
    ProviderDown,
    RefundDue,
    Start,
    Started,
)
from .gate import Gate
from .provider import AttemptRef, Looked, Provider, RefundLooked
from .rules import FINAL_REFUND, STALE_MS
from .tables import AttemptRow, IntentRow

log = logging.getLogger(__name__)
MAX_NOTICE = 256 * 1024  # bytes
NOTHING = "none"  # the method of an order of nothing to pay
ROUNDS = 3  # an attempt that ran out is looked at and the next begun; more rounds would be a circle


def ref_of(row: AttemptRow, intent: IntentRow, ref: str = "") -> AttemptRef:
    return AttemptRef(
        row.number, intent.id, intent.order_number, intent.due, intent.currency, row.ref or ref, row.expires_at,
        row.success_url, row.cancel_url, row.locale,
    )  # fmt: skip


class PaymentsService(Service, Payments):
    def __init__(self, db: Database, grants: Grants, providers: Sequence[Provider]) -> None:
        """The first provider of a method takes its new attempts; the others still answer for theirs."""
        super().__init__(db, grants)
        self.world = db.engine.world
        self.by_code = {p.code: p for p in providers}
        self.by_method = {p.method: p for p in reversed(providers)}
        self.gates = {p.code: Gate(p.code, self.world.now) for p in providers}

    intent = reads(queries.intent, needs="trade:payment:see")
    refunds = reads(queries.refunds, needs="trade:payment:see")
    refund = writes(back.refund, needs="trade:payment:refund")
    return_all = writes(back.return_all, needs="trade:payment:refund")
    void = writes(commands.void, needs="trade:payment:void")
    collect = writes(commands.collect, needs="trade:payment:collect")
    _intend = batched(commands.intend, needs="trade:payment:intend")

    async def intend(self, ctx: Context, command: Intend, /) -> Intent:
        """An intent stands for this version of the order; asking again answers it. Nothing to pay needs no provider."""
        provider = self.by_method.get(command.method)
        if provider is None and (command.method != NOTHING or command.due.minor):
            raise NoMethod(command.method)
        at_door = provider is not None and provider.can.at_door
        intent: Intent = await self._intend(ctx, commands.Opening(command, at_door))
        return intent

    async def start(self, ctx: Context, command: Start, /) -> Started:
        """The attempt is committed, then the provider hears of it under our number, then its page is stored."""
        self.check(ctx, "trade:payment:start")
        intent: IntentRow = await self.db.read(ctx, queries.found, IntentQuery(command.intent_id))
        provider = self.by_method.get(intent.method)
        if provider is None:
            raise NoMethod(intent.method)
        begin = commands.Begin(command, provider.code, provider.can, ctx.locale)
        for _ in range(ROUNDS):
            step = await self.db.write(ctx, commands.begin_attempt, begin)
            if step.started is not None:
                started: Started = step.started
                return started
            if step.step == "begin":
                return await self._begin(ctx, step.attempt, step.intent)
            await self._settle(ctx, step.attempt.id, must=True)
        raise ProviderDown(provider.code)

    async def _begin(self, ctx: Context, row: AttemptRow, intent: IntentRow) -> Started:
        provider = self.by_code.get(row.provider)
        if provider is None:
            raise ProviderDown(row.provider)
        try:
            begun = await self.gates[row.provider](lambda: provider.begin(ref_of(row, intent)))
        except PaymentRefused as no:
            await self.db.write(ctx, commands.refused, commands.Failed(row.id, no.reason))
            raise
        cmd = commands.Opened(row.id, begun.ref, begun.url, begun.expires_at)
        started: Started = await self.db.write(ctx, commands.opened, cmd)
        return started

    async def notify(self, ctx: Context, command: Notify, /) -> Notified:
        """Verified over the raw bytes, stored once, answered; `NoticeStored` has the provider asked."""
        self.check(ctx, "trade:payment:notify")
        provider = self.by_code.get(command.provider)
        if provider is None:
            raise BadSignature(command.provider, "unknown")
        if len(command.raw) > MAX_NOTICE:
            raise BadSignature(command.provider, "unreadable")
        headers = {name.lower(): value for name, value in command.headers.items()}
        told = provider.verify(command.raw, headers, self.world.now())
        digest = hashlib.sha256(command.raw).digest()
        notified: Notified = await self.db.write(
            ctx, commands.store_notice, commands.Note(command.provider, told, digest)
        )
        return notified

    async def look(self, ctx: Context, command: Look, /) -> Intent:
        """The browser is back: every attempt that could have brought money is asked about."""
        self.check(ctx, "trade:payment:look")
        for attempt_id in await self.db.read(ctx, queries.to_look_at, command):
            await self._settle(ctx, attempt_id)
        intent: Intent = await self.db.read(ctx, queries.intent, IntentQuery(command.intent_id))
        return intent

    async def _settle(
        self, ctx: Context, attempt_id: int, *, asked: int = -1, ref: str = "", soon: bool = False, must: bool = False
    ) -> None:
        """What the provider says of the attempt is posted. An attempt that nobody should pay any more is ended there.

        When it is down: `must` raises, `soon` moves the sweeper's next look up to a minute from now; else the sweeper
        goes on as it was."""
        row, intent = await self.db.read(ctx, queries.attempt_and_intent, attempt_id)
        if row.state == "captured" or (asked >= 0 and row.asked != asked):
            return
        looked: Looked | None = None
        try:
            looked = await self._ask(row, intent, row.ref or ref)
        except ProviderDown:
            if must:
                raise
        except PaymentRefused as no:
            log.warning("payment refused", extra={"attempt": row.number, "reason": no.reason})
        await self.db.write(ctx, settle.heard, settle.Heard(row.id, looked, ref, asked, soon))

    async def _ask(self, row: AttemptRow, intent: IntentRow, ref: str) -> Looked:
        payable = intent.state in ("open", "authorised")
        if not ref:  # its page was never given to anybody, so no money can come
            dead = not payable or self.world.now() >= row.created_at + STALE_MS
            return Looked("expired" if dead else "open", reason="stale" if dead else "")
        provider, gate = self.by_code.get(row.provider), self.gates.get(row.provider)
        if provider is None or gate is None:
            raise ProviderDown(row.provider)
        attempt = ref_of(row, intent, ref)
        if not payable or self.world.now() >= row.expires_at:
            return await gate(lambda: provider.void(attempt))
        looked = await gate(lambda: provider.look(attempt))
        if looked.state == "authorised" and looked.number in ("", row.number):
            fits = (looked.minor, looked.currency) == (intent.due, intent.currency)
            if fits:
                return await gate(lambda: provider.capture(attempt, looked.payment, intent.due))
            return await gate(lambda: provider.void(attempt))
        return looked

    async def notice_stored(self, ctx: Context, event: NoticeStored) -> None:
        of: queries.Subject = await self.db.read(ctx, queries.subject, event)
        if of.attempt_id:
            await self._settle(ctx, of.attempt_id, ref=of.ref, soon=True)
        elif of.refund_id:
            await self._give_back(ctx, of.refund_id)

    async def attempt_due(self, ctx: Context, event: AttemptDue) -> None:
        await self._settle(ctx, event.attempt, asked=event.asked)

    async def refund_due(self, ctx: Context, event: RefundDue) -> None:
        await self._give_back(ctx, event.refund_id, asked=event.asked)

    async def _give_back(self, ctx: Context, refund_id: int, *, asked: int = -1) -> None:
        """The provider is told once, under the refund's number; from then on it is asked how far it is."""
        row = await self.db.read(ctx, queries.refund_row, refund_id)
        if row.state in FINAL_REFUND or (asked >= 0 and row.asked != asked):
            return
        looked: RefundLooked | None = None
        provider, gate = self.by_code.get(row.provider), self.gates.get(row.provider)
        if provider and gate:
            try:
                if row.ref:
                    looked = await gate(lambda: provider.refund_state(row.number, row.ref))
                else:
                    looked = await gate(
                        lambda: provider.refund(row.payment, row.number, row.minor, row.currency, row.reason)
                    )
            except PaymentRefused as no:
                looked = RefundLooked("refused", row.ref, no.reason)
            except ProviderDown:
                looked = None
        await self.db.write(ctx, back.refund_heard, back.RefundHeard(row.id, looked, asked))

    def handlers(self) -> Sequence[Handler]:
        return [
            Handler(self.db, NoticeStored, story=self.notice_stored),
            Handler(self.db, AttemptDue, story=self.attempt_due),
            Handler(self.db, RefundDue, story=self.refund_due),
        ]
