"""One running process: engines opened, shop built, pages served, and in the demo the outside world beside it."""

from __future__ import annotations

import asyncio
import gc
import hashlib
import logging
import os
import socket
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING, Any, Literal

from litestar import Litestar

from jishi.app import Outside, Shop, build
from jishi.goods.search.service import SearchService
from jishi.kernel import SYSTEM, Database, Engine, Face, Fault, Lease, Module, World, endpoint
from jishi.kernel.blobs import FolderBlobs
from jishi.kernel.config import Config, Dsn
from jishi.kernel.migrations import Outdated, behind, create_or_check, upgrade
from jishi.kernel.sqlite import SqliteEngine
from jishi.kernel.sqlite_documents import SqliteDocuments
from jishi.people.notices import Courier
from jishi.sandbox import pages
from jishi.sandbox.carrier.app import carrier_app
from jishi.sandbox.carrier.box import Box
from jishi.sandbox.mailbox import MailboxCourier, MailboxService
from jishi.sandbox.stripe import Gateway, GatewaySettings
from jishi.sandbox.stripe.app import application as gateway_app
from jishi.trade.fulfilment.carriers import carriers
from jishi.trade.fulfilment.service import POLL_MS
from jishi.trade.payments.providers import build as providers, kinds

if TYPE_CHECKING:  # the demo's own rooms cost a server's start nothing
    from jishi.sandbox.demo.past import Neighbours

log = logging.getLogger("jishi.process")
KEYS, TRACES, MAILBOX, LEASES = "people.keys", "insight.keys", "sandbox.mailbox", "kernel"
STRIPE, CARRIER = "/sandbox/stripe", "/sandbox/carrier"
INDEX = "search"  # folder of the search indexes: one a server, named by its port
Part = Literal["server", "worker", "tool"]
PACE = 2_000.0  # how much faster the demo's carrier drives: a day's way in under a minute
DEMO_POLL_MS = 60_000  # the box may have been away with its notes
STOP_S = 10
ANSWER_S = 1  # of a database that is asked whether it is there


class NoDatabase(Fault, code="process.no_database", status=503):
    """`why` in the driver's own words."""

    name: str
    why: str


class PortTaken(Fault, code="process.port_taken", status=409):
    address: str


@dataclass
class Running:
    """`engines` by module, `default` for those that are not named; `sandbox` maps a mount path to the ASGI application of
    a part of the outside world."""

    config: Config
    shop: Shop
    engines: Mapping[str, Engine]
    lease: Lease
    sandbox: Mapping[str, Any]

    async def lacks(self) -> list[str]:
        """What keeps this process from serving: databases that do not answer or are older than the code, the
        lost lease, an index that is being opened."""
        found = await asyncio.gather(*[_lacks(name, engine) for name, engine in sorted(self.engines.items())])
        search = self.shop.search
        opening = isinstance(search, SearchService) and search.keeper.running and search.keeper.volume is None
        own = ("lease of the node" if self.lease.lost else "", "index of the search" if opening else "")
        return [what for what in (*found, *own) if what]


async def _lacks(name: str, engine: Engine) -> str:
    try:
        async with asyncio.timeout(ANSWER_S):
            return f"migrations of {', '.join(late)}" if (late := await behind(engine)) else ""
    except Exception as e:  # whatever it is, the reason is for the log and the name for whoever asks
        log.warning("a database does not answer", extra={"database": name, "why": type(e).__name__})
        return f"database {name}"


@asynccontextmanager
async def opened(
    config: Config,
    *,
    relay: bool = True,
    part: Part = "server",
    world: World | None = None,
    outside: Outside | None = None,
) -> AsyncIterator[Running]:
    """The shop of this configuration, its databases made or checked; events flow if `relay`. A tool works beside a server
    that may be running, and has no outside world of its own. Who hands in a `world` has the shop alone, answers
    for its ids (no node is leased), and could make it anew: the disk is not waited for. Raises `NoDatabase`, `Outdated`."""
    config.folder.mkdir(parents=True, exist_ok=True)
    alone, world = world is not None, world or World(node=config.node)
    async with AsyncExitStack() as stack:
        by_module = await _engines(config, world, stack, durable=not alone)
        main = by_module["default"]
        for engine in by_module.values():
            await create_or_check(engine)
        lease = Lease(Database(by_module.get(LEASES, main), Module.all[LEASES]), world, _holder(config, part))
        if not alone:
            await lease.take()
            stack.push_async_callback(lease.give_back)
            keeper = asyncio.create_task(lease.keep())
            stack.push_async_callback(_end, keeper)
        sandbox: dict[str, Any] = {}
        outside = outside or await _outside(config, world, by_module, sandbox if part != "tool" else None, stack)
        index = config.folder / INDEX / str(config.port) if part == "server" else None
        outside = replace(outside, index=index, markets=config.markets)
        elsewhere = {name: engine for name, engine in by_module.items() if engine is not main}
        if KEYS in elsewhere:
            elsewhere |= {m.name: elsewhere[KEYS] for m in _secret(config)}
        file = SqliteEngine(world, str(config.documents_db), modules=[], durable=not alone)
        await file.open()
        stack.push_async_callback(file.close)
        shop = build(world, main, outside, documents=SqliteDocuments(file), elsewhere=elsewhere)
        await shop.declare()
        if not config.production:
            shop.mailbox = MailboxService(Database(by_module.get(MAILBOX, main), Module.all[MAILBOX]), shop.grants)
        for engine in shop.engines:
            engine.on_commit = shop.relay.wake
        shop.documents.on_commit = shop.relay.wake
        if relay:
            await shop.start()
            stack.push_async_callback(shop.stop)
        if part == "server" and isinstance(shop.search, SearchService):
            stack.push_async_callback(_end, asyncio.create_task(shop.search.keep()))
        yield Running(config, shop, by_module, lease, sandbox)


@asynccontextmanager
async def opened_then(config: Config, world: World, neighbours: Neighbours) -> AsyncIterator[Running]:
    """The shop at another time, alone, with these neighbours in place of the configuration's: for a demo's past."""
    outside = Outside(
        FolderBlobs(config.blobs),
        neighbours.couriers,
        neighbours.providers,
        neighbours.carriers,
        config.secrets.bytes_of("master"),
        rpc_key=config.secrets.bytes_of("rpc"),
        base_url=config.base_url,
        poll_ms=neighbours.poll_ms,
        nights=False,
    )
    async with opened(config, relay=False, part="tool", world=world, outside=outside) as running:
        yield running


async def _engines(config: Config, world: World, stack: AsyncExitStack, *, durable: bool = True) -> dict[str, Engine]:
    """Module → engine, `default` for all that are not named; each has its tables."""
    made: dict[str, Engine] = {}
    default = config.dsn("default")
    if default is None:
        made["default"] = SqliteEngine(world, str(config.shop_db), modules=_rest(config), durable=durable)
        if secret := _secret(config):
            keys = str(config.keys_db)
            made[KEYS] = SqliteEngine(world, keys, modules=secret, durable=durable, secure_delete=True)
    else:
        made["default"] = _maria(config, world, default, _rest(config))
    for name in config.databases:
        dsn = config.dsn(name)
        if name != "default" and name in Module.all and dsn:
            made[name] = _maria(config, world, dsn, [Module.all[name]])
    for name, engine in made.items():
        stack.push_async_callback(engine.close)
        try:
            await engine.open()
        except Exception as e:  # each driver has its own
            raise NoDatabase(name, " ".join(str(a) for a in e.args) or type(e).__name__) from e
    return made


def _holder(config: Config, part: Part) -> str:
    """A server has its port alone: by it the same one gets its node again, in no order of restarts. Of workers and tools
    there may be many at once."""
    if part != "server":
        return f"{part}:{os.urandom(12).hex()}"
    place = hashlib.blake2b(f"{socket.gethostname()}:{config.folder.resolve()}:{config.port}".encode(), digest_size=12)
    return place.hexdigest()


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def migrated(config: Config) -> dict[str, str]:
    """Every database is at the tables of this version; answers, for each, the revisions that were run."""
    config.folder.mkdir(parents=True, exist_ok=True)
    async with AsyncExitStack() as stack:
        engines = await _engines(config, World(node=config.node), stack)
        return {name: ", ".join(await upgrade(engine)) for name, engine in engines.items()}


async def examined(config: Config) -> AsyncIterator[tuple[str, str]]:
    """(what was looked at, what is wrong with it or ""), one by one."""
    from jishi.trade.ledger import Verify
    from jishi.web.assets import Assets

    yield f"configuration ({config.mode})", ""
    async with AsyncExitStack() as stack:
        engines = await _engines(config, World(node=config.node), stack)
        for name, engine in engines.items():
            try:
                made = await create_or_check(engine)
                yield f"database {name} ({engine.dialect}){': made now' if made else ''}", ""
            except Outdated as e:
                yield f"database {name}", f"{e}; run `jishi migrate`"
                return
            if engine.dialect == "sqlite":
                wrong = [r[0] for r in await engine.ask("PRAGMA quick_check(5)") if r[0] != "ok"]
                yield f"file {name}", "; ".join(wrong)
    async with opened(config, relay=False, part="tool") as running:
        dead = await running.shop.relay.dead(20)
        yield "events", f"{len(dead)} dead letters: {', '.join(sorted({d.topic for d in dead}))}" if dead else ""
        verdict = await running.shop.ledger.verify(SYSTEM, Verify())
        yield f"ledger ({verdict.sealed} sealed)", f"the chain breaks at {verdict.broken}" if verdict.broken else ""
    lacks = [name for name in ("vendor/htmx.min.js", "vendor/icons.svg") if not Assets().url(name)]
    yield "browser files", f"missing {', '.join(lacks)}; run `make assets` (pages work without them)" if lacks else ""


def _secret(config: Config) -> list[Module]:
    """The modules whose rows must be gone for good when they are deleted: they share the file that overwrites."""
    return [] if config.dsn(KEYS) else [Module.all[name] for name in (KEYS, TRACES) if not config.dsn(name)]


def _rest(config: Config) -> list[Module]:
    """The modules that live in the default database."""
    apart = set(config.databases) | {m.name for m in _secret(config)}
    return [m for name, m in Module.all.items() if name not in apart]


def _maria(config: Config, world: World, dsn: Dsn, modules: list[Module]) -> Engine:
    from jishi.kernel.maria import MariaEngine

    return MariaEngine(
        world, config.pool, modules=modules, host=dsn.host, port=dsn.port, user=dsn.user, password=dsn.password,
        db=dsn.name,
    )  # fmt: skip


async def _outside(
    config: Config, world: World, engines: Mapping[str, Engine], sandbox: dict[str, Any] | None, stack: AsyncExitStack
) -> Outside:
    """What the configuration names; in demo and dev what is not named is played by the sandbox, if there is to be one."""
    told = dict(config.providers)
    smtp = told.pop("smtp", None)
    payment = {k: told.pop(k) for k in list(told) if k in kinds()}
    carrying = told  # what is left are carriers; one that nobody provides is told by its name
    couriers: list[Courier] = []
    if smtp:
        from jishi.people.notices.smtp import SmtpCourier

        couriers.append(SmtpCourier(**smtp))
    if not config.production and sandbox is not None:
        base, here = config.base_url.rstrip("/"), f"http://127.0.0.1:{config.port}"
        if not couriers:
            mailbox = Database(engines.get(MAILBOX, engines["default"]), Module.all[MAILBOX])
            couriers += [MailboxCourier(mailbox), MailboxCourier(mailbox, "sms")]
        if "stripe" not in payment:
            gateway = Gateway(
                world,
                GatewaySettings(
                    f"{base}{STRIPE}", webhook_url=f"{here}/hooks/stripe", path=str(config.folder / "gateway.db")
                ),
            )
            sandbox[STRIPE] = gateway_app(await stack.enter_async_context(gateway))
            payment["stripe"] = {
                "secret_key": gateway.secret_key,
                "webhook_secrets": gateway.webhook_secrets,
                "api_base": f"{here}{STRIPE}",
            }
        if not carrying:
            key, secret = config.secrets.bytes_of("web").hex(), config.secrets.bytes_of("rpc").hex()
            box = Box(world.now, Random(world.random.getrandbits(64)), pace=PACE)
            sandbox[CARRIER] = carrier_app(
                box, key=key, secret=secret, notify_url=f"{here}/hooks/jishi_express",
                file=config.folder / "carrier.json",
            )  # fmt: skip
            carrying["jishi_express"] = {"url": f"{here}{CARRIER}", "key": key, "secret": secret}
    payment.setdefault("cod", {})
    return Outside(
        FolderBlobs(config.blobs),
        couriers,
        providers(payment),
        carriers(carrying),
        config.secrets.bytes_of("master"),
        rpc_key=config.secrets.bytes_of("rpc"),
        base_url=config.base_url,
        poll_ms=DEMO_POLL_MS if sandbox and CARRIER in sandbox else POLL_MS,
    )


def application(running: Running) -> Any:
    """The ASGI application of the process: the shop, and the sandbox's parts under their paths."""
    from jishi.web.app import create

    shop = running.shop
    faces: dict[type[Face], Any] = {
        kind: service for service in shop.services for kind in type(service).__mro__ if _is_face(kind)
    }
    config = running.config
    seal = endpoint(faces, config.secrets.bytes_of("rpc"))
    web = create(shop, config, ready=running.lacks, serve=seal, more=() if config.production else pages.handlers)
    mounts = running.sandbox

    async def front(scope: Any, receive: Any, send: Any) -> None:
        for path, app in mounts.items():
            if scope["type"] == "http" and scope["path"].startswith(path + "/"):
                inner = {**scope, "path": scope["path"][len(path) :], "root_path": path}
                inner["raw_path"] = inner["path"].encode()
                await app(inner, receive, send)
                return
        await web(scope, receive, send)

    front.parts = [web, *(app for app in mounts.values() if isinstance(app, Litestar))]  # type: ignore[attr-defined]
    return front


def _is_face(kind: type) -> bool:
    return issubclass(kind, Face) and "name" in kind.__dict__ and bool(getattr(kind, "__abstractmethods__", ()))


def settle_heap() -> None:
    """What the start has made is for good: the collector passes it by, and looks at the rest less often. Requests make
    few cycles; before, it was a tenth of an order's processor time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def port_free(config: Config) -> None:
    """Raises `PortTaken`: two servers on one port would answer in turn."""
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    try:
        socket.create_server((config.host, config.port), family=family).close()
    except OSError as e:
        raise PortTaken(f"{config.host}:{config.port}") from e


async def serve(
    config: Config,
    *,
    relay: bool = True,
    told: asyncio.Event | None = None,
    beside: Callable[[Shop], Coroutine[Any, Any, None]] | None = None,
) -> None:
    """Answers on host:port until SIGTERM or SIGINT; requests at work are finished, then all is closed. `beside` is done
    meanwhile, and cut at the end."""
    import signal

    from granian.constants import Interfaces
    from granian.server.embed import Server

    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with AsyncExitStack() as stack:
        running = await stack.enter_async_context(opened(config, relay=relay))
        app = application(running)
        for part in app.parts:
            await stack.enter_async_context(part.lifespan())
        settle_heap()
        server = Server(app, config.host, config.port, interface=Interfaces.ASGINL, log_enabled=False)
        task = asyncio.create_task(server.serve())
        log.info("serving", extra={"address": config.base_url, "mode": config.mode})
        if told:
            told.set()
        if beside:
            stack.push_async_callback(_end, asyncio.create_task(beside(running.shop)))
        ended = asyncio.create_task(stop.wait())
        await asyncio.wait({task, ended}, return_when=asyncio.FIRST_COMPLETED)
        server.stop()  # type: ignore[no-untyped-call]  # the library's
        await asyncio.wait_for(task, STOP_S)
        ended.cancel()
