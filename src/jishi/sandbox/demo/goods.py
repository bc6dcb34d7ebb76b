"""The shape of a demo product, and the short words in which the shelves are written."""

from __future__ import annotations

from msgspec import Struct

from jishi.kernel.place import Text

from .pictures import Look


def both(zh: str, en: str) -> Text:
    return {"zh-CN": zh, "en": en}


class DemoValue(Struct, frozen=True):
    """A value of an option. `extra` is added to the price (minor CNY); colours change the picture."""

    code: str
    names: Text
    extra: int = 0
    colours: tuple[str, str] | None = None


class DemoOption(Struct, frozen=True):
    code: str
    names: Text
    values: tuple[DemoValue, ...]


class DemoProduct(Struct, frozen=True):
    """One product of a shelf. `facts`: attribute code of `tree.ATTRIBUTES` → code of its value, number in its unit, or yes/no.

    `measure` is the amount in one piece by which its unit price is told: (500, "g"), (300, "ml"), (2, "m"), (10, "pcs")."""

    handle: str
    merchant: str
    category: str  # code of a leaf of `tree.CATEGORIES`
    look: Look
    beside: str  # handle of what stands beside it in the second picture
    names: Text
    summaries: Text
    story: tuple[Text, ...]  # paragraphs
    price: int  # minor CNY
    weight_g: int
    stock: int
    was: int = 0
    options: tuple[DemoOption, ...] = ()
    specs: tuple[tuple[Text, Text], ...] = ()
    tax_class: str = "standard"
    brand: str = ""  # code of `tree.BRANDS`
    facts: dict[str, str | int | bool] = {}
    measure: tuple[int, str] | None = None


PALETTE: dict[str, tuple[str, str, Text]] = {
    "pomelo": ("#9dbb68", "#4f6b2a", both("柚绿", "Pomelo green")),
    "sea": ("#8fb4cc", "#3a6480", both("海盐蓝", "Sea-salt blue")),
    "persimmon": ("#d87a5c", "#8f3a20", both("柿红", "Persimmon")),
    "ink": ("#55606b", "#2d353d", both("墨色", "Ink")),
    "cream": ("#f4efe6", "#c9b99f", both("米白", "Off-white")),
    "indigo": ("#31506b", "#1d3145", both("靛蓝", "Indigo")),
    "clay": ("#a45a3c", "#6d3520", both("紫砂", "Clay")),
    "moss": ("#5f7d6c", "#38503f", both("苔绿", "Moss")),
    "plum": ("#8d6f9c", "#54406a", both("梅紫", "Plum")),
    "sand": ("#d9c3a0", "#7b5f3a", both("沙色", "Sand")),
    "rose": ("#e0a2a0", "#a65e62", both("豆沙粉", "Dusty rose")),
    "amber": ("#d9a03f", "#94651a", both("琥珀", "Amber")),
    "brick": ("#b5473a", "#6e241c", both("砖红", "Brick red")),
    "slate": ("#6b6f86", "#3f4257", both("石板灰", "Slate grey")),
    "walnut": ("#b98556", "#6b4526", both("胡桃木", "Walnut")),
}


def look(shape: str, colour: str, ground: str, *, motif: str = "", props: tuple[str, ...] = ()) -> Look:
    """One of our drawings in a colour of `PALETTE` on its ground; `motif` (a thing) is on its label, cover or front, and
    `props` (≤ 2 things) lie beside it."""
    c, d, _ = PALETTE[colour]
    return Look(shape, c, d, ground, motif=motif, props=props)


def thing(name: str, ground: str, *, tint: str = "", count: int = 1, props: tuple[str, ...] = ()) -> Look:
    """One of `things.NAMES`, or up to three of it, with its main colour exchanged for `tint` of `PALETTE`, if one is told."""
    c, d = PALETTE[tint][:2] if tint else ("", "")
    return Look(name, c, d, ground, thing=True, props=props, count=count)


def colours(*codes: str) -> DemoOption:
    values = tuple(DemoValue(c, PALETTE[c][2], colours=PALETTE[c][:2]) for c in codes)
    return DemoOption("colour", both("颜色", "Colour"), values)


def sizes(*values: tuple[str, str, str, int], code: str = "size", zh: str = "规格", en: str = "Size") -> DemoOption:
    return DemoOption(code, both(zh, en), tuple(DemoValue(c, both(z, e), x) for c, z, e, x in values))


def spec(zh: str, en: str, zh_value: str, en_value: str) -> tuple[Text, Text]:
    return both(zh, en), both(zh_value, en_value)
