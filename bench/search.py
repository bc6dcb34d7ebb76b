"""The search at 1,000 and 100,000 generated products: the engine's call with three facets, the page, building, visibility.

    jishi bench search         or: python bench/search.py --products 100000 --asks 2000

Products are generated words, Chinese and English, as entries: their way through the catalogue's tables is not measured."""

from __future__ import annotations

import asyncio
import gc
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import psutil

from jishi.app import Outside, build
from jishi.goods.catalog import Attribute, AttributeValue
from jishi.goods.search import FindQuery
from jishi.goods.search.entries import Entry, Offered
from jishi.goods.search.facets import Names
from jishi.goods.search.finding import Finder
from jishi.goods.search.rulebook import Rulebook
from jishi.goods.search.shelf import Mark, Shelf, Volume
from jishi.kernel import Actor, Context, Module, World
from jishi.kernel.config import Config
from jishi.kernel.sqlite import SqliteEngine, connect, create_all
from jishi.web.app import create
from kit import Row, args_of, folder, percentile, run, show

GUEST = Context(Actor(0, "guest"))
CHUNK = 64  # as the keeper writes
CHANGES = 30
KINDS_ZH = "杯 壶 碗 盘 灯 枕 毯 巾 皂 笔 本 书 包 帽 鞋 袜 衣 裤 裙 伞 茶 糖 饼 油 米 酱 锅 刀 架 盒 箱 垫 帐 绳 球 琴 钟 镜 梳 瓶".split()
KINDS_EN = (
    "cup pot bowl plate lamp pillow blanket towel soap pen notebook book bag hat shoe sock shirt trousers skirt umbrella tea "
    "sweet biscuit oil rice sauce pan knife rack box case mat tent rope ball guitar clock mirror comb bottle"
).split()
WORDS_ZH = "保温 不锈钢 陶瓷 玻璃 手工 便携 折叠 防水 加厚 轻便 儿童 复古 简约 户外 旅行 办公 家用 亚麻 羊毛 纯棉 竹制 实木 静音 无线 可调 磁吸 香薰 有机 天然 礼盒".split()
WORDS_EN = (
    "insulated steel ceramic glass handmade portable folding waterproof thick light children retro plain outdoor travel "
    "office home linen wool cotton bamboo wooden silent wireless adjustable magnetic scented organic natural boxed"
).split()
MATERIALS = "steel glass ceramic clay wood bamboo cotton linen wool silk leather paper".split()


def names() -> Names:
    """Six top categories with forty leaves, three hundred brands, three attributes."""
    tops = [f"top{n}" for n in range(6)]
    leaves = {f"leaf{n}": tops[n % 6] for n in range(len(KINDS_EN))}
    below = {t: [t, *(c for c, p in leaves.items() if p == t)] for t in tops} | {c: [c] for c in leaves}
    values = [AttributeValue(m, {"en": m.title()}) for m in MATERIALS]
    return Names(
        {c: {"en": c} for c in [*tops, *leaves]}, dict.fromkeys(tops, "") | leaves, below,
        {f"b{n}": {"en": f"Brand {n}"} for n in range(300)},
        {
            "material": Attribute("material", {"en": "Material"}, "choice", values=values),
            "capacity": Attribute("capacity", {"en": "Capacity"}, "number", "ml"),
            "organic": Attribute("organic", {"en": "Organic"}, "flag"),
        },
    )  # fmt: skip


def entry(n: int, known: Names) -> Entry:
    chance = Random(n)
    kind, brand = int(chance.random() ** 2 * len(KINDS_EN)), f"b{int(chance.random() ** 2 * 300)}"
    picks = chance.sample(range(len(WORDS_EN)), 3)
    rated = chance.randrange(60)
    zh = "".join(WORDS_ZH[p] for p in picks) + KINDS_ZH[kind]
    en = " ".join(WORDS_EN[p] for p in picks).capitalize() + f" {KINDS_EN[kind]} {n}"
    price = chance.randrange(900, 90_000)
    return Entry(
        (1 << 60) + n, f"thing-{n}", 1 + n % 40, {"zh-CN": f"{zh} {n} 号", "en": en}, f"leaf{kind}",
        [known.categories[f"leaf{kind}"]], brand, known.brands[brand], {"en": f"A {en} for every day", "zh-CN": f"每天都用得上的{zh}"},
        {"en": f"<p>{en}, made to last. " + " ".join(chance.choices(WORDS_EN, k=20)) + "</p>"},
        facts={"material": chance.choice(MATERIALS), "capacity": str(50 * chance.randrange(1, 30)), "organic": str(chance.randrange(2))},
        codes=[f"T-{n}"], prices={"CN": Offered(price), "DE": Offered(price // 8), "US": Offered(price // 7)},
        in_stock=chance.random() < 0.9, ships=["CN", "CN/浙江省"] if chance.random() < 0.7 else ["DE"],
        sold=int(1 / (chance.random() + 1e-4)), rated=rated, stars=4 * rated, listing_ids=[n],
    )  # fmt: skip


def built(products: int, where: Path, known: Names) -> tuple[Shelf, Volume, float]:
    """The shelf with a volume of so many products, and the seconds that the build took (with their texts)."""
    shelf = Shelf(where, ["CN", "DE", "US"])
    volume, entries, spent = shelf.aside(0, 0, ""), list[Entry](), 0.0
    for begin in range(0, products, 4_096):
        entries = [entry(n, known) for n in range(begin, min(begin + 4_096, products))]
        began = time.perf_counter()
        for i in range(0, len(entries), CHUNK):
            volume.put(entries[i : i + CHUNK], new=True)
        spent += time.perf_counter() - began
    began = time.perf_counter()
    volume.commit(Mark(shelf.form, 0, 0))
    shelf.swap(volume)
    return shelf, volume, spent + time.perf_counter() - began


def questions(asks: int) -> dict[str, Callable[[], Iterator[FindQuery]]]:
    """By kind; all narrowed by three facets but the last ones."""
    chance = Random(7)

    def narrowed(words: str) -> FindQuery:
        return FindQuery(
            words,
            f"top{chance.randrange(6)}",
            facts={"material": chance.sample(MATERIALS, 2)},
            price_from=2_000,
            price_to=60_000,
        )

    def each(make: Callable[[], FindQuery]) -> Callable[[], Iterator[FindQuery]]:
        return lambda: (make() for _ in range(asks))

    return {
        "two Chinese words, 3 facets": each(lambda: narrowed("".join(chance.sample(WORDS_ZH, 2)))),
        "an English word, 3 facets": each(lambda: narrowed(chance.choice(WORDS_EN) + " " + chance.choice(KINDS_EN))),
        "a broad word, 3 facets": each(lambda: narrowed(chance.choice(WORDS_EN))),
        "pinyin, no facet": each(lambda: FindQuery(chance.choice(("baowenbei", "buxiugang", "zhedie", "fangshui", "lvxing")))),
        "a typing error, no facet": each(lambda: FindQuery(chance.choice(("travle", "cermaic", "folidng", "waterprof")) + f" {chance.choice(KINDS_EN)}")),
        "category by price, 3 facets": each(lambda: resorted(narrowed(""), "price_up")),
    }  # fmt: skip


def resorted(q: FindQuery, sort: str) -> FindQuery:
    from msgspec.structs import replace

    return replace(q, sort=sort)


def measured(volume: Volume, known: Names, asks: int) -> list[Row]:
    """(kind, hits in the middle, p50 and p99 in CPU ms, then by the clock) of calls that nothing remembers."""
    rules, rows = Rulebook(), []
    for kind, ask in questions(asks).items():
        times, cpu, totals = list[float](), list[float](), list[int]()
        for q in ask():
            finder = Finder()  # no counts and no rankings from before
            began, used = time.perf_counter(), time.thread_time()
            found = finder.find(GUEST, q, volume, known, rules)
            times.append(1e3 * (time.perf_counter() - began))
            cpu.append(1e3 * (time.thread_time() - used))
            totals.append(found.total)
        figures = [percentile(x, part) for x in (cpu, times) for part in (0.5, 0.99)]
        rows.append((kind, sorted(totals)[len(totals) // 2], *figures))
    return rows


def visible(shelf: Shelf, volume: Volume, known: Names, products: int) -> list[float]:
    """Milliseconds from a gathered change to its being found; the keeper looks every 250 ms besides."""
    times = []
    for n in range(CHANGES):
        began = time.perf_counter()
        volume.put([entry(products - 1 - n, known)])
        volume.commit(volume.mark)
        times.append(1e3 * (time.perf_counter() - began))
    return times


async def pages(volume: Volume, known: Names, asks: int) -> list[Row]:
    """(kind, p50 and p99 in CPU ms, then by the clock) of whole pages, as the application makes them."""
    rows = []
    with folder() as where:
        world, path = World(), str(where / "shop.db")
        c = connect(path)
        create_all(c, list(Module.all.values()))
        c.close()
        engine = SqliteEngine(world, path)
        await engine.open()
        try:
            shop = build(world, engine, Outside(None))
            keeper = shop.search.keeper  # type: ignore[attr-defined]  # this process's own
            keeper.volume, keeper.names, keeper.running, keeper.ready = volume, known, True, True
            app = create(shop, Config(rates=dict.fromkeys(("read", "search"), "")))
            chance = Random(3)
            for kind, make in (
                ("search page, words that nobody asked", lambda: f"q={chance.choice(WORDS_EN)}+{chance.choice(KINDS_EN)}+{chance.choice(WORDS_EN)}"),
                ("search page, three facets", lambda: f"q={chance.choice(WORDS_EN)}&f.material={chance.choice(MATERIALS)}&f.organic=1&min={chance.randrange(10, 90)}"),
                ("category page, sorted by price", lambda: f"category=leaf{chance.randrange(40)}&sort=price_up&min={chance.randrange(10, 900)}"),
                ("category page, ready bytes", lambda: f"category=leaf{chance.randrange(6)}"),
            ):  # fmt: skip
                times, cpu = list[float](), list[float]()
                for _ in range(asks):
                    began, used = time.perf_counter(), time.process_time()
                    await asked(app, f"/en/products?{make()}")
                    times.append(1e3 * (time.perf_counter() - began))
                    cpu.append(1e3 * (time.process_time() - used))
                rows.append((kind, *[percentile(x, part) for x in (cpu, times) for part in (0.5, 0.99)]))
        finally:
            await engine.close()
    return rows


async def asked(app: Any, path: str) -> None:
    """One page straight from the application: no socket, no client beside it."""
    where, _, query = path.partition("?")
    status = list[int]()

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            status.append(message["status"])

    scope = {
        "type": "http", "method": "GET", "path": where, "raw_path": where.encode(), "query_string": query.encode(),
        "headers": [(b"host", b"localhost")], "client": ("127.0.0.1", 1), "server": ("localhost", 80), "scheme": "http",
        "http_version": "1.1", "root_path": "", "asgi": {"version": "3.0"}, "state": {},
    }  # fmt: skip
    await app(scope, receive, send)
    if status != [200]:
        raise SystemExit(f"{path}: {status}")


def size_of(where: Path) -> float:
    """MiB of a folder."""
    return sum(f.stat().st_size for f in where.rglob("*") if f.is_file()) / 2**20


async def main() -> None:
    args = args_of(__doc__, products=100_000, asks=2_000)
    known = names()
    for products in sorted({min(1_000, args.products), args.products}):
        with tempfile.TemporaryDirectory(prefix="jishi-bench-") as where:
            before = psutil.Process().memory_info().rss
            shelf, volume, seconds = await asyncio.to_thread(built, products, Path(where), known)
            gc.collect()
            grown = (psutil.Process().memory_info().rss - before) / 2**20
            size = await asyncio.to_thread(size_of, Path(where))
            show(
                f"search: {products:,} products", ["build products/s", "index MiB", "memory grown MiB"],
                [[products / seconds, size, grown]],
            )  # fmt: skip
            show(
                "the engine's call",
                ["question", "hits (middle)", "CPU p50 ms", "CPU p99 ms", "p50 ms", "p99 ms"],
                measured(volume, known, args.asks),
            )
            times = visible(shelf, volume, known, products)
            show("a change", ["p50 ms", "most ms"], [[percentile(times, 0.5), max(times)]])
            show(
                "pages",
                ["page", "CPU p50 ms", "CPU p99 ms", "p50 ms", "p99 ms"],
                await pages(volume, known, max(50, args.asks // 10)),
            )
            began = time.perf_counter()
            shelf.close()
            again = Shelf(Path(where), ["CN", "DE", "US"])
            began = time.perf_counter()
            again.open()
            show("a start with the index there", ["ms"], [[1e3 * (time.perf_counter() - began)]])


if __name__ == "__main__":
    run(main())
