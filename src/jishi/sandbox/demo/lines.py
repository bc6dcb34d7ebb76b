"""The terse form in which the longer shelves are written: one call a product, both languages in one string."""

from __future__ import annotations

import re
from itertools import pairwise

from msgspec import Struct

from jishi.kernel.place import Text

from .goods import DemoOption, DemoProduct, DemoValue, both, look, thing
from .pictures import Look

GROUNDS = {
    "mint": "#e2efe6", "sky": "#e1edf3", "sand": "#f5eddf", "rose": "#f7e6e4", "lilac": "#ebe6f1", "butter": "#faf1d9",
    "peach": "#fae7dd", "fog": "#eceef0", "sage": "#e6ecdc", "clay": "#f1e3d8", "snow": "#f6f6f3", "dusk": "#dfe1ec",
}  # fmt: skip
VALUE = re.compile(r"(?P<words>.+?)(?: \+(?P<extra>\d+))?")


class Line(Struct, frozen=True):
    """A product that waits for its shelf to tell whose it is, and what stands beside it."""

    handle: str
    look: Look
    names: Text
    summaries: Text
    story: Text
    price: int
    weight_g: int
    stock: int
    options: tuple[DemoOption, ...]
    was: int
    measure: tuple[int, str] | None
    brand: str
    facts: dict[str, str | int | bool]


def two(text: str) -> Text:
    """`白茶 | White tea` in its two languages; without a bar both are the same."""
    zh, bar, en = text.partition(" | ")
    return both(zh, en if bar else zh)


def opt(name: str, *values: str) -> DemoOption:
    """`opt("容量 | Volume", "350 ml", "480 ml +10")`: a value's extra is in yuan; "大 / Large +5" has two languages."""
    made = []
    for value in values:
        found = VALUE.fullmatch(value)
        assert found is not None
        zh, bar, en = found["words"].partition(" / ")
        made.append(DemoValue(_code(en if bar else zh), both(zh, en if bar else zh), 100 * int(found["extra"] or 0)))
    names = two(name)
    return DemoOption(_code(names["en"]), names, tuple(made))


def _code(words: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", words.lower().replace("½", "-half")).strip("-")


def t(name: str, ground: str, tint: str = "", *props: str, count: int = 1) -> Look:
    return thing(name, GROUNDS[ground], tint=tint, count=count, props=props)


def d(shape: str, colour: str, ground: str, motif: str = "", *props: str) -> Look:
    return look(shape, colour, GROUNDS[ground], motif=motif, props=props)


def g(
    handle: str,
    look: Look,
    name: str,
    summary: str,
    story: str,
    yuan: int,
    weight_g: int,
    stock: int,
    *options: DemoOption,
    was: int = 0,
    measure: tuple[int, str] | None = None,
    brand: str = "",
    **facts: str | int | bool,
) -> Line:
    """Prices in yuan; a fact's name has _ for -."""
    told = {code.replace("_", "-"): value for code, value in facts.items()}
    return Line(
        handle, look, two(name), two(summary), two(story), 100 * yuan, weight_g, stock, options, 100 * was, measure,
        brand, told,
    )  # fmt: skip


def shelf(merchant: str, leaf: str, *lines: Line, tax_class: str = "standard") -> tuple[DemoProduct, ...]:
    """The lines as products of one leaf; beside each stands the next, and beside the last the first."""
    beside = {a.handle: b.handle for a, b in pairwise([*lines, lines[0]])}
    return tuple(
        DemoProduct(
            x.handle, merchant, leaf, x.look, beside[x.handle], x.names, x.summaries, (x.story,), x.price, x.weight_g,
            x.stock, x.was, x.options, (), tax_class, x.brand or merchant, x.facts, x.measure,
        )
        for x in lines
    )  # fmt: skip
