"""What somebody means to buy. A cart holds wishes: prices and stock are asked for when it is shown."""

from .face import (
    MAX_LINES,
    MAX_QUANTITY,
    AddLine,
    Cart,
    CartFull,
    CartLine,
    CartQuery,
    CartView,
    PutLine,
    SetAside,
    TakeOut,
    WrongQuantity,
)

__all__ = [
    "MAX_LINES",
    "MAX_QUANTITY",
    "AddLine",
    "Cart",
    "CartFull",
    "CartLine",
    "CartQuery",
    "CartView",
    "PutLine",
    "SetAside",
    "TakeOut",
    "WrongQuantity",
]
