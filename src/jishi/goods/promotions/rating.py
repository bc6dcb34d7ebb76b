"""What comes off a basket: item, then shop, then cross-shop, then coupon. Pure.

Which promotions may count is known before anything is taken off, for every condition is judged at the prices in force. So a
cut never takes another's threshold away, and what is to choose is which of an exclusive group counts. Where each promotion
covers all of what earlier ones that it meets cover (the usual case) the best at each step is the best of all, for what is left
of a sum never grows less when the sum grows; elsewhere every choice is tried, `STATES` at a time. A promotion more never
makes the basket dearer: leaving it out is one of the choices."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from jishi.kernel import apportion

from .kinds import off_line, off_sum
from .terms import Good, PromotionDraft

STAGES = ("item", "shop", "cross_shop", "coupon")
STATES = 512  # baskets that are kept apart while choices are tried
Left = tuple[int, ...]


class Live(NamedTuple):
    """A promotion as it is kept in memory."""

    id: int
    draft: PromotionDraft
    valid_from: int
    valid_to: int
    stage: int
    merchants: frozenset[int]
    goods: bool  # it names listings, products or categories


class Candidate(NamedTuple):
    """A promotion that may count, with the lines it covers there (a mask of positions, and the positions)."""

    live: Live
    coupon_id: int
    mask: int
    places: tuple[int, ...]
    asked: int  # Σ of those lines at the prices in force


class Node(NamedTuple):
    """One of these counts, or none: an exclusive group of a stage, in a line (item) or an order; `mask` is of all."""

    options: list[Candidate]
    mask: int
    item: bool


class Step(NamedTuple):
    """A cut that was made: the candidate, and what is left of each line afterwards."""

    chosen: Candidate
    left: Left


def ordered(goods: Sequence[Good]) -> list[Good]:
    """In an order that does not depend on how the basket was told."""
    return sorted(goods, key=lambda g: (g.listing_id, g.unit_minor, g.quantity, g.line))


def nodes_of(candidates: Sequence[Candidate]) -> list[Node]:
    """The choices in the order of the stages; item promotions line by line, a shop's beside that shop's, by id."""
    found: dict[tuple[int, int, int, str], list[Candidate]] = {}
    for c in sorted(candidates, key=lambda c: (c.live.stage, c.live.id)):
        d, stage = c.live.draft, c.live.stage
        if stage == 0:
            for place in c.places:
                alone = 0 if d.group else c.live.id
                found.setdefault((0, place, alone, d.group), []).append(c)
        else:
            shop = d.merchant_id if stage == 1 else 0
            found.setdefault((stage, shop, 0 if d.group else c.live.id, d.group), []).append(c)
    nodes = []
    for (stage, place, _, _), options in sorted(found.items(), key=lambda x: (x[0][0], x[0][1], x[1][0].live.id)):
        if stage == 0:
            cut = [c._replace(mask=1 << place, places=(place,)) for c in options]
            nodes.append(Node(cut, 1 << place, item=True))
        else:
            mask = 0
            for c in options:
                mask |= c.mask
            nodes.append(Node(options, mask, item=False))
    return nodes


def off(c: Candidate, left: Sequence[int], quantities: Sequence[int], *, item: bool) -> int:
    if item:
        place = c.places[0]
        return off_line(c.live.draft.rule, left[place], quantities[place])
    total = 0
    for p in c.places:
        total += left[p]
    return off_sum(c.live.draft.rule, total, c.asked) if total else 0


def after(c: Candidate, left: Sequence[int], cut: int, *, item: bool) -> Left:
    """What is left of each line once `cut` is shared among those it covers, by what is left of them."""
    rest = list(left)
    if item or len(c.places) == 1:
        rest[c.places[0]] -= cut
    else:
        for place, part in zip(c.places, apportion(cut, [left[p] for p in c.places]), strict=True):
            rest[place] -= part
    return tuple(rest)


def nested(nodes: Sequence[Node]) -> bool:
    """Whether every choice of a sum covers all of each earlier one that it meets."""
    sums = [n.mask for n in nodes if not n.item]
    return all(a & b in (0, a) for i, a in enumerate(sums) for b in sums[i + 1 :])


def choose(goods: Sequence[Good], candidates: Sequence[Candidate]) -> list[Step]:
    """The cuts that leave least to pay, in their order; between equals the older promotion. `goods` as `ordered`."""
    if not candidates:
        return []
    quantities = [g.quantity for g in goods]
    start = tuple([g.unit_minor * g.quantity for g in goods])
    nodes = nodes_of(candidates)
    return _best_each(nodes, start, quantities) if nested(nodes) else _best_of_all(nodes, start, quantities)


def _best_each(nodes: Sequence[Node], left: Left, quantities: Sequence[int]) -> list[Step]:
    steps = []
    for node in nodes:
        best, most = None, 0
        for c in node.options:
            if (cut := off(c, left, quantities, item=node.item)) > most:
                best, most = c, cut
        if best is not None:
            left = after(best, left, most, item=node.item)
            steps.append(Step(best, left))
    return steps


def _best_of_all(nodes: Sequence[Node], start: Left, quantities: Sequence[int]) -> list[Step]:
    """Every choice, none included; more than `STATES` different baskets are cut to those with least left to pay."""
    states: dict[Left, list[Step]] = {start: []}
    for node in nodes:
        tried: dict[Left, list[Step]] = {}
        for left, steps in states.items():
            for c in node.options:
                if cut := off(c, left, quantities, item=node.item):
                    rest = after(c, left, cut, item=node.item)
                    tried.setdefault(rest, [*steps, Step(c, rest)])
            tried.setdefault(left, steps)
        if len(tried) > STATES:
            tried = dict(sorted(tried.items(), key=lambda x: sum(x[0]))[:STATES])
        states = tried
    return states[min(states, key=sum)]


def cuts_of(start: Left, steps: Sequence[Step]) -> list[tuple[Candidate, dict[int, int]]]:
    """Each promotion that counts, with what it takes off each place (> 0); one that counted in several lines once."""
    found: dict[int, tuple[Candidate, dict[int, int]]] = {}
    before = start
    for chosen, left in steps:
        id = chosen.live.id
        if (known := found.get(id)) is None:
            known = found[id] = (chosen, {})
        taken = known[1]
        for place in chosen.places:
            if part := before[place] - left[place]:
                taken[place] = part
        before = left
    return list(found.values())


def least(goods: Sequence[Good], steps: Sequence[Step]) -> int:
    """What is left to pay for the goods."""
    return sum(steps[-1].left) if steps else sum(g.unit_minor * g.quantity for g in goods)


def places_of(live: Live, goods: Sequence[Good]) -> tuple[int, ...]:
    """The positions that a promotion covers, whatever the index says."""
    return tuple([i for i, g in enumerate(goods) if covers(live, g)])


def covers(live: Live, g: Good) -> bool:
    d = live.draft
    if live.merchants and g.merchant_id not in live.merchants:
        return False
    if not live.goods:
        return True
    named = g.listing_id in d.listing_ids or g.product_id in d.product_ids or g.category in d.categories
    return named or any(c in d.categories for c in g.within)


def candidate(live: Live, coupon_id: int, places: tuple[int, ...], sums: Sequence[int]) -> Candidate:
    mask = asked = 0
    for p in places:
        mask |= 1 << p
        asked += sums[p]
    return Candidate(live, coupon_id, mask, places, asked)


def live_of(id: int, draft: PromotionDraft, valid_from: int, valid_to: int) -> Live:
    merchants = frozenset([draft.merchant_id]) if draft.merchant_id else frozenset(draft.merchant_ids)
    goods = bool(draft.listing_ids or draft.product_ids or draft.categories)
    return Live(id, draft, valid_from, valid_to, STAGES.index(draft.stage), merchants, goods)


class Index:
    """The live promotions of one market and currency by what they name: a basket looks only at those that may meet it."""

    def __init__(self, rows: Sequence[Live]) -> None:
        self.named: dict[tuple[str, int | str], list[Live]] = {}
        self.every: list[Live] = []
        self.by_id: Mapping[int, Live] = {r.id: r for r in rows}
        for r in rows:
            if r.draft.needs != "auto":
                continue
            d = r.draft
            keys: list[tuple[str, int | str]] = [
                *[("l", x) for x in d.listing_ids],
                *[("p", x) for x in d.product_ids],
                *[("c", x) for x in d.categories],
            ]
            if not keys:
                keys = [("m", x) for x in r.merchants]
            for k in keys:
                self.named.setdefault(k, []).append(r)
            if not keys:
                self.every.append(r)

    def found(self, goods: Sequence[Good], now: int) -> list[tuple[Live, tuple[int, ...]]]:
        """Automatic promotions of this moment with the places they cover."""
        met: dict[int, tuple[Live, list[int]]] = {}
        named = self.named
        for i, g in enumerate(goods):
            keys: list[tuple[str, int | str]] = [
                ("l", g.listing_id), ("p", g.product_id), ("c", g.category), ("m", g.merchant_id),
                *[("c", c) for c in g.within],
            ]  # fmt: skip
            for k in keys:
                for live in named.get(k, ()):
                    if live.merchants and g.merchant_id not in live.merchants:
                        continue
                    _, places = met.setdefault(live.id, (live, []))
                    if not places or places[-1] != i:
                        places.append(i)
        everywhere = [(live, tuple(range(len(goods)))) for live in self.every] if goods else []
        hits = [*[(live, tuple(places)) for live, places in met.values()], *everywhere]
        return [(live, places) for live, places in hits if live.valid_from <= now < live.valid_to]
