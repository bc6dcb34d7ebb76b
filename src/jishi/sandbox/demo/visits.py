"""The demo's buyers look around before they buy, and those who allow it are remembered: so that recommendations have
something to learn from, and something to be judged by.

The history tells `before` of each order that is about to be placed, `keep` when a slot is over, and `learn` at the end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from random import Random

from jishi.goods.catalog import Listing
from jishi.insight.behaviour import Seen
from jishi.insight.behaviour.service import BehaviourService
from jishi.insight.recommend import NothingToLearn, Train
from jishi.kernel import SYSTEM, Context
from jishi.people.privacy import PURPOSES, Choose
from jishi.web.faces import Shop

ALLOWING = 0.75  # of the people
BESIDE = (2, 5)  # goods of the same category that are looked at before one is bought


class Visits:
    """`listings` are those that the year takes; the same seed gives the same visits."""

    def __init__(self, shop: Shop, listings: Iterable[Listing], seed: int) -> None:
        self.shop, self.seed = shop, seed
        self.category = {x.product_id: x.category for x in listings}
        self.shelf: dict[str, list[int]] = {}
        for product, category in sorted(self.category.items()):
            self.shelf.setdefault(category, []).append(product)

    async def before(self, ctx: Context, person: int, wanted: Sequence[Listing]) -> None:
        """The person has answered the question of consent and has looked at what it is about to buy, and beside it.
        `person` is its number in the plan; safe to repeat."""
        if Random(f"allows:{self.seed}:{person}").random() >= ALLOWING:
            return
        await self.shop.privacy.choose(ctx, Choose(dict.fromkeys(PURPOSES, True), "banner"))
        products = sorted({x.product_id for x in wanted})
        r = Random(f"visit:{self.seed}:{person}:{products}")
        for product in products:
            beside = [p for p in self.shelf.get(self.category.get(product, ""), ()) if p != product]
            for p in (*r.sample(beside, min(len(beside), r.randint(*BESIDE))), product):
                await self.shop.behaviour.note(ctx, Seen("view", p))
            await self.shop.behaviour.note(ctx, Seen("cart", product))

    async def keep(self) -> None:
        """What was noted is in the store, before the clock moves on."""
        if isinstance(self.shop.behaviour, BehaviourService):
            await self.shop.behaviour.flush()


async def learn(shop: Shop) -> None:
    """What the year taught is learnt; a year of a few orders teaches nothing."""
    with suppress(NothingToLearn):
        await shop.recommend.train(SYSTEM, Train())
