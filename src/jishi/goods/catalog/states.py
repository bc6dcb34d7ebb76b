"""What becomes of a product beside its content: its state, a recall, its place in the URL."""

from jishi.kernel import FieldError, Forbidden, Invalid, Tx

from .commands import mine
from .face import ProductChanged, ProductDue, Rename, SetRecall, SetStatus
from .faults import HandleTaken
from .product_sql import (
    ADD_REDIRECT,
    DROP_REDIRECT,
    LOCK_HEAD,
    PRODUCT_BY_HANDLE,
    PRODUCT_BY_ID,
    RECALL,
    RENAME,
    STATE,
)
from .queries import assembled
from .rules import MAX_SUMMARY, STATUSES, pack, too_long
from .terms import Product
from .texts import cleaned, slug


def set_status(tx: Tx, cmd: SetStatus) -> Product:
    """The product is in this state; scheduled, it goes live by itself at its moment."""
    row = mine(tx, cmd.product_id)
    if cmd.status not in STATUSES:
        raise Invalid([FieldError("status", "choice.unknown")])
    if (cmd.status == "scheduled") != (cmd.publish_at > 0) or cmd.publish_at >= 1 << 53:
        raise Invalid([FieldError("publish_at", "moment.wrong")])
    status, publish_at = cmd.status, cmd.publish_at
    if status == "scheduled" and publish_at <= tx.now:
        status, publish_at = "published", 0
    if (row[10], row[14]) != (status, publish_at):
        shows = int(status == "published")
        tx.run(STATE, product=row[0], now=tx.now, shows=shows, new_status=status, new_publish_at=publish_at)
        tx.emit(ProductChanged(row[0], row[1], row[11] + 1))
        if status == "scheduled":
            tx.emit(ProductDue(row[0], publish_at), due_at=publish_at)
    return assembled(tx, tx.row(PRODUCT_BY_ID, product=row[0]), 0)


def publish_due(tx: Tx, event: ProductDue) -> None:
    """Its moment has come: it is published, unless it was told otherwise since."""
    row = tx.row(LOCK_HEAD, product=event.product_id)
    if row is None or row[10] != "scheduled" or row[14] != event.publish_at:
        return
    tx.run(STATE, product=row[0], now=tx.now, shows=1, new_status="published", new_publish_at=0)
    tx.emit(ProductChanged(row[0], row[1], row[11] + 1))


def recall(tx: Tx, cmd: SetRecall) -> Product:
    """Recalled or no longer; a clerk may recall its merchant's goods, only staff takes a recall back."""
    row = mine(tx, cmd.product_id)
    if tx.actor.role == "clerk" and row[15] and not cmd.recalled:
        raise Forbidden("goods:product:recall")
    notices = cleaned(cmd.notices) if cmd.recalled else {}
    if errors := list(too_long(notices, "notices", MAX_SUMMARY)):
        raise Invalid(errors)
    if (bool(row[15]), row[16]) != (cmd.recalled, pack(notices)):
        tx.run(RECALL, product=row[0], now=tx.now, new_recalled=int(cmd.recalled), notices=pack(notices))
        tx.emit(ProductChanged(row[0], row[1], row[11] + 1))
    return assembled(tx, tx.row(PRODUCT_BY_ID, product=row[0]), 0)


def rename(tx: Tx, cmd: Rename) -> Product:
    """The product is found at this handle, and still at every one that it had and that nobody took. Redirects name the
    product, not a handle: however often it is renamed, an old address leads there in one step."""
    row = mine(tx, cmd.product_id)
    handle = slug(cmd.handle) if cmd.handle.strip() else ""
    if not handle:
        raise Invalid([FieldError("handle", "text.required")])
    if handle != row[1]:
        if tx.row(PRODUCT_BY_HANDLE, called=handle):
            raise HandleTaken(handle)
        tx.run(DROP_REDIRECT, called=handle)
        tx.run(DROP_REDIRECT, called=row[1])
        try:
            with tx.savepoint():
                tx.run(RENAME, product=row[0], now=tx.now, new_handle=handle)
        except Exception as e:  # whichever error the engine has for a handle that somebody else took at this moment
            if tx.is_dead(e):
                raise
            raise HandleTaken(handle) from e
        tx.once(ADD_REDIRECT, handle=row[1], product_id=row[0])
        tx.emit(ProductChanged(row[0], handle, row[11] + 1))
    return assembled(tx, tx.row(PRODUCT_BY_ID, product=row[0]), 0)
