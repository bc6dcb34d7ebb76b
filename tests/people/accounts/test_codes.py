"""A code by e-mail signs up and in; guests keep what is theirs; nothing tells a known address from an unknown one."""

import asyncio

import pytest

from jishi.kernel import Actor, Context, Invalid
from jishi.people.accounts import (
    Account,
    AskCode,
    CodeSpent,
    EnterCode,
    Me,
    Opened,
    OpenGuest,
    SessionGone,
    TooOften,
    Visitor,
    Who,
    WrongCode,
)
from jishi.people.notices import NotSent
from jishi.people.vault import Erase, Find, Show
from tests.kit import STAFF, Clock
from tests.people.kit import People, count, rows_of, texts

NOBODY = Context(Actor(0, "guest"), locale="en", network="203.0.113.0/24", agent="Firefox")
MAIL = "Lin@Example.com"


async def sign_up(people: People, email: str = MAIL, token: str = "", ctx: Context = NOBODY) -> Opened:
    asked = await people.accounts.ask_code(ctx, AskCode(email))
    return await people.accounts.enter_code(ctx, EnterCode(asked.challenge_id, people.post.code, token))


def as_visitor(visitor: Visitor) -> Context:
    return Context(Actor(visitor.person_id, visitor.role, visitor.merchant_id), session=visitor.session_id)


async def signed_in_events(people: People) -> list[tuple[int, int]]:
    from msgspec import msgpack

    rows = (await rows_of(people.engine, "people.accounts", "outbox"))["people_accounts_outbox"]
    bodies = [
        msgpack.decode(v) for row in rows if "people.accounts.signed_in" in row for v in row if isinstance(v, bytes)
    ]
    return [(b["person_id"], b["guest_id"]) for b in bodies]


async def test_a_new_address_becomes_an_account(people: People, clock: Clock) -> None:
    asked = await people.accounts.ask_code(NOBODY, AskCode(MAIL))
    assert (asked.expires_at, asked.again_at) == (clock() + 600_000, clock() + 60_000)
    letter = people.post.sent[0]
    assert (letter.to, letter.locale) == ("Lin@example.com", "en")
    assert people.post.code.isdigit()
    assert len(people.post.code) == 6
    opened = await people.accounts.enter_code(NOBODY, EnterCode(asked.challenge_id, people.post.code))
    visitor = opened.visitor
    assert (visitor.role, visitor.merchant_id, visitor.signed_in_at) == ("buyer", 0, clock())
    assert await people.accounts.who(NOBODY, Who(opened.token)) == visitor
    me = await people.accounts.me(as_visitor(visitor), Me())
    assert me == Account(visitor.person_id, "buyer", 0, visitor.contact_card, has_password=False, created_at=clock())
    shown = await people.vault.show(as_visitor(visitor), Show([visitor.contact_card], "account"))
    assert shown.cards[0].fields == {"email": "Lin@example.com"}
    assert await signed_in_events(people) == [(visitor.person_id, 0)]


async def test_no_address_code_or_token_lies_in_the_tables(people: People) -> None:
    guest = await people.accounts.open_guest(NOBODY, OpenGuest())
    opened = await sign_up(people, token=guest.token)
    dump = "\n".join(
        [
            *texts(await rows_of(people.engine, "people.accounts")),
            *texts(await rows_of(people.engine, "people.notices")),
        ]
    )
    for secret in ("lin@", "Lin@", "example.com", people.post.code, guest.token, opened.token):
        assert secret not in dump


async def test_a_guest_becomes_the_account_and_keeps_the_person(people: People) -> None:
    guest = await people.accounts.open_guest(NOBODY, OpenGuest())
    assert (guest.visitor.role, guest.visitor.contact_card, guest.visitor.signed_in_at) == ("guest", 0, 0)
    opened = await sign_up(people, token=guest.token)
    assert opened.visitor.person_id == guest.visitor.person_id
    assert opened.token != guest.token
    with pytest.raises(SessionGone):  # what was fixed in a browser before is worth nothing
        await people.accounts.who(NOBODY, Who(guest.token))
    assert await signed_in_events(people) == [(guest.visitor.person_id, 0)]
    shown = await people.vault.show(as_visitor(opened.visitor), Show([opened.visitor.contact_card], "account"))
    assert shown.cards[0].fields == {"email": "Lin@example.com"}
    found = await people.vault.find(STAFF, Find("email", MAIL))
    assert (found.card_ids, found.person_ids) == ([opened.visitor.contact_card], [guest.visitor.person_id])
    assert await count(people.keys, "people.keys", "keys") == 1  # the card of the person to be is erased


async def test_a_known_address_signs_in_and_the_guests_cart_moves_over(people: People, clock: Clock) -> None:
    first = await sign_up(people)
    clock.pass_time(minutes=2)
    guest = await people.accounts.open_guest(NOBODY, OpenGuest())
    second = await sign_up(people, " lin@EXAMPLE.com", token=guest.token)
    assert second.visitor.person_id == first.visitor.person_id
    assert await signed_in_events(people) == [
        (first.visitor.person_id, 0),
        (first.visitor.person_id, guest.visitor.person_id),
    ]
    assert (await people.accounts.who(NOBODY, Who(first.token))).person_id == first.visitor.person_id
    assert (await people.vault.find(STAFF, Find("email", MAIL))).person_ids == [first.visitor.person_id]


async def test_known_and_unknown_addresses_take_the_same_steps(people: People, clock: Clock) -> None:
    await sign_up(people)
    clock.pass_time(minutes=2)
    marks = []
    for email in (MAIL, "nobody@example.com"):
        before = await rows_of(people.engine, "people.accounts"), await rows_of(people.engine, "people.vault")
        asked = await people.accounts.ask_code(NOBODY, AskCode(email))
        after = await rows_of(people.engine, "people.accounts"), await rows_of(people.engine, "people.vault")
        grown = {
            t: len(a[t]) - len(b[t]) for a, b in zip(after, before, strict=True) for t in a if "throttles" not in t
        }
        marks.append((grown, asked.expires_at, asked.again_at, len(people.post.sent)))
    assert marks[0][0] == marks[1][0]
    assert marks[0][1:3] == marks[1][1:3]
    assert marks[1][3] == marks[0][3] + 1


async def test_five_wrong_codes_are_the_end(people: People) -> None:
    asked = await people.accounts.ask_code(NOBODY, AskCode(MAIL))
    wrong = f"{(int(people.post.code) + 1) % 10**6:06}"
    for left in (4, 3, 2, 1, 0):
        with pytest.raises(WrongCode) as refused:
            await people.accounts.enter_code(NOBODY, EnterCode(asked.challenge_id, wrong))
        assert refused.value.body == type(refused.value.body)(left)
    with pytest.raises(CodeSpent):
        await people.accounts.enter_code(NOBODY, EnterCode(asked.challenge_id, people.post.code))
    for table in ("persons", "addresses", "sessions"):
        assert await count(people.engine, "people.accounts", table) == 0


async def test_a_code_is_pasted_with_gaps_and_works_once(people: People) -> None:
    asked = await people.accounts.ask_code(NOBODY, AskCode(MAIL))
    spaced = f" {people.post.code[:3]} {people.post.code[3:]}"
    await people.accounts.enter_code(NOBODY, EnterCode(asked.challenge_id, spaced))
    with pytest.raises(CodeSpent):
        await people.accounts.enter_code(NOBODY, EnterCode(asked.challenge_id, people.post.code))
    with pytest.raises(CodeSpent):
        await people.accounts.enter_code(NOBODY, EnterCode(12345, people.post.code))
    assert await count(people.engine, "people.accounts", "sessions") == 1


async def test_a_code_is_over_after_ten_minutes_and_the_address_is_forgotten(people: People, clock: Clock) -> None:
    asked = await people.accounts.ask_code(NOBODY, AskCode(MAIL))
    clock.pass_time(minutes=10)
    with pytest.raises(CodeSpent):
        await people.accounts.enter_code(NOBODY, EnterCode(asked.challenge_id, people.post.code))
    assert (await people.vault.find(STAFF, Find("email", MAIL))).card_ids != []
    await people.drain()
    assert (await people.vault.find(STAFF, Find("email", MAIL))).card_ids == []
    assert await count(people.engine, "people.accounts", "challenges") == 0
    assert await count(people.keys, "people.keys", "keys") == 0


async def test_the_timer_leaves_an_account_alone(people: People, clock: Clock) -> None:
    opened = await sign_up(people)
    clock.pass_time(minutes=10)
    await people.drain()
    assert (await people.accounts.who(NOBODY, Who(opened.token))).person_id == opened.visitor.person_id
    assert (await people.vault.find(STAFF, Find("email", MAIL))).card_ids == [opened.visitor.contact_card]


async def test_another_code_comes_after_a_minute(people: People, clock: Clock) -> None:
    await people.accounts.ask_code(NOBODY, AskCode(MAIL))
    clock.pass_time(seconds=20.5)
    before = await rows_of(people.engine, "people.accounts"), await rows_of(people.engine, "people.vault")
    with pytest.raises(TooOften) as refused:
        await people.accounts.ask_code(NOBODY, AskCode(MAIL))
    assert refused.value.body == type(refused.value.body)(40)
    assert (await rows_of(people.engine, "people.accounts"), await rows_of(people.engine, "people.vault")) == before
    assert len(people.post.sent) == 1
    clock.pass_time(seconds=40)
    await people.accounts.ask_code(NOBODY, AskCode(MAIL))
    assert len(people.post.sent) == 2


async def test_an_address_gets_eight_codes_an_hour_and_a_network_thirty(people: People, clock: Clock) -> None:
    for _ in range(8):
        await people.accounts.ask_code(NOBODY, AskCode(MAIL))
        clock.pass_time(minutes=1)
    with pytest.raises(TooOften):
        await people.accounts.ask_code(Context(Actor(0, "guest"), network="198.51.100.0/24"), AskCode(MAIL))
    for n in range(22):
        await people.accounts.ask_code(NOBODY, AskCode(f"p{n}@example.com"))
    with pytest.raises(TooOften) as refused:
        await people.accounts.ask_code(NOBODY, AskCode("p99@example.com"))
    assert refused.value.body == type(refused.value.body)(52 * 60)
    assert len(people.post.sent) == 30


async def test_a_mail_that_was_not_taken_may_be_asked_for_again_at_once(people: People) -> None:
    people.post.fault = OSError("lin@example.com refused")
    with pytest.raises(NotSent):
        await people.accounts.ask_code(NOBODY, AskCode(MAIL))
    people.post.fault = None
    await people.accounts.ask_code(NOBODY, AskCode(MAIL))
    assert len(people.post.sent) == 1
    assert "lin@" not in str(await rows_of(people.engine, "people.notices"))


@pytest.mark.parametrize("email", ["", "lin", "lin@example", "a@x.com,b@x.com", "x" * 300 + "@x.com"])
async def test_what_is_no_address_is_said_at_once(people: People, email: str) -> None:
    with pytest.raises(Invalid) as refused:
        await people.accounts.ask_code(NOBODY, AskCode(email))
    assert [(e.field, e.code) for e in refused.value.body.errors] == [
        ("email", "email.invalid" if email else "text.required")
    ]
    assert not any((await rows_of(people.engine, "people.accounts")).values())


async def test_one_address_signed_up_twice_at_once_is_one_account(people: People, clock: Clock) -> None:
    """Two tabs, two codes, two guests."""
    asks = []
    for _ in range(2):
        guest = await people.accounts.open_guest(NOBODY, OpenGuest())
        asked = await people.accounts.ask_code(NOBODY, AskCode(MAIL))
        asks.append(EnterCode(asked.challenge_id, people.post.code, guest.token))
        clock.pass_time(minutes=1)
    one, two = await asyncio.gather(*[people.accounts.enter_code(NOBODY, a) for a in asks])
    assert one.visitor.person_id == two.visitor.person_id
    assert await count(people.engine, "people.accounts", "addresses") == 1
    await people.drain()
    assert (await people.vault.find(STAFF, Find("email", MAIL))).person_ids == [one.visitor.person_id]
    events = await signed_in_events(people)
    assert sorted(g != 0 for _, g in events) == [False, True]


async def test_one_code_entered_twice_at_once_opens_one_session(people: People) -> None:
    asked = await people.accounts.ask_code(NOBODY, AskCode(MAIL))
    ask = EnterCode(asked.challenge_id, people.post.code)
    answers = await asyncio.gather(*[people.accounts.enter_code(NOBODY, ask) for _ in range(3)], return_exceptions=True)
    assert sorted(type(a).__name__ for a in answers) == ["CodeSpent", "CodeSpent", "Opened"]
    assert await count(people.engine, "people.accounts", "sessions") == 1
    assert await count(people.engine, "people.accounts", "persons") == 1


async def test_an_erased_account_cannot_be_entered_and_its_address_is_free(people: People, clock: Clock) -> None:
    opened = await sign_up(people)
    await people.vault.erase(STAFF, Erase(opened.visitor.person_id, "account"))
    await people.drain()
    with pytest.raises(SessionGone):
        await people.accounts.who(NOBODY, Who(opened.token))
    (row,) = (await rows_of(people.engine, "people.accounts", "persons"))["people_accounts_persons"]
    assert row[:5] == (opened.visitor.person_id, "closed", 0, 0, "")
    clock.pass_time(minutes=2)
    again = await sign_up(people)
    assert again.visitor.person_id != opened.visitor.person_id
