"""Units of measure: what a value is in another unit of its kind, and what a kilogram or a litre of a piece costs. Pure."""

import re
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from msgspec import Struct

from .terms import Measure

# kind → unit → how many of the kind's smallest
KINDS: dict[str, dict[str, int | Fraction]] = {
    "mass": {"mg": 1, "g": 1_000, "kg": 1_000_000},
    "volume": {"ml": 1, "cl": 10, "l": 1_000},
    "length": {"mm": 1, "cm": 10, "m": 1_000, "in": Fraction(254, 10)},
    "area": {"cm2": 1, "m2": 10_000},
    "space": {"cm3": 1, "m3": 1_000_000},
    "pieces": {"pc": 1},
    "time": {"s": 1, "min": 60, "h": 3_600, "d": 86_400},
    "power": {"mW": 1, "W": 1_000, "kW": 1_000_000},
    "energy": {"Wh": 1, "kWh": 1_000},
    "charge": {"mAh": 1, "Ah": 1_000},
    "voltage": {"V": 1},
    "bytes": {"MB": 1, "GB": 1_000, "TB": 1_000_000},
    "frequency": {"Hz": 1, "kHz": 1_000, "MHz": 1_000_000, "GHz": 1_000_000_000},
    "heat": {"°C": 1},
    "sound": {"dB": 1},
    "light": {"lm": 1},
    "age": {"mo": 1, "y": 12},
    "density": {"dpi": 1},
    "share": {"%": 1},
    "thickness": {"gsm": 1},
}
UNITS = {unit: (kind, Fraction(size)) for kind, units in KINDS.items() for unit, size in units.items()}
SYMBOLS = {"l": "L", "cm2": "cm²", "m2": "m²", "cm3": "cm³", "m3": "m³", "gsm": "g/m²", "in": "″"}
MEASURED = ("mg", "g", "kg", "ml", "cl", "l", "mm", "cm", "m", "cm2", "m2", "m3", "pc")
BASES = {"mass": ("kg", "g"), "volume": ("l", "ml"), "length": ("m", ""), "area": ("m2", ""), "space": ("m3", ""),
         "pieces": ("pc", "")}  # fmt: skip
SMALL = 250  # g or ml, up to which a market that likes it is told the price of 100
NUMBER = re.compile(r"([+-]?[0-9]{1,12}(?:\.[0-9]{1,6})?)\s*(\S{0,8})")
MOST = 10**12


class UnitPrice(Struct, frozen=True):
    """`minor` for `per` `unit`: 5160 for 100 g."""

    minor: int
    per: int
    unit: str


def number_in(value: object, unit: str) -> int | float | None:
    """The number in the attribute's unit, at most 3 decimals; "0.5 l" is 500 where it is told in ml. None: not a number,
    not finite, or of another kind of unit."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    found = NUMBER.fullmatch(str(value).strip())
    if not found:
        return None
    number, told = Fraction(Decimal(found[1])), found[2]
    if told and told != unit:
        kind, size = UNITS.get(told, ("", Fraction(1)))
        to, base = UNITS.get(unit, ("-", Fraction(1)))
        if kind != to:
            return None
        number = number * size / base
    rounded = (Decimal(number.numerator) / Decimal(number.denominator)).quantize(Decimal("0.001"), ROUND_HALF_UP)
    if abs(rounded) > MOST:
        return None
    return int(rounded) if rounded == rounded.to_integral_value() else float(rounded)


def unit_price(minor: int, measure: Measure | None, *, hundred: bool) -> UnitPrice | None:
    """What one kilogram, litre, metre, square or cubic metre or piece costs (Directive 98/6/EC, Article 2 b); where
    `hundred`, small goods are told per 100 g or 100 ml, "a different single unit which is widely and customarily used".

    None without a measure, and where it would be the price itself (Article 3.1). Rounded half up to minor units."""
    if measure is None or measure.amount <= 0:
        return None
    kind, size = UNITS[measure.unit]
    large, small = BASES[kind]
    unit, per = large, 1
    if hundred and small and measure.amount * size <= SMALL * UNITS[small][1]:
        unit, per = small, 100
    held, asked = measure.amount * size, per * UNITS[unit][1]
    if held == asked:
        return None
    exact = Fraction(minor) * asked / held
    return UnitPrice((2 * exact.numerator + exact.denominator) // (2 * exact.denominator), per, unit)


def symbol(unit: str) -> str:
    return SYMBOLS.get(unit, unit)
