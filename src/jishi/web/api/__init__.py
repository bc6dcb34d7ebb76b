"""`/api/v1`: the same shop for programs. Request Structs forbid unknown fields; ids carry their kind; faults are problems."""

from typing import Any

from . import cart, desk, goods, sessions, trade

handlers: list[Any] = [*sessions.handlers, *goods.handlers, *cart.handlers, *trade.handlers, *desk.handlers]
