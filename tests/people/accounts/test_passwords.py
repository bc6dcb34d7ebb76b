"""Passwords: one slow hash for everybody, locks that open again, and what is accepted at all."""

import asyncio
from random import Random

import pytest
from argon2 import extract_parameters
from hypothesis import given, strategies as st

from jishi.kernel import SYSTEM, Actor, Context, Forbidden, Invalid
from jishi.people.accounts import (
    AskCode,
    EnterCode,
    MakeStaff,
    OpenGuest,
    Sessions,
    SetPassword,
    SignIn,
    StepUp,
    TooOften,
    WeakPassword,
    Who,
    WrongPassword,
)
from jishi.people.accounts.commonest import COMMONEST
from jishi.people.accounts.limits import DAY, MINUTE
from jishi.people.accounts.passwords import Argon2, normal, strong
from tests.kit import STAFF, Clock
from tests.people.accounts.test_codes import NOBODY, as_visitor, sign_up
from tests.people.kit import People, count, rows_of

WORDS = "correct horse battery"
MAIL = "lin@example.com"
OUTSIDE = Context(Actor(0, "guest"))  # no network known: only the address is counted


async def with_password(people: People, clock: Clock) -> Context:
    opened = await sign_up(people, MAIL)
    me = as_visitor(opened.visitor)
    account = await people.accounts.set_password(me, SetPassword(WORDS))
    assert account.has_password
    clock.pass_time(minutes=2)
    people.hasher.asked.clear()
    return me


async def test_a_password_signs_in_and_takes_the_guest_along(people: People, clock: Clock) -> None:
    me = await with_password(people, clock)
    guest = await people.accounts.open_guest(OUTSIDE, OpenGuest())
    opened = await people.accounts.sign_in(OUTSIDE, SignIn(" LIN@example.com", WORDS, guest.token))
    assert (opened.visitor.person_id, opened.visitor.role) == (me.actor.id, "buyer")
    assert await count(people.engine, "people.accounts", "sessions") == 2
    assert people.hasher.asked == ["verify"]


async def test_unknown_addresses_cost_one_hash_as_known_ones_do(people: People, clock: Clock) -> None:
    await with_password(people, clock)
    await sign_up(people, "codeonly@example.com")
    for email, password in (
        (MAIL, "wrong words"),
        ("nobody@example.com", WORDS),
        ("codeonly@example.com", WORDS),
        (MAIL, "x"),
    ):
        people.hasher.asked.clear()
        before = await rows_of(people.engine, "people.accounts", "sessions", "persons", "outbox")
        with pytest.raises(WrongPassword):
            await people.accounts.sign_in(OUTSIDE, SignIn(email, password))
        assert people.hasher.asked == ["verify"]
        assert await rows_of(people.engine, "people.accounts", "sessions", "persons", "outbox") == before


async def test_the_dummy_is_a_hash_like_any_other() -> None:
    hasher = Argon2(Random(1))
    made = await hasher.hash(WORDS)
    for stored in (made, hasher.dummy):
        found = extract_parameters(stored)
        assert (found.type.name, found.memory_cost, found.time_cost, found.parallelism) == ("ID", 19 * 1024, 2, 1)
        assert not hasher.stale(stored)
    assert await hasher.verify(made, WORDS)
    assert not await hasher.verify(made, "wrong words")
    assert not await hasher.verify(hasher.dummy, WORDS)
    assert not await hasher.verify("no hash at all", WORDS)
    assert hasher.stale(
        "$argon2id$v=19$m=9728,t=2,p=1$lVfnHXkDqksifrNc6X4Daw$r5cDCoNQNGmc4WDpTRTPmf8lW3Oa2RFN/cZB2gd8bJk"
    )


async def test_more_than_fifty_who_wait_are_sent_away(monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    hasher, go = Argon2(Random(1)), threading.Event()
    waiting = [asyncio.create_task(hasher._slowly(go.wait)) for _ in range(52)]
    await asyncio.sleep(0)
    with pytest.raises(TooOften):
        await hasher.verify(hasher.dummy, WORDS)
    waiting[0].cancel()  # its work still runs: its place is not free
    await asyncio.sleep(0)
    with pytest.raises(TooOften):
        await hasher.hash(WORDS)
    go.set()
    await asyncio.gather(*waiting, return_exceptions=True)
    for _ in range(100):
        if hasher.waiting == 0:
            break
        await asyncio.sleep(0.01)
    assert hasher.waiting == 0


async def test_a_busy_pool_costs_no_guess(people: People, clock: Clock) -> None:
    await with_password(people, clock)
    people.hasher.busy = True
    for _ in range(9):
        with pytest.raises(TooOften) as refused:
            await people.accounts.sign_in(OUTSIDE, SignIn(MAIL, WORDS))
        assert refused.value.body == type(refused.value.body)(5)
    people.hasher.busy = False
    await people.accounts.sign_in(OUTSIDE, SignIn(MAIL, WORDS))


async def test_after_five_failures_the_wait_doubles_to_a_quarter_of_an_hour(people: People, clock: Clock) -> None:
    await with_password(people, clock)
    for email in (MAIL, "nobody@example.com"):  # the same for both: a lock tells nothing
        for _ in range(5):
            with pytest.raises(WrongPassword):
                await people.accounts.sign_in(OUTSIDE, SignIn(email, "wrong words"))
        for minutes in (1, 2, 4, 8, 15, 15):
            with pytest.raises(TooOften) as refused:
                await people.accounts.sign_in(OUTSIDE, SignIn(email, WORDS))
            assert refused.value.body == type(refused.value.body)(minutes * 60)
            clock.pass_time(minutes=minutes)
            with pytest.raises(WrongPassword):
                await people.accounts.sign_in(OUTSIDE, SignIn(email, "wrong words"))
    clock.pass_time(minutes=15)
    await people.accounts.sign_in(OUTSIDE, SignIn(MAIL, WORDS))  # never for good
    for _ in range(5):  # and forgiven
        with pytest.raises(WrongPassword):
            await people.accounts.sign_in(OUTSIDE, SignIn(MAIL, "wrong words"))


async def test_many_guesses_at_once_are_no_way_around(people: People, clock: Clock) -> None:
    await with_password(people, clock)
    asks = [people.accounts.sign_in(OUTSIDE, SignIn(MAIL, f"guess {n}")) for n in range(20)]
    answers = await asyncio.gather(*asks, return_exceptions=True)
    assert sorted(type(a).__name__ for a in answers) == ["TooOften"] * 15 + ["WrongPassword"] * 5
    assert people.hasher.asked == ["verify"] * 5


async def test_ten_thousand_networks_try_at_most_a_hundred_a_day(people: People, clock: Clock) -> None:
    await with_password(people, clock)
    end, network = clock() + DAY, 0
    while clock() < end:
        network += 1
        ctx = Context(Actor(0, "guest"), network=f"net{network}")
        try:
            await people.accounts.sign_in(ctx, SignIn(MAIL, "wrong words"))
        except WrongPassword:
            pass
        except TooOften as e:
            clock.pass_time(seconds=min(e.retry_after_s, (end - clock()) / 1000 + 1))
    assert 90 <= people.hasher.asked.count("verify") <= 100


async def test_a_network_guesses_twenty_a_minute(people: People, clock: Clock) -> None:
    for n in range(20):
        with pytest.raises(WrongPassword):
            await people.accounts.sign_in(NOBODY, SignIn(f"p{n}@example.com", WORDS))
    with pytest.raises(TooOften):
        await people.accounts.sign_in(NOBODY, SignIn("p20@example.com", WORDS))
    clock.pass_time(ms=MINUTE)
    with pytest.raises(WrongPassword):
        await people.accounts.sign_in(NOBODY, SignIn("p20@example.com", WORDS))


async def test_a_hash_of_yesterdays_parameters_is_made_new(people: People, clock: Clock) -> None:
    from sqlalchemy import update

    from jishi.kernel import Statement
    from jishi.people.accounts.tables import persons

    await with_password(people, clock)
    old = Statement(update(persons).values(password=f"old:{WORDS[::-1]}"))
    await people.accounts.db.write(None, lambda tx: tx.run(old))
    await people.accounts.sign_in(OUTSIDE, SignIn(MAIL, WORDS))
    assert people.hasher.asked == ["verify", "hash"]
    (row,) = (await rows_of(people.engine, "people.accounts", "persons"))["people_accounts_persons"]
    assert row[4] == f"new:{WORDS[::-1]}"


async def test_a_password_is_set_within_five_minutes_of_signing_in_with_this_session(
    people: People, clock: Clock
) -> None:
    opened = await sign_up(people, MAIL)
    me = as_visitor(opened.visitor)
    clock.pass_time(minutes=5, ms=1)
    other = await sign_up(people, MAIL)  # another device has just signed in: that does not help this one
    for ctx in (me, Context(me.actor)):
        with pytest.raises(StepUp):
            await people.accounts.set_password(ctx, SetPassword(WORDS))
    assert people.hasher.asked == []
    assert len((await people.accounts.sessions(me, Sessions())).rows) == 2
    await people.accounts.set_password(as_visitor(other.visitor), SetPassword(WORDS))
    left = (await people.accounts.sessions(as_visitor(other.visitor), Sessions())).rows
    assert [(s.session_id, s.current) for s in left] == [(other.visitor.session_id, True)]
    with pytest.raises(Forbidden):
        await people.accounts.set_password(NOBODY, SetPassword(WORDS))


@pytest.mark.parametrize(
    "password",
    ["", "1234567", "12345678", "PASSWORD", "Passw0rd", "woaini1314", "aaaaaaaaaa", "abababab", "１２３４５６７８"],
)
def test_short_and_common_passwords_are_refused(password: str) -> None:
    with pytest.raises(WeakPassword) as refused:
        strong(password)
    assert refused.value.body == type(refused.value.body)(8)


@given(st.text(min_size=64, max_size=200))
def test_long_ones_are_taken_whole(password: str) -> None:
    whole = normal(password)
    assert normal(whole) == whole
    if len(set(whole)) > 2:
        assert strong(password) == whole
        assert strong(password + "x") != whole


def test_beyond_a_thousand_characters_nobody_means_it() -> None:
    assert strong("ab c" * 256)
    with pytest.raises(Invalid):
        strong("ab c" * 256 + "d")
    assert all(len(p) >= 8 and p == p.casefold() for p in COMMONEST)
    assert strong("e\u0301cole du soir") == strong("\u00e9cole du soir")


async def test_staff_is_made_by_the_command_line(people: People, clock: Clock) -> None:
    made = await people.accounts.make_staff(SYSTEM, MakeStaff("boss@example.com", "staff", password=WORDS))
    assert (made.role, made.merchant_id, made.has_password) == ("staff", 0, True)
    opened = await people.accounts.sign_in(OUTSIDE, SignIn("boss@example.com", WORDS))
    assert opened.expires_at == clock() + 12 * 3_600_000
    buyer = await sign_up(people, MAIL)
    clerk = await people.accounts.make_staff(SYSTEM, MakeStaff(MAIL, "clerk", 5))
    assert (clerk.person_id, clerk.merchant_id) == (buyer.visitor.person_id, 5)
    assert clerk.contact_card == buyer.visitor.contact_card
    assert await people.accounts.make_staff(SYSTEM, MakeStaff(MAIL, "clerk", 5)) == clerk
    sessions = (await rows_of(people.engine, "people.accounts", "sessions"))["people_accounts_sessions"]
    assert [s[2] for s in sessions] == [made.person_id]  # the buyer's session had other rights: it is over
    for wrong in (
        MakeStaff(MAIL, "king"),
        MakeStaff(MAIL, "clerk"),
        MakeStaff(MAIL, "staff", 5),
        MakeStaff("no", "staff"),
    ):
        with pytest.raises(Invalid):
            await people.accounts.make_staff(SYSTEM, wrong)
    for ctx in (STAFF, NOBODY):
        with pytest.raises(Forbidden):
            await people.accounts.make_staff(ctx, MakeStaff(MAIL, "staff"))


async def test_one_of_staff_made_twice_at_once_is_one(people: People) -> None:
    asks = [people.accounts.make_staff(SYSTEM, MakeStaff("boss@example.com", "staff")) for _ in range(3)]
    assert len({a.person_id for a in await asyncio.gather(*asks)}) == 1
    await people.drain()
    assert await count(people.keys, "people.keys", "keys") == 1
    asked = await people.accounts.ask_code(NOBODY, AskCode("boss@example.com"))
    opened = await people.accounts.enter_code(NOBODY, EnterCode(asked.challenge_id, people.post.code))
    assert (await people.accounts.who(NOBODY, Who(opened.token))).role == "staff"
