"""The demo's buyers look around before they buy, those who allow it are remembered, and each has a taste of its own: so
that recommendations have something to learn from, and something to be judged by.

A plan weighs goods by `leaning`; a history tells `Visits.before` of each order just before it is placed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random

from jishi.insight.behaviour import Seen
from jishi.insight.behaviour.service import BehaviourService
from jishi.kernel import Context
from jishi.people.privacy import PURPOSES, Choose
from jishi.web.faces import Shop

TASTES, BOOST, ALLOWING = 2, 40.0, 0.75  # categories a person likes, how much more, and who allows it
BESIDE = (2, 5)  # goods of the same category that are looked at before one is bought


def likes(person: int, categories: Sequence[str], seed: int) -> list[str]:
    """The categories that this person likes, the same for the same seed."""
    return Random(f"taste:{seed}:{person}").sample(sorted(categories), min(TASTES, len(categories)))


def leaning(person: int, categories: Sequence[str], appeal: Sequence[float], seed: int) -> list[float]:
    """The appeal of each of the goods to this person; `categories` are those of the goods, `appeal` what they have for all."""
    own = set(likes(person, sorted(set(categories)), seed))
    return [a * BOOST if c in own else a for c, a in zip(categories, appeal, strict=True)]


class Visits:
    """`shelf`: category → ids of its products."""

    def __init__(self, shop: Shop, shelf: Mapping[str, Sequence[int]], seed: int) -> None:
        self.shop, self.shelf, self.seed = shop, shelf, seed
        self.category = {p: code for code, products in shelf.items() for p in products}

    async def before(self, ctx: Context, person: int, wanted: Sequence[int]) -> None:
        """The person has answered the question of consent and has looked at what it is about to buy, and beside it.
        `person` is its number in the plan; safe to repeat."""
        r = Random(f"visit:{self.seed}:{person}:{wanted}")
        if Random(f"allows:{self.seed}:{person}").random() >= ALLOWING:
            return
        await self.shop.privacy.choose(ctx, Choose(dict.fromkeys(PURPOSES, True), "banner"))
        for product in wanted:
            beside = [p for p in self.shelf.get(self.category.get(product, ""), ()) if p != product]
            looked = r.sample(beside, min(len(beside), r.randint(*BESIDE)))
            for p in (*looked, product):
                await self.shop.behaviour.note(ctx, Seen("view", p))
            await self.shop.behaviour.note(ctx, Seen("cart", product))

    async def keep(self) -> None:
        """What was noted is in the store: at the end of a slot, before the clock moves on."""
        if isinstance(self.shop.behaviour, BehaviourService):
            await self.shop.behaviour.flush()
