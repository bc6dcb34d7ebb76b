"""A shop of any size for measurements: the demo's goods over and over in other editions, without pictures."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from msgspec.structs import replace

from jishi.web.faces import Shop

from .fill import House, Told, put, settle
from .goods import DemoProduct, both
from .shelves import SHELVES

AT_ONCE = 16
EDITIONS = (
    ("春", "Spring"), ("夏", "Summer"), ("秋", "Autumn"), ("冬", "Winter"), ("山", "Mountain"), ("海", "Sea"), ("林", "Forest"),
    ("云", "Cloud"), ("月", "Moon"), ("石", "Stone"), ("竹", "Bamboo"), ("松", "Pine"), ("雪", "Snow"), ("晨", "Morning"),
)  # fmt: skip


def goods(count: int) -> Iterator[DemoProduct]:
    """So many, no two of one name, the same at every run; of each at most its first option."""
    for n in range(count):
        item, (turn, edition) = SHELVES[n % len(SHELVES)], divmod(n // len(SHELVES), len(EDITIONS))
        zh, en = EDITIONS[edition]
        names = both(f"{item.names['zh-CN']} · {zh}系列 {turn + 1}", f"{item.names['en']}, {en} edition {turn + 1}")
        price = item.price + 100 * ((n * 7919) % 41)
        yield replace(item, handle=f"{item.handle}-{n}", names=names, price=price, was=0, stock=10_000, options=item.options[:1])  # fmt: skip


async def fill_bulk(shop: Shop, count: int, told: Told = lambda done, of: None) -> tuple[House, list[DemoProduct]]:
    """A shop of `count` products; several are put at once so that they share commits. Safe to repeat."""
    house, done = await settle(shop), 0
    made = list(goods(count))
    for start in range(0, count, AT_ONCE):
        part = made[start : start + AT_ONCE]
        await asyncio.gather(*[put(shop, item, *house.of(item.merchant)) for item in part])
        done += len(part)
        told(done, count)
    return house, made
