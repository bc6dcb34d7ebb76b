"""One product that everybody wants.

    jishi bench hot            or: python bench/hot.py --engine both

First over the public API: stock 200, 500 attempts by 32 buyers who all hold a quote. 200 must stand, and every refusal
must say that it is sold out. Then reservations a second of one stock row at the face, beside what the engine does with
one row when nobody batches: a guarded update and its commit, and a whole raw order, each a transaction of its own."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path
from random import Random
from typing import Any

import msgspec

import _raw
import kit
import order
from jishi.goods.inventory import Availability, Reserve, Want
from jishi.kernel import Actor, Context
from jishi.process import opened
from kit import Goods, Http


async def main() -> None:
    args = kit.args_of(__doc__, stock=200, attempts=500, buyers=32, callers=64, seconds=4)
    for kind in kit.engines(args):
        with kit.folder() as where:
            goods = await kit.prepared(kind, where, 4, args.stock)
            async with kit.served(kind, where) as server:
                told, late = await rushed(server.port, goods, args)
                await kit.drained(kind, where)
            async with opened(kit.config_of(kind, where), relay=False) as running:
                ask = Availability([goods.merchants[0][0][1]])
                (level,) = (await running.shop.inventory.availability(kit.STAFF, ask)).rows
            promised = level.reserved + level.allocated
            sound = told["placed"] == promised == min(args.stock, args.attempts) and not set(told) - {
                "placed",
                *SOLD_OUT,
            }
            rows = [[what, n] for what, n in sorted(told.items())]
            rows += [
                ["promised pieces", promised],
                ["sound", "yes" if sound else "NO"],
                ["place p50 ms", kit.percentile(late, 0.5)],
                ["p99 ms", kit.percentile(late, 0.99)],
            ]
            kit.show(
                f"hot, {kind}: stock {args.stock}, {args.attempts} attempts, {args.buyers} buyers",
                ["answer", "how many"],
                rows,
            )
            await rates(kind, where, goods, args)
            if not sound:
                raise SystemExit("oversold, undersold, or refused for a wrong reason")


SOLD_OUT = ("stock.out", "checkout.not_available")


async def rushed(port: int, goods: Goods, args: Any) -> tuple[Counter[str], list[float]]:
    """What each attempt was answered."""
    hot = msgspec.structs.replace(goods, merchants=[[goods.merchants[0][0]]])
    told, late, chance = Counter[str](), list[float](), Random(1)
    async with AsyncExitStack() as stack:
        lines = [await stack.enter_async_context(kit.connected(port)) for _ in range(args.buyers)]
        held: list[tuple[Any, dict[str, str]]] = []

        async def ask(http: Http, left: Any) -> None:
            for _ in left:
                found = await order.quote(http, hot, chance)
                held.append((found, http.headers))

        async def buy(http: Http) -> None:
            while held:
                found, headers = held.pop()
                http.headers = headers
                body = {"quote": found["id"], "total": found["total"]["minor"], "method": "cod"}
                began = kit.time.perf_counter()
                status, answer = await http.ask("POST", "/api/v1/orders", body, idempotency_key=found["id"])
                late.append(1e3 * (kit.time.perf_counter() - began))
                told["placed" if status == 201 else msgspec.json.decode(answer)["code"]] += 1

        left = iter(range(args.attempts))
        await asyncio.gather(*[ask(http, left) for http in lines])
        await asyncio.gather(*[buy(http) for http in lines])
    return told, late


async def rates(kind: str, where: Path, goods: Goods, args: Any) -> None:
    rows: list[list[Any]] = []
    if kind == "maria":
        alone, many = await single_row(1, args.seconds), await single_row(16, args.seconds)
        rows.append(["guarded update and commit, unbatched, 1 connection", alone])
        rows.append(["the same, 16 connections", many])
        done, spent, _ = await _raw.maria_orders(16, args.seconds, hot=1)
        rows.append(["raw order with the hot row, unbatched, 16 connections", done / spent])
    else:
        done, spent, _ = await _raw.sqlite(where, args.callers, args.seconds)
        rows.append(["raw orders, group commit", done / spent])
    limit = max(r[1] for r in rows)
    async with opened(kit.config_of(kind, where), relay=False) as running:
        fresh = await kit.fill_one(running.shop)
        world, inventory = running.shop.world, running.shop.inventory
        buyer = Context(Actor(7, "guest"), via="trade.checkout", budget_ms=60_000)

        async def act(n: int) -> float:
            await inventory.reserve(buyer, Reserve(world.new_id(), [Want(fresh, 1)], world.now() + 3_600_000))
            return 0.0

        for callers in (args.callers, 4 * args.callers):
            done, spent, _ = await kit.closed_loop(callers, args.seconds, act)
            rows.append([f"inventory.reserve, {callers} callers", done / spent])
    kit.show(f"hot, {kind}: one stock row", ["what", "a second", "× the unbatched"], [[*r, r[1] / limit] for r in rows])


async def single_row(connections: int, seconds: float) -> float:
    async with _raw.maria(connections) as pool:

        async def act(n: int) -> float | None:
            try:
                async with pool[n].cursor() as cur:
                    await cur.execute(_raw.TAKE.replace("?", "%s"), (1, 1, 1))
                await pool[n].commit()
            except Exception as e:
                if e.args[0] not in {1213, 1205}:
                    raise
                await pool[n].rollback()
                return None
            return 0.0

        done, spent, _ = await kit.closed_loop(connections, seconds, act)
        return done / spent


if __name__ == "__main__":
    kit.run(main())
