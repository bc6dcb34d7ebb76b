"""Postings once and balanced, sums that are sums, a chain that shows every change."""

import asyncio
from collections import Counter
from random import Random

import pytest
from hypothesis import given, settings, strategies as st
from sqlalchemy import bindparam, delete, select, update

from jishi.kernel import Engine, Event, Forbidden, Invalid, Statement, World
from jishi.trade import orders
from jishi.trade.ledger import BalanceQuery, EntriesQuery, Entry, Post, Unbalanced, Verdict, events as heard, rules
from jishi.trade.ledger.tables import entries, module, postings, seals
from tests.kit import STAFF, Clock, buyer, clerk

from .kit import SYSTEM, Books, history, open_books


@pytest.fixture
def books(engine: Engine, world: World) -> Books:
    return open_books(engine, world)


def pair(key: str, minor: int = 500, currency: str = "CNY", merchant: int = 5) -> Post:
    sale = [Entry("buyer:1", minor, 1), Entry(f"payable:{merchant}", -minor, 1, merchant)]
    return Post(key, "test", currency, sale)


async def test_a_posting_stands_once_a_key(books: Books):
    first = await books.service.post(SYSTEM, pair("a"))
    again = await books.service.post(SYSTEM, pair("a", 999))
    assert (first.first, again.first, again.id) == (True, False, first.id)
    assert await books.balances() == {("buyer:1", "CNY"): 500, ("payable:5", "CNY"): -500}
    at_once = await asyncio.gather(*[books.service.post(SYSTEM, pair("b")) for _ in range(20)])
    assert sum(p.first for p in at_once) == 1
    assert await books.balances() == {("buyer:1", "CNY"): 1_000, ("payable:5", "CNY"): -1_000} == await books.sums()


async def test_what_does_not_balance_or_has_no_account_leaves_nothing(books: Books):
    with pytest.raises(Unbalanced) as wrong:
        await books.service.post(SYSTEM, Post("a", "x", "CNY", [Entry("buyer:1", 5), Entry("cash:door", -4)]))
    assert wrong.value.sum == 1
    for bad in (
        [Entry("buyer 1", 5), Entry("cash:door", -5)],
        [Entry("buyer:1", 0), Entry("cash:door", 0)],
        [Entry("buyer:1", 5)],
        [],
        [Entry("buyer:1", 1), Entry("cash:door", -1)] * 101,
    ):
        with pytest.raises(Invalid):
            await books.service.post(SYSTEM, Post("a", "x", "CNY", bad))
    assert await books.sums() == await books.balances() == {}
    assert (await books.verdict()).unsealed == 0


async def test_currencies_keep_apart(books: Books):
    await books.service.post(SYSTEM, pair("a", 500, "CNY"))
    await books.service.post(SYSTEM, pair("b", 300, "JPY"))
    assert await books.balances("buyer:") == {("buyer:1", "CNY"): 500, ("buyer:1", "JPY"): 300}


async def test_a_clerk_sees_what_its_merchant_is_owed_and_nothing_else(books: Books):
    await books.service.post(SYSTEM, pair("a", merchant=5))
    await books.service.post(SYSTEM, pair("b", merchant=6))
    mine = (await books.service.balances(clerk(5), BalanceQuery())).rows
    assert [(b.account, b.minor) for b in mine] == [("payable:5", -500)]
    rows = (await books.service.entries(clerk(5), EntriesQuery(order_id=1))).rows
    assert {r.account for r in rows} == {"payable:5"}
    for query in (EntriesQuery(account="payable:6"), EntriesQuery(account="buyer:1")):
        with pytest.raises(Forbidden):
            await books.service.entries(clerk(5), query)
    with pytest.raises(Forbidden):
        await books.service.balances(clerk(5), BalanceQuery(prefix="payable:6"))
    for who in (buyer(), buyer(role="guest")):
        with pytest.raises(Forbidden):
            await books.service.balances(who, BalanceQuery())
    with pytest.raises(Forbidden):
        await books.service.post(STAFF, pair("c"))


async def test_entries_page_by_their_ids(books: Books):
    for n in range(5):
        await books.service.post(SYSTEM, pair(f"p{n}"))
    seen, after = [], 0
    while rows := (await books.service.entries(STAFF, EntriesQuery(account="buyer:1", after=after, limit=2))).rows:
        seen += [r.id for r in rows]
        after = rows[-1].id
    assert len(seen) == len(set(seen)) == 5
    assert len((await books.service.entries(STAFF, EntriesQuery(order_id=1, account="buyer:1"))).rows) == 5
    with pytest.raises(Invalid):
        await books.service.entries(STAFF, EntriesQuery())


# --- any order of facts ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(6))
async def test_any_order_and_repetition_of_facts_gives_the_same_books(books: Books, seed: int):
    """Five orders a seed, each told in its own confusion; then each is what it must be, and the sum is 0."""
    rng, expected = Random(seed), Counter[str]()
    told: list[Event] = []
    for order in range(1, 6):
        events, owed = history(rng, order)
        expected.update(owed)
        told += events + [e for e in events if rng.random() < 0.5]
    rng.shuffle(told)
    for event in told:
        await books.hear(event)
    balances = {account: minor for (account, _), minor in (await books.balances()).items()}
    assert balances == {k: v for k, v in expected.items() if v}
    assert sum(balances.values()) == 0
    assert await books.sums() == await books.balances()


RULES = {
    heard.Captured: rules.captured, heard.Collected: rules.collected, heard.Confirmed: rules.confirmed,
    heard.Cancelled: rules.cancelled, heard.Refunded: rules.refunded, heard.SurplusCaptured: rules.surplus,
}  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 10**15))
def test_every_fact_balances_and_a_finished_order_leaves_its_buyer_at_nothing(seed: int, order: int):
    events, owed = history(Random(seed), order)
    total = Counter[str]()
    for event in events:
        made = RULES[type(event)](event)
        assert sum(e.minor for e in made) == 0
        assert all(e.minor and rules.ACCOUNT.fullmatch(e.account) for e in made)
        for e in made:
            total[e.account] += e.minor
    assert total[f"buyer:{order}"] == total[f"surplus:{order}"] == 0
    assert Counter({k: v for k, v in total.items() if v}) == owed


@pytest.mark.parametrize(
    ("ours", "theirs"), [(heard.Confirmed, orders.Confirmed), (heard.Cancelled, orders.Cancelled), (heard.Share, orders.Share)]
)  # fmt: skip
def test_what_we_read_of_orders_is_what_orders_tells(ours: type, theirs: type):
    mine, told = ours.__annotations__, theirs.__annotations__
    assert mine.keys() <= told.keys()
    assert {n: str(t).split(".")[-1] for n, t in mine.items()} == {n: str(told[n]).split(".")[-1] for n in mine}
    if issubclass(ours, Event):
        assert ours.topic() == theirs.topic()


OUTBOX = module.meta.tables["trade_ledger_outbox"]
WAITING = Statement(select(OUTBOX.c.id).where(OUTBOX.c.state == 0))
# --- the chain ---------------------------------------------------------------------------------------------------------


async def filled(books: Books, clock: Clock, n: int = 30) -> None:
    for i in range(n):
        await books.service.post(SYSTEM, pair(f"k{i}", 100 + i))
        clock.pass_time(seconds=1)
        await books.relay.drain()
    clock.pass_time(seconds=20)
    await books.relay.drain()


async def test_every_posting_is_sealed_within_ten_seconds_and_the_timer_rests_after(books: Books, clock: Clock):
    await books.service.post(SYSTEM, pair("a"))
    assert await books.verdict() == verdict_of(0, 1)
    clock.pass_time(seconds=10)
    await books.relay.drain()
    assert await books.verdict() == verdict_of(1, 0)
    clock.pass_time(seconds=10)
    await books.relay.drain()
    clock.pass_time(days=1)
    assert await books.db.read(STAFF, lambda tx: tx.rows(WAITING)) == []
    await filled(books, clock)
    assert await books.verdict() == verdict_of(31, 0)


def verdict_of(sealed: int, unsealed: int, broken: int = 0) -> Verdict:
    return Verdict(sealed, unsealed, broken)


CHANGES = {
    "amount": Statement(
        update(entries).where(entries.c.posting_id == bindparam("of")).values(minor=entries.c.minor * 2)
    ),
    "account": Statement(update(entries).where(entries.c.posting_id == bindparam("of")).values(account="cash:mine")),
    "time": Statement(update(postings).where(postings.c.id == bindparam("of")).values(posted_at=5)),
    "entries gone": Statement(delete(entries).where(entries.c.posting_id == bindparam("of"))),
    "posting gone": Statement(delete(postings).where(postings.c.id == bindparam("of"))),
    "seal gone": Statement(delete(seals).where(seals.c.posting_id == bindparam("of"))),
}


@pytest.mark.parametrize("change", CHANGES)
async def test_a_changed_posting_is_found_and_named(books: Books, clock: Clock, change: str):
    await filled(books, clock, 12)
    posting = (await books.service.post(SYSTEM, pair("k6"))).id
    await books.db.write(STAFF, lambda tx: tx.run(CHANGES[change], of=posting))
    verdict = await books.verdict()
    assert (verdict.sealed, verdict.broken) == (6, 7)


async def test_swapped_seals_are_found(books: Books, clock: Clock):
    await filled(books, clock, 8)
    move = Statement(update(seals).where(seals.c.seq == bindparam("was")).values(seq=bindparam("to")))

    def swap(tx):
        for was, to in ((3, 99), (4, 3), (99, 4)):
            tx.run(move, was=was, to=to)

    await books.db.write(STAFF, swap)
    assert (await books.verdict()).broken == 3
