"""Who may do what: role or module → permissions `layer:noun:verb`. Nothing is granted by default.

A story acts with its module's permissions and its caller's ownership (`Context.acting`). Each noun keeps its own
block, so that a change to a verb is one change here."""

from collections.abc import Iterable

from jishi.kernel import Grants

GUEST = {
    "people:session:open",
    "people:account:sign_in",
}
BUYER = GUEST | {
    "people:account:self",
}
CLERK: set[str] = set()
STAFF: set[str] = set()
SYSTEM: set[str] = set()
MODULES: dict[str, set[str]] = {
    "trade.checkout": set(),
    "trade.orders": set(),
    "trade.fulfilment": set(),
    "trade.payments": set(),
    "people.accounts": set(),
    "people.notices": set(),
}


def grants(extra: Iterable[tuple[str, Iterable[str]]] = ()) -> Grants:
    """The table that services check; `extra` is for tests."""
    table = {"guest": GUEST, "buyer": BUYER, "clerk": CLERK, "staff": STAFF, "system": SYSTEM} | MODULES
    for who, more in extra:
        table[who] = table.get(who, set()) | set(more)
    return {who: frozenset(what) for who, what in table.items()}
