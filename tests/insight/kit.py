"""A whole shop, and what lies in its store of behaviour: everything is looked at as bytes."""

from typing import Any

import msgspec
from sqlalchemy import select

from jishi.insight.behaviour import Seen, Trail
from jishi.insight.behaviour.keyring import keys
from jishi.kernel import SYSTEM, Context, Statement
from jishi.people.privacy import PURPOSES, Choose
from tests.web.town import Town

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
YES, NO = dict.fromkeys(PURPOSES, True), dict.fromkeys(PURPOSES, False)
KEYS = Statement(select(keys.c.period, keys.c.secret).order_by(keys.c.period))


async def allow(place: Town, ctx: Context, **given: bool) -> None:
    await place.shop.privacy.choose(ctx, Choose(given or YES, "page"))


async def look_at(place: Town, ctx: Context, *products: int, kind: str = "view") -> None:
    for p in products:
        await place.shop.behaviour.note(ctx, Seen(kind, p))
    await place.shop.behaviour.flush()


def raw(place: Town) -> dict[str, bytes]:
    """Id → body, of every trail."""
    return {k: v.body for k, v in place.shop.documents.store.get("insight.trails", {}).items() if not v.gone}


def trails(place: Town) -> list[Trail]:
    return [msgspec.json.decode(body, type=Trail) for _, body in sorted(raw(place).items())]


def steps(place: Town) -> list[tuple[str, int]]:
    return [(s.kind, s.product_id) for t in trails(place) for s in t.steps]


async def secrets(place: Town) -> dict[int, bytes]:
    rows: list[Any] = await place.shop.behaviour.keys.read(SYSTEM, lambda tx: tx.rows(KEYS))
    return {period: bytes(secret) for period, secret in rows}
