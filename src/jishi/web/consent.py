"""What the visitor of this request allows: the choices on record, the browser's own signal, a refusal without a name.

Whoever refuses without a session stays without one: the browser alone remembers it, and no number is given to anybody for
having said no."""

from __future__ import annotations

import re

from jishi.insight.behaviour import Seen
from jishi.kernel import Unavailable
from jishi.people.privacy import ANALYTICS, PERSONAL, PURPOSES, TEXT, Choices, Choose, MyChoices

from .visit import HOLES, Visit

REFUSED = "jishi_privacy"  # cookie: the wording under which a browser without a session refused everything
REFUSED_S = 395 * 86_400  # asked again after 13 months at the earliest
NOTHING = Choices([], asked=False)
BOTS = re.compile(
    r"bot|crawl|spider|slurp|headless|preview|fetch|curl|wget|python|httpx|java/|go-http|lighthouse|monitor|scan|feed",
    re.IGNORECASE,
)


def signals(visit: Visit) -> bool:
    """Global Privacy Control (Sec-GPC: 1): the browser says no to all of it, in every request."""
    return visit.headers.get("sec-gpc", "") == "1"


def refused(visit: Visit) -> bool:
    """This browser says no, whatever an account allows elsewhere: the stricter answer counts."""
    return signals(visit) or bool(visit.cookies.get(REFUSED))


def is_bot(visit: Visit) -> bool:
    agent = visit.headers.get("user-agent", "")
    return not agent or bool(BOTS.search(agent))


async def choices_of(visit: Visit) -> Choices:
    """What is on record for the visitor; one read by key, once a request. Nobody and staff have none."""
    if not visit.actor.id or not visit.actor.is_customer:
        return NOTHING
    kept = visit.scope.get("jishi_choices")
    if not isinstance(kept, Choices):
        try:
            kept = await visit.shop.privacy.choices(visit.ctx, MyChoices())
        except Unavailable:  # nothing is allowed by somebody who cannot be asked
            kept = NOTHING
        visit.scope["jishi_choices"] = kept
    return kept


async def allows(visit: Visit, purpose: str) -> bool:
    return not refused(visit) and (await choices_of(visit)).gives(purpose)


async def note(visit: Visit, kind: str, product_id: int = 0, place: str = "", *, listing_id: int = 0) -> None:
    """It is remembered, if its visitor allows it: asked a moment later, so that nobody waits. Bots are left out."""
    if visit.actor.id and visit.actor.is_customer and not refused(visit) and not is_bot(visit):
        await visit.shop.behaviour.note(visit.ctx, Seen(kind, product_id, place, listing_id))


async def choose(visit: Visit, given: dict[str, bool], how: str) -> None:
    """The choice holds, for this very answer too. A visitor without a session gets one only by allowing something: the
    record needs a name to stand under."""
    if not visit.actor.id and not any(given.values()):
        visit.set_cookie(REFUSED, TEXT, REFUSED_S)
        visit.cookies[REFUSED] = TEXT
        return
    if visit.actor.id and not visit.actor.is_customer:
        return
    await visit.become_someone()
    visit.scope["jishi_choices"] = await visit.shop.privacy.choose(visit.ctx, Choose(given, how))
    if REFUSED in visit.cookies:
        visit.set_cookie(REFUSED, "", 0)
        del visit.cookies[REFUSED]


async def obey(visit: Visit) -> None:
    """A browser that signals no takes back what is on record, for the account too."""
    given = {c.purpose: False for c in (await choices_of(visit)).rows if c.given}
    if given:
        await choose(visit, given, "signal")


async def banner(visit: Visit, of: str) -> bytes:
    """The question, once: two buttons of one size, no wall. Nothing for who has answered, who signals, bots and staff."""
    if visit.bare.startswith("/privacy") or (visit.actor.id and not visit.actor.is_customer):
        return b""
    if signals(visit):
        await obey(visit)
        return b""
    if visit.cookies.get(REFUSED) == TEXT or is_bot(visit) or (await choices_of(visit)).asked:
        return b""
    back = visit.bare + (f"?{visit.query}" if visit.query else "")
    pages = visit.site.pages
    pieces = pages.pieces(pages.render("storefront/parts/consent.html", visit.facts(), {"back": back}))
    return b"".join(visit._alone(p.decode()) if i % 2 else p for i, p in enumerate(pieces))


async def seen(visit: Visit, product_id: str) -> bytes:
    """A page with this product goes out: a view, or a click on a recommendation when the address says which list."""
    place = next((p[4:] for p in visit.query.split("&") if p.startswith("via=")), "")
    await note(visit, "click" if place in PLACES_OF_CLICKS else "view", int(product_id), place[:16])
    return b""


PLACES_OF_CLICKS = ("home", "similar", "together", "cart", "search")
HOLES |= {"consent": banner, "seen": seen}
__all__ = ["ANALYTICS", "PERSONAL", "PURPOSES", "allows", "choices_of", "choose", "note", "refused", "signals"]
