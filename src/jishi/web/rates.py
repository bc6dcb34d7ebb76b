"""How often one person or network may ask, by class of route. In memory for one process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from ipaddress import IPv6Address, ip_address

from limits import RateLimitItem, parse

from .faults import Busy

RATES: Mapping[str, str] = {
    "read": "1200/minute",
    "search": "240/minute",
    "write": "240/minute",
    "sign_in": "20/minute",
    "code": "10/minute",
    "session": "60/minute",
    "place": "120/minute",
    "upload": "60/minute",
    "staff": "1200/minute",
    "hook": "6000/minute",
    "none": "",
}


MOST = 100_000  # who are remembered; of more the one that asked longest ago is forgotten


class Windows:
    """A sliding window: the hits of this window, and of the one before what of it is still within reach. `now` in ms.

    Not the library's store in memory: that one starts a thread every few milliseconds, which looks at every key."""

    def __init__(self, now: Callable[[], int], most: int = MOST) -> None:
        self.now, self.most = now, most
        self.kept: dict[tuple[str, str], tuple[int, int, int]] = {}  # → window, hits before it, hits in it; newest last

    def hit(self, item: RateLimitItem, key: tuple[str, str]) -> bool:
        """Counts one; False and not counted where the rate is spent."""
        span = 1000 * item.get_expiry()
        window, into = divmod(self.now(), span)
        then, before, hits = self.kept.pop(key, (window, 0, 0))
        if then != window:
            before, hits = hits if then == window - 1 else 0, 0
        fits = before * (span - into) // span + hits < item.amount
        self.kept[key] = window, before, hits + fits
        if len(self.kept) > self.most:
            del self.kept[next(iter(self.kept))]
        return fits


class Rates:
    """`own` overrides classes by name; an empty rate is no limit. An unknown class fails at start."""

    def __init__(self, own: Mapping[str, str], now: Callable[[], int]) -> None:
        self.items: dict[str, RateLimitItem | None] = {
            name: parse(text) if text else None for name, text in {**RATES, **own}.items()
        }
        self.windows = Windows(now)

    def check(self, kind: str, person: int, network: str) -> None:
        """Counts one request; raises `Busy` with the seconds to wait. Who is known is counted as a person, so that one
        cannot spend the neighbours' share; whoever is not, by network."""
        item = self.items[kind]
        if item is None:
            return
        who = f"p{person}" if person else f"n{network}"
        if not self.windows.hit(item, (kind, who)):
            raise Busy(item.get_expiry())


def network_of(address: str) -> str:
    """An address cut to its network, /24 or /48: enough to count by, too little to know a person by. "" if it is none."""
    try:
        ip = ip_address(address.split("%", maxsplit=1)[0])
    except ValueError:
        return ""
    if isinstance(ip, IPv6Address):
        if ip.ipv4_mapped:
            return network_of(str(ip.ipv4_mapped))
        return str(IPv6Address(int(ip) >> 80 << 80)) + "/48"
    return ".".join(str(ip).split(".")[:3]) + ".0/24"


def address_of(client: str, forwarded: str, proxies: int) -> str:
    """The caller's address: what the outermost of our own `proxies` saw, never what a caller wrote before it."""
    if not proxies:
        return client
    seen = [part.strip() for part in forwarded.split(",") if part.strip()]
    return seen[-proxies] if len(seen) >= proxies else client


AGENTS = (("MicroMessenger", "WeChat"), ("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))  # fmt: skip


def agent_of(header: str) -> str:
    """The browser's family, never the whole header."""
    return next((name for mark, name in AGENTS if mark in header), "other")
