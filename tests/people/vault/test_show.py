"""Reading is written down first; lists show masks."""

import pytest

from jishi.kernel import Actor, Context, Forbidden, Invalid
from jishi.people.vault import MAX_CARDS, KeepCard, Read, ReadsOf, Show
from jishi.people.vault.service import VaultService
from tests.kit import STAFF, Clock, buyer, module
from tests.people.kit import ADA, LIN, MASTER, People, count, database, rows_of


async def test_a_batch_is_one_row_of_who_read_what_and_why(people: People, clock: Clock) -> None:
    for id, person in ((11, 7), (12, 8), (13, 7)):
        await people.vault.keep(buyer(person), KeepCard(id, person, "recipient", "order", LIN))
    clock.pass_time(seconds=5)
    asked = Show([13, 12, 11], "delivery", ["street", "name"])
    shown = await people.vault.show(module("trade.fulfilment"), asked)
    assert [(c.id, c.person_id, sorted(c.fields)) for c in shown.cards] == [
        (13, 7, ["name", "street"]),
        (12, 8, ["name", "street"]),
        (11, 7, ["name", "street"]),
    ]
    row = Read(clock(), 0, "system", "trade.fulfilment", "delivery", ["street", "name"], [13, 12, 11], masked=False)
    assert await count(people.engine, "people.vault", "reads") == 1
    for person in (7, 8):
        assert (await people.vault.reads(STAFF, ReadsOf(person))).rows == [row]
    assert (await people.vault.reads(STAFF, ReadsOf(9))).rows == []
    await people.vault.show(STAFF, Show([11], "support", masked=True))
    newest = (await people.vault.reads(STAFF, ReadsOf(7, 1))).rows
    assert [(r.actor_id, r.purpose, r.masked) for r in newest] == [(1, "support", True)]
    with pytest.raises(Forbidden):
        await people.vault.reads(buyer(7), ReadsOf(7))


async def test_lists_show_masks_in_both_worlds(people: People) -> None:
    await people.vault.keep(buyer(7), KeepCard(11, 7, "recipient", "order", LIN | {"postcode": "310012"}))
    await people.vault.keep(buyer(7), KeepCard(12, 7, "recipient", "order", ADA))
    await people.vault.keep(buyer(7), KeepCard(13, 7, "contact", "order", {"email": "lin@example.com"}))
    await people.vault.keep(buyer(7), KeepCard(14, 7, "note", "order", {"text": "门口 \t 放下\r\n谢谢\u202e"}))
    lin, ada, mail, note = (await people.vault.show(STAFF, Show([11, 12, 13, 14], "support", masked=True))).cards
    assert lin.fields == LIN | {"name": "林*", "phone": "138****8000", "street": "***", "postcode": "31****"}
    assert ada.fields == ADA | {"name": "A*** L***", "phone": "+1****0000", "street": "***", "postcode": "94****"}
    assert mail.fields == {"email": "l***@example.com"}
    assert note.fields == {"text": "***"}
    clear = (await people.vault.show(buyer(7), Show([14], "order"))).cards[0]
    assert clear.fields == {"text": "门口 放下\n谢谢"}


async def test_a_reading_without_reason_or_beyond_the_limit_is_refused_without_a_row(people: People) -> None:
    await people.vault.keep(buyer(7), KeepCard(11, 7, "recipient", "order", LIN))
    for wrong in (Show([11], ""), Show([11], "x" * 65), Show([11] * (MAX_CARDS + 1), "order")):
        with pytest.raises(Invalid):
            await people.vault.show(STAFF, wrong)
    assert (await people.vault.show(STAFF, Show([], "order"))).cards == []
    assert (await rows_of(people.engine, "people.vault", "reads", "reads_of")) == {
        "people_vault_reads": [],
        "people_vault_reads_of": [],
    }


async def test_a_hundred_cards_of_a_hundred_people_are_shown_with_cold_keys(people: People) -> None:
    ids = list(range(1001, 1101))
    for id in ids:
        await people.vault.keep(buyer(id), KeepCard(id, id, "contact", "order", {"email": f"p{id}@example.com"}))
    cold = VaultService(people.vault.db, people.vault.grants, database(people.keys, "people.keys"), MASTER)
    shown = await cold.show(Context(Actor(1, "staff")), Show(ids[::-1], "support"))
    assert [c.fields["email"] for c in shown.cards] == [f"p{id}@example.com" for id in ids[::-1]]


async def test_another_master_opens_nothing(people: People) -> None:
    from cryptography.exceptions import InvalidTag

    await people.vault.keep(buyer(7), KeepCard(11, 7, "recipient", "order", LIN))
    other = VaultService(people.vault.db, people.vault.grants, database(people.keys, "people.keys"), bytes(32))
    with pytest.raises(InvalidTag):
        await other.show(buyer(7), Show([11], "order"))
    with pytest.raises(ValueError, match="32 bytes"):
        VaultService(people.vault.db, people.vault.grants, database(people.keys, "people.keys"), b"short")
