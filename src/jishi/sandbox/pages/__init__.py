"""Pages and buttons that a shop of the demo has beside its own; `create(…, more=handlers)` serves them."""

from typing import Any

from . import carrier, mailbox

handlers: list[Any] = [*mailbox.handlers, *carrier.handlers]
