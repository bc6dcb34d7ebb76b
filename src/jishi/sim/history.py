"""One history of a whole shop, from a seed: its process in virtual time, and the world that outlives it."""

from __future__ import annotations

import asyncio
import gc
import logging
import sqlite3
from collections import Counter
from collections.abc import Callable, Coroutine
from contextlib import suppress
from contextvars import Context as Vars, copy_context
from random import Random
from typing import Any

from jishi.app import Outside, Parts, Shop, build
from jishi.kernel import SYSTEM, Actor, Context, Fault, Module, Unavailable, World, lease
from jishi.kernel.faces import Transport
from jishi.kernel.memory_documents import MemoryDocuments, Store
from jishi.kernel.source import NoDeadLetter
from jishi.kernel.sql import Job
from jishi.kernel.sqlite import Done, commit_group
from jishi.sandbox.carrier import Box, Faults, MemoryCarrier
from jishi.sandbox.memory import MemoryCard, Plan
from jishi.trade.ledger import Verify
from jishi.trade.payments.providers.cod import Cod

from . import actors, audit, house
from .goods import BEGUN_MS, STAFF, NoBlobs, template
from .invariants import ALWAYS, AT_REST, OFTEN
from .loop import LIFE, STEPS_MAX, SimEngine, SimLoop, Trace
from .post import Post
from .relay import Restless
from .sometimes import Sometimes

ASKS = 40  # times that a client asks before it gives up
OFTEN_STEPS = 400  # between two looks at the cheap invariants
DAYS = 45  # that a history is followed after its last actor has left
SLIP, SLIPS_MS = 0.15, (1, 40, 3_000)  # of the commits happen while the clock is set back by so much
RETRIES = 2  # of a dead letter
LEAPS, SETTLE = 1_500, 600  # to the next timer; half seconds until all is delivered
SHOP = Parts(relay=Restless)


class Sim:
    """One history; after `steps` steps of the loop nobody orders any more.

    The shop's process lives and dies in here; buyers, providers, carriers and clerks outlive it."""

    def __init__(self, seed: int, parts: Parts = SHOP, *, steps: int = STEPS_MAX, keep: bool = False) -> None:
        self.seed, self.parts, self.steps, self.chance = seed, parts, steps, Random(seed)
        self.loop = SimLoop(self.chance)
        self.trace = Trace(self.loop, keep=keep)
        database, self.goods = template()
        self.c = sqlite3.connect(":memory:", isolation_level=None, cached_statements=1024)
        self.c.deserialize(database)
        self.papers: Store = {}  # the document store's disk
        self.skew_ms = self.slip_ms = self.leapt_ms = self.life = self.orders = self.looked = 0
        self.buyers: dict[int, Context] = {}  # order → who may cancel it
        self.up, self.open, self.slips = False, True, True
        self.retried = Counter[int]()  # dead letters
        self.found: list[str] = []
        self.sometimes = Sometimes()
        self.outside: list[asyncio.Task[None]] = []
        self.inside: list[asyncio.Task[Any]] = []
        self.asked: dict[asyncio.Future[Any], None] = {}  # ordered, unlike a set
        self.loop.set_task_factory(self._task)
        self.loop.set_exception_handler(self._unseen)
        r = self.chance
        self.loop.crash = self.crash
        self.loop.crash_at = sorted(r.randint(1, 6_000) for _ in range(r.choice((0, 1, 2, 4))))
        self.lossy = r.random() < 0.4  # inventory behind a wire that loses questions and answers
        earth = World(60, self.earth_ms, Random(r.random()))
        troubled, self.dark = r.random() < 0.7, r.random() < 0.3
        plan = Plan(0.03, 0.03, 0.15, 0.15, 0.06, 0.3, (0, 2_000)) if troubled else Plan()
        self.card = MemoryCard(earth, plan, authorise_first=r.random() < 0.3)
        faults = Faults(0.2, 0.2, 0.2, 0.06, 0.03, 0.05) if troubled else Faults()
        self.carrier = MemoryCarrier(Box(self.earth_ms, Random(r.random()), faults))
        self.post = Post(self.loop, Random(r.random()), r.choice(((0, 0), (0, 0), (0, 600), (300, 30_000))))

    def earth_ms(self) -> int:
        """The true time, ms UTC: what the outside world goes by."""
        return BEGUN_MS + self.leapt_ms + int(self.loop.clock * 1000)

    def _task(self, loop: Any, coro: Any, **kw: Any) -> asyncio.Task[Any]:
        task: asyncio.Task[Any] = asyncio.Task(coro, loop=loop, **kw)
        if kw.get("context") is not None or LIFE.get():
            self.inside.append(task)
        return task

    def _unseen(self, loop: Any, context: dict[str, Any]) -> None:
        """A task that failed and told nobody is a finding; a future that nobody waits for is a crash's leftover."""
        if context["message"].startswith("Task exception"):
            self.wrong(f"unseen: {context.get('exception')!r}")

    def wrong(self, what: str) -> None:
        """A finding; the same one again is not another."""
        if what not in self.found and len(self.found) < 50:
            self.found.append(what)
            self.trace.add("WRONG", what)

    def spawn(self, coro: Coroutine[Any, Any, None]) -> None:
        """Somebody outside begins to act; the history ends when all of them have."""
        self.outside.append(self.loop.create_task(coro))

    # the shop's process -----------------------------------------------------------------------------------------------
    def boot(self) -> None:
        """A new life: its ids begin after all that were drawn, as the node's lease says; its clock may be another."""
        self.life, self.up = self.life + 1, True
        world = World(now=lambda: self.earth_ms() + self.skew_ms - self.slip_ms, chance=Random(self.chance.random()))
        self.world = world
        leased = self._of_lease(lease.take, "the shop")
        world.lease(leased.node, leased.begins, leased.ends)
        self.leased = leased.ends
        outside = Outside(NoBlobs(), [self.post], [self.card, Cod()], [self.carrier])
        engine = SimEngine(world, self.c, self.loop, self.told, self.before)
        papers = MemoryDocuments(world, self.papers)
        wire = self._wire if self.lossy else None
        self.shop: Shop = build(world, engine, outside, documents=papers, parts=self.parts, wire=wire)
        self.ready = self.within(self.shop.start())

    def before(self) -> None:
        """Before each group the clock may be set back; and the lease is renewed in time, as `Lease.keep` does."""
        self.slip_ms = self.chance.choice(SLIPS_MS) if self.slips and self.chance.random() < SLIP else 0
        self.keep_lease()

    def keep_lease(self) -> None:
        if self.world.now() > self.leased - lease.STEP_MS // 2:
            self.leased = self._of_lease(lease.renew, self.world.node, "the shop", self.world.drawn_until)
            self.world.extend(self.leased)

    def _of_lease(self, unit: Callable[..., Any], *args: Any) -> Any:
        ((_, result, error, _),) = commit_group(self.c, self.world, [Job(lease.module, SYSTEM, unit, args)])
        if error is not None:
            raise error
        return result

    def told(self, done: list[Done], fate: str) -> None:
        """Of every group of units: traced, counted, and now and then looked at."""
        self.trace.add("commit", fate, *[f"{j.unit.__name__}:{type(e).__name__ if e else 'ok'}" for j, _, e, _ in done])
        self.sometimes.heard(done, fate)
        if self.loop.steps - self.looked > OFTEN_STEPS:
            self.looked = self.loop.steps
            self.check(OFTEN)

    def within(self, coro: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """A task of the shop's present life."""
        context = copy_context()
        context.run(LIFE.set, self.life)
        return self.loop.create_task(coro, context=context)

    def crash(self) -> None:
        """The process is gone between two steps: nothing of it runs again, not even a `finally`; what was committed stays."""
        if not self.up:
            return
        self.sometimes["the process died"] += 1
        self.trace.add("crash")
        self.loop.dead_lives.add(self.life)
        asked, self.asked = self.asked, {}
        self.check(ALWAYS)
        self.up = False
        self.skew_ms += self.chance.choice((0, 0, -5_000, -600_000, 900_000))  # it may start with another clock
        wait = self.chance.choice((0, 0.01, 30, 400, 2_400))
        self.loop.call_later(wait, self.boot, context=Vars())  # outside of any life
        for future in asked:
            if not future.done():
                future.set_exception(ConnectionResetError())

    def bury(self) -> None:
        """Tasks of dead lives are kept until now: collected earlier, their `finally` would run at the collector's whim."""
        for task in self.inside:
            task._log_destroy_pending = False  # type: ignore[attr-defined]
            with suppress(RuntimeError, ValueError):  # it does not want to end, or not in this context
                task.get_coro().close()

    def _wire(self, send: Transport) -> Transport:
        async def lossy(path: str, body: bytes) -> tuple[int, bytes]:
            r = self.shop.world.random
            await asyncio.sleep(r.choice((0, 0, 0.01)))
            if r.random() < 0.05:
                raise ConnectionResetError
            answer = await send(path, body)
            if r.random() < 0.05:
                raise ConnectionResetError
            return answer

        return lossy

    async def once(self, verb: str, ctx: Context, command: Any) -> None:
        """Asks, and does not care for the answer."""
        if self.up:
            answer = self.loop.create_future()
            self.asked[answer] = None
            self.within(self._serve(verb, ctx, command, answer))
            with suppress(ConnectionError, Fault):
                await answer
            self.asked.pop(answer, None)

    async def insist(self, verb: str, ctx: Context, command: Any) -> Any:
        """Asks until there is an answer, as a client does; expected faults are answers, others are findings.

        `verb` as `orders.cancel`; `command` may be a function that makes it anew for each try."""
        for n in range(ASKS):
            wait = 0.5 * 2 ** min(n, 9)
            if not self.up:
                await asyncio.sleep(wait)
                continue
            answer = self.loop.create_future()
            self.asked[answer] = None
            self.within(self._serve(verb, ctx, command, answer))
            try:
                return await answer
            except (ConnectionError, Unavailable):
                await asyncio.sleep(wait)
            except Fault as e:
                if e.status != 503:
                    return e
                await asyncio.sleep(wait)
            except Exception as e:
                self.wrong(f"500 {verb}: {e!r}")
                return e
            finally:
                self.asked.pop(answer, None)
        self.wrong(f"no answer to {verb} after {ASKS} tries")
        return Unavailable("no answer")

    async def _serve(self, verb: str, ctx: Context, command: Any, answer: asyncio.Future[Any]) -> None:
        noun, name = verb.split(".")
        try:
            await self.ready
            result = await getattr(getattr(self.shop, noun), name)(ctx, command() if callable(command) else command)
        except Exception as e:
            if not answer.done():
                answer.set_exception(e)
        else:
            if not answer.done():
                answer.set_result(result)

    # a history --------------------------------------------------------------------------------------------------------
    def check(self, invariants: dict[str, str]) -> None:
        now = self.earth_ms() + max(self.skew_ms, 0)
        for name, sql in invariants.items():
            for outbox in [f"{m.replace('.', '_')}_outbox" for m in Module.all] if "{outbox}" in sql else [""]:
                text = sql.replace("{outbox}", outbox).replace("{now}", str(now))
                if rows := self.c.execute(text).fetchmany(3):
                    self.wrong(f"{name}: {rows}")

    async def history(self) -> None:
        r = self.chance
        for i in range(r.randint(4, 6) if self.dark else r.randint(2, 5)):
            self.spawn(actors.buyer(self, i + 1, Random(r.random())))
        if r.random() < 0.4:
            self.spawn(actors.hoarder(self, 9, Random(r.random())))
        self.around = [
            self.loop.create_task(actors.gateway(self, Random(r.random()))),
            self.loop.create_task(house.carrier(self, Random(r.random()))),
        ]
        self.spawn(house.prices(self, Random(r.random())))
        for merchant in self.goods.merchants:
            self.spawn(house.clerk(self, merchant, Random(r.random())))
        for _ in range(0 if self.dark else r.randint(0, 3)):
            await asyncio.sleep(r.choice((0.5, 100, 1_000)))
            self.skew_ms += r.choice((-600_000, -3_000, 5_000, 900_000))
        for task in self.outside:  # grows while it is walked: buyers spawn payers
            await task
        self.open = False
        for task in self.around:
            await task
        await self._close()

    async def _close(self) -> None:
        """The weather is fair, all work is done, every parcel arrives, every timer of 45 days has come."""
        self.loop.crash_at.clear()
        self.slips = False
        while not self.up:  # noqa: ASYNC110  # virtual minutes
            await asyncio.sleep(60)
        self.skew_ms = max(self.skew_ms, 0)
        self.card.plan, self.carrier.box.faults = Plan(), Faults()
        self.post.mend()
        self.lossy = False
        until = self.earth_ms() + DAYS * 86_400_000
        for _ in range(LEAPS):
            await self._settle()
            await actors.round_of_gateway(self)
            await house.round_of_clerks(self)
            await house.round_of_carrier(self)
            await self._dead_letters()
            await self._settle()
            if not self._leap(until):
                return
        self.wrong("I7: timers without end")

    async def _dead_letters(self) -> None:
        """Staff sends again what had failed too often."""
        for m in Module.all:
            sql = f"SELECT id FROM {m.replace('.', '_')}_outbox WHERE state = 2"  # a module's name
            for (id,) in self.c.execute(sql).fetchall():
                self.sometimes["a dead letter"] += 1
                self.retried[id] += 1
                for _ in range(ASKS if self.retried[id] <= RETRIES else 0):
                    with suppress(Unavailable):
                        with suppress(NoDeadLetter):  # it was, and nobody learned of it
                            await self.shop.relay.retry(id)
                        break

    async def _settle(self) -> None:
        for _ in range(SETTLE):
            if not self._due() and not self.shop.relay.tasks:
                return
            await asyncio.sleep(0.5)
        self.wrong(f"I8 never delivered: {self._due()[:3]}")

    def _due(self) -> list[Any]:
        now = self.earth_ms() + self.skew_ms
        for m in Module.all:
            sql = f"SELECT id, topic, due_at FROM {m.replace('.', '_')}_outbox WHERE state = 0 AND due_at <= ? LIMIT 3"
            if rows := self.c.execute(sql, (now,)).fetchall():
                return rows
        return []

    def _leap(self, until: int) -> bool:
        """Both clocks go on to the next thing that is to happen; False when there is none before `until`."""
        waiting = [
            at - self.skew_ms
            for m in Module.all
            for (at,) in self.c.execute(f"SELECT MIN(due_at) FROM {m.replace('.', '_')}_outbox WHERE state = 0")
            if at is not None
        ]
        waiting += [p.plan[0].at for p in self.carrier.box.parcels.values() if p.plan]
        waiting += [n.due_at for n in self.carrier.box.outgoing]
        if not waiting or min(waiting) > until:
            return False
        self.leapt_ms += max(0, min(waiting) - self.earth_ms())
        self.keep_lease()
        self.shop.relay.woken.set()
        return True

    async def _audit(self) -> None:
        for what in await audit.books(self):
            self.wrong(what)
        verdict = await self.insist("ledger.verify", STAFF, Verify())
        if getattr(verdict, "broken", 1):
            self.wrong(f"I3 the ledger's chain is broken: {verdict}")

    def run(self) -> Sim:
        asyncio.set_event_loop(self.loop)
        logger, ear = logging.getLogger("jishi"), Ear(self)
        logger.addHandler(ear)
        logger.propagate = False
        logging.disable(logging.WARNING)
        gc.disable()  # when it collects must not decide anything
        self.boot()
        try:
            try:
                self.loop.run_until_complete(self.history())
            except Exception as e:
                self.wrong(f"the history broke off: {e!r}")
            self.check(ALWAYS | AT_REST)
            self.loop.run_until_complete(self._audit())
            self.sometimes.at_rest(self.c)
            self.trace.hash.update(self.c.serialize())
        finally:
            logging.disable(logging.CRITICAL)
            self.bury()
            logging.disable(logging.NOTSET)
            logger.propagate = True
            logger.removeHandler(ear)
            asyncio.set_event_loop(None)
            self.loop.close()
            self.c.close()
            gc.enable()
        return self

    def ctx(self, id: int, role: str = "guest", market: str = "CN", currency: str = "CNY") -> Context:
        return Context(Actor(id, role), market=market, currency=currency)


class Ear(logging.Handler):
    """What the shop itself calls an error is a finding."""

    def __init__(self, sim: Sim) -> None:
        super().__init__(logging.ERROR)
        self.sim = sim

    def emit(self, record: logging.LogRecord) -> None:
        why = record.exc_info[1] if record.exc_info else ""
        self.sim.wrong(f"logged: {record.getMessage()} {why!r}")
