"""What the benchmarks share: a shop filled through its faces, a server of its own, who used the processor, tables.

Figures are ratios within one run: other work on the machine slows both sides alike. CPU time before wall clock."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import psutil
import uvloop

from jishi.app import Shop
from jishi.goods.catalog import PutCategory, PutProduct, SkuDraft
from jishi.goods.inventory import PutWarehouse, Receive, StockKey, WarehousesQuery
from jishi.goods.pricing import PriceDraft, SetPrices
from jishi.goods.shipping import PutRates, RateDraft
from jishi.kernel import Actor, Context
from jishi.kernel.config import Config, Dsn, load
from jishi.kernel.place import Region
from jishi.people.merchants import MerchantsQuery, PutMerchant
from jishi.process import opened

STAFF = Context(Actor(1, "staff"), budget_ms=60_000)
MARIA = os.environ.get("JISHI_BENCH_MARIADB", "mysql://root@127.0.0.1:3306/bench")
PLENTY = 10_000_000  # pieces of each product: nothing sells out unless it is meant to
LIMITLESS = dict.fromkeys(
    ("READ", "SEARCH", "WRITE", "SESSION", "PLACE"), "10000000/minute"
)  # counted as ever, refused never
ADDRESS = {
    "name": "林晓雨",
    "phone": "13812348000",
    "country": "CN",
    "province": "上海市",
    "city": "上海市",
    "district": "浦东新区",
    "postcode": "201203",
    "street": "张江路 88 号 3 栋",
}
WORDS = "<p>手工制作，每一件都略有不同。Made by hand, each a little different from the next.</p>" * 4
BYTECODE = str(Path(tempfile.gettempdir()) / "jishi-bench-bytecode")
START_S, DRAIN_S = 30, 120
Row = Sequence[Any]


# --- the command line --------------------------------------------------------------------------------------------------


def args_of(doc: str | None, **numbers: int) -> argparse.Namespace:
    """`--engine sqlite|maria|both`, and each of `numbers` as an option with its default."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=["sqlite", "maria", "both"], default="sqlite")
    for name, default in numbers.items():
        parser.add_argument(f"--{name}", type=int, default=default, help=f"[{default}]")
    return parser.parse_args()


def engines(args: argparse.Namespace) -> list[str]:
    return ["sqlite", "maria"] if args.engine == "both" else [args.engine]


def run(work: Any) -> Any:
    return uvloop.run(work)


def show(title: str, head: Row, rows: Sequence[Row]) -> None:
    """A table in markdown, as it goes into docs/benchmarks.md."""
    print(f"\n### {title} (yardstick {yardstick():.0f} ms)\n")
    print("| " + " | ".join(str(c) for c in head) + " |")
    print("|" + " --- |" * len(head))
    for row in rows:
        print("| " + " | ".join(figure(c) for c in [*row, *[""] * (len(head) - len(row))]) + " |")
    sys.stdout.flush()


def figure(value: Any) -> str:
    if not isinstance(value, float):
        return f"{value:,}" if type(value) is int else str(value)
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def percentile(values: Sequence[float], part: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


# --- who used the processor --------------------------------------------------------------------------------------------


class Cpu:
    """Seconds of processor that these processes have used since."""

    def __init__(self, *pids: int) -> None:
        self.processes = [psutil.Process(pid) for pid in pids]
        self.began = self._now()

    def _now(self) -> list[float]:
        times = [p.cpu_times() for p in self.processes]
        return [t.user + t.system for t in times]

    def spent(self) -> list[float]:
        return [now - then for now, then in zip(self._now(), self.began, strict=True)]


def yardstick() -> float:
    """CPU ms of a fixed piece of Python, now: how fast this machine is at this moment, and how much work is beside us."""
    began, kept = time.process_time(), {}
    for i in range(300_000):
        kept[i & 1023] = (i, str(i))
    return 1e3 * (time.process_time() - began)


def mariadb_pid() -> int:
    for p in psutil.process_iter(["name"]):
        if p.info["name"] in {"mariadbd", "mysqld"}:
            return int(p.pid)
    raise SystemExit("no MariaDB runs on this machine: its processor time cannot be read")


# --- a shop ------------------------------------------------------------------------------------------------------------


@contextmanager
def folder() -> Iterator[Path]:
    path = tempfile.mkdtemp(prefix="jishi-bench-")
    try:
        yield Path(path)
    finally:
        shutil.rmtree(path, ignore_errors=True)


def environment(kind: str, where: Path, port: int = 0) -> dict[str, str]:
    env = {"JISHI_MODE": "demo", "JISHI_DATA": str(where), "JISHI_LEVEL": "warning"}
    env["JISHI_PROXIES"] = "1"  # buyers come from networks of their own: guests are limited by network
    env |= {f"JISHI_RATES__{name}": rate for name, rate in LIMITLESS.items()}
    if kind == "maria":
        env["JISHI_DATABASES__DEFAULT"] = MARIA
    if port:
        env |= {"JISHI_PORT": str(port), "JISHI_BASE_URL": f"http://127.0.0.1:{port}"}
    return env


def config_of(kind: str, where: Path, port: int = 0) -> Config:
    return load(env=environment(kind, where, port))


async def fresh(kind: str) -> None:
    """The database of the benchmark is empty; SQLite's is a new folder anyway."""
    if kind == "maria":
        import asyncmy

        dsn = Dsn.of(MARIA)
        if not dsn.name.startswith("bench"):
            raise SystemExit(f"{dsn.name}: a benchmark empties its database, whose name must begin with bench")
        c = await asyncmy.connect(
            host=dsn.host, port=dsn.port, user=dsn.user, password=dsn.password, autocommit=True, charset="utf8mb4"
        )
        async with c.cursor() as cur:
            await cur.execute("SET sql_notes = 0")
            await cur.execute(f"DROP DATABASE IF EXISTS `{dsn.name}`")
            await cur.execute(f"CREATE DATABASE `{dsn.name}` COLLATE utf8mb4_bin")
        c.close()


class Goods(msgspec.Struct):
    """What was put on the shelves: (listing, stock item, stock) of each product, by merchant."""

    merchants: list[list[tuple[int, int, int]]]
    handles: list[str]

    def pick(self, chance: Random) -> list[int]:
        """Two listings of two merchants."""
        return [chance.choice(own)[0] for own in self.merchants[:2]]


async def fill(shop: Shop, products: int, stock: int = PLENTY) -> Goods:
    """Two merchants with a warehouse each share the products; each product has one offer, a price and stock."""
    goods = Goods([], [])
    await shop.catalog.put_category(STAFF, PutCategory("things", {"en": "Things", "zh-CN": "物"}, icon="gift"))
    for m, province in enumerate(("浙江省", "广东省")):
        names = {"en": f"Merchant {m}", "zh-CN": f"商家 {m}"}
        merchant = await shop.merchants.put(STAFF, PutMerchant(f"merchant-{m}", names, "CN", "CNY"))
        rates = [
            RateDraft("standard", "CNY", "CN", first_minor=800, more_minor=200, free_from_minor=99_900),
            RateDraft("express", "CNY", "CN", first_minor=1_800, more_minor=400, days_min=1, days_max=1),
        ]
        await shop.shipping.put_rates(STAFF, PutRates(merchant.id, rates))
        place = await shop.inventory.put_warehouse(STAFF, PutWarehouse(f"W{m}", names, Region("CN", province)))
        own: list[tuple[int, int, int]] = []
        for begin in range(m, products, 2 * 128):
            some = range(begin, min(begin + 2 * 128, products), 2)
            own += await asyncio.gather(*[_put(shop, goods, n, merchant.id, place.id, stock) for n in some])
            drafts = [PriceDraft(own[-len(some) + i][0], "CN", "CNY", 990 + n) for i, n in enumerate(some)]
            await shop.pricing.set_prices(STAFF, SetPrices(merchant.id, drafts))
        goods.merchants.append(own)
    await shop.relay.drain()
    return goods


async def _put(shop: Shop, goods: Goods, n: int, merchant: int, warehouse: int, stock: int) -> tuple[int, int, int]:
    handle = f"thing-{n}"
    goods.handles.append(handle)
    text = {"en": f"Thing number {n} of the bench", "zh-CN": f"第 {n} 号物件"}
    sku = SkuDraft(f"T-{n}", weight_g=200 + n % 700)
    draft = PutProduct(merchant, handle, text, text, {"en": WORDS, "zh-CN": WORDS}, "things", skus=[sku])
    made = (await shop.catalog.put(STAFF, draft)).skus[0]
    item = made.components[0].stock_item_id
    level = await shop.inventory.receive(STAFF, Receive(n + 1, StockKey(item, warehouse, merchant), stock))
    return made.listing_id, item, level.stock_id


async def fill_one(shop: Shop) -> int:
    """The stock id of a product that nobody has touched yet, with plenty of it."""
    (merchant,) = (await shop.merchants.merchants(STAFF, MerchantsQuery(limit=1))).rows
    place = (await shop.inventory.warehouses(STAFF, WarehousesQuery())).rows[0]
    return (await _put(shop, Goods([], []), 99_999, merchant.id, place.id, PLENTY))[2]


# --- a server ----------------------------------------------------------------------------------------------------------


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


class Server:
    def __init__(self, process: subprocess.Popen[bytes], port: int, began: float) -> None:
        self.process, self.pid, self.port, self.began = process, process.pid, port, began

    @property
    def memory_mib(self) -> float:
        return psutil.Process(self.pid).memory_info().rss / 2**20


@asynccontextmanager
async def served(kind: str, where: Path, *, path: str = "/readyz", relay: bool = True) -> AsyncIterator[Server]:
    """The true `python -m jishi serve` on this folder, ready; its log goes to a file, as it would."""
    port = free_port()
    env = {k: v for k, v in os.environ.items() if not k.startswith("JISHI_")} | environment(kind, where, port)
    env |= {"JISHI_LEVEL": "info", "JISHI_LOG": "json", "PYTHONPYCACHEPREFIX": BYTECODE}
    env.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed shop has its bytecode
    command = [sys.executable, "-m", "jishi", "serve", "--worker" if relay else "--no-worker"]
    with (where / "server.log").open("wb") as log:
        began = time.perf_counter()
        process = subprocess.Popen(command, env=env, stdout=log, stderr=log, cwd=where)  # noqa: ASYNC220  # nothing else runs yet
        server = Server(process, port, began)
        try:
            await _until_ready(server, path, where)
            yield server
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


async def _until_ready(server: Server, path: str, where: Path) -> None:
    while time.perf_counter() < server.began + START_S:
        if server.process.poll() is not None:
            raise SystemExit((where / "server.log").read_text()[-2000:])
        with suppress(OSError, asyncio.IncompleteReadError):
            async with connected(server.port) as http:
                if (await http.ask("GET", path))[0] == 200:
                    return
        await asyncio.sleep(0.01)
    raise SystemExit(f"no answer in {START_S} s\n" + (where / "server.log").read_text()[-2000:])


class Http:
    """One kept connection; little enough that the client does not slow the server beside it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.headers: dict[str, str] = {}

    async def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, bytes]:
        data = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        fields = {"host": "127.0.0.1", "content-length": str(len(data)), **self.headers}
        if body is not None:
            fields.setdefault("content-type", "application/json")
        fields |= {k.replace("_", "-"): v for k, v in headers.items()}
        lines = [f"{method} {path} HTTP/1.1", *[f"{k}: {v}" for k, v in fields.items()], "", ""]
        self.writer.write("\r\n".join(lines).encode() + data)
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        told = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in head[1:] if line)}
        self.told = told
        answer = await self.reader.readexactly(int(told["content-length"])) if "content-length" in told else b""
        if told.get("transfer-encoding") == "chunked":
            while size := int(await self.reader.readline(), 16):
                answer += (await self.reader.readexactly(size + 2))[:-2]
            await self.reader.readline()
        return int(head[0].split()[1]), answer

    async def json(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """The decoded answer; anything but 2xx ends the benchmark."""
        status, answer = await self.ask(method, path, body, **headers)
        if not 200 <= status < 300:
            raise SystemExit(f"{method} {path}: {status} {answer.decode()[:500]}")
        return msgspec.json.decode(answer) if answer else None


def network(n: int) -> dict[str, str]:
    """Headers of a buyer from the n-th network."""
    return {"x-forwarded-for": f"10.{n >> 8 & 255}.{n & 255}.7"}


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[Http]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield Http(reader, writer)
    finally:
        writer.close()


async def prepared(kind: str, where: Path, products: int, stock: int = PLENTY) -> Goods:
    """A shop in this folder (or in the benchmark's MariaDB) that a server can be started on."""
    await fresh(kind)
    async with opened(config_of(kind, where)) as running:
        return await fill(running.shop, products, stock)


async def drained(kind: str, where: Path) -> None:
    """Every event that is due now has been dealt with, as the database says."""
    until = time.perf_counter() + DRAIN_S
    quiet = 0
    while quiet < 2 and time.perf_counter() < until:
        await asyncio.sleep(0.2)
        quiet = 0 if await waiting(kind, where) else quiet + 1
    if quiet < 2:
        print(f"(events were still waiting after {DRAIN_S} s)", file=sys.stderr)


async def waiting(kind: str, where: Path) -> int:
    """Events that are due now and not yet dealt with."""
    now = time.time_ns() // 1_000_000
    if kind == "sqlite":
        c = sqlite3.connect(f"file:{where}/shop.db?mode=ro", uri=True)
        try:
            names = [
                r[0] for r in c.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE '%outbox'")
            ]
            return sum(
                c.execute(f"SELECT COUNT(*) FROM {n} WHERE state = 0 AND due_at <= {now}").fetchone()[0] for n in names
            )
        finally:
            c.close()
    import asyncmy

    dsn = Dsn.of(MARIA)
    m = await asyncmy.connect(host=dsn.host, port=dsn.port, user=dsn.user, password=dsn.password, db=dsn.name)
    try:
        async with m.cursor() as cur:
            await cur.execute("SHOW TABLES LIKE '%outbox'")
            names = [r[0] for r in await cur.fetchall()]
            await cur.execute(
                " UNION ALL ".join(f"SELECT COUNT(*) FROM {n} WHERE state = 0 AND due_at <= {now}" for n in names)
            )
            return int(sum(r[0] for r in await cur.fetchall()))
    finally:
        m.close()


# --- load --------------------------------------------------------------------------------------------------------------


async def closed_loop(
    callers: int, seconds: float, act: Callable[[int], Awaitable[float | None]]
) -> tuple[int, float, list[float]]:
    """`callers` act again and again; answers (acts that counted, seconds, their durations). An act that answers None
    did not count; one that answers a number took that many seconds."""
    late: list[float] = []
    began = time.perf_counter()
    until = began + seconds

    async def one(n: int) -> None:
        while time.perf_counter() < until:
            if (took := await act(n)) is not None:
                late.append(took)

    await asyncio.gather(*[one(n) for n in range(callers)])
    return len(late), time.perf_counter() - began, late
