"""What the demo's buyers say of their goods: reviews some days after the parcel, follow-ups, merchants' replies, votes,
questions with answers. Uneven, as in life: most lines get none, some goods many, and not all of it is praise."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from functools import partial
from random import Random

from jishi.kernel import Actor, Context, Fault
from jishi.trade.reviews import Ask, FollowUp, MarkHelpful, MayReview, PutAnswer, PutReply, Review, WriteReview
from jishi.web.faces import Shop

from . import voices
from .goods import DemoProduct
from .plan import Wish, Year
from .tree import CATEGORIES

MOST = 60  # of one product
SILENT = 0.12  # of all products nobody ever reviews
SPEAKS = 0.74  # of the lines that arrived
TOPS = {c.code: c.parent or c.code for c in CATEGORIES}
MOODS = ((5, 56), (4, 24), (3, 9), (2, 5), (1, 6))
SOUR = ((5, 22), (4, 20), (3, 22), (2, 17), (1, 19))  # of goods that are no good


class Opinions:
    """`due` by slot: what will be said then. All of it follows from the wishes, so a year that goes on after a crash says
    the same; a review that is there already is not written again."""

    def __init__(self, shop: Shop, merchants: dict[str, int], year: Year) -> None:
        self.shop, self.merchants, self.slots, self.goods = shop, merchants, year.slots, year.goods
        self.due = defaultdict[int, list[Callable[[], Awaitable[None]]]](list)
        self.said = defaultdict[str, set[str]](set)  # by handle
        self.count = Counter[str]()
        self.voters: list[Context] = []

    def expect(self, wish: Wish, ctx: Context, order: int) -> None:
        """The order was paid or will be at the door: its buyer may speak of it."""
        if wish.who.account and wish.fate == "kept":
            self.voters.append(ctx)
            self.due[wish.slot + 4 + int(wish.patience * 9)].append(lambda: self._speak(wish, ctx, order))

    async def slot(self, slot: int) -> None:
        for act in self.due.pop(slot, []):
            await act()

    async def _speak(self, wish: Wish, ctx: Context, order: int) -> None:
        r = Random(wish.words)
        lines = (await self.shop.reviews.may_review(ctx, MayReview(order_id=order))).rows
        for line in lines:
            item = self.goods.get(line.handle)
            if item is None or r.random() > SPEAKS or _fate(item) < SILENT or self.count[item.handle] >= MOST:
                continue
            stars = _stars(item, r)
            text = self._words(item, stars, wish, r)
            self.count[item.handle] += 1
            what_follows = Random(r.getrandbits(32))
            review = line.review
            if "write" in line.can:
                review = await self.shop.reviews.write(ctx, WriteReview(line.line, stars, text, order_id=order))
            if review:
                self._what_follows(review, item, wish, ctx, what_follows)

    def _what_follows(self, review: Review, item: DemoProduct, wish: Wish, ctx: Context, r: Random) -> None:
        chinese = review.lang == "zh"
        now = wish.slot + 5 + int(wish.patience * 9)
        clerk = Context(Actor(2, "clerk", self.merchants[item.merchant]), budget_ms=60_000)
        if r.random() < (0.75 if review.stars < 3 else 0.16):
            said = (voices.REPLY_BAD_ZH if chinese else voices.REPLY_BAD_EN) if review.stars < 3 else (
                voices.REPLY_GOOD_ZH if chinese else voices.REPLY_GOOD_EN
            )  # fmt: skip
            reply = PutReply(review.id, r.choice(said))
            self._later(now + r.randint(0, 3), lambda: self.shop.reviews.reply(clerk, reply))
        if review.stars > 2 and r.random() < 0.07:
            after = FollowUp(review.id, r.choice(voices.AFTER_ZH if chinese else voices.AFTER_EN))
            self._later(now + r.randint(12, 40), lambda: self.shop.reviews.follow_up(ctx, after))
        if self.voters and r.random() < 0.2:
            for voter in r.choices(self.voters, k=r.choice((1, 1, 2, 3))):
                if voter.actor.id != ctx.actor.id:
                    vote = partial(self.shop.reviews.helpful, voter, MarkHelpful(review.id))
                    self._later(now + r.randint(1, 20), vote)
        if r.random() < 0.045:
            self._later(now, lambda: self._ask(review.product_id, f"year-{review.id}", clerk, r, chinese=chinese))

    async def _ask(self, product: int, key: str, clerk: Context, r: Random, *, chinese: bool) -> None:
        q_zh, a_zh, q_en, a_en = r.choice(voices.QUESTIONS)
        who = r.choice(self.voters)
        asked = await self.shop.reviews.ask(who, Ask(product, q_zh if chinese else q_en, key))
        if r.random() < 0.85:
            await self.shop.reviews.answer(clerk, PutAnswer(asked.id, a_zh if chinese else a_en))

    def _later(self, slot: int, act: Callable[[], Awaitable[object]]) -> None:
        async def done() -> None:
            try:
                await act()
            except Fault:  # said already, or too late
                return

        if slot < self.slots:
            self.due[slot].append(done)

    def _words(self, item: DemoProduct, stars: int, wish: Wish, r: Random) -> str:
        """Never the same twice on one product; some say nothing beside their stars."""
        if r.random() < 0.07:
            return ""
        chinese = wish.who.market == "CN" and r.random() > 0.04
        for _ in range(20):
            text = (_chinese if chinese else _english)(item.category, stars, r)
            if text not in self.said[item.handle]:
                self.said[item.handle].add(text)
                return text
        return ""


def _fate(item: DemoProduct) -> float:
    """0 … 1, the same for the same product: how it is spoken of."""
    return Random(f"fate:{item.handle}").random()


def _stars(item: DemoProduct, r: Random) -> int:
    moods = SOUR if _fate(item) > 0.94 else MOODS
    return r.choices([s for s, _ in moods], [w for _, w in moods])[0]


def _fitting(parts: voices.Parts, leaf: str) -> list[str]:
    """What can be said of goods of this leaf."""
    split = [part.rpartition(":") for part in parts[TOPS[leaf]]]
    return [text for codes, _, text in split if not codes or leaf in codes.split(",")]


def _parts(parts: voices.Parts, leaf: str, k: int, r: Random) -> list[str]:
    """Mostly of what was bought, one of how it came; the numbers filled in."""
    fitting = _fitting(parts, leaf)
    own = r.sample(fitting, min(k, len(fitting)))
    if k > len(own) or (k > 1 and r.random() < 0.5):
        own[-1:] = [r.choice(parts[""])]
    return [part.format(n=r.choice((2, 3, 4, 5, 6, 8, 10))) for part in own]


def _chinese(leaf: str, stars: int, r: Random) -> str:
    mark = r.choice(("，", "，", "。", "；"))
    if stars >= 4:
        good = mark.join(_parts(voices.GOOD_ZH, leaf, r.choice((1, 1, 2, 2, 3)), r))
        less = f"。{r.choice(voices.MIXED_ZH)}{_parts(voices.BAD_ZH, leaf, 1, r)[0]}" if stars == 4 and r.random() < 0.4 else ""  # fmt: skip
        return f"{r.choice(voices.OPEN_ZH)}{good}{less}。{r.choice(voices.CLOSE_GOOD_ZH)}"
    bad = mark.join(_parts(voices.BAD_ZH, leaf, r.choice((1, 2)), r))
    if stars == 3:
        return f"{_parts(voices.GOOD_ZH, leaf, 1, r)[0]}，{r.choice(voices.MIXED_ZH)}{bad}。"
    return f"{bad}。{r.choice(voices.CLOSE_BAD_ZH)}"


def _english(leaf: str, stars: int, r: Random) -> str:
    if stars >= 4:
        good = ". ".join(_parts(voices.GOOD_EN, leaf, r.choice((1, 1, 2, 2, 3)), r))
        less = f". {r.choice(voices.MIXED_EN)}{_small(_parts(voices.BAD_EN, leaf, 1, r)[0])}" if stars == 4 and r.random() < 0.4 else ""  # fmt: skip
        opener = r.choice(voices.OPEN_EN)
        return f"{opener}{_small(good) if opener.endswith(': ') else good}{less}.{r.choice(voices.CLOSE_GOOD_EN)}"
    bad = ". ".join(_parts(voices.BAD_EN, leaf, r.choice((1, 2)), r))
    if stars == 3:
        return f"{_parts(voices.GOOD_EN, leaf, 1, r)[0]}, but {_small(bad)}."
    return f"{bad}.{r.choice(voices.CLOSE_BAD_EN)}"


def _small(text: str) -> str:
    return text if text.startswith(("I ", "I'")) else text[0].lower() + text[1:]
