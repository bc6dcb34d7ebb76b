"""What others' events mean here: who has ordered before, and whose coupons a guest's become."""

from jishi.kernel import Event, Tx

from .tables import (
    FORGET_COUNTS,
    FORGET_COUPONS,
    FORGET_FIRSTS,
    MOVE,
    OF_PERSON,
    OWN_OF,
    PLACED,
    UNNAME_COUPONS,
    UNPLACED,
)


class Placed(Event, tag="trade.orders.placed", frozen=True):
    """The part of the orders' fact that counts here."""

    order_id: int
    buyer_id: int


class Cancelled(Event, tag="trade.orders.cancelled", frozen=True):
    order_id: int
    whole: bool


class SignedIn(Event, tag="people.accounts.signed_in", frozen=True):
    """`guest_id` is the guest person whose things move over, 0 when there is none."""

    person_id: int
    guest_id: int


class CardsErased(Event, tag="people.vault.erased", frozen=True):
    """What was kept of a person for a purpose cannot be read again; with `account` the account itself is gone."""

    person_id: int
    purpose: str


def placed(tx: Tx, event: Placed) -> None:
    """The buyer has ordered."""
    if event.buyer_id:
        tx.once(PLACED, order_id=event.order_id, buyer_id=event.buyer_id)


def cancelled(tx: Tx, event: Cancelled) -> None:
    """An order that died whole was none."""
    if event.whole:
        tx.run(UNPLACED, order=event.order_id)


def merge(tx: Tx, event: SignedIn) -> None:
    """What a guest claimed is the account's; a promotion of which it has its own coupons gets them numbered on."""
    if not event.guest_id or event.guest_id == event.person_id:
        return
    for id, promotion_id, _ in tx.rows(OF_PERSON, person=event.guest_id):
        own = [nth for _, nth, _ in tx.rows(OWN_OF, promotion=promotion_id, person=event.person_id)]
        tx.run(MOVE, coupon=id, person=event.person_id, new_nth=max(own, default=0) + 1)


def erased(tx: Tx, event: CardsErased) -> None:
    """Nothing here is the person's any more: unused coupons are gone, used ones have no name, counts are not kept."""
    if event.purpose != "account":
        return
    for statement in (FORGET_COUPONS, UNNAME_COUPONS):
        tx.run(statement, person=event.person_id)
    tx.run(FORGET_FIRSTS, buyer=event.person_id)
    tx.run(FORGET_COUNTS, who=f"a:{event.person_id}")
