"""The face, bound to its units."""

from jishi.kernel import Service, reads, writes

from . import commands
from .face import Shipping


class ShippingService(Service, Shipping):
    put_rates = writes(commands.put_rates, needs="goods:rate:put")
    rates = reads(commands.rates, needs="goods:rate:see")
    plan = reads(commands.plan, needs="goods:freight:plan")
