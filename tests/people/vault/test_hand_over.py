"""Cards that become another's, and cards that are dropped: ids stay, keys and owners change, nothing else."""

import pytest

from jishi.kernel import Forbidden
from jishi.people.vault import DropCards, Erase, FactsQuery, Find, HandOver, KeepCard, NoCard, Show
from tests.kit import STAFF, buyer, module
from tests.people.kit import LIN, People, rows_of

ME = module("trade.orders")


async def kept(people: People, person: int, purpose: str = "order") -> int:
    id = people.world.new_id()
    await people.vault.keep(buyer(person), KeepCard(id, person, "recipient", purpose, LIN))
    return id


async def test_a_card_that_is_handed_over_is_the_others_under_the_same_id(people: People) -> None:
    card, other = await kept(people, 11), await kept(people, 11)
    assert (await people.vault.hand_over(ME, HandOver([card], 11, 12))).cards == 1
    assert (await people.vault.hand_over(ME, HandOver([card], 11, 12))).cards == 0  # again is the same
    shown = (await people.vault.show(buyer(12), Show([card], "order"))).cards[0]
    assert (shown.person_id, shown.fields["name"]) == (12, LIN["name"])
    with pytest.raises(NoCard):
        await people.vault.show(buyer(11), Show([card], "order"))
    assert (await people.vault.show(buyer(11), Show([other], "order"))).cards[0].fields["name"] == LIN["name"]
    found = await people.vault.find(STAFF, Find("phone", LIN["phone"]))
    assert set(found.person_ids) == {11, 12}


async def test_it_ends_with_its_new_owner_and_not_with_the_old_one(people: People) -> None:
    card = await kept(people, 11)
    await people.vault.hand_over(ME, HandOver([card], 11, 12))
    await people.vault.erase(STAFF, Erase(11, "order"))
    assert (await people.vault.show(buyer(12), Show([card], "order"))).cards[0].fields != {}
    await people.vault.erase(STAFF, Erase(12, "order"))
    assert (await people.vault.show(buyer(12), Show([card], "order"))).cards[0].fields == {}


async def test_nobody_hands_over_what_is_anothers_or_erased(people: People) -> None:
    card, gone = await kept(people, 11), await kept(people, 13)
    await people.vault.erase(STAFF, Erase(13, "order"))
    before = await rows_of(people.engine, "people.vault", "cards", "marks")
    assert (await people.vault.hand_over(ME, HandOver([card, gone], 12, 14))).cards == 0
    assert (await people.vault.hand_over(ME, HandOver([gone], 13, 14))).cards == 0
    for who in (buyer(11), buyer(14), STAFF):
        with pytest.raises(Forbidden):
            await people.vault.hand_over(who, HandOver([card], 11, 14))
    assert await rows_of(people.engine, "people.vault", "cards", "marks") == before


async def test_a_dropped_card_is_empty_and_found_by_nothing(people: People) -> None:
    card, other = await kept(people, 11), await kept(people, 12)
    with pytest.raises(NoCard):
        await people.vault.drop(buyer(12), DropCards([card, other]))
    assert (await people.vault.show(buyer(12), Show([other], "order"))).cards[0].fields != {}
    assert (await people.vault.drop(buyer(11), DropCards([card]))).cards == 1
    assert (await people.vault.drop(buyer(11), DropCards([card, 999]))).cards == 0
    assert (await people.vault.show(buyer(11), Show([card], "order"))).cards[0].fields == {}
    facts = (await people.vault.facts(buyer(11), FactsQuery([card]))).cards[0]
    assert (facts.phone_print, facts.address_print) == ("", "")
    assert (await people.vault.find(STAFF, Find("name", LIN["name"]))).card_ids == [other]
