"""A merchant is created or changed; who may find whom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from jishi.kernel import FieldError, Invalid, Tx

from .face import Merchant, MerchantList, MerchantsQuery, NoMerchant, PutMerchant
from .rules import errors, named, parties_of
from .tables import BY_HANDLES, BY_IDS, CHANGE, LISTED, LISTED_ACTIVE, PUT

ASKED_MAX, LISTED_MAX = 100, 100


def put(tx: Tx, cmd: PutMerchant) -> Merchant:
    """The merchant of this handle is as told; of two that create it at once, the later changes it."""
    if wrong := list(errors(cmd)):
        raise Invalid(wrong)
    asked = named(cmd.parties)
    there = {r[0] for r in tx.rows_in(BY_IDS, "ids", asked)}
    for id in asked:
        if id not in there:
            raise NoMerchant(id)
    names = msgspec.msgpack.encode({k: v.strip() for k, v in cmd.names.items()}, order="sorted")
    parties = msgspec.msgpack.encode(cmd.parties, order="sorted")
    if not tx.once(
        PUT,
        id=tx.new_id(), handle=cmd.handle, names=names, country=cmd.country, currency=cmd.currency,
        tax_id=cmd.tax_id.strip(), parties=parties, status=cmd.status, made_at=tx.now, changed_at=tx.now,
    ):  # fmt: skip
        tx.run(
            CHANGE,
            of=cmd.handle, called=names, land=cmd.country, money=cmd.currency, tax=cmd.tax_id.strip(),
            roles=parties, to=cmd.status, moment=tx.now,
        )  # fmt: skip
    return merchant_of(tx.row(BY_HANDLES, handles=[cmd.handle]))


def merchants(tx: Tx, query: MerchantsQuery, via: str) -> MerchantList:
    """By id, in one query. A name is public, a tax id is not: customers and clerks of others see none; a module sees all."""
    if len(query.ids) > ASKED_MAX or len(query.handles) > ASKED_MAX:
        raise Invalid([FieldError("ids", "list.long", {"max": str(ASKED_MAX)})])
    most = max(0, min(query.limit, LISTED_MAX))
    outside = (tx.actor.is_customer or tx.actor.role == "clerk") and not via
    if query.ids:
        rows = tx.rows(BY_IDS, ids=query.ids)
    elif query.handles:
        rows = tx.rows(BY_HANDLES, handles=query.handles)
    else:
        rows = tx.rows(LISTED_ACTIVE if outside else LISTED, after=query.after, most=most)
    found = sorted((merchant_of(r) for r in rows), key=lambda m: m.id)
    if outside:
        found = [m if m.id == tx.actor.merchant_id else msgspec.structs.replace(m, tax_id="") for m in found]
    return MerchantList(found)


def merchant_of(row: Sequence[Any]) -> Merchant:
    id, handle, names, country, currency, tax_id, parties, status = row
    told = msgspec.msgpack.decode(parties)
    return Merchant(id, handle, msgspec.msgpack.decode(names), country, currency, tax_id, parties_of(id, told), status)
