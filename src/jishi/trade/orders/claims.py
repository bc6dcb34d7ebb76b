"""What is said about claiming a guest's order."""

from msgspec import Struct

from jishi.kernel import Event, Fault


class Claim(Struct, frozen=True):
    """A guest's order becomes the actor's: by number or id, with the `secret` of its link, or from the browser that placed
    it ("": the one that signed in here); and only if the order's contact is one that the actor has verified."""

    number: str = ""
    secret: str = ""
    order_id: int = 0


class ClaimableQuery(Struct, frozen=True):
    """Orders of the guests of this account's browsers, newest first, ≤ 20."""


class ClaimableRow(Struct, frozen=True):
    """`contact` is masked. `fits`: the actor has verified it; else it is to be verified first."""

    order_id: int
    number: str
    state: str
    total: int
    currency: str
    placed_at: int
    names: list[dict[str, str]]  # ≤ 2
    contact: str
    fits: bool


class Claimable(Struct, frozen=True):
    rows: list[ClaimableRow]


class Claimed(Event, tag="trade.orders.claimed", frozen=True):
    """The order is another's; what was a guest's of it in other rooms may follow. `cards` are its vault cards."""

    order_id: int
    guest_id: int
    person_id: int
    cards: list[int]


class NotYourContact(Fault, code="order.claim_contact", status=409):
    """The secret is right, the contact is not verified: add it to the account first."""

    order_id: int
