"""With the key the person is gone; the books keep country and province."""

import asyncio
from pathlib import Path

import pytest

from jishi.kernel import Forbidden, Invalid
from jishi.kernel.place import Region
from jishi.kernel.sqlite import SqliteEngine
from jishi.people.vault import CardTaken, Erase, Erased, FactsQuery, Find, KeepCard, Show, commands as units
from tests.kit import STAFF, buyer
from tests.people.kit import LIN, People, count, rows_of, texts

CANARIES = {
    "contact": {"email": "canary-one@canary-two.example", "phone": "13900001111"},
    "recipient": {
        "name": "金丝雀三号",
        "phone": "13700002222",
        "country": "CN",
        "province": "浙江省",
        "city": "金丝雀四市",
        "district": "金丝雀五区",
        "postcode": "319876",
        "street": "Canary Six Road, 金丝雀七路 8765 号",
    },
    "note": {"text": "canary-eight\ncanary-nine 金丝雀十\ncanary-eleven canary-twelve"},
}
SECRETS = [
    "canary-one", "canary-two", "13900001111", "金丝雀三号", "13700002222", "金丝雀四市", "金丝雀五区", "319876",
    "Canary Six", "金丝雀七路", "8765", "canary-eight", "canary-nine", "金丝雀十", "canary-eleven", "canary-twelve",
    "金丝雀", "canary", "Canary", "00002222",
]  # fmt: skip


async def keep_canaries(people: People, person: int = 7) -> list[str]:
    prints = []
    for n, (kind, fields) in enumerate(CANARIES.items()):
        card = await people.vault.keep(buyer(person), KeepCard(person * 100 + n, person, kind, "order", fields))
        prints += [p for p in (card.address_print, card.phone_print, card.email_print) if p]
    return prints


async def test_an_erased_person_leaves_no_readable_byte(people: People, tmp_path: Path) -> None:
    assert len(set(SECRETS)) == 20
    marks = await keep_canaries(people)
    marks += [m[0] for m in (await rows_of(people.engine, "people.vault", "marks"))["people_vault_marks"]]
    (key,) = (await rows_of(people.keys, "people.keys", "keys"))["people_keys_keys"]
    sealed = [c[5] for c in (await rows_of(people.engine, "people.vault", "cards"))["people_vault_cards"]]
    await people.vault.show(STAFF, Show([700, 701, 702], "support"))
    assert await people.vault.erase(STAFF, Erase(7, "order")) == Erased(7, "order", 3)
    tables = {**await rows_of(people.engine, "people.vault"), **await rows_of(people.keys, "people.keys")}
    dump = "\n".join(texts(tables))
    for secret in [*SECRETS, *[s.encode().hex() for s in SECRETS], *marks, key[3].hex(), *[s.hex() for s in sealed]]:
        assert secret not in dump, secret
    assert tables["people_keys_keys"] == tables["people_vault_marks"] == []
    shown = await people.vault.show(STAFF, Show([700, 701, 702], "support"))
    assert [(c.kind, c.fields) for c in shown.cards] == [("contact", {}), ("recipient", {}), ("note", {})]
    facts = (await people.vault.facts(STAFF, FactsQuery([701]))).cards[0]
    assert (facts.region, facts.address_print, facts.phone_print) == (Region("CN", "浙江省"), "", "")
    assert (await people.vault.find(STAFF, Find("phone_tail", "2222"))).card_ids == []
    if isinstance(people.engine, SqliteEngine) and isinstance(people.keys, SqliteEngine):
        people.keys.writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        people.engine.writer.execute("VACUUM")
        people.engine.writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        hidden = [*[s.encode() for s in SECRETS], key[3], *sealed, *[m.encode() for m in marks]]
        assert found_in_files(tmp_path, hidden) == []


def found_in_files(folder: Path, hidden: list[bytes]) -> list[tuple[str, bytes]]:
    return [(path.name, h) for path in folder.iterdir() for h in hidden if h in path.read_bytes()]


async def test_only_the_named_purpose_and_person_are_erased(people: People) -> None:
    await keep_canaries(people, 7)
    await keep_canaries(people, 8)
    await people.vault.keep(buyer(7), KeepCard(21, 7, "contact", "account", {"email": "lin@example.com"}))
    await people.vault.erase(STAFF, Erase(7, "order"))
    shown = await people.vault.show(STAFF, Show([21, 801, 701], "support", ["email", "name"]))
    assert [c.fields for c in shown.cards] == [{"email": "lin@example.com"}, {"name": "金丝雀三号"}, {}]
    assert await people.vault.erase(STAFF, Erase(7, "order")) == Erased(7, "order", 0)
    assert await people.vault.erase(STAFF, Erase(99, "account")) == Erased(99, "account", 0)


async def test_who_may_not_erase_erases_nothing(people: People) -> None:
    await keep_canaries(people)
    before = await rows_of(people.engine, "people.vault")
    with pytest.raises(Forbidden):
        await people.vault.erase(buyer(7), Erase(7, "order"))
    with pytest.raises(Invalid):
        await people.vault.erase(STAFF, Erase(7, "everything"))
    assert await rows_of(people.engine, "people.vault") == before
    assert await count(people.keys, "people.keys", "keys") == 1


async def test_new_cards_after_an_erasure_have_a_new_key(people: People) -> None:
    await keep_canaries(people)
    (old,) = (await rows_of(people.keys, "people.keys", "keys"))["people_keys_keys"]
    await people.vault.erase(STAFF, Erase(7, "order"))
    await people.vault.keep(buyer(7), KeepCard(31, 7, "recipient", "order", LIN))
    (new,) = (await rows_of(people.keys, "people.keys", "keys"))["people_keys_keys"]
    assert new[0] != old[0]
    assert (await people.vault.show(buyer(7), Show([31], "order"))).cards[0].fields["name"] == "林晓雨"
    with pytest.raises(CardTaken):  # an erased card's id holds nothing new
        await people.vault.keep(buyer(7), KeepCard(701, 7, "recipient", "order", CANARIES["recipient"]))


async def test_cards_kept_while_the_person_is_erased_are_erased_or_readable(people: People) -> None:
    await keep_canaries(people)
    asks = [people.vault.keep(buyer(7), KeepCard(900 + n, 7, "recipient", "order", LIN)) for n in range(10)]
    asks.insert(5, people.vault.erase(STAFF, Erase(7, "order")))
    await asyncio.gather(*asks)
    shown = (await people.vault.show(buyer(7), Show([900 + n for n in range(10)], "order"))).cards
    facts = (await people.vault.facts(buyer(7), FactsQuery([c.id for c in shown]))).cards
    for card, known in zip(shown, facts, strict=True):
        assert (card.fields.get("name"), known.region.city) in (("林晓雨", "杭州市"), (None, ""))
        assert bool(known.phone_print) == bool(card.fields)


async def test_an_erasure_cut_short_is_finished_by_its_event(people: People) -> None:
    """The process died after the cards were blanked: the key is still there."""
    await keep_canaries(people)
    (key,) = (await rows_of(people.keys, "people.keys", "keys"))["people_keys_keys"]
    await people.vault.db.write(STAFF, units.blank, key[0], 7, "order")
    assert await count(people.keys, "people.keys", "keys") == 1
    await people.drain()
    assert await count(people.keys, "people.keys", "keys") == 0


async def test_more_cards_than_a_unit_erases_go_in_several(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(units, "ERASED_AT_ONCE", 2)
    await keep_canaries(people)
    assert await people.vault.erase(STAFF, Erase(7, "order")) == Erased(7, "order", 3)
    assert await count(people.engine, "people.vault", "marks") == 0
