"""Dies at every boundary of the buying path, once each: `python -m tests.hostile.sweep FOLDER whole`.

One process imports everything and forks. For each n a child runs quote → place → pay → confirm → pack → ship → deliver on
real files and is gone (`os._exit`) at its n-th boundary; another opens the same files, repeats everything with the same
keys, and looks whether anything is lost, doubled or stuck. What lives outside (provider, carrier, what the buyer's
program remembers) is in small files, too, and survives."""

import asyncio
import json
import os
import pickle
import shutil
import sqlite3
import sys
import traceback
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, TypeVar

import msgspec

from jishi.app import Outside, Shop, build
from jishi.goods.catalog import ListingsQuery, PutProduct, SkuDraft
from jishi.goods.inventory import PutWarehouse, Receive, StockKey
from jishi.goods.pricing import PriceDraft, SetPrices
from jishi.goods.promotions import Amount, Claim, NotClaimable, PromotionDraft, PutPromotion
from jishi.goods.shipping import PutRates, RateDraft
from jishi.kernel import EPOCH_MS, Actor, Context, Module, World
from jishi.kernel.place import Region
from jishi.kernel.sqlite import SqliteEngine, create_all
from jishi.people.merchants import PutMerchant
from jishi.people.notices import Message
from jishi.people.vault import KeepCard
from jishi.sandbox.carrier import Box, MemoryCarrier
from jishi.sandbox.carrier.app import load, save
from jishi.sandbox.memory import MemoryCard
from jishi.sim.invariants import ALWAYS, AT_REST
from jishi.trade.checkout import Place, QuoteAsk, Wanted
from jishi.trade.fulfilment import Booking, Pack, ShipmentsOf, ShipWork, Track, WorkQuery
from jishi.trade.orders import Cancel, OrderQuery, Receive as Received
from jishi.trade.payments import Notify, Start
from jishi.trade.payments.providers.cod import Cod
from tests.kit import STAFF, Clock, buyer

T = TypeVar("T")
DEAD, WRONG, LANES, SPARE = 77, 78, 2, 6
KEYS = "people.keys"
BUYER = buyer(7)
GOODS = {"TEA": (8_800, 250, 20), "LAMP": (15_001, 400, 10)}
BOUGHT = {"TEA": 3, "LAMP": 2}
OFF = 1_001  # the coupon's, which is there once
BEGUN = EPOCH_MS + 10**10


BOOKED = "after the carrier"
METHOD, CANCELS = ("cod" if "door" in sys.argv else "card"), "cancel" in sys.argv


@dataclass
class Fuse:
    """Counts boundaries, or those of one name; at the `at`-th the process is no more. 0: never."""

    at: int = 0
    only: str = ""
    n: int = 0
    names: list[str] | None = None

    def __call__(self, name: str) -> None:
        if self.only and name != self.only:
            return
        self.n += 1
        if self.names is not None:
            self.names.append(name)
        if self.n == self.at:
            os._exit(DEAD)


class Wire:
    """A connection whose commits are boundaries."""

    def __init__(self, inner: sqlite3.Connection, fuse: Fuse, name: str) -> None:
        self.inner, self.fuse, self.name = inner, fuse, name

    def execute(self, sql: str, *args: Any) -> Any:
        if sql != "COMMIT":
            return self.inner.execute(sql, *args)
        self.fuse(f"before commit of {self.name}")
        done = self.inner.execute(sql)
        self.fuse(f"after commit of {self.name}")
        return done

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)


class MortalEngine(SqliteEngine):
    """The true engine on a wire with a fuse."""

    fuse: Fuse

    def _connect(self, *, writes: bool = True) -> Any:
        c = super()._connect(writes=writes)
        return Wire(c, self.fuse, Path(self.path).stem) if writes else c


def keep(path: Path, what: Any) -> None:
    part = path.with_suffix(".part")
    part.write_bytes(pickle.dumps(what))
    part.replace(path)


class FiledCard(MemoryCard):
    """The gateway whose memory is a file."""

    fuse: Fuse
    path: Path

    def restore(self) -> None:
        if self.path.exists():
            self.pages, self.by_number, self.backs, self.outbox, self.serial = pickle.loads(self.path.read_bytes())

    def keep(self) -> None:
        keep(self.path, (self.pages, self.by_number, self.backs, self.outbox, self.serial))

    async def _call(self, act: Callable[[], T]) -> T:
        self.fuse("before the provider")
        done = await super()._call(act)
        self.keep()
        self.fuse("after the provider")
        return done


class FiledCarrier(MemoryCarrier):
    fuse: Fuse
    path: Path

    async def book(self, booking: Booking) -> str:
        self.fuse("before the carrier")
        if "forgetful" in sys.argv:  # a planted fault: a carrier that knows no number again
            booking = msgspec.structs.replace(booking, number=f"{booking.number}-{self.box.now()}")
        waybill = await super().book(booking)
        save(self.box, self.path)
        self.fuse(BOOKED)
        return waybill

    async def tracks(self, waybill: str) -> list[Track]:
        self.fuse("before the carrier's tracks")
        return await super().tracks(waybill)


class Post:
    """A courier: what was handed to it is a line of a file."""

    channel = "email"

    def __init__(self, path: Path, fuse: Fuse) -> None:
        self.path, self.fuse = path, fuse

    async def send(self, message: Message) -> None:
        self.fuse("before the post")
        with self.path.open("a") as f:
            f.write(f"{message.id} {message.subject}\n")
        self.fuse("after the post")


@dataclass
class Life:
    shop: Shop
    card: FiledCard
    carrier: FiledCarrier
    clock: Clock
    folder: Path
    engines: list[MortalEngine]

    def memo(self) -> dict[str, Any]:
        path = self.folder / "buyer.json"
        return dict(json.loads(path.read_text())) if path.exists() else {}

    def remember(self, **more: Any) -> dict[str, Any]:
        made = self.memo() | more
        part = self.folder / "buyer.part"
        part.write_text(json.dumps(made))
        part.replace(self.folder / "buyer.json")
        return made


async def born(folder: Path, fuse: Fuse, at: int, chance: int) -> Life:
    clock = Clock(at)
    world = World(now=clock, chance=Random(chance))
    rest = [m for name, m in Module.all.items() if name != KEYS]
    engines = []
    for name, modules in (("shop", rest), ("keys", [Module.all[KEYS]])):
        engine = MortalEngine(world, str(folder / f"{name}.db"), modules=modules, durable=False)
        engine.fuse = fuse
        await engine.open()
        engines.append(engine)
    card = FiledCard(world, secrets=[b"known"])
    card.fuse, card.path = fuse, folder / "card.pickle"
    card.restore()
    box = Box(clock, Random(5))
    carrier = FiledCarrier(box)
    carrier.fuse, carrier.path = fuse, folder / "box.msgpack"
    load(box, carrier.path)
    outside = Outside(None, [Post(folder / "post.txt", fuse)], [card, Cod()], [carrier])
    shop = build(world, engines[0], outside, elsewhere={KEYS: engines[1]})
    return Life(shop, card, carrier, clock, folder, engines)


async def ended(life: Life) -> None:
    for engine in life.engines:
        await engine.close()


async def fill(folder: Path) -> None:
    """Two merchants in two warehouses with one good each, and the buyer's two cards."""
    for name in ("shop", "keys"):
        c = sqlite3.connect(folder / f"{name}.db", isolation_level=None)
        c.execute("PRAGMA journal_mode=WAL")
        create_all(c, [m for n, m in Module.all.items() if (n == KEYS) == (name == "keys")])
        c.close()
    life = await born(folder, Fuse(), BEGUN - 10**6, 3)
    shop = life.shop
    for serial, (code, (price, weight, pieces)) in enumerate(GOODS.items()):
        names = {"en": code, "zh-CN": code}
        merchant = await shop.merchants.put(STAFF, PutMerchant(code.lower(), names, "CN", "CNY"))
        rates = [RateDraft("standard", "CNY", "CN", first_minor=800, more_minor=300)]
        await shop.shipping.put_rates(STAFF, PutRates(merchant.id, rates))
        house = await shop.inventory.put_warehouse(STAFF, PutWarehouse(f"W{serial}", names, Region("CN", "浙江省")))
        draft = PutProduct(merchant.id, code.lower(), names, skus=[SkuDraft(code, weight_g=weight)])
        product = await shop.catalog.put(STAFF, draft)
        (row,) = (await shop.catalog.listings(STAFF, ListingsQuery(product_ids=[product.id]))).rows
        await shop.pricing.set_prices(STAFF, SetPrices(merchant.id, [PriceDraft(row.id, "CN", "CNY", price)]))
        key = StockKey(row.components[0].stock_item_id, house.id, merchant.id)
        await shop.inventory.receive(STAFF, Receive(serial + 1, key, pieces))
        life.remember(**{code: row.id})
    draft = PromotionDraft(names, "coupon", Amount(OFF), "CN", "CNY", needs="claim", budget_uses=1, budget_minor=OFF)
    life.remember(coupon=(await shop.promotions.put(STAFF, PutPromotion("sweep", draft))).id)
    await shop.relay.drain()
    await ended(life)


# --- the path ------------------------------------------------------------------------------------------------------------


ADDRESS = {
    "name": "林晓雨", "phone": "13812348000", "country": "CN", "province": "上海市", "city": "上海市", "district": "浦东新区",
    "postcode": "201203", "street": "张江路 88 号 3 栋",
}  # fmt: skip


async def path(life: Life) -> int:
    """All of it; whoever died in between begins again and means the same. Answers the order's id. `door`: paid at the
    door; `cancel`: the buyer thinks better of it once it is paid."""
    shop, memo = life.shop, life.memo()
    if "quote" not in memo:
        for card, kind, fields in ((701, "recipient", ADDRESS), (702, "contact", {"email": "p7@example.com"})):
            await shop.vault.keep(BUYER, KeepCard(card, 7, kind, "order", fields))
        with suppress(NotClaimable):  # a life before has it already
            await shop.promotions.claim(BUYER, Claim(memo["coupon"]))
        lines = [Wanted(memo[code], n) for code, n in BOUGHT.items()]
        quote = await shop.checkout.quote(BUYER, QuoteAsk(lines, 701, 702))
        assert quote.terms.discount == -OFF
        memo = life.remember(quote=quote.id, total=quote.terms.total)
    placed = await shop.checkout.place(BUYER, Place("the-key", memo["quote"], memo["total"], METHOD))
    if memo.setdefault("number", placed.number) != placed.number:
        raise AssertionError("one key, two orders")
    life.remember(number=placed.number)
    await shop.relay.drain()
    if METHOD == "card":
        started = await shop.payments.start(
            BUYER, Start(placed.intent_id, "https://shop.example/paid", "https://shop.example/back")
        )
        if started.url:
            life.card.pay(started.url.rsplit("/", 1)[-1])
            life.card.keep()
        await hear(life)
    if CANCELS:
        for line in (1, 2):
            await shop.orders.cancel(BUYER, Cancel(placed.order_id, f"no-{line}", line=line))
            await shop.relay.drain()
        return placed.order_id
    for state in ("open", "packed"):
        for work in (await shop.fulfilment.work(STAFF, WorkQuery(state))).rows:
            if state == "open":
                await shop.fulfilment.pack(STAFF, Pack(work.id))
            await shop.relay.drain()
    for work in (await shop.fulfilment.work(STAFF, WorkQuery("packed"))).rows:
        await shop.fulfilment.ship(STAFF, ShipWork(work.id, f"ship-{work.child}"))
        await shop.relay.drain()
    await travel(life, placed.order_id)
    await shop.orders.receive(BUYER, Received(placed.order_id))
    await shop.relay.drain()
    return placed.order_id


async def hear(life: Life) -> None:
    """The gateway tells until it is answered."""
    life.card.finish_refunds()
    while life.card.outbox:
        notice = life.card.notice(life.card.outbox[0])
        await life.shop.payments.notify(
            Context(Actor(0, "provider")), Notify(life.card.code, notice.raw, notice.headers)
        )
        life.card.outbox.popleft()
        life.card.keep()
    await life.shop.relay.drain()


async def travel(life: Life, order_id: int) -> None:
    box = life.carrier.box
    for shipment in (await life.shop.fulfilment.shipments(STAFF, ShipmentsOf(order_id))).rows:
        while shipment.waybill and box.push(shipment.waybill):
            life.clock.pass_time(seconds=1)
        save(box, life.carrier.path)
    while box.outgoing:
        letter = life.carrier.letter(box.outgoing[0])
        await life.shop.fulfilment.note(Context(Actor(0, "carrier")), letter)
        box.outgoing.pop(0)
        save(box, life.carrier.path)
    await life.shop.relay.drain()


# --- what must be true afterwards ------------------------------------------------------------------------------------------


async def verdict(life: Life, order_id: int) -> list[str]:
    shop, wrong = life.shop, list[str]()
    for _ in range(4):  # timers that look after what a death left half done
        life.clock.pass_time(minutes=6)
        await shop.relay.drain()
        await hear(life)
    life.clock.pass_time(days=30)
    await shop.relay.drain()
    await shop.relay.drain()
    c = sqlite3.connect(life.folder / "shop.db")
    outboxes = [f"{m.name.replace('.', '_')}_outbox" for m in life.engines[0].modules]
    for name, sql in (ALWAYS | AT_REST).items():
        texts = [sql.format(outbox=o, now=life.clock()) for o in outboxes] if "{outbox}" in sql else [sql]
        wrong += [f"{name}: {rows[:3]}" for text in texts if (rows := c.execute(text).fetchall())]
    order = await shop.orders.order(STAFF, OrderQuery(order_id))
    total = life.memo()["total"]
    sold = not CANCELS
    paid = total if METHOD == "card" else 0
    expected = {
        "SELECT COUNT(*) FROM trade_orders_parents": 1,
        "SELECT COUNT(*) FROM trade_payments_intents": 1,
        "SELECT SUM(captured) FROM trade_payments_intents": total,
        "SELECT SUM(minor) FROM trade_payments_captures WHERE effective = 1": total,
        "SELECT COALESCE(SUM(minor), 0) FROM trade_payments_refunds WHERE state = 'done'": 0 if sold else paid,
        "SELECT COUNT(*) FROM trade_fulfilment_parcels": 2 * sold,
        "SELECT SUM(minor) FROM trade_ledger_entries": 0,
        "SELECT COALESCE(SUM(minor), 0) FROM trade_ledger_balances WHERE account = 'expense:promotions'": OFF * sold,
        "SELECT SUM(on_hand) FROM goods_inventory_levels": sum(p for _, _, p in GOODS.values())
        - sold * sum(BOUGHT.values()),
        "SELECT SUM(reserved + allocated) FROM goods_inventory_levels": 0,
        "SELECT SUM(held_minor + held_uses) FROM goods_promotions_budgets": 0,
        "SELECT SUM(used_minor) FROM goods_promotions_budgets": OFF * sold,
        "SELECT SUM(used_uses) FROM goods_promotions_budgets": int(sold),
        "SELECT COUNT(*) FROM goods_promotions_coupons": 1,
        "SELECT COUNT(*) FROM goods_promotions_coupons WHERE state = 'used'": int(sold),
        "SELECT COUNT(*) FROM goods_promotions_coupons WHERE state = 'given_back'": int(not sold),
    }
    for sql, value in expected.items():
        if (found := c.execute(sql).fetchone()[0]) != value:
            wrong.append(f"{sql}: {found}, not {value}")
    if order.state != ("completed" if sold else "refunded"):
        wrong.append(f"the order is {order.state}")
    taken = [p.minor for p in life.card.pages.values() if p.state == "captured"]
    if sum(taken) != paid or len(taken) > 1 or len(life.carrier.box.parcels) != 2 * sold:
        wrong.append(f"the provider took {taken}, the carrier has {len(life.carrier.box.parcels)} parcels")
    if c.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
        wrong.append("the file is broken")
    letters = Counter(line.partition(" ")[2] for line in (life.folder / "post.txt").read_text().splitlines())
    if len(letters) < 3 or max(letters.values()) > 3:
        wrong.append(f"letters: {letters}")
    c.close()
    return wrong


async def live(folder: Path, fuse: Fuse, *, at: int = BEGUN, chance: int = 1, check: bool = False) -> list[str]:
    life = await born(folder, fuse, at, chance)
    if check:
        await life.shop.relay.drain()  # as the relay of a process that starts
    order_id = await path(life)
    wrong = await verdict(life, order_id) if check else []
    await ended(life)
    return wrong


# --- the sweep ----------------------------------------------------------------------------------------------------------


def forked(work: Callable[[], int]) -> int:
    """`work` in a child; answers its exit code."""
    pid = os.fork()
    if not pid:
        try:
            os._exit(work())
        except BaseException:
            traceback.print_exc()
            os._exit(WRONG)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def first_life(folder: Path, n: int) -> int:
    names: list[str] = []
    only = BOOKED if n and "forgetful" in sys.argv else ""
    asyncio.run(live(folder, Fuse(n, only, names=names if not n else None)))
    if not n:
        (folder / "names.json").write_text(json.dumps(names))
    return 0


def second_life(folder: Path) -> int:
    wrong = asyncio.run(live(folder, Fuse(), at=BEGUN + 60_000, chance=2, check=True))
    (folder / "wrong.json").write_text(json.dumps(wrong))
    return WRONG if wrong else 0


def one(root: Path, n: int) -> int:
    """0: died at the n-th boundary and came to a good end; 1: there is no n-th; else something is wrong."""
    folder = root / f"point-{n}"
    shutil.copytree(root / "template", folder)
    if (code := forked(lambda: first_life(folder, n))) not in (DEAD, 0):
        return WRONG
    if second := forked(lambda: second_life(folder)):
        return second
    shutil.rmtree(folder)
    return 0 if code == DEAD else 1


def main(root: Path, kind: str) -> None:
    """Every point once; `forgetful` only those behind the carrier's answer, where its fault shows."""
    template, whole = root / "template", root / "whole"
    template.mkdir(parents=True)
    asyncio.run(fill(template))
    shutil.copytree(template, whole)
    first_life(whole, 0)  # here, before any fork: what every life compiles and imports is there for all of them
    if wrong := asyncio.run(live(whole, Fuse(), at=BEGUN + 60_000, chance=2, check=True)):
        raise AssertionError(wrong)
    names = json.loads((whole / "names.json").read_text())
    todo = list(range(1, len(names) + SPARE))  # who commits with whom differs a little from life to life
    if kind == "forgetful":
        todo = list(range(1, names.count(BOOKED) + 1))
    died, running, failed = 0, dict[int, int](), dict[int, Any]()
    while todo or running:
        while todo and len(running) < LANES:
            n = todo.pop(0)
            if pid := os.fork():
                running[pid] = n
            else:
                os._exit(one(root, n))
        pid, status = os.wait()
        n, code = running.pop(pid), os.waitstatus_to_exitcode(status)
        died += code == 0
        if code not in (0, 1):
            file = root / f"point-{n}" / "wrong.json"
            failed[n] = {
                "at": names[n - 1 : n],
                "wrong": json.loads(file.read_text()) if file.exists() else f"exit {code}",
            }
    print(json.dumps({"points": len(names), "died": died, "kinds": Counter(names), "failed": failed}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
