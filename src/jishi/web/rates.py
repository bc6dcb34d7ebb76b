"""How often one person or network may ask, by class of route. In memory for one process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from ipaddress import IPv6Address, ip_address
from typing import NamedTuple

from .faults import Busy

RATES: Mapping[str, str] = {
    "read": "1200/minute",
    "search": "240/minute",
    "write": "240/minute",
    "question": "12/minute",
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


SPANS = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400}


class Rate(NamedTuple):
    most: int
    span_s: int


def parse(text: str) -> Rate:
    """20/minute; a ValueError that names what is none."""
    most, _, span = text.partition("/")
    if not most.strip().isdecimal() or span.strip() not in SPANS:
        raise ValueError(f"{text!r} is no rate: a number / {', '.join(SPANS)}")
    return Rate(int(most), SPANS[span.strip()])


class Windows:
    """A sliding window: the hits of this window, and of the one before what of it is still within reach. `now` in ms."""

    def __init__(self, now: Callable[[], int], most: int = MOST) -> None:
        self.now, self.most = now, most
        self.kept: dict[tuple[str, str], tuple[int, int, int]] = {}  # → window, hits before it, hits in it; newest last

    def hit(self, rate: Rate, key: tuple[str, str]) -> bool:
        """Counts one; False and not counted where the rate is spent."""
        span = 1000 * rate.span_s
        window, into = divmod(self.now(), span)
        then, before, hits = self.kept.pop(key, (window, 0, 0))
        if then != window:
            before, hits = hits if then == window - 1 else 0, 0
        fits = before * (span - into) // span + hits < rate.most
        self.kept[key] = window, before, hits + fits
        if len(self.kept) > self.most:
            del self.kept[next(iter(self.kept))]
        return fits


class Rates:
    """`own` overrides classes by name; an empty rate is no limit. An unknown class fails at start."""

    def __init__(self, own: Mapping[str, str], now: Callable[[], int]) -> None:
        self.items: dict[str, Rate | None] = {
            name: parse(text) if text else None for name, text in {**RATES, **own}.items()
        }
        self.windows = Windows(now)

    def check(self, kind: str, person: int, network: str) -> None:
        """Counts one request; raises `Busy` with the seconds to wait. Who is known is counted as a person, so that one
        cannot spend the neighbours' share; whoever is not, by network."""
        rate = self.items[kind]
        if rate is None:
            return
        who = f"p{person}" if person else f"n{network}"
        if not self.windows.hit(rate, (kind, who)):
            raise Busy(rate.span_s)


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
