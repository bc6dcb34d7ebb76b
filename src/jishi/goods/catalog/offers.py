"""The SKUs of a product that is being put: their offers, what is counted of them, and what bundles are made of."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from jishi.kernel import FieldError, Invalid, Tx

from .faults import SkuTaken, WrongMatrix
from .matrix import MAX_EVER, Grid, Places
from .product_sql import (
    ADD_COMPONENT,
    ADD_GRID,
    ADD_LISTING,
    ADD_SKU,
    ADD_STOCK_ITEM,
    BUNDLED,
    CHANGE_GRID,
    CHANGE_SKU,
    COUNT_OFFERED,
    COUNT_SKUS,
    DROP_COMPONENTS,
    GRID,
    NAMED,
    OFFER,
    RETEXT_SKUS,
    SKU_OWNERS,
    SKUS_OF,
    STOCK_ITEMS,
    TAKE_OFF_SALE,
    UNNAME_SKUS,
)
from .rules import option_texts, pack, unpack
from .shelf_sql import PICTURES
from .terms import Option, SkuDraft
from .texts import hashed

UNIT = 500  # rows of one statement


class Owner(Struct, frozen=True):
    """Whose SKUs they are, and the options that they are chosen by: as they were, and as they are now."""

    product_id: int
    merchant_id: int
    was: list[Option]
    options: list[Option]


def write_skus(tx: Tx, of: Owner, drafts: Sequence[SkuDraft], *, more: bool) -> list[int]:
    """The product has these SKUs, each with its offer; answers their ids, in the order told. A code keeps its id.

    `more`: beside those it has; else those that are not told go off sale. Raises `SkuTaken`, `WrongMatrix`, `Invalid`.
    Cost: what is told is read and written, of the others nothing but their places, unless the options changed."""
    told = {hashed(s.code): s for s in drafts}
    known = _known(tx, of, told)
    new = [key for key in told if key not in known]
    ever, last = tx.row(COUNT_SKUS, product=of.product_id)
    if ever + len(new) > MAX_EVER:
        raise Invalid([FieldError("skus", "list.long", {"max": str(MAX_EVER)})])
    ids = {key: id for key, (id, _) in known.items()} | {key: tx.new_id() for key in new}
    begin = 0 if not more else (-1 if last is None else last) + 1
    placed = {key: known[key][1] if more and known.get(key, (0, -1))[1] >= 0 else -1 for key in told}
    free = iter(range(begin, begin + len(told)))
    positions = {key: at if at >= 0 else next(free) for key, at in placed.items()}
    kept = {key: _columns(of, positions[key], s) for key, s in told.items()}
    if known:
        tx.many(
            CHANGE_SKU, [dict(sku=ids[k], **{f"new_{c}": v for c, v in kept[k].items()}) for k in told if k in known]
        )
        tx.many(OFFER, [dict(sku=ids[k], offered=int(told[k].on_sale)) for k in told if k in known])
    if new:
        _add(tx, of, {key: (ids[key], told[key], kept[key]) for key in new})
    gone = _stand(tx, of, {ids[key]: s for key, s in told.items()}, more=more)
    if not more:
        gone |= {id for id, key, position in tx.rows(SKUS_OF, product=of.product_id) if key not in told}
    for part in _parts(sorted(gone)):
        tx.run(UNNAME_SKUS, ids=part)
        tx.run(TAKE_OFF_SALE, ids=part)
    _write_components(tx, of, drafts, {s.code: ids[key] for key, s in told.items()})
    return [ids[key] for key in told]


def ids_of(tx: Tx, of: Owner, drafts: Sequence[SkuDraft]) -> list[int]:
    """The ids of SKUs that are there, in this order."""
    keys = [hashed(s.code) for s in drafts]
    known = _known(tx, of, keys)
    return [known[key][0] for key in keys]


def _known(tx: Tx, of: Owner, keys: Iterable[str]) -> dict[str, tuple[int, int]]:
    """Key → (id, position) of the product's own; `SkuTaken` where another product of the merchant has it."""
    found = dict[str, tuple[int, int]]()
    for code, key, id, owner, position in tx.rows_in(SKU_OWNERS, "keys", list(keys), merchant=of.merchant_id):
        if owner != of.product_id:
            raise SkuTaken(code, owner)
        found[key] = id, position
    return found


def _add(tx: Tx, of: Owner, new: Mapping[str, tuple[int, SkuDraft, dict[str, Any]]]) -> None:
    """New SKUs, their offers, and the pictures that show all with such values."""
    shots = [(id, path, unpack(raw, dict[str, str])) for id, path, *_, raw in tx.rows(PICTURES, product=of.product_id)]
    owner = dict(product_id=of.product_id, merchant_id=of.merchant_id)

    def shown(chosen: Mapping[str, str]) -> dict[str, Any]:
        fits = ((id, path) for id, path, values in shots if values and values.items() <= chosen.items())
        id, path = next(fits, (0, ""))
        return dict(picture_id=id, picture=path)

    try:
        with tx.savepoint():
            tx.many(ADD_SKU, [
                dict(id=id, code_key=key, **owner, **shown(s.chosen), **columns)
                for key, (id, s, columns) in new.items()
            ])  # fmt: skip
    except Exception as e:  # whichever error the engine has for a key that somebody else took at this moment
        if not tx.is_dead(e):
            _known(tx, of, new)
        raise
    offer = dict(merchant_id=of.merchant_id, grade="new")
    tx.many(ADD_LISTING, [
        dict(id=tx.new_id(), sku_id=id, on_sale=int(s.on_sale), **offer) for id, s, _ in new.values()
    ])  # fmt: skip


def _stand(tx: Tx, of: Owner, told: Mapping[int, SkuDraft], *, more: bool) -> set[int]:
    """The grid knows who stands where; answers the ids for whom the options have no place any more."""
    at, gone = Places(of.options), set[int]()
    kept = tx.row(GRID, product=of.product_id)
    standing = dict[int, tuple[int, bool]]()
    if more:
        before, was = (Grid(kept[0]) if kept else rebuilt(tx, of.product_id, of.was)).all(), Places(of.was)
        same = [(o.code, [v.code for v in o.values]) for o in of.was] == [
            (o.code, [v.code for v in o.values]) for o in of.options
        ]
        for place, (id, on_sale) in before.items():
            now = place if same else at.of(was.chosen(place))
            if id in told:
                continue
            if now is None:
                gone.add(id)
            else:
                standing[now] = id, on_sale
        if of.was != of.options:
            _retext(tx, of, gone | set(told))
    for id, s in told.items():
        here = at.of(s.chosen)
        assert here is not None  # the matrix was checked
        if here in standing:
            raise WrongMatrix(s.code)
        standing[here] = id, s.on_sale
    raw = Grid.packed(standing)
    if kept is None:
        tx.once(ADD_GRID, product_id=of.product_id, grid=raw)
    elif kept[0] != raw:
        tx.run(CHANGE_GRID, product=of.product_id, new_grid=raw)
    tx.run(COUNT_OFFERED, product=of.product_id, n=sum(on_sale for _, on_sale in standing.values()))
    return gone


def rebuilt(tx: Tx, product_id: int, options: list[Option]) -> Grid:
    """The grid of a product that was put before there were grids."""
    at, found = Places(options), dict[int, tuple[int, bool]]()
    for id, _, raw, on_sale in tx.rows(NAMED, product=product_id):
        if (place := at.of(unpack(raw, dict[str, str]))) is not None:
            found[place] = id, bool(on_sale)
    return Grid(Grid.packed(found))


def _retext(tx: Tx, of: Owner, but: set[int]) -> None:
    """Offers that are not told again say what was chosen in the words of today."""
    at = Places(of.options)
    rows = [
        dict(sku=id, new_options=pack(option_texts(of.options, chosen)))
        for id, _, raw, _ in tx.rows(NAMED, product=of.product_id)
        if id not in but and at.of(chosen := unpack(raw, dict[str, str])) is not None
    ]
    for start in range(0, len(rows), UNIT):
        tx.many(RETEXT_SKUS, rows[start : start + UNIT])


def _parts(ids: list[int]) -> Iterator[list[int]]:
    return (ids[i : i + 256] for i in range(0, len(ids), 256))


def _columns(of: Owner, position: int, s: SkuDraft) -> dict[str, Any]:
    return dict(
        code=s.code,
        chosen=pack(s.chosen),
        options=pack(option_texts(of.options, s.chosen)),
        weight_g=s.weight_g,
        gtin=s.gtin,
        measure_amount=s.measure.amount if s.measure else 0,
        measure_unit=s.measure.unit if s.measure else "",
        position=position,
    )


def _write_components(tx: Tx, of: Owner, drafts: Sequence[SkuDraft], ids: dict[str, int]) -> None:
    """A plain SKU is its own stock item × 1, which is never made twice; a bundle names plain SKUs of its merchant."""
    if not ids:
        return
    items = dict(tx.rows_in(STOCK_ITEMS, "ids", sorted(ids.values())))
    plain = [ids[s.code] for s in drafts if not s.components]
    if missing := [dict(id=tx.new_id(), sku_id=id, merchant_id=of.merchant_id) for id in plain if id not in items]:
        tx.many(ADD_STOCK_ITEM, missing)
        items |= {row["sku_id"]: row["id"] for row in missing}
    counted = _counted(tx, of, drafts, ids, items) if len(plain) < len(drafts) else {}
    rows = [
        dict(sku_id=ids[s.code], stock_item_id=item, quantity=n)
        for s in drafts
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


def _counted(
    tx: Tx, of: Owner, drafts: Sequence[SkuDraft], ids: dict[str, int], items: dict[int, int]
) -> dict[str, int]:
    """Code (hashed) → stock item of every SKU that a bundle of this product names."""
    named = sorted({hashed(code) for s in drafts for code in s.components})
    bundles = {ids[s.code] for s in drafts if s.components}
    known = {key: id for _, key, id, *_ in tx.rows_in(SKU_OWNERS, "keys", named, merchant=of.merchant_id)}
    elsewhere = sorted(set(known.values()) - set(ids.values()))
    items = items | dict(tx.rows_in(STOCK_ITEMS, "ids", elsewhere))
    own = {(sku, item) for sku, item, n in tx.rows_in(BUNDLED, "ids", elsewhere) if items.get(sku) == item and n == 1}
    bundles |= {id for id in elsewhere if (id, items.get(id)) not in own}  # a bundle of bundles is not counted
    for s in drafts:
        for code in s.components:
            if (id := known.get(hashed(code))) is None or id in bundles:
                raise Invalid([FieldError(f"skus.{s.code}.components", "component.none", {"sku": code})])
    return {key: items[id] for key, id in known.items()}
