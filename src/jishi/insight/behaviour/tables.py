"""Trails are documents; here are only the days and periods whose timers are set."""

from sqlalchemy import bindparam, delete

from jishi.kernel import Module, Statement, Tx
from jishi.kernel.columns import key
from jishi.kernel.documents import Index, Kind

from .face import PeriodOver, Trail, TrailsDue
from .keyring import DAY_MS, ends_at

RETENTION_DAYS = 90

module = Module("insight.behaviour")
days = module.table("days", key("day"))
periods = module.table("periods", key("period"))
trails = Kind("insight.trails", Trail, Index(("day",)), Index(("pseudonym",)))

NEW_DAY = Statement(days.insert(), "day")
NEW_PERIOD = Statement(periods.insert(), "period")
DAYS_GONE = Statement(delete(days).where(days.c.day <= bindparam("last")))
PERIODS_GONE = Statement(delete(periods).where(periods.c.period <= bindparam("last")))


def begin(tx: Tx, day: int, period: int) -> None:
    """The timers are set that end this day's trails and this period's key, once each."""
    if tx.once(NEW_DAY, day=day):
        tx.emit(TrailsDue(day), due_at=(day + 1 + RETENTION_DAYS) * DAY_MS)
    if tx.once(NEW_PERIOD, period=period):
        tx.emit(PeriodOver(period), due_at=ends_at(period))


def end_day(tx: Tx, day: int) -> None:
    tx.run(DAYS_GONE, last=day)


def end_period(tx: Tx, period: int) -> None:
    tx.run(PERIODS_GONE, last=period)
