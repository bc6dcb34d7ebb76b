"""A face here and a face far away: the caller cannot tell."""

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from jishi.kernel import (
    Ask,
    Context,
    Database,
    Engine,
    Face,
    Fault,
    Forbidden,
    Service,
    Tx,
    Unavailable,
    World,
    asked_once,
    batched,
    client,
    each,
    endpoint,
    reads,
    wire,
    writes,
)
from jishi.kernel.deadline import rest_ms, within
from jishi.kernel.faces import Transport
from jishi.kernel.http import connect as http
from jishi.kernel.sqlite import connect, create_all
from tests.kit import STAFF, buyer, engine_on

from . import probe
from .probe import Empty, Found, Look, Purse, Purses, Take, everything, open_purse
from .serve_probe import GRANTS, KEY, PursesService

ROOT = str(Path(__file__).parent.parent.parent)


@pytest.fixture
async def purses(engine: Engine) -> PursesService:
    db = Database(engine, probe.module)
    await db.write(None, lambda tx: [open_purse(tx, n, 5) for n in (1, 2)])
    return PursesService(db, GRANTS)


def far(send: Transport, key: bytes = KEY) -> Purses:
    return client(Purses, send, key)  # type: ignore[type-abstract]


async def test_a_role_without_the_permission_changes_nothing(purses: PursesService) -> None:
    with pytest.raises(Forbidden) as refused:
        await purses.take(STAFF, Take(1, 1))
    assert refused.value.needs == "probe:take"
    assert await purses.db.read(None, everything) == [(1, 5), (2, 5)]


async def test_the_caller_cannot_tell_a_remote_face_and_a_lost_answer_is_asked_for_again(
    purses: PursesService,
) -> None:
    answer, lost, asked = endpoint({Purses: purses}, KEY), [2], list[str]()

    async def lossy(path: str, body: bytes) -> tuple[int, bytes]:
        asked.append(path)
        got = await answer(path, body)
        if lost[0]:
            lost[0] -= 1
            raise ConnectionResetError
        return got

    there = far(lossy)
    assert await there.look(buyer(), Look([1])) == Found([Purse(1, 5)])
    assert asked == ["/rpc/probe/look"] * 3
    assert await there.take(buyer(), Take(1, 2)) == Purse(1, 3)
    with pytest.raises(Empty) as caught:
        await there.take(buyer(), Take(2, 9))
    assert (caught.value.purse_id, caught.value.wanted, caught.value.status) == (2, 9, 409)
    with pytest.raises(Forbidden):
        await there.take(STAFF, Take(1, 1))
    assert await purses.db.read(None, everything) == [(1, 3), (2, 5)]


async def test_a_forged_or_foreign_call_does_nothing(purses: PursesService) -> None:
    answer, kept = endpoint({Purses: purses}, KEY), list[bytes]()

    async def keep(path: str, body: bytes) -> tuple[int, bytes]:
        kept.append(body)
        return await answer(path, body)

    with pytest.raises(Forbidden, match="seal"):
        await far(answer, b"other key").take(buyer(), Take(1, 1))
    await far(keep).look(buyer(), Look([1]))
    call = msgspec.msgpack.decode(kept[0], type=wire.Call)
    other = msgspec.msgpack.encode(wire.Call(call.ctx, call.seal, msgspec.Raw(msgspec.msgpack.encode(Take(1, 1)))))
    as_staff = msgspec.msgpack.encode(wire.Call(msgspec.msgpack.encode(STAFF), call.seal, call.command))
    assert (await answer("/rpc/probe/look", other))[0] == 401
    assert (await answer("/rpc/probe/look", as_staff))[0] == 401
    assert (await answer("/rpc/probe/take", kept[0]))[0] == 401  # a seal is for one path
    assert await answer("/rpc/probe/nothing", kept[0]) == (404, b"")
    assert await answer("/rpc/probe/take", b"\xff\x00") == (400, b"")
    assert await answer("/rpc/probe/take", b"x" * (wire.MAX_BODY + 1)) == (413, b"")
    with pytest.raises(ValueError, match="too many"):
        await far(answer).look(buyer(), Look([1 << 60] * 200_000))
    assert await purses.db.read(None, everything) == [(1, 5), (2, 5)]


async def test_a_mistake_of_the_service_tells_no_more_than_that(purses: PursesService) -> None:
    class Broken(PursesService):
        async def look(self, ctx: Context, query: Look, /) -> Found:  # type: ignore[override]
            raise KeyError("secret")

    answer = endpoint({Purses: Broken(purses.db, GRANTS)}, KEY)
    with pytest.raises(Unavailable, match="500") as caught:
        await far(answer).look(buyer(), Look([1]))
    assert "secret" not in str(caught.value)


async def test_the_budget_shrinks_on_the_way_down() -> None:
    budgets = list[int]()

    async def slow(path: str, body: bytes) -> tuple[int, bytes]:
        ctx = msgspec.msgpack.decode(msgspec.msgpack.decode(body, type=wire.Call).ctx, type=Context)
        budgets.append(ctx.budget_ms)
        await asyncio.sleep(0.05)
        if len(budgets) == 2:
            await asyncio.sleep(600)
        return 200, msgspec.msgpack.encode(Found([]))

    there, ctx = far(slow), msgspec.structs.replace(buyer(), budget_ms=400)

    async def twice() -> None:
        async with within(200):
            await there.look(ctx, Look([1]))
            await there.look(ctx, Look([1]))

    with pytest.raises((TimeoutError, Unavailable)):
        await twice()
    assert 100 <= budgets[1] <= budgets[0] - 45 <= 155
    assert rest_ms(300) == 300
    with pytest.raises(Unavailable, match="deadline"):
        await there.slow(msgspec.structs.replace(ctx, budget_ms=0), Look([]))
    assert len(budgets) == 2


async def test_a_dead_peer_is_not_asked_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "OPEN_S", 0.05)
    asked, up = list[str](), [False]

    async def dead(path: str, body: bytes) -> tuple[int, bytes]:
        asked.append(path)
        if not up[0]:
            raise ConnectionRefusedError
        return 200, msgspec.msgpack.encode(Found([]))

    there = far(dead)
    for _ in range(5):
        with pytest.raises(Unavailable):
            await there.look(buyer(), Look([]))
    assert len(asked) == wire.BREAK_AFTER
    await asyncio.sleep(0.06)
    with pytest.raises(Unavailable):  # one call tries, once
        await there.look(buyer(), Look([]))
    assert len(asked) == wire.BREAK_AFTER + 1
    up[0] = True
    await asyncio.sleep(0.06)
    for _ in range(3):
        assert await there.look(buyer(), Look([])) == Found([])
    assert len(asked) == wire.BREAK_AFTER + 4


async def test_a_verb_that_is_not_safe_to_repeat_is_asked_once() -> None:
    class Bell(Face):
        name = "bell"

        @asked_once
        async def ring(self, ctx: Context, command: Take, /) -> Purse: ...  # type: ignore[empty-body]

    Bell.__abstractmethods__ = frozenset({"ring"})
    asked = list[str]()

    async def lost(path: str, body: bytes) -> tuple[int, bytes]:
        asked.append(path)
        raise ConnectionResetError

    with pytest.raises(Unavailable):
        await client(Bell, lost, KEY).ring(buyer(), Take(1, 1))
    assert asked == ["/rpc/bell/ring"]


@asynccontextmanager
async def second_process(path: Path, port: int = 0) -> AsyncIterator[tuple[asyncio.subprocess.Process, int]]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.kernel.serve_probe", str(path), str(port), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout
    try:
        async with asyncio.timeout(30):
            yield process, int(await process.stdout.readline())
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_a_face_in_a_second_process_survives_lost_answers_and_its_own_death(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slow: it starts an interpreter twice."""
    monkeypatch.setattr(wire, "OPEN_S", 0.05)
    c = connect(str(tmp_path / "probe.db"))
    create_all(c, [probe.module])
    c.execute("INSERT INTO probe_purses VALUES (1, 500, 'p')")
    async with second_process(tmp_path / "probe.db") as (process, port):
        send, lost = http("127.0.0.1", port), [2]

        async def lossy(path: str, body: bytes) -> tuple[int, bytes]:
            got = await send(path, body)
            if lost[0]:
                lost[0] -= 1
                raise ConnectionResetError
            return got

        there = far(lossy)
        assert await there.look(buyer(), Look([1])) == Found([Purse(1, 500)])
        taken = await asyncio.gather(*[there.take(buyer(), Take(1, 1)) for _ in range(100)])
        assert sorted(p.coins for p in taken) == list(range(400, 500))
        with pytest.raises(Empty) as caught:
            await there.take(buyer(), Take(1, 401))
        assert caught.value.wanted == 401
        with pytest.raises(Unavailable, match="deadline"):
            await there.slow(msgspec.structs.replace(buyer(), budget_ms=100), Look([]))
        process.kill()
        await process.wait()
        with pytest.raises(Unavailable):
            await there.take(buyer(), Take(1, 1))
    async with second_process(tmp_path / "probe.db", port):
        await asyncio.sleep(0.06)
        assert await there.look(buyer(), Look([1])) == Found([Purse(1, 400)])
    send.drop()
    await asyncio.sleep(0)
    c.close()


# --- batches ----------------------------------------------------------------------------------------------------------


class Batched(Service):
    take = batched(probe.take_many, needs="probe:take")
    one = batched(each(probe.take), needs="probe:take")
    write = writes(probe.take, needs="probe:take")
    list = reads(probe.look, needs="probe:look", heavy=True)


async def test_a_batch_with_one_broken_ask_serves_the_others(purses: PursesService) -> None:
    service, before = Batched(purses.db, GRANTS), purses.db.engine.units
    wants = [1, 9, 1, None, 1]
    for verb in (service.take, service.one):
        answers = await asyncio.gather(*[verb(buyer(), Take(1, n)) for n in wants], return_exceptions=True)  # type: ignore[arg-type]
        assert [isinstance(a, Exception) for a in answers] == [False, True, False, True, False]
        assert isinstance(answers[1], Empty)
        await purses.db.write(None, lambda tx: tx.run(probe.ADD, purse=1, n=3))
    assert await purses.db.read(None, everything) == [(1, 5), (2, 5)]
    assert purses.db.engine.units - before <= 6
    assert len(await purses.db.read(None, lambda tx: tx.rows(tx.module.outbox.due, now=0))) == 6


async def test_each_ask_of_a_plain_unit_has_its_own_actor(purses: PursesService) -> None:
    actors = list[int]()

    def who(tx: Tx, cmd: Take) -> Purse:
        actors.append(tx.actor.id)
        return Purse(cmd.purse_id, tx.actor.id)

    class Who(Service):
        verb = batched(each(who), needs="probe:take")

    service = Who(purses.db, GRANTS)
    answers = await asyncio.gather(*[service.verb(buyer(n), Take(n, 0)) for n in range(20)])
    assert [p.coins for p in answers] == list(range(20)) == actors


async def test_a_batch_unit_has_no_single_actor(purses: PursesService) -> None:
    def who(tx: Tx, asks: Sequence[Ask]) -> list[Purse | Fault]:
        return [Purse(1, tx.actor.id) for _ in asks]

    class Who(Service):
        verb = batched(who, needs="probe:take")

    with pytest.raises(RuntimeError, match="many callers"):
        await Who(purses.db, GRANTS).verb(buyer(), Take(1, 1))


async def test_a_batch_that_answers_too_few_fails_and_the_next_is_served(purses: PursesService) -> None:
    def short(tx: Tx, asks: Sequence[Ask]) -> list[Any]:
        return [] if any(a.command.coins == 0 for a in asks) else [Purse(1, 1) for _ in asks]

    class Short(Service):
        verb = batched(short, needs="probe:take")

    service = Short(purses.db, GRANTS)
    answers = await asyncio.gather(*[service.verb(buyer(), Take(1, n)) for n in range(3)], return_exceptions=True)
    assert [isinstance(a, Exception) for a in answers] == [True, False, False]
    assert await service.verb(buyer(), Take(1, 1)) == Purse(1, 1)


async def test_a_batch_whose_commit_failed_tells_each_caller_and_is_not_run_again(tmp_path: Path, world: World) -> None:
    async with engine_on("sqlite", tmp_path, world, [probe.module]) as engine:
        runs = list[int]()

        def fail(tx: Tx, asks: Sequence[Ask]) -> list[Any]:
            runs.append(len(asks))
            raise Unavailable("commit")

        class Fails(Service):
            verb = batched(fail, needs="probe:take")

        service = Fails(Database(engine, probe.module), GRANTS)
        answers = await asyncio.gather(*[service.verb(buyer(), Take(1, 1)) for _ in range(4)], return_exceptions=True)
        assert [type(a) for a in answers] == [Unavailable] * 4
        assert len({id(a) for a in answers}) == 4
        assert runs == [4]


async def test_a_list_is_read_beside_the_loop(purses: PursesService) -> None:
    service = Batched(purses.db, GRANTS)
    assert await service.list(buyer(), Look([1, 2])) == Found([Purse(1, 5), Purse(2, 5)])
    assert await service.write(buyer(), Take(1, 5)) == Purse(1, 0)
