"""Signing in by phone as by e-mail; contacts are proved before they count; strange devices are noticed."""

import asyncio

import pytest
from msgspec import structs

from jishi.kernel import Context, Invalid
from jishi.people.accounts import (
    AskCode,
    AskContact,
    CodeSpent,
    ContactsQuery,
    ContactTaken,
    EnterCode,
    EnterContact,
    Me,
    NoSession,
    Opened,
    OpenGuest,
    ProofsQuery,
    RevokeOthers,
    SessionGone,
    Sessions,
    StepUp,
    TooOften,
    Who,
)
from jishi.people.vault import Erase, Find, Show
from tests.kit import STAFF, Clock, module
from tests.people.accounts.test_codes import MAIL, NOBODY, as_visitor, sign_up
from tests.people.kit import People, count, rows_of, texts

PHONE, E164 = "138 1234 8000", "+8613812348000"
ORDERS = module("trade.orders")


def text_code(people: People) -> str:
    return people.texts.sent[-1].subject.split(" ")[0]


async def sign_up_by_phone(people: People, phone: str = PHONE, token: str = "", device: str = "") -> Opened:
    asked = await people.accounts.ask_code(NOBODY, AskCode(phone=phone, device=device))
    return await people.accounts.enter_code(NOBODY, EnterCode(asked.challenge_id, text_code(people), token, device))


async def add(people: People, ctx: Context, **contact: str) -> None:
    asked = await people.accounts.ask_contact(ctx, AskContact(**contact))
    code = text_code(people) if "phone" in contact else people.post.code
    await people.accounts.enter_contact(ctx, EnterContact(asked.challenge_id, code))


async def test_a_phone_signs_up_and_in(people: People, clock: Clock) -> None:
    opened = await sign_up_by_phone(people)
    letter = people.texts.sent[0]
    assert (letter.channel, letter.to) == ("sms", E164)
    assert people.post.sent == []
    me = as_visitor(opened.visitor)
    assert opened.visitor.role == "buyer"
    rows = (await people.accounts.contacts(me, ContactsQuery())).rows
    assert [(r.channel, r.card_id, r.verified_at) for r in rows] == [("sms", opened.visitor.contact_card, clock())]
    assert (await people.vault.show(me, Show([rows[0].card_id], "test"))).cards[0].fields == {"phone": E164}
    clock.pass_time(minutes=2)
    again = await sign_up_by_phone(people, "+86 13812348000")
    assert again.visitor.person_id == opened.visitor.person_id
    assert await count(people.engine, "people.accounts", "persons") == 1


async def test_a_known_and_an_unknown_phone_take_the_same_steps(people: People, clock: Clock) -> None:
    await sign_up_by_phone(people)
    clock.pass_time(minutes=2)
    marks = []
    for phone in (PHONE, "13912348000"):
        before = await rows_of(people.engine, "people.accounts")
        asked = await people.accounts.ask_code(NOBODY, AskCode(phone=phone))
        after = await rows_of(people.engine, "people.accounts")
        grown = {t: len(after[t]) - len(before[t]) for t in after if "throttles" not in t}
        marks.append((grown, asked.expires_at, asked.again_at))
    assert marks[0] == marks[1]


async def test_no_phone_lies_in_the_tables(people: People) -> None:
    await sign_up_by_phone(people)
    dump = "\n".join(
        [
            *texts(await rows_of(people.engine, "people.accounts")),
            *texts(await rows_of(people.engine, "people.notices")),
        ]
    )
    assert "13812348000" not in dump


@pytest.mark.parametrize("phone", ["12", "abc", "+86 10", "1" * 60, "١٢٣"])
async def test_what_is_no_phone_is_said_at_once(people: People, phone: str) -> None:
    with pytest.raises(Invalid) as refused:
        await people.accounts.ask_code(NOBODY, AskCode(phone=phone))
    assert [(e.field, e.code) for e in refused.value.body.errors] == [("phone", "phone.invalid")]
    with pytest.raises(Invalid):
        await people.accounts.ask_code(NOBODY, AskCode(MAIL, PHONE))
    assert people.texts.sent == people.post.sent == []


async def test_a_phone_gets_five_texts_an_hour_a_device_six_and_a_network_ten(people: People, clock: Clock) -> None:
    def on(network: str) -> Context:
        return structs.replace(NOBODY, network=network)

    for n in range(5):
        await people.accounts.ask_code(on(f"10.0.{n}.0/24"), AskCode(phone=PHONE))
        clock.pass_time(minutes=1)
    with pytest.raises(TooOften):
        await people.accounts.ask_code(on("10.0.9.0/24"), AskCode(phone=PHONE))
    for n in range(6):
        await people.accounts.ask_code(on(f"10.1.{n}.0/24"), AskCode(phone=f"1390000000{n}", device="d" * 32))
    with pytest.raises(TooOften):
        await people.accounts.ask_code(on("10.1.9.0/24"), AskCode(phone="13900000009", device="d" * 32))
    for n in range(10):
        await people.accounts.ask_code(on("10.2.0.0/24"), AskCode(phone=f"1370000000{n}"))
    with pytest.raises(TooOften):
        await people.accounts.ask_code(on("10.2.0.0/24"), AskCode(phone="13600000001"))
    assert len(people.texts.sent) == 21


async def test_an_account_has_both_and_signs_in_by_either(people: People, clock: Clock) -> None:
    opened = await sign_up(people)
    me = as_visitor(opened.visitor)
    await add(people, me, phone=PHONE)
    await people.drain()
    assert [m.subject for m in people.post.about("手机号")] != []  # the e-mail hears of the phone
    rows = (await people.accounts.contacts(me, ContactsQuery())).rows
    assert [r.channel for r in rows] == ["email", "sms"]
    assert (await people.accounts.me(me, Me())).contact_card == opened.visitor.contact_card
    clock.pass_time(minutes=2)
    assert (await sign_up_by_phone(people)).visitor.person_id == opened.visitor.person_id
    assert (await sign_up(people)).visitor.person_id == opened.visitor.person_id


async def test_a_changed_contact_signs_in_alone_and_the_old_one_hears_of_it(people: People, clock: Clock) -> None:
    opened = await sign_up(people)
    me = as_visitor(opened.visitor)
    await add(people, me, email="new@example.com")
    await people.drain()
    told = [
        m
        for m in people.post.sent
        if m.to == "Lin@example.com" and "验证码" not in m.subject and "code" not in m.subject
    ]
    assert len(told) == 1
    assert (await people.vault.find(STAFF, Find("email", MAIL))).card_ids == []
    now = (await people.accounts.me(me, Me())).contact_card
    assert (await people.vault.show(me, Show([now], "test"))).cards[0].fields == {"email": "new@example.com"}
    assert (await people.accounts.who(NOBODY, Who(opened.token))).contact_card == now
    clock.pass_time(minutes=2)
    other = await sign_up(people)
    assert other.visitor.person_id != opened.visitor.person_id
    assert (await sign_up(people, "NEW@example.com")).visitor.person_id == opened.visitor.person_id


async def test_a_contact_of_another_account_is_not_taken(people: People, clock: Clock) -> None:
    theirs = await sign_up_by_phone(people)
    clock.pass_time(minutes=2)
    mine = await sign_up(people)
    asked = await people.accounts.ask_contact(as_visitor(mine.visitor), AskContact(phone=PHONE))
    before = await rows_of(people.engine, "people.accounts", "addresses", "contacts", "persons")
    with pytest.raises(ContactTaken):
        await people.accounts.enter_contact(
            as_visitor(mine.visitor), EnterContact(asked.challenge_id, text_code(people))
        )
    assert await rows_of(people.engine, "people.accounts", "addresses", "contacts", "persons") == before
    clock.pass_time(minutes=11)
    await people.drain()
    assert (await people.vault.find(STAFF, Find("phone", PHONE))).person_ids == [theirs.visitor.person_id]


async def test_two_accounts_that_prove_one_phone_at_once_are_not_both_its_owner(people: People, clock: Clock) -> None:
    asks = []
    for n in range(2):
        who = as_visitor((await sign_up(people, f"p{n}@example.com")).visitor)
        asked = await people.accounts.ask_contact(who, AskContact(phone=PHONE))
        asks.append((who, EnterContact(asked.challenge_id, text_code(people))))
        clock.pass_time(minutes=1)
    answers = await asyncio.gather(*[people.accounts.enter_contact(c, e) for c, e in asks], return_exceptions=True)
    assert sorted(type(a).__name__ for a in answers) == ["ContactList", "ContactTaken"]


async def test_a_contact_needs_a_fresh_sign_in_and_its_own_code(people: People, clock: Clock) -> None:
    opened = await sign_up(people)
    me = as_visitor(opened.visitor)
    asked = await people.accounts.ask_contact(me, AskContact(phone=PHONE))
    code = text_code(people)
    with pytest.raises(CodeSpent):  # it signs nobody in
        await people.accounts.enter_code(NOBODY, EnterCode(asked.challenge_id, code))
    clock.pass_time(minutes=1)
    stranger = as_visitor((await sign_up(people, "eve@example.com")).visitor)
    with pytest.raises(CodeSpent):  # nor is it a stranger's contact
        await people.accounts.enter_contact(stranger, EnterContact(asked.challenge_id, code))
    signing = await people.accounts.ask_code(NOBODY, AskCode("lin2@example.com"))
    with pytest.raises(CodeSpent):  # a code for signing in proves no contact
        await people.accounts.enter_contact(me, EnterContact(signing.challenge_id, people.post.code))
    await people.accounts.enter_contact(me, EnterContact(asked.challenge_id, code))
    clock.pass_time(minutes=6)
    with pytest.raises(StepUp):
        await people.accounts.ask_contact(me, AskContact(phone="13912348000"))


async def test_an_erased_account_leaves_neither_contact_nor_device(people: People) -> None:
    opened = await sign_up_by_phone(people, device="a" * 32)
    await people.vault.erase(STAFF, Erase(opened.visitor.person_id, "account"))
    await people.drain()
    for table in ("addresses", "contacts", "devices", "browsers", "sessions"):
        assert await count(people.engine, "people.accounts", table) == 0


async def test_a_strange_device_is_noticed_once_and_a_known_one_never(people: People, clock: Clock) -> None:
    async def enter(device: str) -> None:
        asked = await people.accounts.ask_code(NOBODY, AskCode(MAIL, device=device))
        await people.accounts.enter_code(NOBODY, EnterCode(asked.challenge_id, people.post.code, "", device))
        clock.pass_time(minutes=2)
        await people.drain()

    told = []
    for device in ("a" * 32, "a" * 32, "b" * 32, "b" * 32, "a" * 32, ""):
        await enter(device)
        told.append(len([m for m in people.post.sent if "device" in m.subject]))
    assert told == [0, 0, 1, 1, 1, 2]
    assert "https://shop.example/en/me/devices" in next(m for m in people.post.sent if "device" in m.subject).body
    assert not any("a" * 32 in str(r) for r in (await rows_of(people.engine, "people.accounts")).values())


async def test_all_other_sessions_end_at_once(people: People, clock: Clock) -> None:
    tokens = []
    for _ in range(3):
        tokens.append(await sign_up(people))
        clock.pass_time(minutes=1)
    me = as_visitor(tokens[1].visitor)
    left = await people.accounts.revoke_others(me, RevokeOthers())
    assert [(r.session_id, r.current) for r in left.rows] == [(me.session, True)]
    for n in (0, 2):
        with pytest.raises(SessionGone):
            await people.accounts.who(NOBODY, Who(tokens[n].token))
    with pytest.raises(NoSession):  # of a session that is not one's own nothing ends
        await people.accounts.revoke_others(structs.replace(me, session=12345), RevokeOthers())
    assert len((await people.accounts.sessions(me, Sessions())).rows) == 1


async def test_proofs_are_of_the_asker_and_for_modules_alone(people: People, clock: Clock) -> None:
    first = await sign_up(people)
    guest = await people.accounts.open_guest(NOBODY, OpenGuest())
    clock.pass_time(minutes=2)
    second = await sign_up(people, token=guest.token)
    asker = structs.replace(as_visitor(second.visitor), via="trade.orders")
    proofs = await people.accounts.proofs(asker, ProofsQuery([guest.visitor.person_id, first.visitor.person_id]))
    print = (await people.vault.find(STAFF, Find("email", MAIL))).print
    assert (proofs.contacts, proofs.browsers, proofs.guests) == (
        [print], [guest.visitor.person_id], [guest.visitor.person_id],
    )  # fmt: skip
    clock.pass_time(days=91)
    assert (await people.accounts.proofs(asker, ProofsQuery())).browsers == []
    as_guest = structs.replace(asker, actor=structs.replace(asker.actor, role="guest"))
    assert (await people.accounts.proofs(as_guest, ProofsQuery())).contacts == []
