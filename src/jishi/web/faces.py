"""What the web needs of a shop: its faces by noun. `jishi.app.Shop` is one, tests hand in small ones."""

from __future__ import annotations

from typing import Any, Protocol

from jishi.goods.catalog import Catalog
from jishi.goods.inventory import Inventory
from jishi.goods.pricing import Pricing
from jishi.goods.promotions import Promotions
from jishi.goods.search import Search
from jishi.goods.shipping import Shipping
from jishi.insight.behaviour import Behaviour
from jishi.insight.recommend import Recommend
from jishi.kernel import Grants, World
from jishi.people.accounts import Accounts
from jishi.people.addresses import Addresses
from jishi.people.merchants import Merchants
from jishi.people.notices import Notices
from jishi.people.privacy import Privacy
from jishi.people.vault import Vault
from jishi.trade.cart import Cart
from jishi.trade.checkout import Checkout
from jishi.trade.fulfilment import Fulfilment
from jishi.trade.ledger import Ledger
from jishi.trade.orders import Orders
from jishi.trade.payments import Payments
from jishi.trade.reviews import Reviews
from jishi.trade.tax import Tax
from jishi.trade.wishes import Wishes


class Shop(Protocol):
    world: World
    grants: Grants
    blobs: Any
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
