"""`/api/v1`: the same shop for programs. Request Structs forbid unknown fields; ids carry their kind; faults are problems."""

from typing import Any

from . import cart, catalog, coupons, desk, goods, people, reviews, search, sessions, trade

handlers: list[Any] = [
    *sessions.handlers,
    *people.handlers,
    *goods.handlers,
    *search.handlers,
    *catalog.handlers,
    *cart.handlers,
    *coupons.handlers,
    *trade.handlers,
    *reviews.handlers,
    *desk.handlers,
]
