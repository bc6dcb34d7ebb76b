"""Consent: the banner's answers, and the page where each purpose is switched and everything is said in plain words."""

from __future__ import annotations

from jishi.insight.behaviour import Forget
from jishi.kernel import FieldError, Invalid
from jishi.people.privacy import PERSONAL, PURPOSES, MyRecord
from jishi.web import consent
from jishi.web.forms import Form
from jishi.web.recommend import feed
from jishi.web.routes import get_page, post_page
from jishi.web.visit import Page, Visit, query_of

from .home import draw_feed, in_cart

CHOICES, SAVED = ("all", "none", "save"), ("choice", "forgotten")
BACK = {"home": "/", "cart": "/cart", "empty_search": "/products"}  # place of a feed → its page
SHOWN = 20  # rows of the record


@get_page("/privacy", needs="people:consent:see", rate="read")
async def privacy(visit: Visit) -> Page:
    """What is allowed now, what is kept and for how long, and every choice so far."""
    if consent.signals(visit):
        await consent.obey(visit)
    choices = await consent.choices_of(visit)
    customer = bool(visit.actor.id) and visit.actor.is_customer
    rows = (await visit.shop.privacy.record(visit.ctx, MyRecord(SHOWN))).rows if customer else []
    return await visit.page(
        "storefront/privacy.html",
        purposes=PURPOSES,
        given=[p for p in PURPOSES if choices.gives(p) and not consent.refused(visit)],
        asked=choices.asked or consent.refused(visit),
        signal=consent.signals(visit),
        customer=customer,
        rows=rows,
        saved=saved if (saved := query_of(visit).get("saved", "")) in SAVED else "",
    )


@post_page("/privacy", needs="people:consent:choose", rate="write")
async def choose(visit: Visit) -> Page:
    """`choice` all or none (the banner's buttons), or save with the switches that are on. A browser that signals no
    keeps its no. Back to `next`; to htmx nothing, the banner leaves."""
    form = await visit.form()
    choice = one_of(form, "choice", CHOICES)
    given = {p: choice == "all" or (choice == "save" and form.value(p) == "on") for p in PURPOSES}
    if consent.signals(visit):
        given = dict.fromkeys(PURPOSES, False)
    banner = form.value("how") == "banner"
    await consent.choose(visit, given, "banner" if banner else "page")
    if visit.wants_fragment():
        return await visit.filled([b""])
    return visit.go(visit.safe_next(form.value("next"), "/privacy")) if banner else visit.go("/privacy", saved="choice")


@post_page("/privacy/forget", needs="insight:behaviour:see", rate="write")
async def forget(visit: Visit) -> Page:
    """Every trace that still can be led back to the visitor is gone."""
    await visit.shop.behaviour.forget(visit.ctx, Forget())
    return visit.go("/privacy", saved="forgotten")


@post_page("/feed/off", needs="people:consent:choose", rate="write")
async def off(visit: Visit) -> Page:
    """Recommendations by own history are off, in this very answer: to htmx the same place with what sells."""
    form = await visit.form()
    place = one_of(form, "place", tuple(BACK))
    await consent.choose(visit, {PERSONAL: False}, "feed")
    if not visit.wants_fragment():
        return visit.go(BACK[place])
    return await draw_feed(visit, await feed(visit, place, await in_cart(visit) if place == "cart" else ()))


def one_of(form: Form, name: str, known: tuple[str, ...]) -> str:
    """Raises `Invalid` for a value that no form of ours sends."""
    value = str(form.value(name))
    if value not in known:
        raise Invalid([FieldError(name, "choice.unknown")])
    return value


handlers = [privacy, choose, forget, off]
