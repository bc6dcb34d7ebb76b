"""Whom an order goes to and whom it writes to: the two cards that a quote needs, from a form or from a program."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from jishi.kernel import FieldError, Invalid
from jishi.people.addresses import AddressQuery, CheckAddress
from jishi.people.vault import KeepCard

from .visit import Visit

RECIPIENT = ("name", "phone", "country", "province", "city", "district", "postcode", "street")
GIFT_MAX = 200  # characters of a gift note
Name = Callable[[str, str], str]  # (card's kind, its field) → what the caller calls it


async def keep_cards(
    visit: Visit, recipient: Mapping[str, str], email: str, name: Name, *, whole: bool = False
) -> tuple[int, int]:
    """(recipient's card, contact's card), kept in one commit, the address in whole names. Otherwise `Invalid` names every
    wrong field of both at once, as `name` calls them. `whole`: all that the country's form asks for must be there."""
    shop, me = visit.shop, visit.actor.id
    errors, fields = list[FieldError](), dict(recipient)
    try:
        fields = (await shop.addresses.judge(visit.ctx, CheckAddress(fields, whole))).fields
    except Invalid as refused:
        errors += [named(name, "recipient", e) for e in refused.errors]
    contact = KeepCard(shop.world.new_id(), me, "contact", "order", {"email": email})
    keeps = [contact] if errors else [KeepCard(shop.world.new_id(), me, "recipient", "order", fields), contact]
    answers = await asyncio.gather(*[shop.vault.keep(visit.ctx, card) for card in keeps], return_exceptions=True)
    for card, answer in zip(keeps, answers, strict=True):
        if isinstance(answer, Invalid):
            errors += [named(name, card.kind, e) for e in answer.errors]
        elif isinstance(answer, BaseException):
            raise answer
    if errors:
        raise Invalid(list({e.field: e for e in reversed(errors)}.values())[::-1])
    return keeps[0].card_id, contact.card_id


def named(name: Name, kind: str, error: FieldError) -> FieldError:
    return FieldError(name(kind, error.field.rpartition(".")[2]), error.code, error.params)


async def keep_gift(visit: Visit, text: str, field: str = "gift_note") -> int:
    """The card of a note that goes with the goods, 0 without one. Whoever packs them reads it, and nobody else."""
    if not text.strip():
        return 0
    if len(text) > GIFT_MAX:
        raise Invalid([FieldError(field, "text.length", {"min": "0", "max": str(GIFT_MAX)})])
    keep = KeepCard(visit.shop.world.new_id(), visit.actor.id, "note", "order", {"text": text})
    return (await visit.shop.vault.keep(visit.ctx, keep)).id


async def from_book(visit: Visit, address_id: int) -> dict[str, str]:
    """The fields of one's own address; another's is not there."""
    return (await visit.shop.addresses.address(visit.ctx, AddressQuery(address_id))).fields
