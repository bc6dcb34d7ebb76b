"""The cache forgets by age and by number, and makes a thing once."""

import asyncio

import pytest

from jishi.kernel.cache import MemoryCache
from tests.kit import Clock


async def test_a_value_ages_by_the_worlds_clock(clock: Clock) -> None:
    cache = MemoryCache(clock)
    await cache.set("k", 1, ttl_ms=1000)
    clock.pass_time(ms=999)
    assert await cache.get("k") == 1
    clock.pass_time(ms=1)
    assert await cache.get("k") is None
    assert not cache.entries


async def test_the_least_lately_used_goes_first(clock: Clock) -> None:
    cache = MemoryCache(clock, most=2)
    for key in ("a", "b"):
        await cache.set(key, key, 1000)
    await cache.get("a")
    await cache.set("c", "c", 1000)
    assert [await cache.get(k) for k in ("a", "b", "c")] == ["a", None, "c"]


async def test_however_many_ask_it_is_made_once(clock: Clock) -> None:
    cache, made, gate = MemoryCache(clock), 0, asyncio.Event()

    async def make() -> int:
        nonlocal made
        made += 1
        await gate.wait()
        return 42

    asks = [asyncio.create_task(cache.fetch("k", 1000, make)) for _ in range(50)]
    await asyncio.sleep(0)
    asks[0].cancel()  # who leaves does not take it from the others
    gate.set()
    got = await asyncio.gather(*asks, return_exceptions=True)
    assert made == 1
    assert got[1:] == [42] * 49
    assert isinstance(got[0], asyncio.CancelledError)
    assert not cache.making


async def test_a_maker_that_fails_tells_all_who_wait_and_nothing_is_kept(clock: Clock) -> None:
    cache = MemoryCache(clock)

    async def fail() -> int:
        raise LookupError("no")

    got = await asyncio.gather(*[cache.fetch("k", 1000, fail) for _ in range(3)], return_exceptions=True)
    assert [type(e) for e in got] == [LookupError] * 3
    assert not cache.making
    with pytest.raises(LookupError):
        await cache.fetch("k", 1000, fail)


async def test_what_was_dropped_while_it_was_made_is_not_kept(clock: Clock) -> None:
    cache, gate = MemoryCache(clock), asyncio.Event()

    async def old() -> str:
        await gate.wait()
        return "old"

    async def new() -> str:
        return "new"

    ask = asyncio.create_task(cache.fetch("k", 1000, old))
    await asyncio.sleep(0)
    await cache.drop("k")
    assert await cache.fetch("k", 1000, new) == "new"
    gate.set()
    assert await ask == "old"
    assert await cache.get("k") == "new"
