"""From offers to a basket that promotions can rate, and from their cuts to what each piece of a line costs. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from jishi.goods.promotions import Cut, Good
from jishi.kernel import apportion
from jishi.trade.orders import Adjustment

from .rules import Offer, Piece

OF_THE_SHOP = ("item", "shop")  # stages before which a shop's free freight is not judged


def basket(found: Sequence[Offer], above: Mapping[str, str]) -> list[Good]:
    """The wanted lines as promotions know them; `above`: category → the one it stands in."""
    return [
        Good(
            o.line, o.listing.id, o.listing.product_id, o.listing.merchant_id, o.listing.category, o.quantity,
            o.price.minor, path(o.listing.category, above),
        )
        for o in found
    ]  # fmt: skip


def path(category: str, above: Mapping[str, str]) -> list[str]:
    """The categories above this one, the nearest first."""
    found: list[str] = []
    while (category := above.get(category, "")) and category not in found:
        found.append(category)
    return found


def worth(found: Sequence[Offer], cuts: Sequence[Cut]) -> dict[int, int]:
    """What each line counts for towards its shop's free freight: its price after the shop's own discounts. What others
    give (cross-shop offers, the platform's coupons) takes no freight threshold away that the shop has promised."""
    left = {o.line: o.value for o in found}
    for c in cuts:
        if c.stage in OF_THE_SHOP:
            left[c.line] += c.minor
    return left


def adjusted(rows: Sequence[Piece], cuts: Sequence[Cut]) -> dict[int, list[Adjustment]]:
    """Piece number → its part of its line's cuts. A cut is shared by what each part of the line still costs, so the parts
    sum to it, none is above 0, and no part of a line costs less than nothing; so too what the house pays of it."""
    parts, left = defaultdict[int, list[Piece]](list), {p.n: p.minor for p in rows}
    for p in rows:
        parts[p.offer.line].append(p)
    made = defaultdict[int, list[Adjustment]](list)
    for cut in cuts:
        of = parts[cut.line]
        shares = apportion(cut.minor, [left[p.n] for p in of]) if cut.minor else []
        house = apportion(-funded(cut), [-minor for minor in shares]) if cut.minor else []
        for p, minor, platform in zip(of, shares, house, strict=False):
            left[p.n] += minor
            if minor:
                rule, reason = f"promotion:{cut.promotion_id}", cut.reason
                made[p.n].append(Adjustment(rule, cut.payer, minor, reason, platform, cut.stage, cut.names))
    return dict(made)


def funded(cut: Cut) -> int:
    """What of a cut the house pays, ≥ 0; of a shared one its basis points, half up."""
    if cut.payer == "shared":
        return (-cut.minor * cut.platform_bp + 5_000) // 10_000
    return -cut.minor if cut.payer == "platform" else 0
