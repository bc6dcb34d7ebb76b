"""Tax of lines by dated rates: one rounding a line, half up. No clock; the moment is handed in."""

from collections.abc import Mapping

from .face import LineTax, RatesMissing, Taxes, TaxLine, TaxQuery
from .table import Place, Rate, place_of

FREIGHT, ROUNDING = "freight", "half_up_line"


def taxes(query: TaxQuery, at: int, places: Mapping[str, Place]) -> Taxes:
    """Each line's net, tax and gross. Raises `RatesMissing` where no rate is known: never 0 % for want of one."""
    place = place_of(query.destination, places)

    def rate_of(line: TaxLine) -> Rate:
        rate = place.rate(line.tax_class, at) if place else None
        if rate is None and place and line.tax_class == FREIGHT:
            rate = follows(line)
        if rate is None:
            raise RatesMissing(query.destination.country, line.tax_class)
        return rate

    def follows(freight: TaxLine) -> Rate | None:
        """Freight is part of the supply it brings: the rate of the merchant's goods worth most, of equal ones the
        higher; the standard rate where it brings none."""
        goods = [line for line in query.lines if line.merchant_id == freight.merchant_id and line.tax_class != FREIGHT]
        if not goods:
            return place.rate("standard", at) if place else None
        worth: dict[str, int] = {}
        rates = {line.tax_class: rate_of(line) for line in goods}
        for line in goods:
            worth[line.tax_class] = worth.get(line.tax_class, 0) + line.minor
        return max((worth[c], r.rate_bp, c, r) for c, r in sorted(rates.items()))[3]

    found = []
    for line in query.lines:
        rate = rate_of(line)
        net, tax = reckon(line.minor, rate.rate_bp, included=query.included)
        assert place  # or it was missing
        found.append(LineTax(line.n, net, tax, net + tax, rate.rate_bp, place.rate_id(rate), ROUNDING))
    return Taxes(found)


def reckon(minor: int, rate_bp: int, *, included: bool) -> tuple[int, int]:
    """(net, tax) of an amount that holds its tax (net + tax is the amount), or to which it is added (net is)."""
    if included:
        net = half_up(minor * 10_000, 10_000 + rate_bp)
        return net, minor - net
    return minor, half_up(minor * rate_bp, 10_000)


def half_up(amount: int, by: int) -> int:
    """Amount / by, both ≥ 0, a half goes up."""
    return (2 * amount + by) // (2 * by)


def fits(query: TaxQuery, told: Taxes) -> bool:
    """Whether a provider's answer may be charged: every line once, sums that hold, the amount asked for kept."""
    minor = {line.n: line.minor for line in query.lines}
    return [line.n for line in told.lines] == [line.n for line in query.lines] and all(
        line.net + line.tax == line.gross
        and line.tax >= 0
        and line.net >= 0
        and line.rate_bp >= 0
        and (line.gross if query.included else line.net) == minor[line.n]
        and line.rate_id
        and line.rounding
        for line in told.lines
    )
