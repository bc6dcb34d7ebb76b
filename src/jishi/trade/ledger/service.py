"""The ledger's verbs, and what it posts when others tell of money."""

from __future__ import annotations

from collections.abc import Sequence

from jishi.kernel import Context, Handler, Service, reads, writes

from . import commands, queries
from .events import Cancelled, Captured, Collected, Confirmed, Refunded, SealDue, SurplusCaptured
from .face import Ledger, Verdict, Verify
from .rules import GENESIS

CHUNK = 250  # seals a transaction: a long chain does not keep others waiting


class LedgerService(Service, Ledger):
    post = writes(commands.post, needs="trade:ledger:post")
    balances = reads(queries.balances, needs="trade:ledger:see")
    entries = reads(queries.entries, needs="trade:ledger:see")

    async def verify(self, ctx: Context, query: Verify, /) -> Verdict:
        """The whole chain is reckoned again. `broken`: the first seal that does not fit, or that a gap precedes."""
        self.check(ctx, "trade:ledger:verify")
        sealed, before = 0, GENESIS
        while True:  # ends: the chain is finite, and each round reads on
            walked: queries.Walked = await self.db.read(ctx, queries.walk, sealed, before, CHUNK)
            sealed, before = walked.seq, walked.chain
            if walked.broken or walked.last:
                return Verdict(sealed, walked.unsealed, walked.broken)

    def handlers(self) -> Sequence[Handler]:
        return [
            Handler(self.db, Captured, unit=commands.captured),
            Handler(self.db, SurplusCaptured, unit=commands.surplus),
            Handler(self.db, Collected, unit=commands.collected),
            Handler(self.db, Refunded, unit=commands.refunded),
            Handler(self.db, Confirmed, unit=commands.confirmed),
            Handler(self.db, Cancelled, unit=commands.cancelled),
            Handler(self.db, SealDue, unit=commands.seal),
        ]
