"""A guest's order becomes an account's: with its secret and a verified contact of its own, never with one of the two."""

import asyncio
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from msgspec import structs

from jishi.kernel import Actor, Context
from jishi.people.accounts import AskCode, EnterCode, Opened, OpenGuest
from jishi.people.vault import Erase, KeepCard, Show
from jishi.trade.orders import (
    Claim,
    ClaimableQuery,
    GrantLink,
    NoOrder,
    NotYourContact,
    OpenOrder,
    Order,
    OrderQuery,
    OrdersQuery,
)
from tests.kit import STAFF, module
from tests.people.kit import LIN
from tests.trade.kit import Trade

NOBODY = Context(Actor(0, "guest"), network="203.0.113.0/24")
MAIL, PHONE = "lin@example.com", "+8613812348000"
ME = module("trade.orders")


@dataclass
class Placed:
    order_id: int
    number: str
    guest: Opened
    secret: str


def codes(trade: Trade) -> list[str]:
    return [s.secrets["code"] for _, s in trade.letters.sent.values() if "code" in s.secrets]


async def enter(trade: Trade, contact: str, token: str = "") -> Context:
    """Signed in by a code to the contact."""
    trade.clock.pass_time(minutes=2)
    ask = AskCode(phone=contact) if contact.startswith("+") else AskCode(contact)
    asked = await trade.orders.accounts.ask_code(NOBODY, ask)
    opened = await trade.orders.accounts.enter_code(NOBODY, EnterCode(asked.challenge_id, codes(trade)[-1], token))
    return Context(Actor(opened.visitor.person_id, "buyer"), session=opened.visitor.session_id)


async def placed(trade: Trade, contact: dict[str, str] | None = None) -> Placed:
    """A guest's order of one tea, with the link that its mail holds."""
    guest = await trade.orders.accounts.open_guest(NOBODY, OpenGuest())
    me = Context(Actor(guest.visitor.person_id, "guest"))
    cards = []
    for kind, fields in (("recipient", LIN), ("contact", contact or {"email": MAIL})):
        id = trade.engine.world.new_id()
        await trade.vault.keep(me, KeepCard(id, me.actor.id, kind, "order", fields))
        cards.append(id)
    terms = structs.replace(trade.two(), recipient_card=cards[0], contact_card=cards[1])
    order_id = trade.engine.world.new_id()
    opening = OpenOrder(order_id, me.actor.id, terms, "card", trade.clock() + 1_800_000)
    opened = await trade.orders.open(module("trade.checkout"), opening)
    link = await trade.orders.grant_link(ME, GrantLink(order_id))
    return Placed(order_id, opened.number, guest, link.secret)


async def test_the_links_secret_and_a_verified_contact_make_it_ones_own(trade: Trade) -> None:
    it = await placed(trade)
    me = await enter(trade, MAIL)
    order = await trade.orders.claim(me, Claim(it.number, it.secret))
    assert (order.buyer_id, order.placed_by) == (me.actor.id, it.guest.visitor.person_id)
    assert [r.id for r in (await trade.orders.orders(me, OrdersQuery())).rows] == [it.order_id]
    with pytest.raises(NoOrder):  # the guest has it no more
        await trade.orders.order(Context(Actor(it.guest.visitor.person_id, "guest")), OrderQuery(it.order_id))
    cards = [order.recipient_card, order.contact_card]
    assert all(c.fields for c in (await trade.vault.show(me, Show(cards, "order"))).cards)
    again = await trade.orders.claim(me, Claim(it.number, it.secret))
    assert [s.what for s in again.timeline].count("claimed") == 1
    await trade.vault.erase(STAFF, Erase(me.actor.id, "order"))
    assert not any(c.fields for c in (await trade.vault.show(STAFF, Show(cards, "order"))).cards)


async def test_this_browsers_orders_are_offered_to_who_signs_in(trade: Trade) -> None:
    await enter(trade, MAIL)
    it = await placed(trade)
    me = await enter(trade, MAIL, it.guest.token)
    (row,) = (await trade.orders.claimable(me, ClaimableQuery())).rows
    assert (row.order_id, row.contact, row.fits) == (it.order_id, "l***@example.com", True)
    await trade.orders.claim(me, Claim(order_id=it.order_id))
    assert (await trade.orders.claimable(me, ClaimableQuery())).rows == []
    assert len((await trade.orders.orders(me, OrdersQuery())).rows) == 1


async def test_an_order_with_another_contact_is_shown_and_not_given(trade: Trade) -> None:
    await enter(trade, "eve@example.com")
    it = await placed(trade)
    eve = await enter(trade, "eve@example.com", it.guest.token)
    (row,) = (await trade.orders.claimable(eve, ClaimableQuery())).rows
    assert (row.contact, row.fits) == ("l***@example.com", False)
    for claim in (Claim(order_id=it.order_id), Claim(it.number, it.secret)):
        with pytest.raises(NotYourContact):
            await trade.orders.claim(eve, claim)
    assert (await trade.orders.orders(eve, OrdersQuery())).rows == []


async def test_what_an_account_has_placed_is_nobody_elses_to_claim(trade: Trade) -> None:
    """The link lies in a mail at another's address; the order stays its buyer's."""
    it = await placed(trade)
    owner = await enter(trade, "owner@example.com", it.guest.token)  # the guest becomes this account
    me = await enter(trade, MAIL)
    with pytest.raises(NoOrder):
        await trade.orders.claim(me, Claim(it.number, it.secret))
    assert (await trade.orders.order(owner, OrderQuery(it.order_id))).buyer_id == owner.actor.id


async def test_of_two_accounts_that_claim_at_once_one_has_it(trade: Trade) -> None:
    """One has proved the order's e-mail, the other its phone; both hold the link."""
    it = await placed(trade, {"email": MAIL, "phone": PHONE})
    both = [await enter(trade, MAIL), await enter(trade, PHONE)]
    answers = await asyncio.gather(
        *[trade.orders.claim(who, Claim(it.number, it.secret)) for who in both], return_exceptions=True
    )
    assert sorted(type(a).__name__ for a in answers) == ["NoOrder", "Order"]
    owners = [len((await trade.orders.orders(who, OrdersQuery())).rows) for who in both]
    assert sorted(owners) == [0, 1]
    (winner,) = [who for who, n in zip(both, owners, strict=True) if n]
    order = await trade.orders.order(winner, OrderQuery(it.order_id))
    assert [s.what for s in order.timeline].count("claimed") == 1
    assert (await trade.vault.show(winner, Show([order.recipient_card], "order"))).cards[0].fields != {}


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    contact=st.booleans(),
    browser=st.booleans(),
    secret=st.sampled_from(["", "right", "wrong", "another's"]),
    named=st.sampled_from(["number", "id"]),
)
async def test_nobody_obtains_an_order_with_only_one_of_the_two(
    trade: Trade, *, contact: bool, browser: bool, secret: str, named: str
) -> None:
    mail = f"p{trade.engine.world.new_id()}@example.com"
    account = mail if contact else f"q{mail}"
    trade.clock.pass_time(days=2)  # limits of codes are another test's
    await enter(trade, account)
    it, other = await placed(trade, {"email": mail}), await placed(trade)
    me = await enter(trade, account, it.guest.token if browser else "")
    shown = {"": "", "right": it.secret, "wrong": "x" * 22, "another's": other.secret}[secret]
    claim = Claim(it.number, shown) if named == "number" else Claim("", shown, it.order_id)
    (answer,) = await asyncio.gather(trade.orders.claim(me, claim), return_exceptions=True)
    shows = browser or secret == "right"
    assert type(answer) is (Order if shows and contact else NotYourContact if shows else NoOrder)
    got = isinstance(answer, Order) and answer.buyer_id == me.actor.id
    assert got == (contact and shows)
    assert len((await trade.orders.orders(me, OrdersQuery())).rows) == got


async def test_own_orders_are_found_by_number_and_by_what_was_bought(trade: Trade) -> None:
    it = await placed(trade)
    me = Context(Actor(it.guest.visitor.person_id, "guest"))
    name = (await trade.orders.order(me, OrderQuery(it.order_id))).children[0].lines[0].names

    async def found(words: str, state: str = "") -> list[int]:
        return [r.id for r in (await trade.orders.orders(me, OrdersQuery(state, "", 20, words))).rows]

    for words in (it.number, it.number.lower(), next(iter(name.values())), "LAMP", f"{it.number} lamp"):
        assert await found(words) == [it.order_id], words
    assert await found("nothing of the kind") == await found("%") == await found("lamp", "shipped") == []
    stranger = Context(Actor(999, "buyer"))
    assert (await trade.orders.orders(stranger, OrdersQuery(words=it.number))).rows == []
