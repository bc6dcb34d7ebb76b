"""How often: asks for codes, guesses, new guests. Counted in the store, so that a restart forgives nobody."""

from __future__ import annotations

from typing import NamedTuple

from jishi.kernel import Tx

from .face import TooOften
from .tables import A_THROTTLE, END_THROTTLES, PUT_THROTTLE, SET_THROTTLE, STALE

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000


class Limit(NamedTuple):
    called: str
    most: int
    window_ms: int


CODE_AGAIN = Limit("code.again", 1, MINUTE)
CODE_HOUR = Limit("code.hour", 8, HOUR)
CODE_DAY = Limit("code.day", 20, DAY)  # × 5 tries of a million codes: a day's guessing finds one in 10,000 accounts
CODE_NETWORK = Limit("code.network", 30, HOUR)
CODE_DEVICE = Limit("code.device", 20, HOUR)
SMS_HOUR = Limit("sms.hour", 5, HOUR)  # a text costs money, and its receiver patience
SMS_DAY = Limit("sms.day", 10, DAY)
SMS_NETWORK = Limit("sms.network", 10, HOUR)
SMS_DEVICE = Limit("sms.device", 6, HOUR)
ENTER_NETWORK = Limit("enter.network", 60, 10 * MINUTE)
GUESS_DAY = Limit("guess.day", 100, DAY)
GUESS_NETWORK = Limit("guess.network", 20, MINUTE)
GUEST_NETWORK = Limit("guest.network", 120, MINUTE)
FAILS_FREE, FAIL_MS, FAIL_MOST_MS = 5, MINUTE, 15 * MINUTE
KEPT_MS = 2 * DAY


def charge(tx: Tx, limit: Limit, who: str) -> None:
    """One more of these by `who` (a fingerprint, a cut network; "" is not counted); beyond the limit `TooOften`.

    A window begins with its first hit. Who is refused is not charged: the unit rolls back."""
    if not who:
        return
    since, hits, _ = row_of(tx, limit.called, who)
    if since + limit.window_ms <= tx.now:
        since, hits = tx.now, 0
    if hits >= limit.most:
        raise TooOften(seconds(since + limit.window_ms - tx.now))
    tx.run(SET_THROTTLE, of=f"{limit.called}:{who}", start=since, times=hits + 1, locked=0)


def charge_guess(tx: Tx, who: str) -> None:
    """A guess counts as failed until it is known to be right: many at once are no way around the lock.

    After 5 in a row: a minute, doubling up to 15 minutes, never for good. The same for addresses that nobody has."""
    since, hits, locked = row_of(tx, "fails", who)
    if locked > tx.now:
        raise TooOften(seconds(locked - tx.now))
    hits = hits + 1 if since + DAY > tx.now else 1
    over = hits - FAILS_FREE
    locked = tx.now + min(FAIL_MS << min(over, 8), FAIL_MOST_MS) if over >= 0 else 0
    tx.run(SET_THROTTLE, of=f"fails:{who}", start=tx.now, times=hits, locked=locked)


def take_back_guess(tx: Tx, who: str) -> None:
    """A guess that was never looked at."""
    since, hits, _ = row_of(tx, "fails", who)
    tx.run(SET_THROTTLE, of=f"fails:{who}", start=since, times=max(0, hits - 1), locked=0)


def forgive(tx: Tx, who: str) -> None:
    """The password was right: earlier guesses no longer count."""
    tx.run(END_THROTTLES, names=[f"fails:{who}", f"{GUESS_DAY.called}:{who}"])


def take_back(tx: Tx, limit: Limit, who: str) -> None:
    tx.run(END_THROTTLES, names=[f"{limit.called}:{who}"])


def row_of(tx: Tx, called: str, who: str) -> tuple[int, int, int]:
    """(since, hits, locked until), locked; made if it is missing, and then up to 20 forgotten ones are swept."""
    name = f"{called}:{who}"
    row = tx.row(A_THROTTLE, of=name)
    if row is None:
        if tx.once(PUT_THROTTLE, called=name, since=tx.now, hits=0, locked_until=0):
            if stale := [r[0] for r in tx.rows(STALE, now=tx.now - KEPT_MS)]:
                tx.run(END_THROTTLES, names=stale)
            return tx.now, 0, 0
        row = tx.row(A_THROTTLE, of=name)
    since, hits, locked = row
    return since, hits, locked


def seconds(ms: int) -> int:
    """Whole seconds, rounded up: whoever waits that long is let in."""
    return -(-ms // 1000)
