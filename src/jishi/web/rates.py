"""How often one person or network may ask, by class of route. In memory for one process; the same library counts in Redis."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv6Address, ip_address

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

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


class Rates:
    """`own` overrides classes by name; an empty rate is no limit. An unknown class fails at start."""

    def __init__(self, own: Mapping[str, str]) -> None:
        self.items: dict[str, RateLimitItem | None] = {
            name: parse(text) if text else None for name, text in {**RATES, **own}.items()
        }
        self.counter = SlidingWindowCounterRateLimiter(MemoryStorage())

    def check(self, kind: str, person: int, network: str) -> None:
        """Counts one request; raises `Busy` with the seconds to wait. Who is known is counted as a person, so that one
        cannot spend the neighbours' share; whoever is not, by network."""
        item = self.items[kind]
        if item is None:
            return
        who = f"p{person}" if person else f"n{network}"
        if not self.counter.hit(item, kind, who):
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
