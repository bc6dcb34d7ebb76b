"""Which of the prices in force counts, and what may be struck through beside it. Pure.

base < list < tier < campaign: a list price replaces the base; a tier and a campaign count where they are lower than what
lies beneath, so a piece never gets dearer by buying more or by a campaign."""

from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from jishi.kernel.place import Reason

from .face import Price
from .law import Law

LAYERS, LOWERING = ("base", "list", "tier", "campaign"), ("tier", "campaign")
Deal = tuple[int, int, int]  # since when, the lowest price paid from then on, the last


def in_force(rows: Sequence[Price]) -> list[Price]:
    """What a piece costs from each quantity on, of rows of one listing that are all in force; with why."""
    found = list[Price]()
    for step in sorted({r.quantity_from for r in rows}):
        price = chosen(rows, step)
        if price is not None and (not found or found[-1].id != price.id):
            found.append(replace(price, quantity_from=step))
    return found


def chosen(rows: Iterable[Price], quantity: int) -> Price | None:
    """The price of a piece of so many."""
    best: dict[str, Price] = {}
    for r in rows:
        if r.quantity_from > quantity:
            continue
        known = best.get(r.layer)
        if known is None or (r.minor < known.minor if r.layer in LOWERING else known.quantity_from < r.quantity_from):
            best[r.layer] = r
    price: Price | None = None
    for layer in LAYERS:
        row = best.get(layer)
        if row is None or (price is not None and layer in LOWERING and row.minor >= price.minor):
            continue
        stated = row.list_minor or (price.list_minor if price else 0)
        price = replace(row, list_minor=stated, reason=reason_of(row, price))
    return price


def reason_of(row: Price, beneath: Price | None) -> Reason:
    if row.layer == "tier":
        return Reason("pricing.reason.tier", {"pieces": row.quantity_from})
    if row.layer == "campaign":
        said: dict[str, str | int] = {"currency": row.currency}
        if beneath is None:
            return Reason("pricing.reason.campaign")
        return Reason("pricing.reason.campaign_from", said | {"from_minor": beneath.minor})
    return Reason("pricing.reason.list") if row.layer == "list" else Reason("pricing.reason.base")


def struck(price: Price, law: Law | None, since: Sequence[Price], deals: Sequence[Deal]) -> Price:
    """The price with what may be struck through beside it, where that is more. `since`: rows of one piece that were in
    force at some time from `law.span_ms` before the price began; `deals`: what was paid before it, oldest first."""
    if law is None:
        return price
    was, reason = 0, None
    if law.rule != "offered" and price.list_minor > price.minor:
        said: dict[str, str | int] = {"was_minor": price.list_minor, "currency": price.currency}
        was, reason = price.list_minor, Reason("pricing.was.stated", said)
    elif price.layer == "campaign" and law.rule == "offered":
        was = lowest_offered(since, price.valid_from - law.span_ms, price.valid_from)
        reason = Reason("pricing.was.offered", {"days": law.days, "was_minor": was, "currency": price.currency})
    elif price.layer == "campaign" and law.rule == "sold":
        was, reason = lowest_sold(price, deals, law)
    return replace(price, was_minor=was, was_reason=reason) if was > price.minor else price


def needs_past(price: Price, law: Law | None) -> str:
    """Which history judges the strike-through: offered, sold, "" = none."""
    if law is None or price.layer != "campaign" or price.quantity_from != 1 or law.rule == "stated":
        return ""
    return "" if law.rule == "sold" and price.list_minor > price.minor else law.rule


def lowest_offered(rows: Sequence[Price], begins: int, ends: int) -> int:
    """The lowest price of one piece that was in force in [begins, ends), 0 when there was none."""
    moments = {begins} | {m for r in rows for m in (r.valid_from, r.valid_to or ends)}
    found = []
    for at in sorted(m for m in moments if begins <= m < ends):
        price = chosen([r for r in rows if r.valid_from <= at and (not r.valid_to or at < r.valid_to)], 1)
        if price is not None:
            found.append(price.minor)
    return min(found, default=0)


def lowest_sold(price: Price, deals: Sequence[Deal], law: Law) -> tuple[int, Reason | None]:
    """What was paid least in the days before, else last."""
    said: dict[str, str | int] = {"currency": price.currency}
    near = [low for since, low, _ in deals if since >= price.valid_from - law.span_ms]
    if near:
        low = min(near)
        return low, Reason("pricing.was.sold", said | {"days": law.days, "was_minor": low})
    if not deals:
        return 0, None
    last = deals[-1][2]
    return last, Reason("pricing.was.sold_last", said | {"was_minor": last})


def by_listing(rows: Iterable[Price]) -> Mapping[int, list[Price]]:
    found: dict[int, list[Price]] = {}
    for r in rows:
        found.setdefault(r.listing_id, []).append(r)
    return found
