"""Who sees what: buyers their own, clerks their cut, guests through their link; lists page without gaps."""

import pytest

from jishi.kernel import Forbidden
from jishi.kernel.paging import WrongCursor
from jishi.trade.orders import GrantLink, NoOrder, OrderQuery, OrdersQuery, Receive
from tests.kit import STAFF, Clock, buyer, clerk
from tests.trade.kit import BUYER, GUEST, LAMP_CO, ORDERS, STRANGER, TEA_CO, Trade


async def test_a_stranger_finds_no_order_by_any_name(trade: Trade):
    id = await trade.open(trade.two())
    number = (await trade.order(id)).number
    asks = [
        OrderQuery(id),
        OrderQuery(number=number),
        OrderQuery(id, secret="0" * 32),
        OrderQuery(),
        OrderQuery(id + 1),
    ]
    for who in (STRANGER, GUEST, clerk(99), clerk(0), buyer(0)):
        for ask in asks:
            with pytest.raises(NoOrder):
                await trade.orders.order(who, ask)
    with pytest.raises(Forbidden):
        await trade.orders.order(buyer(7, "provider"), OrderQuery(id))
    assert (await trade.orders.orders(STRANGER, OrdersQuery())).rows == []


async def test_the_buyer_finds_it_by_the_number_as_it_is_typed(trade: Trade):
    id = await trade.open(trade.two())
    number = (await trade.order(id)).number
    for typed in (number, number.lower(), f" {number}-2 "):
        assert (await trade.orders.order(BUYER, OrderQuery(number=typed))).id == id
    with pytest.raises(NoOrder):
        await trade.orders.order(BUYER, OrderQuery(id, number="J0000000000"))


async def test_a_clerk_sees_its_children_and_nothing_else(trade: Trade):
    id = await trade.open(trade.two())
    await trade.pay(id)
    await trade.ship(id, 1)
    await trade.relay.drain()
    lamp, tea = await trade.order(id, clerk(LAMP_CO)), await trade.order(id, clerk(TEA_CO))
    assert ([c.n for c in lamp.children], lamp.total, lamp.goods, lamp.freight) == ([2], 9000, 9000, 0)
    assert ([c.n for c in tea.children], tea.total, tea.goods, tea.freight) == ([1], 7801, 999 + 6000, 800)
    assert (lamp.state, tea.state) == ("to_ship", "shipped")
    assert (lamp.buyer_id, lamp.contact_card, lamp.can) == (0, 0, [])
    assert {s.child for s in lamp.timeline} == {0}
    (row,) = (await trade.orders.orders(clerk(LAMP_CO), OrdersQuery())).rows
    assert (row.total, row.pieces, row.children, row.pictures, row.state) == (9000, 1, 1, ["/LAMP"], "to_ship")
    assert [r.id for r in (await trade.orders.orders(clerk(TEA_CO), OrdersQuery("shipped"))).rows] == [id]
    assert (await trade.orders.orders(clerk(TEA_CO), OrdersQuery("to_ship"))).rows == []
    assert (await trade.orders.orders(clerk(0), OrdersQuery())).rows == []


async def test_the_link_in_the_mail_opens_one_order_for_half_a_year(trade: Trade, clock: Clock):
    id, other = await trade.open(trade.two()), await trade.open(trade.two())
    await trade.relay.drain()
    _, letter = trade.letters.sent[f"order_placed:{id}"]
    secret = letter.secrets["secret"]
    assert (await trade.orders.order(GUEST, OrderQuery(secret=secret))).id == id
    seen = await trade.orders.order(GUEST, OrderQuery(id, secret=secret))
    assert seen.can == ["pay", "cancel"]
    with pytest.raises(NoOrder):
        await trade.orders.order(GUEST, OrderQuery(other, secret=secret))
    with pytest.raises(NoOrder):
        await trade.cancel(other, GUEST, secret=secret)
    assert (await trade.cancel(id, GUEST, secret=secret)).state == "cancelled"
    with pytest.raises(NoOrder):
        await trade.orders.receive(GUEST, Receive(other, secret=secret))
    clock.pass_time(days=181)
    with pytest.raises(NoOrder):
        await trade.orders.order(GUEST, OrderQuery(secret=secret))
    assert (await trade.orders.order(BUYER, OrderQuery(id, secret=secret))).id == id  # it is still one's own


async def test_a_link_is_kept_as_a_hash_and_the_oldest_give_way(trade: Trade):
    id = await trade.open(trade.two())
    with pytest.raises(Forbidden):
        await trade.orders.grant_link(BUYER, GrantLink(id))
    with pytest.raises(NoOrder):
        await trade.orders.grant_link(STAFF, GrantLink(1))
    links = []
    for _ in range(21):
        links.append(await trade.orders.grant_link(ORDERS, GrantLink(id)))
        trade.clock.pass_time(seconds=1)
    assert (await trade.counts("trade.orders"))["trade_orders_links"] == 20
    with pytest.raises(NoOrder):
        await trade.orders.order(GUEST, OrderQuery(secret=links[0].secret))
    assert (await trade.orders.order(GUEST, OrderQuery(secret=links[20].secret))).id == id
    assert len(links[0].secret) == 32


async def test_lists_page_newest_first_without_gaps(trade: Trade, clock: Clock):
    one = trade.terms([trade.child(1, TEA_CO, [trade.line(1, "TEA", 1, 1000)])])
    ids = []
    for i in range(7):
        ids.append(await trade.open(one, who=7 if i != 3 else 8))
        clock.pass_time(seconds=1)
    await trade.cancel(ids[5])
    mine, seen, cursor = [x for i, x in enumerate(ids) if i != 3][::-1], [], ""
    for _ in range(4):
        page = await trade.orders.orders(BUYER, OrdersQuery(cursor=cursor, limit=2))
        seen += [r.id for r in page.rows]
        if not (cursor := page.next):
            break
    assert seen == mine
    assert [r.id for r in (await trade.orders.orders(BUYER, OrdersQuery("cancelled"))).rows] == [ids[5]]
    assert [r.id for r in (await trade.orders.orders(STAFF, OrdersQuery())).rows] == ids[::-1]
    assert len((await trade.orders.orders(STAFF, OrdersQuery("to_pay"))).rows) == 6
    assert (await trade.orders.orders(STAFF, OrdersQuery("none"))).rows == []
    with pytest.raises(WrongCursor):
        await trade.orders.orders(BUYER, OrdersQuery(cursor="xx"))


async def test_a_page_of_one_order_is_four_reads(trade: Trade):
    id = await trade.open(trade.two())
    from jishi.trade.orders import queries

    def counted(tx, query, seen):
        rows = tx.rows
        tx.rows = lambda st, **v: seen.append(st) or rows(st, **v)
        return queries.order(tx, query) if isinstance(query, OrderQuery) else queries.orders(tx, query)

    for who, query, most in [
        (BUYER, OrderQuery(id), 4),
        (STAFF, OrdersQuery(limit=50), 2),
        (clerk(TEA_CO), OrdersQuery(limit=50), 3),
    ]:
        seen: list[object] = []
        await trade.orders.db.read(who, counted, query, seen)
        assert len(seen) == most
