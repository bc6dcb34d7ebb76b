"""An order as its page tells it: where each parcel is, whether it keeps its promise, and what happened, in sentences. Pure
but for the words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from msgspec import Struct

from jishi.kernel import i18n
from jishi.kernel.i18n import Catalogues
from jishi.trade.fulfilment import Shipment, Track
from jishi.trade.orders import Child, Order, Step

HUBS = 2  # places on the way that a route shows, the newest
KINDS = {  # shown state → the tag's colour; the word says it too
    "to_pay": "warn", "to_ship": "info", "part_shipped": "info", "shipped": "info", "delivered": "ok", "completed": "ok",
    "cancelled": "", "refunded": "",
}  # fmt: skip
GLYPHS = {
    "picked_up": "package", "in_transit": "truck", "customs": "landmark", "out_for_delivery": "map-pin",
    "exception": "circle-alert",
}  # fmt: skip
TRACKS = {"scanned": "picked_up"}  # a step of the timeline → the carrier's word
ARRIVED, ENDED = ("delivered", "signed"), ("delivered", "signed", "refused", "lost")


class Speech(Struct, frozen=True):
    """Who reads: sentences, money and days are said their way."""

    words: Catalogues
    locale: str
    zone: str
    currency: str

    def t(self, key: str, **params: str | int) -> str:
        return self.words.t(key, self.locale, **params)

    def known(self, key: str, otherwise: str) -> str:
        """The sentence of a key that may come from outside (a carrier's code, a provider's reason)."""
        return self.t(key) if self.words.has(key) else otherwise

    def money(self, minor: int, currency: str = "") -> str:
        return i18n.money(minor, currency or self.currency, self.locale)

    def place(self, code: str) -> str:
        return self.known(f"places.{code}", code)

    def carrier(self, code: str) -> str:
        return self.known(f"fulfilment.carrier.{code}", code)

    def day(self, ms: int) -> str:
        return i18n.date(ms, self.locale, self.zone)

    def moment(self, ms: int) -> str:
        return i18n.moment(ms, self.locale, self.zone, "short")


class Stop(NamedTuple):
    """A stop as `parts.route` draws it. state: done, now, next."""

    glyph: str
    name: str
    note: str
    state: str
    leg: str = ""


class Route(Struct, frozen=True):
    """One parcel's way. `n` counts within the child; a child of which nothing was booked has one without a waybill."""

    n: int
    carrier: str
    waybill: str
    state: str
    stops: list[Stop]
    shipment_id: int = 0


class Expected(Struct, frozen=True):
    """When it comes, as far as is known now. kind: ok, warn, "" (nothing to compare)."""

    first: int
    last: int
    late_days: int
    arrived: bool

    @property
    def kind(self) -> str:
        return "warn" if self.late_days else "ok"


class Told(Struct, frozen=True):
    """A row of the timeline in words."""

    at: int
    words: str
    note: str = ""


class Act(Struct, frozen=True):
    """Something the buyer may do with a parcel; `why` says when it will work, or why it does not."""

    code: str  # cancel, receipt
    able: bool
    why: str = ""


class ParcelView(Struct, frozen=True):
    child: Child
    title: str
    kind: str
    picture: str
    routes: list[Route]
    expected: Expected | None
    acts: list[Act]
    log: list[Told]
    freight_tax: int
    parts: bool  # pieces of its lines can be cancelled


def expected(child: Child, now: int, zone: str) -> Expected | None:
    """A parcel that left late, or has not left in time, comes later by as much; nothing is expected of a dead one."""
    if child.fulfilment in ("placed", "cancelled"):
        return None
    arrived = child.clocks.get("delivered") or child.clocks.get("signed") or child.clocks.get("confirmed") or 0
    if arrived:
        return Expected(arrived, arrived, _days(child.promise_to, arrived, zone), arrived=True)
    slip = max(0, child.clocks.get("shipped", now) - child.ship_by)
    first, last = max(child.promise_from + slip, now), max(child.promise_to + slip, now)
    return Expected(first, last, _days(child.promise_to, last, zone), arrived=False)


def _days(promised: int, ms: int, zone: str) -> int:
    """Whole days after the promised day, as the calendar of the place counts them."""
    return max(0, (i18n.at_zone(ms, zone).date() - i18n.at_zone(promised, zone).date()).days)


def route(s: Speech, warehouse: str, child: Child, shipment: Shipment | None, due: Expected | None) -> Route:
    """Warehouse, the last hubs, the courier, the door."""
    tracks = [x for x in reversed(shipment.tracks) if x.state != "label"] if shipment else []
    home = s.day(due.last) if due and not due.arrived else ""
    stops: list[tuple[str, str, str]] = [("warehouse", warehouse, _left(s, child, shipment))]
    stops += _hubs(s, tracks)
    here = len(stops) - 1
    end = next((x for x in reversed(tracks) if x.state in ENDED), None)
    if end is not None and end.state not in ARRIVED:
        stops.append(("circle-alert", s.t(f"fulfilment.track.{end.state}"), s.moment(end.at)))
        here = len(stops) - 1
    else:
        if end is None:
            stops += [(g, s.t(key), "") for g, key in _ahead(tracks)]
        note = s.moment(end.at) if end else home
        stops.append(("house", s.t("order.stop.you"), note))
        here = len(stops) - 1 if end else here
    drawn = [Stop(*x, "done" if i < here else "now" if i == here else "next") for i, x in enumerate(stops)]
    if shipment is None:
        return Route(1, "", "", "", drawn)
    return Route(shipment.n, s.carrier(shipment.carrier), shipment.waybill, shipment.state, drawn, shipment.id)


def _left(s: Speech, child: Child, shipment: Shipment | None) -> str:
    """What the warehouse's stop says: left then, or leaves by then."""
    if shipment and shipment.shipped_at:
        return s.moment(shipment.shipped_at)
    if child.fulfilment == "placed":
        return s.t("order.stop.waits")
    return s.t("order.stop.packed") if child.fulfilment == "packed" else s.t("order.stop.by", day=s.day(child.ship_by))


def _hubs(s: Speech, tracks: Sequence[Track]) -> list[tuple[str, str, str]]:
    """The newest places on the way, each once, as it was last heard from there."""
    seen: dict[str, tuple[str, str, str]] = {}
    for x in tracks:
        if x.state in ENDED:
            continue
        name = s.t("order.stop.courier") if x.state == "out_for_delivery" else s.place(x.place)
        name = name or s.t(f"fulfilment.track.{x.state}")
        seen.pop(name, None)
        seen[name] = (GLYPHS.get(x.state, "truck"), name, s.moment(x.at))
    courier = any(x.state == "out_for_delivery" for x in tracks)
    return list(seen.values())[-(HUBS + courier) :]


def _ahead(tracks: Sequence[Track]) -> list[tuple[str, str]]:
    """What still lies between the newest stop and the door."""
    states = {x.state for x in tracks}
    if "out_for_delivery" in states:
        return []
    courier = [("map-pin", "order.stop.courier")]
    return courier if states else [("truck", "order.stop.road"), *courier]


def told(s: Speech, step: Step) -> Told:
    """A step of the timeline as a sentence, with its place where it has one."""
    p: Mapping[str, str | int] = step.params
    at = int(p.get("at", step.at))
    place = s.place(str(p["place"])) if p.get("place") else ""
    state = TRACKS.get(step.what, step.what)
    if s.words.has(f"fulfilment.track.{state}"):
        return Told(at, s.t(f"fulfilment.track.{state}"), place)
    what = step.what
    if what == "completed" and step.actor_role == "system":
        what = "completed_by_time"
    if what == "payment_failed":
        reason = s.known(f"payments.failed.{p.get('reason', '')}", s.t("payments.failed.other"))
        return Told(at, s.t("order.step.payment_failed"), reason)
    params: dict[str, str | int] = {"n": int(p.get("pieces", 0))}
    if "minor" in p:
        params["amount"] = s.money(int(p["minor"]), str(p.get("currency", "")))
    note = f"{s.carrier(str(p['carrier']))} {p.get('waybill', '')}".strip() if p.get("carrier") else ""
    key = f"order.step.{what}"
    return Told(at, s.t(key, **params) if s.words.has(key) else s.t("order.step.other"), note)


def acts(s: Speech, order: Order, child: Child) -> list[Act]:
    """What the page offers for a parcel, and why some of it does not work now."""
    if child.fulfilment in ("cancelled", "completed") or order.state in ("cancelled", "refunded"):
        return []
    f, only = child.fulfilment, len(order.children) == 1
    found = []
    if not only and f == "placed":
        found.append(Act("cancel", able=False, why=s.t("order.act.cancel.unpaid")))
    elif f == "confirmed":
        found.append(Act("cancel", able=True, why=s.t("order.act.cancel.able")))
    elif f == "packed":
        found.append(Act("cancel", able=False, why=s.t("order.act.cancel.packed")))
    if f in ("shipped", "delivered"):
        found.append(Act("receipt", able=True, why=s.t("order.act.receipt.able")))
    elif f != "placed":
        found.append(Act("receipt", able=False, why=s.t("order.act.receipt.later")))
    return found


def parcels(
    s: Speech, order: Order, shipments: Sequence[Shipment], warehouses: Mapping[int, str], now: int
) -> list[ParcelView]:
    """Every child with its routes, newest shipment last."""
    made = []
    for child in order.children:
        own = [x for x in shipments if x.child == child.n]
        due, name = expected(child, now, s.zone), warehouses.get(child.warehouse_id, s.t("order.stop.warehouse"))
        dead = child.fulfilment in ("cancelled", "placed")
        routes = [route(s, name, child, x, due) for x in own] or ([] if dead else [route(s, name, child, None, due)])
        steps = [x for x in order.timeline if x.child == child.n]
        made.append(
            ParcelView(
                child,
                s.t("order.parcel.title", n=child.n, warehouse=name),
                KINDS.get(child.state, ""),
                next((x.picture for x in child.lines if x.picture), ""),
                routes,
                due,
                acts(s, order, child) if order.buyer_id else [],
                [told(s, x) for x in reversed(steps)],
                child.tax - sum(x.tax for x in child.lines),
                child.fulfilment == "confirmed" and sum(x.quantity - x.cancelled - x.shipped for x in child.lines) > 1,
            )
        )
    return made
