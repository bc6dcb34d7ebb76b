"""Carriers by name: the built-in one, and whatever is installed under the entry point group `jishi.carriers`."""

from collections.abc import Callable, Mapping
from importlib.metadata import entry_points
from typing import Any

from .express import CODE, jishi_express
from .face import Carrier

GROUP = "jishi.carriers"
Make = Callable[[Mapping[str, Any]], Carrier]


class UnknownCarrier(LookupError):
    """The configuration names a carrier that nothing installed provides."""


def carriers(settings: Mapping[str, Mapping[str, Any]]) -> list[Carrier]:
    """A carrier for each name in `settings`, in their order; an entry point is called with its own settings.

    Raises `UnknownCarrier`."""
    known: dict[str, Callable[[], Make]] = {CODE: lambda: jishi_express}
    known |= {point.name: point.load for point in entry_points(group=GROUP)}
    if unknown := [name for name in settings if name not in known]:
        raise UnknownCarrier(", ".join(unknown))
    return [known[name]()(options) for name, options in settings.items()]
