"""What is left of every limit while a batch of holds is decided in memory: first come, first served. No database, no clock."""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from jishi.kernel.holds import Held

from .basket import FIRST_ORDERS
from .face import UsesSpent
from .terms import Limit, PromotionDraft

NO_END = (1 << 31) - 1
USABLE = ("issued", "claimed", "given_back")


class Hold(Struct, frozen=True):
    """A row of holds; `refusal` is the packed fault of one that was refused, b"" otherwise."""

    order_id: int
    state: str
    until: int
    refusal: bytes
    persons: str

    @property
    def held(self) -> Held:
        return Held(self.order_id, self.state, self.until)


class Budget(Struct):
    """A row of budgets; 0 = no limit."""

    promotion_id: int
    most_minor: int
    most_uses: int
    most_claims: int
    held_minor: int
    used_minor: int
    held_uses: int
    used_uses: int
    claimed: int

    def has(self, minor: int) -> bool:
        """Whether one more use of so much fits."""
        money = not self.most_minor or self.held_minor + self.used_minor + minor <= self.most_minor
        return money and (not self.most_uses or self.held_uses + self.used_uses < self.most_uses)


class Coupon(Struct):
    id: int
    promotion_id: int
    code: str | None
    person_id: int | None
    nth: int
    state: str
    claimed_at: int
    expires_at: int
    order_id: int


class Tally(Struct, frozen=True):
    """So many more are counted of a thing for each person; none may have more than `most`."""

    of_id: int
    more: int
    most: int


class Want(Struct, frozen=True):
    """One order's: what it takes, of whom, and who asks. `first`: that person has ordered before."""

    order_id: int
    takes: Sequence[Limit]
    persons: Sequence[str]
    actor_id: int
    bought_before: bool = False


class Stand:
    """`take` answers None and takes, or the refusal and takes nothing."""

    def __init__(
        self,
        now: int,
        drafts: Mapping[int, PromotionDraft],
        budgets: Mapping[int, Budget],
        coupons: Mapping[int, Coupon],
        limits: Mapping[int, int],
        taken: Mapping[tuple[int, str], int],
    ) -> None:
        self.now, self.drafts, self.budgets, self.coupons, self.limits = now, drafts, budgets, coupons, limits
        self.taken = dict(taken)
        self.claimed_by: dict[int, int] = {}  # coupon → the order that takes it in this batch

    def take(self, want: Want) -> UsesSpent | None:
        for t in want.takes:
            if reason := self._short(t, want):
                return UsesSpent(t.promotion_id, t.coupon_id, t.listing_id, reason)
        for tally in tallies(want.takes, self.drafts, self.limits):
            for person in want.persons:
                if self.taken.get((tally.of_id, person), 0) + tally.more > tally.most:
                    return self._passed(tally, want)
        for t in want.takes:
            if t.promotion_id:
                b = self.budgets[t.promotion_id]
                b.held_minor, b.held_uses = b.held_minor + t.minor, b.held_uses + 1
            if t.coupon_id:
                self.claimed_by[t.coupon_id] = want.order_id
        for tally in tallies(want.takes, self.drafts, self.limits):
            for person in want.persons:
                self.taken[tally.of_id, person] = self.taken.get((tally.of_id, person), 0) + tally.more
        return None

    def _short(self, t: Limit, want: Want) -> str:
        """Why this cannot be taken whoever buys, "" when it can."""
        if not t.promotion_id:
            return ""
        draft, budget = self.drafts.get(t.promotion_id), self.budgets.get(t.promotion_id)
        if draft is None or budget is None:
            return "gone"
        if not budget.has(t.minor):
            return "budget"
        if draft.first_order and want.bought_before:
            return "first_order"
        return self._ticket(t, draft, want)

    def _ticket(self, t: Limit, draft: PromotionDraft, want: Want) -> str:
        if not t.coupon_id:
            return "" if draft.needs == "auto" or draft.code else "coupon"
        coupon = self.coupons.get(t.coupon_id)
        if coupon is None or coupon.promotion_id != t.promotion_id or t.coupon_id in self.claimed_by:
            return "coupon"
        own = coupon.person_id is None or coupon.person_id == want.actor_id
        return "" if own and coupon.state in USABLE and coupon.expires_at > self.now else "coupon"

    def _passed(self, tally: Tally, want: Want) -> UsesSpent:
        if tally.of_id in self.limits:
            return UsesSpent(0, 0, tally.of_id, "listing")
        if tally.of_id == FIRST_ORDERS:
            of = next(t for t in want.takes if t.promotion_id and self.drafts[t.promotion_id].first_order)
            return UsesSpent(of.promotion_id, of.coupon_id, 0, "first_order")
        of = next(t for t in want.takes if t.promotion_id == tally.of_id)
        return UsesSpent(of.promotion_id, of.coupon_id, 0, "per_person")


def tallies(takes: Iterable[Limit], drafts: Mapping[int, PromotionDraft], limits: Mapping[int, int]) -> list[Tally]:
    """What an order counts for each of its persons, by id."""
    found: dict[int, Tally] = {}
    for t in takes:
        if t.listing_id:
            found[t.listing_id] = Tally(t.listing_id, t.pieces, limits.get(t.listing_id, 0) or NO_END)
        elif draft := drafts.get(t.promotion_id):
            if draft.per_person:
                found[t.promotion_id] = Tally(t.promotion_id, 1, draft.per_person)
            if draft.first_order:
                found[FIRST_ORDERS] = Tally(FIRST_ORDERS, 1, 1)
    return [found[id] for id in sorted(found)]
