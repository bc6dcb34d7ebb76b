"""What somebody means to buy. A cart holds wishes: prices and stock are asked for when it is shown."""

from abc import abstractmethod

from msgspec import Struct

from jishi.kernel import Context, Face, Fault

MAX_LINES, MAX_QUANTITY = 100, 999


class PutLine(Struct, frozen=True):
    """This many of the listing are in the actor's cart; 0 takes it out, from aside too. Safe to repeat."""

    listing_id: int
    quantity: int


class AddLine(Struct, frozen=True):
    """That many more (the product page's button); `key` makes a double click one addition. `seen_minor` is a piece's price
    as the buyer saw it then, in `currency`; 0 = nobody looked. What was aside is in the cart again, just as many."""

    listing_id: int
    quantity: int
    key: str = ""
    seen_minor: int = 0
    currency: str = ""


class SetAside(Struct, frozen=True):
    """The line is kept for later, or (`aside` false) in the cart again. Safe to repeat; what is not there stays away."""

    listing_id: int
    aside: bool = True


class CartQuery(Struct, frozen=True):
    pass


class CartLine(Struct, frozen=True):
    """`seen_minor`: what a piece cost when it was put in, 0 = not known."""

    listing_id: int
    quantity: int
    added_at: int
    aside: bool = False
    seen_minor: int = 0
    currency: str = ""


class CartView(Struct, frozen=True):
    """Newest first. `pieces` are those of `lines`; `aside` are kept for later and count for nothing."""

    lines: list[CartLine]
    pieces: int
    aside: list[CartLine] = []


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
    async def set_aside(self, ctx: Context, command: SetAside, /) -> CartView: ...
    @abstractmethod
    async def cart(self, ctx: Context, query: CartQuery, /) -> CartView: ...
    @abstractmethod
    async def take_out(self, ctx: Context, command: TakeOut, /) -> CartView: ...
