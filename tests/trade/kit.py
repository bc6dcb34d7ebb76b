"""A shop of two merchants and two warehouses with the true nouns behind it, and words to buy in it and to read it by."""

from dataclasses import dataclass, field
from random import Random
from typing import Any, TypeVar

import msgspec
from sqlalchemy import bindparam, func, select

from jishi.goods.catalog import PutProduct, SkuDraft
from jishi.goods.catalog.service import CatalogService
from jishi.goods.inventory import Availability, PutWarehouse, Receive, Reserve, StockKey, Want
from jishi.goods.inventory.service import InventoryService
from jishi.goods.pricing import PriceDraft, SetPrices
from jishi.goods.pricing.service import PricingService
from jishi.goods.promotions import Promotion, PromotionDraft, PromotionRef, PutPromotion, Rule
from jishi.goods.promotions.service import PromotionsService
from jishi.goods.shipping import PutRates, RateDraft
from jishi.goods.shipping.service import ShippingService
from jishi.grants import grants
from jishi.kernel import Context, Database, Engine, Event, Module, Money, Relay, Service, Statement
from jishi.kernel.place import Reason, Region
from jishi.people.accounts.service import AccountsService
from jishi.people.merchants import Merchant
from jishi.people.vault import KeepCard
from jishi.people.vault.service import VaultService
from jishi.sandbox.carrier import Box, MemoryCarrier
from jishi.trade.cart.service import CartService
from jishi.trade.checkout import Place, Placed, Quote, QuoteAsk, Wanted
from jishi.trade.checkout.service import CheckoutService
from jishi.trade.fulfilment import Pack, ShipmentsOf, ShipPieces, ShipWork, Work, WorkQuery
from jishi.trade.fulfilment.service import FulfilmentService
from jishi.trade.ledger import BalanceQuery
from jishi.trade.ledger.service import LedgerService
from jishi.trade.orders import (
    Cancel,
    ChildTerms,
    FreightTerms,
    LineTerms,
    OpenOrder,
    Order,
    OrderQuery,
    OrderTerms,
)
from jishi.trade.orders.service import OrdersService
from jishi.trade.payments import Intend, IntentQuery, Leg, Look, RefundsQuery, Start
from jishi.trade.payments.providers.cod import Cod
from jishi.trade.payments.service import PaymentsService
from jishi.trade.tax.service import TaxService
from jishi.trade.tax.tables import module as _tax_module  # noqa: F401  # registers the noun
from tests.kit import STAFF, Clock, buyer, module as via

from .fakes import Guild, Letters, Till

E = TypeVar("E", bound=Event)
TEA_CO, LAMP_CO = 71, 72
CHECKOUT, ORDERS = via("trade.checkout"), via("trade.orders")
BUYER, STRANGER, GUEST = buyer(7), buyer(8), buyer(9, "guest")
RECIPIENT, CONTACT = 701, 702
ADDRESS = {
    "name": "林晓雨",
    "phone": "13812348000",
    "country": "CN",
    "province": "上海市",
    "city": "上海市",
    "district": "浦东新区",
    "postcode": "201203",
    "street": "张江路 88 号 3 栋",
}
URLS = ("https://shop.example/paid", "https://shop.example/back")
REASON = Reason("shipping.freight.weight", {})


@dataclass
class Trade:
    engine: Engine
    clock: Clock
    relay: Relay
    services: list[Service]
    letters: Letters
    guild: Guild
    till: Till
    box: Box
    catalog: CatalogService
    pricing: PricingService
    promotions: PromotionsService
    inventory: InventoryService
    shipping: ShippingService
    tax: TaxService
    vault: VaultService
    cart: CartService
    ledger: LedgerService
    payments: PaymentsService
    fulfilment: FulfilmentService
    orders: OrdersService
    checkout: CheckoutService
    listing: dict[str, int] = field(default_factory=dict)
    item: dict[str, int] = field(default_factory=dict)
    stock: dict[str, int] = field(default_factory=dict)  # "TEA@HZ" → stock id
    places: dict[str, int] = field(default_factory=dict)
    keys: int = 0

    # --- buying --------------------------------------------------------------------------------------------------------

    def key(self) -> int:
        self.keys += 1
        return self.keys

    async def quote(
        self,
        ctx: Context = BUYER,
        services: dict[int, str] | None = None,
        codes: list[str] | None = None,
        **wanted: int,
    ) -> Quote:
        lines = [Wanted(self.listing[sku], n) for sku, n in wanted.items()]
        person = ctx.actor.id
        recipient, contact = 100 * person + 1, 100 * person + 2
        await self.vault.keep(ctx, KeepCard(recipient, person, "recipient", "order", ADDRESS))
        await self.vault.keep(ctx, KeepCard(contact, person, "contact", "order", {"email": f"p{person}@example.com"}))
        return await self.checkout.quote(
            ctx, QuoteAsk(lines, recipient, contact, services=services or {}, codes=codes or [])
        )

    async def place(
        self, quote: Quote, ctx: Context = BUYER, *, key: str = "", method: str = "card", total: int | None = None
    ) -> Placed:
        seen = quote.terms.total if total is None else total
        return await self.checkout.place(ctx, Place(key or f"k{self.key()}", quote.id, seen, method))

    async def buy(self, ctx: Context = BUYER, *, method: str = "card", **wanted: int) -> Placed:
        return await self.place(await self.quote(ctx, **wanted), ctx, method=method)

    async def open(self, terms: OrderTerms, *, method: str = "card", id: int = 0, who: int = 7) -> int:
        """Reserved, opened and intended, as checkout does it, from terms that a test made."""
        id, pay_by = id or self.engine.world.new_id(), self.clock() + 30 * 60_000
        wants: dict[int, int] = {}
        for c in terms.children:
            for x in c.lines:
                for w in x.wants:
                    wants[w.stock_id] = wants.get(w.stock_id, 0) + w.quantity
        held = Reserve(id, [Want(s, n) for s, n in sorted(wants.items())], pay_by + 5 * 60_000)
        await self.inventory.reserve(CHECKOUT, held)
        opened = await self.orders.open(CHECKOUT, OpenOrder(id, who, terms, method, pay_by))
        legs = [Leg(c.n, c.merchant_id, c.total) for c in terms.children]
        due = Money(terms.total, terms.currency)
        await self.payments.intend(CHECKOUT, Intend(id, 1, due, method, pay_by, legs, opened.number, who))
        return id

    async def offer(self, rule: Rule, stage: str = "coupon", **more: Any) -> Promotion:
        """A promotion that is live, for China."""
        named = {"en": f"offer {self.keys}", "zh-CN": f"优惠 {self.keys}"}
        draft = PromotionDraft(more.pop("names", named), stage, rule, "CN", "CNY", **more)
        return await self.promotions.put(STAFF, PutPromotion(f"p{self.key()}", draft))

    async def taken(self, promotion_id: int) -> tuple[int, int, int, int]:
        """(held minor, used minor, held uses, used uses)."""
        p = await self.promotions.promotion(STAFF, PromotionRef(promotion_id))
        return p.held_minor, p.used_minor, p.held_uses, p.used_uses

    async def start(self, order_id: int, who: int = 7) -> int:
        """A payment page is open; answers the intent."""
        intent = await self.payments.intent(STAFF, IntentQuery(order_id=order_id))
        await self.payments.start(buyer(who), Start(intent.id, *URLS))
        return intent.id

    async def capture(self, intent_id: int, who: int = 7) -> None:
        """The money is there; the events have not been told yet."""
        self.till.pay()
        await self.payments.look(buyer(who), Look(intent_id))

    async def pay(self, order_id: int, who: int = 7) -> None:
        await self.capture(await self.start(order_id, who), who)
        await self.relay.drain()

    async def cancel(self, order_id: int, ctx: Context = BUYER, **what: Any) -> Order:
        key = what.pop("key", "") or f"c{self.key()}"
        return await self.orders.cancel(ctx, Cancel(order_id, key, **what))

    # --- sending -------------------------------------------------------------------------------------------------------

    async def work(self, order_id: int, child: int = 1, state: str = "open") -> Work:
        rows = (await self.fulfilment.work(STAFF, WorkQuery(state))).rows
        return next(w for w in rows if w.order_id == order_id and w.child == child)

    async def pack(self, order_id: int, child: int = 1) -> Work:
        return await self.fulfilment.pack(STAFF, Pack((await self.work(order_id, child)).id))

    async def ship(self, order_id: int, child: int = 1, **pieces: int) -> None:
        """Packed and handed over; pieces: l1=2 for two of line 1, none = all."""
        rows = (await self.fulfilment.work(STAFF, WorkQuery("packed"))).rows
        work = next((w for w in rows if (w.order_id, w.child) == (order_id, child)), None)
        work = work or await self.pack(order_id, child)
        parts = [ShipPieces(int(line[1:]), n) for line, n in pieces.items()]
        await self.fulfilment.ship(STAFF, ShipWork(work.id, f"s{self.key()}", parts))

    async def travel(self, order_id: int, steps: int = 99) -> None:
        """The order's parcels go `steps` stops further and their notes arrive."""
        rows = (await self.fulfilment.shipments(STAFF, ShipmentsOf(order_id))).rows
        carrier: MemoryCarrier = self.fulfilment.carriers["box"]  # type: ignore[assignment]
        for _ in range(min(steps, 8)):
            for shipment in rows:
                self.box.push(shipment.waybill)
            self.clock.pass_time(minutes=1)
            for note in self.box.due_notes():
                await self.fulfilment.note(Context(buyer().actor.__class__(0, "carrier")), carrier.letter(note))
            await self.relay.drain()

    # --- reading -------------------------------------------------------------------------------------------------------

    async def order(self, order_id: int, ctx: Context = STAFF) -> Order:
        return await self.orders.order(ctx, OrderQuery(order_id))

    async def steps(self, order_id: int) -> list[str]:
        return [s.what for s in (await self.order(order_id)).timeline]

    async def level(self, place: str) -> tuple[int, int, int]:
        """(on hand, reserved, allocated) of "TEA@HZ"."""
        sku, _, _ = place.partition("@")
        rows = (await self.inventory.availability(CHECKOUT, Availability([self.item[sku]]))).rows
        row = next(r for r in rows if r.stock_id == self.stock[place])
        return row.on_hand, row.reserved, row.allocated

    async def refunds(self, order_id: int) -> list[tuple[int, str]]:
        rows = (await self.payments.refunds(STAFF, RefundsQuery(order_id))).rows
        return [(r.minor, r.state) for r in rows]

    async def balances(self) -> dict[str, int]:
        """Every account that is not 0; they sum to 0."""
        found = {}
        for prefix in ("buyer:", "clearing:", "cash:", "payable:", "tax:", "surplus:", "expense:"):
            for b in (await self.ledger.balances(STAFF, BalanceQuery(prefix=prefix))).rows:
                if b.minor:
                    found[b.account] = b.minor
        assert sum(found.values()) == 0
        return found

    async def told(self, shape: type[E]) -> list[E]:
        """Events of a shape that trade.orders wrote."""
        rows = await self.orders.db.read(None, lambda tx: tx.rows(BODIES, called=shape.topic()))
        return [msgspec.msgpack.decode(r[0], type=shape) for r in rows]

    async def dead(self) -> list[str]:
        """Faults of events that could not be delivered, over all nouns."""
        found: list[str] = []
        for s in self.services:
            o = s.db.module.meta.tables[f"{s.db.module.name.replace('.', '_')}_outbox"]
            faults = Statement(select(o.c.fault).where(o.c.fault.is_not(None)))
            found += [r[0] for r in await s.db.read(None, lambda tx, st=faults: tx.rows(st))]
        return found

    async def counts(self, *nouns: str) -> dict[str, int]:
        """Rows of each table of these nouns (events included), for "nothing changed"."""
        found: dict[str, int] = {}
        for s in self.services:
            if s.db.module.name in nouns:
                tables = [t for t in s.db.module.meta.sorted_tables if not t.name.endswith("inbox")]
                for t in tables:
                    st = Statement(select(func.count()).select_from(t))
                    found[t.name] = (await s.db.read(None, lambda tx, st=st: tx.row(st)))[0]
        return found

    # --- terms ---------------------------------------------------------------------------------------------------------

    def line(self, n: int, sku: str, quantity: int, gross: int, place: str = "HZ") -> LineTerms:
        """A line with 13 % in it; its unit price is cut, so that shares have remainders."""
        tax = gross * 13 // 113
        return LineTerms(
            n, self.listing[sku], 1, 1, sku, sku.lower(), {"en": sku, "zh-CN": sku}, {}, f"/{sku}", "parcel", quantity,
            gross // quantity, 0, 1, [], gross - tax, tax, gross, 1300, "CN-VAT-13", "half_up_line", 100,
            [Want(self.stock[f"{sku}@{place}"], quantity)],
        )  # fmt: skip

    def child(self, n: int, merchant: int, lines: list[LineTerms], freight: int = 0) -> ChildTerms:
        tax = freight * 13 // 113
        terms = FreightTerms("standard", freight - tax, tax, freight, 1300, "CN-VAT-13", "half_up_line", REASON)
        now = self.clock()
        total = sum(x.gross for x in lines) + freight
        return ChildTerms(
            n, merchant, self.places["HZ"], "domestic", now + 1, now + 2, now + 3, lines, terms, total, {}
        )

    def terms(self, children: list[ChildTerms]) -> OrderTerms:
        lines = [x for c in children for x in c.lines]
        return OrderTerms(
            "main", "CN", "web", "zh-CN", "CNY", True, Region("CN", "上海市"), RECIPIENT, CONTACT, children,
            sum(x.gross for x in lines), 0, sum(c.freight.gross for c in children),
            sum(x.tax for x in lines) + sum(c.freight.tax for c in children), sum(c.total for c in children),
            {"terms": "2026-11"},
        )  # fmt: skip

    def two(self) -> OrderTerms:
        """Child 1: three teas for 10.00 and two pots for 60.01, freight 8.00; child 2: a lamp for 90.00. 168.01."""
        tea, pot, lamp = self.line(1, "TEA", 3, 1000), self.line(2, "POT", 2, 6001), self.line(3, "LAMP", 1, 9000)
        return self.terms([self.child(1, TEA_CO, [tea, pot], 800), self.child(2, LAMP_CO, [lamp])])


OUTBOX = Module.all["trade.orders"].meta.tables["trade_orders_outbox"]
BODIES = Statement(select(OUTBOX.c.body).where(OUTBOX.c.topic == bindparam("called")).order_by(OUTBOX.c.id))
RATES = [
    RateDraft("standard", "CNY", "CN", first_g=1000, first_minor=800, more_minor=200, free_from_minor=9900, days_max=3),
    RateDraft("express", "CNY", "CN", first_g=1000, first_minor=2000, more_minor=500, days_max=2),
]
PRICES = {"TEA": 2990, "POT": 6001, "LAMP": 9000, "SET": 10_000, "FILM": 500}


class NoBlobs:
    async def put(self, name: str, data: bytes) -> None:
        raise AssertionError


async def open_trade(engine: Engine, clock: Clock) -> Trade:
    """Merchant 71 sells TEA and POT, and SET (two teas and a pot), 72 sells LAMP; ten of each in HZ, five teas in GZ."""

    def db(name: str) -> Database:
        return Database(engine, Module.all[name])

    table, letters, guild, till, box = grants(), Letters(), Guild(), Till(), Box(clock, Random(4))
    vault = VaultService(db("people.vault"), table, db("people.keys"), b"m" * 32)
    catalog = CatalogService(db("goods.catalog"), table, NoBlobs())
    pricing = PricingService(db("goods.pricing"), table, catalog)
    inventory, tax = InventoryService(db("goods.inventory"), table), TaxService(db("trade.tax"), table)
    shipping = ShippingService(db("goods.shipping"), table)
    cart, ledger = CartService(db("trade.cart"), table), LedgerService(db("trade.ledger"), table)
    payments = PaymentsService(db("trade.payments"), table, providers=[till, Cod()])
    carrier = MemoryCarrier(box, code="box")
    fulfilment = FulfilmentService(db("trade.fulfilment"), table, inventory=inventory, vault=vault, carriers=[carrier])
    promotions = PromotionsService(db("goods.promotions"), table)
    accounts = AccountsService(db("people.accounts"), table, vault, letters, engine.world, pepper=b"m" * 32)
    orders = OrdersService(
        db("trade.orders"), table, inventory, payments, fulfilment, letters, vault, promotions, accounts=accounts
    )
    checkout = CheckoutService(
        db("trade.checkout"), table, catalog, pricing, inventory, shipping, tax, vault, guild, orders, payments,
        promotions,
    )  # fmt: skip
    services: list[Service] = [catalog, pricing, promotions, inventory, shipping, tax, cart, ledger, payments, fulfilment, orders,
                               checkout, vault]  # fmt: skip
    relay = Relay(engine.world, [s.db for s in services], [h for s in services for h in s.handlers()])
    trade = Trade(
        engine, clock, relay, services, letters, guild, till, box, catalog, pricing, promotions, inventory, shipping, tax,
        vault, cart, ledger, payments, fulfilment, orders, checkout,
    )  # fmt: skip
    await _fill(trade)
    return trade


async def _fill(t: Trade) -> None:
    for id, handle in ((TEA_CO, "tea"), (LAMP_CO, "lamp")):
        t.guild.rows[id] = Merchant(id, handle, {"en": handle, "zh-CN": handle}, "CN", "CNY", "", {}, "active")
        await t.shipping.put_rates(STAFF, PutRates(id, RATES))
    for code, province in (("HZ", "浙江省"), ("GZ", "广东省")):
        made = await t.inventory.put_warehouse(STAFF, PutWarehouse(code, {"en": code}, Region("CN", province)))
        t.places[code] = made.id
    drafts = {
        "tea": (TEA_CO, [SkuDraft("TEA", weight_g=300)]),
        "pot": (TEA_CO, [SkuDraft("POT", weight_g=800)]),
        "set": (TEA_CO, [SkuDraft("SET", weight_g=1400, components={"TEA": 2, "POT": 1})]),
        "lamp": (LAMP_CO, [SkuDraft("LAMP", weight_g=2000)]),
    }
    for handle, (merchant, skus) in drafts.items():
        product = await t.catalog.put(STAFF, PutProduct(merchant, handle, {"en": handle, "zh-CN": handle}, skus=skus))
        for sku in product.skus:
            t.listing[sku.code] = sku.listing_id
            t.item[sku.code] = sku.components[0].stock_item_id
        rows = [PriceDraft(x.listing_id, "CN", "CNY", PRICES[x.code]) for x in product.skus]
        await t.pricing.set_prices(STAFF, SetPrices(merchant, rows))
    for n, (sku, place, merchant, pieces) in enumerate(
        [("TEA", "HZ", TEA_CO, 10), ("POT", "HZ", TEA_CO, 10), ("LAMP", "HZ", LAMP_CO, 10), ("TEA", "GZ", TEA_CO, 5)]
    ):
        stock = StockKey(t.item[sku], t.places[place], merchant)
        t.stock[f"{sku}@{place}"] = (await t.inventory.receive(STAFF, Receive(1000 + n, stock, pieces))).stock_id
    await t.vault.keep(BUYER, KeepCard(RECIPIENT, 7, "recipient", "order", ADDRESS))
    await t.vault.keep(BUYER, KeepCard(CONTACT, 7, "contact", "order", {"email": "p7@example.com"}))
    await t.relay.drain()
