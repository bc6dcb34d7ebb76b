"""Quotes, orders and parcels as the API shows them."""

from __future__ import annotations

from collections.abc import Sequence

from jishi.kernel.i18n import iso, said
from jishi.kernel.ids import encode
from jishi.trade.checkout import Quote
from jishi.trade.fulfilment import Shipment, Work
from jishi.trade.orders import Child, Line, LineTerms, Order, OrderRow
from jishi.web.parcels import Speech, told
from jishi.web.sums import discounts

from .sessions import SessionOut
from .shapes import Amount
from .trade_shapes import (
    ChildOut,
    DiscountOut,
    MethodOut,
    NearOut,
    OrderLineOut,
    OrderOut,
    OrderTile,
    PartOut,
    PieceOut,
    QuoteLineOut,
    QuoteOut,
    QuoteParcelOut,
    ReasonOut,
    ServiceOut,
    ShipmentOut,
    StepOut,
    TrackOut,
    UnusedOut,
    WorkLineOut,
    WorkOut,
)


def quote_out(s: Speech, quote: Quote, why: ReasonMaker, session: SessionOut | None) -> QuoteOut:
    t, cur = quote.terms, quote.terms.currency
    parcels = [
        QuoteParcelOut(
            c.n, encode("mer", c.merchant_id), encode("wh", c.warehouse_id), c.freight.service, iso(c.ship_by),
            iso(c.promise_from), iso(c.promise_to),
            [
                QuoteLineOut(
                    encode("lst", x.listing_id), x.sku_code, said(x.names, s.locale), said(x.options, s.locale),
                    x.quantity, Amount(x.unit_minor, cur), Amount(x.gross, cur), Amount(x.tax, cur), x.rate_bp,
                )
                for x in c.lines
            ],
            Amount(c.freight.gross, cur), why(c.freight.reason.key, c.freight.reason.inputs), Amount(c.total, cur),
        )
        for c in t.children
    ]  # fmt: skip
    return QuoteOut(
        id=encode("qt", quote.id) if quote.id else None,
        expires_at=iso(quote.expires_at) if quote.id else None,
        goods=Amount(t.goods, cur),
        discount=Amount(t.discount, cur),
        freight=Amount(t.freight, cur),
        tax=Amount(t.tax, cur),
        tax_included=t.tax_included,
        total=Amount(t.total, cur),
        parcels=parcels,
        methods=[MethodOut(m.code, m.usable, s.t(m.reason) if m.reason else "") for m in quote.methods],
        services=[
            ServiceOut(encode("mer", id), o.service, Amount(o.freight_minor, cur), o.days_min, o.days_max, o.chosen)
            for id, options in quote.options.items()
            for o in options
        ],
        discounts=discounts_out(s, [x for c in t.children for x in c.lines], why, cur),
        unused=[UnusedOut(said(u.names, s.locale), u.code, why(u.reason.key, u.reason.inputs)) for u in quote.unused],
        near=[
            NearOut(
                said(n.names, s.locale), encode("mer", n.merchant_id) if n.merchant_id else None,
                Amount(n.missing_minor, cur), n.missing_pieces, Amount(n.saves_minor, cur),
                why(n.reason.key, n.reason.inputs),
            )
            for n in quote.near
        ],
        session=session,
    )  # fmt: skip


def discounts_out(s: Speech, lines: Sequence[LineTerms | Line], why: ReasonMaker, cur: str) -> list[DiscountOut]:
    return [
        DiscountOut(
            said(d.names, s.locale), d.stage, Amount(d.minor, cur), why(d.reason.key, d.reason.inputs),
            [PartOut(said(p.names, s.locale), Amount(p.minor, cur)) for p in d.parts],
        )
        for d in discounts(lines)
    ]  # fmt: skip


class ReasonMaker:
    """A rule and its inputs as they leave the house: `…_minor` is money in the sentence."""

    def __init__(self, s: Speech) -> None:
        self.s = s

    def __call__(self, key: str, inputs: dict[str, str | int]) -> ReasonOut:
        currency = str(inputs.get("currency", ""))
        said = {
            k: self.s.money(v, currency) if k.endswith("_minor") and isinstance(v, int) else v
            for k, v in inputs.items()
        }
        return ReasonOut(key, inputs, self.s.t(key, **said))


def child_out(s: Speech, c: Child, cur: str) -> ChildOut:
    lines = [
        OrderLineOut(
            x.n, encode("lst", x.listing_id), x.sku_code, said(x.names, s.locale), said(x.options, s.locale), x.quantity,
            x.cancelled, x.shipped, Amount(x.unit_minor, cur), Amount(x.gross, cur), Amount(x.tax, cur),
            Amount(x.refunded, cur),
        )
        for x in c.lines
    ]  # fmt: skip
    why = c.freight_reason
    return ChildOut(
        c.n, c.number, encode("mer", c.merchant_id), c.state, c.service, iso(c.ship_by), iso(c.promise_from),
        iso(c.promise_to), lines, Amount(c.freight, cur), ReasonMaker(s)(why.key, why.inputs) if why else None,
        Amount(c.total, cur), Amount(c.refunded, cur), {k: iso(v) for k, v in c.clocks.items()},
    )  # fmt: skip


def order_out(s: Speech, o: Order) -> OrderOut:
    cur = o.currency
    return OrderOut(
        encode("ord", o.id), o.number, o.state, o.payment, o.method, Amount(o.goods, cur), Amount(o.discount, cur),
        Amount(o.freight, cur), Amount(o.tax, cur), o.tax_included, Amount(o.total, cur), Amount(o.refunded, cur),
        iso(o.placed_at), iso(o.pay_by), [child_out(s, c, cur) for c in o.children],
        [StepOut(iso(x.at), x.child, x.what, told(s, x).words) for x in o.timeline], o.can, o.ended, o.version,
        discounts_out(s, [x for c in o.children for x in c.lines], ReasonMaker(s), cur),
    )  # fmt: skip


def tile(row: OrderRow, locale: str) -> OrderTile:
    return OrderTile(
        encode("ord", row.id), row.number, row.state, Amount(row.total, row.currency), iso(row.placed_at),
        iso(row.pay_by), row.children, row.pieces, [said(n, locale) for n in row.names],
    )  # fmt: skip


def shipment_out(s: Speech, x: Shipment) -> ShipmentOut:
    tracks = [TrackOut(iso(t.at), t.state, s.place(t.place), s.t(f"fulfilment.track.{t.state}")) for t in x.tracks]
    pieces = [PieceOut(p.line, p.quantity) for p in x.pieces]
    at = iso(x.shipped_at) if x.shipped_at else None
    return ShipmentOut(encode("shp", x.id), x.child, x.n, x.carrier, x.waybill, x.state, at, pieces, tracks)


def work_out(w: Work, locale: str) -> WorkOut:
    lines = [
        WorkLineOut(
            x.line, x.sku_code, said(x.names, locale), said(x.options, locale), x.quantity, x.cancelled, x.shipped
        )
        for x in w.lines
    ]
    return WorkOut(
        encode("ful", w.id), encode("ord", w.order_id), w.number, encode("mer", w.merchant_id),
        encode("wh", w.warehouse_id), w.service, w.state, iso(w.ship_by), lines,
    )  # fmt: skip
