"""The face of the cart; it follows orders that are placed and guests who sign in."""

from collections.abc import Sequence

from jishi.kernel import Handler, Service, reads, writes
from jishi.people.accounts import SignedIn

from . import commands
from .face import Cart


class CartService(Service, Cart):
    put = writes(commands.put, needs="trade:cart:change")
    add = writes(commands.add, needs="trade:cart:change")
    set_aside = writes(commands.set_aside, needs="trade:cart:change")
    cart = reads(commands.cart, needs="trade:cart:see")
    take_out = writes(commands.take_out, needs="trade:cart:change")

    def handlers(self) -> Sequence[Handler]:
        return [
            Handler(self.db, commands.Placed, unit=commands.placed),
            Handler(self.db, SignedIn, unit=commands.merge),
        ]
