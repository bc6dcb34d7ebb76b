"""When to ask again, what a refund may become, how cash falls on the children. Pure."""

from collections.abc import Mapping, Sequence

from jishi.kernel import apportion

ASK_AFTER_MS = (60_000, 120_000, 300_000, 900_000)
LATER_MS, SLOWLY, ASKS = 3_600_000, 12, 140  # from the 12th time on hourly; 140 times are more than five days
LAST_LOOK_MS = 5_000  # after the provider's own expiry
STALE_MS = 5 * 60_000  # an attempt whose page was never reached is given up
RETURN_AFTER_MS = (60_000, 300_000, 900_000, 3_600_000, 6 * 3_600_000)
RETURN_ASKS = 140  # about a month
FINAL_REFUND = ("done", "refused", "at_door")


def ask_again_at(now: int, asked: int, expires_at: int) -> int | None:
    """When the sweeper looks for the `asked`-th time (from 0) after this one; the attempt's end is not slept through.

    None: given up; only a notice or a person still asks."""
    if asked >= ASKS:
        return None
    then = now + (LATER_MS if asked >= SLOWLY else ASK_AFTER_MS[min(asked, len(ASK_AFTER_MS) - 1)])
    end = expires_at + LAST_LOOK_MS
    return end if now < end < then else then


def return_again_at(now: int, asked: int) -> int | None:
    if asked >= RETURN_ASKS:
        return None
    return now + RETURN_AFTER_MS[min(asked, len(RETURN_AFTER_MS) - 1)]


def life(now: int, pay_by: int, shortest: int, longest: int) -> int:
    """When an attempt ends: at pay-by, as far as the provider lets it."""
    until = max(pay_by, now + shortest)
    return min(until, now + longest) if longest else until


def surplus_reason(minor: int, currency: str, due: int, due_currency: str, captured: int) -> str:
    """Why the money must go back; empty: it is the order's, the first payment of just what is due."""
    if currency != due_currency:
        return "currency"
    if captured:
        return "second"
    return "" if minor == due else "amount"


def fall(minor: int, legs: Mapping[int, int], taken: Mapping[int, int], child: int = 0) -> dict[int, int]:
    """Child → its part of `minor`: all of it on `child` while there is room, else by what is left of each."""
    left = {n: max(whole - taken.get(n, 0), 0) for n, whole in legs.items()}
    if minor and left.get(child, 0) >= minor:
        return {child: minor}
    weights: Sequence[int] = list(left.values()) if sum(left.values()) else [1] * len(left)
    return {n: part for n, part in zip(left, apportion(minor, weights), strict=True) if part}
