"""Orders placed a second, beside what the engine itself can do in the same run.

    jishi bench place          or: python bench/place.py --engine both --orders 3000 --callers 64

raw: two guarded stock rows, the order, two lines, one event; hand-written SQL, group commit, durable.
place at the face: from a quote to the committed order with its hold and its intent. Prepare is what comes before: two
cards in the vault, and the quote. Handled is every event that followed, until none is due. Over HTTP the server is
`python -m jishi serve`, the quotes are held, and what is timed is `POST /api/v1/orders`."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from random import Random
from typing import Any

import _raw
import kit
import order
from jishi.app import Shop
from jishi.kernel import Actor, Context
from jishi.people.vault import KeepCard
from jishi.process import opened
from jishi.trade.checkout import Place, Quote, QuoteAsk, Wanted
from kit import ADDRESS, Cpu, Goods, Server


async def main() -> None:
    args = kit.args_of(__doc__, products=1_000, orders=3_000, callers=64, seconds=4)
    for kind in kit.engines(args):
        with kit.folder() as where:
            rows: list[list[Any]] = []
            await kit.fresh(kind)
            pids = [kit.mariadb_pid()] if kind == "maria" else []
            raw = await raw_rate(kind, where, args, pids, rows)
            async with opened(kit.config_of(kind, where)) as running:
                goods = await kit.fill(running.shop, args.products)
                await at_the_face(running.shop, goods, args, pids, rows, raw, relay=True)
                await at_the_face(running.shop, goods, args, pids, rows, raw, relay=False)
            async with kit.served(kind, where) as server:
                await over_http(server, goods, args, pids, rows, raw)
            rows.append(["raw again", *rows_of(await raw_again(kind, where, args), raw)])
            kit.show(f"place, {kind}, {args.callers} callers", HEAD, rows)


HEAD = ["what", "orders/s", "% of raw", "p50 ms", "p99 ms", "CPU ms an order", "database's"]


def rows_of(rate: float, raw: float) -> list[Any]:
    return [rate, 100 * rate / raw, "", "", "", ""]


async def raw_rate(kind: str, where: Any, args: Any, pids: list[int], rows: list[list[Any]]) -> float:
    db = Cpu(*pids)
    if kind == "sqlite":
        done, spent, cpu = await _raw.sqlite(where, args.callers, args.seconds)
    else:
        done, spent, cpu = await _raw.maria_orders(16, args.seconds)
    rows.append(["raw", done / spent, 100.0, "", "", 1e3 * cpu / done, *[1e3 * s / done for s in db.spent()]])
    return done / spent


async def raw_again(kind: str, where: Any, args: Any) -> float:
    if kind == "sqlite":
        (where / "raw.db").unlink()
        done, spent, _ = await _raw.sqlite(where, args.callers, args.seconds / 2)
    else:
        done, spent, _ = await _raw.maria_orders(16, args.seconds / 2)
    return done / spent


async def at_the_face(
    shop: Shop, goods: Goods, args: Any, pids: list[int], rows: list[list[Any]], raw: float, *, relay: bool
) -> None:
    """Prepared, placed, handled; with the relay beside it, or asleep until the orders stand."""
    chance, beside = Random(2), "relay beside" if relay else "relay asleep"
    if not relay:
        await shop.stop()
    quotes: list[tuple[Context, Quote]] = []

    async def prepare() -> None:
        quotes.append(await quoted(shop, goods, chance))

    async def place() -> None:
        ctx, quote = quotes.pop()
        await shop.checkout.place(ctx, Place("k", quote.id, quote.terms.total, "cod"))

    began, cpu = time.perf_counter(), Cpu(kit.os.getpid(), *pids)
    await counted("prepare", prepare, args, pids, rows, raw)
    await counted(f"place, {beside}", place, args, pids, rows, raw)
    await shop.relay.drain()
    spent, used = time.perf_counter() - began, cpu.spent()
    each = [1e3 * s / args.orders for s in used]
    rows.append([f"whole, handled, {beside}", args.orders / spent, 100 * args.orders / spent / raw, "", "", *each])
    if not relay:
        await shop.start()


async def over_http(
    server: Server, goods: Goods, args: Any, pids: list[int], rows: list[list[Any]], raw: float
) -> None:
    chance, held = Random(3), list[tuple[Any, dict[str, str]]]()
    async with AsyncExitStack() as stack:
        free = [await stack.enter_async_context(kit.connected(server.port)) for _ in range(args.callers)]

        async def prepare() -> None:
            http = free.pop()
            found = await order.quote(http, goods, chance)
            held.append((found, http.headers))
            free.append(http)

        async def place() -> None:
            http = free.pop()
            found, http.headers = held.pop()
            await order.place(http, found, "cod")
            free.append(http)

        await counted("quote over HTTP", prepare, args, [server.pid, *pids], rows, raw, here=False)
        await counted("place over HTTP, relay beside", place, args, [server.pid, *pids], rows, raw, here=False)


async def counted(
    what: str,
    act: Callable[[], Awaitable[None]],
    args: Any,
    pids: list[int],
    rows: list[list[Any]],
    raw: float,
    *,
    here: bool = True,
) -> None:
    """`orders` times the act, by so many callers; `here`: it is this process that does the work."""
    late: list[float] = []
    left = iter(range(args.orders))

    async def caller() -> None:
        for _ in left:
            began = time.perf_counter()
            await act()
            late.append(1e3 * (time.perf_counter() - began))

    began, cpu = time.perf_counter(), Cpu(*([kit.os.getpid()] if here else []), *pids)
    await asyncio.gather(*[caller() for _ in range(args.callers)])
    spent, used = time.perf_counter() - began, [1e3 * s / args.orders for s in cpu.spent()]
    rate = args.orders / spent
    rows.append([what, rate, 100 * rate / raw, kit.percentile(late, 0.5), kit.percentile(late, 0.99), *used])


async def quoted(shop: Shop, goods: Goods, chance: Random) -> tuple[Context, Quote]:
    """A new guest with an address and an e-mail, and the quote for two lines of two merchants."""
    world = shop.world
    ctx = Context(Actor(world.new_id(), "guest"), budget_ms=60_000)
    recipient, contact = world.new_id(), world.new_id()
    mail = {"email": f"p{ctx.actor.id}@example.com"}
    await shop.vault.keep(ctx, KeepCard(recipient, ctx.actor.id, "recipient", "order", ADDRESS))
    await shop.vault.keep(ctx, KeepCard(contact, ctx.actor.id, "contact", "order", mail))
    lines = [Wanted(listing, 1) for listing in goods.pick(chance)]
    return ctx, await shop.checkout.quote(ctx, QuoteAsk(lines, recipient, contact))


if __name__ == "__main__":
    kit.run(main())
