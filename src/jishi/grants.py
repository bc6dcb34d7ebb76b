"""Who may do what: role or module → permissions `layer:noun:verb`. Nothing is granted by default.

A story acts with its module's permissions and its caller's ownership (`Context.acting`). Each noun keeps its own
block, so that a change to a verb is one change here."""

from collections.abc import Iterable

from jishi.kernel import Grants

GUEST = {
    # people.privacy, insight (their own)
    "people:consent:choose",
    "people:consent:see",
    "insight:behaviour:note",
    "insight:behaviour:see",
    "insight:recommend:see",
    # trade.cart, trade.checkout, trade.orders (their own)
    "trade:cart:see",
    "trade:cart:change",
    "trade:checkout:quote",
    "trade:checkout:place",
    "trade:order:see",
    "trade:order:cancel",
    "trade:order:receive",
    "trade:order:find",
    # trade.fulfilment
    "trade:shipment:see",
    # people
    "people:session:open",
    "people:account:sign_in",
    "people:card:keep",
    "people:card:see",
    "people:card:show",
    "people:merchant:see",
    "people:address:own",
    "people:address:check",
    # goods.inventory
    "goods:stock:see",
    "goods:warehouse:see",
    # goods.shipping: what delivery costs is no secret
    "goods:rate:see",
    # trade.payments (their own)
    "trade:payment:see",
    "trade:payment:start",
    "trade:payment:look",
    # goods.catalog, goods.pricing
    "goods:product:see",
    "goods:price:see",
    # goods.promotions: what is on offer, and coupons of their own
    "goods:promotion:see",
    "goods:coupon:see",
    "goods:coupon:claim",
    # trade.reviews (their own lines; a link that says no)
    "trade:review:see",
    "trade:review:write",
    "trade:review:vote",
    "trade:review:silence",
    # trade.wishes (their own)
    "trade:wish:own",
    "trade:wish:watch",
}
BUYER = GUEST | {
    # people
    "people:account:self",
    "people:notice:see",
    "people:notice:choose",
    "trade:order:claim",
    # trade.reviews
    "trade:review:ask",
    "trade:review:answer",
}
CLERK = {
    # insight.recommend
    "insight:recommend:see",
    # trade.cart, trade.orders (a cart of their own; orders cut to their merchant's)
    "trade:cart:see",
    "trade:cart:change",
    "trade:order:see",
    # trade.fulfilment
    "trade:fulfilment:see",
    "trade:fulfilment:pack",
    "trade:shipment:ship",
    "trade:shipment:see",
    # people
    "people:session:open",
    "people:account:sign_in",
    "people:account:self",
    "people:address:check",
    "people:merchant:see",
    # goods.inventory
    "goods:stock:see",
    "goods:warehouse:see",
    "goods:warehouse:put",
    "goods:stock:receive",
    "goods:stock:adjust",
    "goods:stock:desk",
    # goods.shipping
    "goods:rate:put",
    "goods:rate:see",
    # trade.ledger (what is owed to their merchant)
    "trade:ledger:see",
    # goods.promotions (their own shop's)
    "goods:promotion:see",
    "goods:promotion:list",
    "goods:promotion:put",
    # goods.catalog, goods.pricing
    "goods:product:see",
    "goods:price:see",
    "goods:product:put",
    "goods:picture:add",
    "goods:product:recall",
    "goods:price:set",
    "goods:price:history",
    # trade.reviews (their merchant's)
    "trade:review:see",
    "trade:review:answer",
    "trade:review:reply",
    "trade:review:desk",
}
HOUSE = {  # whoever works for the platform, and the platform itself
    # insight.recommend
    "insight:recommend:see",
    "insight:recommend:models",
    "insight:recommend:train",
    # trade.cart, trade.orders
    "trade:order:see",
    # people
    "people:session:open",
    "people:account:sign_in",
    "people:address:check",
    "people:card:keep",
    "people:card:see",
    "people:card:show",
    "people:card:find",
    "people:card:erase",
    "people:card:audit",
    "people:notice:see",
    "people:merchant:see",
    "people:merchant:put",
    # goods.inventory
    "goods:stock:see",
    "goods:warehouse:see",
    "goods:warehouse:put",
    "goods:stock:receive",
    "goods:stock:adjust",
    "goods:stock:desk",
    # goods.shipping
    "goods:rate:put",
    "goods:rate:see",
    # trade.payments, trade.ledger
    "trade:payment:see",
    "trade:payment:look",
    "trade:ledger:see",
    "trade:ledger:verify",
    # goods.promotions
    "goods:promotion:see",
    "goods:promotion:list",
    "goods:promotion:put",
    # goods.catalog, goods.pricing
    "goods:product:see",
    "goods:price:see",
    "goods:product:put",
    "goods:picture:add",
    "goods:price:set",
    "goods:price:history",
    "goods:category:put",
    "goods:attribute:put",
    "goods:brand:put",
    "goods:product:recall",
    # goods.search: words and what is asked
    "goods:search:words",
    "goods:search:put",
    "goods:search:log",
    # trade.reviews
    "trade:review:see",
}
STAFF = HOUSE | {
    # trade.cart, trade.orders
    "trade:cart:see",
    "trade:cart:change",
    "trade:order:cancel",
    "trade:order:receive",
    "trade:order:link",
    # trade.fulfilment
    "trade:fulfilment:see",
    "trade:fulfilment:pack",
    "trade:shipment:ship",
    "trade:shipment:see",
    # people
    "people:account:self",
    # trade.reviews
    "trade:review:answer",
    "trade:review:reply",
    "trade:review:desk",
    "trade:review:withhold",
}
SYSTEM = HOUSE | {
    # people.privacy, insight
    "people:consent:look",
    "insight:behaviour:learn",
    # people
    "people:account:make_staff",
    "people:notice:send",
    "sandbox:mailbox:see",
    # trade.payments, trade.ledger
    "trade:ledger:post",
}
PROVIDER = {"trade:payment:notify"}  # a payment provider, known by its signature alone
CARRIER = {"trade:carrier:notify"}  # known by its signature alone
MODULES: dict[str, set[str]] = {
    "trade.checkout": {
        "trade:order:open",
        "trade:order:see",
        "goods:product:see",
        "goods:price:see",
        "goods:promotion:rate",
        "goods:promotion:hold",
        "trade:payment:intend",
        "trade:payment:see",
        "people:card:see",
        "people:merchant:see",
        "goods:stock:see",
        "goods:warehouse:see",
        "goods:stock:reserve",
        "goods:freight:plan",
        "trade:tax:reckon",
    },
    "goods.pricing": {"goods:product:see"},
    "trade.orders": {
        "trade:order:see",
        "trade:order:confirm",
        "trade:order:link",
        "people:account:prove",
        "people:card:hand_over",
        "people:card:show",
        "trade:payment:intend",
        # trade.fulfilment
        "trade:fulfilment:create",
        "trade:fulfilment:stop",
        "trade:shipment:see",
        "trade:payment:see",
        "trade:payment:look",
        "trade:payment:refund",
        "trade:payment:void",
        "trade:payment:collect",
        "people:card:see",
        "people:card:find",
        "people:notice:send",
        "goods:promotion:hold",
        "goods:stock:reserve",
        "goods:stock:allocate",
        "goods:stock:deallocate",
        "goods:stock:restock",
    },
    "trade.fulfilment": {
        "people:card:show",
        "people:card:see",
        "goods:warehouse:see",
        "goods:stock:ship",
        "goods:stock:restock",
    },
    "trade.payments": set(),
    "trade.wishes": {
        "goods:product:see",
        "goods:price:see",
        "goods:stock:see",
        "people:notice:send",
    },
    "trade.reviews": {
        "trade:order:see",
        "trade:order:link",
        "goods:product:see",
        "people:card:show",
        "people:notice:send",
    },
    "people.accounts": {
        "people:card:keep",
        "people:card:show",
        "people:card:find",
        "people:card:erase",
        "people:notice:send",
    },
    "people.addresses": {"people:card:keep", "people:card:show", "people:card:hand_over"},
    "people.notices": {"people:card:show"},
    "goods.search": {"goods:product:see", "goods:price:see", "goods:stock:see", "goods:warehouse:see"},
    "insight.behaviour": {"people:consent:look", "goods:product:see"},
    "insight.recommend": {
        "insight:behaviour:see",
        "insight:behaviour:learn",
        "goods:product:see",
        "goods:price:see",
        "goods:stock:see",
    },
}


def grants(extra: Iterable[tuple[str, Iterable[str]]] = ()) -> Grants:
    """The table that services check; `extra` is for tests."""
    table = {
        "guest": GUEST,
        "buyer": BUYER,
        "clerk": CLERK,
        "staff": STAFF,
        "system": SYSTEM,
        "carrier": CARRIER,
        "provider": PROVIDER,
    } | MODULES
    for who, more in extra:
        table[who] = table.get(who, set()) | set(more)
    return {who: frozenset(what) for who, what in table.items()}
