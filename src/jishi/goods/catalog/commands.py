"""Units that write products."""

import hashlib
from itertools import islice
from typing import Any

from msgspec.structs import replace

from jishi.kernel import FieldError, Forbidden, Invalid, Tx
from jishi.kernel.i18n import said
from jishi.kernel.ids import encode
from jishi.kernel.place import Text

from .face import MAX_SKUS, ProductChanged, ProductDue, PutProduct, PutSkus
from .facts import brand_of, checked_facts
from .faults import NoProduct
from .offers import Owner, ids_of, write_skus
from .product_sql import (
    ADD_PRODUCT,
    CHANGE_PRODUCT,
    CHANGED,
    DROP_REDIRECT,
    LOCK_HEAD,
    LOCK_OWN,
    PRODUCT_BY_ID,
    SKUS_BY_ID,
    TOUCH,
)
from .queries import assembled, is_desk, skus_of, unnamed
from .rules import RULES, Body, checked, checked_skus, handles, pack, unpack, words_of
from .shelf_sql import CATEGORY_PATH
from .terms import Option, Product
from .texts import folded

NEIGHBOURS = 20  # handles tried before one gets its id behind it


def put_product(tx: Tx, cmd: PutProduct) -> Product:
    """The merchant's product of this handle is as told; put unchanged, nothing happens at all.

    Raises `Invalid`, `WrongMatrix`, `SkuTaken`, and `Forbidden` to a clerk of another merchant."""
    if tx.actor.role == "clerk" and tx.actor.merchant_id != cmd.merchant_id:
        raise Forbidden("goods:product:put")
    p = checked(cmd)
    if p.status == "scheduled" and p.publish_at <= tx.now:
        p = replace(p, status="published", publish_at=0)
    if p.category and tx.row(CATEGORY_PATH, called=p.category) is None:
        raise Invalid([FieldError("category", "category.none")])
    p = replace(p, facts=checked_facts(tx, p.facts, p.category))
    brand = brand_of(tx, p.brand)
    p = replace(p, brand=brand.code if brand else "")
    digest = hashlib.blake2b(pack((RULES, p)), digest_size=16).hexdigest()
    known = tx.row(LOCK_OWN, merchant=p.merchant_id, called=p.handle)
    if known is None or known[3] != digest:
        id, handle, version, was = _write(tx, p, brand.names if brand else {}, known, digest)
        of = Owner(id, p.merchant_id, was, p.options)
        told = write_skus(tx, of, p.skus, more=p.more)
        tx.emit(ProductChanged(id, handle, version))
        if p.status == "scheduled":
            tx.emit(ProductDue(id, p.publish_at), due_at=p.publish_at)
    else:
        id = known[0]
        told = ids_of(tx, Owner(id, p.merchant_id, p.options, p.options), p.skus)
    return _told(tx, id, told, more=p.more)


def _told(tx: Tx, id: int, told: list[int], *, more: bool) -> Product:
    """The product with these SKUs in this order; behind them, unless there are `more`, those no longer named."""
    found = assembled(tx, tx.row(PRODUCT_BY_ID, product=id), 0)
    rows = {r[0]: r for r in tx.rows_in(SKUS_BY_ID, "ids", told)} if told else {}
    shown = [rows[sku] for sku in told]
    if not more:
        shown += unnamed(tx, id, shown, found.options, MAX_SKUS)
    return replace(found, skus=skus_of(tx, shown))


def put_skus(tx: Tx, cmd: PutSkus) -> Product:
    """The product has these SKUs beside its others; answers it with these alone.

    Raises `NoProduct`, `Invalid`, `WrongMatrix` (a place that another SKU has), `SkuTaken`."""
    row = mine(tx, cmd.product_id)
    options = unpack(row[4], Body).options
    drafts = checked_skus(options, cmd.skus)
    told = write_skus(tx, Owner(row[0], row[2], options, options), drafts, more=True)
    tx.run(TOUCH, product=row[0], now=tx.now)
    tx.emit(ProductChanged(row[0], row[1], row[11] + 1))
    return _told(tx, row[0], told, more=True)


def mine(tx: Tx, product_id: int) -> Any:
    """The product's row, locked; `NoProduct` for one that is not there or not the clerk's."""
    row = tx.row(LOCK_HEAD, product=product_id)
    if row is None or not is_desk(tx, row[2]):
        raise NoProduct(product_id)
    return row


def _write(tx: Tx, p: PutProduct, brand: Text, known: Any, digest: str) -> tuple[int, str, int, list[Option]]:
    """(id, handle, version, the options it had) of the product's row as it is now."""
    values = {
        "category": p.category,
        "brand": p.brand,
        "kind": p.kind,
        "tax_class": p.tax_class,
        "origin": p.origin,
        "status": p.status,
        "publish_at": p.publish_at,
        "sort_name": folded(said(p.names, "en"))[:100],
        "names": pack(p.names),
        "body": pack(Body(p.summaries, p.descriptions, p.options, p.specs, p.facts, p.size_guide, p.origins)),
        "words": words_of(p, brand),
        "digest": digest,
    }
    if known is None:
        id = tx.new_id()
        new = dict(id=id, merchant_id=p.merchant_id, own_handle=p.handle, cover="", cover_alts=pack({}), version=1,
                   was_shown=int(p.status == "published"), recalled=0, recall_notices=pack({}), sku_count=0)  # fmt: skip
        for handle in (*islice(handles(p.handle), NEIGHBOURS), f"{p.handle[:70]}-{encode('p', id)[2:]}"):
            if tx.once(ADD_PRODUCT, **new, **values, handle=handle, updated_at=tx.now):
                tx.run(DROP_REDIRECT, called=handle)  # whoever was called so before is found by its present handle only
                return id, handle, 1, []
            if known := tx.row(LOCK_OWN, merchant=p.merchant_id, called=p.handle):
                break  # made by somebody else at this moment
    id, handle, version, _, body = known
    tx.run(
        CHANGE_PRODUCT,
        product=id,
        now=tx.now,
        shows=int(p.status == "published"),
        **{f"new_{c}": values[c] for c in CHANGED},
    )
    return id, handle, version + 1, unpack(body, Body).options
