"""The composition root: reads the config, builds each module, local or remote, and wires the relay."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, cast

from jishi.goods.catalog import Catalog
from jishi.goods.catalog.pictures import encoded
from jishi.goods.catalog.service import CatalogService
from jishi.goods.inventory import Inventory
from jishi.goods.inventory.service import InventoryService
from jishi.goods.pricing import Pricing
from jishi.goods.pricing.service import PricingService
from jishi.goods.promotions import Promotions
from jishi.goods.promotions.service import PromotionsService
from jishi.goods.search import Search
from jishi.goods.search.service import SearchService
from jishi.goods.shipping import Shipping
from jishi.goods.shipping.service import ShippingService
from jishi.grants import grants
from jishi.insight.behaviour import Behaviour
from jishi.insight.behaviour.service import BehaviourService
from jishi.insight.recommend import Recommend
from jishi.insight.recommend.service import RecommendService
from jishi.kernel import Database, Engine, Face, Grants, Module, Relay, Service, World, client, endpoint
from jishi.kernel.documents import Documents, DocumentSource, Kind
from jishi.kernel.faces import Transport
from jishi.kernel.memory_documents import MemoryDocuments
from jishi.people.accounts import Accounts
from jishi.people.accounts.passwords import Hasher
from jishi.people.accounts.service import AccountsService
from jishi.people.addresses import Addresses
from jishi.people.addresses.service import AddressesService
from jishi.people.merchants import Merchants
from jishi.people.merchants.service import MerchantsService
from jishi.people.notices import Courier, Notices
from jishi.people.notices.service import NoticesService
from jishi.people.privacy import Privacy
from jishi.people.privacy.service import PrivacyService
from jishi.people.vault import Vault
from jishi.people.vault.service import VaultService
from jishi.sandbox.mailbox import MailboxService
from jishi.trade.cart import Cart
from jishi.trade.cart.service import CartService
from jishi.trade.checkout import Checkout
from jishi.trade.checkout.service import CheckoutService
from jishi.trade.fulfilment import Carrier, Fulfilment
from jishi.trade.fulfilment.service import POLL_MS, FulfilmentService
from jishi.trade.ledger import Ledger
from jishi.trade.ledger.service import LedgerService
from jishi.trade.orders import Orders
from jishi.trade.orders.service import OrdersService
from jishi.trade.payments import Payments
from jishi.trade.payments.provider import Provider
from jishi.trade.payments.service import PaymentsService
from jishi.trade.reviews import Reviews
from jishi.trade.reviews.service import ReviewsService
from jishi.trade.tax import Tax
from jishi.trade.tax.service import TaxService
from jishi.trade.tax.tables import module as tax_module
from jishi.trade.wishes import Wishes
from jishi.trade.wishes.service import WishesService

F = TypeVar("F", bound=Face)


@dataclass(frozen=True)
class Parts:
    """What a test or the simulator may exchange: whole services with other units bound, or the relay."""

    inventory: type[InventoryService] = InventoryService
    promotions: type[PromotionsService] = PromotionsService
    payments: type[PaymentsService] = PaymentsService
    orders: type[OrdersService] = OrdersService
    checkout: type[CheckoutService] = CheckoutService
    relay: type[Relay] = Relay


@dataclass(frozen=True)
class Outside:
    """What the shop talks to beyond its own process, and the secrets it does it with."""

    blobs: Any
    couriers: Sequence[Courier] = ()
    providers: Sequence[Provider] = ()
    carriers: Sequence[Carrier] = ()
    master: bytes = b"demo-master-key-of-32-bytes-long"
    hasher: Hasher | None = None  # None = argon2id
    away: Mapping[type[Face], Transport] = field(default_factory=dict)  # faces that another process serves
    rpc_key: bytes = b"demo-rpc-key"
    base_url: str = "http://localhost:8000"  # where the links of mails lead
    poll_ms: int = POLL_MS  # how long a parcel may be silent before its carrier is asked
    nights: bool = (
        True  # what to recommend is learnt anew each night; a demo that lives through a year learns at its end
    )
    index: Path | None = None  # where this process's search index lies; None = in memory
    markets: str = ""  # the file of the shop's markets; "" = those that ship with Jishi


@dataclass
class Shop:
    """One attribute a noun. Whether it is here or far away, the caller cannot tell."""

    world: World
    engines: Sequence[Engine]
    grants: Grants
    blobs: Any
    documents: Documents
    vault: Vault
    accounts: Accounts
    addresses: Addresses
    notices: Notices
    merchants: Merchants
    catalog: Catalog
    pricing: Pricing
    promotions: Promotions
    inventory: Inventory
    search: Search
    shipping: Shipping
    tax: Tax
    cart: Cart
    ledger: Ledger
    payments: Payments
    fulfilment: Fulfilment
    orders: Orders
    checkout: Checkout
    reviews: Reviews
    wishes: Wishes
    privacy: Privacy
    behaviour: Behaviour
    recommend: Recommend
    services: list[Service]
    relay: Relay
    mailbox: MailboxService | None = None  # the demo's
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    async def declare(self) -> None:
        """The document store has the collections of every service that is here."""
        await self.documents.declare(*kinds_of(self.services))

    async def start(self) -> None:
        """The relay runs; commits wake it."""
        for engine in self.engines:
            engine.on_commit = self.relay.wake
        self.documents.on_commit = self.relay.wake
        self.tasks.append(asyncio.create_task(self.relay.run()))

    async def stop(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        self.tasks.clear()


def kinds_of(services: Sequence[Service]) -> list[Kind[Any]]:
    return [kind for s in services for kind in s.kinds]


def build(
    world: World,
    engine: Engine,
    outside: Outside,
    *,
    documents: Documents | None = None,
    elsewhere: Mapping[str, Engine] = {},  # read only
    parts: Parts = Parts(),  # frozen
    wire: Callable[[Transport], Transport] | None = None,
    table: Grants | None = None,
) -> Shop:
    """A whole shop on `engine`. `elsewhere` names modules that have a database of their own (the vault's keys).

    `documents` None keeps reviews and the like in memory, for tests. `wire` puts a wire between this shop and its own inventory, as if it were another process's."""
    table = table or grants()
    documents = documents or MemoryDocuments(world)
    services: list[Service] = []

    def here(face: type[F], make: Callable[[], F]) -> F:
        if send := outside.away.get(face):
            return client(face, send, outside.rpc_key)
        made = make()
        services.append(cast(Service, made))
        return made

    def db(name: str) -> Database:
        return Database(elsewhere.get(name, engine), Module.all[name])

    vault = here(
        Vault,
        lambda: VaultService(db("people.vault"), table, keys=db("people.keys"), master=outside.master),
    )
    notices = here(
        Notices,
        lambda: NoticesService(
            db("people.notices"), table, vault=vault, couriers=outside.couriers, base_url=outside.base_url
        ),
    )
    accounts = here(
        Accounts,
        lambda: AccountsService(
            db("people.accounts"),
            table,
            vault=vault,
            notices=notices,
            world=world,
            hasher=outside.hasher,
            pepper=hmac.digest(outside.master, b"jishi.accounts.codes", "sha256"),
        ),
    )
    addresses = here(Addresses, lambda: AddressesService(db("people.addresses"), table, vault=vault))
    merchants = here(Merchants, lambda: MerchantsService(db("people.merchants"), table))
    catalog = here(Catalog, lambda: CatalogService(db("goods.catalog"), table, blobs=outside.blobs))
    pricing = here(Pricing, lambda: PricingService(db("goods.pricing"), table, catalog))
    promotions = here(Promotions, lambda: parts.promotions(db("goods.promotions"), table))
    inventory = here(Inventory, lambda: parts.inventory(db("goods.inventory"), table))
    if wire:
        inventory = client(Inventory, wire(endpoint({Inventory: inventory}, outside.rpc_key)), outside.rpc_key)
    search = here(
        Search,
        lambda: SearchService(
            db("goods.search"),
            table,
            world=world,
            catalog=catalog,
            pricing=pricing,
            inventory=inventory,
            folder=outside.index,
            markets_file=outside.markets,
        ),
    )
    shipping = here(Shipping, lambda: ShippingService(db("goods.shipping"), table))
    tax = here(Tax, lambda: TaxService(db(tax_module.name), table))
    cart = here(Cart, lambda: CartService(db("trade.cart"), table))
    ledger = here(Ledger, lambda: LedgerService(db("trade.ledger"), table))
    payments = here(Payments, lambda: parts.payments(db("trade.payments"), table, providers=outside.providers))
    fulfilment = here(
        Fulfilment,
        lambda: FulfilmentService(
            db("trade.fulfilment"),
            table,
            inventory=inventory,
            vault=vault,
            carriers=outside.carriers,
            poll_ms=outside.poll_ms,
        ),
    )
    orders = here(
        Orders,
        lambda: parts.orders(
            db("trade.orders"),
            table,
            inventory=inventory,
            payments=payments,
            fulfilment=fulfilment,
            notices=notices,
            vault=vault,
            promotions=promotions,
            accounts=accounts,
        ),
    )
    checkout = here(
        Checkout,
        lambda: parts.checkout(
            db("trade.checkout"),
            table,
            catalog=catalog,
            pricing=pricing,
            inventory=inventory,
            shipping=shipping,
            tax=tax,
            vault=vault,
            merchants=merchants,
            orders=orders,
            payments=payments,
            promotions=promotions,
        ),
    )
    reviews = here(
        Reviews,
        lambda: ReviewsService(
            db("trade.reviews"),
            table,
            documents=documents,
            orders=orders,
            catalog=catalog,
            vault=vault,
            notices=notices,
            accounts=accounts,
            blobs=outside.blobs,
            encode=encoded,
            pepper=hmac.digest(outside.master, b"jishi.reviews.quiet", "sha256"),
            base_url=outside.base_url,
        ),
    )
    wishes = here(
        Wishes,
        lambda: WishesService(
            db("trade.wishes"),
            table,
            catalog=catalog,
            pricing=pricing,
            inventory=inventory,
            vault=vault,
            accounts=accounts,
            notices=notices,
            pepper=hmac.digest(outside.master, b"jishi.wishes.stop", "sha256"),
            base_url=outside.base_url,
        ),
    )
    privacy = here(Privacy, lambda: PrivacyService(db("people.privacy"), table))
    behaviour = here(
        Behaviour,
        lambda: BehaviourService(
            db("insight.behaviour"),
            table,
            keys=db("insight.keys"),
            documents=documents,
            privacy=privacy,
            catalog=catalog,
        ),
    )
    recommend = here(
        Recommend,
        lambda: RecommendService(
            db("insight.recommend"),
            table,
            world=world,
            blobs=outside.blobs,
            behaviour=behaviour,
            catalog=catalog,
            pricing=pricing,
            inventory=inventory,
            nights=outside.nights,
        ),
    )
    sources = [DocumentSource(documents, kind) for kind in kinds_of(services)]
    relay = parts.relay(world, [*[s.db for s in services], *sources], [h for s in services for h in s.handlers()])
    engines = list(dict.fromkeys([engine, *elsewhere.values()]))
    return Shop(
        world, engines, table, outside.blobs, documents, vault, accounts, addresses, notices, merchants, catalog, pricing,
        promotions, inventory, search, shipping, tax, cart, ledger, payments, fulfilment, orders, checkout, reviews, wishes, privacy, behaviour, recommend, services, relay,
    )  # fmt: skip
