"""Notifications of payment providers and carriers: the raw bytes go to whoever can verify them, the answer is at once.

200 for what is taken, the first time and again; a signature that does not hold is 400, and nothing is stored."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Response
from litestar.params import PathParameter
from msgspec import structs

from jishi.kernel import Actor, Context
from jishi.trade.fulfilment import CarrierNote
from jishi.trade.payments import Notify
from jishi.web.routes import hook_post
from jishi.web.visit import Visit

PROVIDER, CARRIER = Actor(0, "provider"), Actor(0, "carrier")
MAX_NOTICE = 256 * 1024  # bytes
Code = Annotated[str, PathParameter(max_length=32, pattern=r"^[a-z0-9_]+$")]


def speaking(visit: Visit, actor: Actor) -> Context:
    return structs.replace(visit.ctx, actor=actor, channel="hook")


@hook_post("/hooks/stripe", request_max_body_size=MAX_NOTICE)
async def stripe(visit: Visit, body: bytes) -> Response[bytes]:
    """A hint: verified, stored once by its id; a job asks the provider what is true."""
    headers = dict(visit.headers.items())
    await visit.shop.payments.notify(speaking(visit, PROVIDER), Notify("stripe", body, headers))
    return taken()


@hook_post("/hooks/{carrier:str}", request_max_body_size=MAX_NOTICE)
async def carrier(visit: Visit, carrier: Code, body: bytes) -> Response[bytes]:
    """A hint too: the carrier is asked for the parcel's tracks."""
    headers = dict(visit.headers.items())
    await visit.shop.fulfilment.note(speaking(visit, CARRIER), CarrierNote(carrier, body, headers))
    return taken()


def taken() -> Response[bytes]:
    return Response(b"", media_type="text/plain")


handlers: list[Any] = [stripe, carrier]
