"""A card is kept once, under its person's key, and says nothing without it."""

import asyncio

import pytest

from jishi.kernel import Forbidden, Invalid
from jishi.kernel.place import Region
from jishi.people.vault import CardTaken, Facts, FactsQuery, Find, KeepCard, NoCard, Show
from tests.kit import STAFF, buyer, clerk, module
from tests.people.kit import ADA, LIN, People, count, rows_of

LIN_CARD = KeepCard(11, 7, "recipient", "order", LIN)


async def test_a_recipient_is_kept_and_read_as_it_was_meant(people: People) -> None:
    facts = await people.vault.keep(buyer(7), LIN_CARD)
    assert (facts.id, facts.person_id, facts.kind) == (11, 7, "recipient")
    assert facts.region == Region("CN", "浙江省", "杭州市", "西湖区", "")
    assert len(facts.address_print) == len(facts.phone_print) == 32
    assert facts.email_print == ""
    shown = await people.vault.show(buyer(7), Show([11], "order"))
    assert shown.cards[0].fields == LIN | {"phone": "+8613812348000"}
    assert await people.vault.facts(buyer(7), FactsQuery([11])) == Facts([facts])


async def test_no_value_of_a_card_is_readable_in_its_tables_but_the_region(people: People) -> None:
    await people.vault.keep(buyer(7), LIN_CARD)
    dump = str(await rows_of(people.engine, "people.vault"))
    for value in ("林", "8000", "13812348000", "文三路", "502"):
        assert value not in dump
    assert "西湖区" in dump
    (key,) = (await rows_of(people.keys, "people.keys", "keys")).values()
    assert len(key) == 1
    assert len(key[0][3]) == 12 + 32 + 16


async def test_the_same_card_again_is_the_same_card(people: People) -> None:
    first = await people.vault.keep(buyer(7), LIN_CARD)
    before = await rows_of(people.engine, "people.vault")
    spaced = KeepCard(11, 7, "recipient", "order", LIN | {"name": "  林晓雨\u200b ", "phone": "+86-138-1234-8000"})
    assert await people.vault.keep(buyer(7), spaced) == first
    assert await rows_of(people.engine, "people.vault") == before


@pytest.mark.parametrize(
    "other",
    [
        KeepCard(11, 7, "recipient", "order", LIN | {"name": "林晓"}),
        KeepCard(11, 7, "recipient", "account", LIN),
        KeepCard(11, 7, "note", "order", {"text": "林晓雨"}),
    ],
)
async def test_a_card_never_changes(people: People, other: KeepCard) -> None:
    await people.vault.keep(buyer(7), LIN_CARD)
    before = await rows_of(people.engine, "people.vault", "cards", "marks")
    with pytest.raises(CardTaken):
        await people.vault.keep(buyer(7), other)
    assert await rows_of(people.engine, "people.vault", "cards", "marks") == before


async def test_a_stranger_learns_nothing_and_leaves_nothing(people: People) -> None:
    await people.vault.keep(buyer(7), LIN_CARD)
    before = await rows_of(people.engine, "people.vault"), await rows_of(people.keys, "people.keys")
    for ask in (
        people.vault.show(buyer(8), Show([11], "order")),
        people.vault.show(buyer(8, "guest"), Show([11], "order", masked=True)),
        people.vault.facts(buyer(8), FactsQuery([11])),
        people.vault.keep(buyer(8), KeepCard(12, 7, "recipient", "order", LIN)),
        people.vault.show(buyer(7), Show([11, 99], "order")),
    ):
        with pytest.raises(NoCard):
            await ask
    assert (await rows_of(people.engine, "people.vault"), await rows_of(people.keys, "people.keys")) == before
    with pytest.raises(NoCard):  # the id is taken by somebody else: not found, not "taken"
        await people.vault.keep(buyer(8), KeepCard(11, 8, "recipient", "order", LIN))
    assert await rows_of(people.engine, "people.vault", "cards", "marks", "reads") == {
        t: r for t, r in before[0].items() if t.endswith(("cards", "marks", "reads"))
    }


async def test_a_module_acts_for_its_caller_and_no_further(people: People) -> None:
    await people.vault.keep(buyer(7), LIN_CARD)
    assert (await people.vault.facts(buyer(7).acting("trade.checkout"), FactsQuery([11]))).cards[0].id == 11
    with pytest.raises(NoCard):
        await people.vault.facts(buyer(8).acting("trade.checkout"), FactsQuery([11]))
    assert (await people.vault.show(module("trade.fulfilment"), Show([11], "delivery"))).cards[0].fields[
        "name"
    ] == "林晓雨"
    with pytest.raises(Forbidden):
        await people.vault.show(clerk(5), Show([11], "order"))
    with pytest.raises(Forbidden):
        await people.vault.find(buyer(7), Find("phone_tail", "8000"))
    with pytest.raises(Forbidden):
        await people.vault.show(module("trade.checkout"), Show([11], "order"))


async def test_two_first_cards_at_once_share_one_key(people: People) -> None:
    asks = [KeepCard(100 + i, 7, "recipient", "order", LIN) for i in range(12)]
    kept = await asyncio.gather(*[people.vault.keep(buyer(7), a) for a in asks])
    assert [k.id for k in kept] == [a.card_id for a in asks]
    assert await count(people.keys, "people.keys", "keys") == 1
    assert await count(people.engine, "people.vault", "holders") == 1
    shown = await people.vault.show(buyer(7), Show([a.card_id for a in asks], "order"))
    assert {c.fields["name"] for c in shown.cards} == {"林晓雨"}


async def test_one_card_asked_for_by_many_at_once_is_one_card(people: People) -> None:
    kept = await asyncio.gather(*[people.vault.keep(buyer(7), LIN_CARD) for _ in range(8)])
    assert len(set(map(str, kept))) == 1
    assert await count(people.engine, "people.vault", "cards") == 1
    assert await count(people.engine, "people.vault", "marks") == 3


async def test_each_purpose_has_its_key(people: People) -> None:
    await people.vault.keep(buyer(7), LIN_CARD)
    await people.vault.keep(buyer(7), KeepCard(12, 7, "contact", "account", {"email": "lin@example.com"}))
    assert await count(people.keys, "people.keys", "keys") == 2


async def test_ciphertexts_do_not_open_in_anothers_place(people: People) -> None:
    from cryptography.exceptions import InvalidTag
    from sqlalchemy import bindparam, update

    from jishi.kernel import Statement
    from jishi.people.vault.tables import cards

    for id, name in ((11, "林晓雨"), (12, "周南")):
        await people.vault.keep(buyer(7), KeepCard(id, 7, "recipient", "order", LIN | {"name": name}))
    a, b = (await rows_of(people.engine, "people.vault", "cards"))["people_vault_cards"]
    swap = Statement(update(cards).where(cards.c.id == bindparam("card")).values(sealed=bindparam("bytes")))
    await people.vault.db.write(None, lambda tx: (tx.run(swap, card=11, bytes=b[5]), tx.run(swap, card=12, bytes=a[5])))
    with pytest.raises(InvalidTag):
        await people.vault.show(buyer(7), Show([11], "order"))


async def test_every_wrong_field_is_named_at_once_and_nothing_is_written(people: People) -> None:
    wrong = {
        "name": "x" * 101,
        "phone": "12",
        "country": "CN",
        "city": "杭州市",
        "postcode": "31000",
        "street": " ",
        "planet": "Mars",
    }
    with pytest.raises(Invalid) as refused:
        await people.vault.keep(buyer(7), KeepCard(11, 7, "recipient", "order", wrong))
    assert [(e.field, e.code) for e in refused.value.body.errors] == [("recipient.planet", "unknown")]
    del wrong["planet"]
    with pytest.raises(Invalid) as refused:
        await people.vault.keep(buyer(7), KeepCard(11, 7, "recipient", "order", wrong))
    assert [(e.field, e.code, e.params) for e in refused.value.body.errors] == [
        ("recipient.street", "text.required", {}),
        ("recipient.province", "text.required", {}),
        ("recipient.name", "text.length", {"min": "0", "max": "100"}),
        ("recipient.postcode", "postcode.invalid", {"country": "CN"}),
        ("recipient.phone", "phone.invalid", {}),
    ]
    assert not any((await rows_of(people.engine, "people.vault")).values())
    assert await count(people.keys, "people.keys", "keys") == 0


async def test_staff_finds_cards_by_email_phone_tail_and_exact_name(people: People) -> None:
    await people.vault.keep(buyer(7), LIN_CARD)
    await people.vault.keep(buyer(8), KeepCard(12, 8, "recipient", "order", ADA))
    contact = await people.vault.keep(buyer(8), KeepCard(13, 8, "contact", "order", {"email": "Ada@Example.com"}))
    for index, value, cards, persons in (
        ("email", " ada@EXAMPLE.com", [13], [8]),
        ("phone", "13812348000", [11], [7]),
        ("phone", "+86 138 1234 8000", [11], [7]),
        ("phone_tail", "8000", [11], [7]),
        ("phone_tail", "0000", [12], [8]),
        ("name", "ada  lovelace", [12], [8]),
        ("name", "ada", [], []),
        ("email", "nobody", [], []),
        ("phone_tail", "80000", [], []),
    ):
        found = await people.vault.find(STAFF, Find(index, value))
        assert (found.card_ids, found.person_ids) == (cards, persons), (index, value)
    assert (await people.vault.find(STAFF, Find("email", "ada@example.com"))).print == contact.email_print
    with pytest.raises(Invalid):
        await people.vault.find(STAFF, Find("shoe_size", "42"))
