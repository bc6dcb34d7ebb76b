"""What one whole guest order costs over the public JSON API, in processor time of the server and the database.

    jishi bench order          or: python bench/order.py --engine both --orders 400

Two calls: a quote for two lines of two merchants with address and e-mail (a guest's session comes with it), then the
order, placed. `placed` is the server's CPU until the last answer with no relay beside it, `handled` with the relay in the
process and everything that follows done: stock allocated, work made, ledger posted, two mails. Card orders wait for
their money; starting a payment at the sandbox's gateway, which is in the same process, is counted apart."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import kit
from jishi.kernel.ids import encode
from kit import ADDRESS, Cpu, Goods, Http, Server

NUMBERS = count()


async def quote(http: Http, goods: Goods, chance: Random) -> Any:
    http.headers = kit.network(next(NUMBERS))
    lines = [{"listing": encode("lst", x), "quantity": 1} for x in goods.pick(chance)]
    body = {"lines": lines, "recipient": ADDRESS, "email": f"b{next(NUMBERS)}@example.com"}
    found = await http.json("POST", "/api/v1/quotes", body)
    http.headers = http.headers | {"authorization": f"Bearer {found['session']['token']}"}
    return found


async def place(http: Http, found: Any, method: str) -> Any:
    body = {"quote": found["id"], "total": found["total"]["minor"], "method": method}
    return await http.json("POST", "/api/v1/orders", body, idempotency_key=f"k{next(NUMBERS)}")


async def main() -> None:
    args = kit.args_of(__doc__, products=1_000, orders=300, buyers=16)
    for kind in kit.engines(args):
        with kit.folder() as where:
            goods = await kit.prepared(kind, where, args.products)
            rows: list[list[Any]] = []
            for relay in (False, True):
                for method in ("cod", "card"):
                    async with kit.served(kind, where, relay=relay) as server:
                        rows.append(await measured(kind, where, server, goods, method, args, relay=relay))
            kit.show(f"order, {kind}, {args.buyers} buyers, {args.products} products", HEAD, rows)


HEAD = [
    "orders",
    "CPU ms an order: server",
    "database",
    "together",
    "quote",
    "place p50 ms",
    "p99",
    "orders/s",
    "start a payment",
]


async def measured(
    kind: str, where: Path, server: Server, goods: Goods, method: str, args: Any, *, relay: bool
) -> list[Any]:
    chance, late, quotes, placed = Random(3), list[float](), list[float](), list[Any]()
    pids = [server.pid, *([kit.mariadb_pid()] if kind == "maria" else [])]
    async with AsyncExitStack() as stack:
        lines = [await stack.enter_async_context(kit.connected(server.port)) for _ in range(args.buyers)]

        async def buyer(http: Http, left: Any) -> None:
            for _ in left:
                began = time.perf_counter()
                found = await quote(http, goods, chance)
                quotes.append(1e3 * (time.perf_counter() - began))
                began = time.perf_counter()
                placed.append(((await place(http, found, method)), http.headers))
                late.append(1e3 * (time.perf_counter() - began))

        async def all_buy(n: int) -> None:
            left = iter(range(n))
            await asyncio.gather(*[buyer(http, left) for http in lines])

        await all_buy(2 * args.buyers)  # warm: statements compiled, templates and words read
        if relay:
            await kit.drained(kind, where)
        for kept in (late, quotes, placed):
            kept.clear()
        began, cpu = time.perf_counter(), Cpu(*pids)
        await all_buy(args.orders)
        spent = time.perf_counter() - began
        if relay:
            await kit.drained(kind, where)
        used = [1e3 * s / args.orders for s in cpu.spent()]
        start = await started(lines[0], placed[: args.orders // 4], server) if method == "card" and relay else ""
    return [
        f"{method}, {'handled' if relay else 'placed'}", used[0], used[1] if len(used) > 1 else "inside", sum(used),
        f"{kit.percentile(quotes, 0.5):.1f}", kit.percentile(late, 0.5), kit.percentile(late, 0.99),
        args.orders / spent, start,
    ]  # fmt: skip


async def started(http: Http, placed: list[Any], server: Server) -> float:
    """CPU ms of the server, its gateway's part included, to open a payment page."""
    cpu = Cpu(server.pid)
    for order, headers in placed:
        http.headers = headers
        await http.json("POST", order["pay"], {})
    return 1e3 * cpu.spent()[0] / len(placed)


if __name__ == "__main__":
    kit.run(main())
