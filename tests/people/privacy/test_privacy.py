"""Nothing is allowed that was not said; what was said is on record; no wins over yes; a yes ages."""

import asyncio

import msgspec
import pytest
from sqlalchemy import select

from jishi.grants import grants
from jishi.kernel import SYSTEM, Database, Engine, Event, Forbidden, Invalid, Statement
from jishi.people.accounts import SignedIn
from jishi.people.privacy import (
    PURPOSES,
    TEXT,
    ChoicesMoved,
    Choose,
    ConsentChanged,
    Look,
    MyChoices,
    MyRecord,
    UnknownPurpose,
)
from jishi.people.privacy.commands import erased, merge, sweep
from jishi.people.privacy.service import PrivacyService
from jishi.people.privacy.tables import choices, module, record
from jishi.people.vault import CardsErased
from tests.kit import STAFF, Clock, buyer, module as via

ME, GUEST = buyer(7), buyer(9, "guest")
YES, NO = dict.fromkeys(PURPOSES, True), dict.fromkeys(PURPOSES, False)
LOOKER = via("insight.behaviour")
CHOICES, RECORD = Statement(select(choices)), Statement(select(record))
OUTBOX = module.meta.tables["people_privacy_outbox"]
EVENTS = Statement(select(OUTBOX.c.topic, OUTBOX.c.body).order_by(OUTBOX.c.id))


@pytest.fixture
def privacy(engine: Engine) -> PrivacyService:
    return PrivacyService(Database(engine, module), grants())


async def events(privacy: PrivacyService, shape: type[Event]) -> list[Event]:
    rows = await privacy.db.read(SYSTEM, lambda tx: tx.rows(EVENTS))
    return [msgspec.msgpack.decode(body, type=shape) for topic, body in rows if topic == shape.topic()]


async def given(privacy: PrivacyService, person: int) -> list[str]:
    return (await privacy.look(LOOKER, Look([person]))).purposes.get(person, [])


async def test_nothing_is_allowed_by_default(privacy: PrivacyService) -> None:
    for ctx in (ME, GUEST, buyer(0, "guest")):
        found = await privacy.choices(ctx, MyChoices())
        assert (found.rows, found.asked) == ([], False)
    assert (await privacy.look(LOOKER, Look([7, 9]))).purposes == {}


async def test_a_choice_holds_at_once_and_is_on_record_with_time_text_and_place(
    privacy: PrivacyService, clock: Clock
) -> None:
    first = await privacy.choose(ME, Choose({"analytics": True}, "page"))
    assert (first.asked, first.gives("analytics"), first.gives("personal")) == (False, True, False)
    clock.pass_time(minutes=1)
    both = await privacy.choose(ME, Choose(NO | {"analytics": True}, "banner"))
    assert both.asked
    clock.pass_time(minutes=1)
    await privacy.choose(ME, Choose(NO, "feed"))
    rows = (await privacy.record(ME, MyRecord())).rows
    assert [(r.purpose, r.given, r.how, clock() - r.at, r.text) for r in rows] == [
        ("analytics", False, "feed", 0, TEXT),
        ("personal", False, "banner", 60_000, TEXT),
        ("analytics", True, "page", 120_000, TEXT),
    ]
    assert (await privacy.record(GUEST, MyRecord())).rows == []
    assert await events(privacy, ConsentChanged) == [
        ConsentChanged(7, ["analytics"], []),
        ConsentChanged(7, [], ["analytics"]),
    ]


async def test_the_same_choice_again_changes_nothing(privacy: PrivacyService, clock: Clock) -> None:
    await asyncio.gather(*[privacy.choose(ME, Choose(YES, "page")) for _ in range(8)])
    clock.pass_time(days=1)
    await privacy.choose(ME, Choose(YES, "banner"))
    assert len(await privacy.db.read(SYSTEM, lambda tx: tx.rows(CHOICES))) == 2
    assert len(await privacy.db.read(SYSTEM, lambda tx: tx.rows(RECORD))) == 2
    assert len(await events(privacy, ConsentChanged)) == 1


async def test_wrong_choices_are_refused_and_leave_nothing(privacy: PrivacyService) -> None:
    with pytest.raises(UnknownPurpose):
        await privacy.choose(ME, Choose({"sale": True}, "page"))
    for wrong in (Choose(YES, "whisper"), Choose(YES, "sign_in"), Choose(YES, "page", "1999-01")):
        with pytest.raises(Invalid):
            await privacy.choose(ME, wrong)
    with pytest.raises(Invalid):
        await privacy.choose(buyer(0, "guest"), Choose(YES, "page"))  # nobody has no record to stand on
    with pytest.raises(Invalid):
        await privacy.look(LOOKER, Look(list(range(1, 258))))
    for ctx in (ME, GUEST, STAFF):
        with pytest.raises(Forbidden):
            await privacy.look(ctx, Look([7]))
    assert await privacy.db.read(SYSTEM, lambda tx: tx.rows(CHOICES) + tx.rows(RECORD)) == []


@pytest.mark.parametrize(
    ("guest", "account", "after"),
    [
        (YES, {}, ["analytics", "personal"]),
        (YES, NO, []),  # no wins, whoever said it
        (NO, YES, []),
        ({"personal": False}, YES, ["analytics"]),
        ({}, YES, ["analytics", "personal"]),
        (YES, YES, ["analytics", "personal"]),
        (NO, {}, []),
    ],
)
async def test_a_guests_choice_comes_along_and_no_wins(
    privacy: PrivacyService, guest: dict[str, bool], account: dict[str, bool], after: list[str]
) -> None:
    if account:
        await privacy.choose(ME, Choose(account, "page"))
    if guest:
        await privacy.choose(GUEST, Choose(guest, "banner"))
    for _ in range(2):  # told twice
        await privacy.db.write(SYSTEM, merge, SignedIn(7, 9))
    assert await given(privacy, 7) == after
    assert (await privacy.choices(GUEST, MyChoices())).rows == []
    assert (await events(privacy, ChoicesMoved))[0] == ChoicesMoved(7, 9)
    told = {r.how for r in (await privacy.record(ME, MyRecord())).rows}
    assert told <= {"page", "sign_in"}


async def test_who_signs_up_keeps_the_choice_without_a_move(privacy: PrivacyService) -> None:
    await privacy.choose(ME, Choose(YES, "banner"))
    for event in (SignedIn(7, 0), SignedIn(7, 7)):
        await privacy.db.write(SYSTEM, merge, event)
    assert await given(privacy, 7) == ["analytics", "personal"]
    assert await events(privacy, ChoicesMoved) == []


async def test_a_yes_ends_after_thirteen_months_and_is_asked_again(privacy: PrivacyService, clock: Clock) -> None:
    await privacy.choose(ME, Choose(YES, "banner"))
    clock.pass_time(days=394)
    assert await given(privacy, 7) == ["analytics", "personal"]
    clock.pass_time(days=1)
    assert await given(privacy, 7) == []
    assert not (await privacy.choices(ME, MyChoices())).asked
    await privacy.choose(ME, Choose(YES, "banner"))
    assert await given(privacy, 7) == ["analytics", "personal"]
    assert len((await privacy.record(ME, MyRecord())).rows) == 4


async def test_the_record_is_kept_three_years_and_no_longer(privacy: PrivacyService, clock: Clock) -> None:
    await privacy.choose(ME, Choose(YES, "banner"))
    clock.pass_time(days=3 * 365)
    await privacy.db.write(SYSTEM, sweep)
    assert len(await privacy.db.read(SYSTEM, lambda tx: tx.rows(RECORD))) == 2
    clock.pass_time(days=1)
    await privacy.db.write(SYSTEM, sweep)
    assert await privacy.db.read(SYSTEM, lambda tx: tx.rows(RECORD) + tx.rows(CHOICES)) == []


async def test_an_erased_account_gives_nothing(privacy: PrivacyService) -> None:
    await privacy.choose(ME, Choose(YES, "page"))
    await privacy.db.write(SYSTEM, erased, CardsErased(7, "order", 1))
    assert await given(privacy, 7) == ["analytics", "personal"]
    await privacy.db.write(SYSTEM, erased, CardsErased(7, "account", 1))
    assert await given(privacy, 7) == []
    assert (await events(privacy, ConsentChanged))[-1] == ConsentChanged(7, [], ["analytics", "personal"])
