"""What the engines do by themselves: hand-written SQL for the least that every shop writes for an order."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import Any

from jishi.kernel.config import Dsn
from kit import MARIA, PLENTY, Row, closed_loop

RAW = (
    "CREATE TABLE raw_stock (id BIGINT PRIMARY KEY, on_hand INT NOT NULL, reserved INT NOT NULL, CHECK (reserved <= on_hand))",
    "CREATE TABLE raw_orders (id BIGINT PRIMARY KEY, buyer BIGINT NOT NULL, total BIGINT NOT NULL, placed_at BIGINT NOT NULL)",
    "CREATE TABLE raw_sold (order_id BIGINT NOT NULL, n INT NOT NULL, stock BIGINT NOT NULL, quantity INT NOT NULL, price BIGINT NOT NULL, PRIMARY KEY (order_id, n))",
    "CREATE TABLE raw_outbox (id BIGINT PRIMARY KEY, topic VARCHAR(64) NOT NULL, body BLOB NOT NULL)",
)
TAKE = "UPDATE raw_stock SET reserved = reserved + ? WHERE id = ? AND on_hand - reserved >= ?"
ORDER = "INSERT INTO raw_orders VALUES (?, ?, ?, ?)"
SOLD = "INSERT INTO raw_sold VALUES (?, ?, ?, ?, ?)"
FACT = "INSERT INTO raw_outbox VALUES (?, ?, ?)"
GROUP, RAW_STOCK = 64, 2_000


def raw_order(id: int, chance: Random, hot: int = 0) -> list[tuple[str, Row]]:
    """What every shop writes for an order at least: two guarded stock rows, the order, two lines, one event."""
    picks = sorted((hot or chance.randrange(RAW_STOCK), chance.randrange(RAW_STOCK)))
    taken = [(TAKE, (1, p, 1)) for p in picks]
    lines = [(SOLD, (id, n, p, 1, 1290)) for n, p in enumerate(picks)]
    return [*taken, (ORDER, (id, 7, 2580, id)), *lines, (FACT, (id, "placed", b"x" * 120))]


async def sqlite(where: Path, callers: int, seconds: float) -> tuple[int, float, float]:
    """Orders/s of one writer thread with group commit and nothing else: (orders, seconds, CPU seconds)."""
    import queue
    import threading

    c = sqlite3.connect(where / "raw.db", isolation_level=None, check_same_thread=False, cached_statements=64)
    for text in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", *RAW):
        c.execute(text)
    c.execute("BEGIN")
    c.executemany("INSERT INTO raw_stock VALUES (?, ?, 0)", [(i, PLENTY) for i in range(RAW_STOCK)])
    c.execute("COMMIT")
    asked: queue.SimpleQueue[Any] = queue.SimpleQueue()
    loop, ids = asyncio.get_running_loop(), iter(range(1, 1 << 40))

    def write() -> None:
        while (first := asked.get()) is not None:
            group = [first]
            while len(group) < GROUP and not asked.empty():
                group.append(asked.get())
            c.execute("BEGIN IMMEDIATE")
            for work, _ in group:
                for sql, values in work:
                    c.execute(sql, values)
            c.execute("COMMIT")
            loop.call_soon_threadsafe(lambda done: [f.set_result(None) for _, f in done], group)

    thread = threading.Thread(target=write)
    thread.start()
    chance = Random(1)

    async def act(n: int) -> float:
        future = loop.create_future()
        asked.put((raw_order(next(ids), chance), future))
        await future
        return 0.0

    cpu = time.process_time()
    done, spent, _ = await closed_loop(callers, seconds, act)
    cpu = time.process_time() - cpu
    asked.put(None)
    thread.join()
    c.close()
    return done, spent, cpu


@asynccontextmanager
async def maria(connections: int) -> AsyncIterator[list[Any]]:
    """Connections to the benchmark's database with the raw tables in it."""
    import asyncmy

    dsn = Dsn.of(MARIA)
    made = [
        await asyncmy.connect(
            host=dsn.host, port=dsn.port, user=dsn.user, password=dsn.password, db=dsn.name, autocommit=False
        )
        for _ in range(connections)
    ]
    async with made[0].cursor() as cur:
        for name in ("raw_stock", "raw_orders", "raw_sold", "raw_outbox"):
            await cur.execute(f"DROP TABLE IF EXISTS {name}")
        for text in RAW:
            await cur.execute(text)
        await cur.executemany("INSERT INTO raw_stock VALUES (%s, %s, 0)", [(i, PLENTY) for i in range(RAW_STOCK)])
        await made[0].commit()
    try:
        for c in made:
            async with c.cursor() as cur:
                await cur.execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")
            await c.commit()
        yield made
    finally:
        for c in made:
            c.close()


async def maria_orders(connections: int, seconds: float, hot: int = 0) -> tuple[int, float, float]:
    """The same order on asyncmy, one transaction each; the server shares its commits: (orders, seconds, client's CPU)."""
    async with maria(connections) as pool:
        ids, chance = iter(range(1, 1 << 40)), Random(1)

        async def act(n: int) -> float | None:
            try:
                async with pool[n].cursor() as cur:
                    for sql, values in raw_order(next(ids), chance, hot):
                        await cur.execute(sql.replace("?", "%s"), values)
                    await pool[n].commit()
            except Exception as e:
                if e.args[0] not in {1213, 1205}:  # deadlock, lock wait: a lost try
                    raise
                await pool[n].rollback()
                return None
            return 0.0

        cpu = time.process_time()
        done, spent, _ = await closed_loop(connections, seconds, act)
        return done, spent, time.process_time() - cpu
