"""Units that write products and categories."""

import hashlib
from itertools import islice
from typing import Any

from jishi.kernel import FieldError, Forbidden, Invalid, Tx
from jishi.kernel.i18n import said
from jishi.kernel.ids import encode

from .face import ProductChanged, PutCategory, PutProduct
from .offers import write_skus
from .queries import assembled, parent_in
from .rules import RULES, Body, checked, handles, pack, words_of
from .tables import (
    ADD_CATEGORY,
    ADD_PRODUCT,
    CATEGORY_PATH,
    CHANGE_CATEGORY,
    CHANGE_PRODUCT,
    CHANGED,
    LOCK_CATEGORIES,
    LOCK_OWN,
    MOVE_CATEGORY,
    PRODUCT_BY_ID,
)
from .terms import Category, Product
from .texts import cleaned, folded, indexed, line, slug

NEIGHBOURS = 20  # handles tried before one gets its id behind it
MAX_CATEGORIES, MAX_DEPTH, MAX_POSITION = 2_000, 8, 1_000_000


def put_product(tx: Tx, cmd: PutProduct) -> Product:
    """The merchant's product of this handle is as told; put unchanged, nothing happens at all.

    Raises `Invalid`, `WrongMatrix`, `SkuTaken`, and `Forbidden` to a clerk of another merchant."""
    if tx.actor.role == "clerk" and tx.actor.merchant_id != cmd.merchant_id:
        raise Forbidden("goods:product:put")
    p = checked(cmd)
    if p.category and tx.row(CATEGORY_PATH, called=p.category) is None:
        raise Invalid([FieldError("category", "category.none")])
    digest = hashlib.blake2b(pack((RULES, p)), digest_size=16).hexdigest()
    known = tx.row(LOCK_OWN, merchant=p.merchant_id, called=p.handle)
    if known is None or known[3] != digest:
        id, handle, version = _write(tx, p, known, digest)
        write_skus(tx, id, p)
        tx.emit(ProductChanged(id, handle, version))
    else:
        id = known[0]
    return assembled(tx, tx.row(PRODUCT_BY_ID, product=id))


def _write(tx: Tx, p: PutProduct, known: Any, digest: str) -> tuple[int, str, int]:
    """(id, handle, version) of the product's row as it is now."""
    values = {
        "category": p.category,
        "brand": p.brand,
        "kind": p.kind,
        "tax_class": p.tax_class,
        "origin": p.origin,
        "status": p.status,
        "sort_name": folded(said(p.names, "en"))[:100],
        "names": pack(p.names),
        "body": pack(Body(p.summaries, p.descriptions, p.options, p.specs)),
        "words": words_of(p),
        "digest": digest,
    }
    if known is None:
        id = tx.new_id()
        new = dict(id=id, merchant_id=p.merchant_id, own_handle=p.handle, cover="", cover_alts=pack({}), version=1)
        for handle in (*islice(handles(p.handle), NEIGHBOURS), f"{p.handle[:70]}-{encode('p', id)[2:]}"):
            if tx.once(ADD_PRODUCT, **new, **values, handle=handle, updated_at=tx.now):
                return id, handle, 1
            if known := tx.row(LOCK_OWN, merchant=p.merchant_id, called=p.handle):
                break  # made by somebody else at this moment
    id, handle, version, _ = known
    tx.run(CHANGE_PRODUCT, product=id, now=tx.now, **{f"new_{c}": values[c] for c in CHANGED})
    return id, handle, version + 1


def put_category(tx: Tx, cmd: PutCategory) -> Category:
    """The category of this code is as told; moved, it takes along all that is below it."""
    names = cleaned(cmd.names)
    if not cmd.code or slug(cmd.code) != cmd.code or len(cmd.code) > 64:
        raise Invalid([FieldError("code", "code.wrong")])
    if not names or any(len(n) > 100 for n in names.values()):
        raise Invalid([FieldError("names", "text.length", {"min": "1", "max": "100"})])
    if not 0 <= cmd.position <= MAX_POSITION or len(line(cmd.icon)) > 64:
        raise Invalid([FieldError("position", "number.range", {"min": "0", "max": str(MAX_POSITION)})])
    paths = dict(tx.rows(LOCK_CATEGORIES))  # all of them: two moves at once could close a circle
    if cmd.parent and cmd.parent not in paths:
        raise Invalid([FieldError("parent", "category.none")])
    was, path = paths.get(cmd.code, ""), paths.get(cmd.parent, "") + cmd.code + "/"
    if was and path != was and path.startswith(was):
        raise Invalid([FieldError("parent", "category.circle")])
    below = {c: path + p[len(was) :] for c, p in paths.items() if was and p.startswith(was) and c != cmd.code}
    if max(p.count("/") for p in (path, *below.values())) > MAX_DEPTH or (not was and len(paths) >= MAX_CATEGORIES):
        raise Invalid([FieldError("parent", "list.long", {"max": str(MAX_DEPTH if was else MAX_CATEGORIES)})])
    kept = dict(path=path, names=pack(names), words=indexed(names.values()), icon=line(cmd.icon), position=cmd.position)
    if was or not tx.once(ADD_CATEGORY, code=cmd.code, **kept):
        tx.run(CHANGE_CATEGORY, called=cmd.code, **{f"new_{name}": value for name, value in kept.items()})
    if below and path != was:
        tx.many(MOVE_CATEGORY, [dict(called=c, new_path=p) for c, p in below.items()])
    return Category(cmd.code, names, parent_in(path), line(cmd.icon), cmd.position)
