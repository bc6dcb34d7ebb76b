"""Events arrive: once in effect, later when they must, never in the way of others."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from jishi.kernel import Context, Database, Engine, Event, Handler, Relay, Tx, Unavailable, World, relay as relay_module
from jishi.kernel.source import TRIES, NoDeadLetter, OutboxSource
from tests.kit import Clock, engine_on

from . import probe
from .probe import ADD, NOTE, Rung, Take, Taken, everything, noted, open_purse


class Noticed(Event, tag="probe.taken"):
    """The neighbour's own shape of the same event."""

    purse_id: int
    coins: int


class Town:
    """Two modules: purses, and a neighbour that notes what was taken."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self.engine, self.clock, self.world = engine, clock, engine.world
        self.db, self.other = Database(engine, probe.module), Database(engine, probe.other)
        self.told, self.fails, self.broken = list[int](), set[int](), set[int]()
        self.heard = asyncio.Event()

    def note(self, tx: Tx, event: Noticed) -> None:
        tx.run(NOTE, id=event.purse_id, coins=event.coins)
        if event.purse_id in self.broken:
            raise ValueError("broken")

    async def tell(self, ctx: Context, event: Taken) -> None:
        self.told.append(event.purse_id)
        self.heard.set()
        if event.purse_id in self.fails:
            raise Unavailable("away")

    def relay(self, *more: Handler) -> Relay:
        handlers = [
            Handler(self.other, Noticed, unit=self.note),
            Handler(self.db, Taken, story=self.tell),
            *more,
        ]
        relay = Relay(self.world, [self.db, self.other], handlers)
        self.engine.on_commit = relay.wake
        return relay

    async def take(self, *purses: int) -> None:
        for id in purses:
            await self.db.write(None, open_purse, id, 5)
            await self.db.write(None, probe.take, Take(id, 1))

    async def outbox(self) -> list[tuple[int, int, str | None]]:
        """(state, tries, fault) of each row."""
        table = probe.module.meta.tables["probe_outbox"]
        text = f"SELECT state, tries, fault FROM {table.name} ORDER BY id"
        return [tuple(row) for row in await self.engine.ask(text)]


@pytest.fixture
def town(engine: Engine, clock: Clock) -> Town:
    return Town(engine, clock)


async def test_every_handler_hears_of_an_event_and_a_second_delivery_does_nothing(town: Town) -> None:
    await town.take(1, 2)
    relay = town.relay()
    await relay.drain()
    assert town.told == [1, 2]
    assert await town.other.read(None, noted) == [(1, 1), (2, 1)]
    assert await town.outbox() == [(1, 0, None)] * 2
    await town.engine.script(["UPDATE probe_outbox SET state = 0"])  # as a relay that died before it settled
    await town.relay().drain()
    assert town.told == [1, 2]
    assert await town.other.read(None, noted) == [(1, 1), (2, 1)]


async def test_a_failing_handler_comes_again_alone_and_its_neighbours_are_not_told_twice(town: Town) -> None:
    town.broken = {2}
    await town.take(1, 2, 3)
    relay = town.relay()
    await relay.drain()
    assert town.told == [1, 2, 3]
    assert await town.other.read(None, noted) == [(1, 1), (3, 1)]
    assert await town.outbox() == [(1, 0, None), (0, 1, "ValueError('broken')"), (1, 0, None)]
    await relay.drain()
    assert (await town.outbox())[1] == (0, 1, "ValueError('broken')")
    town.broken.clear()
    town.clock.pass_time(ms=250)
    await relay.drain()
    assert town.told == [1, 2, 3]
    assert await town.other.read(None, noted) == [(1, 1), (2, 1), (3, 1)]
    assert (await town.outbox())[1][:2] == (1, 1)


async def test_a_failing_story_does_not_keep_the_unit_from_its_event(town: Town) -> None:
    town.fails = {1}
    await town.take(1)
    relay = town.relay()
    for wait_ms in (0, 250, 500, 1000):
        town.clock.pass_time(ms=wait_ms)
        await relay.drain()
    assert town.told == [1, 1, 1, 1]
    assert await town.other.read(None, noted) == [(1, 1)]
    assert await town.outbox() == [(0, 4, "Unavailable('kernel.unavailable')")]


async def test_what_fails_too_often_is_a_dead_letter_that_can_be_sent_again(town: Town) -> None:
    town.fails = {1}
    await town.take(1, 2)
    relay = town.relay()
    for _ in range(TRIES):
        await relay.drain()
        town.clock.pass_time(minutes=30)
    (letter,) = await relay.dead()
    assert (letter.of, letter.topic, letter.tries) == ("probe", "probe.taken", TRIES)
    assert letter.died_at == town.clock() - 30 * 60_000
    town.clock.pass_time(days=3)
    await relay.drain()
    assert town.told.count(1) == TRIES
    town.fails.clear()
    await relay.retry(letter.id)
    await relay.drain()
    assert town.told.count(1) == TRIES + 1
    assert await relay.dead() == []
    for unknown in (letter.id, 5):
        with pytest.raises(NoDeadLetter):
            await relay.retry(unknown)


async def test_a_dead_letter_that_the_inboxes_have_forgotten_is_not_sent_again(town: Town) -> None:
    town.fails = {1}
    await town.take(1)
    relay = town.relay()
    for _ in range(TRIES):
        await relay.drain()
        town.clock.pass_time(minutes=30)
    (letter,) = await relay.dead()
    town.clock.pass_time(days=29)
    with pytest.raises(NoDeadLetter):
        await relay.retry(letter.id)
    assert await relay.dead() == [letter]


async def test_a_timer_rings_at_its_time_even_if_the_clock_then_steps_back(town: Town) -> None:
    rung = list[int]()

    def ring(tx: Tx, event: Rung) -> None:
        rung.append(tx.now)

    due = town.clock() + 60_000
    await town.db.write(None, lambda tx: tx.emit(Rung(1), due_at=due))
    relay = town.relay(Handler(town.db, Rung, unit=ring))
    town.clock.pass_time(ms=59_999)
    await relay.drain()
    assert rung == []
    town.clock.pass_time(ms=1)
    await relay.drain()
    assert rung == [due]


async def test_a_handler_of_an_unreadable_event_fails_and_others_hear_it(town: Town) -> None:
    class Wrong(Event, tag="probe.taken"):
        purse_id: str

    def misread(tx: Tx, event: Wrong) -> None:
        raise AssertionError

    await town.take(1)
    await town.relay(Handler(town.other, Wrong, unit=misread)).drain()
    assert town.told == [1]
    assert await town.other.read(None, noted) == [(1, 1)]
    ((state, tries, fault),) = await town.outbox()
    assert (state, tries) == (0, 1)
    assert str(fault).startswith("ValidationError")


async def test_a_listener_hears_after_delivery_and_again_with_it(town: Town) -> None:
    heard = list[tuple[int, list[int]]]()
    relay = town.relay()
    relay.listen(Noticed, lambda e: heard.append((e.purse_id, list(town.told))))
    town.fails = {2}
    await town.take(1, 2)
    await relay.drain()
    assert heard == [(1, [1, 2]), (2, [1, 2])]
    town.clock.pass_time(ms=250)
    await relay.drain()
    assert heard[2:] == [(2, [1, 2, 2])]


async def test_a_listener_that_raises_harms_nobody(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    class Wrong(Event, tag="probe.taken"):
        purse_id: str

    heard, relay = list[int](), town.relay()
    relay.listen(Taken, lambda e: heard.append(1 // 0))
    relay.listen(Wrong, lambda e: heard.append(-1))
    relay.listen(Taken, lambda e: heard.append(e.purse_id))
    await town.take(1)
    await relay.drain()
    assert heard == [1]
    assert await town.other.read(None, noted) == [(1, 1)]
    assert await town.outbox() == [(1, 0, None)]
    assert [r.message for r in caplog.records] == ["a listener failed"] * 2


async def test_several_relays_on_one_outbox_do_no_harm(town: Town) -> None:
    await town.take(*range(1, 31))
    await asyncio.gather(*[town.relay().drain() for _ in range(4)])
    assert await town.other.read(None, noted) == [(n, 1) for n in range(1, 31)]
    assert set(town.told) == set(range(1, 31))
    assert await town.outbox() == [(1, 0, None)] * 30


async def test_a_hundred_events_share_a_unit(town: Town) -> None:
    await town.db.write(None, lambda tx: [tx.emit(Taken(n, 1)) for n in range(100)])
    relay = Relay(town.world, [town.db, town.other], [Handler(town.other, Noticed, unit=town.note)])
    before = town.engine.units
    await relay.drain()
    assert len(await town.other.read(None, noted)) == 100
    assert town.engine.units - before == 2  # deliver, settle


async def test_few_events_are_delivered_and_settled_in_one_commit(town: Town) -> None:
    town.broken = {2}
    chained = list[int]()

    def chain(tx: Tx, event: Taken) -> None:
        tx.emit(Rung(event.purse_id))

    def ring(tx: Tx, event: Rung) -> None:
        chained.append(event.purse_id)

    handlers = [
        Handler(town.other, Noticed, unit=town.note),
        Handler(town.db, Taken, unit=chain),
        Handler(town.db, Rung, unit=ring),
    ]
    relay = Relay(town.world, [town.db, town.other], handlers)
    await town.take(1, 2, 3)
    before = town.engine.units
    await relay.sweep(relay.sources[0])
    assert town.engine.units - before == 1
    assert await town.other.read(None, noted) == [(1, 1), (3, 1)]
    assert [state for state, *_ in await town.outbox()] == [1, 0, 1, 0, 0, 0]
    await relay.drain()
    assert chained == [1, 2, 3]
    assert relay.next["probe"] == town.clock() + 250


async def test_the_running_relay_is_woken_by_a_commit_and_asks_nothing_when_nothing_is_due(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = list[str]()
    real = OutboxSource.due

    async def due(self: OutboxSource) -> Any:
        asked.append(self.name)
        return await real(self)

    monkeypatch.setattr(OutboxSource, "due", due)
    relay = town.relay()
    running = asyncio.create_task(relay.run())
    try:
        await town.take(1)
        async with asyncio.timeout(5):
            await town.heard.wait()
            await relay.drain()
        asked.clear()
        for _ in range(5):
            relay.woken.set()
            await asyncio.sleep(0.002)
        assert asked == []
        await town.db.write(None, lambda tx: tx.emit(Rung(1), due_at=tx.now + 20_000))
        await asyncio.sleep(0.01)
        assert asked == []  # a timer's time is known without a look
        assert relay.next["probe"] == town.clock() + 20_000
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_a_slow_story_holds_up_only_its_own_event(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay_module, "PATIENCE_S", 0.01)
    gate = asyncio.Event()

    async def wait(ctx: Context, event: Taken) -> None:
        if event.purse_id == 1:
            await gate.wait()

    await town.take(1)
    relay = town.relay(Handler(town.db, Taken, story=wait))
    await relay.sweep(relay.sources[0])
    await town.take(2)
    await relay.sweep(relay.sources[0])
    assert [state for state, *_ in await town.outbox()] == [0, 1]
    assert await town.other.read(None, noted) == [(1, 1), (2, 1)]
    gate.set()
    await relay.drain()
    assert [state for state, *_ in await town.outbox()] == [1, 1]
    assert town.told == [1, 2]


async def test_old_rows_are_cleaned_and_young_ones_stay(town: Town) -> None:
    await town.take(*range(300))
    relay = town.relay()
    await relay.drain()
    town.clock.pass_time(days=6)
    await town.take(1000)
    await relay.drain()
    await relay.clean()
    assert len(await town.outbox()) == 301
    town.clock.pass_time(days=1, ms=1)
    await relay.clean()
    assert len(await town.outbox()) == 1
    assert await town.engine.ask("SELECT COUNT(*) FROM neighbour_inbox") == [(301,)]
    town.clock.pass_time(days=23)
    await relay.clean()
    assert await town.engine.ask("SELECT COUNT(*) FROM neighbour_inbox") == [(1,)]
    assert await town.engine.ask("SELECT COUNT(*) FROM probe_inbox") == [(1,)]


async def test_a_database_that_is_away_costs_no_try(tmp_path: Path, world: World, clock: Clock) -> None:
    (tmp_path / "far").mkdir()
    async with (
        engine_on("sqlite", tmp_path, world, [probe.module]) as near,
        engine_on("sqlite", tmp_path / "far", world, [probe.other]) as far,
    ):
        town = Town(near, clock)
        town.other = Database(far, probe.other)
        await town.take(1)
        relay, heard = town.relay(), list[int]()
        relay.listen(Taken, lambda e: heard.append(e.purse_id))
        await far.close()
        with pytest.raises(Unavailable):
            await relay.sweep(relay.sources[0])
        assert town.told == heard == [1]
        assert await town.outbox() == [(0, 0, None)]
        await far.open()
        await relay.drain()
        assert town.told == [1]
        assert heard == [1, 1]
        assert await town.outbox() == [(1, 0, None)]
        assert await town.other.read(None, noted) == [(1, 1)]


def test_two_handlers_of_one_name_are_refused(world: World) -> None:
    db: Any = Database(None, probe.module)  # type: ignore[arg-type]

    def same(tx: Tx, event: Taken) -> None: ...

    handlers: Sequence[Handler] = [Handler(db, Taken, unit=same), Handler(db, Taken, unit=same)]
    with pytest.raises(ValueError, match="same"):
        Relay(world, [db], handlers)


async def test_an_event_without_a_purse_is_still_an_event(town: Town) -> None:
    """What nobody subscribes to is settled like all else."""
    await town.db.write(None, lambda tx: tx.emit(Rung(1)))
    await town.relay().drain()
    assert await town.outbox() == [(1, 0, None)]
    assert await town.db.read(None, everything) == []
    assert await town.db.write(None, lambda tx: tx.run(ADD, purse=1, n=1)) == 0
