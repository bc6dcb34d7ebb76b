"""The book: versioned cards under labels, one preferred, at most fifty; a stranger finds nothing and changes nothing."""

import asyncio

import pytest

from jishi.kernel import Actor, Context, Invalid
from jishi.people.accounts import OpenGuest
from jishi.people.addresses import (
    MOST,
    AddressQuery,
    Book,
    BookFull,
    BookQuery,
    CheckAddress,
    DropAddress,
    FormQuery,
    NoAddress,
    Parse,
    Prefer,
    PutAddress,
)
from jishi.people.vault import Erase, Show
from tests.kit import STAFF, buyer
from tests.people.accounts.test_codes import NOBODY, as_visitor, sign_up
from tests.people.kit import ADA, LIN, People, rows_of

ME, STRANGER = buyer(11), buyer(12)


async def put(people: People, ctx: Context = ME, *, new: bool = True, id: int = 0, **named: object) -> int:
    id = id or people.world.new_id()
    await people.addresses.put(ctx, PutAddress(id, **({"fields": LIN, "new": new} | named)))  # type: ignore[arg-type]
    return id


async def everything(people: People) -> list[object]:
    return [await rows_of(people.engine, name) for name in ("people.addresses", "people.vault")]


async def test_the_first_address_is_the_preferred_one_and_is_kept_in_whole_names(people: People) -> None:
    one = await put(people, fields=LIN | {"province": "浙江", "city": "杭州", "district": "西湖"})
    two = await put(people, fields=ADA, label="work")
    book = await people.addresses.book(ME, BookQuery())
    assert [(a.id, a.label, a.preferred) for a in book.rows] == [(one, "home", True), (two, "work", False)]
    assert [book.rows[0].fields[f] for f in ("province", "city", "district", "phone")] == [
        "浙江省", "杭州市", "西湖区", "+8613812348000",
    ]  # fmt: skip
    await people.addresses.prefer(ME, Prefer(two))
    assert [a.id for a in (await people.addresses.book(ME, BookQuery())).rows] == [two, one]


async def test_an_address_that_changes_gets_a_new_card_and_the_old_one_is_empty(people: People) -> None:
    id = await put(people)
    was = await people.addresses.address(ME, AddressQuery(id))
    now = await people.addresses.put(ME, PutAddress(id, LIN | {"street": "文三路 91 号"}, "other"))
    assert now.card_id != was.card_id
    assert (now.label, now.preferred, now.fields["street"]) == ("other", True, "文三路 91 号")
    assert len((await people.addresses.book(ME, BookQuery())).rows) == 1
    old = await people.vault.show(ME, Show([was.card_id], "test"))
    assert old.cards[0].fields == {}


async def test_a_form_sent_twice_is_one_address(people: People) -> None:
    id = people.world.new_id()
    await asyncio.gather(*[put(people, id=id) for _ in range(3)], return_exceptions=True)
    await put(people, id=id)
    assert [a.id for a in (await people.addresses.book(ME, BookQuery())).rows] == [id]


async def test_a_deleted_address_is_gone_with_its_card_and_the_newest_takes_its_place(people: People) -> None:
    one, two, three = [await put(people) for _ in range(3)]
    card = (await people.addresses.address(ME, AddressQuery(one))).card_id
    left = await people.addresses.drop(ME, DropAddress(one))
    assert [(a.id, a.preferred) for a in left.rows] == [(three, True), (two, False)]
    assert (await people.vault.show(ME, Show([card], "test"))).cards[0].fields == {}
    with pytest.raises(NoAddress):
        await people.addresses.drop(ME, DropAddress(one))
    with pytest.raises(NoAddress):
        await people.addresses.put(ME, PutAddress(one, LIN))  # not new: it is not made again


async def test_a_book_has_fifty_addresses_even_when_two_write_at_once(people: People) -> None:
    for _ in range(MOST - 1):
        await put(people)
    answers = await asyncio.gather(put(people), put(people), return_exceptions=True)
    assert sorted(type(a).__name__ for a in answers) == ["BookFull", "int"]
    before = await everything(people)
    with pytest.raises(BookFull):
        await put(people)
    assert await everything(people) == before
    assert len((await people.addresses.book(ME, BookQuery())).rows) == MOST


async def test_a_stranger_finds_and_changes_nothing(people: People) -> None:
    id = await put(people)
    await put(people, STRANGER)
    before = await everything(people)
    for asked in (
        people.addresses.address(STRANGER, AddressQuery(id)),
        people.addresses.put(STRANGER, PutAddress(id, ADA)),
        people.addresses.put(STRANGER, PutAddress(id, ADA, new=True)),
        people.addresses.drop(STRANGER, DropAddress(id)),
        people.addresses.prefer(STRANGER, Prefer(id)),
        people.addresses.book(Context(Actor(0, "guest")), BookQuery()),
        people.addresses.put(Context(Actor(0, "guest")), PutAddress(5, LIN, new=True)),
    ):
        with pytest.raises(NoAddress):
            await asked
    assert await everything(people) == before


@pytest.mark.parametrize(
    ("named", "wrong"),
    [
        ({"fields": {"country": "CN"}}, {"name", "phone", "province", "city", "district", "street"}),
        ({"fields": LIN | {"city": "南京市", "district": "玄武区"}}, {"city"}),
        ({"fields": LIN | {"phone": "1", "street": "PO Box 1"}}, {"phone", "street"}),
        ({"fields": ADA | {"province": "浙江省"}}, {"province"}),
        ({"fields": LIN | {"district": ""}}, {"district"}),
        ({"label": "castle"}, {"label"}),
        ({"id": -1}, {"id"}),
        ({"id": 1 << 63}, {"id"}),
    ],
)
async def test_every_wrong_field_is_named_at_once_and_nothing_is_kept(
    people: People, named: dict[str, object], wrong: set[str]
) -> None:
    with pytest.raises(Invalid) as refused:
        await put(people, **named)  # type: ignore[arg-type]
    assert {e.field for e in refused.value.body.errors} == wrong
    assert not any((await rows_of(people.engine, "people.vault")).values())
    assert not any((await rows_of(people.engine, "people.addresses")).values())


async def test_a_guests_addresses_come_along_to_the_account(people: People) -> None:
    first = await sign_up(people)
    mine = await put(people, as_visitor(first.visitor), fields=ADA)
    people.world.now.pass_time(minutes=2)  # type: ignore[attr-defined]
    guest = await people.accounts.open_guest(NOBODY, OpenGuest())
    as_guest = Context(Actor(guest.visitor.person_id, "guest"))
    theirs = await put(people, as_guest)
    second = await sign_up(people, token=guest.token)
    await people.drain()
    await people.drain()
    book = await people.addresses.book(as_visitor(second.visitor), BookQuery())
    assert [(a.id, a.preferred) for a in book.rows] == [(mine, True), (theirs, False)]
    assert await people.addresses.book(as_guest, BookQuery()) == Book([])
    assert (await people.vault.facts(STAFF, _facts(book.rows[1].card_id))).cards[0].person_id == first.visitor.person_id
    await people.vault.erase(STAFF, Erase(first.visitor.person_id, "account"))
    await people.drain()
    assert not any(
        rows for table, rows in (await rows_of(people.engine, "people.addresses")).items() if "entries" in table
    )


def _facts(card: int) -> object:
    from jishi.people.vault import FactsQuery

    return FactsQuery([card])


async def test_anybody_may_have_an_address_judged_drawn_and_read(people: People) -> None:
    nobody = Context(Actor(0, "guest"))
    assert (await people.addresses.judge(nobody, CheckAddress(LIN | {"province": "浙江"}))).fields[
        "province"
    ] == "浙江省"
    assert (await people.addresses.form(nobody, FormQuery("US"))).fields[-1].label == "zip"
    assert (await people.addresses.parse(nobody, Parse("林晓雨 13812348000 上海浦东新区张江路1号"))).fields[
        "district"
    ] == "浦东新区"
