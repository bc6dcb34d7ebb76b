"""How a quote comes about: each face is asked once, those that do not need each other at the same time."""

from __future__ import annotations

import asyncio
from typing import NamedTuple, Protocol

from jishi.goods.catalog import Catalog, Categories, ListingsQuery
from jishi.goods.inventory import Availability, Inventory, Level
from jishi.goods.pricing import PriceQuery, Pricing
from jishi.goods.promotions import Promotions, Rate, Rated
from jishi.goods.shipping import NotEnough, PlanQuery, Shipping
from jishi.kernel import Context, FieldError, Invalid
from jishi.kernel.market import Market, markets
from jishi.kernel.place import Region
from jishi.people.merchants import Merchant, Merchants, MerchantsQuery
from jishi.people.vault import CardFacts, FactsQuery, NoCard, Vault
from jishi.trade.tax import Tax, TaxQuery

from . import discounts, rules
from .face import NotAvailable, OutsideMarket, OverLimit, Quote, QuoteAsk

ITEMS = 256  # stock items that inventory is asked for at once
CODES, CODE_MAX = 20, 64
TREE_MS = 60_000  # the tree of categories changes seldom: it is asked for once a minute


class Parts(Protocol):
    """What a quote stands on."""

    catalog: Catalog
    pricing: Pricing
    inventory: Inventory
    shipping: Shipping
    tax: Tax
    vault: Vault
    merchants: Merchants
    promotions: Promotions
    tree: Tree


class Tree:
    """Which category stands in which, as it was within the last minute."""

    def __init__(self) -> None:
        self.above: dict[str, str] = {}
        self.until = 0

    async def at(self, catalog: Catalog, me: Context, now: int) -> dict[str, str]:
        if not self.until - TREE_MS <= now < self.until:  # a clock that was set back asks again
            self.above = {c.code: c.parent for c in (await catalog.categories(me, Categories())).rows}
            self.until = now + TREE_MS
        return self.above


class Where(NamedTuple):
    """Where it goes, and who buys: the account, and the fingerprints of how they are reached."""

    region: Region
    persons: list[str]


async def reckon(at: Parts, ctx: Context, me: Context, ask: QuoteAsk, now: int) -> Quote:
    """The quote, not yet kept: prices and stock as they are now. `me` is the caller with this module's permissions.

    Discounts come off the prices first; then a shop's free freight is judged on what is left after its own; then the
    tax is reckoned on what is left after all of them."""
    wanted = rules.wishes(ask.lines)
    if len(ask.codes) > CODES or any(not 0 < len(c) <= CODE_MAX for c in ask.codes):
        raise Invalid([FieldError("codes", "list.long", {"max": str(CODES)})])
    ids = [w.listing_id for w in wanted]
    market = market_of(ctx)
    listings, prices, (destination, persons), above = await asyncio.gather(
        at.catalog.listings(me, ListingsQuery(ids)),
        at.pricing.prices(me, PriceQuery(ids)),
        _where(at, ctx, me, ask),
        at.tree.at(at.catalog, me, now),
    )
    if destination.country not in market.serves:
        raise OutsideMarket(market.code, destination.country)
    stock_items = sorted({c.stock_item_id for x in listings.rows for c in x.components})
    merchant_ids = sorted({x.merchant_id for x in listings.rows})
    merchants, levels = await asyncio.gather(_merchants(at, me, merchant_ids), _levels(at, me, stock_items))
    found = rules.offers(wanted, listings.rows, prices.rows, merchants, ctx.currency)
    stock = rules.stock_of(levels)
    rated: Rated = await at.promotions.rate(me, Rate(discounts.basket(found, above), ask.codes, persons))
    for over in rated.over:
        raise OverLimit(over.listing_id, over.most, over.left)
    items = rules.items(found, stock, discounts.worth(found, rated.cuts))
    query = PlanQuery(destination, ctx.currency, items, ask.services)
    try:
        plan = await at.shipping.plan(me, query)
    except NotEnough as e:
        raise NotAvailable(found[e.line - 1].listing.id, e.wanted, e.free) from e
    rows = rules.pieces(found, plan)
    cuts = discounts.adjusted(rows, rated.cuts)
    included = found[0].price.tax_included
    taxes = await at.tax.taxes(me, TaxQuery(destination, ctx.currency, included, rules.tax_lines(rows, plan, cuts)))
    setting = rules.Setting(
        ctx.storefront, market, ctx.channel, ctx.locale, ctx.currency, destination, ask.recipient_card,
        ask.contact_card, now, bool(rated.holds), ask.gift_card,
    )  # fmt: skip
    terms = rules.terms(setting, rows, plan, taxes.lines, stock, merchants, cuts)
    if len(rules.wants(terms)) > rules.MAX_WANTS:
        raise Invalid([FieldError("lines", "list.long", {"max": str(rules.MAX_LINES)})])
    methods, options = rules.methods(market.code, terms), rules.options(plan)
    held = (rated.holds, persons) if rated.holds else ([], [])
    return Quote(0, 0, terms, methods, options, rated.used, rated.unused, rated.near, *held, ask.codes)


def market_of(ctx: Context) -> Market:
    market = markets().get(ctx.market)
    if market is None:
        raise OutsideMarket(ctx.market, "")
    return market


async def _where(at: Parts, ctx: Context, me: Context, ask: QuoteAsk) -> Where:
    """The region of the buyer's own card, or the estimate's; the address itself stays in the vault. Whoever orders under
    another session but with the same phone or e-mail is the same person to a limit."""
    persons = [f"a:{ctx.actor.id}"] if ctx.actor.id else []
    if not ask.recipient_card:
        if ask.estimate is None:
            raise Invalid([FieldError("recipient_card", "text.required")])
        return Where(ask.estimate, persons)
    asked = (("recipient", ask.recipient_card), ("contact", ask.contact_card), ("note", ask.gift_card))
    ids = [id for _, id in asked if id]
    cards = {c.id: c for c in (await at.vault.facts(me, FactsQuery(ids))).cards}
    own = {kind: _own(cards.get(id), ctx, id, kind) for kind, id in asked if id}
    prints = {f"p:{c.phone_print}" for c in own.values() if c.phone_print}
    prints |= {f"e:{c.email_print}" for c in own.values() if c.email_print}
    return Where(own["recipient"].region, persons + sorted(prints))


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
