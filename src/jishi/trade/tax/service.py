"""Asks the provider, if there is one; without its answer the dated table decides, or the sale is refused."""

import asyncio
import logging
from collections.abc import Iterator

from jishi.kernel import Context, Database, FieldError, Grants, Invalid, Service, Tx

from . import rules
from .face import Tax, Taxes, TaxProvider, TaxQuery
from .table import shipped

MAX_LINES = 500
PROVIDER_S = 2.0  # a buyer waits for this
log = logging.getLogger(__name__)


class TaxService(Service, Tax):
    def __init__(
        self, db: Database, grants: Grants, provider: TaxProvider | None = None, wait_s: float = PROVIDER_S
    ) -> None:
        super().__init__(db, grants)
        self.provider, self.wait_s = provider, wait_s

    async def taxes(self, ctx: Context, query: TaxQuery, /) -> Taxes:
        self.check(ctx, "trade:tax:reckon")
        if wrong := list(faults(query)):
            raise Invalid(wrong)
        if self.provider:
            try:
                async with asyncio.timeout(self.wait_s):
                    told = await self.provider.taxes(query)
                if rules.fits(query, told):
                    return told
                log.warning("a tax answer does not add up", extra={"provider": type(self.provider).__name__})
            except Exception as e:  # whatever it is: a sale does not wait for it, and is never taxed by guess
                log.warning("no tax answer", extra={"provider": type(self.provider).__name__, "why": type(e).__name__})
        taxes: Taxes = await self.db.read(ctx, by_table, query)
        return taxes


def by_table(tx: Tx, query: TaxQuery) -> Taxes:
    """By the rates in force at the moment asked for, else now."""
    return rules.taxes(query, query.at or tx.now, shipped())


def faults(query: TaxQuery) -> Iterator[FieldError]:
    if not 0 < len(query.lines) <= MAX_LINES:
        yield FieldError("lines", "number.range", {"min": "1", "max": str(MAX_LINES)})
        return
    if len({line.n for line in query.lines}) < len(query.lines):
        yield FieldError("lines", "list.twice")
    for i, line in enumerate(query.lines):
        if not 0 <= line.minor < 10**15:
            yield FieldError(f"lines.{i}.minor", "number.range", {"min": "0", "max": str(10**15 - 1)})
