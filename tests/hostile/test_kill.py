"""The running server is killed with -9 twenty times while people order: nobody's order is lost, doubled or half."""

import asyncio
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from jishi.kernel.config import Config
from jishi.process import opened
from jishi.sim.invariants import ALWAYS
from jishi.web.rates import RATES

from .kit import ADDRESS, OWNER, fill

KILLS, PEOPLE, READY_S, GIVE_UP_S = 20, 6, 3.0, 30.0
LOST = (httpx.TransportError,)


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def worked_s(pid: int) -> float:
    """Seconds of the processor that the process has had."""
    user, system = Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


@dataclass
class Server:
    """`python -m jishi serve` on a small shop's files."""

    data: Path
    port: int
    process: subprocess.Popen[bytes] | None = None
    starts_s: list[float] = field(default_factory=list)  # until it was ready, by the clock on the wall
    worked_s: list[float] = field(default_factory=list)  # and of the processor's time
    up: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Ready to serve; how long that took is kept."""
        env = os.environ | {"JISHI_DATA": str(self.data), "JISHI_PORT": str(self.port), "JISHI_BASE_URL": self.address}
        env |= {f"JISHI_RATES__{name.upper()}": "1000000/second" for name in RATES} | {
            "JISHI_LEVEL": "warning",
            "JISHI_PROXIES": "1",
        }
        began = time.monotonic()
        with (self.data / "server.log").open("ab") as log:
            self.process = subprocess.Popen(  # noqa: ASYNC220
                [sys.executable, "-m", "jishi", "serve"], env=env, stdout=log, stderr=log
            )
        async with httpx.AsyncClient(base_url=self.address, timeout=1) as http:
            while time.monotonic() - began < GIVE_UP_S:
                try:
                    if (await http.get("/readyz")).status_code == 200:
                        self.starts_s.append(time.monotonic() - began)
                        self.worked_s.append(worked_s(self.process.pid))
                        self.up.set()
                        return
                except LOST:
                    await asyncio.sleep(0.05)
                assert self.process.poll() is None, (self.data / "server.log").read_text()[-3_000:]
        raise AssertionError("the server did not start")

    def end(self, with_signal: int) -> None:
        assert self.process is not None
        self.up.clear()
        self.process.send_signal(with_signal)
        self.process.wait(20)


@dataclass
class Buyers:
    """Programs that order and never give up: what was not answered is asked again with the same key."""

    server: Server
    listing: dict[str, str]
    open: bool = True
    placed: dict[str, str] = field(default_factory=dict)  # key → number, as acknowledged
    paid: set[str] = field(default_factory=set)
    answers: Counter[str] = field(default_factory=Counter)

    async def ask(self, http: httpx.AsyncClient, method: str, path: str, **named: Any) -> httpx.Response:
        for _ in range(2_000):
            try:
                got = await http.request(method, path, **named)
            except LOST:
                self.answers["nothing"] += 1
                await self.server.up.wait()
                await asyncio.sleep(0.01)
                continue
            if got.status_code < 500:
                return got
            self.answers[str(got.status_code)] += 1
            await asyncio.sleep(0.03)
        raise AssertionError(f"{path} is never answered")

    async def live(self, n: int) -> None:
        r, turn = Random(n), 0
        while self.open:
            turn += 1
            home = {"x-forwarded-for": f"10.{n}.{turn % 250}.7"}  # a network lets 120 guests in a minute
            async with httpx.AsyncClient(base_url=self.server.address, timeout=10, headers=home) as http:
                await self.buy(http, r, f"key-{n}-{turn}")

    async def buy(self, http: httpx.AsyncClient, r: Random, key: str) -> None:
        """A guest's order: quote, place, and perhaps pay."""
        lines = [
            {"listing": self.listing[c], "quantity": r.randint(1, 3)}
            for c in r.sample(["TEA", "POT", "LAMP"], r.randint(1, 2))
        ]
        wish = {"lines": lines, "recipient": OWNER | ADDRESS, "email": f"{key}@people.example"}
        asked = await self.ask(http, "POST", "/api/v1/quotes", json=wish)
        assert asked.status_code < 300, asked.text
        quote = asked.json()
        head = {"authorization": f"Bearer {quote['session']['token']}"}
        cod = next(m for m in quote["methods"] if m["code"] == "cod")["usable"] and r.random() < 0.5
        body = {"quote": quote["id"], "total": quote["total"]["minor"], "method": "cod" if cod else "card"}
        got = await self.ask(http, "POST", "/api/v1/orders", json=body, headers=head | {"idempotency-key": key})
        assert got.status_code == 201, got.text
        number = self.placed[key] = str(got.json()["number"])
        if r.random() < 0.2:  # an impatient program
            again = await self.ask(http, "POST", "/api/v1/orders", json=body, headers=head | {"idempotency-key": key})
            assert (again.status_code, again.json()["number"]) == (201, number)
        if not cod and r.random() < 0.6:
            started = await self.ask(http, "POST", f"/api/v1/orders/{number}/pay", headers=head)
            if started.status_code == 200 and (url := started.json()["url"]):
                await self.ask(http, "POST", url.removeprefix(self.server.address), data={"card": "4242"})
                self.paid.add(number)
        seen = await self.ask(http, "GET", f"/api/v1/orders/{number}", headers=head)
        assert seen.status_code == 200, "an acknowledged order is gone"


async def small_shop(data: Path) -> dict[str, str]:
    shelf = SimpleNamespace(warehouse={}, merchant={}, listing={}, stock={})
    async with opened(Config(data=str(data))) as running:
        shelf.shop = running.shop
        await fill(shelf)  # type: ignore[arg-type]  # the fields that it fills
        await running.shop.relay.drain()
    with sqlite3.connect(data / "shop.db") as c:  # enough for an hour
        for table, column in (("goods_inventory_levels", "on_hand"),):
            c.execute(f"UPDATE {table} SET {column} = {column} + 100000")
        c.execute("UPDATE goods_inventory_movements SET delta = delta + 100000 WHERE bucket = 'on_hand'")
    c.close()
    return dict(shelf.listing)


async def settled(data: Path) -> None:
    """Every event that is due has been delivered, and every payment that was made is known."""
    c = sqlite3.connect(f"file:{data / 'shop.db'}?mode=ro", uri=True)
    outboxes = [n for (n,) in c.execute("SELECT name FROM sqlite_master WHERE name LIKE '%outbox' AND type = 'table'")]
    due = " + ".join(f"(SELECT COUNT(*) FROM {n} WHERE state = 0 AND due_at <= ?)" for n in outboxes)
    try:
        for _ in range(600):
            now = time.time_ns() // 1_000_000
            (left,) = c.execute(f"SELECT {due}", [now] * len(outboxes)).fetchone()
            if not left:
                return
            await asyncio.sleep(0.1)
    finally:
        c.close()
    raise AssertionError(f"{left} events are not delivered")


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_twenty_kills_under_load(tmp_path: Path) -> None:
    """Slow: twenty starts of a process, and orders in between."""
    listing = await small_shop(tmp_path)
    server, r = Server(tmp_path, free_port()), Random(20)
    await server.start()
    buyers = Buyers(server, listing)
    lives = [asyncio.create_task(buyers.live(n)) for n in range(PEOPLE)]
    try:
        for _ in range(KILLS):
            await asyncio.sleep(r.uniform(0.2, 1.4))
            server.end(signal.SIGKILL)
            await server.start()
        buyers.open = False
        await asyncio.gather(*lives)
        await settled(tmp_path)
    finally:
        for life in lives:
            life.cancel()
        await asyncio.gather(*lives, return_exceptions=True)
        server.end(signal.SIGTERM)
    print(
        f"{len(buyers.placed)} orders, {buyers.answers}, starts {sorted(round(s, 2) for s in server.starts_s)}, "
        f"of the processor {sorted(round(s, 2) for s in server.worked_s)}"
    )
    assert buyers.answers["500"] == 0
    assert len(buyers.placed) >= 2 * KILLS
    assert buyers.answers["nothing"] >= KILLS  # the kills did strike
    # A start's own work is within the limit; on a machine where others work too, everybody's is slower.
    crowded = max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
    assert sorted(map(min, server.starts_s, server.worked_s))[KILLS // 2] <= READY_S * crowded
    books(tmp_path, buyers)


def books(data: Path, buyers: Buyers) -> None:
    for name in ("shop", "keys", "gateway"):
        c = sqlite3.connect(data / f"{name}.db")
        assert c.execute("PRAGMA integrity_check").fetchall() == [("ok",)], name
        c.close()
    c = sqlite3.connect(data / "shop.db")
    numbers = [n for (n,) in c.execute("SELECT number FROM trade_orders_parents")]
    assert sorted(numbers) == sorted(buyers.placed.values())  # none lost, none doubled, none that nobody asked for
    for name, sql in ALWAYS.items():
        assert c.execute(sql).fetchall() == [], name
    (held,) = c.execute("SELECT SUM(reserved + allocated) FROM goods_inventory_levels").fetchone()
    (sold,) = c.execute(
        "SELECT SUM(s.quantity - s.cancelled) FROM trade_orders_sold s JOIN trade_orders_parents p ON p.id = s.order_id"
    ).fetchone()
    assert held == sold
    paid = {n for (n,) in c.execute("SELECT number FROM trade_orders_parents WHERE payment = 'paid'")}
    assert paid == buyers.paid
    dead = [n for (n,) in c.execute("SELECT name FROM sqlite_master WHERE name LIKE '%outbox' AND type = 'table'")]
    assert [n for n in dead if c.execute(f"SELECT COUNT(*) FROM {n} WHERE state = 2").fetchone()[0]] == []
    c.close()
