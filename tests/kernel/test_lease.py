"""No id is given twice: over restarts, with clocks that step back, with processes that were stopped and woke."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest

from jishi.kernel import EPOCH_MS, Database, Engine, Unavailable, World, lease as leases
from jishi.kernel.ids import made_at
from jishi.kernel.lease import LEASE_MS, NODES, STEP_MS, Lease
from tests.kit import Clock, engine_on


@pytest.fixture(params=["sqlite", pytest.param("maria", marks=pytest.mark.engines)])
async def engine(request: pytest.FixtureRequest, tmp_path: Path, world: World) -> AsyncIterator[Engine]:
    async with engine_on(request.param, tmp_path, world, [leases.module]) as engine:
        yield engine


class Process:
    """A process with a clock of its own."""

    def __init__(self, engine: Engine, clock: Clock, holder: str) -> None:
        self.world = World(now=lambda: clock.ms + self.skew_ms, chance=Random(1))
        self.skew_ms = 0
        self.lease = Lease(Database(engine, leases.module), self.world, holder)


def node_of(id: int) -> int:
    return id >> 16 & 63


async def test_a_restart_begins_after_the_last_id_though_the_clock_stepped_back(engine: Engine, clock: Clock) -> None:
    first = Process(engine, clock, "shop")
    await first.lease.take()
    drawn = [first.world.new_id() for _ in range(5000)]
    assert drawn == sorted(set(drawn))
    clock.pass_time(hours=-1)
    again = Process(engine, clock, "shop")
    await again.lease.take()
    assert node_of(again.world.new_id()) == node_of(drawn[0])
    assert again.world.new_id() > drawn[-1]
    assert made_at(again.world.new_id()) == EPOCH_MS + 10**10 + STEP_MS


async def test_a_process_that_ended_well_leaves_no_gap(engine: Engine, clock: Clock) -> None:
    first = Process(engine, clock, "a")
    await first.lease.take()
    last = first.world.new_id()
    await first.lease.give_back()
    with pytest.raises(Unavailable):
        first.world.new_id()
    second = Process(engine, clock, "b")
    await second.lease.take()
    assert node_of(second.world.new_id()) == node_of(last)
    assert 0 < made_at(second.world.new_id()) - made_at(last) <= 1


async def test_processes_have_different_nodes_and_there_are_sixty_four(engine: Engine, clock: Clock) -> None:
    processes = [Process(engine, clock, f"p{n}") for n in range(NODES)]
    await asyncio.gather(*[p.lease.take() for p in processes])
    assert sorted(p.world.node for p in processes) == list(range(NODES))
    late = Process(engine, clock, "late")
    with pytest.raises(Unavailable):
        await late.lease.take()
    clock.pass_time(ms=LEASE_MS)
    await late.lease.take()
    assert [p.world.node for p in processes].count(late.world.node) == 1


async def test_ids_outlast_a_clock_that_leaps_and_end_with_the_lease(engine: Engine, clock: Clock) -> None:
    one = Process(engine, clock, "one")
    await one.lease.take()
    begun = one.world.new_id()
    clock.pass_time(hours=2)
    leapt = [one.world.new_id() for _ in range(3)]
    assert [made_at(id) for id in leapt] == [made_at(begun)] * 3
    await one.lease.renew()
    assert made_at(one.world.new_id()) == clock.ms
    one.world.extend(clock.ms)
    with pytest.raises(Unavailable):
        one.world.new_id()


async def test_a_process_that_slept_has_lost_its_node(engine: Engine, clock: Clock) -> None:
    sleeper, other = Process(engine, clock, "sleeper"), Process(engine, clock, "other")
    await sleeper.lease.take()
    asleep = sleeper.world.new_id()
    clock.pass_time(ms=LEASE_MS)
    await other.lease.take()
    assert other.world.node == sleeper.world.node
    assert made_at(other.world.new_id()) >= made_at(asleep) + STEP_MS
    assert made_at(sleeper.world.new_id()) < made_at(other.world.new_id())  # it still has what it leased
    await sleeper.lease.renew()
    assert sleeper.lease.lost
    assert not other.lease.lost
    with pytest.raises(Unavailable):
        sleeper.world.new_id()


@pytest.mark.parametrize("seed", range(8))
async def test_no_id_is_ever_given_twice(tmp_path: Path, world: World, clock: Clock, seed: int) -> None:
    r, drawn = Random(seed), list[int]()
    async with engine_on("sqlite", tmp_path, world, [leases.module]) as engine:
        alive: list[Process] = []
        for step in range(150):
            what = r.randrange(8)
            clock.pass_time(ms=r.choice((0, 1, 1000, 61_000, -1000, -120_000)))
            if what == 0 or not alive:
                process = Process(engine, clock, r.choice(("a", "b", f"p{step}")))
                process.skew_ms = r.choice((0, 0, -500_000, 500_000))
                alive = [p for p in alive if p.lease.holder != process.lease.holder]  # died, or its name would be free
                try:
                    await process.lease.take()
                except Unavailable:
                    continue
                alive.append(process)
            process = r.choice(alive)
            if what == 1:
                alive.remove(process)
            elif what == 2:
                await process.lease.renew()
            elif what == 3:
                await process.lease.give_back()
                alive.remove(process)
            else:
                with suppress(Unavailable):  # the lease is lost, or used up while the clock is ahead of it
                    for _ in range(r.choice((1, 3, 5000))):
                        drawn.append(process.world.new_id())
    assert len(drawn) > 1000
    assert len(set(drawn)) == len(drawn)


def test_without_a_lease_ids_rise_though_the_clock_steps_back(clock: Clock) -> None:
    world = World(now=clock)
    first = [world.new_id() for _ in range(5000)]
    clock.pass_time(seconds=-5)
    later, again = world.new_id(), World(now=clock)
    again.start_after(world.drawn_until)
    ids = [*first, later, again.new_id()]
    assert ids == sorted(set(ids))
