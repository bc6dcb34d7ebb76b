"""What somebody means to buy. A cart holds wishes: prices and stock are asked for when it is shown."""

from abc import abstractmethod

from msgspec import Struct

from jishi.kernel import Context, Face, Fault

MAX_LINES, MAX_QUANTITY = 100, 999


class PutLine(Struct, frozen=True):
    """This many of the listing are in the actor's cart; 0 takes it out. Safe to repeat."""

    listing_id: int
    quantity: int


class AddLine(Struct, frozen=True):
    """That many more (the product page's button); `key` makes a double click one addition."""

    listing_id: int
    quantity: int
    key: str = ""


class CartQuery(Struct, frozen=True):
    pass


class CartLine(Struct, frozen=True):
    listing_id: int
    quantity: int
    added_at: int


class CartView(Struct, frozen=True):
    """Newest first."""

    lines: list[CartLine]
    pieces: int


class TakeOut(Struct, frozen=True):
    """After an order: the bought pieces leave the cart; pieces added since stay. `key` is the order's id."""

    key: int
    bought: list[tuple[int, int]]  # (listing id, pieces)


class CartFull(Fault, code="cart.full", status=409):
    most: int


class WrongQuantity(Fault, code="cart.quantity", status=422):
    most: int


class Cart(Face):
    name = "trade.cart"

    @abstractmethod
    async def put(self, ctx: Context, command: PutLine, /) -> CartView: ...
    @abstractmethod
    async def add(self, ctx: Context, command: AddLine, /) -> CartView: ...
    @abstractmethod
    async def cart(self, ctx: Context, query: CartQuery, /) -> CartView: ...
    @abstractmethod
    async def take_out(self, ctx: Context, command: TakeOut, /) -> CartView: ...
