"""From a basket and what is known of its buyer to a `Rated`: who may count, what counts, why the rest does not. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from jishi.kernel.place import Reason

from .face import Rate, Rated
from .kinds import next_step, off_line, off_sum, reason_of
from .rating import Candidate, Index, Live, candidate, choose, cuts_of, ordered, places_of
from .terms import Applied, Cut, Good, Limit, Near, Over, PromotionDraft, Threshold, Unused

FIRST_ORDERS = 0  # what persons' first orders are counted under


class Purse(NamedTuple):
    """A budget: what there is (0 = no end) and what of it is held or used."""

    most_minor: int
    taken_minor: int
    most_uses: int
    taken_uses: int


class Ticket(NamedTuple):
    """A coupon or a code that the buyer brings; `typed` is how it was named, "" = it was found. `why` it cannot count."""

    promotion_id: int
    coupon_id: int
    typed: str
    expires_at: int
    why: str = ""


class Facts(NamedTuple):
    """What the tables know of a basket: budgets, what the buyer's persons have taken (the most of any one), tickets."""

    purses: Mapping[int, Purse] = {}
    taken: Mapping[int, int] = {}
    tickets: Sequence[Ticket] = ()
    bought_before: bool = False
    limits: Mapping[int, int] = {}
    pieces: Mapping[int, int] = {}  # listing → what the persons have bought of it
    unknown: Mapping[int, Live] = {}  # promotions that tickets name and that are not live here


Met = Sequence[tuple[Live, tuple[int, ...]]]


def rated(ask: Rate, index: Index, facts: Facts, now: int, met: Met | None = None) -> Rated:
    """Everything that a quote, a cart and a page need to know. `met`: what the index finds for the ordered goods, where
    that was asked for already."""
    goods = ordered(ask.goods)
    sums = [g.unit_minor * g.quantity for g in goods]
    unused, near = list[Unused](), list[Near]()
    candidates = list[Candidate]()
    for live, places in index.found(goods, now) if met is None else met:
        c = candidate(live, 0, places, sums)
        why = refusal(c, goods, facts)
        if why is None:
            candidates.append(c)
        near += nearly(c, goods, why)
    for t in facts.tickets:
        live_here = index.by_id.get(t.promotion_id)
        if bad := t.why or ("" if live_here and live_here.valid_from <= now < live_here.valid_to else "elsewhere"):
            unused.append(
                not_used(t, live_here or facts.unknown.get(t.promotion_id), Reason("promotions.unused." + bad))
            )
            continue
        assert live_here
        c = candidate(live_here, t.coupon_id, places_of(live_here, goods), sums)
        if any(x.live.id == live_here.id for x in candidates):
            continue  # a second coupon of a promotion waits for another order
        reason = refusal(c, goods, facts)
        near += nearly(c, goods, reason)
        if reason is None:
            candidates.append(c)
        elif t.typed or c.places:
            unused.append(not_used(t, live_here, reason))
    taken, spent = within_budgets(goods, candidates, facts.purses)
    counts = {c.live.id for c, _ in taken}
    for c in candidates:
        if c.live.draft.needs != "auto" and c.live.id not in counts:
            t = next(t for t in facts.tickets if t.promotion_id == c.live.id)
            cause = "budget" if c.live.id in spent else "better"
            unused.append(not_used(t, c.live, Reason("promotions.unused." + cause)))
    told = [told_of(c, parts) for c, parts in taken]
    near = [n for n in near if n.promotion_id not in spent]
    return Rated(
        cuts=sorted(cut_rows(goods, told), key=lambda x: x.line),
        used=[Applied(x.c.live.id, x.c.coupon_id, x.d.names, x.d.stage, -x.minor, x.reason) for x in told],
        unused=unused,
        near=sorted(near, key=lambda n: (n.missing_minor, n.promotion_id)),
        holds=[*(Limit(x.c.live.id, x.c.coupon_id, x.minor) for x in told), *listing_holds(ask.goods, facts)],
        over=too_many(ask.goods, facts),
    )


def refusal(c: Candidate, goods: Sequence[Good], facts: Facts) -> Reason | None:
    """Why it does not count in this basket, None when it may."""
    d, id = c.live.draft, c.live.id
    if not c.places:
        return Reason("promotions.unused.no_goods")
    if c.asked < d.min_minor:
        said: dict[str, str | int] = dict(missing_minor=d.min_minor - c.asked, currency=d.currency)
        return Reason("promotions.unused.minimum", said)
    if d.min_pieces and (pieces := sum(goods[p].quantity for p in c.places)) < d.min_pieces:
        return Reason("promotions.unused.pieces", {"missing": d.min_pieces - pieces})
    if d.first_order and facts.bought_before:
        return Reason("promotions.unused.first_order")
    if d.per_person and facts.taken.get(id, 0) >= d.per_person:
        return Reason("promotions.unused.per_person")
    if (purse := facts.purses.get(id)) and purse.most_uses and purse.taken_uses >= purse.most_uses:
        return Reason("promotions.unused.budget")
    if isinstance(d.rule, Threshold) and c.asked < d.rule.tiers[0].from_minor:
        said = dict(missing_minor=d.rule.tiers[0].from_minor - c.asked, currency=d.currency)
        return Reason("promotions.unused.minimum", said)
    return None


def nearly(c: Candidate, goods: Sequence[Good], why: Reason | None) -> list[Near]:
    """What a little more would give: only where the sum or the pieces are all that is missing, or a tier is above."""
    d = c.live.draft
    if why is not None and why.key not in ("promotions.unused.minimum", "promotions.unused.pieces"):
        return []
    missing = pieces = saves = 0
    if why is None:
        if not isinstance(d.rule, Threshold) or (step := next_step(d.rule, c.asked)) is None:
            return []
        missing, saves = step
    else:
        asked = c.asked
        if why.key == "promotions.unused.minimum":
            missing = int(why.inputs["missing_minor"])
            asked += missing
        else:
            pieces = int(why.inputs["missing"])
        count = sum(goods[p].quantity for p in c.places) + pieces
        saves = off_line(d.rule, asked, count) if d.stage == "item" else off_sum(d.rule, asked, asked)
    said: dict[str, str | int] = dict(missing_minor=missing, saves_minor=saves, currency=d.currency)
    reason = (
        Reason("promotions.near.pieces", said | {"pieces": pieces}) if pieces else Reason("promotions.near.sum", said)
    )
    return [Near(c.live.id, d.merchant_id, d.names, missing, pieces, saves, reason)] if saves else []


def not_used(t: Ticket, live: Live | None, reason: Reason) -> Unused:
    return Unused(t.promotion_id, t.coupon_id, t.typed, live.draft.names if live else {}, reason)


Taken = tuple[Candidate, dict[int, int]]  # a promotion that counts, and what it takes off each place


def within_budgets(
    goods: Sequence[Good], candidates: Sequence[Candidate], purses: Mapping[int, Purse]
) -> tuple[list[Taken], set[int]]:
    """The best choice that no budget is too small for, and the promotions that were left out for it."""
    spent = set[int]()
    start = tuple([g.unit_minor * g.quantity for g in goods])
    while True:
        taken = cuts_of(
            start, choose(goods, [c for c in candidates if c.live.id not in spent] if spent else candidates)
        )
        short = [
            c.live.id
            for c, parts in taken
            if (p := purses.get(c.live.id)) and p.most_minor and p.taken_minor + sum(parts.values()) > p.most_minor
        ]
        if not short:
            return taken, spent
        spent.update(short)


class Told(NamedTuple):
    """A promotion that counts, with its sum and its sentence."""

    c: Candidate
    d: PromotionDraft
    parts: Mapping[int, int]
    minor: int
    reason: Reason


def told_of(c: Candidate, parts: Mapping[int, int]) -> Told:
    d = c.live.draft
    return Told(c, d, parts, sum(parts.values()), reason_of(d.rule, d.currency, c.asked, item=d.stage == "item"))


def cut_rows(goods: Sequence[Good], told: Iterable[Told]) -> list[Cut]:
    found = []
    for x in told:
        d, id = x.d, x.c.live.id
        bp = d.platform_bp if d.payer == "shared" else 10_000 if d.payer == "platform" else 0
        for place, minor in x.parts.items():
            found.append(Cut(goods[place].line, id, d.stage, d.payer, -minor, x.reason, bp, d.names))
    return found


def pieces_of(goods: Iterable[Good]) -> dict[int, int]:
    found: dict[int, int] = {}
    for g in goods:
        found[g.listing_id] = found.get(g.listing_id, 0) + g.quantity
    return found


def listing_holds(goods: Iterable[Good], facts: Facts) -> list[Limit]:
    if not facts.limits:
        return []
    return [Limit(listing_id=id, pieces=n) for id, n in sorted(pieces_of(goods).items()) if id in facts.limits]


def too_many(goods: Iterable[Good], facts: Facts) -> list[Over]:
    """More than a person may buy, together with what its persons have bought before."""
    if not facts.limits:
        return []
    wanted, bought = pieces_of(goods), facts.pieces
    lefts = [
        (id, n, most, most - bought.get(id, 0)) for id, n in sorted(wanted.items()) if (most := facts.limits.get(id))
    ]
    return [Over(id, most, max(0, left)) for id, n, most, left in lefts if left < n]
