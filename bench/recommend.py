"""What recommendations cost, and what they are worth on visitors with a taste.

    jishi bench recommend      or: python bench/recommend.py --items 10000 --visitors 10000

First the learning alone: generated visitors, each with two of a hundred kinds of goods that it keeps to most of the time. Then
a feed at the face, of a shop with so many products, own history and all questions included."""

from __future__ import annotations

import time
from random import Random

import kit
from jishi.insight.behaviour import Seen
from jishi.insight.recommend import BesideQuery, FeedQuery, Train
from jishi.insight.recommend.commands import count
from jishi.insight.recommend.judging import judge
from jishi.insight.recommend.learning import fit
from jishi.insight.recommend.model import Learnt
from jishi.kernel import SYSTEM, Actor, Context, Money
from jishi.people.privacy import PURPOSES, Choose
from jishi.process import opened
from jishi.trade.orders import Placed

TASTE, KINDS, LOOKS, ASKED = 0.8, 100, 14, 300
Histories = tuple[list[dict[int, float]], list[list[int]]]


def visitors(items: int, n: int, r: Random) -> Histories:
    """Histories, and what was bought, in order."""
    several = max(2, min(KINDS, items // 20))
    kinds = [list(range(k + 1, items + 1, several)) for k in range(several)]
    weights = [1 / (i + 4) ** 0.85 for i in range(len(kinds[0]))]
    histories, bought = [], []
    for _ in range(n):
        own = r.sample(kinds, 2)
        rows = [r.choice(own if r.random() < TASTE else kinds) for _ in range(LOOKS)]
        seen = list(dict.fromkeys(r.choices(row, weights[: len(row)])[0] for row in rows))
        took = seen[LOOKS * 2 // 3 :]
        histories.append({p: 1.0 if p in took else 0.4 for p in seen})
        bought.append(took)
    return histories, bought


def learning(items: int, n: int) -> list[list[object]]:
    histories, bought = visitors(items, n, Random(1))
    began = time.perf_counter()
    raw, dense = fit(histories, {}, {})
    took, learnt = time.perf_counter() - began, Learnt(1, raw)
    late = []
    for h in histories[:ASKED]:
        at = time.perf_counter()
        learnt.liked.best(h)
        late.append(1e3 * (time.perf_counter() - at))
    began = time.perf_counter()
    quality = judge(histories, bought, 7)
    judged = time.perf_counter() - began
    assert quality
    return [
        ["visitors, goods, of these dense", f"{n:,}, {items:,}, {dense:,}"],
        ["learnt in, s", took],
        ["judged in, s (learns once more)", judged],
        ["size of the model, kB", len(raw) // 1000],
        ["scores of one visitor p50, ms", kit.percentile(late, 0.5)],
        ["scores of one visitor p99, ms", kit.percentile(late, 0.99)],
        ["hit rate of ten", quality.hit],
        ["95 % from", quality.low],
        ["95 % to", quality.high],
        ["popularity alone", quality.popular_hit],
    ]


async def feeds(kind: str, products: int) -> list[list[object]]:
    """p50 and p99 of each kind of row at the face."""
    with kit.folder() as where:
        goods = await kit.prepared(kind, where, products)
        async with opened(kit.config_of(kind, where), relay=False, part="tool") as running:
            shop, r = running.shop, Random(2)
            listings = [row[0] for own in goods.merchants for row in own]
            found = (await shop.catalog.listings(kit.STAFF, _of(listings[:256]))).rows
            ids = {x.id: x.product_id for x in found}
            people = [Context(Actor(50_000_000_000 + n, "buyer")) for n in range(60)]
            for n, ctx in enumerate(people):
                await shop.privacy.choose(ctx, Choose(dict.fromkeys(PURPOSES, True), "page"))
                begin = n % 5 * 8  # five circles of friends, who buy the same
                some = (list(ids)[begin : begin + 12] or list(ids))[:12]
                some = r.sample(some, min(len(some), 8))
                for listing in some:
                    await shop.behaviour.note(ctx, Seen("view", ids[listing]))
                event = Placed(n + 1, ctx.actor.id, Money(1, "CNY"), "card", [(x, 1) for x in some[:3]])
                await shop.recommend.db.write(SYSTEM, count, event)
            await shop.behaviour.flush()
            await shop.recommend.train(SYSTEM, Train())
            rows: list[list[object]] = []
            some_ids = list(ids.values())[:40]
            for what in ("own feed", "similar", "together", "popular"):
                late = []
                for n in range(ASKED):
                    ctx, product = people[n % len(people)], some_ids[n % len(some_ids)]
                    at = time.perf_counter()
                    if what == "own feed":
                        await shop.recommend.feed(ctx, FeedQuery("home"))
                    else:
                        await getattr(shop.recommend, what)(ctx, BesideQuery([product], 6))
                    late.append(1e3 * (time.perf_counter() - at))
                rows.append([what, kit.percentile(late, 0.5), kit.percentile(late, 0.99)])
            return rows


def _of(ids: list[int]) -> object:
    from jishi.goods.catalog import ListingsQuery

    return ListingsQuery(ids=ids)


async def main() -> None:
    args = kit.args_of(__doc__, items=10_000, visitors=10_000, products=1_000)
    kit.show("recommend, learning", ["what", ""], learning(args.items, args.visitors))
    for kind in kit.engines(args):
        rows = await feeds(kind, args.products)
        kit.show(f"recommend, {kind}, {args.products} products", ["row", "p50 ms", "p99 ms"], rows)


if __name__ == "__main__":
    kit.run(main())
