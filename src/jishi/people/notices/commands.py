"""A notice's row before and after it went out."""

from __future__ import annotations

import re
from typing import NamedTuple

import msgspec

from jishi.kernel import FieldError, Invalid, Tx
from jishi.people.vault import CardsErased

from .face import TOPICS, Notice, NoticeList, NoticesQuery, PutWishes, Send, Wishes, WishesQuery
from .tables import BY_KEY, CLAIM, END_WISHES, FORGET, OF_CARD, OF_OWN_CARD, PUT, PUT_WISH, SETTLE, WISHES

CLAIM_MS = 60_000  # longer than any courier may take
LISTED_MAX, PARAMS_MAX, VALUE_MAX = 50, 40, 2000
KEY = re.compile(r"[a-z0-9:._-]{1,96}")
TEMPLATE = re.compile(r"[a-z_]{1,64}")
DONE = ("sent", "dropped")


class Claim(NamedTuple):
    """`mine`: this caller sends it now; else the notice is as another has left it."""

    notice: Notice
    mine: bool


def claim(tx: Tx, cmd: Send, locale: str) -> Claim:
    """The key's notice. One that failed, or whose sender has not been heard of for a minute, is taken up again."""
    if wrong := errors(cmd):
        raise Invalid(wrong)
    id, until = tx.new_id(), tx.now + CLAIM_MS
    if tx.once(
        PUT,
        id=id, called=cmd.key, card_id=cmd.card_id, person_id=0, template=cmd.template, channel=cmd.channel,
        locale=locale, params=msgspec.msgpack.encode(cmd.params, order="sorted"), state="sending", fault="", tries=1,
        made_at=tx.now, claimed_until=until,
    ):  # fmt: skip
        return Claim(Notice(id, cmd.key, cmd.template, cmd.channel, "sending", tx.now), mine=True)
    *shown, card_id, claimed_until = tx.row(BY_KEY, of=cmd.key)
    known = Notice(*shown)
    if (card_id, known.template, known.channel) != (cmd.card_id, cmd.template, cmd.channel):
        raise Invalid([FieldError("key", "key.reused")])
    if known.state in DONE or claimed_until > tx.now:
        return Claim(known, mine=False)
    tx.run(CLAIM, notice=known.id, until=until)
    return Claim(msgspec.structs.replace(known, state="sending"), mine=True)


def errors(cmd: Send) -> list[FieldError]:
    wrong = []
    if not KEY.fullmatch(cmd.key):
        wrong.append(FieldError("key", "key.invalid"))
    if not TEMPLATE.fullmatch(cmd.template):
        wrong.append(FieldError("template", "choice.unknown"))
    if cmd.topic and cmd.topic not in TOPICS:
        wrong.append(FieldError("topic", "choice.unknown"))
    both = [*cmd.params.values(), *cmd.secrets.values()]
    if len(both) > PARAMS_MAX or any(len(v) > VALUE_MAX for v in both):
        wrong.append(FieldError("params", "list.long", {"max": str(PARAMS_MAX)}))
    return wrong


def settle(tx: Tx, notice: Notice, state: str, why: str, person_id: int) -> Notice:
    tx.run(SETTLE, notice=notice.id, to=state, why=why[:64], person=person_id)
    return msgspec.structs.replace(notice, state=state)


def forget(tx: Tx, notice: Notice) -> None:
    """The card is not the asker's: as if it had never been asked for."""
    tx.run(FORGET, notice=notice.id)


def wishes(tx: Tx, query: WishesQuery) -> Wishes:
    return Wishes(wished(tx, tx.actor.id))


def wished(tx: Tx, person_id: int) -> list[str]:
    return [r[0] for r in tx.rows(WISHES, person=person_id)]


def put_wishes(tx: Tx, cmd: PutWishes) -> Wishes:
    """What is wished for again keeps its moment: it is the proof of the opt-in."""
    if any(t not in TOPICS for t in cmd.topics):
        raise Invalid([FieldError("topics", "choice.unknown")])
    now = wished(tx, tx.actor.id)
    if gone := [t for t in now if t not in cmd.topics]:
        tx.run(END_WISHES, person=tx.actor.id, topics=gone)
    for topic in TOPICS:
        if topic in cmd.topics and topic not in now:
            tx.once(PUT_WISH, person_id=tx.actor.id, topic=topic, at=tx.now)
    return Wishes(wished(tx, tx.actor.id))


def forget_wishes(tx: Tx, event: CardsErased) -> None:
    """Whose account is gone wishes for nothing."""
    if event.purpose == "account" and (now := wished(tx, event.person_id)):
        tx.run(END_WISHES, person=event.person_id, topics=now)


def of_card(tx: Tx, query: NoticesQuery) -> NoticeList:
    most = max(0, min(query.limit, LISTED_MAX))
    if tx.actor.is_customer:
        return NoticeList([Notice(*r) for r in tx.rows(OF_OWN_CARD, card=query.card_id, person=tx.actor.id, most=most)])
    return NoticeList([Notice(*r) for r in tx.rows(OF_CARD, card=query.card_id, most=most)])
