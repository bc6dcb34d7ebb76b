"""Favourites and shops by person; watches by listing, oldest first; how far the waves of a listing's mails are."""

from typing import Any

from sqlalchemy import Index, bindparam, delete, func, select, update

from jishi.kernel import Module, Statement
from jishi.kernel.columns import amount, at, code, count, key, ref
from jishi.kernel.paging import newest_first

module = Module("trade.wishes")
favourites = module.table(
    "favourites",
    key("person_id"),
    key("product_id"),
    at("at"),
    Index("ix_trade_wishes_favourites_newest", "person_id", "at"),
)
follows = module.table("follows", key("person_id"), key("merchant_id"), at("at"))
watches = module.table(
    "watches",
    key(),
    ref("person_id"),
    ref("card_id"),
    ref("listing_id"),
    ref("product_id"),
    code("kind", 8),
    code("market", 8),
    code("currency", 3),
    code("locale", 16),
    amount("minor"),
    at("at"),
    code("state", 8),
    count("turn"),
    Index("ux_trade_wishes_watches_one", "person_id", "listing_id", "kind", unique=True),
    Index("ix_trade_wishes_watches_waiting", "listing_id", "kind", "state", "at"),
)
waves = module.table("waves", key("listing_id"), code("kind", 8, primary_key=True), at("at"), at("next_at"))

PERSON: Any = bindparam("person")
PRODUCT: Any = bindparam("product")
MERCHANT: Any = bindparam("merchant")
LISTING: Any = bindparam("listing")
KIND: Any = bindparam("of")
WATCH: Any = bindparam("watch")

F, W = favourites.c, watches.c
ADD = Statement(favourites.insert(), "person_id", "product_id", "at")
DROP = Statement(delete(favourites).where(F.person_id == PERSON, F.product_id == PRODUCT))
COUNT = Statement(select(func.count()).select_from(favourites).where(F.person_id == PERSON))
ALL = Statement(select(F.product_id, F.at).where(F.person_id == PERSON).order_by(F.at.desc()).limit(500))
PAGE = Statement(newest_first(select(F.product_id, F.at).where(F.person_id == PERSON), by=F.at, id=F.product_id))
NONE_LEFT = Statement(delete(favourites).where(F.person_id == PERSON))

FOLLOW = Statement(follows.insert(), "person_id", "merchant_id", "at")
UNFOLLOW = Statement(delete(follows).where(follows.c.person_id == PERSON, follows.c.merchant_id == MERCHANT))
FOLLOWED = Statement(
    select(follows.c.merchant_id, follows.c.at)
    .where(follows.c.person_id == PERSON)
    .order_by(follows.c.at.desc())
    .limit(200)
)
NO_FOLLOWS = Statement(delete(follows).where(follows.c.person_id == PERSON))

COLUMNS = (
    "id", "person_id", "card_id", "listing_id", "product_id", "kind", "market", "currency", "locale", "minor", "at",
    "state", "turn",
)  # fmt: skip
PUT = Statement(watches.insert(), *COLUMNS)
BY_ID = Statement(select(watches).where(W.id == WATCH))
LOCK = Statement(select(watches).where(W.id == WATCH).with_for_update())
ONE = Statement(select(watches).where(W.person_id == PERSON, W.listing_id == LISTING, W.kind == KIND).with_for_update())
AGAIN = Statement(
    update(watches)
    .where(W.id == WATCH)
    .values(
        card_id=bindparam("card"), market=bindparam("to_market"), currency=bindparam("to_currency"),
        locale=bindparam("to_locale"), minor=bindparam("to_minor"), at=bindparam("now"), state="waiting", turn=W.turn + 1,
    )
)  # fmt: skip
MARK = Statement(update(watches).where(W.id == WATCH).values(state=bindparam("to")))
MINE = Statement(
    select(watches).where(W.person_id == PERSON, W.state == "waiting").order_by(W.at.desc(), W.id.desc()).limit(100)
)
HOW_MANY = Statement(select(func.count()).select_from(watches).where(W.person_id == PERSON, W.state == "waiting"))
QUEUE = Statement(
    select(watches)
    .where(W.listing_id == LISTING, W.kind == KIND, W.state == "waiting")
    .order_by(W.at, W.id)
    .limit(500)
    .with_for_update()
)
PLACES = Statement(
    select(W.market, W.currency)
    .where(W.listing_id == LISTING, W.kind == KIND, W.state == "waiting")
    .distinct()
    .limit(50)
)
OF_PERSON = Statement(select(watches).where(W.person_id == PERSON).limit(500))
MOVE = Statement(update(watches).where(W.id == WATCH).values(person_id=bindparam("to_person")))
FORGET = Statement(delete(watches).where(W.id == WATCH))
NO_WATCHES = Statement(delete(watches).where(W.person_id == PERSON))

NEW_WAVE = Statement(waves.insert(), "listing_id", "kind", "at", "next_at")
LOCK_WAVE = Statement(
    select(waves.c.at, waves.c.next_at).where(waves.c.listing_id == LISTING, waves.c.kind == KIND).with_for_update()
)
SET_WAVE = Statement(
    update(waves)
    .where(waves.c.listing_id == LISTING, waves.c.kind == KIND)
    .values(at=bindparam("to_at"), next_at=bindparam("to_next"))
)
