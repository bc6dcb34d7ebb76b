"""The menu of one's own pages: a hole, for what it leads to depends on who looks."""

from __future__ import annotations

from typing import Any

from jishi.web.visit import HOLES, Visit

OWN = "trade:wish:own"
# icon, words, path, permission
ENTRIES = (
    ("user", "account.me", "/me", "people:account:self"),
    ("package", "order.list.title", "/orders", "trade:order:see"),
    ("map-pin", "address.book", "/me/addresses", "people:address:own"),
    ("ticket-percent", "promotions.mine", "/me/coupons", "goods:coupon:see"),
    ("heart", "wishes.favourites", "/favourites", OWN),
    ("clock", "wishes.seen", "/seen", OWN),
    ("star", "reviews.mine", "/me/reviews", "trade:review:write"),
    ("package-plus", "account.claims", "/me/claims", "trade:order:claim"),
    ("monitor-smartphone", "account.sessions", "/me/devices", "people:account:self"),
    ("bell", "account.notices", "/me#notices", "people:notice:choose"),
    ("mail", "account.contacts", "/me#contacts", "people:account:self"),
    ("lock", "privacy.link", "/privacy", "people:consent:see"),
)


async def menu_hole(visit: Visit, of: str) -> bytes:
    """What this visitor may open. A page that is everybody's (`of`) has none for who is not signed in."""
    role = visit.actor.role
    if of and role == "guest":
        return b""
    may = visit.shop.grants.get(role, frozenset())
    entries = [(glyph, key, to) for glyph, key, to, needs in ENTRIES if needs in may]
    return visit.site.pages.render("storefront/account/menu.html", visit.facts(), {"entries": entries}, "menu").encode()


HOLES["account_menu"] = menu_hole
handlers: list[Any] = []
