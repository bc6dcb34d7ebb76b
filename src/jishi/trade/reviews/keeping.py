"""A document is read, changed and written again until nobody else came between; what they all stand on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from msgspec import Struct

from jishi.goods.catalog import Catalog
from jishi.kernel import SYSTEM, Context, Database, Event, Unavailable
from jishi.kernel.blobs import Blobs
from jishi.kernel.documents import Documents, Kind
from jishi.people.accounts import Accounts
from jishi.people.notices import Notices
from jishi.people.vault import NoCard, Show, Vault
from jishi.trade.orders import NoOrder, Order, OrderQuery, Orders

from .face import NoReview
from .kinds import REVIEWS, ReviewDoc
from .terms import FollowedUp, Reply, Review

S = TypeVar("S", bound=Struct)
ME = SYSTEM.acting("trade.reviews")
TRIES = 24  # of a change that meets others; each try that fails is one of theirs that went well


class Encoded(Protocol):
    @property
    def path(self) -> str: ...
    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    @property
    def files(self) -> Mapping[int, bytes]: ...


Encode = Callable[[bytes], Encoded]  # the catalogue's way with uploads: re-encoded, nothing of them is kept
Run = Callable[..., Awaitable[Any]]


class Parts(Protocol):
    """What the verbs stand on."""

    db: Database
    documents: Documents
    orders: Orders
    catalog: Catalog
    vault: Vault
    notices: Notices
    accounts: Accounts
    blobs: Blobs
    pepper: bytes

    def link(self, locale: str, path: str) -> str: ...

    async def encoded(self, image: bytes) -> Encoded: ...


async def change(
    documents: Documents, kind: Kind[S], id: str, to: Callable[[S], tuple[S, Sequence[Event]]]
) -> S | None:
    """The document as `to` made it of the newest one, with its events; None: there is none. `to` may raise, and may be
    asked several times. A document that it leaves as it is is not written."""
    for _ in range(TRIES):
        found = (await documents.get(kind, [id])).get(id)
        if found is None:
            return None
        body, events = to(found.body)
        if body == found.body or await documents.replace(kind, id, found.version, body, *events):
            return body
    raise Unavailable(f"{kind.name} {id}: written {TRIES} times meanwhile")


async def review_doc(at: Parts, id: int) -> ReviewDoc:
    """Raises `NoReview`."""
    found = (await at.documents.get(REVIEWS, [str(id)])).get(str(id))
    if found is None:
        raise NoReview(id)
    return found.body


async def opened(at: Parts, ctx: Context, query: OrderQuery) -> Order:
    """The order, if it is the actor's own or its link's secret opens it; else `NoOrder`. Nobody else speaks for a buyer."""
    order = await at.orders.order(ctx.acting("trade.reviews"), query)
    own = ctx.actor.is_customer and ctx.actor.id and order.buyer_id == ctx.actor.id
    if not own and not (query.secret and order.buyer_id):
        raise NoOrder(query.order_id)
    return order


async def masked(at: Parts, ctx: Context, card_id: int, field: str) -> str:
    """One field of a card as lists show it; "" when it cannot be read any more."""
    try:
        asked = Show([card_id], "review", [field], masked=True)
        (card,) = (await at.vault.show(ctx, asked)).cards
    except NoCard:
        return ""
    return card.fields.get(field, "")


def view(id: int, doc: ReviewDoc) -> Review:
    """As everybody sees it."""
    hidden, reply, follow = doc.withheld is not None, doc.reply, doc.follow_up
    return Review(
        id=id,
        product_id=doc.product_id,
        merchant_id=doc.merchant_id,
        stars=doc.stars,
        text="" if hidden else doc.text,
        lang=doc.lang,
        pictures=[] if hidden else doc.pictures,
        bought=doc.bought,
        author=doc.author,
        at=doc.at,
        edited_at=doc.edited_at,
        helpful=doc.helpful,
        topics={} if hidden else doc.topics,
        follow_up=FollowedUp("", [], follow.at) if follow and hidden else follow,
        reply=Reply("", reply.at, reply.edited_at, reply.withheld) if reply and reply.withheld else reply,
        withheld=doc.withheld,
    )
