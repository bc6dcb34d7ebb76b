"""All shelves of the demo in one row: those of the first three merchants, then every other `shelf_*.py` by name."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from msgspec.structs import replace

from .first_facts import FACTS
from .goods import DemoProduct

FIRST = ("shelf_home", "shelf_tea", "shelf_road")


def _names() -> list[str]:
    assert __package__ is not None
    found = [m.name for m in iter_modules(import_module(__package__).__path__) if m.name.startswith("shelf_")]
    return [*FIRST, *sorted(set(found) - set(FIRST))]


def _told(product: DemoProduct) -> DemoProduct:
    if (more := FACTS.get(product.handle)) is None:
        return product
    return replace(product, brand=more.brand, facts=more.facts, measure=more.measure)


SHELVES: tuple[DemoProduct, ...] = tuple(
    _told(product) for name in _names() for product in import_module(f"{__package__}.{name}").SHELF
)
BY_HANDLE = {product.handle: product for product in SHELVES}
