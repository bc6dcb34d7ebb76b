"""Sessions: hashed, limited by role, listed, revoked; strangers find nothing."""

import pytest
from hypothesis import given, strategies as st

from jishi.kernel import SYSTEM, Forbidden, Statement
from jishi.kernel.ids import gene_of
from jishi.people.accounts import (
    MakeStaff,
    Me,
    NoSession,
    OpenGuest,
    Revoke,
    SessionGone,
    Sessions,
    SignIn,
    SignOut,
    TooOften,
    Who,
)
from jishi.people.accounts.rules import same_code, token_hash
from jishi.people.accounts.tables import A_SESSION
from tests.kit import Clock, buyer
from tests.people.accounts.test_codes import NOBODY, as_visitor, sign_up
from tests.people.kit import People, count, rows_of

HOUR_MS = 3_600_000


async def test_a_token_has_128_bits_and_only_its_hash_is_stored(people: People) -> None:
    tokens = {(await people.accounts.open_guest(NOBODY, OpenGuest())).token for _ in range(20)}
    assert {len(t) for t in tokens} == {22}
    stored = {r[0] for r in (await rows_of(people.engine, "people.accounts", "sessions"))["people_accounts_sessions"]}
    assert stored == {token_hash(t) for t in tokens}
    people_ids = {r[0] for r in (await rows_of(people.engine, "people.accounts", "persons"))["people_accounts_persons"]}
    assert len({gene_of(id) for id in people_ids}) > 5


async def test_who_is_one_point_read_and_writes_once_an_hour(
    people: People, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    from jishi.kernel.sql import Tx

    opened = await sign_up(people)
    asked: list[Statement] = []
    row = Tx.row
    monkeypatch.setattr(Tx, "row", lambda tx, st, **v: asked.append(st) or row(tx, st, **v))
    units = people.engine.units
    clock.pass_time(minutes=59)
    assert await people.accounts.who(NOBODY, Who(opened.token)) == opened.visitor
    assert asked == [A_SESSION]
    reads = people.engine.units - units  # MariaDB counts reads as units too
    clock.pass_time(minutes=1)
    for _ in range(5):
        await people.accounts.who(NOBODY, Who(opened.token))
    assert people.engine.units - units - reads == 1 + 5 * reads
    (session,) = (await people.accounts.sessions(as_visitor(opened.visitor), Sessions())).rows
    assert (session.seen_at, session.opened_at) == (clock(), clock() - HOUR_MS)


@pytest.mark.parametrize(
    ("role", "idle_ms", "whole_ms"),
    [("buyer", 14 * 24 * HOUR_MS, 90 * 24 * HOUR_MS), ("staff", HOUR_MS // 2, 12 * HOUR_MS)],
)
async def test_a_session_ends_unseen_and_in_any_case(
    people: People, clock: Clock, role: str, idle_ms: int, whole_ms: int
) -> None:
    await people.accounts.make_staff(SYSTEM, MakeStaff("p@example.com", role, password="long enough words"))
    ask = SignIn("p@example.com", "long enough words")
    idle = await people.accounts.sign_in(NOBODY, ask)
    clock.pass_time(ms=idle_ms)
    with pytest.raises(SessionGone):
        await people.accounts.who(NOBODY, Who(idle.token))
    busy, start = await people.accounts.sign_in(NOBODY, ask), clock()
    assert busy.expires_at == start + whole_ms
    while clock() + idle_ms // 2 < start + whole_ms:
        clock.pass_time(ms=idle_ms // 2)
        await people.accounts.who(NOBODY, Who(busy.token))
    clock.pass_time(ms=start + whole_ms - clock())
    with pytest.raises(SessionGone):
        await people.accounts.who(NOBODY, Who(busy.token))


async def test_signing_out_ends_this_session_alone_and_twice_is_no_fault(people: People, clock: Clock) -> None:
    one = await sign_up(people)
    clock.pass_time(minutes=2)
    two = await sign_up(people)
    for _ in range(2):
        await people.accounts.sign_out(NOBODY, SignOut(one.token))
    with pytest.raises(SessionGone):
        await people.accounts.who(NOBODY, Who(one.token))
    assert await people.accounts.who(NOBODY, Who(two.token)) == two.visitor


@pytest.mark.parametrize("token", ["", "x", "x" * 22, "x" * 10_000, "林" * 20, "\udcff" * 22, "' or 1=1 --"])
async def test_what_is_no_token_is_nobody(people: People, token: str) -> None:
    await people.accounts.open_guest(NOBODY, OpenGuest())
    with pytest.raises(SessionGone):
        await people.accounts.who(NOBODY, Who(token))
    await people.accounts.sign_out(NOBODY, SignOut(token))
    assert await count(people.engine, "people.accounts", "sessions") == 1


async def test_devices_are_listed_and_revoked_by_their_person_alone(people: People, clock: Clock) -> None:
    one = await sign_up(people)
    clock.pass_time(minutes=2)
    two = await sign_up(people)
    stranger = await sign_up(people, "other@example.com")
    me = as_visitor(two.visitor)
    rows = (await people.accounts.sessions(me, Sessions())).rows
    assert [(r.session_id, r.agent, r.current) for r in rows] == [
        (two.visitor.session_id, "Firefox", True),
        (one.visitor.session_id, "Firefox", False),
    ]
    before = await rows_of(people.engine, "people.accounts")
    for id in (stranger.visitor.session_id, 12345):
        with pytest.raises(NoSession):
            await people.accounts.revoke(me, Revoke(id))
    assert await rows_of(people.engine, "people.accounts") == before
    left = (await people.accounts.revoke(me, Revoke(one.visitor.session_id))).rows
    assert [r.session_id for r in left] == [two.visitor.session_id]
    with pytest.raises(SessionGone):
        await people.accounts.who(NOBODY, Who(one.token))
    assert await people.accounts.who(NOBODY, Who(stranger.token)) == stranger.visitor


async def test_a_person_has_at_most_fifty_sessions_and_old_ones_are_swept(people: People, clock: Clock) -> None:
    await people.accounts.make_staff(SYSTEM, MakeStaff("p@example.com", "buyer", password="long enough words"))
    first = await people.accounts.sign_in(NOBODY, SignIn("p@example.com", "long enough words"))
    for _ in range(50):
        clock.pass_time(minutes=1)
        await people.accounts.sign_in(NOBODY, SignIn("p@example.com", "long enough words"))
    assert await count(people.engine, "people.accounts", "sessions") == 50
    with pytest.raises(SessionGone):
        await people.accounts.who(NOBODY, Who(first.token))
    clock.pass_time(days=91)
    for _ in range(3):
        await people.accounts.open_guest(NOBODY, OpenGuest())
    assert await count(people.engine, "people.accounts", "sessions") == 3
    assert await count(people.engine, "people.accounts", "throttles") == 1  # what nobody counts any more is swept too


async def test_guests_are_limited_by_network(people: People) -> None:
    for _ in range(120):
        await people.accounts.open_guest(NOBODY, OpenGuest())
    with pytest.raises(TooOften):
        await people.accounts.open_guest(NOBODY, OpenGuest())
    assert await count(people.engine, "people.accounts", "persons") == 120


async def test_a_guest_has_no_account_pages_and_a_ghost_is_signed_out(people: People) -> None:
    guest = await people.accounts.open_guest(NOBODY, OpenGuest())
    with pytest.raises(Forbidden):
        await people.accounts.me(as_visitor(guest.visitor), Me())
    with pytest.raises(SessionGone):
        await people.accounts.me(buyer(4711), Me())


@given(st.text())
def test_any_code_may_be_typed(typed: str) -> None:
    assert len(same_code(typed)) <= 64
    assert " " not in same_code(typed)
