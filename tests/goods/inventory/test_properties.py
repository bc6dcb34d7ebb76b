"""Whatever is asked in whatever order: levels replay from movements (I1), reserved is the open holds' (I2)."""

from collections import Counter
from random import Random

from hypothesis import HealthCheck, given, settings, strategies as st
from sqlalchemy import select

from jishi.goods.inventory import (
    Adjust,
    Deallocate,
    Receive,
    ReservationDue,
    Reserve,
    Restock,
    SetSafety,
    Ship,
    StockKey,
    Want,
    commands,
    holds,
)
from jishi.goods.inventory.tables import BUCKETS, levels, module, movements, reservations, wants
from jishi.kernel import EPOCH_MS, Ask, Fault, Statement, World
from jishi.kernel.holds import Held, HoldRef
from jishi.kernel.sql import Job
from jishi.kernel.sqlite import commit_group, connect, create_all
from tests.kit import STAFF, Clock

from .kit import CHECKOUT, HANGZHOU

ALL_LEVELS, ALL_MOVES = Statement(select(levels)), Statement(select(movements))
ALL_HOLDS, ALL_WANTS = Statement(select(reservations)), Statement(select(wants))

orders, places, pieces, keys = st.integers(1, 5), st.integers(0, 2), st.integers(1, 4), st.integers(1, 12)
wanted = st.dictionaries(places, pieces, min_size=1, max_size=2)
step = st.one_of(
    st.tuples(st.just("receive"), keys, places, pieces),
    st.tuples(st.just("adjust"), keys, places, st.integers(-4, 4).filter(bool)),
    st.tuples(st.just("safety"), places, st.integers(0, 2)),
    st.tuples(st.just("reserve"), st.lists(st.tuples(orders, wanted), min_size=1, max_size=4)),
    st.tuples(st.sampled_from(["release", "allocate"]), st.lists(orders, min_size=1, max_size=4)),
    st.tuples(st.just("expire"), orders),
    st.tuples(st.sampled_from(["ship", "deallocate", "restock", "restock_good"]), keys, orders, wanted),
)


class Shop:
    """The units on a database in memory, without a loop. A failing unit rolls back alone, as in life."""

    def __init__(self) -> None:
        self.world = World(now=Clock(EPOCH_MS + 10**10), chance=Random(1))
        self.c = connect(":memory:")
        create_all(self.c)
        warehouse = self.run(commands.put_warehouse, HANGZHOU).id
        self.keys = [StockKey(item, warehouse, 5) for item in (1, 2, 3)]
        self.stock = [self.run(commands.receive, Receive(100 + i, k, 3)).stock_id for i, k in enumerate(self.keys)]
        self.first: dict[int, object] = {}

    def run(self, unit, *args):
        ((_, result, error, _),) = commit_group(self.c, self.world, [Job(module, STAFF, unit, args)])
        if error and not isinstance(error, Fault):
            raise error
        return error or result

    def wants(self, chosen):
        return [Want(self.stock[place], n) for place, n in chosen.items()]

    def do(self, name, *args):
        if name == "receive":
            self.run(commands.receive, Receive(args[0], self.keys[args[1]], args[2]))
        elif name == "adjust":
            self.run(commands.adjust, Adjust(args[0], self.stock[args[1]], args[2], "counted"))
        elif name == "safety":
            self.run(commands.set_safety, SetSafety(self.stock[args[0]], args[1]))
        elif name == "reserve":
            asks = [Reserve(o, self.wants(chosen), self.world.now() + 1) for o, chosen in args[0]]
            self.check_answers(asks, self.run(holds.reserve, [Ask(CHECKOUT, a) for a in asks]))
        elif name in ("release", "allocate"):
            self.run(getattr(holds, name), [Ask(CHECKOUT, HoldRef(o)) for o in args[0]])
        elif name == "expire":
            self.run(holds.expire, ReservationDue(args[0], 0))
        elif name == "restock_good":
            self.run(holds.restock, Restock(args[0], args[1], self.wants(args[2]), "on_hand"))
        else:
            unit, shape = {
                "ship": (holds.ship, Ship),
                "deallocate": (holds.deallocate, Deallocate),
                "restock": (holds.restock, Restock),
            }[name]
            self.run(unit, shape(args[0], args[1], self.wants(args[2])))

    def check_answers(self, asks, answers):
        """A refusal is the first one for ever; who was held is never refused by `reserve`."""
        for ask, answer in zip(asks, answers, strict=True):
            kind = answer.body if isinstance(answer, Fault) else "held"
            assert self.first.setdefault(ask.order_id, kind) == kind
            assert isinstance(answer, Fault | Held)

    def check(self):
        def unit(tx):
            return [tx.rows(s) for s in (ALL_LEVELS, ALL_MOVES, ALL_HOLDS, ALL_WANTS)]

        rows, moved, held, wanted = self.run(unit)
        replayed = Counter[tuple[int, str]]()
        for _, stock_id, _, bucket, delta, *_ in moved:
            replayed[stock_id, bucket] += delta
        state = {order_id: s for order_id, s, *_ in held}
        reserved, allocated = Counter[int](), Counter[int]()
        for order_id, stock_id, quantity, r, a, shipped, freed, _ in wanted:
            reserved[stock_id] += r
            allocated[stock_id] += a
            assert state[order_id] == "open" or r == 0
            assert state[order_id] == "allocated" or a == shipped == 0
            if state[order_id] in ("open", "allocated"):
                assert r + a + shipped + freed == quantity
        for row in rows:
            level = dict(zip(BUCKETS, row[-6:], strict=True))
            assert level == {b: replayed[row[0], b] for b in BUCKETS}
            assert min(level.values()) >= 0
            assert level["reserved"] + level["allocated"] <= level["on_hand"]
            assert (level["reserved"], level["allocated"]) == (reserved[row[0]], allocated[row[0]])


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(step, max_size=25))
def test_levels_replay_and_holds_add_up_after_every_step(steps):
    shop = Shop()
    for one in steps:
        shop.do(*one)
        shop.check()
    shop.c.close()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(orders, wanted), min_size=1, max_size=8), st.integers(0, 8))
def test_a_batch_decides_as_one_by_one_would(asked, cut):
    """Batches only make it cheaper: the same asks in other cuts get the same answers."""
    answers = []
    for parts in ([asked], [asked[:cut], asked[cut:]], [[a] for a in asked]):
        shop, told = Shop(), []
        for part in filter(None, parts):
            asks = [Ask(CHECKOUT, Reserve(o, [Want(shop.stock[p], n) for p, n in w.items()], 1)) for o, w in part]
            told += shop.run(holds.reserve, asks)
        named = {stock_id: i for i, stock_id in enumerate(shop.stock)}
        answers.append([(named[a.stock_id], a.wanted) if isinstance(a, Fault) else a.state for a in told])
        shop.c.close()
    assert answers[0] == answers[1] == answers[2]
