"""The kinds of promotions: what each takes off, whether it makes sense, and its sentence. Pure.

What is left of a sum never grows less when the sum grows: on that the choice of the best stands (`rating.py`). A new kind
is a Struct in `terms.Rule` and a branch in each of the three functions here (`docs/modules/prices.md`)."""

from collections.abc import Iterator
from itertools import pairwise

from jishi.kernel.place import Reason

from .terms import Amount, Fixed, NthPiece, Percent, PromotionDraft, Rule, Threshold, Tier

BP = 10_000
MAX_MINOR, MAX_TIERS, MAX_NTH = 10**12, 8, 100
OF_A_LINE = (Percent, Amount, Fixed, NthPiece)
OF_A_SUM = (Percent, Amount, Threshold)


def share_of(minor: int, bp: int) -> int:
    """Basis points of an amount, half up: the one rounding of a percentage."""
    return (minor * bp * 2 + BP) // (2 * BP)


def off_line(rule: Rule, left: int, quantity: int) -> int:
    """What the item stage takes off a line of which `left` is left; 0 … left."""
    if isinstance(rule, Percent):
        off = share_of(left, rule.off_bp)
        return min(off, rule.most_minor) if rule.most_minor else off
    if isinstance(rule, Amount):
        return min(left, rule.off_minor * quantity)
    if isinstance(rule, Fixed):
        return max(0, left - rule.minor * quantity)
    assert isinstance(rule, NthPiece)
    cheaper = quantity // rule.n
    return (left * cheaper * rule.off_bp * 2 + BP * quantity) // (2 * BP * quantity)


def off_sum(rule: Rule, left: int, asked: int) -> int:
    """What the later stages take off a sum of which `left` is left; `asked` is the sum at the prices in force."""
    if isinstance(rule, Percent):
        off = share_of(left, rule.off_bp)
        return min(off, rule.most_minor) if rule.most_minor else off
    if isinstance(rule, Amount):
        return min(left, rule.off_minor)
    assert isinstance(rule, Threshold)
    tier = reached(rule, asked)
    if tier is None:
        return 0
    return min(left, tier.off_minor * (asked // tier.from_minor if rule.every else 1))


def reached(rule: Threshold, asked: int) -> Tier | None:
    return next((t for t in reversed(rule.tiers) if t.from_minor <= asked), None)


def next_step(rule: Threshold, asked: int) -> tuple[int, int] | None:
    """(what is missing, how much more would come off), None at the top."""
    if rule.every:
        tier = rule.tiers[0]
        return tier.from_minor - asked % tier.from_minor, tier.off_minor
    now = reached(rule, asked)
    above = next((t for t in rule.tiers if t.from_minor > asked), None)
    return (above.from_minor - asked, above.off_minor - (now.off_minor if now else 0)) if above else None


def wrong(rule: Rule, stage: str) -> str:
    """Why the rule makes no sense at this stage, "" when it does: kind, percent, minor, nth, tiers."""
    if not isinstance(rule, OF_A_LINE if stage == "item" else OF_A_SUM):
        return "kind"
    if isinstance(rule, Percent):
        return "" if 0 < rule.off_bp <= BP and 0 <= rule.most_minor <= MAX_MINOR else "percent"
    if isinstance(rule, Amount):
        return "" if 0 < rule.off_minor <= MAX_MINOR else "minor"
    if isinstance(rule, Fixed):
        return "" if 0 <= rule.minor <= MAX_MINOR else "minor"
    if isinstance(rule, NthPiece):
        return "" if 2 <= rule.n <= MAX_NTH and 0 < rule.off_bp <= BP else "nth"
    tiers = rule.tiers
    if not 0 < len(tiers) <= MAX_TIERS or (rule.every and len(tiers) != 1):
        return "tiers"
    rising = all(a.from_minor < b.from_minor and a.off_minor < b.off_minor for a, b in pairwise(tiers))
    sound = all(0 < t.off_minor <= t.from_minor <= MAX_MINOR for t in tiers)
    return "" if rising and sound else "tiers"


def reason_of(rule: Rule, currency: str, asked: int, *, item: bool) -> Reason:
    """Why a cut is what it is: for the lines it was taken off."""
    if isinstance(rule, Threshold):
        tier = reached(rule, asked) or rule.tiers[0]
        said: dict[str, str | int] = dict(from_minor=tier.from_minor, off_minor=tier.off_minor, currency=currency)
        if rule.every:
            return Reason("promotions.cut.every", said | dict(times=asked // tier.from_minor))
        return Reason("promotions.cut.threshold", said | dict(sum_minor=asked))
    return next(gives(rule, currency, item=item))


def gives(rule: Rule, currency: str, *, item: bool) -> Iterator[Reason]:
    """What it gives, a sentence a tier."""
    if isinstance(rule, Percent):
        if rule.most_minor:
            said: dict[str, str | int] = dict(off_bp=rule.off_bp, most_minor=rule.most_minor, currency=currency)
            yield Reason("promotions.gives.percent_most", said)
        else:
            yield Reason("promotions.gives.percent", {"off_bp": rule.off_bp})
    elif isinstance(rule, Amount):
        said = dict(off_minor=rule.off_minor, currency=currency)
        yield Reason("promotions.gives.a_piece", said) if item else Reason("promotions.gives.amount", said)
    elif isinstance(rule, Fixed):
        yield Reason("promotions.gives.fixed", dict(price_minor=rule.minor, currency=currency))
    elif isinstance(rule, NthPiece):
        if rule.n == 2:
            yield Reason("promotions.gives.second", {"off_bp": rule.off_bp})
        else:
            yield Reason("promotions.gives.nth", {"nth": rule.n, "off_bp": rule.off_bp})
    else:
        for t in rule.tiers:
            said = dict(from_minor=t.from_minor, off_minor=t.off_minor, currency=currency)
            yield Reason("promotions.gives.every", said) if rule.every else Reason("promotions.gives.threshold", said)


def terms_of(d: PromotionDraft) -> list[Reason]:
    """What it gives and what it needs, one sentence each."""
    found = list(gives(d.rule, d.currency, item=d.stage == "item"))
    if d.min_minor:
        found.append(Reason("promotions.needs.minimum", dict(min_minor=d.min_minor, currency=d.currency)))
    if d.min_pieces:
        found.append(Reason("promotions.needs.pieces", {"pieces": d.min_pieces}))
    if d.first_order:
        found.append(Reason("promotions.needs.first_order"))
    if d.per_person:
        found.append(Reason("promotions.needs.per_person", {"times": d.per_person}))
    return found
