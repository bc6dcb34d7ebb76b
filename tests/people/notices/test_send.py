"""A notice goes out once a key, in the reader's language; the row knows neither address nor secret."""

import asyncio

import pytest
from msgspec import structs

from jishi.kernel import SYSTEM, Forbidden, Invalid
from jishi.people.notices import NoticesQuery, NotSent, Send
from jishi.people.vault import Erase, KeepCard, NoCard
from tests.kit import STAFF, Clock, buyer, module
from tests.people.kit import People, count, rows_of, texts

ORDERS = structs.replace(module("trade.orders"), locale="en")
PARAMS = {"number": "J4K7X2M9QPT", "total": "12900", "currency": "CNY", "order_id": "5"}
PLACED = Send("order_placed:5", 13, "order_placed", PARAMS, {"secret": "s3cr3t-of-128-bits"})


@pytest.fixture(autouse=True)
async def _lins_card(people: People) -> None:
    await people.vault.keep(buyer(7), KeepCard(13, 7, "contact", "order", {"email": "lin@example.com"}))


async def test_an_order_is_told_in_the_readers_language_and_money(people: People, clock: Clock) -> None:
    sent = await people.notices.send(ORDERS, PLACED)
    assert (sent.key, sent.template, sent.channel, sent.state, sent.at) == (
        "order_placed:5",
        "order_placed",
        "email",
        "sent",
        clock(),
    )
    (letter,) = people.post.sent
    link = "https://shop.example/en/orders/J4K7X2M9QPT?secret=s3cr3t-of-128-bits"
    assert (letter.to, letter.subject, letter.locale) == ("lin@example.com", "Order J4K7X2M9QPT is placed", "en")
    assert "The total is CN¥129.00." in letter.body
    assert link in letter.body
    assert f'<a href="{link}">{link}</a>' in letter.html
    await people.notices.send(structs.replace(ORDERS, locale="zh-CN"), structs.replace(PLACED, key="order_placed:6"))
    assert people.post.sent[1].subject == "订单 J4K7X2M9QPT 已提交"
    assert "合计 ¥129.00" in people.post.sent[1].body


async def test_neither_address_nor_secret_is_in_the_row_and_the_reading_is_logged(people: People) -> None:
    await people.notices.send(ORDERS, PLACED)
    dump = "\n".join(texts(await rows_of(people.engine, "people.notices")))
    assert "J4K7X2M9QPT" in dump
    for secret in ("s3cr3t", "lin@", "example.com"):
        assert secret not in dump
    ((_, _, actor, role, via, purpose, *_),) = (await rows_of(people.engine, "people.vault", "reads"))[
        "people_vault_reads"
    ]
    assert (actor, role, via, purpose) == (0, "system", "people.notices", "notice:order_placed")


async def test_the_same_key_is_sent_once_also_at_once(people: People) -> None:
    answers = await asyncio.gather(*[people.notices.send(ORDERS, PLACED) for _ in range(6)])
    assert len(people.post.sent) == 1
    assert {a.id for a in answers} == {answers[0].id}
    assert (await people.notices.send(ORDERS, PLACED)).state == "sent"
    assert len(people.post.sent) == 1
    assert await count(people.engine, "people.notices", "notices") == 1


async def test_a_failure_is_noted_raised_and_tried_again(people: People) -> None:
    people.post.fault = OSError("550 lin@example.com unknown")
    for _ in range(2):
        with pytest.raises(NotSent) as refused:
            await people.notices.send(ORDERS, PLACED)
        assert refused.value.body == type(refused.value.body)("email")
    (row,) = (await people.notices.of_card(STAFF, NoticesQuery(13))).rows
    assert row.state == "failed"
    assert "lin@" not in "".join(texts(await rows_of(people.engine, "people.notices")))
    people.post.fault = None
    assert (await people.notices.send(ORDERS, PLACED)).state == "sent"
    assert [m.id for m in people.post.sent] == [row.id]


async def test_a_sender_that_died_is_followed_after_a_minute(people: People, clock: Clock) -> None:
    from jishi.people.notices import commands

    await people.notices.db.write(ORDERS, commands.claim, PLACED, "en")
    clock.pass_time(seconds=59)
    assert (await people.notices.send(ORDERS, PLACED)).state == "sending"
    assert people.post.sent == []
    clock.pass_time(seconds=1)
    assert (await people.notices.send(ORDERS, PLACED)).state == "sent"
    assert len(people.post.sent) == 1


async def test_an_erased_card_is_written_to_no_more(people: People) -> None:
    await people.vault.erase(STAFF, Erase(7, "order"))
    assert (await people.notices.send(ORDERS, PLACED)).state == "dropped"
    assert (await people.notices.send(ORDERS, PLACED)).state == "dropped"
    await people.vault.keep(buyer(8), KeepCard(14, 8, "contact", "order", {"phone": "13812348000"}))
    assert (await people.notices.send(ORDERS, Send("k2", 14, "order_placed", PARAMS))).state == "dropped"
    assert people.post.sent == []


async def test_strangers_and_wrong_asks_leave_no_row(people: People) -> None:
    as_stranger = structs.replace(ORDERS, actor=buyer(8).actor)
    for ctx, ask, fault in (
        (as_stranger, PLACED, NoCard),
        (ORDERS, structs.replace(PLACED, card_id=99), NoCard),
        (buyer(7), PLACED, Forbidden),
        (ORDERS, structs.replace(PLACED, key="Order Placed"), Invalid),
        (ORDERS, structs.replace(PLACED, key=""), Invalid),
        (ORDERS, structs.replace(PLACED, template="../x"), Invalid),
        (ORDERS, structs.replace(PLACED, params={"x": "y" * 2001}), Invalid),
    ):
        with pytest.raises(fault):
            await people.notices.send(ctx, ask)
    assert not any((await rows_of(people.engine, "people.notices")).values())
    assert people.post.sent == []


async def test_a_key_is_not_used_for_another_message(people: People) -> None:
    await people.notices.send(ORDERS, PLACED)
    for other in (structs.replace(PLACED, template="order_confirmed"), structs.replace(PLACED, card_id=14)):
        with pytest.raises(Invalid):
            await people.notices.send(ORDERS, other)
    assert len(people.post.sent) == 1


async def test_a_channel_without_courier_and_a_template_without_sentence_are_not_sent(people: People) -> None:
    for other in (structs.replace(PLACED, channel="pigeon"), structs.replace(PLACED, template="nonsense")):
        with pytest.raises(NotSent):
            await people.notices.send(ORDERS, structs.replace(other, key=f"k:{other.channel}:{other.template}"))
    assert people.post.sent == []


async def test_customers_see_what_was_sent_to_their_own_cards(people: People) -> None:
    for n in range(3):
        await people.notices.send(ORDERS, structs.replace(PLACED, key=f"k{n}"))
    asked = NoticesQuery(13, 2)
    assert [r.key for r in (await people.notices.of_card(buyer(7), asked)).rows] == ["k2", "k1"]
    assert (await people.notices.of_card(buyer(8), asked)).rows == []
    assert [r.key for r in (await people.notices.of_card(STAFF, NoticesQuery(13))).rows] == ["k2", "k1", "k0"]
    with pytest.raises(Forbidden):
        await people.notices.of_card(SYSTEM.acting("trade.cart"), asked)
