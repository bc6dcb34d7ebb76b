"""The SKUs of a product that is being put: their offers, what is counted of them, and what bundles are made of."""

from collections.abc import Iterator
from typing import Any

from jishi.kernel import FieldError, Invalid, Tx

from .face import MAX_SKUS, PutProduct
from .faults import SkuTaken
from .rules import option_texts, pack
from .tables import (
    ADD_COMPONENT,
    ADD_LISTING,
    ADD_SKU,
    ADD_STOCK_ITEM,
    BUNDLED,
    CHANGE_SKU,
    DROP_COMPONENTS,
    OFFER,
    SKU_OWNERS,
    SKUS_OF,
    STOCK_ITEMS,
    TAKE_OFF_SALE,
    UNNAME_SKUS,
)
from .terms import SkuDraft
from .texts import hashed

MAX_EVER = 4 * MAX_SKUS  # SKUs of one product, those no longer named included


def write_skus(tx: Tx, product_id: int, p: PutProduct) -> None:
    """The product has these SKUs in this order, each with its offer; a code keeps its id, one not named goes off sale."""
    drafts = {hashed(s.code): (position, s) for position, s in enumerate(p.skus)}
    had = {key: id for id, key, _ in tx.rows(SKUS_OF, product=product_id)}
    new = [key for key in drafts if key not in had]
    if len(had) + len(new) > MAX_EVER:
        raise Invalid([FieldError("skus", "list.long", {"max": str(MAX_EVER)})])
    _refuse_taken(tx, product_id, p, new)
    ids = had | {key: tx.new_id() for key in new}
    kept = {key: _columns(p, position, s) for key, (position, s) in drafts.items()}
    if changed := [dict(sku=had[key], **{f"new_{c}": v for c, v in kept[key].items()}) for key in drafts if key in had]:
        tx.many(CHANGE_SKU, changed)
        tx.many(OFFER, [dict(sku=had[key], offered=int(s.on_sale)) for key, (_, s) in drafts.items() if key in had])
    if new:
        owner = dict(product_id=product_id, merchant_id=p.merchant_id, picture_id=0, picture="")
        try:
            with tx.savepoint():
                tx.many(ADD_SKU, [dict(id=ids[key], code_key=key, **owner, **kept[key]) for key in new])
        except Exception as e:  # whichever error the engine has for a key that somebody else took at this moment
            if not tx.is_dead(e):
                _refuse_taken(tx, product_id, p, new)
            raise
        offer = dict(merchant_id=p.merchant_id, grade="new")
        tx.many(
            ADD_LISTING,
            [dict(id=tx.new_id(), sku_id=ids[k], on_sale=int(drafts[k][1].on_sale), **offer) for k in new],
        )
    gone = sorted(id for key, id in had.items() if key not in drafts)
    for part in _parts(gone):
        tx.run(UNNAME_SKUS, ids=part)
        tx.run(TAKE_OFF_SALE, ids=part)
    _write_components(tx, p, {s.code: ids[key] for key, (_, s) in drafts.items()})


def _parts(ids: list[int]) -> Iterator[list[int]]:
    return (ids[i : i + 256] for i in range(0, len(ids), 256))


def _columns(p: PutProduct, position: int, s: SkuDraft) -> dict[str, Any]:
    return dict(
        code=s.code,
        chosen=pack(s.chosen),
        options=pack(option_texts(p.options, s.chosen)),
        weight_g=s.weight_g,
        gtin=s.gtin,
        position=position,
    )


def _refuse_taken(tx: Tx, product_id: int, p: PutProduct, keys: list[str]) -> None:
    for code, _, _, owner in tx.rows_in(SKU_OWNERS, "keys", keys, merchant=p.merchant_id):
        if owner != product_id:
            raise SkuTaken(code, owner)


def _write_components(tx: Tx, p: PutProduct, ids: dict[str, int]) -> None:
    """A plain SKU is its own stock item × 1, which is never made twice; a bundle names plain SKUs of its merchant."""
    if not ids:
        return
    items = dict(tx.rows_in(STOCK_ITEMS, "ids", sorted(ids.values())))
    plain = [ids[s.code] for s in p.skus if not s.components]
    if missing := [dict(id=tx.new_id(), sku_id=id, merchant_id=p.merchant_id) for id in plain if id not in items]:
        tx.many(ADD_STOCK_ITEM, missing)
        items |= {row["sku_id"]: row["id"] for row in missing}
    counted = _counted(tx, p, ids, items) if len(plain) < len(p.skus) else {}
    rows = [
        dict(sku_id=ids[s.code], stock_item_id=item, quantity=n)
        for s in p.skus
        for item, n in (
            {counted[hashed(code)]: n for code, n in s.components.items()} or {items[ids[s.code]]: 1}
        ).items()
    ]
    had = set(map(tuple, tx.rows_in(BUNDLED, "ids", sorted(ids.values()))))
    told = {(r["sku_id"], r["stock_item_id"], r["quantity"]) for r in rows}
    if stale := sorted({sku for sku, *_ in had ^ told}):
        for part in _parts(stale):
            tx.run(DROP_COMPONENTS, ids=part)
        fresh = [r for r in rows if r["sku_id"] in stale]
        for start in range(0, len(fresh), 500):
            tx.many(ADD_COMPONENT, fresh[start : start + 500])


def _counted(tx: Tx, p: PutProduct, ids: dict[str, int], items: dict[int, int]) -> dict[str, int]:
    """Code (hashed) → stock item of every SKU that a bundle of this product names."""
    named = sorted({hashed(code) for s in p.skus for code in s.components})
    bundles = {ids[s.code] for s in p.skus if s.components}
    known = {key: id for _, key, id, _ in tx.rows_in(SKU_OWNERS, "keys", named, merchant=p.merchant_id)}
    elsewhere = sorted(set(known.values()) - set(ids.values()))
    items = items | dict(tx.rows_in(STOCK_ITEMS, "ids", elsewhere))
    own = {(sku, item) for sku, item, n in tx.rows_in(BUNDLED, "ids", elsewhere) if items.get(sku) == item and n == 1}
    bundles |= {id for id in elsewhere if (id, items.get(id)) not in own}  # a bundle of bundles is not counted
    for s in p.skus:
        for code in s.components:
            if (id := known.get(hashed(code))) is None or id in bundles:
                raise Invalid([FieldError(f"skus.{s.code}.components", "component.none", {"sku": code})])
    return {key: items[id] for key, id in known.items()}
