"""What a product costs to show, in processor time of the server.

    jishi bench detail         or: python bench/detail.py --requests 2000

The detail as JSON, the page as HTML, and the list of a category, each from ready bytes and, the first time that a product
is asked for, made. Packed as a browser asks for it (br), 16 connections kept."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Any

import kit
from kit import Cpu, Http, Server

WARM = 20  # products that are asked for again and again


async def main() -> None:
    args = kit.args_of(__doc__, products=1_000, requests=2_000, connections=16)
    for kind in kit.engines(args):
        with kit.folder() as where:
            goods = await kit.prepared(kind, where, args.products)
            chosen, rest = goods.handles[:WARM], goods.handles[WARM:]
            half = len(rest) // 2
            rows = []
            async with kit.served(kind, where) as server:
                db = kit.mariadb_pid() if kind == "maria" else 0
                for what, path, some in (
                    ("detail JSON", "/api/v1/products/{}", rest[:half]),
                    ("product page", "/zh-CN/products/{}", rest[half:]),
                ):
                    ready = [path.format(h) for h in chosen]
                    await asked(server, ready, db, args)  # templates, statements and words are there
                    rows.append([f"{what}, ready", *await asked(server, again(ready, args.requests), db, args)])
                    rows.append([f"{what}, made", *await asked(server, [path.format(h) for h in some], db, args)])
                lists = [f"/api/v1/products?category=things&limit=24&q=&sort={s}" for s in ("newest", "name")]
                rows.append(["list of 24, ready", *await asked(server, again(lists, args.requests), db, args)])
                words = [f"/api/v1/products?category=things&limit={n}" for n in range(1, 101)]
                rows.append(["list of 1 to 100, made", *await asked(server, words, db, args)])
                rows.append(["/healthz", *await asked(server, again(["/healthz"], args.requests), db, args)])
            kit.show(f"detail, {kind}, {args.products} products", HEAD, rows)


HEAD = ["what", "server CPU ms", "database CPU ms", "p50 ms", "p99 ms", "kB sent"]


def again(paths: Sequence[str], n: int) -> list[str]:
    return [paths[i % len(paths)] for i in range(n)]


async def asked(server: Server, paths: Sequence[str], db: int, args: Any) -> list[Any]:
    """(server's CPU ms a request, the database's, p50, p99, kB)."""
    late, size, left = list[float](), 0, iter(paths)
    async with AsyncExitStack() as stack:
        lines = [await stack.enter_async_context(kit.connected(server.port)) for _ in range(args.connections)]

        async def reader(http: Http) -> None:
            nonlocal size
            for path in left:
                began = kit.time.perf_counter()
                status, body = await http.ask("GET", path, accept_encoding="br", accept="*/*")
                late.append(1e3 * (kit.time.perf_counter() - began))
                size += len(body)
                if status != 200:
                    raise SystemExit(f"{path}: {status} {body[:300]!r}")

        cpu = Cpu(server.pid, *([db] if db else []))
        await asyncio.gather(*[reader(http) for http in lines])
        used = [1e3 * s / len(paths) for s in cpu.spent()]
    return [
        used[0],
        used[1] if db else "inside",
        kit.percentile(late, 0.5),
        kit.percentile(late, 0.99),
        size / len(paths) / 1e3,
    ]


if __name__ == "__main__":
    kit.run(main())
