"""How a quote comes about: each face is asked once, those that do not need each other at the same time."""

from __future__ import annotations

import asyncio
from typing import Protocol

from jishi.goods.catalog import Catalog, ListingsQuery
from jishi.goods.inventory import Availability, Inventory, Level
from jishi.goods.pricing import PriceQuery, Pricing
from jishi.goods.shipping import NotEnough, PlanQuery, Shipping
from jishi.kernel import Context, FieldError, Invalid
from jishi.kernel.market import Market, markets
from jishi.kernel.place import Region
from jishi.people.merchants import Merchant, Merchants, MerchantsQuery
from jishi.people.vault import CardFacts, FactsQuery, NoCard, Vault
from jishi.trade.tax import Tax, TaxQuery

from . import rules
from .face import NotAvailable, OutsideMarket, Quote, QuoteAsk

ITEMS = 256  # stock items that inventory is asked for at once


class Parts(Protocol):
    """What a quote stands on."""

    catalog: Catalog
    pricing: Pricing
    inventory: Inventory
    shipping: Shipping
    tax: Tax
    vault: Vault
    merchants: Merchants


async def reckon(at: Parts, ctx: Context, me: Context, ask: QuoteAsk, now: int) -> Quote:
    """The quote, not yet kept: prices and stock as they are now. `me` is the caller with this module's permissions."""
    wanted = rules.wishes(ask.lines)
    ids = [w.listing_id for w in wanted]
    market = market_of(ctx)
    listings, prices, destination = await asyncio.gather(
        at.catalog.listings(me, ListingsQuery(ids)),
        at.pricing.prices(me, PriceQuery(ids)),
        _destination(at, ctx, me, ask),
    )
    if destination.country not in market.serves:
        raise OutsideMarket(market.code, destination.country)
    stock_items = sorted({c.stock_item_id for x in listings.rows for c in x.components})
    merchant_ids = sorted({x.merchant_id for x in listings.rows})
    merchants, levels = await asyncio.gather(_merchants(at, me, merchant_ids), _levels(at, me, stock_items))
    found = rules.offers(wanted, listings.rows, prices.rows, merchants, ctx.currency)
    stock = rules.stock_of(levels)
    query = PlanQuery(destination, ctx.currency, rules.items(found, stock), ask.services)
    try:
        plan = await at.shipping.plan(me, query)
    except NotEnough as e:
        raise NotAvailable(found[e.line - 1].listing.id, e.wanted, e.free) from e
    rows = rules.pieces(found, plan)
    included = found[0].price.tax_included
    taxes = await at.tax.taxes(me, TaxQuery(destination, ctx.currency, included, rules.tax_lines(rows, plan)))
    setting = rules.Setting(
        ctx.storefront, market, ctx.channel, ctx.locale, ctx.currency, destination, ask.recipient_card,
        ask.contact_card, now,
    )  # fmt: skip
    terms = rules.terms(setting, rows, plan, taxes.lines, stock, merchants)
    if len(rules.wants(terms)) > rules.MAX_WANTS:
        raise Invalid([FieldError("lines", "list.long", {"max": str(rules.MAX_LINES)})])
    return Quote(0, 0, terms, rules.methods(market.code, terms), rules.options(plan))


def market_of(ctx: Context) -> Market:
    market = markets().get(ctx.market)
    if market is None:
        raise OutsideMarket(ctx.market, "")
    return market


async def _destination(at: Parts, ctx: Context, me: Context, ask: QuoteAsk) -> Region:
    """The region of the buyer's own card, or the estimate's; the address itself stays in the vault."""
    if not ask.recipient_card:
        if ask.estimate is None:
            raise Invalid([FieldError("recipient_card", "text.required")])
        return ask.estimate
    ids = [c for c in (ask.recipient_card, ask.contact_card) if c]
    cards = {c.id: c for c in (await at.vault.facts(me, FactsQuery(ids))).cards}
    recipient = _own(cards.get(ask.recipient_card), ctx, ask.recipient_card, "recipient")
    if ask.contact_card:
        _own(cards.get(ask.contact_card), ctx, ask.contact_card, "contact")
    return recipient.region


def _own(card: CardFacts | None, ctx: Context, card_id: int, kind: str) -> CardFacts:
    if card is None or card.person_id != ctx.actor.id or card.kind != kind:
        raise NoCard(card_id)
    return card


async def _merchants(at: Parts, me: Context, ids: list[int]) -> dict[int, Merchant]:
    if not ids:
        return {}
    return {m.id: m for m in (await at.merchants.merchants(me, MerchantsQuery(ids))).rows}


async def _levels(at: Parts, me: Context, ids: list[int]) -> list[Level]:
    pages = [ids[i : i + ITEMS] for i in range(0, len(ids), ITEMS)]
    found = await asyncio.gather(*[at.inventory.availability(me, Availability(page)) for page in pages])
    return [level for page in found for level in page.rows]
