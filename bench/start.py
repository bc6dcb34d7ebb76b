"""How long a shop that was set up before takes to its first page, and how much memory its one process holds.

    jishi bench start          or: python bench/start.py --runs 3

The demo's goods, each with its first picture, in a folder of their own; then `python -m jishi serve` on it, and the home page asked
for until it is there. `--plain 20`: that many products without pictures instead."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import kit
from jishi.process import opened
from jishi.sandbox.demo.fill import fill
from jishi.sandbox.demo.photographs import covers
from jishi.sandbox.demo.shelves import SHELVES
from kit import Cpu

PAGES: Sequence[str] = ("/zh-CN", "/en", "/zh-CN/cart", "/en/sign-in", *(f"/en/products/{p.handle}" for p in SHELVES))


async def main() -> None:
    args = kit.args_of(__doc__, runs=3, pages=400, plain=0)
    rows: list[list[Any]] = []
    with kit.folder() as where:
        pages, products = PAGES, args.plain
        async with opened(kit.config_of("sqlite", where)) as running:
            if args.plain:
                pages = [f"/en/products/{h}" for h in (await kit.fill(running.shop, args.plain)).handles]
            else:
                await fill(running.shop)
                await covers(running.shop)
                products = len(SHELVES)
            await running.shop.relay.drain()
        async with kit.served("sqlite", where):
            pass  # its bytecode is written
        for _ in range(args.runs):
            async with kit.served("sqlite", where, path="/zh-CN") as server:
                spent, cpu = time.perf_counter() - server.began, sum(Cpu(server.pid).began)
                first = server.memory_mib
                async with kit.connected(server.port) as http:
                    for i in range(args.pages):
                        await http.ask("GET", pages[i % len(pages)], accept_encoding="br")
                await asyncio.sleep(0.2)
                rows.append([spent, cpu, first, server.memory_mib])
    kit.show(
        f"start, demo shop of {products} products",
        ["s to the first page", "CPU s", "MiB then", f"MiB after {args.pages} pages"],
        rows,
    )


if __name__ == "__main__":
    kit.run(main())
